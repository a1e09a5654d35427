//! Intervals by resampling (`analysis::choice::bootstrap`), against scipy: chance differs, so that the tolerance is wide.

use super::{Damage, Place};
use crate::analysis::choice::bootstrap::bootstrap;

/// The share of `ones` among `n`.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let data = vector.at("data")?;
    let (ones, n): (usize, usize) = (data.at("ones")?.read()?, data.at("n")?.read()?);
    if n > 100_000 || ones > n {
        return Err(data.damage("is too much to resample, or has more ones than answers"));
    }
    let share = |sample: &mut dyn Iterator<Item = usize>| {
        let (count, with) = sample.fold((0_u32, 0_u32), |(count, with), at| (count + 1, with + u32::from(at < ones)));
        f64::from(with) / f64::from(count)
    };
    let Some(found) = bootstrap(n, 1, share) else {
        return Err(data.at("n")?.damage("is 0"));
    };
    vector.at("percentile_95")?.are(&found.percentile)?;
    vector.at("bca_95")?.are(&found.bca)?;
    vector.at("se")?.is(found.error)?;
    let p = ones as f64 / n as f64;
    vector.at("analytic_se")?.within(1e-9).is((p * (1.0 - p) / n as f64).sqrt())
}
