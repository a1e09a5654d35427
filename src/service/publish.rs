//! Programme staff publish a definition, see what is published and close a consultation.

use std::sync::{Arc, PoisonError};

use sha2::{Digest, Sha256};

use super::audit::Note;
use super::library::Library;
use super::time::{Lasting, Moment, timed};
use super::{ServiceError, access, collect, retention};
use crate::definition::diff::{self, Diff, Effect};
use crate::definition::{self, Survey};
use crate::document::hex;
use crate::document::{Finding, Severity};
use crate::store::survey::{self, Count, Listed, Mode, NewVersion, Published, State};
use crate::store::{Conn, StoreError, draft, response, spent};

/// What publishing did.
#[derive(Debug, PartialEq, Eq)]
pub struct Publication {
    /// The survey's id.
    pub survey: String,
    /// The version's number.
    pub version: i32,
    /// False if the same definition was published before; that version is then the current one again.
    pub new: bool,
    /// True if the consultation has an accessibility statement of its own.
    pub has_statement: bool,
    /// Warnings of the checker.
    pub warnings: Vec<Finding>,
    /// What changed from the version that was current, where people have begun or sent answers.
    pub changed: Option<Diff>,
}

/// A consultation with its progress.
#[derive(Debug)]
pub struct Consultation {
    /// The survey's id.
    pub id: String,
    /// The title, as currently published.
    pub title: String,
    /// The current version.
    pub version: i32,
    /// True while answers are taken.
    pub is_open: bool,
    /// How people take part: `open_link`, `invitation`, `passphrase`, `email_domain` or `imported`.
    pub mode: &'static str,
    /// The day of publication.
    pub opened_on: String,
    /// People who started.
    pub started: u64,
    /// People who sent their answers, the simulated among them.
    pub completed: u64,
    /// Responses that no person gave.
    pub simulated: u64,
}

/// What publishing may do to answers that were begun or sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wave {
    /// They stay valid, or nothing is published.
    Same,
    /// A new wave begins: they stay with the version they were given to.
    New,
}

/// Publishes the definition `text`, named `file` in errors. The same definition again is the same version, made current.
///
/// Where answers were begun or sent, a definition that breaks with the current version is refused: see
/// [`publish_new_wave`].
pub fn publish(library: &Library, file: &str, text: &str, now: Moment) -> Result<Publication, ServiceError> {
    publish_as(library, file, text, Wave::Same, None, now)
}

/// The same for a definition that breaks with the current version: answers in progress finish on the version they were
/// begun on, and where a question means something else now, the answers to it that were sent are reported apart.
pub fn publish_new_wave(library: &Library, file: &str, text: &str, now: Moment) -> Result<Publication, ServiceError> {
    publish_as(library, file, text, Wave::New, None, now)
}

/// One of the two, written down as it is done.
pub(super) fn publish_noted(
    library: &Library,
    (file, text): (&str, &str),
    is_new_wave: bool,
    note: &Note<'_>,
    now: Moment,
) -> Result<Publication, ServiceError> {
    let wave = if is_new_wave { Wave::New } else { Wave::Same };
    publish_as(library, file, text, wave, Some(note), now)
}

fn publish_as(
    library: &Library,
    file: &str,
    text: &str,
    wave: Wave,
    note: Option<&Note<'_>>,
    now: Moment,
) -> Result<Publication, ServiceError> {
    let parsed = definition::parse(text);
    let Some(survey) = parsed.survey else {
        let findings = parsed.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        return Err(ServiceError::Definition { file: file.to_string(), findings });
    };
    if let Some(lost) = parsed.findings.iter().find(|finding| finding.code == "W212") {
        return Err(ServiceError::Refused(format!(
            "{file}:{}:{}: {}; {}",
            lost.place.line,
            lost.place.column,
            lost.message,
            lost.help.as_deref().unwrap_or_default()
        )));
    }
    let hash = definition_hash(text);
    let published_at = now.instant();
    let mode = access::mode(&survey.access);
    let new = NewVersion { survey_id: &survey.id, hash: &hash, definition: text, mode, published_at: &published_at };
    let (published, changed) = library.store.write(|conn| {
        let changed = changed(library, conn, file, &survey, wave)?;
        let published = survey::publish_version(conn, &new)?;
        access::ready(library, conn, &survey.id, mode)?;
        if let Some(note) = note {
            note.write(conn, now)?;
        }
        Ok::<_, ServiceError>((published, changed))
    })?;
    library.forget(&survey.id);
    let (Published::New(version) | Published::Again(version)) = published;
    Ok(Publication {
        has_statement: survey.accessibility.is_some(),
        survey: survey.id,
        version,
        new: matches!(published, Published::New(_)),
        warnings: parsed.findings,
        changed,
    })
}

/// What changed from the current version, where answers rest on it; refuses to break with it unless a new wave begins.
fn changed(
    library: &Library,
    conn: &mut Conn,
    file: &str,
    new: &Survey,
    wave: Wave,
) -> Result<Option<Diff>, ServiceError> {
    if !survey::exists(conn, &new.id)? {
        return Ok(None);
    }
    let current = library.current_in(conn, &new.id, None)?;
    let begun = draft::count(conn, &new.id)?.unsigned_abs();
    let sent = response::counts(conn, &new.id)?.iter().map(|(_, count)| count.unsigned_abs()).sum();
    if current.state == State::Closed || begun + sent == 0 {
        return Ok(None);
    }
    let diff = diff::diff(&current.survey, new);
    let reason = new.consensus.changed_because.as_ref();
    let is_judged_otherwise = sent > 0 && diff.changes.iter().any(|change| change.effect == Effect::Verdicts);
    if wave == Wave::New
        && is_judged_otherwise
        && (reason.is_none() || reason == current.survey.consensus.changed_because.as_ref())
    {
        let changed = diff.changes.iter().filter(|change| change.effect == Effect::Verdicts);
        let changed: Vec<&str> = changed.map(|change| change.what.as_str()).collect();
        let (word, rest) = if sent == 1 { ("response", "rests") } else { ("responses", "rest") };
        return Err(ServiceError::Refused(format!(
            "{file} changes what the verdicts rest on ({}), and {sent} {word} {rest} on version {}: say why under \
             `consensus`, `changed_because`, which the report then shows",
            changed.join("; "),
            current.version
        )));
    }
    if wave == Wave::Same && !diff.keeps_answers() {
        let (file, survey) = (file.to_string(), new.id.clone());
        return Err(ServiceError::Breaking { file, survey, version: current.version, begun, sent, diff });
    }
    Ok(Some(diff))
}

/// Every consultation with its progress, by id.
///
/// Counting reads every response. It is done anew once twenty times as long has passed as it took: people who look at
/// these numbers take at most a twentieth of the time of the database, and see them at most so much too late.
pub fn list_lately(library: &Library) -> Result<Arc<Vec<Consultation>>, ServiceError> {
    let mut known = library.listed.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(list) = known.as_ref().and_then(Lasting::get) {
        return Ok(list);
    }
    let (list, took) = timed(|| list(library));
    let list = Arc::new(list?);
    *known = Some(Lasting::new(Arc::clone(&list), took * 20));
    Ok(list)
}

/// The id and title of each consultation that takes answers.
pub fn list_open(library: &Library) -> Result<Vec<(String, String)>, ServiceError> {
    library.store.read(|conn| {
        let open = survey::all(conn)?.into_iter().filter(|survey| survey.state == State::Open);
        open.map(|survey| {
            let title = library.version_in(conn, &survey.id, survey.version, None)?.title.clone();
            Ok((survey.id, title))
        })
        .collect()
    })
}

/// All consultations with their progress at this moment, by id.
pub fn list(library: &Library) -> Result<Vec<Consultation>, ServiceError> {
    library.store.read(|conn| {
        let listed = survey::list(conn)?;
        listed
            .into_iter()
            .map(|Listed { survey, counts }| {
                let sum = |of: fn(&Count) -> i64| counts.iter().map(of).sum::<i64>().unsigned_abs();
                Ok(Consultation {
                    title: library.version_in(conn, &survey.id, survey.version, None)?.title.clone(),
                    version: survey.version,
                    is_open: survey.state == State::Open,
                    mode: survey.mode.as_str(),
                    opened_on: survey.published_at.chars().take(10).collect(),
                    started: sum(|count| count.started),
                    completed: sum(|count| count.completed),
                    simulated: sum(|count| if count.mode == Mode::Simulated { count.completed } else { 0 }),
                    id: survey.id,
                })
            })
            .collect()
    })
}

/// Closes a consultation: it takes no more answers, what was begun and not sent is kept where the survey says so and
/// deleted otherwise, contact details and the marks of invitations are mixed, and what the database's files still tell of replaced rows and
/// of the order of writes is cleared, as far as nobody else is at work in them.
pub fn close(library: &Library, id: &str, now: Moment) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    library.store.write(|conn| {
        survey::close(conn, id)?;
        retention::promise(conn, id, &published, now)
    })?;
    library.forget(id);
    collect::keep_unfinished(library, id, now)?;
    library.store.write(|conn| draft::delete_all(conn, id))?;
    collect::release_contacts(library, id)?;
    library.store.write(|conn| spent::mix(conn, id))?;
    match library.store.scrub() {
        // The consultation is closed all the same.
        Ok(()) | Err(StoreError::Busy) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// SHA-256 of a definition without regard to its spacing.
pub(super) fn definition_hash(text: &str) -> String {
    let compact =
        serde_json::from_str::<serde_json::Value>(text).map_or_else(|_| text.to_string(), |value| value.to_string());
    hex(&Sha256::digest(compact.as_bytes()))
}
