//! Programme staff compare versions of a survey, published or not.

use std::sync::Arc;

use super::ServiceError;
use super::library::Library;
use crate::definition::{self, Survey};
use crate::document::Severity;
use crate::store::survey;

/// The survey that the definition `text` describes; `file` names it in errors.
pub fn written(file: &str, text: &str) -> Result<Arc<Survey>, ServiceError> {
    let parsed = definition::parse(text);
    let mistakes = || parsed.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let survey = parsed.survey.map(Arc::new);
    survey.ok_or_else(|| ServiceError::Definition { file: file.to_string(), findings: mistakes() })
}

/// A published version of a survey: the current one if no number is given.
pub fn published(library: &Library, id: &str, version: Option<i32>) -> Result<Arc<Survey>, ServiceError> {
    library.store.read(|conn| {
        let current = library.current_in(conn, id, None)?;
        match version {
            None => Ok(current.survey),
            Some(version) if survey::has_version(conn, id, version)? => library.version_in(conn, id, version, None),
            Some(version) => Err(ServiceError::Refused(format!(
                "{id} has no version {version}: name another one, or {id}@current, which is version {}",
                current.version
            ))),
        }
    })
}

/// A published version, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// 1 for the first, then counting up.
    pub version: i32,
    /// SHA-256 of the definition without regard to its spacing, in hexadecimal digits.
    pub hash: String,
    /// The instant at which it was first published.
    pub published_at: String,
    /// True for the one that new respondents get.
    pub is_current: bool,
}

/// Every version of a survey, from the first.
pub fn all(library: &Library, id: &str) -> Result<Vec<Head>, ServiceError> {
    library.store.read(|conn| {
        let current = library.current_in(conn, id, None)?.version;
        let heads = survey::versions(conn, id)?.into_iter();
        let head = |(version, hash, published_at)| Head { version, hash, published_at, is_current: version == current };
        Ok(heads.map(head).collect())
    })
}

/// The definition of a version, to the byte as it was published. The current one if no number is given; nothing if there is
/// none of this number.
pub fn stored(library: &Library, id: &str, version: Option<i32>) -> Result<Option<String>, ServiceError> {
    library.store.read(|conn| {
        let version = version.unwrap_or(library.current_in(conn, id, None)?.version);
        if !survey::has_version(conn, id, version)? {
            return Ok(None);
        }
        Ok(Some(survey::version(conn, id, version)?.definition))
    })
}
