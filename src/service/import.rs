//! Programme staff bring in a conversation that was held with another tool.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::library::Library;
use super::time::Moment;
use super::{Progress, ServiceError, polis, publish};
use crate::document::hex;
use crate::store::response::NewResponse;
use crate::store::survey::{Mode, NewVersion, Published};
use crate::store::{response, survey};

/// What importing gave.
#[derive(Debug)]
pub struct Imported {
    /// Id of the consultation.
    pub survey: String,
    /// Statements.
    pub statements: usize,
    /// People who voted.
    pub participants: usize,
    /// Votes that count: each person's last one on each statement.
    pub votes: usize,
    /// What was left out, one sentence each.
    pub losses: Vec<String>,
}

/// Imports a Polis export as a closed consultation: all of it, or, if anything is wrong, nothing.
pub fn polis(
    library: &Library,
    folder: &Path,
    id: &str,
    now: Moment,
    progress: &Progress<'_>,
) -> Result<Imported, ServiceError> {
    progress("Reading the export", 0.0);
    let conversation = polis::read(folder, id)?;
    let definition = serde_json::to_string_pretty(&conversation.definition).unwrap_or_default();
    let parsed = crate::definition::parse(&definition);
    if let Some(bad) = parsed.findings.iter().find(|finding| finding.code == "E105") {
        let help = bad.help.as_deref().unwrap_or_default();
        return Err(ServiceError::Refused(format!("{}: {help}, and name it with --id", bad.message)));
    }
    let Some(survey) = parsed.survey else {
        return Err(ServiceError::Definition {
            file: format!("the definition made for {id}"),
            findings: parsed.findings,
        });
    };
    let rows: Vec<(String, String, &str)> = conversation
        .participants
        .iter()
        .map(|participant| {
            let idem = hex(&Sha256::digest(format!("{id}:{}", participant.id).as_bytes()));
            (idem, participant.record.to_json().to_string(), participant.day.as_str())
        })
        .collect();
    progress("Storing votes", 0.0);
    let (hash, published_at) = (publish::definition_hash(&definition), now.instant());
    library.store.write(|conn| {
        if survey::exists(conn, id)? {
            return Err(ServiceError::Refused(format!(
                "there is a consultation called {id} already: choose another id with --id"
            )));
        }
        let new = NewVersion {
            survey_id: id,
            hash: &hash,
            definition: &definition,
            mode: Mode::Imported,
            published_at: &published_at,
        };
        let (Published::New(version) | Published::Again(version)) = survey::publish_version(conn, &new)?;
        let responses: Vec<NewResponse<'_>> = rows
            .iter()
            .map(|(idem, answers, day)| NewResponse {
                survey_id: id,
                version,
                idem,
                receipt_hash: None,
                mode: Mode::Imported,
                answers,
                submitted_on: day,
                started_version: None,
            })
            .collect();
        response::insert_many(conn, &responses)?;
        Ok(survey::close(conn, id)?)
    })?;
    let counted = |participant: &polis::Participant| match participant.record.answers.get("support") {
        Some(crate::item::Answer::Ratings(ratings)) => ratings.len(),
        _ => 0,
    };
    Ok(Imported {
        survey: survey.id,
        statements: survey.interventions.len(),
        participants: conversation.participants.len(),
        votes: conversation.participants.iter().map(counted).sum(),
        losses: conversation.losses,
    })
}
