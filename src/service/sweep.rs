//! What time alone asks for: consultations whose window is over are closed, drafts that nobody comes back to deleted, and
//! what those who answered may see of everyone's answers made anew.

use std::time::Duration;

use super::library::{Door, Library};
use super::time::Moment;
use super::{ServiceError, group_result, publish, retention};
use crate::definition::Unfinished;
use crate::store::survey::{self, Mode, State};
use crate::store::{attempt, draft, keep};

/// Days for which answers in progress are kept after the last visit.
pub const DRAFT_DAYS: i64 = 30;

const DAY: i64 = 24 * 60 * 60;
/// Seconds by which a clock may be set without being doubted.
const JUMP: i64 = 15 * 60;
/// How long a clock is doubted that jumped.
const DOUBTED: Duration = Duration::from_hours(1);

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Consultations that were closed.
    pub closed: Vec<String>,
    /// Drafts that were deleted for their age.
    pub drafts: usize,
    /// Results for those who answered that were made.
    pub results: usize,
    /// What was kept until its last day, and is deleted: how much of which consultation.
    pub deleted: Vec<String>,
}

/// Doubts a clock that jumped: what it would delete or close is gone for good if it jumps back.
#[derive(Debug, Default)]
pub struct Doubt {
    /// The last moment that was told, and how long the program had run then.
    last: Option<(Moment, Duration)>,
    /// Until when, by how long the program has run, the clock is doubted.
    until: Duration,
}

impl Doubt {
    /// Whether the clock is to be believed that says `now` when the program has run for so long: not within an hour of its
    /// having gone back, or ahead by more than a quarter of an hour beyond the time that passed.
    pub fn allows(&mut self, now: Moment, running: Duration) -> bool {
        if let Some((before, then)) = self.last {
            let passed = i64::try_from(running.saturating_sub(then).as_secs()).unwrap_or(i64::MAX);
            let ahead = now.0.saturating_sub(before.0).saturating_sub(passed);
            if !(-JUMP..=JUMP).contains(&ahead) {
                self.until = running.saturating_add(DOUBTED);
            }
        }
        self.last = Some((now, running));
        running >= self.until
    }
}

/// Does what is due, unless another program on the same Postgres does it. Done twice, or by two programs at once, it
/// changes nothing more.
pub fn sweep(library: &Library, now: Moment) -> Result<Swept, ServiceError> {
    Ok(library.store.alone("sweep", || do_due(library, now))?.unwrap_or_default())
}

fn do_due(library: &Library, now: Moment) -> Result<Swept, ServiceError> {
    let mut swept = Swept::default();
    library.store.write(|conn| attempt::clear(conn, &now.instant()))?;
    let all = library.store.read(survey::all)?;
    let last_visit = now.plus(-DRAFT_DAYS * DAY).day();
    for id in all.iter().filter(|survey| survey.state == State::Open).map(|survey| survey.id.clone()) {
        let published = library.current(&id, None)?;
        // Nobody can go on any more: not before it opens, not after the time to finish in.
        if matches!(published.may_answer(Door::GoOn, now), Err(ServiceError::Closed))
            && published.survey.window.is_some()
        {
            publish::close(library, &id, now)?;
            swept.closed.push(id);
        } else if published.survey.unfinished == Unfinished::Discard {
            swept.drafts += library.store.write(|conn| draft::delete_saved_before(conn, &id, &last_visit))?;
        }
    }
    let kept_too_long = library.store.read(|conn| keep::over(conn, &now.day()))?;
    for id in kept_too_long {
        let due = retention::carry_out(library, Some(&id), now)?.into_iter().filter(|kept| kept.due > 0);
        swept.deleted.extend(due.map(|kept| format!("{id}: {} {}", kept.due, kept.kind.as_str())));
    }
    for survey in &all {
        swept.results += usize::from(group_result::make(library, &survey.id, now)?);
    }
    if all.iter().any(|survey| matches!(survey.mode, Mode::Invitation | Mode::EmailDomain)) {
        // The order in which marks and responses were written is kept no longer than it must be.
        library.store.empty_log()?;
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_769_947_200;

    /// What is said each minute, for so many minutes, by a clock that is `ahead` of the true one.
    fn minutes(doubt: &mut Doubt, from: u64, to: u64, ahead: i64) -> Vec<bool> {
        let told = |minute: u64| {
            let running = Duration::from_mins(minute);
            doubt.allows(Moment(NOON + ahead + i64::try_from(running.as_secs()).unwrap()), running)
        };
        (from..to).map(told).collect()
    }

    #[test]
    fn a_clock_that_jumped_is_believed_after_an_hour() {
        for jump in [400 * DAY, -400 * DAY, 16 * 60, -16 * 60] {
            let mut doubt = Doubt::default();
            assert!(minutes(&mut doubt, 0, 5, 0).iter().all(|sure| *sure));
            let after = minutes(&mut doubt, 5, 70, jump);
            assert!(after[..60].iter().all(|sure| !sure) && after[60..].iter().all(|sure| *sure), "{jump}: {after:?}");
        }
    }

    #[test]
    fn a_clock_that_jumps_and_comes_back_deletes_nothing() {
        let mut doubt = Doubt::default();
        assert!(minutes(&mut doubt, 0, 5, 0).iter().all(|sure| *sure));
        assert!(minutes(&mut doubt, 5, 20, 400 * DAY).iter().all(|sure| !sure));
        let back = minutes(&mut doubt, 20, 90, 0);
        assert!(back[..60].iter().all(|sure| !sure) && back[60..].iter().all(|sure| *sure));
    }

    #[test]
    fn a_clock_that_is_set_right_by_minutes_is_believed() {
        let mut doubt = Doubt::default();
        assert!(minutes(&mut doubt, 0, 5, 0).iter().chain(&minutes(&mut doubt, 5, 9, 14 * 60)).all(|sure| *sure));
    }
}
