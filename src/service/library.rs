//! The published surveys, each version parsed once and kept: a version never changes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ServiceError;
use super::coding::room::Rooms;
use super::export::Answered;
use super::key::Keyring;
use super::live::Shown;
use super::publish::Consultation;
use super::report::Reports;
use super::time::{Lasting, Moment};
use super::wall::Commons;
use crate::definition::diff::{self, Diff};
use crate::definition::{self, Survey, Window};
use crate::response::invitation;
use crate::store::step::Seen;
use crate::store::survey::{Mode, State};
use crate::store::{Conn, Open, Store, StoreError, response, survey};

/// The store and the surveys in it. A clone is the same library and costs nothing.
#[derive(Clone)]
pub struct Library {
    /// The database.
    pub(super) store: Store,
    parsed: Arc<Mutex<HashMap<Key, Arc<Survey>>>>,
    compared: Arc<Mutex<HashMap<Pair, Arc<Diff>>>>,
    commons: Arc<Mutex<HashMap<Wall, Arc<Commons>>>>,
    /// How surveys stood when they were last looked up for a request, and when that was.
    recent: Arc<Mutex<HashMap<String, (Moment, Standing)>>>,
    /// The consultations with their progress, as they were last counted.
    pub(super) listed: Arc<Mutex<Option<Counted>>>,
    /// What staff who look on were shown of late.
    pub(super) live: Arc<Shown>,
    /// The reports that staff asked for of late.
    pub(super) reports: Arc<Reports>,
    /// The answers that staff code, as they were read of late.
    pub(super) rooms: Arc<Rooms>,
    /// Whether something could be written of late.
    pub(super) ready: Arc<Mutex<Option<Lasting<bool>>>>,
    /// The versions that responses answered, as they were last looked for.
    pub(super) answered: Arc<Mutex<HashMap<String, Lasting<Answering>>>>,
    /// Where the server's key is.
    pub(super) keyring: Keyring,
    /// Held while a passphrase is judged.
    pub(super) judging: Arc<Mutex<()>>,
    /// The directory of the language model that themes are shaped by, if there is one.
    pub(super) embeddings: Option<PathBuf>,
}

/// Consultations with their progress, for as long as the numbers are recent enough.
type Counted = Lasting<Arc<Vec<Consultation>>>;

/// The number of the current version, and the versions that responses answered.
pub(super) type Answering = Arc<(i32, Answered)>;

/// How a survey stands, with its current version's hash.
type Standing = (survey::Survey, String);

/// Survey, version and language.
type Key = (String, i32, String);

/// Survey and the question that is the wall.
type Wall = (String, String);

/// Survey and two of its versions.
type Pair = (String, i32, i32);

/// Versions by number, each with what changed from it to another one.
pub(super) type Others = BTreeMap<i32, Other>;

/// A version, and what changed from it to the current one.
pub(super) type Other = (Arc<Survey>, Arc<Diff>);

/// One published version of a survey and the state of its consultation.
#[derive(Clone, Debug)]
pub struct Published {
    /// The definition.
    pub survey: Arc<Survey>,
    /// The version's number in the store.
    pub version: i32,
    /// SHA-256 of the definition.
    pub hash: String,
    /// Whether answers are taken at all.
    pub state: State,
    /// How answers come.
    pub mode: Mode,
}

impl Library {
    /// Opens a database that exists; a mistyped address makes no new one.
    pub fn open(database: &str) -> Result<Self, ServiceError> {
        Ok(Self::new(Store::open(database, Open::Existing)?).with_key_in(&key_beside(database)))
    }

    /// Opens a database, and makes it if it does not exist.
    pub fn open_or_create(database: &str) -> Result<Self, ServiceError> {
        Ok(Self::new(Store::open(database, Open::Create)?).with_key_in(&key_beside(database)))
    }

    /// A library on an open store, without a key.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            parsed: Arc::default(),
            compared: Arc::default(),
            commons: Arc::default(),
            recent: Arc::default(),
            listed: Arc::default(),
            live: Arc::default(),
            reports: Arc::default(),
            rooms: Arc::default(),
            ready: Arc::default(),
            answered: Arc::default(),
            keyring: Keyring::default(),
            judging: Arc::default(),
            embeddings: None,
        }
    }

    /// The same library with the server's key in this file; it is read once it is needed.
    #[must_use]
    pub fn with_key_in(self, file: &Path) -> Self {
        Self { keyring: Keyring::in_file(file.to_path_buf()), ..self }
    }

    /// The same library with the language model in this directory; it is read once it is needed.
    #[must_use]
    pub fn with_embeddings(self, model: Option<PathBuf>) -> Self {
        Self { embeddings: model, ..self }
    }

    /// The same library with this key.
    #[must_use]
    pub fn with_key(self, key: invitation::Key) -> Self {
        Self { keyring: Keyring::of(key), ..self }
    }

    /// The server's key; `Refused` where it is not there.
    pub(super) fn key(&self) -> Result<&invitation::Key, ServiceError> {
        self.keyring.key()
    }

    /// The current version of a survey, in its own language or, as far as translated, in another.
    pub fn current(&self, id: &str, language: Option<&str>) -> Result<Published, ServiceError> {
        self.store.read(|conn| self.current_in(conn, id, language))
    }

    /// One version of a survey.
    pub(super) fn version_in(
        &self,
        conn: &mut Conn,
        id: &str,
        version: i32,
        language: Option<&str>,
    ) -> Result<Arc<Survey>, ServiceError> {
        let key = (id.to_string(), version, language.unwrap_or_default().to_string());
        if let Some(survey) = self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(survey));
        }
        let stored = survey::version(conn, id, version)?;
        let mut survey = definition::parse(&stored.definition)
            .survey
            .ok_or_else(|| StoreError::Conflict(format!("version {version} of {id} was stored by a newer program")))?;
        if let Some(language) = language {
            survey.translate(language);
        }
        let survey = Arc::new(survey);
        self.parsed.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&survey));
        Ok(survey)
    }

    /// What changed from one version of a survey to another.
    pub(super) fn diff_in(&self, conn: &mut Conn, id: &str, from: i32, to: i32) -> Result<Arc<Diff>, ServiceError> {
        let key = (id.to_string(), from, to);
        if let Some(diff) = self.compared.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(diff));
        }
        let (old, new) = (self.version_in(conn, id, from, None)?, self.version_in(conn, id, to, None)?);
        let diff = Arc::new(diff::diff(&old, &new));
        self.compared.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&diff));
        Ok(diff)
    }

    /// The common part of an idea wall, as it was last read.
    pub(super) fn commons(&self, id: &str, item: &str) -> Option<Arc<Commons>> {
        let known = self.commons.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(id.to_string(), item.to_string())).map(Arc::clone)
    }

    /// Keeps it as it was read.
    pub(super) fn keep_commons(&self, id: &str, item: &str, read: Arc<Commons>) {
        self.commons.lock().unwrap_or_else(PoisonError::into_inner).insert((id.to_string(), item.to_string()), read);
    }

    /// Has it read again.
    pub(super) fn forget_commons(&self, id: &str, item: &str) {
        self.commons.lock().unwrap_or_else(PoisonError::into_inner).remove(&(id.to_string(), item.to_string()));
    }

    /// The versions besides `current` that responses answered, each with what changed from it to `current`.
    pub(super) fn answered_versions_in(&self, conn: &mut Conn, id: &str, current: i32) -> Result<Others, ServiceError> {
        let others = response::versions(conn, id)?.into_iter().filter(|version| *version != current);
        others
            .map(|version| {
                let answered = self.version_in(conn, id, version, None)?;
                Ok((version, (answered, self.diff_in(conn, id, version, current)?)))
            })
            .collect()
    }

    /// Every version of a survey but one, from the first; none where that one is not asked in rounds.
    pub(super) fn rounds_in(
        &self,
        conn: &mut Conn,
        id: &str,
        but: (i32, &Survey),
    ) -> Result<Vec<Arc<Survey>>, ServiceError> {
        let mut others = Vec::new();
        if but.1.round.is_some() {
            for version in 1.. {
                if !survey::has_version(conn, id, version)? {
                    break;
                }
                if version != but.0 {
                    others.push(self.version_in(conn, id, version, None)?);
                }
            }
        }
        Ok(others)
    }

    /// The current version of a survey as it stands at this moment.
    pub(super) fn current_in(
        &self,
        conn: &mut Conn,
        id: &str,
        language: Option<&str>,
    ) -> Result<Published, ServiceError> {
        let standing = standing(conn, id)?;
        self.published(conn, standing, language)
    }

    /// The current version of a survey as it stood at some time in this second: for requests, many of which ask in the same
    /// one. What is written for them is checked against how it stands then.
    pub(super) fn recent_in(
        &self,
        conn: &mut Conn,
        id: &str,
        language: Option<&str>,
        now: Moment,
    ) -> Result<Published, ServiceError> {
        let known = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        let standing = match known {
            Some((at, standing)) if at == now => standing,
            _ => {
                let standing = standing(conn, id)?;
                let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
                recent.insert(id.to_string(), (now, standing.clone()));
                standing
            }
        };
        self.published(conn, standing, language)
    }

    /// The same if nothing has to be looked up for it.
    fn known(&self, id: &str, language: Option<&str>, now: Moment) -> Option<Published> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        let (row, hash) = recent.filter(|(at, _)| *at == now)?.1;
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let in_language =
            |language: &str| parsed.get(&(row.id.clone(), row.version, language.to_string())).map(Arc::clone);
        let survey = in_language("")?;
        let offered = language.filter(|language| survey.translations.contains_key(*language));
        let survey = offered.map_or(Some(survey), in_language)?;
        Some(Published { survey, version: row.version, hash, state: row.state, mode: row.mode })
    }

    /// Has it looked up again.
    pub(super) fn forget(&self, id: &str) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn published(
        &self,
        conn: &mut Conn,
        (row, hash): Standing,
        language: Option<&str>,
    ) -> Result<Published, ServiceError> {
        let language = language.filter(|language| language.len() <= 35);
        let survey = self.version_in(conn, &row.id, row.version, None)?;
        let offered = language.filter(|language| survey.translations.contains_key(*language));
        let survey = if offered.is_some() { self.version_in(conn, &row.id, row.version, offered)? } else { survey };
        Ok(Published { survey, version: row.version, hash, state: row.state, mode: row.mode })
    }

    /// Looks something up for a request: see [`Store::look`].
    pub(super) async fn look<T: Send + 'static>(
        &self,
        mut act: impl FnMut(&Self, &mut Conn) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let library = self.clone();
        self.store.look(move |conn| act(&library, conn)).await
    }

    /// The current version of a survey for a request.
    pub async fn recent(&self, id: &str, language: Option<&str>, now: Moment) -> Result<Published, ServiceError> {
        if let Some(known) = self.known(id, language, now) {
            return Ok(known);
        }
        let (id, language) = (id.to_string(), language.map(str::to_string));
        self.look(move |library, conn| library.recent_in(conn, &id, language.as_deref(), now)).await
    }
}

fn standing(conn: &mut Conn, id: &str) -> Result<Standing, ServiceError> {
    if !survey::exists(conn, id)? {
        let known = survey::all(conn)?.into_iter().map(|survey| survey.id).collect();
        return Err(ServiceError::UnknownSurvey { id: id.to_string(), known });
    }
    let (row, version) = survey::current(conn, id)?;
    Ok((row, version.hash))
}

/// Where the key is if nobody says: beside a SQLite file, else in the folder `data`.
fn key_beside(database: &str) -> PathBuf {
    let file = database.strip_prefix("sqlite:").map_or(Path::new("data/canvass.db"), Path::new);
    file.with_file_name("canvass.key")
}

/// What someone comes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// To begin.
    Start,
    /// To go on with what was begun before the close.
    GoOn,
}

impl Door {
    /// Seconds after the close for which the door stays open.
    fn grace(self, window: &Window) -> i64 {
        if self == Self::GoOn { i64::from(window.grace_minutes) * 60 } else { 0 }
    }
}

impl Published {
    /// How the survey stood, for what is written because of it.
    pub(super) fn seen(&self) -> Seen {
        Seen { survey_id: self.survey.id.clone(), version: self.version, state: self.state, mode: self.mode }
    }

    /// Whether a person may give answers at this moment: the one rule for every door.
    pub fn may_answer(&self, door: Door, now: Moment) -> Result<(), ServiceError> {
        if self.state == State::Closed || !self.mode.is_answered_here() {
            return Err(ServiceError::Closed);
        }
        match &self.survey.window {
            Some(window) if now.0 < window.opens_at => Err(ServiceError::NotOpenYet),
            Some(window) if now.0 >= window.closes_at + door.grace(window) => Err(ServiceError::Closed),
            _ => Ok(()),
        }
    }
}
