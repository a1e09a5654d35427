//! Ranked pairs: majorities are locked from the largest margin on, except those that would close a circle.

use std::collections::BTreeSet;

use super::Places;
use super::ballots::Pairwise;
use super::schulze::places;

/// Ways to settle ties of margins that are followed at once.
const MOST_WAYS: usize = 2_000;

/// The result of ranked pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedPairs {
    /// Options that win in some way of settling ties of margins, in the order of their numbers: several are tied.
    pub winners: Vec<usize>,
    /// The order that holds in every such way: in each place stand the options that none of those left is always above.
    pub order: Places,
    /// False where there were more ways than are followed, so that further options could be tied.
    pub is_complete: bool,
}

/// Which options stand above which, as rows of a square.
type Above = Vec<bool>;

/// Ranked pairs by margins. Pairs of equal margins are locked in every order that could make a difference, and what holds in
/// all of them is the result; pairs without a majority are not locked.
///
/// Cost: the cube of the options for each pair, times the ways to settle ties, of which at most 2,000 are followed. Sources:
/// Tideman 1987 (Soc Choice Welf 4:185); all ways of settling ties: Brill and Fischer 2012 (AAAI, "The price of neutrality for
/// the ranked pairs method").
pub fn ranked_pairs(pairs: &Pairwise) -> RankedPairs {
    let m = pairs.options();
    let mut majorities: Vec<(u64, usize, usize)> = (0..m)
        .flat_map(|a| (0..m).map(move |b| (a, b)))
        .map(|(a, b)| (pairs.margin(a, b), a, b))
        .filter(|(margin, ..)| *margin > 0)
        .collect();
    majorities.sort_by_key(|(margin, a, b)| (std::cmp::Reverse(*margin), *a, *b));
    let mut ways: BTreeSet<Above> = BTreeSet::from([vec![false; m * m]]);
    let mut is_complete = true;
    for equal in majorities.chunk_by(|(one, ..), (other, ..)| one == other) {
        let pairs: Vec<(usize, usize)> = equal.iter().map(|(_, a, b)| (*a, *b)).collect();
        let mut after = BTreeSet::new();
        for way in &ways {
            is_complete &= lock(m, way, &pairs, &mut after);
        }
        ways = after;
    }
    let is_first = |way: &Above, option: usize| (0..m).all(|other| !above(m, way, other, option));
    RankedPairs {
        winners: (0..m).filter(|option| ways.iter().any(|way| is_first(way, *option))).collect(),
        order: places(m, |a, b| ways.iter().all(|way| above(m, way, a, b))),
        is_complete,
    }
}

fn above(m: usize, way: &Above, a: usize, b: usize) -> bool {
    way.get(a * m + b).copied().unwrap_or_default()
}

/// Adds every result of locking these pairs of equal margin on top of `way`; false if there are too many.
fn lock(m: usize, way: &Above, pairs: &[(usize, usize)], after: &mut BTreeSet<Above>) -> bool {
    let mut start = way.clone();
    // Pairs in no circle, even if all of the others are locked, are locked whatever the order.
    let mut all = way.clone();
    for (a, b) in pairs {
        put_above(m, &mut all, *a, *b);
    }
    let (sure, mut open): (Vec<_>, Vec<_>) = pairs.iter().partition(|(a, b)| !above(m, &all, *b, *a));
    for (a, b) in sure {
        put_above(m, &mut start, a, b);
    }
    open.retain(|(a, b)| !above(m, &start, *b, *a) && !above(m, &start, *a, *b));
    let (mut seen, mut todo) = (BTreeSet::from([start.clone()]), vec![start]);
    while let Some(way) = todo.pop() {
        let mut is_end = true;
        for (a, b) in open.iter().filter(|(a, b)| !above(m, &way, *b, *a) && !above(m, &way, *a, *b)) {
            is_end = false;
            let mut next = way.clone();
            put_above(m, &mut next, *a, *b);
            if seen.insert(next.clone()) {
                todo.push(next);
            }
        }
        if is_end {
            after.insert(way);
        }
        if (seen.len() > MOST_WAYS || after.len() > MOST_WAYS) && !after.is_empty() {
            return false;
        }
    }
    true
}

/// Puts `a` above `b`, and with it all that is above `a` above all that is below `b`.
fn put_above(m: usize, way: &mut Above, a: usize, b: usize) {
    let higher: Vec<usize> = (0..m).filter(|option| *option == a || above(m, way, *option, a)).collect();
    let lower: Vec<usize> = (0..m).filter(|option| *option == b || above(m, way, b, *option)).collect();
    for high in higher {
        for low in &lower {
            if let Some(cell) = way.get_mut(high * m + low) {
                *cell = true;
            }
        }
    }
}
