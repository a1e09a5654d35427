//! The two directions in which people's votes differ most: principal components of a sparse matrix, never filled in.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the dimension it was made from")]

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::kmeans::Point;
use super::votes::{Votes, vote_of};

/// Most rounds of the power iteration.
const ROUNDS: usize = 120;

/// Rounds after which the greatest eigenvalue is known well enough to compare, if not its vector.
const FEW_ROUNDS: usize = 16;

/// The rounds after which it is looked whether the directions still turn.
const LOOKS: [usize; 7] = [16, 24, 36, 50, 68, 90, ROUNDS];

/// A direction is found when what a further round would turn it by is below this.
const TURN: f64 = 1e-7;

/// Two principal components of votes.
#[derive(Clone, Debug)]
pub struct Components {
    /// The mean vote on each statement, -1 to 1; 0 where nobody voted.
    pub means: Vec<f64>,
    /// For each component the part of each statement, of length 1 together; the strongest part is positive.
    pub axes: [Vec<f64>; 2],
    /// The variance along each component, 0 or more, the greater first.
    pub variance: [f64; 2],
    /// The variance in all directions.
    pub total: f64,
    /// Statements that were withdrawn.
    withdrawn: usize,
}

/// The two principal components of votes as -1, 0 and 1, a missing vote standing for the statement's mean.
///
/// With the mean taken off, a missing vote is 0: the centred matrix has the cells of the sparse one, and no other is
/// ever made. Power iteration on X'X from a start that the seed decides, as Polis does it (compdemocracy/polis,
/// `math/src/polismath/math/pca.clj`, `powerit-pca`), but with all rounds' vectors kept and the best two directions taken
/// in the space that they span (Lanczos 1950, J Res Natl Bur Stand 45:255), which reaches in some 30 rounds what plain
/// iteration does not in 100. Variance is by people less one. Without votes, the axes are all 0.
/// Cost: two additions a vote and round.
pub fn components(votes: &Votes, seed: u64) -> Components {
    found(votes, seed, ROUNDS)
}

/// The variance along the first component alone, for which fewer rounds do.
pub(super) fn strongest_variance(votes: &Votes, seed: u64) -> f64 {
    found(votes, seed, FEW_ROUNDS).variance[0]
}

fn found(votes: &Votes, seed: u64, rounds: usize) -> Components {
    let n = votes.statements();
    let counts = votes.counts(1, |_| Some(0)).pop().unwrap_or_default();
    let means: Vec<f64> = counts
        .chunks_exact(3)
        .map(|three| {
            let all = (three[0] + three[1] + three[2]).max(1) as f64;
            (three[2] as f64 - three[0] as f64) / all
        })
        .collect();
    let centred: Vec<f64> = (0..n * 3).map(|code| vote_of(code) - means[code / 3]).collect();
    let people = votes.people().saturating_sub(1).max(1) as f64;
    let total = counts.iter().zip(&centred).map(|(&count, value)| count as f64 * value * value).sum::<f64>() / people;
    let times = |vector: &[f64]| -> Vec<f64> {
        let table: Vec<f64> = centred.iter().enumerate().map(|(code, value)| value * vector[code / 3]).collect();
        let sums = votes.there_and_back(&table);
        let cells = sums.chunks_exact(3).zip(centred.chunks_exact(3));
        cells.map(|(sums, values)| sums.iter().zip(values).map(|(sum, value)| sum * value).sum()).collect()
    };
    let (values, mut axes) = leading_two(n, seed, rounds, times);
    for axis in &mut axes {
        let strongest =
            axis.iter().copied().fold(0.0, |most: f64, part| if part.abs() > most.abs() { part } else { most });
        if strongest < 0.0 {
            for part in axis.iter_mut() {
                *part = -*part;
            }
        }
    }
    Components {
        means,
        axes,
        variance: values.map(|value| (value / people).max(0.0)),
        total,
        withdrawn: votes.withdrawn,
    }
}

impl Components {
    /// Where each person stands: `sqrt(C / n) * sum of (vote - mean) * part` over the n statements that the person voted
    /// on, of C (Polis, `sparsity-aware-project-ptpt`), so that who voted on few is not drawn to the middle.
    pub(super) fn places(&self, votes: &Votes) -> Vec<Point> {
        let table = self.table();
        let place = |person: usize| {
            let stretch = self.stretch(votes.of(person).len() + self.withdrawn);
            votes.sum(person, &table).map(|sum| sum * stretch)
        };
        (0..votes.people()).into_par_iter().with_min_len(256).map(place).collect()
    }

    /// How far from the middle somebody stands who agreed to one statement and voted on no other, for each statement
    /// (Polis, `with-proj-and-extremtiy`, whose -1 is agreement).
    pub fn extremity(&self) -> Vec<f64> {
        let stretch = self.stretch(1);
        let length = |statement: usize| self.axes[0][statement].hypot(self.axes[1][statement]);
        self.means.iter().enumerate().map(|(at, mean)| stretch * (1.0 - mean).abs() * length(at)).collect()
    }

    fn stretch(&self, voted: usize) -> f64 {
        ((self.means.len() + self.withdrawn) as f64 / voted.max(1) as f64).sqrt()
    }

    fn table(&self) -> Vec<[f64; 2]> {
        let parts = |code: usize| {
            let statement = code / 3;
            self.axes.each_ref().map(|axis| (vote_of(code) - self.means[statement]) * axis[statement])
        };
        (0..self.means.len() * 3).map(parts).collect()
    }
}

/// The two greatest eigenvalues and their vectors of a symmetric matrix with no negative ones, given as a product.
fn leading_two(n: usize, seed: u64, rounds: usize, times: impl Fn(&[f64]) -> Vec<f64>) -> ([f64; 2], [Vec<f64>; 2]) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut next = fresh(n, &mut dice, &basis);
    let mut best = ([0.0; 2], [vec![0.0; n], vec![0.0; n]]);
    while let Some(vector) = next.take() {
        let mut image = times(&vector);
        diagonal.push(dot(&vector, &image));
        basis.push(vector);
        orthogonal(&mut image, &basis);
        let length = dot(&image, &image).sqrt();
        let scale = diagonal.iter().copied().fold(0.0, f64::max);
        let ended = length <= scale * 1e-12;
        let last = basis.len() >= n.min(rounds);
        if last || LOOKS.contains(&basis.len()) {
            let (values, vectors) = tridiagonal(diagonal.clone(), &beside);
            let turn =
                |k: usize| vectors.get(k).and_then(|vector| vector.last()).map_or(0.0, |end| (end * length).abs());
            if last || (!ended && (0..2).all(|k| turn(k) <= TURN * scale)) {
                best.0 = [0, 1].map(|k| values.get(k).copied().unwrap_or(0.0));
                best.1 = [0, 1].map(|k| combined(vectors.get(k).map_or(&[], Vec::as_slice), &basis, n));
                break;
            }
        }
        // What is left is nothing: the rest of the space has directions of its own.
        next = if ended { fresh(n, &mut dice, &basis) } else { Some(image.iter().map(|part| part / length).collect()) };
        beside.push(if ended { 0.0 } else { length });
    }
    best
}

/// A vector of length 1 at right angles to all others; none if there is no such direction.
fn fresh(n: usize, dice: &mut ChaCha8Rng, basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    (basis.len() < n).then(|| {
        let mut vector: Vec<f64> =
            (0..n).map(|_| f64::from(dice.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0).collect();
        orthogonal(&mut vector, basis);
        let length = dot(&vector, &vector).sqrt().max(f64::MIN_POSITIVE);
        for part in &mut vector {
            *part /= length;
        }
        vector
    })
}

/// Takes from a vector what lies along the basis; twice, for once leaves rounding errors.
fn orthogonal(vector: &mut [f64], basis: &[Vec<f64>]) {
    for _ in 0..2 {
        for other in basis {
            let along = dot(vector, other);
            vector.iter_mut().zip(other).for_each(|(part, other)| *part -= along * other);
        }
    }
}

fn combined(factors: &[f64], basis: &[Vec<f64>], n: usize) -> Vec<f64> {
    let mut sum = vec![0.0; n];
    for (factor, vector) in factors.iter().zip(basis) {
        sum.iter_mut().zip(vector).for_each(|(sum, part)| *sum += factor * part);
    }
    sum
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Eigenvalues and eigenvectors of a symmetric tridiagonal matrix, the greatest first, by implicit QL
/// (Bowdler, Martin, Reinsch and Wilkinson 1968, Numer Math 11:293).
#[expect(clippy::many_single_char_names, reason = "the names of the published procedure")]
fn tridiagonal(mut d: Vec<f64>, beside: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = d.len();
    let mut e: Vec<f64> = beside.iter().copied().take(n.saturating_sub(1)).chain([0.0]).collect();
    // Row k is the k-th eigenvector, so that a rotation runs along two rows.
    let mut z: Vec<Vec<f64>> = (0..n).map(|k| (0..n).map(|i| f64::from(u8::from(i == k))).collect()).collect();
    for l in 0..n {
        for _ in 0..60 {
            let small = |m: &usize| e[*m].abs() <= f64::EPSILON * (d[*m].abs() + d[*m + 1].abs());
            let m = (l..n - 1).find(small).unwrap_or(n - 1);
            if m == l {
                break;
            }
            let shift = (d[l + 1] - d[l]) / (2.0 * e[l]);
            let root = shift.hypot(1.0);
            let mut g = d[m] - d[l] + e[l] / (shift + root.copysign(shift));
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut cut_short = false;
            for i in (l..m).rev() {
                let (f, b) = (s * e[i], c * e[i]);
                let r = f.hypot(g);
                e[i + 1] = r;
                if r <= 0.0 {
                    d[i + 1] -= p;
                    e[m] = 0.0;
                    cut_short = true;
                    break;
                }
                (s, c) = (f / r, g / r);
                g = d[i + 1] - p;
                let r = (d[i] - g) * s + 2.0 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                let (low, high) = z.split_at_mut(i + 1);
                for (low, high) in low[i].iter_mut().zip(high[0].iter_mut()) {
                    let f = *high;
                    *high = s * *low + c * f;
                    *low = c * *low - s * f;
                }
            }
            if !cut_short {
                d[l] -= p;
                e[l] = g;
                e[m] = 0.0;
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| d[b].total_cmp(&d[a]));
    let vectors = order.iter().map(|&k| std::mem::take(&mut z[k])).collect();
    (order.iter().map(|&k| d[k]).collect(), vectors)
}

#[cfg(test)]
mod tests {
    use super::super::simulate::planted;
    use super::super::votes::statement_of;
    use super::*;

    /// X'X of the filled-in, centred matrix, made the plain way.
    fn plain(votes: &Votes, means: &[f64]) -> Vec<Vec<f64>> {
        let n = votes.statements();
        let mut gram = vec![vec![0.0; n]; n];
        for person in 0..votes.people() {
            let mut row = vec![0.0; n];
            for &code in votes.of(person) {
                row[statement_of(code)] = vote_of(code as usize) - means[statement_of(code)];
            }
            for a in 0..n {
                for b in 0..n {
                    gram[a][b] += row[a] * row[b];
                }
            }
        }
        gram
    }

    #[test]
    fn components_are_eigenvectors_of_the_filled_in_matrix_and_none_is_greater() {
        for (people, statements) in [(60, 5), (300, 40), (80, 120)] {
            let votes = planted(people, statements, 3, 0.6, 11).0;
            let found = components(&votes, 3);
            let gram = plain(&votes, &found.means);
            let n = (people - 1) as f64;
            for (axis, variance) in found.axes.iter().zip(found.variance) {
                assert!((dot(axis, axis) - 1.0).abs() < 1e-9);
                for (row, part) in gram.iter().zip(axis) {
                    assert!((dot(row, axis) / n - variance * part).abs() < 1e-6 * found.variance[0], "{people}");
                }
            }
            assert!(dot(&found.axes[0], &found.axes[1]).abs() < 1e-9);
            // What any start reaches by plain power iteration is no greater.
            let mut vector: Vec<f64> = (0..statements).map(|at| (at as f64 * 0.7).sin()).collect();
            for _ in 0..500 {
                vector = gram.iter().map(|row| dot(row, &vector)).collect();
                let length = dot(&vector, &vector).sqrt();
                for part in &mut vector {
                    *part /= length;
                }
            }
            let image: Vec<f64> = gram.iter().map(|row| dot(row, &vector)).collect();
            assert!((dot(&image, &vector) / n - found.variance[0]).abs() < 1e-6 * found.variance[0]);
            let trace: f64 = (0..statements).map(|at| gram[at][at]).sum::<f64>() / n;
            assert!((trace - found.total).abs() < 1e-9 * trace);
        }
    }

    #[test]
    fn another_start_finds_the_same_directions() {
        let votes = planted(400, 30, 2, 0.7, 5).0;
        let (one, other) = (components(&votes, 1), components(&votes, 2));
        for (a, b) in one.axes.iter().flatten().zip(other.axes.iter().flatten()) {
            assert!((a - b).abs() < 1e-6);
        }
    }

    #[test]
    fn no_votes_and_one_statement_have_no_second_direction() {
        let none = components(&Votes::new(3), 1);
        assert!(none.variance.iter().all(|variance| variance.abs() < 1e-12));
        let mut votes = Votes::new(1);
        votes.push([(0, crate::analysis::wall::Vote::Agree)]);
        votes.push([(0, crate::analysis::wall::Vote::Disagree)]);
        let one = components(&votes, 1);
        assert_eq!(one.axes, [vec![1.0], vec![0.0]]);
        assert!((one.variance[0] - 2.0).abs() < 1e-12);
    }
}
