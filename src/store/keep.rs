//! Until when what people gave is kept: a day for each kind of it.

use diesel::prelude::*;

use super::schema::keep;
use super::{Conn, StoreError, each_backend};

/// Keeps a kind until the end of a day, whatever was said before.
pub fn set(conn: &mut Conn, survey_id: &str, kind: &str, until: &str) -> Result<(), StoreError> {
    each_backend!(conn, c => diesel::insert_into(keep::table)
        .values((keep::survey_id.eq(survey_id), keep::kind.eq(kind), keep::until.eq(until)))
        .on_conflict((keep::survey_id, keep::kind))
        .do_update()
        .set(keep::until.eq(until))
        .execute(c))?;
    Ok(())
}

/// The last day of a kind, where one is set.
pub fn until(conn: &mut Conn, survey_id: &str, kind: &str) -> Result<Option<String>, StoreError> {
    Ok(keep::table.find((survey_id, kind)).select(keep::until).first(conn).optional()?)
}

/// The surveys of which something is kept no longer than until before `today`.
pub fn over(conn: &mut Conn, today: &str) -> Result<Vec<String>, StoreError> {
    let over = keep::table.filter(keep::until.lt(today)).select(keep::survey_id);
    Ok(over.order(keep::survey_id).distinct().load(conn)?)
}

/// Sets no day any more: there is nothing left.
pub fn unset(conn: &mut Conn, survey_id: &str, kind: &str) -> Result<(), StoreError> {
    diesel::delete(keep::table.find((survey_id, kind))).execute(conn)?;
    Ok(())
}
