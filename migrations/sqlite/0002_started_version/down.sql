ALTER TABLE response DROP COLUMN started_version;
ALTER TABLE draft DROP COLUMN started_version;
