//! A `Model2Vec` table: a vector for each token, and the mean of them for a text (Tulkens and van Dongen 2024).

use ndarray::Array2;
use rayon::prelude::*;

use super::EmbedError;
use super::files::Files;

/// Texts after which progress is told.
const WAVE: usize = 4_096;

/// A vector for each token.
pub struct Table {
    files: Files,
    hash: String,
    rows: Array2<f32>,
    /// Which row each token has, where several share one.
    mapping: Option<Vec<usize>>,
    /// What each token counts, where that is not in its row.
    weights: Option<Vec<f32>>,
    /// The token for what no other one stands for: it says nothing.
    unknown: Option<u32>,
}

impl Table {
    pub(super) fn read(mut files: Files) -> Result<Self, EmbedError> {
        let tensors = files.tensors()?;
        let rows = tensors.table("embeddings")?;
        let mapping = if tensors.has("mapping") { Some(tensors.whole("mapping")?) } else { None };
        let tokens = mapping.as_ref().map_or(rows.nrows(), Vec::len);
        let weights = if tensors.has("weights") { Some(tensors.vector("weights", tokens)?) } else { None };
        let known = files.tokenizer.get_vocab_size(true);
        if known > tokens || mapping.iter().flatten().any(|&row| row >= rows.nrows()) {
            return Err(
                files.other_kind(format!("its tokenizer knows {known} tokens, and it has vectors for {tokens}"))
            );
        }
        let model = serde_json::to_value(files.tokenizer.get_model()).unwrap_or_default();
        let unknown = match model.get("unk_token").and_then(serde_json::Value::as_str) {
            Some(token) => files.tokenizer.token_to_id(token),
            None => model.get("unk_id").and_then(serde_json::Value::as_u64).and_then(|id| u32::try_from(id).ok()),
        };
        let hash = files.hash();
        files.forget_weights();
        Ok(Self { files, hash, rows, mapping, weights, unknown })
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// How many numbers a vector has.
    pub(super) fn columns(&self) -> usize {
        self.rows.ncols()
    }

    /// The vectors of texts, row after row, each of length 1; zeros for a text without a known token.
    pub(super) fn embed(&self, texts: &[&str], progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<f32>, EmbedError> {
        let columns = self.columns();
        let mut rows = vec![0.0; texts.len() * columns];
        let waves = texts.chunks(WAVE).zip(rows.chunks_mut(WAVE * columns));
        for (wave, (texts_of, rows_of)) in waves.enumerate() {
            progress((wave * WAVE) as f64 / texts.len() as f64);
            let pairs = texts_of.par_iter().zip(rows_of.par_chunks_mut(columns));
            pairs.try_for_each(|(text, row)| self.write(text, row))?;
        }
        progress(1.0);
        Ok(rows)
    }

    fn write(&self, text: &str, into: &mut [f32]) -> Result<(), EmbedError> {
        let found = self.files.tokenizer.encode_fast(text, false);
        let found = found.map_err(|error| self.files.other_kind(error.to_string()))?;
        for &token in found.get_ids().iter().filter(|&&token| Some(token) != self.unknown) {
            let token = token as usize;
            let row = match &self.mapping {
                Some(mapping) => mapping.get(token).copied().unwrap_or(token),
                None => token,
            };
            let weight = self.weights.as_ref().and_then(|weights| weights.get(token)).copied().unwrap_or(1.0);
            if row < self.rows.nrows() {
                into.iter_mut().zip(self.rows.row(row)).for_each(|(sum, cell)| *sum += weight * cell);
            }
        }
        let length = into.iter().map(|cell| cell * cell).sum::<f32>().sqrt();
        if length > 0.0 {
            for cell in into {
                *cell /= length;
            }
        }
        Ok(())
    }
}
