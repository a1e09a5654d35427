//! Intervals and exact one-sided tests for a share, from counts that need not be whole numbers.
//!
//! `k` counts those with the trait among `n`, both at least 0; under weights they are effective counts
//! (n = Kish's effective sample size, k = weighted share times n; Korn and Graubard 1998). `k` above `n` is read
//! as `n`. Where `n` is not above 0 nothing is known: intervals are \[0, 1\] and p-values 1.

use serde::Serialize;

use super::special::{beta_inv, beta_reg, normal_upper_quantile};

/// A figure and its interval at 95 % confidence, lower and upper end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// What it may truly be.
    pub interval: [f64; 2],
}

/// Two-sided Wilson interval of the share k/n at confidence 1 - `alpha`: lower and upper end, within \[0, 1\].
///
/// For display only: as a test it exceeds its error rate in small samples. Source: Wilson 1927 (J Am Stat Assoc
/// 22:209).
///
/// ```
/// // 81 of 263, Newcombe 1998 (Stat Med 17:857), table I, method 3.
/// let [low, high] = canvass::analysis::interval::wilson(81.0, 263.0, 0.05);
/// assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.2553".into(), "0.3662".into()));
/// ```
pub fn wilson(k: f64, n: f64, alpha: f64) -> [f64; 2] {
    let Some(k) = known(k, n) else {
        return [0.0, 1.0];
    };
    let share = k / n;
    let z = normal_upper_quantile(alpha / 2.0);
    let z2_n = z * z / n;
    let centre = (share + z2_n / 2.0) / (1.0 + z2_n);
    let half = (z2_n * (share * (1.0 - share) + z2_n / 4.0)).sqrt() / (1.0 + z2_n);
    // At k = 0 and k = n the ends are 0 and 1 exactly; rounding must not move them.
    let low = if k > 0.0 { centre - half } else { 0.0 };
    let high = if k < n { centre + half } else { 1.0 };
    [low.clamp(0.0, share), high.clamp(share, 1.0)]
}

/// Two-sided exact interval of the share k/n at confidence 1 - `alpha` or more: lower and upper end.
///
/// 0 is the lower end at `k` = 0, and 1 the upper end at `k` = `n`. Source: Clopper and Pearson 1934 (Biometrika
/// 26:404), by beta quantiles; for counts that are not whole, Korn and Graubard 1998 (Survey Methodology 24:193).
///
/// ```
/// // 10 of 10: the lower end is the tenth root of 0.025.
/// let [low, high] = canvass::analysis::interval::clopper_pearson(10.0, 10.0, 0.05);
/// assert!((low - 0.025_f64.powf(0.1)).abs() < 1e-12);
/// assert!((high - 1.0).abs() < 1e-12);
/// ```
pub fn clopper_pearson(k: f64, n: f64, alpha: f64) -> [f64; 2] {
    let Some(k) = known(k, n) else {
        return [0.0, 1.0];
    };
    [lower_bound(k, n, alpha / 2.0), 1.0 - lower_bound(n - k, n, alpha / 2.0)]
}

/// Exact one-sided p-value of "the share is at most `tau`" against "it exceeds `tau`":
/// `I_tau(k, n-k+1)`.
///
/// For whole counts it is the chance of `k` or more among `n` at share `tau`. 1 at `k` = 0. Source: Clopper and
/// Pearson 1934; the beta form holds for counts that are not whole (Korn and Graubard 1998).
///
/// ```
/// // Ten heads in ten throws of a fair coin.
/// let p = canvass::analysis::interval::p_exceeds(10.0, 10.0, 0.5);
/// assert!((p - 1.0 / 1024.0).abs() < 1e-15);
/// ```
pub fn p_exceeds(k: f64, n: f64, tau: f64) -> f64 {
    match known(k, n) {
        Some(k) if k > 0.0 => beta_reg(tau, k, n - k + 1.0),
        _ => 1.0,
    }
}

/// Exact one-sided p-value of "the share is at least `tau`" against "it falls below `tau`".
///
/// The mirror of [`p_exceeds`]: those without the trait exceed 1 - `tau`.
///
/// ```
/// let p = canvass::analysis::interval::p_below(0.0, 10.0, 0.5);
/// assert!((p - 1.0 / 1024.0).abs() < 1e-15);
/// ```
pub fn p_below(k: f64, n: f64, tau: f64) -> f64 {
    p_exceeds(n - k, n, 1.0 - tau)
}

/// One-sided exact lower bound of the share k/n at confidence 1 - `alpha`: the `alpha` quantile of
/// Beta(k, n-k+1); 0 at `k` = 0.
///
/// It is the share `tau` at which [`p_exceeds`] equals `alpha`. Source: as there.
///
/// ```
/// use canvass::analysis::interval::{lower_bound, p_exceeds};
///
/// let bound = lower_bound(52.0, 60.0, 0.05);
/// assert!((p_exceeds(52.0, 60.0, bound) - 0.05).abs() < 1e-12);
/// ```
pub fn lower_bound(k: f64, n: f64, alpha: f64) -> f64 {
    match known(k, n) {
        Some(k) if k > 0.0 => beta_inv(alpha, k, n - k + 1.0).min(k / n),
        _ => 0.0,
    }
}

/// Two-sided Jeffreys interval of the share k/n at confidence 1 - `alpha`: the middle of Beta(k + 1/2, n - k + 1/2).
///
/// Its lower end is above 0 at `k` = 0 and its upper end below 1 at `k` = `n`; who wants them there takes 0 and 1 instead.
/// Source: Brown, Cai and Dasgupta 2001 (Stat Sci 16:101, section 3.1.3).
pub fn jeffreys(k: f64, n: f64, alpha: f64) -> [f64; 2] {
    let Some(k) = known(k, n) else {
        return [0.0, 1.0];
    };
    let end = |p| beta_inv(p, k + 0.5, n - k + 0.5);
    [end(alpha / 2.0), end(1.0 - alpha / 2.0)]
}

/// Two-sided Agresti-Coull interval of the share k/n: the simple one of [`wald`] about Wilson's centre, within \[0, 1\].
///
/// Source: Agresti and Coull 1998 (Am Stat 52:119).
pub fn agresti_coull(k: f64, n: f64, alpha: f64) -> [f64; 2] {
    let Some(k) = known(k, n) else {
        return [0.0, 1.0];
    };
    let z2 = normal_upper_quantile(alpha / 2.0).powi(2);
    wald(k + z2 / 2.0, n + z2, alpha)
}

/// Two-sided simple interval of the share k/n, p -+ z sqrt(p (1-p) / n), within \[0, 1\]; of no width at `k` = 0 and `k` = `n`.
///
/// Far too narrow for small samples and shares near 0 or 1: it is here to be compared with. Source: Brown, Cai and Dasgupta
/// 2001 (Stat Sci 16:101, section 2).
pub fn wald(k: f64, n: f64, alpha: f64) -> [f64; 2] {
    let Some(k) = known(k, n) else {
        return [0.0, 1.0];
    };
    let share = k / n;
    let half = normal_upper_quantile(alpha / 2.0) * (share * (1.0 - share) / n).sqrt();
    [(share - half).max(0.0), (share + half).min(1.0)]
}

/// Statistic of the score test of "the share is `tau`": k/n less `tau` in standard errors under `tau`.
///
/// 0 where there are no answers. It exceeds its error rate in small samples: verdicts rest on [`p_exceeds`]. Source: Wilson
/// 1927 (J Am Stat Assoc 22:209).
pub fn score_z(k: f64, n: f64, tau: f64) -> f64 {
    let error = (tau * (1.0 - tau) / n).sqrt();
    known(k, n).filter(|_| error > 0.0).map_or(0.0, |k| (k / n - tau) / error)
}

/// Two-sided interval of the difference k1/n1 - k2/n2 of two independent shares at confidence 1 - `alpha`, within \[-1, 1\].
///
/// Where a side has no answers, its share is taken to be anything. Source: Newcombe 1998 (Stat Med 17:873), method 10, the
/// hybrid score interval without continuity correction.
pub fn newcombe((k1, n1): (f64, f64), (k2, n2): (f64, f64), alpha: f64) -> [f64; 2] {
    let (Some(first), Some(second)) = (known(k1, n1), known(k2, n2)) else {
        return [-1.0, 1.0];
    };
    let (first, second) = (first / n1, second / n2);
    let ([low1, high1], [low2, high2]) = (wilson(k1, n1, alpha), wilson(k2, n2, alpha));
    let difference = first - second;
    [difference - (first - low1).hypot(high2 - second), difference + (high1 - first).hypot(second - low2)]
}

/// Two-sided interval of the difference p2 - p1 of two shares of the same people at confidence 1 - `alpha`, within \[-1, 1\].
///
/// From how many said yes both times, only the first time, only the second time, and neither time. \[-1, 1\] without people.
/// Source: Newcombe 1998 (Stat Med 17:2635), method 10: Wilson's intervals joined by the correlation of the two answers,
/// which is corrected for continuity and 0 where everybody or nobody said yes at one of the times.
///
/// ```
/// // Cavo et al. 2012, complete response of 161 patients, as R's contingencytables 3.1 has it (Newcombe_square_and_add_CI_paired_2x2,
/// // first less second): -0.0621, 95 % interval -0.1186 to -0.0046.
/// let [low, high] = canvass::analysis::interval::newcombe_paired([59, 6, 16, 80], 0.05);
/// assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.0046".into(), "0.1186".into()));
/// ```
pub fn newcombe_paired([both, first, second, neither]: [u64; 4], alpha: f64) -> [f64; 2] {
    let [both, first, second, neither] = [both, first, second, neither].map(|count| count as f64);
    let n = both + first + second + neither;
    let (before, after) = (both + first, both + second);
    if n <= 0.0 {
        return [-1.0, 1.0];
    }
    let (p1, p2) = (before / n, after / n);
    let ([low1, high1], [low2, high2]) = (wilson(before, n, alpha), wilson(after, n, alpha));
    let margins = before * (n - before) * after * (n - after);
    let product = both * neither - first * second;
    let corrected = if product > 0.0 { (product - n / 2.0).max(0.0) } else { product };
    let phi = if margins > 0.0 { corrected / margins.sqrt() } else { 0.0 };
    let reach = |a: f64, b: f64| (a * a - 2.0 * phi * a * b + b * b).max(0.0).sqrt();
    let difference = p2 - p1;
    [(difference - reach(p2 - low2, high1 - p1)).max(-1.0), (difference + reach(high2 - p2, p1 - low1)).min(1.0)]
}

/// The difference p2 - p1 at one mix of groups, and its two-sided interval at confidence 1 - `alpha`, within \[-1, 1\].
///
/// Each stratum is (k1, n1), (k2, n2) and its weight; the weights add up to 1 and are taken as known. None where a stratum that
/// weighs something has nobody on a side, or there is none. With one stratum it is [`newcombe`]'s interval. Source: direct
/// standardisation; Yan and Su 2010 (Stat Biopharm Res 2:329), stratified Newcombe intervals without continuity correction.
pub fn newcombe_stratified(strata: &[([f64; 2], [f64; 2], f64)], alpha: f64) -> Option<(f64, [f64; 2])> {
    let there = || strata.iter().filter(|(_, _, weight)| *weight > 0.0);
    if there().any(|([_, n1], [_, n2], _)| *n1 <= 0.0 || *n2 <= 0.0) || there().next().is_none() {
        return None;
    }
    let z = normal_upper_quantile(alpha / 2.0);
    let first: Vec<(f64, f64, f64)> = there().map(|([k, n], _, weight)| (k / n, *n, *weight)).collect();
    let second: Vec<(f64, f64, f64)> = there().map(|(_, [k, n], weight)| (k / n, *n, *weight)).collect();
    let share = |side: &[(f64, f64, f64)]| side.iter().map(|(p, _, weight)| weight * p).sum::<f64>();
    let lambda = |side: &[(f64, f64, f64)]| side.iter().map(|(_, n, weight)| weight * weight / n).sum::<f64>();
    let variance = |side: &[(f64, f64, f64)], end: f64| lambda(side) * end * (1.0 - end);
    let ([low1, high1], [low2, high2]) = (stratified_wilson(&first, z), stratified_wilson(&second, z));
    let difference = share(&second) - share(&first);
    let below = z * (variance(&second, low2) + variance(&first, high1)).sqrt();
    let above = z * (variance(&first, low1) + variance(&second, high2)).sqrt();
    Some((difference, [(difference - below).max(-1.0), (difference + above).min(1.0)]))
}

/// Wilson's interval of a weighted sum of shares, from (share, people, weight) of each stratum (Yan and Su 2010, section 2).
fn stratified_wilson(strata: &[(f64, f64, f64)], z: f64) -> [f64; 2] {
    // Where all shares are 0 or 1 the quantile has no value; the one that it nears as they come there together is taken.
    let flat = strata.iter().all(|(p, ..)| *p <= 0.0 || *p >= 1.0);
    let spread = |(p, n, weight): &(f64, f64, f64)| weight * weight * if flat { 1.0 } else { p * (1.0 - p) } / n;
    let all: f64 = strata.iter().map(spread).sum();
    let z = z * all.sqrt() / strata.iter().map(|stratum| spread(stratum).sqrt()).sum::<f64>();
    let end = |side: f64| {
        let of = |(p, n, weight): &(f64, f64, f64)| {
            let z2_n = z * z / n;
            let half = (z2_n * (p * (1.0 - p) + z2_n / 4.0)).sqrt();
            weight * (p + z2_n / 2.0 + side * half) / (1.0 + z2_n)
        };
        strata.iter().map(of).sum::<f64>().clamp(0.0, 1.0)
    };
    [end(-1.0), end(1.0)]
}

/// Two-sided normal interval at 95 % of a mean, from how many values there are, their sum and the sum of their squares.
///
/// Of no width for one value; not a number without any. For large samples: the central limit theorem.
pub fn mean_interval(n: f64, sum: f64, squares: f64) -> [f64; 2] {
    let mean = sum / n;
    let spread = (squares - sum * mean).max(0.0) / (n - 1.0).max(1.0);
    let half = normal_upper_quantile(0.025) * (spread / n).sqrt();
    [mean - half, mean + half]
}

/// `k` brought within 0..=n, or nothing where the counts say nothing.
fn known(k: f64, n: f64) -> Option<f64> {
    (n > 0.0 && !k.is_nan()).then(|| k.clamp(0.0, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(found: [f64; 2], expected: [f64; 2]) {
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 5e-5, "{found} is not {expected}");
        }
    }

    /// Newcombe 1998 (Stat Med 17:857), table I, methods 3 (score) and 5 (exact), to four decimals.
    #[test]
    fn intervals_are_those_newcombe_published() {
        for (k, n, score, exact) in [
            (81.0, 263.0, [0.2553, 0.3662], [0.2527, 0.3676]),
            (15.0, 148.0, [0.0624, 0.1605], [0.0578, 0.1617]),
            (0.0, 20.0, [0.0, 0.1611], [0.0, 0.1684]),
            (1.0, 29.0, [0.0061, 0.1718], [0.0009, 0.1776]),
        ] {
            same(wilson(k, n, 0.05), score);
            same(clopper_pearson(k, n, 0.05), exact);
        }
    }

    /// Fisher 1935, The Design of Experiments: the sign test on Darwin's 15 pairs, 13 of them positive: 121 of
    /// the 32,768 outcomes are as extreme on that side.
    #[test]
    fn exact_p_counts_the_outcomes_as_extreme() {
        assert!((p_exceeds(13.0, 15.0, 0.5) - 121.0 / 32768.0).abs() < 1e-15);
        assert!((p_below(2.0, 15.0, 0.5) - 121.0 / 32768.0).abs() < 1e-15);
    }

    #[test]
    fn without_answers_nothing_is_known() {
        same(wilson(0.0, 0.0, 0.05), [0.0, 1.0]);
        same(clopper_pearson(0.0, 0.0, 0.05), [0.0, 1.0]);
        assert!(p_exceeds(0.0, 0.0, 0.5) >= 1.0);
        assert!(lower_bound(0.0, 0.0, 0.05) <= 0.0);
    }
}
