//! How many themes: the number at which halves of the answers, each grouped apart, agree best.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::cluster::{assign, means, narrow, settle_within};
use super::evaluate::rand_index;
use super::matrix::Matrix;
use super::tree;

/// Numbers that are tried, each some two fifths larger than the one before: a finer choice would be chance.
const TRIED: [usize; 10] = [5, 7, 10, 14, 20, 28, 40, 56, 80, 112];

/// Distinct answers that a theme should have at least, on average, for halves of them to tell anything.
const ANSWERS_A_THEME: usize = 20;

/// Halves that agree by at least this plainly find the same themes; below it the finer ones are chance.
const PLAIN: f64 = 0.75;

/// Numbers whose agreement falls short of the best by at most this are as good.
const NEARLY: f64 = 0.03;

/// Most themes, which a person can take in, where halves do not agree plainly.
const MOST_VAGUE: usize = 25;

/// Times that the answers are parted, most points of a half, and its narrow clusters.
const PARTED: u64 = 4;
const HALF: usize = 1_500;
const NARROW: usize = 200;

/// Rounds of k-means from a cut of the merge tree.
const ROUNDS: usize = 10;

/// The number of themes that the answers themselves suggest; none where there are too few of them to ask. Rows of zeros
/// take no part.
///
/// Halves drawn by chance are grouped apart, and each says of the other's answers where they would stand: the adjusted
/// Rand index of both groupings, both ways, on average over the times parted (prediction strength, Tibshirani and Walther
/// 2005, with that index in place of the least of the groups' shares). Where themes are split or merged by chance the
/// halves do so differently.
pub(super) fn suggest(points: &Matrix, weights: &[f64], seed: u64) -> Option<usize> {
    let known: Vec<usize> = (0..points.len()).filter(|&row| points.row(row).iter().any(|&cell| cell != 0.0)).collect();
    let most = known.len() / ANSWERS_A_THEME;
    let tried: Vec<usize> = TRIED.into_iter().filter(|&k| k <= most).collect();
    let parted: Vec<Vec<f64>> = (0..PARTED)
        .into_par_iter()
        .map(|turn| agreements(points, weights, &known, &tried, seed.wrapping_add(2_000 + turn)))
        .collect();
    let mean = |place: usize| parted.iter().filter_map(|all| all.get(place)).sum::<f64>() / PARTED as f64;
    choose(&tried.iter().enumerate().map(|(place, &k)| (k, mean(place))).collect::<Vec<_>>())
}

/// Among numbers and how far halves agree there: where they plainly agree the largest that is nearly as good as the best,
/// for what comes back is there, and merging it is easier than finding it; else the smallest, for what does not come back
/// is chance.
fn choose(tried: &[(usize, f64)]) -> Option<usize> {
    let best = |most: usize| {
        let agreements = tried.iter().filter(|&&(k, _)| k <= most).map(|&(_, agreement)| agreement);
        agreements.fold(f64::NEG_INFINITY, f64::max)
    };
    let plainly = best(usize::MAX);
    if plainly >= PLAIN {
        let as_good = |&&(_, agreement): &&(usize, f64)| agreement >= PLAIN.max(plainly - NEARLY);
        return tried.iter().rfind(as_good).map(|&(k, _)| k);
    }
    let as_good = |&&(k, agreement): &&(usize, f64)| k <= MOST_VAGUE && agreement >= best(MOST_VAGUE) - NEARLY;
    tried.iter().find(as_good).map(|&(k, _)| k)
}

/// How far two halves of the rows known agree, for each number tried.
fn agreements(points: &Matrix, weights: &[f64], known: &[usize], tried: &[usize], seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let size = (known.len() / 2).min(HALF);
    let mut rows = known.to_vec();
    // The first of a shuffle (Fisher and Yates).
    for place in 0..(2 * size).min(rows.len()) {
        #[expect(clippy::cast_possible_truncation, reason = "a remainder of a number of rows")]
        let other = place + (rng.next_u64() % (rows.len() - place) as u64) as usize;
        rows.swap(place, other);
    }
    let halves: Vec<(Matrix, Vec<Matrix>)> = rows
        .chunks_exact(size.max(1))
        .take(2)
        .map(|rows| {
            let cells = rows.iter().flat_map(|&row| points.row(row)).copied().collect();
            let half = Matrix { columns: points.columns, cells };
            let weights: Vec<f64> = rows.iter().filter_map(|&row| weights.get(row)).copied().collect();
            let centroids = centroids(&half, &weights, tried, seed);
            (half, centroids)
        })
        .collect();
    let [(one, of_one), (other, of_other)] = halves.as_slice() else { return Vec::new() };
    let agreement = |(a, b): (&Matrix, &Matrix)| {
        let agree = |half| rand_index(&assign(half, a), &assign(half, b));
        f64::midpoint(agree(one), agree(other))
    };
    of_one.iter().zip(of_other).map(agreement).collect()
}

/// The centres of each number of themes tried, from cuts of one merge tree.
fn centroids(half: &Matrix, weights: &[f64], tried: &[usize], seed: u64) -> Vec<Matrix> {
    let (owners, narrow) = narrow(half, weights, NARROW.min(half.len()), seed);
    let tree = tree::ward(half, weights, &owners, &vec![0; narrow.len()]);
    let settled = |&k: &usize| {
        let cut = tree.cut(k);
        let owners: Vec<usize> = owners.iter().filter_map(|&owner| cut.get(owner)).copied().collect();
        let themes = cut.iter().max().map_or(0, |last| last + 1);
        let first = means(half, weights, &owners, &Matrix::zeros(themes, half.columns));
        settle_within(ROUNDS, half, weights, first).1
    };
    tried.iter().map(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Matrix;
    use super::{choose, suggest};

    #[test]
    fn what_comes_back_is_suggested_as_fine_as_it_does_and_what_does_not_as_broad() {
        assert_eq!(choose(&[(5, 0.5), (20, 0.92), (28, 0.9), (40, 0.86)]), Some(28));
        assert_eq!(choose(&[(5, 0.68), (10, 0.7), (20, 0.6), (80, 0.74)]), Some(5));
        assert_eq!(choose(&[]), None);
    }

    #[test]
    fn as_many_groups_as_lie_apart_are_suggested() {
        // Groups at the corners of a cube of ten dimensions, each a little spread.
        for (groups, expected) in [(7_usize, 7), (20, 20)] {
            let mut points = Matrix::zeros(groups * 60, 10);
            for (row, point) in points.cells.chunks_exact_mut(10).enumerate() {
                let corner = (row % groups) * 37 + 11;
                for (place, cell) in point.iter_mut().enumerate() {
                    let spread = ((row * 31 + place * 17) % 13) as f64 / 100.0;
                    *cell = super::super::matrix::single(if corner >> place & 1 == 1 { 1.0 } else { -1.0 } + spread);
                }
            }
            points.normalise_rows();
            assert_eq!(suggest(&points, &vec![1.0; groups * 60], 7), Some(expected));
        }
    }
}
