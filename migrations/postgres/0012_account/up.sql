-- The people who run consultations, what they sign in with, and what each may do. Of passwords, codes on paper and links
-- there are hashes alone; the secret of a second factor is sealed with the server's key. Programs that do not know these
-- tables sign in by links alone, as before, and know no session that newer ones began: those are stored by another hash.
-- `survey` is no reference, so that the tables stay whole where those of surveys are spread.
CREATE TABLE account (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    is_administrator BOOLEAN NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    made_at TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C",
    second_factor TEXT COLLATE "C",
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    code_hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE account_role (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    survey TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, survey, role)
);

-- A link that lets somebody set their account up.
CREATE TABLE account_link (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    expires_at TEXT COLLATE "C" NOT NULL
);

-- Whose session it is; nobody's account if it was begun by a link of the command line.
ALTER TABLE staff_session ADD COLUMN account_id TEXT COLLATE "C";
ALTER TABLE staff_session ADD COLUMN seen_at TEXT COLLATE "C";

-- What staff did: entries are added and never changed, and each hash is over the one before.
CREATE TABLE audit_entry (
    number BIGINT NOT NULL PRIMARY KEY,
    at TEXT COLLATE "C" NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    act TEXT COLLATE "C" NOT NULL,
    survey TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_entry_survey ON audit_entry (survey, number);

CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what staff did is never changed or deleted';
END;
$$;

CREATE TRIGGER audit_entry_keeps_rows BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();

CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
