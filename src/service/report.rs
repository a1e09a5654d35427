//! An analyst asks for the consensus summary of a consultation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::library::{Library, Published};
use super::sources::{self, Row, Sources, Taken, Versions};
use super::{Progress, ServiceError, embedding};
use crate::analysis::report::Report;
use crate::analysis::summary::open_texts;
use crate::analysis::view::{Asked, View};
use crate::store::{Conn, response};

/// Most reports that are kept, and most bytes of them together, each as long as its `report.json`.
const MOST: usize = 8;
const MOST_BYTES: usize = 64 << 20;

/// The consensus summary. Equal responses, definition, language model and seed give an equal report, on either database.
pub fn build(library: &Library, id: &str, seed: u64, progress: &Progress<'_>) -> Result<Report, ServiceError> {
    build_view(library, id, &Asked::default(), seed, progress)
}

/// The same of a view of the responses; errors as of [`viewed`].
pub fn build_view(
    library: &Library,
    id: &str,
    asked: &Asked,
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Report, ServiceError> {
    let (published, view) = seen(library, id, asked)?;
    progress("Reading responses", 0.0);
    let read = library.store.read(|conn| read(library, conn, &published, &view, progress))?;
    finish(library, &published, read, seed, progress)
}

/// A consultation as a view counts it, and the view.
pub(super) fn seen(library: &Library, id: &str, asked: &Asked) -> Result<(Published, View), ServiceError> {
    let published = library.current(id, None)?;
    let view = View::read(asked, &published.survey).map_err(ServiceError::View)?;
    let survey = if view.is_whole() { published.survey } else { Arc::new(view.survey(&published.survey)) };
    Ok((Published { survey, ..published }, view))
}

/// The same for those who ask again: the report that was made last is given once more for as long as everything that it
/// rests on is, to the byte, what it was, which is read anew each time; `progress` is told nothing then. Others are made
/// one at a time, for each takes hundreds of megabytes.
pub fn kept(library: &Library, id: &str, seed: u64, progress: &Progress<'_>) -> Result<Arc<Report>, ServiceError> {
    viewed(library, id, &Asked::default(), seed, progress)
}

/// The same of a view of the responses.
///
/// # Errors
/// [`ServiceError::View`] where what is asked cannot be, [`ServiceError::Refused`] where it shows too few people.
pub fn viewed(
    library: &Library,
    id: &str,
    asked: &Asked,
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Arc<Report>, ServiceError> {
    let (published, view) = seen(library, id, asked)?;
    let model = embedding::model_hash(library)?;
    let made_of = |conn: &mut Conn| made_of(conn, &published, &view, seed, model.as_deref());
    let reports = &library.reports;
    let found = library.store.read(|conn| Ok::<_, ServiceError>(reports.find(&made_of(conn)?)))?;
    if let Some(report) = found {
        return Ok(report);
    }
    let _turn = reports.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let found = library.store.read(|conn| {
        let made_of = made_of(conn)?;
        Ok::<_, ServiceError>(match reports.find(&made_of) {
            // Whoever had the turn before made it.
            Some(report) => Ok(report),
            None => Err((made_of, read(library, conn, &published, &view, progress)?)),
        })
    })?;
    let (made_of, read) = match found {
        Ok(report) => return Ok(report),
        Err(missing) => missing,
    };
    let report = Arc::new(finish(library, &published, read, seed, progress)?);
    reports.keep(Kept { made_of, seed, bytes: report.to_json().len(), report: Arc::clone(&report) });
    Ok(report)
}

/// The reports that were made last.
#[derive(Debug, Default)]
pub(super) struct Reports {
    kept: Mutex<Vec<Kept>>,
    /// Held while one is made.
    turn: Mutex<()>,
}

#[derive(Debug)]
struct Kept {
    /// The hash of everything that it rests on.
    made_of: [u8; 32],
    seed: u64,
    bytes: usize,
    report: Arc<Report>,
}

impl Reports {
    fn all(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The report that rests on this; from now on it is the last one to go.
    fn find(&self, made_of: &[u8; 32]) -> Option<Arc<Report>> {
        let mut all = self.all();
        let place = all.iter().position(|kept| kept.made_of == *made_of)?;
        all.get_mut(..=place)?.rotate_right(1);
        all.first().map(|kept| Arc::clone(&kept.report))
    }

    /// Keeps it in the place of what the same survey's report was before.
    fn keep(&self, new: Kept) {
        let of = |kept: &Kept| {
            let view = kept.report.view.as_ref();
            let asked = view.map(|view| (view.only.clone(), view.by.clone(), view.weights));
            (kept.report.survey.clone(), kept.seed, asked)
        };
        let mut all = self.all();
        all.retain(|kept| of(kept) != of(&new));
        all.insert(0, new);
        let mut bytes = 0;
        all.truncate(MOST);
        all.retain(|kept| {
            bytes += kept.bytes;
            bytes <= MOST_BYTES
        });
    }
}

/// One hash over all that a report is made of: the definition, what stands around the responses, each of these, the seed and
/// the language model. Every stored answer is read for it, because one that was changed leaves no other trace.
fn made_of(
    conn: &mut Conn,
    published: &Published,
    view: &View,
    seed: u64,
    model: Option<&str>,
) -> Result<[u8; 32], ServiceError> {
    let id = &published.survey.id;
    let sources = Sources::of(conn, published)?;
    let around = (id, published.version, &published.hash, published.mode.as_str(), view.asked(), seed, model, sources);
    // Texts and numbers: it cannot fail.
    let mut all = Sha256::new_with_prefix(serde_json::to_vec(&around).unwrap_or_default());
    response::for_each_page(conn, id, |page| {
        let of_row = |row: &response::Response| {
            let text = format!("{}\n{}\n{}\n{}", row.id, row.version, row.mode.as_str(), row.answers);
            <[u8; 32]>::from(Sha256::digest(text))
        };
        let hashes: Vec<[u8; 32]> = page.par_iter().map(of_row).collect();
        all.update(hashes.as_flattened());
        Ok::<_, ServiceError>(())
    })?;
    Ok(all.finalize().into())
}

/// What the database holds for a report.
fn read<'a>(
    library: &Library,
    conn: &mut Conn,
    published: &'a Published,
    view: &View,
    progress: &Progress<'_>,
) -> Result<(Sources, Taken<'a>), ServiceError> {
    let sources = Sources::of(conn, published)?;
    let versions = Versions::of(library, conn, published)?;
    let each = |take: &mut dyn FnMut(&[Row<'_>])| {
        response::for_each_page(conn, &published.survey.id, |page| {
            take(&page.iter().map(Row::of).collect::<Vec<_>>());
            Ok(())
        })
    };
    let taken = sources::take_seen(published, &sources, &versions, view, each, progress)?;
    Ok((sources, taken))
}

fn finish(
    library: &Library,
    published: &Published,
    (sources, taken): (Sources, Taken<'_>),
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Report, ServiceError> {
    let vectors = embedding::of_answers(library, &published.survey.id, &open_texts(&taken.data), progress)?;
    Ok(sources::report(published, &sources, taken, (seed, vectors), progress))
}
