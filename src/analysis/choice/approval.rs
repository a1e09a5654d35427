//! Approval and score voting, and STAR: score, then automatic run-off.

use super::{Places, places_by};

/// How many people approve of each option. A ballot that names an option twice counts once.
///
/// Source: Brams and Fishburn 1978 (Am Polit Sci Rev 72:831). For display a count has Wilson's interval.
pub fn approvals(options: usize, ballots: &[Vec<usize>]) -> Vec<u64> {
    let of = |option: usize| ballots.iter().filter(|ballot| ballot.contains(&option)).count() as u64;
    (0..options).map(of).collect()
}

/// The sum of the scores of each option, a ballot a row; an option without a score has 0.
pub fn score_totals(options: usize, ballots: &[Vec<u64>]) -> Vec<u64> {
    let of = |option: usize| ballots.iter().filter_map(|ballot| ballot.get(option)).sum();
    (0..options).map(of).collect()
}

/// The result of STAR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Star {
    /// Options by total score, from the first place on; those in one place are tied.
    pub by_score: Places,
    /// The two finalists; none where a tie of scores leaves open who they are, or there are fewer than two options.
    pub finalists: Option<[usize; 2]>,
    /// People who score the first finalist higher, who score the second higher, and who score both alike.
    pub preferences: [u64; 3],
    /// The finalist that more people prefer, or where as many do, the one with the higher total; none where both are equal.
    pub winner: Option<usize>,
}

/// Score, then automatic run-off: of the two options with the highest totals wins the one that more people score higher.
///
/// Tie rule: a tie for the place of a finalist is told and not settled; a tie in the run-off goes to the higher total. Source:
/// Equal Vote Coalition, STAR voting, official rules.
pub fn star(options: usize, ballots: &[Vec<u64>]) -> Star {
    let totals = score_totals(options, ballots);
    let by_score = places_by(&totals.iter().map(|total| *total as f64).collect::<Vec<_>>());
    let finalists = match by_score.as_slice() {
        [first, second, ..] if first.len() == 1 && second.len() == 1 => {
            first.first().zip(second.first()).map(|(first, second)| [*first, *second])
        }
        [both, ..] => <[usize; 2]>::try_from(both.as_slice()).ok(),
        [] => None,
    };
    let Some([first, second]) = finalists else {
        return Star { by_score, finalists, preferences: [0; 3], winner: None };
    };
    let score = |ballot: &Vec<u64>, option: usize| ballot.get(option).copied().unwrap_or_default();
    let count = |wanted: std::cmp::Ordering| {
        ballots.iter().filter(|ballot| score(ballot, first).cmp(&score(ballot, second)) == wanted).count() as u64
    };
    let preferences @ [for_first, for_second, _] =
        [count(std::cmp::Ordering::Greater), count(std::cmp::Ordering::Less), count(std::cmp::Ordering::Equal)];
    let total = |option: usize| totals.get(option).copied().unwrap_or_default();
    let winner = match for_first.cmp(&for_second).then(total(first).cmp(&total(second))) {
        std::cmp::Ordering::Greater => Some(first),
        std::cmp::Ordering::Less => Some(second),
        std::cmp::Ordering::Equal => None,
    };
    Star { by_score, finalists, preferences, winner }
}
