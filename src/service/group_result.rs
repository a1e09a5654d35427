//! What those who answered may see of everyone's answers: made by time, never for a request, and read as it stands.

use super::library::Library;
use super::time::Moment;
use super::{ServiceError, report};
use crate::analysis::group_result::{GroupResult, LEAST_STEP};
use crate::definition::{Results, Show};
use crate::store::result::{self, Made};
use crate::store::survey::State;
use crate::store::{Conn, response};

/// Seed of everything random in the report that it is made from.
const SEED: u64 = 7;

/// What there is to see.
#[derive(Debug)]
pub struct Standing {
    /// What the definition says.
    pub results: Results,
    /// True while answers are taken.
    pub is_open: bool,
    /// The day on which it was made, `YYYY-MM-DD`, and the counts; none if it was not made yet.
    pub made: Option<(String, GroupResult)>,
}

/// What there is to see of a consultation.
pub async fn standing(library: &Library, id: &str, now: Moment) -> Result<Standing, ServiceError> {
    let id = id.to_string();
    let find = move |library: &Library, conn: &mut Conn| {
        let published = library.recent_in(conn, &id, None, now)?;
        let made = result::last(conn, &id)?;
        let made = made.and_then(|made| Some((day(&made.made_at), serde_json::from_str(&made.json).ok()?)));
        Ok(Standing { results: published.survey.results, is_open: published.state == State::Open, made })
    };
    library.look(find).await
}

/// Makes it anew if it is due: within the hour nothing was made, and enough more people have answered.
pub fn make(library: &Library, id: &str, now: Moment) -> Result<bool, ServiceError> {
    let hour = now.instant().chars().take(13).collect::<String>();
    let published = library.current(id, None)?;
    let (Results { show, min_answers }, min_cell) = (published.survey.results, published.survey.privacy.min_cell);
    if show == Show::Never || show == Show::AfterClose && published.state == State::Open {
        return Ok(false);
    }
    let before = |made: Option<&Made>| made.and_then(|made| serde_json::from_str::<GroupResult>(&made.json).ok());
    let (made, answered) = library.store.read(|conn| {
        let counts = response::counts(conn, id)?;
        let answered = counts.iter().filter_map(|(_, completed)| u64::try_from(*completed).ok()).sum::<u64>();
        Ok::<_, ServiceError>((result::last(conn, id)?, answered))
    })?;
    let wanted = before(made.as_ref()).map_or(0, |before| before.n + u64::from(min_cell).max(LEAST_STEP));
    let is_fresh = |made: Option<&Made>| made.is_some_and(|made| made.made_at >= hour);
    if is_fresh(made.as_ref()) || answered < wanted.max(min_answers.into()) {
        return Ok(false);
    }
    let new = GroupResult::of(&report::build(library, id, SEED, &|_, _| {})?, min_cell);
    library.store.write(|conn| {
        // Another node may have made it in the meantime.
        let last = result::last(conn, id)?;
        if is_fresh(last.as_ref()) || new.n < min_answers.into() {
            return Ok(false);
        }
        let new = match before(last.as_ref()) {
            Some(before) => new.clone().after(&before, min_cell),
            None => Some(new.clone()),
        };
        let Some(new) = new else { return Ok(false) };
        let json = serde_json::to_string(&new).map_err(|error| ServiceError::Refused(error.to_string()))?;
        result::replace(conn, &Made { survey_id: id.to_string(), made_at: hour.clone(), json })?;
        Ok::<_, ServiceError>(true)
    })
}

fn day(hour: &str) -> String {
    hour.chars().take(10).collect()
}
