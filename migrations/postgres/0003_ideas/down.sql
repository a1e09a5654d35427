DROP TABLE idea_log;
DROP TABLE idea_comment;
DROP TABLE idea_vote;
DROP TABLE idea;
