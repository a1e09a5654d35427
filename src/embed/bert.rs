//! A sentence-transformers model of the kind BERT: the encoder computed as written (Devlin et al. 2019; Reimers and
//! Gurevych 2019), text by text without padding.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice, linalg::general_mat_mul};
use rayon::prelude::*;
use serde_json::Value;

use super::EmbedError;
use super::files::{Files, Tensors};

/// Tokens that one thread takes through the layers at a time: enough for large products, few enough for the cache.
const CHUNK: usize = 512;
/// Chunks after which progress is told.
const WAVE: usize = 16;
/// Where sentence-transformers keeps how many tokens it reads of a text, how it pools, and which steps there are.
const LENGTH: &str = "sentence_bert_config.json";
const POOLING: &str = "1_Pooling/config.json";
const STEPS: &str = "modules.json";

/// An encoder and how its output becomes one vector a text.
pub struct Bert {
    files: Files,
    hash: String,
    words: Array2<f32>,
    /// The place in the text and the kind of text, added up.
    places: Array2<f32>,
    first_norm: Norm,
    layers: Vec<Layer>,
    heads: usize,
    /// Tokens read of a text, with those that begin and end it.
    longest: usize,
    pooling: Pooling,
}

/// How the tokens' vectors become the text's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pooling {
    Mean,
    First,
}

struct Layer {
    /// Query, key and value in one product.
    attend: Linear,
    gather: Linear,
    gather_norm: Norm,
    widen: Linear,
    narrow: Linear,
    narrow_norm: Norm,
}

/// A product and what is added to it.
struct Linear {
    /// A row for each number that comes in.
    weights: Array2<f32>,
    bias: Vec<f32>,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    epsilon: f32,
}

impl Bert {
    pub(super) fn read(mut files: Files) -> Result<Self, EmbedError> {
        let text = |key: &str| files.config.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let (kind, activation, places) = (text("model_type"), text("hidden_act"), text("position_embedding_type"));
        if kind != "bert" {
            return Err(files.other_kind(format!("it is of the kind “{kind}”, and only “bert” can be computed")));
        }
        if activation != "gelu" || !(places.is_empty() || places == "absolute") {
            return Err(files.other_kind(format!("it computes with “{activation}” and “{places}” places")));
        }
        let (pooling, steps) = (files.further(POOLING)?, files.further(STEPS)?);
        let pooling = pooling_of(pooling.as_ref()).ok_or_else(|| {
            files.other_kind("it pools in another way than by the mean of the tokens or the first of them")
        })?;
        if steps.as_ref().is_some_and(|steps| steps.to_string().contains("models.Dense")) {
            return Err(files.other_kind("it has a further layer after pooling"));
        }
        let length = files.further(LENGTH)?;
        let length = length.as_ref().and_then(|length| length.get("max_seq_length")).and_then(Value::as_u64);

        let (size, inner) = (files.number("hidden_size")?, files.number("intermediate_size")?);
        let (heads, depth) = (files.number("num_attention_heads")?, files.number("num_hidden_layers")?);
        let (vocabulary, most) = (files.number("vocab_size")?, files.number("max_position_embeddings")?);
        if !size.is_multiple_of(heads) {
            return Err(files.other_kind(format!("{size} numbers cannot be shared by {heads} heads")));
        }
        let epsilon = files.config.get("layer_norm_eps").and_then(Value::as_f64).unwrap_or(1e-12);
        let epsilon = epsilon.to_string().parse().unwrap_or(1e-12);
        let tensors = files.tensors()?;
        let before = if tensors.has("embeddings.word_embeddings.weight") { "" } else { "bert." };
        let name = |rest: &str| format!("{before}{rest}");
        let norm = |of: &str| -> Result<Norm, EmbedError> {
            let part = |end: &str| tensors.vector(&name(&format!("{of}.LayerNorm.{end}")), size);
            Ok(Norm { scale: part("weight")?, shift: part("bias")?, epsilon })
        };
        let words = tensors.matrix(&name("embeddings.word_embeddings.weight"), vocabulary, size)?;
        let mut places = tensors.matrix(&name("embeddings.position_embeddings.weight"), most, size)?;
        let kinds = tensors.table(&name("embeddings.token_type_embeddings.weight"))?;
        if kinds.ncols() == size {
            places += &kinds.slice_axis(Axis(0), Slice::from(..1));
        }
        let first_norm = norm("embeddings")?;
        let layers = (0..depth)
            .map(|number| {
                let linear = |of: &str, out, from| {
                    Linear::read(&tensors, &name(&format!("encoder.layer.{number}.{of}")), out, from)
                };
                Ok(Layer {
                    attend: Linear::joined(&[
                        linear("attention.self.query", size, size)?,
                        linear("attention.self.key", size, size)?,
                        linear("attention.self.value", size, size)?,
                    ]),
                    gather: linear("attention.output.dense", size, size)?,
                    gather_norm: norm(&format!("encoder.layer.{number}.attention.output"))?,
                    widen: linear("intermediate.dense", inner, size)?,
                    narrow: linear("output.dense", size, inner)?,
                    narrow_norm: norm(&format!("encoder.layer.{number}.output"))?,
                })
            })
            .collect::<Result<Vec<_>, EmbedError>>()?;
        let longest = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(most).clamp(2, most.max(2));
        if files.tokenizer.get_vocab_size(true) > vocabulary {
            return Err(files.other_kind("its tokenizer knows more tokens than it has vectors for"));
        }
        let hash = files.hash();
        files.forget_weights();
        Ok(Self { files, hash, words, places, first_norm, layers, heads, longest, pooling })
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// How many numbers a vector has.
    pub(super) fn columns(&self) -> usize {
        self.words.ncols()
    }

    /// The vectors of texts, row after row, each of length 1. Long texts are cut after the tokens that the model reads.
    pub(super) fn embed(&self, texts: &[&str], progress: &(dyn Fn(f64) + Sync)) -> Result<Vec<f32>, EmbedError> {
        let spare = self.longest.saturating_sub(self.around()?.len());
        let tokens = |text: &&str| -> Result<Vec<u32>, EmbedError> {
            let found = self.files.tokenizer.encode_fast(*text, false);
            let found = found.map_err(|error| self.files.other_kind(error.to_string()))?;
            self.framed(found.get_ids().get(..spare).unwrap_or(found.get_ids()))
        };
        let tokens: Vec<Vec<u32>> = texts.par_iter().map(tokens).collect::<Result<_, _>>()?;
        Ok(self.encode(&tokens, progress))
    }

    /// The tokens with those around them that begin and end a text.
    pub(super) fn framed(&self, tokens: &[u32]) -> Result<Vec<u32>, EmbedError> {
        let around = self.around()?;
        let (begin, end) = around.split_at(around.len().min(1));
        Ok([begin, tokens, end].concat())
    }

    /// The tokens that an empty text has: one that begins it and one that ends it.
    fn around(&self) -> Result<Vec<u32>, EmbedError> {
        let empty = self.files.tokenizer.encode_fast("", true);
        let empty = empty.map_err(|error| self.files.other_kind(error.to_string()))?;
        Ok(empty.get_ids().to_vec())
    }

    /// The vectors of tokens, row after row, each of length 1. Texts of like length are computed together, so that the
    /// threads have like work; what comes out is the same for any number of threads.
    pub(super) fn encode(&self, texts: &[Vec<u32>], progress: &(dyn Fn(f64) + Sync)) -> Vec<f32> {
        let columns = self.columns();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&text| (std::cmp::Reverse(texts.get(text).map_or(0, Vec::len)), text));
        let mut chunks: Vec<(usize, Vec<usize>)> = Vec::new();
        for text in order {
            let length = texts.get(text).map_or(0, Vec::len);
            match chunks.last_mut() {
                Some((tokens, chunk)) if *tokens + length <= CHUNK => {
                    *tokens += length;
                    chunk.push(text);
                }
                _ => chunks.push((length, vec![text])),
            }
        }
        let mut rows = vec![0.0; texts.len() * columns];
        for (wave, part) in chunks.chunks(WAVE).enumerate() {
            progress((wave * WAVE) as f64 / chunks.len() as f64);
            let made: Vec<Array2<f32>> = part
                .par_iter()
                .map(|(_, chunk)| {
                    let texts: Vec<&[u32]> =
                        chunk.iter().filter_map(|&text| texts.get(text)).map(Vec::as_slice).collect();
                    self.forward(&texts)
                })
                .collect();
            for ((_, chunk), made) in part.iter().zip(made) {
                for (&text, vector) in chunk.iter().zip(made.rows()) {
                    let row = rows.get_mut(text * columns..(text + 1) * columns).unwrap_or_default();
                    row.iter_mut().zip(vector).for_each(|(cell, &number)| *cell = number);
                }
            }
        }
        progress(1.0);
        rows
    }

    /// One vector a text. The tokens of all texts stand one after the other, and see those of their own text alone.
    fn forward(&self, texts: &[&[u32]]) -> Array2<f32> {
        let columns = self.columns();
        let mut spans = Vec::with_capacity(texts.len());
        let mut end = 0;
        for text in texts {
            spans.push(end..end + text.len());
            end += text.len();
        }
        let mut x = Array2::zeros((end, columns));
        let known = texts.iter().flat_map(|text| text.iter().enumerate());
        for (mut row, (place, &token)) in x.rows_mut().into_iter().zip(known) {
            let (word, place) = (token as usize, place);
            if word < self.words.nrows() && place < self.places.nrows() {
                row.assign(&self.words.row(word));
                row += &self.places.row(place);
            }
        }
        self.first_norm.apply(&mut x);
        for layer in &self.layers {
            let joined = layer.attend.apply(&x);
            let mut seen = Array2::zeros(x.dim());
            for span in &spans {
                attend(
                    &joined.slice_axis(Axis(0), Slice::from(span.clone())),
                    &mut seen.slice_axis_mut(Axis(0), Slice::from(span.clone())),
                    self.heads,
                );
            }
            x += &layer.gather.apply(&seen);
            layer.gather_norm.apply(&mut x);
            let mut wide = layer.widen.apply(&x);
            wide.mapv_inplace(gelu);
            x += &layer.narrow.apply(&wide);
            layer.narrow_norm.apply(&mut x);
        }
        let mut pooled = Array2::zeros((texts.len(), columns));
        for (mut row, span) in pooled.rows_mut().into_iter().zip(spans) {
            let tokens = match self.pooling {
                Pooling::Mean => span,
                Pooling::First => span.start..(span.start + 1).min(span.end),
            };
            for token in x.slice_axis(Axis(0), Slice::from(tokens)).rows() {
                row += &token;
            }
            let length = row.dot(&row).sqrt();
            if length > 0.0 {
                row /= length;
            }
        }
        pooled
    }
}

/// Mean if nothing is said; none if it is something else.
fn pooling_of(config: Option<&Value>) -> Option<Pooling> {
    let Some(Value::Object(config)) = config else { return Some(Pooling::Mean) };
    let mut chosen = config.iter().filter(|(key, on)| key.starts_with("pooling_mode_") && on.as_bool() == Some(true));
    match (chosen.next().map(|(key, _)| key.as_str()), chosen.next()) {
        (Some("pooling_mode_mean_tokens"), None) => Some(Pooling::Mean),
        (Some("pooling_mode_cls_token"), None) => Some(Pooling::First),
        _ => None,
    }
}

/// Each token of one text as a mean of all its tokens' values, weighted by how query and key agree, head by head.
fn attend(joined: &ArrayView2<'_, f32>, into: &mut ArrayViewMut2<'_, f32>, heads: usize) {
    let (size, tokens) = (into.ncols(), into.nrows());
    let width = size / heads;
    let scale = 1.0 / (width as f32).sqrt();
    let mut scores = Array2::zeros((tokens, tokens));
    for head in 0..heads {
        let part = |third: usize| {
            let from = third * size + head * width;
            joined.slice_axis(Axis(1), Slice::from(from..from + width))
        };
        general_mat_mul(scale, &part(0), &part(1).t(), 0.0, &mut scores);
        for mut row in scores.rows_mut() {
            let most = row.fold(f32::NEG_INFINITY, |most, &score| most.max(score));
            row.mapv_inplace(|score| (score - most).exp());
            let sum = row.sum();
            row /= sum;
        }
        let mut own = into.slice_axis_mut(Axis(1), Slice::from(head * width..(head + 1) * width));
        general_mat_mul(1.0, &scores, &part(2), 0.0, &mut own);
    }
}

impl Linear {
    /// Files hold a row for each number that comes out.
    fn read(tensors: &Tensors<'_>, name: &str, out: usize, from: usize) -> Result<Self, EmbedError> {
        let weights = tensors.matrix(&format!("{name}.weight"), out, from)?;
        Ok(Self {
            weights: weights.t().as_standard_layout().into_owned(),
            bias: tensors.vector(&format!("{name}.bias"), out)?,
        })
    }

    /// Several of the same input side by side.
    fn joined(parts: &[Self]) -> Self {
        let rows = parts.first().map_or(0, |part| part.weights.nrows());
        let width = parts.iter().map(|part| part.weights.ncols()).sum();
        let mut weights = Array2::zeros((rows, width));
        let mut from = 0;
        for part in parts {
            let to = from + part.weights.ncols();
            weights.slice_axis_mut(Axis(1), Slice::from(from..to)).assign(&part.weights);
            from = to;
        }
        Self { weights, bias: parts.iter().flat_map(|part| part.bias.iter().copied()).collect() }
    }

    fn apply(&self, x: &Array2<f32>) -> Array2<f32> {
        let mut out = x.dot(&self.weights);
        for mut row in out.rows_mut() {
            row.iter_mut().zip(&self.bias).for_each(|(cell, bias)| *cell += bias);
        }
        out
    }
}

impl Norm {
    /// Each row with mean 0 and variance 1, then scaled and shifted.
    fn apply(&self, x: &mut Array2<f32>) {
        for mut row in x.rows_mut() {
            let n = row.len() as f32;
            let mean = row.sum() / n;
            row -= mean;
            let spread = (row.dot(&row) / n + self.epsilon).sqrt();
            for ((cell, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *cell = *cell / spread * scale + shift;
            }
        }
    }
}

/// A number times the share of the normal distribution below it (Hendrycks and Gimpel 2016).
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a fraction of polynomials, the one of Eigen (`generic_fast_erf_float`): as exact as 32 bits are.
fn erf(x: f32) -> f32 {
    const ABOVE: [f32; 7] =
        [-2.726_142e-10, 2.770_681_4e-8, -2.101_024e-6, -5.692_506_4e-5, -7.349_906_3e-4, -2.954_6e-3, -1.609_603_3e-2];
    const BELOW: [f32; 5] = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329_2e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let value = |factors: &[f32]| factors.iter().fold(0.0, |sum, factor| sum * square + factor);
    x * value(&ABOVE) / value(&BELOW)
}

#[cfg(test)]
mod tests {
    use super::{Pooling, erf, gelu, pooling_of};
    use serde_json::json;
    use statrs::function::erf::erf as exact;

    #[test]
    fn the_error_function_is_that_of_statrs() {
        for step in -600_i16..=600 {
            let x = f32::from(step) / 100.0;
            assert!((f64::from(erf(x)) - exact(f64::from(x))).abs() < 5e-7, "{x}: {} {}", erf(x), exact(x.into()));
        }
        assert!(gelu(-8.0).abs() < 1e-6 && (gelu(8.0) - 8.0).abs() < 1e-5 && gelu(0.0).abs() < f32::EPSILON);
    }

    #[test]
    fn pooling_is_read_as_it_is_written_or_refused() {
        assert_eq!(pooling_of(None), Some(Pooling::Mean));
        let with = |on: &[&str]| {
            let mut config = json!({ "word_embedding_dimension": 384, "pooling_mode_mean_tokens": false });
            for mode in on {
                config[*mode] = json!(true);
            }
            pooling_of(Some(&config))
        };
        assert_eq!(with(&["pooling_mode_mean_tokens"]), Some(Pooling::Mean));
        assert_eq!(with(&["pooling_mode_cls_token"]), Some(Pooling::First));
        assert_eq!(with(&["pooling_mode_max_tokens"]), None);
        assert_eq!(with(&["pooling_mode_cls_token", "pooling_mode_mean_tokens"]), None);
    }
}
