-- Looks at some of the responses of a survey that staff gave a name: what was asked, and no figures. `survey` is no reference,
-- so that the table stays whole where those of surveys are spread.
CREATE TABLE saved_view (
    survey TEXT NOT NULL,
    name TEXT NOT NULL,
    asked TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_on TEXT NOT NULL,
    PRIMARY KEY (survey, name)
);
