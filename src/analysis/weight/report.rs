//! What a report says of weights and of how those who answered compare with the population.
//!
//! Weighted shares are rounded to three decimals and effective numbers to whole people: more would tell how small groups
//! are made up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A share under weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeightedShare {
    /// The weighted share, 0..1, to three decimals.
    pub share: f64,
    /// The weighted share of those against, 0..1, to three decimals; `null` where there is no such side.
    #[serde(default)]
    pub oppose: Option<f64>,
    /// Wilson 95% interval of the share, from effective people.
    pub interval: [f64; 2],
    /// Linearised standard error of the share, 0..1, to three decimals.
    pub standard_error: f64,
    /// Effective people (Kish) among those who answered, rounded down.
    pub n_eff: u64,
    /// Design effect of weighting: people over effective people, 1 or more.
    pub deff: f64,
}

/// The tally of one closed question under weights; only what its raw tally shows is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeightedTally {
    /// Effective people (Kish) among those who answered, rounded down.
    pub n_eff: u64,
    /// Design effect of weighting among those who answered, 1 or more.
    pub deff: f64,
    /// One entry an option, or a ranked or funded item, that is not withheld.
    pub rows: Vec<WeightedRow>,
    /// Weighted arithmetic mean of a number; `null` for choices.
    pub mean: Option<f64>,
}

/// One line of a tally under weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeightedRow {
    /// The option's or the item's id.
    pub id: String,
    /// The weighted share of those who answered, 0..1, to three decimals.
    pub share: f64,
    /// Wilson 95% interval of the share, from effective people.
    pub interval: [f64; 2],
    /// Ranking and allocation: the weighted mean, 0..1, to three decimals; `null` otherwise.
    pub mean: Option<f64>,
}

/// Those who answered beside the population that the definition declares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Representativeness {
    /// True where the figures and verdicts of this report are weighted, as the decision rule says.
    pub weighted: bool,
    /// Where the shares of the population come from.
    pub source: String,
    /// What to know before reading it, as sentences: what differs most, what weights cost, and what they cannot do.
    pub texts: Vec<String>,
    /// One entry a question with shares in the population, in the order of the definition.
    pub margins: Vec<MarginCompared>,
    /// What weights that bring the shares about would look like, whether or not they are used; `null` where there are none.
    pub weights: Option<WeightFigures>,
}

/// One question whose shares in the population are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MarginCompared {
    /// The question's id.
    pub id: String,
    /// The question as asked.
    pub label: String,
    /// People who gave an answer that counts, the base of the shares.
    pub n: u64,
    /// People who did not: they keep the weight that other questions give them.
    pub unanswered: u64,
    /// One entry an option, in the order of the definition.
    pub groups: Vec<GroupCompared>,
}

/// One group beside its share of the population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupCompared {
    /// The option's id.
    pub id: String,
    /// The option's label.
    pub label: String,
    /// People in it; `null` where suppressed to protect them.
    pub n: Option<u64>,
    /// Their share of those who answered the question, 0..1; `null` where suppressed.
    pub share: Option<f64>,
    /// The group's share of the population, 0..1; `null` where the definition does not say.
    pub population: Option<f64>,
    /// `share` - `population`, between -1 and 1; negative where the group is missing among those who answered.
    pub gap: Option<f64>,
    /// The gap in plain words; `null` where there is none to tell.
    pub text: Option<String>,
}

/// What weights look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeightFigures {
    /// People who are weighted.
    pub n: u64,
    /// Effective people (Kish), rounded down.
    pub n_eff: u64,
    /// Design effect: people over effective people, 1 or more; above 2 weighted figures rest on few people.
    pub deff: f64,
    /// The smallest weight, as a multiple of the mean.
    pub least: f64,
    /// The largest weight, as a multiple of the mean.
    pub most: f64,
    /// True where weights were brought back to `weight_min` or `weight_max`.
    pub trimmed: bool,
    /// Largest relative error of a share that is left, 0 where all are met.
    pub margin_error: f64,
}
