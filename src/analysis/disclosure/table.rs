//! The answers to one question by group: which counts of the table may be shown beside the answers of everyone.
//!
//! A reader knows how many chose each answer, how many answered in each group that is shown, and the sums of classes of
//! answers such as “in favour”. Everything that follows from these is a figure too: the people in no group that is shown are
//! what is left of everyone, and their answers are protected like those of the groups.

use super::network::{Figure, Network, Standing};
use super::suppress::{Width, suppress};
use super::{hidden_beside, is_small};

/// The kinds of missing answers.
pub const KINDS: usize = 5;

/// One group, or the people in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// People by answer.
    pub answers: Vec<u64>,
    /// People without an answer by kind.
    pub missing: [u64; KINDS],
}

impl Counts {
    /// None of `answers` answers.
    pub fn none(answers: usize) -> Self {
        Self { answers: vec![0; answers], missing: [0; KINDS] }
    }

    /// People who answered.
    pub fn n(&self) -> u64 {
        self.answers.iter().sum()
    }
}

/// Who answered what: the groups, and the people in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The groups that are compared.
    pub groups: Vec<Counts>,
    /// Which of them have a size that is not shown, whatever the question.
    pub hidden: Vec<bool>,
    /// Everyone else.
    pub rest: Counts,
}

/// What of one group may be shown; nothing where [`Shown::n`] is false.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// How many answered, and how many did not.
    pub n: bool,
    /// The count of each answer.
    pub answers: Vec<bool>,
    /// The count of each class of answers.
    pub classes: Vec<bool>,
    /// Those without an answer by kind.
    pub missing: bool,
}

impl Shown {
    /// Leaves what the other shows too.
    pub fn keep(&mut self, other: &Self) {
        let both = |one: &mut [bool], other: &[bool]| one.iter_mut().zip(other).for_each(|(one, other)| *one &= other);
        both(&mut self.answers, &other.answers);
        both(&mut self.classes, &other.classes);
        (self.n, self.missing) = (self.n && other.n, self.missing && other.missing);
    }
}

/// Which groups may show how many of them answered.
pub fn shown_groups(table: &Table, min_cell: u32) -> Vec<bool> {
    let answered: Vec<u64> = table.groups.iter().map(Counts::n).collect();
    let hidden = hidden_beside(&answered, &table.hidden, table.rest.n(), min_cell);
    hidden.into_iter().zip(&table.hidden).map(|(hidden, size)| !hidden && !size).collect()
}

/// What may be shown of each group that is `shown`. `classes` are sets of answers, by position, none of which is in two;
/// the sum of each is published for everyone, and for a group where it may be.
pub fn protect(table: &Table, shown: &[bool], classes: &[Vec<usize>], min_cell: u32) -> Vec<Shown> {
    let (network, places) = build(table, shown, classes, min_cell);
    let hidden = suppress(&network, Width::ByThreshold(min_cell));
    places.into_iter().map(|places| places.shown(&hidden)).collect()
}

/// Where the counts of one group stand in the network; `None` for those that are always shown.
struct Places {
    is_shown: bool,
    answers: Vec<Option<usize>>,
    classes: Vec<Option<usize>>,
    missing: Vec<Option<usize>>,
}

impl Places {
    fn shown(self, hidden: &[bool]) -> Shown {
        let may =
            |place: &Option<usize>| self.is_shown && !place.is_some_and(|place| super::network::is(hidden, place));
        Shown {
            n: self.is_shown,
            answers: self.answers.iter().map(may).collect(),
            classes: self.classes.iter().map(may).collect(),
            missing: self.missing.iter().all(may) && self.is_shown,
        }
    }
}

/// The nodes of the network: the sums that a reader knows.
struct Nodes {
    /// Answers, then kinds of missing, then two for all hidden groups, then those of each row.
    answers: usize,
    classes: usize,
}

impl Nodes {
    fn answer(answer: usize) -> usize {
        answer
    }

    fn kind(&self, kind: usize) -> usize {
        self.answers + kind
    }

    /// Everyone in hidden groups.
    fn hidden(&self) -> usize {
        self.answers + KINDS
    }

    fn row(&self, row: usize) -> usize {
        self.answers + KINDS + 1 + row * (3 + self.classes)
    }

    fn answered(&self, row: usize) -> usize {
        self.row(row) + 1
    }

    fn unanswered(&self, row: usize) -> usize {
        self.row(row) + 2
    }

    fn class(&self, row: usize, class: usize) -> usize {
        self.row(row) + 3 + class
    }
}

/// Hiding a class of answers hides a share that people look for: rather hide single answers.
const CLASS_COST: u64 = 1 << 30;

fn build(table: &Table, shown: &[bool], classes: &[Vec<usize>], min_cell: u32) -> (Network, Vec<Places>) {
    let answers = table.rest.answers.len();
    let nodes = Nodes { answers, classes: classes.len() };
    let mut network = Network::default();
    let all = || table.groups.iter().chain([&table.rest]);
    let total = |of: &dyn Fn(&Counts) -> u64| all().map(of).sum::<u64>();
    let at = |row: &Counts, answer: usize| row.answers.get(answer).copied().unwrap_or(0);
    let few: Vec<bool> = (0..answers).map(|answer| is_small(total(&|row| at(row, answer)), min_cell)).collect();
    let mut places = Vec::new();
    for (index, row) in all().enumerate() {
        let is_shown = shown.get(index).copied().unwrap_or(false);
        if !is_shown {
            let is_sized = !table.hidden.get(index).copied().unwrap_or(false);
            hidden_row(&mut network, &nodes, (index, is_sized), row, min_cell);
            if index < table.groups.len() {
                let none = |len: usize| vec![None; len];
                places.push(Places {
                    is_shown,
                    answers: none(answers),
                    classes: none(classes.len()),
                    missing: none(KINDS),
                });
            }
            continue;
        }
        let mut place =
            Places { is_shown, answers: Vec::new(), classes: vec![None; classes.len()], missing: Vec::new() };
        let mut from = vec![nodes.answered(index); answers];
        for (number, class) in classes.iter().enumerate() {
            let [_, _, ..] = class.as_slice() else { continue };
            let sum = |row: &Counts| class.iter().map(|answer| at(row, *answer)).sum::<u64>();
            let node = nodes.class(index, number);
            let cell = Cell { from: nodes.answered(index), to: node, count: sum(row), cost: CLASS_COST };
            let is_few = is_small(total(&sum), min_cell);
            if let Some(place) = place.classes.get_mut(number) {
                *place = cell.place(&mut network, is_few, min_cell);
            }
            class.iter().filter_map(|answer| from.get_mut(*answer).map(|from| *from = node)).for_each(drop);
        }
        for (answer, (from, is_few)) in from.into_iter().zip(&few).enumerate() {
            let cell = Cell { from, to: Nodes::answer(answer), count: at(row, answer), cost: 0 };
            place.answers.push(cell.place(&mut network, *is_few, min_cell));
        }
        for (number, class) in classes.iter().enumerate() {
            if let ([answer], Some(place_of)) = (class.as_slice(), place.classes.get_mut(number)) {
                *place_of = place.answers.get(*answer).copied().flatten();
            }
        }
        // The kinds of missing are shown together or not at all, so that a zero among them tells nothing.
        let any_few = row.missing.iter().any(|count| is_small(*count, min_cell));
        for (kind, count) in row.missing.iter().enumerate() {
            let cell = Cell { from: nodes.unanswered(index), to: nodes.kind(kind), count: *count, cost: 0 };
            place.missing.push(cell.place(&mut network, any_few, min_cell));
        }
        places.push(place);
    }
    (network, places)
}

/// A count of a group that is shown.
struct Cell {
    from: usize,
    to: usize,
    count: u64,
    cost: u64,
}

impl Cell {
    /// Its place; none for a zero that is shown. Where few chose the answer at all, zeros are hidden too: else those that
    /// are not would be few and known.
    fn place(self, network: &mut Network, hides_zeros: bool, min_cell: u32) -> Option<usize> {
        let Self { from, to, count, cost } = self;
        let standing = match count {
            0 if !hides_zeros => return None,
            0 => Standing::Unseen,
            count if is_small(count, min_cell) => Standing::Small,
            _ => Standing::Open,
        };
        Some(network.add(Figure { from, to, count, least: u64::from(!hides_zeros), standing, cost: cost + count }))
    }
}

/// A row of which nothing is shown, except its size where it `is_sized`: all of its counts can be anything that the sums allow.
fn hidden_row(network: &mut Network, nodes: &Nodes, (index, is_sized): (usize, bool), row: &Counts, min_cell: u32) {
    let mut add = |from: usize, to: usize, count: u64, is_answer: bool| {
        let standing = if is_answer && is_small(count, min_cell) { Standing::Small } else { Standing::Unseen };
        network.add(Figure { from, to, count, least: 0, standing, cost: 0 });
    };
    if !is_sized {
        add(nodes.hidden(), nodes.row(index), row.n() + row.missing.iter().sum::<u64>(), false);
    }
    add(nodes.row(index), nodes.answered(index), row.n(), false);
    add(nodes.row(index), nodes.unanswered(index), row.missing.iter().sum(), false);
    for (answer, count) in row.answers.iter().enumerate() {
        add(nodes.answered(index), Nodes::answer(answer), *count, true);
    }
    for (kind, count) in row.missing.iter().enumerate() {
        add(nodes.unanswered(index), nodes.kind(kind), *count, false);
    }
}
