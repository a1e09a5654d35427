-- People who are invited by mail, and what is still to be mailed to them. An older program mails nothing of it, and takes
-- answers as before. No text of a mail and no invitation is here: both are made when a mail is sent.
CREATE TABLE person (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    id TEXT COLLATE "C" NOT NULL,
    known TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    stopped TEXT COLLATE "C",
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, known)
);

-- A mail to a person, from being queued to being sent. Of a reminder, `sent` says that it was sent or that the person had
-- answered: see src/store/outbox.rs.
CREATE TABLE outbox (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    person_id TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    tries INTEGER NOT NULL,
    due_at TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    PRIMARY KEY (survey_id, person_id, mail)
);
CREATE INDEX outbox_due ON outbox (survey_id, state, due_at);

-- What invitations and reminders say, by language, where staff wrote it.
CREATE TABLE letter (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    kind TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, kind, language)
);

-- Whether the mail of a survey is sent, and how the mail server takes it.
CREATE TABLE mailing (
    survey_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES survey (id),
    is_paused BOOLEAN NOT NULL,
    failing_since TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    failures INTEGER NOT NULL,
    resume_at TEXT COLLATE "C" NOT NULL,
    refused INTEGER NOT NULL
);
