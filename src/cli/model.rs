//! `canvass model`: makes the static table of a language model.

use std::path::Path;

use serde_json::json;

use super::Outcome;
use super::options::Format;
use super::output::{self, Bar};
use crate::service::{ServiceError, embedding};

pub(super) fn distil(from: &Path, to: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let bar = Bar::new();
    let tokens = embedding::distil(from, to, &|step, done| bar.tell(step, done))?;
    bar.finish();
    let text = format!(
        "{tokens} tokens of {} are a table in {} now.\nUse it with --embeddings {}.",
        from.display(),
        to.display(),
        to.display()
    );
    output::result(format, &text, &json!({ "from": from, "to": to, "tokens": tokens }));
    Ok(Outcome::Done)
}
