//! Small systems of linear equations, for estimates by Newton's method.

/// Solves `matrix` x = `right` by Gaussian elimination with the largest pivot; none where there is no single solution.
///
/// Cost: the cube of the number of equations.
pub fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for at in 0..n {
        let size = |row: &usize| matrix.get(*row).and_then(|row| row.get(at)).map_or(0.0, |value| value.abs());
        let pivot = (at..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if size(&pivot) < 1e-12 {
            return None;
        }
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        let (head, its) = (matrix.get(at)?.clone(), *right.get(at)?);
        let lead = *head.get(at)?;
        for (row, value) in matrix.iter_mut().zip(&mut right).skip(at + 1) {
            let factor = row.get(at)? / lead;
            row.iter_mut().zip(&head).skip(at).for_each(|(cell, above)| *cell -= factor * above);
            *value -= factor * its;
        }
    }
    let mut solution = vec![0.0; n];
    for at in (0..n).rev() {
        let row = matrix.get(at)?;
        let known: f64 = row.iter().zip(&solution).skip(at + 1).map(|(cell, known)| cell * known).sum();
        *solution.get_mut(at)? = (right.get(at)? - known) / row.get(at)?;
    }
    Some(solution)
}

/// The place of the highest point of a concave function of utilities that only differ: `slope` gives the gradient and the
/// negative of the matrix of second derivatives, and `value` the function.
///
/// The utilities sum to 0. None where no highest point is found in 200 steps, or utilities grow beyond 30, as they do where
/// some option always wins.
pub(super) fn highest(
    options: usize,
    value: impl Fn(&[f64]) -> f64,
    slope: impl Fn(&[f64]) -> (Vec<f64>, Vec<Vec<f64>>),
) -> Option<Vec<f64>> {
    let mut at = vec![0.0; options];
    let mut height = value(&at);
    for _ in 0..200 {
        let (gradient, mut curvature) = slope(&at);
        // All utilities raised alike change nothing: this holds their sum at 0.
        curvature.iter_mut().flatten().for_each(|cell| *cell += 1.0);
        let step = solve(curvature, gradient)?;
        // Half the step until it does not lead down.
        let mut length = 1.0;
        let (next, higher) = loop {
            let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + length * step).collect();
            let higher = value(&next);
            if higher >= height - 1e-12 * height.abs() || length < 1e-9 {
                break (next, higher);
            }
            length /= 2.0;
        };
        let moved = at.iter().zip(&next).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        (at, height) = (next, higher);
        if at.iter().any(|utility| utility.abs() > 30.0) {
            return None;
        }
        if moved < 1e-12 {
            let mean = at.iter().sum::<f64>() / options as f64;
            return Some(at.into_iter().map(|utility| utility - mean).collect());
        }
    }
    None
}
