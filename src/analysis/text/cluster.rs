//! Clusters: seeded spherical k-means++, more clusters than themes, to be merged by [`super::tree`].
#![expect(clippy::indexing_slicing, reason = "numeric kernels: points, weights and owners are of one length")]

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::frame::ThemeOptions;
use super::matrix::{self, Matrix, Panels, dot};
use super::number;
use super::tree::{self, Tree};

/// Rounds after which k-means stops even where answers still move, and after which narrow clusters are good enough.
const MAX_ROUNDS: usize = 25;
const NARROW_ROUNDS: usize = 6;

/// Starts beside the one from the merge tree, and the most points that they look at.
const STARTS: u64 = 8;
const SAMPLE: usize = 6_000;

/// Points whose sums one thread makes at a time. Fixed, so that sums do not depend on the number of threads.
const BLOCK: usize = 4_096;

/// Most points of a half that is clustered anew.
const HALF: usize = 1_000;

/// Clusters made for each theme asked for, and their fewest and most; merging costs the cube of their number.
const CLUSTERS_A_THEME: usize = 4;
const CLUSTERS: (usize, usize) = (150, 500);

/// Themes as clusters of points.
pub(super) struct Clusters {
    /// The centre of each theme.
    pub(super) centroids: Matrix,
    /// For each point the narrow cluster within its theme that it stands in; none for a row of zeros.
    pub(super) leaf_of: Vec<Option<usize>>,
    /// The theme of each narrow cluster.
    pub(super) theme_of_leaf: Vec<usize>,
    /// How the narrow clusters merge: first within their themes, then the themes.
    pub(super) tree: Tree,
    /// For each theme how much of it comes back when half of the points are clustered anew, 0 to 1; empty if not asked.
    pub(super) stability: Vec<f64>,
}

/// The themes of points of length 1. Rows of zeros take no part; there are no themes without others.
///
/// The best of several starts by the sum of cosines: one from the merge tree of many narrow clusters, the others from
/// k-means++. With many points the starts see a sample, and the best goes on with all. How many there are is asked of the
/// points from the words alone, which tell it better than those blended with a model's vectors.
pub(super) fn themes(points: &Matrix, of_words: &Matrix, weights: &[f64], options: &ThemeOptions) -> Clusters {
    let seed = options.seed;
    let mut known = Matrix::zeros(0, points.columns);
    let mut known_weights = Vec::new();
    let mut places = Vec::new();
    for (place, (point, &weight)) in points.rows().zip(weights).enumerate() {
        if point.iter().any(|&cell| cell != 0.0) {
            known.cells.extend_from_slice(point);
            known_weights.push(weight);
            places.push(place);
        }
    }
    let (sample, sample_weights) = sample(&known, &known_weights);
    let narrow = options.k.unwrap_or(0).saturating_mul(CLUSTERS_A_THEME).clamp(CLUSTERS.0, CLUSTERS.1).min(known.len());
    let (mut owners, narrow) = self::narrow(&sample, &sample_weights, narrow, seed);
    let tree = tree::ward(&sample, &sample_weights, &owners, &vec![0; narrow.len()]);
    let suggested = || {
        let number = number::suggest(of_words, weights, seed).unwrap_or_else(|| tree.suggest(known.len()));
        (number as f64 * finer(options.granularity)).round().max(1.0)
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a few hundred")]
    let k = options.k.unwrap_or_else(|| suggested() as usize).max(1);
    let cut = tree.cut(k);
    for owner in &mut owners {
        *owner = cut[*owner];
    }
    let merged = cut.iter().max().map_or(0, |last| last + 1);
    let merged = means(&sample, &sample_weights, &owners, &Matrix::zeros(merged, known.columns));
    let best = best_start(&sample, &sample_weights, &merged, k, seed, STARTS);
    let (owners, centroids) = drop_empty(settle(&known, &known_weights, best));

    let (leaves, theme_of_leaf) = leaves(&known, &owners, &centroids, &narrow);
    let tree = tree::ward(&known, &known_weights, &leaves, &theme_of_leaf);
    let stability = stability(&known, &known_weights, &owners, centroids.len(), options);
    let mut leaf_of = vec![None; points.len()];
    for (&place, &leaf) in places.iter().zip(&leaves) {
        leaf_of[place] = Some(leaf);
    }
    Clusters { centroids, leaf_of, theme_of_leaf, tree, stability }
}

/// Narrow clusters, which are to be merged: the cluster of each point, and the centroids.
pub(super) fn narrow(points: &Matrix, weights: &[f64], clusters: usize, seed: u64) -> (Vec<usize>, Matrix) {
    drop_empty(settle_within(NARROW_ROUNDS, points, weights, plus_plus(points, weights, clusters, seed)))
}

/// How many themes there are for each that is suggested: a quarter as many at 1, four times as many at 9.
fn finer(granularity: u8) -> f64 {
    ((f64::from(granularity.clamp(1, 9)) - 5.0) / 2.0).exp2()
}

/// The centroids with the largest sum of cosines, from `merged` or from one of several starts by chance.
fn best_start(points: &Matrix, weights: &[f64], merged: &Matrix, k: usize, seed: u64, starts: u64) -> Matrix {
    let settled: Vec<(f64, Matrix)> = (0..=starts)
        .into_par_iter()
        .map(|start| {
            let first =
                if start == 0 { merged.clone() } else { plus_plus(points, weights, k, seed.wrapping_add(start)) };
            let (owners, centroids) = settle(points, weights, first);
            (nearness(points, weights, &owners, &centroids), centroids)
        })
        .collect();
    let mut best = (f64::NEG_INFINITY, Matrix::zeros(0, points.columns));
    for start in settled {
        if start.0 > best.0 {
            best = start;
        }
    }
    best.1
}

/// Parts each theme: its points go to the nearest of the narrow clusters whose centre is nearest to that theme's.
///
/// Gives the leaf of each point, and the theme of each leaf.
fn leaves(points: &Matrix, themes: &[usize], centroids: &Matrix, narrow: &Matrix) -> (Vec<usize>, Vec<usize>) {
    let mut of_theme: Vec<Vec<usize>> = vec![Vec::new(); centroids.len()];
    if centroids.len() > 0 {
        for (leaf, theme) in assign(narrow, centroids).into_iter().enumerate() {
            of_theme[theme].push(leaf);
        }
    }
    // A theme that no narrow cluster is in is a leaf of its own, numbered after them.
    let nearest: Vec<usize> = points
        .cells
        .par_chunks_exact(points.columns)
        .zip(themes)
        .map(|(point, &theme)| {
            let mut best = (narrow.len() + theme, f32::NEG_INFINITY);
            for &leaf in &of_theme[theme] {
                let cosine = dot(point, narrow.row(leaf));
                if cosine > best.1 {
                    best = (leaf, cosine);
                }
            }
            best.0
        })
        .collect();
    let mut numbers: BTreeMap<(usize, usize), usize> =
        themes.iter().copied().zip(nearest.iter().copied()).map(|key| (key, 0)).collect();
    for (number, place) in numbers.values_mut().enumerate() {
        *place = number;
    }
    let leaves = themes.iter().zip(&nearest).map(|(&theme, &leaf)| numbers[&(theme, leaf)]).collect();
    (leaves, numbers.into_keys().map(|(theme, _)| theme).collect())
}

/// For each theme the mean, over halves of the points drawn by chance, of its Jaccard index with the most similar
/// cluster of that half clustered anew (Hennig 2007, section 2). Large sets are drawn from by at most [`HALF`] points.
fn stability(points: &Matrix, weights: &[f64], owners: &[usize], themes: usize, options: &ThemeOptions) -> Vec<f64> {
    if options.resamples == 0 {
        return Vec::new();
    }
    let halves: Vec<Vec<Option<f64>>> = (0..options.resamples as u64)
        .into_par_iter()
        .map(|turn| {
            let seed = options.seed.wrapping_add(1_000 + turn);
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let wanted = (points.len() / 2).min(HALF) as f64;
            let chance = wanted / points.len().max(1) as f64;
            let drawn: Vec<usize> =
                (0..points.len()).filter(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX) < chance).collect();
            let cells = drawn.iter().flat_map(|&row| points.row(row)).copied().collect();
            let half = Matrix { columns: points.columns, cells };
            let half_weights: Vec<f64> = drawn.iter().map(|&row| weights[row]).collect();
            let first = plus_plus(&half, &half_weights, themes, seed);
            let centroids = best_start(&half, &half_weights, &first, themes, seed, 2);
            let (anew, centroids) = settle(&half, &half_weights, centroids);
            let mut table = vec![vec![0_usize; centroids.len()]; themes];
            for (&row, &cluster) in drawn.iter().zip(&anew) {
                table[owners[row]][cluster] += 1;
            }
            let sizes: Vec<usize> =
                (0..centroids.len()).map(|cluster| table.iter().map(|row| row[cluster]).sum()).collect();
            let jaccard = |row: &Vec<usize>| {
                let size: usize = row.iter().sum();
                let most =
                    row.iter().zip(&sizes).map(|(&both, &other)| both as f64 / (size + other - both).max(1) as f64);
                (size > 0).then(|| most.fold(0.0, f64::max))
            };
            table.iter().map(jaccard).collect()
        })
        .collect();
    let mean = |theme: usize| {
        let seen: Vec<f64> = halves.iter().filter_map(|half| half[theme]).collect();
        seen.iter().sum::<f64>() / seen.len().max(1) as f64
    };
    (0..themes).map(mean).collect()
}

/// At most [`SAMPLE`] points, evenly spread over all.
fn sample(points: &Matrix, weights: &[f64]) -> (Matrix, Vec<f64>) {
    if points.len() <= SAMPLE {
        return (points.clone(), weights.to_vec());
    }
    let mut cells = Vec::with_capacity(SAMPLE * points.columns);
    let chosen = (0..SAMPLE).map(|place| place * points.len() / SAMPLE);
    chosen.clone().for_each(|row| cells.extend_from_slice(points.row(row)));
    (Matrix { columns: points.columns, cells }, chosen.map(|row| weights[row]).collect())
}

/// The weighted sum of the cosines of all points with the centroids of their clusters.
fn nearness(points: &Matrix, weights: &[f64], owners: &[usize], centroids: &Matrix) -> f64 {
    points
        .rows()
        .zip(weights)
        .zip(owners)
        .map(|((point, &weight), &owner)| weight * f64::from(dot(point, centroids.row(owner))))
        .sum()
}

/// Rounds of assigning and averaging until no point moves: spherical k-means (Dhillon and Modha 2001). Gives the cluster
/// of each point and the centroids, of which some may be nobody's.
fn settle(points: &Matrix, weights: &[f64], centroids: Matrix) -> (Vec<usize>, Matrix) {
    settle_within(MAX_ROUNDS, points, weights, centroids)
}

/// The same with fewer rounds.
pub(super) fn settle_within(
    rounds: usize,
    points: &Matrix,
    weights: &[f64],
    mut centroids: Matrix,
) -> (Vec<usize>, Matrix) {
    let mut owners = assign(points, &centroids);
    for _ in 0..rounds {
        centroids = means(points, weights, &owners, &centroids);
        let moved = assign(points, &centroids);
        if moved == owners {
            break;
        }
        owners = moved;
    }
    (owners, centroids)
}

/// The nearest centroid of each point; ties go to the first.
pub(super) fn assign(points: &Matrix, centroids: &Matrix) -> Vec<usize> {
    let panels = Panels::of_columns(centroids);
    points
        .cells
        .par_chunks_exact(points.columns)
        .with_min_len(64)
        .map_init(
            || vec![0.0; centroids.len()],
            |cosines, point| {
                panels.times(point, cosines);
                let mut best = (0, f32::NEG_INFINITY);
                for (index, &cosine) in cosines.iter().enumerate() {
                    if cosine > best.1 {
                        best = (index, cosine);
                    }
                }
                best.0
            },
        )
        .collect()
}

/// First centroids by k-means++ (Arthur and Vassilvitskii 2007) on the distance 1 - cosine: each drawn with probability in proportion to its weighted distance from those drawn before.
fn plus_plus(points: &Matrix, weights: &[f64], k: usize, seed: u64) -> Matrix {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut centroids = Matrix::zeros(0, points.columns);
    let mut distances = vec![1.0; points.len()];
    while centroids.len() < k {
        let total: f64 = distances.iter().zip(weights).map(|(distance, weight)| distance * weight).sum();
        if total <= 1e-9 {
            break;
        }
        let mut left = f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0) * total;
        let drawn = distances.iter().zip(weights).position(|(distance, weight)| {
            left -= distance * weight;
            left < 0.0
        });
        // Rounding can leave a crumb after the last point.
        let drawn = drawn.unwrap_or(points.len() - 1);
        let centroid = points.row(drawn).to_vec();
        distances.par_iter_mut().zip(points.cells.par_chunks_exact(points.columns)).with_min_len(256).for_each(
            |(distance, point)| {
                *distance = distance.min((1.0 - f64::from(dot(point, &centroid))).max(0.0));
            },
        );
        distances[drawn] = 0.0;
        centroids.cells.extend(centroid);
    }
    centroids
}

/// The direction of each cluster's weighted sum; an empty cluster keeps its centroid.
pub(super) fn means(points: &Matrix, weights: &[f64], owners: &[usize], before: &Matrix) -> Matrix {
    let columns = points.columns;
    let blocks: Vec<Vec<f64>> = points
        .cells
        .par_chunks(BLOCK * columns)
        .zip(weights.par_chunks(BLOCK))
        .zip(owners.par_chunks(BLOCK))
        .map(|((points, weights), owners)| {
            let mut sums = vec![0.0; before.len() * columns];
            for ((point, &weight), &owner) in points.chunks_exact(columns).zip(weights).zip(owners) {
                for (sum, &cell) in sums[owner * columns..].iter_mut().zip(point) {
                    *sum += weight * f64::from(cell);
                }
            }
            sums
        })
        .collect();
    let mut sums = vec![0.0; before.len() * columns];
    for block in blocks {
        sums.iter_mut().zip(&block).for_each(|(sum, cell)| *sum += cell);
    }
    let mut centroids = before.clone();
    for (centroid, sum) in centroids.cells.chunks_exact_mut(columns).zip(sums.chunks_exact(columns)) {
        let length = sum.iter().map(|cell| cell * cell).sum::<f64>().sqrt();
        if length > 0.0 {
            centroid.iter_mut().zip(sum).for_each(|(cell, sum)| *cell = matrix::single(sum / length));
        }
    }
    centroids
}

/// The same without centroids that are nobody's.
fn drop_empty((mut owners, centroids): (Vec<usize>, Matrix)) -> (Vec<usize>, Matrix) {
    let mut used = vec![false; centroids.len()];
    for &owner in &owners {
        used[owner] = true;
    }
    let mut kept = Matrix::zeros(0, centroids.columns);
    let renumbered: Vec<usize> = used
        .iter()
        .zip(centroids.rows())
        .map(|(&used, centroid)| {
            let number = kept.len();
            if used {
                kept.cells.extend_from_slice(centroid);
            }
            number
        })
        .collect();
    for owner in &mut owners {
        *owner = renumbered[*owner];
    }
    (owners, kept)
}
