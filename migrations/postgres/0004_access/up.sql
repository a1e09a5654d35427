-- How people are let in where that is not by the address alone. An older program knows none of it and takes no answers
-- in these ways.
CREATE TABLE door (
    survey_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES survey (id),
    key_check TEXT COLLATE "C" NOT NULL,
    issued INTEGER NOT NULL,
    passphrase TEXT COLLATE "C"
);

-- Nothing here may lead to an invitation or to a response: see src/store/spent.rs.
CREATE TABLE spent (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    mark TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, mark)
);
