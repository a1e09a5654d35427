-- What people decided about the themes of a question, one entry after another; nothing of it is ever changed. A program
-- that does not know the table leaves it as it is.
CREATE TABLE coding_entry (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    item TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (survey_id, item, number)
) WITHOUT ROWID;
