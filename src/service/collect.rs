//! A respondent starts, answers page by page, comes back, and sends the answers.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::library::Library;
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::definition::{Survey, Unfinished};
use crate::document::hex;
use crate::item::{Fault, Fields};
use crate::response::code::{Receipt, Token};
use crate::response::{Draft, Next, Record};
use crate::store::response::NewResponse;
use crate::store::survey::Mode;
use crate::store::{Conn, contact, draft, response};

/// Answers in progress, with the version of the survey that they belong to.
#[derive(Debug)]
pub struct Sitting {
    /// The survey, in the respondent's language.
    pub survey: Arc<Survey>,
    /// The answers so far.
    pub draft: Draft,
}

/// What saving a page gave.
#[derive(Debug)]
pub struct Saved {
    /// The answers as they are now stored.
    pub sitting: Sitting,
    /// What is wrong with the page; empty if it is done.
    pub faults: Vec<Fault>,
    /// Where to go next.
    pub next: Next,
}

/// Starts a response and gives the respondent's secret.
pub fn start(library: &Library, id: &str, language: Option<&str>, now: Moment) -> Result<Token, ServiceError> {
    let token = random_token()?;
    let key = token.draft_key();
    let today = now.day();
    library.store.write(|conn| {
        let published = library.current_in(conn, id, language)?;
        published.may_answer(now)?;
        let language = language.filter(|language| published.survey.language == *language).map(str::to_string);
        let begun = Draft { language, seed: token.order_seed(), ..Draft::default() }.to_json().to_string();
        let new = draft::NewDraft {
            key: &key,
            survey_id: id,
            version: published.version,
            mode: Mode::OpenLink,
            answers: &begun,
            started_on: &today,
        };
        Ok::<_, ServiceError>(draft::start(conn, &new)?)
    })?;
    Ok(token)
}

/// The answers in progress under a secret.
pub fn resume(library: &Library, id: &str, token: &Token, now: Moment) -> Result<Sitting, ServiceError> {
    library.store.read(|conn| sitting(library, conn, id, token, now))
}

/// Saves the fields posted for a page. It is done when it returns: the answers are on the disk.
/// A fault loses nothing: good answers and everything typed are kept in the draft.
pub fn save_page(
    library: &Library,
    id: &str,
    token: &Token,
    page: &str,
    fields: &Fields,
    now: Moment,
) -> Result<Saved, ServiceError> {
    library.store.write(|conn| {
        let mut sitting = sitting(library, conn, id, token, now)?;
        library.current_in(conn, id, None)?.may_answer(now)?;
        let survey = Arc::clone(&sitting.survey);
        let page = survey.page(page).ok_or(ServiceError::UnknownPage)?;
        if !sitting.draft.can_visit(&survey, &page.id) {
            return Err(ServiceError::UnknownPage);
        }
        let faults = sitting.draft.save(&survey, page, fields.clone());
        draft::save(conn, &token.draft_key(), &sitting.draft.to_json().to_string(), &now.day())?;
        let next = sitting.draft.after(&survey, &page.id);
        Ok(Saved { sitting, faults, next })
    })
}

/// Sends the answers. Done again, by a double click or a retry, it gives the same receipt and stores nothing twice.
pub fn send(library: &Library, id: &str, token: &Token, now: Moment) -> Result<Receipt, ServiceError> {
    let receipt = token.receipt();
    if is_sent(library, id, token)? {
        return Ok(receipt);
    }
    let finished = |conn: &mut Conn| {
        let published = library.current_in(conn, id, None)?;
        let sitting = sitting(library, conn, id, token, now)?;
        published.may_answer(now)?;
        if sitting.draft.next(&sitting.survey) != Next::Check {
            return Err(ServiceError::Incomplete);
        }
        let version = draft::load(conn, &token.draft_key())?.map_or(published.version, |row| row.version);
        Ok((Record::finish(&sitting.survey, &sitting.draft), version))
    };
    let (_, details) = match library.store.read(|conn| finished(conn)) {
        // Sent at the same moment by another click.
        Err(ServiceError::AlreadySent) => return Ok(receipt),
        other => other?.0,
    };
    if !details.is_empty() {
        // A transaction of its own: rows written together could be told apart from others.
        let details = serde_json::Value::Object(details).to_string();
        library.store.write(|conn| contact::add(conn, id, &token.contact_key(), &details))?;
    }
    let (idem, hash, today) = (token.idempotency_key(), receipt.hash(), now.day());
    library.store.write(|conn| {
        if response::find_by_idem(conn, id, &idem)?.is_some() {
            return Ok(());
        }
        let ((record, _), version) = finished(conn)?;
        let answers = record.to_json().to_string();
        let new = NewResponse {
            survey_id: id,
            version,
            idem: &idem,
            receipt_hash: Some(&hash),
            mode: Mode::OpenLink,
            answers: &answers,
            submitted_on: &today,
        };
        response::submit(conn, &new)?;
        draft::delete(conn, &token.draft_key())?;
        Ok::<_, ServiceError>(())
    })?;
    Ok(receipt)
}

/// True if the answers under a secret were sent.
pub fn is_sent(library: &Library, id: &str, token: &Token) -> Result<bool, ServiceError> {
    Ok(library.store.read(|conn| response::find_by_idem(conn, id, &token.idempotency_key()))?.is_some())
}

/// Makes responses of what was begun and not sent, where the version that was begun says so; what was not reached is
/// marked so, contact details are left out, and the drafts are deleted.
pub(super) fn keep_unfinished(library: &Library, id: &str, now: Moment) -> Result<(), ServiceError> {
    let today = now.day();
    library.store.write(|conn| {
        for row in draft::all(conn, id)? {
            let survey = library.version_in(conn, id, row.version, None)?;
            if survey.unfinished == Unfinished::Discard {
                continue;
            }
            let stored = serde_json::from_str(&row.answers).unwrap_or_default();
            let begun = Draft::from_json(&survey, &stored, now.date());
            if let Some(record) = Record::unfinished(&survey, &begun) {
                let answers = record.to_json().to_string();
                let idem = hex(&Sha256::digest(format!("unfinished:{}", row.key).as_bytes()));
                let new = NewResponse {
                    survey_id: id,
                    version: row.version,
                    idem: &idem,
                    receipt_hash: None,
                    mode: Mode::Unfinished,
                    answers: &answers,
                    submitted_on: &today,
                };
                response::submit(conn, &new)?;
            }
            draft::delete(conn, &row.key)?;
        }
        Ok::<_, ServiceError>(())
    })
}

pub(super) fn release_contacts(library: &Library, id: &str) -> Result<(), ServiceError> {
    library.store.write(|conn| contact::release_all(conn, id))?;
    Ok(())
}

fn sitting(library: &Library, conn: &mut Conn, id: &str, token: &Token, now: Moment) -> Result<Sitting, ServiceError> {
    let Some(row) = draft::load(conn, &token.draft_key())?.filter(|row| row.survey_id == id) else {
        let sent = response::find_by_idem(conn, id, &token.idempotency_key())?.is_some();
        return Err(if sent { ServiceError::AlreadySent } else { ServiceError::NoDraft });
    };
    let stored = serde_json::from_str(&row.answers).unwrap_or_default();
    let survey = library.version_in(conn, id, row.version, None)?;
    let draft = Draft::from_json(&survey, &stored, now.date());
    let survey = match draft.language.as_deref() {
        Some(language) => library.version_in(conn, id, row.version, Some(language))?,
        None => survey,
    };
    Ok(Sitting { survey, draft })
}
