//! Opinion groups: people who vote alike, what sets each group apart, and what all groups share.
//!
//! The computations are those of Polis (compdemocracy/polis, `math/src/polismath/math/*.clj`) on votes of -1, 0 and 1:
//! two principal components, 100 base clusters, two to five groups of these, and its statistics of statements.
//! What is not Polis's: a division counts only if votes hang together more than by chance and its groups are large enough
//! and come back when halves of the people are grouped apart, so that "no stable groups" is an answer; k-means has ten starts; everything is seeded and the same
//! for any order of people and number of threads; and differences between groups are tested only with groups made
//! without the votes on the statement tested.
//! Groups describe; no verdict rests on them.

mod chance;
mod differ;
mod fit;
mod kmeans;
mod principal;
pub mod reported;
pub mod simulate;
mod source;
mod stability;
pub mod stats;
mod votes;

pub use chance::{SHUFFLES, as_strong_by_chance};
pub use differ::differences;
pub use fit::{Division, LEAST_VOTES, MOST_GROUPS, Map, map, most_groups};
pub use kmeans::{Point, silhouette};
pub use principal::{Components, components};
pub use reported::opinions;
pub use source::{Source, Statement, source};
pub use stability::{HALVINGS, rand_index, stability};
pub use votes::Votes;

/// A division is stable if halves of the people give the same groups at least so well, as the mean adjusted Rand index.
///
/// Of 60 sets of votes drawn at random, 1,061 people on 20 statements, none came near it (docs/methods.md).
pub const STABLE: f64 = 0.5;

/// The smallest group, in people, whatever may be shown.
pub const LEAST_GROUP: u64 = 5;

/// The smallest group as a share of those placed: one in so many.
pub const LEAST_SHARE: u64 = 20;

/// Fewest statements that people are grouped by.
pub const LEAST_STATEMENTS: usize = 5;

/// A number of groups that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The groups.
    pub division: Division,
    /// Mean adjusted Rand index of the groups of halves of the people, about 0 to 1.
    pub stability: f64,
}

/// Why there are groups or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There are: the one of [`Groups::tried`] with this place.
    Found(usize),
    /// Votes on different statements hang together no more than by chance.
    Unrelated,
    /// Halves of the people give other groups.
    Unstable,
    /// Every division has a group that is too small.
    TooSmall,
    /// Too few people voted on enough statements.
    TooFewPeople,
    /// There are too few statements.
    TooFewStatements,
}

/// The opinion groups of votes.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Where people stand; none where there are too few people or statements.
    pub map: Option<Map>,
    /// What was tried, by number of groups.
    pub tried: Vec<Tried>,
    /// The smallest group that is taken for one.
    pub least_group: u64,
    /// Why there are groups or none.
    pub outcome: Outcome,
}

impl Groups {
    /// The groups found, if any.
    pub fn found(&self) -> Option<(&Map, &Tried)> {
        match self.outcome {
            Outcome::Found(at) => Some((self.map.as_ref()?, self.tried.get(at)?)),
            _ => None,
        }
    }

    /// The group of each person of the votes; none for who is in none.
    pub fn group_of(&self, people: usize) -> Vec<Option<usize>> {
        self.found().map_or_else(|| vec![None; people], |(map, tried)| map.groups(&tried.division, people))
    }
}

/// Looks for groups, from two to five, in votes whose people come in no order of their own ([`Votes::shuffled`]).
///
/// Of the divisions with no group below the least size and a stability of [`STABLE`] or more, the one with the highest
/// silhouette, of equals the one with more groups; none where votes hang together no more than by chance. The least size is `min_cell`, 5 people, or one in twenty of those
/// placed, whichever is most.
pub fn groups(votes: &Votes, min_cell: u32, seed: u64) -> Groups {
    let none = |outcome, least_group| Groups { map: None, tried: Vec::new(), least_group, outcome };
    let floor = LEAST_GROUP.max(u64::from(min_cell));
    if votes.statements() < LEAST_STATEMENTS {
        return none(Outcome::TooFewStatements, floor);
    }
    let map = map(votes, min_cell as usize, seed);
    let least_group = floor.max((map.placed.len() as u64).div_ceil(LEAST_SHARE));
    if (map.placed.len() as u64) < 2 * least_group {
        return none(Outcome::TooFewPeople, least_group);
    }
    if as_strong_by_chance(votes, &map.placed, seed) > 0 {
        return Groups { map: Some(map), ..none(Outcome::Unrelated, least_group) };
    }
    let ks: Vec<usize> = (2..=most_groups(map.bases.len()).min(map.bases.len())).collect();
    let steady = stability(votes, &map.placed, &ks, seed);
    let tried: Vec<Tried> =
        ks.iter().zip(steady).map(|(&k, stability)| Tried { division: map.divide(k, seed), stability }).collect();
    let large =
        |tried: &Tried| tried.division.sizes.len() > 1 && tried.division.sizes.iter().all(|&size| size >= least_group);
    // Of equals the last, which has more groups.
    let best = tried
        .iter()
        .enumerate()
        .filter(|(_, tried)| large(tried) && tried.stability >= STABLE)
        .max_by(|a, b| a.1.division.silhouette.total_cmp(&b.1.division.silhouette));
    let outcome = match best {
        Some((at, _)) => Outcome::Found(at),
        None if tried.iter().any(large) => Outcome::Unstable,
        None => Outcome::TooSmall,
    };
    Groups { map: Some(map), tried, least_group, outcome }
}

#[cfg(test)]
mod tests;
