//! The pre-registered decision rule: the thresholds a verdict is reached with, fixed before the first response.

use serde::{Deserialize, Serialize};

use crate::document::Reader;
use crate::document::keys::{Bounds, Key, Object, Shape, Words, words};

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
    /// Whether answers are weighted to the shares of the population.
    #[serde(default)]
    pub weighting: Weighting,
    /// The smallest weight, as a multiple of the mean weight; 0 to below 1.
    #[serde(default = "least")]
    pub weight_min: f64,
    /// The largest weight, as a multiple of the mean weight; above 1.
    #[serde(default = "most")]
    pub weight_max: f64,
    /// Why the rule is not the one under which earlier answers came, in the words of whoever changed it.
    #[serde(default)]
    pub changed_because: Option<String>,
}

/// Whether answers are weighted to the shares of the population.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// Every answer counts alike.
    #[default]
    None,
    /// By raking: so that those who answered have the shares that the population's margins state.
    Rake,
}

impl Weighting {
    /// As a definition and a report write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rake => "rake",
        }
    }
}

fn least() -> f64 {
    DecisionRule::default().weight_min
}

fn most() -> f64 {
    DecisionRule::default().weight_max
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
            weighting: Weighting::None,
            weight_min: 0.3,
            weight_max: 3.0,
            changed_because: None,
        }
    }
}

/// The thresholds, as a definition sets them.
pub(super) const CONSENSUS: Object = Object::new(
    "consensus",
    "The decision rule: the thresholds of the verdicts, set before the first answer",
    &[&[
        share("alpha", "Error rate of each family of tests, after Holm's correction across the interventions")
            .or("0.05"),
        share("tau_overall", "Broad support: overall support must be shown to exceed this share").or("0.70"),
        share("tau_segment", "Broad support: support in every tested group must be shown to exceed this share")
            .or("0.50"),
        share("tau_polar", "Divisive: support and opposition must both be shown to exceed this share overall")
            .or("0.30"),
        share("delta", "Focused: the group leads the rest by at least this difference").or("0.10"),
        Key::new("n_min_overall", Shape::COUNT, "Fewest answers for any verdict").or("100"),
        Key::new("n_min_segment", Shape::COUNT, "Fewest answers in a group for it to be tested").or("50"),
        Key::new(
            "n_min_guard",
            Shape::COUNT,
            "Fewest answers in a group for it to object; at least `min_cell`, for a verdict names a group that objects",
        )
        .or("10"),
        share(
            "precision_overall",
            "Half-width of the overall interval above which an open question is called imprecise",
        )
        .or("0.05"),
        share("precision_segment", "The same for the widest interval of a tested group").or("0.20"),
        Key::new(
            "weighting",
            Shape::Words(|| words(WEIGHTINGS)),
            "Whether answers are weighted to the margins of the population before anything is decided",
        )
        .or("none"),
        share("weight_min", "The smallest weight of a person, as a multiple of the mean").or("0.3"),
        Key::new(
            "weight_max",
            Shape::Number(Bounds::AboveOne),
            "The largest weight of a person, as a multiple of the mean",
        )
        .or("3")
        .code("E411"),
        Key::new(
            "changed_because",
            Shape::Text,
            "Why what the verdicts rest on differs from an earlier version: needed once people have answered, and shown in the report",
        ),
    ]],
);
const WEIGHTINGS: Words<Weighting> = &[
    ("none", Weighting::None, "Every answer counts alike"),
    ("rake", Weighting::Rake, "By raking: those who answered get the shares that the margins state"),
];

const fn share(name: &'static str, about: &'static str) -> Key {
    Key::new(name, Shape::Number(Bounds::Share), about).code("E411")
}

/// Reads the thresholds; those that are not set have the defaults of the table.
pub(super) fn read(reader: &Reader<'_>) -> DecisionRule {
    DecisionRule {
        alpha: reader.number("alpha"),
        tau_overall: reader.number("tau_overall"),
        tau_segment: reader.number("tau_segment"),
        tau_polar: reader.number("tau_polar"),
        n_min_overall: reader.count("n_min_overall"),
        n_min_segment: reader.count("n_min_segment"),
        n_min_guard: reader.count("n_min_guard"),
        delta: reader.number("delta"),
        precision_overall: reader.number("precision_overall"),
        precision_segment: reader.number("precision_segment"),
        weighting: reader.word("weighting", WEIGHTINGS).unwrap_or_default(),
        weight_min: reader.number("weight_min"),
        weight_max: reader.number("weight_max"),
        changed_because: reader.text("changed_because"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_that_sets_no_threshold_has_the_defaults() {
        let text = r#"{"format": 1, "id": "s", "title": "S", "pages": [
            {"id": "p", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}]}"#;
        assert_eq!(crate::definition::parse(text).survey.unwrap().consensus, DecisionRule::default());
    }
}
