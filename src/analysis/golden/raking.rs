//! Raking and trimming (`analysis::weight`), against the package `survey` of R on its data `apiclus1`.

use std::collections::BTreeMap;

use super::{Damage, Place};
use crate::analysis::weight::{Moments, Profile, rake, trim};

/// School districts in California, from which those of `apiclus1` were drawn.
const DISTRICTS: f64 = 757.0;

/// A school: its groups, weight before raking, outcome, size and district.
type School = (String, String, f64, f64, f64, u32);

/// `targets` by margin, `rows` of schools, and what R found.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let targets: [BTreeMap<String, f64>; 2] =
        [vector.at("targets")?.at("stype")?.read()?, vector.at("targets")?.at("sch_wide")?.read()?];
    let schools: Vec<School> = vector.at("rows_[stype,sch_wide,base_weight,api00,enroll,cluster]")?.read()?;
    let place = |names: &BTreeMap<String, f64>, name: &str| names.keys().position(|known| known == name);
    let [types, wide] = &targets;
    // R brings the weights to the targets' total; ours keep the total that they have.
    let total: f64 = types.values().sum();
    let before: f64 = schools.iter().map(|school| school.2).sum();
    let profile = |school: &School| Profile {
        people: 1.0,
        weight: school.2 * total / before,
        categories: vec![place(types, &school.0), place(wide, &school.1)],
    };
    let profiles: Vec<Profile> = schools.iter().map(profile).collect();
    let shares = targets.each_ref().map(|margin| margin.values().copied().collect());
    let raked = rake(&profiles, &shares).map_err(|reason| vector.damage(&format!("cannot be raked: {reason:?}")))?;
    let expected = vector.at("expected")?;
    expected.at("raked_weights")?.are(&raked.weights)?;
    let mean = mean(&schools, &raked.weights);
    expected.at("raked_mean_api00")?.is(mean)?;
    expected.at("raked_total_enroll")?.is(schools.iter().zip(&raked.weights).map(|(school, w)| w * school.4).sum())?;
    expected.at("kish_n_eff")?.is(Moments::of(raked.weights.iter().copied()).effective_n())?;
    // Published to three decimals.
    let [published, error] = pair(&expected.at("published_mean_SE")?)?;
    published.within(0.0005 / mean).is(mean)?;
    let found = cluster_error(&schools, &residuals(&schools, &profiles, &raked.weights));
    error.within(0.0005 / found).is(found)?;
    let [unraked, error] = pair(&expected.at("unraked_clus1_mean_SE")?)?;
    let weights: Vec<f64> = schools.iter().map(|school| school.2).collect();
    unraked.is(self::mean(&schools, &weights))?;
    error.is(cluster_error(&schools, &influence(&schools, &weights)))?;
    let trimmed = trim(&vec![1.0; schools.len()], &raked.weights, &(20.0..=45.0));
    let after = expected.at("trim_lower20_upper45_strict")?;
    after.at("min")?.is(trimmed.iter().copied().fold(f64::INFINITY, f64::min))?;
    after.at("max")?.is(trimmed.iter().copied().fold(0.0, f64::max))?;
    after.at("sum")?.is(trimmed.iter().sum())?;
    after.at("mean_api00")?.is(self::mean(&schools, &trimmed))
}

fn pair<'v>(place: &Place<'v>) -> Result<[Place<'v>; 2], Damage> {
    place.each()?.try_into().map_err(|_| place.damage("is no pair"))
}

fn mean(schools: &[School], weights: &[f64]) -> f64 {
    let sum: f64 = schools.iter().zip(weights).map(|(school, weight)| weight * school.3).sum();
    sum / weights.iter().sum::<f64>()
}

/// What each school adds to the error of the weighted mean.
fn influence(schools: &[School], weights: &[f64]) -> Vec<f64> {
    let (mean, total) = (mean(schools, weights), weights.iter().sum::<f64>());
    schools.iter().zip(weights).map(|(school, weight)| weight * (school.3 - mean) / total).collect()
}

/// The same without what the margins tell: the mean over each group is taken away per unit of weight, margin by margin, until
/// nothing is left of it (as R's `svyrecvar` does for raked designs).
fn residuals(schools: &[School], profiles: &[Profile], weights: &[f64]) -> Vec<f64> {
    let mut left: Vec<f64> = influence(schools, weights).iter().zip(weights).map(|(part, w)| part / w).collect();
    for margin in [0, 1].into_iter().cycle().take(100) {
        let group = |profile: &Profile| profile.categories.get(margin).copied().flatten();
        let mut sums: BTreeMap<Option<usize>, (f64, f64)> = BTreeMap::new();
        for (profile, part) in profiles.iter().zip(&left) {
            let (sum, n) = sums.entry(group(profile)).or_default();
            (*sum, *n) = (*sum + part, *n + 1.0);
        }
        for (profile, part) in profiles.iter().zip(&mut left) {
            *part -= sums.get(&group(profile)).map_or(0.0, |(sum, n)| sum / n);
        }
    }
    left.iter().zip(weights).map(|(part, weight)| part * weight).collect()
}

/// Standard error where whole districts were drawn, without replacement (Särndal, Swensson and Wretman 1992, section 4.2).
fn cluster_error(schools: &[School], parts: &[f64]) -> f64 {
    let mut districts: BTreeMap<u32, f64> = BTreeMap::new();
    for (school, part) in schools.iter().zip(parts) {
        *districts.entry(school.5).or_default() += part;
    }
    let n = districts.len() as f64;
    let mean = districts.values().sum::<f64>() / n;
    let squares: f64 = districts.values().map(|sum| (sum - mean).powi(2)).sum();
    ((1.0 - n / DISTRICTS) * n / (n - 1.0) * squares).sqrt()
}
