//! Contact details, kept so that nothing joins them to a response.
//!
//! No column, key, order or time of a contact is one of a response. What is left are the traces
//! that a database keeps of its own: Postgres marks each row with the transaction that wrote it,
//! and both keep the order of writes for a while in their logs and files. Therefore:
//!
//! - [`add`] runs in a transaction of its own, never in the one that stores the response;
//! - as soon as [`BATCH`] contacts of a survey wait, they are deleted and written anew in one
//!   transaction, in random order and under new random ids ([`release`]);
//! - when the survey closes, [`release_all`] does that with every contact at once.
//!
//! What remains visible, to one who holds the files of the running database and not to one who has
//! an export or an SQL dump:
//!
//! - until its batch is full, a waiting contact lies beside the response that came with it, by
//!   Postgres's transaction number or by the order of SQLite's write-ahead log;
//! - between batch and close, a batch was written after its own responses and before later ones, so
//!   each of its contacts belongs to one of about ten or more responses;
//! - the deleted rows stay in Postgres's file until it vacuums, and old writes in either
//!   write-ahead log until it is reused: [`Store::scrub`](super::Store::scrub) after the close
//!   shortens that.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::contact;
use super::{Conn, StoreError, each_backend, id, survey};

/// How many contacts wait before they are mixed.
pub const BATCH: i64 = 10;
/// Rows in one statement.
const ROWS: usize = 256;

/// A person's contact details.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Contact {
    /// The survey in which they were given.
    pub survey_id: String,
    /// Random, and new after each mixing.
    pub id: String,
    /// What makes a retry store the same contact: a hash that leads to nothing else that is stored.
    pub once: String,
    /// The details, as JSON.
    pub details: String,
    /// Whether this one has been mixed with others.
    pub batched: bool,
}

/// Stores contact details, once for each survey and `once`, and mixes the waiting ones once there are [`BATCH`].
///
/// Given again under the same `once`, by a retry, they replace the earlier ones.
/// Never call it in the transaction that stores a response.
pub fn add(conn: &mut Conn, survey_id: &str, once: &str, details: &str) -> Result<(), StoreError> {
    let row = (
        contact::survey_id.eq(survey_id),
        contact::id.eq(id::random()?),
        contact::once.eq(once),
        contact::details.eq(details),
        contact::batched.eq(false),
    );
    each_backend!(conn, c => diesel::insert_into(contact::table)
        .values(row)
        .on_conflict((contact::survey_id, contact::once))
        .do_update()
        .set(contact::details.eq(details))
        .execute(c))?;
    release(conn, survey_id)?;
    Ok(())
}

/// Mixes the waiting contacts of a survey if they are at least [`BATCH`]; says how many it mixed.
pub fn release(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    if waiting(conn, survey_id)? < BATCH {
        return Ok(0);
    }
    // Two nodes at once would both mix the same contacts, and double them.
    survey::lock(conn, survey_id)?;
    let rows: Vec<Contact> =
        contact::table.filter(contact::survey_id.eq(survey_id)).filter(contact::batched.eq(false)).load(conn)?;
    mix(conn, rows)
}

/// Mixes every contact of a survey, for its close; says how many there are.
pub fn release_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    survey::lock(conn, survey_id)?;
    let rows = all(conn, survey_id)?;
    mix(conn, rows)
}

/// The contacts of a survey, by random id.
pub fn all(conn: &mut Conn, survey_id: &str) -> Result<Vec<Contact>, StoreError> {
    Ok(contact::table.filter(contact::survey_id.eq(survey_id)).order(contact::id).load(conn)?)
}

/// Deletes all contact details of a survey; says how many people's.
pub fn delete_all(conn: &mut Conn, survey_id: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(contact::table.filter(contact::survey_id.eq(survey_id))).execute(conn)?)
}

/// How many contacts of a survey there are.
pub fn count(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    Ok(contact::table.filter(contact::survey_id.eq(survey_id)).select(count_star()).first(conn)?)
}

fn waiting(conn: &mut Conn, survey_id: &str) -> Result<i64, StoreError> {
    Ok(contact::table
        .filter(contact::survey_id.eq(survey_id))
        .filter(contact::batched.eq(false))
        .select(count_star())
        .first(conn)?)
}

fn mix(conn: &mut Conn, mut rows: Vec<Contact>) -> Result<usize, StoreError> {
    for rows in rows.chunks(ROWS) {
        let ids = rows.iter().map(|row| &row.id);
        diesel::delete(contact::table.filter(contact::id.eq_any(ids))).execute(conn)?;
    }
    for row in &mut rows {
        row.id = id::random()?;
    }
    // The new ids are random, so their order is too.
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    for rows in rows.chunks(ROWS) {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    contact::survey_id.eq(&row.survey_id),
                    contact::id.eq(&row.id),
                    contact::once.eq(&row.once),
                    contact::details.eq(&row.details),
                    contact::batched.eq(true),
                )
            })
            .collect();
        each_backend!(conn, c => diesel::insert_into(contact::table).values(rows).execute(c))?;
    }
    Ok(rows.len())
}
