//! Rules that give points for places.

use super::ballots::Ballots;

/// Borda points of each option: m - 1 for the first of m places, one fewer for each next; options left out share the points of
/// the places that are left.
///
/// Between 0 and (m - 1) times the people. Source: de Borda 1781; the mean of the places for those left out is that of
/// tournament ties (Black 1958, The Theory of Committees and Elections), so that a ballot gives as many points as any other.
pub fn borda(ballots: &Ballots) -> Vec<f64> {
    let m = ballots.options();
    // Twice the points, which are whole numbers.
    let mut doubled = vec![0_u64; m];
    for (ranking, people) in ballots.iter() {
        let left_out = m.saturating_sub(ranking.len() + 1) as u64;
        let mut given = vec![left_out; m];
        for (place, option) in ranking.iter().enumerate() {
            if let Some(points) = given.get_mut(*option) {
                *points = 2 * m.saturating_sub(place + 1) as u64;
            }
        }
        for (sum, points) in doubled.iter_mut().zip(given) {
            *sum += points * people;
        }
    }
    doubled.into_iter().map(|points| points as f64 / 2.0).collect()
}

/// How many people put each option first.
pub fn first_choice(ballots: &Ballots) -> Vec<u64> {
    let mut counts = vec![0; ballots.options()];
    for (ranking, people) in ballots.iter() {
        if let Some(count) = ranking.first().and_then(|option| counts.get_mut(*option)) {
            *count += people;
        }
    }
    counts
}
