//! The accounts of staff: who they are, what they sign in with, and their roles.

use diesel::prelude::*;

use super::schema::{account, account_link, account_role, recovery_code, staff_session};
use super::{Conn, StoreError, each_backend};

/// A stored account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = account, treat_none_as_null = true)]
pub struct Account {
    /// A random id.
    pub id: String,
    /// The address that its owner signs in by; no two have one.
    pub email: String,
    /// What its owner is called.
    pub name: String,
    /// Whether its owner manages accounts.
    pub is_administrator: bool,
    /// Whether nobody signs in to it.
    pub is_disabled: bool,
    /// When it was made.
    pub made_at: String,
    /// The hash of the password, if it is set up.
    pub password: Option<String>,
    /// The sealed secret of the second factor, if it is set up.
    pub second_factor: Option<String>,
    /// The last step of the second factor that was used.
    pub last_step: i64,
}

/// A role of somebody for a consultation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = account_role)]
pub struct Held {
    /// Whose.
    pub account_id: String,
    /// Of which consultation.
    pub survey: String,
    /// The word of the role.
    pub role: String,
}

/// Stores an account; false if there is one of this address.
pub fn add(conn: &mut Conn, row: &Account) -> Result<bool, StoreError> {
    let stored = each_backend!(conn, c => diesel::insert_into(account::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(stored == 1)
}

/// All accounts, by address.
pub fn all(conn: &mut Conn) -> Result<Vec<Account>, StoreError> {
    Ok(account::table.order(account::email).load(conn)?)
}

/// The account with this id.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Account>, StoreError> {
    Ok(account::table.find(id).first(conn).optional()?)
}

/// The account with this address.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>, StoreError> {
    Ok(account::table.filter(account::email.eq(email)).first(conn).optional()?)
}

/// Puts an account as it is now in place of what is stored of it.
pub fn put(conn: &mut Conn, row: &Account) -> Result<(), StoreError> {
    diesel::update(account::table.find(&row.id)).set(row).execute(conn)?;
    Ok(())
}

/// Takes a step of the second factor; false if it, or a later one, was taken.
pub fn take_step(conn: &mut Conn, id: &str, step: i64) -> Result<bool, StoreError> {
    let earlier = account::table.find(id).filter(account::last_step.lt(step));
    Ok(diesel::update(earlier).set(account::last_step.eq(step)).execute(conn)? == 1)
}

/// Puts these codes on paper in the place of those there were.
pub fn set_recovery_codes(conn: &mut Conn, id: &str, hashes: &[String]) -> Result<(), StoreError> {
    diesel::delete(recovery_code::table.filter(recovery_code::account_id.eq(id))).execute(conn)?;
    let rows: Vec<_> =
        hashes.iter().map(|hash| (recovery_code::account_id.eq(id), recovery_code::code_hash.eq(hash))).collect();
    each_backend!(conn, c => diesel::insert_into(recovery_code::table).values(rows).execute(c))?;
    Ok(())
}

/// Uses a code on paper up; false if it is none, or was used.
pub fn take_recovery_code(conn: &mut Conn, id: &str, hash: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(recovery_code::table.find((id, hash))).execute(conn)? == 1)
}

/// How many codes on paper are left.
pub fn recovery_codes(conn: &mut Conn, id: &str) -> Result<i64, StoreError> {
    Ok(recovery_code::table.filter(recovery_code::account_id.eq(id)).count().get_result(conn)?)
}

/// Gives a role; false if it was there.
pub fn give(conn: &mut Conn, held: &Held) -> Result<bool, StoreError> {
    let stored = each_backend!(conn, c => diesel::insert_into(account_role::table)
        .values(held)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(stored == 1)
}

/// Takes a role; false if it was not there.
pub fn take(conn: &mut Conn, held: &Held) -> Result<bool, StoreError> {
    let key = (&held.account_id, &held.survey, &held.role);
    Ok(diesel::delete(account_role::table.find(key)).execute(conn)? == 1)
}

/// The roles of an account.
pub fn roles_of(conn: &mut Conn, id: &str) -> Result<Vec<Held>, StoreError> {
    let of = account_role::table.filter(account_role::account_id.eq(id));
    Ok(of.order((account_role::survey, account_role::role)).load(conn)?)
}

/// Who has which role for a consultation, by address.
pub fn roles_for(conn: &mut Conn, survey: &str) -> Result<Vec<(Account, String)>, StoreError> {
    let held: Vec<Held> = account_role::table.filter(account_role::survey.eq(survey)).load(conn)?;
    let mut found: Vec<(Account, String)> = Vec::with_capacity(held.len());
    for Held { account_id, role, .. } in held {
        found.extend(find(conn, &account_id)?.map(|account| (account, role)));
    }
    found.sort_by(|(one, role), (other, rival)| (&one.email, role).cmp(&(&other.email, rival)));
    Ok(found)
}

/// Stores a link that sets an account up before `expires_at`; those there were work no more.
pub fn issue_link(conn: &mut Conn, id: &str, token_hash: &str, expires_at: &str) -> Result<(), StoreError> {
    drop_links(conn, id)?;
    diesel::insert_into(account_link::table)
        .values((
            account_link::token_hash.eq(token_hash),
            account_link::account_id.eq(id),
            account_link::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The account that a link sets up, if it still does.
pub fn linked(conn: &mut Conn, token_hash: &str, now: &str) -> Result<Option<Account>, StoreError> {
    let link = account_link::table.find(token_hash).filter(account_link::expires_at.gt(now));
    let id: Option<String> = link.select(account_link::account_id).first(conn).optional()?;
    id.map_or(Ok(None), |id| find(conn, &id))
}

/// Uses a link up; false if it is unknown or was used.
pub fn use_link(conn: &mut Conn, token_hash: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(account_link::table.find(token_hash)).execute(conn)? == 1)
}

/// Deletes the links of an account.
pub fn drop_links(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::delete(account_link::table.filter(account_link::account_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Ends the sessions of an account, but for the one that is kept.
pub fn end_sessions(conn: &mut Conn, id: &str, but: Option<&str>) -> Result<(), StoreError> {
    let of = staff_session::table.filter(staff_session::account_id.eq(id));
    diesel::delete(of.filter(staff_session::key_hash.ne(but.unwrap_or_default()))).execute(conn)?;
    Ok(())
}
