//! What is kept of each consultation, by which rule and until when; what is due is deleted in the night after its last day.
//!
//! Closing sets the last day of the answers, which was promised to those who gave them, and the same for contact details.
//! Staff may set an earlier one, and any for contact details.

use super::library::Library;
use super::sweep::DRAFT_DAYS;
use super::time::Moment;
use super::{Published, ServiceError, invite};
use crate::definition::Unfinished;
use crate::store::survey::{self, State};
use crate::store::{Conn, StoreError, coding, contact, draft, idea, keep, person, redaction, response};

const DAY: i64 = 24 * 60 * 60;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers in progress.
    Drafts,
    /// Answers that were sent, with ideas, votes and comments.
    Answers,
    /// Contact details, and the list of people who are invited by mail.
    Contacts,
}

impl Kind {
    /// The kinds whose last day can be set.
    pub const SET: [Self; 2] = [Self::Answers, Self::Contacts];

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drafts => "drafts",
            Self::Answers => "answers",
            Self::Contacts => "contacts",
        }
    }
}

/// What is kept of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The survey.
    pub survey: String,
    /// The kind.
    pub kind: Kind,
    /// How many people's.
    pub rows: u64,
    /// How many of them are due to be deleted.
    pub due: u64,
    /// The last day on which it is kept, `YYYY-MM-DD`, where it is known.
    pub until: Option<String>,
    /// The rule, as a sentence.
    pub rule: String,
}

/// What is kept of one survey, or of all, and what of it is due; changes nothing.
pub fn plan(library: &Library, only: Option<&str>, now: Moment) -> Result<Vec<Kept>, ServiceError> {
    let mut kept = Vec::new();
    for id in surveys(library, only)? {
        let published = library.current(&id, None)?;
        kept.extend(library.store.read(|conn| of_survey(conn, &id, &published, now))?);
    }
    Ok(kept)
}

/// Deletes what is due, and what the database's files still tell of it as far as nobody else is at work in them; says what
/// was kept before.
pub fn carry_out(library: &Library, only: Option<&str>, now: Moment) -> Result<Vec<Kept>, ServiceError> {
    let mut kept = Vec::new();
    for id in surveys(library, only)? {
        let published = library.current(&id, None)?;
        let found = library.store.write(|conn| {
            let found = of_survey(conn, &id, &published, now)?;
            for one in found.iter().filter(|one| one.due > 0) {
                match one.kind {
                    Kind::Drafts => drop(draft::delete_saved_before(conn, &id, &last_visit(now))?),
                    Kind::Answers => {
                        response::delete_all(conn, &id)?;
                        coding::delete_all(conn, &id)?;
                        redaction::delete_all(conn, &id)?;
                        idea::delete_all(conn, &id)?;
                    }
                    Kind::Contacts => {
                        contact::delete_all(conn, &id)?;
                        invite::delete_in(conn, &id)?;
                    }
                }
            }
            let over = |one: &&Kept| one.until.as_ref().is_some_and(|until| *until < now.day());
            for one in found.iter().filter(over).filter(|_| published.state == State::Closed) {
                keep::unset(conn, &id, one.kind.as_str())?;
            }
            Ok::<_, ServiceError>(found)
        })?;
        kept.extend(found);
    }
    library.store.empty_log()?;
    Ok(kept)
}

fn surveys(library: &Library, only: Option<&str>) -> Result<Vec<String>, ServiceError> {
    match only {
        Some(id) => library.current(id, None).map(|_| vec![id.to_string()]),
        None => Ok(library.store.read(survey::all)?.into_iter().map(|survey| survey.id).collect()),
    }
}

/// The first day of last visits that are not yet too long ago.
fn last_visit(now: Moment) -> String {
    now.plus(-DRAFT_DAYS * DAY).day()
}

fn of_survey(conn: &mut Conn, id: &str, published: &Published, now: Moment) -> Result<Vec<Kept>, ServiceError> {
    let kept = |kind, rows: i64, due: i64, until, rule: String| Kept {
        survey: id.to_string(),
        kind,
        rows: rows.unsigned_abs(),
        due: due.unsigned_abs(),
        until,
        rule,
    };
    let drafts = draft::count(conn, id)?;
    let drafts = if published.survey.unfinished == Unfinished::Discard {
        let due = draft::count_saved_before(conn, id, &last_visit(now))?;
        let rule = format!("deleted {DRAFT_DAYS} days after the last visit, and at the close");
        kept(Kind::Drafts, drafts, due, None, rule)
    } else {
        kept(Kind::Drafts, drafts, 0, None, "counted as unfinished answers at the close".to_string())
    };
    let days = published.survey.privacy.retain_days;
    let is_over = |until: &Option<String>| {
        published.state == State::Closed && until.as_ref().is_some_and(|until| *until < now.day())
    };
    let sent = response::count_all(conn, id)?;
    // Who closed before days were kept may have named the close.
    let named = published.survey.window.as_ref().map(|window| last_day(Moment(window.closes_at), days));
    let until = keep::until(conn, id, Kind::Answers.as_str())?.or(named);
    let rule = match &until {
        Some(_) => format!("promised to be deleted {days} days after the close"),
        None => format!("promised to be deleted {days} days after the close, which sets the day"),
    };
    let answers = kept(Kind::Answers, sent, if is_over(&until) { sent } else { 0 }, until, rule);
    let left = contact::count(conn, id)? + person::counts(conn, id)?.0;
    let until = keep::until(conn, id, Kind::Contacts.as_str())?;
    let rule = match &until {
        Some(_) => "deleted after the day that the close or you have set",
        None => "kept until the close sets a day, or you do",
    };
    let contacts = kept(Kind::Contacts, left, if is_over(&until) { left } else { 0 }, until, rule.to_string());
    Ok(vec![drafts, answers, contacts])
}

fn last_day(close: Moment, days: u32) -> String {
    close.plus(i64::from(days) * DAY).day()
}

/// Sets the last days at the close.
pub(super) fn promise(conn: &mut Conn, id: &str, published: &Published, close: Moment) -> Result<(), StoreError> {
    let until = last_day(close, published.survey.privacy.retain_days);
    Kind::SET.iter().try_for_each(|kind| keep::set(conn, id, kind.as_str(), &until))
}

/// Sets the last day, `YYYY-MM-DD`, of what is kept of a kind; answers can be kept shorter than was promised, not longer.
pub fn keep_until(library: &Library, id: &str, kind: Kind, until: &str, now: Moment) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    library.store.write(|conn| {
        let known = of_survey(conn, id, &published, now)?.into_iter().find(|kept| kept.kind == kind);
        let promised = known.and_then(|kept| kept.until).filter(|_| kind == Kind::Answers);
        if let Some(promised) = promised.filter(|promised| promised.as_str() < until) {
            return Err(ServiceError::Refused(format!(
                "the answers to {id} were promised to be deleted after {promised}: name that day or an earlier one"
            )));
        }
        Ok(keep::set(conn, id, kind.as_str(), until)?)
    })
}
