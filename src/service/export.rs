//! An analyst takes the responses away: streamed, in constant memory.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use super::library::Library;
use super::{ServiceError, responses};
use crate::analysis::compare::report::Comparison;
use crate::analysis::report::Report;
use crate::definition::{Storage, Survey};
use crate::export::columns::Columns;
use crate::export::csv::guarded;
use crate::export::{codebook, compare, crosstabs, ddi, mentions, opinions};
use crate::item::Scale;
use crate::store::{Conn, contact};

/// Writes `responses.csv`, one row a response; gives their number. `name` stands for the file in errors.
pub fn responses_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<u64, ServiceError> {
    responses::write(library, id, responses::Format::Csv, out, name, &|_, _| {})
}

/// The current version, and the other ones that responses answered, by number.
pub(super) type Answered = (Arc<Survey>, BTreeMap<i32, Arc<Survey>>);

pub(super) fn answered(library: &Library, conn: &mut Conn, id: &str) -> Result<Answered, ServiceError> {
    let published = library.current_in(conn, id, None)?;
    let others = library.answered_versions_in(conn, id, published.version)?;
    Ok((published.survey, others.into_iter().map(|(version, (survey, _))| (version, survey)).collect()))
}

pub(super) fn columns<'a>(current: &'a Survey, others: &'a BTreeMap<i32, Arc<Survey>>) -> Columns<'a> {
    Columns::new(
        current,
        others.iter().map(|(version, survey)| (u32::try_from(*version).unwrap_or_default(), &**survey)),
    )
}

/// Writes `mentions.csv` of a report. `name` stands for the file in errors.
pub fn mentions_csv<W: Write>(report: &Report, out: W, name: &str) -> Result<(), ServiceError> {
    mentions::write(report, out).map_err(|error| not_written(name, error))
}

/// Writes `compare.csv` of a comparison. `name` stands for the file in errors.
pub fn compare_csv<W: Write>(comparison: &Comparison, out: W, name: &str) -> Result<(), ServiceError> {
    compare::write(comparison, out).map_err(|error| not_written(name, error))
}

/// Writes `opinions.csv` of a report. `name` stands for the file in errors.
pub fn opinions_csv<W: Write>(report: &Report, out: W, name: &str) -> Result<(), ServiceError> {
    opinions::write(report, out).map_err(|error| not_written(name, error))
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
