//! Tests of whether support differs (`analysis::heterogeneity`), against scipy and statsmodels.

use super::intervals::numbers;
use super::{Damage, Place};
use crate::analysis::heterogeneity::{
    cochrans_q, cramers_v, fisher_exact, likelihood_ratio, pearson_chi2, two_proportion_z,
};
use crate::analysis::interval::newcombe;

/// `contingency` tables of support and rest by group, `cochrans_q` of the same people, and `two_proportions`.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    for case in vector.at("contingency")?.each()? {
        let table: Vec<(f64, f64)> = case.at("table")?.read()?;
        let (pearson, ratio) = (pearson_chi2(&table), likelihood_ratio(&table));
        case.at("pearson_chi2")?.is_in_tail(pearson.statistic)?;
        case.at("df")?.equals(pearson.df)?;
        case.at("p")?.is_in_tail(pearson.p)?;
        case.at("G2")?.is_in_tail(ratio.statistic)?;
        case.at("p_G")?.is_in_tail(ratio.p)?;
        case.at("cramers_v")?.is_in_tail(cramers_v(&table))?;
    }
    let case = vector.at("cochrans_q")?;
    let people: Vec<Vec<u8>> = case.at("binary_subjects_by_items")?.read()?;
    let people: Vec<Vec<bool>> = people.iter().map(|items| items.iter().map(|item| *item > 0).collect()).collect();
    let found = cochrans_q(&people);
    case.at("Q")?.is_in_tail(found.statistic)?;
    case.at("df")?.equals(found.df)?;
    case.at("p")?.is_in_tail(found.p)?;
    for case in vector.at("two_proportions")?.each()? {
        let [k1, n1, k2, n2] = numbers(&case, ["k1", "n1", "k2", "n2"])?;
        let (first, second) = ((k1, n1), (k2, n2));
        case.at("z")?.is_in_tail(two_proportion_z(first, second))?;
        case.at("newcombe_ci")?.are_in_tail(&newcombe(first, second, 0.05))?;
        case.at("fisher_two_sided")?.is_in_tail(fisher_exact(first, second))?;
    }
    Ok(())
}
