DROP TABLE mailing;
DROP TABLE letter;
DROP TABLE outbox;
DROP TABLE person;
