//! Staff: single-use sign-in links and the sessions that they start. Only hashes are stored.

use diesel::prelude::*;

use super::schema::{account_link, staff_session, staff_sign_in};
use super::{Conn, StoreError};

/// Stores a sign-in link that works once and before `expires_at`.
pub fn issue_sign_in(conn: &mut Conn, token_hash: &str, expires_at: &str) -> Result<(), StoreError> {
    diesel::insert_into(staff_sign_in::table)
        .values((staff_sign_in::token_hash.eq(token_hash), staff_sign_in::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

/// Uses a sign-in link up. False if it is unknown, expired or used: the caller need not know which.
pub fn redeem_sign_in(conn: &mut Conn, token_hash: &str, now: &str) -> Result<bool, StoreError> {
    let redeemed = diesel::update(
        staff_sign_in::table
            .find(token_hash)
            .filter(staff_sign_in::used_at.is_null())
            .filter(staff_sign_in::expires_at.gt(now)),
    )
    .set(staff_sign_in::used_at.eq(now))
    .execute(conn)?;
    Ok(redeemed == 1)
}

/// Stores a session that is valid before `expires_at`: of an account, or of nobody's who came by a link of the command line.
pub fn start_session(
    conn: &mut Conn,
    key_hash: &str,
    account_id: Option<&str>,
    (now, expires_at): (&str, &str),
) -> Result<(), StoreError> {
    diesel::insert_into(staff_session::table)
        .values((
            staff_session::key_hash.eq(key_hash),
            staff_session::expires_at.eq(expires_at),
            staff_session::account_id.eq(account_id),
            staff_session::seen_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// A session that has not expired.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Session {
    /// Whose it is; none if it was begun by a link of the command line.
    pub account_id: Option<String>,
    /// When it was last used, to the minute or so.
    pub seen_at: Option<String>,
}

/// The session, if it exists and has not expired.
pub fn session(conn: &mut Conn, key_hash: &str, now: &str) -> Result<Option<Session>, StoreError> {
    let valid = staff_session::table.find(key_hash).filter(staff_session::expires_at.gt(now));
    Ok(valid.select((staff_session::account_id, staff_session::seen_at)).first(conn).optional()?)
}

/// Takes down that a session is used.
pub fn seen(conn: &mut Conn, key_hash: &str, now: &str) -> Result<(), StoreError> {
    diesel::update(staff_session::table.find(key_hash)).set(staff_session::seen_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends a session; an unknown one is ended already.
pub fn end_session(conn: &mut Conn, key_hash: &str) -> Result<(), StoreError> {
    diesel::delete(staff_session::table.find(key_hash)).execute(conn)?;
    Ok(())
}

/// Deletes sign-in links and sessions that have expired; says how many.
pub fn purge_expired(conn: &mut Conn, now: &str) -> Result<usize, StoreError> {
    let sign_ins = diesel::delete(staff_sign_in::table.filter(staff_sign_in::expires_at.le(now))).execute(conn)?;
    let sessions = diesel::delete(staff_session::table.filter(staff_session::expires_at.le(now))).execute(conn)?;
    let links = diesel::delete(account_link::table.filter(account_link::expires_at.le(now))).execute(conn)?;
    Ok(sign_ins + sessions + links)
}
