//! Statistics of a Delphi panel (`analysis::delphi`), against scipy and statsmodels.

use super::{Damage, Place};
use crate::analysis::delphi::{kendalls_w, mcnemar, panel, wilcoxon};

/// `rand_ucla` ratings from 1 to 9, `wilcoxon_stability` of two rounds, a `mcnemar` table, and `kendalls_w` of raters by items.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    vector.pass_over(&["quantile_type", "published_check"]);
    for case in vector.at("rand_ucla")?.each()? {
        case.at("scale")?.equals([1, 9])?;
        let ratings: Vec<f64> = case.at("ratings")?.read()?;
        let found = panel(&ratings).ok_or_else(|| case.damage("has no ratings"))?;
        for (name, found) in [
            ("median", found.median),
            ("q1", found.q1),
            ("q3", found.q3),
            ("iqr", found.iqr()),
            ("p30", found.p30),
            ("p70", found.p70),
            ("ipr", found.ipr),
            ("iprcp", found.centre),
            ("asymmetry_index", found.asymmetry),
            ("ipras", found.ipras),
            ("disagreement_index", found.disagreement_index),
            ("pct_7_9", found.high),
            ("pct_1_3", found.low),
        ] {
            case.at(name)?.is(found)?;
        }
        case.at("disagreement")?.equals(found.is_disagreement())?;
        case.at("appropriate_no_disagreement")?.equals(found.is_appropriate())?;
    }
    let case = vector.at("wilcoxon_stability")?;
    let (before, after): (Vec<f64>, Vec<f64>) = (case.at("round1")?.read()?, case.at("round2")?.read()?);
    if before.len() != after.len() {
        return Err(case.damage("has rounds of different lengths"));
    }
    let found = wilcoxon(&before.into_iter().zip(after).collect::<Vec<_>>());
    case.at("n_nonzero")?.equals(found.n)?;
    case.at("statistic")?.is(found.statistic)?;
    case.at("p_approx_no_cc")?.is_in_tail(found.p)?;

    let case = vector.at("mcnemar")?;
    let [[_, b], [c, _]] = case.at("table")?.read::<[[u64; 2]; 2]>()?;
    let found = mcnemar(b, c);
    case.at("exact_p")?.is_in_tail(found.exact)?;
    case.at("chi2_cc")?.is(found.corrected)?;
    case.at("p_cc")?.is_in_tail(found.p_corrected)?;
    case.at("chi2")?.is(found.statistic)?;
    case.at("p")?.is_in_tail(found.p)?;

    let case = vector.at("kendalls_w")?;
    let ratings: Vec<Vec<f64>> = case.at("ratings_raters_by_items")?.read()?;
    let found = kendalls_w(&ratings).ok_or_else(|| case.damage("has no orders to compare"))?;
    case.at("W_tie_corrected")?.is(found.w)?;
    case.at("chi2")?.is(found.statistic)?;
    case.at("df")?.equals(found.df)?;
    case.at("p")?.is_in_tail(found.p)
}
