//! Staff sign in by a link that works once, and stay signed in for a working day.

use super::library::Library;
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::response::code::Token;
use crate::store::staff;

/// Seconds for which a sign-in link works.
pub const LINK_SECONDS: i64 = 60 * 60;
/// Seconds after which a session ends.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// Makes a sign-in link's secret. It works once, within an hour.
pub fn issue(library: &Library, now: Moment) -> Result<Token, ServiceError> {
    let token = random_token()?;
    let expires_at = now.plus(LINK_SECONDS).instant();
    library.store.write(|conn| {
        staff::purge_expired(conn, &now.instant())?;
        staff::issue_sign_in(conn, &token.draft_key(), &expires_at)
    })?;
    Ok(token)
}

/// Uses a sign-in link up and gives the secret of a new session.
pub fn redeem(library: &Library, link: &Token, now: Moment) -> Result<Token, ServiceError> {
    let session = random_token()?;
    let expires_at = now.plus(SESSION_SECONDS).instant();
    library.store.write(|conn| {
        if !staff::redeem_sign_in(conn, &link.draft_key(), &now.instant())? {
            return Err(ServiceError::SignIn);
        }
        Ok(staff::start_session(conn, &session.draft_key(), &expires_at)?)
    })?;
    Ok(session)
}

/// True if the secret is that of a session that has not ended.
pub fn is_signed_in(library: &Library, session: &Token, now: Moment) -> Result<bool, ServiceError> {
    Ok(library.store.read(|conn| staff::session_valid(conn, &session.draft_key(), &now.instant()))?)
}

/// Ends a session.
pub fn sign_out(library: &Library, session: &Token) -> Result<(), ServiceError> {
    Ok(library.store.write(|conn| staff::end_session(conn, &session.draft_key()))?)
}
