//! Tastle and Wierman's consensus: 1 where all give one step, 0 in two equal camps at the ends.

use super::{Measure, moments, unread};

pub(super) const MEASURE: Measure = Measure {
    id: "consensus",
    label: "Consensus",
    tells: "1 means that everyone gave one step, and 0 that people stand in two equal camps at the ends; the further answers are from the mean, the lower it is.",
    range: [Some(0.0), Some(1.0)],
    source: "Tastle and Wierman 2007, International Journal of Approximate Reasoning 45:531",
    of: tastle_wierman,
    reads: unread,
};

/// Tastle and Wierman's consensus of the counts by step: 1 + sum p log2(1 - |x - mean| / (K - 1)), from 0 to 1.
///
/// None with fewer than two steps or no answers. Source: Tastle and Wierman 2007 (Int J Approx Reason 45:531, equation 1).
pub fn tastle_wierman(counts: &[u64]) -> Option<f64> {
    let moments = moments(counts)?;
    let width = counts.len().checked_sub(1).filter(|width| *width > 0)? as f64;
    let term = |(step, count): (u32, &u64)| {
        let share = *count as f64 / moments.n;
        if share > 0.0 { share * (1.0 - (f64::from(step) - moments.mean).abs() / width).log2() } else { 0.0 }
    };
    Some((1.0 + (1..).zip(counts).map(term).sum::<f64>()).clamp(0.0, 1.0))
}
