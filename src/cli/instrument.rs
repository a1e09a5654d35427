//! `paper` and `codebook`: the instrument as a form to print, and what its columns mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::Outcome;
use super::options::Cli;
use super::output::{self, warn};
use super::run::read;
use super::write::Batch;
use crate::definition::{self, Survey};
use crate::document::Severity;
use crate::export::columns::Columns;
use crate::export::{self, ddi};
use crate::render::codebook::codebook_html;
use crate::render::paper::paper_html;
use crate::render::{RenderError, Renderer};
use crate::service::{Library, ServiceError};
use crate::web;

/// An instrument, with the number of its version if it is published.
struct Instrument {
    survey: Arc<Survey>,
    version: Option<u32>,
}

/// Writes the form to print.
pub(super) fn paper(cli: &Cli, name: &str, out: &Path, language: Option<&str>) -> Result<Outcome, ServiceError> {
    let Instrument { survey, version } = open(cli, name)?;
    let mut survey = Arc::unwrap_or_clone(survey);
    if let Some(language) = language.filter(|language| *language != survey.language) {
        if !survey.translations.contains_key(language) {
            let known = survey.languages().join(", ");
            let said = format!("{name} is not translated to {language}: choose one of its languages, {known}");
            return Err(ServiceError::Refused(said));
        }
        survey.translate(language);
    }
    let page = Renderer::new()
        .and_then(|renderer| paper_html(&renderer, &survey, version, web::PAPER_CSS))
        .map_err(|error| not_laid_out(&error))?;
    let file = out.file_name().and_then(|file| file.to_str());
    let file =
        file.ok_or_else(|| ServiceError::Refused(format!("{} names no file: write --out FILE.html", out.display())))?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut batch = Batch::new(folder)?;
    batch.bytes(file, page.as_bytes())?;
    batch.publish()?;
    let text = format!("{} on paper, to print on A4:\n  {}", survey.id, out.display());
    let json = json!({ "survey": survey.id, "version": version, "language": survey.language, "out": out });
    output::result(cli.format, &text, &json);
    Ok(Outcome::Done)
}

/// Writes the codebook three times: to read, for a spreadsheet and for archives.
pub(super) fn codebook(cli: &Cli, name: &str, out: &Path) -> Result<Outcome, ServiceError> {
    let Instrument { survey, version } = open(cli, name)?;
    let page = Renderer::new()
        .and_then(|renderer| codebook_html(&renderer, &survey, version, web::CODEBOOK_CSS))
        .map_err(|error| not_laid_out(&error))?;
    let not_written = |name: &str, source| ServiceError::File {
        path: out.join(name).display().to_string(),
        action: "written",
        source,
    };
    let columns = Columns::new(&survey, []);
    let mut batch = Batch::new(out)?;
    batch.bytes("codebook.html", page.as_bytes())?;
    batch.file("codebook.csv", |file| {
        export::codebook::write(&columns, file).map_err(|error| not_written("codebook.csv", error.into()))
    })?;
    batch.file("codebook.xml", |file| {
        ddi::write(&columns, version, file).map_err(|error| not_written("codebook.xml", error))
    })?;
    batch.publish()?;
    let columns = columns.all().len();
    let folder = out.display();
    let text = format!(
        "{} of answers.\n  {folder}/codebook.html\n  {folder}/codebook.csv\n  {folder}/codebook.xml",
        output::count(columns as u64, "column")
    );
    output::result(
        cli.format,
        &text,
        &json!({ "survey": survey.id, "version": version, "columns": columns, "out": out }),
    );
    Ok(Outcome::Done)
}

/// Opens a published consultation where the name can be an id, and a definition file otherwise.
fn open(cli: &Cli, name: &str) -> Result<Instrument, ServiceError> {
    let can_be_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if name.chars().all(can_be_id) {
        let published = Library::open(&cli.database)?.current(name, None)?;
        return Ok(Instrument { survey: published.survey, version: u32::try_from(published.version).ok() });
    }
    let parsed = definition::parse(&read(&PathBuf::from(name))?);
    let Some(survey) = parsed.survey else {
        let findings = parsed.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        return Err(ServiceError::Definition { file: name.to_string(), findings });
    };
    for finding in &parsed.findings {
        warn(&output::finding(name, finding));
    }
    Ok(Instrument { survey: Arc::new(survey), version: None })
}

fn not_laid_out(error: &RenderError) -> ServiceError {
    ServiceError::Refused(format!("the page cannot be laid out: {error}; report it with this text"))
}
