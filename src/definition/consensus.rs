//! The pre-registered decision rule: the thresholds a verdict is reached with, fixed before the first response.

use serde::{Deserialize, Serialize};

/// Thresholds of the verdict (`analysis::verdict`), with the defaults that the simulations in its docs rest on.
///
/// Shares and error rates lie between 0 and 1; sample sizes count people (effective people where weighted).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DecisionRule {
    /// Error rate of each family of tests, after Holm's correction across the candidate interventions.
    pub alpha: f64,
    /// Overall support must be shown to exceed this share for broad support.
    pub tau_overall: f64,
    /// Support in every tested segment must be shown to exceed this share for broad support.
    pub tau_segment: f64,
    /// Support and opposition must both be shown to exceed this share overall for a divisive verdict.
    pub tau_polar: f64,
    /// Fewest answers for any verdict.
    pub n_min_overall: u32,
    /// Fewest answers in a segment for it to be tested.
    pub n_min_segment: u32,
    /// Fewest answers in a segment for it to stand guard against small-group dissent.
    pub n_min_guard: u32,
    /// A focused verdict's target leads the rest by at least this difference in shares.
    pub delta: f64,
    /// Half-width of the overall interval above which an open question is called imprecise.
    pub precision_overall: f64,
    /// Half-width of a segment's interval above which an open question is called imprecise.
    pub precision_segment: f64,
}

impl Default for DecisionRule {
    fn default() -> Self {
        Self {
            alpha: 0.05,
            tau_overall: 0.70,
            tau_segment: 0.50,
            tau_polar: 0.30,
            n_min_overall: 100,
            n_min_segment: 50,
            n_min_guard: 10,
            delta: 0.10,
            precision_overall: 0.05,
            precision_segment: 0.20,
        }
    }
}
