//! Drafts: what a respondent has saved and not yet submitted.
//!
//! A draft is deleted in the transaction that stores its response and shares no value with it but
//! the survey, the version and the mode.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::draft;
use super::survey::Mode;
use super::{Conn, StoreError, each_backend};

/// A stored draft.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Draft {
    /// The survey.
    pub survey_id: String,
    /// The hash of the respondent's token.
    pub key: String,
    /// The version that the respondent sees.
    pub version: i32,
    /// How the respondent came.
    #[diesel(deserialize_as = String)]
    pub mode: Mode,
    /// The answers so far, as JSON.
    pub answers: String,
    /// The day of the first visit.
    pub started_on: String,
    /// The day of the last change; a draft is kept for so long after it.
    pub saved_on: String,
    /// The version that it was begun on, if it moved to another one since.
    pub started_version: Option<i32>,
}

/// A draft to start.
#[derive(Clone, Copy)]
pub struct NewDraft<'a> {
    /// The hash of the respondent's token.
    pub key: &'a str,
    /// The survey.
    pub survey_id: &'a str,
    /// The version that the respondent sees.
    pub version: i32,
    /// How the respondent came.
    pub mode: Mode,
    /// The answers so far, as JSON.
    pub answers: &'a str,
    /// Today.
    pub started_on: &'a str,
}

/// Starts a draft; `Conflict` if the key has one in the survey or the version does not exist.
pub fn start(conn: &mut Conn, new: &NewDraft) -> Result<(), StoreError> {
    if start_once(conn, new)? { Ok(()) } else { Err(StoreError::Conflict("this draft is stored already".to_owned())) }
}

/// Starts a draft unless there is one, which is left as it is: a step that is tried again begins nothing anew. Says whether
/// it did.
pub(super) fn start_once(conn: &mut Conn, new: &NewDraft) -> Result<bool, StoreError> {
    let row = (
        draft::key.eq(new.key),
        draft::survey_id.eq(new.survey_id),
        draft::version.eq(new.version),
        draft::mode.eq(new.mode.as_str()),
        draft::answers.eq(new.answers),
        draft::started_on.eq(new.started_on),
        draft::saved_on.eq(new.started_on),
    );
    let started = each_backend!(conn, c => diesel::insert_into(draft::table)
        .values(row)
        .on_conflict((draft::survey_id, draft::key))
        .do_nothing()
        .execute(c))?;
    Ok(started == 1)
}

/// The draft of this key, if there is one.
pub fn load(conn: &mut Conn, survey_id: &str, key: &str) -> Result<Option<Draft>, StoreError> {
    Ok(draft::table.find((survey_id, key)).first(conn).optional()?)
}

/// The same, kept from other writers until the end of the transaction: what is made of it is made of the newest.
pub fn hold(conn: &mut Conn, survey_id: &str, key: &str) -> Result<Option<Draft>, StoreError> {
    match conn {
        // Writers take turns.
        Conn::Sqlite(_) => load(conn, survey_id, key),
        Conn::Postgres(conn) => Ok(draft::table.find((survey_id, key)).for_update().first(conn).optional()?),
    }
}

/// Replaces the answers of a draft; `NotFound` if it was submitted or deleted meanwhile.
pub fn save(conn: &mut Conn, survey_id: &str, key: &str, answers: &str, saved_on: &str) -> Result<(), StoreError> {
    let saved = diesel::update(draft::table.find((survey_id, key)))
        .set((draft::answers.eq(answers), draft::saved_on.eq(saved_on)))
        .execute(conn)?;
    if saved == 0 {
        return Err(StoreError::NotFound("such draft".to_owned()));
    }
    Ok(())
}

/// Replaces the answers of a draft if they are still what they were, under the version that they go on in and the one that
/// they were begun on; says whether they were.
pub(super) fn advance(
    conn: &mut Conn,
    from: &Draft,
    (version, started): (i32, Option<i32>),
    answers: &str,
    saved_on: &str,
) -> Result<bool, StoreError> {
    let own = draft::table.find((&from.survey_id, &from.key));
    let as_it_was = own.filter(draft::version.eq(from.version)).filter(draft::answers.eq(&from.answers));
    let saved = diesel::update(as_it_was)
        .set((
            draft::version.eq(version),
            draft::started_version.eq(started),
            draft::answers.eq(answers),
            draft::saved_on.eq(saved_on),
        ))
        .execute(conn)?;
    Ok(saved == 1)
}

/// All drafts of a survey, by key: in no order of their own.
pub fn all(conn: &mut Conn, survey_id: &str) -> Result<Vec<Draft>, StoreError> {
    Ok(draft::table.filter(draft::survey_id.eq(survey_id)).order(draft::key).load(conn)?)
}

/// Deletes a draft; says whether there was one.
pub fn delete(conn: &mut Conn, survey_id: &str, key: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(draft::table.find((survey_id, key))).execute(conn)? > 0)
}

/// Deletes the drafts of a survey last saved before that day, and says how many. They leave the count of those
/// who have started.
pub fn delete_saved_before(conn: &mut Conn, survey_id: &str, day: &str) -> Result<usize, StoreError> {
    let old = draft::table.filter(draft::survey_id.eq(survey_id)).filter(draft::saved_on.lt(day));
    Ok(diesel::delete(old).execute(conn)?)
}

/// The number of drafts of a survey last saved before that day.
pub fn count_saved_before(conn: &mut Conn, survey_id: &str, day: &str) -> Result<i64, StoreError> {
    let old = draft::table.filter(draft::survey_id.eq(survey_id)).filter(draft::saved_on.lt(day));
    Ok(old.select(count_star()).first(conn)?)
}

/// Deletes all drafts of a survey.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(draft::table.filter(draft::survey_id.eq(survey_id))).execute(conn)?)
}

/// The number of drafts of a survey.
pub fn count(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    Ok(draft::table.filter(draft::survey_id.eq(survey_id)).select(count_star()).first(conn)?)
}
