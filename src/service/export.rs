//! An analyst takes the responses away: streamed, in constant memory.

use std::io::Write;

use super::ServiceError;
use super::library::Library;
use crate::export::codebook;
use crate::export::csv::{ResponsesCsv, RowHead};
use crate::response::Record;
use crate::store::response;

/// Writes `responses.csv`, one row a response; gives their number. `name` stands for the file in errors.
pub fn responses_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<u64, ServiceError> {
    let published = library.current(id, None)?;
    let survey = &published.survey;
    let failed = |error: csv::Error| not_written(name, error);
    let mut file = ResponsesCsv::new(survey, out).map_err(failed)?;
    let mut rows = 0;
    library.store.read(|conn| {
        response::for_each(conn, id, |row| {
            let stored = serde_json::from_str(&row.answers).unwrap_or_default();
            let head = RowHead {
                id: &row.id,
                mode: row.mode.as_str(),
                version: u32::try_from(row.version).unwrap_or_default(),
                submitted_on: &row.submitted_on,
            };
            rows += 1;
            file.row(&head, &Record::from_json(survey, &stored)).map_err(failed)
        })
    })?;
    file.finish().map_err(|source| ServiceError::File { path: name.to_string(), action: "written", source })?;
    Ok(rows)
}

/// Writes `codebook.csv`. `name` stands for the file in errors.
pub fn codebook_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    codebook::write(&published.survey, out).map_err(|error| not_written(name, error))
}

fn not_written(name: &str, error: csv::Error) -> ServiceError {
    ServiceError::File { path: name.to_string(), action: "written", source: error.into() }
}
