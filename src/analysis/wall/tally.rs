//! Votes on ideas, with one person one vote on each idea, also where staff put several ideas together.

use std::collections::BTreeMap;

/// What a person says of an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// For it.
    Agree,
    /// Against it.
    Disagree,
    /// Neither.
    Pass,
}

impl Vote {
    /// The vote by its word, as [`crate::item::VOTES`] has them.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "agree" => Some(Self::Agree),
            "disagree" => Some(Self::Disagree),
            "pass" => Some(Self::Pass),
            _ => None,
        }
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Pass => "pass",
        }
    }
}

/// The votes on one idea, in people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// For it.
    pub agree: u64,
    /// Against it.
    pub disagree: u64,
    /// Neither.
    pub pass: u64,
}

impl Tally {
    /// Everyone who said something of it.
    pub fn voted(&self) -> u64 {
        self.agree + self.disagree + self.pass
    }

    /// Adds `people` who voted so.
    pub fn add(&mut self, vote: Vote, people: u64) {
        match vote {
            Vote::Agree => self.agree += people,
            Vote::Disagree => self.disagree += people,
            Vote::Pass => self.pass += people,
        }
    }
}

/// One person's vote on ideas that were put together: the one on the idea that stands for them; where there is none,
/// what the person said of the others, and a pass if that was not the same each time.
///
/// No time decides, for none is kept.
pub fn together(on_itself: Option<Vote>, on_others: impl IntoIterator<Item = Vote>) -> Option<Vote> {
    if on_itself.is_some() {
        return on_itself;
    }
    let mut others = on_others.into_iter();
    let first = others.next()?;
    Some(if others.all(|vote| vote == first) { first } else { Vote::Pass })
}

/// What a person said of an idea, and of those that it stands for.
type Said = (Option<Vote>, Vec<Vote>);

/// Counts votes given one by one as voter, idea and vote, by the idea that stands for each: itself if `root` names none.
pub fn tallies<'a>(
    votes: impl IntoIterator<Item = (&'a str, &'a str, Vote)>,
    root: impl Fn(&'a str) -> Option<&'a str>,
) -> BTreeMap<&'a str, Tally> {
    let mut by_person: BTreeMap<(&str, &str), Said> = BTreeMap::new();
    for (voter, idea, vote) in votes {
        match root(idea) {
            Some(root) => by_person.entry((root, voter)).or_default().1.push(vote),
            None => by_person.entry((idea, voter)).or_default().0 = Some(vote),
        }
    }
    let mut counted: BTreeMap<&str, Tally> = BTreeMap::new();
    for ((idea, _), (on_itself, on_others)) in by_person {
        if let Some(vote) = together(on_itself, on_others) {
            counted.entry(idea).or_default().add(vote, 1);
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::Vote::{Agree, Disagree, Pass};
    use super::*;

    #[test]
    fn merged_ideas_have_one_vote_of_each_person() {
        let votes = [
            ("ann", "a", Agree),
            ("ann", "b", Agree),
            ("bob", "b", Disagree),
            ("cy", "a", Disagree),
            ("cy", "b", Agree),
            ("di", "b", Agree),
            ("di", "c", Disagree),
            ("ed", "x", Pass),
        ];
        let root = |idea| ["b", "c"].contains(&idea).then_some("a");
        let counted = tallies(votes, root);
        assert_eq!(counted["a"], Tally { agree: 1, disagree: 2, pass: 1 }, "ann once, bob, cy by a, di said both");
        assert_eq!(counted["x"], Tally { agree: 0, disagree: 0, pass: 1 });
        assert_eq!(counted["a"].voted(), 4);
    }

    #[test]
    fn words_and_votes_are_the_same_in_number() {
        assert!(crate::item::VOTES.iter().all(|word| Vote::read(word).is_some_and(|vote| vote.as_str() == *word)));
    }
}
