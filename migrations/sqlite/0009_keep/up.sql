-- The last day on which what people gave is kept, by kind: "answers" or "contacts". A program that does not know the table
-- deletes nothing of it by itself.
CREATE TABLE keep (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    kind TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (survey_id, kind)
) WITHOUT ROWID;
