//! The tallies of the closed questions, and the themes of the open ones.

use serde::Serialize;

use super::Words;
use super::table::{Cell, Column, Table, figures, words};
use crate::analysis::report::{Missing, Numbers, Question, QuestionThemes, Row, Theme};
use crate::render::chart;
use crate::render::html::Html;
use crate::render::words::{WITHHELD, counted, decimal, grouped, grouped_or_none, interval_or_none, percent_or_none};

/// Most questions that are open from the start.
const OPEN_QUESTIONS: usize = 12;

/// The closed questions.
#[derive(Serialize)]
pub(super) struct QuestionsView {
    list: Vec<QuestionView>,
    folded: bool,
}

/// One closed question.
#[derive(Serialize)]
struct QuestionView {
    label: Html,
    answered: String,
    table: Option<Table>,
    numbers: Option<Table>,
}

impl QuestionsView {
    pub(super) fn new(questions: &[Question], text: &Words<'_>) -> Self {
        let list = questions.iter().enumerate().map(|(index, question)| QuestionView {
            label: text.label(&question.label),
            answered: answered(question),
            table: (!question.rows.is_empty()).then(|| tally(index, question, text)),
            numbers: question.numbers.as_ref().map(|numbers| summary(index, &question.label, numbers, text)),
        });
        Self { list: list.collect(), folded: questions.len() > OPEN_QUESTIONS }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Who answered and who did not, in a sentence.
fn answered(question: &Question) -> String {
    let Missing { skipped, not_shown, not_reached, dont_know } = question.missing;
    let kinds = [
        (skipped, "left it"),
        (not_shown, "were not asked"),
        (not_reached, "stopped before it"),
        (dont_know, "said they do not know or it does not apply"),
    ];
    let missing: Vec<String> = kinds
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    let base = counted(question.n, "person answered", "people answered");
    if missing.is_empty() {
        return format!("{base}.");
    }
    format!("{base}; {}.", missing.join(", "))
}

fn tally(index: usize, question: &Question, text: &Words<'_>) -> Table {
    let first = question.rows.iter().any(|row| row.first.is_some());
    let mean = question.rows.iter().any(|row| row.mean.is_some());
    let counted = match question.scale.as_str() {
        "ranking" => "Ranked it",
        "allocation" => "Gave it points",
        _ => "People",
    };
    let mean_name = if question.scale == "allocation" { "Mean share of points" } else { "Mean priority" };
    let mut columns: Vec<Column> = vec![words("Answer"), figures(counted), figures("Share"), figures("95 % interval")];
    columns.extend(first.then_some(figures("Put it first")));
    columns.extend(mean.then_some(figures(mean_name)));
    columns.push(words("Share as a bar"));
    let rows = question.rows.iter().map(|row| cells(row, first, mean, text)).collect();
    Table::new(format!("t-q{index}"), text.caption(&question.label), columns, rows)
}

fn cells(row: &Row, first: bool, mean: bool, text: &Words<'_>) -> Vec<Cell> {
    let mut cells = vec![
        Cell::head(text.label(&row.label)),
        Cell::figure(&row.count.map_or_else(|| WITHHELD.to_owned(), grouped)),
        Cell::figure(&percent_or_none(row.share)),
        Cell::figure(&interval_or_none(row.interval)),
    ];
    cells.extend(first.then(|| Cell::figure(&grouped_or_none(row.first))));
    cells.extend(mean.then(|| Cell::figure(&percent_or_none(row.mean))));
    cells.push(Cell::html(row.share.map_or_else(Html::default, chart::bar)));
    cells
}

fn summary(index: usize, label: &str, numbers: &Numbers, text: &Words<'_>) -> Table {
    let columns = ["Smallest", "Lower quartile", "Median", "Mean", "Upper quartile", "Largest"];
    let figure = |measured: f64| Cell::figure(&decimal(measured));
    let row = [numbers.min, numbers.q1, numbers.median, numbers.mean, numbers.q3, numbers.max];
    Table::new(
        format!("t-n{index}"),
        text.caption(&format!("{label}: summary")),
        columns.map(figures).to_vec(),
        vec![row.map(figure).to_vec()],
    )
}

/// The open questions.
#[derive(Serialize)]
pub(super) struct ThemesView {
    list: Vec<QuestionThemesView>,
}

/// One open question.
#[derive(Serialize)]
struct QuestionThemesView {
    label: Html,
    answered: String,
    table: Option<Table>,
    themes: Vec<ThemeView>,
}

/// One theme in people's words.
#[derive(Serialize)]
struct ThemeView {
    label: Html,
    count: String,
    quotes: Vec<Html>,
}

impl ThemesView {
    pub(super) fn new(questions: &[QuestionThemes], text: &Words<'_>) -> Self {
        let list = questions.iter().enumerate().map(|(index, question)| QuestionThemesView {
            label: text.label(&question.label),
            answered: format!(
                "{}, {} of them different. {} said nothing of substance and {} fit no theme well.",
                counted(question.n, "answer", "answers"),
                grouped(question.distinct),
                grouped(question.none),
                grouped(question.other)
            ),
            table: (!question.themes.is_empty()).then(|| themes_table(index, question, text)),
            themes: question.themes.iter().map(|theme| quotes(theme, text)).collect(),
        });
        Self { list: list.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

fn themes_table(index: usize, question: &QuestionThemes, text: &Words<'_>) -> Table {
    let columns = vec![words("Theme"), figures("Answers"), figures("Different"), words("Words that mark it")];
    let rows = question.themes.iter().map(|theme| {
        vec![
            Cell::head(text.label(&theme.label)),
            Cell::figure(&grouped(theme.count)),
            Cell::figure(&grouped(theme.distinct)),
            Cell::html(text.label(&theme.terms.join(", "))),
        ]
    });
    let caption = text.caption(&format!("Themes: {}", question.label));
    Table::new(format!("t-t{index}"), caption, columns, rows.collect())
}

fn quotes(theme: &Theme, text: &Words<'_>) -> ThemeView {
    ThemeView {
        label: text.label(&theme.label),
        count: counted(theme.count, "answer", "answers"),
        quotes: theme.quotes.iter().map(|quote| text.label(quote)).collect(),
    }
}
