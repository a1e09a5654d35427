//! Weighted shares (`analysis::weight`): effective numbers, standard errors and bounds, against `NumPy`, samplics and scipy.

use super::{Damage, Place};
use crate::analysis::interval::lower_bound;
use crate::analysis::weight::{Moments, standard_error};

/// Weights `w` of people with the trait `y` (0 or 1) in a `segment` each.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let weights: Vec<f64> = vector.at("w")?.read()?;
    let traits: Vec<u8> = vector.at("y")?.read()?;
    let groups: Vec<i64> = vector.at("segment")?.read()?;
    let people = || weights.iter().zip(&traits).zip(&groups);
    let of = |is: &dyn Fn(bool, i64) -> bool| {
        Moments::of(people().filter(|((_, has), group)| is(**has == 1, **group)).map(|((weight, _), _)| *weight))
    };
    let (with, without) = (of(&|has, _| has), of(&|has, _| !has));
    let all = with.and(without);
    let (share, n) = (with.share_of(all), all.effective_n());
    vector.at("p_hat")?.is(share)?;
    vector.at("se_linearised")?.is(standard_error(with, without))?;
    vector.at("kish_n_eff")?.is(n)?;
    vector.at("kish_deff")?.is(all.design_effect())?;
    vector.at("kg_lower_05")?.is_in_tail(lower_bound(share * n, n, 0.05))?;
    for case in vector.at("segments")?.each()? {
        let group: i64 = case.at("segment")?.read()?;
        let (with, all) = (of(&|has, one| has && one == group), of(&|_, one| one == group));
        case.at("n")?.is(all.people)?;
        case.at("n_eff")?.is(all.effective_n())?;
        case.at("p")?.is(with.share_of(all))?;
    }
    let taylor = vector.at("samplics_taylor")?;
    taylor.at("mean")?.is(share)?;
    taylor.at("se")?.is(standard_error(with, without))
}
