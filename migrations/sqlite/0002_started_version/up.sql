-- The version that answers were begun on, where they moved to a later one since; NULL where it is the same.
-- A program that does not know the columns leaves them NULL, which is true of its rows.
ALTER TABLE draft ADD COLUMN started_version INTEGER;
ALTER TABLE response ADD COLUMN started_version INTEGER;
