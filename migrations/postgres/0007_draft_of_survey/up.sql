-- The survey stands first in every key of people's rows, so that the tables can be spread by it: see docs/scale.md.
-- A program that does not know this beside one that does can begin no answers any more; what was begun goes on.
ALTER TABLE draft DROP CONSTRAINT draft_pkey, ADD PRIMARY KEY (survey_id, key);
