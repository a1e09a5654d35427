//! Staff see what is kept of each consultation, by which rule and until when, and have what is due deleted.

use super::library::Library;
use super::sweep::DRAFT_DAYS;
use super::time::Moment;
use super::{Published, ServiceError};
use crate::definition::Unfinished;
use crate::store::survey::{self, State};
use crate::store::{Conn, contact, draft, idea, response};

const DAY: i64 = 24 * 60 * 60;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers in progress.
    Drafts,
    /// Answers that were sent, with ideas, votes and comments.
    Answers,
    /// Contact details.
    Contacts,
}

impl Kind {
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
    /// The day on which all of it is due, `YYYY-MM-DD`, where it is known.
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
                        idea::delete_all(conn, &id)?;
                    }
                    // No rule deletes them.
                    Kind::Contacts => {}
                }
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
    let sent = response::count_all(conn, id)?;
    let days = published.survey.privacy.retain_days;
    let until = published.survey.window.as_ref().map(|window| Moment(window.closes_at).plus(i64::from(days) * DAY));
    let is_due = published.state == State::Closed && until.is_some_and(|until| until <= now);
    let rule = match &until {
        Some(_) => format!("promised to be deleted {days} days after the close"),
        None => format!("promised to be deleted {days} days after the close, whose day is not known without a window"),
    };
    let due = if is_due { sent } else { 0 };
    let answers = kept(Kind::Answers, sent, due, until.map(Moment::day), rule);
    let left = contact::count(conn, id)?;
    let contacts = kept(Kind::Contacts, left, 0, None, "kept until you delete them".to_string());
    Ok(vec![drafts, answers, contacts])
}
