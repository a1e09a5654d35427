//! Means of groups: hidden where few people stand behind them, and where the mean of everyone would tell that of a few.

use super::is_small;

/// Which groups' means to hide. `behind` has, for each group, the numbers of people that its mean tells of (those who gave an
/// answer, those who ranked the item, ...); `is_hidden` says which must be hidden in any case; `unseen` has the same numbers
/// for those in no group that is shown.
///
/// A mean with 1 to `min_cell - 1` people behind any part of it is hidden. The mean of everyone is published, so that of all
/// hidden people together follows from it: of the other groups the smallest are hidden too until those hidden are none or
/// many in every part.
pub fn hidden_means(behind: &[Vec<u64>], is_hidden: &[bool], unseen: &[u64], min_cell: u32) -> Vec<bool> {
    let few = |parts: &[u64]| parts.iter().any(|part| is_small(*part, min_cell));
    let mut hide: Vec<bool> = behind.iter().zip(is_hidden).map(|(parts, hidden)| *hidden || few(parts)).collect();
    loop {
        let mut together = unseen.to_vec();
        for (parts, _) in behind.iter().zip(&hide).filter(|(_, hidden)| **hidden) {
            together.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        // One hidden group alone follows from all the others.
        let is_alone = hide.iter().filter(|hidden| **hidden).count() == 1 && unseen.iter().all(|part| *part == 0);
        let shown = behind.iter().zip(&hide).enumerate().filter(|(_, (_, hidden))| !**hidden);
        let next = shown.min_by_key(|(_, (parts, _))| parts.iter().sum::<u64>()).map(|(index, _)| index);
        match next.and_then(|index| hide.get_mut(index)) {
            Some(place) if few(&together) || is_alone => *place = true,
            _ => return hide,
        }
    }
}
