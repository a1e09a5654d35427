//! Principal components: rows of many numbers as rows of fewer that keep what tells them apart.

use super::matrix::{self, Matrix};

/// Rows centred and projected on their first `keep` principal components; row after row, in and out.
///
/// As many columns as there are if that is fewer. Exact, by the eigenvectors of the covariance (Pearson 1901). Cost: rows
/// times columns squared, and some ten times the cube of the columns. No rows give none.
pub fn components(cells: &[f32], columns: usize, keep: usize) -> Vec<f32> {
    let mut rows = Matrix { columns: columns.max(1), cells: cells.to_vec() };
    centre(&mut rows);
    let (_, vectors) = matrix::eigen(&rows.gram());
    rows.times(&vectors.leading(keep)).cells
}

/// Takes the mean row from each.
pub(super) fn centre(rows: &mut Matrix) {
    let mut mean = vec![0.0; rows.columns];
    for row in rows.rows() {
        mean.iter_mut().zip(row).for_each(|(sum, &cell)| *sum += f64::from(cell));
    }
    let n = rows.len().max(1) as f64;
    let mean: Vec<f32> = mean.into_iter().map(|sum| matrix::single(sum / n)).collect();
    for row in rows.cells.chunks_exact_mut(rows.columns) {
        matrix::add_scaled(row, &mean, -1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn points_on_a_line_have_one_component_which_keeps_their_distances() {
        let points: Vec<f32> = (0..9_u8).flat_map(|i| [3.0 * f32::from(i) + 5.0, 4.0 * f32::from(i) - 2.0]).collect();
        let line = components(&points, 2, 1);
        assert_eq!(line.len(), 9);
        assert!(line.windows(2).all(|pair| ((pair[1] - pair[0]).abs() - 5.0).abs() < 1e-5), "{line:?}");
        assert!(line.iter().sum::<f32>().abs() < 1e-4, "centred");
    }

    #[test]
    fn no_rows_give_none_and_no_more_columns_than_there_are() {
        assert!(components(&[], 3, 2).is_empty());
        assert_eq!(components(&[1.0, 2.0, 3.0, 5.0], 2, 9).len(), 4);
    }
}
