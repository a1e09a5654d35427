//! What a respondent's request writes: it was prepared from what was read before, and is written if that still stands.
//!
//! A step names what it was made from. If someone else was first, at that draft or at its survey, nothing of it is written
//! and it is [`Stepped::Stale`]: whoever made it reads again and makes it anew. So the reading, judging and counting of
//! many requests happens side by side, and only these few statements in turn.

use std::collections::BTreeMap;

use super::draft::{self, Draft, NewDraft};
use super::response::{self, NewResponse};
use super::survey::{self, Mode, State};
use super::{Conn, StoreError, spent};

mod many;

/// From so many steps on, Postgres is given all of a kind in one statement.
const MANY: usize = 4;

/// A survey as it stood when a step was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The survey.
    pub survey_id: String,
    /// Its current version.
    pub version: i32,
    /// Whether it takes responses.
    pub state: State,
    /// How it takes them.
    pub mode: Mode,
}

/// One respondent's change.
#[derive(Clone, Debug)]
pub struct Step {
    /// The survey that it was made for.
    pub seen: Seen,
    /// What changes.
    pub change: Change,
}

/// What a respondent changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Begins a draft, under a key of its own.
    Begin {
        /// The hash of the respondent's token.
        key: String,
        /// The version that the respondent sees.
        version: i32,
        /// The answers so far, as JSON.
        answers: String,
        /// Today.
        started_on: String,
    },
    /// Puts answers in the place of those of a draft.
    Save {
        /// The draft as it was.
        from: Draft,
        /// The version that it goes on in.
        version: i32,
        /// The version that it was begun on, if that is another one.
        started_version: Option<i32>,
        /// The answers, as JSON.
        answers: String,
        /// Today.
        saved_on: String,
    },
    /// Makes a response of a draft.
    Send {
        /// The draft as it was.
        from: Draft,
        /// The mark of the invitation that is used up by it.
        mark: Option<String>,
        /// The response.
        response: Sent,
    },
    /// Puts a draft in the place of what was sent before.
    Amend {
        /// The draft as it was.
        from: Draft,
        /// The hash of the receipt.
        receipt_hash: String,
        /// The version of the answers.
        version: i32,
        /// The answers, as JSON.
        answers: String,
    },
}

/// The response that a draft becomes.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The version that was answered.
    pub version: i32,
    /// The key by which a second submission of the same form is known.
    pub idem: String,
    /// The hash of the receipt.
    pub receipt_hash: String,
    /// The answers, as JSON.
    pub answers: String,
    /// Today.
    pub submitted_on: String,
    /// The version that it was begun on, if that is another one.
    pub started_version: Option<i32>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// It is written.
    Done,
    /// Nothing is: what it was made from has changed.
    Stale,
    /// Nothing is: its invitation was used before.
    Spent,
}

/// Writes steps in the transaction that the caller has begun; says what became of each.
pub(super) fn write(conn: &mut Conn, steps: &[&Step]) -> Result<Vec<Stepped>, StoreError> {
    let mut ids: Vec<&str> = steps.iter().map(|step| step.seen.survey_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let standing: BTreeMap<String, Seen> =
        survey::hold(conn, &ids)?.into_iter().map(|seen| (seen.survey_id.clone(), seen)).collect();
    let stands = |step: &Step| standing.get(&step.seen.survey_id) == Some(&step.seen);
    let mut outcomes: Vec<Option<Stepped>> =
        steps.iter().map(|step| (!stands(step)).then_some(Stepped::Stale)).collect();
    if let (Conn::Postgres(conn), MANY..) = (&mut *conn, steps.len()) {
        for id in ids {
            many::write(conn, id, steps, &mut outcomes)?;
        }
    }
    steps.iter().zip(outcomes).map(|(step, told)| told.map_or_else(|| one(conn, step), Ok)).collect()
}

fn one(conn: &mut Conn, step: &Step) -> Result<Stepped, StoreError> {
    let seen = &step.seen;
    match &step.change {
        Change::Begin { key, version, answers, started_on } => {
            let new =
                NewDraft { key, survey_id: &seen.survey_id, version: *version, mode: seen.mode, answers, started_on };
            draft::start_once(conn, &new)?;
            Ok(Stepped::Done)
        }
        Change::Save { from, version, started_version, answers, saved_on } => {
            let saved = draft::advance(conn, from, (*version, *started_version), answers, saved_on)?;
            Ok(if saved { Stepped::Done } else { Stepped::Stale })
        }
        Change::Send { from, mark, response } => {
            if !is_as_it_was(conn, from)? {
                return Ok(Stepped::Stale);
            }
            if let Some(mark) = mark
                && !spent::spend(conn, &seen.survey_id, mark)?
            {
                return Ok(Stepped::Spent);
            }
            response::submit(conn, &response.as_new(seen))?;
            draft::delete(conn, &from.survey_id, &from.key)?;
            Ok(Stepped::Done)
        }
        Change::Amend { from, receipt_hash, version, answers } => {
            if !is_as_it_was(conn, from)? {
                return Ok(Stepped::Stale);
            }
            response::replace(conn, &seen.survey_id, receipt_hash, *version, answers)?;
            draft::delete(conn, &from.survey_id, &from.key)?;
            Ok(Stepped::Done)
        }
    }
}

/// Whether nobody changed a draft; nobody does until the end of the transaction.
fn is_as_it_was(conn: &mut Conn, from: &Draft) -> Result<bool, StoreError> {
    let now = draft::hold(conn, &from.survey_id, &from.key)?;
    Ok(now.is_some_and(|now| now.version == from.version && now.answers == from.answers))
}

impl Sent {
    fn as_new<'a>(&'a self, seen: &'a Seen) -> NewResponse<'a> {
        NewResponse {
            survey_id: &seen.survey_id,
            version: self.version,
            idem: &self.idem,
            receipt_hash: Some(&self.receipt_hash),
            mode: seen.mode,
            answers: &self.answers,
            submitted_on: &self.submitted_on,
            started_version: self.started_version,
        }
    }
}
