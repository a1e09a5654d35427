//! Small matrices: dense and sparse rows, products in a fixed order of addition, eigenvectors by Jacobi rotations.
//!
//! Rows are of 32 bits: points need no more, and half the memory is twice the speed. Sums over many rows and eigenvectors
//! are of 64.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the dimension it was made from")]

use rayon::prelude::*;

/// Rows that one thread adds up at a time. Fixed, so that sums do not depend on the number of threads.
const BLOCK: usize = 512;

/// Columns whose sums grow side by side in registers.
const LANES: usize = 16;

/// A dense matrix, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    /// Number of columns; at least 1.
    pub(super) columns: usize,
    /// All cells, row after row.
    pub(super) cells: Vec<f32>,
}

/// A square matrix, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Square {
    /// Number of rows, and of columns.
    pub(super) n: usize,
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
    pub(super) fn row(&self, index: usize) -> &[f32] {
        &self.cells[index * self.columns..(index + 1) * self.columns]
    }

    /// All rows in order.
    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f32> {
        self.cells.chunks_exact(self.columns)
    }

    /// Brings every row to length 1; a row of zeros stays.
    pub(super) fn normalise_rows(&mut self) {
        self.cells.par_chunks_exact_mut(self.columns).with_min_len(BLOCK).for_each(normalise_row);
    }

    /// The sum with `factor` times another of the same size.
    pub(super) fn plus(mut self, other: &Self, factor: f32) -> Self {
        add_scaled(&mut self.cells, &other.cells, factor);
        self
    }

    /// The product with a small matrix, whose rows are as many as these columns.
    pub(super) fn times(&self, small: &Self) -> Self {
        let panels = Panels::of_rows(small);
        let mut product = Self::zeros(self.len(), small.columns);
        product.cells.par_chunks_exact_mut(small.columns).with_min_len(64).enumerate().for_each(|(index, into)| {
            panels.times(self.row(index), into);
        });
        product
    }

    /// The product of the transpose with itself, as large as a row is long.
    pub(super) fn gram(&self) -> Square {
        let d = self.columns;
        let blocks: Vec<Vec<f64>> = self
            .cells
            .par_chunks(BLOCK * d)
            .map(|block| {
                let mut sum = vec![0.0; d * d];
                for row in block.chunks_exact(d) {
                    for (i, &factor) in row.iter().enumerate() {
                        let factor = f64::from(factor);
                        for (cell, &other) in sum[i * d..].iter_mut().zip(&row[..=i]) {
                            *cell += f64::from(other) * factor;
                        }
                    }
                }
                sum
            })
            .collect();
        let mut cells = vec![0.0; d * d];
        for block in blocks {
            cells.iter_mut().zip(&block).for_each(|(sum, cell)| *sum += cell);
        }
        for i in 0..d {
            for j in 0..i {
                cells[j * d + i] = cells[i * d + j];
            }
        }
        Square { n: d, cells }
    }
}

impl Square {
    /// The first columns.
    pub(super) fn leading(&self, columns: usize) -> Matrix {
        let columns = columns.clamp(1, self.n.max(1));
        let cells = self.cells.chunks_exact(self.n.max(1)).flat_map(|row| row.iter().take(columns));
        Matrix { columns, cells: cells.map(|&cell| single(cell)).collect() }
    }
}

/// A small matrix laid out for products with many rows: [`LANES`] columns at a time, row after row, zeros at the end.
pub(super) struct Panels {
    rows: usize,
    cells: Vec<f32>,
}

impl Panels {
    /// Of a matrix by which rows are multiplied.
    fn of_rows(small: &Matrix) -> Self {
        Self::new(small.len(), small.columns, |row, column| small.row(row)[column])
    }

    /// Of rows with each of which the dot product of other rows is wanted.
    pub(super) fn of_columns(rows: &Matrix) -> Self {
        Self::new(rows.columns, rows.len(), |row, column| rows.row(column)[row])
    }

    fn new(rows: usize, columns: usize, cell: impl Fn(usize, usize) -> f32) -> Self {
        let mut cells = Vec::with_capacity(rows * columns.next_multiple_of(LANES));
        for panel in (0..columns).step_by(LANES) {
            for row in 0..rows {
                cells.extend(
                    (panel..panel + LANES).map(|column| if column < columns { cell(row, column) } else { 0.0 }),
                );
            }
        }
        Self { rows, cells }
    }

    /// The product of one row with the matrix.
    pub(super) fn times(&self, row: &[f32], into: &mut [f32]) {
        for (panel, into) in self.cells.chunks_exact((self.rows * LANES).max(1)).zip(into.chunks_mut(LANES)) {
            let mut sums = [0.0_f32; LANES];
            for (&factor, cells) in row.iter().zip(panel.as_chunks::<LANES>().0) {
                for (sum, &cell) in sums.iter_mut().zip(cells) {
                    *sum += cell * factor;
                }
            }
            into.copy_from_slice(&sums[..into.len()]);
        }
    }
}

/// A sparse matrix, row after row; within a row by rising column.
pub(super) struct Sparse {
    /// Where each row starts in `cells`, and the end of the last.
    starts: Vec<usize>,
    /// Column and value.
    cells: Vec<(u32, f32)>,
    /// Number of columns.
    pub(super) columns: usize,
}

impl Sparse {
    /// Gathers rows of (column, value); columns rise within a row and stay below `columns`.
    pub(super) fn from_rows(rows: &[Vec<(u32, f32)>], columns: usize) -> Self {
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
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
    pub(super) fn row(&self, index: usize) -> &[(u32, f32)] {
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
        product.cells.par_chunks_exact_mut(dense.columns).with_min_len(64).enumerate().for_each(|(index, into)| {
            for &(column, value) in self.row(index) {
                add_scaled(into, dense.row(column as usize), value);
            }
        });
        product
    }

    /// The product with another sparse matrix, for these of its own rows alone.
    pub(super) fn rows_times(&self, rows: &[usize], other: &Self) -> Self {
        let product: Vec<Vec<(u32, f32)>> = rows
            .par_iter()
            .map(|&index| {
                let mut cells: Vec<(u32, f32)> = Vec::new();
                for &(between, factor) in self.row(index) {
                    cells.extend(other.row(between as usize).iter().map(|&(column, value)| (column, value * factor)));
                }
                // Stable, so that what is added up comes in a fixed order.
                cells.sort_by_key(|&(column, _)| column);
                cells
                    .chunk_by(|a, b| a.0 == b.0)
                    .map(|same| (same[0].0, same.iter().map(|&(_, value)| value).sum()))
                    .collect()
            })
            .collect();
        Self::from_rows(&product, other.columns)
    }
}

/// The nearest number of 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the nearest number of 32 bits is what is wanted")]
pub(super) fn single(cell: f64) -> f32 {
    cell as f32
}

/// The sum of products of two rows of equal length.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((left, left_rest), (right, right_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0_f32; 8];
    for (x, y) in left.iter().zip(right) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(x, y)| x * y).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Adds `factor` times one row to another.
pub(super) fn add_scaled(into: &mut [f32], row: &[f32], factor: f32) {
    for (sum, &cell) in into.iter_mut().zip(row) {
        *sum += cell * factor;
    }
}

/// Brings a row to length 1; a row of zeros stays.
pub(super) fn normalise_row(row: &mut [f32]) {
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
pub(super) fn eigen(symmetric: &Square) -> (Vec<f64>, Square) {
    let n = symmetric.n;
    let mut a = symmetric.clone();
    // Row i of `vectors` is the i-th eigenvector while rotating.
    let mut vectors = Square { n, cells: vec![0.0; n * n] };
    for i in 0..n {
        vectors.cells[i * n + i] = 1.0;
    }
    let scale = a.cells.iter().map(|cell| cell * cell).sum::<f64>().sqrt();
    for _ in 0..30 {
        let off: f64 = (0..n).flat_map(|i| &a.cells[i * n..i * n + i]).map(|cell| cell * cell).sum();
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
    let mut columns = Square { n, cells: vec![0.0; n * n] };
    for (column, &from) in order.iter().enumerate() {
        for i in 0..n {
            columns.cells[i * n + column] = vectors.cells[from * n + i];
        }
    }
    (order.iter().map(|&i| a.cells[i * n + i]).collect(), columns)
}

/// Makes cell (p, q) zero by a rotation in that plane.
fn rotate(symmetric: &mut Square, vectors: &mut Square, p: usize, q: usize) {
    let n = symmetric.n;
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
    use super::{Matrix, Panels, Sparse, Square, eigen};

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let (eigenvalues, vectors) = eigen(&Square { n: 2, cells: vec![2.0, 1.0, 1.0, 2.0] });
        assert!((eigenvalues[0] - 3.0).abs() < 1e-12 && (eigenvalues[1] - 1.0).abs() < 1e-12);
        assert!((vectors.cells[0].abs() - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn transposing_twice_changes_nothing() {
        let rows = vec![vec![(0, 1.0), (2, 2.0)], vec![], vec![(1, 3.0)]];
        let twice = Sparse::from_rows(&rows, 3).transpose().transpose();
        let back: Vec<Vec<(u32, f32)>> = (0..twice.len()).map(|index| twice.row(index).to_vec()).collect();
        assert_eq!(back, rows);
    }
    #[test]
    fn products_in_panels_are_those_cell_by_cell() {
        let small = Matrix { columns: 19, cells: (0..57_u8).map(f32::from).collect() };
        let row = Matrix { columns: 3, cells: vec![1.0, -2.0, 3.0] };
        let expected: Vec<f32> = (0..19_u8).map(f32::from).map(|c| c - 2.0 * (19.0 + c) + 3.0 * (38.0 + c)).collect();
        assert_eq!(row.times(&small).cells, expected);
        let mut cosines = vec![0.0; 3];
        Panels::of_columns(&small).times(small.row(1), &mut cosines);
        let by_hand: Vec<f32> =
            small.rows().map(|row| row.iter().zip(small.row(1)).map(|(x, y)| x * y).sum()).collect();
        assert_eq!(cosines, by_hand);
    }

    #[test]
    fn a_sparse_product_is_the_dense_one() {
        let left = Sparse::from_rows(&[vec![(0, 1.0), (1, 2.0)], vec![], vec![(1, 3.0)]], 2);
        let right = Sparse::from_rows(&[vec![(0, 1.0), (2, 4.0)], vec![(2, 5.0)]], 3);
        let product = left.rows_times(&[0, 2], &right);
        assert_eq!((product.row(0), product.row(1)), (&[(0, 1.0), (2, 14.0)][..], &[(2, 15.0)][..]));
    }
}
