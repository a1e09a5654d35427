//! One closed question as codes, one a person, counted by group and protected.

use super::order::{by_value, ends, ordered};
use super::weigh::{Weighed, means, numbers};
use super::{Crosstab, CrosstabGroup};
use crate::analysis::dataset::{Cell, Column, Dataset};
use crate::analysis::disclosure::table::{Counts, KINDS, Shown, Table, protect, shown_groups};
use crate::analysis::report::Missing;
use crate::analysis::support::{self, Split};
use crate::analysis::tally::share;
use crate::item::options::Choice;
use crate::item::{Item, Scale};
use crate::response::Gap;

/// A person's answer, as its position, or why there is none, as the position of the kind of missing.
type Code = Result<u16, u8>;

/// A closed question as it is counted.
pub(super) struct Variable<'a> {
    pub(super) id: String,
    answers: Vec<&'a str>,
    body: Body<'a>,
    /// The intervention that is rated, where the question measures support.
    intervention: Option<&'a str>,
    /// Sets of answers whose sums are shown.
    classes: Vec<Vec<usize>>,
}

/// What people gave.
enum Body<'a> {
    /// One answer; of a scale with values, its order.
    One { codes: Vec<Code>, choices: Vec<&'a Choice>, order: Option<Vec<usize>> },
    /// Any number of answers.
    Several(Vec<Result<Vec<u16>, u8>>),
    /// One answer, the first of a ranking, and points for several.
    Weighed { first: Option<Vec<Code>>, weighed: Weighed },
    /// A number.
    Number(Vec<Result<f64, u8>>),
}

fn kind(gap: Gap) -> u8 {
    match gap {
        Gap::Skipped => 0,
        Gap::NotShown => 1,
        Gap::NotReached => 2,
        Gap::LeftOut => 4,
    }
}

const DONT_KNOW: u8 = 3;

/// The closed questions, a grid as one for each row. Segment questions, and boxes that everyone ticks, are left out.
pub(super) fn variables<'a>(data: &'a Dataset<'a>) -> Vec<Variable<'a>> {
    let mut all = Vec::new();
    for question in data.survey.answered_questions().filter(|question| question.segment.is_none()) {
        if let Some(column) = data.column(&question.item.head.id) {
            one(data, &question.item, column, &mut all);
        }
    }
    all
}

fn one<'a>(data: &'a Dataset<'a>, item: &'a Item, column: &'a Column, all: &mut Vec<Variable<'a>>) {
    let variable = |answers: Vec<&'a str>, body: Body<'a>| Variable {
        id: item.head.id.clone(),
        answers,
        body,
        intervention: None,
        classes: Vec::new(),
    };
    match (item.scale(), column) {
        (scale @ (Scale::Nominal(options) | Scale::Ordinal(options)), Column::Choices(cells)) => {
            let choices: Vec<&Choice> = options.iter().filter(|option| !option.missing).collect();
            let order = if matches!(scale, Scale::Ordinal(_)) { by_value(&choices) } else { None };
            let classes = order.as_deref().map(ends).unwrap_or_default();
            let answers = choices.iter().map(|choice| choice.id.as_str()).collect();
            let body = Body::One { codes: codes(options, cells), choices, order };
            all.push(Variable { classes, ..variable(answers, body) });
        }
        (Scale::Ratings { rows, steps }, Column::Ratings(columns)) => {
            let choices: Vec<&Choice> = steps.iter().filter(|step| !step.missing).collect();
            let answers: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
            let order = by_value(&choices);
            let measured = data.survey.support().filter(|(measured, _)| measured.head.id == item.head.id);
            let classes = match measured {
                Some((_, measure)) => support::classes(&answers, measure),
                None => order.as_deref().map(ends).unwrap_or_default(),
            };
            for (row, cells) in rows.iter().zip(columns) {
                let body = Body::One { codes: codes(steps, cells), choices: choices.clone(), order: order.clone() };
                all.push(Variable {
                    id: format!("{}.{}", item.head.id, row.id),
                    classes: classes.clone(),
                    intervention: measured.map(|_| row.id.as_str()),
                    ..variable(answers.clone(), body)
                });
            }
        }
        (Scale::Multiple(options), Column::Sets(cells)) => {
            let answers: Vec<&str> =
                options.iter().filter(|option| !option.missing).map(|option| option.id.as_str()).collect();
            let place = places(options);
            let set = |cell: &Cell<Box<[u16]>>| match cell {
                Ok(set) => {
                    let kept: Vec<u16> =
                        set.iter().filter_map(|code| place.get(usize::from(*code)).copied().flatten()).collect();
                    if kept.is_empty() && !set.is_empty() { Err(DONT_KNOW) } else { Ok(kept) }
                }
                Err(gap) => Err(kind(*gap)),
            };
            all.push(variable(answers, Body::Several(cells.iter().map(set).collect())));
        }
        (Scale::Ranking { rows, places }, Column::Orders(cells)) => {
            let answers: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            // Behind the rows stands the answer that ranks nothing first.
            let none = u16::try_from(rows.len()).unwrap_or(u16::MAX);
            let first = |cell: &Cell<Box<[u16]>>| match cell {
                Ok(order) => Ok(order.first().copied().unwrap_or(none)),
                Err(gap) => Err(kind(*gap)),
            };
            let borda = |order: &[u16]| {
                let points = order.iter().zip((1..=places as u64).rev());
                points.map(|(row, points)| (*row, points)).collect::<Vec<_>>()
            };
            let given = cells.iter().map(|cell| cell.as_ref().map(|order| borda(order)).map_err(|gap| kind(*gap)));
            let weighed = Weighed { given: given.collect(), most: places as u64 };
            let body = Body::Weighed { first: Some(cells.iter().map(first).collect()), weighed };
            all.push(variable(answers, body));
        }
        (Scale::Allocation { rows, total }, Column::Points(cells)) => {
            let answers: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            let points = |given: &[(u16, u32)]| given.iter().map(|(row, points)| (*row, u64::from(*points))).collect();
            let given = cells.iter().map(|cell| cell.as_ref().map(|given| points(given)).map_err(|gap| kind(*gap)));
            let weighed = Weighed { given: given.collect(), most: u64::from(total) };
            all.push(variable(answers, Body::Weighed { first: None, weighed }));
        }
        (Scale::Interval, Column::Numbers(cells)) => {
            let given = cells.iter().map(|cell| cell.as_ref().copied().map_err(|gap| kind(*gap)));
            all.push(variable(Vec::new(), Body::Number(given.collect())));
        }
        _ => {}
    }
}

/// Of each option its position among the answers; `None` for one that counts as missing.
fn places(options: &[Choice]) -> Vec<Option<u16>> {
    let mut next = 0;
    let place = |option: &Choice| {
        (!option.missing).then(|| {
            next += 1;
            next - 1
        })
    };
    options.iter().map(place).collect()
}

fn codes(options: &[Choice], cells: &[Cell<u16>]) -> Vec<Code> {
    let place = places(options);
    let code = |cell: &Cell<u16>| match cell {
        Ok(code) => place.get(usize::from(*code)).copied().flatten().ok_or(DONT_KNOW),
        Err(gap) => Err(kind(*gap)),
    };
    cells.iter().map(code).collect()
}

/// Counts by group: `add` adds one person to a group's counts.
pub(super) fn count<T>(
    cells: &[Result<T, u8>],
    split: &Split<'_>,
    hidden: &[bool],
    answers: usize,
    add: impl Fn(&mut Counts, &T),
) -> Table {
    let mut groups = vec![Counts::none(answers); split.options.len()];
    let mut rest = Counts::none(answers);
    for (person, cell) in cells.iter().enumerate() {
        let one = |counts: &mut Counts| match cell {
            Ok(given) => add(counts, given),
            Err(kind) => counts.missing.get_mut(usize::from(*kind)).into_iter().for_each(|count| *count += 1),
        };
        match split.members.get(person).map(Vec::as_slice) {
            Some([]) | None => one(&mut rest),
            Some(members) => members.iter().for_each(|group| groups.get_mut(*group).into_iter().for_each(one)),
        }
    }
    Table { groups, hidden: hidden.to_vec(), rest }
}

/// The counts of everyone, whatever the group.
pub(super) fn everyone<T>(cells: &[Result<T, u8>], answers: usize, add: impl Fn(&mut Counts, &T)) -> Counts {
    let mut all = Counts::none(answers);
    for cell in cells {
        match cell {
            Ok(given) => add(&mut all, given),
            Err(kind) => all.missing.get_mut(usize::from(*kind)).into_iter().for_each(|count| *count += 1),
        }
    }
    all
}

/// Each group with everyone else as one table.
fn each_alone(table: &Table, everyone: &Counts) -> Vec<Table> {
    let alone = |(group, hidden): (&Counts, &bool)| {
        let less = |(all, some): (&u64, &u64)| all.saturating_sub(*some);
        let mut missing = everyone.missing;
        missing.iter_mut().zip(&group.missing).for_each(|(all, some)| *all = all.saturating_sub(*some));
        let rest = Counts { answers: everyone.answers.iter().zip(&group.answers).map(less).collect(), missing };
        Table { groups: vec![group.clone()], hidden: vec![*hidden], rest }
    };
    table.groups.iter().zip(&table.hidden).map(alone).collect()
}

/// A table, and for an intervention its id and what may be shown of each group.
pub(super) type Crossed = (Crosstab, Option<(String, Vec<Shown>)>);

/// One person more in an answer.
fn tick(counts: &mut Counts, answer: u16) {
    counts.answers.get_mut(usize::from(answer)).into_iter().for_each(|count| *count += 1);
}

impl Variable<'_> {
    /// The table of this question by one segment; for an intervention also what may be shown of it.
    pub(super) fn cross(&self, split: &Split<'_>, hidden: &[bool], min_cell: u32) -> Crossed {
        let (groups, shown) = match &self.body {
            Body::One { codes, choices, order } => {
                let (counted, shown) = protected(codes, self.answers.len(), &self.classes, (split, hidden, min_cell));
                let groups = counted.iter().zip(&shown).map(|(counts, shown)| CrosstabGroup {
                    ordered: order.as_ref().map(|order| ordered(order, choices, &self.classes, counts, shown)),
                    ..group(counts, shown, self.answers.len())
                });
                (groups.collect(), shown)
            }
            Body::Several(cells) => (self.several(cells, split, hidden, min_cell), Vec::new()),
            Body::Weighed { first, weighed } => {
                (self.weighed(first.as_deref(), weighed, split, hidden, min_cell), Vec::new())
            }
            Body::Number(cells) => {
                let base: Vec<Code> = cells.iter().map(|cell| cell.as_ref().map(|_| 0).map_err(|kind| *kind)).collect();
                let (counted, shown) = protected(&base, 1, &[], (split, hidden, min_cell));
                let summaries = numbers(cells, split, &shown, min_cell);
                let groups = counted.iter().zip(&shown).zip(summaries);
                (
                    groups
                        .map(|((counts, shown), numbers)| CrosstabGroup { numbers, ..group(counts, shown, 0) })
                        .collect(),
                    shown,
                )
            }
        };
        let named = split
            .options
            .iter()
            .zip(groups)
            .map(|(option, found): (_, CrosstabGroup)| CrosstabGroup { group: option.id.clone(), ..found });
        let table = Crosstab {
            question: self.id.clone(),
            segment: split.id.to_string(),
            answers: self.answers.iter().map(ToString::to_string).collect(),
            groups: named.collect(),
        };
        (table, self.intervention.map(|id| (id.to_string(), shown)))
    }

    /// Each answer is a table of its own: those who gave it, and those who did not.
    fn several(
        &self,
        cells: &[Result<Vec<u16>, u8>],
        split: &Split<'_>,
        hidden: &[bool],
        min_cell: u32,
    ) -> Vec<CrosstabGroup> {
        let gave = |answer: usize| {
            let has = |set: &[u16]| set.iter().any(|code| usize::from(*code) == answer);
            let codes: Vec<Code> =
                cells.iter().map(|cell| cell.as_ref().map(|set| u16::from(!has(set))).map_err(|kind| *kind)).collect();
            protected(&codes, 2, &[], (split, hidden, min_cell))
        };
        each_apart((0..self.answers.len()).map(gave))
    }

    fn weighed(
        &self,
        first: Option<&[Code]>,
        weighed: &Weighed,
        split: &Split<'_>,
        hidden: &[bool],
        min_cell: u32,
    ) -> Vec<CrosstabGroup> {
        let mut groups = if let Some(codes) = first {
            let (counted, shown) = protected(codes, self.answers.len() + 1, &[], (split, hidden, min_cell));
            counted.iter().zip(&shown).map(|(counts, shown)| group(counts, shown, self.answers.len())).collect()
        } else {
            let gave = |given: &Vec<(u16, u64)>| {
                given.iter().filter(|(_, points)| *points > 0).map(|(row, _)| *row).collect::<Vec<u16>>()
            };
            let sets: Vec<_> = weighed.given.iter().map(|cell| cell.as_ref().map(gave).map_err(|kind| *kind)).collect();
            self.several(&sets, split, hidden, min_cell)
        };
        means(weighed, self.answers.len(), &mut groups, (split, hidden, min_cell));
        groups
    }
}

/// Counts by group, and what may be shown of them.
///
/// Where people can be in several groups, a reader can solve each group with everyone else, and, as far as few people are in
/// several, all groups as if nobody were: only what neither tells is shown.
fn protected(
    codes: &[Code],
    answers: usize,
    classes: &[Vec<usize>],
    (split, hidden, min_cell): (&Split<'_>, &[bool], u32),
) -> (Vec<Counts>, Vec<Shown>) {
    let table = count(codes, split, hidden, answers, |counts, answer| tick(counts, *answer));
    let everyone = everyone(codes, answers, |counts, answer| tick(counts, *answer));
    let alone = if split.overlapping { each_alone(&table, &everyone) } else { Vec::new() };
    let mut may = shown_groups(&table, min_cell);
    for (may, table) in may.iter_mut().zip(&alone) {
        *may &= shown_groups(table, min_cell) == [true];
    }
    let mut shown = protect(&table, &may, classes, min_cell);
    for ((shown, table), may) in shown.iter_mut().zip(&alone).zip(&may) {
        for alone in protect(table, &[*may], classes, min_cell) {
            shown.keep(&alone);
        }
    }
    (table.groups, shown)
}

/// Answers that were counted each by itself, as lists of each group.
fn each_apart(answers: impl Iterator<Item = (Vec<Counts>, Vec<Shown>)>) -> Vec<CrosstabGroup> {
    let mut groups: Vec<CrosstabGroup> = Vec::new();
    for (counted, shown) in answers {
        groups.resize_with(counted.len(), CrosstabGroup::default);
        for ((found, counts), shown) in groups.iter_mut().zip(&counted).zip(&shown) {
            let one = group(counts, shown, 1);
            // What is withheld beside one answer is withheld beside all.
            found.missing = if found.counts.is_empty() { one.missing } else { found.missing.take().and(one.missing) };
            found.n = one.n;
            found.counts.extend(one.counts);
            found.shares.extend(one.shares);
            found.intervals.extend(one.intervals);
        }
    }
    groups
}

/// What is shown of one group: its first `answers` answers.
fn group(counts: &Counts, shown: &Shown, answers: usize) -> CrosstabGroup {
    let n = counts.n();
    let mut found = CrosstabGroup { n: shown.n.then_some(n), ..CrosstabGroup::default() };
    let [skipped, not_shown, not_reached, dont_know, left_out]: [u64; KINDS] = counts.missing;
    found.missing = shown.missing.then_some(Missing { skipped, not_shown, not_reached, dont_know, left_out });
    for (count, is_shown) in counts.answers.iter().zip(&shown.answers).take(answers) {
        let (part, interval) = if *is_shown { share(*count, n) } else { (None, None) };
        found.counts.push(is_shown.then_some(*count));
        found.shares.push(part);
        found.intervals.push(interval);
    }
    found
}
