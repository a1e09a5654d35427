-- What programs show to read by the API: a hash of each token and what it may read. `survey` is the only one that it may
-- read, of all if it is not there; no reference, so that the table stays whole where those of surveys are spread. A program
-- that does not know the table lets no program read.
CREATE TABLE api_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    label TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    survey TEXT,
    made_on TEXT NOT NULL,
    expires_on TEXT,
    used_on TEXT
) WITHOUT ROWID;
