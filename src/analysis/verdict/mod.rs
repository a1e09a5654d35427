//! The verdict on each candidate intervention: broad, focused, divisive, opposed, or not established, and why.
//!
//! For a candidate to have broad support, an exact test must show that overall support exceeds `tau_overall`, and
//! for every group of `n_min_segment` or more that its support exceeds `tau_segment`. As all must hold at once, no
//! correction across groups is needed (intersection-union test; Berger 1982, Technometrics 24:295). Across the
//! candidates each family of tests is corrected by Holm's procedure. Groups too small to be tested stand guard:
//! one that shows a majority against blocks the broad verdict. The error rate is `alpha` for each family, not
//! jointly over families.
//!
//! The defaults rest on simulations of 1,061 people in eight groups of 30 to 300:
//! - "overall at least 75 % and every group at least 50 %" read off the observed shares calls a candidate broad in
//!   50 to 57 % of samples though one group truly stands at 50 %; the tests here in 3.5 to 4.9 %.
//! - Tests by the score (Wilson) reach an error of 6.6 % at worst where 5 % is claimed, the exact ones 4.99 %.
//! - Of 20 candidates all at the worst case, any is called broad in 1.8 % of surveys with Holm's correction and in
//!   64 % without.
//! - Testing only groups of 60 or more, true support of 75 / 78 / 80 % is called broad in 70 / 96 / 99 %; testing
//!   groups of 30 too, in 14 / 38 / 53 %. Hence `n_min_segment` of 50, and the guard below it.

mod evidence;
mod needed;
mod sentence;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::definition::consensus::DecisionRule;

use super::interval::{lower_bound, p_exceeds};
use super::multiple::{holm, holm_multiplier};

pub use evidence::{Evidence, Families};
pub use sentence::sentence;

/// The share that is a majority when exceeded.
pub const MAJORITY: f64 = 0.5;

/// Answers for, answers against, and all answers, neutral ones and passes included; blanks are not answers.
///
/// Under weights they are effective counts: `n` = (sum w)^2 / sum w^2 (Kish 1965), the others weighted share x `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// People in favour, 0 to `n`.
    pub support: f64,
    /// People against, 0 to `n - support`.
    pub oppose: f64,
    /// People who answered, 0 or more.
    pub n: f64,
}

/// One way to split the respondents into groups that do not overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    /// The segment question's id.
    pub id: String,
    /// The groups' ids and counts.
    pub groups: Vec<(String, Cell)>,
    /// True where the groups were made from the very answers compared (opinion groups of an imported
    /// conversation). They then count for the broad tests, the guard and the number of tested segments, where
    /// that is conservative, and stay out of the divisive-by-segment, heterogeneity and focused tests: of
    /// independent votes without any groups, such tests called 76 % of the items heterogeneous.
    pub circular: bool,
}

/// The counts for one candidate intervention.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Everyone who answered.
    pub overall: Cell,
    /// The same people by segment. Partitions may differ between candidates.
    pub partitions: Vec<Partition>,
}

/// A group named by its partition and its own id; prints as `partition.group`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey {
    /// The partition's id.
    pub partition: String,
    /// The group's id.
    pub group: String,
}

/// What was found about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// Support exceeds the thresholds overall and in every tested group, and no small group dissents.
    BroadSupport,
    /// Opposition does.
    BroadOpposition,
    /// Support differs between groups, and a majority in at least one of them leads the rest.
    Focused,
    /// Support and opposition are both substantial, overall or in different groups.
    Divisive,
    /// None of these is shown.
    NotEstablished(Reason),
}

/// Why nothing is established; the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Fewer answers than `n_min_overall`, or fewer than two tested groups.
    TooFewRespondents,
    /// The broad tests pass, but a group too small to be tested shows a majority otherwise.
    SmallSegmentDissent,
    /// A majority supports it overall, but support is not shown to be high enough overall or in every group.
    MajorityNotBroad,
    /// No majority is shown, and the answers are enough to say so: the intervals are as narrow as the rule asks
    /// for, or the whole interval of support lies below one half.
    NoMajority,
    /// No majority is shown, and the intervals are too wide to rule one out.
    Imprecise,
}

/// A label with the numbers it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What was found.
    pub label: Label,
    /// The p-value that decided, after Holm's correction across the candidates: of the test that gave the label,
    /// or that it failed. `None` for too few respondents, where no test decides.
    pub p: Option<f64>,
    /// One-sided exact lower bound, at confidence 1 - alpha, of the share in favour (against, for broad
    /// opposition).
    pub bound: f64,
    /// Fewest answers (effective ones under weights) at which broad support would be established, were the
    /// shares, the groups' proportions and Holm's multiplier to stay as they are. `None` where the verdict is
    /// established, or where no number up to ten million would do.
    pub needed_n: Option<u64>,
    /// Every test behind it.
    pub evidence: Evidence,
}

/// Judges the candidates of one survey together: Holm's correction runs over all of them.
///
/// Verdicts come in the order given. Cost: linear in the groups, quadratic in the candidates.
///
/// ```
/// use canvass::analysis::verdict::{Candidate, Cell, Label, Partition, classify};
/// use canvass::definition::consensus::DecisionRule;
///
/// let cell = |support, oppose, n| Cell { support, oppose, n };
/// let roles = [("nurse", cell(170.0, 10.0, 200.0)), ("doctor", cell(85.0, 5.0, 100.0))];
/// let candidate = Candidate {
///     overall: cell(255.0, 15.0, 300.0),
///     partitions: vec![Partition {
///         id: "role".into(),
///         groups: roles.map(|(id, cell)| (id.into(), cell)).into(),
///         circular: false,
///     }],
/// };
/// let verdicts = classify(&[candidate], &DecisionRule::default());
/// assert_eq!(verdicts[0].label, Label::BroadSupport);
/// ```
pub fn classify(candidates: &[Candidate], rule: &DecisionRule) -> Vec<Verdict> {
    classify_with(candidates, &[], rule)
}

/// The same, with p-values of difference between the groups of a partition that were computed elsewhere in place of
/// Pearson's: under weights, those of Rao and Scott.
///
/// `heterogeneity` has for each candidate its partitions' ids and p-values; a partition without one is tested by Pearson.
pub fn classify_with(
    candidates: &[Candidate],
    heterogeneity: &[Vec<(String, f64)>],
    rule: &DecisionRule,
) -> Vec<Verdict> {
    let mut gathered = gathered(candidates, heterogeneity, rule);
    for (candidate, evidence) in candidates.iter().zip(&mut gathered) {
        evidence.add_bounds(candidate, rule);
    }
    candidates
        .iter()
        .zip(gathered)
        .map(|(candidate, mut evidence)| {
            evidence.failing = evidence::failing(candidate, rule, evidence.broad_multiplier);
            judge(candidate, evidence, rule)
        })
        .collect()
}

/// The labels alone, without bounds and needed numbers: for rules that are tried beside the one in force.
pub fn labels(candidates: &[Candidate], heterogeneity: &[Vec<(String, f64)>], rule: &DecisionRule) -> Vec<Label> {
    gathered(candidates, heterogeneity, rule).iter().map(|evidence| label(evidence, rule)).collect()
}

fn gathered(candidates: &[Candidate], heterogeneity: &[Vec<(String, f64)>], rule: &DecisionRule) -> Vec<Evidence> {
    let known = |index: usize| heterogeneity.get(index).map_or(&[][..], Vec::as_slice);
    let evidence = candidates.iter().enumerate();
    let mut gathered: Vec<Evidence> =
        evidence.map(|(index, candidate)| Evidence::gather(candidate, known(index), rule)).collect();
    adjust(&mut gathered);
    gathered
}

impl Cell {
    /// The share in favour, 0 to 1; 0 without answers.
    pub fn share(self) -> f64 {
        if self.n > 0.0 { self.support / self.n } else { 0.0 }
    }

    /// Exact p-value of "support is at most `tau`".
    fn p_support(self, tau: f64) -> f64 {
        p_exceeds(self.support, self.n, tau)
    }

    /// Exact p-value of "opposition is at most `tau`".
    fn p_oppose(self, tau: f64) -> f64 {
        p_exceeds(self.oppose, self.n, tau)
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.partition, self.group)
    }
}

impl Label {
    /// The label's stable code: `broad_support`, `broad_opposition`, `focused`, `divisive`, `not_established`.
    pub fn code(self) -> &'static str {
        match self {
            Self::BroadSupport => "broad_support",
            Self::BroadOpposition => "broad_opposition",
            Self::Focused => "focused",
            Self::Divisive => "divisive",
            Self::NotEstablished(_) => "not_established",
        }
    }

    /// Why nothing is established; `None` where something is.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::NotEstablished(reason) => Some(reason),
            _ => None,
        }
    }
}

impl Reason {
    /// The reason's stable code: `too_few_respondents`, `small_segment_dissent`, `majority_not_broad`,
    /// `no_majority`, `imprecise`.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewRespondents => "too_few_respondents",
            Self::SmallSegmentDissent => "small_segment_dissent",
            Self::MajorityNotBroad => "majority_not_broad",
            Self::NoMajority => "no_majority",
            Self::Imprecise => "imprecise",
        }
    }
}

impl Verdict {
    /// The groups that the verdict names: targets of focused support, a divisive candidate's strongest group for
    /// and against, the groups that dissent, or those that failed the broad test. Empty for the other verdicts.
    pub fn groups(&self) -> &[GroupKey] {
        match self.label {
            Label::Focused => &self.evidence.target,
            Label::Divisive if self.evidence.divided_by_segment() => &self.evidence.poles,
            Label::NotEstablished(Reason::SmallSegmentDissent) => self.evidence.dissent(),
            Label::NotEstablished(Reason::MajorityNotBroad) => &self.evidence.failing,
            _ => &[],
        }
    }
}

/// Fills in the Holm-adjusted p-values of each family, and the multiplier of the broad test.
fn adjust(gathered: &mut [Evidence]) {
    for family in Families::EACH {
        let raw: Vec<f64> = gathered.iter_mut().map(|evidence| *family(&mut evidence.raw)).collect();
        for (evidence, p) in gathered.iter_mut().zip(holm(&raw)) {
            *family(&mut evidence.adjusted) = p;
        }
    }
    let raw: Vec<f64> = gathered.iter().map(|evidence| evidence.raw.p_broad).collect();
    for evidence in gathered {
        // Holm's running maximum can exceed the candidate's own multiple; then that ratio is what it faces.
        evidence.broad_multiplier = if evidence.adjusted.p_broad < 1.0 && evidence.raw.p_broad > 0.0 {
            evidence.adjusted.p_broad / evidence.raw.p_broad
        } else {
            holm_multiplier(&raw, evidence.raw.p_broad) as f64
        };
    }
}

/// Labels one candidate and adds the deciding numbers.
fn judge(candidate: &Candidate, evidence: Evidence, rule: &DecisionRule) -> Verdict {
    let label = label(&evidence, rule);
    let adjusted = &evidence.adjusted;
    let p = match label {
        Label::BroadSupport | Label::NotEstablished(Reason::MajorityNotBroad) => Some(adjusted.p_broad),
        Label::BroadOpposition => Some(adjusted.p_broad_opp),
        Label::Focused => Some(adjusted.p_het),
        Label::Divisive => Some(adjusted.p_div),
        Label::NotEstablished(Reason::SmallSegmentDissent) => Some(adjusted.p_broad.min(adjusted.p_broad_opp)),
        Label::NotEstablished(Reason::NoMajority | Reason::Imprecise) => Some(adjusted.p_maj),
        Label::NotEstablished(Reason::TooFewRespondents) => None,
    };
    let bound = if label == Label::BroadOpposition {
        lower_bound(candidate.overall.oppose, candidate.overall.n, rule.alpha)
    } else {
        evidence.overall_lcb
    };
    let needed_n = label.reason().and_then(|_| needed::needed_n(candidate, rule, evidence.broad_multiplier));
    Verdict { label, p, bound, needed_n, evidence }
}

/// The first label that applies.
fn label(evidence: &Evidence, rule: &DecisionRule) -> Label {
    let adjusted = &evidence.adjusted;
    let broad = adjusted.p_broad <= rule.alpha;
    let opposed = adjusted.p_broad_opp <= rule.alpha;
    if evidence.overall.n < f64::from(rule.n_min_overall) || evidence.n_tested_segments < 2 {
        Label::NotEstablished(Reason::TooFewRespondents)
    } else if adjusted.p_div <= rule.alpha {
        Label::Divisive
    } else if broad && evidence.guard.is_empty() {
        Label::BroadSupport
    } else if opposed && evidence.guard_opp.is_empty() {
        Label::BroadOpposition
    } else if adjusted.p_het <= rule.alpha && !evidence.target.is_empty() {
        Label::Focused
    } else if broad || opposed {
        Label::NotEstablished(Reason::SmallSegmentDissent)
    } else if adjusted.p_maj <= rule.alpha {
        Label::NotEstablished(Reason::MajorityNotBroad)
    } else if evidence.settles_no_majority(rule) {
        Label::NotEstablished(Reason::NoMajority)
    } else {
        Label::NotEstablished(Reason::Imprecise)
    }
}
