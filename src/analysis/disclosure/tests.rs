//! Disclosure control on small tables whose answer is known from elsewhere, and rules that hold for any table.

use super::network::{Figure, Network, Standing};
use super::rest::hidden_means;
use super::suppress::{Width, leaks, suppress};
use super::table::{Counts, Table, protect, shown_groups};
use super::{hidden, hidden_beside};
use proptest::prelude::*;

/// A table whose margins are published; zeros are known.
fn network(rows: &[Vec<u64>], min_cell: u64, least: u64) -> (Network, Vec<(usize, usize)>) {
    let (mut network, mut cells) = (Network::default(), Vec::new());
    for (row, counts) in rows.iter().enumerate() {
        for (column, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let standing = if count < min_cell { Standing::Small } else { Standing::Open };
            network.add(Figure { from: row, to: rows.len() + column, count, least, standing, cost: count });
            cells.push((row, column));
        }
    }
    (network, cells)
}

#[test]
fn small_groups_are_hidden_and_never_one_alone() {
    assert_eq!(hidden(&[50, 9, 30, 0], 10), [false, true, true, false]);
    assert_eq!(hidden(&[50, 9, 3], 10), [false, true, true]);
    assert_eq!(hidden(&[50, 10], 10), [false, false]);
    assert_eq!(hidden(&[3], 10), [true]);
    assert_eq!(hidden(&[3, 1], 0), [false, false]);
}

#[test]
fn two_small_groups_that_are_few_together_hide_a_third() {
    assert_eq!(hidden(&[50, 3, 2, 20], 10), [false, true, true, true]);
    assert_eq!(hidden(&[50, 3, 8, 20], 10), [false, true, true, false]);
}

#[test]
fn people_who_are_never_shown_protect_as_a_hidden_group_does() {
    assert_eq!(hidden_beside(&[50, 3, 20], &[false; 3], 40, 10), [false, true, false]);
    assert_eq!(hidden_beside(&[50, 3, 20], &[true, false, false], 0, 10), [true, true, false]);
}

/// The cases of `disclosure_control.json`, whose patterns and intervals `linprog` of `SciPy` gave.
#[test]
fn the_fewest_and_smallest_counts_are_hidden() {
    type Case = (Vec<Vec<u64>>, u64, Vec<((usize, usize), [u64; 2])>);
    let cases: [Case; 3] = [
        (
            vec![vec![12, 3, 40], vec![25, 18, 7], vec![30, 22, 16]],
            5,
            vec![((0, 0), [0, 15]), ((0, 1), [0, 15]), ((1, 0), [22, 37]), ((1, 1), [6, 21])],
        ),
        (
            vec![vec![120, 4, 60, 9], vec![80, 33, 2, 41], vec![55, 18, 27, 12]],
            5,
            vec![((0, 1), [2, 37]), ((0, 2), [27, 62]), ((1, 1), [0, 35]), ((1, 2), [0, 35])],
        ),
        (
            vec![vec![12, 8, 40], vec![25, 18, 17], vec![30, 22, 6]],
            10,
            vec![((0, 1), [2, 30]), ((0, 2), [18, 46]), ((2, 1), [0, 28]), ((2, 2), [0, 28])],
        ),
    ];
    for (rows, min_cell, expected) in cases {
        let (known_positive, cells) = network(&rows, min_cell, 1);
        let hide = suppress(&known_positive, Width::ByThreshold(u32::try_from(min_cell).unwrap()));
        let (plain, _) = network(&rows, min_cell, 0);
        let found: Vec<_> = (0..cells.len())
            .filter(|position| hide[*position])
            .map(|position| (cells[position], plain.bounds(position, &hide)))
            .collect();
        assert_eq!(found, expected);
    }
}

/// Neither group's share is to be told from everyone's: the two who did not say which group they are in are a group too.
#[test]
fn the_answers_of_two_people_in_no_group_do_not_follow_from_the_rest() {
    let of = |answers: [u64; 2]| Counts { answers: answers.to_vec(), missing: [0; 5] };
    let table = Table { groups: vec![of([30, 40]), of([50, 20])], hidden: vec![false; 2], rest: of([1, 1]) };
    let shown = shown_groups(&table, 10);
    assert_eq!(shown, [true, true]);
    let protected = protect(&table, &shown, &[], 10);
    assert!(protected.iter().any(|group| group.answers == [false, false]), "{protected:?}");
    let nobody = Table { rest: of([0, 0]), ..table };
    assert!(protect(&nobody, &shown, &[], 10).iter().all(|group| group.answers == [true, true]));
}

#[test]
fn a_class_of_answers_is_shown_where_its_parts_are_too_small() {
    let of = |answers: [u64; 5]| Counts { answers: answers.to_vec(), missing: [0; 5] };
    let groups = vec![of([60, 3, 20, 12, 40]), of([30, 45, 60, 4, 38]), of([41, 30, 22, 70, 15])];
    let table = Table { groups, hidden: vec![false; 3], rest: of([0; 5]) };
    let protected = protect(&table, &[true; 3], &[vec![0, 1], vec![2], vec![3, 4]], 10);
    assert!(!protected[0].answers[1] && !protected[1].answers[3]);
    assert!(protected.iter().all(|group| group.classes == [true; 3]), "{protected:?}");
}

#[test]
fn a_mean_with_few_people_behind_it_is_hidden_and_does_not_follow_from_the_others() {
    assert_eq!(hidden_means(&[vec![50], vec![7], vec![30]], &[false; 3], &[0], 10), [false, true, true]);
    assert_eq!(hidden_means(&[vec![50], vec![70], vec![30]], &[false; 3], &[4], 10), [false, false, true]);
    assert_eq!(hidden_means(&[vec![50], vec![70], vec![30]], &[false; 3], &[0], 10), [false; 3]);
    assert_eq!(hidden_means(&[vec![50], vec![20]], &[false, true], &[0], 10), [true, true]);
}

fn tables() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let count = prop_oneof![Just(0), 1_u64..15, 10_u64..200];
    (2_usize..7, 2_usize..7).prop_flat_map(move |(rows, columns)| {
        prop::collection::vec(prop::collection::vec(count.clone(), columns), rows)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaks_and_every_small_count_is_hidden(rows in tables(), min_cell in prop_oneof![Just(5_u32), Just(10)]) {
        let (network, cells) = network(&rows, u64::from(min_cell), 1);
        for width in [Width::ByThreshold(min_cell), Width::ToThreshold(min_cell)] {
            let hide = suppress(&network, width);
            prop_assert_eq!(leaks(&network, &hide, width), Vec::<usize>::new());
            for (figure, hidden) in network.figures().iter().zip(&hide) {
                prop_assert!(*hidden || figure.count >= u64::from(min_cell));
            }
            // Nothing more is hidden than needed: each extra count shown again would leak another.
            for position in 0..cells.len() {
                if hide[position] && network.figures()[position].standing == Standing::Open {
                    let mut less = hide.clone();
                    less[position] = false;
                    prop_assert!(!leaks(&network, &less, width).is_empty());
                }
            }
        }
    }
}
