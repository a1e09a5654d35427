//! Invented respondents answer a consultation, to try it out. Their responses are marked in every table and page.

use super::library::Library;
use super::time::Moment;
use super::{Progress, ServiceError, random_token};
use crate::response::{Record, simulate};
use crate::store::response;
use crate::store::response::NewResponse;
use crate::store::survey::{Mode, State};

/// Adds `n` simulated responses to a consultation that takes answers now and that no person has answered yet. Equal
/// survey and seed give equal answers.
///
/// An invented person whom the survey screens out is followed by another one; after `20 n + 1,000` people it gives up.
pub fn simulate(
    library: &Library,
    id: &str,
    n: u64,
    seed: u64,
    now: Moment,
    progress: &Progress<'_>,
) -> Result<u64, ServiceError> {
    let published = library.current(id, None)?;
    let survey = &published.survey;
    if published.state == State::Closed {
        return Err(ServiceError::Refused(format!("{id} is closed: simulate in a consultation that is open")));
    }
    let real = library.store.read(|conn| response::counts(conn, id))?.iter().any(|(mode, _)| *mode != Mode::Simulated);
    if real {
        let text = format!(
            "people have answered {id} already: simulate in a database of its own, with --database sqlite:trial.db"
        );
        return Err(ServiceError::Refused(text));
    }
    let mut answers = Vec::new();
    for number in 0..n.saturating_mul(20).saturating_add(1_000) {
        if answers.len() as u64 == n {
            break;
        }
        if let Some(draft) = simulate::respondent(survey, seed, number, now.date()) {
            answers.push((Record::finish(survey, &draft).0.to_json().to_string(), random_token()?.idempotency_key()));
            progress("Inventing answers", answers.len() as f64 / n as f64);
        }
    }
    let today = now.day();
    let rows: Vec<NewResponse<'_>> = answers
        .iter()
        .map(|(answers, idem)| NewResponse {
            survey_id: id,
            version: published.version,
            idem,
            receipt_hash: None,
            mode: Mode::Simulated,
            answers,
            submitted_on: &today,
            started_version: None,
        })
        .collect();
    progress("Storing answers", 0.0);
    let stored = library.store.write(|conn| response::insert_many(conn, &rows))?;
    Ok(stored as u64)
}
