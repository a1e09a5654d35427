//! Invented respondents answer a consultation, to try it out. Their responses are marked in every table and page.

use super::library::{Library, Published};
use super::time::Moment;
use super::{Progress, ServiceError, random_token};
use crate::definition::Round;
use crate::response::{Record, simulate};
use crate::store::response;
use crate::store::response::NewResponse;
use crate::store::survey::{Mode, State};

/// Adds `n` simulated responses to a consultation that takes answers now and that no person has answered yet. Equal
/// survey and seed give equal answers.
///
/// An invented person whom the survey screens out is followed by another one; after `20 n + 1,000` people it gives up.
/// In a later round of a panel nobody begins: at most `n` of those invented before come back to it, 85 % of them all.
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
    let returns = survey.round.as_ref().is_some_and(Round::is_for_returning);
    let answers = if returns {
        come_back(library, &published, (n, seed), now)?
    } else {
        let mut answers = Vec::new();
        for number in 0..n.saturating_mul(20).saturating_add(1_000) {
            if answers.len() as u64 == n {
                break;
            }
            if let Some(draft) = simulate::respondent(survey, seed, number, now.date()) {
                answers.push((published.version, Record::finish(survey, &draft).0.to_json().to_string()));
                progress("Inventing answers", answers.len() as f64 / n as f64);
            }
        }
        answers
    };
    let key = |_: &(i32, String)| Ok(random_token()?.idempotency_key());
    let keys = answers.iter().map(key).collect::<Result<Vec<_>, ServiceError>>()?;
    let today = now.day();
    let rows: Vec<NewResponse<'_>> = answers
        .iter()
        .zip(&keys)
        .map(|((version, answers), idem)| NewResponse {
            survey_id: id,
            version: *version,
            idem,
            receipt_hash: None,
            mode: Mode::Simulated,
            answers,
            submitted_on: &today,
            started_version: None,
        })
        .collect();
    progress("Storing answers", 0.0);
    library.store.write(|conn| {
        if returns {
            // All of them are invented: those of the earlier round make room for the same people in this one.
            response::delete_all(conn, id)?;
        }
        response::insert_many(conn, &rows)
    })?;
    Ok(answers.iter().filter(|(version, _)| *version == published.version).count() as u64)
}

/// The version and the answers of everyone invented before, at most `n` of whom come back to the round that is open.
fn come_back(
    library: &Library,
    published: &Published,
    (n, seed): (u64, u64),
    now: Moment,
) -> Result<Vec<(i32, String)>, ServiceError> {
    let (id, survey) = (&published.survey.id, &published.survey);
    library.store.read(|conn| {
        let versions = library.answered_versions_in(conn, id, published.version)?;
        let mut known: Vec<(i32, String)> = Vec::new();
        response::for_each(conn, id, |row| {
            known.push((row.version, row.answers));
            Ok::<_, ServiceError>(())
        })?;
        // They come in no order of their own.
        known.sort();
        let mut left = n;
        for (number, (version, answers)) in (0..).zip(&mut known) {
            let Some((before, _)) = versions.get(version).filter(|_| left > 0) else { continue };
            let stored = serde_json::from_str(answers).unwrap_or_default();
            if before.round_number() >= survey.round_number() {
                continue;
            }
            if let Some(draft) = simulate::returning(survey, (before, &stored), seed, number, now.date()) {
                (*version, *answers) = (published.version, Record::finish(survey, &draft).0.to_json().to_string());
                left -= 1;
            }
        }
        Ok(known)
    })
}
