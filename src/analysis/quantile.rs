//! Quantiles by linear interpolation of the order statistics (Hyndman and Fan 1996, type 7, as R and `NumPy` do).

/// The quantile `p`, 0 to 1, of sorted values; not a number without any.
///
/// ```
/// use canvass::analysis::quantile::quantile;
///
/// assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.25), 1.75);
/// ```
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = |index: usize| sorted.get(index).or(sorted.last()).copied().unwrap_or(f64::NAN);
    between(sorted.len(), p, at)
}

/// The quantile `p`, 0 to 1, of answers on a scale, from how many gave each step; steps are numbered from 1. None without any.
///
/// ```
/// use canvass::analysis::quantile::of_counts;
///
/// assert_eq!(of_counts(&[1, 1, 1, 1], 0.25), Some(1.75));
/// ```
pub fn of_counts(counts: &[u64], p: f64) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    let at = |index: usize| {
        let mut below = 0;
        let step = counts.iter().position(|count| {
            below += count;
            (index as u64) < below
        });
        step.map_or(counts.iter().rposition(|count| *count > 0).unwrap_or_default() + 1, |step| step + 1) as f64
    };
    (n > 0).then(|| between(usize::try_from(n).unwrap_or(usize::MAX), p, at))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the sorted values")]
fn between(n: usize, p: f64, at: impl Fn(usize) -> f64) -> f64 {
    let place = p.clamp(0.0, 1.0) * n.saturating_sub(1) as f64;
    let low = at(place.floor() as usize);
    low + (at(place.floor() as usize + 1) - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::{of_counts, quantile};

    #[test]
    fn quantiles_of_counts_are_those_of_the_answers_one_by_one() {
        let counts = [3, 0, 5, 1, 0, 2, 0];
        let answers: Vec<f64> =
            (1..).zip(counts).flat_map(|(step, count)| std::iter::repeat_n(f64::from(step), count)).collect();
        let counts = counts.map(|count| count as u64);
        for percent in 0..=100 {
            let p = f64::from(percent) / 100.0;
            let found = of_counts(&counts, p).unwrap();
            assert!((found - quantile(&answers, p)).abs() < 1e-12, "{p}: {found}");
        }
        assert_eq!(of_counts(&[0, 0], 0.5), None);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
