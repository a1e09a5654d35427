//! `canvass verify`: is a backup whole, are the files of an export as they were written, and does the program calculate what
//! other programs do (a folder of golden vectors).

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::options::Format;
use super::output::{self, count, warn};
use super::{Outcome, care};
use crate::analysis::golden::{self, Standing};
use crate::export::manifest::{FileSum, Manifest, Summed, fault};
use crate::service::ServiceError;

/// Tells the three kinds apart, and checks.
pub(super) fn verify(path: &Path, format: Format) -> Result<Outcome, ServiceError> {
    if path.is_dir() {
        return verify_vectors(path, format);
    }
    if path.extension().is_none_or(|ending| ending != "json") {
        return care::verify(path, format);
    }
    let text = read(path)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| ServiceError::Content {
        path: path.display().to_string(),
        line: Some(error.line() as u64),
        problem: "is no JSON".to_string(),
    })?;
    if golden::is_vector(&value) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok(tell(path, &[golden::check(&name, &value)], &[], format));
    }
    verify_export(path, &text, format)
}

fn read(path: &Path) -> Result<String, ServiceError> {
    let unreadable = |source| ServiceError::File { path: path.display().to_string(), action: "read", source };
    std::fs::read_to_string(path).map_err(unreadable)
}

fn verify_export(file: &Path, text: &str, format: Format) -> Result<Outcome, ServiceError> {
    let manifest: Manifest = serde_json::from_str(text).map_err(|error| ServiceError::Content {
        path: file.display().to_string(),
        line: Some(error.line() as u64),
        problem: "is no manifest of an export, and no golden vector, which has a “method”".to_string(),
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let sum = |known: &FileSum| -> Result<FileSum, std::io::Error> {
        let mut summed = Summed::new(std::io::sink());
        std::io::copy(
            &mut std::fs::File::open(folder.join(Path::new(&known.name).file_name().unwrap_or_default()))?,
            &mut summed,
        )?;
        Ok(summed.sum(&known.name))
    };
    let check = |known: &FileSum| match sum(known) {
        Ok(found) => fault(known, &found),
        Err(error) => Some(format!("{} cannot be read: {error}", known.name)),
    };
    let faults: Vec<String> = manifest.files.iter().filter_map(check).collect();
    for fault in &faults {
        warn(fault);
    }
    let files = count(manifest.files.len() as u64, "file");
    let text = match faults.len() {
        0 => format!("{files}, as they were written."),
        damaged => format!("{damaged} of {files} not as they were written: write the export anew."),
    };
    output::result(format, &text, &json!({ "manifest": file, "whole": faults.is_empty(), "faults": faults }));
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::MistakesFound })
}

/// Calculates every vector in a folder and the folders within it anew.
fn verify_vectors(folder: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    let (mut outcomes, mut others) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        let text = read(&file)?;
        match serde_json::from_str::<Value>(&text) {
            Ok(value) if !golden::is_vector(&value) => others.push(name),
            _ => outcomes.push(golden::check_text(&name, &text)),
        }
    }
    if outcomes.is_empty() {
        let held = match others.as_slice() {
            [] => "it holds no JSON files".to_string(),
            [first, ..] => {
                format!("its {}, {first} the first, have no “method”", count(others.len() as u64, "JSON file"))
            }
        };
        return Err(ServiceError::Refused(format!(
            "the folder {} has no golden vectors: {held}. Give a folder of vectors, a backup, or the manifest.json of an export",
            folder.display()
        )));
    }
    Ok(tell(folder, &outcomes, &others, format))
}

/// The JSON files in a folder and the folders within it, in the order of their names.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), ServiceError> {
    let unreadable = |source| ServiceError::File { path: folder.display().to_string(), action: "read", source };
    let mut entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed, for it may lead back.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "json") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// Prints a line a vector, with what is wrong below it, and how many passed.
fn tell(given: &Path, outcomes: &[golden::Outcome], others: &[String], format: Format) -> Outcome {
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let all_passed = passed == outcomes.len();
    let mut lines = table(outcomes);
    if let Some(first) = others.first() {
        let files = count(others.len() as u64, "JSON file");
        lines.push(format!("{files} without a “method” passed over, {first} the first."));
    }
    let vectors = count(outcomes.len() as u64, "vector");
    lines.push(if all_passed {
        format!("{vectors}: all as expected.")
    } else {
        format!("{passed} of {vectors} as expected.")
    });
    let json = json!({ "given": given, "passed": all_passed, "vectors": outcomes, "passed_over": others });
    output::result(format, &lines.join("\n"), &json);
    if all_passed { Outcome::Done } else { Outcome::MistakesFound }
}

/// The outcomes in columns under their heads, faults indented below their vector.
fn table(outcomes: &[golden::Outcome]) -> Vec<String> {
    let heads = ["file", "method", "compared", "difference", "tolerance", "result"].map(str::to_string);
    let rows: Vec<[String; 6]> = std::iter::once(heads).chain(outcomes.iter().map(row)).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let [file, method, compared, difference, tolerance, _] = widths;
    let line = |[a, b, c, d, e, f]: &[String; 6]| {
        format!("{a:file$}  {b:method$}  {c:>compared$}  {d:>difference$}  {e:>tolerance$}  {f}")
    };
    let faults = |outcome: &golden::Outcome| match &outcome.standing {
        Standing::Fail(faults) => faults.iter().map(|fault| format!("    {fault}")).collect(),
        _ => Vec::new(),
    };
    let below = std::iter::once(Vec::new()).chain(outcomes.iter().map(faults));
    rows.iter().zip(below).flat_map(|(row, below)| std::iter::once(line(row)).chain(below)).collect()
}

fn row(outcome: &golden::Outcome) -> [String; 6] {
    let number = |number: f64| if outcome.compared > 0 { format!("{number:.1e}") } else { "-".to_string() };
    [
        outcome.name.clone(),
        outcome.method.clone(),
        outcome.compared.to_string(),
        number(outcome.difference),
        number(outcome.tolerance),
        match &outcome.standing {
            Standing::Pass => "pass".to_string(),
            Standing::Fail(_) => "FAIL".to_string(),
            Standing::MethodNotKnown => "FAIL: method not known".to_string(),
            Standing::Damaged(what) => format!("FAIL: file damaged: {what}"),
        },
    ]
}
