//! What staff did to ideas and comments, and why. It names no author, so it can be published.

use diesel::prelude::*;

use super::schema::idea_log;
use super::{Conn, StoreError, id};

/// One thing that staff did.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Entry {
    /// The survey.
    pub survey_id: String,
    /// Random.
    pub id: String,
    /// When.
    pub at: String,
    /// The wall: an item of the survey.
    pub item: String,
    /// The idea or the comment.
    pub subject: String,
    /// `shown`, `hidden`, `merged` or `parted`.
    pub action: String,
    /// Why it was hidden.
    pub reason: Option<String>,
    /// What it was put together with.
    pub merged_into: Option<String>,
}

/// An entry to write.
#[derive(Clone, Copy)]
pub struct NewEntry<'a> {
    /// The survey.
    pub survey_id: &'a str,
    /// Now.
    pub at: &'a str,
    /// The wall.
    pub item: &'a str,
    /// The idea or the comment.
    pub subject: &'a str,
    /// `shown`, `hidden`, `merged` or `parted`.
    pub action: &'a str,
    /// Why it was hidden.
    pub reason: Option<&'a str>,
    /// What it was put together with.
    pub merged_into: Option<&'a str>,
}

/// Writes an entry.
pub fn add(conn: &mut Conn, new: &NewEntry<'_>) -> Result<(), StoreError> {
    diesel::insert_into(idea_log::table)
        .values((
            idea_log::survey_id.eq(new.survey_id),
            idea_log::id.eq(id::random()?),
            idea_log::at.eq(new.at),
            idea_log::item.eq(new.item),
            idea_log::subject.eq(new.subject),
            idea_log::action.eq(new.action),
            idea_log::reason.eq(new.reason),
            idea_log::merged_into.eq(new.merged_into),
        ))
        .execute(conn)?;
    Ok(())
}

/// The log of a wall, oldest first.
pub fn all(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<Entry>, StoreError> {
    Ok(idea_log::table
        .filter(idea_log::survey_id.eq(survey_id))
        .filter(idea_log::item.eq(item))
        .order((idea_log::at, idea_log::id))
        .load(conn)?)
}
