//! Measures of agreement and polarisation among the answers on a scale: a file each, and one table of all.
//!
//! A measure reads how many people gave each step of the scale, from the lowest to the highest, and nothing else. It has no
//! value where there are no answers, or too few steps or answers for its formula. Adding one is a file and a line of
//! [`MEASURES`].

mod agreement;
mod bimodality;
mod boxes;
mod consensus;
mod disagreement;
mod esteban_ray;
mod moments;
mod spread;
mod top;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::Question;
pub use agreement::van_der_eijk;
pub use bimodality::bimodality_coefficient;
pub use boxes::{bottom_two, net, top_two};
pub use consensus::tastle_wierman;
pub use disagreement::disagreement_index;
pub use esteban_ray::{ALPHA, esteban_ray, esteban_ray_scaled};
pub use moments::{Moments, moments};
pub use spread::interquartile_range;
pub use top::top_share;

/// A measure of the answers on a scale.
pub struct Measure {
    /// Its name in `report.json`.
    pub id: &'static str,
    /// Its name for people, in a few words.
    pub label: &'static str,
    /// What it tells, in a plain sentence.
    pub tells: &'static str,
    /// Its lowest and highest value; none where it ends nowhere.
    pub range: [Option<f64>; 2],
    /// Author, year and place of the formula.
    pub source: &'static str,
    /// The measure of the answers, from how many people gave each step.
    pub of: fn(&[u64]) -> Option<f64>,
    /// What a value on a scale of so many steps says, where there is a rule for it; else empty.
    pub reads: fn(f64, usize) -> &'static str,
}

/// Every measure, in the order of the report.
pub const MEASURES: &[Measure] = &[
    agreement::MEASURE,
    consensus::MEASURE,
    disagreement::MEASURE,
    spread::MEASURE,
    top::MEASURE,
    boxes::TOP,
    boxes::BOTTOM,
    boxes::NET,
    esteban_ray::MEASURE,
    bimodality::MEASURE,
];

/// A measure's value for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// The measure: `agreement`, `consensus`, `disagreement_index`, `iqr`, `top_share`, `top_two`, `bottom_two`, `net`,
    /// `esteban_ray` or `bimodality`; docs/methods.md has the formula and the source of each.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// The value: shares and `consensus`, `esteban_ray` from 0 to 1, `agreement` and `net` from -1 to 1, `iqr` in steps of the
    /// scale, `disagreement_index` and `bimodality` from 0; `null` where its formula gives none.
    pub value: Option<f64>,
    /// What the value says by the rule that is usual for it; empty where there is none.
    pub reading: String,
}

/// A rule for reading a measure that has none.
fn unread(_: f64, _: usize) -> &'static str {
    ""
}

/// The measures of answers on a scale, from how many people gave each step from the lowest to the highest.
pub fn measured(counts: &[u64]) -> Vec<Measured> {
    let one = |measure: &Measure| {
        let value = (measure.of)(counts);
        Measured {
            id: measure.id.to_string(),
            label: measure.label.to_string(),
            value,
            reading: value.map(|value| (measure.reads)(value, counts.len())).unwrap_or_default().to_string(),
        }
    };
    MEASURES.iter().map(one).collect()
}

/// Adds the measures to each question that was answered on a scale of three steps or more, and of which nothing is withheld.
pub fn add(questions: &mut [Question]) {
    for question in questions.iter_mut().filter(|question| question.scale == "ordinal") {
        let counts: Option<Vec<u64>> = question.rows.iter().map(|row| row.count).collect();
        if let Some(counts) = counts.filter(|counts| counts.len() > 2 && counts.iter().sum::<u64>() > 0) {
            question.measures = measured(&counts);
        }
    }
}

#[cfg(test)]
mod tests;
