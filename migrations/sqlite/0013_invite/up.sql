-- People who are invited by mail, and what is still to be mailed to them. An older program mails nothing of it, and takes
-- answers as before. No text of a mail and no invitation is here: both are made when a mail is sent.
CREATE TABLE person (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    id TEXT NOT NULL,
    known TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    stopped TEXT,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, known)
) WITHOUT ROWID;

-- A mail to a person, from being queued to being sent. Of a reminder, `sent` says that it was sent or that the person had
-- answered: see src/store/outbox.rs.
CREATE TABLE outbox (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    person_id TEXT NOT NULL,
    mail TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (survey_id, person_id, mail)
) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (survey_id, state, due_at);

-- What invitations and reminders say, by language, where staff wrote it.
CREATE TABLE letter (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (survey_id, kind, language)
) WITHOUT ROWID;

-- Whether the mail of a survey is sent, and how the mail server takes it.
CREATE TABLE mailing (
    survey_id TEXT NOT NULL PRIMARY KEY REFERENCES survey (id),
    is_paused BOOLEAN NOT NULL,
    failing_since TEXT,
    reason TEXT,
    failures INTEGER NOT NULL,
    resume_at TEXT NOT NULL,
    refused INTEGER NOT NULL
) WITHOUT ROWID;
