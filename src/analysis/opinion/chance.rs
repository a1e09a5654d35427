//! Do votes on different statements hang together at all, or is each a matter of its own?
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the length it was made from")]

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::principal::strongest_variance;
use super::votes::{Votes, statement_of};

/// How often votes are shuffled. None may reach what was voted: that happens by chance once in 40 times.
pub const SHUFFLES: usize = 39;

/// Most people who are looked at: more tell nothing new.
const MOST: usize = 1_000;

/// How many of [`SHUFFLES`] shufflings of the votes have as much variance along their strongest direction as the votes
/// themselves; 0 where people's votes on different statements hang together more than chance would have it.
///
/// Each shuffling deals the votes on a statement out anew among those who voted on it, so that shares and who voted on
/// what stay the same and nothing else does: (count + 1) / 40 is an exact p-value for "votes on different statements have
/// nothing to do with each other". Source: parallel analysis (Horn 1965, Psychometrika 30:179), with permutations (Buja
/// and Eyuboglu 1992, Multivar Behav Res 27:509). With few statements groups come back in halves of the people even
/// where there are none, for the votes on a single statement make them; this is what tells. Of more than 1,000 people
/// 1,000 are drawn.
pub fn as_strong_by_chance(votes: &Votes, people: &[usize], seed: u64) -> usize {
    // Drawn, and not the first of them: people with equal votes stand together.
    let mut drawn = people.to_vec();
    let (drawn, _) = drawn.partial_shuffle(&mut ChaCha8Rng::seed_from_u64(seed), MOST);
    let votes = votes.of_people(drawn);
    let real = strongest_variance(&votes, seed);
    let mut cells: Vec<Vec<usize>> = vec![Vec::new(); votes.statements()];
    votes.codes().iter().enumerate().for_each(|(place, &code)| cells[statement_of(code)].push(place));
    let is_as_strong = |shuffle: usize| {
        let seed = seed.wrapping_add(1 + shuffle as u64);
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut codes = votes.codes().to_vec();
        for cells in &cells {
            let mut dealt: Vec<u32> = cells.iter().map(|&place| votes.codes()[place]).collect();
            dealt.shuffle(&mut dice);
            cells.iter().zip(dealt).for_each(|(&place, code)| codes[place] = code);
        }
        strongest_variance(&votes.with_codes(codes), seed) >= real
    };
    (0..SHUFFLES).into_par_iter().filter(|&shuffle| is_as_strong(shuffle)).count()
}

#[cfg(test)]
mod tests {
    use super::super::simulate::{planted, sparse};
    use super::*;

    #[test]
    fn votes_that_hang_together_are_told_from_votes_that_do_not() {
        let everyone: Vec<usize> = (0..400).collect();
        for (statements, n) in [(5, 2_000), (30, 12_000), (30, 4_000)] {
            let grouped = sparse(400, statements, 2, 0.7, n, 3).0;
            assert_eq!(as_strong_by_chance(&grouped, &everyone, 7), 0, "{statements} {n}");
        }
        // Exact: at most 1 of 40 on average; 20 draws that are all 0 would have a chance of one in 10^32.
        let by_chance =
            (0..20).filter(|&seed| as_strong_by_chance(&planted(400, 5, 1, 0.0, seed).0, &everyone, 7) == 0);
        assert!(by_chance.count() <= 4);
    }
}
