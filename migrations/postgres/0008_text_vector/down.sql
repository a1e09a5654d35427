DROP TABLE text_vector;
