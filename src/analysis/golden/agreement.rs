//! Agreement between coders (`analysis::agreement`), against krippendorff and statsmodels.

use super::{Damage, Place};
use crate::analysis::agreement::{Difference, Weights, alpha, fleiss, kappa};

/// `krippendorff`'s alpha of coders by units, `fleiss`'s kappa of subjects by categories, `cohen`'s of a square table.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let case = vector.at("krippendorff")?;
    let coders: Vec<Vec<Option<f64>>> = case.at("coders_by_units")?.read()?;
    let domain: Vec<f64> = case.at("value_domain")?.read()?;
    let number = |value: f64| domain.iter().position(|known| (known - value).abs() < 1e-9);
    let units: Vec<Vec<usize>> = (0..coders.iter().map(Vec::len).max().unwrap_or_default())
        .map(|unit| coders.iter().filter_map(|coder| number((*coder.get(unit)?)?)).collect())
        .collect();
    let value = |place: usize| domain.get(place).copied().unwrap_or_default();
    let distance = |a: usize, b: usize| value(a) - value(b);
    let of = |difference: Difference<'_>| alpha(&units, domain.len(), difference, 1).map(|found| found.value);
    case.at("nominal")?.is_maybe(of(Difference::Nominal))?;
    case.at("ordinal")?.is_maybe(of(Difference::Ordinal))?;
    case.at("interval")?.is_maybe(of(Difference::By(&distance)))?;

    let case = vector.at("fleiss")?;
    let table: Vec<Vec<f64>> = case.at("table")?.read()?;
    case.at("kappa")?.is_maybe(fleiss(&table))?;

    let case = vector.at("cohen")?;
    let table: Vec<Vec<f64>> = case.at("table")?.read()?;
    let of = |weights| kappa(&table, weights).map(|found| found.value);
    case.at("kappa")?.is_maybe(of(Weights::None))?;
    case.at("weighted_linear")?.is_maybe(of(Weights::Linear))?;
    case.at("weighted_quadratic")?.is_maybe(of(Weights::Quadratic))
}
