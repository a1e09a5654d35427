//! The disagreement index of RAND/UCLA: the spread of the middle answers beside the spread at which a panel disagrees.

use super::Measure;
use crate::analysis::quantile::of_counts;

pub(super) const MEASURE: Measure = Measure {
    id: "disagreement_index",
    label: "Disagreement index",
    tells: "Above 1 a panel counts as disagreeing: the middle 40% of the answers spread further than they do in panels without two camps.",
    range: [Some(0.0), None],
    source: "Fitch and others 2001, The RAND/UCLA Appropriateness Method User's Manual, MR-1269",
    of: disagreement_index,
    reads: |value, _| {
        if value > 1.0 { "disagreement" } else { "no disagreement" }
    },
};

/// IPR / IPRAS of the counts by step: 0 where the middle 40 % gave one step; above 1 there is disagreement.
///
/// The formula is made for nine steps: fewer or more are placed evenly from 1 to 9. `analysis::delphi` has it for ratings,
/// with all that goes into it. None with fewer than two steps or no answers. Source: Fitch et al. 2001 (RAND MR-1269).
pub fn disagreement_index(counts: &[u64]) -> Option<f64> {
    let width = counts.len().checked_sub(1).filter(|width| *width > 0)? as f64;
    let on_nine = |step: f64| 1.0 + 8.0 * (step - 1.0) / width;
    let (low, high) = (on_nine(of_counts(counts, 0.3)?), on_nine(of_counts(counts, 0.7)?));
    Some((high - low) / (2.35 + 1.5 * (5.0 - f64::midpoint(low, high)).abs()))
}
