//! Columns of a table that someone else made: CSV, TSV or the only sheet of a workbook.

use std::path::Path;

use crate::document::closest;
use crate::exchange::table::read_xlsx;
use crate::service::ServiceError;
use crate::service::polis::damaged;

/// Some columns of a table.
pub(super) struct Table {
    /// The names of the columns that were wanted, in that order.
    pub(super) names: Vec<String>,
    /// The number of each row in its file, from 1, and its cells in the order wanted.
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

/// Reads the columns `wanted`, each by its name or its number from 1; refuses a table without rows.
pub(super) fn read(path: &Path, has_header: bool, wanted: &[&str]) -> Result<Table, ServiceError> {
    read_those(path, has_header, &|first| columns(path, first, has_header, wanted))
}

/// Reads all columns of a table whose first line names them; refuses a table without rows.
pub(super) fn read_all(path: &Path) -> Result<Table, ServiceError> {
    read_those(path, true, &|first| Ok((first.to_vec(), (0..first.len()).collect())))
}

/// The names and the places of the columns wanted, told by the first line.
type Wanted<'a> = dyn Fn(&[String]) -> Result<(Vec<String>, Vec<usize>), ServiceError> + 'a;

fn read_those(path: &Path, has_header: bool, wanted: &Wanted<'_>) -> Result<Table, ServiceError> {
    let unreadable = |source| ServiceError::File { path: path.display().to_string(), action: "read", source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let table = match bytes.as_slice() {
        // A workbook is a zip file, or a compound file of old.
        [b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..] => workbook(path, &bytes, has_header, wanted)?,
        _ => separated(path, &bytes, has_header, wanted)?,
    };
    if table.rows.is_empty() {
        return Err(content(path, None, "has no rows".to_string()));
    }
    Ok(table)
}

/// What is wrong with a file, in a line of it if known.
pub(super) fn content(path: &Path, line: Option<u64>, problem: String) -> ServiceError {
    ServiceError::Content { path: path.display().to_string(), line, problem }
}

fn separated(path: &Path, bytes: &[u8], has_header: bool, wanted: &Wanted<'_>) -> Result<Table, ServiceError> {
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let has = |separator: u8| head.contains(&separator);
    let tabs = has(b'\t');
    let delimiter = if tabs {
        b'\t'
    } else if has(b';') && !has(b',') {
        b';'
    } else {
        b','
    };
    // Tab-separated files of statistics tools hold quotation marks as they are; in CSV files they enclose fields.
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(!tabs)
        .has_headers(has_header)
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    // Without a header these are the fields of the first row, which is read again as a row.
    let first: Vec<String> =
        reader.headers().map_err(|error| damaged(path, &error))?.iter().map(str::to_string).collect();
    let (names, places) = wanted(&first)?;
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| damaged(path, &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        rows.push((line, places.iter().map(|&place| row.get(place).unwrap_or_default().to_string()).collect()));
    }
    Ok(Table { names, rows })
}

fn workbook(path: &Path, bytes: &[u8], has_header: bool, wanted: &Wanted<'_>) -> Result<Table, ServiceError> {
    let rows = read_xlsx(bytes).map_err(|refusal| {
        content(path, None, format!("cannot be used: {}; or save it as CSV UTF-8", refusal.message))
    })?;
    let first = rows.first().map(|(_, cells)| cells.clone()).unwrap_or_default();
    let (names, places) = wanted(&first)?;
    let rows = rows.iter().skip(usize::from(has_header)).map(|(number, cells)| {
        (*number as u64, places.iter().map(|&place| cells.get(place).cloned().unwrap_or_default()).collect())
    });
    Ok(Table { names, rows: rows.collect() })
}

/// The names and the places of the columns wanted.
fn columns(
    path: &Path,
    first: &[String],
    has_header: bool,
    wanted: &[&str],
) -> Result<(Vec<String>, Vec<usize>), ServiceError> {
    let names: Vec<&str> = if has_header { first.iter().map(|name| name.trim()).collect() } else { Vec::new() };
    let mut found = (Vec::new(), Vec::new());
    for wanted in wanted {
        let place = place(wanted, &names, first.len())
            .ok_or_else(|| content(path, None, no_column(wanted, &names, first.len())))?;
        found.0.push(names.get(place).map_or_else(|| format!("column {}", place + 1), ToString::to_string));
        found.1.push(place);
    }
    Ok(found)
}

fn place(wanted: &str, names: &[&str], width: usize) -> Option<usize> {
    let by_number =
        || wanted.parse::<usize>().ok().filter(|number| (1..=width).contains(number)).map(|number| number - 1);
    names.iter().position(|name| *name == wanted).or_else(by_number)
}

fn no_column(wanted: &str, names: &[&str], width: usize) -> String {
    if names.is_empty() {
        return format!("has no column `{wanted}`: name it by its number, from 1 to {width}");
    }
    let hint = closest(wanted, names.iter().copied()).map(|hint| format!(", {hint}")).unwrap_or_default();
    format!("has no column `{wanted}`{hint}; its columns are {}", names.join(", "))
}
