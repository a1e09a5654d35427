//! How well themes agree with labels that people gave: the usual measures of clustering against a reference.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: groups and labels are numbered by the table they index")]

use std::collections::BTreeMap;

/// How far two groupings of the same rows agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Rows compared; at least 1.
    pub n: usize,
    /// Different groups.
    pub groups: usize,
    /// Different labels.
    pub labels: usize,
    /// Share of rows that are right if each group is named by the one label, and each label given to the one group,
    /// that make most rows right (the assignment problem; Kuhn 1955). 0 to 1.
    pub accuracy: f64,
    /// Normalised mutual information: 2 I(G; L) / (H(G) + H(L)), the arithmetic form (Kvålseth 1987, equation 9;
    /// `normalized_mutual_info_score` of scikit-learn). 0 to 1; 1 where both have one group.
    pub nmi: f64,
    /// The Rand index adjusted for chance (Hubert and Arabie 1985, equation 5). 0 on average by chance, at most 1.
    pub ari: f64,
    /// Mutual information adjusted for chance: (I - E\[I\]) / ((H(G) + H(L)) / 2 - E\[I\]), with the exact expectation
    /// under fixed sizes (Vinh, Epps and Bailey 2010, equation 24a). 0 on average by chance, at most 1.
    pub ami: f64,
    /// Share of rows that have the most frequent label of their group (Manning, Raghavan and Schütze 2008, equation
    /// 16.1). 0 to 1; it rises with the number of groups.
    pub purity: f64,
}

/// Compares groups with labels, one pair a row; none without rows.
///
/// Swapping groups and labels changes only `groups`, `labels` and `purity`. Cost: the cube of the larger number of
/// groups or labels, and rows times the smaller.
pub fn agreement<G: Ord, L: Ord>(pairs: &[(G, L)]) -> Option<Agreement> {
    let (groups, labels) =
        (numbers(pairs.iter().map(|(group, _)| group)), numbers(pairs.iter().map(|(_, label)| label)));
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len();
    let mut table = vec![vec![0_usize; labels.len()]; groups.len()];
    for (group, label) in pairs {
        table[groups[group]][labels[label]] += 1;
    }
    let sizes: Vec<usize> = table.iter().map(|row| row.iter().sum()).collect();
    let label_sizes: Vec<usize> = (0..labels.len()).map(|label| table.iter().map(|row| row[label]).sum()).collect();
    let information = information(&table, &sizes, &label_sizes, n);
    let entropies = f64::midpoint(entropy(&sizes, n), entropy(&label_sizes, n));
    let one_each = groups.len() == 1 && labels.len() == 1;
    let purest: usize = table.iter().filter_map(|row| row.iter().max()).sum();
    Some(Agreement {
        n,
        groups: groups.len(),
        labels: labels.len(),
        accuracy: matched(&table) as f64 / n as f64,
        nmi: if one_each { 1.0 } else { (information / entropies).clamp(0.0, 1.0) },
        ari: adjusted_rand(&table, &sizes, &label_sizes, n),
        ami: if one_each {
            1.0
        } else {
            let expected = expected_information(&sizes, &label_sizes, n);
            let room = entropies - expected;
            // Where chance alone explains all there is, as with one row a group, nothing is left to agree on.
            if room.abs() < 1e-12 { 1.0 } else { (information - expected) / room }
        },
        purity: purest as f64 / n as f64,
    })
}

/// The adjusted Rand index of two groupings of the same rows, numbered from 0.
pub(super) fn rand_index(groups: &[usize], others: &[usize]) -> f64 {
    let count = |all: &[usize]| all.iter().max().map_or(0, |last| last + 1);
    let mut table = vec![vec![0_usize; count(others)]; count(groups)];
    for (&group, &other) in groups.iter().zip(others) {
        table[group][other] += 1;
    }
    let sizes: Vec<usize> = table.iter().map(|row| row.iter().sum()).collect();
    let other_sizes: Vec<usize> = (0..count(others)).map(|other| table.iter().map(|row| row[other]).sum()).collect();
    adjusted_rand(&table, &sizes, &other_sizes, groups.len())
}

/// Numbers for what there is, in order.
fn numbers<'a, T: Ord + 'a>(all: impl Iterator<Item = &'a T>) -> BTreeMap<&'a T, usize> {
    let mut known: BTreeMap<&T, usize> = all.map(|one| (one, 0)).collect();
    for (number, (_, place)) in known.iter_mut().enumerate() {
        *place = number;
    }
    known
}

fn entropy(sizes: &[usize], n: usize) -> f64 {
    sizes.iter().map(|&size| size as f64 / n as f64).map(|share| -share * share.ln()).sum()
}

fn information(table: &[Vec<usize>], sizes: &[usize], label_sizes: &[usize], n: usize) -> f64 {
    let n = n as f64;
    let mut sum = 0.0;
    for (row, &size) in table.iter().zip(sizes) {
        for (&both, &label_size) in row.iter().zip(label_sizes).filter(|&(&both, _)| both > 0) {
            let both = both as f64;
            sum += both / n * (n * both / (size as f64 * label_size as f64)).ln();
        }
    }
    sum
}

/// The mutual information of two groupings with these sizes that have nothing to do with each other.
fn expected_information(sizes: &[usize], label_sizes: &[usize], n: usize) -> f64 {
    let mut log_factorial = vec![0.0; n + 1];
    for number in 1..=n {
        log_factorial[number] = log_factorial[number - 1] + (number as f64).ln();
    }
    let f = |number: usize| log_factorial[number];
    let mut expected = 0.0;
    for &a in sizes {
        for &b in label_sizes {
            for both in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                let chance = f(a) + f(b) + f(n - a) + f(n - b)
                    - (f(n) + f(both) + f(a - both) + f(b - both) + f(n + both - a - b));
                let share = both as f64 / n as f64;
                expected += share * (n as f64 * both as f64 / (a as f64 * b as f64)).ln() * chance.exp();
            }
        }
    }
    expected
}

fn adjusted_rand(table: &[Vec<usize>], sizes: &[usize], label_sizes: &[usize], n: usize) -> f64 {
    let pairs = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
    let both: f64 = table.iter().flatten().map(|&count| pairs(count)).sum();
    let in_groups: f64 = sizes.iter().map(|&size| pairs(size)).sum();
    let in_labels: f64 = label_sizes.iter().map(|&size| pairs(size)).sum();
    // The same rows together in both: also where every row stands alone, and where all stand together.
    if in_groups + in_labels - 2.0 * both < 0.5 {
        return 1.0;
    }
    let expected = in_groups * in_labels / pairs(n);
    (both - expected) / (f64::midpoint(in_groups, in_labels) - expected)
}

/// The most rows that a one-to-one naming of groups by labels makes right: the Hungarian method with potentials
/// (Jonker and Volgenant 1987), which finds the cheapest assignment row by row.
fn matched(table: &[Vec<usize>]) -> usize {
    let labels = table.first().map_or(0, Vec::len);
    let wide = table.len() <= labels;
    let (rows, columns) = if wide { (table.len(), labels) } else { (labels, table.len()) };
    let count = |row: usize, column: usize| if wide { table[row][column] } else { table[column][row] };
    let cost = |row: usize, column: usize| -(count(row, column) as f64);
    // Rows and columns count from 1 here; column 0 stands for none.
    let (mut row_price, mut column_price) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let mut row_of = vec![0; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let (mut least, mut from) = (vec![f64::INFINITY; columns + 1], vec![0; columns + 1]);
        let mut used = vec![false; columns + 1];
        let mut column = 0;
        while row_of[column] != 0 {
            used[column] = true;
            let current = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for other in (1..=columns).filter(|&other| !used[other]) {
                let reduced = cost(current - 1, other - 1) - row_price[current] - column_price[other];
                if reduced < least[other] {
                    (least[other], from[other]) = (reduced, column);
                }
                if least[other] < step {
                    (step, next) = (least[other], other);
                }
            }
            for other in 0..=columns {
                if used[other] {
                    row_price[row_of[other]] += step;
                    column_price[other] -= step;
                } else {
                    least[other] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[from[column]];
            column = from[column];
        }
    }
    (1..=columns).filter(|&column| row_of[column] != 0).map(|column| count(row_of[column] - 1, column - 1)).sum()
}

#[cfg(test)]
mod tests {
    use super::{Agreement, agreement};
    use proptest::prelude::{prop, proptest};

    /// What `sklearn.metrics` 1.9.1 and `scipy.optimize.linear_sum_assignment` give for the same rows: accuracy, NMI, ARI, AMI, purity.
    fn same(groups: &[usize], labels: &[usize], theirs: [f64; 5]) {
        let pairs: Vec<(usize, usize)> = groups.iter().copied().zip(labels.iter().copied()).collect();
        let Agreement { accuracy, nmi, ari, ami, purity, .. } = agreement(&pairs).unwrap();
        for (ours, theirs) in [accuracy, nmi, ari, ami, purity].into_iter().zip(theirs) {
            assert!((ours - theirs).abs() < 1e-9, "{groups:?} {labels:?}: {ours} {theirs}");
        }
    }

    #[test]
    fn more_groups_than_labels() {
        same(
            &[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 1],
            &[0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 0, 1],
            [0.583_333_333_333, 0.699_114_483_262, 0.411_522_633_745, 0.532_761_029_369, 0.916_666_666_667],
        );
    }

    #[test]
    fn fewer_groups_than_labels() {
        same(
            &[0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
            &[0, 1, 2, 0, 3, 3, 4, 4, 3, 0],
            [0.5, 0.442_701_283_346, 0.161_490_683_23, 0.237_012_708_816, 0.5],
        );
    }

    #[test]
    fn by_chance() {
        same(
            &[
                3, 2, 2, 3, 2, 3, 3, 0, 0, 1, 1, 3, 3, 0, 1, 3, 0, 3, 0, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 2, 2, 2, 2, 3,
                3, 3, 2, 2, 1, 3,
            ],
            &[
                2, 1, 5, 0, 5, 3, 0, 0, 2, 0, 0, 3, 5, 2, 4, 5, 4, 3, 2, 3, 1, 2, 2, 1, 5, 0, 0, 1, 5, 4, 5, 1, 4, 2,
                2, 0, 3, 4, 3, 0,
            ],
            [0.35, 0.214_550_911_871, 0.039_180_765_806, 0.076_356_258_578, 0.375],
        );
    }

    #[test]
    fn one_group_against_several_labels() {
        same(&[0, 0, 0, 0, 0, 0], &[0, 0, 1, 1, 2, 2], [0.333_333_333_333, 0.0, 0.0, 0.0, 0.333_333_333_333]);
    }

    #[test]
    fn every_row_alone() {
        same(&[0, 1, 2, 3, 4], &[0, 0, 1, 1, 2], [0.6, 0.791_875_668_469, 0.0, -0.0, 1.0]);
    }

    #[test]
    fn perfect_under_other_names() {
        same(&[2, 2, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 5, 5, 5], [1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn nothing_agrees_with_nothing() {
        assert_eq!(agreement::<u8, u8>(&[]), None);
    }

    proptest! {
        #[test]
        fn measures_stay_in_their_range_and_names_do_not_matter(pairs in prop::collection::vec((0_usize..6, 0_usize..5), 1..60)) {
            let found = agreement(&pairs).unwrap();
            for measure in [found.accuracy, found.nmi, found.purity] {
                assert!((0.0..=1.0).contains(&measure), "{found:?}");
            }
            assert!(found.ari <= 1.0 + 1e-9 && found.ami <= 1.0 + 1e-9 && found.accuracy <= found.purity + 1e-12);
            let renamed: Vec<(usize, usize)> = pairs.iter().map(|&(group, label)| (9 - group, label)).collect();
            let again = agreement(&renamed).unwrap();
            assert!((again.nmi - found.nmi).abs() < 1e-9 && (again.ami - found.ami).abs() < 1e-9);
            assert!((again.accuracy - found.accuracy).abs() < 1e-12 && (again.ari - found.ari).abs() < 1e-9);
            let swapped: Vec<(usize, usize)> = pairs.iter().map(|&(group, label)| (label, group)).collect();
            let swapped = agreement(&swapped).unwrap();
            assert!((swapped.ami - found.ami).abs() < 1e-9 && (swapped.accuracy - found.accuracy).abs() < 1e-12);
        }
    }
}
