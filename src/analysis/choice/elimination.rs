//! Instant run-off: the options with the fewest first choices drop out, round by round.

use super::ballots::Ballots;

/// The winners of the instant run-off, and who dropped out in each round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOff {
    /// The options left at the end, in the order of their numbers: several are tied.
    pub winners: Vec<usize>,
    /// The options that dropped out, round by round.
    pub dropped: Vec<Vec<usize>>,
}

/// Drops the options with the fewest first choices among those left, until one has more than half of the ballots that still
/// count, or those left are equal.
///
/// Tie rule: all with the fewest drop out together. A ballot counts as long as it ranks an option that is left. Without
/// ballots all options are tied. Source: Hare 1859; the rule of a simultaneous elimination is that of `pref_voting`.
pub fn instant_run_off(ballots: &Ballots) -> RunOff {
    let mut left: Vec<usize> = (0..ballots.options()).collect();
    let mut dropped = Vec::new();
    loop {
        let mut firsts = vec![0_u64; ballots.options()];
        for (ranking, people) in ballots.iter() {
            let first = ranking.iter().find(|option| left.contains(option));
            if let Some(count) = first.and_then(|option| firsts.get_mut(*option)) {
                *count += people;
            }
        }
        let of = |option: &usize| firsts.get(*option).copied().unwrap_or_default();
        let counted: u64 = firsts.iter().sum();
        if let Some(winner) = left.iter().find(|option| 2 * of(option) > counted) {
            return RunOff { winners: vec![*winner], dropped };
        }
        let fewest = left.iter().map(of).min().unwrap_or_default();
        let (out, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|option| of(option) == fewest);
        if rest.is_empty() {
            return RunOff { winners: left, dropped };
        }
        dropped.push(out);
        left = rest;
    }
}
