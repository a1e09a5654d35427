//! Whole runs on votes with groups that are known, and on votes without any.

use super::simulate::planted;
use super::*;
use crate::analysis::wall::Vote;

/// 60 sets of votes drawn at random, 1,061 people on 20 statements, as in the simulation of docs/methods.md.
#[test]
fn votes_without_groups_have_no_stable_groups() {
    // Every tenth of the 60 sets: `cargo bench --bench consensus -- null` runs all.
    for seed in (0..60).step_by(10) {
        let (votes, _) = planted(1_061, 20, 1, 0.0, seed);
        let found = groups(&votes.shuffled(7).0, 10, 7);
        assert!(found.found().is_none(), "{seed}: {:?}", found.outcome);
        // Not by the votes that hang together alone: halves of the people have nothing in common.
        let map = found.map.unwrap();
        let alike = stability(&votes, &map.placed, &[2, 3, 4, 5], 7);
        assert!(alike.iter().all(|&one| one < 0.2), "{seed}: {alike:?}");
    }
}

#[test]
fn groups_that_were_planted_are_found_in_any_order_of_people() {
    let (votes, truth) = planted(300, 24, 3, 0.75, 5);
    let mut turned = Votes::new(24);
    for person in (0..300).rev() {
        turned.push(votes.votes_of(person));
    }
    let [(one, order), (other, _)] = [&votes, &turned].map(|votes| votes.shuffled(7));
    let [a, b] = [&one, &other].map(|votes| groups(votes, 10, 7));
    assert_eq!(a.outcome, Outcome::Found(1));
    assert_eq!((&a.tried, &a.map.as_ref().unwrap().bases), (&b.tried, &b.map.as_ref().unwrap().bases));
    let found: Vec<usize> = a.group_of(300).into_iter().flatten().collect();
    let truth: Vec<usize> = order.into_iter().map(|person| truth[person]).collect();
    assert!(rand_index(&found, &truth) > 0.9);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (votes, _) = simulate::sparse(3_000, 80, 3, 0.4, 120_000, 9);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let votes = votes.shuffled(7).0;
            let found = groups(&votes, 10, 7);
            format!("{found:?} {:?}", differences(&votes, 3, 10, 7))
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn a_group_is_never_smaller_than_may_be_shown() {
    // Twelve people against everything that 200 are for.
    let mut votes = Votes::new(12);
    (0..212).for_each(|person: usize| {
        votes.push((0..12).map(|statement| {
            let against = (person < 12) != ((person * 7 + statement * 5).is_multiple_of(11));
            (statement, if against { Vote::Disagree } else { Vote::Agree })
        }));
    });
    let votes = votes.shuffled(7).0;
    assert!(groups(&votes, 10, 7).tried.iter().any(|tried| tried.division.sizes.contains(&12)));
    for least in [10, 13, 120] {
        let found = groups(&votes, least, 7);
        let sizes = found.found().map(|(_, tried)| tried.division.sizes.clone()).unwrap_or_default();
        assert!(sizes.iter().all(|&size| size >= u64::from(least)), "{least}: {sizes:?}");
    }
    assert_eq!(groups(&votes, 120, 7).outcome, Outcome::TooFewPeople);
    assert_eq!(groups(&Votes::new(2), 10, 7).outcome, Outcome::TooFewStatements);
    assert_eq!(groups(&Votes::new(9), 0, 7).outcome, Outcome::TooFewPeople);
}
