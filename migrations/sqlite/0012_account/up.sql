-- The people who run consultations, what they sign in with, and what each may do. Of passwords, codes on paper and links
-- there are hashes alone; the secret of a second factor is sealed with the server's key. Programs that do not know these
-- tables sign in by links alone, as before, and know no session that newer ones began: those are stored by another hash.
-- `survey` is no reference, so that the tables stay whole where those of surveys are spread.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    is_administrator BOOLEAN NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    made_at TEXT NOT NULL,
    password TEXT,
    second_factor TEXT,
    last_step BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id),
    code_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) WITHOUT ROWID;

CREATE TABLE account_role (
    account_id TEXT NOT NULL REFERENCES account (id),
    survey TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (account_id, survey, role)
) WITHOUT ROWID;

-- A link that lets somebody set their account up.
CREATE TABLE account_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    expires_at TEXT NOT NULL
) WITHOUT ROWID;

-- Whose session it is; nobody's account if it was begun by a link of the command line.
ALTER TABLE staff_session ADD COLUMN account_id TEXT;
ALTER TABLE staff_session ADD COLUMN seen_at TEXT;

-- What staff did: entries are added and never changed, and each hash is over the one before.
CREATE TABLE audit_entry (
    number BIGINT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    survey TEXT,
    subject TEXT NOT NULL,
    hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_entry_survey ON audit_entry (survey, number);

CREATE TRIGGER audit_entry_keeps_rows BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'what staff did is never changed');
END;

CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'what staff did is never deleted');
END;
