//! Texts as vectors, by a language model in a local directory: nothing is fetched, and no text leaves the machine.
//!
//! Two kinds of directory are read: a sentence-transformers model ([`Embedder::Transformer`]), and a `Model2Vec` table
//! ([`Embedder::Table`]), which [`distil`] makes of the first.

mod bert;
mod distil;
mod error;
mod files;
mod table;

use std::collections::HashSet;
use std::path::Path;

pub use bert::Bert;
pub use distil::distil;
pub use error::EmbedError;
pub use table::Table;

use crate::analysis::text::Vectors;
use files::Files;

/// A model that was read and can be used.
pub enum Embedder {
    /// Computes a text with all its words at once: hundreds of texts a second.
    Transformer(Box<Bert>),
    /// Looks each token up: ten thousands of texts a second.
    Table(Box<Table>),
}

impl Embedder {
    /// Reads a model directory.
    pub fn open(dir: &Path) -> Result<Self, EmbedError> {
        let files = Files::read(dir)?;
        if files.tensors()?.has("embeddings") {
            return Ok(Self::Table(Box::new(Table::read(files)?)));
        }
        Ok(Self::Transformer(Box::new(Bert::read(files)?)))
    }

    /// SHA-256 of the files that decide the vectors, in hexadecimal digits.
    pub fn hash(&self) -> &str {
        match self {
            Self::Transformer(model) => model.hash(),
            Self::Table(table) => table.hash(),
        }
    }

    /// How many numbers a vector has.
    pub fn columns(&self) -> usize {
        match self {
            Self::Transformer(model) => model.columns(),
            Self::Table(table) => table.columns(),
        }
    }

    /// The vectors of texts, row after row, each of length 1 or, where the model finds nothing in a text, 0. They are the
    /// same for any number of threads. `progress` is called from this thread with a rising share of the work.
    pub fn embed(&self, texts: &[&str], progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<f32>, EmbedError> {
        match self {
            Self::Transformer(model) => model.embed(texts, progress),
            Self::Table(table) => table.embed(texts, progress),
        }
    }
}

/// The vectors of texts by the model in a directory, each distinct text computed once.
pub fn of_texts(dir: &Path, texts: &[&str], progress: &(dyn Fn(f64) + Sync)) -> Result<Vectors, EmbedError> {
    let embedder = Embedder::open(dir)?;
    let mut seen = HashSet::new();
    let distinct: Vec<&str> = texts.iter().copied().filter(|text| seen.insert(*text)).collect();
    let rows = embedder.embed(&distinct, progress)?;
    Ok(Vectors::new(embedder.hash(), embedder.columns(), &distinct, rows))
}
