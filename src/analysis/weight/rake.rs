//! Raking: weights under which the sample has the population's shares in several questions at once.

use std::ops::RangeInclusive;

use super::trim::trim;

/// Most rounds over all margins.
const MAX_ROUNDS: u32 = 100;
/// Largest relative error of a margin with which weights count as raked.
const TOLERANCE: f64 = 1e-6;
/// Error at which another round brings nothing.
const SETTLED: f64 = 1e-12;
/// Most times that trimmed weights are raked again.
const MAX_TRIMS: u32 = 50;

/// Respondents who are alike in all that is raked.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// How many they are, above 0.
    pub people: f64,
    /// The weight of each before raking, above 0.
    pub weight: f64,
    /// For each margin the number of their category; `None` where it is not known or has no target.
    pub categories: Vec<Option<usize>>,
}

/// Weights that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Raked {
    /// The weight of each person, by profile; their total is that of the weights before raking.
    pub weights: Vec<f64>,
    /// Rounds over all margins.
    pub rounds: u32,
    /// Largest relative error of a category's weighted share, 0 or above.
    pub margin_error: f64,
    /// True where weights were brought back to the bounds.
    pub trimmed: bool,
}

/// Why there are no weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CannotRake {
    /// There is nobody to weight, or nothing to weight to.
    Nothing,
    /// Nobody is in a category that has a share in the population.
    EmptyCategory {
        /// The margin's number.
        margin: usize,
        /// The category's number.
        category: usize,
    },
    /// After 100 rounds the margins still contradict each other among those who answered.
    NotSettled {
        /// Largest relative error that was left.
        margin_error: f64,
    },
}

/// Weights under which each margin's categories have the shares of `targets`.
///
/// `targets` has for each margin the categories' shares of the population in any unit, counts or shares; a category
/// whose target is 0 leaves its people as they are. People whose category is not known keep their weight in that
/// margin: it is brought about among those who are known. The order of the profiles changes nothing but rounding.
/// Source: Deming and Stephan 1940 (Ann Math Stat 11:427), iterative proportional fitting: each weight is multiplied
/// by target over weighted share, margin by margin, until the largest relative error is below 1e-6, at most 100 rounds.
///
/// ```
/// use canvass::analysis::weight::{Profile, rake};
///
/// let people = |people, category| Profile { people, weight: 1.0, categories: vec![Some(category)] };
/// let raked = rake(&[people(30.0, 0), people(70.0, 1)], &[vec![0.5, 0.5]]).unwrap();
/// assert!((raked.weights[0] - 50.0 / 30.0).abs() < 1e-12);
/// ```
pub fn rake(profiles: &[Profile], targets: &[Vec<f64>]) -> Result<Raked, CannotRake> {
    let weights: Vec<f64> = profiles.iter().map(|profile| profile.weight).collect();
    adjust(profiles, targets, weights)
}

/// The same with every weight within `bounds`, given as multiples of the mean weight such as `0.3..=3.0`.
///
/// Weights beyond them are brought back ([`trim`]) and all are raked again, until both hold; where that does not come
/// about within 50 times, the bounds hold and `margin_error` says how far the margins are off.
pub fn rake_within(
    profiles: &[Profile],
    targets: &[Vec<f64>],
    bounds: &RangeInclusive<f64>,
) -> Result<Raked, CannotRake> {
    let mut raked = rake(profiles, targets)?;
    let people: Vec<f64> = profiles.iter().map(|profile| profile.people).collect();
    let total: f64 = profiles.iter().zip(&raked.weights).map(|(profile, weight)| profile.people * weight).sum();
    let mean = total / people.iter().sum::<f64>();
    let bounds = bounds.start() * mean..=bounds.end() * mean;
    let slack = 1e-9 * mean;
    for _ in 0..MAX_TRIMS {
        let is_within = |weight: &f64| *weight >= bounds.start() - slack && *weight <= bounds.end() + slack;
        if raked.weights.iter().all(is_within) {
            break;
        }
        let weights = trim(&people, &raked.weights, &bounds);
        let margin_error = worst(profiles, targets, &weights);
        raked = Raked { margin_error, trimmed: true, weights, ..raked };
        if margin_error < TOLERANCE {
            break;
        }
        match adjust(profiles, targets, raked.weights.clone()) {
            Ok(next) => raked = Raked { rounds: raked.rounds + next.rounds, trimmed: true, ..next },
            Err(_) => break,
        }
    }
    if raked.trimmed {
        raked.weights = trim(&people, &raked.weights, &bounds);
        raked.margin_error = worst(profiles, targets, &raked.weights);
    }
    Ok(raked)
}

fn adjust(profiles: &[Profile], targets: &[Vec<f64>], mut weights: Vec<f64>) -> Result<Raked, CannotRake> {
    if profiles.is_empty() || targets.is_empty() {
        return Err(CannotRake::Nothing);
    }
    for (margin, target) in targets.iter().enumerate() {
        let sums = weighted(profiles, &weights, margin, target);
        if let Some(category) = sums.iter().zip(target).position(|(sum, target)| *target > 0.0 && *sum <= 0.0) {
            return Err(CannotRake::EmptyCategory { margin, category });
        }
    }
    let mut rounds = 0;
    let mut margin_error = worst(profiles, targets, &weights);
    while margin_error > SETTLED && rounds < MAX_ROUNDS {
        rounds += 1;
        for (margin, target) in targets.iter().enumerate() {
            let factors = factors(&weighted(profiles, &weights, margin, target), target);
            for (profile, weight) in profiles.iter().zip(&mut weights) {
                let category = profile.categories.get(margin).copied().flatten();
                *weight *= category.and_then(|category| factors.get(category)).copied().unwrap_or(1.0);
            }
        }
        margin_error = worst(profiles, targets, &weights);
    }
    if margin_error < TOLERANCE {
        Ok(Raked { weights, rounds, margin_error, trimmed: false })
    } else {
        Err(CannotRake::NotSettled { margin_error })
    }
}

/// The weight in each category of a margin.
fn weighted(profiles: &[Profile], weights: &[f64], margin: usize, target: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; target.len()];
    for (profile, weight) in profiles.iter().zip(weights) {
        let category = profile.categories.get(margin).copied().flatten();
        if let Some(sum) = category.and_then(|category| sums.get_mut(category)) {
            *sum += profile.people * weight;
        }
    }
    sums
}

/// What brings each category with a target to its share of all such categories.
fn factors(sums: &[f64], target: &[f64]) -> Vec<f64> {
    let has_target = |(_, target): &(&f64, &f64)| **target > 0.0;
    let known: f64 = sums.iter().zip(target).filter(has_target).map(|(sum, _)| sum).sum();
    let whole: f64 = target.iter().sum();
    let factor = |(sum, target): (&f64, &f64)| {
        if *target > 0.0 && *sum > 0.0 { target / whole * known / sum } else { 1.0 }
    };
    sums.iter().zip(target).map(factor).collect()
}

/// Largest relative error over all categories with a target.
fn worst(profiles: &[Profile], targets: &[Vec<f64>], weights: &[f64]) -> f64 {
    let errors = targets.iter().enumerate().flat_map(|(margin, target)| {
        factors(&weighted(profiles, weights, margin, target), target)
            .into_iter()
            .map(|factor| (1.0 / factor - 1.0).abs())
    });
    errors.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(counts: [[f64; 2]; 2]) -> Vec<Profile> {
        let cells = counts.into_iter().enumerate().flat_map(|(row, counts)| {
            counts.into_iter().enumerate().map(move |(column, people)| (row, column, people))
        });
        cells
            .filter(|(.., people)| *people > 0.0)
            .map(|(row, column, people)| Profile { people, weight: 1.0, categories: vec![Some(row), Some(column)] })
            .collect()
    }

    #[test]
    fn an_empty_category_is_named_and_a_contradiction_is_not_settled() {
        let nobody = rake(&table([[10.0, 10.0], [0.0, 0.0]]), &[vec![0.5, 0.5], vec![0.5, 0.5]]);
        assert_eq!(nobody, Err(CannotRake::EmptyCategory { margin: 0, category: 1 }));
        // The answers to both questions are the same, the population's are not.
        let contradiction = rake(&table([[10.0, 0.0], [0.0, 10.0]]), &[vec![0.5, 0.5], vec![0.8, 0.2]]);
        assert!(matches!(contradiction, Err(CannotRake::NotSettled { .. })), "{contradiction:?}");
        assert_eq!(rake(&[], &[vec![1.0]]), Err(CannotRake::Nothing));
    }

    #[test]
    fn whoever_left_the_question_keeps_their_weight() {
        let profile = |people, category| Profile { people, weight: 1.0, categories: vec![category] };
        let raked = rake(&[profile(20.0, Some(0)), profile(20.0, Some(1)), profile(10.0, None)], &[vec![0.75, 0.25]]);
        let weights = raked.unwrap().weights;
        for (found, expected) in weights.iter().zip([1.5, 0.5, 1.0]) {
            assert!((found - expected).abs() < 1e-12, "{weights:?}");
        }
    }

    #[test]
    fn bounds_hold_and_what_they_leave_of_the_margins_is_said() {
        let profiles = table([[2.0, 40.0], [38.0, 20.0]]);
        let targets = [vec![0.5, 0.5], vec![0.7, 0.3]];
        let free = rake(&profiles, &targets).unwrap();
        assert!(free.weights.iter().any(|weight| *weight > 3.0), "{free:?}");
        let within = rake_within(&profiles, &targets, &(0.3..=3.0)).unwrap();
        assert!(within.trimmed && within.margin_error > 0.01, "{within:?}");
        assert!(within.weights.iter().all(|weight| (0.3 - 1e-9..=3.0 + 1e-9).contains(weight)), "{within:?}");
        let total: f64 = profiles.iter().zip(&within.weights).map(|(profile, weight)| profile.people * weight).sum();
        assert!((total - 100.0).abs() < 1e-9);
        let wide = rake_within(&profiles, &targets, &(0.0..=100.0)).unwrap();
        assert_eq!(wide, free);
    }
}
