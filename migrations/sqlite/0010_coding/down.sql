DROP TABLE coding_entry;
