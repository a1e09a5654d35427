//! An analyst takes the responses away: streamed, in constant memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use rayon::prelude::*;

use super::ServiceError;
use super::library::Library;
use crate::analysis::report::Report;
use crate::definition::{Storage, Survey};
use crate::export::columns::Columns;
use crate::export::csv::{ResponsesCsv, RowHead, guarded};
use crate::export::{codebook, crosstabs, ddi, mentions};
use crate::item::Scale;
use crate::response::Record;
use crate::store::{Conn, contact, response};

/// Rows that one thread makes at once.
const ROWS: usize = 64;

/// Writes `responses.csv`, one row a response; gives their number. `name` stands for the file in errors.
///
/// The responses are read as they stand at one moment, a few hundred at a time, and their rows made on all processors.
pub fn responses_csv<W: Write>(library: &Library, id: &str, mut out: W, name: &str) -> Result<u64, ServiceError> {
    let failed = |error: csv::Error| not_written(name, error);
    let unwritten = |source| ServiceError::File { path: name.to_string(), action: "written", source };
    library.store.read(|conn| {
        let (survey, others) = answered(library, conn, id)?;
        let file = ResponsesCsv::new(columns(&survey, &others));
        let mut header = csv::Writer::from_writer(&mut out);
        file.header(&mut header).map_err(failed)?;
        header.flush().map_err(unwritten)?;
        drop(header);
        let mut rows = 0;
        response::for_each_page(conn, id, |page| {
            rows += page.len() as u64;
            let made: Vec<_> = page
                .par_chunks(ROWS)
                .map(|chunk| {
                    let mut text = csv::Writer::from_writer(Vec::new());
                    for row in chunk {
                        let answered = others.get(&row.version).unwrap_or(&survey);
                        write_row(&file, &mut text, row, answered).map_err(failed)?;
                    }
                    text.into_inner().map_err(|error| unwritten(error.into_error()))
                })
                .collect();
            for text in made {
                out.write_all(&text?).map_err(unwritten)?;
            }
            Ok::<_, ServiceError>(())
        })?;
        out.flush().map_err(unwritten)?;
        Ok(rows)
    })
}

fn write_row(
    file: &ResponsesCsv<'_>,
    out: &mut csv::Writer<Vec<u8>>,
    row: &response::Response,
    answered: &Survey,
) -> Result<(), csv::Error> {
    let number = |version: i32| u32::try_from(version).unwrap_or_default();
    let stored = serde_json::from_str(&row.answers).unwrap_or_default();
    let head = RowHead {
        id: &row.id,
        mode: row.mode.as_str(),
        version: number(row.version),
        started_version: number(row.started_version.unwrap_or(row.version)),
        submitted_on: &row.submitted_on,
    };
    file.row(out, &head, &Record::from_json(answered, &stored))
}

/// The current version, and the other ones that responses answered, by number.
type Answered = (Arc<Survey>, BTreeMap<i32, Arc<Survey>>);

fn answered(library: &Library, conn: &mut Conn, id: &str) -> Result<Answered, ServiceError> {
    let published = library.current_in(conn, id, None)?;
    let others = library.answered_versions_in(conn, id, published.version)?;
    Ok((published.survey, others.into_iter().map(|(version, (survey, _))| (version, survey)).collect()))
}

fn columns<'a>(current: &'a Survey, others: &'a BTreeMap<i32, Arc<Survey>>) -> Columns<'a> {
    Columns::new(
        current,
        others.iter().map(|(version, survey)| (u32::try_from(*version).unwrap_or_default(), &**survey)),
    )
}

/// Writes `mentions.csv` of a report. `name` stands for the file in errors.
pub fn mentions_csv<W: Write>(report: &Report, out: W, name: &str) -> Result<(), ServiceError> {
    mentions::write(report, out).map_err(|error| not_written(name, error))
}

/// Writes `crosstabs.csv` of a report. `name` stands for the file in errors.
pub fn crosstabs_csv<W: Write>(report: &Report, out: W, name: &str) -> Result<(), ServiceError> {
    crosstabs::write(report, out).map_err(|error| not_written(name, error))
}

/// Writes `codebook.csv`. `name` stands for the file in errors.
pub fn codebook_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<(), ServiceError> {
    let (survey, others) = library.store.read(|conn| answered(library, conn, id))?;
    codebook::write(&columns(&survey, &others), out).map_err(|error| not_written(name, error))
}

/// Writes `codebook.xml`. `name` stands for the file in errors.
pub fn codebook_xml<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<(), ServiceError> {
    let (published, survey, others) = library.store.read(|conn| {
        let published = library.current_in(conn, id, None)?;
        let (survey, others) = answered(library, conn, id)?;
        Ok::<_, ServiceError>((published.version, survey, others))
    })?;
    ddi::write(&columns(&survey, &others), u32::try_from(published).ok(), out).map_err(|source| ServiceError::File {
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
