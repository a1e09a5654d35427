//! The answers to closed questions by respondent group: a table a question, with the groups of every segment.

use super::Words;
use super::questions::unweighted;
use super::table::{Cell, Column, Table, shows, shows_of, words};
use super::why;
use crate::analysis::crosstab::{Crosstab, CrosstabGroup, GroupNumbers, Ordered};
use crate::analysis::figures;
use crate::analysis::report::{Question, Report, Row};
use crate::render::html::Html;
use crate::render::words::{NONE, WITHHELD, decimal, grouped, interval_or_none, percent, percent_or_none};

/// Most lines of all tables that the page has; `crosstabs.csv` has all.
const MOST_LINES: usize = 3_000;

/// True where the page has the tables.
pub(super) fn are_shown(report: &Report) -> bool {
    report.crosstabs.iter().map(|table| table.groups.len()).sum::<usize>() <= MOST_LINES
}

/// The table of one question, whose caption is `caption`; none where it was not crossed or the page would have too many.
pub(super) fn table(
    id: String,
    question: &Question,
    caption: &str,
    report: &Report,
    text: &Words<'_>,
) -> Option<Table> {
    let crossed: Vec<&Crosstab> = report.crosstabs.iter().filter(|table| table.question == question.id).collect();
    let first = crossed.first()?.groups.first()?;
    if !are_shown(report) {
        return None;
    }
    let has = Columns {
        order: first.ordered.is_some(),
        ends: first.ordered.is_some() && question.rows.len() >= 4,
        means: !first.means.is_empty(),
    };
    let groups = crossed.iter().map(|table| {
        let segment = report.segments.iter().find(|segment| segment.id == table.segment);
        let label = |group: &CrosstabGroup| {
            let known = segment.and_then(|segment| segment.groups.iter().find(|known| known.id == group.group));
            text.label(known.map_or(&group.group, |known| &known.label))
        };
        let rows = table.groups.iter().map(|group| cells(label(group), group, &has, question)).collect();
        (text.label(segment.map_or(&table.segment, |segment| &segment.label)), rows)
    });
    let columns = columns(&has, question, text);
    let basis = [
        why::asked(&question.label, &question.id, text),
        why::base(
            "of each group those who answered: the column Answered; groups are the options of the questions that head them",
        ),
    ];
    let caption = format!("{caption}{}{}", Columns::about(question), unweighted(question));
    let table = Table::grouped(id, text.caption(&caption), columns, groups);
    Some(table.of_file(&basis, "crosstabs.csv", text))
}

/// Which columns a question has.
struct Columns {
    order: bool,
    ends: bool,
    means: bool,
}

fn is_number(question: &Question) -> bool {
    question.scale == "interval"
}

impl Columns {
    /// What stands in a cell.
    fn about(question: &Question) -> &'static str {
        match question.scale.as_str() {
            "interval" => "",
            "ranking" => ": mean priority, how many put it first, and the 95% interval of their share",
            "allocation" => ": mean share of points, how many gave it any, and the 95% interval of their share",
            _ => ": share of those who answered, how many they are, and the share’s 95% interval",
        }
    }
}

fn columns(has: &Columns, question: &Question, text: &Words<'_>) -> Vec<Column> {
    let mut columns = vec![words("Group"), shows(&figures::ANSWERED)];
    if is_number(question) {
        columns
            .extend([&figures::LOWER_QUARTILE, &figures::MEDIAN, &figures::MEAN, &figures::UPPER_QUARTILE].map(shows));
        return columns;
    }
    let answer = match question.scale.as_str() {
        "ranking" => &figures::ANSWER_RANKED,
        "allocation" => &figures::ANSWER_FUNDED,
        _ => &figures::ANSWER,
    };
    columns.extend(question.rows.iter().map(|row| shows_of(text.label(&row.label), answer)));
    if has.ends {
        columns.extend([&figures::TOP_TWO, &figures::BOTTOM_TWO, &figures::NET].map(shows));
    }
    columns.extend(has.order.then_some(shows(&figures::MEDIAN_STEP)));
    columns
}

fn cells(label: Html, group: &CrosstabGroup, has: &Columns, question: &Question) -> Vec<Cell> {
    let withheld = || Cell::figure(WITHHELD);
    let mut cells = vec![Cell::head(label), group.n.map_or_else(withheld, |n| Cell::figure(&grouped(n)))];
    if is_number(question) {
        cells.extend(numbers(group));
        return cells;
    }
    for answer in 0..question.rows.len() {
        let count = group.counts.get(answer).copied().flatten();
        let interval = interval_or_none(group.intervals.get(answer).copied().flatten());
        let mean = group.means.get(answer).copied().flatten();
        let share = group.shares.get(answer).copied().flatten();
        let strong = if has.means { mean } else { share };
        let count = count.map(|count| format!("{}\n{interval}", grouped(count)));
        let nothing = if group.n == Some(0) { NONE } else { WITHHELD };
        cells.push(match (strong, count) {
            (None, None) => Cell::figure(nothing),
            (strong, count) => {
                let strong = strong.map_or_else(|| nothing.to_owned(), percent);
                Cell::two_lines(&strong, &count.unwrap_or_else(|| WITHHELD.to_owned()))
            }
        });
    }
    if let Some(ordered) = group.ordered.as_ref().filter(|_| has.order) {
        cells.extend(ends(ordered, group.n, has));
        cells.push(Cell::words(&median(ordered, &question.rows, group.n)));
    }
    cells
}

fn ends(ordered: &Ordered, n: Option<u64>, has: &Columns) -> Vec<Cell> {
    let nothing = if n == Some(0) { NONE } else { WITHHELD };
    let of = |count: Option<u64>| {
        let share = count.zip(n).filter(|(_, n)| *n > 0).map(|(count, n)| count as f64 / n as f64);
        Cell::figure(&share.map_or_else(|| nothing.to_owned(), |share| percent_or_none(Some(share))))
    };
    if !has.ends {
        return Vec::new();
    }
    let net = ordered.net.map_or_else(|| nothing.to_owned(), |net| format!("{:+.0}", (net * 100.0).round() + 0.0));
    vec![of(ordered.top_two), of(ordered.bottom_two), Cell::figure(&net)]
}

/// The label of the median, and those of the quartiles where they differ.
fn median(ordered: &Ordered, rows: &[Row], n: Option<u64>) -> String {
    let label = |id: &Option<String>| {
        let id = id.as_ref()?;
        rows.iter().find(|row| row.id == *id).map(|row| row.label.clone())
    };
    let [low, middle, high] = &ordered.quartiles;
    let nothing = if n == Some(0) { NONE } else { WITHHELD };
    let middle = label(middle).unwrap_or_else(|| nothing.to_owned());
    match (label(low), label(high)) {
        (Some(low), Some(high)) if low != high => format!("{middle} (half from {low} to {high})"),
        _ => middle,
    }
}

fn numbers(group: &CrosstabGroup) -> Vec<Cell> {
    let nothing = if group.n == Some(0) { NONE } else { WITHHELD };
    match &group.numbers {
        Some(GroupNumbers { q1, median, q3, mean }) => {
            [q1, median, mean, q3].map(|number| Cell::figure(&decimal(*number))).to_vec()
        }
        None => vec![Cell::figure(nothing); 4],
    }
}
