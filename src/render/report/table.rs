//! A table as finished cells: one template draws every table of the report.

use serde::Serialize;

use crate::render::html::Html;

/// A table.
#[derive(Serialize)]
pub(super) struct Table {
    id: String,
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column's head.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Column {
    text: &'static str,
    numeric: bool,
}

/// One cell.
#[derive(Clone, Serialize)]
pub(super) struct Cell {
    html: Html,
    numeric: bool,
    head: bool,
}

/// A column of words.
pub(super) fn words(text: &'static str) -> Column {
    Column { text, numeric: false }
}

/// A column of figures.
pub(super) fn figures(text: &'static str) -> Column {
    Column { text, numeric: true }
}

impl Table {
    /// A table; `id` is its caption's, unlike any other on the page.
    pub(super) fn new(id: String, caption: String, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        Self { id, caption, columns, rows }
    }
}

impl Cell {
    /// The row's head.
    pub(super) fn head(html: Html) -> Self {
        Self { html, numeric: false, head: true }
    }

    /// Words.
    pub(super) fn words(text: &str) -> Self {
        Self::html(Html::text(text))
    }

    /// Anything drawn here.
    pub(super) fn html(html: Html) -> Self {
        Self { html, numeric: false, head: false }
    }

    /// A figure.
    pub(super) fn figure(text: &str) -> Self {
        Self { html: Html::text(text), numeric: true, head: false }
    }
}
