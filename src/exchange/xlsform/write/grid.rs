//! A sheet while it is written: rows of named cells, and the workbook made of such sheets.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::exchange::report::Refusal;

/// Most characters of a cell.
pub(super) const MAX_CELL: usize = 32_767;

/// A sheet of named columns.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) name: &'static str,
    /// Columns in their order; those that begin with one of these and `::` follow it.
    columns: Vec<String>,
    pub(super) rows: Vec<Cells>,
}

/// The cells of a row by column.
#[derive(Clone, Debug, Default)]
pub(in crate::exchange::xlsform) struct Cells(pub(super) BTreeMap<String, String>);

impl Cells {
    /// Sets a cell; an empty text leaves it empty.
    pub(in crate::exchange::xlsform) fn set(&mut self, column: &str, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.insert(column.to_string(), text);
        }
        self
    }
}

impl Grid {
    pub(super) fn new(name: &'static str, columns: &[&str]) -> Self {
        Self { name, columns: columns.iter().map(|column| (*column).to_string()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Cells) {
        self.rows.push(row);
    }

    /// The columns that are used, in order: first those that are known, each with its languages.
    fn used(&self, always: &[&str]) -> Vec<String> {
        let mut used: Vec<&String> = self.rows.iter().flat_map(|row| row.0.keys()).collect();
        used.sort();
        used.dedup();
        let mut ordered: Vec<String> = Vec::new();
        for column in &self.columns {
            if always.contains(&column.as_str()) || used.contains(&column) {
                ordered.push(column.clone());
            }
            let languages = used
                .iter()
                .filter(|name| name.strip_prefix(column.as_str()).is_some_and(|rest| rest.starts_with("::")));
            ordered.extend(languages.map(|name| (*name).clone()));
        }
        let rest: Vec<String> = used.into_iter().filter(|name| !ordered.contains(name)).cloned().collect();
        ordered.extend(rest);
        ordered
    }
}

/// Columns that a sheet shows even where they are empty.
fn always(sheet: &str) -> &'static [&'static str] {
    match sheet {
        "survey" => &["type", "name", "label"],
        "choices" => &["list_name", "name", "label"],
        _ => &[],
    }
}

/// Makes a workbook; sheets without rows are left out, except those that an XLSForm must have.
pub(super) fn workbook(grids: &[Grid], notes: Option<&[(&str, &str)]>) -> Result<Vec<u8>, Refusal> {
    let mut workbook = Workbook::new();
    if let Some(notes) = notes {
        read_me(workbook.add_worksheet(), notes).map_err(|error| unwritten(&error))?;
    }
    for grid in grids {
        if grid.rows.is_empty() && !matches!(grid.name, "survey" | "choices" | "settings") {
            continue;
        }
        if let Some((number, column)) = too_long(grid) {
            let source_pointer = format!("{}!{}:{column}", grid.name, number + 2);
            let message = format!("a text is longer than the {MAX_CELL} characters that a cell can hold; shorten it");
            return Err(Refusal { source_pointer, message });
        }
        sheet(workbook.add_worksheet(), grid).map_err(|error| unwritten(&error))?;
    }
    workbook.save_to_buffer().map_err(|error| unwritten(&error))
}

fn unwritten(error: &XlsxError) -> Refusal {
    Refusal::of_file(format!("the workbook cannot be written: {error}"))
}

fn too_long(grid: &Grid) -> Option<(usize, &String)> {
    let cells = grid.rows.iter().enumerate().flat_map(|(number, row)| row.0.iter().map(move |cell| (number, cell)));
    cells
        .into_iter()
        .find(|(_, (_, text))| text.encode_utf16().count() > MAX_CELL)
        .map(|(number, (column, _))| (number, column))
}

fn sheet(sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
    sheet.set_name(grid.name)?;
    sheet.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, name) in (0u16..).zip(grid.used(always(grid.name))) {
        sheet.write_string_with_format(0, column, &name, &head)?;
        sheet.set_column_width(column, width(&name))?;
        if let Some(words) = choices(grid.name, &name) {
            sheet.add_data_validation(
                1,
                column,
                2_000,
                column,
                &DataValidation::new().allow_list_strings(words)?.show_error_message(false),
            )?;
        }
        for (row, cells) in (1u32..).zip(&grid.rows) {
            let Some(text) = cells.0.get(&name) else { continue };
            match text.parse::<f64>() {
                // A number that a spreadsheet would show in another way stays a text.
                Ok(number) if crate::exchange::workbook::number_text(number) == *text && text.len() < 12 => {
                    sheet.write_number(row, column, number)?;
                }
                _ => {
                    sheet.write_string_with_format(row, column, text, &wrapped)?;
                }
            }
        }
    }
    Ok(())
}

/// How wide a column is, in characters.
fn width(column: &str) -> f64 {
    match column.split("::").next().unwrap_or(column) {
        "label" | "message" | "value" | "verbatim" | "text" => 50.0,
        "type" | "relevant" | "constraint" | "rule" | "hint" | "constraint_message" | "calculation" | "key"
        | "more" => 28.0,
        "name" | "list_name" | "id" => 20.0,
        _ => 12.0,
    }
}

/// The words that a cell of a column can hold, if they are few.
fn choices(sheet: &str, column: &str) -> Option<&'static [&'static str]> {
    const YES_NO: &[&str] = &["yes", "no"];
    match (sheet, column) {
        ("survey", "themes") | ("choices", "missing" | "exclusive" | "last") | ("interventions", "withdrawn") => {
            Some(YES_NO)
        }
        ("survey", "segment") => Some(&["yes", "no", "descriptive"]),
        ("survey", "measure") => Some(&["support", "priority", "spend"]),
        ("survey", "order") => Some(&["listed", "random", "alphabetical", "reverse_half"]),
        ("survey", "style") => Some(&["radios", "dropdown"]),
        ("survey", "end") => Some(&["screened_out", "finished"]),
        ("survey", "store") => Some(&["contact"]),
        ("choices", "other") => Some(&["optional", "required"]),
        ("interventions", "breadth") => Some(&["broad", "focused"]),
        ("checks", "level") => Some(&["error", "warn"]),
        _ => None,
    }
}

/// The sheet that explains the others.
fn read_me(sheet: &mut Worksheet, notes: &[(&str, &str)]) -> Result<(), XlsxError> {
    sheet.set_name("read me")?;
    sheet.set_column_width(0, 26.0)?;
    sheet.set_column_width(1, 100.0)?;
    sheet.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (what, says)) in (0u32..).zip(notes) {
        sheet.write_string_with_format(row, 0, *what, &head)?;
        sheet.write_string_with_format(row, 1, *says, if row == 0 { &head } else { &wrapped })?;
    }
    Ok(())
}
