-- How often something was tried that may be tried so often in a time; `who` is a hash, and the row goes when the time is over.
-- UNLOGGED: a crash of the server forgets it, which costs nobody an answer.
-- A program that does not know the table counts by itself.
CREATE UNLOGGED TABLE attempt (
    who TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    times INTEGER NOT NULL,
    until TEXT COLLATE "C" NOT NULL
);
