//! The accounts of staff: made, given roles and ended by those who may. How their owners sign in is in `sign_in`.

use std::collections::BTreeSet;

use super::audit::{COMMAND_LINE, Note};
use super::design;
use super::library::Library;
use super::sign_in::LINK_SECONDS;
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::document::closest;
use crate::response::code::Token;
use crate::staff::audit::Act;
use crate::staff::email::Email;
use crate::staff::{Right, Role};
use crate::store::account::{self as stored, Account, Held};
use crate::store::{Conn, StoreError, staff};

/// Most characters of a name.
pub const LONGEST_NAME: usize = 100;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the command line, and so the database itself.
    Operator,
    /// Somebody with an account.
    Person {
        /// The account.
        id: String,
        /// The address they sign in by.
        email: Email,
        /// What they are called.
        name: String,
        /// Whether they manage accounts.
        is_administrator: bool,
    },
}

impl Who {
    /// As the record of what staff did names them.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Operator => COMMAND_LINE,
            Self::Person { email, .. } => email.as_str(),
        }
    }
}

/// Somebody who is signed in, with what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub who: Who,
    roles: BTreeSet<(String, Role)>,
}

impl SignedIn {
    /// Whoever has the command line.
    pub(super) fn operator() -> Self {
        Self { who: Who::Operator, roles: BTreeSet::new() }
    }

    /// Whether they may do this with a consultation, should there be one of this id.
    pub fn may(&self, survey: &str, right: Right) -> bool {
        self.who == Who::Operator || self.roles.iter().any(|(id, role)| id == survey && role.may(right))
    }

    /// The roles that they have: consultation and role. Whoever has the command line needs none.
    pub fn roles(&self) -> &BTreeSet<(String, Role)> {
        &self.roles
    }

    /// Whether they manage accounts.
    pub fn is_administrator(&self) -> bool {
        matches!(self.who, Who::Operator | Who::Person { is_administrator: true, .. })
    }
}

/// How far an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its owner has not set it up yet, or is to do so anew.
    Waiting,
    /// Its owner signs in.
    Active,
    /// Nobody signs in to it.
    Disabled,
}

impl State {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The address its owner signs in by.
    pub email: String,
    /// What its owner is called.
    pub name: String,
    /// Whether its owner manages accounts.
    pub is_administrator: bool,
    /// How far it is.
    pub state: State,
    /// Its roles: consultation and role.
    pub roles: Vec<(String, Role)>,
}

fn known(account: Account, roles: Vec<Held>) -> Known {
    let state = match (account.is_disabled, &account.password) {
        (true, _) => State::Disabled,
        (false, None) => State::Waiting,
        (false, Some(_)) => State::Active,
    };
    let roles = roles.into_iter().filter_map(|held| Some((held.survey, Role::of_word(&held.role)?))).collect();
    Known { email: account.email, name: account.name, is_administrator: account.is_administrator, state, roles }
}

/// What somebody is called: 1 to [`LONGEST_NAME`] characters on one line; `Refused` otherwise.
pub fn named(typed: &str) -> Result<&str, ServiceError> {
    let name = typed.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ServiceError::Refused(format!("Give a name of 1 to {LONGEST_NAME} characters on one line")));
    }
    Ok(name)
}

/// Makes an account; gives what its owner's link to set it up is made of, which works once within an hour.
///
/// # Errors
///
/// `Refused` for an address that is none or is taken, and a name that is none by [`named`], which is told first.
pub fn add(
    library: &Library,
    (email, name, is_administrator): (&str, &str, bool),
    by: &Who,
    now: Moment,
) -> Result<Token, ServiceError> {
    let (name, email) = (named(name)?, address(email)?);
    let (id, link) = (random_token()?, random_token()?);
    let account = Account {
        id: id.as_str().to_string(),
        email: email.as_str().to_string(),
        name: name.to_string(),
        is_administrator,
        is_disabled: false,
        made_at: now.instant(),
        password: None,
        second_factor: None,
        last_step: 0,
    };
    library.store.write(|conn| {
        if !stored::add(conn, &account)? {
            return Err(ServiceError::Refused(format!(
                "There is an account for {email}: give its owner a new link to set it up instead"
            )));
        }
        invite(conn, &account.id, &link, now)?;
        let note = Note { who: by.as_str(), act: Act::AccountAdded, survey: None, subject: email.as_str() };
        Ok(note.write(conn, now)?)
    })?;
    Ok(link)
}

/// Gives a new link by which the owner of an account sets it up anew, password and second factor; they are signed out and
/// cannot sign in until then.
pub fn reset(library: &Library, email: &str, by: &Who, now: Moment) -> Result<Token, ServiceError> {
    let link = random_token()?;
    change(library, email, (by, Act::AccountReset), now, |conn, account| {
        (account.password, account.second_factor) = (None, None);
        stored::put(conn, account)?;
        stored::set_recovery_codes(conn, &account.id, &[])?;
        invite(conn, &account.id, &link, now)
    })?;
    Ok(link)
}

/// Lets nobody sign in to an account, or its owner again. Whoever is signed in is signed out at once.
pub fn disable(library: &Library, email: &str, is_disabled: bool, by: &Who, now: Moment) -> Result<(), ServiceError> {
    let act = if is_disabled { Act::AccountDisabled } else { Act::AccountEnabled };
    change(library, email, (by, act), now, |conn, account| {
        account.is_disabled = is_disabled;
        stored::drop_links(conn, &account.id)?;
        stored::put(conn, account)
    })
}

/// Changes an account and ends its sessions.
fn change(
    library: &Library,
    email: &str,
    (by, act): (&Who, Act),
    now: Moment,
    mut to: impl FnMut(&mut Conn, &mut Account) -> Result<(), StoreError>,
) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        let mut account = of(conn, email)?;
        if matches!(by, Who::Person { id, .. } if *id == account.id) {
            return Err(ServiceError::Refused(
                "Ask another administrator to do this with your own account, or use the command line".to_string(),
            ));
        }
        to(conn, &mut account)?;
        stored::end_sessions(conn, &account.id, None)?;
        Ok(Note { who: by.as_str(), act, survey: None, subject: &account.email }.write(conn, now)?)
    })
}

/// Every account, by address.
pub fn list(library: &Library) -> Result<Vec<Known>, ServiceError> {
    library.store.read(|conn| {
        let accounts = stored::all(conn)?;
        let with_roles = |account: Account| {
            let roles = stored::roles_of(conn, &account.id)?;
            Ok(known(account, roles))
        };
        accounts.into_iter().map(with_roles).collect()
    })
}

/// Who has a role for a consultation, by address: their name, address and role.
pub fn people(library: &Library, survey_id: &str) -> Result<Vec<(String, String, Role)>, ServiceError> {
    let found = library.store.read(|conn| stored::roles_for(conn, survey_id))?;
    let person = |(account, role): (Account, String)| Some((account.name, account.email, Role::of_word(&role)?));
    Ok(found.into_iter().filter_map(person).collect())
}

/// Gives somebody a role for a consultation, or takes it; what they may do changes with their next request.
///
/// # Errors
///
/// `Refused` where there is no such account, they have the role already, or have it not; `UnknownSurvey`.
pub fn set_role(
    library: &Library,
    (email, survey_id, role): (&str, &str, Role),
    is_given: bool,
    by: &Who,
    now: Moment,
) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        let account = of(conn, email)?;
        if is_given && !design::is_known(conn, survey_id)? {
            library.current_in(conn, survey_id, None)?;
        }
        let held = Held { account_id: account.id, survey: survey_id.to_string(), role: role.as_str().to_string() };
        let (changed, act) = if is_given {
            (stored::give(conn, &held)?, Act::RoleGiven)
        } else {
            (stored::take(conn, &held)?, Act::RoleTaken)
        };
        if !changed {
            let has = if is_given { "is already" } else { "is not" };
            return Err(ServiceError::Refused(format!("{} {has} {role} of {survey_id}", account.email)));
        }
        let subject = format!("{role} {}", account.email);
        Ok(Note { who: by.as_str(), act, survey: Some(survey_id), subject: &subject }.write(conn, now)?)
    })
}

fn address(typed: &str) -> Result<Email, ServiceError> {
    Email::read(typed).ok_or_else(|| {
        ServiceError::Refused("Enter an e-mail address in the correct format, like name@example.org".to_string())
    })
}

fn of(conn: &mut Conn, email: &str) -> Result<Account, ServiceError> {
    let email = address(email)?;
    if let Some(account) = stored::by_email(conn, email.as_str())? {
        return Ok(account);
    }
    let all: Vec<String> = stored::all(conn)?.into_iter().map(|account| account.email).collect();
    let meant =
        closest(email.as_str(), all.iter().map(String::as_str)).map_or_else(String::new, |near| format!(": {near}"));
    Err(ServiceError::Refused(format!("There is no account for {email}{meant}")))
}

fn invite(conn: &mut Conn, id: &str, link: &Token, now: Moment) -> Result<(), StoreError> {
    staff::purge_expired(conn, &now.instant())?;
    stored::issue_link(conn, id, &link.draft_key(), &now.plus(LINK_SECONDS).instant())
}

/// Whoever an account is of, with what they may do; none if it is disabled.
pub(super) fn person(conn: &mut Conn, id: &str) -> Result<Option<SignedIn>, ServiceError> {
    let account = stored::find(conn, id)?.filter(|account| !account.is_disabled);
    let Some((account, email)) = account.and_then(|account| Email::read(&account.email).map(|email| (account, email)))
    else {
        return Ok(None);
    };
    let roles = known(account.clone(), stored::roles_of(conn, id)?).roles.into_iter().collect();
    let Account { id, name, is_administrator, .. } = account;
    Ok(Some(SignedIn { who: Who::Person { id, email, name, is_administrator }, roles }))
}
