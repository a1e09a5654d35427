//! What time alone asks for: consultations whose window is over are closed, drafts that nobody comes back to deleted, and
//! what those who answered may see of everyone's answers made anew.

use super::library::{Door, Library};
use super::time::Moment;
use super::{ServiceError, group_result, publish};
use crate::definition::Unfinished;
use crate::store::survey::{self, Mode, State};
use crate::store::{attempt, draft};

/// Days for which answers in progress are kept after the last visit.
pub const DRAFT_DAYS: i64 = 30;

const DAY: i64 = 24 * 60 * 60;

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Consultations that were closed.
    pub closed: Vec<String>,
    /// Drafts that were deleted for their age.
    pub drafts: usize,
    /// Results for those who answered that were made.
    pub results: usize,
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
    for survey in &all {
        swept.results += usize::from(group_result::make(library, &survey.id, now)?);
    }
    if all.iter().any(|survey| matches!(survey.mode, Mode::Invitation | Mode::EmailDomain)) {
        // The order in which marks and responses were written is kept no longer than it must be.
        library.store.empty_log()?;
    }
    Ok(swept)
}
