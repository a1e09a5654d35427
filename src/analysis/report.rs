//! The consensus summary as one value: every number that a report shows stands here, and templates compute nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::reported::Choice;
use super::crosstab::Crosstab;
use super::delphi::report::Rounds;
use super::figures::{FigureTold, FormulaTold};
use super::measure::Measured;
use super::opinion::reported::Opinions;
use super::robustness::report::Robustness;
use super::view::Viewed;
use super::weight::report::{Representativeness, WeightedShare, WeightedTally};
use crate::definition::consensus::DecisionRule;

/// A consensus summary. Serialised, it is `report.json`, described by `docs/report.schema.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this structure; a reader refuses a number it does not know.
    pub format: u32,
    /// The survey's id.
    pub survey: String,
    /// The survey's title.
    pub title: String,
    /// Language of the title and the labels, as a BCP 47 tag.
    pub language: String,
    /// The published version analysed.
    pub version: u32,
    /// What this is a view of; not there in the report itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Viewed>,
    /// What a reader must know before the numbers: simulated answers, self-selection, imported votes.
    pub notices: Vec<Notice>,
    /// Who could have taken part, who started and who finished.
    pub base: Base,
    /// The main findings in plain English, in order of weight.
    pub findings: Vec<String>,
    /// The answer to "a few broad interventions, or many focused ones?".
    pub breadth: BreadthAnswer,
    /// The respondent groups that support is compared between.
    pub segments: Vec<Segment>,
    /// One entry a candidate intervention, in the order of the definition.
    pub interventions: Vec<Intervention>,
    /// People who vote alike on interventions and ideas; `null` where nothing is voted on, or too few took part.
    #[serde(default)]
    pub opinions: Option<Opinions>,
    /// How far a panel has come that is asked in rounds; `null` for other surveys.
    #[serde(default)]
    pub rounds: Option<Rounds>,
    /// One entry a closed question, in the order of the definition.
    pub questions: Vec<Question>,
    /// The closed questions by the groups of each segment: one entry a question and segment.
    #[serde(default)]
    pub crosstabs: Vec<Crosstab>,
    /// One entry a free-text question that is themed, in the order of the definition.
    pub themes: Vec<QuestionThemes>,
    /// Those who answered beside the population; `null` where the definition states no shares.
    #[serde(default)]
    pub representativeness: Option<Representativeness>,
    /// The verdicts under other readings of the answers; `null` where nothing is judged.
    #[serde(default)]
    pub robustness: Option<Robustness>,
    /// How the numbers were made.
    pub method: Method,
    /// What the numbers were made from.
    pub hashes: Hashes,
}

impl Report {
    /// The bytes of `report.json`: the same report gives the same bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Its keys are texts: it cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// A caution printed at the head of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// A stable code: `simulated`, `self_selected`, `imported`, `groups_from_votes`, `no_responses`,
    /// `too_few_to_show`, `earlier_round`, `changed_meaning`, `added_later`, `changed_rule`, `weighted`, `not_weighted`; of views `part_of_responses`,
    /// `also_by`, `weights_switched`, `view`.
    pub code: String,
    /// The caution as a sentence.
    pub text: String,
}

/// Who took part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Base {
    /// Invitations that were made; `null` where people came without one, so that nobody counted them.
    pub invited: Option<u64>,
    /// Who could take part.
    pub access: AccessBase,
    /// People who started, finished or not.
    pub started: u64,
    /// People who sent their answers.
    pub completed: u64,
    /// The same by participation mode.
    pub by_mode: Vec<ModeBase>,
    /// People who took back what they had sent: their answers are deleted, and they are counted nowhere else.
    #[serde(default)]
    pub withdrawn: u64,
    /// The population the definition declares, if it does.
    pub population: Option<PopulationBase>,
}

/// Who could take part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessBase {
    /// A stable code: `open_link`, `invitation`, `passphrase`, `email_domain`, `imported`.
    pub mode: String,
    /// What that protects from and what it does not, as a sentence.
    pub protection: String,
}

/// Participation through one door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModeBase {
    /// A stable code: `open_link`, `invitation`, `passphrase`, `email_domain`, `imported`, `simulated`, `unfinished`.
    pub mode: String,
    /// The mode in plain words.
    pub label: String,
    /// People who started in this mode.
    pub started: u64,
    /// People who sent their answers in this mode.
    pub completed: u64,
}

/// The declared population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PopulationBase {
    /// Best estimate of its size in people.
    pub estimate: u64,
    /// Low end of the estimate.
    pub low: u64,
    /// High end of the estimate.
    pub high: u64,
    /// Where the estimate comes from.
    pub source: String,
    /// Completed responses as a share (0..1) of the best estimate.
    pub reach: f64,
}

/// The broad-or-focused answer for the whole set of interventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreadthAnswer {
    /// The answer as a sentence.
    pub text: String,
    /// Counts of verdicts by declared breadth: `broad`, `focused`, then `undeclared` where any is.
    pub rows: Vec<BreadthRow>,
}

/// Verdicts among the interventions of one declared breadth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreadthRow {
    /// `broad`, `focused` or `undeclared`.
    pub breadth: String,
    /// Interventions declared so.
    pub interventions: u32,
    /// How many have broad support.
    pub broad_support: u32,
    /// How many have support focused on named segments.
    pub focused: u32,
    /// How many divide opinion.
    pub divisive: u32,
    /// How many have broad opposition.
    pub broad_opposition: u32,
    /// How many are not established.
    pub not_established: u32,
}

/// A question whose options split the respondents into groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// The question's id.
    pub id: String,
    /// The question's text.
    pub label: String,
    /// True where a person can be in several groups, or the groups were made from the answers compared:
    /// then differences between them are shown and not tested.
    pub descriptive: bool,
    /// Its groups, in the order of the definition.
    pub groups: Vec<Group>,
}

/// One respondent group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The option's id.
    pub id: String,
    /// The option's label.
    pub label: String,
    /// Respondents in it; `null` where suppressed to protect them.
    pub n: Option<u64>,
    /// The group's share of the population by the definition's margins, if given.
    pub population_share: Option<f64>,
    /// The group's share of those who answered the question; `null` where suppressed.
    pub share: Option<f64>,
}

/// Support for one candidate intervention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intervention {
    /// The intervention's id; an imported statement keeps the id it had.
    pub id: String,
    /// The tally that it is counted from: the `id` of an entry of `questions`.
    #[serde(default)]
    pub variable: String,
    /// What respondents read.
    pub label: String,
    /// `broad`, `focused`, or `null` where the definition does not say.
    pub breadth: Option<String>,
    /// Whom a focused intervention is for.
    pub audience: Option<String>,
    /// True where the intervention was withdrawn (a statement moderated out): counted, not judged.
    pub withdrawn: bool,
    /// People in favour.
    pub support: u64,
    /// People neither for nor against, passes among them.
    pub neutral: u64,
    /// People against.
    pub oppose: u64,
    /// People who finished without an answer that counts: skipped, not shown, "don't know". Where fewer people answered
    /// than may be shown, they are counted here too, and the verdict says that the figures are withheld.
    pub missing: u64,
    /// People who answered: support + neutral + oppose.
    pub n: u64,
    /// support / n, between 0 and 1; `null` if nobody answered.
    pub share: Option<f64>,
    /// Wilson 95% interval of the share.
    pub interval: Option<[f64; 2]>,
    /// Share of priority: mean Borda points from ranking, 0..1; `null` where not ranked.
    pub priority: Option<f64>,
    /// Mean share of the points to spend, 0..1; `null` where not allocated.
    pub spend: Option<f64>,
    /// The verdict, its reason and its evidence.
    pub verdict: Verdict,
    /// Support by respondent group: one entry a group of every segment.
    pub segments: Vec<SegmentSupport>,
    /// Support under weights, on which the verdict then rests; `null` where answers are not weighted.
    #[serde(default)]
    pub weighted: Option<WeightedShare>,
}

/// What the decision rule says of one intervention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// `broad_support`, `broad_opposition`, `focused`, `divisive` or `not_established`.
    pub label: String,
    /// Why it is not established: `too_few_respondents`, `small_segment_dissent`, `majority_not_broad`,
    /// `no_majority`, `imprecise` or `withdrawn`; `null` otherwise.
    pub reason: Option<String>,
    /// The p-value that decided, after Holm's correction across the interventions; rounded up to 0.000001, 0.0001, 0.001, 0.01,
    /// 0.05, 0.1, 0.2, 0.5 or 1 where counts of groups are withheld, which it would tell.
    pub p: Option<f64>,
    /// Lower 95% confidence bound of the share (of opposition, for broad opposition).
    pub bound: Option<f64>,
    /// Respondents that would be needed to establish broad support, were the observed shares the true ones;
    /// `null` where the verdict is established or no number would do. Rounded up to two digits where `p` is rounded.
    pub needed_n: Option<u64>,
    /// The groups that a focused verdict names, that failed, or that dissent: `segment.group`.
    pub groups: Vec<String>,
    /// The verdict as a sentence to print.
    pub text: String,
}

/// Support for one intervention within one respondent group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentSupport {
    /// The segment question's id.
    pub segment: String,
    /// The group's id.
    pub group: String,
    /// The group's label.
    pub label: String,
    /// True where all numbers are withheld because the group is small; they are then all `null`. In a group that is shown
    /// single numbers can be withheld too.
    pub suppressed: bool,
    /// `tested` (enough answers to decide with), `guard` (enough to object), `shown` (neither) or `withheld`.
    pub role: String,
    /// People in favour; `null` where withheld.
    pub support: Option<u64>,
    /// People neither for nor against; `null` where withheld.
    pub neutral: Option<u64>,
    /// People against; `null` where withheld.
    pub oppose: Option<u64>,
    /// People in the group without an answer that counts.
    pub missing: Option<u64>,
    /// People who answered.
    pub n: Option<u64>,
    /// support / n; `null` where withheld.
    pub share: Option<f64>,
    /// Wilson 95% interval of the share; `null` where withheld.
    pub interval: Option<[f64; 2]>,
    /// Support under weights; `null` where answers are not weighted or the group is small.
    #[serde(default)]
    pub weighted: Option<WeightedShare>,
}

/// The tally of one closed question, or of one row of a rating grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The variable's name: the item's id, or `item.row` for a grid's row.
    pub id: String,
    /// The question as asked, with the row's label for a grid.
    pub label: String,
    /// Level of measurement: `nominal`, `ordinal`, `interval`, `ranking`, `multiple`, `allocation`.
    pub scale: String,
    /// People who answered, the base of every share.
    pub n: u64,
    /// People without an answer, by kind.
    pub missing: Missing,
    /// One entry an option (choices), or a ranked or funded item.
    pub rows: Vec<Row>,
    /// Summary of a number; `null` for choices.
    pub numbers: Option<Numbers>,
    /// How far answers on a scale agree or stand in camps, a measure an entry; none for other questions, and none where a
    /// figure of the question is withheld.
    #[serde(default)]
    pub measures: Vec<Measured>,
    /// The same under weights; `null` where answers are not weighted.
    #[serde(default)]
    pub weighted: Option<WeightedTally>,
    /// What rankings or points come to; `null` for other questions, and where a figure of the question is withheld.
    #[serde(default)]
    pub choice: Option<Choice>,
}

/// People without an answer, by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Saw the question and left it.
    pub skipped: u64,
    /// Never saw it: routed past.
    pub not_shown: u64,
    /// Stopped before it.
    pub not_reached: u64,
    /// Chose "don't know" or "not applicable".
    pub dont_know: u64,
    /// Answered it in a version where it meant something else: the answer is left out.
    #[serde(default)]
    pub left_out: u64,
}

/// One line of a tally.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// The option's or the item's id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// People who chose it (ranking: who ranked it at all; allocation: who gave it any points);
    /// `null` where suppressed to protect a small group.
    pub count: Option<u64>,
    /// count / n.
    pub share: Option<f64>,
    /// Wilson 95% interval of the share.
    pub interval: Option<[f64; 2]>,
    /// Ranking: people who put it first.
    pub first: Option<u64>,
    /// Ranking: mean Borda points as a share of the most one can get; allocation: mean share of the total.
    pub mean: Option<f64>,
}

/// Summary of a numeric answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Numbers {
    /// Smallest; `null` where fewer people gave it than may be shown.
    pub min: Option<f64>,
    /// Lower quartile (Hyndman and Fan type 7).
    pub q1: f64,
    /// Median (Hyndman and Fan type 7).
    pub median: f64,
    /// Upper quartile (Hyndman and Fan type 7).
    pub q3: f64,
    /// Largest; `null` where fewer people gave it than may be shown.
    pub max: Option<f64>,
    /// Arithmetic mean.
    pub mean: f64,
}

/// The themes of one free-text question. `none`, `other` and the themes' counts add up to `n`; where people coded the
/// answers, `waiting` too, and an answer in several themes counts in each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuestionThemes {
    /// The question's id.
    pub question: String,
    /// The question as asked.
    pub label: String,
    /// Answers given, those without content among them.
    pub n: u64,
    /// Answers that say nothing ("none", "n/a").
    pub none: u64,
    /// Of these, those that say that the question was not answered ("did not answer", "n/a").
    #[serde(default)]
    pub unanswered: u64,
    /// Answers that fit no theme well.
    pub other: u64,
    /// Different texts among the answers, after normalising.
    pub distinct: u64,
    /// Themes, the largest first.
    pub themes: Vec<Theme>,
    /// Candidate interventions that answers speak of without being asked, in the order of the definition; those that none
    /// speaks of are left out.
    #[serde(default)]
    pub interventions: Vec<InterventionMentions>,
    /// Where people coded the answers: what they did. Then the themes are theirs, and an answer counts in each theme that it
    /// is in. `null` where the computer alone found the themes.
    #[serde(default)]
    pub coding: Option<CodedByPeople>,
}

/// What people did to the themes of one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CodedByPeople {
    /// Decisions in force, suggestions that were taken up among them.
    pub decisions: u64,
    /// Answers that a person placed by hand.
    pub by_person: u64,
    /// Answers in several themes.
    pub several: u64,
    /// Answers that came, or were changed, since themes were last suggested: they are in `n`, and in no theme.
    pub waiting: u64,
}

/// What the answers to one question say of one candidate intervention in their own words: found by words alone, and never
/// counted as votes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InterventionMentions {
    /// The intervention's id.
    pub intervention: String,
    /// What respondents read.
    pub label: String,
    /// All answers that mention it.
    pub all: MentionCounts,
    /// The same by the theme of the answer: one entry a theme, in their order, then one for answers in no theme. Where none
    /// is withheld they add up to `all`.
    pub themes: Vec<MentionCounts>,
    /// A clause for it and one against it; one that says neither if there is no other. None where fewer answers mention it
    /// than may be shown.
    pub examples: Vec<MentionExample>,
}

/// Answers that mention an intervention. Each counts once; an idea wall has ideas in place of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MentionCounts {
    /// The id of the theme, `other` for answers in no theme, or `all`.
    pub theme: String,
    /// True where the numbers are withheld because they are small, or would tell others that are; they are then all `null`.
    pub suppressed: bool,
    /// People who mention it.
    pub people: Option<u64>,
    /// People who ask for it wherever they clearly say so.
    pub people_for: Option<u64>,
    /// People who refuse it wherever they clearly say so.
    pub people_against: Option<u64>,
    /// People who say neither, or both.
    pub people_unclear: Option<u64>,
}

/// A clause that mentions an intervention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MentionExample {
    /// `for`, `against` or `unclear`.
    pub polarity: String,
    /// The clause, personal details replaced by what they are.
    pub text: String,
}

/// One theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Theme {
    /// Stable within this report: `t1`, `t2`, ...
    pub id: String,
    /// Its strongest words, for display.
    pub label: String,
    /// Words and phrases that set it apart, strongest first.
    pub terms: Vec<String>,
    /// Answers in it, each in one theme as a whole.
    pub count: u64,
    /// People whose answer makes a point of it, or is in it as a whole: they add up to more than the answers where one
    /// makes several points.
    #[serde(default)]
    pub people: u64,
    /// Clauses of answers in it; an answer without such a clause that is in it as a whole counts as one.
    #[serde(default)]
    pub mentions: u64,
    /// Different texts in it.
    pub distinct: u64,
    /// Typical answers, the most typical first.
    pub quotes: Vec<String>,
}

/// How the numbers were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Method {
    /// The decision rule in force.
    pub rule: DecisionRule,
    /// Other parameters, by name.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// Seed of everything random.
    pub seed: u64,
    /// The software's version.
    pub version: String,
    /// Each method in a sentence, with its source.
    pub notes: Vec<String>,
    /// What each figure on the page is.
    #[serde(default)]
    pub figures: Vec<FigureTold>,
    /// The formulas of these, with their sources.
    #[serde(default)]
    pub formulas: Vec<FormulaTold>,
}

/// SHA-256 of what the numbers were made from, as hexadecimal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hashes {
    /// Of the published definition.
    pub definition: String,
    /// Of the responses: each one's mode, version and canonical JSON hashed, the hashes sorted and hashed again.
    pub responses: String,
    /// Of what people decided about themes; `null` where they decided nothing.
    #[serde(default)]
    pub coding: Option<String>,
    /// Of what people decided about personal details in answers; `null` where they decided nothing.
    #[serde(default)]
    pub redaction: Option<String>,
    /// Of the language model that the themes were shaped by; `null` if they were made from the words alone.
    #[serde(default)]
    pub model: Option<String>,
}
