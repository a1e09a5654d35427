//! Schulze's rule: an option beats another if the strongest path of majorities leads from it to the other.

use super::Places;
use super::ballots::Pairwise;

/// The strength of the strongest path between each two options: the weakest of its majorities, counted by those in favour
/// (winning votes); 0 where there is none.
///
/// Cost: the cube of the number of options. Source: Schulze 2011 (Soc Choice Welf 36:267, section 2.3).
pub fn strongest_paths(pairs: &Pairwise) -> Vec<Vec<u64>> {
    let m = pairs.options();
    let direct = |a, b| if pairs.margin(a, b) > 0 { pairs.support(a, b) } else { 0 };
    let mut paths: Vec<Vec<u64>> = (0..m).map(|a| (0..m).map(|b| direct(a, b)).collect()).collect();
    for via in 0..m {
        let onward = paths.get(via).cloned().unwrap_or_default();
        for (from, row) in paths.iter_mut().enumerate().filter(|(from, _)| *from != via) {
            let first = row.get(via).copied().unwrap_or_default();
            for (to, (known, next)) in row.iter_mut().zip(&onward).enumerate() {
                if to != from {
                    *known = first.min(*next).max(*known);
                }
            }
        }
    }
    paths
}

/// How many options each one beats.
pub fn wins(pairs: &Pairwise) -> Vec<usize> {
    let paths = strongest_paths(pairs);
    let of = |a: usize| (0..paths.len()).filter(|b| beats(&paths, a, *b)).count();
    (0..paths.len()).map(of).collect()
}

/// The order by Schulze's rule: in each place stand the options that none of those left beats. Ties are sets.
pub fn order(pairs: &Pairwise) -> Places {
    let paths = strongest_paths(pairs);
    places(paths.len(), |a, b| beats(&paths, a, b))
}

fn beats(paths: &[Vec<u64>], a: usize, b: usize) -> bool {
    let path = |from: usize, to: usize| paths.get(from).and_then(|row| row.get(to)).copied().unwrap_or_default();
    path(a, b) > path(b, a)
}

/// Places of a relation without cycles: in each those that none of the others left beats.
pub(super) fn places(options: usize, beats: impl Fn(usize, usize) -> bool) -> Places {
    let mut left: Vec<usize> = (0..options).collect();
    let mut places = Places::new();
    while !left.is_empty() {
        let (mut place, rest): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|option| !left.iter().any(|other| beats(*other, **option)));
        if place.is_empty() {
            place.clone_from(&left);
            left.clear();
        } else {
            left = rest;
        }
        places.push(place);
    }
    places
}
