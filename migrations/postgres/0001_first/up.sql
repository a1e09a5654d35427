-- Ids, hashes and JSON are text; instants are '2026-11-22T09:30:00Z', days are '2026-11-22'.
-- COLLATE "C": text sorts by its bytes, as in SQLite.
-- No CHECK where people's data lie: a failed one would write the whole row to the server's log.

CREATE TABLE survey (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    mode TEXT COLLATE "C" NOT NULL,
    published_at TEXT COLLATE "C" NOT NULL
);

CREATE TABLE survey_version (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    version INTEGER NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    definition TEXT NOT NULL,
    published_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, version),
    UNIQUE (survey_id, hash)
);

CREATE FUNCTION refuse_change_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published survey version is immutable';
END
$$;

CREATE TRIGGER survey_version_keeps_rows BEFORE UPDATE OR DELETE ON survey_version
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_version();

CREATE TRIGGER survey_version_stays BEFORE TRUNCATE ON survey_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_version();

CREATE TABLE draft (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    survey_id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    mode TEXT COLLATE "C" NOT NULL,
    answers TEXT NOT NULL,
    started_on TEXT COLLATE "C" NOT NULL,
    saved_on TEXT COLLATE "C" NOT NULL,
    FOREIGN KEY (survey_id, version) REFERENCES survey_version (survey_id, version)
);

CREATE INDEX draft_of_survey ON draft (survey_id, mode);

CREATE TABLE response (
    survey_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    idem TEXT COLLATE "C" NOT NULL,
    receipt_hash TEXT COLLATE "C",
    mode TEXT COLLATE "C" NOT NULL,
    answers TEXT NOT NULL,
    submitted_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, idem),
    UNIQUE (survey_id, receipt_hash),
    FOREIGN KEY (survey_id, version) REFERENCES survey_version (survey_id, version)
);

CREATE INDEX response_of_survey ON response (survey_id, mode);

-- Nothing here may lead to a response: see src/store/contact.rs.
CREATE TABLE contact (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    id TEXT COLLATE "C" NOT NULL,
    once TEXT NOT NULL,
    details TEXT NOT NULL,
    batched BOOLEAN NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
);

CREATE TABLE staff_sign_in (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at TEXT COLLATE "C" NOT NULL,
    used_at TEXT COLLATE "C"
);

CREATE TABLE staff_session (
    key_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at TEXT COLLATE "C" NOT NULL
);
