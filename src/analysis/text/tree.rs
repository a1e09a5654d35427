//! The merge tree: Ward's method over the clusters, from many narrow themes to one.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: clusters are numbered by the matrix they index")]

use super::matrix::Matrix;

/// Fewest and most themes that are suggested without being asked for.
const SUGGESTED: (usize, usize) = (5, 25);

/// Distinct answers that a suggested theme should have at least, on average.
const ANSWERS_A_THEME: usize = 3;

/// A theme with more than this share of all answers says too little: "help, problem, doctor".
const CATCH_ALL: f64 = 0.2;

/// How much further a suggestion may split to break up a catch-all.
const STRETCH: f64 = 1.5;

/// A tree of merges; there is one fewer than clusters.
pub(super) struct Tree {
    /// Weight of each cluster before any merge.
    masses: Vec<f64>,
    /// In order; the second cluster joins the first, which keeps its number. With the cost of each.
    pub(super) merges: Vec<(usize, usize, f64)>,
}

/// Merges clusters step by step, each time the two whose union adds least to the weighted sum of squares (Ward 1963).
///
/// Clusters with different numbers in `together` merge only once all with the same number have. Cost: the cube of the
/// number of clusters.
pub(super) fn ward(points: &Matrix, weights: &[f64], owners: &[usize], together: &[usize]) -> Tree {
    let (clusters, columns) = (together.len(), points.columns);
    let mut means = vec![vec![0.0; columns]; clusters];
    let mut masses = vec![0.0; clusters];
    for ((point, &weight), &owner) in points.rows().zip(weights).zip(owners) {
        means[owner].iter_mut().zip(point).for_each(|(sum, &cell)| *sum += weight * f64::from(cell));
        masses[owner] += weight;
    }
    for (mean, mass) in means.iter_mut().zip(&masses) {
        for cell in mean {
            *cell /= mass;
        }
    }
    let mut apart = true;
    let cost = |means: &[Vec<f64>], masses: &[f64], apart: bool, a: usize, b: usize| {
        if apart && together[a] != together[b] {
            return f64::INFINITY;
        }
        let distance: f64 = means[a].iter().zip(&means[b]).map(|(x, y)| (x - y) * (x - y)).sum();
        distance * masses[a] * masses[b] / (masses[a] + masses[b])
    };
    let all_costs = |means: &[Vec<f64>], masses: &[f64], apart: bool| -> Vec<Vec<f64>> {
        let row = |a| (0..clusters).map(|b| if a < b { cost(means, masses, apart, a, b) } else { 0.0 }).collect();
        (0..clusters).map(row).collect()
    };
    let mut costs = all_costs(&means, &masses, apart);
    let before = masses.clone();
    let mut alive: Vec<usize> = (0..clusters).collect();
    let mut merges = Vec::new();
    while alive.len() > 1 {
        let mut best = (0, 0, f64::INFINITY);
        for (position, &a) in alive.iter().enumerate() {
            for &b in &alive[position + 1..] {
                if costs[a][b] < best.2 {
                    best = (a, b, costs[a][b]);
                }
            }
        }
        if best.2.is_infinite() {
            if !apart {
                break;
            }
            apart = false;
            costs = all_costs(&means, &masses, apart);
            continue;
        }
        let (into, from, height) = best;
        merges.push((into, from, height));
        let (kept, joined) = (masses[into], masses[from]);
        let moved = std::mem::take(&mut means[from]);
        for (cell, other) in means[into].iter_mut().zip(moved) {
            *cell = (*cell * kept + other * joined) / (kept + joined);
        }
        masses[into] += joined;
        alive.retain(|&cluster| cluster != from);
        for &other in &alive {
            if other != into {
                costs[into.min(other)][into.max(other)] = cost(&means, &masses, apart, into, other);
            }
        }
    }
    Tree { masses: before, merges }
}

impl Tree {
    /// The theme of each cluster when merged to `k` themes, numbered in order of their first cluster.
    pub(super) fn cut(&self, k: usize) -> Vec<usize> {
        let mut themes: Vec<usize> = (0..self.masses.len()).collect();
        for &(into, from, _) in self.merges.iter().take(self.masses.len().saturating_sub(k.max(1))) {
            for theme in &mut themes {
                if *theme == from {
                    *theme = into;
                }
            }
        }
        let mut order: Vec<usize> = Vec::new();
        for theme in &mut themes {
            let number = order.iter().position(|known| known == theme).unwrap_or_else(|| {
                order.push(*theme);
                order.len() - 1
            });
            *theme = number;
        }
        themes
    }

    /// A number of themes to start from, to be moved by the analyst; `distinct` is the number of distinct answers.
    ///
    /// For few answers, whose halves say nothing of each other (see [`super::number`]). It asks how many themes a person
    /// can take in: twice the fourth root of the distinct ones (50: 5, 99: 6), within 5 and 25, and at most one for three
    /// answers. Then it goes on splitting, by up to half as many again, while one theme holds more than a fifth.
    pub(super) fn suggest(&self, distinct: usize) -> usize {
        let (fewest, most) = SUGGESTED;
        let limit = most.min(distinct / ANSWERS_A_THEME).min(self.masses.len()).max(1);
        let nearest = |size: f64| (fewest..limit).find(|&k| k as f64 + 0.5 > size).unwrap_or(limit);
        let size = 2.0 * (distinct as f64).sqrt().sqrt();
        let furthest = nearest(size * STRETCH);
        (nearest(size)..furthest).find(|&k| self.largest_share(k) <= CATCH_ALL).unwrap_or(furthest)
    }

    /// The share of the weight that the largest of `k` themes holds.
    fn largest_share(&self, k: usize) -> f64 {
        let themes = self.cut(k);
        let mut held = vec![0.0; themes.len()];
        for (&theme, mass) in themes.iter().zip(&self.masses) {
            held[theme] += mass;
        }
        held.into_iter().fold(0.0, f64::max) / self.masses.iter().sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Matrix;
    use super::ward;

    #[test]
    fn the_nearest_clusters_merge_first_and_cuts_are_nested() {
        let points = Matrix { columns: 1, cells: vec![0.0, 0.1, 5.0, 5.3, 20.0] };
        let tree = ward(&points, &[1.0; 5], &[0, 1, 2, 3, 4], &[0; 5]);
        assert_eq!(tree.cut(5), [0, 1, 2, 3, 4]);
        assert_eq!(tree.cut(4), [0, 0, 1, 2, 3]);
        assert_eq!(tree.cut(3), [0, 0, 1, 1, 2]);
        assert_eq!(tree.cut(2), [0, 0, 0, 0, 1]);
        assert_eq!(tree.cut(1), [0; 5]);
        assert_eq!(tree.cut(0), tree.cut(1));
    }

    #[test]
    fn what_belongs_together_merges_before_anything_else() {
        let points = Matrix { columns: 1, cells: vec![0.0, 0.1, 5.0, 5.3, 20.0] };
        let tree = ward(&points, &[1.0; 5], &[0, 1, 2, 3, 4], &[0, 1, 1, 0, 2]);
        assert_eq!(tree.cut(3), [0, 1, 1, 0, 2]);
        assert_eq!(tree.cut(1), [0; 5]);
    }

    #[test]
    fn more_answers_suggest_more_themes_and_a_catch_all_a_few_more() {
        let even = Matrix { columns: 1, cells: (0..200_u8).map(f32::from).collect() };
        let owners: Vec<usize> = (0..200).collect();
        let tree = ward(&even, &[1.0; 200], &owners, &[0; 200]);
        let suggested: Vec<usize> =
            [1, 10, 50, 300, 1000, 7000, 100_000].into_iter().map(|distinct| tree.suggest(distinct)).collect();
        assert!(suggested.is_sorted(), "{suggested:?}");
        assert_eq!((suggested[0], suggested[1], suggested[6]), (1, 3, 25));
        assert!((5..=8).contains(&suggested[2]) && (11..=16).contains(&suggested[4]), "{suggested:?}");
    }
}
