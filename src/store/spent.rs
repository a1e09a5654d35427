//! The marks of invitations that were used: what lets each be used once, and leads to none of them.
//!
//! A mark is stored in the transaction that stores the response, so that neither is there without the other. Whoever holds
//! the database, and what it keeps of its own, can therefore tell for a while which mark came with which response: by
//! Postgres's transaction numbers, by the order of rows in its file, by the order of SQLite's write-ahead log. That says
//! nothing about a person: a mark is derived from an invitation by a key that is in no database, so that even one who holds
//! every invitation cannot tell whose mark it is. All three together, files, invitations and key, do tell it; therefore
//! [`mix`] writes the marks anew when the survey closes, in an order that is not theirs and in one transaction, and
//! [`Store::scrub`](super::Store::scrub) clears what is left of the old ones.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::spent;
use super::{Conn, StoreError, each_backend, survey};

/// Rows in one statement.
const ROWS: usize = 256;

/// Spends a mark; false if it was spent before. Of two at once one waits until the other's transaction has ended.
pub fn spend(conn: &mut Conn, survey_id: &str, mark: &str) -> Result<bool, StoreError> {
    let row = (spent::survey_id.eq(survey_id), spent::mark.eq(mark));
    let stored = each_backend!(conn, c => diesel::insert_into(spent::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(stored == 1)
}

/// Whether a mark was spent.
pub fn is_spent(conn: &mut Conn, survey_id: &str, mark: &str) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(spent::table.find((survey_id, mark)))).get_result(conn)?)
}

/// How many marks of a survey were spent.
pub fn count(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    Ok(spent::table.filter(spent::survey_id.eq(survey_id)).select(count_star()).first(conn)?)
}

/// Writes the marks of a survey anew; says how many there are.
///
/// Marks are as good as random, so that their own order is a random one.
pub fn mix(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    survey::lock(conn, survey_id)?;
    let of_survey = spent::table.filter(spent::survey_id.eq(survey_id));
    let marks: Vec<String> = of_survey.select(spent::mark).order(spent::mark).load(conn)?;
    diesel::delete(of_survey).execute(conn)?;
    for marks in marks.chunks(ROWS) {
        let rows: Vec<_> = marks.iter().map(|mark| (spent::survey_id.eq(survey_id), spent::mark.eq(mark))).collect();
        each_backend!(conn, c => diesel::insert_into(spent::table).values(rows).execute(c))?;
    }
    Ok(marks.len())
}
