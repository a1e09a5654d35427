//! `canvass round`: the definition of a panel's next round.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::exchange::refuse_to_replace;
use super::options::Format;
use super::output;
use crate::service::{Library, ServiceError, round};

/// What `round` takes.
#[derive(Debug, Args)]
pub struct RoundArgs {
    /// The consultation.
    pub(super) survey: String,
    /// File to write the definition to.
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,
    /// Replace the file if it is there already.
    #[arg(long)]
    force: bool,
}

/// Writes the definition and says what to do with it.
pub(super) fn run(library: &Library, args: &RoundArgs, format: Format) -> Result<Outcome, ServiceError> {
    refuse_to_replace(&args.out, args.force)?;
    let next = round::next(library, &args.survey)?;
    let path = args.out.display().to_string();
    std::fs::write(&args.out, &next.definition).map_err(|source| ServiceError::File {
        path: path.clone(),
        action: "written",
        source,
    })?;
    let text = format!(
        "{}\n{path} asks round {}. Look at it, then begin the round: canvass publish {path} --new-wave",
        next.rounds.text, next.number
    );
    output::result(format, &text, &json!({ "out": args.out, "round": next.number, "rounds": next.rounds }));
    Ok(Outcome::Done)
}
