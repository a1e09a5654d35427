//! The tallies of the closed questions, and the themes of the open ones.

use serde::Serialize;

use super::Words;
use super::choice;
use super::crosstabs;
use super::grid;
use super::mentions::MentionsView;
use super::table::{Body, Cell, Column, Table, shows, words};
use super::why::{self, Why};
use crate::analysis::figures;
use crate::analysis::report::{CodedByPeople, Missing, Numbers, Question, QuestionThemes, Report, Row, Segment, Theme};
use crate::analysis::weight::report::WeightedTally;
use crate::render::chart;
use crate::render::html::Html;
use crate::render::words::{
    NONE, WITHHELD, counted, decimal, grouped, grouped_or_none, interval_or_none, percent, percent_or_none,
};

/// Most questions that are open from the start.
const OPEN_QUESTIONS: usize = 12;

/// Themes of a question that stand open, the largest ones; more are folded.
const OPEN_THEMES: usize = 20;

/// The closed questions.
#[derive(Serialize)]
pub(super) struct QuestionsView {
    list: Vec<QuestionView>,
    folded: bool,
}

/// One closed question.
#[derive(Serialize)]
struct QuestionView {
    id: String,
    label: Html,
    answered: String,
    table: Option<Table>,
    numbers: Option<Table>,
    /// The answers by respondent group: a table, or one for each row of a grid.
    by_group: Vec<Table>,
    /// What rankings or points come to.
    choice: Option<Table>,
}

impl QuestionsView {
    /// Leaves out the questions that the report's segments are made of: who took part shows those.
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Self {
        let asked: Vec<&Question> =
            report.questions.iter().filter(|question| !is_segment(question, &report.segments)).collect();
        let blocks = asked.chunk_by(|one, next| grid::belong_together(one, next)).enumerate();
        let list: Vec<QuestionView> = blocks.flat_map(|(index, block)| views(index, block, report, text)).collect();
        Self { folded: list.len() > OPEN_QUESTIONS, list }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

fn is_segment(question: &Question, segments: &[Segment]) -> bool {
    segments.iter().any(|segment| segment.id == question.id && !segment.groups.is_empty())
}

/// The rows of a grid in one table; any other question by itself.
fn views(index: usize, block: &[&Question], report: &Report, text: &Words<'_>) -> Vec<QuestionView> {
    let id = format!("q-{index}");
    match (grid::stem(block), block) {
        (Some(stem), _) => {
            let label = text.label(stem);
            let table = grid::table(index, block, stem, text).under(&id);
            let by_group = block.iter().enumerate().filter_map(|(row, question)| {
                let name = question.label.strip_prefix(stem).and_then(|rest| rest.strip_prefix(": "));
                crosstabs::table(format!("x-{id}-{row}"), question, name.unwrap_or(&question.label), report, text)
            });
            let by_group = by_group.map(|table| table.under(&id)).collect();
            let answered = grid::HOW_TO_READ.to_owned();
            vec![QuestionView { id, label, answered, table: Some(table), numbers: None, choice: None, by_group }]
        }
        (None, [question]) => vec![QuestionView::new(id, question, report, text)],
        (None, several) => {
            let each = several.iter().enumerate();
            each.map(|(row, question)| QuestionView::new(format!("{id}-{row}"), question, report, text)).collect()
        }
    }
}

impl QuestionView {
    fn new(id: String, question: &Question, report: &Report, text: &Words<'_>) -> Self {
        let numbers = question.numbers.as_ref();
        let by_group = crosstabs::table(format!("x-{id}"), question, "By group", report, text);
        Self {
            label: text.label(&question.label),
            answered: answered(question),
            table: (!question.rows.is_empty()).then(|| tally(&id, question, text).under(&id)),
            numbers: numbers.map(|numbers| summary(&id, (question, numbers), text).under(&id)),
            by_group: by_group.map(|table| table.under(&id)).into_iter().collect(),
            choice: choice::table(&id, question, text).map(|table| table.under(&id)),
            id,
        }
    }
}

/// Who answered and who did not, in a sentence.
pub(super) fn answered(question: &Question) -> String {
    let Missing { skipped, not_shown, not_reached, dont_know, left_out } = question.missing;
    let kinds = [
        (skipped, "left it"),
        (not_shown, "were not asked"),
        (not_reached, "stopped before it"),
        (dont_know, "said they do not know or it does not apply"),
        (left_out, "answered when it meant something else"),
    ];
    let missing: Vec<String> = kinds
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    let weighted = question.weighted.as_ref().map_or_else(String::new, |weighted| {
        let mean =
            weighted.mean.map_or_else(String::new, |mean| format!(" (their weighted mean is {})", decimal(mean)));
        format!(", under weights as telling as {}{mean}", grouped(weighted.n_eff))
    });
    let base = format!("{}{weighted}", counted(question.n, "person answered", "people answered"));
    if missing.is_empty() {
        return format!("{base}.");
    }
    format!("{base}; {}.", missing.join(", "))
}

/// What a caption says of figures without weights where the question has weighted ones beside them.
pub(super) fn unweighted(question: &Question) -> &'static str {
    if question.weighted.is_some() { "; not weighted" } else { "" }
}

fn tally(id: &str, question: &Question, text: &Words<'_>) -> Table {
    let first = question.rows.iter().any(|row| row.first.is_some());
    let mean = question.rows.iter().any(|row| row.mean.is_some());
    let counted = match question.scale.as_str() {
        "ranking" => &figures::RANKED,
        "allocation" => &figures::FUNDED,
        _ => &figures::PEOPLE,
    };
    let mean_name = if question.scale == "allocation" { &figures::MEAN_POINTS } else { &figures::MEAN_PRIORITY };
    let mut columns: Vec<Column> =
        vec![words("Answer"), shows(counted), shows(&figures::SHARE), shows(&figures::INTERVAL)];
    columns.extend(first.then_some(shows(&figures::FIRST)));
    columns.extend(mean.then_some(shows(mean_name)));
    columns.extend(question.weighted.as_ref().map(|_| shows(&figures::WEIGHTED_SHARE)));
    columns.push(shows(&figures::BAR));
    let weighted = |row: &Row| Some(weighted_share(question.weighted.as_ref()?, row));
    let rows = question.rows.iter().map(|row| cells(row, first, mean, weighted(row), text)).collect();
    Table::new(format!("t-{id}"), text.caption("Shares and counts"), columns, rows).of(&basis(question, text), text)
}

/// The question and who answered it.
pub(super) fn basis(question: &Question, text: &Words<'_>) -> [(&'static str, Html); 2] {
    [why::asked(&question.label, &question.id, text), why::base(&answered(question))]
}

/// A row's share under weights.
pub(super) fn weighted_share(tally: &WeightedTally, row: &Row) -> Cell {
    let found = tally.rows.iter().find(|weighted| weighted.id == row.id);
    found.map_or_else(
        || Cell::figure(NONE),
        |weighted| Cell::two_lines(&percent(weighted.share), &interval_or_none(Some(weighted.interval))),
    )
}

fn cells(row: &Row, first: bool, mean: bool, weighted: Option<Cell>, text: &Words<'_>) -> Vec<Cell> {
    let mut cells = vec![
        Cell::head(text.label(&row.label)),
        Cell::figure(&row.count.map_or_else(|| WITHHELD.to_owned(), grouped)),
        Cell::figure(&percent_or_none(row.share)),
        Cell::figure(&interval_or_none(row.interval)),
    ];
    cells.extend(first.then(|| Cell::figure(&grouped_or_none(row.first))));
    cells.extend(mean.then(|| Cell::figure(&percent_or_none(row.mean))));
    cells.extend(weighted);
    cells.push(Cell::html(row.share.map_or_else(Html::default, chart::bar)));
    cells
}

fn summary(id: &str, (question, numbers): (&Question, &Numbers), text: &Words<'_>) -> Table {
    let columns = [
        &figures::SMALLEST,
        &figures::LOWER_QUARTILE,
        &figures::MEDIAN,
        &figures::MEAN,
        &figures::UPPER_QUARTILE,
        &figures::LARGEST,
    ];
    let figure = |measured: Option<f64>| Cell::figure(&measured.map_or_else(|| WITHHELD.to_owned(), decimal));
    let [q1, median, mean, q3] = [numbers.q1, numbers.median, numbers.mean, numbers.q3].map(Some);
    let row = [numbers.min, q1, median, mean, q3, numbers.max];
    Table::new(
        format!("n-{id}"),
        text.caption(&format!("The numbers given{}", unweighted(question))),
        columns.map(shows).to_vec(),
        vec![row.map(figure).to_vec()],
    )
    .of(&basis(question, text), text)
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
    themes: Vec<ThemeView>,
    /// Those of fewer answers, folded, and what they are.
    others: Vec<ThemeView>,
    they_are: String,
    why: Why,
    mentions: Option<MentionsView>,
}

/// One theme in people's words.
#[derive(Serialize)]
struct ThemeView {
    label: Html,
    bar: Html,
    count: String,
    quotes: Vec<Html>,
    /// The words that set it apart and are not its label.
    terms: Option<Html>,
}

impl ThemesView {
    pub(super) fn new(questions: &[QuestionThemes], text: &Words<'_>) -> Self {
        let list = questions.iter().enumerate().map(|(index, question)| {
            let (open, others) = question.themes.split_at(question.themes.len().min(OPEN_THEMES));
            let views =
                |themes: &[Theme]| themes.iter().map(|theme| ThemeView::new(theme, question.n, text)).collect();
            QuestionThemesView {
            label: text.label(&question.label),
            answered: format!(
                "{}, {} of them different. {} said nothing of substance, {} of these that the question was not answered, and {} fit no theme well. {}",
                counted(question.n, "answer", "answers"),
                grouped(question.distinct),
                grouped(question.none),
                grouped(question.unanswered),
                grouped(question.other),
                question.coding.as_ref().map(by_people).unwrap_or_default()
            )
            .trim_end()
            .to_owned(),
            themes: views(open),
            others: views(others),
            they_are: they_are(others),
            why: themes_why(question, text),
            mentions: MentionsView::new(index, question, text),
        }});
        Self { list: list.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Says what is folded.
fn they_are(themes: &[Theme]) -> String {
    let most = themes.iter().map(|theme| theme.count).max().unwrap_or_default();
    format!(
        "{} with at most {} each",
        counted(themes.len() as u64, "more theme", "more themes"),
        counted(most, "answer", "answers")
    )
}

/// What is behind the counts of the themes, with these as a table.
fn themes_why(question: &QuestionThemes, text: &Words<'_>) -> Why {
    let base = format!("{}; each theme has the share of these.", counted(question.n, "answer", "answers"));
    let basis = [why::asked(&question.label, &question.question, text), why::base(&base)];
    let columns =
        vec![words("Theme"), shows(&figures::THEME), shows(&figures::THEME_PEOPLE), shows(&figures::THEME_TEXTS)];
    let row = |theme: &Theme| {
        let share = theme.count as f64 / question.n.max(1) as f64;
        vec![
            Cell::head(text.label(&theme.label)),
            Cell::two_lines(&grouped(theme.count), &percent(share)),
            Cell::figure(&grouped(theme.people)),
            Cell::figure(&grouped(theme.distinct)),
        ]
    };
    let rows = vec![Body { heading: None, key: None, rows: question.themes.iter().map(row).collect() }];
    let name = format!("{}-themes-{}.csv", text.survey, question.question);
    Why::new(&basis, text).columns(&columns).table(&why::csv(&columns, &rows), &name)
}

/// What people did to the themes, as sentences that follow others.
fn by_people(coding: &CodedByPeople) -> String {
    let CodedByPeople { decisions, by_person, several, waiting } = *coding;
    let made = counted(decisions, "decision", "decisions");
    let placed = format!("They placed {} by hand.", counted(by_person, "answer", "answers"));
    let sentences = [
        (true, format!("The themes are those that people decided, in {made}.")),
        (by_person > 0, placed),
        (several > 0, format!("{} in several themes and counted in each.", is_or_are(several))),
        (waiting > 0, format!("{} not coded yet.", is_or_are(waiting))),
    ];
    let said: Vec<String> = sentences.into_iter().filter(|(is_said, _)| *is_said).map(|(_, said)| said).collect();
    said.join(" ")
}

fn is_or_are(n: u64) -> String {
    format!("{} {}", counted(n, "answer", "answers"), if n == 1 { "is" } else { "are" })
}

/// How many more make a point of a theme than the answers that are in it as a whole.
fn with_points(count: u64, people: u64) -> String {
    match people.saturating_sub(count) {
        0 => String::new(),
        more => format!("; {} more make a point of it", grouped(more)),
    }
}

impl ThemeView {
    /// A theme among the `n` answers of its question.
    fn new(theme: &Theme, n: u64, text: &Words<'_>) -> Self {
        let share = theme.count as f64 / n.max(1) as f64;
        let shown = theme.label.split(", ").collect::<Vec<_>>();
        let others: Vec<&str> = theme.terms.iter().map(String::as_str).filter(|term| !shown.contains(term)).collect();
        Self {
            label: text.label(&theme.label),
            bar: chart::bar(share),
            count: format!(
                "{} of {}, {}; {} different{}",
                grouped(theme.count),
                counted(n, "answer", "answers"),
                percent(share),
                grouped(theme.distinct),
                with_points(theme.count, theme.people)
            ),
            quotes: theme.quotes.iter().map(|quote| text.label(quote)).collect(),
            terms: (!others.is_empty()).then(|| text.label(&others.join(", "))),
        }
    }
}
