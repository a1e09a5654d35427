//! What weights do to a share: effective numbers of people, and the standard error of a weighted share.

/// Some people with their weights, as the three sums that everything here needs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// How many they are, 0 or more.
    pub people: f64,
    /// The sum of their weights.
    pub weight: f64,
    /// The sum of the squares of their weights.
    pub squares: f64,
}

impl Moments {
    /// Of people with these weights.
    pub fn of(weights: impl IntoIterator<Item = f64>) -> Self {
        weights.into_iter().fold(Self::default(), |sum, weight| Self {
            people: sum.people + 1.0,
            weight: sum.weight + weight,
            squares: sum.squares + weight * weight,
        })
    }

    /// Of both groups together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            people: self.people + other.people,
            weight: self.weight + other.weight,
            squares: self.squares + other.squares,
        }
    }

    /// Effective number of people: as many, of equal weight, would tell as much. From 0 (nobody) to `people` (equal
    /// weights). Source: Kish 1965 (Survey Sampling, section 11.7): (sum w)^2 / sum w^2.
    ///
    /// ```
    /// use canvass::analysis::weight::Moments;
    ///
    /// assert!((Moments::of([1.0, 1.0, 2.0]).effective_n() - 16.0 / 6.0).abs() < 1e-12);
    /// ```
    pub fn effective_n(self) -> f64 {
        // Rounding must not make equal weights tell more than there are people.
        if self.squares > 0.0 { (self.weight * self.weight / self.squares).min(self.people) } else { 0.0 }
    }

    /// Design effect of weighting: people over effective people, 1 (equal weights, or nobody) or more. Source: Kish
    /// 1965, as above.
    pub fn design_effect(self) -> f64 {
        let effective = self.effective_n();
        if effective > 0.0 { self.people / effective } else { 1.0 }
    }

    /// The weighted share of these among `all`, 0 to 1; 0 where all have no weight.
    pub fn share_of(self, all: Self) -> f64 {
        if all.weight > 0.0 { (self.weight / all.weight).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// Standard error of the weighted share p of `with` among `with` and `without`, 0 or above; 0 with fewer than two people.
///
/// Linearised (Taylor): the square root of n/(n-1) times the sum of z^2, z = w (y - p) / sum w. Source: Särndal, Swensson
/// and Wretman 1992 (Model Assisted Survey Sampling, section 5.7), for a ratio under sampling with replacement. It tells
/// what chance does to those who answered; for people who chose themselves it is no error of an estimate for all.
///
/// ```
/// use canvass::analysis::weight::{Moments, standard_error};
///
/// // Equal weights: the square root of p (1 - p) / (n - 1).
/// let se = standard_error(Moments::of([1.0; 3]), Moments::of([1.0; 7]));
/// assert!((se - (0.3_f64 * 0.7 / 9.0).sqrt()).abs() < 1e-12);
/// ```
pub fn standard_error(with: Moments, without: Moments) -> f64 {
    let all = with.and(without);
    if all.people < 2.0 || all.weight <= 0.0 {
        return 0.0;
    }
    (all.people / (all.people - 1.0) * variance(with, without)).sqrt()
}

/// The sum of z^2 alone.
pub(super) fn variance(with: Moments, without: Moments) -> f64 {
    let all = with.and(without);
    let share = with.share_of(all);
    ((1.0 - share).powi(2) * with.squares + share * share * without.squares) / (all.weight * all.weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_no_effective_people_and_no_error() {
        let nobody = Moments::default();
        assert!(nobody.effective_n() <= 0.0 && (nobody.design_effect() - 1.0).abs() < 1e-12);
        assert!(standard_error(nobody, nobody) <= 0.0);
        assert!(standard_error(Moments::of([1.0]), nobody) <= 0.0);
    }
}
