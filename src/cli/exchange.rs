//! `canvass import`, `export` and `template` for definitions: another tool's file to a definition and back, with an
//! account of every loss.

use std::path::Path;

use serde_json::{Value, json};

use super::options::{Format, Made};
use super::output::{self, count, warn};
use super::write::Batch;
use super::{Outcome, run};
use crate::definition;
use crate::document::Severity;
use crate::exchange::{Fate, Imported, Refusal, Report, fhir, settle, surveyjs, xlsform};
use crate::service::ServiceError;

/// Largest file that is read, in bytes.
const LARGEST: u64 = 50_000_000;

/// Losses that are printed; the report file has them all.
const SHOWN: usize = 20;

/// A tool whose definitions can be read.
#[derive(Clone, Copy)]
pub(super) enum Tool {
    XlsForm,
    SurveyJs,
    Fhir,
}

/// Reads another tool's file and writes a definition and, if asked, the report.
pub(super) fn import(tool: Tool, file: &Path, made: &Made, format: Format) -> Result<Outcome, ServiceError> {
    let name = file.display().to_string();
    refuse_to_replace(&made.out, made.force)?;
    let bytes = read_bytes(file)?;
    let read = match tool {
        Tool::XlsForm => xlsform::read(&bytes),
        Tool::SurveyJs => surveyjs::read(&bytes),
        Tool::Fhir => fhir::read(&bytes),
    };
    let Imported { definition, report } = settle(read.map_err(|refusal| refused(&name, &refusal))?);
    if made.strict && report.has_losses() {
        tell_losses(&report);
        let losses = count(losses(&report).count() as u64, "loss").replace("losss", "losses");
        return Err(ServiceError::Refused(format!("{name} was not imported, for --strict allows no loss: {losses}")));
    }
    let mut text = serde_json::to_string_pretty(&definition).unwrap_or_default();
    text.push('\n');
    write(&made.out, text.as_bytes())?;
    if let Some(path) = &made.report {
        let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
        text.push('\n');
        write(path, text.as_bytes())?;
    }
    let findings = definition::parse(&text_of(&definition)).findings;
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if format == Format::Text {
        tell_losses(&report);
    }
    let out = made.out.display();
    let summary = format!(
        "{out}: {}.\n{}\nCheck it with `canvass check {out}`: {}, {}.",
        what_there_is(&definition),
        fates(&report),
        count(errors, "error"),
        count(warnings, "warning")
    );
    let json = json!({ "out": made.out, "losses": report.has_losses(), "errors": errors, "warnings": warnings, "entries": report.entries });
    output::result(format, &summary, &json);
    Ok(if report.has_losses() { Outcome::DoneWithLosses } else { Outcome::Done })
}

/// Writes a definition as another tool's file.
pub(super) fn export(tool: Tool, file: &Path, made: &Made, format: Format) -> Result<Outcome, ServiceError> {
    let name = file.display().to_string();
    let text = run::read(file)?;
    let parsed = definition::parse(&text);
    if parsed.survey.is_none() {
        let findings = parsed.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        return Err(ServiceError::Definition { file: name, findings });
    }
    refuse_to_replace(&made.out, made.force)?;
    let definition: Value = serde_json::from_str(&text).unwrap_or_default();
    let (bytes, report) = match tool {
        Tool::XlsForm => {
            let written = xlsform::write(&definition).map_err(|refusal| refused(&name, &refusal))?;
            (written.workbook, written.report)
        }
        Tool::Fhir => {
            let written = fhir::write(&definition);
            let mut text = serde_json::to_string_pretty(&written.questionnaire).unwrap_or_default();
            text.push('\n');
            (text.into_bytes(), written.report)
        }
        Tool::SurveyJs => {
            return Err(ServiceError::Refused("SurveyJS definitions are read and not written".to_string()));
        }
    };
    write(&made.out, &bytes)?;
    if let Some(path) = &made.report {
        write(path, text_of(&report).as_bytes())?;
    }
    if format == Format::Text {
        tell_losses(&report);
    }
    let json = json!({ "out": made.out, "losses": report.has_losses(), "entries": report.entries });
    output::result(format, &format!("{}\n{}", made.out.display(), fates(&report)), &json);
    Ok(if report.has_losses() { Outcome::DoneWithLosses } else { Outcome::Done })
}

/// Writes the workbook in which staff can write a consultation.
pub(super) fn template(out: &Path, force: bool, format: Format) -> Result<Outcome, ServiceError> {
    refuse_to_replace(out, force)?;
    let workbook = xlsform::template().map_err(|refusal| refused("the template", &refusal))?;
    write(out, &workbook)?;
    let text = format!(
        "{0}: fill it in, then run `canvass import xlsform {0} --out SURVEY.json`. Its first sheet explains every column.",
        out.display()
    );
    output::result(format, &text, &json!({ "out": out }));
    Ok(Outcome::Done)
}

fn text_of(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn read_bytes(file: &Path) -> Result<Vec<u8>, ServiceError> {
    let failed = |source| ServiceError::File { path: file.display().to_string(), action: "read", source };
    let length = std::fs::metadata(file).map_err(failed)?.len();
    if length > LARGEST {
        let problem = format!("is larger than {} MB, more than any questionnaire needs", LARGEST / 1_000_000);
        return Err(ServiceError::Content { path: file.display().to_string(), line: None, problem });
    }
    std::fs::read(file).map_err(failed)
}

pub(super) fn refuse_to_replace(out: &Path, force: bool) -> Result<(), ServiceError> {
    if out.exists() && !force {
        let text = format!("{} is there already: choose another name, or replace it with --force", out.display());
        return Err(ServiceError::Refused(text));
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ServiceError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name.is_empty() {
        return Err(ServiceError::Refused(format!("{} names no file", path.display())));
    }
    let mut batch = Batch::new(folder)?;
    batch.bytes(&name, bytes)?;
    batch.publish()
}

fn refused(name: &str, refusal: &Refusal) -> ServiceError {
    let at = if refusal.source_pointer.is_empty() { String::new() } else { format!(" ({})", refusal.source_pointer) };
    ServiceError::Refused(format!("{name}{at}: {}", refusal.message))
}

fn losses(report: &Report) -> impl Iterator<Item = &crate::exchange::Entry> {
    report.entries.iter().filter(|entry| entry.fate > Fate::Assumed)
}

fn tell_losses(report: &Report) {
    let all = losses(report).count();
    for entry in losses(report).take(SHOWN) {
        let target = entry.target.as_ref().map(|target| format!(" [{target}]")).unwrap_or_default();
        let fate = fate_name(entry.fate);
        warn(&format!("{fate}: {} {}{target}: {}", entry.code, entry.source, entry.message));
    }
    if all > SHOWN {
        warn(&format!("… and {} more; --report FILE.json has all of them", all - SHOWN));
    }
}

const FATES: [(Fate, &str); 5] = [
    (Fate::Exact, "exact"),
    (Fate::Assumed, "assumed"),
    (Fate::Degraded, "degraded"),
    (Fate::Dropped, "dropped"),
    (Fate::Unknown, "unknown"),
];

fn fate_name(fate: Fate) -> &'static str {
    FATES.iter().find(|(known, _)| *known == fate).map_or("", |(_, name)| name)
}

/// "120 exact, 3 assumed, 1 degraded, 0 dropped, 0 unknown."
fn fates(report: &Report) -> String {
    let of = |fate: Fate| report.entries.iter().filter(|entry| entry.fate == fate).count();
    let counts: Vec<String> = FATES.iter().map(|(fate, name)| format!("{} {name}", of(*fate))).collect();
    format!("{}.", counts.join(", "))
}

fn what_there_is(definition: &Value) -> String {
    let pages = definition.get("pages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let questions = pages.iter().filter_map(|page| page.get("questions")?.as_array()).map(Vec::len).sum::<usize>();
    format!("{} on {}", count(questions as u64, "question"), count(pages.len() as u64, "page"))
}
