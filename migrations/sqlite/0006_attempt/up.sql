-- How often something was tried that may be tried so often in a time; `who` is a hash, and the row goes when the time is over.
-- A program that does not know the table counts by itself.
CREATE TABLE attempt (
    who TEXT NOT NULL PRIMARY KEY,
    times INTEGER NOT NULL,
    until TEXT NOT NULL
) WITHOUT ROWID;
