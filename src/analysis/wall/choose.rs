//! Which ideas a person is asked about next.
//!
//! Every idea is to get as many votes as the others, whenever it was given and however it is liked, so only those with
//! the fewest votes are drawn from.
//! Among these the draw follows Polis's `priority-metric` (compdemocracy/polis, `math/src/polismath/math/conversation.clj`)
//! with E = 0, as there are no opinion groups yet:
//!
//! `priority = [(1 - (P + 1) / (S + 2)) * (A + 1) / (S + 2) * (1 + 8 * 2^(-S / 5))]²`
//!
//! where A people agreed, P passed and S voted in all. On its own it would keep showing what is liked.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::Tally;

/// The least voted ideas are drawn from, so many times as many as are asked about.
const POOL: usize = 2;

/// An idea that a person has not voted on.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its votes so far.
    pub tally: Tally,
}

/// How much an idea is worth a vote, above 0.
///
/// ```
/// use canvass::analysis::wall::{Tally, priority};
/// let new = priority(&Tally::default());
/// assert!((new - 5.0625).abs() < 1e-9);
/// assert!(priority(&Tally { agree: 10, disagree: 10, pass: 0 }) < new);
/// ```
pub fn priority(tally: &Tally) -> f64 {
    let seen = tally.voted() as f64;
    let understood = 1.0 - (tally.pass as f64 + 1.0) / (seen + 2.0);
    let liked = (tally.agree as f64 + 1.0) / (seen + 2.0);
    let newness = 1.0 + 8.0 * (-seen / 5.0).exp2();
    (understood * liked * newness).powi(2)
}

/// Up to `n` of the candidates, as places in the list, in the order to show them. The same seed and tallies give the same.
pub fn choose(candidates: &[Candidate<'_>], n: usize, seed: &str) -> Vec<usize> {
    let mut dice = ChaCha8Rng::from_seed(Sha256::digest(format!("wall:{seed}").as_bytes()).into());
    // Ideas with as many votes stand in no order of their own: one drawn for this person.
    let mut pool: Vec<(u64, u64, usize)> = candidates
        .iter()
        .enumerate()
        .map(|(place, candidate)| (candidate.tally.voted(), dice.random(), place))
        .collect();
    pool.sort_unstable();
    pool.truncate(n.saturating_mul(POOL));
    let mut chosen = Vec::with_capacity(n.min(pool.len()));
    while chosen.len() < n && !pool.is_empty() {
        let weight = |(.., place): &(u64, u64, usize)| candidates.get(*place).map_or(0.0, |idea| priority(&idea.tally));
        let mut left = dice.random::<f64>() * pool.iter().map(weight).sum::<f64>();
        let drawn = pool.iter().position(|idea| {
            left -= weight(idea);
            left < 0.0
        });
        chosen.push(pool.swap_remove(drawn.unwrap_or_default()).2);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::Vote;
    use super::*;

    /// A wall in the making: ideas come one by one, and each person votes on a few.
    struct Run {
        tallies: Vec<Tally>,
        came: Vec<usize>,
        liking: Vec<f64>,
    }

    fn simulate(people: usize, ideas: usize, seed: u64) -> Run {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut run = Run { tallies: Vec::new(), came: Vec::new(), liking: Vec::new() };
        for person in 0..people {
            // Ideas keep coming until three quarters of the people were there.
            while run.tallies.len() < ideas && run.tallies.len() * people * 3 <= person * ideas * 4 {
                run.tallies.push(Tally::default());
                run.came.push(person);
                run.liking.push(dice.random_range(0.05..0.95));
            }
            let ids: Vec<String> = (0..run.tallies.len()).map(|idea| idea.to_string()).collect();
            let candidates: Vec<Candidate<'_>> =
                ids.iter().zip(&run.tallies).map(|(id, tally)| Candidate { id, tally: *tally }).collect();
            for idea in choose(&candidates, 10, &person.to_string()) {
                let vote = match dice.random::<f64>() {
                    pass if pass < 0.1 => Vote::Pass,
                    _ if dice.random_bool(run.liking[idea]) => Vote::Agree,
                    _ => Vote::Disagree,
                };
                run.tallies[idea].add(vote, 1);
            }
        }
        run
    }

    fn ranks(values: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut ranks = vec![0.0; values.len()];
        for (rank, place) in order.into_iter().enumerate() {
            ranks[place] = rank as f64;
        }
        ranks
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len() as f64;
        let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
        let with: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
        let of = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        with / (of(a, mean_a) * of(b, mean_b)).sqrt()
    }

    #[test]
    fn every_idea_gets_as_many_votes_whenever_it_came_and_however_it_is_liked() {
        for seed in 0..3 {
            let run = simulate(2_000, 200, seed);
            let votes: Vec<f64> = run.tallies.iter().map(|tally| tally.voted() as f64).collect();
            let mean = votes.iter().sum::<f64>() / votes.len() as f64;
            let spread = votes.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / votes.len() as f64;
            assert!(spread.sqrt() / mean < 0.1, "votes vary by {} of {mean}", spread.sqrt());
            let support: Vec<f64> =
                run.tallies.iter().map(|tally| tally.agree as f64 / (tally.voted() as f64).max(1.0)).collect();
            let age: Vec<f64> = run.came.iter().map(|came| -(*came as f64)).collect();
            let fair = correlation(&ranks(&run.liking), &ranks(&support));
            assert!(fair > 0.95, "support follows liking: {fair}");
            let raw = correlation(&ranks(&age), &ranks(&support)) - correlation(&ranks(&age), &ranks(&run.liking));
            assert!(raw.abs() < 0.05, "age adds {raw} to support");
            // Ideas stand in the order in which they came.
            let mean_of = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
            let early = mean_of(&votes[..50]) / mean_of(&votes[150..]);
            assert!((0.9..1.1).contains(&early), "early ideas have {early} times the votes of late ones");
        }
    }

    #[test]
    fn on_its_own_the_priority_would_give_what_is_liked_more_votes() {
        let liked = Tally { agree: 90, disagree: 10, pass: 0 };
        let not = Tally { agree: 10, disagree: 90, pass: 0 };
        assert!(priority(&liked) > 50.0 * priority(&not));
        // Who has fewer votes is asked about first all the same.
        let fewer = Tally { disagree: 89, ..not };
        let candidates: Vec<Candidate<'_>> =
            (0..100).map(|n| Candidate { id: "x", tally: if n % 2 == 0 { liked } else { fewer } }).collect();
        assert!((0..100).flat_map(|seed| choose(&candidates, 5, &seed.to_string())).all(|place| place % 2 == 1));
    }

    #[test]
    fn a_seed_gives_the_same_ideas_and_nothing_twice() {
        let candidates: Vec<Candidate<'_>> = (0..30).map(|_| Candidate { id: "x", tally: Tally::default() }).collect();
        let chosen = choose(&candidates, 5, "a");
        assert_eq!(chosen, choose(&candidates, 5, "a"));
        assert_ne!(chosen, choose(&candidates, 5, "b"));
        assert_eq!(chosen.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
        assert_eq!(choose(&candidates[..3], 5, "a").len(), 3);
        assert!(choose(&[], 5, "a").is_empty());
    }
}
