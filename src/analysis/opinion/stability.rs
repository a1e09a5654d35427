//! Would other people like these give the same groups? Halves of the people are grouped apart and compared.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the length it was made from")]

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::fit::map;
use super::votes::Votes;

/// How often the people are halved.
pub const HALVINGS: usize = 10;

/// Most people of a half: more tell nothing new.
const HALF: usize = 10_000;

/// For each number of groups, how alike the groups of two halves of the people are: the mean over [`HALVINGS`] random
/// halvings of the adjusted Rand index, near 0 for groups of chance and 1 for the same groups.
///
/// Each half is placed and grouped without the other; then everyone is put in the nearest group of either, and the two
/// divisions of everyone are compared. As nobody stands in both halves, what noise gives to one it does not give to the
/// other. Sources: Lange, Roth, Braun and Buhmann 2004, Neural Comput 16:1299 (two halves, one labels the other);
/// Hubert and Arabie 1985, J Classif 2:193 (the index). `people` are those placed; of more than 20,000 a new 20,000 are
/// drawn each time. The seed decides the halves. Fewer than four people give 0.
pub fn stability(votes: &Votes, people: &[usize], ks: &[usize], seed: u64) -> Vec<f64> {
    if people.len() < 4 {
        return vec![0.0; ks.len()];
    }
    let one = |halving: usize| -> Vec<f64> {
        let seed = seed.wrapping_add(1 + halving as u64);
        let mut drawn = people.to_vec();
        let size = (drawn.len() / 2).min(HALF);
        let (drawn, _) = drawn.partial_shuffle(&mut ChaCha8Rng::seed_from_u64(seed), 2 * size);
        let everyone = votes.of_people(drawn);
        let halves = [&drawn[..size], &drawn[size..]].map(|half| {
            let map = map(&votes.of_people(half), usize::MAX, seed);
            let base_of = map.base_of_others(&everyone);
            (map, base_of)
        });
        let alike = |&k: &usize| {
            let [one, other] = halves.each_ref().map(|(map, base_of)| {
                let division = map.divide(k, seed);
                base_of.iter().map(|&base| division.of_base.get(base).copied().unwrap_or(0)).collect::<Vec<_>>()
            });
            rand_index(&one, &other)
        };
        ks.iter().map(alike).collect()
    };
    let each: Vec<Vec<f64>> = (0..HALVINGS).into_par_iter().map(one).collect();
    (0..ks.len()).map(|at| each.iter().map(|one| one[at]).sum::<f64>() / HALVINGS as f64).collect()
}

/// The adjusted Rand index of two divisions of the same people: 1 for the same groups whatever they are called, 0 on
/// average for groups of chance, below 0 for less than that. 1 where both leave everyone together.
///
/// Source: Hubert and Arabie 1985, J Classif 2:193, equation 5.
///
/// ```
/// use canvass::analysis::opinion::rand_index;
/// assert_eq!(rand_index(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
/// assert!(rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]) < 0.0);
/// ```
pub fn rand_index(one: &[usize], other: &[usize]) -> f64 {
    let width = |groups: &[usize]| groups.iter().max().map_or(0, |most| most + 1);
    let (rows, columns) = (width(one), width(other));
    let mut together = vec![0_u64; rows * columns];
    for (a, b) in one.iter().zip(other) {
        together[a * columns + b] += 1;
    }
    let pairs = |n: u64| (n * n.saturating_sub(1) / 2) as f64;
    let in_both: f64 = together.iter().map(|&n| pairs(n)).sum();
    let in_one: f64 = together.chunks(columns.max(1)).map(|row| pairs(row.iter().sum())).sum();
    let in_other: f64 =
        (0..columns).map(|column| pairs((0..rows).map(|row| together[row * columns + column]).sum())).sum();
    let all = pairs(one.len() as u64);
    let expected = if all > 0.0 { in_one * in_other / all } else { 0.0 };
    let most = f64::midpoint(in_one, in_other);
    if (most - expected).abs() < f64::EPSILON { 1.0 } else { (in_both - expected) / (most - expected) }
}

#[cfg(test)]
mod tests {
    use super::super::simulate::planted;
    use super::*;

    /// Hubert and Arabie 1985 give the formula; the counts are those of a table worked by hand: 3 of 15 pairs expected.
    #[test]
    fn the_rand_index_is_adjusted_for_chance() {
        // Table [[2, 1], [1, 2]]: 2 pairs in both, 6 in each, 15 in all; (2 - 36/15) / (6 - 36/15).
        assert!((rand_index(&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 0, 1, 1]) - (-0.4 / 3.6)).abs() < 1e-12);
        assert!((rand_index(&[0, 0], &[0, 0]) - 1.0).abs() < 1e-12);
        assert!((rand_index(&[], &[]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn planted_groups_are_stable_and_noise_is_not() {
        let (votes, _) = planted(300, 20, 2, 0.6, 1);
        let everyone: Vec<usize> = (0..300).collect();
        assert!(stability(&votes, &everyone, &[2], 7)[0] > 0.9);
        let (noise, _) = planted(300, 20, 1, 0.0, 1);
        let alike = stability(&noise, &everyone, &[2, 3, 4, 5], 7);
        assert!(alike.iter().all(|one| one.abs() < 0.2), "{alike:?}");
        assert_eq!(stability(&noise, &everyone[..3], &[2], 7), [0.0]);
    }
}
