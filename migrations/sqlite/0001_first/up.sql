-- Ids, hashes and JSON are text; instants are '2026-11-22T09:30:00Z', days are '2026-11-22'.
-- WITHOUT ROWID where people's data lie: a rowid would keep the order in which they came.

CREATE TABLE survey (
    id TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    mode TEXT NOT NULL,
    published_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE survey_version (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    definition TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (survey_id, version),
    UNIQUE (survey_id, hash)
);

CREATE TRIGGER survey_version_keeps_rows BEFORE UPDATE ON survey_version
BEGIN
    SELECT RAISE(ABORT, 'a published survey version is immutable');
END;

CREATE TRIGGER survey_version_stays BEFORE DELETE ON survey_version
BEGIN
    SELECT RAISE(ABORT, 'a published survey version is immutable');
END;

CREATE TABLE draft (
    key TEXT NOT NULL PRIMARY KEY,
    survey_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    mode TEXT NOT NULL,
    answers TEXT NOT NULL,
    started_on TEXT NOT NULL,
    saved_on TEXT NOT NULL,
    FOREIGN KEY (survey_id, version) REFERENCES survey_version (survey_id, version)
) WITHOUT ROWID;

CREATE INDEX draft_of_survey ON draft (survey_id, mode);

CREATE TABLE response (
    survey_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idem TEXT NOT NULL,
    receipt_hash TEXT,
    mode TEXT NOT NULL,
    answers TEXT NOT NULL,
    submitted_on TEXT NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, idem),
    UNIQUE (survey_id, receipt_hash),
    FOREIGN KEY (survey_id, version) REFERENCES survey_version (survey_id, version)
) WITHOUT ROWID;

CREATE INDEX response_of_survey ON response (survey_id, mode);

-- Nothing here may lead to a response: see src/store/contact.rs.
CREATE TABLE contact (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    id TEXT NOT NULL,
    once TEXT NOT NULL,
    details TEXT NOT NULL,
    batched BOOLEAN NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
) WITHOUT ROWID;

CREATE TABLE staff_sign_in (
    token_hash TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL,
    used_at TEXT
) WITHOUT ROWID;

CREATE TABLE staff_session (
    key_hash TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
