//! A respondent starts, answers page by page, comes back, and sends the answers.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::library::{Door, Library};
use super::time::Moment;
use super::{ServiceError, access, after, random_token};
use crate::definition::{Survey, Unfinished};
use crate::document::hex;
use crate::item::{Fault, Fields};
use crate::response::code::{Receipt, Token};
use crate::response::{Arrival, Draft, Next, Post, Record, Screen};
use crate::store::response::NewResponse;
use crate::store::survey::{self, Mode};
use crate::store::{Conn, StoreError, contact, draft, response};

/// Answers in progress, with the version of the survey that they go on in.
#[derive(Debug)]
pub struct Sitting {
    /// The survey, in the respondent's language.
    pub survey: Arc<Survey>,
    /// The answers so far.
    pub draft: Draft,
    /// The number of that version.
    pub version: i32,
    /// The languages it can be read in, its own first.
    pub languages: Vec<String>,
    /// The version that they were begun on.
    started: i32,
    /// The version that they are stored under.
    stored: i32,
}

/// What was posted for a page.
#[derive(Clone, Copy, Debug)]
pub struct Posted<'a> {
    /// The screen.
    pub at: &'a Screen,
    /// What its fields hold, and where it was typed.
    pub post: &'a Post,
    /// The version of the survey that the page was made from, as it says itself.
    pub version: Option<i32>,
    /// What the person wants.
    pub wants: Wants,
}

/// What a person wants who posts a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// To continue with its answers.
    Continue,
    /// To stay on it, or come back to it later.
    Stay,
    /// Nothing yet: the page keeps by itself what is being typed.
    Type,
}

/// Which version of a survey a person looks at.
#[derive(Clone, Copy)]
enum Seen {
    /// A page is loaded: the current version, if the answers can go on in it.
    Now,
    /// A page is posted that was made from this version, or an unknown one.
    Before(Option<i32>),
}

/// How a draft is read: [`draft::load`] to look at it, [`draft::hold`] to change it.
type Load = fn(&mut Conn, &str) -> Result<Option<draft::Draft>, StoreError>;

/// What saving a page gave.
#[derive(Debug)]
pub struct Saved {
    /// The answers as they are now stored.
    pub sitting: Sitting,
    /// What is wrong with the page; empty if it is done.
    pub faults: Vec<Fault>,
    /// Where to go next.
    pub next: Next,
    /// True if it was a copy that came after something newer, and changed nothing.
    pub is_late: bool,
}

/// What a page comes to whose answers are gathered elsewhere than in its fields.
#[derive(Debug)]
pub(super) struct Settled {
    /// The answers, as fields.
    pub(super) answer: Fields,
    /// What stays typed on the page.
    pub(super) left: Option<Fields>,
    /// True if the page is done with.
    pub(super) is_done: bool,
}

/// Starts a response to a survey that is open to everyone, and gives the respondent's secret.
pub fn start(library: &Library, id: &str, language: Option<&str>, now: Moment) -> Result<Token, ServiceError> {
    start_shown(library, id, language, None, now)
}

/// Starts a response and gives the respondent's secret. `shown` is what the browser shows to be let in: see [`access::enter`].
pub fn start_shown(
    library: &Library,
    id: &str,
    language: Option<&str>,
    shown: Option<&str>,
    now: Moment,
) -> Result<Token, ServiceError> {
    let token = random_token()?;
    let key = token.draft_key();
    let today = now.day();
    library.store.write(|conn| {
        let published = library.current_in(conn, id, language)?;
        published.may_answer(Door::Start, now)?;
        access::mark(library, conn, &published, shown)?;
        let language = language.filter(|language| published.survey.language == *language).map(str::to_string);
        let begun = Draft { language, seed: token.order_seed(), ..Draft::default() }.to_json().to_string();
        let new = draft::NewDraft {
            key: &key,
            survey_id: id,
            version: published.version,
            mode: published.mode,
            answers: &begun,
            started_on: &today,
        };
        Ok::<_, ServiceError>(draft::start(conn, &new)?)
    })?;
    Ok(token)
}

/// The answers in progress under a secret.
pub fn resume(library: &Library, id: &str, token: &Token, now: Moment) -> Result<Sitting, ServiceError> {
    library.store.read(|conn| {
        let sitting = sitting(library, conn, id, token, (Seen::Now, draft::load), now)?;
        library.current_in(conn, id, None)?.may_answer(Door::GoOn, now)?;
        Ok(sitting)
    })
}

/// Saves the fields posted for a page. It is done when it returns: the answers are on the disk.
/// A fault loses nothing: good answers and everything typed are kept in the draft.
/// A copy that comes after something newer changes nothing.
pub fn save_page(
    library: &Library,
    id: &str,
    token: &Token,
    posted: &Posted<'_>,
    now: Moment,
) -> Result<Saved, ServiceError> {
    library.store.write(|conn| {
        let mut sitting = sitting(library, conn, id, token, (Seen::Before(posted.version), draft::hold), now)?;
        library.current_in(conn, id, None)?.may_answer(Door::GoOn, now)?;
        let survey = Arc::clone(&sitting.survey);
        let at = posted.at;
        if !sitting.draft.can_visit(&survey, at) {
            return Err(ServiceError::UnknownPage);
        }
        let fields = posted.post.fields.clone();
        // What is posted for a wall is kept first, and settled when the wall has it.
        let has_wall = survey.page(&at.page).is_some_and(|page| page.wall().is_some());
        let wants = if has_wall { Wants::Type } else { posted.wants };
        let arrival = sitting.draft.take(at, posted.post);
        let faults = match (arrival, wants) {
            (Arrival::Late, _) => Vec::new(),
            (Arrival::New | Arrival::Again, Wants::Continue) => sitting.draft.save(&survey, at, fields),
            (Arrival::New | Arrival::Again, wants) => {
                if wants == Wants::Stay {
                    sitting.draft.set_aside(&survey, at, fields);
                } else {
                    sitting.draft.keep(&survey, at, fields);
                }
                Vec::new()
            }
        };
        store(conn, token, &sitting, now)?;
        let next = sitting.draft.after(&survey, at);
        Ok(Saved { sitting, faults, next, is_late: arrival == Arrival::Late })
    })
}

/// Puts what was gathered for a page into the answers; gives the faults that hold it up and the page after it.
pub(super) fn settle(
    library: &Library,
    id: &str,
    token: &Token,
    posted: &Posted<'_>,
    settled: &Settled,
    now: Moment,
) -> Result<(Sitting, Vec<Fault>, Next), ServiceError> {
    library.store.write(|conn| {
        let mut sitting = sitting(library, conn, id, token, (Seen::Before(posted.version), draft::hold), now)?;
        let survey = Arc::clone(&sitting.survey);
        let at = posted.at;
        let mut faults = sitting.draft.save(&survey, at, settled.answer.clone());
        if !settled.is_done {
            faults.clear();
            sitting.draft.leave_open(&survey, at, settled.left.clone());
        }
        store(conn, token, &sitting, now)?;
        let next = sitting.draft.after(&survey, at);
        Ok((sitting, faults, next))
    })
}

/// Goes on in another language, if the version that the person's page was made from has it. What was answered and typed stays.
pub fn choose_language(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    language: &str,
    now: Moment,
) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        let mut sitting = sitting(library, conn, id, token, (Seen::Before(version), draft::hold), now)?;
        library.current_in(conn, id, None)?.may_answer(Door::GoOn, now)?;
        let own = sitting.languages.first().is_some_and(|own| own == language);
        if own || sitting.languages.iter().any(|known| known == language) {
            sitting.draft.language = (!own).then(|| language.to_string());
            store(conn, token, &sitting, now)?;
        }
        Ok(())
    })
}

/// Sends the answers to a survey that is open to everyone: see [`send_shown`].
pub fn send(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    now: Moment,
) -> Result<Receipt, ServiceError> {
    send_shown(library, id, token, version, None, now)
}

/// Sends the answers, as they were checked on a page made from `version`. `shown` is what the browser shows to be let in; an
/// invitation is used up by it, unless it changes what was sent before.
/// Done again, by a double click or a retry, it gives the same receipt and stores nothing twice.
pub fn send_shown(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    shown: Option<&str>,
    now: Moment,
) -> Result<Receipt, ServiceError> {
    let (is_begun, held) = library.store.read(|conn| {
        let is_begun = draft::load(conn, &token.draft_key())?.is_some();
        Ok::<_, ServiceError>((is_begun, after::held(conn, id, token)?))
    })?;
    // Who comes with a receipt changes what was sent.
    let receipt = held.as_ref().map_or_else(|| token.receipt(), |(_, receipt)| receipt.clone());
    if held.is_some() && !is_begun {
        return Ok(receipt);
    }
    let finished = |conn: &mut Conn, load: Load| {
        let sitting = sitting(library, conn, id, token, (Seen::Before(version), load), now)?;
        let published = library.current_in(conn, id, None)?;
        published.may_answer(Door::GoOn, now)?;
        if sitting.draft.next(&sitting.survey) != Next::Check {
            return Err(ServiceError::Incomplete);
        }
        let mark = if sitting.draft.amends { None } else { access::mark(library, conn, &published, shown)? };
        Ok((Record::finish(&sitting.survey, &sitting.draft), sitting, (published.mode, mark)))
    };
    let (_, details) = match library.store.read(|conn| finished(conn, draft::load)) {
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
        let ((record, _), sitting, (mode, mark)) = finished(conn, draft::hold)?;
        let answers = record.to_json().to_string();
        if sitting.draft.amends {
            response::replace(conn, id, &hash, sitting.version, &answers)?;
            draft::delete(conn, &token.draft_key())?;
            return Ok(());
        }
        let new = NewResponse {
            survey_id: id,
            version: sitting.version,
            idem: &idem,
            receipt_hash: Some(&hash),
            mode,
            answers: &answers,
            submitted_on: &today,
            started_version: Some(sitting.started).filter(|started| *started != sitting.version),
        };
        access::spend(conn, id, mark.as_deref())?;
        response::submit(conn, &new)?;
        draft::delete(conn, &token.draft_key())?;
        Ok::<_, ServiceError>(())
    })?;
    Ok(receipt)
}

/// What became of the answers under a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There are none, or they are deleted.
    None,
    /// They were begun and can be gone on with.
    Begun,
    /// They were sent.
    Sent,
}

/// What became of the answers under a secret.
pub fn progress(library: &Library, id: &str, token: &Token) -> Result<Progress, ServiceError> {
    library.store.read(|conn| {
        if draft::load(conn, &token.draft_key())?.is_some_and(|row| row.survey_id == id) {
            return Ok(Progress::Begun);
        }
        Ok(if after::held(conn, id, token)?.is_some() { Progress::Sent } else { Progress::None })
    })
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
            // Changes that were not sent change nothing.
            if let Some(record) = Record::unfinished(&survey, &begun).filter(|_| !begun.amends) {
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
                    started_version: row.started_version,
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

/// Stores the answers under the version that they go on in.
fn store(conn: &mut Conn, token: &Token, sitting: &Sitting, now: Moment) -> Result<(), ServiceError> {
    let key = token.draft_key();
    draft::save(conn, &key, &sitting.draft.to_json().to_string(), &now.day())?;
    if sitting.version != sitting.stored {
        draft::move_to(conn, &key, sitting.version, sitting.started)?;
    }
    Ok(())
}

fn sitting(
    library: &Library,
    conn: &mut Conn,
    id: &str,
    token: &Token,
    (seen, load): (Seen, Load),
    now: Moment,
) -> Result<Sitting, ServiceError> {
    let Some(row) = load(conn, &token.draft_key())?.filter(|row| row.survey_id == id) else {
        if after::held(conn, id, token)?.is_some() {
            return Err(ServiceError::AlreadySent);
        }
        // After the close there are none, and that is what a person should read.
        library.current_in(conn, id, None)?.may_answer(Door::GoOn, now)?;
        return Err(ServiceError::NoDraft);
    };
    let version = version_to_go_on_in(library, conn, &row, seen)?;
    let stored = serde_json::from_str(&row.answers).unwrap_or_default();
    let own = library.version_in(conn, id, version, None)?;
    let draft = Draft::from_json(&own, &stored, now.date());
    let languages = own.languages().into_iter().map(str::to_string).collect();
    let survey = match draft.language.as_deref() {
        Some(language) => library.version_in(conn, id, version, Some(language))?,
        None => own,
    };
    let survey = if draft.amends { Arc::new(survey.without_contacts()) } else { survey };
    let started = row.started_version.unwrap_or(row.version);
    Ok(Sitting { survey, draft, version, languages, started, stored: row.version })
}

/// A draft goes on in the version that the person looks at, as long as nothing breaks between its own and that one.
fn version_to_go_on_in(
    library: &Library,
    conn: &mut Conn,
    row: &draft::Draft,
    seen: Seen,
) -> Result<i32, ServiceError> {
    let id = &row.survey_id;
    let wanted = match seen {
        Seen::Now => survey::current_version(conn, id)?,
        Seen::Before(version) => version.unwrap_or(row.version),
    };
    let goes_on = wanted == row.version
        || survey::has_version(conn, id, wanted)? && library.diff_in(conn, id, row.version, wanted)?.keeps_answers();
    Ok(if goes_on { wanted } else { row.version })
}
