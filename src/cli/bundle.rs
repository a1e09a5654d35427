//! `canvass bundle` and `canvass receipt`: a consultation in one file, its report made anew, and a person's answers in it.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::Outcome;
use super::options::{Format, ModelArgs};
use super::output::{self, Bar, count, warn};
use super::write::Batch;
use crate::response::code::Receipt;
use crate::service::{Library, ServiceError, bundle, embedding};

/// What `bundle` takes.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// Instead: make the report of a bundle anew and compare it.
    #[command(subcommand)]
    pub(super) instead: Option<Instead>,
    /// The consultation.
    #[arg(required = true)]
    pub(super) survey: Option<String>,
    /// File to write to.
    #[arg(long, required = true, value_name = "FILE.zip")]
    out: Option<PathBuf>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Make it though its responses can tell who people are: for people who may read responses.
    #[arg(long)]
    confidential: bool,
    /// What themes are shaped by.
    #[command(flatten)]
    model: ModelArgs,
}

/// What can be done with a bundle.
#[derive(Debug, Subcommand)]
pub(super) enum Instead {
    /// Make the report of a bundle anew and compare it byte by byte.
    #[command(after_help = "Example: canvass bundle verify workforce.zip")]
    Verify {
        /// The bundle.
        file: PathBuf,
        /// What themes are shaped by.
        #[command(flatten)]
        model: ModelArgs,
    },
}

/// What `receipt` takes.
#[derive(Debug, Args)]
pub struct ReceiptArgs {
    /// The code of the receipt.
    code: String,
    /// The bundle.
    #[arg(long, value_name = "FILE.zip")]
    bundle: PathBuf,
}

fn opened(file: &Path) -> Result<File, ServiceError> {
    File::open(file).map_err(|source| ServiceError::File { path: file.display().to_string(), action: "read", source })
}

/// Writes a bundle.
pub(super) fn write(library: Library, args: &BundleArgs, format: Format) -> Result<Outcome, ServiceError> {
    let (Some(survey), Some(out)) = (&args.survey, &args.out) else { return Err(ServiceError::UnknownPage) };
    let library = library.with_embeddings(embedding::directory(args.model.embeddings.as_deref()));
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bar = Bar::new();
    let mut made = std::io::Cursor::new(Vec::new());
    let bundled = bundle::write(&library, survey, (args.seed, args.confidential), &mut made, &|step, done| {
        bar.tell(step, done);
    })?;
    let mut batch = Batch::new(folder)?;
    batch.bytes(&name, made.get_ref())?;
    batch.publish()?;
    bar.finish();
    if !bundled.disclosure.is_safe() {
        let standing_out = bundled.disclosure.in_words(bundled.responses);
        warn(&format!("warning: {standing_out}: give the bundle only to people who may read responses"));
    }
    let text = format!(
        "{} with {}.\nThe hash over all answers: {}\nPublish it with the report, and anyone who has the bundle can tell that \
         no answer was changed: canvass bundle verify {0}",
        out.display(),
        count(bundled.responses as u64, "response"),
        bundled.merkle_root
    );
    output::result(
        format,
        &text,
        &json!({ "out": out, "responses": bundled.responses, "merkle_root": bundled.merkle_root,
            "rare": bundled.disclosure.rare, "own_words": bundled.disclosure.own_words }),
    );
    Ok(Outcome::Done)
}

/// Makes the report of a bundle anew.
pub(super) fn instead(what: &Instead, format: Format) -> Result<Outcome, ServiceError> {
    let Instead::Verify { file, model } = what;
    let bar = Bar::new();
    let model = embedding::directory(model.embeddings.as_deref());
    let name = file.display().to_string();
    let verified = bundle::verify(opened(file)?, &name, model.as_deref(), &|step, done| bar.tell(step, done))?;
    bar.finish();
    let whole = verified.faults.is_empty();
    let text = if whole {
        format!(
            "{name} is whole: the report of {} on {} is the same to the byte.\nThe hash over all answers: {}",
            verified.survey,
            count(verified.responses as u64, "response"),
            verified.merkle_root
        )
    } else {
        verified.faults.iter().for_each(|fault| warn(fault));
        format!("{name} is not what it says.")
    };
    output::result(
        format,
        &text,
        &json!({ "file": file, "whole": whole, "faults": verified.faults, "merkle_root": verified.merkle_root }),
    );
    Ok(if whole { Outcome::Done } else { Outcome::MistakesFound })
}

/// Shows the answers under a receipt.
pub(super) fn receipt(args: &ReceiptArgs, format: Format) -> Result<Outcome, ServiceError> {
    let receipt = Receipt::read(&args.code).ok_or_else(|| {
        ServiceError::Refused("this is no receipt: a code has 26 letters and digits, such as 7KQ2M-…".to_string())
    })?;
    let name = args.bundle.display().to_string();
    let found = bundle::find(opened(&args.bundle)?, &name, &receipt)?.ok_or_else(|| {
        ServiceError::Refused(format!(
            "{name} has no answers under this receipt: check each letter, and that they were sent before the bundle was made"
        ))
    })?;
    let text = format!(
        "Your answers are in the bundle of {}:\n{}\n{} from them to the hash over all answers, {}. It is the right one if \
         it is the one that was published with the report.",
        found.survey,
        serde_json::to_string_pretty(&found.answers).unwrap_or_default(),
        count(found.path.len() as u64, "step"),
        found.merkle_root
    );
    output::result(
        format,
        &text,
        &json!({ "survey": found.survey, "answers": found.answers, "path": found.path, "merkle_root": found.merkle_root }),
    );
    Ok(Outcome::Done)
}
