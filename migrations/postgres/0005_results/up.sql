-- What those who answered may see of everyone's answers, as it was last made; `made_at` is an hour, '2026-11-22T09'.
-- A program that does not know the table leaves it as it is.
CREATE TABLE result (
    survey_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES survey (id),
    made_at TEXT COLLATE "C" NOT NULL,
    json TEXT NOT NULL
);
