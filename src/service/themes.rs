//! An analyst groups any column of free text into themes, from whatever tool it came.

use std::path::Path;

use super::polis::damaged;
use super::{Progress, ServiceError, embedding};
use crate::analysis::report::QuestionThemes;
use crate::analysis::summary::themes_of;
use crate::analysis::text::{Assigned, ThemeOptions};

/// Which table to read, and how.
pub struct Source<'a> {
    /// A CSV or TSV file.
    pub file: &'a Path,
    /// The column of texts: its name, or its number from 1.
    pub text_column: &'a str,
    /// A column that names each row; the row's number if there is none.
    pub id_column: Option<&'a str>,
    /// True if the first line names the columns.
    pub has_header: bool,
}

/// The themes of a file, and where each of its rows went.
#[derive(Debug)]
pub struct FileThemes {
    /// The themes, with their counts and quotes.
    pub themes: QuestionThemes,
    /// Rows without any text, which are not among the answers.
    pub empty: u64,
    /// The name of each answer's row, and its theme.
    pub rows: Vec<(String, Assigned)>,
}

/// Groups the texts of a column, with a language model's help if its directory is named. Rows without text are counted
/// apart.
pub fn of_file(
    source: &Source<'_>,
    options: &ThemeOptions<'_>,
    embeddings: Option<&Path>,
    progress: &Progress<'_>,
) -> Result<FileThemes, ServiceError> {
    progress("Reading the file", 0.0);
    let (column, rows) = read(source)?;
    let all = rows.len();
    let rows: Vec<(String, String)> = rows.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
    let texts: Vec<&str> = rows.iter().map(|(_, text)| text.as_str()).collect();
    let vectors = embedding::of_texts(embeddings, &texts, progress)?;
    let options = ThemeOptions { vectors: vectors.as_ref(), ..options.clone() };
    let (themes, assignment) = themes_of("text", &column, &texts, &options, &|done| progress("Grouping texts", done));
    Ok(FileThemes {
        themes,
        empty: (all - rows.len()) as u64,
        rows: rows.into_iter().map(|(id, _)| id).zip(assignment).collect(),
    })
}

fn read(source: &Source<'_>) -> Result<(String, Vec<(String, String)>), ServiceError> {
    let path = source.file;
    let unreadable = |error| ServiceError::File { path: path.display().to_string(), action: "read", source: error };
    let content = |problem| ServiceError::Content { path: path.display().to_string(), line: None, problem };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let tabs = bytes.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&b'\t'));
    // Tab-separated files of statistics tools hold quotation marks as they are; in CSV files they enclose fields.
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { b',' })
        .quoting(!tabs)
        .has_headers(source.has_header)
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    // Without a header these are the fields of the first row, which is read again as a row.
    let first = reader.headers().map_err(|error| damaged(path, &error))?.clone();
    let names: Vec<String> = if source.has_header { first.iter().map(str::to_string).collect() } else { Vec::new() };
    let find = |wanted: &str| {
        column(wanted, &names, first.len()).ok_or_else(|| content(no_column(wanted, &names, first.len())))
    };
    let (text, id) = (find(source.text_column)?, source.id_column.map(find).transpose()?);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| damaged(path, &error))?;
        let name = id.and_then(|id| row.get(id)).map_or_else(|| (rows.len() + 1).to_string(), str::to_string);
        rows.push((name, row.get(text).unwrap_or_default().to_string()));
    }
    if rows.is_empty() {
        return Err(content("has no rows".to_string()));
    }
    Ok((names.get(text).cloned().unwrap_or_else(|| format!("column {}", text + 1)), rows))
}

fn column(wanted: &str, names: &[String], width: usize) -> Option<usize> {
    let by_name = names.iter().position(|name| name.trim() == wanted);
    let by_number =
        || wanted.parse::<usize>().ok().filter(|number| (1..=width).contains(number)).map(|number| number - 1);
    by_name.or_else(by_number)
}

fn no_column(wanted: &str, names: &[String], width: usize) -> String {
    if names.is_empty() {
        return format!("has no column `{wanted}`: name it by its number, from 1 to {width}");
    }
    format!("has no column `{wanted}`; its columns are {}", names.join(", "))
}
