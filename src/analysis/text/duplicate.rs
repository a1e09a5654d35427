//! Exact duplicates: texts that say the same in the same words are one text with a weight.

use std::collections::HashMap;

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

#[cfg(test)]
mod tests {
    use super::{Distinct, collapse};

    #[test]
    fn duplicates_are_counted_under_the_first_of_them() {
        let folded = ["b", "a", "", "b", "b"].map(|text| (!text.is_empty()).then(|| text.to_owned()));
        let (distinct, groups) = collapse(&folded);
        assert_eq!(distinct, [Distinct { first: 0, copies: 3 }, Distinct { first: 1, copies: 1 }]);
        assert_eq!(groups, [Some(0), Some(1), None, Some(0), Some(0)]);
    }
}
