-- Working definitions: what staff write before it is published, its last revisions, and links by which others look at it.
-- Of links there are hashes alone. `survey` is no reference: a working definition is there before anything is published,
-- and these tables stay whole where those of surveys are spread. A program that does not know them leaves them as they are.
CREATE TABLE design (
    survey TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    second_person BOOLEAN NOT NULL,
    imported TEXT COLLATE "C"
);

CREATE TABLE design_revision (
    survey TEXT COLLATE "C" NOT NULL REFERENCES design (survey),
    number INTEGER NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey, number)
);

CREATE TABLE preview_link (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    survey TEXT COLLATE "C" NOT NULL REFERENCES design (survey),
    who TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL
);
