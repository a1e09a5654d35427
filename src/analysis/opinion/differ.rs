//! Do opinion groups differ on a statement? Tested with groups that were made without the votes on it.

use rayon::prelude::*;

use super::fit::map;
use super::votes::Votes;
use crate::analysis::heterogeneity::pearson_chi2;

/// Up to so many statements, each is left out alone; of more, a part of them at once.
const ALONE: usize = 20;

/// In how many parts more statements are left out.
const PARTS: usize = 10;

/// For each statement the p-value of Pearson's chi-square for support by opinion group, 0 to 1, where the groups are made
/// anew, as many, from the votes on other statements alone. Not corrected for the number of statements.
///
/// Groups must not be tested on the votes that made them: of votes drawn at random, with no groups at all, the groups
/// "differ" at 5 % on three statements of four. With these p-values the test keeps its 5 % (the simulations of
/// docs/methods.md). Up to 20 statements are each left out alone; of more, every tenth at once, which leaves out
/// the statement all the same and costs ten fits whatever their number. None where fewer than two groups voted on the
/// statement, or all or none are for it. Nothing of the groups with all votes, not even a start, is used.
pub fn differences(votes: &Votes, k: usize, least_left: usize, seed: u64) -> Vec<Option<f64>> {
    let n = votes.statements();
    let parts = if n <= ALONE { n } else { PARTS };
    let tested: Vec<Vec<Option<f64>>> = (0..parts)
        .into_par_iter()
        .map(|part| {
            let rest = votes.without(|statement| statement % parts == part);
            let map = map(&rest, least_left, seed);
            let division = map.divide(k, seed);
            let group_of = map.groups(&division, votes.people());
            let groups = division.sizes.len();
            let tallies = votes.tallies(groups, |person| group_of.get(person).copied().flatten());
            let of_statement = |statement: usize| {
                let cells: Vec<(f64, f64)> = tallies
                    .iter()
                    .filter_map(|group| group.get(statement))
                    .map(|tally| (tally.agree as f64, (tally.voted() - tally.agree) as f64))
                    .collect();
                let test = pearson_chi2(&cells);
                (test.df > 0).then_some(test.p)
            };
            (part..n).step_by(parts.max(1)).map(of_statement).collect()
        })
        .collect();
    let of = |statement: usize| tested.get(statement % parts.max(1))?.get(statement / parts.max(1)).copied().flatten();
    (0..n).map(of).collect()
}
