//! A rating grid as one table: a line a row of the grid, a column an answer.

use super::Words;
use super::table::{Cell, Column, Table, shows, shows_of, words};
use super::why;
use crate::analysis::figures::{self, Figure};
use crate::analysis::report::{Missing, Question, Row};
use crate::analysis::weight::report::WeightedTally;
use crate::render::words::{WITHHELD, grouped, interval_or_none, percent, percent_or_none};

/// Said over the table.
pub(super) const HOW_TO_READ: &str =
    "Each cell has the share of those who answered the line, how many they are, and the share’s 95% interval.";

/// True where two neighbours are rows of one grid: one item, the same answers, nothing but counts.
pub(super) fn belong_together(one: &Question, next: &Question) -> bool {
    let item = |question: &Question| question.id.split_once('.').map(|(item, _)| item.to_owned());
    let answers = |question: &Question| question.rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>();
    let plain = |question: &Question| {
        question.numbers.is_none() && question.rows.iter().all(|row| row.first.is_none() && row.mean.is_none())
    };
    item(one).is_some() && item(one) == item(next) && plain(one) && plain(next) && answers(one) == answers(next)
}

/// What the labels of the rows begin with, the grid's question; none for a single row or without such a beginning.
pub(super) fn stem<'a>(block: &[&'a Question]) -> Option<&'a str> {
    let [first, rest @ ..] = block else { return None };
    let shared = |stem: &str| rest.iter().all(|question| question.label.starts_with(stem));
    let ends = first.label.match_indices(": ").map(|(at, mark)| at + mark.len());
    let longest = ends.filter_map(|end| first.label.get(..end)).take_while(|stem| shared(stem)).last();
    longest.filter(|_| !rest.is_empty()).and_then(|stem| stem.strip_suffix(": "))
}

/// The table of a grid whose rows' labels begin with `stem`.
pub(super) fn table(index: usize, block: &[&Question], stem: &str, text: &Words<'_>) -> Table {
    let kinds: Vec<Kind> =
        KINDS.into_iter().filter(|(_, count)| block.iter().any(|question| count(&question.missing) > 0)).collect();
    let answers = block.first().map(|question| question.rows.as_slice()).unwrap_or_default();
    let mut columns: Vec<Column> = vec![words("Item")];
    columns.extend(answers.iter().map(|row| shows_of(text.label(&row.label), &figures::ANSWER)));
    columns.push(shows(&figures::ANSWERED));
    columns.extend(kinds.iter().map(|(figure, _)| shows(figure)));
    let rows = block.iter().map(|question| {
        let label = question.label.strip_prefix(stem).and_then(|rest| rest.strip_prefix(": "));
        let mut cells = vec![Cell::head(text.label(label.unwrap_or(&question.label)))];
        cells.extend(question.rows.iter().map(|row| answer(row, question.weighted.as_ref())));
        cells.push(Cell::figure(&grouped(question.n)));
        cells.extend(kinds.iter().map(|(_, count)| Cell::figure(&grouped(count(&question.missing)))));
        cells
    });
    let item = block.first().map_or("", |question| question.id.split('.').next().unwrap_or_default());
    let basis = [
        why::asked(stem, item, text),
        why::base("of each line those who answered it: the column Answered; those without an answer stand beside it"),
    ];
    Table::new(format!("t-q-{index}"), text.caption("Shares and counts"), columns, rows.collect()).of(&basis, text)
}

/// A kind of missing answers, and how to read its count.
type Kind = (&'static Figure, fn(&Missing) -> u64);

/// The kinds of missing answers, in few words.
const KINDS: [Kind; 5] = [
    (&figures::SKIPPED, |missing| missing.skipped),
    (&figures::NOT_SHOWN, |missing| missing.not_shown),
    (&figures::NOT_REACHED, |missing| missing.not_reached),
    (&figures::DONT_KNOW, |missing| missing.dont_know),
    (&figures::LEFT_OUT, |missing| missing.left_out),
];

fn answer(row: &Row, weighted: Option<&WeightedTally>) -> Cell {
    let Some(count) = row.count else { return Cell::figure(WITHHELD) };
    let (share, interval) = (percent_or_none(row.share), interval_or_none(row.interval));
    let found = weighted.and_then(|tally| tally.rows.iter().find(|weighted| weighted.id == row.id));
    let weighted = found.map_or_else(String::new, |found| format!("\nweighted {}", percent(found.share)));
    Cell::two_lines(&share, &format!("{}\n{interval}{weighted}", grouped(count)))
}
