//! The columns of a sheet: headers as people write them, to one name each, and the language of a text.
//!
//! `label::English (en)`, `LABEL : en`, `caption` and `bind::relevant` are told apart as `pyxform` does.

use std::collections::BTreeMap;

use super::write::{CHOICES, SURVEY};
use crate::exchange::workbook::{Row, Sheet};

/// A sheet with known columns.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The sheet's name.
    pub(super) sheet: String,
    /// Rows with something in them.
    pub(super) rows: Vec<Record>,
    /// Columns whose header says nothing to us, as written.
    pub(super) unknown: Vec<String>,
    /// Headers that stand twice.
    pub(super) doubled: Vec<String>,
    /// Languages of the texts, as written, in order; texts of no language are not counted.
    pub(super) languages: Vec<String>,
    /// See [`Sheet::unread`].
    pub(super) unread: Option<u32>,
    /// True for a workbook with Canvass's own columns.
    pub(super) is_own: bool,
}

/// A row by column.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Its number in the sheet, from 1.
    pub(super) number: u32,
    /// Values by column.
    values: BTreeMap<String, String>,
    /// Texts by column and language.
    texts: BTreeMap<(String, String), String>,
}

/// Columns of an XLSForm that are read: each under its own name.
const KNOWN: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "relevant",
    "constraint",
    "constraint_message",
    "required",
    "required_message",
    "calculation",
    "choice_filter",
    "appearance",
    "default",
    "read_only",
    "repeat_count",
    "parameters",
    "disabled",
    "trigger",
    "list_name",
    "rows",
    "image",
    "big-image",
    "audio",
    "video",
    "no_app_error_string",
    "autoplay",
    // The settings sheet.
    "form_id",
    "form_title",
    "version",
    "default_language",
];

/// Columns of ours, beside those of the sheets that `write` makes. Another's form may use the same words, so they are read
/// only where the workbook says it is for Canvass.
const OWN: &[&str] = &["breadth", "audience", "withdrawn", "key", "value", "message", "level"];

/// True for a column of ours.
pub(super) fn is_own(name: &str) -> bool {
    [OWN, SURVEY, CHOICES].iter().any(|columns| columns.contains(&name))
}

/// Other words for columns.
const ALIASES: &[(&str, &str)] = &[
    ("caption", "label"),
    ("relevance", "relevant"),
    ("calculate", "calculation"),
    ("readonly", "read_only"),
    ("count", "repeat_count"),
    ("jr:count", "repeat_count"),
    ("constraining_message", "constraint_message"),
    ("jr:constraintmsg", "constraint_message"),
    ("requiredmsg", "required_message"),
    ("jr:requiredmsg", "required_message"),
    ("noapperrorstring", "no_app_error_string"),
    ("jr:noapperrorstring", "no_app_error_string"),
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("list name", "list_name"),
    ("set_form_title", "form_title"),
    ("title", "form_title"),
    ("set_form_id", "form_id"),
    ("id_string", "form_id"),
];

/// Columns that only say how a form is shown or kept by other programs.
const BESIDE: &[&str] =
    &["body", "control", "bind", "instance", "sms_field", "sms_option", "compact_tag", "saveincomplete"];

/// How the headers of a sheet are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Headers {
    /// As in any XLSForm; what is Canvass's own is unknown.
    Xlsform,
    /// The workbook says that it is for Canvass: its own columns are known, and texts are kept to the letter.
    Canvass,
}

impl Table {
    /// Reads a sheet; its first row holds the headers.
    pub(super) fn new(sheet: Sheet, headers: Headers) -> Self {
        let mut table =
            Self { unread: sheet.unread, is_own: headers == Headers::Canvass, sheet: sheet.name, ..Self::default() };
        let mut rows = sheet.rows.into_iter();
        let Some(first) = rows.next() else { return table };
        let double_colon = first.cells.iter().any(|(_, header)| header.contains("::"));
        let mut columns: BTreeMap<u32, (String, Option<String>)> = BTreeMap::new();
        for (column, header) in first.cells {
            let Some((name, language)) = column_of(&header, double_colon, headers, &table.sheet) else {
                continue;
            };
            if columns.values().any(|known| *known == (name.clone(), language.clone())) {
                table.doubled.push(header.trim().to_string());
                continue;
            }
            if let Some(language) = &language
                && !table.languages.contains(language)
            {
                table.languages.push(language.clone());
            }
            if !is_known(&name, headers) {
                table.unknown.push(header.trim().to_string());
            }
            columns.insert(column, (name, language));
        }
        for row in rows {
            let record = record(row, &columns, headers);
            if !record.values.is_empty() || !record.texts.is_empty() {
                table.rows.push(record);
            }
        }
        table
    }

    /// Where a cell stands.
    pub(super) fn place(&self, record: &Record, column: &str) -> String {
        place(&self.sheet, record.number, column)
    }
}

/// Where a cell stands: `survey!12:relevant`.
pub(super) fn place(sheet: &str, row: u32, column: &str) -> String {
    if column.is_empty() { format!("{sheet}!{row}") } else { format!("{sheet}!{row}:{column}") }
}

fn record(row: Row, columns: &BTreeMap<u32, (String, Option<String>)>, headers: Headers) -> Record {
    let mut record = Record { number: row.number, ..Record::default() };
    for (column, text) in row.cells {
        let Some((name, language)) = columns.get(&column) else { continue };
        let text = match headers {
            Headers::Canvass => text,
            Headers::Xlsform => text.replace('\u{a0}', " ").trim().to_string(),
        };
        if text.trim().is_empty() {
            continue;
        }
        match language {
            Some(language) => record.texts.insert((name.clone(), language.clone()), text),
            None => record.values.insert(name.clone(), text),
        };
    }
    record
}

impl Record {
    /// The value in a column, trimmed; `None` if the cell is empty.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.values.get(column).map(|value| value.trim())
    }

    /// The value in a column, to the letter.
    pub(super) fn raw(&self, column: &str) -> Option<&str> {
        self.values.get(column).map(String::as_str)
    }

    /// The text of a column in a language, to the letter.
    pub(super) fn text(&self, column: &str, language: &str) -> Option<&str> {
        self.texts.get(&(column.to_string(), language.to_string())).map(String::as_str)
    }

    /// The text of a column in the first of the languages in which there is one.
    pub(super) fn any_text(&self, column: &str) -> Option<&str> {
        self.texts.iter().find(|((name, _), _)| name == column).map(|(_, text)| text.as_str())
    }

    /// True if there is a value or a text in any language.
    pub(super) fn has(&self, column: &str) -> bool {
        self.values.contains_key(column) || self.any_text(column).is_some()
    }

    /// Writes something else for a part of every text.
    pub(super) fn replace_in_texts(&mut self, from: &str, to: &str) {
        let texts = self.texts.iter_mut().map(|(_, text)| text);
        let values = self.values.iter_mut().filter(|(name, _)| matches!(name.as_str(), "label" | "hint"));
        texts.chain(values.map(|(_, text)| text)).for_each(|text| *text = text.replace(from, to));
    }

    /// All values and texts.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.values.values().chain(self.texts.values()).map(String::as_str)
    }

    /// All values by column; those of unknown columns under their header.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }
}

fn is_known(name: &str, headers: Headers) -> bool {
    KNOWN.contains(&name)
        || headers == Headers::Canvass && is_own(name)
        || BESIDE.contains(&name.split("::").next().unwrap_or(name))
}

/// Column and language of a header; `None` for an empty one.
fn column_of(header: &str, double_colon: bool, headers: Headers, sheet: &str) -> Option<(String, Option<String>)> {
    let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut tokens = if double_colon || header.contains("::") {
        header.split("::").map(|token| token.trim().to_string()).collect::<Vec<_>>()
    } else {
        header.split(':').map(|token| token.trim().to_string()).collect()
    };
    if let Some(at) = tokens.iter().position(|token| token == "jr")
        && at + 1 < tokens.len()
    {
        let name = tokens.remove(at + 1);
        if let Some(token) = tokens.get_mut(at) {
            *token = format!("jr:{name}");
        }
    }
    let mut tokens = tokens.into_iter();
    let first = tokens.next().filter(|first| !first.is_empty())?;
    let mut name = snake(&first);
    // `bind::relevant`, `media::image`, `control::appearance`: the second word is the column.
    if matches!(name.as_str(), "bind" | "media" | "control" | "body") {
        let second = tokens.next().unwrap_or_default();
        let inner = alias(&snake(&second));
        name = if KNOWN.contains(&inner.as_str()) { inner } else { format!("{name}::{second}") };
    } else if name == "instance" {
        name = format!("instance::{}", tokens.next().unwrap_or_default());
    } else if headers == Headers::Canvass && matches!(sheet, "canvass" | "interventions" | "population" | "checks") {
        // Our own sheets have `value` and `id` columns.
    } else if matches!(
        sheet,
        "survey" | "choices" | "settings" | "external_choices" | "columns" | "choices and columns"
    ) {
        name = alias(&name);
    }
    // Other columns keep their header to the letter: filters name them.
    let known = KNOWN.contains(&name.as_str()) || is_own(&name) && headers == Headers::Canvass;
    let name = if known || name.contains("::") { name } else { first };
    let language: Vec<String> = tokens.filter(|token| !token.is_empty()).collect();
    Some((name, (!language.is_empty()).then(|| language.join("::"))))
}

fn alias(name: &str) -> String {
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, column)| column).to_string()
}

/// `List Name` as `list_name`.
pub(super) fn snake(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(header: &str) -> (String, Option<String>) {
        column_of(header, header.contains("::"), Headers::Xlsform, "survey").unwrap()
    }

    #[test]
    fn headers_are_read_as_people_write_them() {
        let plain = |name: &str| (name.to_string(), None);
        assert_eq!(column("label::English (en)"), ("label".into(), Some("English (en)".into())));
        assert_eq!(column("LABEL:English"), ("label".into(), Some("English".into())));
        assert_eq!(column("caption"), plain("label"));
        assert_eq!(column("bind:jr:constraintMsg"), plain("constraint_message"));
        assert_eq!(column("bind::relevant"), plain("relevant"));
        assert_eq!(column("Relevance"), plain("relevant"));
        assert_eq!(column("media::image::fr"), ("image".into(), Some("fr".into())));
        assert_eq!(column("List  Name"), plain("list_name"));
        assert_eq!(column("Read Only"), plain("read_only"));
        assert_eq!(column("District"), plain("District"), "filters name other columns to the letter");
        assert_eq!(column("control::rows"), plain("rows"));
    }
}
