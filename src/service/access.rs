//! Who may answer: invitations that are made and nowhere stored, the passphrase, and what a browser must show to be let in.

use std::sync::PoisonError;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use unicode_normalization::UnicodeNormalization;

use super::library::{self, Library, Published};
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::definition::Access;
use crate::response::invitation::{Invitation, Key};
use crate::store::survey::{self, Mode, State};
use crate::store::{Conn, door, spent};

/// Most invitations that are made at once.
pub const MOST: u32 = 1_000_000;
/// Seconds for which a link that was mailed works.
pub const LINK_SECONDS: i64 = 2 * 60 * 60;
/// Fewest characters of a passphrase.
const SHORTEST: usize = 8;

/// How someone stands at the door of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Let in.
    Admitted,
    /// With nothing to show, or with something that lets nobody in.
    Outside,
    /// With an invitation that was used.
    Used,
}

/// How someone stands whose browser shows this.
pub fn standing(library: &Library, id: &str, shown: Option<&str>) -> Result<Standing, ServiceError> {
    library.store.read(|conn| {
        let published = library.current_in(conn, id, None)?;
        match mark(library, conn, &published, shown) {
            Ok(_) => Ok(Standing::Admitted),
            Err(ServiceError::NotAdmitted) => Ok(Standing::Outside),
            Err(ServiceError::InvitationUsed) => Ok(Standing::Used),
            Err(other) => Err(other),
        }
    })
}

/// Lets in whoever opened a link or entered a code; gives what the browser shows from now on. Nothing is used up by it.
///
/// # Errors
///
/// `NotAdmitted` for what lets nobody in, `InvitationUsed` for what did before; people are to be told the same of both.
pub fn enter(library: &Library, id: &str, given: &str, now: Moment) -> Result<String, ServiceError> {
    let (published, door) =
        library.store.read(|conn| Ok::<_, ServiceError>((library.current_in(conn, id, None)?, door::of(conn, id)?)))?;
    let key = || library.key();
    let shown = match published.mode {
        Mode::Invitation => Invitation::read(key()?, id, given).map(|one| one.as_str().to_string()),
        Mode::EmailDomain => Invitation::read_until(key()?, id, given, now.0).map(|one| one.as_str().to_string()),
        Mode::Passphrase => match door.and_then(|door| door.passphrase) {
            Some(stored) if is_passphrase(library, given, &stored) => Some(key()?.pass(id, &stored)),
            _ => None,
        },
        _ => None,
    };
    // A forged one is judged as a used one is.
    library.store.read(|conn| mark(library, conn, &published, shown.as_deref()))?;
    shown.ok_or(ServiceError::NotAdmitted)
}

/// Sets the passphrase of a survey, in the place of an earlier one: who was let in by that one enters the new one.
pub fn set_passphrase(library: &Library, id: &str, phrase: &str) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    if published.mode != Mode::Passphrase {
        return Err(ServiceError::Refused(format!(
            "{id} takes answers from {}: write \"access\": {{\"mode\": \"passphrase\"}} in its definition and publish it before \
             anybody answers",
            published.survey.access.in_words()
        )));
    }
    let phrase = tidied(phrase);
    if phrase.chars().count() < SHORTEST {
        return Err(ServiceError::Refused(format!("choose a passphrase of at least {SHORTEST} characters")));
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| ServiceError::Random)?;
    let hash = Argon2::default().hash_password_with_salt(phrase.as_bytes(), &salt).map_err(|error| {
        ServiceError::Refused(format!("this passphrase cannot be kept ({error}): choose another one"))
    })?;
    library.store.write(|conn| door::set_passphrase(conn, id, &hash.to_string()))?;
    Ok(())
}

/// As it is meant: without what stands around it, and in one form for equal letters.
fn tidied(phrase: &str) -> String {
    phrase.trim().nfc().collect()
}

/// Whether this is the passphrase. One is judged at a time, for each takes 19 MiB of memory.
fn is_passphrase(library: &Library, given: &str, stored: &str) -> bool {
    let _one_at_a_time = library.judging.lock().unwrap_or_else(PoisonError::into_inner);
    PasswordVerifier::<str>::verify_password(&Argon2::default(), tidied(given).as_bytes(), stored).is_ok()
}

/// What a link is made of that lets in whoever reads the mail of an address, for [`LINK_SECONDS`]; nothing of it is kept.
///
/// It is the same work and the same kind of answer whether answers were sent from this address or not.
///
/// # Errors
///
/// `NotAdmitted` for an address at another domain.
pub fn mailed(
    library: &Library,
    id: &str,
    (address, domain): (&str, &str),
    now: Moment,
) -> Result<String, ServiceError> {
    let published = library.current(id, None)?;
    published.may_answer(library::Door::Start, now)?;
    let is_one_of = |domains: &[String]| domains.iter().any(|one| *one == domain.to_lowercase());
    match &published.survey.access {
        Access::EmailDomain(domains) if is_one_of(domains) => {
            let key = library.key()?;
            Ok(Invitation::of_address(key, id, address).until(key, id, now.plus(LINK_SECONDS).0))
        }
        _ => Err(ServiceError::NotAdmitted),
    }
}

/// The surveys that are open and let people in by mail.
pub fn by_mail(library: &Library) -> Result<Vec<String>, ServiceError> {
    library.store.read(|conn| {
        let open = survey::all(conn)?.into_iter().filter(needs_key);
        Ok(open.filter(|survey| survey.mode == Mode::EmailDomain).map(|survey| survey.id).collect())
    })
}

/// Makes invitations to a survey, of which only the number is kept: they exist nowhere but in what this gives.
pub fn invite(library: &Library, id: &str, count: u32) -> Result<Vec<Invitation>, ServiceError> {
    let published = library.current(id, None)?;
    if published.mode != Mode::Invitation {
        return Err(ServiceError::Refused(format!(
            "{id} takes answers from {}: write \"access\": {{\"mode\": \"invitation\"}} in its definition and publish it before \
             anybody answers",
            published.survey.access.in_words()
        )));
    }
    if published.state == State::Closed {
        return Err(ServiceError::Refused(format!("{id} is closed: nobody could use an invitation")));
    }
    if !(1..=MOST).contains(&count) {
        return Err(ServiceError::Refused(format!("make from 1 to {MOST} invitations at once")));
    }
    check(library)?;
    let key = library.key()?;
    let invitations: Result<Vec<_>, ServiceError> =
        (0..count).map(|_| Ok(Invitation::new(key, id, &random_token()?))).collect();
    let invitations = invitations?;
    library.store.write(|conn| door::issue(conn, id, i32::try_from(count).unwrap_or(i32::MAX)))?;
    Ok(invitations)
}

/// Whether the key is there and the one that the surveys were published with, for those that need one and are open; gives
/// those whose passphrase is still to be set.
pub fn check(library: &Library) -> Result<Vec<String>, ServiceError> {
    let (doors, open) = library.store.read(|conn| {
        let open = survey::all(conn)?.into_iter().filter(needs_key);
        Ok::<_, ServiceError>((door::all(conn)?, open.collect::<Vec<_>>()))
    })?;
    for door in doors.iter().filter(|door| open.iter().any(|survey| survey.id == door.survey_id)) {
        is_key_of(library.key()?, door)?;
    }
    let waiting =
        open.into_iter().filter(|survey| survey.mode == Mode::Passphrase && !has_passphrase(&doors, &survey.id));
    Ok(waiting.map(|survey| survey.id).collect())
}

fn has_passphrase(doors: &[door::Door], id: &str) -> bool {
    doors.iter().any(|door| door.survey_id == id && door.passphrase.is_some())
}

fn needs_key(survey: &survey::Survey) -> bool {
    survey.state == State::Open && survey.mode != Mode::OpenLink && survey.mode.is_answered_here()
}

fn is_key_of(key: &Key, door: &door::Door) -> Result<(), ServiceError> {
    if key.check() == door.key_check {
        return Ok(());
    }
    Err(ServiceError::Refused(format!(
        "{} was published with another key, and with this one nobody is let in: put that key file back, or name it with \
         --key-file",
        door.survey_id
    )))
}

/// What lets people in, and what that protects from: one sentence that is true of every survey of this mode.
pub(super) fn protection(mode: Mode, access: &Access) -> String {
    match (mode, access) {
        (Mode::Invitation, _) => {
            "By invitation: answers could be sent once with each; nothing stops a person who was given two, or who gave \
             theirs away."
                .to_string()
        }
        (Mode::Passphrase, _) => {
            "By passphrase: people who did not know it were kept out; nothing stops one who knows it from answering twice, or \
             from telling it."
                .to_string()
        }
        (Mode::EmailDomain, Access::EmailDomain(domains)) => format!(
            "By e-mail address at {}: answers could be sent once from each; nothing stops a person with two addresses.",
            domains.join(", ")
        ),
        (Mode::Imported, _) => {
            "Imported from another tool: who could take part there, and how often, is not known here.".to_string()
        }
        _ => {
            "Open link: one browser is asked not to answer twice; nothing stops a person with two browsers.".to_string()
        }
    }
}

/// How a survey that is published takes its responses.
pub(super) fn mode(access: &Access) -> Mode {
    match access {
        Access::OpenLink => Mode::OpenLink,
        Access::Invitation => Mode::Invitation,
        Access::Passphrase => Mode::Passphrase,
        Access::EmailDomain(_) => Mode::EmailDomain,
    }
}

/// Readies the way into a survey that is published: the key is made where none was ever used.
pub(super) fn ready(library: &Library, conn: &mut Conn, id: &str, mode: Mode) -> Result<(), ServiceError> {
    if mode == Mode::OpenLink {
        return Ok(());
    }
    let is_first = door::all(conn)?.is_empty();
    let key = if is_first { library.keyring.key_or_new()? } else { library.key()? };
    is_key_of(key, &door::hang(conn, id, &key.check())?)
}

/// What is spent when someone sends who shows this; nothing where people may answer more than once.
///
/// A forged invitation takes the same work as one that was used.
pub(super) fn mark(
    library: &Library,
    conn: &mut Conn,
    published: &Published,
    shown: Option<&str>,
) -> Result<Option<String>, ServiceError> {
    let id = &published.survey.id;
    match published.mode {
        Mode::Invitation | Mode::EmailDomain => {
            let key = library.key()?;
            let known = Invitation::read(key, id, shown.unwrap_or_default());
            let mark = known.clone().unwrap_or_else(|| Invitation::of_address(key, id, "")).mark(key, id);
            let is_spent = spent::is_spent(conn, id, &mark)?;
            match known {
                None => Err(ServiceError::NotAdmitted),
                Some(_) if is_spent => Err(ServiceError::InvitationUsed),
                Some(_) => Ok(Some(mark)),
            }
        }
        Mode::Passphrase => {
            let stored = door::of(conn, id)?.and_then(|door| door.passphrase).ok_or(ServiceError::NotAdmitted)?;
            let is_pass = library.key()?.is_pass(id, &stored, shown.unwrap_or_default());
            if is_pass { Ok(None) } else { Err(ServiceError::NotAdmitted) }
        }
        _ => Ok(None),
    }
}
