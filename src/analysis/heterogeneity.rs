//! Tests of whether support differs between groups.

use super::special::{chi_square_sf, normal_sf};

/// A chi-square test's result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic, 0 or above.
    pub statistic: f64,
    /// Degrees of freedom: groups with answers, less one.
    pub df: u32,
    /// Chance of a statistic as large where the groups do not differ, between 0 and 1.
    pub p: f64,
}

/// Pearson's test that the share of support is the same in every group, from (support, rest) per group.
///
/// Counts are at least 0 and may be effective counts under weights. Groups without answers are left out. With
/// fewer than two groups, or where everybody or nobody supports, the statistic is 0 and p is 1. No continuity
/// correction. Source: Pearson 1900 (Philos Mag 50:157); preferred to the likelihood ratio as it keeps its error
/// rate better in groups of 30 to 300.
///
/// ```
/// use canvass::analysis::heterogeneity::pearson_chi2;
///
/// let test = pearson_chi2(&[(10.0, 20.0), (20.0, 10.0)]);
/// assert!((test.statistic - 20.0 / 3.0).abs() < 1e-12);
/// assert_eq!(test.df, 1);
/// ```
pub fn pearson_chi2(groups: &[(f64, f64)]) -> ChiSquare {
    let support: f64 = groups.iter().map(|(support, _)| support).sum();
    let rest: f64 = groups.iter().map(|(_, rest)| rest).sum();
    let share = support / (support + rest);
    let (mut statistic, mut df) = (0.0, 0);
    for (support, rest) in groups.iter().filter(|(support, rest)| support + rest > 0.0) {
        let n = support + rest;
        df += 1;
        if share > 0.0 && share < 1.0 {
            // The two cells of a group are off by the same amount: their terms add up to this.
            statistic += (support - n * share).powi(2) / (n * share * (1.0 - share));
        }
    }
    let df = u32::saturating_sub(df, 1);
    ChiSquare { statistic, df, p: chi_square_sf(statistic, df) }
}

/// Cramér's V of support by group, from (support, rest) per group: 0 where groups do not differ, 1 where every
/// group is of one mind and they disagree.
///
/// 0 without answers. Source: Cramér 1946 (Mathematical Methods of Statistics, section 21.9); with two columns,
/// the square root of chi-square over n.
///
/// ```
/// let v = canvass::analysis::heterogeneity::cramers_v(&[(30.0, 0.0), (0.0, 30.0)]);
/// assert!((v - 1.0).abs() < 1e-12);
/// ```
pub fn cramers_v(groups: &[(f64, f64)]) -> f64 {
    let n: f64 = groups.iter().map(|(support, rest)| support + rest).sum();
    if n > 0.0 { (pearson_chi2(groups).statistic / n).sqrt() } else { 0.0 }
}

/// Statistic of the test that share k1/n1 is above k2/n2: their difference in pooled standard errors.
///
/// 0 where either side has no answers, or everybody or nobody has the trait. No continuity correction. Source:
/// Fleiss, Levin and Paik 2003 (Statistical Methods for Rates and Proportions, section 3.1).
///
/// ```
/// let z = canvass::analysis::heterogeneity::two_proportion_z((20.0, 30.0), (10.0, 30.0));
/// assert!((z * z - 20.0 / 3.0).abs() < 1e-12);
/// ```
pub fn two_proportion_z((k1, n1): (f64, f64), (k2, n2): (f64, f64)) -> f64 {
    let pooled = (k1 + k2) / (n1 + n2);
    let error = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    if n1 > 0.0 && n2 > 0.0 && error > 0.0 { (k1 / n1 - k2 / n2) / error } else { 0.0 }
}

/// One-sided p-value of [`two_proportion_z`]: small where k1/n1 is above k2/n2, one half where they are equal.
pub fn two_proportion_p(first: (f64, f64), second: (f64, f64)) -> f64 {
    normal_sf(two_proportion_z(first, second))
}

/// Two-sided p-value of "the shares k1/n1 and k2/n2 are the same"; 1 where either side has no answers, or everybody or nobody has
/// the trait.
///
/// Pearson's chi-square with N - 1 in the place of N; where fewer than 1 is expected somewhere and the counts are whole,
/// [`fisher_exact`]. Source: Campbell 2007 (Stat Med 26:3661), who recommends just this; E. S. Pearson 1947 (Biometrika 34:139).
///
/// ```
/// // 20 of 30 beside 10 of 30: Pearson's chi-square is 20/3, and 59/60 of it 6.556.
/// let p = canvass::analysis::heterogeneity::same_shares((20.0, 30.0), (10.0, 30.0));
/// assert_eq!(format!("{p:.4}"), "0.0105");
/// ```
pub fn same_shares(first: (f64, f64), second: (f64, f64)) -> f64 {
    let ((k1, n1), (k2, n2)) = (first, second);
    let (with, n) = (k1 + k2, n1 + n2);
    if n1 <= 0.0 || n2 <= 0.0 || with <= 0.0 || with >= n {
        return 1.0;
    }
    let least = n1.min(n2) * with.min(n - with) / n;
    let whole = [k1, n1, k2, n2].iter().all(|count| count.fract() == 0.0);
    if least < 1.0 && whole {
        return fisher_exact(first, second);
    }
    let z = two_proportion_z(first, second);
    chi_square_sf(z * z * (n - 1.0) / n, 1)
}

/// Likelihood-ratio test that the share of support is the same in every group, from (support, rest) per group.
///
/// As [`pearson_chi2`] otherwise. Source: Wilks 1938 (Ann Math Stat 9:60): 2 sum O ln(O/E), empty cells counting 0.
pub fn likelihood_ratio(groups: &[(f64, f64)]) -> ChiSquare {
    let support: f64 = groups.iter().map(|(support, _)| support).sum();
    let share = support / groups.iter().map(|(support, rest)| support + rest).sum::<f64>();
    let term = |seen: f64, expected: f64| if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 };
    let with_answers = || groups.iter().filter(|(support, rest)| support + rest > 0.0);
    let statistic = with_answers()
        .map(|(support, rest)| {
            let n = support + rest;
            2.0 * (term(*support, n * share) + term(*rest, n * (1.0 - share)))
        })
        .sum::<f64>()
        .max(0.0);
    let df = u32::try_from(with_answers().count().saturating_sub(1)).unwrap_or(u32::MAX);
    ChiSquare { statistic, df, p: chi_square_sf(statistic, df) }
}

/// Cochran's test that the same people say yes to each of several questions equally often; a person a row, a question a
/// column, all of the same length.
///
/// The statistic is 0 and p is 1 with fewer than two questions, or where nobody says yes to one and no to another. Source:
/// Cochran 1950 (Biometrika 37:256): (k-1) (k sum C² - N²) / (k N - sum R²).
pub fn cochrans_q(people: &[Vec<bool>]) -> ChiSquare {
    let k = people.iter().map(Vec::len).max().unwrap_or_default();
    let yes = |person: &Vec<bool>| person.iter().filter(|yes| **yes).count() as f64;
    let total: f64 = people.iter().map(yes).sum();
    let rows: f64 = people.iter().map(|person| yes(person).powi(2)).sum();
    let column = |at| people.iter().filter(|person| person.get(at).is_some_and(|yes| *yes)).count() as f64;
    let columns: f64 = (0..k).map(|at| column(at).powi(2)).sum();
    let df = u32::try_from(k.saturating_sub(1)).unwrap_or(u32::MAX);
    let k = k as f64;
    let spread = k * total - rows;
    let statistic = if spread > 0.0 { (k - 1.0) * (k * columns - total * total) / spread } else { 0.0 };
    ChiSquare { statistic, df, p: chi_square_sf(statistic, df) }
}

/// Two-sided exact p-value of "the shares k1/n1 and k2/n2 are the same", from whole counts; 1 without answers.
///
/// The chance, given both margins, of a table that is no likelier than this one; tables of equal chance count up to a
/// relative difference of 1e-7, as in R. Source: Fisher 1934 (Statistical Methods for Research Workers, section 21.02).
pub fn fisher_exact((k1, n1): (f64, f64), (k2, n2): (f64, f64)) -> f64 {
    let (with, n) = (k1 + k2, n1 + n2);
    let (low, high) = ((with - n2).max(0.0), with.min(n1));
    // Chances relative to that of the first table, each from the one before; scaled down so that none is out of range.
    let mut chances = Vec::new();
    let (mut k, mut log) = (low, 0.0_f64);
    while k <= high {
        chances.push((k, log));
        log += ((n1 - k) * (with - k) / ((k + 1.0) * (n2 - with + k + 1.0))).ln();
        k += 1.0;
    }
    let top = chances.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let Some((_, seen)) = chances.iter().find(|(k, _)| (k - k1).abs() < 0.5).filter(|_| n > 0.0) else {
        return 1.0;
    };
    let sum =
        |limit: f64| -> f64 { chances.iter().filter(|(_, log)| *log <= limit).map(|(_, log)| (log - top).exp()).sum() };
    (sum(seen + 1e-7) / sum(f64::INFINITY)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Agresti 2007, An Introduction to Categorical Data Analysis, table 2.5: party identification (Democrat,
    /// Independent, Republican) by gender has chi-square 30.1 at two degrees of freedom, p < 0.0001.
    #[test]
    fn chi_square_is_the_textbook_one() {
        let test = pearson_chi2(&[(762.0, 484.0), (327.0, 239.0), (468.0, 477.0)]);
        assert_eq!((format!("{:.1}", test.statistic), test.df), ("30.1".into(), 2));
        assert!(test.p < 0.0001);
    }

    #[test]
    fn two_groups_give_the_same_answer_by_either_test() {
        let chi = pearson_chi2(&[(108.0, 22.0), (269.0, 662.0)]);
        let z = two_proportion_z((108.0, 130.0), (269.0, 931.0));
        assert!((chi.statistic - z * z).abs() < 1e-9);
        let two_sided = 2.0 * two_proportion_p((108.0, 130.0), (269.0, 931.0));
        assert!((chi.p / two_sided - 1.0).abs() < 1e-9);
    }

    #[test]
    fn agreement_everywhere_is_no_difference() {
        for groups in [&[(30.0, 0.0), (40.0, 0.0)][..], &[(0.0, 5.0), (0.0, 9.0)], &[(3.0, 4.0)], &[]] {
            let test = pearson_chi2(groups);
            assert!(test.statistic <= 0.0 && test.p >= 1.0);
            assert!(cramers_v(groups) <= 0.0);
        }
    }

    #[test]
    fn groups_without_answers_cost_no_degree_of_freedom() {
        let with = pearson_chi2(&[(10.0, 20.0), (0.0, 0.0), (20.0, 10.0)]);
        assert_eq!(with, pearson_chi2(&[(10.0, 20.0), (20.0, 10.0)]));
    }
}
