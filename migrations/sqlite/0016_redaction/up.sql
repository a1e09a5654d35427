-- What people decided about personal details in answers, one entry after another; nothing of it is ever changed. A program
-- that does not know the table leaves it as it is.
CREATE TABLE redaction_entry (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (survey_id, number)
) WITHOUT ROWID;
