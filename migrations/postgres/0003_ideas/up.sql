-- What people say on idea walls. Nothing here may lead to a draft or a response: see src/store/idea.rs.

CREATE TABLE idea (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    id TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    once TEXT COLLATE "C" NOT NULL,
    text TEXT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    reviewed BOOLEAN NOT NULL,
    reason TEXT,
    merged_into TEXT COLLATE "C",
    given_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
);

CREATE INDEX idea_of_wall ON idea (survey_id, item, author);

CREATE TABLE idea_vote (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    item TEXT COLLATE "C" NOT NULL,
    idea TEXT COLLATE "C" NOT NULL,
    voter TEXT COLLATE "C" NOT NULL,
    vote TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, item, idea, voter)
);

CREATE INDEX idea_vote_of_person ON idea_vote (survey_id, item, voter);

CREATE TABLE idea_comment (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    id TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    idea TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    once TEXT COLLATE "C" NOT NULL,
    text TEXT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    reviewed BOOLEAN NOT NULL,
    reason TEXT,
    given_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (survey_id, id),
    UNIQUE (survey_id, once)
);

CREATE INDEX idea_comment_of_wall ON idea_comment (survey_id, item, idea);

-- What staff did, and why: names no author.
CREATE TABLE idea_log (
    survey_id TEXT COLLATE "C" NOT NULL REFERENCES survey (id),
    id TEXT COLLATE "C" NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    reason TEXT,
    merged_into TEXT COLLATE "C",
    PRIMARY KEY (survey_id, id)
);
