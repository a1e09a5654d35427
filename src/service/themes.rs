//! An analyst groups any column of free text into themes, from whatever tool it came, and sees how far they agree with
//! labels that people gave.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Progress, ServiceError, embedding, table};
use crate::analysis::coding::frame::{self, CodingFrame};
use crate::analysis::text::evaluate::{Agreement, agreement};
use crate::analysis::text::{ThemeOptions, Themes};

/// Most different themes or labels that are compared.
const MOST_LABELS: usize = 2_000;

/// Which table to read, and how.
pub struct Source<'a> {
    /// A CSV or TSV file, or a workbook.
    pub file: &'a Path,
    /// The column of texts, or of labels: its name, or its number from 1.
    pub text_column: &'a str,
    /// A column that names each row; the row's number if there is none.
    pub id_column: Option<&'a str>,
    /// A column that says how many people each row stands for; one if there is none.
    pub weight_column: Option<&'a str>,
    /// True if the first line names the columns.
    pub has_header: bool,
}

/// The themes of a file, and where each of its rows went.
#[derive(Debug)]
pub struct FileThemes {
    /// The themes, with their counts and quotes.
    pub frame: CodingFrame,
    /// Where each row with text went, in the order of `ids`.
    pub themes: Themes,
    /// The names of the rows with text.
    pub ids: Vec<String>,
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
    let (column, rows) = rows(source)?;
    let all = rows.len();
    let rows: Vec<Row> = rows.into_iter().filter(|row| !row.text.trim().is_empty()).collect();
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let vectors = embedding::of_texts(embeddings, &texts, progress)?;
    let options = ThemeOptions { vectors: vectors.as_ref(), ..options.clone() };
    let weights: Option<Vec<f64>> = source.weight_column.map(|_| rows.iter().map(|row| row.weight).collect());
    let (frame, themes) =
        frame::frame(&column, &texts, weights.as_deref(), &options, &|done| progress("Grouping texts", done));
    let frame = CodingFrame { empty: (all - rows.len()) as u64, ..frame };
    Ok(FileThemes { frame, themes, ids: rows.into_iter().map(|row| row.id).collect() })
}

/// How far themes agree with labels that people gave.
#[derive(Clone, Copy, Debug)]
pub struct Evaluation {
    /// Rows with a label.
    pub labelled: usize,
    /// Of these, rows in a theme: neither other, nor nothing or unanswered, nor absent from the assignments.
    pub placed: usize,
    /// All rows with a label; other, nothing, unanswered and absent ones are a group each.
    pub all: Option<Agreement>,
    /// All rows with a label; each that is other stands in its nearest theme, where the assignments say which.
    pub nearest: Option<Agreement>,
    /// Rows in a theme alone.
    pub themed: Option<Agreement>,
}

/// Compares an `assignments.csv` with a column of labels. Rows meet by their id, or by their number in both files.
pub fn evaluate(assignments: &Path, labels: &Source<'_>) -> Result<Evaluation, ServiceError> {
    let columns = ["id", "theme", "nearest"];
    let with_nearest = table::read(assignments, true, &columns);
    let has_nearest = with_nearest.is_ok();
    let table = with_nearest.or_else(|_| table::read(assignments, true, &["id", "theme"]))?;
    let mut themes: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (line, cells) in table.rows {
        let mut cells = cells.into_iter();
        let (id, theme) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let nearest = cells.next().filter(|nearest| !nearest.is_empty()).unwrap_or_else(|| theme.clone());
        if themes.insert(id.clone(), (theme, nearest)).is_some() {
            return Err(table::content(assignments, Some(line), format!("has a second row with the id `{id}`")));
        }
    }
    let (_, labelled) = rows(labels)?;
    let absent = ("absent".to_string(), "absent".to_string());
    let mut pairs: Vec<(&(String, String), String)> = Vec::new();
    for row in labelled.into_iter().filter(|row| !row.text.trim().is_empty()) {
        pairs.push((themes.get(&row.id).unwrap_or(&absent), row.text));
    }
    if pairs.iter().all(|(found, _)| **found == absent) {
        let problem = format!(
            "has no row in common with {}: name with --id-column the column whose ids stand there",
            assignments.display()
        );
        return Err(table::content(labels.file, None, problem));
    }
    let different = |all: &mut dyn Iterator<Item = &String>| all.collect::<std::collections::BTreeSet<_>>().len();
    if different(&mut pairs.iter().map(|(_, label)| label)) > MOST_LABELS
        || different(&mut pairs.iter().map(|(found, _)| &found.0)) > MOST_LABELS
    {
        let problem = format!("cannot be compared: there are more than {MOST_LABELS} different labels or themes");
        return Err(table::content(labels.file, None, problem));
    }
    let is_theme =
        |found: &(String, String)| !["other", "nothing", "unanswered", "none", "absent"].contains(&found.0.as_str());
    let compare = |keep: &dyn Fn(&(String, String)) -> bool, of: fn(&(String, String)) -> &String| {
        let kept: Vec<(&String, &String)> =
            pairs.iter().filter(|(found, _)| keep(found)).map(|(found, label)| (of(found), label)).collect();
        agreement(&kept)
    };
    Ok(Evaluation {
        labelled: pairs.len(),
        placed: pairs.iter().filter(|(found, _)| is_theme(found)).count(),
        all: compare(&|_| true, |found| &found.0),
        nearest: compare(&|_| true, |found| &found.1).filter(|_| has_nearest),
        themed: compare(&is_theme, |found| &found.0),
    })
}

/// One row of a source.
struct Row {
    id: String,
    text: String,
    weight: f64,
}

/// The name of the column of texts, and all rows.
fn rows(source: &Source<'_>) -> Result<(String, Vec<Row>), ServiceError> {
    let mut wanted = vec![source.text_column];
    wanted.extend(source.id_column);
    wanted.extend(source.weight_column);
    let table = table::read(source.file, source.has_header, &wanted)?;
    let mut rows = Vec::with_capacity(table.rows.len());
    for (number, (line, cells)) in (1..).zip(table.rows) {
        let mut cells = cells.into_iter();
        let text = cells.next().unwrap_or_default();
        let id = source.id_column.and_then(|_| cells.next()).unwrap_or_else(|| number.to_string());
        let weight = source.weight_column.and_then(|_| cells.next());
        let weight = weight.map_or(Ok(1.0), |weight| {
            let read = weight.trim().parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
            let problem = || format!("has the weight `{weight}`: write a number that is not negative");
            read.ok_or_else(|| table::content(source.file, Some(line), problem()))
        })?;
        rows.push(Row { id, text, weight });
    }
    Ok((table.names.into_iter().next().unwrap_or_default(), rows))
}
