//! `canvass responses`: the responses as files for other programs, all of them written or none.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::Outcome;
use super::options::Format;
use super::output::{self, Bar, count};
use super::write::Batch;
use crate::export::manifest;
use crate::service::responses::Format as Kind;
use crate::service::{Library, ServiceError, responses};

/// The words for formats.
const WORDS: [(&str, Kind); 7] = [
    ("csv", Kind::Csv),
    ("jsonl", Kind::JsonLines),
    ("xlsx", Kind::Xlsx),
    ("sav", Kind::Sav),
    ("r", Kind::R),
    ("parquet", Kind::Parquet),
    ("fhir", Kind::Fhir),
];

/// What `responses` takes.
#[derive(Debug, Args)]
pub struct ResponsesArgs {
    /// The consultation's id.
    pub(super) survey: String,
    /// What to write, with commas between: `r` writes a script for R and the responses.csv that it reads.
    #[arg(long = "as", required = true, value_delimiter = ',', value_name = "FORMAT", value_parser = kinds())]
    kinds: Vec<Kind>,
    /// Folder to write to; it is made if it does not exist.
    #[arg(long)]
    out: PathBuf,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let of = |word: String| WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, kind)| kind);
    PossibleValuesParser::new(WORDS.map(|(word, _)| word)).try_map(move |word| of(word).ok_or("no such format"))
}

/// Writes the files, with the manifest that tells whether they are whole.
pub(super) fn run(library: &Library, args: &ResponsesArgs, format: Format) -> Result<Outcome, ServiceError> {
    let mut kinds = args.kinds.clone();
    kinds.extend(kinds.contains(&Kind::R).then_some(Kind::Csv));
    kinds.sort_unstable();
    kinds.dedup();
    for kind in &kinds {
        responses::has_room(library, &args.survey, *kind)?;
    }
    let bar = Bar::new();
    let mut batch = Batch::new(&args.out)?;
    let mut rows = 0;
    for kind in &kinds {
        let name = kind.file();
        rows = batch.file(name, |file| {
            responses::write(library, &args.survey, *kind, file, name, &|step, done| bar.tell(step, done))
        })?;
    }
    batch.publish_with_manifest()?;
    bar.finish();
    let files: Vec<&str> = kinds.iter().map(|kind| kind.file()).chain([manifest::NAME]).collect();
    let listed: Vec<String> = files.iter().map(|file| format!("  {}/{file}", args.out.display())).collect();
    let text = format!("{}.\n{}", count(rows, "response"), listed.join("\n"));
    let json = json!({ "survey": args.survey, "responses": rows, "out": args.out, "files": files });
    output::result(format, &text, &json);
    Ok(Outcome::Done)
}
