//! An analyst takes the responses away: streamed, in constant memory.

use std::io::Write;

use super::ServiceError;
use super::library::Library;
use crate::definition::Storage;
use crate::export::csv::{ResponsesCsv, RowHead, guarded};
use crate::export::{codebook, ddi};
use crate::item::Scale;
use crate::response::Record;
use crate::store::{contact, response};

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

/// Writes `codebook.xml`. `name` stands for the file in errors.
pub fn codebook_xml<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    ddi::write(&published.survey, u32::try_from(published.version).ok(), out).map_err(|source| ServiceError::File {
        path: name.to_string(),
        action: "written",
        source,
    })
}

/// Writes `contacts.csv`, one row a person who left contact details, in random order; gives their number.
///
/// Nothing in the file leads to a response.
pub fn contacts_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<u64, ServiceError> {
    let published = library.current(id, None)?;
    let kept_apart = published.survey.questions().filter(|(page, _)| page.store == Storage::Contact);
    let kept_apart = kept_apart.filter(|(_, question)| question.item.scale() != Scale::None);
    let items: Vec<&str> = kept_apart.map(|(_, question)| question.item.head.id.as_str()).collect();
    let stored = library.store.read(|conn| Ok::<_, ServiceError>(contact::all(conn, id)?))?;
    let mut file = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| not_written(name, error);
    file.write_record(&items).map_err(failed)?;
    for row in &stored {
        let details: serde_json::Value = serde_json::from_str(&row.details).unwrap_or_default();
        let cell = |item: &&str| details.get(*item).map_or_else(String::new, |given| guarded(text_of(given)));
        file.write_record(items.iter().map(cell)).map_err(failed)?;
    }
    file.flush().map_err(|source| ServiceError::File { path: name.to_string(), action: "written", source })?;
    Ok(stored.len() as u64)
}

fn text_of(given: &serde_json::Value) -> String {
    given.as_str().map_or_else(|| given.to_string(), str::to_string)
}

fn not_written(name: &str, error: csv::Error) -> ServiceError {
    ServiceError::File { path: name.to_string(), action: "written", source: error.into() }
}
