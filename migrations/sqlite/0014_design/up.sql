-- Working definitions: what staff write before it is published, its last revisions, and links by which others look at it.
-- Of links there are hashes alone. `survey` is no reference: a working definition is there before anything is published,
-- and these tables stay whole where those of surveys are spread. A program that does not know them leaves them as they are.
CREATE TABLE design (
    survey TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    second_person BOOLEAN NOT NULL,
    imported TEXT
) WITHOUT ROWID;

CREATE TABLE design_revision (
    survey TEXT NOT NULL REFERENCES design (survey),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (survey, number)
) WITHOUT ROWID;

CREATE TABLE preview_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    survey TEXT NOT NULL REFERENCES design (survey),
    who TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
