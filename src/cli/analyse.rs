//! `canvass analyse`: the whole analysis of answers that were collected elsewhere.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::options::{Format, ModelArgs};
use super::output::{self, Bar, count, warn};
use super::report::{PageArgs, With, write_tables};
use super::write::Batch;
use crate::export::manifest;
use crate::response::sheet::Misread;
use crate::service::{ServiceError, analyse, embedding};

/// Most cells that cannot be read that are listed.
const LISTED: usize = 20;

/// What `analyse` takes.
#[derive(Debug, Args)]
pub struct AnalyseArgs {
    /// The definition file of the survey that was answered.
    #[arg(long, value_name = "FILE.json")]
    survey: PathBuf,
    /// The answers: a CSV or TSV file or a workbook, one row a person, one column a variable of the codebook.
    #[arg(long, value_name = "FILE")]
    responses: PathBuf,
    /// Folder to write to; it is made if it does not exist.
    #[arg(long)]
    out: PathBuf,
    /// Which column holds a variable, where its heading is neither the variable's name nor its label.
    #[arg(long = "column", value_name = "VARIABLE=HEADING", value_parser = column)]
    columns: Vec<(String, String)>,
    /// Leave answers out that cannot be read, and say how many.
    #[arg(long)]
    lenient: bool,
    /// Seed of everything random.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// What the page says beside the figures.
    #[command(flatten)]
    page: PageArgs,
    /// What themes are shaped by.
    #[command(flatten)]
    model: ModelArgs,
}

fn column(written: &str) -> Result<(String, String), String> {
    let parts = written.split_once('=').filter(|(variable, heading)| !variable.is_empty() && !heading.is_empty());
    let (variable, heading) = parts.ok_or("write VARIABLE=HEADING, such as role=Job")?;
    Ok((variable.trim().to_string(), heading.trim().to_string()))
}

/// Analyses the answers and writes the report.
pub(super) fn run(args: &AnalyseArgs, format: Format) -> Result<Outcome, ServiceError> {
    let bar = Bar::new();
    let model = embedding::directory(args.model.embeddings.as_deref());
    let source = analyse::Source {
        survey: &args.survey,
        responses: &args.responses,
        columns: &args.columns,
        lenient: args.lenient,
        seed: args.seed,
        embeddings: model.as_deref(),
    };
    let analysed = analyse::of_file(&source, &|step, done| bar.tell(step, done));
    if let Err(ServiceError::Cells { path, misread }) = &analysed {
        for (line, Misread { heading, problem }) in misread.iter().take(LISTED) {
            warn(&format!("{path}:{line}: column “{heading}”: {problem}"));
        }
    }
    let analyse::Analysed { survey, report, empty, losses } = analysed?;
    bar.tell("Writing files", 0.0);
    let with = With::new(&args.page, &survey)?;
    let mut batch = Batch::new(&args.out)?;
    let mut files = write_tables(&mut batch, &report, &survey, &with)?;
    files.push(manifest::NAME);
    batch.publish_with_manifest()?;
    bar.finish();
    for loss in &losses {
        warn(&format!("left out: {loss}"));
    }
    let files: Vec<String> = files.iter().map(|file| format!("  {}/{file}\n", args.out.display())).collect();
    let empty_rows =
        if empty == 0 { String::new() } else { format!("; {} without an answer", count(empty as u64, "row")) };
    let responses = count(report.base.completed, "response");
    let text = format!("{responses}{empty_rows}.\n{}\n{}", files.concat(), report.findings.join("\n"));
    let json = json!({
        "survey": report.survey, "responses": report.base.completed, "empty": empty, "losses": losses,
        "out": args.out, "findings": report.findings,
    });
    output::result(format, &text, &json);
    Ok(if losses.is_empty() { Outcome::Done } else { Outcome::DoneWithLosses })
}
