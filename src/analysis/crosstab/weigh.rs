//! Means of groups: points of rankings and allocations, and numbers.

use super::count::{count, everyone};
use super::{CrosstabGroup, GroupNumbers};
use crate::analysis::disclosure::is_small;
use crate::analysis::disclosure::network::{Figure, Network, Standing, is};
use crate::analysis::disclosure::rest::hidden_means;
use crate::analysis::disclosure::suppress::{Width, suppress};
use crate::analysis::disclosure::table::{Counts, Shown, Table};
use crate::analysis::quantile::quantile;
use crate::analysis::support::Split;

/// Points that people gave, by row, and the most that one person can give to a row.
pub(super) struct Weighed {
    pub(super) given: Vec<Result<Vec<(u16, u64)>, u8>>,
    pub(super) most: u64,
}

/// Fills in the mean of each row for each group. Points are protected like people: those that few gave are hidden, and others
/// with them, so that no hidden sum is known more closely than by what one person can give.
pub(super) fn means(
    weighed: &Weighed,
    rows: usize,
    groups: &mut [CrosstabGroup],
    (split, hidden, min_cell): (&Split<'_>, &[bool], u32),
) {
    let sum = |of: &dyn Fn(u64) -> u64| {
        let add = |counts: &mut Counts, given: &Vec<(u16, u64)>| {
            for (row, points) in given {
                counts.answers.get_mut(usize::from(*row)).into_iter().for_each(|sum| *sum += of(*points));
            }
        };
        count(&weighed.given, split, hidden, rows, add)
    };
    let (points, people) = (sum(&|points| points), sum(&|points| u64::from(points > 0)));
    let top = sum(&|points| u64::from(points == weighed.most));
    let base = count(&weighed.given, split, hidden, 1, |counts, _| counts.answers.iter_mut().for_each(|n| *n += 1));
    let n: Vec<u64> = base.groups.iter().chain([&base.rest]).map(Counts::n).collect();
    let at = |counts: &Counts, row: usize| counts.answers.get(row).copied().unwrap_or(0);
    let mut network = Network::default();
    let mut places: Vec<Vec<usize>> = Vec::new();
    let all = points.groups.iter().chain([&points.rest]).zip(people.groups.iter().chain([&people.rest]));
    for (index, ((points, people), top)) in all.zip(top.groups.iter().chain([&top.rest])).enumerate() {
        let shown = groups.get(index).filter(|group| group.n.is_some());
        let place = (0..rows).map(|row| {
            let behind = [at(people, row), n.get(index).copied().unwrap_or(0).saturating_sub(at(people, row))];
            let between = at(people, row).saturating_sub(at(top, row));
            let few = behind.into_iter().chain([between]).any(|part| is_small(part, min_cell));
            let is_withheld = shown.is_some_and(|group| group.counts.get(row).is_none_or(Option::is_none));
            let standing = match (few || is_withheld, shown) {
                (true, _) if at(people, row) > 0 => Standing::Small,
                (false, Some(_)) => Standing::Open,
                _ => Standing::Unseen,
            };
            let count = at(points, row);
            network.add(Figure { from: index, to: n.len() + row, count, least: 0, standing, cost: count })
        });
        places.push(place.collect());
    }
    let hide = suppress(&network, Width::ByThreshold(u32::try_from(weighed.most).unwrap_or(u32::MAX)));
    for (((group, points), places), n) in groups.iter_mut().zip(&points.groups).zip(&places).zip(&n) {
        let full = (*n * weighed.most) as f64;
        let mean = |(row, place): (usize, &usize)| {
            let is_shown = group.n.is_some() && *n > 0 && !is(&hide, *place);
            is_shown.then(|| at(points, row) as f64 / full)
        };
        group.means = places.iter().enumerate().map(mean).collect();
    }
    if split.overlapping {
        apart(groups, &people, &all_people(weighed, rows), min_cell);
    }
}

/// How many of all people gave points to each row.
fn all_people(weighed: &Weighed, rows: usize) -> Counts {
    everyone(&weighed.given, rows, |counts, given: &Vec<(u16, u64)>| {
        for (row, _) in given.iter().filter(|(_, points)| *points > 0) {
            counts.answers.get_mut(usize::from(*row)).into_iter().for_each(|sum| *sum += 1);
        }
    })
}

/// Where people can be in several groups, each is compared with everyone else too: all of its means are shown, or none.
fn apart(groups: &mut [CrosstabGroup], people: &Table, all: &Counts, min_cell: u32) {
    for (group, people) in groups.iter_mut().zip(&people.groups) {
        let n = group.n.unwrap_or(0);
        let few = people.answers.iter().zip(&all.answers).any(|(some, all)| {
            [*some, n.saturating_sub(*some), all.saturating_sub(*some)].into_iter().any(|part| is_small(part, min_cell))
        });
        if n == 0 || few || !group.counts.iter().all(Option::is_some) {
            group.means.iter_mut().for_each(|mean| *mean = None);
        }
    }
}

/// The summary of each group's numbers, where enough people stand behind it.
pub(super) fn numbers(
    cells: &[Result<f64, u8>],
    split: &Split<'_>,
    shown: &[Shown],
    min_cell: u32,
) -> Vec<Option<GroupNumbers>> {
    let mut given: Vec<Vec<f64>> = vec![Vec::new(); split.options.len()];
    let mut rest = 0;
    for (person, cell) in cells.iter().enumerate() {
        let Ok(number) = cell else { continue };
        match split.members.get(person).map(Vec::as_slice) {
            Some([]) | None => rest += 1,
            Some(members) => members.iter().for_each(|group| {
                given.get_mut(*group).into_iter().for_each(|numbers| numbers.push(*number));
            }),
        }
    }
    let behind: Vec<Vec<u64>> = given.iter().map(|numbers| vec![numbers.len() as u64]).collect();
    let out: Vec<bool> = shown.iter().map(|shown| !shown.n).collect();
    let mut hidden = hidden_means(&behind, &out, &[rest], min_cell);
    if split.overlapping {
        let all = cells.iter().filter(|cell| cell.is_ok()).count() as u64;
        let others = behind.iter().map(|of| all.saturating_sub(of.iter().sum::<u64>()));
        hidden.iter_mut().zip(others).for_each(|(hidden, others)| *hidden |= is_small(others, min_cell));
    }
    given.into_iter().zip(hidden).map(|(numbers, hidden)| if hidden { None } else { summary(numbers) }).collect()
}

fn summary(mut numbers: Vec<f64>) -> Option<GroupNumbers> {
    numbers.sort_by(f64::total_cmp);
    numbers.first()?;
    Some(GroupNumbers {
        q1: quantile(&numbers, 0.25),
        median: quantile(&numbers, 0.5),
        q3: quantile(&numbers, 0.75),
        mean: numbers.iter().sum::<f64>() / numbers.len() as f64,
    })
}
