//! The record of what people decided about personal details in answers, one entry after another.

use diesel::prelude::*;

use super::coding::Row;
use super::schema::redaction_entry;
use super::{Conn, StoreError, each_backend};

/// The record of a survey, from the first entry.
pub fn all(conn: &mut Conn, survey_id: &str) -> Result<Vec<Row>, StoreError> {
    Ok(redaction_entry::table
        .filter(redaction_entry::survey_id.eq(survey_id))
        .order(redaction_entry::number)
        .select((redaction_entry::number, redaction_entry::at, redaction_entry::who, redaction_entry::event))
        .load(conn)?)
}

/// The number of the last entry of a survey's record; none where there is none.
pub fn last(conn: &mut Conn, survey_id: &str) -> Result<Option<i32>, StoreError> {
    Ok(redaction_entry::table
        .filter(redaction_entry::survey_id.eq(survey_id))
        .select(diesel::dsl::max(redaction_entry::number))
        .first(conn)?)
}

/// Writes an entry, unless there is one with its number; says whether it did.
pub fn add(conn: &mut Conn, survey_id: &str, row: &Row) -> Result<bool, StoreError> {
    let written = each_backend!(conn, c => diesel::insert_into(redaction_entry::table)
        .values((
            redaction_entry::survey_id.eq(survey_id),
            redaction_entry::number.eq(row.number),
            redaction_entry::at.eq(&row.at),
            redaction_entry::who.eq(&row.who),
            redaction_entry::event.eq(&row.event),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(written == 1)
}

/// Deletes the record of a survey.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    diesel::delete(redaction_entry::table.filter(redaction_entry::survey_id.eq(survey_id))).execute(conn)?;
    Ok(())
}
