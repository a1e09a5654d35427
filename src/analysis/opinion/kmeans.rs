//! Points in the plane gathered round centres, and how well they are: k-means and the silhouette.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the length it was made from")]

use std::collections::HashSet;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// A place in the plane.
pub type Point = [f64; 2];

/// Points whose nearest centre one thread finds at a time. Fixed, so that sums do not depend on the number of threads.
const BLOCK: usize = 4096;

/// Centres stand still when none moves further than this (Polis, `same-clustering?`).
const STILL: f64 = 0.01;

/// Starts that are tried for few centres.
const STARTS: usize = 10;

/// Points for each square of the plane, on average.
const POINTS_A_SQUARE: usize = 64;

/// Most squares along a side.
const MOST_SQUARES: usize = 64;

/// What a square is looked at as larger than it is, so that no rounding leaves out a centre.
const SLACK: f64 = 1.0 + 1e-6;

/// The plane under some points, in squares.
#[derive(Clone, Copy)]
pub(super) struct Squares {
    low: Point,
    /// How wide and how high a square is; 0 where all points are in a line.
    step: Point,
    /// Squares along each side.
    side: usize,
}

impl Squares {
    pub(super) fn under(points: &[Point]) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            (0..2).for_each(|at| (low[at], high[at]) = (low[at].min(point[at]), high[at].max(point[at])));
        }
        let side = (points.len() / POINTS_A_SQUARE).isqrt().clamp(1, MOST_SQUARES);
        let step = [0, 1].map(|at| ((high[at] - low[at]) / side as f64).max(0.0));
        Self { low, step, side }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is below 0 or no number becomes 0"
    )]
    fn of(&self, point: Point) -> usize {
        let [x, y] = [0, 1].map(|at| {
            let squares = if self.step[at] > 0.0 { (point[at] - self.low[at]) / self.step[at] } else { 0.0 };
            (squares as usize).min(self.side - 1)
        });
        y * self.side + x
    }
}

/// Centres by the squares that they can be nearest to a point of, so that the nearest one is found without looking at all.
pub(super) struct Nearest {
    squares: Squares,
    /// Where the centres of each square start, and the end of the last.
    starts: Vec<usize>,
    /// Centres and their places, which rise within a square.
    centres: Vec<(Point, usize)>,
}

impl Nearest {
    pub(super) fn new(centres: &[Point], squares: Squares) -> Self {
        let Squares { low, step, side } = squares;
        let (mut starts, mut of_square) = (vec![0], Vec::new());
        // From the middle of a square to its corners and back.
        let across = step[0].hypot(step[1]);
        let mut away = Vec::with_capacity(centres.len());
        for square in 0..side * side {
            let middle =
                [low[0] + ((square % side) as f64 + 0.5) * step[0], low[1] + ((square / side) as f64 + 0.5) * step[1]];
            away.clear();
            away.extend(centres.iter().map(|centre| squared(*centre, middle)));
            let reach = (away.iter().copied().fold(f64::INFINITY, f64::min).sqrt() + across) * SLACK;
            let can_be = centres.iter().zip(&away).enumerate().filter(|(_, (_, away))| **away <= reach * reach);
            of_square.extend(can_be.map(|(place, (centre, _))| (*centre, place)));
            starts.push(of_square.len());
        }
        Self { squares, starts, centres: of_square }
    }

    /// The place of the centre nearest to one of the points that the squares are under, the first of those equally near. No
    /// centres give 0.
    pub(super) fn to(&self, point: Point) -> usize {
        let square = self.squares.of(point);
        let mut best = (f64::INFINITY, 0);
        for &(centre, place) in &self.centres[self.starts[square]..self.starts[square + 1]] {
            let distance = squared(centre, point);
            if distance < best.0 {
                best = (distance, place);
            }
        }
        best.1
    }
}

/// The first so many points that are unlike each other (Polis, `init-clusters`).
pub(super) fn first_distinct(points: &[Point], most: usize) -> Vec<Point> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for point in points {
        if found.len() == most {
            break;
        }
        if seen.insert(point.map(f64::to_bits)) {
            found.push(*point);
        }
    }
    found
}

/// Centres of points with weights by Lloyd's rounds from a start: each round every centre moves to the weighted mean of
/// the points nearest to it, and one without points is left out. Ends when no centre moves further than 0.01.
pub(super) fn k_means(points: &[Point], weights: &[f64], start: Vec<Point>, rounds: usize) -> Vec<Point> {
    let mut centres = start;
    let squares = Squares::under(points);
    for _ in 0..rounds {
        let (k, nearest) = (centres.len(), Nearest::new(&centres, squares));
        let blocks: Vec<Vec<[f64; 3]>> = points
            .par_chunks(BLOCK)
            .zip(weights.par_chunks(BLOCK))
            .map(|(points, weights)| {
                let mut sums = vec![[0.0; 3]; k];
                for (point, weight) in points.iter().zip(weights) {
                    let sum = &mut sums[nearest.to(*point)];
                    *sum = [sum[0] + weight * point[0], sum[1] + weight * point[1], sum[2] + weight];
                }
                sums
            })
            .collect();
        let mut sums = vec![[0.0; 3]; k];
        for block in &blocks {
            for (sum, part) in sums.iter_mut().zip(block) {
                (0..3).for_each(|at| sum[at] += part[at]);
            }
        }
        let mean = |sum: &[f64; 3]| [sum[0] / sum[2], sum[1] / sum[2]];
        let moved = sums
            .iter()
            .zip(&centres)
            .any(|(sum, centre)| sum[2] <= 0.0 || squared(mean(sum), *centre) >= STILL * STILL);
        centres = sums.iter().filter(|sum| sum[2] > 0.0).map(mean).collect();
        if !moved {
            break;
        }
    }
    centres
}

/// The best `k` centres of few points: the start that Polis takes, and further ones drawn far apart (k-means++; Arthur and
/// Vassilvitskii 2007), because one start often ends in a poor place. Fewer where points are fewer.
pub(super) fn best_centres(points: &[Point], weights: &[f64], k: usize, rounds: usize, seed: u64) -> Vec<Point> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let starts = std::iter::once(first_distinct(points, k))
        .chain((1..STARTS).map(|_| drawn_apart(points, weights, k, &mut dice)))
        .collect::<Vec<_>>();
    let squares = Squares::under(points);
    let tried = starts.into_iter().map(|start| {
        let centres = k_means(points, weights, start, rounds);
        let nearest = Nearest::new(&centres, squares);
        let apart: f64 = points
            .iter()
            .zip(weights)
            .map(|(point, weight)| weight * centres.get(nearest.to(*point)).map_or(0.0, |c| squared(*point, *c)))
            .sum();
        (usize::MAX - centres.len(), apart, centres)
    });
    // The first of equals stays.
    tried.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map_or_else(Vec::new, |(.., centres)| centres)
}

fn drawn_apart(points: &[Point], weights: &[f64], k: usize, dice: &mut ChaCha8Rng) -> Vec<Point> {
    let mut chances = weights.to_vec();
    let mut centres: Vec<Point> = Vec::new();
    while centres.len() < k {
        let total: f64 = chances.iter().sum();
        if total <= 0.0 {
            break;
        }
        let mut left = dice.random::<f64>() * total;
        let place = chances.iter().position(|chance| {
            left -= chance;
            left < 0.0
        });
        let Some(centre) = place.map(|place| points[place]) else { break };
        centres.push(centre);
        for ((chance, point), weight) in chances.iter_mut().zip(points).zip(weights) {
            let away = weight * squared(*point, centre);
            *chance = if centres.len() == 1 { away } else { chance.min(away) };
        }
    }
    centres
}

/// The mean silhouette of points in groups, -1 to 1: how much nearer each is to its own group than to the next; 0 for a
/// group's only point, and without points. Source: Rousseeuw 1987, J Comput Appl Math 20:53. Cost: pairs of points.
pub fn silhouette(points: &[Point], group_of: &[usize]) -> f64 {
    let groups = group_of.iter().max().map_or(0, |most| most + 1);
    let mut sizes = vec![0_usize; groups];
    for &group in group_of {
        sizes[group] += 1;
    }
    let of_point = |point: &Point, own: usize| {
        if sizes[own] < 2 {
            return 0.0;
        }
        let mut sums = vec![0.0; groups];
        for (other, &group) in points.iter().zip(group_of) {
            sums[group] += squared(*point, *other).sqrt();
        }
        let inside = sums[own] / (sizes[own] - 1) as f64;
        let outside = (0..groups).filter(|&group| group != own && sizes[group] > 0);
        let outside = outside.map(|group| sums[group] / sizes[group] as f64).fold(f64::INFINITY, f64::min);
        let most = inside.max(outside);
        if outside.is_finite() && most > 0.0 { (outside - inside) / most } else { 0.0 }
    };
    let sum: f64 = points.iter().zip(group_of).map(|(point, &own)| of_point(point, own)).sum();
    sum / points.len().max(1) as f64
}

fn squared(a: Point, b: Point) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_centre_is_the_one_that_a_look_at_all_finds() {
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        for n in 0..60 {
            // Few places, so that many are equally near; at times all on one line.
            let high = if n % 7 == 0 { 1 } else { 9_u8 };
            let mut place = || [f64::from(dice.random_range(0..9_u8)), f64::from(dice.random_range(0..high)) * 0.5];
            let centres: Vec<Point> = (0..n).map(|_| place()).collect();
            let points: Vec<Point> = (0..if n % 2 == 0 { 40 } else { 2_000 }).map(|_| place()).collect();
            let nearest = Nearest::new(&centres, Squares::under(&points));
            for point in points {
                let mut all: Vec<(f64, usize)> =
                    centres.iter().enumerate().map(|(at, centre)| (squared(point, *centre), at)).collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                assert_eq!(nearest.to(point), all.first().map_or(0, |first| first.1));
            }
        }
    }

    #[test]
    fn few_centres_are_looked_at_among_many() {
        let mut dice = ChaCha8Rng::seed_from_u64(2);
        let points: Vec<Point> = (0..50_000).map(|_| [dice.random(), dice.random()]).collect();
        let nearest = Nearest::new(&points[..100], Squares::under(&points));
        assert!(nearest.centres.len() < 8 * (nearest.starts.len() - 1));
    }

    #[test]
    fn two_heaps_have_two_centres_whatever_the_start() {
        let points: Vec<Point> =
            (0..40).map(|n| [f64::from(n % 2) * 10.0 + f64::from(n % 5) * 0.1, f64::from(n % 3) * 0.1]).collect();
        let mut centres = best_centres(&points, &[1.0; 40], 2, 20, 1);
        centres.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert!((centres[0][0] - 0.2).abs() < 1e-9 && (centres[1][0] - 10.2).abs() < 1e-9, "{centres:?}");
        let far = k_means(&points, &[1.0; 40], vec![[0.0, 0.0], [10.0, 0.0], [99.0, 99.0]], 20);
        assert_eq!(far.len(), 2, "a centre without points is left out");
        assert_eq!(best_centres(&points[..1], &[1.0], 3, 20, 1).len(), 1);
    }

    #[test]
    fn weights_count_as_so_many_points() {
        let centres = k_means(&[[0.0, 0.0], [4.0, 0.0]], &[3.0, 1.0], vec![[1.0, 0.0]], 20);
        assert_eq!(centres, [[1.0, 0.0]]);
    }

    /// By hand, from the definition: each point of the pairs is 1 from its fellow.
    #[test]
    fn the_silhouette_is_the_mean_over_points_with_nothing_for_a_group_of_one() {
        let points = [[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0], [9.0, 9.0]];
        let outside = f64::midpoint(4.0, 17.0_f64.sqrt());
        let each = (outside - 1.0) / outside;
        assert!((silhouette(&points, &[0, 0, 1, 1, 2]) - each * 0.8).abs() < 1e-12);
        assert!(silhouette(&[], &[]).abs() < 1e-12);
        assert!(silhouette(&points[..2], &[0, 0]).abs() < 1e-12, "one group is no division");
    }
}
