//! Counts the answers to each closed question, with Wilson intervals; the base of a share is everyone who answered.

use super::dataset::{Allocation, Cell, Column, Dataset};
use super::disclosure;
use super::interval::wilson;
use super::quantile::quantile;
use super::report::{Missing, Numbers, Question, Row};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Item, Scale};
use crate::response::Gap;

/// Error rate of the intervals shown: 95% intervals.
pub const ALPHA: f64 = 0.05;

/// One entry a closed question, and one a row for a rating; free text and days are left out.
pub fn tallies(data: &Dataset<'_>) -> Vec<Question> {
    let mut all = Vec::new();
    for question in data.survey.answered_questions() {
        let Some(column) = data.column(&question.item.head.id) else { continue };
        let first = all.len();
        let min_cell = data.survey.privacy.min_cell;
        one(&question.item, column, min_cell, &mut all);
        for tallied in all.iter_mut().skip(first) {
            if question.segment.is_some() {
                disclosure::protect_rows(&mut tallied.rows, min_cell);
            }
            if tallied.n < u64::from(min_cell) {
                disclosure::withhold(tallied);
            }
        }
    }
    all
}

fn one(item: &Item, column: &Column, min_cell: u32, all: &mut Vec<Question>) {
    let named = |scale: &str, n, missing, rows| Question {
        id: item.head.id.clone(),
        label: item.head.text.clone(),
        scale: scale.to_string(),
        n,
        missing,
        rows,
        numbers: None,
        measures: Vec::new(),
        weighted: None,
        choice: None,
    };
    match (item.scale(), column) {
        (Scale::Flag, Column::Flags(cells)) => {
            let (n, missing) = answered(cells, |()| false);
            all.push(named("nominal", n, missing, vec![row("yes", "Ticked", n, n)]));
        }
        (scale @ (Scale::Nominal(options) | Scale::Ordinal(options)), Column::Choices(cells)) => {
            let (n, missing, rows) = choices(options, cells);
            all.push(named(if matches!(scale, Scale::Ordinal(_)) { "ordinal" } else { "nominal" }, n, missing, rows));
        }
        (Scale::Multiple(options), Column::Sets(cells)) => {
            let (n, missing) = answered(cells, |set| set.iter().all(|code| is_missing(options, *code)));
            let counts = count(options.len(), cells.iter().flatten().flat_map(|set| set.iter().copied()));
            let shown = options.iter().zip(counts).filter(|(option, _)| !option.missing);
            all.push(named(
                "multiple",
                n,
                missing,
                shown.map(|(option, count)| row(&option.id, &option.label, count, n)).collect(),
            ));
        }
        (Scale::Ratings { rows, steps }, Column::Ratings(columns)) => {
            for (rated, cells) in rows.iter().zip(columns) {
                let (n, missing, tallied) = choices(steps, cells);
                all.push(Question {
                    id: format!("{}.{}", item.head.id, rated.id),
                    label: format!("{}: {}", item.head.text, rated.label),
                    ..named("ordinal", n, missing, tallied)
                });
            }
        }
        (Scale::Ranking { rows, places }, Column::Orders(cells)) => {
            let (n, missing) = answered(cells, |_| false);
            all.push(named("ranking", n, missing, ranking(rows, places, cells, n)));
        }
        (Scale::Allocation { rows, total }, Column::Points(cells)) => {
            let (n, missing) = answered(cells, |_| false);
            all.push(named("allocation", n, missing, allocation(rows, total, cells, n)));
        }
        (Scale::Interval, Column::Numbers(cells)) => {
            let (n, missing) = answered(cells, |_| false);
            all.push(Question {
                numbers: numbers(cells.iter().flatten().copied().collect(), min_cell),
                ..named("interval", n, missing, Vec::new())
            });
        }
        _ => {}
    }
}

/// Answers and gaps; an answer that `is_dont_know` counts among the missing.
pub(super) fn answered<T>(cells: &[Cell<T>], is_dont_know: impl Fn(&T) -> bool) -> (u64, Missing) {
    let (mut n, mut missing) = (0, Missing::default());
    for cell in cells {
        *match cell {
            Ok(answer) if is_dont_know(answer) => &mut missing.dont_know,
            Ok(_) => &mut n,
            Err(Gap::Skipped) => &mut missing.skipped,
            Err(Gap::NotShown) => &mut missing.not_shown,
            Err(Gap::NotReached) => &mut missing.not_reached,
            Err(Gap::LeftOut) => &mut missing.left_out,
        } += 1;
    }
    (n, missing)
}

fn choices(options: &[Choice], cells: &[Cell<u16>]) -> (u64, Missing, Vec<Row>) {
    let (n, missing) = answered(cells, |code| is_missing(options, *code));
    let counts = count(options.len(), cells.iter().flatten().copied());
    let shown = options.iter().zip(counts).filter(|(option, _)| !option.missing);
    (n, missing, shown.map(|(option, count)| row(&option.id, &option.label, count, n)).collect())
}

fn is_missing(options: &[Choice], code: u16) -> bool {
    options.get(usize::from(code)).is_some_and(|option| option.missing)
}

fn count(len: usize, codes: impl Iterator<Item = u16>) -> Vec<u64> {
    let mut counts = vec![0; len];
    for code in codes {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    }
    counts
}

fn row(id: &str, label: &str, count: u64, n: u64) -> Row {
    let (share, interval) = share(count, n);
    Row { id: id.to_string(), label: label.to_string(), count: Some(count), share, interval, first: None, mean: None }
}

/// A share with its 95% Wilson interval; `None` if nobody answered.
pub fn share(count: u64, n: u64) -> (Option<f64>, Option<[f64; 2]>) {
    if n == 0 {
        return (None, None);
    }
    (Some(count as f64 / n as f64), Some(wilson(count as f64, n as f64, ALPHA)))
}

/// Borda points: with `places` to give, the first earns `places`, the next one fewer, what is not ranked none;
/// the mean is a share of the most one can earn (de Borda 1781, in the form that counts unranked items as 0).
fn ranking(rows: &[ItemRow], places: usize, cells: &[Cell<Box<[u16]>>], n: u64) -> Vec<Row> {
    let line = |(index, ranked): (usize, &ItemRow)| {
        let at = |order: &[u16]| order.iter().position(|code| usize::from(*code) == index);
        let found: Vec<usize> = cells.iter().flatten().filter_map(|order| at(order)).collect();
        let points: usize = found.iter().map(|place| places.saturating_sub(*place)).sum();
        Row {
            first: Some(found.iter().filter(|place| **place == 0).count() as u64),
            mean: (n > 0 && places > 0).then(|| points as f64 / (n as f64 * places as f64)),
            ..row(&ranked.id, &ranked.label, found.len() as u64, n)
        }
    };
    rows.iter().enumerate().map(line).collect()
}

fn allocation(rows: &[ItemRow], total: u32, cells: &[Cell<Allocation>], n: u64) -> Vec<Row> {
    let line = |(index, funded): (usize, &ItemRow)| {
        let given =
            cells.iter().flatten().filter_map(|points| points.iter().find(|(code, _)| usize::from(*code) == index));
        let (people, points) = given.fold((0, 0), |(people, sum), (_, points)| (people + 1, sum + u64::from(*points)));
        Row {
            mean: (n > 0).then(|| points as f64 / (n as f64 * f64::from(total))),
            ..row(&funded.id, &funded.label, people, n)
        }
    };
    rows.iter().enumerate().map(line).collect()
}

/// Quartiles by linear interpolation of the order statistics (Hyndman and Fan 1996, type 7, as R and `NumPy` do).
fn numbers(mut values: Vec<f64>, min_cell: u32) -> Option<Numbers> {
    values.sort_by(f64::total_cmp);
    let end = |end: f64| {
        let people = values.iter().filter(|value| value.total_cmp(&end).is_eq()).count() as u64;
        (!disclosure::is_small(people, min_cell)).then_some(end)
    };
    let (min, max) = (end(*values.first()?), end(*values.last()?));
    Some(Numbers {
        min,
        q1: quantile(&values, 0.25),
        median: quantile(&values, 0.5),
        q3: quantile(&values, 0.75),
        max,
        mean: values.iter().sum::<f64>() / values.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4: `quantile(c(1, 2, 4, 8, 16), type = 7)` gives 1, 2, 4, 8, 16; of `c(1, 2, 3, 4)` 1.75, 2.5, 3.25.
    #[test]
    fn quartiles_are_of_type_7() {
        let four = numbers(vec![4.0, 1.0, 3.0, 2.0], 0).unwrap();
        assert_eq!((four.q1, four.median, four.q3, four.mean), (1.75, 2.5, 3.25, 2.5));
        let five = numbers(vec![1.0, 2.0, 4.0, 8.0, 16.0], 0).unwrap();
        assert_eq!((five.q1, five.median, five.q3), (2.0, 4.0, 8.0));
        assert_eq!(numbers(Vec::new(), 0), None);
    }

    #[test]
    fn the_smallest_number_is_shown_only_if_enough_people_gave_it() {
        let ages = [vec![17.0], vec![40.0; 12], vec![90.0; 10]].concat();
        let found = numbers(ages, 10).unwrap();
        assert_eq!((found.min, found.median, found.max), (None, 40.0, Some(90.0)));
    }
}
