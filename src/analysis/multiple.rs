//! Correction of p-values for asking many questions at once.

/// Holm's adjusted p-values, in the order given: reject where one is at most alpha, and the chance of any false
/// rejection is at most alpha, however the tests depend on each other.
///
/// Each is at least the raw one and at most 1; equal p-values stay equal; no p-values give none.
/// Source: Holm 1979 (Scand J Stat 6:65): the running maximum of min(1, (m-i+1) p_(i)).
///
/// ```
/// use canvass::analysis::multiple::holm;
///
/// assert_eq!(holm(&[0.01, 0.5, 0.02]), [0.03, 0.5, 0.04]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut running: f64 = 0.0;
    let mut left = p.len();
    for (p, slot) in ascending(p, &mut adjusted) {
        running = running.max(p * left as f64).min(1.0);
        *slot = running;
        left -= 1;
    }
    adjusted
}

/// What Holm's procedure multiplies `this` by, as one of the p-values `p`: the number of them not below it.
///
/// From 1 for the largest to m for the smallest; the running maximum of [`holm`] comes on top.
///
/// ```
/// assert_eq!(canvass::analysis::multiple::holm_multiplier(&[0.01, 0.5, 0.02], 0.02), 2);
/// ```
pub fn holm_multiplier(p: &[f64], this: f64) -> usize {
    p.iter().filter(|other| **other >= this).count()
}

/// Benjamini and Hochberg's adjusted p-values, in the order given: reject where one is at most q, and at most the
/// share q of the rejections is false on average, for independent or positively dependent tests.
///
/// Each is at least the raw one and at most 1; no p-values give none. Source: Benjamini and Hochberg 1995 (J R
/// Stat Soc B 57:289): the running minimum, from the largest, of min(1, m p_(i) / i).
///
/// ```
/// use canvass::analysis::multiple::benjamini_hochberg;
///
/// assert_eq!(benjamini_hochberg(&[0.01, 0.5, 0.02]), [0.03, 0.5, 0.03]);
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    from_the_largest(p, |_, rank| p.len() as f64 / rank as f64)
}

/// Bonferroni's adjusted p-values: each times the number of them, at most 1. [`holm`] is never larger.
pub fn bonferroni(p: &[f64]) -> Vec<f64> {
    p.iter().map(|this| (this * p.len() as f64).min(1.0)).collect()
}

/// Hochberg's step-up adjusted p-values, in the order given; for independent or positively dependent tests never larger than
/// [`holm`]'s. Source: Hochberg 1988 (Biometrika 75:800): the running minimum, from the largest, of (m-i+1) p_(i).
pub fn hochberg(p: &[f64]) -> Vec<f64> {
    from_the_largest(p, |left, _| left as f64)
}

/// Benjamini and Yekutieli's adjusted p-values, in the order given: as [`benjamini_hochberg`] for tests that depend on each
/// other in any way. Source: Benjamini and Yekutieli 2001 (Ann Stat 29:1165, theorem 1.3): m (1 + 1/2 + .. + 1/m) p_(i) / i.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    let harmonic: f64 = (1..=p.len()).map(|i| 1.0 / i as f64).sum();
    from_the_largest(p, |_, rank| p.len() as f64 * harmonic / rank as f64)
}

/// P-value of "none of these hypotheses is false", 1 without any. Source: Simes 1986 (Biometrika 73:751): the smallest of
/// m p_(i) / i.
pub fn simes(p: &[f64]) -> f64 {
    benjamini_hochberg(p).into_iter().fold(1.0, f64::min)
}

/// The running minimum, from the largest p-value, of each times a factor of how many are not smaller and of its rank.
fn from_the_largest(p: &[f64], factor: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut adjusted = vec![1.0; p.len()];
    let mut running: f64 = 1.0;
    for (left, (this, slot)) in (1..).zip(ascending(p, &mut adjusted).into_iter().rev()) {
        running = running.min(this * factor(left, p.len() + 1 - left));
        *slot = running;
    }
    adjusted
}

/// Each p-value with the place of its adjusted one, the smallest first.
fn ascending<'a>(p: &[f64], adjusted: &'a mut [f64]) -> Vec<(f64, &'a mut f64)> {
    let mut pairs: Vec<_> = p.iter().copied().zip(adjusted).collect();
    pairs.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Benjamini and Hochberg 1995, section 3.2: 15 comparisons of two treatments for heart attacks. At 5 % the
    /// family-wise procedures reject three of them, the authors' own four.
    #[test]
    fn rejections_are_those_of_the_published_example() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let rejected = |adjusted: Vec<f64>| adjusted.iter().filter(|p| **p <= 0.05).count();
        assert_eq!(rejected(holm(&p)), 3);
        assert_eq!(rejected(benjamini_hochberg(&p)), 4);
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert!(holm(&[]).is_empty());
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
