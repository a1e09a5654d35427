//! Staff look through what would be quoted: which words are hidden and why, by whom, and when a quote may leave.

use std::time::Duration;

use super::coding::Question;
use super::coding::room::{Room, enter};
use super::library::Library;
use super::sources::StoredDecision;
use super::time::Moment;
use super::{ServiceError, coding};
use crate::analysis::coding::decision::AnswerKey;
use crate::analysis::redaction::{Entry, Event, Hidden, Rule, Standing, joined, replay};
use crate::store::coding::Row;
use crate::store::{Conn, redaction};

/// How often an entry is written anew because somebody else wrote one at the same moment, and how long it waits then, each
/// time longer.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(3);

/// What was decided about a consultation.
pub fn standing(library: &Library, survey: &str) -> Result<Standing, ServiceError> {
    Ok(replay(&library.store.read(|conn| entries(conn, survey))?))
}

/// Says that somebody looked an answer through, and that this and nothing else is hidden in it. It holds for all answers to
/// the question that have the same text.
pub fn review(
    library: &Library,
    of: Question<'_>,
    by: &str,
    (answer, hidden): (&AnswerKey, Vec<Hidden>),
    now: Moment,
) -> Result<u32, ServiceError> {
    let room = enter(library, of)?;
    let text = room.written(answer).ok_or_else(|| gone(answer))?;
    let is_whole = |one: &Hidden| text.get(one.start..one.end).is_some_and(|words| !words.is_empty());
    if !hidden.iter().all(is_whole) {
        return Err(ServiceError::Refused("what is to be hidden does not stand in the answer".to_owned()));
    }
    let event = Event::Reviewed {
        item: of.item.to_owned(),
        answers: room.alike(text).into_iter().cloned().collect(),
        hidden: joined(hidden),
    };
    append(library, of.survey, by, &event, now)
}

/// Says when answers may be quoted from now on.
pub fn set_rule(library: &Library, survey: &str, by: &str, rule: Rule, now: Moment) -> Result<u32, ServiceError> {
    library.current(survey, None)?;
    append(library, survey, by, &Event::Rule(rule), now)
}

/// The room of a question, if its answers can be quoted.
pub fn room(library: &Library, of: Question<'_>) -> Result<std::sync::Arc<Room>, ServiceError> {
    enter(library, of)
}

fn gone(answer: &AnswerKey) -> ServiceError {
    ServiceError::Refused(format!("there is no answer {answer}: it was taken back or changed"))
}

fn append(library: &Library, survey: &str, by: &str, event: &Event, now: Moment) -> Result<u32, ServiceError> {
    let by = coding::name(by)?;
    for tried in 1..=TRIES {
        let last = library.store.read(|conn| redaction::last(conn, survey))?;
        let number = last.unwrap_or_default().saturating_add(1);
        let row =
            Row { number, at: now.instant(), who: by.clone(), event: serde_json::to_string(event).unwrap_or_default() };
        if library.store.write(|conn| redaction::add(conn, survey, &row))? {
            return Ok(number.unsigned_abs());
        }
        std::thread::sleep(PAUSE * tried);
    }
    Err(ServiceError::overloaded())
}

/// The record of a consultation.
pub(super) fn entries(conn: &mut Conn, survey: &str) -> Result<Vec<Entry>, ServiceError> {
    redaction::all(conn, survey)?.into_iter().map(|row| parsed(survey, row)).collect()
}

/// The record as a report takes it.
pub(super) fn stored(conn: &mut Conn, survey: &str) -> Result<Vec<StoredDecision>, ServiceError> {
    let rows = redaction::all(conn, survey)?.into_iter();
    Ok(rows.map(|row| StoredDecision { number: row.number, at: row.at, by: row.who, event: row.event }).collect())
}

/// What was decided, from the record as a report takes it.
pub(super) fn decided(survey: &str, record: &[StoredDecision]) -> Result<Standing, ServiceError> {
    let row = |one: &StoredDecision| Row {
        number: one.number,
        at: one.at.clone(),
        who: one.by.clone(),
        event: one.event.clone(),
    };
    Ok(replay(&record.iter().map(|one| parsed(survey, row(one))).collect::<Result<Vec<_>, _>>()?))
}

fn parsed(survey: &str, row: Row) -> Result<Entry, ServiceError> {
    let newer = |_| {
        ServiceError::Refused(format!(
            "entry {} of what was decided about personal details in {survey} was written by a newer program: use that one",
            row.number
        ))
    };
    let event = serde_json::from_str(&row.event).map_err(newer)?;
    Ok(Entry { number: row.number.unsigned_abs(), at: row.at, by: row.who, event })
}
