//! Golden vectors: numbers that other programs calculated, calculated anew and compared one by one.
//!
//! A vector is a JSON object. `method` names the calculation, `tolerance` says how near the numbers must come, and the other
//! fields are its input and what came out. The table [`METHODS`] leads from the name to the function that reads one, so that
//! a new kind of vector is a file and a line. Whatever of a vector is neither input nor compared makes it fail: none passes
//! by comparing nothing.

use serde::Serialize;
use serde_json::Value;

mod agreement;
mod approval;
mod best_worst;
mod bootstrap;
mod classifier;
mod delphi;
mod disclosure;
mod equal_shares;
mod heterogeneity;
mod intervals;
mod multiple;
mod pairs;
mod place;
mod polarisation;
mod raking;
mod ranked;
mod weighted;

use place::Sheet;
pub use place::{Damage, Place};

/// Reads a vector, calculates what it holds and compares.
type Calculation = fn(&Place<'_>) -> Result<(), Damage>;

/// Every calculation that vectors can name.
const METHODS: &[(&str, Calculation)] = &[
    ("approval_score_star", approval::compare),
    ("bootstrap", bootstrap::compare),
    ("consensus_classifier", classifier::compare),
    ("delphi", delphi::compare),
    ("disclosure_control", disclosure::compare),
    ("equal_shares", equal_shares::compare),
    ("heterogeneity", heterogeneity::compare),
    ("interrater_agreement", agreement::compare),
    ("intervals", intervals::compare),
    ("maxdiff", best_worst::compare),
    ("multiple_testing", multiple::compare),
    ("pairwise_wiki_survey", pairs::compare),
    ("polarisation_likert", polarisation::compare),
    ("raking", raking::compare),
    ("ranked_choice", ranked::compare),
    ("weighted_estimates", weighted::compare),
];

/// The tolerance of a vector that names none.
const TOLERANCE: f64 = 1e-9;

/// How a vector did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All that it holds was compared and is as expected.
    Pass,
    /// What is not as expected, and what was not compared; each with its place.
    Fail(Vec<String>),
    /// No calculation has this name.
    MethodNotKnown,
    /// It cannot be read: the place and what is wrong there.
    Damaged(String),
}

/// What came of one vector.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The vector's name, as a rule its file.
    pub name: String,
    /// The calculation; empty where the vector does not say.
    pub method: String,
    /// Values compared: numbers, and words and truth values that must be equal.
    pub compared: usize,
    /// The difference that comes nearest to its tolerance, or goes furthest beyond it: absolute, and a share of the expected
    /// number where that is above 1 or the number is a small probability.
    pub difference: f64,
    /// The tolerance of that difference.
    pub tolerance: f64,
    /// How it did.
    pub standing: Standing,
}

impl Outcome {
    /// True where all was compared and is as expected.
    pub fn passed(&self) -> bool {
        self.standing == Standing::Pass
    }
}

/// The names of the calculations, in alphabetical order.
pub fn methods() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|(name, _)| *name)
}

/// True for a JSON value that says it is a golden vector: an object whose `method` is a name.
pub fn is_vector(value: &Value) -> bool {
    value.get("method").is_some_and(Value::is_string)
}

/// Calculates a vector anew and compares. Never fails as a whole: what is wrong with the vector stands in the outcome.
///
/// ```
/// use canvass::analysis::golden::check;
///
/// let vector = serde_json::json!({
///     "method": "multiple_testing", "tolerance": 1e-9,
///     "cases": [{"p": [0.01, 0.5, 0.02], "holm": [0.03, 0.5, 0.04]}],
/// });
/// assert!(check("ours", &vector).passed());
/// ```
pub fn check(name: &str, vector: &Value) -> Outcome {
    let sheet = Sheet::default();
    let method = vector.get("method").and_then(Value::as_str).unwrap_or_default().to_string();
    let outcome = |standing| {
        let (difference, tolerance) = sheet.nearest();
        Outcome {
            name: name.to_string(),
            method: method.clone(),
            compared: sheet.compared(),
            difference,
            tolerance,
            standing,
        }
    };
    if method.is_empty() {
        return outcome(Standing::Damaged("method: the name of the calculation is missing".to_string()));
    }
    let Some((_, calculation)) = METHODS.iter().find(|(known, _)| *known == method) else {
        return outcome(Standing::MethodNotKnown);
    };
    let compare = || {
        let root = Place::root(vector, &sheet, TOLERANCE);
        let tolerance = root.maybe("tolerance").map_or(Ok(TOLERANCE), |place| place.read())?;
        calculation(&root.within(tolerance))
    };
    match compare() {
        Err(damage) => outcome(Standing::Damaged(damage.to_string())),
        Ok(()) => match sheet.faults(vector) {
            faults if faults.is_empty() => outcome(Standing::Pass),
            faults => outcome(Standing::Fail(faults)),
        },
    }
}

/// The same from the text of a file.
pub fn check_text(name: &str, text: &str) -> Outcome {
    match serde_json::from_str::<Value>(text) {
        Ok(vector) => check(name, &vector),
        Err(error) => Outcome {
            name: name.to_string(),
            method: String::new(),
            compared: 0,
            difference: 0.0,
            tolerance: TOLERANCE,
            standing: Standing::Damaged(format!("line {}: is no JSON", error.line())),
        },
    }
}

#[cfg(test)]
mod tests;
