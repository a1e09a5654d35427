//! Views of a survey's responses that staff gave a name: what was asked, and no figures.

use diesel::prelude::*;

use super::schema::saved_view;
use super::{Conn, StoreError, each_backend};

/// A stored view.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = saved_view)]
pub struct SavedView {
    /// The survey.
    pub survey: String,
    /// Its name; no two of a survey have one.
    pub name: String,
    /// What was asked, as JSON.
    pub asked: String,
    /// Who made it.
    pub made_by: String,
    /// The day on which it was made.
    pub made_on: String,
}

/// Stores a view; false if the survey has one of this name.
pub fn add(conn: &mut Conn, view: &SavedView) -> Result<bool, StoreError> {
    let stored = each_backend!(conn, c => diesel::insert_into(saved_view::table)
        .values(view)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(stored == 1)
}

/// All views of a survey, by name.
pub fn all(conn: &mut Conn, survey: &str) -> Result<Vec<SavedView>, StoreError> {
    Ok(saved_view::table.filter(saved_view::survey.eq(survey)).order(saved_view::name).load(conn)?)
}

/// Deletes a view; false if there is none of this name.
pub fn delete(conn: &mut Conn, survey: &str, name: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(saved_view::table.find((survey, name))).execute(conn)? == 1)
}
