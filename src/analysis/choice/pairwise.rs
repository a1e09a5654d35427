//! Rules that look at each two options, beside Schulze's and ranked pairs.

use super::ballots::Pairwise;
use super::{best_by, places_by};

/// Copeland's score of each option: how many others it beats, less how many beat it. From -(m - 1) to m - 1.
///
/// Source: Copeland 1951; see Fishburn 1977 (SIAM J Appl Math 33:469).
pub fn copeland(pairs: &Pairwise) -> Vec<f64> {
    let others = |a: usize| (0..pairs.options()).filter(move |b| *b != a);
    let of = |a: usize| {
        let won = others(a).filter(|b| pairs.margin(a, *b) > 0).count() as f64;
        won - others(a).filter(|b| pairs.margin(*b, a) > 0).count() as f64
    };
    (0..pairs.options()).map(of).collect()
}

/// The options that tie for the highest Copeland score.
pub fn copeland_winners(pairs: &Pairwise) -> Vec<usize> {
    best_by(&copeland(pairs))
}

/// The largest margin by which each option is beaten; 0 for one that nobody beats.
///
/// Source: Simpson 1969 (Am J Polit Sci 13:478) and Kramer 1977 (J Econ Theory 16:310), by margins.
pub fn worst_defeats(pairs: &Pairwise) -> Vec<u64> {
    let of = |a| (0..pairs.options()).map(|b| pairs.margin(b, a)).max().unwrap_or_default();
    (0..pairs.options()).map(of).collect()
}

/// The options whose worst defeat is smallest.
pub fn minimax_winners(pairs: &Pairwise) -> Vec<usize> {
    let scores: Vec<f64> = worst_defeats(pairs).into_iter().map(|margin| -(margin as f64)).collect();
    places_by(&scores).into_iter().next().unwrap_or_default()
}
