//! Trimming: weights brought back within bounds, their total kept.

use std::ops::RangeInclusive;

/// Rounds after which what is left over is as small as rounding.
const MAX_ROUNDS: u32 = 1000;

/// The weights of groups of `people` alike, none beyond `bounds`; what is taken from or added to those beyond is spread
/// evenly over the people whose weight can still move that way.
///
/// Bounds are in the unit of the weights. The total stays, unless everybody stands at a bound: then it cannot. Source:
/// Potter 1990 (Proc Survey Res Methods, ASA, 225), with even spreading as `trimWeights(strict = TRUE)` of R's `survey`.
///
/// ```
/// let trimmed = canvass::analysis::weight::trim(&[1.0, 9.0], &[5.5, 0.5], &(0.3..=3.0));
/// assert!((trimmed[0] - 3.0).abs() < 1e-12 && (trimmed[1] - 7.0 / 9.0).abs() < 1e-12);
/// ```
pub fn trim(people: &[f64], weights: &[f64], bounds: &RangeInclusive<f64>) -> Vec<f64> {
    let (least, most) = (*bounds.start(), *bounds.end());
    let total = |weights: &[f64]| people.iter().zip(weights).map(|(people, weight)| people * weight).sum::<f64>();
    let aim = total(weights);
    let mut trimmed: Vec<f64> = weights.iter().map(|weight| weight.clamp(least, most)).collect();
    for _ in 0..MAX_ROUNDS {
        let left = aim - total(&trimmed);
        let can_move = |weight: f64| if left > 0.0 { weight < most } else { weight > least };
        let movable: f64 = people.iter().zip(&trimmed).filter(|(_, weight)| can_move(**weight)).map(|(n, _)| n).sum();
        if left.abs() <= 1e-14 * aim.abs() || movable <= 0.0 {
            break;
        }
        let step = left / movable;
        for weight in trimmed.iter_mut().filter(|weight| can_move(**weight)) {
            *weight = (*weight + step).clamp(least, most);
        }
    }
    trimmed
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn where_everybody_stands_at_a_bound_there_is_nothing_to_spread() {
        assert_eq!(trim(&[5.0, 5.0], &[10.0, 10.0], &(0.3..=3.0)), [3.0, 3.0]);
        assert_eq!(trim(&[], &[], &(0.3..=3.0)), Vec::<f64>::new());
        assert_eq!(trim(&[1.0, 1.0], &[1.0, 1.0], &(0.3..=3.0)), [1.0, 1.0]);
    }
}
