//! Choosing among several options: by rankings, approval, scores, budgets, pairs and best and worst; and what of that a
//! report shows. Options are numbered from 0. A tie is told as a set and never settled silently.
//!
//! Rankings may be partial: the options that a ballot leaves out share its last place.

pub mod approval;
pub mod ballots;
pub mod best_worst;
pub mod bootstrap;
pub mod elimination;
pub mod equal_shares;
pub mod newton;
pub mod pairs;
pub mod pairwise;
pub mod positional;
pub mod ranked_pairs;
pub mod reported;
pub mod schulze;

/// Options in places from the first to the last: in one place stand those that tie, in the order of their numbers.
pub type Places = Vec<Vec<usize>>;

/// Places by a score of each option, the highest first; scores within 1e-9 of each other tie.
pub fn places_by(scores: &[f64]) -> Places {
    let mut order: Vec<(usize, f64)> = scores.iter().copied().enumerate().collect();
    order.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
    let mut places: Places = Vec::new();
    let mut last = f64::INFINITY;
    for (option, score) in order {
        match places.last_mut() {
            Some(place) if last - score <= 1e-9 => place.push(option),
            _ => places.push(vec![option]),
        }
        last = score;
    }
    for place in &mut places {
        place.sort_unstable();
    }
    places
}

/// The options that tie for the highest score.
pub fn best_by(scores: &[f64]) -> Vec<usize> {
    places_by(scores).into_iter().next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
