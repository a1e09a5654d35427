//! Who said what of which statement: a sparse matrix of people and statements with one current vote in each cell.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: every code is below three times the statements")]

use rayon::prelude::*;

use crate::analysis::wall::{Tally, Vote};

/// People whose votes one thread adds up at a time. Fixed, so that no sum depends on the number of threads.
const BLOCK: usize = 512;

/// Votes of people on statements; who said nothing of a statement has no cell.
///
/// A vote is a code of 32 bits, three times the statement's number plus 0 for against, 1 for a pass, 2 for agreement, so
/// that a sum over a person's votes is a sum over a table of codes. 4 bytes a vote and 8 a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Votes {
    starts: Vec<usize>,
    codes: Vec<u32>,
    statements: usize,
    /// Withdrawn statements: without votes here, and counted where Polis counts them.
    pub(super) withdrawn: usize,
}

impl Votes {
    /// No people yet, and so many statements.
    pub fn new(statements: usize) -> Self {
        Self { starts: vec![0], codes: Vec::new(), statements, withdrawn: 0 }
    }

    /// The same, from a list that also had so many statements that were withdrawn. Polis sets the votes on these to 0
    /// for everyone, which moves nobody but counts when a person's place is stretched by how many votes it rests on.
    #[must_use]
    pub fn with_withdrawn(self, withdrawn: usize) -> Self {
        Self { withdrawn, ..self }
    }

    /// Adds a person with votes on statements by their numbers, in any order. Of several votes on one statement the last
    /// counts; votes on statements that there are not do not.
    pub fn push(&mut self, votes: impl IntoIterator<Item = (usize, Vote)>) {
        let start = self.codes.len();
        self.codes.extend(votes.into_iter().filter(|(statement, _)| *statement < self.statements).map(code));
        let row = &mut self.codes[start..];
        if !row.is_sorted_by(|a, b| a / 3 < b / 3) {
            // Stable, so that the last of a statement's votes stays the last.
            row.sort_by_key(|code| code / 3);
            let mut kept = start;
            for place in start..self.codes.len() {
                let code = self.codes[place];
                if kept > start && self.codes[kept - 1] / 3 == code / 3 {
                    kept -= 1;
                }
                self.codes[kept] = code;
                kept += 1;
            }
            self.codes.truncate(kept);
        }
        self.starts.push(self.codes.len());
    }

    /// Adds all people of others on the same statements.
    pub(super) fn append(&mut self, others: &Self) {
        let end = self.codes.len();
        self.codes.extend_from_slice(&others.codes);
        self.starts.extend(others.starts.iter().skip(1).map(|start| end + start));
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of statements.
    pub fn statements(&self) -> usize {
        self.statements
    }

    /// Number of votes, one a person and statement.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True without a vote.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// One person's votes on statements by their numbers, rising; none for a person that there is not.
    pub fn votes_of(&self, person: usize) -> impl Iterator<Item = (usize, Vote)> {
        let row = if person < self.people() { self.of(person) } else { &[] };
        row.iter().map(|&code| (statement_of(code), [Vote::Disagree, Vote::Pass, Vote::Agree][code as usize % 3]))
    }

    /// The codes of one person's votes, by rising statement. The caller keeps `person` below [`Self::people`].
    pub(super) fn of(&self, person: usize) -> &[u32] {
        &self.codes[self.starts[person]..self.starts[person + 1]]
    }

    /// The codes of all votes, person after person.
    pub(super) fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The same with other votes in the place of each, on the same statement.
    pub(super) fn with_codes(&self, codes: Vec<u32>) -> Self {
        Self { starts: self.starts.clone(), codes, ..*self }
    }

    /// These people alone, in this order.
    pub(super) fn of_people(&self, people: &[usize]) -> Self {
        let mut starts = Vec::with_capacity(people.len() + 1);
        starts.push(0);
        let mut codes = Vec::with_capacity(people.iter().map(|&person| self.of(person).len()).sum());
        for &person in people {
            codes.extend_from_slice(self.of(person));
            starts.push(codes.len());
        }
        Self { starts, codes, ..Self::new(self.statements).with_withdrawn(self.withdrawn) }
    }

    /// The same people without their votes on some statements; the others keep their order and close up.
    pub(super) fn without(&self, left_out: impl Fn(usize) -> bool) -> Self {
        let mut number = 0;
        let numbers: Vec<Option<u32>> = (0..self.statements)
            .map(|statement| {
                (!left_out(statement)).then(|| {
                    number += 1;
                    number - 1
                })
            })
            .collect();
        let mut starts = Vec::with_capacity(self.starts.len());
        starts.push(0);
        let mut codes = Vec::with_capacity(self.codes.len());
        for person in 0..self.people() {
            let kept = self.of(person).iter().filter_map(|code| Some(numbers[statement_of(*code)]? * 3 + code % 3));
            codes.extend(kept);
            starts.push(codes.len());
        }
        Self { starts, codes, ..Self::new(number as usize).with_withdrawn(self.withdrawn) }
    }

    /// The people who voted at all, in an order that their votes and the seed alone decide, and whose number here each
    /// was. People with equal votes are not told apart, so that nothing made of it depends on the order of responses.
    pub fn shuffled(&self, seed: u64) -> (Self, Vec<usize>) {
        let mut order: Vec<(u64, usize)> = (0..self.people())
            .into_par_iter()
            .filter(|&person| !self.of(person).is_empty())
            .map(|person| (mixed(seed, self.of(person)), person))
            .collect();
        order.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| self.of(a.1).cmp(self.of(b.1))).then_with(|| a.1.cmp(&b.1))
        });
        let order: Vec<usize> = order.into_iter().map(|(_, person)| person).collect();
        (self.of_people(&order), order)
    }

    /// How often each code occurs among the people of each group; people of no group are left out.
    ///
    /// `group_of` is by person, below `groups`.
    pub(super) fn counts(&self, groups: usize, group_of: impl Fn(usize) -> Option<usize> + Sync) -> Vec<Vec<u64>> {
        let width = self.statements * 3;
        // Whole numbers: their sum is the same in any order.
        let count = |mut counts: Vec<u64>, person: usize| {
            if let Some(group) = group_of(person) {
                let counts = &mut counts[group * width..(group + 1) * width];
                self.of(person).iter().for_each(|&code| counts[code as usize] += 1);
            }
            counts
        };
        let none = || vec![0_u64; width * groups];
        let counts = (0..self.people())
            .into_par_iter()
            .with_min_len(8 * BLOCK)
            .fold(none, count)
            .reduce(none, |a, b| a.into_iter().zip(b).map(|(a, b)| a + b).collect());
        counts.chunks(width.max(1)).take(groups).map(<[u64]>::to_vec).collect()
    }

    /// For each group the tally of each statement, by the group of each person.
    pub fn tallies(&self, groups: usize, group_of: impl Fn(usize) -> Option<usize> + Sync) -> Vec<Vec<Tally>> {
        let tally = |three: &[u64]| Tally { disagree: three[0], pass: three[1], agree: three[2] };
        self.counts(groups, group_of).iter().map(|counts| counts.chunks_exact(3).map(tally).collect()).collect()
    }

    /// The sum of a person's table values, once for each table.
    pub(super) fn sum<const N: usize>(&self, person: usize, table: &[[f64; N]]) -> [f64; N] {
        let mut sums = [0.0; N];
        for &code in self.of(person) {
            sums.iter_mut().zip(table[code as usize]).for_each(|(sum, value)| *sum += value);
        }
        sums
    }

    /// For each code the sum, over the people who voted so, of what `table` sums to over all votes of the person.
    ///
    /// One pass over the votes; in fixed blocks, which are added in their order.
    pub(super) fn there_and_back(&self, table: &[f64]) -> Vec<f64> {
        let blocks: Vec<Vec<f64>> = (0..self.people().div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                let mut sums = vec![0.0; table.len()];
                for person in block * BLOCK..((block + 1) * BLOCK).min(self.people()) {
                    let row = self.of(person);
                    let mut parts = [0.0; 4];
                    let (fours, rest) = row.as_chunks::<4>();
                    for four in fours {
                        parts.iter_mut().zip(four).for_each(|(part, &code)| *part += table[code as usize]);
                    }
                    let total = parts.iter().sum::<f64>() + rest.iter().map(|&code| table[code as usize]).sum::<f64>();
                    for &code in row {
                        sums[code as usize] += total;
                    }
                }
                sums
            })
            .collect();
        let mut sums = vec![0.0; table.len()];
        for block in blocks {
            sums.iter_mut().zip(&block).for_each(|(sum, part)| *sum += part);
        }
        sums
    }
}

/// The statement of a code.
pub(super) fn statement_of(code: u32) -> usize {
    code as usize / 3
}

/// The vote of a code: -1, 0 or 1.
pub(super) fn vote_of(code: usize) -> f64 {
    (code % 3) as f64 - 1.0
}

fn code((statement, vote): (usize, Vote)) -> u32 {
    let vote = match vote {
        Vote::Disagree => 0,
        Vote::Pass => 1,
        Vote::Agree => 2,
    };
    u32::try_from(statement).unwrap_or(u32::MAX / 4) * 3 + vote
}

/// A number made of the seed and a person's votes (`SplitMix64`'s mixing; Steele, Lea and Flood 2014).
fn mixed(seed: u64, codes: &[u32]) -> u64 {
    let mix = |state: u64| {
        let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    };
    let step = 0x9e37_79b9_7f4a_7c15_u64;
    codes
        .iter()
        .fold(mix(seed.wrapping_add(step)), |state, &code| mix(state.wrapping_add(step).wrapping_add(u64::from(code))))
}

#[cfg(test)]
mod tests {
    use super::Vote::{Agree, Disagree, Pass};
    use super::*;

    fn some() -> Votes {
        let mut votes = Votes::new(3);
        votes.push([(2, Agree), (0, Disagree), (2, Pass), (9, Agree)]);
        votes.push([]);
        votes.push([(1, Agree)]);
        votes
    }

    #[test]
    fn of_several_votes_of_a_person_on_a_statement_the_last_counts() {
        let votes = some();
        assert_eq!((votes.people(), votes.len()), (3, 3));
        let all = votes.tallies(1, |_| Some(0));
        assert_eq!(all[0][2], Tally { agree: 0, disagree: 0, pass: 1 });
        assert_eq!(all[0][0], Tally { agree: 0, disagree: 1, pass: 0 });
        let by_group = votes.tallies(2, |person| (person > 1).then_some(1));
        assert_eq!((by_group[0][1].agree, by_group[1][1].agree), (0, 1));
    }

    #[test]
    fn the_order_of_people_is_made_of_their_votes_and_the_seed_alone() {
        let mut votes = Votes::new(4);
        let mut turned = Votes::new(4);
        let person = |n: usize| (0..4).filter(move |s| (n >> s) % 2 == 1).map(|s| (s, Agree));
        (0..16).for_each(|n| votes.push(person(n)));
        (0..16).rev().for_each(|n| turned.push(person(n)));
        let (a, order) = votes.shuffled(7);
        assert_eq!(a, turned.shuffled(7).0);
        assert_ne!(a, votes.shuffled(8).0);
        assert_eq!(a.people(), 15, "one of them said nothing");
        assert_eq!(a.of(3), votes.of(order[3]));
    }

    #[test]
    fn without_a_statement_the_others_close_up() {
        let left = some().without(|statement| statement == 1);
        assert_eq!((left.statements(), left.len(), left.people()), (2, 2, 3));
        assert_eq!(left.tallies(1, |_| Some(0))[0][1].pass, 1);
    }
}
