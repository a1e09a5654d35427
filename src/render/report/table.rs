//! A table as finished cells: one template draws every table of the report.
//!
//! Most cells are figures, so that is what a cell is unless it says otherwise.

use serde::Serialize;

use super::Words;
use super::why::{Why, csv};
use crate::analysis::figures::{Figure, Unit};
use crate::render::html::Html;

/// Most columns that fit on paper upright.
const MOST_UPRIGHT: usize = 10;

/// A table.
#[derive(Serialize)]
pub(super) struct Table {
    id: String,
    /// Ids of the texts that name it: its caption and, where a heading says what it is about, that.
    named_by: String,
    caption: String,
    columns: Vec<Column>,
    width: usize,
    /// Too wide for paper upright.
    wide: bool,
    bodies: Vec<Body>,
    /// Where its figures come from; none where it has none of the answers.
    why: Option<Why>,
}

/// Rows under one heading.
#[derive(Serialize)]
pub(super) struct Body {
    pub(super) heading: Option<Html>,
    /// What its CSV says in place of the heading: an id, which is shorter.
    #[serde(skip)]
    pub(super) key: Option<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A column's head.
#[derive(Clone, Serialize)]
pub(super) struct Column {
    pub(super) label: Html,
    words: bool,
    /// What it shows; none for the heads of rows.
    #[serde(skip)]
    pub(super) figure: Option<&'static Figure>,
}

/// One cell.
#[derive(Clone, Serialize)]
pub(super) struct Cell {
    pub(super) html: Html,
    head: bool,
    words: bool,
}

/// The column of the heads of the rows, or of settings: it shows nothing that was counted.
pub(super) fn words(text: &'static str) -> Column {
    Column { label: Html::text(text), words: true, figure: None }
}

/// A column that shows a figure.
pub(super) fn shows(figure: &'static Figure) -> Column {
    let words = figure.holds.first().is_some_and(|(unit, _)| *unit == Unit::Words);
    Column { label: Html::text(figure.name), words, figure: Some(figure) }
}

/// A column of figures under a label of the definition.
pub(super) fn shows_of(label: Html, figure: &'static Figure) -> Column {
    Column { label, words: false, figure: Some(figure) }
}

impl Table {
    /// A table; `id` is its caption's, unlike any other on the page.
    pub(super) fn new(id: String, caption: String, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        let bodies = vec![Body { heading: None, key: None, rows }];
        Self {
            named_by: id.clone(),
            id,
            caption,
            width: columns.len(),
            wide: columns.len() > MOST_UPRIGHT,
            columns,
            bodies,
            why: None,
        }
    }

    /// A table whose rows stand under headings.
    pub(super) fn grouped(
        id: String,
        caption: String,
        columns: Vec<Column>,
        groups: impl Iterator<Item = (Html, Vec<Vec<Cell>>)>,
    ) -> Self {
        let bodies = groups.map(|(heading, rows)| Body { heading: Some(heading), key: None, rows }).collect();
        Self { bodies, ..Self::new(id, caption, columns, Vec::new()) }
    }

    /// The table with an id for each of its headings, for its CSV.
    pub(super) fn keyed<'a>(mut self, keys: impl Iterator<Item = &'a str>) -> Self {
        for (body, key) in self.bodies.iter_mut().zip(keys) {
            body.key = Some(key.to_owned());
        }
        self
    }

    /// The table with what is behind its figures: `basis` is what was asked, and of whom.
    pub(super) fn of(self, basis: &[(&'static str, Html)], text: &Words<'_>) -> Self {
        let table = csv(&self.columns, &self.bodies);
        let why =
            Why::new(basis, text).columns(&self.columns).table(&table, &format!("{}-{}.csv", text.survey, self.id));
        Self { why: Some(why), ..self }
    }

    /// The same where a file beside the report has the table.
    pub(super) fn of_file(self, basis: &[(&'static str, Html)], file: &'static str, text: &Words<'_>) -> Self {
        Self { why: Some(Why::new(basis, text).columns(&self.columns).in_file(file)), ..self }
    }

    /// The table, named by the heading `id` as well as by its caption.
    pub(super) fn under(self, id: &str) -> Self {
        Self { named_by: format!("{id} {}", self.id), ..self }
    }
}

impl Cell {
    /// The row's head.
    pub(super) fn head(html: Html) -> Self {
        Self { html, head: true, words: false }
    }

    /// Words.
    pub(super) fn words(text: &str) -> Self {
        Self::html(Html::text(text))
    }

    /// Anything drawn here.
    pub(super) fn html(html: Html) -> Self {
        Self { html, head: false, words: true }
    }

    /// A figure.
    pub(super) fn figure(text: &str) -> Self {
        Self { html: Html::text(text), head: false, words: false }
    }

    /// A figure that counts most, over what qualifies it.
    pub(super) fn two_lines(first: &str, second: &str) -> Self {
        let (first, second) = (Html::text(first), Html::text(second));
        Self { html: Html::made_here(format!("<b>{first}</b>{second}")), head: false, words: false }
    }
}
