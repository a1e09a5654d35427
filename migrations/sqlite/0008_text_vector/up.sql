-- What a language model made of answers, so that a report need not compute it again. A vector tells much of its text: it
-- goes with the answers. A program that does not know the table leaves it as it is.
CREATE TABLE text_vector (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    model TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (survey_id, model, text_hash)
) WITHOUT ROWID;
