//! What a report says of a panel that is asked in rounds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far the panel has come, and whether to ask again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rounds {
    /// The round that the report is about, from 1.
    pub number: u32,
    /// How many are planned.
    pub planned: u32,
    /// What counts as consensus: `agreement`, `comet`, `iqr` or `ipras`.
    pub rule: String,
    /// The same as a sentence.
    pub rule_text: String,
    /// The share (0..1) that must agree, or disagree, for consensus; `null` by other rules than `agreement`.
    pub agreement: Option<f64>,
    /// `settled`, `rounds_over` or `go_on`.
    pub stop: String,
    /// The same as a sentence.
    pub text: String,
    /// People who answered in an earlier round and not in this one: they are in the figures of their rounds alone.
    pub not_returned: u64,
    /// One entry a round, from the first.
    pub people: Vec<RoundBase>,
    /// One entry a statement that comes back, those of the latest round first.
    pub statements: Vec<StatementRounds>,
}

/// Who took part in one round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundBase {
    /// The round.
    pub round: u32,
    /// People who sent answers in it.
    pub n: u64,
    /// Of those of the round before, the share (0..1) who came back; `null` in the first round, and where they were too few
    /// to show.
    pub kept: Option<f64>,
    /// Its Wilson interval at 95 %.
    pub interval: Option<[f64; 2]>,
    /// The questions by whose answers it differs who came back, at 5 % after Holm's correction across all: segments, and
    /// statements by what people had answered.
    pub differs_by: Vec<String>,
    /// True where those who are left may not speak for those before: fewer than 70 % came back, or it differs by something.
    pub is_doubtful: bool,
    /// Kendall's W between the people who rated all statements of the round; `null` where they were too few or there are
    /// fewer than three statements.
    pub concordance: Option<Concord>,
}

/// How alike people rated several statements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Concord {
    /// 0 where people's orders have nothing in common, 1 where they are the same.
    pub w: f64,
    /// Chance of one as large where they have nothing in common.
    pub p: f64,
    /// People.
    pub n: u64,
}

/// One statement through the rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatementRounds {
    /// Its name: `QUESTION` or `QUESTION.ROW`.
    pub id: String,
    /// What it says.
    pub label: String,
    /// The labels of the steps of its scale, from the lowest.
    pub steps: Vec<String>,
    /// One entry a round in which it was asked.
    pub rounds: Vec<StatementRound>,
    /// How the same people's answers changed between the last two rounds in which it was asked; `null` where it was asked
    /// once, and where they were too few to show.
    pub change: Option<Change>,
    /// `consensus`, `stable` or `open`.
    pub state: String,
}

/// One statement in one round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatementRound {
    /// The round.
    pub round: u32,
    /// People who answered.
    pub n: u64,
    /// The figures; `null` where too few answered to show them.
    pub figures: Option<Figures>,
    /// `for`, `against`, `agreed` (where the rule knows no sides) or `none`.
    pub consensus: String,
}

/// The answers to one statement in one round. Steps are numbered from 1; quantiles are of type 7.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// The middle answer.
    pub median: f64,
    /// Lower quartile.
    pub q1: f64,
    /// Upper quartile.
    pub q3: f64,
    /// Share (0..1) of answers that agree.
    pub agree: f64,
    /// Wilson interval of that share at 95 %.
    pub agree_interval: [f64; 2],
    /// Share of answers that disagree.
    pub disagree: f64,
    /// RAND/UCLA's disagreement index, above 1 where the panel disagrees; `null` but for nine steps.
    pub disagreement_index: Option<f64>,
}

/// How the answers of the same people changed between two rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The earlier round.
    pub from: u32,
    /// The later one.
    pub to: u32,
    /// People who answered in both.
    pub n: u64,
    /// Share (0..1) of them who answered otherwise.
    pub moved: f64,
    /// The least share of answers that would have to move to turn the one distribution into the other.
    pub distribution: f64,
    /// Wilcoxon's signed-rank test that answers moved neither up nor down.
    pub wilcoxon_p: f64,
    /// `McNemar`'s test that as many came to agree as ceased to.
    pub mcnemar_p: f64,
    /// Cohen's kappa between the two rounds with quadratic weights; `null` where all gave one answer.
    pub kappa: Option<f64>,
    /// Its interval at 95 %.
    pub kappa_interval: Option<[f64; 2]>,
    /// True where `distribution` is under 0.15 and Wilcoxon's test shows no move at 5 %.
    pub is_stable: bool,
}
