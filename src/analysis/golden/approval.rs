//! Approval and score voting and STAR (`analysis::choice::approval`), against numpy.

use super::{Damage, Place};
use crate::analysis::choice::approval::{approvals, score_totals, star};

/// `approval_ballots` of options, and `score_ballots_0_5` with a score an option.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let approved: Vec<Vec<usize>> = vector.at("approval_ballots")?.read()?;
    let expected = vector.at("approval_counts")?;
    let options = expected.each()?.len();
    expected.equals(approvals(options, &approved))?;
    let scored: Vec<Vec<u64>> = vector.at("score_ballots_0_5")?.read()?;
    let expected = vector.at("score_totals")?;
    let options = expected.each()?.len();
    let totals = score_totals(options, &scored);
    expected.equals(&totals)?;
    let means: Vec<f64> = totals.iter().map(|total| *total as f64 / scored.len() as f64).collect();
    vector.at("score_means")?.are(&means)?;
    let (expected, found) = (vector.at("star")?, star(options, &scored));
    let [first, second, equal] = found.preferences;
    expected.at("finalists")?.equals(found.finalists)?;
    expected.at("prefer_first")?.equals(first)?;
    expected.at("prefer_second")?.equals(second)?;
    expected.at("equal")?.equals(equal)?;
    expected.at("winner")?.equals(found.winner)
}
