//! Intervals of a share and exact tests of it (`analysis::interval`), against statsmodels and scipy.

use super::{Damage, Place};
use crate::analysis::interval::{
    agresti_coull, clopper_pearson, jeffreys, lower_bound, p_exceeds, score_z, wald, wilson,
};
use crate::analysis::special::normal_sf;

/// `cases` (`k` of `n`, two-sided), `one_sided` tests, and `korn_graubard_noninteger` counts.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    for case in vector.at("cases")?.each()? {
        let [k, n, alpha] = numbers(&case, ["k", "n", "alpha_two_sided"])?;
        case.at("wilson")?.are(&wilson(k, n, alpha))?;
        case.at("clopper_pearson")?.are(&clopper_pearson(k, n, alpha))?;
        case.at("jeffreys")?.are(&jeffreys(k, n, alpha))?;
        case.at("agresti_coull")?.are(&agresti_coull(k, n, alpha))?;
        case.at("normal")?.are(&wald(k, n, alpha))?;
    }
    for case in vector.at("one_sided")?.each()? {
        let [k, n, tau] = numbers(&case, ["k", "n", "tau"])?;
        case.at("p_exact_greater")?.is_in_tail(p_exceeds(k, n, tau))?;
        case.at("cp_lower_one_sided_05")?.is_in_tail(lower_bound(k, n, 0.05))?;
        let z = score_z(k, n, tau);
        case.at("z_score")?.is_in_tail(z)?;
        case.at("p_score_greater")?.is_in_tail(normal_sf(z))?;
    }
    for case in vector.at("korn_graubard_noninteger")?.each()? {
        let [share, n] = numbers(&case, ["p_hat", "n_eff"])?;
        let k = share * n;
        case.at("kg_lower_05")?.is_in_tail(lower_bound(k, n, 0.05))?;
        case.at("kg_upper_05")?.is_in_tail(1.0 - lower_bound(n - k, n, 0.05))?;
        case.at("p_value_tau_0.5")?.is_in_tail(p_exceeds(k, n, 0.5))?;
    }
    Ok(())
}

/// Several numbers that are input.
pub(super) fn numbers<const N: usize>(case: &Place<'_>, names: [&str; N]) -> Result<[f64; N], Damage> {
    let mut numbers = [0.0; N];
    for (number, name) in numbers.iter_mut().zip(names) {
        *number = case.at(name)?.read()?;
    }
    Ok(numbers)
}
