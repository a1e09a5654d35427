-- How people are let in where that is not by the address alone. An older program knows none of it and takes no answers
-- in these ways.
CREATE TABLE door (
    survey_id TEXT NOT NULL PRIMARY KEY REFERENCES survey (id),
    key_check TEXT NOT NULL,
    issued INTEGER NOT NULL,
    passphrase TEXT
) WITHOUT ROWID;

-- Nothing here may lead to an invitation or to a response: see src/store/spent.rs.
CREATE TABLE spent (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    mark TEXT NOT NULL,
    PRIMARY KEY (survey_id, mark)
) WITHOUT ROWID;
