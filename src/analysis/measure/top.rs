//! The top share: how many gave the step that most gave.

use super::{Measure, unread};

pub(super) const MEASURE: Measure = Measure {
    id: "top_share",
    label: "Largest share",
    tells: "The share of people who gave the step that was given most often.",
    range: [Some(0.0), Some(1.0)],
    source: "the share of the mode",
    of: top_share,
    reads: unread,
};

/// The largest of the counts by step as a share of all: from 1/K to 1. None without answers.
pub fn top_share(counts: &[u64]) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    counts.iter().max().filter(|_| n > 0).map(|most| *most as f64 / n as f64)
}
