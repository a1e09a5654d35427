//! Programme staff compare versions of a survey, published or not.

use std::sync::Arc;

use super::ServiceError;
use super::library::Library;
use crate::definition::{self, Survey};
use crate::document::Severity;

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
            Some(version) if crate::store::survey::has_version(conn, id, version)? => {
                library.version_in(conn, id, version, None)
            }
            Some(version) => Err(ServiceError::Refused(format!(
                "{id} has no version {version}: name another one, or {id}@current, which is version {}",
                current.version
            ))),
        }
    })
}
