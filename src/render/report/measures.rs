//! How far the answers on each scale agree: one folded table, and in plain words what its columns tell.

use serde::Serialize;

use super::Words;
use super::grid;
use super::table::{Cell, Column, Table, shows_of, words};
use super::why::base;
use crate::analysis::figures;
use crate::analysis::measure::{MEASURES, Measured};
use crate::analysis::report::{Question, Report};
use crate::render::html::Html;
use crate::render::words::{NONE, decimal, percent};

/// The measures that are shares.
const SHARES: [&str; 4] = ["top_share", "top_two", "bottom_two", "net"];

/// The folded table.
#[derive(Serialize)]
pub(super) struct MeasuresView {
    /// Where other figures of the report are weighted.
    unweighted: Option<&'static str>,
    table: Table,
    explained: Vec<Explained>,
}

/// What a column tells.
#[derive(Serialize)]
struct Explained {
    label: &'static str,
    tells: &'static str,
    source: &'static str,
}

impl MeasuresView {
    /// None where no question has measures.
    pub(super) fn new(report: &Report, text: &Words<'_>) -> Option<Self> {
        let measured: Vec<&Question> =
            report.questions.iter().filter(|question| !question.measures.is_empty()).collect();
        let heads: Vec<Column> = std::iter::once(words("Question"))
            .chain(MEASURES.iter().map(|measure| shows_of(Html::text(measure.label), &figures::MEASURE)))
            .collect();
        let blocks = measured.chunk_by(|one, next| grid::belong_together(one, next));
        let groups: Vec<(Html, Vec<Vec<Cell>>)> = blocks.map(|block| group(block, text)).collect();
        (!measured.is_empty()).then(|| Self {
            unweighted: measured
                .iter()
                .any(|question| question.weighted.is_some())
                .then_some("These measures are not weighted: they tell of those who answered."),
            table: Table::grouped(
                "t-measures".to_owned(),
                text.caption("Agreement and polarisation"),
                heads,
                groups.into_iter(),
            )
            .of(&[base("of each line those who gave a step that counts")], text),
            explained: MEASURES
                .iter()
                .map(|measure| Explained { label: measure.label, tells: measure.tells, source: measure.source })
                .collect(),
        })
    }
}

/// The rows of a grid under its question; any other question with one row.
fn group(block: &[&Question], text: &Words<'_>) -> (Html, Vec<Vec<Cell>>) {
    let stem = grid::stem(block);
    let heading = stem.or(block.first().map(|question| question.label.as_str())).unwrap_or_default();
    let row = |question: &&Question| {
        let rest = stem.and_then(|stem| question.label.strip_prefix(stem)?.strip_prefix(": "));
        let head = rest.map_or_else(|| Html::text("All answers"), |rest| text.label(rest));
        let of = |id: &str| cell(question.measures.iter().find(|measured| measured.id == id));
        std::iter::once(Cell::head(head)).chain(MEASURES.iter().map(|measure| of(measure.id))).collect()
    };
    (text.label(heading), block.iter().map(row).collect())
}

fn cell(measured: Option<&Measured>) -> Cell {
    let Some((measured, value)) = measured.and_then(|measured| Some((measured, measured.value?))) else {
        return Cell::figure(NONE);
    };
    let number = if SHARES.contains(&measured.id.as_str()) { percent(value) } else { decimal(value) };
    if measured.reading.is_empty() { Cell::figure(&number) } else { Cell::two_lines(&number, &measured.reading) }
}
