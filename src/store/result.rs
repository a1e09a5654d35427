//! What those who answered may see of everyone's answers, as it was last made: one row a survey, nothing of a person.

use diesel::prelude::*;

use super::schema::result;
use super::{Conn, StoreError, each_backend};

/// A result as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Made {
    /// The survey.
    pub survey_id: String,
    /// The hour in UTC: `2026-11-22T09`.
    pub made_at: String,
    /// The counts, as JSON.
    pub json: String,
}

/// The result that was made last, if one was.
pub fn last(conn: &mut Conn, survey_id: &str) -> Result<Option<Made>, StoreError> {
    Ok(result::table.find(survey_id).first(conn).optional()?)
}

/// Puts a result in the place of the one before.
pub fn replace(conn: &mut Conn, made: &Made) -> Result<(), StoreError> {
    each_backend!(conn, c => diesel::insert_into(result::table)
        .values((
            result::survey_id.eq(&made.survey_id),
            result::made_at.eq(&made.made_at),
            result::json.eq(&made.json),
        ))
        .on_conflict(result::survey_id)
        .do_update()
        .set((result::made_at.eq(&made.made_at), result::json.eq(&made.json)))
        .execute(c))?;
    Ok(())
}
