//! Vectors: each text as the TF-IDF weights of its words, and its nearest texts by cosine.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: terms and rows are numbered by the corpus they index")]

use rayon::prelude::*;

use super::lexicon::Corpus;
use super::matrix::{self, Sparse};

/// Below this many texts every word counts: a word seen once may be all that a small consultation has.
const SMALL: usize = 20;

/// Words in fewer texts join nothing.
const MIN_TEXTS: usize = 2;

/// Words in a larger share of the texts separate nothing.
const MAX_SHARE: f64 = 0.5;

/// Texts looked at for the neighbours of one; all that share a word, in consultations of some ten thousand answers.
const MOST_LOOKED_AT: usize = 16_000;

/// Times as many neighbours as wanted are compared by all their words where not all could be looked at.
const SHORTLIST: usize = 4;

/// TF-IDF rows of length 1, one a text; a text without a usable word has an empty row.
///
/// Weight (1 + ln tf) x (1 + ln((1 + n) / (1 + df))), the sublinear and smoothed form of scikit-learn's
/// `TfidfVectorizer`; forms of one word count as one, words of the glue list are left out, as are words in fewer than 2 texts or in more than half of
/// them once there are 20 texts.
pub(super) fn tf_idf(corpus: &Corpus) -> Sparse {
    let n = corpus.texts.len();
    let counts: Vec<Vec<(usize, usize)>> = corpus
        .texts
        .par_iter()
        .map(|text| {
            let terms = text.iter().map(|token| &corpus.terms[token.term]);
            let mut terms: Vec<usize> = terms.filter(|term| !term.glue).map(|term| term.stem).collect();
            terms.sort_unstable();
            terms.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect()
        })
        .collect();
    let mut texts_with = vec![0_usize; corpus.terms.len()];
    for &(term, _) in counts.iter().flatten() {
        texts_with[term] += 1;
    }
    let mut columns = 0;
    let kept: Vec<Option<(u32, f64)>> = texts_with
        .iter()
        .map(|&df| {
            let usable = df > 0 && (n < SMALL || df >= MIN_TEXTS && df as f64 <= MAX_SHARE * n as f64);
            usable.then(|| {
                columns += 1;
                (columns - 1, 1.0 + ((1.0 + n as f64) / (1.0 + df as f64)).ln())
            })
        })
        .collect();
    let rows: Vec<Vec<(u32, f32)>> = counts
        .par_iter()
        .map(|row| {
            let weights: Vec<(u32, f64)> = row
                .iter()
                .filter_map(|&(term, tf)| kept[term].map(|(column, idf)| (column, (1.0 + (tf as f64).ln()) * idf)))
                .collect();
            let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            weights.into_iter().map(|(column, weight)| (column, matrix::single(weight / length))).collect()
        })
        .collect();
    Sparse::from_rows(&rows, columns as usize)
}

/// For each row a row of smoothing weights: 1 for itself, and `strength` shared among its `count` nearest rows in
/// proportion to their cosine.
///
/// Every row that shares a word is looked at, rare words first, until [`MOST_LOOKED_AT`] have been; where that leaves
/// common words out, they still count in the cosines of the nearest found by the others. Ties go to the earlier row. Cost:
/// in proportion to the number of rows.
pub(super) fn smoothing(rows: &Sparse, texts_with: &Sparse, count: usize, strength: f32) -> Sparse {
    let n = rows.len();
    let smoothed: Vec<Vec<(u32, f32)>> = (0..n)
        .into_par_iter()
        .map_init(
            || Cosines { of: vec![0.0; n], touched: vec![0; n + 1] },
            |cosines, index| {
                let mut weights = nearest(rows, texts_with, index, count, cosines);
                let total: f32 = weights.iter().map(|(_, cosine)| cosine).sum();
                for (_, cosine) in &mut weights {
                    *cosine *= strength / total;
                }
                weights.extend(u32::try_from(index).map(|own| (own, 1.0)));
                weights.sort_unstable_by_key(|&(row, _)| row);
                weights
            },
        )
        .collect();
    Sparse::from_rows(&smoothed, n)
}

/// The cosines of one row with all others while they are added up.
struct Cosines {
    /// Of each row; all zeros between one row and the next.
    of: Vec<f32>,
    /// The rows that share a word, from the front; one place more than there are rows.
    touched: Vec<u32>,
}

/// The nearest other rows and their cosines.
fn nearest(rows: &Sparse, texts_with: &Sparse, index: usize, count: usize, cosines: &mut Cosines) -> Vec<(u32, f32)> {
    let Cosines { of: cosine, touched } = cosines;
    let mut known = 0;
    let mut terms: Vec<(&[(u32, f32)], f32)> =
        rows.row(index).iter().map(|&(term, weight)| (texts_with.row(term as usize), weight)).collect();
    terms.sort_by_key(|(texts, _)| texts.len());
    let mut left = MOST_LOOKED_AT;
    let mut exact = true;
    for (texts, weight) in terms {
        let looked_at = &texts[..texts.len().min(left)];
        if looked_at.len() < texts.len() && known > 0 {
            exact = false;
            break;
        }
        exact &= looked_at.len() == texts.len();
        left -= looked_at.len();
        for &(other, other_weight) in looked_at {
            // Noted in any case, and kept if it is new: no branch that nobody can foretell.
            let sum = &mut cosine[other as usize];
            touched[known] = other;
            known += usize::from(*sum == 0.0);
            *sum += weight * other_weight;
        }
    }
    let wanted = if exact { count } else { count * SHORTLIST };
    let mut best = largest(&touched[..known], cosine, index, wanted);
    if !exact {
        for (other, similarity) in &mut best {
            *similarity = sparse_dot(rows.row(index), rows.row(*other as usize));
        }
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(count);
    }
    best
}

/// The sum of products of two sparse rows.
fn sparse_dot(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut x, mut y, mut sum) = (0, 0, 0.0);
    while x < a.len() && y < b.len() {
        let (left, right) = (a[x], b[y]);
        if left.0 == right.0 {
            sum += left.1 * right.1;
        }
        x += usize::from(left.0 <= right.0);
        y += usize::from(right.0 <= left.0);
    }
    sum
}

/// The largest cosines among the rows touched, but for `index` itself; takes all of them back to zero.
fn largest(touched: &[u32], cosine: &mut [f32], index: usize, count: usize) -> Vec<(u32, f32)> {
    let mut best: Vec<(u32, f32)> = Vec::with_capacity(count + 1);
    let mut least = f32::NEG_INFINITY;
    for &other in touched {
        let similarity = std::mem::take(&mut cosine[other as usize]);
        if similarity < least || other as usize == index {
            continue;
        }
        let closer = |&(known, known_similarity): &(u32, f32)| {
            known_similarity.total_cmp(&similarity).then(other.cmp(&known)).is_gt()
        };
        if best.len() == count && best.last().is_some_and(closer) {
            continue;
        }
        best.insert(best.partition_point(closer), (other, similarity));
        best.truncate(count);
        if let Some(&(_, last)) = best.last().filter(|_| best.len() == count) {
            least = last;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::lexicon;
    use super::super::matrix::Sparse;
    use super::super::tokens::words;
    use super::{smoothing, tf_idf};

    #[test]
    fn with_many_texts_words_of_one_text_and_words_of_most_are_left_out() {
        let texts: Vec<String> = (0..30).map(|i| format!("always subject{} once{i}", i % 3)).collect();
        let rows = tf_idf(&lexicon::corpus(texts.iter().map(|text| words(text)).collect()));
        assert_eq!((rows.len(), rows.columns), (30, 3));
        assert!((0..30).all(|index| rows.row(index).len() == 1));
    }

    #[test]
    fn where_a_word_is_too_common_its_texts_are_still_compared_by_it() {
        let n: u32 = 17_000;
        // Everybody says word 0, a thousand each also one of the words after; two say another word with it.
        let rows: Vec<Vec<(u32, f32)>> = (0..n)
            .map(|row| match row {
                5 | 16_990 => vec![(0, 0.6), (1, 0.48), (40, 0.64)],
                _ => vec![(0, 0.6), (1 + row / 1_000, 0.8)],
            })
            .collect();
        let rows = Sparse::from_rows(&rows, 41);
        let weights = smoothing(&rows, &rows.transpose(), 1, 1.0);
        let near = |row| weights.row(row).iter().map(|&(other, _)| other).collect::<Vec<u32>>();
        assert_eq!(near(5), [5, 16_990]);
        assert_eq!(near(3_500), [3_000, 3_500]);
    }

    #[test]
    fn a_row_borrows_from_its_nearest_and_ties_go_to_the_earlier() {
        let rows = Sparse::from_rows(
            &[vec![(0, 1.0)], vec![(0, 0.6), (1, 0.8)], vec![(0, 1.0)], vec![(0, 1.0)], vec![(2, 1.0)]],
            3,
        );
        let weights = smoothing(&rows, &rows.transpose(), 1, 0.5);
        assert_eq!(weights.row(3), [(0, 0.5), (3, 1.0)]);
        assert_eq!(weights.row(4), [(4, 1.0)]);
    }
}
