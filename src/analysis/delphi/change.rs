//! Whether the same people's answers changed between two rounds.

use crate::analysis::interval::p_exceeds;
use crate::analysis::special::{chi_square_sf, normal_sf};

/// Wilcoxon's signed-rank test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wilcoxon {
    /// Pairs that differ.
    pub n: usize,
    /// The smaller of the two sums of ranks.
    pub statistic: f64,
    /// Two-sided p-value by the normal approximation; 1 where no pair differs.
    pub p: f64,
}

/// Tests whether ratings moved up or down between two rounds, from pairs of a person's earlier and later rating.
///
/// Pairs that do not differ are dropped, equal differences share their mean rank, the variance is corrected for such ties, and
/// there is no continuity correction. Source: Wilcoxon 1945 (Biometrics 1:80); as `scipy.stats.wilcoxon` with `wilcox` zeros.
pub fn wilcoxon(pairs: &[(f64, f64)]) -> Wilcoxon {
    let differences: Vec<f64> =
        pairs.iter().map(|(before, after)| after - before).filter(|by| by.abs() > 0.0).collect();
    let sizes: Vec<f64> = differences.iter().map(|by| by.abs()).collect();
    let (ranks, ties) = ranks(&sizes);
    let sum = |up: bool| -> f64 {
        differences.iter().zip(&ranks).filter(|(by, _)| (**by > 0.0) == up).map(|(_, rank)| rank).sum()
    };
    let statistic = sum(true).min(sum(false));
    let n = differences.len() as f64;
    let variance = (n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0;
    let z = (statistic - n * (n + 1.0) / 4.0) / variance.sqrt();
    let p = if variance > 0.0 { (2.0 * normal_sf(z.abs())).min(1.0) } else { 1.0 };
    Wilcoxon { n: differences.len(), statistic, p }
}

/// Ranks from 1 for the smallest, equal values sharing their mean rank, and the sum of t³ - t over sets of t equal values.
pub(super) fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let value = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let (mut ranks, mut ties, mut before) = (vec![0.0; values.len()], 0.0, 0);
    for equal in order.chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()) {
        let t = equal.len() as f64;
        for at in equal {
            if let Some(rank) = ranks.get_mut(*at) {
                *rank = before as f64 + f64::midpoint(t, 1.0);
            }
        }
        ties += t.powi(3) - t;
        before += equal.len();
    }
    (ranks, ties)
}

/// `McNemar`'s test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mcnemar {
    /// Exact two-sided p-value.
    pub exact: f64,
    /// The statistic without continuity correction, at one degree of freedom.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
    /// The statistic with continuity correction.
    pub corrected: f64,
    /// Its p-value.
    pub p_corrected: f64,
    /// People who changed, one way or the other.
    pub changed: u64,
}

impl Mcnemar {
    /// The p-value to use: the exact one where fewer than 25 people changed, else the one without correction.
    pub fn p_to_use(&self) -> f64 {
        if self.changed < 25 { self.exact } else { self.p }
    }
}

/// Tests whether more people changed from yes to no than from no to yes: `b` and `c` of them.
///
/// All p-values are 1 where nobody changed. Sources: `McNemar` 1947 (Psychometrika 12:153); continuity correction Edwards 1948
/// (Psychometrika 13:185); exact by the binomial distribution.
pub fn mcnemar(b: u64, c: u64) -> Mcnemar {
    let n = (b + c) as f64;
    let apart = b.abs_diff(c) as f64;
    let of = |apart: f64| if n > 0.0 { apart * apart / n } else { 0.0 };
    let (statistic, corrected) = (of(apart), of((apart - 1.0).max(0.0)));
    Mcnemar {
        exact: (2.0 * p_exceeds(b.max(c) as f64, n, 0.5)).min(1.0),
        statistic,
        p: chi_square_sf(statistic, 1),
        corrected,
        p_corrected: chi_square_sf(corrected, 1),
        changed: b + c,
    }
}
