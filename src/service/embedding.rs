//! Language models: which one the themes are shaped by, the vectors of a consultation's answers kept with them, and the
//! static table made of a larger model.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::library::Library;
use super::{Progress, ServiceError};
use crate::analysis::text::Vectors;
use crate::analysis::text::redact::without_details;
use crate::document::hex;
use crate::embed::{self, Embedder};
use crate::store::{response, text_vector};

/// The table that `make model` makes, which is used where it is there and nothing else is said.
pub const USUAL: &str = "models/all-MiniLM-L6-v2-static";
/// Texts that are computed, and then kept, at a time.
const PORTION: usize = 2_048;
/// What a long step is called.
const STEP: &str = "Reading answers with the language model";

/// The model directory to use, if any: the one that is named, none for `none`, and if nothing is said the usual one where
/// it is there.
pub fn directory(named: Option<&str>) -> Option<PathBuf> {
    match named {
        Some("none" | "") => None,
        Some(named) => Some(PathBuf::from(named)),
        None => Some(PathBuf::from(USUAL)).filter(|usual| usual.is_dir()),
    }
}

/// Whether a directory has a model that can be used.
pub fn check(dir: &Path) -> Result<(), ServiceError> {
    Embedder::open(dir)?;
    Ok(())
}

/// Makes the static table of a sentence-transformers directory; says how many tokens it has.
pub fn distil(dir: &Path, out: &Path, progress: &Progress<'_>) -> Result<usize, ServiceError> {
    Ok(embed::distil(dir, out, &|share| progress("Reading every token of the vocabulary", share))?)
}

/// The vectors of texts without their personal details, as themes are made of them; the texts come from no consultation,
/// and nothing of them is kept.
pub(super) fn of_texts(
    model: Option<&Path>,
    texts: &[&str],
    progress: &Progress<'_>,
) -> Result<Option<Vectors>, ServiceError> {
    let Some(model) = model.filter(|_| !texts.is_empty()) else { return Ok(None) };
    let left = without_details(texts);
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    Ok(Some(embed::of_texts(model, &left, &|share| progress(STEP, share))?))
}

/// The hash of the library's model as it is now, if there is one.
pub(super) fn model_hash(library: &Library) -> Result<Option<String>, ServiceError> {
    Ok(library.embeddings.as_deref().map(Embedder::open).transpose()?.map(|embedder| embedder.hash().to_string()))
}

/// The vectors of a consultation's answers, without their personal details, by the library's model. What a transformer made is kept in the database, so
/// that the next report computes only what is new; a table is faster than the database, so of it nothing is kept.
pub(super) fn of_answers(
    library: &Library,
    survey: &str,
    texts: &[&str],
    progress: &Progress<'_>,
) -> Result<Option<Vectors>, ServiceError> {
    let Some(model) = library.embeddings.as_deref().filter(|_| !texts.is_empty()) else { return Ok(None) };
    let embedder = Embedder::open(model)?;
    let mut seen = HashSet::new();
    let left = without_details(texts);
    let texts: Vec<&str> = left.iter().map(String::as_str).filter(|text| seen.insert(*text)).collect();
    let rows = match &embedder {
        Embedder::Table(_) => embedder.embed(&texts, &|share| progress(STEP, share))?,
        Embedder::Transformer(_) => kept_or_made(library, survey, &embedder, &texts, progress)?,
    };
    Ok(Some(Vectors::new(embedder.hash(), embedder.columns(), &texts, rows)))
}

fn kept_or_made(
    library: &Library,
    survey: &str,
    embedder: &Embedder,
    texts: &[&str],
    progress: &Progress<'_>,
) -> Result<Vec<f32>, ServiceError> {
    let (model, columns) = (embedder.hash(), embedder.columns());
    let hashes: Vec<String> = texts.iter().map(|text| hex(&Sha256::digest(text))).collect();
    let (kept, withdrawn) = library.store.read(|conn| {
        Ok::<_, ServiceError>((text_vector::of_model(conn, survey, model)?, response::withdrawn(conn, survey)?))
    })?;
    let known: HashSet<&str> = hashes.iter().map(String::as_str).collect();
    let gone: Vec<&str> = kept.keys().map(String::as_str).filter(|hash| !known.contains(hash)).collect();
    if !gone.is_empty() {
        library.store.write(|conn| text_vector::delete(conn, survey, model, &gone))?;
    }
    let mut rows = vec![0.0; texts.len() * columns];
    let mut missing = Vec::new();
    for ((row, hash), text) in rows.chunks_exact_mut(columns).zip(&hashes).zip(texts) {
        match kept.get(hash).filter(|bytes| bytes.len() == columns * size_of::<f32>()) {
            Some(bytes) => {
                let numbers = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
                row.iter_mut().zip(numbers).for_each(|(cell, number)| *cell = number);
            }
            None => missing.push((row, hash, *text)),
        }
    }
    let (all, mut done) = (missing.len().max(1), 0);
    for portion in missing.chunks_mut(PORTION) {
        let texts: Vec<&str> = portion.iter().map(|(_, _, text)| *text).collect();
        let (before, part) = (done as f64 / all as f64, texts.len() as f64 / all as f64);
        let made = embedder.embed(&texts, &|share| progress(STEP, before + part * share))?;
        let mut keep = Vec::with_capacity(portion.len());
        for ((row, hash, _), made) in portion.iter_mut().zip(made.chunks_exact(columns)) {
            row.copy_from_slice(made);
            keep.push(((*hash).clone(), made.iter().flat_map(|number| number.to_le_bytes()).collect()));
        }
        library.store.write(|conn| {
            // What was taken back while this was computed is not to come back.
            let as_before = response::withdrawn(conn, survey)? == withdrawn && response::count_all(conn, survey)? > 0;
            if as_before { text_vector::keep(conn, survey, model, &keep) } else { Ok(()) }
        })?;
        done += texts.len();
    }
    Ok(rows)
}
