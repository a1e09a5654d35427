//! Surveys and their published versions, which never change.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::schema::{draft, response, survey, survey_version};
use super::step::Seen;
use super::{Conn, StoreError, each_backend};

/// How a response comes, or how a survey takes its responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// By anyone who has the link.
    OpenLink,
    /// By whoever has an invitation that was not used.
    Invitation,
    /// By whoever knows the passphrase.
    Passphrase,
    /// By whoever reads mail at an address of certain domains.
    EmailDomain,
    /// From a file of answers that were given elsewhere.
    Imported,
    /// Made up by this program, to try a survey out.
    Simulated,
    /// Begun by anyone who has the link and not sent, kept because the survey says so.
    Unfinished,
    /// Taken back by the person who sent it: nothing of it is left but that it was there.
    Withdrawn,
}

impl Mode {
    /// All in which somebody may have started.
    const STARTED: [Self; 7] = [
        Self::OpenLink,
        Self::Invitation,
        Self::Passphrase,
        Self::EmailDomain,
        Self::Imported,
        Self::Simulated,
        Self::Unfinished,
    ];

    /// True if people answer here, and not elsewhere or not at all.
    pub fn is_answered_here(self) -> bool {
        matches!(self, Self::OpenLink | Self::Invitation | Self::Passphrase | Self::EmailDomain)
    }

    /// The word in the database and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenLink => "open_link",
            Self::Invitation => "invitation",
            Self::Passphrase => "passphrase",
            Self::EmailDomain => "email_domain",
            Self::Imported => "imported",
            Self::Simulated => "simulated",
            Self::Unfinished => "unfinished",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl TryFrom<String> for Mode {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        match word.as_str() {
            "open_link" => Ok(Self::OpenLink),
            "invitation" => Ok(Self::Invitation),
            "passphrase" => Ok(Self::Passphrase),
            "email_domain" => Ok(Self::EmailDomain),
            "imported" => Ok(Self::Imported),
            "simulated" => Ok(Self::Simulated),
            "unfinished" => Ok(Self::Unfinished),
            "withdrawn" => Ok(Self::Withdrawn),
            _ => Err(UnknownWord(word)),
        }
    }
}

/// Whether a survey takes responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It takes responses.
    Open,
    /// It takes none any more.
    Closed,
}

impl State {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl TryFrom<String> for State {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        match word.as_str() {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            _ => Err(UnknownWord(word)),
        }
    }
}

/// A word in the database that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a word that this program stores")]
pub struct UnknownWord(pub(super) String);

/// A survey, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Survey {
    /// Its id, as in the definition and in the address.
    pub id: String,
    /// The version that new respondents get.
    pub version: i32,
    /// Whether it takes responses.
    #[diesel(deserialize_as = String)]
    pub state: State,
    /// How it takes them.
    #[diesel(deserialize_as = String)]
    pub mode: Mode,
    /// The instant at which the current version became current.
    pub published_at: String,
}

/// One published state of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Version {
    /// The survey.
    pub survey_id: String,
    /// 1 for the first, then counting up.
    pub version: i32,
    /// The hash of the definition.
    pub hash: String,
    /// The definition, as JSON.
    pub definition: String,
    /// The instant at which it was first published.
    pub published_at: String,
}

/// What to publish.
#[derive(Clone, Copy)]
pub struct NewVersion<'a> {
    /// The survey.
    pub survey_id: &'a str,
    /// The hash of the definition; the same hash is the same version.
    pub hash: &'a str,
    /// The definition, as JSON.
    pub definition: &'a str,
    /// How responses come.
    pub mode: Mode,
    /// The instant of publication.
    pub published_at: &'a str,
}

/// What publishing did. Either way the version is now the survey's current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// A new version was made.
    New(i32),
    /// This definition had been published before, as this version.
    Again(i32),
}

/// A survey with its numbers of respondents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The survey.
    pub survey: Survey,
    /// One entry for each mode in which somebody has started.
    pub counts: Vec<Count>,
}

/// How many people have come by one mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The mode.
    pub mode: Mode,
    /// Those who have started: the completed, and the drafts that are still kept.
    pub started: i64,
    /// Those who have submitted.
    pub completed: i64,
}

/// Publishes a definition: makes a version unless its hash has one, and makes it current.
///
/// # Errors
///
/// `Conflict` if the survey is closed, or has another mode and was answered.
pub fn publish_version(conn: &mut Conn, new: &NewVersion) -> Result<Published, StoreError> {
    each_backend!(conn, c => diesel::insert_into(survey::table)
        .values((
            survey::id.eq(new.survey_id),
            survey::version.eq(1),
            survey::state.eq(State::Open.as_str()),
            survey::mode.eq(new.mode.as_str()),
            survey::published_at.eq(new.published_at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    let stored = lock(conn, new.survey_id)?;
    if stored.state == State::Closed {
        return Err(StoreError::Conflict(format!("the survey {} is closed", stored.id)));
    }
    let may_change = stored.mode.is_answered_here() && new.mode.is_answered_here();
    let is_answered = response::table.filter(response::survey_id.eq(new.survey_id));
    if stored.mode != new.mode && may_change && !diesel::select(diesel::dsl::exists(is_answered)).get_result(conn)? {
        diesel::update(survey::table.find(new.survey_id)).set(survey::mode.eq(new.mode.as_str())).execute(conn)?;
    } else if stored.mode != new.mode {
        return Err(StoreError::Conflict(format!(
            "the survey {} takes responses by {}, which cannot change",
            stored.id,
            stored.mode.as_str()
        )));
    }
    let of_survey = survey_version::table.filter(survey_version::survey_id.eq(new.survey_id));
    let same =
        of_survey.filter(survey_version::hash.eq(new.hash)).select(survey_version::version).first(conn).optional()?;
    let published = if let Some(version) = same {
        if version == stored.version {
            return Ok(Published::Again(version));
        }
        Published::Again(version)
    } else {
        let last: Option<i32> = of_survey.select(diesel::dsl::max(survey_version::version)).first(conn)?;
        let version = last.unwrap_or(0) + 1;
        diesel::insert_into(survey_version::table)
            .values((
                survey_version::survey_id.eq(new.survey_id),
                survey_version::version.eq(version),
                survey_version::hash.eq(new.hash),
                survey_version::definition.eq(new.definition),
                survey_version::published_at.eq(new.published_at),
            ))
            .execute(conn)?;
        Published::New(version)
    };
    let (Published::New(version) | Published::Again(version)) = published;
    diesel::update(survey::table.find(new.survey_id))
        .set((survey::version.eq(version), survey::published_at.eq(new.published_at)))
        .execute(conn)?;
    Ok(published)
}

/// The survey and its current version.
pub fn current(conn: &mut Conn, survey_id: &str) -> Result<(Survey, Version), StoreError> {
    let survey: Survey = survey::table.find(survey_id).first(conn).optional()?.ok_or_else(|| missing(survey_id))?;
    let version = version(conn, survey_id, survey.version)?;
    Ok((survey, version))
}

/// The number of a survey's current version.
pub fn current_version(conn: &mut Conn, survey_id: &str) -> Result<i32, StoreError> {
    survey::table.find(survey_id).select(survey::version).first(conn).optional()?.ok_or_else(|| missing(survey_id))
}

/// One version of a survey.
pub fn version(conn: &mut Conn, survey_id: &str, version: i32) -> Result<Version, StoreError> {
    survey_version::table
        .find((survey_id, version))
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::NotFound(format!("version {version} of survey {survey_id}")))
}

/// The number, hash and instant of publication of each version of a survey, from the first.
pub fn versions(conn: &mut Conn, survey_id: &str) -> Result<Vec<(i32, String, String)>, StoreError> {
    Ok(survey_version::table
        .filter(survey_version::survey_id.eq(survey_id))
        .order(survey_version::version)
        .select((survey_version::version, survey_version::hash, survey_version::published_at))
        .load(conn)?)
}

/// Whether a survey has this version.
pub fn has_version(conn: &mut Conn, survey_id: &str, version: i32) -> Result<bool, StoreError> {
    let found = survey_version::table.find((survey_id, version));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// All surveys by id, with their numbers: three queries however many there are.
pub fn list(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
    let surveys: Vec<Survey> = survey::table.order(survey::id).load(conn)?;
    let drafts: Vec<(String, String, i64)> = draft::table
        .group_by((draft::survey_id, draft::mode))
        .select((draft::survey_id, draft::mode, count_star()))
        .load(conn)?;
    let responses: Vec<(String, String, i64)> = response::table
        .group_by((response::survey_id, response::mode))
        .select((response::survey_id, response::mode, count_star()))
        .load(conn)?;
    let count = |id: &str, mode: Mode, of: &[(String, String, i64)]| {
        of.iter().find(|(survey_id, word, _)| survey_id == id && word == mode.as_str()).map_or(0, |(_, _, n)| *n)
    };
    Ok(surveys
        .into_iter()
        .map(|survey| {
            let counts = Mode::STARTED
                .into_iter()
                .map(|mode| {
                    let completed = count(&survey.id, mode, &responses);
                    let started = completed + count(&survey.id, mode, &drafts);
                    Count { mode, started, completed }
                })
                .filter(|count| count.started > 0)
                .collect();
            Listed { survey, counts }
        })
        .collect())
}

/// All surveys by id, without their numbers.
pub fn all(conn: &mut Conn) -> Result<Vec<Survey>, StoreError> {
    Ok(survey::table.order(survey::id).load(conn)?)
}

/// How these surveys stand; nobody closes or publishes them until the end of the transaction.
pub(super) fn hold(conn: &mut Conn, ids: &[&str]) -> Result<Vec<Seen>, StoreError> {
    let chosen = survey::table.filter(survey::id.eq_any(ids)).order(survey::id);
    let rows: Vec<Survey> = match conn {
        // Writers take turns.
        Conn::Sqlite(conn) => chosen.load(conn)?,
        Conn::Postgres(conn) => chosen.for_share().load(conn)?,
    };
    let seen = |row: Survey| Seen { survey_id: row.id, version: row.version, state: row.state, mode: row.mode };
    Ok(rows.into_iter().map(seen).collect())
}

/// Closes a survey; closing it again changes nothing.
pub fn close(conn: &mut Conn, survey_id: &str) -> Result<(), StoreError> {
    let closed =
        diesel::update(survey::table.find(survey_id)).set(survey::state.eq(State::Closed.as_str())).execute(conn)?;
    if closed == 0 { Err(missing(survey_id)) } else { Ok(()) }
}

/// Whether anything was published under this id.
pub fn exists(conn: &mut Conn, survey_id: &str) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(survey::table.find(survey_id))).get_result(conn)?)
}

/// The survey, kept from other writers until the end of the transaction.
///
/// An update that changes nothing, since `MultiConnection` has no `FOR UPDATE`.
pub(super) fn lock(conn: &mut Conn, survey_id: &str) -> Result<Survey, StoreError> {
    diesel::update(survey::table.find(survey_id)).set(survey::version.eq(survey::version)).execute(conn)?;
    survey::table.find(survey_id).first(conn).optional()?.ok_or_else(|| missing(survey_id))
}

fn missing(survey_id: &str) -> StoreError {
    StoreError::NotFound(format!("survey {survey_id}"))
}
