//! Ranked ballots, and how many people prefer each option to each other.

use std::collections::BTreeMap;

/// Ranked ballots over options 0 to `options` - 1, equal ones put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballots {
    options: usize,
    rankings: Vec<(Vec<usize>, u64)>,
}

impl Ballots {
    /// Ballots and how many people gave each. An option that a ballot repeats counts where it stands first, and one that is not
    /// there is left out; ballots without any option say nothing and are left out too.
    pub fn new(options: usize, given: impl IntoIterator<Item = (Vec<usize>, u64)>) -> Self {
        let mut equal: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
        for (ranking, people) in given {
            let mut seen = vec![false; options];
            let first = |option: &usize| seen.get_mut(*option).is_some_and(|seen| !std::mem::replace(seen, true));
            let ranking: Vec<usize> = ranking.into_iter().filter(first).collect();
            if !ranking.is_empty() && people > 0 {
                *equal.entry(ranking).or_default() += people;
            }
        }
        Self { options, rankings: equal.into_iter().collect() }
    }

    /// How many options there are.
    pub fn options(&self) -> usize {
        self.options
    }

    /// People who ranked any option.
    pub fn people(&self) -> u64 {
        self.rankings.iter().map(|(_, people)| people).sum()
    }

    /// The ballots, each with the people who gave it, in an order that does not depend on theirs.
    pub fn iter(&self) -> impl Iterator<Item = (&[usize], u64)> {
        self.rankings.iter().map(|(ranking, people)| (ranking.as_slice(), *people))
    }

    /// How many prefer each option to each other: ranked is preferred to left out, and two left out are not compared.
    pub fn pairwise(&self) -> Pairwise {
        let mut support = vec![0; self.options * self.options];
        for (ranking, people) in self.iter() {
            let mut below = vec![true; self.options];
            for option in ranking {
                if let Some(below) = below.get_mut(*option) {
                    *below = false;
                }
                let row = support.iter_mut().skip(option * self.options).take(self.options);
                for (count, _) in row.zip(&below).filter(|(_, below)| **below) {
                    *count += people;
                }
            }
        }
        Pairwise { options: self.options, support }
    }
}

/// How many people prefer each option to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairwise {
    options: usize,
    support: Vec<u64>,
}

impl Pairwise {
    /// How many options there are.
    pub fn options(&self) -> usize {
        self.options
    }

    /// People who prefer `a` to `b`; 0 where they are one, or not there.
    pub fn support(&self, a: usize, b: usize) -> u64 {
        if b < self.options { self.support.get(a * self.options + b).copied().unwrap_or_default() } else { 0 }
    }

    /// By how many more people prefer `a` to `b` than `b` to `a`; 0 where they do not.
    pub fn margin(&self, a: usize, b: usize) -> u64 {
        self.support(a, b).saturating_sub(self.support(b, a))
    }

    /// The option that beats every other, if there is one (Condorcet 1785).
    pub fn condorcet_winner(&self) -> Option<usize> {
        (0..self.options).find(|a| (0..self.options).all(|b| *a == b || self.margin(*a, b) > 0))
    }
}
