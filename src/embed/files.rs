//! The files of a model directory: its description, its tokenizer, and its numbers, none of which is trusted.

use std::path::{Path, PathBuf};

use ndarray::Array2;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use super::EmbedError;
use crate::document::hex;

/// The three files that every model directory has.
pub(super) const CONFIG: &str = "config.json";
pub(super) const TOKENIZER: &str = "tokenizer.json";
pub(super) const WEIGHTS: &str = "model.safetensors";

/// A model directory, read as far as all models are alike.
pub(super) struct Files {
    /// The directory.
    pub(super) dir: PathBuf,
    /// What the model says of itself.
    pub(super) config: serde_json::Value,
    /// What cuts texts into tokens; it neither truncates nor pads.
    pub(super) tokenizer: Tokenizer,
    /// The bytes of the numbers.
    weights: Vec<u8>,
    /// SHA-256 of all that decides a vector.
    hash: Sha256,
}

impl Files {
    pub(super) fn read(dir: &Path) -> Result<Self, EmbedError> {
        if !dir.is_dir() {
            return Err(EmbedError::NoFolder { dir: dir.display().to_string() });
        }
        let file = |name: &'static str| {
            if dir.join(name).is_file() {
                read(&dir.join(name))
            } else {
                Err(EmbedError::NotAModel { dir: dir.display().to_string(), file: name })
            }
        };
        let (config, tokenizer, weights) = (file(CONFIG)?, file(TOKENIZER)?, file(WEIGHTS)?);
        let mut hash = Sha256::new();
        for bytes in [&config, &tokenizer, &weights] {
            hash.update(Sha256::digest(bytes));
        }
        let damaged = |name: &str, problem: String| EmbedError::Damaged { file: shown(&dir.join(name)), problem };
        let config = serde_json::from_slice(&config).map_err(|error| damaged(CONFIG, error.to_string()))?;
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(|error| damaged(TOKENIZER, error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| damaged(TOKENIZER, error.to_string()))?;
        SafeTensors::deserialize(&weights).map_err(|error| damaged(WEIGHTS, error.to_string()))?;
        Ok(Self { dir: dir.to_path_buf(), config, tokenizer, weights, hash })
    }

    /// A further description that only some models have, in a file of its own.
    pub(super) fn further(&mut self, name: &str) -> Result<Option<serde_json::Value>, EmbedError> {
        let path = self.dir.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = read(&path)?;
        self.hash.update(Sha256::digest(&bytes));
        let damaged = |error: serde_json::Error| EmbedError::Damaged { file: shown(&path), problem: error.to_string() };
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// Lets go of the bytes, once what is needed of them was read.
    pub(super) fn forget_weights(&mut self) {
        self.weights = Vec::new();
    }

    /// SHA-256 of everything read so far, in hexadecimal digits.
    pub(super) fn hash(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    /// A whole number of the description, 1 to a million.
    pub(super) fn number(&self, key: &str) -> Result<usize, EmbedError> {
        let number = self.config.get(key).and_then(serde_json::Value::as_u64).unwrap_or_default();
        usize::try_from(number).ok().filter(|number| (1..=1_000_000).contains(number)).ok_or_else(|| {
            EmbedError::Damaged {
                file: shown(&self.dir.join(CONFIG)),
                problem: format!("`{key}` is not a whole number from 1 to 1000000"),
            }
        })
    }

    /// A refusal of what the model is.
    pub(super) fn other_kind(&self, problem: impl Into<String>) -> EmbedError {
        EmbedError::OtherKind { dir: self.dir.display().to_string(), problem: problem.into() }
    }

    /// The numbers.
    pub(super) fn tensors(&self) -> Result<Tensors<'_>, EmbedError> {
        let file = shown(&self.dir.join(WEIGHTS));
        let tensors = SafeTensors::deserialize(&self.weights)
            .map_err(|error| EmbedError::Damaged { file: file.clone(), problem: error.to_string() })?;
        Ok(Tensors { file, tensors })
    }
}

/// The named tables of numbers of a model.
pub(super) struct Tensors<'a> {
    file: String,
    tensors: SafeTensors<'a>,
}

impl Tensors<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    /// The rows of a table, however many numbers they have.
    pub(super) fn table(&self, name: &str) -> Result<Array2<f32>, EmbedError> {
        let (shape, cells) = self.cells(name)?;
        match shape.as_slice() {
            [rows, columns] if *columns > 0 => self.shaped(name, *rows, *columns, cells),
            _ => Err(self.damaged(format!("`{name}` is no table of rows"))),
        }
    }

    /// A table of so many rows and columns.
    pub(super) fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Array2<f32>, EmbedError> {
        let cells = self.vector(name, rows.saturating_mul(columns))?;
        self.shaped(name, rows, columns, cells)
    }

    /// So many numbers.
    pub(super) fn vector(&self, name: &str, expected: usize) -> Result<Vec<f32>, EmbedError> {
        let (_, cells) = self.cells(name)?;
        let (file, tensor) = (self.file.clone(), name.to_string());
        if cells.len() == expected {
            Ok(cells)
        } else {
            Err(EmbedError::Dimension { file, tensor, found: cells.len(), expected })
        }
    }

    /// Whole numbers, as tables of tokens that share rows have them.
    pub(super) fn whole(&self, name: &str) -> Result<Vec<usize>, EmbedError> {
        let tensor = self.tensors.tensor(name).map_err(|_| self.damaged(format!("it has no `{name}`")))?;
        let index = |bytes: i64| usize::try_from(bytes).unwrap_or(usize::MAX);
        match tensor.dtype() {
            Dtype::I64 => {
                Ok(tensor.data().as_chunks::<8>().0.iter().map(|it| index(i64::from_le_bytes(*it))).collect())
            }
            Dtype::I32 => {
                Ok(tensor.data().as_chunks::<4>().0.iter().map(|it| index(i32::from_le_bytes(*it).into())).collect())
            }
            other => Err(self.damaged(format!("`{name}` holds {other:?}, not whole numbers"))),
        }
    }

    fn shaped(&self, name: &str, rows: usize, columns: usize, cells: Vec<f32>) -> Result<Array2<f32>, EmbedError> {
        let found = cells.len();
        Array2::from_shape_vec((rows, columns), cells).map_err(|_| EmbedError::Dimension {
            file: self.file.clone(),
            tensor: name.to_string(),
            found,
            expected: rows.saturating_mul(columns),
        })
    }

    fn cells(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), EmbedError> {
        let tensor = self.tensors.tensor(name).map_err(|_| self.damaged(format!("it has no `{name}`")))?;
        let data = tensor.data();
        let halves = || data.as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes));
        let cells: Vec<f32> = match tensor.dtype() {
            Dtype::F32 => data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            Dtype::F16 => halves().map(from_half).collect(),
            Dtype::BF16 => halves().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
            other => return Err(self.damaged(format!("`{name}` holds {other:?}; F32, F16 and BF16 can be read"))),
        };
        if cells.iter().any(|cell| !cell.is_finite()) {
            return Err(self.damaged(format!("`{name}` holds what is no number")));
        }
        Ok((tensor.shape().to_vec(), cells))
    }

    fn damaged(&self, problem: String) -> EmbedError {
        EmbedError::Damaged { file: self.file.clone(), problem }
    }
}

/// A number of 16 bits (IEEE 754, binary16).
fn from_half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2.0_f32.powi(exponent - 25),
    }
}

/// A path as messages say it.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> Result<Vec<u8>, EmbedError> {
    std::fs::read(path).map_err(|source| EmbedError::File { file: shown(path), action: "read", source })
}

#[cfg(test)]
mod tests {
    use super::from_half;

    #[test]
    fn halves_are_read_as_ieee_754_says() {
        // Its own examples: one, two thirds nearly, the largest, the smallest above zero, minus two.
        for (bits, number) in
            [(0x3c00, 1.0), (0x3555, 0.333_251_95), (0x7bff, 65_504.0), (0x0001, 5.960_464_5e-8), (0xc000, -2.0)]
        {
            assert!((from_half(bits) - number).abs() <= number.abs() * 1e-7, "{bits:x}");
        }
        assert!(from_half(0x7c00).is_infinite() && from_half(0x7e01).is_nan());
    }
}
