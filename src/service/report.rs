//! An analyst asks for the consensus summary of a consultation.

use super::library::Library;
use super::sources::{self, Row, Sources, Versions};
use super::{Progress, ServiceError, embedding};
use crate::analysis::report::Report;
use crate::analysis::summary::open_texts;
use crate::store::response;

/// The consensus summary. Equal responses, definition, language model and seed give an equal report, on either database.
pub fn build(library: &Library, id: &str, seed: u64, progress: &Progress<'_>) -> Result<Report, ServiceError> {
    let published = library.current(id, None)?;
    progress("Reading responses", 0.0);
    let (sources, taken) = library.store.read(|conn| {
        let sources = Sources::of(conn, &published)?;
        let versions = Versions::of(library, conn, &published)?;
        let each = |take: &mut dyn FnMut(Row<'_>)| {
            response::for_each(conn, id, |row| {
                take(Row { id: &row.id, version: row.version, mode: row.mode, answers: &row.answers });
                Ok(())
            })
        };
        let taken = sources::take(&published, &sources, &versions, each, progress)?;
        Ok::<_, ServiceError>((sources, taken))
    })?;
    let vectors = embedding::of_answers(library, id, &open_texts(&taken.data), progress)?;
    Ok(sources::report(&published, &sources, taken, (seed, vectors), progress))
}
