//! Small matrices: dense and sparse rows, products in a fixed order of addition, eigenvectors by Jacobi rotations.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the dimension it was made from")]

use rayon::prelude::*;

/// Rows that one thread adds up at a time. Fixed, so that sums do not depend on the number of threads.
const BLOCK: usize = 512;

/// A dense matrix, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    /// Number of columns; at least 1.
    pub(super) columns: usize,
    /// All cells, row after row.
    pub(super) cells: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns: columns.max(1), cells: vec![0.0; rows * columns.max(1)] }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.cells.len() / self.columns
    }

    /// One row. The caller keeps `index` below [`Self::len`].
    pub(super) fn row(&self, index: usize) -> &[f64] {
        &self.cells[index * self.columns..(index + 1) * self.columns]
    }

    /// One row to write to. The caller keeps `index` below [`Self::len`].
    pub(super) fn row_mut(&mut self, index: usize) -> &mut [f64] {
        &mut self.cells[index * self.columns..(index + 1) * self.columns]
    }

    /// All rows in order.
    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.cells.chunks_exact(self.columns)
    }

    /// Brings every row to length 1; a row of zeros stays.
    pub(super) fn normalise_rows(&mut self) {
        self.cells.par_chunks_exact_mut(self.columns).with_min_len(BLOCK).for_each(normalise_row);
    }

    /// The sum with `factor` times another of the same size.
    pub(super) fn plus(mut self, other: &Self, factor: f64) -> Self {
        add_scaled(&mut self.cells, &other.cells, factor);
        self
    }

    /// The product with a small matrix, whose rows are as many as these columns.
    pub(super) fn times(&self, small: &Self) -> Self {
        let mut product = Self::zeros(self.len(), small.columns);
        product.cells.par_chunks_mut(small.columns).enumerate().for_each(|(index, into)| {
            for (&factor, row) in self.row(index).iter().zip(small.rows()) {
                add_scaled(into, row, factor);
            }
        });
        product
    }

    /// The product of the transpose with itself: square, symmetric, as large as a row is long.
    pub(super) fn gram(&self) -> Self {
        let d = self.columns;
        let blocks: Vec<Self> = self
            .cells
            .par_chunks(BLOCK * d)
            .map(|block| {
                let mut sum = Self::zeros(d, d);
                for row in block.chunks_exact(d) {
                    for (i, &factor) in row.iter().enumerate() {
                        add_scaled(&mut sum.row_mut(i)[..=i], &row[..=i], factor);
                    }
                }
                sum
            })
            .collect();
        let mut gram = Self::zeros(d, d);
        for block in blocks {
            add_scaled(&mut gram.cells, &block.cells, 1.0);
        }
        for i in 0..d {
            for j in 0..i {
                gram.cells[j * d + i] = gram.cells[i * d + j];
            }
        }
        gram
    }
}

/// A sparse matrix, row after row; within a row by rising column.
pub(super) struct Sparse {
    /// Where each row starts in `cells`, and the end of the last.
    starts: Vec<usize>,
    /// Column and value.
    cells: Vec<(u32, f64)>,
    /// Number of columns.
    pub(super) columns: usize,
}

impl Sparse {
    /// Gathers rows of (column, value); columns rise within a row and stay below `columns`.
    pub(super) fn from_rows(rows: &[Vec<(u32, f64)>], columns: usize) -> Self {
        let mut starts = vec![0];
        let mut cells = Vec::with_capacity(rows.iter().map(Vec::len).sum());
        for row in rows {
            cells.extend_from_slice(row);
            starts.push(cells.len());
        }
        Self { starts, cells, columns }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// One row. The caller keeps `index` below [`Self::len`].
    pub(super) fn row(&self, index: usize) -> &[(u32, f64)] {
        &self.cells[self.starts[index]..self.starts[index + 1]]
    }

    /// Rows and columns exchanged.
    pub(super) fn transpose(&self) -> Self {
        let mut starts = vec![0; self.columns + 1];
        for &(column, _) in &self.cells {
            starts[column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut cells = vec![(0, 0.0); self.cells.len()];
        for (index, row) in (0..).zip(self.starts.windows(2)) {
            for &(column, value) in &self.cells[row[0]..row[1]] {
                cells[next[column as usize]] = (index, value);
                next[column as usize] += 1;
            }
        }
        Self { starts, cells, columns: self.len() }
    }

    /// The product with a dense matrix, whose rows are as many as these columns.
    pub(super) fn times(&self, dense: &Matrix) -> Matrix {
        let mut product = Matrix::zeros(self.len(), dense.columns);
        product.cells.par_chunks_mut(dense.columns).enumerate().for_each(|(index, into)| {
            for &(column, value) in self.row(index) {
                add_scaled(into, dense.row(column as usize), value);
            }
        });
        product
    }
}

/// The sum of products of two rows of equal length.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((left, left_rest), (right, right_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut even = 0.0;
    let mut odd = 0.0;
    for (x, y) in left.iter().zip(right) {
        even += (x[0] * y[0] + x[2] * y[2]) + (x[4] * y[4] + x[6] * y[6]);
        odd += (x[1] * y[1] + x[3] * y[3]) + (x[5] * y[5] + x[7] * y[7]);
    }
    for (x, y) in left_rest.iter().zip(right_rest) {
        even += x * y;
    }
    even + odd
}

/// Adds `factor` times one row to another.
pub(super) fn add_scaled(into: &mut [f64], row: &[f64], factor: f64) {
    for (sum, &cell) in into.iter_mut().zip(row) {
        *sum += cell * factor;
    }
}

/// Brings a row to length 1; a row of zeros stays.
pub(super) fn normalise_row(row: &mut [f64]) {
    let length = dot(row, row).sqrt();
    if length > 0.0 {
        for cell in row {
            *cell /= length;
        }
    }
}

/// Eigenvalues, largest first, and the eigenvectors as columns, of a symmetric matrix.
///
/// Cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.5). Cost: the cube of the size, some ten
/// times.
pub(super) fn eigen(symmetric: &Matrix) -> (Vec<f64>, Matrix) {
    let n = symmetric.columns;
    let mut a = symmetric.clone();
    // Row i of `vectors` is the i-th eigenvector while rotating.
    let mut vectors = Matrix::zeros(n, n);
    for i in 0..n {
        vectors.cells[i * n + i] = 1.0;
    }
    let scale = dot(&a.cells, &a.cells).sqrt();
    for _ in 0..30 {
        let off: f64 = (0..n).map(|i| dot(&a.row(i)[..i], &a.row(i)[..i])).sum();
        if off.sqrt() <= scale * 1e-13 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a.cells[j * n + j].total_cmp(&a.cells[i * n + i]).then(i.cmp(&j)));
    let mut columns = Matrix::zeros(n, n);
    for (column, &from) in order.iter().enumerate() {
        for i in 0..n {
            columns.cells[i * n + column] = vectors.cells[from * n + i];
        }
    }
    (order.iter().map(|&i| a.cells[i * n + i]).collect(), columns)
}

/// Makes cell (p, q) zero by a rotation in that plane.
fn rotate(symmetric: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let n = symmetric.columns;
    let cell = symmetric.cells[p * n + q];
    if cell == 0.0 {
        return;
    }
    let theta = (symmetric.cells[q * n + q] - symmetric.cells[p * n + p]) / (2.0 * cell);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let turn = |x: &mut f64, y: &mut f64| {
        let sine = tangent * cosine;
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    };
    for row in symmetric.cells.chunks_exact_mut(n) {
        let (head, tail) = row.split_at_mut(q);
        turn(&mut head[p], &mut tail[0]);
    }
    for matrix in [symmetric, vectors] {
        let (head, tail) = matrix.cells.split_at_mut(q * n);
        for (x, y) in head[p * n..(p + 1) * n].iter_mut().zip(tail) {
            turn(x, y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, Sparse, eigen};

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let (eigenvalues, vectors) = eigen(&Matrix { columns: 2, cells: vec![2.0, 1.0, 1.0, 2.0] });
        assert!((eigenvalues[0] - 3.0).abs() < 1e-12 && (eigenvalues[1] - 1.0).abs() < 1e-12);
        assert!((vectors.row(0)[0].abs() - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn transposing_twice_changes_nothing() {
        let rows = vec![vec![(0, 1.0), (2, 2.0)], vec![], vec![(1, 3.0)]];
        let twice = Sparse::from_rows(&rows, 3).transpose().transpose();
        let back: Vec<Vec<(u32, f64)>> = (0..twice.len()).map(|index| twice.row(index).to_vec()).collect();
        assert_eq!(back, rows);
    }
}
