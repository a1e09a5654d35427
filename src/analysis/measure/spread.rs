//! The interquartile range: how many steps the middle half of the answers spans.

use super::Measure;
use crate::analysis::quantile::of_counts;

pub(super) const MEASURE: Measure = Measure {
    id: "iqr",
    label: "Interquartile range",
    tells: "How many steps the middle half of the answers spans; 0 means that half of the people or more gave one step. A quarter of the width of the scale or less is called narrow and read as consensus: 1 of five steps, 2 of nine.",
    range: [Some(0.0), None],
    source: "Hyndman and Fan 1996, The American Statistician 50:361 (quantiles of type 7); rule: von der Gracht 2012, Technological Forecasting and Social Change 79:1525",
    of: interquartile_range,
    // One step of five, two of nine: a quarter of the width of the scale.
    reads: |value, steps| {
        if value <= (steps.saturating_sub(1)) as f64 / 4.0 { "narrow" } else { "wide" }
    },
};

/// The upper less the lower quartile of the counts by step, in steps: quantiles of type 7.
///
/// At most 1 of five steps, or 2 of nine, is commonly read as consensus (von der Gracht 2012). None without answers.
pub fn interquartile_range(counts: &[u64]) -> Option<f64> {
    Some(of_counts(counts, 0.75)? - of_counts(counts, 0.25)?)
}
