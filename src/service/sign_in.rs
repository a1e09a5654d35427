//! Staff sign in, with what they set up or by a link of the command line, and stay signed in for a working day.

use std::sync::PoisonError;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::account::{SignedIn, Who, person};
use super::audit::{COMMAND_LINE, Note};
use super::library::Library;
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::response::code::Token;
use crate::staff::audit::Act;
use crate::staff::email::Email;
use crate::staff::password::{self, Password, PasswordFault};
use crate::staff::second_factor::{RECOVERY_CODES, Secret};
use crate::store::account::{self as stored, Account};
use crate::store::{Conn, StoreError, staff};

/// Seconds for which a sign-in link works.
pub const LINK_SECONDS: i64 = 60 * 60;
/// Seconds after which a session ends.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// Seconds without a request after which somebody must sign in anew.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Seconds after which it is taken down anew that a session is used.
const SEEN_SECONDS: i64 = 60;
/// What a password is compared with where there is no account, so that it costs the same: the hash of nothing known.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Zm9yIG5vYm9keSBhdCBhbGw$1pTq2nU0gm6LSTTJ6rP2cXo5dvtQ8p0cUeM7vYt1a3E";

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
        staff::start_session(conn, &session.session_key(), None, (&now.instant(), &expires_at))?;
        let note = Note { who: COMMAND_LINE, act: Act::SignedIn, survey: None, subject: "sign-in link" };
        Ok(note.write(conn, now)?)
    })?;
    Ok(session)
}

/// Ends a session.
pub fn sign_out(library: &Library, session: &Token, who: &Who, now: Moment) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        staff::end_session(conn, &session.session_key())?;
        Ok(Note { who: who.as_str(), act: Act::SignedOut, survey: None, subject: "" }.write(conn, now)?)
    })
}

/// What its owner sees of an account that is to be set up.
#[derive(Clone, Debug)]
pub struct ToSetUp {
    /// What they are called.
    pub name: String,
    /// The address they sign in by.
    pub email: String,
    /// The secret for their app.
    pub secret: Secret,
}

/// Whose account a link sets up; `SignIn` if it does not, or no longer.
pub fn linked(library: &Library, link: &Token, now: Moment) -> Result<ToSetUp, ServiceError> {
    let account = library.store.read(|conn| stored::linked(conn, &link.draft_key(), &now.instant()))?;
    let account = account.filter(|account| !account.is_disabled).ok_or(ServiceError::SignIn)?;
    Ok(ToSetUp { name: account.name, email: account.email, secret: Secret::of_link(link) })
}

/// What is wrong with what somebody typed to set their account up, or to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpFault {
    /// The password may not be one.
    Password(PasswordFault),
    /// The code is not one of the app now.
    Code,
    /// The password is not the one they have.
    Current,
}

/// An account as it was set up: the secret of the session of its owner, and their codes on paper, which nothing shows again.
#[derive(Debug)]
pub struct SetUp {
    /// Of the new session.
    pub session: Token,
    /// For when the app is lost; each works once.
    pub codes: Vec<Token>,
}

/// Sets an account up by its link, and signs its owner in; what is wrong uses nothing up.
///
/// # Errors
///
/// `SignIn` for a link that does not work, or no longer.
pub fn set_up(
    library: &Library,
    link: &Token,
    (password, code): (&str, &str),
    now: Moment,
) -> Result<Result<SetUp, SetUpFault>, ServiceError> {
    let account = linked(library, link, now)?;
    let password = match Password::read(password, &[&account.name, &account.email]) {
        Ok(password) => password,
        Err(fault) => return Ok(Err(SetUpFault::Password(fault))),
    };
    let Some(step) = account.secret.step(code, now.0) else { return Ok(Err(SetUpFault::Code)) };
    let sealed = account.secret.sealed(library.keyring.key_or_new()?, &link.recovery_key());
    let hash = hashed(library, &password)?;
    let (session, codes) = (random_token()?, recovery_codes()?);
    library.store.write(|conn| {
        let found = stored::linked(conn, &link.draft_key(), &now.instant())?;
        let mut account = found.filter(|account| !account.is_disabled).ok_or(ServiceError::SignIn)?;
        if !stored::use_link(conn, &link.draft_key())? {
            return Err(ServiceError::SignIn);
        }
        account.password = Some(hash.clone());
        account.second_factor = Some(sealed.clone());
        account.last_step = step;
        stored::put(conn, &account)?;
        stored::set_recovery_codes(conn, &account.id, &keys(&codes))?;
        stored::end_sessions(conn, &account.id, None)?;
        begin(conn, &session, &account, now)?;
        let note = Note { who: &account.email, act: Act::AccountSetUp, survey: None, subject: &account.email };
        Ok(note.write(conn, now)?)
    })?;
    Ok(Ok(SetUp { session, codes }))
}

/// The secret of a new session for whoever gives address, password and code; none if any of them is wrong, which takes the
/// same time whichever it is.
pub fn sign_in(
    library: &Library,
    (email, password, code): (&str, &str, &str),
    now: Moment,
) -> Result<Option<Token>, ServiceError> {
    let email = Email::read(email);
    let account = match &email {
        Some(email) => library.store.read(|conn| stored::by_email(conn, email.as_str()))?,
        None => None,
    };
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let is_password = is_password(library, password, hash.as_deref().unwrap_or(NOBODY)) && hash.is_some();
    let session = random_token()?;
    let shown = Shown::read(library, account.as_ref(), code, now)?;
    let is_in = library.store.write(|conn| {
        let who = account.as_ref().map_or("somebody unknown", |account| &account.email);
        let mut note = Note { who, act: Act::SignInRefused, survey: None, subject: who };
        if let Some(account) = account.as_ref().filter(|account| is_password && !account.is_disabled) {
            let taken = match &shown {
                Shown::Step(step) if stored::take_step(conn, &account.id, *step)? => Some(Act::SignedIn),
                Shown::Recovery(key) if stored::take_recovery_code(conn, &account.id, key)? => Some(Act::RecoveryUsed),
                _ => None,
            };
            if let Some(act) = taken {
                note.act = act;
                begin(conn, &session, account, now)?;
            }
        }
        note.write(conn, now)?;
        Ok::<_, ServiceError>(note.act != Act::SignInRefused)
    })?;
    Ok(is_in.then_some(session))
}

/// What was typed as a code.
enum Shown {
    /// The step that a code of the app is of.
    Step(i64),
    /// What is stored of a code on paper, if it is one.
    Recovery(String),
    Wrong,
}

impl Shown {
    fn read(library: &Library, account: Option<&Account>, code: &str, now: Moment) -> Result<Self, ServiceError> {
        if let Some(code) = Token::read(code) {
            return Ok(Self::Recovery(code.recovery_key()));
        }
        let Some(sealed) = account.and_then(|account| account.second_factor.as_deref()) else { return Ok(Self::Wrong) };
        let secret = Secret::unsealed(library.keyring.key()?, sealed);
        Ok(secret.and_then(|secret| secret.step(code, now.0)).map_or(Self::Wrong, Self::Step))
    }
}

/// What a browser keeps in which an account was signed in to, so that wrong tries of others elsewhere do not count for it.
/// Nobody finds one by trying; a new password ends it.
pub fn known_browser(library: &Library, email: &str) -> Result<Option<String>, ServiceError> {
    let Some(email) = Email::read(email) else { return Ok(None) };
    let account = library.store.read(|conn| stored::by_email(conn, email.as_str()))?;
    let Some((id, hash)) = account.and_then(|account| Some((account.id, account.password?))) else { return Ok(None) };
    Ok(Some(library.keyring.key_or_own()?.browser(&id, &hash)))
}

/// Who is signed in by this session, if it has not ended; takes down that it is used.
pub fn signed_in(library: &Library, session: &Token, now: Moment) -> Result<Option<SignedIn>, ServiceError> {
    let key = session.session_key();
    let found = library.store.read(|conn| {
        let Some(session) = staff::session(conn, &key, &now.instant())? else { return Ok(None) };
        let who = match &session.account_id {
            None => Some(SignedIn::operator()),
            Some(id) => person(conn, id)?,
        };
        Ok::<_, ServiceError>(who.map(|who| (session.seen_at, who)))
    })?;
    let Some((seen_at, who)) = found else { return Ok(None) };
    let seen = seen_at.unwrap_or_default();
    if seen < now.plus(-IDLE_SECONDS).instant() {
        library.store.write(|conn| staff::end_session(conn, &key))?;
        return Ok(None);
    }
    if seen < now.plus(-SEEN_SECONDS).instant() {
        library.store.write(|conn| staff::seen(conn, &key, &now.instant()))?;
    }
    Ok(Some(who))
}

/// What somebody has to sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    /// Codes on paper that are left.
    pub codes_left: i64,
}

/// What somebody with an account has to sign in with.
pub fn own(library: &Library, id: &str) -> Result<Own, ServiceError> {
    Ok(Own { codes_left: library.store.read(|conn| stored::recovery_codes(conn, id))? })
}

/// Changes somebody's own password, who gives the one they have; ends their other sessions.
pub fn change_password(
    library: &Library,
    session: &Token,
    (who, current, new): (&Who, &str, &str),
    now: Moment,
) -> Result<Result<(), SetUpFault>, ServiceError> {
    let account = own_account(library, who, current)?;
    let Some(account) = account else { return Ok(Err(SetUpFault::Current)) };
    let new = match Password::read(new, &[&account.name, &account.email]) {
        Ok(new) => new,
        Err(fault) => return Ok(Err(SetUpFault::Password(fault))),
    };
    let hash = hashed(library, &new)?;
    library.store.write(|conn| {
        stored::put(conn, &Account { password: Some(hash.clone()), ..account.clone() })?;
        stored::end_sessions(conn, &account.id, Some(&session.session_key()))?;
        let note = Note { who: &account.email, act: Act::PasswordChanged, survey: None, subject: &account.email };
        note.write(conn, now)
    })?;
    Ok(Ok(()))
}

/// Makes new codes on paper for somebody who gives their password; those there were work no more.
pub fn renew_codes(
    library: &Library,
    (who, current): (&Who, &str),
    now: Moment,
) -> Result<Result<Vec<Token>, SetUpFault>, ServiceError> {
    let Some(account) = own_account(library, who, current)? else { return Ok(Err(SetUpFault::Current)) };
    let codes = recovery_codes()?;
    library.store.write(|conn| {
        stored::set_recovery_codes(conn, &account.id, &keys(&codes))?;
        let note = Note { who: &account.email, act: Act::RecoveryRenewed, survey: None, subject: &account.email };
        note.write(conn, now)
    })?;
    Ok(Ok(codes))
}

/// The account of whoever acts, if they give its password.
fn own_account(library: &Library, who: &Who, current: &str) -> Result<Option<Account>, ServiceError> {
    let Who::Person { id, .. } = who else { return Ok(None) };
    let account = library.store.read(|conn| stored::find(conn, id))?;
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let is_right = is_password(library, current, hash.as_deref().unwrap_or(NOBODY));
    Ok(account.filter(|_| is_right))
}

/// Begins a session of an account; those that have ended are deleted.
fn begin(conn: &mut Conn, session: &Token, account: &Account, now: Moment) -> Result<(), StoreError> {
    staff::purge_expired(conn, &now.instant())?;
    let until = now.plus(SESSION_SECONDS).instant();
    staff::start_session(conn, &session.session_key(), Some(&account.id), (&now.instant(), &until))
}

fn recovery_codes() -> Result<Vec<Token>, ServiceError> {
    (0..RECOVERY_CODES).map(|_| random_token()).collect()
}

fn keys(codes: &[Token]) -> Vec<String> {
    codes.iter().map(Token::recovery_key).collect()
}

fn hashed(library: &Library, password: &Password) -> Result<String, ServiceError> {
    let _one_at_a_time = library.judging.lock().unwrap_or_else(PoisonError::into_inner);
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| ServiceError::Random)?;
    let hash = Argon2::default().hash_password_with_salt(password.as_str().as_bytes(), &salt);
    Ok(hash.map_err(|_| ServiceError::Random)?.to_string())
}

/// Whether this is the password. One is judged at a time, for each takes 19 MiB of memory.
fn is_password(library: &Library, typed: &str, hash: &str) -> bool {
    let typed: String = password::unified(typed).chars().take(password::LONGEST).collect();
    let _one_at_a_time = library.judging.lock().unwrap_or_else(PoisonError::into_inner);
    PasswordVerifier::<str>::verify_password(&Argon2::default(), typed.as_bytes(), hash).is_ok()
}
