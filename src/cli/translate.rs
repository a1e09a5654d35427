//! `canvass translate`: texts to translators as a table, their translations back, and how much is still to do.

use std::path::Path;

use serde_json::json;

use super::Outcome;
use super::options::{Format, Translate};
use super::output::{self, count, say, warn};
use super::run::read;
use super::write::Batch;
use crate::definition::language::{Progress, State, Text, Work};
use crate::document::Severity;
use crate::exchange::translation::{self, Layout, Plan};
use crate::service::ServiceError;

pub(super) fn translate(what: &Translate, format: Format) -> Result<Outcome, ServiceError> {
    match what {
        Translate::Export { file, lang, out } => export(file, lang, out, format),
        Translate::Import { file, lang, table } => import(file, lang, table, format),
        Translate::Report { file, lang } => report(file, lang.as_deref(), format),
    }
}

fn export(file: &Path, lang: &str, out: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let (_, work) = work(file, Some(lang))?;
    let (texts, progress) = (work.into_language(lang), work.progress(lang));
    let table = translation::write(&texts, lang, layout(out)?)
        .map_err(|refusal| ServiceError::Refused(format!("{}: {refusal}", out.display())))?;
    write(out, &table)?;
    let text = format!(
        "{} of {} to {}: {} without a translation, {} to look at again.",
        count(progress.texts as u64, "text"),
        file.display(),
        out.display(),
        progress.missing(),
        progress.stale
    );
    let json = json!({
        "file": file, "language": lang, "out": out, "texts": progress.texts, "missing": progress.missing(),
        "stale": progress.stale,
    });
    output::result(format, &text, &json);
    Ok(Outcome::Done)
}

fn import(file: &Path, lang: &str, table: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let (definition, work) = work(file, Some(lang))?;
    let texts = work.into_language(lang);
    let bytes = std::fs::read(table).map_err(|source| ServiceError::File {
        path: table.display().to_string(),
        action: "read",
        source,
    })?;
    let rows = translation::read(&bytes, layout(table)?)
        .map_err(|refusal| ServiceError::Refused(format!("{} cannot be read: {refusal}", table.display())))?;
    let plan = translation::plan(&texts, &rows);
    for (row, problem) in &plan.errors {
        warn(&format!("{}: row {row}: {problem}", table.display()));
    }
    if !plan.errors.is_empty() {
        let rows = count(plan.errors.len() as u64, "row");
        return Err(ServiceError::Refused(format!("nothing was written: mend the {rows} above and import again")));
    }
    if !plan.changes.is_empty() {
        let changed = translation::apply(&definition, lang, &texts, &plan.changes).ok_or_else(|| {
            ServiceError::Refused(format!(
                "nothing was written: `translations` of {} must be an object, with an object for each language",
                file.display()
            ))
        })?;
        write(file, changed.as_bytes())?;
    }
    tell_rows(&plan, table);
    let text = format!(
        "{} of {}: {} added, {} changed, {} confirmed, {} unchanged, {} empty.",
        count(rows.len() as u64, "row"),
        table.display(),
        plan.added,
        plan.changed,
        plan.confirmed,
        plan.unchanged,
        plan.empty.len()
    );
    let json = json!({
        "file": file, "language": lang, "rows": rows.len(), "added": plan.added, "changed": plan.changed,
        "confirmed": plan.confirmed, "unchanged": plan.unchanged, "empty": plan.empty, "unknown": plan.unknown,
        "older": plan.older,
    });
    output::result(format, &text, &json);
    let lossless = plan.unknown.is_empty() && plan.older.is_empty();
    Ok(if lossless { Outcome::Done } else { Outcome::DoneWithLosses })
}

/// Says of every row that changed nothing why it did not.
fn tell_rows(plan: &Plan, table: &Path) {
    let told = [
        (&plan.unknown, "left out: the definition has no such text"),
        (&plan.older, "left out: it was made from an older text, and there is a translation of the present one"),
        (&plan.empty, "empty: what was there before is kept"),
    ];
    for (rows, why) in told {
        for row in rows {
            warn(&format!("{}: row {row}: {why}", table.display()));
        }
    }
}

fn report(file: &Path, lang: Option<&str>, format: Format) -> Result<Outcome, ServiceError> {
    let (_, work) = work(file, lang)?;
    let languages: Vec<&str> = lang.map_or_else(|| work.languages().collect(), |lang| vec![lang]);
    let mut complete = true;
    let mut results = Vec::new();
    let mut lines = Vec::new();
    for language in languages {
        let (texts, progress) = (work.into_language(language), work.progress(language));
        complete &= progress.is_complete();
        lines.push(summary(language, progress));
        let keys = |state| -> Vec<&str> {
            texts.iter().filter(|text| text.state == state).map(|text| text.key.as_str()).collect()
        };
        lines.extend(texts.iter().filter_map(open_text));
        results.push(json!({
            "language": language, "texts": progress.texts, "translated": progress.translated,
            "missing": keys(State::Missing), "stale": keys(State::Stale),
        }));
    }
    if lines.is_empty() {
        lines.push(format!("{} has no translations.", file.display()));
    }
    output::result(format, &lines.join("\n"), &json!({ "file": file, "languages": results }));
    Ok(if complete { Outcome::Done } else { Outcome::DoneWithLosses })
}

fn summary(language: &str, progress: Progress) -> String {
    let Progress { texts, translated, stale } = progress;
    format!(
        "{language}: {translated} of {}, {} missing, {stale} stale.",
        count(texts as u64, "text"),
        progress.missing()
    )
}

/// A text that is still to do, as a line.
fn open_text(text: &Text) -> Option<String> {
    let state = match text.state {
        State::Current => return None,
        State::Missing => "missing",
        State::Stale => "stale",
    };
    let start: String = text.source.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
    Some(format!("  {state}  {}  {start}", text.key))
}

/// The definition's text and what there is of its translations.
fn work(file: &Path, lang: Option<&str>) -> Result<(String, Work), ServiceError> {
    let name = file.display().to_string();
    let definition = read(file)?;
    let work = Work::of(&definition).map_err(|findings| {
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
            say(&output::finding(&name, finding));
        }
        ServiceError::Definition { file: name.clone(), findings }
    })?;
    if lang == Some(work.language.as_str()) {
        return Err(ServiceError::Refused(format!("{name} is written in {}: name another language", work.language)));
    }
    Ok((definition, work))
}

fn layout(file: &Path) -> Result<Layout, ServiceError> {
    let name = file.display().to_string();
    Layout::of(&name).ok_or_else(|| ServiceError::Refused(format!("{name} must end in .csv or .xlsx")))
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), ServiceError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut batch = Batch::new(folder)?;
    batch.bytes(&name, bytes)?;
    batch.publish()
}
