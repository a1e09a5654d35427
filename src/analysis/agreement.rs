//! Agreement between people, or between people and a machine, beyond what chance alone would give.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::interval::Estimate;
use super::special::normal_upper_quantile;

/// Times that the units are drawn anew for an interval.
const RESAMPLES: usize = 1_000;

/// How much two categories of a table of agreement differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// Any two differ in full.
    None,
    /// By their distance in the order.
    Linear,
    /// By the square of it.
    Quadratic,
}

/// Cohen's kappa of two coders from a square table of counts, one coder's categories in the rows and the other's in the
/// columns, with its large-sample interval at 95 %.
///
/// 1 is full agreement, 0 what chance alone would give; it can be negative. None where the table is empty or not square, or
/// both coders used one and the same category alone, so that nothing could be disagreed on. Sources: Cohen 1960 (Educ
/// Psychol Meas 20:37), weighted Cohen 1968 (Psychol Bull 70:213); its standard error Fleiss, Cohen and Everitt 1969
/// (Psychol Bull 72:323, equation 13).
///
/// ```
/// use canvass::analysis::agreement::{Weights, kappa};
///
/// let found = kappa(&[vec![20.0, 5.0], vec![10.0, 15.0]], Weights::None).unwrap();
/// assert!((found.value - 0.4).abs() < 1e-12);
/// ```
pub fn kappa(table: &[Vec<f64>], weights: Weights) -> Option<Estimate> {
    let size = table.len();
    let n: f64 = table.iter().flatten().sum();
    if n <= 0.0 || table.iter().any(|row| row.len() != size) {
        return None;
    }
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum::<f64>() / n).collect();
    let mut columns = vec![0.0; size];
    for row in table {
        columns.iter_mut().zip(row).for_each(|(sum, cell)| *sum += cell / n);
    }
    let span = size.saturating_sub(1).max(1) as f64;
    let agrees = |a: usize, b: usize| match weights {
        Weights::None => f64::from(u8::from(a == b)),
        Weights::Linear => 1.0 - a.abs_diff(b) as f64 / span,
        Weights::Quadratic => 1.0 - (a.abs_diff(b) as f64 / span).powi(2),
    };
    let of_row: Vec<f64> =
        (0..size).map(|row| columns.iter().enumerate().map(|(column, p)| p * agrees(row, column)).sum()).collect();
    let of_column: Vec<f64> =
        (0..size).map(|column| rows.iter().enumerate().map(|(row, p)| p * agrees(row, column)).sum()).collect();
    let cells = || {
        table
            .iter()
            .enumerate()
            .flat_map(|(row, cells)| cells.iter().enumerate().map(move |(column, cell)| (row, column, cell / n)))
    };
    let observed: f64 = cells().map(|(row, column, p)| p * agrees(row, column)).sum();
    let by_chance: f64 = rows.iter().zip(&of_row).map(|(p, mean)| p * mean).sum();
    let left = 1.0 - by_chance;
    if left <= 1e-12 {
        return None;
    }
    let value = (observed - by_chance) / left;
    let spread: f64 = cells()
        .zip(of_row.iter().flat_map(|row| of_column.iter().map(move |column| row + column)))
        .map(|((row, column, p), means)| p * (agrees(row, column) * left - means * (1.0 - observed)).powi(2))
        .sum();
    let variance = (spread - (observed * by_chance - 2.0 * by_chance + observed).powi(2)) / (n * left.powi(4));
    let half = normal_upper_quantile(0.025) * variance.max(0.0).sqrt();
    Some(Estimate { value, interval: [(value - half).max(-1.0), (value + half).min(1.0)] })
}

/// Cohen's kappa, unweighted, of what two coders said of the same units.
pub fn kappa_of<L: Ord>(pairs: &[(L, L)]) -> Option<Estimate> {
    let mut known: BTreeMap<&L, usize> = pairs.iter().flat_map(|(one, other)| [(one, 0), (other, 0)]).collect();
    known.values_mut().enumerate().for_each(|(number, place)| *place = number);
    let mut table = vec![vec![0.0; known.len()]; known.len()];
    for (one, other) in pairs {
        let row = known.get(one).and_then(|row| table.get_mut(*row));
        if let Some(cell) = row.zip(known.get(other)).and_then(|(row, column)| row.get_mut(*column)) {
            *cell += 1.0;
        }
    }
    kappa(&table, Weights::None)
}

/// Fleiss' kappa of subjects that as many people each put into one of several categories: a subject a row, a category a
/// column, in it how many people chose it.
///
/// 1 is full agreement, 0 what chance alone would give. None without subjects, where a subject has fewer than two people or
/// another number than the first, and where all chose one category. Source: Fleiss 1971 (Psychol Bull 76:378).
pub fn fleiss(table: &[Vec<f64>]) -> Option<f64> {
    let people: f64 = table.first()?.iter().sum();
    if people < 2.0 || table.iter().any(|row| (row.iter().sum::<f64>() - people).abs() > 1e-9) {
        return None;
    }
    let subjects = table.len() as f64;
    let pairs: f64 = table.iter().flatten().map(|count| count * (count - 1.0)).sum();
    let observed = pairs / (subjects * people * (people - 1.0));
    let categories = table.iter().map(Vec::len).max()?;
    let share = |category| table.iter().filter_map(|row| row.get(category)).sum::<f64>() / (subjects * people);
    let by_chance: f64 = (0..categories).map(|category| share(category).powi(2)).sum();
    (by_chance < 1.0 - 1e-12).then(|| (observed - by_chance) / (1.0 - by_chance))
}

/// How much two categories differ for Krippendorff's alpha, before it is squared.
#[derive(Clone, Copy)]
pub enum Difference<'a> {
    /// Any two differ by 1.
    Nominal,
    /// By how many values lie between them in the order of the categories.
    Ordinal,
    /// As said.
    By(&'a dyn Fn(usize, usize) -> f64),
}

/// Krippendorff's alpha of any number of coders, of whom some may have left units out.
///
/// `units` holds for each unit the categories, below `categories`, that its coders gave; units with fewer than two say
/// nothing. 1 is full agreement, 0 what chance alone would give; it can be negative. From 0.80 it is called good, from 0.667
/// enough for tentative conclusions. None where no unit has two values, or all values are one category. Source:
/// Krippendorff 2011, Computing Krippendorff's alpha-reliability. The interval at 95 % is that of the percentiles over 1,000
/// samples of the units with replacement (Zapf et al. 2016, BMC Med Res Methodol 16:93); `seed` decides them.
pub fn alpha(units: &[Vec<usize>], categories: usize, difference: Difference<'_>, seed: u64) -> Option<Estimate> {
    let pairable: Vec<&[usize]> = units
        .iter()
        .map(Vec::as_slice)
        .filter(|unit| unit.len() > 1 && unit.iter().all(|value| *value < categories))
        .collect();
    let value = alpha_of(&pairable, categories, difference)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = Vec::with_capacity(pairable.len());
    let mut values: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            drawn.clear();
            drawn.extend(pairable.iter().filter_map(|_| pairable.get(below(&mut rng, pairable.len()))));
            alpha_of(&drawn, categories, difference)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |per_mille: usize| values.get(values.len() * per_mille / 1_000).copied().unwrap_or(value);
    Some(Estimate { value, interval: [at(25).min(value), at(975).max(value)] })
}

/// A number below `n`, at least 0.
fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    usize::try_from((u64::from(rng.next_u32()) * n as u64) >> 32).unwrap_or_default()
}

fn alpha_of(units: &[&[usize]], categories: usize, difference: Difference<'_>) -> Option<f64> {
    let mut counts = vec![0.0; categories];
    for value in units.iter().flat_map(|unit| unit.iter()) {
        if let Some(count) = counts.get_mut(*value) {
            *count += 1.0;
        }
    }
    let n: f64 = counts.iter().sum();
    let before: Vec<f64> = counts
        .iter()
        .scan(0.0, |sum, count| {
            *sum += count;
            Some(*sum - count / 2.0)
        })
        .collect();
    let at = |place: usize| before.get(place).copied().unwrap_or_default();
    let squared = |a: usize, b: usize| match difference {
        _ if a == b => 0.0,
        Difference::Nominal => 1.0,
        // Values up to the middle of the one and of the other: all between them, and half of each.
        Difference::Ordinal => (at(a) - at(b)).powi(2),
        Difference::By(of) => of(a, b).powi(2),
    };
    let observed: f64 = units
        .iter()
        .map(|unit| {
            let pairs = unit.iter().flat_map(|a| unit.iter().map(move |b| squared(*a, *b)));
            pairs.sum::<f64>() / (unit.len() - 1) as f64
        })
        .sum();
    let used: Vec<(usize, f64)> = counts.iter().copied().enumerate().filter(|(_, count)| *count > 0.0).collect();
    let expected: f64 = used.iter().flat_map(|(a, n)| used.iter().map(move |(b, m)| n * m * squared(*a, *b))).sum();
    (expected > 0.0).then(|| 1.0 - (n - 1.0) * observed / expected)
}

#[cfg(test)]
mod tests {
    use super::{Difference, Weights, alpha, kappa, kappa_of};

    /// Four coders, twelve units: Krippendorff 2011, example C.
    fn published() -> Vec<Vec<usize>> {
        let coders = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];
        let unit = |at: usize| {
            let values = coders.iter().filter_map(|coder| coder.chars().nth(at)?.to_digit(10));
            values.map(|value| value as usize - 1).collect()
        };
        (0..12).map(unit).collect()
    }

    #[test]
    fn alpha_is_that_of_the_published_example() {
        let near = |difference: Difference<'_>, expected: f64| {
            let found = alpha(&published(), 5, difference, 1).unwrap();
            assert!((found.value - expected).abs() < 5e-4, "{found:?}");
            assert!(found.interval[0] < found.value && found.value < found.interval[1]);
        };
        near(Difference::Nominal, 0.743);
        near(Difference::Ordinal, 0.815);
        near(Difference::By(&|a, b| a as f64 - b as f64), 0.849);
    }

    #[test]
    fn alpha_says_nothing_without_pairs_or_variety() {
        assert_eq!(alpha(&[vec![0], vec![], vec![1]], 2, Difference::Nominal, 1), None);
        assert_eq!(alpha(&[vec![1, 1], vec![1, 1]], 2, Difference::Nominal, 1), None);
        let full = alpha(&[vec![0, 0], vec![1, 1, 1]], 2, Difference::Nominal, 1).unwrap();
        assert!((full.value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn kappa_with_weights_counts_near_misses_as_half() {
        // Fleiss, Cohen and Everitt 1969, table 1: two clinicians, 200 patients in three categories, as shares.
        let shares = [[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]];
        let table: Vec<Vec<f64>> = shares.iter().map(|row| row.iter().map(|share| share * 200.0).collect()).collect();
        let found = kappa(&table, Weights::None).unwrap();
        assert!((found.value - 0.429).abs() < 1e-3, "{found:?}");
        let half = (found.interval[1] - found.interval[0]) / 2.0 / 1.96;
        assert!((half - 0.0537).abs() < 5e-4, "standard error {half}");
        let linear = kappa(&table, Weights::Linear).unwrap().value;
        assert!(linear > found.value && kappa(&table, Weights::Quadratic).unwrap().value > linear);
    }

    #[test]
    fn kappa_says_nothing_where_nothing_could_be_disagreed_on() {
        assert_eq!(kappa(&[], Weights::None), None);
        assert_eq!(kappa_of(&[("a", "a"), ("a", "a")]), None);
        assert_eq!(kappa(&[vec![1.0], vec![1.0]], Weights::None), None);
        assert!((kappa_of(&[("a", "a"), ("b", "b")]).unwrap().value - 1.0).abs() < 1e-12);
    }
}
