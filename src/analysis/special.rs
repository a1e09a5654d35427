//! The special functions behind the tests: incomplete beta, its inverse, and the chi-square and normal distributions.

use std::f64::consts::{SQRT_2, TAU};

use statrs::function::erf::erfc_inv;
use statrs::function::gamma::{checked_gamma_ur, ln_gamma};

/// The regularised incomplete beta function `I_x(a, b)`, between 0 and 1, for `a` and `b` above 0.
///
/// The relative error stays below 1e-11 for tails down to the smallest `f64`, and for `a + b` up to ten million.
/// 0 at `x <= 0` and 1 at `x >= 1`. The cost grows with the square root of `a + b`.
///
/// Source: continued fraction of DLMF (2010) 8.17.22, evaluated by Lentz's method (Press et al., Numerical
/// Recipes, 2007, section 6.4); the factor before it by Loader's saddle-point form (Loader 2000, "Fast and
/// accurate computation of binomial probabilities"), as a difference of log-gammas loses digits where `a + b`
/// is large, and statrs stops after 140 terms.
///
/// ```
/// // One head or more in two throws of a fair coin: I_0.5(1, 2) = 3/4.
/// assert!((canvass::analysis::special::beta_reg(0.5, 1.0, 2.0) - 0.75).abs() < 1e-14);
/// ```
pub fn beta_reg(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let density = beta_kernel(x, a, b);
    if x < (a + 1.0) / (a + b + 2.0) {
        density * beta_fraction(x, a, b) / a
    } else {
        1.0 - density * beta_fraction(1.0 - x, b, a) / b
    }
}

/// The `x` with `I_x(a, b) = p`, for `a` and `b` above 0: the quantile of a beta distribution.
///
/// 0 at `p <= 0` and 1 at `p >= 1`. Source: Newton's method on [`beta_reg`], kept inside a shrinking bracket and
/// replaced by bisection where it leaves it (Press et al. 2007, section 9.4).
///
/// ```
/// // The square root of one half: I_x(2, 1) is x squared.
/// assert!((canvass::analysis::special::beta_inv(0.5, 2.0, 1.0) - 0.5_f64.sqrt()).abs() < 1e-14);
/// ```
pub fn beta_inv(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = a / (a + b);
    for _ in 0..MAX_ROUNDS {
        let excess = beta_reg(x, a, b) - p;
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - excess * x * (1.0 - x) / beta_kernel(x, a, b);
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        let settled = (next - x).abs() <= f64::EPSILON * x;
        x = next;
        if settled {
            break;
        }
    }
    x
}

/// Chance that a chi-square variable with `df` degrees of freedom exceeds `statistic`: between 0 and 1.
///
/// 1 where the statistic or `df` is not above 0. Source: Q(df/2, statistic/2), the upper regularised incomplete
/// gamma function (DLMF 8.2.4), from statrs.
///
/// ```
/// // 3.841 is the tabled 5 % point at one degree of freedom.
/// assert!((canvass::analysis::special::chi_square_sf(3.841, 1) - 0.05).abs() < 1e-4);
/// ```
pub fn chi_square_sf(statistic: f64, df: u32) -> f64 {
    if statistic > 0.0 && df > 0 { checked_gamma_ur(f64::from(df) / 2.0, statistic / 2.0).unwrap_or(0.0) } else { 1.0 }
}

/// The same where `df` need not be a whole number.
pub fn chi_square_sf_real(statistic: f64, df: f64) -> f64 {
    if statistic > 0.0 && df > 0.0 { checked_gamma_ur(df / 2.0, statistic / 2.0).unwrap_or(0.0) } else { 1.0 }
}

/// Chance that a standard normal variable exceeds `z`: between 0 and 1.
///
/// Source: half of [`chi_square_sf`] of its square (DLMF 7.11.2); statrs's `erfc` is good to ten digits only.
pub fn normal_sf(z: f64) -> f64 {
    let tail = chi_square_sf(z * z, 1) / 2.0;
    if z < 0.0 { 1.0 - tail } else { tail }
}

/// The `z` that a standard normal variable exceeds with chance `p`, 0 < `p` < 1: 1.96 at `p` = 0.025.
pub fn normal_upper_quantile(p: f64) -> f64 {
    SQRT_2 * erfc_inv(2.0 * p)
}

/// Rounds after which an iteration is taken as settled; none needs near as many.
const MAX_ROUNDS: u32 = 200;

/// Terms of the continued fraction; about the square root of `a + b` are needed.
const MAX_TERMS: u32 = 100_000;

/// x^a (1-x)^b / B(a, b): the beta density times x (1-x).
fn beta_kernel(x: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let exponent =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * (1.0 - x));
    (a * b / (n * TAU)).sqrt() * exponent.exp()
}

/// ln(z!) less Stirling's approximation of it (Loader 2000, equation 3).
fn stirling_error(z: f64) -> f64 {
    if z > 15.0 {
        let s = 1.0 / (z * z);
        (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / z
    } else {
        ln_gamma(z + 1.0) - (z + 0.5) * z.ln() + z - TAU.ln() / 2.0
    }
}

/// x ln(x/m) + m - x, by its series where the terms would cancel (Loader 2000, equation 5).
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    for j in 1..MAX_ROUNDS {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// The continued fraction of the incomplete beta function, by the modified Lentz method.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let mut above = 1.0;
    let mut below = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = below;
    for m in 1..MAX_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for step in [even, odd] {
            below = 1.0 / away_from_zero(1.0 + step * below);
            above = away_from_zero(1.0 + step / above);
            change = above * below;
            fraction *= change;
        }
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The number itself, or one so small that dividing by it neither fails nor matters.
fn away_from_zero(number: f64) -> f64 {
    const TINY: f64 = f64::MIN_POSITIVE / f64::EPSILON;
    if number.abs() < TINY { TINY } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        let error = (found - expected).abs() / expected.abs();
        assert!(error <= relative, "{found:e} is not {expected:e}: {error:e}");
    }

    /// Values from mpmath 1.3 (`betainc(.., regularized=True)` at 40 digits).
    #[test]
    fn incomplete_beta_keeps_its_digits_in_the_far_tail() {
        for (x, a, b, expected) in [
            (0.5, 934.0, 128.0, 1.106_240_509_955_562e-152),
            (0.7, 934.0, 128.0, 2.844_804_829_026_560_1e-44),
            (0.5, 52.0, 9.0, 2.602_845_736_686_399e-9),
            (0.7, 812.0, 250.0, 1.219_317_879_772_556_6e-6),
            (0.5, 27.5, 3.25, 9.261_957_156_842_001e-7),
            (0.3, 1.0, 0.5, 0.163_339_973_465_924_45),
            (1e-6, 0.5, 4.5, 0.002_328_206_736_987_687),
            (0.5, 5_005_000.0, 4_995_001.0, 0.000_783_550_952_847_699_2),
            (0.7, 7_001_000.0, 2_999_001.0, 0.245_192_563_741_357_6),
        ] {
            close(beta_reg(x, a, b), expected, 1e-11);
        }
    }

    #[test]
    fn inverse_beta_undoes_the_beta() {
        for (a, b) in [(0.3, 5.0), (1.0, 100.0), (934.0, 128.0), (27.5, 3.25), (700_001.0, 300_000.0)] {
            for p in [1e-12, 0.025, 0.05, 0.5, 0.95, 0.999] {
                close(beta_reg(beta_inv(p, a, b), a, b), p, 1e-9);
            }
        }
    }

    /// Abramowitz and Stegun (1964), table 26.1: the 97.5 % and 99.5 % points of the normal distribution.
    #[test]
    fn normal_quantiles_are_the_tabled_ones() {
        close(normal_upper_quantile(0.025), 1.959_963_984_540_054, 1e-14);
        close(normal_upper_quantile(0.005), 2.575_829_303_548_901, 1e-14);
        close(normal_sf(1.959_963_984_540_054), 0.025, 1e-14);
    }

    /// Abramowitz and Stegun (1964), table 26.8, and mpmath 1.3 for the far tail.
    #[test]
    fn chi_square_tail_is_the_tabled_one() {
        close(chi_square_sf(14.067, 7), 0.05, 1e-4);
        close(chi_square_sf(134.075_439_536_667_55, 7), 8.838_185_637_435_153e-26, 1e-12);
        close(chi_square_sf(0.0, 7), 1.0, 0.0);
        close(chi_square_sf(5.0, 0), 1.0, 0.0);
    }
}
