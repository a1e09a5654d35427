//! Words by the company they keep: each word as what it occurs together with, each text as the mean of its words.
#![expect(
    clippy::indexing_slicing,
    reason = "numeric kernels: words and texts are numbered by the matrices they index"
)]

use rayon::prelude::*;

use super::matrix::{self, Matrix, Sparse};
use super::principal::centre;
use super::reduce;

/// Numbers that a word is told by.
const DIMENSIONS: usize = 40;

/// What these means count against the points that the texts have already.
const STRENGTH: f32 = 0.7;

/// Most texts that the company of words is looked at in, and most pairs of words there; more change little.
const TEXTS: usize = 20_000;
const PAIRS: usize = 4_000_000;

/// Words said more often than this share of all words weigh less than half of a rare one.
const RARE: f64 = 1e-3;

/// The texts as `points` with, beside them and [`STRENGTH`] as long, the mean of the vectors of their words; rows of length 1. A text
/// without a usable word stays a row of zeros.
///
/// A word is told by its positive pointwise mutual informations with the words it shares texts with, reduced to
/// [`DIMENSIONS`] numbers by a singular value decomposition and weighted by the roots of its values (Levy and Goldberg
/// 2014). A text is the mean of its words, each weighted by a / (a + p), where p is the word's share of all words and a is
/// [`RARE`], seen from the middle of all texts (Arora, Liang and Ma 2017, who leave out the first component instead).
/// `rows` are the texts' words, and `texts_with` the same by word.
pub(super) fn beside(points: &Matrix, rows: &Sparse, texts_with: &Sparse, seed: u64) -> Matrix {
    let company = company(rows, texts_with);
    let words = reduce::square_root(&company, DIMENSIONS, seed);
    let all: usize = (0..texts_with.len()).map(|word| texts_with.row(word).len()).sum();
    let weights: Vec<f64> = (0..texts_with.len())
        .map(|word| RARE / (RARE + texts_with.row(word).len() as f64 / all.max(1) as f64))
        .collect();
    let means: Vec<Vec<(u32, f32)>> = (0..rows.len())
        .into_par_iter()
        .map(|text| rows.row(text).iter().map(|&(word, _)| (word, matrix::single(weights[word as usize]))).collect())
        .collect();
    let mut means = Sparse::from_rows(&means, rows.columns).times(&words);
    means.normalise_rows();
    centre(&mut means);
    let columns = points.columns + means.columns;
    let mut both = Matrix::zeros(points.len(), columns);
    let parts = points.rows().zip(means.cells.chunks_exact_mut(words.columns));
    for (both, (point, mean)) in both.cells.chunks_exact_mut(columns).zip(parts) {
        if point.iter().any(|&cell| cell != 0.0) {
            let (left, right) = both.split_at_mut(points.columns);
            left.copy_from_slice(point);
            matrix::normalise_row(mean);
            matrix::add_scaled(right, mean, STRENGTH);
            matrix::normalise_row(both);
        }
    }
    both
}

/// For each word its positive pointwise mutual information with every other: ln(n(a, b) n / (n(a) n(b))) where above 0,
/// n(a, b) texts having both, and n(a) and n being the sums of that over one and over all.
fn company(rows: &Sparse, texts_with: &Sparse) -> Sparse {
    let step = step(rows);
    let words = texts_with.len();
    let counts: Vec<Vec<(u32, f32)>> = (0..words)
        .into_par_iter()
        .map_init(
            || (vec![0.0_f32; words], Vec::new()),
            |(counts, touched), word| {
                for &(text, _) in texts_with.row(word).iter().filter(|(text, _)| (*text as usize).is_multiple_of(step))
                {
                    for &(other, _) in rows.row(text as usize).iter().filter(|(other, _)| *other as usize != word) {
                        let count = &mut counts[other as usize];
                        if *count == 0.0 {
                            touched.push(other);
                        }
                        *count += 1.0;
                    }
                }
                touched.sort_unstable();
                touched.drain(..).map(|other| (other, std::mem::take(&mut counts[other as usize]))).collect()
            },
        )
        .collect();
    let sums: Vec<f64> = counts.iter().map(|row| row.iter().map(|&(_, count)| f64::from(count)).sum()).collect();
    let all: f64 = sums.iter().sum();
    let informed: Vec<Vec<(u32, f32)>> = counts
        .into_par_iter()
        .zip(&sums)
        .map(|(row, sum)| {
            let information = |(other, count): (u32, f32)| {
                let information = (f64::from(count) * all / (sum * sums[other as usize])).ln();
                (information > 0.0).then(|| (other, matrix::single(information)))
            };
            row.into_iter().filter_map(information).collect()
        })
        .collect();
    Sparse::from_rows(&informed, words)
}

/// Every how many texts one is looked at.
fn step(rows: &Sparse) -> usize {
    let pairs: usize = (0..rows.len()).map(|text| rows.row(text).len().pow(2)).sum();
    rows.len().div_ceil(TEXTS).max(pairs.div_ceil(PAIRS)).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon;
    use super::super::matrix::{Matrix, dot};
    use super::super::tokens::words;
    use super::super::vector::tf_idf;
    use super::{beside, company};

    /// Buses and trams are both said beside stops, nurses beside wards, and never beside each other.
    fn texts() -> Vec<&'static str> {
        vec!["bus stop", "tram stop", "nurse ward", "matron ward", "bus late", "tram late", "nurse kind", "matron kind"]
    }

    #[test]
    fn words_in_one_company_are_near_though_they_share_no_text() {
        let rows = tf_idf(&lexicon::corpus(texts().into_iter().map(words).collect()));
        let mut points = Matrix::zeros(rows.len(), 1);
        points.cells.fill(1e-3);
        let both = beside(&points, &rows, &rows.transpose(), 7);
        let near = |a: usize, b: usize| dot(both.row(a), both.row(b));
        assert!(near(0, 1) > 0.9 && near(0, 5) > 0.9, "{} {}", near(0, 1), near(0, 5));
        assert!(near(0, 2) < 0.0 && near(1, 7) < 0.0);
        assert!((near(0, 0) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_text_without_a_usable_word_stays_without_a_place() {
        let rows = tf_idf(&lexicon::corpus(["bus stop", "the", "tram stop"].into_iter().map(words).collect()));
        let points = Matrix { columns: 1, cells: vec![1.0, 0.0, 1.0] };
        let both = beside(&points, &rows, &rows.transpose(), 7);
        assert!(both.row(1).iter().all(|&cell| cell == 0.0));
        let alone = tf_idf(&lexicon::corpus(vec![words("bus")]));
        let both = beside(&Matrix { columns: 1, cells: vec![1.0] }, &alone, &alone.transpose(), 7);
        assert_eq!(both.row(0), [1.0, 0.0], "a word without company adds nothing");
        let none = tf_idf(&lexicon::corpus(Vec::new()));
        assert_eq!(beside(&Matrix::zeros(0, 1), &none, &none.transpose(), 7).len(), 0);
    }

    #[test]
    fn information_is_what_the_counts_say_and_only_what_is_more_than_chance() {
        let rows = tf_idf(&lexicon::corpus(texts().into_iter().map(words).collect()));
        let company = company(&rows, &rows.transpose());
        // Each of the eight words stands in two texts and twice beside others, of sixteen in all: ln(1 x 16 / (2 x 2)).
        for word in 0..company.len() {
            assert_eq!(company.row(word).len(), 2);
            assert!(company.row(word).iter().all(|&(_, cell)| (cell - 4.0_f32.ln()).abs() < 1e-6));
        }
    }
}
