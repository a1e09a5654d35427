//! A comparison of two sides as one value: every number that `compare.html` shows stands here.
//!
//! Shares and differences are between -1 and 1 and unrounded, but for weighted ones, which have three decimals as in
//! `report.json`. A difference is always the second side less the first.

use serde::Serialize;

use crate::analysis::report::Notice;

/// Two sides compared. Serialised, it is `compare.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of this structure.
    pub format: u32,
    /// Language of the labels, as a BCP 47 tag: that of the first side.
    pub language: String,
    /// The two sides, in the order in which they were named.
    pub sides: [SideReport; 2],
    /// How they belong together: `apart` (two consultations), `versions` (of one consultation, nobody in both) or `rounds`
    /// (of one panel, with people in both).
    pub relation: String,
    /// People known to be in both sides; `null` where nobody can know.
    pub in_both: Option<u64>,
    /// The main findings in plain English.
    pub findings: Vec<String>,
    /// What a reader must know before the numbers.
    pub notices: Vec<Notice>,
    /// Every question of either side, in the order of the first and then of the second.
    pub matching: Vec<Matched>,
    /// One entry an intervention that both sides asked about in the same way, in the order of the first.
    pub interventions: Vec<Intervention>,
    /// One entry a closed question, or a row of a grid, that both sides asked in the same way, in the order of the first.
    pub questions: Vec<Question>,
    /// Who answered: one entry a question of both sides that puts each person in one group; none for rounds.
    pub composition: Vec<Composition>,
    /// What was not asked for, and what the comparison cannot say, as sentences.
    pub method: Vec<String>,
    /// The program and its version.
    pub software: String,
}

impl Comparison {
    /// The bytes of `compare.json`: the same comparison gives the same bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Its keys are texts: it cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SideReport {
    /// As it was named: `town`, `town@2`, `panel@round1`.
    pub name: String,
    /// The survey's id.
    pub survey: String,
    /// The survey's title.
    pub title: String,
    /// The version by which its answers are read.
    pub version: u32,
    /// The round; `null` where the side is no round.
    pub round: Option<u32>,
    /// People whose answers are in it.
    pub people: u64,
    /// Of these, simulated ones.
    pub simulated: u64,
    /// True where the shares that are compared are weighted to the population.
    pub weighted: bool,
    /// SHA-256 of the definition.
    pub definition: String,
    /// SHA-256 over the hashes of all responses in it, whatever their order.
    pub responses: String,
}

/// Whether a question can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Its id.
    pub id: String,
    /// Its text on the first side that has it.
    pub label: String,
    /// `same`, `caution` (compared, and told apart by what `reasons` say), `not_compared`, `only_first` or `only_second`.
    pub state: String,
    /// Why, as sentences; they lead from the first side to the second.
    pub reasons: Vec<String>,
}

/// One intervention on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intervention {
    /// Support for it: its id, its label on the first side, and the figures.
    #[serde(flatten)]
    pub line: Line,
    /// The verdict on each side, by the rule of each: the codes of `report.json`; `null` where the line is withheld,
    /// or a side has no answers.
    pub verdicts: Option<[String; 2]>,
    /// The difference at one mix of groups, an entry a question whose mix differs and whose groups all may be shown.
    pub adjusted: Vec<Adjusted>,
}

/// One closed question, or a row of a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// Its variable, as in `report.json`.
    pub id: String,
    /// The question as asked on the first side.
    pub label: String,
    /// What is counted of each option: `chose`, or `first` for a ranking (who put it first) and `points` for an allocation (who
    /// gave it any).
    pub counts: String,
    /// People who answered on each side: the bases of all its lines.
    pub n: [u64; 2],
    /// One entry an option that both sides have.
    pub lines: Vec<Line>,
}

/// A share on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The option's or the intervention's id.
    pub id: String,
    /// Its label on the first side.
    pub label: String,
    /// True where figures are withheld, on both sides, to protect the few people they would tell of.
    pub withheld: bool,
    /// The first side and the second.
    pub parts: [Part; 2],
    /// What changed; `null` where withheld, where a side has no answers, or where too few people are in both.
    pub change: Option<Change>,
}

/// A share on one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Part {
    /// People in favour, or who chose it; `null` where withheld.
    pub count: Option<u64>,
    /// People who answered.
    pub n: u64,
    /// count / n; `null` where withheld or nobody answered.
    pub share: Option<f64>,
    /// Wilson 95 % interval of the share.
    pub interval: Option<[f64; 2]>,
    /// The same under weights; `null` unless both sides are weighted.
    pub weighted: Option<Weighted>,
}

/// A share under weights, as in `report.json`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Weighted {
    /// The weighted share, to three decimals.
    pub share: f64,
    /// Wilson 95 % interval, from effective people.
    pub interval: [f64; 2],
    /// Effective people (Kish), rounded down.
    pub n_eff: u64,
}

/// The second share less the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The difference, between -1 and 1.
    pub difference: f64,
    /// Its 95 % interval: Newcombe's method 10, for paired shares where the same people are compared.
    pub interval: [f64; 2],
    /// Two-sided p-value of "the shares are the same".
    pub p: f64,
    /// The same after Holm's correction over the family: all interventions, or all options of the question.
    pub p_holm: f64,
    /// `rose` or `fell` where `p_holm` is at most 0.05 and the interval leaves 0 out, else `cannot_tell`.
    pub reading: String,
    /// Where the same people are compared: those who answered both times; else `null`.
    pub pairs: Option<Pairs>,
}

/// The same people at two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pairs {
    /// People who answered both times.
    pub n: u64,
    /// Of these, those who chose it the first time, and the second.
    pub counts: [u64; 2],
}

/// A difference at one mix of groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Adjusted {
    /// The question that the groups are of.
    pub segment: String,
    /// People of the groups on each side who answered.
    pub n: [u64; 2],
    /// The difference if both sides had the mix of both together.
    pub difference: f64,
    /// Its 95 % interval (Yan and Su 2010).
    pub interval: [f64; 2],
}

/// Who answered, by one question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Composition {
    /// The question's id.
    pub id: String,
    /// The question as asked on the first side.
    pub label: String,
    /// People who answered it on each side.
    pub n: [u64; 2],
    /// One entry an option.
    pub groups: Vec<Group>,
    /// Half the sum of the absolute differences of the shares, 0 to 1: the share of people who would have to be in another
    /// group for the mixes to be one. Groups that are withheld count as one. `null` where a side has nobody.
    pub distance: Option<f64>,
    /// p-value of Pearson's chi-square test that the mixes are the same, after Holm's correction over these questions; `null`
    /// where a side has nobody.
    pub p_holm: Option<f64>,
    /// `differs` where `p_holm` is at most 0.05, else `cannot_tell`.
    pub reading: String,
}

/// One group on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The option's id.
    pub id: String,
    /// Its label on the first side.
    pub label: String,
    /// People on each side; `null` where withheld on either.
    pub counts: [Option<u64>; 2],
    /// Their share of those who answered.
    pub shares: [Option<f64>; 2],
}
