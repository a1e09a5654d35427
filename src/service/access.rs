//! Who may answer: invitations that are made and nowhere stored, and what a browser must show to be let in.

use super::library::{Library, Published};
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::definition::Access;
use crate::response::invitation::{Invitation, Key};
use crate::store::survey::{self, Mode, State};
use crate::store::{Conn, door, spent};

/// Most invitations that are made at once.
pub const MOST: u32 = 1_000_000;

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
    library.store.read(|conn| {
        let published = library.current_in(conn, id, None)?;
        let shown = match published.mode {
            Mode::Invitation => given.to_string(),
            Mode::EmailDomain => Invitation::read_until(library.key()?, id, given, now.0)
                .map(|invitation| invitation.as_str().to_string())
                .ok_or(ServiceError::NotAdmitted)?,
            _ => return Err(ServiceError::NotAdmitted),
        };
        mark(library, conn, &published, Some(&shown))?;
        let invitation = Invitation::read(library.key()?, id, &shown).ok_or(ServiceError::NotAdmitted)?;
        Ok(invitation.as_str().to_string())
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

/// Whether the key is there and the one that the surveys were published with, for those that need one and are open.
pub fn check(library: &Library) -> Result<(), ServiceError> {
    let (doors, open) = library.store.read(|conn| {
        let open = survey::list(conn)?.into_iter().map(|listed| listed.survey).filter(needs_key);
        Ok::<_, ServiceError>((door::all(conn)?, open.map(|survey| survey.id).collect::<Vec<_>>()))
    })?;
    for door in doors.iter().filter(|door| open.contains(&door.survey_id)) {
        is_key_of(library.key()?, door)?;
    }
    Ok(())
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
        Mode::Passphrase => Err(ServiceError::NotAdmitted),
        _ => Ok(None),
    }
}

/// Spends a mark in the transaction that stores the response.
pub(super) fn spend(conn: &mut Conn, id: &str, mark: Option<&str>) -> Result<(), ServiceError> {
    match mark {
        Some(mark) if !spent::spend(conn, id, mark)? => Err(ServiceError::InvitationUsed),
        _ => Ok(()),
    }
}
