//! Neighbours of points by cosine: among all of few, and among those in the nearest cells of many.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: points and cells are numbered by the slices they index")]

use rayon::prelude::*;

use super::cluster::{assign, narrow};
use super::matrix::{Matrix, Panels, Sparse, dot};

/// Points that each is compared with; all of them where there are no more.
const MOST_COMPARED: usize = 2_000;

/// Points that a cell has on average.
const IN_A_CELL: usize = 100;

/// Most points that the cells are made from, for each cell.
const SAMPLED: usize = 20;

/// For each point a row of smoothing weights: 1 for itself, and 1 shared among its `count` nearest in proportion to their
/// cosine, if that is above 0. Rows of zeros have themselves alone.
///
/// Of many points each is compared with those in the cells, made by k-means, whose centres are nearest to it, until
/// [`MOST_COMPARED`] have been. Ties go to the earlier point. Cost: in proportion to the number of points.
pub(super) fn smoothing(points: &Matrix, count: usize, seed: u64) -> Sparse {
    let cells = cells(points, seed);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    for (point, cell) in assign(points, &cells).into_iter().enumerate() {
        members[cell].push(point);
    }
    let panels = Panels::of_columns(&cells);
    let rows: Vec<Vec<(u32, f32)>> = (0..points.len())
        .into_par_iter()
        .map_init(
            || (vec![0.0; cells.len()], Vec::with_capacity(cells.len())),
            |(cosines, order), index| {
                panels.times(points.row(index), cosines);
                order.clear();
                order.extend(0..cosines.len());
                order.sort_by(|&a: &usize, &b| cosines[b].total_cmp(&cosines[a]).then(a.cmp(&b)));
                weights(points, index, count, order.iter().map(|&cell| members[cell].as_slice()))
            },
        )
        .collect();
    Sparse::from_rows(&rows, points.len())
}

/// The centres of the cells; one where all points are compared.
fn cells(points: &Matrix, seed: u64) -> Matrix {
    if points.len() <= MOST_COMPARED {
        return Matrix::zeros(1, points.columns);
    }
    let cells = (points.len() / IN_A_CELL).min(500);
    let sampled = (cells * SAMPLED).min(points.len());
    let rows = (0..sampled).flat_map(|place| points.row(place * points.len() / sampled));
    let sample = Matrix { columns: points.columns, cells: rows.copied().collect() };
    narrow(&sample, &vec![1.0; sampled], cells, seed).1
}

/// The weights of one row, from the nearest cells on.
fn weights<'m>(
    points: &Matrix,
    index: usize,
    count: usize,
    cells: impl Iterator<Item = &'m [usize]>,
) -> Vec<(u32, f32)> {
    let point = points.row(index);
    let mut left = MOST_COMPARED;
    let mut best: Vec<(usize, f32)> = Vec::with_capacity(count + 1);
    for members in cells {
        let compared = &members[..members.len().min(left)];
        left -= compared.len();
        for &other in compared.iter().filter(|&&other| other != index) {
            let cosine = dot(point, points.row(other));
            let closer =
                |&(known, known_cosine): &(usize, f32)| known_cosine.total_cmp(&cosine).then(other.cmp(&known)).is_gt();
            if cosine <= 0.0 || best.len() == count && best.last().is_some_and(closer) {
                continue;
            }
            best.insert(best.partition_point(closer), (other, cosine));
            best.truncate(count);
        }
        if left == 0 {
            break;
        }
    }
    let total: f32 = best.iter().map(|(_, cosine)| cosine).sum();
    let shares = best.into_iter().map(|(other, cosine)| (other, cosine / total));
    let mut row: Vec<(u32, f32)> =
        shares.chain([(index, 1.0)]).filter_map(|(other, share)| Some((u32::try_from(other).ok()?, share))).collect();
    row.sort_unstable_by_key(|&(other, _)| other);
    row
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Matrix;
    use super::smoothing;

    #[test]
    fn the_nearest_points_share_one_and_what_lies_apart_has_itself() {
        let points = Matrix { columns: 2, cells: vec![1.0, 0.0, 0.8, 0.6, 0.6, 0.8, 0.0, 0.0, -1.0, 0.0] };
        let weights = smoothing(&points, 1, 7);
        assert_eq!(
            (weights.row(0), weights.row(3), weights.row(4)),
            (&[(0, 1.0), (1, 1.0)][..], &[(3, 1.0)][..], &[(4, 1.0)][..])
        );
        let both = smoothing(&points, 2, 7);
        assert_eq!(both.row(0).len(), 3);
        assert!((both.row(0)[1].1 + both.row(0)[2].1 - 1.0).abs() < 1e-6 && both.row(0)[1].1 > both.row(0)[2].1);
    }

    #[test]
    fn of_many_points_neighbours_are_found_in_cells() {
        // On a circle each point's neighbours are those beside it.
        let n = 9_000_u16;
        let angle = |point: u16| f32::from(point) / f32::from(n) * std::f32::consts::TAU;
        let points = Matrix { columns: 2, cells: (0..n).flat_map(|i| [angle(i).cos(), angle(i).sin()]).collect() };
        let weights = smoothing(&points, 4, 7);
        let near = |index: usize| {
            let others = weights.row(index).iter().filter(|cell| cell.0 as usize != index);
            others.filter(|cell| (cell.0 as usize).abs_diff(index) <= 8).count() == 4
        };
        assert!((100..8_900).all(near));
    }
}
