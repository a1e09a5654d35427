//! What is behind a number: what was asked, of whom, by which formula, and the table itself as CSV, folded under each table.
//!
//! What a column shows stands in [`crate::analysis::figures`] alone.

use std::fmt::Write;

use serde::Serialize;

use super::Words;
use super::table::{Body, Column};
use crate::analysis::figures::{Figure, Unit};
use crate::analysis::report::Report;
use crate::analysis::view::Viewed;
use crate::definition::consensus::Weighting;
use crate::exchange::cell::guarded;
use crate::render::html::Html;
use crate::render::words::{NONE, counted, grouped};

/// Most bytes of a table as a link: so many lines stand in `report.json`, or in a file beside the page.
const MOST_CSV: usize = 6_000;

/// What is folded under a table.
#[derive(Serialize)]
pub(super) struct Why {
    basis: Vec<Line>,
    columns: Vec<Told>,
    csv: Option<Link>,
    /// The file that has the table, where it is too long for a link.
    file: Option<&'static str>,
    /// The file that has every table of the page.
    #[serde(skip)]
    whole: &'static str,
}

/// What was asked, or of whom.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    html: Html,
}

/// What a figure is.
#[derive(Serialize)]
struct Told {
    label: Html,
    is: String,
    /// Of its formula.
    id: Option<&'static str>,
    formula: Option<&'static str>,
}

/// A table as a link.
#[derive(Serialize)]
struct Link {
    href: Html,
    name: String,
}

/// The line that names a question by its text and its variable.
pub(super) fn asked(label: &str, id: &str, text: &Words<'_>) -> (&'static str, Html) {
    ("Question", Html::made_here(format!("“{}” (<code>{}</code>)", text.label(label), Html::text(id))))
}

/// The line that says who is counted.
pub(super) fn base(says: &str) -> (&'static str, Html) {
    ("Base", Html::text(says))
}

/// What all tables rest on, said once and repeated.
pub(super) struct Rests {
    responses: String,
    weights: &'static str,
    /// The file that has every table of the page, unrounded.
    file: &'static str,
}

impl Rests {
    /// What is said in so many words, of a page whose every table stands in `file`.
    pub(super) fn said(responses: String, weights: &'static str, file: &'static str) -> Self {
        Self { responses, weights, file }
    }

    pub(super) fn new(report: &Report) -> Self {
        let modes = report.base.by_mode.iter().filter(|mode| mode.completed > 0);
        // A label says after a colon what the way is.
        let short = |label: &str| label.split(':').next().unwrap_or_default().to_lowercase();
        let modes: Vec<String> =
            modes.map(|mode| format!("{} {}", short(&mode.label), grouped(mode.completed))).collect();
        let ways = if modes.is_empty() { String::new() } else { format!(" ({})", modes.join(", ")) };
        let sent = counted(report.base.completed, "response", "responses");
        Self {
            responses: match &report.view {
                Some(Viewed { only_text: Some(who), of, .. }) => format!(
                    "{sent}{ways} of {}, to any version, read by version {}: those for whom {who}",
                    grouped(*of),
                    report.version
                ),
                _ => format!("all {sent}{ways}, to any version, read by version {}", report.version),
            },
            weights: match report.method.rule.weighting {
                Weighting::None => "none",
                Weighting::Rake => "in what is named weighted and in verdicts; all else counts people",
            },
            file: "report.json",
        }
    }
}

impl Why {
    pub(super) fn new(basis: &[(&'static str, Html)], text: &Words<'_>) -> Self {
        let own = basis.iter().map(|(name, says)| Line { name, html: says.clone() });
        let shared = [("Responses", text.rests.responses.as_str()), ("Weights", text.rests.weights)];
        let shared = shared.into_iter().map(|(name, says)| Line { name, html: Html::text(says) });
        Self { basis: own.chain(shared).collect(), columns: Vec::new(), csv: None, file: None, whole: text.rests.file }
    }

    /// With what each of the columns shows; neighbours that show the same, one an answer, are told once.
    pub(super) fn columns(mut self, columns: &[Column]) -> Self {
        let figures = columns.iter().filter_map(|column| Some((column, column.figure.filter(|one| one.id != "bar")?)));
        let figures: Vec<(&Column, &'static Figure)> = figures.collect();
        for same in figures.chunk_by(|one, next| one.1 == next.1) {
            let Some((first, figure)) = same.first() else { continue };
            let name = if same.len() > 1 { Html::text("Each of the columns with labels") } else { first.label.clone() };
            self = self.figure(name, figure, figure.is.to_owned());
        }
        self
    }

    /// With one more figure, of which `is` says what it is.
    pub(super) fn figure(mut self, label: Html, figure: &'static Figure, is: String) -> Self {
        let (id, formula) = (figure.by.map(|formula| formula.id), figure.by.map(|formula| formula.name));
        self.columns.push(Told { label, is, id, formula });
        self
    }

    pub(super) fn table(mut self, csv: &str, name: &str) -> Self {
        let href = address(csv);
        if href.len() > MOST_CSV {
            let file = self.whole;
            return self.in_file(file);
        }
        self.csv = Some(Link { href: Html::text(&href), name: name.to_owned() });
        self
    }

    pub(super) fn in_file(mut self, file: &'static str) -> Self {
        self.file = Some(file);
        self
    }
}

/// The address of a text that a link saves as a file: what RFC 3986 lets stand in a path, and the rest in `%` and two digits.
fn address(csv: &str) -> String {
    let mut href = String::from("data:text/csv;charset=utf-8,");
    for byte in csv.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._,:;/?()".contains(&byte) {
            href.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _written = write!(href, "%{byte:02X}");
        }
    }
    href
}

/// A table as CSV: shares from 0 to 1 as they are printed, to two decimals, a column each; empty where nothing is
/// known, and `withheld` where it is. Columns without anything are left out.
pub(super) fn csv(columns: &[Column], bodies: &[Body]) -> String {
    let mut heads: Vec<String> = vec!["Under".to_owned()];
    for column in columns {
        let name = lines(&column.label).join(" ");
        match column.figure {
            None => heads.push(name),
            Some(figure) => heads.extend(figure.holds.iter().flat_map(|(unit, part)| named(&name, *unit, part))),
        }
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for body in bodies {
        let heading = || body.heading.as_ref().map_or_else(String::new, |heading| lines(heading).join(" "));
        let under = body.key.clone().unwrap_or_else(heading);
        for row in &body.rows {
            let mut fields = vec![under.clone()];
            for (column, cell) in columns.iter().zip(row) {
                let lines = lines(&cell.html);
                match column.figure {
                    None => fields.push(lines.join(" ")),
                    Some(figure) => fields.extend(fields_of(figure, &lines)),
                }
            }
            rows.push(fields);
        }
    }
    let is_there = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|field| !field.is_empty()));
    let there: Vec<bool> = (0..heads.len()).map(is_there).collect();
    let mut out = String::new();
    for row in std::iter::once(&heads).chain(&rows) {
        let kept = row.iter().zip(&there).filter(|(_, there)| **there);
        out.push_str(&kept.map(|(field, _)| quoted(field)).collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}

/// The heads of what one line of a column's cells becomes.
fn named(name: &str, unit: Unit, part: &str) -> Vec<String> {
    let with = |part: &str| {
        let named: Vec<&str> = [name, part].into_iter().filter(|text| !text.is_empty()).collect();
        named.join(": ")
    };
    match unit {
        Unit::Interval => vec![with("low"), with("high")],
        Unit::CountOf => vec![with(part), with("answered")],
        Unit::Count | Unit::Share | Unit::Number | Unit::Words => vec![with(part)],
    }
}

fn fields_of(figure: &Figure, lines: &[String]) -> Vec<String> {
    let last = figure.holds.len().saturating_sub(1);
    let each = figure.holds.iter().enumerate().flat_map(|(at, (unit, _))| {
        let line = match lines.get(at) {
            Some(_) if at == last => lines.get(at..).unwrap_or_default().join(", "),
            Some(line) => line.clone(),
            None => String::new(),
        };
        field(*unit, &line)
    });
    each.collect()
}

/// A line of a cell as a machine reads it.
fn field(unit: Unit, line: &str) -> Vec<String> {
    let line = if line == NONE { "" } else { line };
    let share = |text: &str| {
        let cents = text.split(' ').find_map(|word| word.strip_suffix('%')?.parse::<f64>().ok());
        cents.map_or_else(|| text.replace('−', "-"), |cents| format!("{:.2}", cents / 100.0))
    };
    match unit {
        Unit::Interval => match line.split_once(" to ") {
            Some((low, high)) => vec![share(low), share(high)],
            None => vec![line.to_owned(), line.to_owned()],
        },
        Unit::CountOf => match line.split_once(" of ") {
            Some((some, all)) => [some, all].map(|count| count.replace(',', "")).to_vec(),
            None => vec![line.to_owned(), line.to_owned()],
        },
        Unit::Share => vec![share(line)],
        Unit::Number => vec![share(&line.replace(',', ""))],
        Unit::Count => {
            let is_number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
            vec![line.split(' ').find(is_number).map_or_else(|| line.to_owned(), |word| word.replace(',', ""))]
        }
        Unit::Words => vec![line.to_owned()],
    }
}

/// A field that a spreadsheet takes for no formula; a number stays one.
fn quoted(field: &str) -> String {
    let safe = if field.parse::<f64>().is_ok() { field.to_owned() } else { guarded(field.to_owned()) };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// The text of a cell, line by line: without tags, of which a `</b>` ends a line.
pub(super) fn lines(html: &Html) -> Vec<String> {
    let mut text = String::new();
    let broken = html.as_str().replace("</b>", "\n");
    for (index, part) in broken.split('<').enumerate() {
        text.push_str(if index == 0 { part } else { part.split_once('>').map_or("", |(_, rest)| rest) });
    }
    let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = read.into_iter().fold(text, |text, (escaped, character)| text.replace(escaped, character));
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
