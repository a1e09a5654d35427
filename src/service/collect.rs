//! A respondent starts, answers page by page, comes back, and sends the answers.

use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::library::{Door, Library};
use super::time::Moment;
use super::{ServiceError, access, after, random_token};
use crate::definition::{Round, Survey, Unfinished};
use crate::document::hex;
use crate::item::{Fault, Fields};
use crate::response::code::{Receipt, Token};
use crate::response::{Arrival, Draft, Next, Post, Record, Screen};
use crate::store::response::NewResponse;
use crate::store::step::{Change, Sent, Step, Stepped};
use crate::store::survey::{self, Mode};
use crate::store::{Conn, StoreError, contact, draft, response};

/// How often what is written is made anew when someone else was first, as in two tabs at once.
const TRIES: usize = 16;

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
    /// The draft as it is stored.
    row: draft::Draft,
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
pub async fn start(library: &Library, id: &str, language: Option<&str>, now: Moment) -> Result<Token, ServiceError> {
    Ok(start_shown(library, id, language, None, now).await?.0)
}

/// Starts a response and gives the respondent's secret, and where they begin. `shown` is what the browser shows to be let in: see [`access::enter`].
pub async fn start_shown(
    library: &Library,
    id: &str,
    language: Option<&str>,
    shown: Option<&str>,
    now: Moment,
) -> Result<(Token, Next), ServiceError> {
    let token = random_token()?;
    let (key, seed) = (token.draft_key(), token.order_seed());
    let (survey, language, shown) = (id.to_string(), language.map(str::to_string), shown.map(str::to_string));
    let make = move |library: &Library, conn: &mut Conn| {
        let published = library.recent_in(conn, &survey, language.as_deref(), now)?;
        published.may_answer(Door::Start, now)?;
        if published.survey.round.as_ref().is_some_and(Round::is_for_returning) {
            return Err(ServiceError::OnlyReturning);
        }
        access::mark(library, conn, &published, shown.as_deref())?;
        let language = language.clone().filter(|language| published.survey.language == *language);
        let begun = Draft { language, seed: seed.clone(), ..Draft::default() };
        let (answers, version) = (begun.to_text(), published.version);
        let change = Change::Begin { key: key.clone(), version, answers, started_on: now.day() };
        Ok((begun.landing(&published.survey), Some(Step { seen: published.seen(), change })))
    };
    let landing = write(library, id, make).await?;
    Ok((token, landing))
}

/// The answers in progress under a secret.
pub async fn resume(library: &Library, id: &str, token: &Token, now: Moment) -> Result<Sitting, ServiceError> {
    let (id, token) = (id.to_string(), token.clone());
    let find = move |library: &Library, conn: &mut Conn| {
        let sitting = sitting(library, conn, &id, &token, Seen::Now, now)?;
        library.recent_in(conn, &id, None, now)?.may_answer(Door::GoOn, now)?;
        Ok(sitting)
    };
    library.look(find).await
}

/// Saves the fields posted for a page. It is done when it returns: the answers are on the disk.
/// A fault loses nothing: good answers and everything typed are kept in the draft.
/// A copy that comes after something newer changes nothing.
pub async fn save_page(
    library: &Library,
    id: &str,
    token: &Token,
    posted: &Posted<'_>,
    now: Moment,
) -> Result<Saved, ServiceError> {
    let (at, post, seen, wants) = (posted.at.clone(), posted.post.clone(), Seen::Before(posted.version), posted.wants);
    let save = move |sitting: &mut Sitting| {
        let survey = Arc::clone(&sitting.survey);
        if !sitting.draft.can_visit(&survey, &at) {
            return Err(ServiceError::UnknownPage);
        }
        let fields = post.fields.clone();
        // What is posted for a wall is kept first, and settled when the wall has it.
        let has_wall = survey.page(&at.page).is_some_and(|page| page.wall().is_some());
        let wants = if has_wall { Wants::Type } else { wants };
        let arrival = sitting.draft.take(&at, &post);
        let faults = match (arrival, wants) {
            (Arrival::Late, _) => Vec::new(),
            (Arrival::New | Arrival::Again, Wants::Continue) => sitting.draft.save(&survey, &at, fields),
            (Arrival::New | Arrival::Again, wants) => {
                if wants == Wants::Stay {
                    sitting.draft.set_aside(&survey, &at, fields);
                } else {
                    sitting.draft.keep(&survey, &at, fields);
                }
                Vec::new()
            }
        };
        Ok((faults, sitting.draft.after(&survey, &at), arrival == Arrival::Late))
    };
    let (sitting, (faults, next, is_late)) = change(library, id, token, (seen, true), now, save).await?;
    Ok(Saved { sitting, faults, next, is_late })
}

/// Puts what was gathered for a page into the answers; gives the faults that hold it up and the page after it.
pub(super) async fn settle(
    library: &Library,
    id: &str,
    token: &Token,
    posted: &Posted<'_>,
    settled: Settled,
    now: Moment,
) -> Result<(Sitting, Vec<Fault>, Next), ServiceError> {
    let at = posted.at.clone();
    let settle = move |sitting: &mut Sitting| {
        let survey = Arc::clone(&sitting.survey);
        let mut faults = sitting.draft.save(&survey, &at, settled.answer.clone());
        if !settled.is_done {
            faults.clear();
            sitting.draft.leave_open(&survey, &at, settled.left.clone());
        }
        Ok((faults, sitting.draft.after(&survey, &at)))
    };
    let seen = (Seen::Before(posted.version), false);
    let (sitting, (faults, next)) = change(library, id, token, seen, now, settle).await?;
    Ok((sitting, faults, next))
}

/// Goes on in another language, if the version that the person's page was made from has it. What was answered and typed stays.
pub async fn choose_language(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    language: &str,
    now: Moment,
) -> Result<(), ServiceError> {
    let language = language.to_string();
    let choose = move |sitting: &mut Sitting| {
        let own = sitting.languages.first().is_some_and(|own| *own == language);
        if own || sitting.languages.contains(&language) {
            sitting.draft.language = (!own).then(|| language.clone());
        }
        Ok(())
    };
    change(library, id, token, (Seen::Before(version), true), now, choose).await?;
    Ok(())
}

/// Changes the answers in progress under a secret, and gives them as they are now stored. `may_end` says whether that is
/// refused once people may go on no more.
async fn change<T: Send + 'static>(
    library: &Library,
    id: &str,
    token: &Token,
    (seen, may_end): (Seen, bool),
    now: Moment,
    change: impl Fn(&mut Sitting) -> Result<T, ServiceError> + Send + Sync + 'static,
) -> Result<(Sitting, T), ServiceError> {
    let (survey, token) = (id.to_string(), token.clone());
    let make = move |library: &Library, conn: &mut Conn| {
        let mut sitting = sitting(library, conn, &survey, &token, seen, now)?;
        let published = library.recent_in(conn, &survey, None, now)?;
        if may_end {
            published.may_answer(Door::GoOn, now)?;
        }
        let told = change(&mut sitting)?;
        let (version, answers) = (sitting.version, sitting.draft.to_text());
        // A copy that changes nothing is on the disk already.
        if answers == sitting.row.answers && version == sitting.row.version {
            return Ok(((sitting, told), None));
        }
        let started = Some(sitting.started).filter(|started| *started != version);
        let save =
            Change::Save { from: sitting.row.clone(), version, started_version: started, answers, saved_on: now.day() };
        Ok(((sitting, told), Some(Step { seen: published.seen(), change: save })))
    };
    write(library, id, make).await
}

/// Sends the answers to a survey that is open to everyone: see [`send_shown`].
pub async fn send(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    now: Moment,
) -> Result<Receipt, ServiceError> {
    send_shown(library, id, token, version, None, now).await
}

/// Sends the answers, as they were checked on a page made from `version`. `shown` is what the browser shows to be let in; an
/// invitation is used up by it, unless it changes what was sent before.
/// Done again, by a double click or a retry, it gives the same receipt and stores nothing twice.
pub async fn send_shown(
    library: &Library,
    id: &str,
    token: &Token,
    version: Option<i32>,
    shown: Option<&str>,
    now: Moment,
) -> Result<Receipt, ServiceError> {
    let (survey, secret, shown) = (id.to_string(), token.clone(), shown.map(str::to_string));
    let make = Arc::new(move |library: &Library, conn: &mut Conn| {
        sending(library, conn, &survey, &secret, (version, shown.as_deref()), now)
    });
    for _ in 0..TRIES {
        let again = Arc::clone(&make);
        let Sending { receipt, details, step } = library.look(move |library, conn| again(library, conn)).await?;
        let Some(step) = step else { return Ok(receipt) };
        if !details.is_empty() {
            // A transaction of its own: rows written together could be told apart from others.
            let (id, key, details) = (id.to_string(), token.contact_key(), Value::Object(details).to_string());
            library.store.write_aside(move |conn| contact::add(conn, &id, &key, &details)).await?;
        }
        if is_written(library, id, step).await? {
            return Ok(receipt);
        }
    }
    Err(StoreError::Busy.into())
}

/// What sending comes to.
struct Sending {
    receipt: Receipt,
    /// The contact details, which are stored apart.
    details: Map<String, Value>,
    /// What is written; nothing if it was sent before.
    step: Option<Step>,
}

impl Sending {
    /// What was sent before.
    fn done(receipt: Receipt) -> Self {
        Self { receipt, details: Map::new(), step: None }
    }
}

fn sending(
    library: &Library,
    conn: &mut Conn,
    id: &str,
    token: &Token,
    (version, shown): (Option<i32>, Option<&str>),
    now: Moment,
) -> Result<Sending, ServiceError> {
    let sitting = match sitting(library, conn, id, token, Seen::Before(version), now) {
        Err(ServiceError::AlreadySent) => {
            let held = after::held(conn, id, token)?;
            return Ok(Sending::done(held.map_or_else(|| token.receipt(), |(_, receipt)| receipt)));
        }
        other => other?,
    };
    let published = library.recent_in(conn, id, None, now)?;
    published.may_answer(Door::GoOn, now)?;
    if sitting.draft.next(&sitting.survey) != Next::Check {
        return Err(ServiceError::Incomplete);
    }
    let (record, details) = Record::finish(&sitting.survey, &sitting.draft);
    let answers = record.to_json().to_string();
    let (seen, version) = (published.seen(), sitting.version);
    if sitting.draft.amends {
        // Who comes with a receipt changes what was sent.
        let receipt = token.as_receipt();
        let change = Change::Amend { from: sitting.row, receipt_hash: receipt.hash(), version, answers };
        return Ok(Sending { receipt, details, step: Some(Step { seen, change }) });
    }
    let mark = match access::mark(library, conn, &published, shown) {
        // Each query sees its own moment: these answers may have been sent, and the invitation used by them, since the
        // draft was read.
        Err(ServiceError::InvitationUsed) => match after::held(conn, id, token)? {
            Some((_, receipt)) => return Ok(Sending::done(receipt)),
            None => return Err(ServiceError::InvitationUsed),
        },
        other => other?,
    };
    let receipt = token.receipt();
    let response = Sent {
        version,
        idem: token.idempotency_key(),
        receipt_hash: receipt.hash(),
        answers,
        submitted_on: now.day(),
        started_version: Some(sitting.started).filter(|started| *started != version),
    };
    let change = Change::Send { from: sitting.row, mark, response };
    Ok(Sending { receipt, details, step: Some(Step { seen, change }) })
}

/// Writes what is made of the things stored, made anew as long as someone else changed them first.
async fn write<T: Send + 'static>(
    library: &Library,
    id: &str,
    make: impl Fn(&Library, &mut Conn) -> Result<(T, Option<Step>), ServiceError> + Send + Sync + 'static,
) -> Result<T, ServiceError> {
    let make = Arc::new(make);
    for _ in 0..TRIES {
        let again = Arc::clone(&make);
        let (told, step) = library.look(move |library, conn| again(library, conn)).await?;
        let Some(step) = step else { return Ok(told) };
        if is_written(library, id, step).await? {
            return Ok(told);
        }
    }
    Err(StoreError::Busy.into())
}

/// Writes a step; false if someone else was first and it must be made anew.
async fn is_written(library: &Library, id: &str, step: Step) -> Result<bool, ServiceError> {
    match library.store.step(step).await? {
        Stepped::Done => Ok(true),
        Stepped::Spent => Err(ServiceError::InvitationUsed),
        Stepped::Stale => {
            library.forget(id);
            Ok(false)
        }
    }
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
pub async fn progress(library: &Library, id: &str, token: &Token) -> Result<Progress, ServiceError> {
    let (id, token) = (id.to_string(), token.clone());
    let find = move |_: &Library, conn: &mut Conn| {
        if draft::load(conn, &id, &token.draft_key())?.is_some() {
            return Ok(Progress::Begun);
        }
        Ok(if after::held(conn, &id, &token)?.is_some() { Progress::Sent } else { Progress::None })
    };
    library.look(find).await
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
            let begun = Draft::from_text(&survey, &row.answers, now.date());
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
            draft::delete(conn, id, &row.key)?;
        }
        Ok::<_, ServiceError>(())
    })
}

pub(super) fn release_contacts(library: &Library, id: &str) -> Result<(), ServiceError> {
    library.store.write(|conn| contact::release_all(conn, id))?;
    Ok(())
}

fn sitting(
    library: &Library,
    conn: &mut Conn,
    id: &str,
    token: &Token,
    seen: Seen,
    now: Moment,
) -> Result<Sitting, ServiceError> {
    let Some(row) = draft::load(conn, id, &token.draft_key())? else {
        if after::held(conn, id, token)?.is_some() {
            return Err(ServiceError::AlreadySent);
        }
        // After the close there are none, and that is what a person should read.
        library.recent_in(conn, id, None, now)?.may_answer(Door::GoOn, now)?;
        return Err(ServiceError::NoDraft);
    };
    let version = version_to_go_on_in(library, conn, &row, seen, now)?;
    let own = library.version_in(conn, id, version, None)?;
    let draft = Draft::from_text(&own, &row.answers, now.date());
    let languages = own.languages().into_iter().map(str::to_string).collect();
    let survey = match draft.language.as_deref() {
        Some(language) => library.version_in(conn, id, version, Some(language))?,
        None => own,
    };
    let survey = if draft.amends { Arc::new(survey.without_contacts()) } else { survey };
    let started = row.started_version.unwrap_or(row.version);
    Ok(Sitting { survey, draft, version, languages, started, row })
}

/// A draft goes on in the version that the person looks at, as long as nothing breaks between its own and that one.
fn version_to_go_on_in(
    library: &Library,
    conn: &mut Conn,
    row: &draft::Draft,
    seen: Seen,
    now: Moment,
) -> Result<i32, ServiceError> {
    let id = &row.survey_id;
    let wanted = match seen {
        Seen::Now => library.recent_in(conn, id, None, now)?.version,
        Seen::Before(version) => version.unwrap_or(row.version),
    };
    let goes_on = wanted == row.version
        || survey::has_version(conn, id, wanted)? && library.diff_in(conn, id, row.version, wanted)?.keeps_answers();
    Ok(if goes_on { wanted } else { row.version })
}
