CREATE TABLE draft_anew (
    key TEXT NOT NULL,
    survey_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    mode TEXT NOT NULL,
    answers TEXT NOT NULL,
    started_on TEXT NOT NULL,
    saved_on TEXT NOT NULL,
    started_version INTEGER,
    PRIMARY KEY (key),
    FOREIGN KEY (survey_id, version) REFERENCES survey_version (survey_id, version)
) WITHOUT ROWID;
INSERT INTO draft_anew SELECT * FROM draft;
DROP TABLE draft;
ALTER TABLE draft_anew RENAME TO draft;
CREATE INDEX draft_of_survey ON draft (survey_id, mode);
