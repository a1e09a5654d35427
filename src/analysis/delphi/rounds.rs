//! Between rounds: how much a distribution changed, who left, and whether it is time to stop.

use crate::analysis::heterogeneity::{ChiSquare, pearson_chi2};
use crate::analysis::interval::wilson;

/// How much the distribution over the steps of a scale changed between two rounds: the share (0..1) of people who would have to
/// move to turn one into the other.
///
/// Counts by step, of the same scale; 1 where only one round has answers, 0 where neither has. Under 0.15 a distribution is
/// called stable. Source: Scheibe, Skutsch and Schofer 1975 (in Linstone and Turoff, The Delphi Method, chapter IV.C), by
/// shares so that rounds of different sizes compare.
pub fn distribution_change(before: &[u64], after: &[u64]) -> f64 {
    let (m, n): (u64, u64) = (before.iter().sum(), after.iter().sum());
    if m == 0 || n == 0 {
        return if m == n { 0.0 } else { 1.0 };
    }
    let steps = before.len().max(after.len());
    let share = |counts: &[u64], step: usize, n: u64| counts.get(step).copied().unwrap_or_default() as f64 / n as f64;
    (0..steps).map(|step| (share(before, step, m) - share(after, step, n)).abs()).sum::<f64>() / 2.0
}

/// Who took part again.
#[derive(Clone, Debug, PartialEq)]
pub struct Attrition {
    /// Share of all who came back, 0 to 1.
    pub kept: f64,
    /// Its Wilson interval at 95 %.
    pub interval: [f64; 2],
    /// Share that came back in each group; none for a group of nobody.
    pub by_group: Vec<Option<f64>>,
    /// Test that all groups came back alike.
    pub differs: ChiSquare,
}

impl Attrition {
    /// True where those who are left may not speak for those who began: fewer than 70 % came back (Sumsion 1998, Br J Occup
    /// Ther 61:153), or groups came back unlike at the 5 % level.
    pub fn is_doubtful(&self) -> bool {
        self.kept < 0.7 || self.differs.p <= 0.05
    }
}

/// Checks who left between two rounds, from (came back, left) of each group: of stakeholders, or of people by what they answered
/// before, for those who disagree often leave. None without people.
pub fn attrition(groups: &[(u64, u64)]) -> Option<Attrition> {
    let (came, left) = groups.iter().fold((0, 0), |(came, left), group| (came + group.0, left + group.1));
    let n = (came + left) as f64;
    let share = |(came, left): &(u64, u64)| (came + left > 0).then(|| *came as f64 / (came + left) as f64);
    let counts: Vec<(f64, f64)> = groups.iter().map(|(came, left)| (*came as f64, *left as f64)).collect();
    Some(Attrition {
        kept: share(&(came, left))?,
        interval: wilson(came as f64, n, 0.05),
        by_group: groups.iter().map(share).collect(),
        differs: pearson_chi2(&counts),
    })
}

/// Where one item stands after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// There is consensus by the rule that was set before.
    pub consensus: bool,
    /// Answers are stable since the round before: there was one, [`distribution_change`] is under 0.15, and
    /// [`wilcoxon`](super::wilcoxon) shows no move.
    pub stable: bool,
}

/// Whether to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Every item has consensus or is stable: another round would change little.
    Settled,
    /// As many rounds as were planned are over; the items, by number, that are neither.
    RoundsOver(Vec<usize>),
    /// Go on with these items, by number.
    GoOn(Vec<usize>),
}

/// The stop rule: stop once every item has consensus or is stable, and after `planned` rounds in any case.
///
/// Stability and not consensus is what ends a Delphi: stable disagreement is a result. Sources: Dajani, Sincoff and Talley 1979
/// (Technol Forecast Soc Change 13:83); von der Gracht 2012 (Technol Forecast Soc Change 79:1525).
pub fn stop(items: &[ItemState], round: u32, planned: u32) -> Stop {
    let is_open = |(_, state): &(usize, &ItemState)| !state.consensus && !state.stable;
    let open: Vec<usize> = items.iter().enumerate().filter(is_open).map(|(number, _)| number).collect();
    match open {
        open if open.is_empty() => Stop::Settled,
        open if round >= planned => Stop::RoundsOver(open),
        open => Stop::GoOn(open),
    }
}
