//! Whether weighted support differs between groups: Pearson's test corrected for the weights.

use super::estimate::{Moments, variance};
use crate::analysis::special::chi_square_sf_real;

/// The corrected test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RaoScott {
    /// Pearson's statistic of the weighted shares, as if all weights were equal; 0 or above.
    pub pearson: f64,
    /// The corrected statistic, 0 or above.
    pub statistic: f64,
    /// Its degrees of freedom, at most groups less one; not a whole number where the design effects differ.
    pub df: f64,
    /// Mean design effect that it was divided by.
    pub design_effect: f64,
    /// Chance of a statistic as large where the groups do not differ, 0 to 1.
    pub p: f64,
}

/// Tests that the weighted share of support is the same in every group, from (support, rest) per group.
///
/// Groups without weight are left out; with fewer than two groups, or where everybody or nobody supports, p is 1. With
/// equal weights it is Pearson's test exactly. Second-order correction (Satterthwaite) of Rao and Scott 1981 (J Am Stat
/// Assoc 76:221) and 1984 (Ann Stat 12:46): the statistic is compared with a sum of chi-square variables weighted by the
/// eigenvalues of the generalised design effects. As each person answers for themselves, the groups' shares are
/// independent, and those eigenvalues are those of P diag(a) P with P = I - sqrt(g) sqrt(g)', g the groups' shares of the
/// weight and a each group's design effect: its linearised variance over p (1 - p) / (n g). A group of one mind has
/// Kish's design effect instead.
///
/// ```
/// use canvass::analysis::{heterogeneity::pearson_chi2, weight::{Moments, rao_scott}};
///
/// let people = |n| Moments::of(std::iter::repeat_n(1.0, n));
/// let test = rao_scott(&[(people(10), people(20)), (people(20), people(10))]);
/// assert!((test.p - pearson_chi2(&[(10.0, 20.0), (20.0, 10.0)]).p).abs() < 1e-12);
/// ```
pub fn rao_scott(groups: &[(Moments, Moments)]) -> RaoScott {
    let nothing = RaoScott { pearson: 0.0, statistic: 0.0, df: 0.0, design_effect: 1.0, p: 1.0 };
    let there: Vec<_> = groups.iter().filter(|(support, rest)| support.and(*rest).weight > 0.0).collect();
    let sum = |side: fn(&(Moments, Moments)) -> Moments| {
        there.iter().fold(Moments::default(), |sum, group| sum.and(side(group)))
    };
    let (support, all) = (sum(|group| group.0), sum(|group| group.0.and(group.1)));
    let share = support.share_of(all);
    if there.len() < 2 || share <= 0.0 || share >= 1.0 {
        return nothing;
    }
    let (mut pearson, mut trace, mut squares, mut mean) = (0.0, 0.0, 0.0, 0.0);
    for (support, rest) in there {
        let group = support.and(*rest);
        let (own, part) = (support.share_of(group), group.weight / all.weight);
        pearson += all.people * part * (own - share).powi(2) / (share * (1.0 - share));
        let simple = own * (1.0 - own) / (all.people * part);
        let effect =
            if simple > 0.0 { variance(*support, *rest) / simple } else { all.people * part / group.effective_n() };
        trace += effect * (1.0 - part);
        squares += effect * effect * (1.0 - 2.0 * part);
        mean += effect * part;
    }
    // The trace of the matrix squared; that of one eigenvalue is its square.
    let squares = squares + mean * mean;
    let df = trace * trace / squares;
    let statistic = pearson * trace / squares;
    let design_effect = trace / (groups_less_one(groups));
    RaoScott { pearson, statistic, df, design_effect, p: chi_square_sf_real(statistic, df) }
}

fn groups_less_one(groups: &[(Moments, Moments)]) -> f64 {
    let there = groups.iter().filter(|(support, rest)| support.and(*rest).weight > 0.0).count();
    there.saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::heterogeneity::pearson_chi2;

    fn people(n: usize, weight: f64) -> Moments {
        Moments::of(std::iter::repeat_n(weight, n))
    }

    #[test]
    fn weights_that_differ_only_between_groups_leave_their_shares_as_sure_as_they_were() {
        // Two groups, the second with three times the weight: for two groups the corrected statistic is the squared
        // difference over the sum of both variances, whatever the weights between them.
        let test = rao_scott(&[(people(40, 1.0), people(60, 1.0)), (people(30, 3.0), people(20, 3.0))]);
        let share = (40.0 + 90.0) / 250.0;
        let by_hand = {
            let (a, b) = (0.4 * 0.6 / 100.0, 0.6 * 0.4 / 50.0);
            // Pearson's statistic takes the variances as p (1 - p) under one common share.
            (0.2_f64).powi(2) / (a + b) * (0.4 * 0.6) / (share * (1.0 - share))
        };
        assert!((test.df - 1.0).abs() < 1e-12, "{test:?}");
        assert!((test.statistic - by_hand).abs() < 1e-9, "{test:?} {by_hand}");
    }

    #[test]
    fn weights_that_differ_within_groups_make_a_difference_less_sure() {
        let mixed = |n: usize| people(n, 0.5).and(people(n, 1.5));
        let groups = [(mixed(20), mixed(10)), (mixed(10), mixed(20)), (mixed(15), mixed(15))];
        let test = rao_scott(&groups);
        let plain = pearson_chi2(&[(40.0, 20.0), (20.0, 40.0), (30.0, 30.0)]);
        assert!((test.pearson - plain.statistic).abs() < 1e-9);
        assert!((test.design_effect - 1.25).abs() < 1e-9, "{test:?}");
        assert!(test.p > plain.p);
    }

    #[test]
    fn agreement_everywhere_is_no_difference() {
        for groups in [vec![], vec![(people(3, 1.0), people(0, 1.0)), (people(4, 2.0), people(0, 1.0))]] {
            assert!(rao_scott(&groups).p >= 1.0);
        }
        let one_mind = rao_scott(&[(people(30, 1.0), people(0, 1.0)), (people(0, 1.0), people(30, 2.0))]);
        assert!(one_mind.p < 1e-9 && one_mind.p >= 0.0, "{one_mind:?}");
    }
}
