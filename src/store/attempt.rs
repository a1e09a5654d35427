//! How often something was tried that may be tried so often in a time, the same for all programs on one database.
//!
//! `who` is a hash of whose tries they are and of the time that they count for, so that nothing joins one time to the next.

use diesel::prelude::*;

use super::schema::attempt;
use super::{Conn, StoreError, each_backend};

/// Counts a try; gives how many there were with it. `until` is when the time is over, and the row may go.
pub fn count(conn: &mut Conn, who: &str, until: &str) -> Result<i32, StoreError> {
    each_backend!(conn, c => diesel::insert_into(attempt::table)
        .values((attempt::who.eq(who), attempt::times.eq(1), attempt::until.eq(until)))
        .on_conflict(attempt::who)
        .do_update()
        .set(attempt::times.eq(attempt::times + 1))
        .execute(c))?;
    // Nobody else changes the row until the end of the transaction.
    times(conn, who)
}

/// How many tries there were.
pub fn times(conn: &mut Conn, who: &str) -> Result<i32, StoreError> {
    Ok(attempt::table.find(who).select(attempt::times).first(conn).optional()?.unwrap_or(0))
}

/// Deletes what counts no more; says how many.
pub fn clear(conn: &mut Conn, now: &str) -> Result<usize, StoreError> {
    Ok(diesel::delete(attempt::table.filter(attempt::until.le(now))).execute(conn)?)
}
