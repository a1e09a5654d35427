-- What people decided about personal details in answers, one entry after another; nothing of it is ever changed. A program
-- that does not know the table leaves it as it is.
CREATE TABLE redaction_entry (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    number INTEGER NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, number)
);
