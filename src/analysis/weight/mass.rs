//! The weights of a dataset's people, and sums of them that are the same in any order.

use super::Moments;

/// One, as weights are stored.
const ONE: f64 = 4_294_967_296.0;
/// Weights above this are kept at it, so that sums of squares never overflow.
const MOST: f64 = 1e6;

/// A weight for each respondent, in the order of the dataset, the mean being 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    stored: Vec<u64>,
    /// Everybody.
    pub all: Moments,
    /// The smallest weight.
    pub least: f64,
    /// The largest weight.
    pub most: f64,
    /// True where weights were brought back to the bounds of the decision rule.
    pub trimmed: bool,
    /// Rounds of raking.
    pub rounds: u32,
    /// Largest relative error of a margin that is left, 0 or above.
    pub margin_error: f64,
}

impl Weights {
    /// Of people with these weights.
    pub(super) fn new(weights: impl IntoIterator<Item = f64>, raked: &super::Raked) -> Self {
        let stored: Vec<u64> = weights.into_iter().map(store).collect();
        let mut all = Mass::default();
        for weight in &stored {
            all.add(*weight);
        }
        let extreme = |weight: Option<&u64>| weight.map_or(1.0, |weight| *weight as f64 / ONE);
        Self {
            all: all.moments(),
            least: extreme(stored.iter().min()),
            most: extreme(stored.iter().max()),
            trimmed: raked.trimmed,
            rounds: raked.rounds,
            margin_error: raked.margin_error,
            stored,
        }
    }

    /// The weights of some of the people, each as it is among all.
    pub(super) fn of_part(&self, is_in: &[bool]) -> Self {
        let stored: Vec<u64> =
            self.stored.iter().zip(is_in).filter(|(_, is_in)| **is_in).map(|(weight, _)| *weight).collect();
        let mut all = Mass::default();
        for weight in &stored {
            all.add(*weight);
        }
        Self { all: all.moments(), stored, ..self.clone() }
    }

    /// The stored weight of a respondent, by their place in the dataset, for [`Mass::add`].
    pub fn stored(&self, person: usize) -> u64 {
        self.stored.get(person).copied().unwrap_or_default()
    }

    /// The weight of a respondent, by their place in the dataset.
    pub fn of(&self, person: usize) -> f64 {
        self.stored(person) as f64 / ONE
    }
}

/// People with the exact sums of their weights and of the weights' squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mass {
    /// How many they are.
    pub people: u64,
    weight: u128,
    squares: u128,
}

impl Mass {
    /// One person more, of this stored weight.
    pub fn add(&mut self, stored: u64) {
        let stored = u128::from(stored);
        self.people += 1;
        self.weight += stored;
        self.squares += stored * stored;
    }

    /// Both groups together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            people: self.people + other.people,
            weight: self.weight + other.weight,
            squares: self.squares + other.squares,
        }
    }

    /// The sums as numbers.
    pub fn moments(self) -> Moments {
        Moments {
            people: self.people as f64,
            weight: self.weight as f64 / ONE,
            squares: self.squares as f64 / (ONE * ONE),
        }
    }
}

/// A sum of stored weights as a number.
pub(super) fn unstored(sum: u128) -> f64 {
    sum as f64 / ONE
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number between 0 and 2^52")]
fn store(weight: f64) -> u64 {
    (weight.clamp(0.0, MOST) * ONE).round() as u64
}
