-- The last day on which what people gave is kept, by kind: "answers" or "contacts". A program that does not know the table
-- deletes nothing of it by itself.
CREATE TABLE keep (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    kind TEXT COLLATE "C" NOT NULL,
    until TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, kind)
);
