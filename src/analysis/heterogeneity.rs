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
