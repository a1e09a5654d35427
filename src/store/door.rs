//! How people are let into a survey that is not open to everyone: which key it goes by, how many invitations there are, the
//! passphrase's hash. Nothing here is about a single person.

use diesel::prelude::*;

use super::schema::door;
use super::{Conn, StoreError, each_backend};

/// The way into a survey.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Door {
    /// The survey.
    pub survey_id: String,
    /// What tells the server's key from another one.
    pub key_check: String,
    /// How many invitations were made.
    pub issued: i32,
    /// The hash of the passphrase, once one is set.
    pub passphrase: Option<String>,
}

/// Makes the way into a survey, unless it has one; gives the one that it has.
pub fn hang(conn: &mut Conn, survey_id: &str, key_check: &str) -> Result<Door, StoreError> {
    let row = (door::survey_id.eq(survey_id), door::key_check.eq(key_check), door::issued.eq(0));
    each_backend!(conn, c => diesel::insert_into(door::table).values(row).on_conflict_do_nothing().execute(c))?;
    of(conn, survey_id)?.ok_or_else(|| StoreError::NotFound(format!("way into the survey {survey_id}")))
}

/// The way into a survey, if it has one of its own.
pub fn of(conn: &mut Conn, survey_id: &str) -> Result<Option<Door>, StoreError> {
    Ok(door::table.find(survey_id).first(conn).optional()?)
}

/// The ways into all surveys that have one of their own.
pub fn all(conn: &mut Conn) -> Result<Vec<Door>, StoreError> {
    Ok(door::table.order(door::survey_id).load(conn)?)
}

/// Counts invitations that were made; gives how many there are now.
pub fn issue(conn: &mut Conn, survey_id: &str, more: i32) -> Result<i32, StoreError> {
    diesel::update(door::table.find(survey_id)).set(door::issued.eq(door::issued + more)).execute(conn)?;
    Ok(door::table.find(survey_id).select(door::issued).first(conn)?)
}

/// Keeps the hash of a passphrase, in the place of an earlier one.
pub fn set_passphrase(conn: &mut Conn, survey_id: &str, hash: &str) -> Result<(), StoreError> {
    diesel::update(door::table.find(survey_id)).set(door::passphrase.eq(Some(hash))).execute(conn)?;
    Ok(())
}
