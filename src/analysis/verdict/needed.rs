//! The number of answers at which broad support would be established, were the shares to stay as observed.

use crate::definition::consensus::DecisionRule;

use super::evidence::{broad, dissenting};
use super::{Candidate, Cell};

/// Fewest overall answers, from the present number on, at which the broad test passes and no small group dissents.
///
/// Support and group sizes grow in proportion, so that a new sample of this size from a population with these
/// shares would pass about every second time. `multiplier` is what Holm's correction multiplies the p-value by.
/// `None` where no number up to ten million does. Between the numbers at which a group changes its role (guard,
/// tested) the p-value falls steadily, so that each such stretch is searched by doubling, then by bisection.
pub(super) fn needed_n(candidate: &Candidate, rule: &DecisionRule, multiplier: f64) -> Option<u64> {
    if candidate.overall.share() <= rule.tau_overall {
        return None;
    }
    let passes = |n: f64| multiplier * broad(&scaled(candidate, n), rule, Cell::p_support) <= rule.alpha;
    let starts = role_changes(candidate, rule);
    let ends = starts.iter().skip(1).map(|next| next - 1.0).chain([MOST]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| first(*start, end, passes))
        .find(|n| dissenting(&scaled(candidate, *n), rule, |cell| cell.support).is_empty())
        .map(whole)
}

/// Answers beyond which nobody would ask.
const MOST: f64 = 10_000_000.0;

/// The present number of answers (the minimum, if more) and every larger one at which a group changes its role.
fn role_changes(candidate: &Candidate, rule: &DecisionRule) -> Vec<f64> {
    let now = candidate.overall.n.ceil().max(f64::from(rule.n_min_overall)).max(1.0);
    let cells = candidate.partitions.iter().flat_map(|partition| &partition.groups);
    let mut changes: Vec<f64> = cells
        .flat_map(|(_, cell)| {
            [rule.n_min_guard, rule.n_min_segment]
                .map(|fewest| (f64::from(fewest) * candidate.overall.n / cell.n).ceil())
        })
        .filter(|n| *n > now && *n <= MOST)
        .chain([now])
        .collect();
    changes.sort_by(f64::total_cmp);
    changes.dedup();
    changes
}

/// The first whole number in `start..=end` that passes, where all after it pass too.
fn first(start: f64, end: f64, passes: impl Fn(f64) -> bool) -> Option<f64> {
    let mut fails = start - 1.0;
    let mut step = 1.0;
    let mut found = loop {
        let next = (fails + step).min(end);
        if next <= fails {
            return None;
        }
        if passes(next) {
            break next;
        }
        fails = next;
        step *= 2.0;
    };
    while found - fails > 1.0 {
        let middle = f64::midpoint(fails, found).floor();
        if passes(middle) {
            found = middle;
        } else {
            fails = middle;
        }
    }
    Some(found)
}

/// The candidate with `n` overall answers in the present proportions.
fn scaled(candidate: &Candidate, n: f64) -> Candidate {
    let total = candidate.overall.n;
    let grow =
        |cell: Cell| Cell { support: cell.support * n / total, oppose: cell.oppose * n / total, n: cell.n * n / total };
    let mut grown = candidate.clone();
    grown.overall = grow(grown.overall);
    let cells = grown.partitions.iter_mut().flat_map(|partition| &mut partition.groups);
    for (_, cell) in cells {
        *cell = grow(*cell);
    }
    grown
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number between 1 and ten million")]
fn whole(n: f64) -> u64 {
    n as u64
}
