//! Tokens by which programs read: only hashes of them are stored, and days, but no times and no addresses.

use diesel::prelude::*;

use super::schema::api_token;
use super::{Conn, StoreError, each_backend};

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = api_token)]
pub struct ApiToken {
    /// The hash by which it is found: it leads to no token.
    pub token_hash: String,
    /// What staff call it; no two have one label.
    pub label: String,
    /// Words for what it may read, with spaces between.
    pub scopes: String,
    /// The only survey that it may read; all of them if there is none.
    pub survey: Option<String>,
    /// The day on which it was made.
    pub made_on: String,
    /// The first day on which it lets nobody in, if there is one.
    pub expires_on: Option<String>,
    /// The last day on which it was shown, if it ever was.
    pub used_on: Option<String>,
}

/// Stores a token; false if there is one of this label.
pub fn add(conn: &mut Conn, token: &ApiToken) -> Result<bool, StoreError> {
    let stored = each_backend!(conn, c => diesel::insert_into(api_token::table)
        .values(token)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(stored == 1)
}

/// All tokens, by label.
pub fn all(conn: &mut Conn) -> Result<Vec<ApiToken>, StoreError> {
    Ok(api_token::table.order(api_token::label).load(conn)?)
}

/// The token with this hash, if there is one.
pub fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<ApiToken>, StoreError> {
    Ok(api_token::table.find(token_hash).first(conn).optional()?)
}

/// Takes down the day on which a token was shown.
pub fn used(conn: &mut Conn, token_hash: &str, day: &str) -> Result<(), StoreError> {
    diesel::update(api_token::table.find(token_hash)).set(api_token::used_on.eq(day)).execute(conn)?;
    Ok(())
}

/// Deletes the token with this label; false if there is none.
pub fn delete(conn: &mut Conn, label: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(api_token::table.filter(api_token::label.eq(label))).execute(conn)? == 1)
}
