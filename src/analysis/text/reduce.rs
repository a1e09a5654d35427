//! Reduction: the smoothed texts as points in the few directions that tell them apart.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::matrix::{self, Matrix, Sparse};

/// Directions drawn beyond those kept, so that the last one kept is good too.
const SPARE: usize = 10;

/// Rounds of the power method.
const ROUNDS: usize = 4;

/// Eigenvalues below this share of the largest are rounding errors.
const NEGLIGIBLE: f64 = 1e-10;

/// What is divided by in place of an eigenvalue of nothing; its root still divides numbers of 32 bits.
const LEAST: f64 = 1e-30;

/// Most texts that the directions are found by; beyond that more texts turn them no further.
const SAMPLE: usize = 20_000;

/// Points of at most `d` dimensions for the rows of `smoothing` x `rows`, scaled to length 1; a row of zeros stays.
///
/// Randomised singular value decomposition (Halko, Martinsson and Tropp 2011, algorithm 4.4): a random start, power
/// rounds with an orthonormal basis between them, and one small symmetric eigenproblem. The basis comes from the
/// eigenvectors of a Gram matrix rather than from QR, because that also copes with fewer directions than asked for. The
/// product is never formed: neighbours and words stay sparse. The seed decides the start.
pub(super) fn reduce(smoothing: &Sparse, rows: &Sparse, texts_with: &Sparse, d: usize, seed: u64) -> Matrix {
    let mut points = directions(smoothing, rows, texts_with, d, seed);
    points.normalise_rows();
    points
}

/// The first `d` left singular vectors, each times its singular value; of more than [`SAMPLE`] texts near to them.
fn directions(smoothing: &Sparse, rows: &Sparse, texts_with: &Sparse, d: usize, seed: u64) -> Matrix {
    let width = (d + SPARE).min(rows.len()).min(rows.columns);
    if width == 0 {
        return Matrix::zeros(rows.len(), 1);
    }
    let mut basis = random(rows.columns, width, seed);
    if rows.len() > SAMPLE {
        let sampled: Vec<usize> = (0..SAMPLE).map(|place| place * rows.len() / SAMPLE).collect();
        let smoothed = smoothing.rows_times(&sampled, rows);
        let back = smoothed.transpose();
        for _ in 0..ROUNDS {
            basis = orthonormal(&back.times(&smoothed.times(&basis)), width);
        }
    } else {
        let back = smoothing.transpose();
        for _ in 0..ROUNDS {
            let images = smoothing.times(&rows.times(&basis));
            basis = orthonormal(&texts_with.times(&back.times(&images)), width);
        }
    }
    let images = smoothing.times(&rows.times(&basis));
    let (_, vectors) = matrix::eigen(&images.gram());
    images.times(&vectors.leading(d))
}

/// Rows of at most `d` numbers whose inner products are near to the cells of the positive part of a symmetric matrix: its
/// leading singular vectors, each times the root of its singular value.
pub(super) fn square_root(symmetric: &Sparse, d: usize, seed: u64) -> Matrix {
    let width = (d + SPARE).min(symmetric.len());
    if width == 0 {
        return Matrix::zeros(symmetric.len(), 1);
    }
    let mut basis = random(symmetric.len(), width, seed);
    for _ in 0..ROUNDS {
        basis = orthonormal(&symmetric.times(&basis), width);
    }
    let images = symmetric.times(&basis);
    let (squares, mut vectors) = matrix::eigen(&images.gram());
    for row in vectors.cells.chunks_exact_mut(vectors.n) {
        for (cell, square) in row.iter_mut().zip(&squares) {
            *cell /= square.max(LEAST).sqrt().sqrt();
        }
    }
    images.times(&vectors.leading(d))
}

/// Numbers between -1 and 1.
fn random(rows: usize, columns: usize, seed: u64) -> Matrix {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let number = |rng: &mut ChaCha8Rng| f64::from(rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0;
    let cells = (0..rows * columns).map(|_| matrix::single(number(&mut rng))).collect();
    Matrix { columns, cells }
}

/// An orthonormal basis of the space of the columns, at most `width` of them.
fn orthonormal(matrix: &Matrix, width: usize) -> Matrix {
    let (eigenvalues, mut vectors) = matrix::eigen(&matrix.gram());
    let floor = eigenvalues.first().map_or(0.0, |largest| largest * NEGLIGIBLE);
    let rank = eigenvalues.iter().take_while(|&&eigenvalue| eigenvalue > floor).count().clamp(1, width);
    for row in vectors.cells.chunks_exact_mut(vectors.n) {
        for (cell, eigenvalue) in row.iter_mut().zip(&eigenvalues) {
            *cell /= eigenvalue.max(LEAST).sqrt();
        }
    }
    matrix.times(&vectors.leading(rank))
}

#[cfg(test)]
mod tests {
    use super::super::matrix::{Sparse, dot};
    use super::directions;

    #[test]
    fn a_matrix_of_low_rank_keeps_all_its_inner_products() {
        // Rank 2: every row is a mix of two patterns.
        let rows: Vec<Vec<(u32, f32)>> = (0..30_u16)
            .map(|i| {
                (0..12_u16)
                    .map(|j| (u32::from(j), f32::from((i % 5) * (j % 3)) + f32::from((i % 7) * (j % 4))))
                    .collect()
            })
            .collect();
        let sparse = Sparse::from_rows(&rows, 12);
        let identity: Vec<Vec<(u32, f32)>> = (0..30).map(|i| vec![(i, 1.0)]).collect();
        let points = directions(&Sparse::from_rows(&identity, 30), &sparse, &sparse.transpose(), 2, 1);
        assert_eq!(points.columns, 2);
        for a in 0..30 {
            for b in 0..30 {
                let exact: f32 = rows[a].iter().zip(&rows[b]).map(|((_, x), (_, y))| x * y).sum();
                assert!((exact - dot(points.row(a), points.row(b))).abs() < 1e-4 * (1.0 + exact.abs()));
            }
        }
    }
}
