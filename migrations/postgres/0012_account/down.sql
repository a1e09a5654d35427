DROP TABLE audit_entry;
DROP FUNCTION refuse_change_of_audit();
DROP TABLE account_link;
DROP TABLE account_role;
DROP TABLE recovery_code;
DROP TABLE account;
DELETE FROM staff_session;
ALTER TABLE staff_session DROP COLUMN account_id;
ALTER TABLE staff_session DROP COLUMN seen_at;
