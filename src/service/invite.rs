//! Inviting people by mail: the list of them, what the mails say, and which are queued. [`super::outbox`] sends them.
//!
//! No figure here depends on who has answered but through how many have, which everyone sees who sees the consultation:
//! else whoever puts people on the list and takes them off could work it out of the difference.

use std::collections::HashMap;
use std::sync::Arc;

use super::account::Who;
use super::audit::Note;
use super::library::{Door, Library, Published};
use super::time::Moment;
use super::{ServiceError, access, random_token};
use crate::definition::Survey;
use crate::staff::audit::Act;
use crate::staff::email::Email;
use crate::staff::letter::{Kind, Letter};
use crate::staff::outbox::State;
use crate::staff::people::{Invitee, People};
use crate::store::mailing::{self, Mailing};
use crate::store::survey::Mode;
use crate::store::{Conn, door, outbox, person, response};

/// Most people on one list.
pub const MOST: usize = 200_000;
/// Addresses that a page shows of those that failed.
const SHOWN: i64 = 200;
/// People who are stored in one transaction, so that those who answer meanwhile wait for no more.
const AT_ONCE: usize = 1_000;

/// Somebody asked for no more mail, the server says that there is no such address, or staff took them off.
pub(super) const ASKED: &str = "asked";
pub(super) const BOUNCED: &str = "bounced";
const STAFF: &str = "staff";

/// How the mail of a consultation stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its definition.
    pub survey: Arc<Survey>,
    /// Why no mail is sent to anybody, if none is.
    pub closed: Option<Shut>,
    /// How many people are on the list, those who are mailed no more among them.
    pub people: u64,
    /// How many are mailed no more.
    pub stopped: u64,
    /// How many are mailed and have no invitation queued or sent.
    pub uninvited: u64,
    /// Invitations by where they stand.
    pub invitations: Counts,
    /// Reminders by where they stand; those that were sent, with those whose turn came when they had answered.
    pub reminders: Counts,
    /// Whether nothing is sent for now, and why if it was not staff who said so.
    pub paused: Option<Option<String>>,
    /// Since when the mail server takes none, what it has against it, and when it is tried again.
    pub failing: Option<(String, String, String)>,
    /// Addresses whose invitation failed, each with why.
    pub failed: Vec<(String, Option<String>)>,
    /// Addresses that the server says are none.
    pub bounced: Vec<(String, Option<String>)>,
    /// Addresses whose invitation may have been sent.
    pub unsure: Vec<(String, Option<String>)>,
    /// How many answers came by invitation.
    pub answered: u64,
    /// Why nobody can be reminded now, if so.
    pub no_reminder: Option<String>,
}

/// Why no mail is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// People are not let in by invitation.
    OtherMode,
    /// It is closed.
    Closed,
    /// It has not opened yet: what is queued waits until then.
    NotOpenYet,
}

/// Mails by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(HashMap<&'static str, u64>);

impl Counts {
    /// How many are in a state.
    pub fn of(&self, state: State) -> u64 {
        self.0.get(state.as_str()).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn all(&self) -> u64 {
        self.0.values().sum()
    }

    /// How many are still to be sent.
    pub fn open(&self) -> u64 {
        self.of(State::Waiting) + self.of(State::Sending)
    }

    fn add(&mut self, state: State, n: i64) {
        *self.0.entry(state.as_str()).or_default() += n.unsigned_abs();
    }
}

/// What a list would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Those who would come onto the list.
    pub new: Vec<Invitee>,
    /// How many are on it already, and mailed.
    pub known: usize,
    /// How many are on it, and mailed no more.
    pub stopped: usize,
}

/// Whether a survey can be mailed to anybody now.
pub(super) fn shut(published: &Published, now: Moment) -> Option<Shut> {
    if published.mode != Mode::Invitation {
        return Some(Shut::OtherMode);
    }
    match published.may_answer(Door::Start, now) {
        Ok(()) => None,
        Err(ServiceError::NotOpenYet) => Some(Shut::NotOpenYet),
        Err(_) => Some(Shut::Closed),
    }
}

/// The languages that a survey can be shown in, its own first.
pub fn languages(survey: &Survey) -> Vec<&str> {
    std::iter::once(survey.language.as_str()).chain(survey.translations.keys().map(String::as_str)).collect()
}

/// How the mail of a consultation stands.
pub fn standing(library: &Library, id: &str, now: Moment) -> Result<Standing, ServiceError> {
    library.store.read(|conn| {
        let published = library.current_in(conn, id, None)?;
        let (people, stopped) = person::counts(conn, id)?;
        let (mut invitations, mut reminders) = (Counts::default(), Counts::default());
        for (mail, state, n) in outbox::counts(conn, id)? {
            let counts = if mail == outbox::INVITATION { &mut invitations } else { &mut reminders };
            if let Some(state) = State::of_word(&state) {
                counts.add(state, n);
            }
        }
        let mailing = mailing::of(conn, id)?;
        let of = |conn: &mut Conn, state: State| outbox::invited(conn, id, state.as_str(), SHOWN);
        let answered = answered(conn, id)?;
        Ok(Standing {
            closed: shut(&published, now),
            people: people.unsigned_abs(),
            stopped: stopped.unsigned_abs(),
            uninvited: outbox::uninvited(conn, id)?.unsigned_abs(),
            paused: mailing.as_ref().filter(|mailing| mailing.is_paused).map(|mailing| mailing.reason.clone()),
            failing: mailing.and_then(|mailing| {
                Some((mailing.failing_since?, mailing.reason.unwrap_or_default(), mailing.resume_at))
            }),
            failed: of(conn, State::Failed)?,
            bounced: of(conn, State::Bounced)?,
            unsure: of(conn, State::Unsure)?,
            answered,
            no_reminder: no_reminder(&published.survey, &invitations, &reminders, answered),
            invitations,
            reminders,
            survey: published.survey,
        })
    })
}

/// How many answers came by invitation, whether by one that was mailed from here or not.
fn answered(conn: &mut Conn, id: &str) -> Result<u64, ServiceError> {
    let counts = response::counts(conn, id)?;
    Ok(counts.iter().filter(|(mode, _)| *mode == Mode::Invitation).map(|(_, n)| n.unsigned_abs()).sum())
}

/// Why nobody can be reminded. Where few have answered, or all but a few, who gets a reminder, or who tells of one, would say
/// of single people whether they have.
fn no_reminder(survey: &Survey, invitations: &Counts, reminders: &Counts, answered: u64) -> Option<String> {
    let k = u64::from(survey.privacy.min_cell);
    let sent = invitations.of(State::Sent);
    if sent == 0 {
        return Some("No invitation has been sent yet.".to_string());
    }
    if reminders.open() > 0 {
        return Some("The last reminder is still being sent.".to_string());
    }
    if answered < k {
        return Some(format!(
            "Fewer than {k} answers have come: that somebody gets no reminder would tell that they have answered."
        ));
    }
    if sent < answered + k {
        return Some(format!(
            "Answers are missing from fewer than {k} of those who were invited: that somebody gets a reminder would tell that \
             they have not answered."
        ));
    }
    None
}

/// What a list would change; changes nothing.
pub fn preview(library: &Library, id: &str, people: &People) -> Result<Preview, ServiceError> {
    library.current(id, None)?;
    let known: HashMap<String, Option<String>> =
        library.store.read(|conn| person::known(conn, id))?.into_iter().collect();
    let mut preview = Preview::default();
    for one in &people.people {
        match known.get(one.known.as_str()) {
            None => preview.new.push(one.clone()),
            Some(None) => preview.known += 1,
            Some(Some(_)) => preview.stopped += 1,
        }
    }
    Ok(preview)
}

/// Puts people on the list who are not on it; says how many.
pub fn add(library: &Library, id: &str, people: &[Invitee], by: &Who, now: Moment) -> Result<usize, ServiceError> {
    let published = library.current(id, None)?;
    match shut(&published, now) {
        Some(Shut::OtherMode) => return Err(other_mode(&published)),
        Some(Shut::Closed) => return Err(refused("the consultation is closed: nobody could use an invitation")),
        Some(Shut::NotOpenYet) | None => {}
    }
    let there = library.store.read(|conn| person::counts(conn, id))?.0;
    if usize::try_from(there).unwrap_or(usize::MAX).saturating_add(people.len()) > MOST {
        return Err(refused(&format!("a list has {MOST} people at most")));
    }
    let rows: Result<Vec<person::Person>, ServiceError> = people
        .iter()
        .map(|one| {
            Ok(person::Person {
                survey_id: id.to_string(),
                id: random_token()?.as_str().to_string(),
                known: one.known.as_str().to_string(),
                address: one.address.clone(),
                name: one.name.clone(),
                language: one.language.clone(),
                stopped: None,
            })
        })
        .collect();
    let mut rows = rows?;
    // In no order that says in which file somebody stood where.
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let mut added = 0;
    for rows in rows.chunks(AT_ONCE) {
        added += library.store.write(|conn| person::add(conn, rows))?;
    }
    let done = format!("put {added} people on the list");
    library.store.write(|conn| note(conn, by, id, &done, now))?;
    Ok(added)
}

/// Mails an address no more; false if nobody on the list has it.
pub fn stop_address(library: &Library, id: &str, email: &Email, by: &Who, now: Moment) -> Result<bool, ServiceError> {
    library.store.write(|conn| {
        let is_known = person::stop_address(conn, id, email.as_str(), STAFF)?;
        if is_known {
            note(conn, by, id, "stopped the mail to an address", now)?;
        }
        Ok(is_known)
    })
}

/// Mails somebody no more, by the code that they were sent. What is none changes nothing, and nobody is told.
pub fn unsubscribe(library: &Library, id: &str, code: &str) -> Result<(), ServiceError> {
    library.current(id, None)?;
    if let Some(person) = library.key()?.read_farewell(id, code) {
        library.store.write(|conn| person::stop(conn, id, person.as_str(), ASKED))?;
    }
    Ok(())
}

/// What a mail says: what staff wrote, or what stands there at first.
pub fn letter(library: &Library, id: &str, kind: Kind, language: &str) -> Result<Letter, ServiceError> {
    let published = library.current(id, None)?;
    library.store.read(|conn| Ok(letter_in(conn, &published.survey, kind, language)?))
}

pub(super) fn letter_in(
    conn: &mut Conn,
    survey: &Survey,
    kind: Kind,
    language: &str,
) -> Result<Letter, crate::store::StoreError> {
    Ok(match mailing::letter(conn, &survey.id, kind.as_str(), language)? {
        Some(stored) => Letter { subject: stored.subject, text: stored.text },
        None => Letter::standard(kind, language, survey.window.is_some()),
    })
}

/// Keeps what a mail says, which has no faults, for all that are sent from now on.
pub fn write_letter(
    library: &Library,
    id: &str,
    (kind, language): (Kind, &str),
    letter: &Letter,
    by: &Who,
    now: Moment,
) -> Result<(), ServiceError> {
    let stored = mailing::Stored {
        survey_id: id.to_string(),
        kind: kind.as_str().to_string(),
        language: language.to_string(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
    };
    library.store.write(|conn| {
        mailing::set_letter(conn, &stored)?;
        note(conn, by, id, &format!("wrote the {} ({language})", kind.as_str()), now)
    })
}

/// Queues the invitations of all who have none; says how many.
pub fn invite(library: &Library, id: &str, by: &Who, now: Moment) -> Result<usize, ServiceError> {
    let published = open(library, id, now)?;
    library.store.write(|conn| {
        let queued = outbox::invite(conn, &published.survey.id, &now.instant())?;
        door::issue(conn, id, i32::try_from(queued).unwrap_or(i32::MAX))?;
        begin(conn, id, now)?;
        note(conn, by, id, &format!("queued {queued} invitations"), now)?;
        Ok(queued)
    })
}

/// Queues a reminder to all who were invited; when the turn of one comes who has answered, nothing is sent. One a day.
pub fn remind(library: &Library, id: &str, by: &Who, now: Moment) -> Result<(), ServiceError> {
    open(library, id, now)?;
    if let Some(why) = standing(library, id, now)?.no_reminder {
        return Err(ServiceError::Refused(why));
    }
    let mail = format!("{}{}", outbox::REMINDER, now.day());
    library.store.write(|conn| {
        if outbox::remind(conn, id, &mail, &now.instant())? == 0 {
            return Err(refused("Everyone was reminded today already."));
        }
        begin(conn, id, now)?;
        note(conn, by, id, "queued reminders", now)
    })
}

/// The survey, if it can be mailed to anybody now or once it opens.
fn open(library: &Library, id: &str, now: Moment) -> Result<Published, ServiceError> {
    let published = library.current(id, None)?;
    match shut(&published, now) {
        Some(Shut::OtherMode) => return Err(other_mode(&published)),
        Some(Shut::Closed) => return Err(refused("the consultation is closed: nobody could use an invitation")),
        Some(Shut::NotOpenYet) | None => {}
    }
    access::check(library)?;
    Ok(published)
}

/// Sees to it that the mail of a survey is looked at.
fn begin(conn: &mut Conn, id: &str, now: Moment) -> Result<(), ServiceError> {
    if mailing::of(conn, id)?.is_none() {
        mailing::set(conn, &new_mailing(id, now))?;
    }
    Ok(())
}

pub(super) fn new_mailing(id: &str, now: Moment) -> Mailing {
    Mailing {
        survey_id: id.to_string(),
        is_paused: false,
        failing_since: None,
        reason: None,
        failures: 0,
        resume_at: now.instant(),
        refused: 0,
    }
}

/// Sends nothing more for now, or goes on, at once.
pub fn pause(library: &Library, id: &str, is_paused: bool, by: &Who, now: Moment) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        mailing::set(conn, &Mailing { is_paused, ..new_mailing(id, now) })?;
        note(conn, by, id, if is_paused { "paused the mail" } else { "let the mail go on" }, now)
    })
}

/// Sends what failed, bounced or may have been sent once more; says how much.
pub fn again(library: &Library, id: &str, state: State, by: &Who, now: Moment) -> Result<usize, ServiceError> {
    if !matches!(state, State::Failed | State::Bounced | State::Unsure) {
        return Err(ServiceError::UnknownPage);
    }
    library.store.write(|conn| {
        if state == State::Bounced {
            person::start_again(conn, id, BOUNCED)?;
        }
        let n = outbox::restate(conn, id, state.as_str(), State::Waiting.as_str(), &now.instant())?;
        note(conn, by, id, &format!("had mail sent again that was {}", state.as_str()), now)?;
        Ok(n)
    })
}

/// Takes what may have been sent for sent; says how much.
pub fn settle(library: &Library, id: &str, by: &Who, now: Moment) -> Result<usize, ServiceError> {
    library.store.write(|conn| {
        let n = outbox::restate(conn, id, State::Unsure.as_str(), State::Sent.as_str(), "")?;
        note(conn, by, id, "took mail for sent that may have been", now)?;
        Ok(n)
    })
}

/// Deletes the list and what is queued; invitations that were sent go on working.
pub fn delete_list(library: &Library, id: &str, by: &Who, now: Moment) -> Result<usize, ServiceError> {
    library.store.write(|conn| {
        let deleted = delete_in(conn, id)?;
        note(conn, by, id, "deleted the list of people", now)?;
        Ok(deleted)
    })
}

pub(super) fn delete_in(conn: &mut Conn, id: &str) -> Result<usize, crate::store::StoreError> {
    outbox::delete_all(conn, id)?;
    mailing::forget(conn, id)?;
    person::delete_all(conn, id)
}

fn note(conn: &mut Conn, by: &Who, id: &str, done: &str, now: Moment) -> Result<(), ServiceError> {
    let note = Note { who: by.as_str(), act: Act::Mailed, survey: Some(id), subject: done };
    Ok(note.write(conn, now)?)
}

fn refused(why: &str) -> ServiceError {
    ServiceError::Refused(why.to_string())
}

fn other_mode(published: &Published) -> ServiceError {
    refused(&format!(
        "the consultation takes answers from {}: only where \"access\" is {{\"mode\": \"invitation\"}} are people invited by mail",
        published.survey.access.in_words()
    ))
}
