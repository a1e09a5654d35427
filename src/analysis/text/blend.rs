//! Vectors of a language model beside the words' own: what each text means to a model, and which words it shares.

use std::collections::HashMap;

use super::matrix::{self, Matrix};
use super::principal::centre;

/// What the points from the words count against those from a model.
const WORDS: f32 = 0.7;

/// The vectors of texts by a language model, as plain numbers: whoever reads models makes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    model: String,
    columns: usize,
    places: HashMap<String, usize>,
    rows: Vec<f32>,
}

impl Vectors {
    /// The vectors of `texts`, row after row in their order, by the model with this hash.
    pub fn new(model: &str, columns: usize, texts: &[&str], rows: Vec<f32>) -> Self {
        let places = texts.iter().enumerate().map(|(place, text)| ((*text).to_string(), place)).collect();
        Self { model: model.to_string(), columns: columns.max(1), places, rows }
    }

    /// The hash of the model.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The vector of a text, if there is one.
    pub fn of(&self, text: &str) -> Option<&[f32]> {
        let from = self.places.get(text)? * self.columns;
        self.rows.get(from..from + self.columns)
    }
}

/// Points that hold both: the texts' vectors, centred and of length 1, and beside them the points from their words. A
/// text without a vector has its words alone.
pub(super) fn blend<'a>(vectors: &Vectors, texts: impl Iterator<Item = &'a str>, words: &Matrix) -> Matrix {
    let mut dense = Matrix::zeros(words.len(), vectors.columns);
    let mut known = Vec::with_capacity(words.len());
    for (row, text) in dense.cells.chunks_exact_mut(vectors.columns).zip(texts) {
        let vector = vectors.of(text).filter(|vector| vector.iter().any(|cell| *cell != 0.0));
        known.push(vector.is_some());
        let cells = vector.into_iter().flatten().copied();
        row.iter_mut().zip(cells).for_each(|(cell, number)| *cell = number);
    }
    centre(&mut dense);
    let columns = vectors.columns + words.columns;
    let mut points = Matrix::zeros(words.len(), columns);
    let parts = dense.cells.chunks_exact_mut(vectors.columns).zip(words.rows()).zip(known);
    for (point, ((dense, words), known)) in points.cells.chunks_exact_mut(columns).zip(parts) {
        let (left, right) = point.split_at_mut(vectors.columns);
        if known {
            matrix::normalise_row(dense);
            matrix::add_scaled(left, dense, 1.0);
        }
        matrix::add_scaled(right, words, WORDS);
        matrix::normalise_row(point);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::matrix::{Matrix, dot};
    use super::{Vectors, blend};

    #[test]
    fn texts_that_mean_the_same_come_nearer_than_their_words_are() {
        let vectors = Vectors::new("m", 2, &["bus", "coach", "nurse"], vec![1.0, 0.1, 1.0, 0.0, 0.0, 1.0]);
        let words = Matrix { columns: 3, cells: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] };
        let points = blend(&vectors, ["bus", "coach", "nurse"].into_iter(), &words);
        let near = |a: usize, b: usize| dot(points.row(a), points.row(b));
        assert!(near(0, 1) > 0.5 && near(0, 2) < 0.0 && near(1, 2) < 0.0);
        assert!((near(0, 0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_text_without_a_vector_has_its_words() {
        let vectors = Vectors::new("m", 2, &["bus", "nurse", ""], vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let words = Matrix { columns: 1, cells: vec![1.0, 1.0, 1.0, 1.0] };
        let points = blend(&vectors, ["bus", "nurse", "", "unheard of"].into_iter(), &words);
        for text in [2, 3] {
            assert_eq!(points.row(text), [0.0, 0.0, 1.0]);
        }
    }
}
