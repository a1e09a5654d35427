//! Puts the consensus summary together: one dataset in, one report out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::choice::reported as choice;
use super::coding::reported::{self, CodedQuestion};
use super::crosstab::{self, Crosstabs};
use super::dataset::{Column, Dataset};
use super::delphi::report::Rounds;
use super::figures;
use super::findings;
use super::measure;
use super::mentions;
use super::opinion;
use super::redaction::{Quotes, Rule};
use super::report::{Base, Hashes, Intervention, Method, Notice, Question, QuestionThemes, Report, Theme};
use super::robustness::robustness;
use super::support::{self, Split};
use super::tally::{self, tallies};
use super::text::redact::{Redactor, without_details};
use super::text::{Assigned, ThemeOptions, Vectors, themes};
use super::view::Viewed;
use super::weight::{self, Weighing, Weights};
use crate::definition::{Segment, Survey};
use crate::item::{Head, Item, Scale};

/// Version of the report's structure.
pub const FORMAT: u32 = 1;

/// What a report needs besides the answers.
pub struct Context {
    /// Who took part.
    pub base: Base,
    /// What the numbers are made from.
    pub hashes: Hashes,
    /// The published version analysed.
    pub version: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// The software's version.
    pub software: String,
    /// Vectors of [`open_texts`] by a language model, if there is one.
    pub vectors: Option<Vectors>,
    /// The questions whose answers people coded, by their ids.
    pub coded: BTreeMap<String, CodedQuestion>,
    /// How far the panel has come, if it is asked in rounds.
    pub rounds: Option<Rounds>,
    /// What the view is, if it is not the report itself.
    pub view: Option<Seen>,
}

/// A view of the responses.
#[derive(Debug)]
pub struct Seen {
    /// What is said of it.
    pub viewed: Viewed,
    /// For a part of the responses, the weights that these have among all of them, where all are weighted.
    pub weighing: Option<Weighing>,
}

/// Analyses a dataset. Equal input gives an equal report. `progress` is told a step and how far it is, from 0 to 1.
pub fn summarise(data: &Dataset<'_>, context: Context, progress: &(dyn Fn(&str, f64) + Sync)) -> Report {
    let survey = data.survey;
    progress("Counting answers", 0.0);
    let mut questions = tallies(data);
    measure::add(&mut questions);
    choice::add(&mut questions, data, context.seed);
    progress("Judging support", 0.0);
    let weighing = match &context.view {
        Some(seen) if seen.viewed.is_part() => seen.weighing.clone(),
        _ => weighed(data),
    };
    let counted = judged(data, questions, weighing);
    let too_few = too_few(data);
    progress("Looking for opinion groups", 0.0);
    let weights = counted.weights(survey);
    let Counted { interventions, weighing, .. } = &counted;
    // Side by side, because parts of each keep one processor busy alone.
    let ((opinions, robustness), themes) = rayon::join(
        || {
            let opinions = if too_few { None } else { opinion::opinions(data, context.seed) };
            (opinions, robustness(data, weighing.as_ref(), interventions))
        },
        || if too_few { Vec::new() } else { all_themes(data, &context, progress) },
    );
    let is_part = context.view.as_ref().is_some_and(|seen| seen.viewed.is_part());
    let rounds = context.rounds.clone().filter(|_| !too_few);
    let mut breadth = findings::breadth(interventions);
    if too_few {
        breadth.text = "Too few people have answered to say.".to_string();
    }
    Report {
        format: FORMAT,
        survey: survey.id.clone(),
        title: survey.title.clone(),
        language: survey.language.clone(),
        version: context.version,
        view: context.view.as_ref().map(|seen| seen.viewed.clone()),
        notices: notices(data, &context, weighing.as_ref()),
        findings: match &context.view {
            Some(Seen { viewed, .. }) if is_part => {
                findings::of_part(viewed, interventions, &breadth, (rounds.as_ref(), &themes))
            }
            _ => findings::headlines(&context.base, interventions, &breadth, (rounds.as_ref(), &themes)),
        },
        breadth,
        segments: support::segments(survey, &counted.splits),
        opinions,
        rounds,
        themes,
        robustness,
        // A part of those who answered is not there to be like the population.
        representativeness: weighing
            .as_ref()
            .filter(|_| !is_part)
            .map(|weighing| weight::representativeness(weighing, survey)),
        method: method(data, &context, weights),
        interventions: counted.interventions,
        questions: counted.questions,
        crosstabs: counted.crosstabs.tables,
        base: context.base,
        hashes: context.hashes,
    }
}

/// What closed questions come to: tallies, answers by group, and support with its verdicts.
pub(super) struct Counted<'a> {
    /// The tallies.
    pub(super) questions: Vec<Question>,
    /// One entry an intervention; none where so few people answered that any figure could tell them apart.
    pub(super) interventions: Vec<Intervention>,
    /// The respondent groups.
    pub(super) splits: Vec<Split<'a>>,
    crosstabs: Crosstabs,
    weighing: Option<Weighing>,
    is_weighted: bool,
}

impl Counted<'_> {
    /// True where verdicts and what is named weighted rest on weights.
    pub(super) fn is_weighted(&self) -> bool {
        self.is_weighted
    }

    fn weights(&self, survey: &Survey) -> Option<&Weights> {
        weight::in_force(self.weighing.as_ref(), survey)
    }
}

/// Counts what can be counted without chance: a report has the same figures.
pub(super) fn counted<'a>(data: &'a Dataset<'a>) -> Counted<'a> {
    judged(data, tallies(data), weighed(data))
}

/// Weights of everyone; none for so few people that any figure could tell them apart.
fn weighed(data: &Dataset<'_>) -> Option<Weighing> {
    if too_few(data) { None } else { weight::weigh(data) }
}

fn judged<'a>(data: &'a Dataset<'a>, mut questions: Vec<Question>, weighing: Option<Weighing>) -> Counted<'a> {
    // So few people could be told apart by any figure: nothing but their number is shown.
    let too_few = too_few(data);
    let weights = weight::in_force(weighing.as_ref(), data.survey);
    if let Some(weights) = weights {
        weight::add_weighted(&mut questions, data, weights);
    }
    let splits = support::splits(data);
    let crosstabs = crosstab::crosstabs(data, &splits, &questions);
    let interventions =
        if too_few { Vec::new() } else { support::interventions(data, (&splits, weights), &questions, &crosstabs) };
    let is_weighted = weights.is_some();
    Counted { questions, interventions, splits, crosstabs, weighing, is_weighted }
}

/// All texts that a report finds themes in.
pub fn open_texts<'d>(data: &'d Dataset<'_>) -> Vec<&'d str> {
    if too_few(data) { Vec::new() } else { themed(data).into_iter().flat_map(|(_, texts)| texts).collect() }
}

fn all_themes(data: &Dataset<'_>, context: &Context, progress: &(dyn Fn(&str, f64) + Sync)) -> Vec<QuestionThemes> {
    let options = ThemeOptions { seed: context.seed, vectors: context.vectors.as_ref(), ..ThemeOptions::default() };
    let asked = themed(data);
    // How far each question is, in thousandths.
    let done: Vec<AtomicU32> = asked.iter().map(|_| AtomicU32::new(0)).collect();
    let tell = |place: usize, share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
        let thousandths = (share.clamp(0.0, 1.0) * 1_000.0) as u32;
        done.iter().skip(place).take(1).for_each(|one| one.store(thousandths, Ordering::Relaxed));
        let all: u32 = done.iter().map(|one| one.load(Ordering::Relaxed)).sum();
        progress("Grouping what people wrote", f64::from(all) / 1_000.0 / done.len() as f64);
    };
    let of_question = |(place, (head, texts)): (usize, (&Head, Vec<&str>))| {
        let (found, texts, places) = if let Some(coded) = context.coded.get(&head.id) {
            reported::themes_of(&head.id, &head.text, coded, data.quotes(&head.id))
        } else {
            let tell = |done| tell(place, done);
            let quotes = data.quotes(&head.id);
            let (found, places) = themes_of((&head.id, &head.text), &texts, quotes, &options, &tell);
            (found, texts, places)
        };
        let redactor = Redactor::new();
        let quote = |text: &str| data.quote(&head.id, &redactor, text);
        let ids: Vec<&str> = found.themes.iter().map(|theme| theme.id.as_str()).collect();
        let interventions = mentions::of_question(data.survey, &texts, (&places, &ids), &quote);
        QuestionThemes { interventions, ..found }
    };
    asked.into_par_iter().enumerate().map(of_question).collect()
}

/// True for a report of this survey that compares the answers of groups.
pub fn has_crosstabs(survey: &Survey) -> bool {
    survey.segments().next().is_some()
}

/// True for a report of this survey that looks for opinion groups.
pub fn has_opinions(survey: &Survey) -> bool {
    survey.support().is_some() || survey.pages.iter().any(|page| page.wall().is_some())
}

/// True for a report of this survey that looks for mentions of interventions in answers.
pub fn has_mentions(survey: &Survey) -> bool {
    !survey.interventions.is_empty() && survey.answered_questions().any(|question| question.item.scale().is_themed())
}

/// The questions that have themes, with their answers.
fn themed<'d>(data: &'d Dataset<'_>) -> Vec<(&'d Head, Vec<&'d str>)> {
    let themed = data.survey.answered_questions().filter(|question| question.item.scale().is_themed());
    themed
        .filter_map(|question| {
            let head = &question.item.head;
            let mut texts: Vec<&str> = match (question.item.scale(), data.column(&head.id)) {
                (Scale::Ideas { .. }, _) => data.wall(&head.id).iter().map(|idea| idea.text.as_str()).collect(),
                (_, Some(Column::Texts(cells))) => cells.iter().flatten().map(AsRef::as_ref).collect(),
                _ => return None,
            };
            if !texts.is_empty() && texts.len() < data.survey.privacy.min_cell as usize {
                return None;
            }
            // They come in no order of their own: sorting makes equal answers give equal themes.
            texts.sort_unstable();
            Some((head, texts))
        })
        .collect()
}

/// The themes of the answers to one question, as a report shows them, and the theme of each answer. What people hid becomes
/// no word of a theme, and nothing is quoted that may not leave.
pub fn themes_of(
    (id, label): (&str, &str),
    texts: &[&str],
    quotes: Option<&Quotes>,
    options: &ThemeOptions<'_>,
    progress: &(dyn Fn(f64) + Sync),
) -> (QuestionThemes, Vec<Assigned>) {
    let redactor = Redactor::new();
    let seen: Vec<Cow<'_, str>> = texts.iter().map(|text| without(quotes, text)).collect();
    let left = without_details(&seen.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let found = themes(&left, options, progress);
    let quote = |index: &usize| {
        let text = texts.get(*index)?;
        quotes.map_or_else(|| Some(redactor.redact(text)), |quotes| quotes.quote(&redactor, text))
    };
    // Where quotes wait to be looked through, others that may leave stand for the most typical.
    let is_reviewed = quotes.is_some_and(|quotes| quotes.rule() != Rule::Found);
    let others = |theme: usize, typical: &[usize]| -> Vec<usize> {
        let mut seen: BTreeSet<&str> = typical.iter().filter_map(|at| texts.get(*at).copied()).collect();
        let of_theme = found.assignment.iter().zip(texts).enumerate();
        let of_theme = of_theme.filter(|(_, (place, _))| is_reviewed && **place == Assigned::Theme(theme));
        of_theme.filter(|(_, (_, text))| seen.insert(text)).map(|(at, _)| at).collect()
    };
    let others: Vec<Vec<usize>> =
        found.themes.iter().enumerate().map(|(theme, known)| others(theme, &known.quotes)).collect();
    let shown = QuestionThemes {
        question: id.to_string(),
        label: label.to_string(),
        n: found.n as u64,
        none: found.none as u64,
        unanswered: found.unanswered.iter().filter(|&&unanswered| unanswered).count() as u64,
        other: found.other as u64,
        distinct: found.distinct as u64,
        themes: (1..)
            .zip(found.themes.into_iter().zip(found.several.reach).zip(others))
            .map(|(number, ((theme, reach), others))| Theme {
                id: format!("t{number}"),
                label: theme.label,
                terms: theme.terms,
                count: theme.count as u64,
                people: reach.people as u64,
                mentions: reach.mentions as u64,
                distinct: theme.distinct as u64,
                quotes: theme.quotes.iter().chain(&others).filter_map(quote).take(options.quotes).collect(),
            })
            .collect(),
        interventions: Vec::new(),
        coding: None,
    };
    (shown, found.assignment)
}

/// A text without what people hid in it.
fn without<'t>(quotes: Option<&Quotes>, text: &'t str) -> Cow<'t, str> {
    match quotes {
        Some(quotes) if quotes.review(text).is_some() => Cow::Owned(quotes.without(text)),
        _ => Cow::Borrowed(text),
    }
}

fn too_few(data: &Dataset<'_>) -> bool {
    data.n > 0 && data.n < data.survey.privacy.min_cell as usize
}

fn notices(data: &Dataset<'_>, context: &Context, weighing: Option<&Weighing>) -> Vec<Notice> {
    let base = &context.base;
    let notice = |code: &str, text: String| Notice { code: code.to_string(), text };
    let completed = |mode: &str| base.by_mode.iter().find(|by| by.mode == mode).map_or(0, |by| by.completed);
    let mut notices: Vec<Notice> = context.view.iter().flat_map(|seen| seen.viewed.notices(data.survey)).collect();
    let simulated = completed("simulated");
    if simulated > 0 && simulated == base.completed {
        notices.push(notice(
            "simulated",
            "Every answer in this report is simulated. No person gave it, and nothing follows from it.".to_string(),
        ));
    } else if simulated > 0 {
        notices.push(notice(
            "simulated",
            format!(
                "{simulated} of the {} responses in this report are simulated. No person gave them.",
                base.completed
            ),
        ));
    }
    if too_few(data) {
        let text = format!(
            "Fewer than {} people have sent answers. To protect them, what they answered is not shown.",
            data.survey.privacy.min_cell
        );
        notices.push(notice("too_few_to_show", text));
    }
    if base.completed == 0 {
        notices
            .push(notice("no_responses", "Nobody has sent answers yet, so there is nothing to conclude.".to_string()));
    }
    if completed("imported") > 0 {
        notices.push(notice("imported", "The answers were imported from another tool. Where a person voted more than once on a statement, the last vote counts.".to_string()));
    }
    let rule = themed(data).iter().filter_map(|(head, _)| data.quotes(&head.id)).map(Quotes::rule).max();
    let people = match rule.unwrap_or_default() {
        Rule::Found => None,
        Rule::One => Some("one person"),
        Rule::Two => Some("two people"),
    };
    if let Some(people) = people {
        let text =
            format!("Only what {people} looked through for personal details is quoted, so a theme may have no quote.");
        notices.push(notice("quotes_reviewed", text));
    }
    let by = context.view.as_ref().and_then(|seen| seen.viewed.by.as_deref());
    let described =
        |(item, segment, _): (&Item, Segment, _)| segment == Segment::Descriptive && by != Some(item.head.id.as_str());
    if data.survey.segments().any(described) {
        notices.push(notice(
            "groups_from_votes",
            "The respondent groups were made from the same answers that are compared between them. Differences between the groups are therefore shown, and not tested.".to_string(),
        ));
    }
    let left = context.rounds.as_ref().map_or(0, |rounds| rounds.not_returned);
    if left > 0 {
        let word = if left == 1 { "person" } else { "people" };
        let text = format!(
            "{left} {word} answered in an earlier round and not in this one. What they answered is in the figures of its round and in no others."
        );
        notices.push(notice("earlier_round", text));
    }
    notices.extend(data.others.notices(data.survey));
    if let Some((code, text)) = weighing.and_then(|weighing| weight::notice(weighing, data.survey)) {
        notices.push(notice(code, text));
    }
    notices.push(notice(
        "self_selected",
        "People chose for themselves whether to take part. The intervals tell what chance alone could do; they give no margin of error for everyone who could have taken part.".to_string(),
    ));
    notices
}

fn method(data: &Dataset<'_>, context: &Context, weights: Option<&Weights>) -> Method {
    let survey = data.survey;
    let with_model = if context.vectors.is_some() { "vectors of a language model beside " } else { "" };
    let parameters = [
        ("interval", format!("Wilson, {:.0}% confidence", (1.0 - tally::ALPHA) * 100.0)),
        ("weighting", weight::setting(&survey.consensus, weights)),
        ("smallest group shown", survey.privacy.min_cell.to_string()),
        (
            "themes",
            format!(
                "{with_model}TF-IDF, neighbour smoothing, truncated SVD, vectors of words by PPMI, spherical k-means, Ward merging"
            ),
        ),
    ];
    let notes = [
        "Support is the share of everyone who answered an item, neutral answers and passes among them; people without an answer, and those who chose “don’t know”, are counted apart.",
        "Intervals are Wilson's score intervals (Wilson 1927) at 95% confidence, for display.",
        "Verdicts rest on exact one-sided binomial tests (Clopper and Pearson 1934). Broad support needs overall support above its threshold and a majority in every tested group at once (intersection-union test, Berger 1982).",
        "Differences between groups are tested by Pearson's chi-square test. Each family of tests is corrected across the interventions by Holm's method (Holm 1979).",
        "A group with fewer answers than the least number for a test can only object: if it shows a majority against, support is not called broad.",
        "Opinion groups are people who vote alike, found as Polis finds them: two principal components of the votes, 100 base clusters by k-means, and two to five groups of these by the silhouette. They count only if votes hang together more than when shuffled (parallel analysis, Horn 1965), if halves of the people give the same groups (mean adjusted Rand index of at least 0.5; Hubert and Arabie 1985), and if no group is too small. They describe, and no verdict rests on them. Whether groups differ on a statement is tested by Pearson's chi-square with groups made without the votes on it, corrected by Holm's method.",
        "Themes are found by the computer from the words of the answers; every answer is in one theme, in “other”, or among those that say nothing. An answer that makes several points is in one theme as a whole, and its clauses are counted in the themes that they are about. They are a first reading to be checked by people. Personal details that the computer recognises (names, addresses, telephone numbers, numbers and dates of birth of one person) are left out of themes and replaced in quotes by what they are.",
        "Mentions of interventions are what people wrote without being asked. The computer finds them by words alone: at least two words of an intervention’s wording in one clause of an answer, or one of the phrases that its authors gave. They are not votes and are added to none.",
        "Ranking shows mean Borda points as a share of the most that one can get; what was not ranked counts as none. Points show the mean share of the total.",
        "The places of a ranking are given by Borda points (de Borda 1781), first choices, Schulze (2011) and ranked pairs (Tideman 1987); options that a person did not rank share that person’s last place, and ties are told and never settled. Intervals of mean shares of points are those of resampling people (Efron 1979), from 1,001 answers on the normal ones.",
        "Agreement and polarisation on scales are measured from the counts by step, without weights; the source of each measure stands below their table.",
    ];
    let coded = "Where people coded the answers to a question, its themes are those that they decided: every decision is in the record, and an answer can be in several themes.";
    let notes = notes.into_iter().chain((!context.coded.is_empty()).then_some(coded));
    let notes = notes.chain(weights.map(|_| weight::METHOD));
    Method {
        rule: survey.consensus.clone(),
        parameters: parameters.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<BTreeMap<_, _>>(),
        seed: context.seed,
        version: context.software.clone(),
        notes: notes.map(str::to_string).collect(),
        figures: figures::figures_told(),
        formulas: figures::formulas_told(),
    }
}
