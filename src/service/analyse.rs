//! An analyst has answers analysed that were collected elsewhere: a definition says what the columns of a table mean.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::publish::definition_hash;
use super::sources::{combined, label, population};
use super::{Progress, ServiceError, embedding, table};
use crate::analysis::dataset::Dataset;
use crate::analysis::report::{AccessBase, Base, Hashes, ModeBase, Report};
use crate::analysis::summary::{Context, open_texts, summarise};
use crate::definition::{self, Survey};
use crate::document::Severity;
use crate::response::sheet::{Misread, Sheet};
use crate::store::survey::Mode;

/// What to analyse, and how.
pub struct Source<'a> {
    /// The definition.
    pub survey: &'a Path,
    /// The answers: CSV, TSV or a workbook, one row a person.
    pub responses: &'a Path,
    /// Headings of their own for variables: (variable, heading).
    pub columns: &'a [(String, String)],
    /// True if answers with a cell that cannot be read are left out; else they are a mistake.
    pub lenient: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// A language model's directory, if one is used.
    pub embeddings: Option<&'a Path>,
}

/// What came of it.
#[derive(Debug)]
pub struct Analysed {
    /// The survey that the definition describes.
    pub survey: Survey,
    /// The consensus summary.
    pub report: Report,
    /// Rows without any answer, which count as nobody.
    pub empty: usize,
    /// What was left out: columns that hold nothing of the survey, questions without a column, answers that could not be
    /// read. One sentence each.
    pub losses: Vec<String>,
}

/// Analyses a table of answers by a definition. Equal answers, definition, model and seed give an equal report, whatever
/// the order of the rows.
pub fn of_file(source: &Source<'_>, progress: &Progress<'_>) -> Result<Analysed, ServiceError> {
    let (survey, hash) = definition_of(source.survey)?;
    progress("Reading responses", 0.0);
    let table = table::read_all(source.responses)?;
    let refused = |problem: String| table::content(source.responses, None, problem);
    let sheet = Sheet::new(&survey, &table.names, source.columns)
        .map_err(|problem| refused(format!("cannot be used: {problem}")))?;
    let mut data = Dataset::new(&survey);
    let (mut hashes, mut modes) = (Vec::new(), BTreeMap::<&'static str, (Mode, u64)>::new());
    let (mut empty, mut misread) = (0, Vec::new());
    let total = table.rows.len().max(1);
    for (read, (line, cells)) in table.rows.iter().enumerate() {
        let (record, faults) = sheet.read(cells);
        misread.extend(faults.into_iter().map(|fault| (*line, fault)));
        if record.answers.is_empty() {
            empty += 1;
            continue;
        }
        let written = sheet.mode.and_then(|column| cells.get(column)).map(|mode| mode.trim().to_string());
        let mode = written.and_then(|mode| Mode::try_from(mode).ok()).unwrap_or(Mode::Imported);
        modes.entry(mode.as_str()).or_insert((mode, 0)).1 += 1;
        hashes.push(Sha256::digest(format!("{}:{}", mode.as_str(), record.to_json()).as_bytes()).into());
        data.push(&record);
        data.came_by(mode.as_str());
        if data.n.is_multiple_of(500) {
            progress("Reading responses", read as f64 / total as f64);
        }
    }
    if !misread.is_empty() && !source.lenient {
        return Err(ServiceError::Cells { path: source.responses.display().to_string(), misread });
    }
    if data.n == 0 {
        return Err(refused(format!("has no answers in its {total} rows")));
    }
    let vectors = embedding::of_texts(source.embeddings, &open_texts(&data), progress)?;
    let context = Context {
        base: base(&survey, modes.into_values()),
        hashes: Hashes {
            definition: hash,
            responses: combined(hashes),
            coding: None,
            redaction: None,
            model: vectors.as_ref().map(|vectors| vectors.model().to_string()),
        },
        version: 1,
        seed: source.seed,
        software: env!("CARGO_PKG_VERSION").to_string(),
        vectors,
        coded: BTreeMap::new(),
        rounds: None,
        view: None,
    };
    let report = summarise(&data, context, progress);
    let losses = losses(&sheet, &misread);
    drop(data);
    Ok(Analysed { survey, report, empty, losses })
}

/// The survey of a definition file, and the hash that a published version of it has.
fn definition_of(file: &Path) -> Result<(Survey, String), ServiceError> {
    let name = file.display().to_string();
    let unreadable = |source| ServiceError::File { path: name.clone(), action: "read", source };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let parsed = definition::parse(&text);
    let mistakes = parsed.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let survey = parsed.survey.ok_or(ServiceError::Definition { file: name, findings: mistakes })?;
    Ok((survey, definition_hash(&text)))
}

fn losses(sheet: &Sheet<'_>, misread: &[(u64, Misread)]) -> Vec<String> {
    let mut losses: Vec<String> = sheet
        .unknown
        .iter()
        .map(|heading| format!("column “{heading}”: nothing of the survey has this name"))
        .collect();
    losses.extend(sheet.absent.iter().map(|id| format!("question `{id}`: no column answers it")));
    let mut by_column: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, Misread { heading, .. }) in misread {
        *by_column.entry(heading).or_default() += 1;
    }
    let answers = |count| if count == 1 { "1 answer".to_string() } else { format!("{count} answers") };
    let of_column = |(heading, count)| format!("column “{heading}”: {} that cannot be read", answers(count));
    losses.extend(by_column.into_iter().map(of_column));
    losses
}

fn base(survey: &Survey, modes: impl Iterator<Item = (Mode, u64)>) -> Base {
    let by_mode: Vec<ModeBase> = modes
        .map(|(mode, n)| ModeBase {
            mode: mode.as_str().to_string(),
            label: label(mode).to_string(),
            started: n,
            completed: n,
        })
        .collect();
    let completed = by_mode.iter().map(|mode| mode.completed).sum();
    Base {
        invited: None,
        access: AccessBase {
            mode: Mode::Imported.as_str().to_string(),
            protection: "The answers were collected elsewhere: who could take part, and how often, is not known here."
                .to_string(),
        },
        started: completed,
        completed,
        by_mode,
        withdrawn: 0,
        population: population(survey, completed),
    }
}
