//! The two highest and the two lowest steps, and the one less the other.

use super::{Measure, unread};

pub(super) const TOP: Measure = Measure {
    id: "top_two",
    label: "Top two",
    tells: "The share of people who gave one of the two highest steps.",
    range: [Some(0.0), Some(1.0)],
    source: "usual in market research as the top-2-box score; the base is everyone who answered",
    of: top_two,
    reads: unread,
};

pub(super) const BOTTOM: Measure = Measure {
    id: "bottom_two",
    label: "Bottom two",
    tells: "The share of people who gave one of the two lowest steps.",
    range: [Some(0.0), Some(1.0)],
    source: "as the top two",
    of: bottom_two,
    reads: unread,
};

pub(super) const NET: Measure = Measure {
    id: "net",
    label: "Net",
    tells: "The top two less the bottom two: above 0 more people stand high than low.",
    range: [Some(-1.0), Some(1.0)],
    source: "as the top two",
    of: net,
    reads: unread,
};

/// The share of the two highest steps. None without answers, or with fewer than four steps, where highest and lowest meet.
pub fn top_two(counts: &[u64]) -> Option<f64> {
    share(counts, counts.iter().rev().take(2).sum())
}

/// The share of the two lowest steps. None as for [`top_two`].
pub fn bottom_two(counts: &[u64]) -> Option<f64> {
    share(counts, counts.iter().take(2).sum())
}

/// [`top_two`] less [`bottom_two`]: from -1 to 1.
pub fn net(counts: &[u64]) -> Option<f64> {
    Some(top_two(counts)? - bottom_two(counts)?)
}

fn share(counts: &[u64], part: u64) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    (n > 0 && counts.len() > 3).then(|| part as f64 / n as f64)
}
