//! Invented votes with groups that are known, or with none: for tests, benches and the simulations of docs/methods.md.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use super::votes::Votes;
use crate::analysis::wall::Vote;

/// Votes of people in `groups` equal groups on statements, and the group of each person.
///
/// Each group leans for or against each statement by a draw of its own; `lean` from 0 to 1 is how far (0 leaves no groups
/// at all, every statement with a share of its own that everyone has). Everyone votes on every statement, one in ten
/// votes is a pass. The seed decides all.
pub fn planted(people: usize, statements: usize, groups: usize, lean: f64, seed: u64) -> (Votes, Vec<usize>) {
    sparse(people, statements, groups, lean, people * statements, seed)
}

/// The same with so many votes in all, spread evenly over people and at random over statements.
pub fn sparse(
    people: usize,
    statements: usize,
    groups: usize,
    lean: f64,
    votes: usize,
    seed: u64,
) -> (Votes, Vec<usize>) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let base: Vec<f64> = (0..statements).map(|_| dice.random_range(0.2..0.8)).collect();
    let pull: Vec<Vec<bool>> = (0..groups).map(|_| (0..statements).map(|_| dice.random()).collect()).collect();
    let chances: Vec<Vec<f64>> = pull
        .iter()
        .map(|pull| {
            let pulled = base.iter().zip(pull).map(|(base, &up)| base * (1.0 - lean) + lean * f64::from(u8::from(up)));
            pulled.collect()
        })
        .collect();
    let mut made = Votes::new(statements);
    let mut group_of = Vec::with_capacity(people);
    let mut deck: Vec<usize> = (0..statements).collect();
    for person in 0..people {
        let group = person % groups.max(1);
        let n = ((person + 1) * votes / people.max(1)) - (person * votes / people.max(1));
        let chosen: Vec<usize> =
            if n >= statements { (0..statements).collect() } else { deck.partial_shuffle(&mut dice, n).0.to_vec() };
        let row: Vec<(usize, Vote)> = chosen
            .into_iter()
            .map(|statement| {
                let chance = chances.get(group).and_then(|chances| chances.get(statement)).copied().unwrap_or(0.5);
                let vote = match dice.random::<f64>() {
                    pass if pass < 0.1 => Vote::Pass,
                    _ if dice.random_bool(chance) => Vote::Agree,
                    _ => Vote::Disagree,
                };
                (statement, vote)
            })
            .collect();
        made.push(row);
        group_of.push(group);
    }
    (made, group_of)
}
