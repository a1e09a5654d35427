//! Quotes: the few answers that speak best for a theme.

use std::collections::HashSet;

use super::lexicon::Corpus;
use super::matrix::{Matrix, dot};
use super::phrase::{self, Key};

/// Words that a quote should have at least and at most: shorter ones say little, longer ones are not read.
const WORDS: (usize, usize) = (6, 50);

/// What an answer outside [`WORDS`] loses, in cosine.
const LENGTH_PENALTY: f64 = 0.2;

/// What an answer gains for each of the theme's terms that it holds, and the most that count.
const TERM_BONUS: f64 = 0.1;
const MAX_HELD: usize = 3;

/// Answers that share more of their words than this say the same.
const MAX_OVERLAP: f64 = 0.5;

/// The distinct texts nearest to a theme's centroid, best first, at most `count`, no two of them nearly the same.
///
/// `members` are the theme's distinct texts in order. A text that holds the theme's terms is preferred: a reader should
/// see in the quote why the theme is called what it is.
pub(super) fn medoids(
    corpus: &Corpus,
    points: &Matrix,
    centroid: &[f32],
    members: &[usize],
    terms: &[Key],
    count: usize,
) -> Vec<usize> {
    let mut ranked: Vec<(f64, usize)> = members
        .iter()
        .map(|&text| {
            let tokens = corpus.texts.get(text).map_or(&[][..], Vec::as_slice);
            let words = tokens.len();
            let mut held: Vec<Key> =
                phrase::phrases(corpus, tokens).map(|(key, _)| key).filter(|key| terms.contains(key)).collect();
            held.sort_unstable();
            held.dedup();
            let penalty = if words < WORDS.0 || words > WORDS.1 { LENGTH_PENALTY } else { 0.0 };
            (f64::from(dot(points.row(text), centroid)) + TERM_BONUS * held.len().min(MAX_HELD) as f64 - penalty, text)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<(usize, HashSet<usize>)> = Vec::new();
    for (_, text) in ranked {
        if chosen.len() == count {
            break;
        }
        let words: HashSet<usize> = corpus.texts.get(text).into_iter().flatten().map(|token| token.term).collect();
        if chosen.iter().all(|(_, other)| overlap(&words, other) <= MAX_OVERLAP) {
            chosen.push((text, words));
        }
    }
    chosen.into_iter().map(|(text, _)| text).collect()
}

/// Shared words as a share of the shorter text's.
fn overlap(a: &HashSet<usize>, b: &HashSet<usize>) -> f64 {
    a.intersection(b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::lexicon;
    use super::super::matrix::Matrix;
    use super::super::tokens::words;
    use super::medoids;

    #[test]
    fn quotes_are_near_the_centre_and_not_nearly_the_same() {
        let texts = [
            "far away from all that others have said",
            "the buses are late every single morning here",
            "the buses are late every single evening here",
            "drivers never stop where old people wait",
        ];
        let corpus = lexicon::corpus(texts.iter().map(|text| words(text)).collect());
        let points = Matrix { columns: 1, cells: vec![0.1, 1.0, 0.9, 0.8] };
        assert_eq!(medoids(&corpus, &points, &[1.0], &[0, 1, 2, 3], &[], 2), [1, 3]);
        assert_eq!(medoids(&corpus, &points, &[1.0], &[0, 1, 2, 3], &[], 9), [1, 3, 0]);
    }
}
