//! Staff: single-use sign-in links and the sessions that they start. Only hashes are stored.

use diesel::prelude::*;

use super::schema::{staff_session, staff_sign_in};
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

/// Stores a session that is valid before `expires_at`.
pub fn start_session(conn: &mut Conn, key_hash: &str, expires_at: &str) -> Result<(), StoreError> {
    diesel::insert_into(staff_session::table)
        .values((staff_session::key_hash.eq(key_hash), staff_session::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

/// Whether the session exists and has not expired.
pub fn session_valid(conn: &mut Conn, key_hash: &str, now: &str) -> Result<bool, StoreError> {
    let valid = staff_session::table.find(key_hash).filter(staff_session::expires_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(valid)).get_result(conn)?)
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
    Ok(sign_ins + sessions)
}
