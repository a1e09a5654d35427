//! Opinion groups as Polis makes them: people placed in the plane, gathered round 100 centres, and these in groups.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every index is below the length it was made from")]

use rayon::prelude::*;

use super::kmeans::{Nearest, Point, Squares, best_centres, first_distinct, k_means, silhouette};
use super::principal::{Components, components};
use super::votes::Votes;

/// Most base clusters.
const BASES: usize = 100;

/// Rounds of k-means over people.
const BASE_ROUNDS: usize = 100;

/// Rounds of k-means over base clusters.
const GROUP_ROUNDS: usize = 20;

/// Who gave at least so many votes is placed, or every vote that there is to give.
pub const LEAST_VOTES: usize = 7;

/// With fewer people than this placed, those with the most votes are added.
const LEAST_PEOPLE: usize = 15;

/// Most groups.
pub const MOST_GROUPS: usize = 5;

/// People's places and the base clusters they stand in.
#[derive(Clone, Debug)]
pub struct Map {
    /// The directions that places are measured along.
    pub components: Components,
    /// Centres of the base clusters.
    pub bases: Vec<Point>,
    /// People in each base cluster.
    pub weights: Vec<f64>,
    /// Who is placed, as numbers of people.
    pub placed: Vec<usize>,
    /// The base cluster of each who is placed.
    pub base_of: Vec<usize>,
}

/// A division of the base clusters, and so of people, in groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// The group of each base cluster, below [`Self::sizes`]' length; the largest group is 0.
    pub of_base: Vec<usize>,
    /// People placed in each group, falling.
    pub sizes: Vec<u64>,
    /// The mean place of each group's people.
    pub centres: Vec<Point>,
    /// Mean silhouette of the base clusters, -1 to 1.
    pub silhouette: f64,
}

/// Places people by their votes.
///
/// As in Polis (compdemocracy/polis, `conversation.clj`, `clusters.clj`): two components of everyone's votes; of those
/// with at least seven votes, or every vote there is, k-means with 100 centres, from the first 100 distinct places on.
/// With fewer than 15 such people the next with the most votes are added up to 15. `least_left` is ours: if fewer people
/// with votes than that would be left out, they are placed too, for their votes would follow from the totals.
/// People should come in an order that nothing but their votes decides ([`Votes::shuffled`]).
pub fn map(votes: &Votes, least_left: usize, seed: u64) -> Map {
    let components = components(votes, seed);
    let stands = components.places(votes);
    let placed = who_is_placed(votes, least_left);
    let points: Vec<Point> = placed.iter().map(|&person| stands[person]).collect();
    let bases = k_means(&points, &vec![1.0; points.len()], first_distinct(&points, BASES), BASE_ROUNDS);
    let nearest = Nearest::new(&bases, Squares::under(&points));
    let base_of: Vec<usize> = points.par_iter().with_min_len(1024).map(|point| nearest.to(*point)).collect();
    let mut weights = vec![0.0; bases.len()];
    for &base in &base_of {
        weights[base] += 1.0;
    }
    Map { components, bases, weights, placed, base_of }
}

fn who_is_placed(votes: &Votes, least_left: usize) -> Vec<usize> {
    let least = LEAST_VOTES.min(votes.statements()).max(1);
    let n_votes = |person: usize| votes.of(person).len();
    let with_votes: Vec<usize> = (0..votes.people()).filter(|&person| n_votes(person) > 0).collect();
    let enough: Vec<usize> = with_votes.iter().copied().filter(|&person| n_votes(person) >= least).collect();
    if with_votes.len() - enough.len() < least_left {
        return with_votes;
    }
    if enough.len() >= LEAST_PEOPLE {
        return enough;
    }
    let mut most = with_votes;
    most.sort_by_key(|&person| std::cmp::Reverse(n_votes(person)));
    most.truncate(LEAST_PEOPLE);
    most.sort_unstable();
    most
}

/// Most groups that so many base clusters are divided in (Polis, `max-k-fn`).
pub fn most_groups(bases: usize) -> usize {
    MOST_GROUPS.min(2 + bases / 12)
}

impl Map {
    /// The base clusters in `k` groups, by k-means over their centres weighted by their people. There can be fewer groups
    /// than asked for where places coincide.
    pub fn divide(&self, k: usize, seed: u64) -> Division {
        let centres = best_centres(&self.bases, &self.weights, k, GROUP_ROUNDS, seed);
        let nearest = Nearest::new(&centres, Squares::under(&self.bases));
        let raw: Vec<usize> = self.bases.iter().map(|base| nearest.to(*base)).collect();
        let mut sums = vec![([0.0, 0.0], 0.0); centres.len()];
        for ((group, base), weight) in raw.iter().zip(&self.bases).zip(&self.weights) {
            let ([x, y], n) = sums[*group];
            sums[*group] = ([x + weight * base[0], y + weight * base[1]], n + weight);
        }
        let mut order: Vec<usize> = (0..centres.len()).filter(|&group| sums[group].1 > 0.0).collect();
        let mean = |group: usize| sums[group].0.map(|sum| sum / sums[group].1);
        order.sort_by(|&a, &b| {
            let ([ax, ay], [bx, by]) = (mean(a), mean(b));
            sums[b].1.total_cmp(&sums[a].1).then(ax.total_cmp(&bx)).then(ay.total_cmp(&by))
        });
        let rank = |group: usize| order.iter().position(|&other| other == group).unwrap_or_default();
        let of_base: Vec<usize> = raw.into_iter().map(rank).collect();
        let mut sizes = vec![0_u64; order.len()];
        for &base in &self.base_of {
            sizes[of_base[base]] += 1;
        }
        Division {
            silhouette: silhouette(&self.bases, &of_base),
            sizes,
            centres: order.into_iter().map(mean).collect(),
            of_base,
        }
    }

    /// The group of every person of `votes`, by number; none for who is not placed.
    pub fn groups(&self, division: &Division, people: usize) -> Vec<Option<usize>> {
        let mut group_of = vec![None; people];
        for (&person, &base) in self.placed.iter().zip(&self.base_of) {
            group_of[person] = division.of_base.get(base).copied();
        }
        group_of
    }

    /// For people who need not have been among those that the map was made of: the base cluster nearest to each.
    pub(super) fn base_of_others(&self, votes: &Votes) -> Vec<usize> {
        let places = self.components.places(votes);
        let nearest = Nearest::new(&self.bases, Squares::under(&places));
        places.par_iter().with_min_len(256).map(|place| nearest.to(*place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulate::planted;
    use super::super::stability::rand_index;
    use super::*;
    use crate::analysis::wall::Vote;

    #[test]
    fn planted_groups_are_found() {
        for groups in 2..=3 {
            let (votes, truth) = planted(400, 40, groups, 0.7, 3);
            let (shuffled, order) = votes.shuffled(7);
            let map = map(&shuffled, 10, 7);
            let best = (2..=most_groups(map.bases.len()))
                .map(|k| map.divide(k, 7))
                .max_by(|a, b| a.silhouette.total_cmp(&b.silhouette))
                .unwrap();
            assert_eq!(best.sizes.len(), groups);
            assert_eq!(best.sizes.iter().sum::<u64>(), 400);
            let found: Vec<usize> = map.groups(&best, 400).into_iter().flatten().collect();
            let truth: Vec<usize> = order.into_iter().map(|person| truth[person]).collect();
            assert!(rand_index(&found, &truth) > 0.95);
        }
    }

    #[test]
    fn who_gave_few_votes_is_placed_only_if_few_would_be_left_out() {
        let mut votes = Votes::new(20);
        let give = |votes: &mut Votes, n: usize| votes.push((0..n).map(|statement| (statement, Vote::Agree)));
        (0..30).for_each(|_| give(&mut votes, 7));
        (0..9).for_each(|_| give(&mut votes, 6));
        assert_eq!(who_is_placed(&votes, 0).len(), 30, "as in Polis");
        assert_eq!(who_is_placed(&votes, 10).len(), 39, "the votes of nine would follow from the totals");
        assert_eq!(who_is_placed(&votes, 9).len(), 30);
        let mut few = Votes::new(20);
        (1..=20).for_each(|n| give(&mut few, n.min(8)));
        assert_eq!(who_is_placed(&few, 0), (5..20).collect::<Vec<_>>());
        assert!(who_is_placed(&Votes::new(3), 10).is_empty());
    }

    #[test]
    fn people_of_one_mind_are_no_two_groups() {
        let mut votes = Votes::new(8);
        (0..50).for_each(|_| votes.push((0..8).map(|statement| (statement, Vote::Agree))));
        let map = map(&votes, 0, 1);
        assert_eq!(map.bases.len(), 1);
        assert_eq!(map.divide(2, 1).sizes, [50]);
    }
}
