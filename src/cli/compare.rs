//! `canvass compare`: two sides beside each other, all of it written or nothing.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::options::Format;
use super::output::{self, Bar};
use super::write::Batch;
use crate::export::manifest;
use crate::render::Renderer;
use crate::render::report::compare_html;
use crate::service::compare::{Part, Wanted, build};
use crate::service::{Library, ServiceError, export};
use crate::web;

/// What stands at the end of the help.
pub(super) const EXAMPLES: &str = "\
Example: canvass compare town town-2027 --out out/compared\n\
Example: canvass compare town --versions 1 2 --out out/compared\n\
Example: canvass compare delphi-panel --rounds 1 2 --out out/compared\n\n\
Exit codes: 0 written, 1 nothing can be compared, or no such side.";

/// What `compare` takes.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The first side: a consultation's id, ID@VERSION, ID@current or ID@roundN.
    pub(super) first: Wanted,
    /// The second side, in the same way; a difference is the second side less the first.
    #[arg(required_unless_present_any = ["versions", "rounds"])]
    second: Option<Wanted>,
    /// Two versions of the first consultation.
    #[arg(long, num_args = 2, value_names = ["FIRST", "SECOND"], conflicts_with_all = ["second", "rounds"])]
    versions: Option<Vec<i32>>,
    /// Two rounds of the first consultation.
    #[arg(long, num_args = 2, value_names = ["FIRST", "SECOND"], conflicts_with = "second")]
    rounds: Option<Vec<u32>>,
    /// The database of the second side, if it is another one than that of the first.
    #[arg(long, value_name = "DATABASE", requires = "second")]
    with_database: Option<String>,
    /// Folder to write to; it is made if it does not exist.
    #[arg(long)]
    out: PathBuf,
}

/// The two sides that are asked for.
fn sides(args: &CompareArgs) -> Result<[Wanted; 2], ServiceError> {
    let part = |part: Part| Wanted { part, ..args.first.clone() };
    let found = match (&args.second, args.versions.as_deref(), args.rounds.as_deref()) {
        (Some(second), ..) => [args.first.clone(), second.clone()],
        (None, Some(&[first, second]), _) => [part(Part::Version(first)), part(Part::Version(second))],
        (None, _, Some(&[first, second])) => [part(Part::Round(first)), part(Part::Round(second))],
        // The options ask for one of these.
        _ => [args.first.clone(), args.first.clone()],
    };
    if args.second.is_none() && args.first.part != Part::All {
        return Err(ServiceError::Refused(format!(
            "with --versions or --rounds the consultation is named by its id alone: {}",
            args.first.survey
        )));
    }
    Ok(found)
}

/// Compares, and writes the files.
pub(super) fn run(
    library: &Library,
    args: &CompareArgs,
    (database, format): (&str, Format),
) -> Result<Outcome, ServiceError> {
    let [first, second] = sides(args)?;
    // The same address twice is one database, in which sides can be told to share answers.
    let other = args.with_database.as_deref().filter(|other| *other != database);
    let other = other.map(Library::open).transpose()?;
    let bar = Bar::new();
    let libraries = [library, other.as_ref().unwrap_or(library)];
    let comparison = build(libraries, [&first, &second], &|step, done| bar.tell(step, done))?;
    bar.tell("Writing files", 0.0);
    let failed = |error: &dyn std::fmt::Display| ServiceError::Refused(format!("the page cannot be laid out: {error}"));
    let renderer = Renderer::new().map_err(|error| failed(&error))?;
    let page = compare_html(&renderer, &comparison, web::REPORT_CSS).map_err(|error| failed(&error))?;
    let mut batch = Batch::new(&args.out)?;
    batch.bytes("compare.html", page.as_bytes())?;
    batch.bytes("compare.json", &comparison.to_json())?;
    batch.file("compare.csv", |file| export::compare_csv(&comparison, file, "compare.csv"))?;
    batch.publish_with_manifest()?;
    bar.finish();
    let files = ["compare.html", "compare.json", "compare.csv", manifest::NAME];
    let files: Vec<String> = files.iter().map(|file| format!("  {}/{file}\n", args.out.display())).collect();
    let text = format!("{}\n{}", files.concat(), comparison.findings.join("\n"));
    let told = json!({ "sides": comparison.sides, "out": args.out, "findings": comparison.findings });
    output::result(format, &text, &told);
    Ok(Outcome::Done)
}
