//! Support for each candidate intervention, overall and by respondent group, and the verdict on it.

use rayon::prelude::*;

use super::crosstab::Crosstabs;
use super::dataset::{Column, Dataset};
use super::disclosure;
use super::disclosure::table::Shown;
use super::report::{Group, Intervention, Question, Segment as SegmentReport, SegmentSupport, Verdict};
use super::tally::share;
use super::verdict::{self, Candidate, Cell, Partition};
use super::weight::Weights;
use super::weight::report::WeightedShare;
use super::weight::support::WeightedTable;
use crate::definition::{Segment, Survey};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Kind, Measure, Scale};

/// For, neither, against, and no answer that counts.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    support: u64,
    neutral: u64,
    oppose: u64,
    missing: u64,
}

impl Counts {
    fn n(self) -> u64 {
        self.support + self.neutral + self.oppose
    }

    fn less(&self, some: &Self) -> Self {
        Self {
            support: self.support.saturating_sub(some.support),
            neutral: self.neutral.saturating_sub(some.neutral),
            oppose: self.oppose.saturating_sub(some.oppose),
            missing: self.missing.saturating_sub(some.missing),
        }
    }

    fn cell(self) -> Cell {
        Cell { support: self.support as f64, oppose: self.oppose as f64, n: self.n() as f64 }
    }
}

/// How one respondent stands to one intervention.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    Support,
    Neutral,
    Oppose,
    Missing,
}

/// A segment question with the members of each of its groups.
pub(super) struct Split<'a> {
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: Segment,
    pub(super) options: Vec<&'a Choice>,
    /// Groups of each respondent, as positions in `options`.
    pub(super) members: Vec<Vec<usize>>,
    /// The group of each respondent who is in one alone, the number of groups for one in none, and more for one in several:
    /// the same close together, for those who look at everyone.
    single: Vec<u16>,
    /// True where a person can be in several groups.
    pub(super) overlapping: bool,
    pub(super) sizes: Vec<u64>,
}

/// Which of the answers are in favour, neither, and against, as positions.
pub(super) fn classes(answers: &[&str], measure: &Measure) -> Vec<Vec<usize>> {
    let class = |answer: &&str| match answer {
        answer if measure.support.iter().any(|id| id == *answer) => 0,
        answer if measure.oppose.iter().any(|id| id == *answer) => 2,
        _ => 1,
    };
    let of = |wanted: usize| {
        answers.iter().enumerate().filter(|(_, answer)| class(answer) == wanted).map(|(at, _)| at).collect()
    };
    vec![of(0), of(1), of(2)]
}

/// The respondent groups as the report shows them.
pub(super) fn segments(survey: &Survey, splits: &[Split<'_>]) -> Vec<SegmentReport> {
    splits.iter().map(|split| segment(split, survey)).collect()
}

/// Every intervention with its support and verdict; none if the survey does not measure support. With `weights` the
/// verdicts rest on weighted support, and both are told.
pub(super) fn interventions(
    data: &Dataset<'_>,
    (splits, weights): (&[Split<'_>], Option<&Weights>),
    questions: &[Question],
    crosstabs: &Crosstabs,
) -> Vec<Intervention> {
    let survey = data.survey;
    let Some((rows, stances)) = stances(data) else { return Vec::new() };
    let tables: Vec<Table> =
        stances.par_iter().map(|stances| Table::count(stances.iter().copied().enumerate(), splits)).collect();
    let weighted: Option<Vec<WeightedTable>> = weights.map(|weights| {
        stances.iter().map(|all| WeightedTable::count(all.iter().copied().enumerate(), splits, weights)).collect()
    });
    let judged: Vec<usize> = judged(survey, rows);
    let of = |index: &usize| match &weighted {
        Some(weighted) => weighted.get(*index).map(|table| table.candidate(splits)),
        None => tables.get(*index).map(|table| table.candidate(splits)),
    };
    let candidates: Vec<Candidate> = judged.iter().filter_map(of).collect();
    let differences =
        |index: &usize| weighted.as_ref()?.get(*index).map(|one| one.heterogeneity(splits, &survey.consensus));
    let heterogeneity: Vec<Vec<(String, f64)>> = judged.iter().filter_map(differences).collect();
    let mut verdicts: Vec<Option<verdict::Verdict>> = vec![None; rows.len()];
    for (index, verdict) in judged.iter().zip(verdict::classify_with(&candidates, &heterogeneity, &survey.consensus)) {
        if let Some(place) = verdicts.get_mut(*index) {
            *place = Some(verdict);
        }
    }
    rows.iter()
        .zip(tables)
        .zip(verdicts)
        .enumerate()
        .filter_map(|(index, ((row, table), verdict))| {
            let known = survey.interventions.iter().find(|known| known.id == row.id)?;
            let withheld = (1..u64::from(survey.privacy.min_cell)).contains(&table.overall.n());
            let table = if withheld { table.withheld() } else { table };
            let weighted = weighted.as_ref().and_then(|tables| tables.get(index)).filter(|_| !withheld);
            let shown: Vec<&[Shown]> = splits.iter().map(|split| crosstabs.shown(&row.id, split.id)).collect();
            let segments = table.by_group((splits, weighted), &shown, survey);
            let verdict = if segments.iter().any(SegmentSupport::withholds) { verdict.map(rounded) } else { verdict };
            let (share, interval) = share(table.overall.support, table.overall.n());
            Some(Intervention {
                id: row.id.clone(),
                variable: survey.support().map_or_else(String::new, |(item, _)| format!("{}.{}", item.head.id, row.id)),
                label: row.label.clone(),
                breadth: known.breadth.map(|breadth| breadth.name().to_string()),
                audience: known.audience.as_ref().map(|audience| audience_label(audience, splits)),
                withdrawn: known.withdrawn,
                support: table.overall.support,
                neutral: table.overall.neutral,
                oppose: table.overall.oppose,
                missing: table.overall.missing,
                n: table.overall.n(),
                share,
                interval,
                priority: mean_of(questions, survey, &row.id, "ranking"),
                spend: mean_of(questions, survey, &row.id, "allocation"),
                verdict: if withheld {
                    too_few_to_show(survey)
                } else {
                    verdict_report(verdict, weighted, survey, splits)
                },
                segments,
                weighted: weighted.and_then(|table| table.overall.shown()),
            })
        })
        .collect()
}

/// What is rated, and how each respondent stands to each of it; none if the survey does not measure support.
pub(super) fn stances<'d>(data: &'d Dataset<'_>) -> Option<(&'d [ItemRow], Vec<Vec<Stance>>)> {
    let (item, measure) = data.survey.support()?;
    let (Scale::Ratings { rows, steps }, Column::Ratings(columns)) = (item.scale(), data.column(&item.head.id)?) else {
        return None;
    };
    let stance_of: Vec<Stance> = steps
        .iter()
        .map(|step| match step {
            step if step.missing => Stance::Missing,
            step if measure.support.contains(&step.id) => Stance::Support,
            step if measure.oppose.contains(&step.id) => Stance::Oppose,
            _ => Stance::Neutral,
        })
        .collect();
    let stance = |cell: &super::dataset::Cell<u16>| {
        cell.ok().and_then(|code| stance_of.get(usize::from(code))).copied().unwrap_or(Stance::Missing)
    };
    Some((rows, columns.iter().map(|cells| cells.iter().map(stance).collect()).collect()))
}

/// The places of the rows that are judged: interventions that were not withdrawn.
pub(super) fn judged(survey: &Survey, rows: &[ItemRow]) -> Vec<usize> {
    let withdrawn = |row: &ItemRow| survey.interventions.iter().any(|known| known.withdrawn && known.id == row.id);
    rows.iter().enumerate().filter(|(_, row)| !withdrawn(row)).map(|(index, _)| index).collect()
}

/// How many stand how to one intervention, overall and by split and group.
pub(super) struct Table {
    overall: Counts,
    /// Counts by split and group.
    groups: Vec<Vec<Counts>>,
}

impl Table {
    pub(super) fn count(stances: impl Iterator<Item = (usize, Stance)>, splits: &[Split<'_>]) -> Self {
        let mut table = Self {
            overall: Counts::default(),
            groups: splits.iter().map(|split| vec![Counts::default(); split.options.len()]).collect(),
        };
        for (person, stance) in stances {
            let add = |counts: &mut Counts| {
                *match stance {
                    Stance::Support => &mut counts.support,
                    Stance::Neutral => &mut counts.neutral,
                    Stance::Oppose => &mut counts.oppose,
                    Stance::Missing => &mut counts.missing,
                } += 1;
            };
            add(&mut table.overall);
            for (split, counts) in splits.iter().zip(&mut table.groups) {
                let single = split.single.get(person).copied().map_or(counts.len(), usize::from);
                if let Some(counts) = counts.get_mut(single) {
                    add(counts);
                } else if single > counts.len() {
                    for group in split.members.get(person).into_iter().flatten() {
                        counts.get_mut(*group).into_iter().for_each(add);
                    }
                }
            }
        }
        table
    }

    /// The same without some of the people.
    pub(super) fn less(&self, some: &Self) -> Self {
        let groups = self.groups.iter().zip(&some.groups);
        let less = |(all, some): (&Counts, &Counts)| all.less(some);
        Self {
            overall: self.overall.less(&some.overall),
            groups: groups.map(|(all, some)| all.iter().zip(some).map(less).collect()).collect(),
        }
    }

    /// The same with everyone's stance counted as missing: so few people answered that any figure could tell who.
    fn withheld(self) -> Self {
        let hide = |counts: Counts| Counts { missing: counts.n() + counts.missing, ..Counts::default() };
        let groups = self.groups.into_iter().map(|groups| groups.into_iter().map(hide).collect()).collect();
        Self { overall: hide(self.overall), groups }
    }

    pub(super) fn candidate(&self, splits: &[Split<'_>]) -> Candidate {
        let partitions =
            splits.iter().zip(&self.groups).filter(|(split, _)| !split.overlapping).map(|(split, counts)| Partition {
                id: split.id.to_string(),
                groups: split
                    .options
                    .iter()
                    .zip(counts)
                    .map(|(option, counts)| (option.id.clone(), counts.cell()))
                    .collect(),
                circular: split.kind == Segment::Descriptive,
            });
        Candidate { overall: self.overall.cell(), partitions: partitions.collect() }
    }

    /// Support by group, as far as the crosstabs of the same answers may show it.
    fn by_group(
        &self,
        (splits, weighted): (&[Split<'_>], Option<&WeightedTable>),
        shown: &[&[Shown]],
        survey: &Survey,
    ) -> Vec<SegmentSupport> {
        let mut all = Vec::new();
        for (number, ((split, counts), shown)) in splits.iter().zip(&self.groups).zip(shown).enumerate() {
            let masses = weighted.and_then(|table| table.groups.get(number));
            for (place, (option, counts)) in split.options.iter().zip(counts).enumerate() {
                let masses = masses.and_then(|masses| masses.get(place));
                let n = masses.map_or(counts.n() as f64, |masses| masses.effective_n());
                let may = shown.get(place).filter(|shown| shown.n);
                let class = |class: usize| may.is_some_and(|shown| shown.classes.get(class).copied().unwrap_or(false));
                let (share, interval) = share(counts.support, counts.n());
                all.push(SegmentSupport {
                    segment: split.id.to_string(),
                    group: option.id.clone(),
                    label: option.label.clone(),
                    suppressed: may.is_none(),
                    role: may.map_or("withheld", |_| role(split, n, survey)).to_string(),
                    support: class(0).then_some(counts.support),
                    neutral: class(1).then_some(counts.neutral),
                    oppose: class(2).then_some(counts.oppose),
                    missing: may.map(|_| counts.missing),
                    n: may.map(|_| counts.n()),
                    share: share.filter(|_| class(0)),
                    interval: interval.filter(|_| class(0)),
                    weighted: masses
                        .filter(|_| class(0))
                        .and_then(|masses| masses.shown())
                        .map(|shown| WeightedShare { oppose: shown.oppose.filter(|_| class(2)), ..shown }),
                });
            }
        }
        all
    }
}

/// What a group with so many answers, effective ones under weights, is good for.
fn role(split: &Split<'_>, n: f64, survey: &Survey) -> &'static str {
    match n {
        _ if split.overlapping => "shown",
        n if n >= f64::from(survey.consensus.n_min_segment) => "tested",
        n if n >= f64::from(survey.consensus.n_min_guard) => "guard",
        _ => "shown",
    }
}

/// The segment questions with the members of their groups.
pub(super) fn splits<'a>(data: &'a Dataset<'a>) -> Vec<Split<'a>> {
    let mut splits: Vec<Split<'a>> = Vec::new();
    for (item, kind, all) in data.survey.segments() {
        let options: Vec<&Choice> = all.iter().filter(|option| !option.missing).collect();
        let group_of: Vec<Option<usize>> =
            all.iter().map(|option| options.iter().position(|kept| kept.id == option.id)).collect();
        let group = |code: &u16| group_of.get(usize::from(*code)).copied().flatten();
        let (members, overlapping): (Vec<Vec<usize>>, bool) = match data.column(&item.head.id) {
            Some(Column::Choices(cells)) => {
                (cells.iter().map(|cell| cell.iter().filter_map(group).collect()).collect(), false)
            }
            Some(Column::Sets(cells)) => (
                cells.iter().map(|cell| cell.iter().flat_map(|set| set.iter()).filter_map(group).collect()).collect(),
                true,
            ),
            _ => continue,
        };
        let sizes = (0..options.len())
            .map(|group| members.iter().filter(|groups| groups.contains(&group)).count() as u64)
            .collect();
        let single = |groups: &Vec<usize>| match groups.as_slice() {
            [] => u16::try_from(options.len()).unwrap_or(u16::MAX),
            [group] => u16::try_from(*group).unwrap_or(u16::MAX),
            _ => u16::MAX,
        };
        let single = members.iter().map(single).collect();
        let (id, label) = (&item.head.id, &item.head.text);
        splits.push(Split { id, label, kind, options, members, single, overlapping, sizes });
    }
    splits
}

fn segment(split: &Split<'_>, survey: &Survey) -> SegmentReport {
    let answered = split.members.iter().filter(|groups| !groups.is_empty()).count() as u64;
    let margin = survey.population.as_ref().and_then(|population| population.margins.get(split.id));
    let hidden = disclosure::hidden(&split.sizes, survey.privacy.min_cell);
    let groups = split.options.iter().zip(&split.sizes).zip(hidden).map(|((option, size), hidden)| Group {
        id: option.id.clone(),
        label: option.label.clone(),
        n: (!hidden).then_some(*size),
        population_share: margin.and_then(|margin| margin.get(&option.id)).copied(),
        share: share(*size, answered).0.filter(|_| !hidden),
    });
    SegmentReport {
        id: split.id.to_string(),
        label: split.label.to_string(),
        descriptive: split.overlapping || split.kind == Segment::Descriptive,
        groups: groups.collect(),
    }
}

fn verdict_report(
    verdict: Option<verdict::Verdict>,
    weighted: Option<&WeightedTable>,
    survey: &Survey,
    splits: &[Split<'_>],
) -> Verdict {
    let Some(mut verdict) = verdict else {
        return Verdict {
            label: "not_established".to_string(),
            reason: Some("withdrawn".to_string()),
            p: None,
            bound: None,
            needed_n: None,
            groups: Vec::new(),
            text: "Withdrawn during the consultation: counted, not judged.".to_string(),
        };
    };
    let name = |key: &verdict::GroupKey| {
        let split = splits.iter().find(|split| split.id == key.partition);
        let option = split.and_then(|split| split.options.iter().find(|option| option.id == key.group));
        option.map_or_else(|| key.to_string(), |option| option.label.clone())
    };
    let mut note = "";
    if let Some(table) = weighted {
        verdict = table.told(verdict);
        note = " Answers are weighted; replies so far are effective ones.";
    }
    Verdict {
        text: format!("{}{note}", verdict::sentence(&verdict, &survey.consensus, name)),
        label: verdict.label.code().to_string(),
        reason: verdict.label.reason().map(|reason| reason.code().to_string()),
        p: verdict.p,
        bound: Some(verdict.bound),
        needed_n: verdict.needed_n,
        groups: verdict.groups().iter().map(ToString::to_string).collect(),
    }
}

/// A verdict on groups whose counts are withheld in part: exact, its figures would tell these counts. The p-value is rounded
/// up to the next of a few, and the number of answers needed to two digits.
fn rounded(verdict: verdict::Verdict) -> verdict::Verdict {
    const STEPS: [f64; 8] = [1e-6, 1e-4, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5];
    let up = |p: f64| STEPS.into_iter().find(|step| p <= *step).unwrap_or(1.0);
    let two_digits = |n: u64| {
        let unit = 10_u64.pow(n.max(1).ilog10().saturating_sub(1));
        n.div_ceil(unit) * unit
    };
    verdict::Verdict { p: verdict.p.map(up), needed_n: verdict.needed_n.map(two_digits), ..verdict }
}

impl SegmentSupport {
    fn withholds(&self) -> bool {
        [self.support, self.neutral, self.oppose].iter().any(Option::is_none)
    }
}

fn too_few_to_show(survey: &Survey) -> Verdict {
    Verdict {
        label: "not_established".to_string(),
        reason: Some("too_few_respondents".to_string()),
        p: None,
        bound: None,
        needed_n: None,
        groups: Vec::new(),
        text: format!(
            "Fewer than {} people answered: to protect them, the figures are withheld.",
            survey.privacy.min_cell
        ),
    }
}

/// An audience that is a group of some segment is named by the group's label.
fn audience_label(audience: &str, splits: &[Split<'_>]) -> String {
    let options = splits.iter().flat_map(|split| &split.options);
    options
        .into_iter()
        .find(|option| option.id == audience)
        .map_or_else(|| audience.to_string(), |option| option.label.clone())
}

/// The mean of a row in the ranking or allocation that is bound to the interventions.
fn mean_of(questions: &[Question], survey: &Survey, row: &str, scale: &str) -> Option<f64> {
    let bound = survey.questions().find(|(_, question)| match &question.item.kind {
        Kind::Rank(rank) => rank.priority && scale == "ranking",
        Kind::Allocate(allocate) => allocate.spend && scale == "allocation",
        _ => false,
    })?;
    let tallied = questions.iter().find(|question| question.id == bound.1.item.head.id)?;
    tallied.rows.iter().find(|line| line.id == row)?.mean
}
