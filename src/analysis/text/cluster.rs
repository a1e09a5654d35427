//! Clusters: seeded spherical k-means++, more clusters than themes, to be merged by [`super::tree`].
#![expect(clippy::indexing_slicing, reason = "numeric kernels: points, weights and owners are of one length")]

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::matrix::{self, Matrix, dot};
use super::tree;

/// Rounds after which k-means stops even where answers still move.
const MAX_ROUNDS: usize = 25;

/// Clusters made for each theme asked for, and their fewest and most; merging costs the cube of their number.
const CLUSTERS_A_THEME: usize = 4;
const CLUSTERS: (usize, usize) = (150, 500);

/// The centroids of `k` themes, or of a suggested number. Rows of zeros take no part; there are no themes without others.
pub(super) fn themes(points: &Matrix, weights: &[f64], k: Option<usize>, seed: u64) -> Matrix {
    let mut known = Matrix::zeros(0, points.columns);
    let mut known_weights = Vec::new();
    for (point, &weight) in points.rows().zip(weights) {
        if point.iter().any(|&cell| cell != 0.0) {
            known.cells.extend_from_slice(point);
            known_weights.push(weight);
        }
    }
    let fine = k.unwrap_or(0).saturating_mul(CLUSTERS_A_THEME).clamp(CLUSTERS.0, CLUSTERS.1).min(known.len());
    let (mut owners, centroids) = over_cluster(&known, &known_weights, fine, seed);
    let tree = tree::ward(&known, &known_weights, &owners, centroids.len());
    let cut = tree.cut(k.unwrap_or_else(|| tree.suggest(known.len())));
    for owner in &mut owners {
        *owner = cut[*owner];
    }
    let themes = cut.iter().max().map_or(0, |last| last + 1);
    means(&known, &known_weights, &owners, &Matrix::zeros(themes, known.columns))
}

/// Assigns each point (of length 1) to one of at most `k` clusters; gives the cluster of each point and the centroids.
///
/// Spherical k-means (Dhillon and Modha 2001) from a k-means++ start (Arthur and Vassilvitskii 2007) on the distance
/// 1 - cosine. Clusters that end empty are left out, so there may be fewer than `k`; there are none without points.
fn over_cluster(points: &Matrix, weights: &[f64], k: usize, seed: u64) -> (Vec<usize>, Matrix) {
    let mut centroids = plus_plus(points, weights, k, seed);
    let mut owners = assign(points, &centroids);
    for _ in 0..MAX_ROUNDS {
        centroids = means(points, weights, &owners, &centroids);
        let moved = assign(points, &centroids);
        if moved == owners {
            break;
        }
        owners = moved;
    }
    drop_empty(owners, &centroids)
}

/// The nearest centroid of each point; ties go to the first.
fn assign(points: &Matrix, centroids: &Matrix) -> Vec<usize> {
    points
        .cells
        .par_chunks_exact(points.columns)
        .map(|point| {
            let mut best = (0, f64::NEG_INFINITY);
            for (index, centroid) in centroids.rows().enumerate() {
                let cosine = dot(point, centroid);
                if cosine > best.1 {
                    best = (index, cosine);
                }
            }
            best.0
        })
        .collect()
}

/// First centroids: each drawn with probability in proportion to its weighted distance from those drawn before.
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
                *distance = distance.min((1.0 - dot(point, &centroid)).max(0.0));
            },
        );
        distances[drawn] = 0.0;
        centroids.cells.extend(centroid);
    }
    centroids
}

/// The direction of each cluster's weighted sum; an empty cluster keeps its centroid.
fn means(points: &Matrix, weights: &[f64], owners: &[usize], before: &Matrix) -> Matrix {
    let mut sums = Matrix::zeros(before.len(), before.columns);
    for ((point, &weight), &owner) in points.rows().zip(weights).zip(owners) {
        matrix::add_scaled(sums.row_mut(owner), point, weight);
    }
    for (index, old) in before.rows().enumerate() {
        let sum = sums.row_mut(index);
        if sum.iter().all(|&cell| cell == 0.0) {
            sum.copy_from_slice(old);
        }
        matrix::normalise_row(sum);
    }
    sums
}

fn drop_empty(mut owners: Vec<usize>, centroids: &Matrix) -> (Vec<usize>, Matrix) {
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
