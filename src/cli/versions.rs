//! `diff`: what changed between two versions, and what follows for answers.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Outcome;
use super::options::{Cli, Format};
use super::output::{self, count, say, warn};
use super::run::read;
use crate::definition::Survey;
use crate::definition::diff::{self, Class, Diff};
use crate::service::{Library, ServiceError, versions};

/// Prints what changed from one definition to another.
pub(super) fn compare(cli: &Cli, from: &str, to: &str) -> Result<Outcome, ServiceError> {
    let found = diff::diff(&*definition(cli, from)?, &*definition(cli, to)?);
    if cli.format == Format::Text {
        lines(&found, say);
        found.warnings.iter().for_each(|warning| warn(&format!("warning: {warning}")));
    }
    let closing = match found.changes.len() as u64 {
        0 => found.consequence(),
        n => format!("{}. {}", count(n, "change"), found.consequence()),
    };
    output::result(cli.format, &closing, &json(&found));
    Ok(if found.keeps_answers() { Outcome::Done } else { Outcome::Breaking })
}

/// A file, or `ID@VERSION` of a published survey, if there is no file of that name.
fn definition(cli: &Cli, named: &str) -> Result<Arc<Survey>, ServiceError> {
    let path = Path::new(named);
    let version = |written: &str| match written {
        "current" => Some(None),
        number => number.parse().ok().map(Some),
    };
    let published = named.rsplit_once('@').and_then(|(id, written)| Some((id, version(written)?)));
    match published.filter(|_| !path.exists()) {
        Some((id, version)) => versions::published(&Library::open(&cli.database)?, id, version),
        None => versions::written(named, &read(path)?),
    }
}

/// The changes by class, a line each.
pub(super) fn lines(found: &Diff, tell: impl Fn(&str)) {
    for (class, heading) in [(Class::Wording, "Wording"), (Class::Additive, "Additive"), (Class::Breaking, "Breaking")]
    {
        let mut changes = found.of(class).peekable();
        if changes.peek().is_some() {
            tell(heading);
        }
        changes.for_each(|change| tell(&format!("  {}: {}", change.what, change.text)));
    }
}

/// The same for programs.
pub(super) fn json(found: &Diff) -> Value {
    json!({
        "class": found.class(), "changes": found.changes, "warnings": found.warnings,
        "apart": found.changed_meaning(), "consequence": found.consequence(),
    })
}
