DROP TABLE staff_session;
DROP TABLE staff_sign_in;
DROP TABLE contact;
DROP TABLE response;
DROP TABLE draft;
DROP TABLE survey_version;
DROP TABLE survey;
DROP FUNCTION refuse_change_of_version();
