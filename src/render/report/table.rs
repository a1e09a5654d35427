//! A table as finished cells: one template draws every table of the report.
//!
//! Most cells are figures, so that is what a cell is unless it says otherwise.

use serde::Serialize;

use crate::render::html::Html;

/// A table.
#[derive(Serialize)]
pub(super) struct Table {
    id: String,
    /// Ids of the texts that name it: its caption and, where a heading says what it is about, that.
    named_by: String,
    caption: String,
    columns: Vec<Column>,
    width: usize,
    bodies: Vec<Body>,
}

/// Rows under one heading.
#[derive(Serialize)]
struct Body {
    heading: Option<Html>,
    rows: Vec<Vec<Cell>>,
}

/// A column's head.
#[derive(Clone, Serialize)]
pub(super) struct Column {
    label: Html,
    words: bool,
}

/// One cell.
#[derive(Clone, Serialize)]
pub(super) struct Cell {
    html: Html,
    head: bool,
    words: bool,
}

/// A column of words.
pub(super) fn words(text: &'static str) -> Column {
    Column { label: Html::text(text), words: true }
}

/// A column of figures.
pub(super) fn figures(text: &'static str) -> Column {
    Column { label: Html::text(text), words: false }
}

/// A column of figures under a label of the definition.
pub(super) fn figures_of(label: Html) -> Column {
    Column { label, words: false }
}

impl Table {
    /// A table; `id` is its caption's, unlike any other on the page.
    pub(super) fn new(id: String, caption: String, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        let bodies = vec![Body { heading: None, rows }];
        Self { named_by: id.clone(), id, caption, width: columns.len(), columns, bodies }
    }

    /// A table whose rows stand under headings.
    pub(super) fn grouped(
        id: String,
        caption: String,
        columns: Vec<Column>,
        groups: impl Iterator<Item = (Html, Vec<Vec<Cell>>)>,
    ) -> Self {
        let bodies = groups.map(|(heading, rows)| Body { heading: Some(heading), rows }).collect();
        Self { bodies, ..Self::new(id, caption, columns, Vec::new()) }
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
