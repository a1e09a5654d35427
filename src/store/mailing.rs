//! What the mails of a survey say, whether they are sent, and how the mail server takes them.

use diesel::prelude::*;

use super::schema::{letter, mailing};
use super::{Conn, StoreError, each_backend};

/// What a mail says in a language.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = letter)]
pub struct Stored {
    /// The survey.
    pub survey_id: String,
    /// `invitation` or `reminder`.
    pub kind: String,
    /// The language.
    pub language: String,
    /// Its subject, with places.
    pub subject: String,
    /// Its text, with places.
    pub text: String,
}

/// How the mail of a survey goes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = mailing, treat_none_as_null = true)]
pub struct Mailing {
    /// The survey.
    pub survey_id: String,
    /// Whether staff, or too many refusals, stopped it for now.
    pub is_paused: bool,
    /// Since when the mail server takes none, if it does not.
    pub failing_since: Option<String>,
    /// What it has against it, or why it was paused.
    pub reason: Option<String>,
    /// How often in a row it took none.
    pub failures: i32,
    /// When it is tried again.
    pub resume_at: String,
    /// Addresses in a row that it refused for good.
    pub refused: i32,
}

/// How the mail of a survey goes, if any was ever queued.
pub fn of(conn: &mut Conn, survey_id: &str) -> Result<Option<Mailing>, StoreError> {
    Ok(mailing::table.find(survey_id).first(conn).optional()?)
}

/// The same of all surveys.
pub fn all(conn: &mut Conn) -> Result<Vec<Mailing>, StoreError> {
    Ok(mailing::table.order(mailing::survey_id).load(conn)?)
}

/// Keeps how it goes, in the place of what was kept before.
pub fn set(conn: &mut Conn, new: &Mailing) -> Result<(), StoreError> {
    each_backend!(conn, c => diesel::insert_into(mailing::table)
        .values(new)
        .on_conflict(mailing::survey_id)
        .do_update()
        .set(new)
        .execute(c))?;
    Ok(())
}

/// What the mails of a survey say, where staff wrote it.
pub fn letters(conn: &mut Conn, survey_id: &str) -> Result<Vec<Stored>, StoreError> {
    Ok(letter::table.filter(letter::survey_id.eq(survey_id)).order((letter::kind, letter::language)).load(conn)?)
}

/// What one says in one language, if staff wrote it.
pub fn letter(conn: &mut Conn, survey_id: &str, kind: &str, language: &str) -> Result<Option<Stored>, StoreError> {
    Ok(letter::table.find((survey_id, kind, language)).first(conn).optional()?)
}

/// Keeps what one says, in the place of what it said before.
pub fn set_letter(conn: &mut Conn, new: &Stored) -> Result<(), StoreError> {
    each_backend!(conn, c => diesel::insert_into(letter::table)
        .values(new)
        .on_conflict((letter::survey_id, letter::kind, letter::language))
        .do_update()
        .set((letter::subject.eq(&new.subject), letter::text.eq(&new.text)))
        .execute(c))?;
    Ok(())
}

/// Forgets how the mail of a survey went; what it said stays.
pub fn forget(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    diesel::delete(mailing::table.find(survey_id)).execute(conn)?;
    Ok(())
}
