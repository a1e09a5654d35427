//! The texts of a definition as a table for translators, and their translations back into the definition.
//!
//! A table has the columns `source` and `translation`, and beside them `state` and `key`, which translators need not
//! look at. There is a row for each text, also where two texts read the same: “Yes” is not one word in every language.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};
use serde_json::json;

use super::cell::{guarded, unguarded};
use super::report::Refusal;
use super::table::{read_csv, read_xlsx};
use crate::definition::language::{State, Text, answers_differ, fingerprint};
use crate::document::set_entries;

const HEAD: [&str; 4] = ["source", "translation", "state", "key"];
/// What stands in the state of a text whose translation was made from an older one.
const CHANGED: &str = "changed";

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Comma-separated values in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Layout {
    /// By the ending of a file's name.
    pub fn of(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// The table of a definition's texts in a language.
///
/// # Errors
/// A text that is longer than a cell of a workbook can be.
pub fn write(texts: &[Text], language: &str, layout: Layout) -> Result<Vec<u8>, Refusal> {
    match layout {
        Layout::Csv => Ok(csv_table(texts)),
        Layout::Xlsx => workbook(texts, language).map_err(|error| {
            let message = format!("the texts do not fit into a workbook ({error}): write a .csv file");
            Refusal::of_file(message)
        }),
    }
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Missing => "new",
        State::Stale => CHANGED,
        State::Current => "",
    }
}

fn csv_table(texts: &[Text]) -> Vec<u8> {
    // The mark tells spreadsheet programs that this is UTF-8.
    let mut out = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    // Writing to memory cannot fail.
    let _written = out.write_record(HEAD);
    for text in texts {
        let translation = text.translation.clone().unwrap_or_default();
        let cells = [&guarded(text.source.clone()), &guarded(translation), state_word(text.state), &text.key];
        let _written = out.write_record(cells.map(str::to_string));
    }
    out.into_inner().unwrap_or_default()
}

fn workbook(texts: &[Text], language: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed day, so that the same texts are the same file.
    let made = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2020, 1, 1)?);
    book.set_properties(&made);
    let words = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@");
    let changed = words.clone().set_background_color(Color::RGB(0x00FF_F2CC));
    let quiet = words.clone().set_font_color(Color::RGB(0x0080_8080));
    let sheet = book.add_worksheet();
    // A tag is a name that a sheet can have, unless it is very long.
    sheet.set_name(language.chars().take(31).collect::<String>())?;
    for (column, (name, width)) in (0_u16..).zip(HEAD.into_iter().zip([60, 60, 12, 24])) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &words.clone().set_bold())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, text) in (1_u32..).zip(texts) {
        let translation = text.translation.as_deref().unwrap_or_default();
        let look = if text.state == State::Stale { &changed } else { &words };
        sheet.write_string_with_format(row, 0, &text.source, &words)?;
        sheet.write_string_with_format(row, 1, translation, look)?;
        sheet.write_string_with_format(row, 2, state_word(text.state), &quiet)?;
        sheet.write_string_with_format(row, 3, &text.key, &quiet)?;
    }
    book.save_to_buffer()
}

/// A row of a table that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, as a spreadsheet counts.
    pub number: usize,
    /// The text that was translated.
    pub source: String,
    /// What it was translated to.
    pub translation: String,
    /// True where the mark of a changed text still stands; nothing where there is no such column.
    pub marked: Option<bool>,
    /// The text's key, if the table has it.
    pub key: Option<String>,
}

/// Reads a table that came back, by the names in its first row; other columns than ours are left alone.
///
/// # Errors
/// A file that is no such table, or too large to be one.
pub fn read(bytes: &[u8], layout: Layout) -> Result<Vec<Row>, Refusal> {
    let rows = match layout {
        Layout::Csv => read_csv(bytes)?,
        Layout::Xlsx => read_xlsx(bytes)?,
    };
    let mut rows = rows.into_iter();
    let head = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let column = |name: &str| head.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let [source, translation, state, key] = HEAD.map(column);
    let (Some(source), Some(translation)) = (source, translation) else {
        let message = "its first row must name the columns `source` and `translation`".to_string();
        return Err(Refusal { source_pointer: "row 1".to_string(), message });
    };
    let row = |(number, cells): (usize, Vec<String>)| {
        let cell = |column: usize| {
            let text = cells.get(column).map(String::as_str).unwrap_or_default();
            tidy(if layout == Layout::Csv { unguarded(text) } else { text })
        };
        Row {
            number,
            source: cell(source),
            translation: cell(translation),
            marked: state.map(|state| cell(state).eq_ignore_ascii_case(CHANGED)),
            key: key.map(cell).filter(|key| !key.is_empty()),
        }
    };
    Ok(rows.map(row).filter(|row| !(row.source.is_empty() && row.translation.is_empty())).collect())
}

/// A text without what spreadsheet programs do to its ends of lines and to its ends.
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_string()
}

/// What a table that came back changes, and what became of each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Translations to set.
    pub changes: Vec<Change>,
    /// Texts that had no translation.
    pub added: usize,
    /// Translations that read otherwise now.
    pub changed: usize,
    /// Translations of an older text that were found to be still right.
    pub confirmed: usize,
    /// Translations that stay as they are.
    pub unchanged: usize,
    /// Rows without a translation; what was there before is kept.
    pub empty: Vec<usize>,
    /// Rows about a text that the definition does not have.
    pub unknown: Vec<usize>,
    /// Rows made from an older text where a translation of the present one is kept.
    pub older: Vec<usize>,
    /// Rows that stand in the way of the import, with what is wrong.
    pub errors: Vec<(usize, String)>,
}

/// A translation to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The text's key.
    pub key: String,
    /// The translation.
    pub translation: String,
    /// The hash of the text that it was made from.
    pub of: String,
}

/// Finds out what a table that came back changes. Rows find their text by key, or, in a table without keys, by the
/// source: then a row is about every text that reads so.
pub fn plan(texts: &[Text], rows: &[Row]) -> Plan {
    let mut plan = Plan::default();
    let mut seen: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        let is_meant = |text: &&Text| match &row.key {
            Some(key) => text.key == *key,
            None => tidy(&text.source) == row.source,
        };
        let meant: Vec<&Text> = texts.iter().filter(is_meant).collect();
        if meant.is_empty() {
            plan.unknown.push(row.number);
        } else if row.translation.is_empty() {
            plan.empty.push(row.number);
        }
        for text in meant.into_iter().filter(|_| !row.translation.is_empty()) {
            match seen.insert(&text.key, row) {
                Some(first) if first.translation != row.translation => {
                    let message = format!("it translates `{}` otherwise than row {}", text.key, first.number);
                    plan.errors.push((row.number, message));
                }
                Some(_) => {}
                None => plan.take(text, row),
            }
        }
    }
    plan
}

impl Plan {
    fn take(&mut self, text: &Text, row: &Row) {
        if let Some(difference) = answers_differ(&text.source, &row.translation) {
            self.errors.push((row.number, format!("`{}`: {difference}", text.key)));
            return;
        }
        let is_older = !row.source.is_empty() && row.source != tidy(&text.source);
        let of = fingerprint(if is_older { &row.source } else { &text.source });
        let is_same = text.translation.as_deref().map(tidy).as_ref() == Some(&row.translation);
        match text.state {
            State::Missing => self.added += 1,
            State::Stale if is_same && row.marked == Some(false) && !is_older => self.confirmed += 1,
            _ if is_same => {
                self.unchanged += 1;
                return;
            }
            State::Current if is_older => {
                self.older.push(row.number);
                return;
            }
            _ => self.changed += 1,
        }
        self.changes.push(Change { key: text.key.clone(), translation: row.translation.clone(), of });
    }
}

/// The definition with these translations, everything else in it as its author wrote it; `None` if its `translations`
/// are not an object of objects.
pub fn apply(definition: &str, language: &str, texts: &[Text], changes: &[Change]) -> Option<String> {
    let value = |text: &Text| {
        let change = changes.iter().find(|change| change.key == text.key)?;
        Some(format!("{{\"text\": {}, \"of\": {}}}", json!(change.translation), json!(change.of)))
    };
    let entries: Vec<(&str, Option<String>)> = texts.iter().map(|text| (text.key.as_str(), value(text))).collect();
    set_entries(definition, &["translations", language], &entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(key: &str, source: &str, translation: Option<&str>, state: State) -> Text {
        Text { key: key.into(), source: source.into(), translation: translation.map(str::to_string), state }
    }

    fn texts() -> Vec<Text> {
        vec![
            text("title", "=Town", Some("Tref"), State::Current),
            text("why.text", "Why, {{ role }}?\n\n- a\n- b", Some("Pam, {{ role }}?"), State::Stale),
            text("yes.yes", "Yes", Some("Oes"), State::Current),
            text("no.yes", "Yes", None, State::Missing),
            text("odd", "'=x _x000D_ \"q\", <b>", Some("+ŵ & 'x'"), State::Current),
        ]
    }

    fn row(number: usize, key: &str, source: &str, translation: &str, marked: bool) -> Row {
        let (source, translation) = (source.to_string(), translation.to_string());
        Row { number, source, translation, marked: Some(marked), key: Some(key.to_string()) }
    }

    #[test]
    fn a_table_that_comes_back_as_it_was_changes_nothing() {
        for layout in [Layout::Csv, Layout::Xlsx] {
            let bytes = write(&texts(), "cy", layout).unwrap();
            assert_eq!(bytes, write(&texts(), "cy", layout).unwrap(), "the same file each time");
            let rows = read(&bytes, layout).unwrap();
            for (row, text) in rows.iter().zip(texts()) {
                assert_eq!((row.key.as_ref(), &row.source), (Some(&text.key), &text.source), "{layout:?}");
                assert_eq!(row.translation, text.translation.unwrap_or_default(), "{layout:?}");
                assert_eq!(row.marked, Some(text.state == State::Stale));
            }
            let plan = plan(&texts(), &rows);
            assert_eq!((plan.changes.len(), plan.unchanged, plan.empty), (0, 4, vec![5]), "{layout:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_comes_back_as_it_went_out(
            pieces in prop::collection::vec(
                prop_oneof!["\\PC{0,20}", "[=+@'\\-]{0,3}[a-z ]{0,5}", "_x[0-9A-F]{4}_", Just("\n".to_string()), Just("\"; \",".to_string())],
                1..5,
            )
        ) {
            let (source, translation) = (tidy(&format!("a{}", pieces.concat())), tidy(&pieces.concat()));
            let texts = [text("title", &source, Some(&translation), State::Current)];
            for layout in [Layout::Csv, Layout::Xlsx] {
                let rows = read(&write(&texts, "cy", layout).unwrap(), layout).unwrap();
                prop_assert_eq!((&rows[0].source, &rows[0].translation), (&source, &translation), "{:?}", layout);
            }
        }
    }

    #[test]
    fn csv_holds_no_formula() {
        let csv = String::from_utf8(write(&texts(), "cy", Layout::Csv).unwrap()).unwrap();
        assert!(csv.contains("\n'=Town,Tref,,title") && csv.contains(",'+ŵ & 'x',"), "{csv}");
    }

    #[test]
    fn each_row_is_added_changed_confirmed_or_told() {
        let rows = [
            row(2, "title", "=Town", "Y dref", false),
            row(3, "why.text", "Why, {{ role }}?\n\n- a\n- b", "Pam, {{ role }}?", false),
            row(4, "yes.yes", "Yes", "", false),
            row(5, "no.yes", "Yes", "Ydw", false),
            row(6, "gone", "Gone", "Wedi mynd", false),
            row(7, "odd", "older", "hŷn", false),
        ];
        let plan = plan(&texts(), &rows);
        assert_eq!((plan.added, plan.changed, plan.confirmed, plan.unchanged), (1, 1, 1, 0));
        assert_eq!((plan.empty, plan.unknown, plan.older, plan.errors), (vec![4], vec![6], vec![7], vec![]));
        let changed: Vec<(&str, &str)> =
            plan.changes.iter().map(|change| (change.key.as_str(), change.translation.as_str())).collect();
        assert_eq!(changed, [("title", "Y dref"), ("why.text", "Pam, {{ role }}?"), ("no.yes", "Ydw")]);
        assert_eq!(plan.changes[0].of, fingerprint("=Town"));
    }

    #[test]
    fn a_translation_of_an_older_text_says_of_which() {
        let rows = [row(2, "no.yes", "Yes please", "Os gwelwch yn dda", false)];
        let plan = plan(&texts(), &rows);
        assert_eq!(plan.changes[0].of, fingerprint("Yes please"), "so that the checker calls it stale");
    }

    #[test]
    fn answers_inside_must_be_those_of_the_source_and_a_text_has_one_translation() {
        let rows = [
            row(2, "why.text", "Why, {{ role }}?\n\n- a\n- b", "Pam?", false),
            row(3, "title", "=Town", "Tref", false),
            row(9, "title", "=Town", "Dinas", false),
        ];
        let errors = plan(&texts(), &rows).errors;
        assert_eq!(errors[0], (2, "`why.text`: it lacks {{ role }}".to_string()));
        assert_eq!(errors[1], (9, "it translates `title` otherwise than row 3".to_string()));
    }

    #[test]
    fn a_table_of_two_columns_is_enough() {
        let rows = read(b"Source;Translation\nYes;Ydw\nNo such;Dim\n", Layout::Csv).unwrap();
        let plan = plan(&texts(), &rows);
        assert_eq!((plan.added, plan.changed, plan.unknown), (1, 1, vec![3]), "both texts that read so");
        let refused = read(b"en,cy\nYes,Ydw\n", Layout::Csv).unwrap_err();
        assert!(refused.message.contains("`source` and `translation`"));
    }
}
