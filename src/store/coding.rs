//! The record of a question's coding: what people decided, one entry after another.

use diesel::prelude::*;

use super::schema::coding_entry;
use super::{Conn, StoreError, each_backend};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Row {
    /// Its place in the record, from 1.
    pub number: i32,
    /// When.
    pub at: String,
    /// Who, as they called themselves.
    pub who: String,
    /// What, as JSON.
    pub event: String,
}

/// The record of a question, from the first entry.
pub fn all(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Vec<Row>, StoreError> {
    Ok(coding_entry::table
        .filter(coding_entry::survey_id.eq(survey_id))
        .filter(coding_entry::item.eq(item))
        .order(coding_entry::number)
        .select((coding_entry::number, coding_entry::at, coding_entry::who, coding_entry::event))
        .load(conn)?)
}

/// The number of the last entry of a question's record; none where there is none.
pub fn last(conn: &mut Conn, survey_id: &str, item: &str) -> Result<Option<i32>, StoreError> {
    Ok(coding_entry::table
        .filter(coding_entry::survey_id.eq(survey_id))
        .filter(coding_entry::item.eq(item))
        .select(diesel::dsl::max(coding_entry::number))
        .first(conn)?)
}

/// The questions of a survey that have a record.
pub fn items(conn: &mut Conn, survey_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(coding_entry::table
        .filter(coding_entry::survey_id.eq(survey_id))
        .select(coding_entry::item)
        .distinct()
        .order(coding_entry::item)
        .load(conn)?)
}

/// Writes an entry, unless there is one with its number; says whether it did.
pub fn add(conn: &mut Conn, survey_id: &str, item: &str, row: &Row) -> Result<bool, StoreError> {
    let written = each_backend!(conn, c => diesel::insert_into(coding_entry::table)
        .values((
            coding_entry::survey_id.eq(survey_id),
            coding_entry::item.eq(item),
            coding_entry::number.eq(row.number),
            coding_entry::at.eq(&row.at),
            coding_entry::who.eq(&row.who),
            coding_entry::event.eq(&row.event),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(written == 1)
}

/// Deletes the records of all questions of a survey.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    diesel::delete(coding_entry::table.filter(coding_entry::survey_id.eq(survey_id))).execute(conn)?;
    Ok(())
}
