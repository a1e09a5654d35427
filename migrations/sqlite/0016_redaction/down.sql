DROP TABLE redaction_entry;
