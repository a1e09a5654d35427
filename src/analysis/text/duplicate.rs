//! Duplicates: texts that say the same in the same words are one text with a weight, and what is sent often is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::frame::Copies;

/// Words that a text must have, and people who must have sent it, to be called a campaign: "very good" is not.
const CAMPAIGN_WORDS: usize = 12;
const CAMPAIGN_TEXTS: usize = 5;

/// Answers that share their wording.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Distinct {
    /// Index of the first input text with this wording.
    pub(super) first: usize,
    /// How many input texts have it.
    pub(super) copies: usize,
}

/// Groups folded texts (see [`super::normalise::fold`]); `None` stands for no answer and joins no group.
///
/// Gives the groups in order of first appearance, and for each input the index of its group.
pub(super) fn collapse(folded: &[Option<String>]) -> (Vec<Distinct>, Vec<Option<usize>>) {
    let mut distinct: Vec<Distinct> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut groups = Vec::with_capacity(folded.len());
    for (index, key) in folded.iter().enumerate() {
        groups.push(key.as_deref().map(|key| {
            let group = *known.entry(key).or_insert(distinct.len());
            match distinct.get_mut(group) {
                Some(same) => same.copies += 1,
                None => distinct.push(Distinct { first: index, copies: 1 }),
            }
            group
        }));
    }
    (distinct, groups)
}

/// Which distinct texts share most of their wording.
pub(super) struct Alike {
    /// For each distinct text the first one of its group.
    firsts: Vec<usize>,
    /// For each distinct text how many people sent it or nearly the same.
    pub(super) sent: Vec<usize>,
    /// What several people sent, most people first.
    pub(super) copies: Vec<Copies>,
    /// For each distinct text its place in `copies`.
    pub(super) copies_of: Vec<Option<usize>>,
}

impl Alike {
    /// Counts the groups of distinct texts; `firsts` names each text's group by its first text, `keys` are the folded texts.
    pub(super) fn new(distinct: &[Distinct], firsts: &[usize], keys: &[&str]) -> Self {
        let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (same, &first) in distinct.iter().zip(firsts) {
            let (texts, different) = counts.entry(first).or_default();
            *texts += same.copies;
            *different += 1;
        }
        let mut several: Vec<(usize, Copies)> = counts
            .iter()
            .filter(|(_, (texts, _))| *texts > 1)
            .filter_map(|(&first, &(texts, different))| {
                let words = keys.get(first)?.split(' ').count();
                let campaign = texts >= CAMPAIGN_TEXTS && words >= CAMPAIGN_WORDS;
                Some((first, Copies { first: distinct.get(first)?.first, texts, distinct: different, campaign }))
            })
            .collect();
        several.sort_by_key(|(_, copies)| (std::cmp::Reverse(copies.texts), copies.first));
        let places: HashMap<usize, usize> =
            several.iter().enumerate().map(|(place, &(first, _))| (first, place)).collect();
        Self {
            firsts: firsts.to_vec(),
            sent: firsts.iter().map(|first| counts.get(first).map_or(1, |&(texts, _)| texts)).collect(),
            copies: several.into_iter().map(|(_, copies)| copies).collect(),
            copies_of: firsts.iter().map(|first| places.get(first).copied()).collect(),
        }
    }

    /// How many of these distinct texts there are if those that share most of their wording count as one.
    pub(super) fn arguments(&self, texts: &[usize]) -> usize {
        texts.iter().filter_map(|&text| self.firsts.get(text)).collect::<BTreeSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Alike, Distinct, collapse};
    use crate::analysis::text::Copies;

    #[test]
    fn what_several_people_sent_is_counted_as_people_and_as_texts() {
        let letter = "i urge you to keep the night bus for all who work at night";
        let distinct = [(0, 1), (1, 4), (5, 2), (9, 3)].map(|(first, copies)| Distinct { first, copies });
        let alike = Alike::new(&distinct, &[0, 1, 1, 3], &["more buses", letter, letter, "very good"]);
        assert_eq!(alike.sent, [1, 6, 6, 3]);
        assert_eq!(
            alike.copies,
            [
                Copies { first: 1, texts: 6, distinct: 2, campaign: true },
                Copies { first: 9, texts: 3, distinct: 1, campaign: false }
            ]
        );
        assert_eq!(alike.copies_of, [None, Some(0), Some(0), Some(1)]);
        assert_eq!((alike.arguments(&[0, 1, 2, 3]), alike.arguments(&[1, 2])), (3, 1));
    }

    #[test]
    fn duplicates_are_counted_under_the_first_of_them() {
        let folded = ["b", "a", "", "b", "b"].map(|text| (!text.is_empty()).then(|| text.to_owned()));
        let (distinct, groups) = collapse(&folded);
        assert_eq!(distinct, [Distinct { first: 0, copies: 3 }, Distinct { first: 1, copies: 1 }]);
        assert_eq!(groups, [Some(0), Some(1), None, Some(0), Some(0)]);
    }
}
