//! Sending what is queued: one mail at a time is claimed, handed to whoever can send it, and what became of it taken down.

use std::sync::Arc;

use super::ServiceError;
use super::invite::{self, BOUNCED, shut};
use super::library::Library;
use super::time::Moment;
use crate::definition::Survey;
use crate::response::code::Token;
use crate::response::invitation::Invitation;
use crate::staff::letter::{Kind, Letter};
use crate::staff::outbox::{Outcome, REFUSED, State, after, rest};
use crate::store::mailing::{self, Mailing};
use crate::store::outbox::{self, Outgoing};
use crate::store::{person, spent};

/// Seconds after which a mail that a program claimed counts as left behind: longer than any talk with a mail server lasts.
pub const LEASE: i64 = 10 * 60;

/// A mail whose turn it is, claimed by this program.
#[derive(Clone, Debug)]
pub struct Due {
    row: Outgoing,
    /// The address.
    pub to: String,
    /// What the person is called, or nothing.
    pub name: String,
    /// The survey in the person's language, as far as it is translated.
    pub survey: Arc<Survey>,
    /// The language, where it is not the survey's own.
    pub language: Option<String>,
    /// What it says.
    pub letter: Letter,
    /// The person's invitation, as a link has it.
    pub invitation: String,
    /// What they stop such mail by.
    pub farewell: String,
    /// What the mail is known by, the same each time it is sent.
    pub id: String,
    /// True if there is nothing to send: it is a reminder, and they have answered.
    pub is_needless: bool,
}

/// Runs `act` unless another program on this Postgres sends mail now.
pub fn alone<T>(library: &Library, act: impl FnMut() -> Result<T, ServiceError>) -> Result<Option<T>, ServiceError> {
    library.store.alone("mail", act)
}

/// Takes what programs left behind that died while they sent it for what may have been sent.
pub fn look_after(library: &Library, now: Moment) -> Result<usize, ServiceError> {
    let mut found = 0;
    for mailing in library.store.read(mailing::all)? {
        found += library.store.write(|conn| outbox::left_behind(conn, &mailing.survey_id, &now.instant()))?;
    }
    Ok(found)
}

/// Claims the next mail that is due, if there is one: it is stored that it is being sent before this gives it.
///
/// Of several consultations each has its turn, which `turn` counts.
pub fn claim(library: &Library, turn: usize, now: Moment) -> Result<Option<Due>, ServiceError> {
    let mut surveys = Vec::new();
    for mailing in library.store.read(mailing::all)? {
        let rests = mailing.is_paused || mailing.resume_at > now.instant();
        if !rests && shut(&library.current(&mailing.survey_id, None)?, now).is_none() {
            surveys.push(mailing.survey_id);
        }
    }
    let first = turn.checked_rem(surveys.len()).unwrap_or(0);
    surveys.rotate_left(first);
    for id in surveys {
        while let Some(row) = library.store.read(|conn| outbox::due(conn, &id, &now.instant()))? {
            if let Some(due) = claimed(library, &row, now)? {
                return Ok(Some(due));
            }
        }
    }
    Ok(None)
}

/// The mail, if nobody else has claimed it and the person is mailed.
fn claimed(library: &Library, row: &Outgoing, now: Moment) -> Result<Option<Due>, ServiceError> {
    let key = library.key()?;
    library.store.write(|conn| {
        let until = now.plus(LEASE).instant();
        if !outbox::claim(conn, row, &until)? {
            return Ok(None);
        }
        let found = person::find(conn, &row.survey_id, &row.person_id)?;
        let Some((person, id)) = found.filter(|one| one.stopped.is_none()).zip(Token::read(&row.person_id)) else {
            let state = State::Dropped.as_str().to_string();
            let dropped = Outgoing { state, tries: 0, due_at: String::new(), reason: None, ..row.clone() };
            outbox::settle(conn, &dropped)?;
            return Ok(None);
        };
        let survey = &row.survey_id;
        let own = library.current_in(conn, survey, None)?.survey;
        let spoken = library.current_in(conn, survey, Some(&person.language))?.survey;
        let language = own.translations.contains_key(&person.language).then(|| person.language.clone());
        let is_invitation = row.mail == outbox::INVITATION;
        let kind = if is_invitation { Kind::Invitation } else { Kind::Reminder };
        let invitation = Invitation::of_person(key, survey, &row.person_id);
        Ok::<_, ServiceError>(Some(Due {
            letter: invite::letter_in(conn, &own, kind, language.as_deref().unwrap_or(&own.language))?,
            is_needless: !is_invitation && spent::is_spent(conn, survey, &invitation.mark(key, survey))?,
            invitation: invitation.as_str().to_string(),
            farewell: key.farewell(survey, &id),
            id: key.letter_id(survey, &row.person_id, &row.mail),
            to: person.address,
            name: person.name,
            survey: spoken,
            language,
            row: row.clone(),
        }))
    })
}

/// Takes down what became of a mail. `reason` is what the server had against it, without an address.
pub fn settle(
    library: &Library,
    due: &Due,
    outcome: Outcome,
    reason: Option<&str>,
    now: Moment,
) -> Result<(), ServiceError> {
    let tries = due.row.tries.unsigned_abs();
    let (state, wait) = after(outcome, tries);
    // Of what is over nothing is kept that a reminder which was sent would have and one that was not needed would lack.
    let waits = state == State::Waiting;
    let row = Outgoing {
        state: state.as_str().to_string(),
        tries: if waits { due.row.tries.saturating_add(i32::from(outcome == Outcome::Later)) } else { 0 },
        due_at: if waits { now.plus(wait).instant() } else { String::new() },
        reason: reason.map(str::to_string),
        ..due.row.clone()
    };
    let survey = &due.row.survey_id;
    library.store.write(|conn| {
        outbox::settle(conn, &row)?;
        if state == State::Bounced {
            person::stop(conn, survey, &row.person_id, BOUNCED)?;
        }
        // Deleted with its list meanwhile: nothing is to be kept of it.
        let Some(before) = mailing::of(conn, survey)? else { return Ok(()) };
        let next = went(&before, outcome, reason, now);
        if next != before {
            mailing::set(conn, &next)?;
        }
        Ok(())
    })
}

/// How the mail of a survey goes after one more.
fn went(before: &Mailing, outcome: Outcome, reason: Option<&str>, now: Moment) -> Mailing {
    match outcome {
        Outcome::Away => {
            let failures = before.failures.saturating_add(1);
            Mailing {
                failing_since: before.failing_since.clone().or_else(|| Some(now.instant())),
                reason: if before.is_paused { before.reason.clone() } else { reason.map(str::to_string) },
                failures,
                resume_at: now.plus(rest(failures.unsigned_abs())).instant(),
                ..before.clone()
            }
        }
        outcome => {
            let refused = match outcome {
                Outcome::NoSuchAddress => before.refused.saturating_add(1),
                Outcome::Taken | Outcome::Needless => 0,
                _ => before.refused,
            };
            let goes = Mailing {
                failing_since: None,
                failures: 0,
                refused,
                reason: before.reason.clone().filter(|_| before.is_paused),
                ..before.clone()
            };
            if refused.unsigned_abs() < REFUSED {
                return goes;
            }
            let why = format!("{REFUSED} addresses in a row were refused ({})", reason.unwrap_or_default());
            Mailing { is_paused: true, reason: Some(why), refused: 0, ..goes }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::invite::new_mailing;
    use super::*;

    #[test]
    fn a_server_that_is_away_rests_longer_each_time_and_one_mail_taken_ends_it() {
        let mut goes = new_mailing("park", Moment(0));
        for (n, minutes) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15)] {
            goes = went(&goes, Outcome::Away, Some("away"), Moment(1_000));
            assert_eq!((goes.failures, &goes.resume_at), (n, &Moment(1_000 + 60 * minutes).instant()));
            assert_eq!(goes.failing_since, Some(Moment(1_000).instant()));
        }
        for outcome in [Outcome::Taken, Outcome::Needless, Outcome::Later, Outcome::Refused] {
            let goes = went(&goes, outcome, Some("450"), Moment(2_000));
            assert_eq!((goes.failures, goes.failing_since, goes.reason), (0, None, None), "{outcome:?}");
        }
        let mailed = went(&goes, Outcome::Taken, None, Moment(2_000));
        assert_eq!(went(&goes, Outcome::Needless, None, Moment(2_000)), mailed, "nothing tells one from the other");
    }

    #[test]
    fn ten_addresses_refused_in_a_row_pause_it() {
        let mut goes = new_mailing("park", Moment(0));
        for n in 0..9 {
            goes = went(&goes, Outcome::NoSuchAddress, Some("550"), Moment(n));
        }
        assert!(
            !went(&went(&goes, Outcome::Taken, None, Moment(9)), Outcome::NoSuchAddress, None, Moment(9)).is_paused
        );
        let goes = went(&goes, Outcome::NoSuchAddress, Some("550"), Moment(9));
        assert!(goes.is_paused && goes.reason.unwrap().contains("in a row"));
    }
}
