//! `canvass report`: the consensus summary and what goes with it, all of it written or nothing.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Outcome as Done;
use super::options::{Format, ModelArgs};
use super::output::{self, Bar};
use super::run::read;
use super::write::Batch;
use crate::analysis::report::Report;
use crate::analysis::summary::{has_crosstabs, has_mentions};
use crate::definition::Survey;
use crate::export::manifest;
use crate::print::{self, Browser, PrintError};
use crate::render::Renderer;
use crate::render::docx::docx;
use crate::render::report::{Outcome, report_with};
use crate::service::time::Moment;
use crate::service::view::Asked;
use crate::service::wall::moderate;
use crate::service::{Library, ServiceError, embedding, export, report};
use crate::web;

/// What `report` takes.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The consultation's id.
    pub(super) survey: String,
    /// Folder to write to; it is made if it does not exist.
    #[arg(long)]
    out: PathBuf,
    /// Seed of everything random.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Which of the responses are counted, and how.
    #[command(flatten)]
    view: ViewArgs,
    /// What the page says beside the figures.
    #[command(flatten)]
    page: PageArgs,
    /// What themes are shaped by.
    #[command(flatten)]
    model: ModelArgs,
}

/// A view: some of the responses, other groups, other weights.
#[derive(Debug, Args)]
struct ViewArgs {
    /// Only the responses that a rule holds for, such as "role == 'nurse' and years > 5": a view, and not to be published.
    #[arg(long, value_name = "RULE", conflicts_with = "outcome")]
    only: Option<String>,
    /// Compare answers also between the answers to this question.
    #[arg(long, value_name = "QUESTION", conflicts_with = "outcome")]
    by: Option<String>,
    /// Weight answers to the population, or do not, whatever the definition says.
    #[arg(long, value_enum, conflicts_with = "outcome")]
    weights: Option<Switch>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl ViewArgs {
    fn asked(&self) -> Asked {
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        Asked { only: text(&self.only), by: text(&self.by), weights: self.weights.map(|switch| switch == Switch::On) }
    }
}

/// What the page says beside the figures.
#[derive(Debug, Args)]
pub(super) struct PageArgs {
    /// What was done with what people said, in Markdown: each intervention's id as a heading `## ID`, its text below.
    #[arg(long, value_name = "FILE.md")]
    outcome: Option<PathBuf>,
    /// Also write report.docx, for word processors.
    #[arg(long)]
    docx: bool,
    /// Also write report.pdf, by Chromium or Chrome, where one is installed.
    #[arg(long)]
    pdf: bool,
    /// The browser that makes the PDF; the first in PATH if not given.
    #[arg(long, env = "CANVASS_BROWSER", value_name = "PROGRAM")]
    browser: Option<PathBuf>,
}

/// The model that themes are shaped by, if there is one.
pub(super) fn model(args: &ReportArgs) -> Option<PathBuf> {
    embedding::directory(args.model.embeddings.as_deref())
}

/// What a page is made with: looked for, and read, before the report is made.
pub(super) struct With {
    outcome: Option<Outcome>,
    browser: Option<Browser>,
    docx: bool,
}

impl With {
    /// Reads what was done, if a file says it, and finds the browser, if one is needed.
    pub(super) fn new(page: &PageArgs, survey: &Survey) -> Result<Self, ServiceError> {
        let browser =
            page.pdf.then(|| Browser::find(page.browser.as_deref())).transpose().map_err(|error| unprinted(&error))?;
        Ok(Self { outcome: outcome(page, survey)?, browser, docx: page.docx })
    }
}

/// Says why there is no PDF and what to do.
pub(super) fn unprinted(error: &PrintError) -> ServiceError {
    let cause = std::error::Error::source(error).map_or_else(String::new, |source| format!(": {source}"));
    ServiceError::Refused(format!("{error}{cause}. {}", error.advice()))
}

fn outcome(page: &PageArgs, survey: &Survey) -> Result<Option<Outcome>, ServiceError> {
    let Some(file) = &page.outcome else { return Ok(None) };
    let ids: Vec<&str> = survey.interventions.iter().map(|one| one.id.as_str()).collect();
    let mistaken = |mistake: crate::render::report::Mistake| ServiceError::Content {
        path: file.display().to_string(),
        line: Some(mistake.line),
        problem: mistake.problem,
    };
    Outcome::read(&read(file)?, &ids).map(Some).map_err(mistaken)
}

/// Writes what a report alone gives: itself as `report.html` and `report.json`, and its tables; gives their names.
pub(super) fn write_tables(
    batch: &mut Batch<'_>,
    report: &Report,
    survey: &Survey,
    with: &With,
) -> Result<Vec<&'static str>, ServiceError> {
    let failed =
        |error: &dyn std::fmt::Display| ServiceError::Refused(format!("the report cannot be laid out: {error}"));
    let renderer = Renderer::new().map_err(|error| failed(&error))?;
    let page =
        report_with(&renderer, report, with.outcome.as_ref(), web::REPORT_CSS).map_err(|error| failed(&error))?;
    batch.bytes("report.html", page.as_bytes())?;
    batch.bytes("report.json", &report.to_json())?;
    let mut files = vec!["report.html", "report.json"];
    if with.docx {
        batch.bytes("report.docx", &docx(&page).map_err(|error| failed(&error))?)?;
        files.push("report.docx");
    }
    if let Some(browser) = &with.browser {
        batch.bytes("report.pdf", &browser.print(&page, print::PATIENCE).map_err(|error| unprinted(&error))?)?;
        files.push("report.pdf");
    }
    if has_crosstabs(survey) {
        batch.file("crosstabs.csv", |file| export::crosstabs_csv(report, file, "crosstabs.csv"))?;
        files.push("crosstabs.csv");
    }
    if has_mentions(survey) {
        batch.file("mentions.csv", |file| export::mentions_csv(report, file, "mentions.csv"))?;
        files.push("mentions.csv");
    }
    if report.opinions.as_ref().is_some_and(|opinions| !opinions.groups.is_empty()) {
        batch.file("opinions.csv", |file| export::opinions_csv(report, file, "opinions.csv"))?;
        files.push("opinions.csv");
    }
    Ok(files)
}

/// Builds the report and writes it.
pub(super) fn run(library: &Library, args: &ReportArgs, format: Format) -> Result<Done, ServiceError> {
    let ReportArgs { survey, out, seed, view, page, model: _ } = args;
    let definition = library.current(survey, None)?;
    let with = With::new(page, &definition.survey)?;
    let bar = Bar::new();
    if view.asked() != Asked::default() {
        return run_view(library, args, (&definition.survey, &with), &bar, format);
    }
    // The table of responses, which one processor alone cannot be kept busy with, is written beside the analysis.
    let mut table = Batch::new(out)?;
    let (report, rows) = rayon::join(
        || report::build(library, survey, *seed, &|step, done| bar.tell(step, done)),
        || table.file("responses.csv", |file| export::responses_csv(library, survey, file, "responses.csv")),
    );
    let (report, rows) = (report?, rows?);
    bar.tell("Writing files", 0.0);
    let mut batch = Batch::new(out)?;
    let mut files = write_tables(&mut batch, &report, &definition.survey, &with)?;
    batch.append(table);
    batch.file("codebook.csv", |file| export::codebook_csv(library, survey, file, "codebook.csv"))?;
    files.extend(["responses.csv", "codebook.csv"]);
    if !moderate::walls(library, survey)?.is_empty() {
        let now = Moment::now();
        batch.file("ideas.csv", |file| moderate::ideas_csv(library, survey, file, "ideas.csv", now))?;
        batch.file("moderation.csv", |file| moderate::moderation_csv(library, survey, file, "moderation.csv"))?;
        files.extend(["ideas.csv", "moderation.csv"]);
    }
    files.push(manifest::NAME);
    batch.publish_with_manifest()?;
    bar.finish();
    let files: Vec<String> = files.iter().map(|file| format!("  {}/{file}\n", out.display())).collect();
    let withdrawn = match report.base.withdrawn {
        0 => String::new(),
        n => format!("; {n} more withdrawn, which are in no file"),
    };
    let text = format!("{rows} responses{withdrawn}.\n{}\n{}", files.concat(), report.findings.join("\n"));
    output::result(
        format,
        &text,
        &json!({ "survey": survey, "responses": rows, "out": out, "findings": report.findings }),
    );
    Ok(Done::Done)
}

/// Builds the report of a view and writes it, without what is not of the view.
fn run_view(
    library: &Library,
    args: &ReportArgs,
    (definition, with): (&Survey, &With),
    bar: &Bar,
    format: Format,
) -> Result<Done, ServiceError> {
    let ReportArgs { survey, out, seed, view, .. } = args;
    let report = report::build_view(library, survey, &view.asked(), *seed, &|step, done| bar.tell(step, done))?;
    bar.tell("Writing files", 0.0);
    let mut batch = Batch::new(out)?;
    let mut files = write_tables(&mut batch, &report, definition, with)?;
    files.push(manifest::NAME);
    batch.publish_with_manifest()?;
    bar.finish();
    let files: Vec<String> = files.iter().map(|file| format!("  {}/{file}\n", out.display())).collect();
    let text = format!("{}\n{}", files.concat(), report.findings.join("\n"));
    let told = json!({ "survey": survey, "view": report.view, "out": out, "findings": report.findings });
    output::result(format, &text, &told);
    Ok(Done::Done)
}
