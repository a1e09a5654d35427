//! The tallies of closed questions under weights, beside the raw ones.

use super::margins::whole;
use super::mass::unstored;
use super::report::{WeightedRow, WeightedTally};
use super::{Mass, Moments, Weights, rounded};
use crate::analysis::dataset::{Cell, Column, Dataset};
use crate::analysis::interval::wilson;
use crate::analysis::report::Question;
use crate::analysis::tally::ALPHA;
use crate::item::Scale;
use crate::item::options::Choice;

/// Adds the weighted figures to the tallies. What a tally withholds has none.
pub fn add_weighted(questions: &mut [Question], data: &Dataset<'_>, weights: &Weights) {
    for asked in data.survey.answered_questions() {
        let head = &asked.item.head;
        let Some(column) = data.column(&head.id) else { continue };
        let mut add = |id: &str, tally: Option<Tallied>| {
            let found = questions.iter_mut().find(|question| question.id == id);
            if let (Some(question), Some(tally)) = (found, tally) {
                question.weighted = Some(tally.shown(question));
            }
        };
        match (asked.item.scale(), column) {
            (Scale::Ratings { rows, steps }, Column::Ratings(columns)) => {
                for (row, cells) in rows.iter().zip(columns) {
                    add(&format!("{}.{}", head.id, row.id), Some(choices(steps, cells, weights)));
                }
            }
            (scale, column) => add(&head.id, tallied(scale, column, weights)),
        }
    }
}

/// Sums of weights over those who answered one question.
#[derive(Default)]
struct Tallied {
    all: Mass,
    /// By option, row or ranked item.
    rows: Vec<Mass>,
    /// By row, the weighted sum of points over what one person can give.
    points: Option<Vec<f64>>,
    /// The weighted mean of a number.
    mean: Option<f64>,
}

impl Tallied {
    fn of(rows: usize) -> Self {
        Self { rows: vec![Mass::default(); rows], ..Self::default() }
    }

    fn add(&mut self, stored: u64, chosen: impl Iterator<Item = u16>) {
        self.all.add(stored);
        for code in chosen {
            self.rows.get_mut(usize::from(code)).into_iter().for_each(|row| row.add(stored));
        }
    }

    /// What the report shows of it beside `question`: rows that are there in it by their order, without those withheld.
    fn shown(&self, question: &Question) -> WeightedTally {
        let all = self.all.moments();
        let n = all.effective_n();
        let withheld = question.rows.iter().all(|row| row.share.is_none()) && question.numbers.is_none();
        let row = |(index, row): (usize, &crate::analysis::report::Row)| {
            row.share?;
            let share = self.rows.get(index)?.moments().share_of(all);
            Some(WeightedRow {
                id: row.id.clone(),
                share: rounded(share),
                interval: wilson(share * n, n, ALPHA).map(rounded),
                mean: self.points.as_ref().and_then(|points| points.get(index)).map(|mean| rounded(*mean)),
            })
        };
        WeightedTally {
            n_eff: if withheld { 0 } else { whole(n) },
            deff: if withheld { 1.0 } else { rounded(all.design_effect()) },
            rows: question.rows.iter().enumerate().filter_map(row).collect(),
            mean: question.numbers.as_ref().and(self.mean),
        }
    }
}

fn choices(options: &[Choice], cells: &[Cell<u16>], weights: &Weights) -> Tallied {
    let places = places(options);
    let mut tallied = Tallied::of(options.len());
    for (person, code) in answers(cells) {
        if let Some(place) = place(&places, *code) {
            tallied.add(weights.stored(person), std::iter::once(place));
        }
    }
    tallied
}

fn tallied(scale: Scale<'_>, column: &Column, weights: &Weights) -> Option<Tallied> {
    Some(match (scale, column) {
        (Scale::Flag, Column::Flags(cells)) => {
            let mut tallied = Tallied::of(1);
            answers(cells).for_each(|(person, ())| tallied.add(weights.stored(person), std::iter::once(0)));
            tallied
        }
        (Scale::Nominal(options) | Scale::Ordinal(options), Column::Choices(cells)) => choices(options, cells, weights),
        (Scale::Multiple(options), Column::Sets(cells)) => {
            let places = places(options);
            let mut tallied = Tallied::of(options.len());
            for (person, set) in answers(cells) {
                let chosen: Vec<u16> = set.iter().filter_map(|code| place(&places, *code)).collect();
                if !chosen.is_empty() {
                    tallied.add(weights.stored(person), chosen.into_iter());
                }
            }
            tallied
        }
        (Scale::Ranking { rows, places }, Column::Orders(cells)) => {
            let mut tallied = Tallied::of(rows.len());
            let mut points = vec![0_u128; rows.len()];
            for (person, order) in answers(cells) {
                tallied.add(weights.stored(person), order.iter().copied());
                for (at, code) in order.iter().enumerate() {
                    let earned = places.saturating_sub(at) as u128 * u128::from(weights.stored(person));
                    points.get_mut(usize::from(*code)).into_iter().for_each(|sum| *sum += earned);
                }
            }
            tallied.with_points(&points, places as f64)
        }
        (Scale::Allocation { rows, total }, Column::Points(cells)) => {
            let mut tallied = Tallied::of(rows.len());
            let mut points = vec![0_u128; rows.len()];
            for (person, given) in answers(cells) {
                tallied.add(weights.stored(person), given.iter().map(|(code, _)| *code));
                for (code, given) in given {
                    let earned = u128::from(*given) * u128::from(weights.stored(person));
                    points.get_mut(usize::from(*code)).into_iter().for_each(|sum| *sum += earned);
                }
            }
            tallied.with_points(&points, f64::from(total))
        }
        (Scale::Interval, Column::Numbers(cells)) => {
            let mut tallied = Tallied::of(0);
            // Sorted before they are added up, so that the order of the responses changes nothing.
            let mut parts: Vec<f64> = Vec::new();
            for (person, number) in answers(cells) {
                tallied.add(weights.stored(person), std::iter::empty());
                parts.push(weights.of(person) * number);
            }
            parts.sort_by(f64::total_cmp);
            let all: Moments = tallied.all.moments();
            tallied.mean = (all.weight > 0.0).then(|| parts.iter().sum::<f64>() / all.weight);
            tallied
        }
        _ => return None,
    })
}

impl Tallied {
    /// The same with the mean share of `most` points that each row got.
    fn with_points(self, points: &[u128], most: f64) -> Self {
        let whole = self.all.moments().weight * most;
        let mean = |sum: &u128| if whole > 0.0 { unstored(*sum) / whole } else { 0.0 };
        Self { points: Some(points.iter().map(mean).collect()), ..self }
    }
}

/// The people who gave an answer, by their place, with it.
fn answers<T>(cells: &[Cell<T>]) -> impl Iterator<Item = (usize, &T)> {
    cells.iter().enumerate().filter_map(|(person, cell)| Some((person, cell.as_ref().ok()?)))
}

/// Where each option stands in a tally; none for those that count as missing.
fn places(options: &[Choice]) -> Vec<Option<u16>> {
    let mut next = 0;
    let number = |option: &Choice| {
        (!option.missing).then(|| {
            next += 1;
            next - 1
        })
    };
    options.iter().map(number).collect()
}

fn place(places: &[Option<u16>], code: u16) -> Option<u16> {
    places.get(usize::from(code)).copied().flatten()
}
