//! Laws of the rules for choosing, and ties that are told.

use proptest::prelude::*;

use super::ballots::Ballots;
use super::bootstrap::{bootstrap, percentile_interval};
use super::elimination::instant_run_off;
use super::equal_shares::{Project, Utility, equal_shares, greedy, with_add1};
use super::pairs::{bradley_terry, record, scores};
use super::positional::{borda, first_choice};
use super::ranked_pairs::ranked_pairs;
use super::schulze;
use super::{best_by, places_by};

fn ballots(options: usize, given: &[(&[usize], u64)]) -> Ballots {
    Ballots::new(options, given.iter().map(|(ranking, people)| (ranking.to_vec(), *people)))
}

#[test]
fn what_a_ballot_leaves_out_shares_its_last_place() {
    let one = ballots(4, &[(&[2], 10), (&[0, 1], 1)]);
    assert_eq!(borda(&one), [13.0, 12.0, 30.5, 10.5]);
    assert_eq!(first_choice(&one), [1, 0, 10, 0]);
    let pairs = one.pairwise();
    assert_eq!((pairs.support(2, 0), pairs.support(0, 3), pairs.support(1, 0)), (10, 1, 0));
    assert_eq!(schulze::order(&pairs), [vec![2], vec![0], vec![1], vec![3]]);
}

#[test]
fn a_circle_of_equal_majorities_is_a_tie_of_all_and_not_settled() {
    let circle = ballots(3, &[(&[0, 1, 2], 1), (&[1, 2, 0], 1), (&[2, 0, 1], 1)]);
    let pairs = circle.pairwise();
    assert_eq!(pairs.condorcet_winner(), None);
    let all = vec![vec![0, 1, 2]];
    assert_eq!(schulze::order(&pairs), all);
    assert_eq!(places_by(&borda(&circle)), all);
    let found = ranked_pairs(&pairs);
    assert_eq!((found.winners, found.order, found.is_complete), (vec![0, 1, 2], all, true));
    assert_eq!(instant_run_off(&circle).winners, [0, 1, 2]);
}

/// Tennessee: the capital that most would have in their own city.
#[test]
fn the_capital_of_tennessee_depends_on_the_rule() {
    let (memphis, nashville, chattanooga, knoxville) = (0, 1, 2, 3);
    let votes = ballots(
        4,
        &[
            (&[memphis, nashville, chattanooga, knoxville], 42),
            (&[nashville, chattanooga, knoxville, memphis], 26),
            (&[chattanooga, knoxville, nashville, memphis], 15),
            (&[knoxville, chattanooga, nashville, memphis], 17),
        ],
    );
    let pairs = votes.pairwise();
    assert_eq!(pairs.condorcet_winner(), Some(nashville));
    assert_eq!(schulze::order(&pairs), [[nashville], [chattanooga], [knoxville], [memphis]]);
    assert_eq!(ranked_pairs(&pairs).order, schulze::order(&pairs));
    assert_eq!(instant_run_off(&votes).winners, [knoxville]);
    assert_eq!(first_choice(&votes), [42, 26, 15, 17]);
}

proptest! {
    #[test]
    fn who_beats_everyone_wins_by_every_rule_of_pairs(
        given in prop::collection::vec((Just((0..5_usize).collect::<Vec<_>>()).prop_shuffle(), 0..=5_usize, 1..20_u64), 1..12),
    ) {
        let cut = |(ranking, keep, people): (Vec<usize>, usize, u64)| (ranking[..keep].to_vec(), people);
        let ballots = Ballots::new(5, given.clone().into_iter().map(cut));
        let pairs = ballots.pairwise();
        let (by_schulze, by_pairs) = (schulze::order(&pairs), ranked_pairs(&pairs));
        prop_assert!(by_pairs.is_complete);
        if let Some(winner) = pairs.condorcet_winner() {
            prop_assert_eq!(&by_schulze[0], &[winner]);
            prop_assert_eq!(&by_pairs.winners, &[winner]);
            prop_assert_eq!(super::pairwise::copeland_winners(&pairs), [winner]);
            prop_assert_eq!(super::pairwise::minimax_winners(&pairs), [winner]);
        }
        // Every option has one place, and the order of the ballots changes nothing.
        let mut all: Vec<usize> = by_pairs.order.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..5).collect::<Vec<_>>());
        let turned = Ballots::new(5, given.into_iter().rev().map(cut));
        prop_assert_eq!(&turned, &ballots);
        // A complete or partial ballot gives ten points.
        prop_assert!((borda(&ballots).iter().sum::<f64>() - 10.0 * ballots.people() as f64).abs() < 1e-9);
    }

    #[test]
    fn equal_shares_never_spends_more_than_there_is_nor_more_than_voters_have(
        costs in prop::collection::vec(1..400_u64, 1..8),
        approvals in prop::collection::vec(prop::collection::vec(any::<bool>(), 12), 8),
        budget in 1..1_000_u64,
    ) {
        let projects: Vec<Project> = costs.iter().zip(&approvals).map(|(cost, approved)| Project {
            cost: *cost,
            voters: (0..12).filter(|voter| approved[*voter]).collect(),
        }).collect();
        for utility in [Utility::Cost, Utility::Cardinality] {
            let plain = equal_shares(&projects, 12, budget, utility);
            let (completed, _) = with_add1(&projects, 12, budget, utility);
            for spending in [&plain, &completed] {
                prop_assert!(spending.cost <= budget, "{spending:?}");
                prop_assert_eq!(spending.chosen.iter().map(|at| projects[*at].cost).sum::<u64>(), spending.cost);
            }
            // What all approve of and can pay for is bought first or ties.
            for project in &plain.chosen {
                let voters = projects[*project].voters.len() as u64;
                prop_assert!(projects[*project].cost * 12 <= budget * voters, "a voter pays at most a share");
            }
        }
        prop_assert!(greedy(&projects, budget).cost <= budget);
    }
}

#[test]
fn what_exactly_uses_up_the_shares_is_bought_and_a_tie_is_told() {
    let project = |cost, voters: &[usize]| Project { cost, voters: voters.to_vec() };
    // Three voters with 100/3 each can just pay 100 together.
    let all = [project(100, &[0, 1, 2])];
    assert_eq!(equal_shares(&all, 3, 100, Utility::Cost).chosen, [0]);
    let equal = [project(50, &[0, 1]), project(50, &[2, 3]), project(50, &[0, 1, 2])];
    let found = equal_shares(&equal, 4, 100, Utility::Cost);
    assert_eq!(found.chosen, [2]);
    let found = equal_shares(&equal[..2], 4, 100, Utility::Cost);
    assert_eq!((found.chosen, found.cost, found.ties), (vec![0, 1], 100, vec![vec![0, 1]]));
    assert_eq!(with_add1(&[project(10, &[])], 2, 100, Utility::Cost).0.chosen, Vec::<usize>::new());
}

#[test]
fn where_one_always_wins_only_the_ridge_gives_an_estimate() {
    let always = [(0, 1), (0, 2), (1, 2), (2, 1)];
    assert_eq!(bradley_terry(3, &always, 0.0), None);
    let ridge = bradley_terry(3, &always, 0.1).unwrap();
    assert!(ridge[0] > ridge[1] && (ridge.iter().sum::<f64>()).abs() < 1e-12);
    assert_eq!(best_by(&scores(&record(3, &always))), [0]);
    assert_eq!(scores(&record(2, &[(0, 0), (0, 7)])), [50.0, 50.0]);
}

#[test]
fn resampling_is_the_same_for_the_same_seed_and_nothing_without_answers() {
    let answers: Vec<f64> = (0..50).map(|n| f64::from(n * n % 17)).collect();
    let mean = |sample: &mut dyn Iterator<Item = usize>| sample.map(|at| answers[at]).sum::<f64>() / 50.0;
    let interval = percentile_interval(50, 7, mean).unwrap();
    assert_eq!(percentile_interval(50, 7, mean), Some(interval));
    assert_ne!(percentile_interval(50, 8, mean), Some(interval));
    let seen = answers.iter().sum::<f64>() / 50.0;
    assert!(interval[0] < seen && seen < interval[1]);
    assert!(bootstrap(0, 1, mean).is_none());
}
