-- What people say on idea walls. Nothing here may lead to a draft or a response: see src/store/idea.rs.

CREATE TABLE idea (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    id TEXT NOT NULL,
    item TEXT NOT NULL,
    author TEXT NOT NULL,
    once TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    reviewed BOOLEAN NOT NULL,
    reason TEXT,
    merged_into TEXT,
    given_on TEXT NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
) WITHOUT ROWID;

CREATE INDEX idea_of_wall ON idea (survey_id, item, author);

CREATE TABLE idea_vote (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    item TEXT NOT NULL,
    idea TEXT NOT NULL,
    voter TEXT NOT NULL,
    vote TEXT NOT NULL,
    PRIMARY KEY (survey_id, item, idea, voter)
) WITHOUT ROWID;

CREATE INDEX idea_vote_of_person ON idea_vote (survey_id, item, voter);

CREATE TABLE idea_comment (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    id TEXT NOT NULL,
    item TEXT NOT NULL,
    idea TEXT NOT NULL,
    author TEXT NOT NULL,
    once TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    reviewed BOOLEAN NOT NULL,
    reason TEXT,
    given_on TEXT NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
) WITHOUT ROWID;

CREATE INDEX idea_comment_of_wall ON idea_comment (survey_id, item, idea);

-- What staff did, and why: names no author.
CREATE TABLE idea_log (
    survey_id TEXT NOT NULL REFERENCES survey (id),
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    item TEXT NOT NULL,
    subject TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT,
    merged_into TEXT,
    PRIMARY KEY (survey_id, id)
) WITHOUT ROWID;
