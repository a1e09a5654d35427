//! What a report says of how far the verdicts depend on choices that could have been made otherwise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The verdicts under other thresholds, with and without weights, and without parts of those who answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Robustness {
    /// What was found, in a sentence.
    pub text: String,
    /// One entry an intervention that is judged and shown, in the order of the definition.
    pub interventions: Vec<Steadiness>,
    /// One entry a reading, the decision rule's own left out.
    pub readings: Vec<Reading>,
}

/// How steady the verdict on one intervention is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Steadiness {
    /// The intervention's id.
    pub id: String,
    /// What respondents read.
    pub label: String,
    /// The verdict of the decision rule: `broad_support`, `broad_opposition`, `focused`, `divisive`, `not_established`, or of
    /// the latter `too_few_respondents`.
    pub verdict: String,
    /// Readings that judge it: those left out that would tell of few people, or that leave too few people or groups.
    pub judged: u32,
    /// Readings among them whose verdict is the same.
    pub same: u32,
    /// The same in a sentence, with the readings under which it turns.
    pub text: String,
}

/// One other way to read the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Stable: `tau_overall=0.6`, `unweighted`, `weighted`, `without:QUESTION.OPTION`, `only:MODE`, `without:MODE`,
    /// `without:campaigns`.
    pub id: String,
    /// In plain words.
    pub label: String,
    /// People it rests on, 0 or more; `null` where that would tell of few people.
    pub n: Option<u64>,
    /// Why it is left out; `null` where it is not. Its verdicts are then all `null`.
    pub withheld: Option<String>,
    /// The verdict on each of `interventions`, in their order; `null` where the reading leaves out so few of the people who
    /// answered that the verdict would tell of them.
    pub verdicts: Vec<Option<String>>,
}
