-- What programs show to read by the API: a hash of each token and what it may read. `survey` is the only one that it may
-- read, of all if it is not there; no reference, so that the table stays whole where those of surveys are spread. A program
-- that does not know the table lets no program read.
CREATE TABLE api_token (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    label TEXT COLLATE "C" NOT NULL UNIQUE,
    scopes TEXT COLLATE "C" NOT NULL,
    survey TEXT COLLATE "C",
    made_on TEXT COLLATE "C" NOT NULL,
    expires_on TEXT COLLATE "C",
    used_on TEXT COLLATE "C"
);
