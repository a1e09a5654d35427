//! `canvass migrate`, `backup`, `verify` of a backup, `restore`, `copy`: care of the whole database; and `erase` and `retention`, of what is to go.

use std::path::Path;

use serde_json::{Value, json};

use super::Outcome;
use super::options::{Format, LastDay};
use super::output::{self, Bar, count, warn};
use crate::response::code::Receipt;
use crate::service::care::{self, Held};
use crate::service::retention::{self, Kept};
use crate::service::time::Moment;
use crate::service::{Library, Progress, ServiceError, after};

/// What is typed so that nobody loses data by a slip.
const WORD: &str = "lose-data";

/// Brings the tables up to date, or only tells what there is to do.
pub(super) fn migrate(database: &str, only_check: bool, format: Format) -> Result<Outcome, ServiceError> {
    let standing = care::standing(database)?;
    let newest = standing.pending.last().or(standing.applied.last()).cloned().unwrap_or_default();
    let pending = standing.pending.join(", ");
    if only_check {
        let text = if standing.pending.is_empty() {
            format!("The tables are up to date: {newest}.")
        } else {
            format!("To do: {pending}. Run canvass migrate, or start canvass serve, which does it too.")
        };
        output::result(format, &text, &json!({ "applied": standing.applied, "pending": standing.pending }));
        return Ok(if standing.pending.is_empty() { Outcome::Done } else { Outcome::Pending });
    }
    let moved = care::migrate(database)?;
    let text = if moved.done.is_empty() {
        format!("The tables were up to date already: {newest}.")
    } else {
        format!("Done: {}. The tables are up to date.", moved.done.join(", "))
    };
    output::result(format, &text, &json!({ "done": moved.done, "schema": newest }));
    Ok(Outcome::Done)
}

/// Takes migrations back, if the word is given.
pub(super) fn down(
    database: &str,
    version: &str,
    confirm: Option<&str>,
    format: Format,
) -> Result<Outcome, ServiceError> {
    let standing = care::standing(database)?;
    let known = || standing.applied.iter().chain(&standing.pending);
    if !known().any(|one| one == version) {
        let known = known().cloned().collect::<Vec<_>>().join(", ");
        return Err(ServiceError::Refused(format!("there is no schema {version}: name one of {known}")));
    }
    let undone: Vec<&String> = standing.applied.iter().filter(|one| one.as_str() > version).collect();
    if !undone.is_empty() && confirm != Some(WORD) {
        let undone = undone.into_iter().cloned().collect::<Vec<_>>().join(", ");
        return Err(ServiceError::Refused(format!(
            "all that is stored in what {undone} made would be lost: back up first, stop the service, and add --confirm {WORD}"
        )));
    }
    let moved = care::down_to(database, version)?;
    let text = match moved.undone.as_slice() {
        [] => format!("Nothing to take back: the tables are at {version} or before."),
        undone => format!(
            "Taken back: {}. The tables are at {version}; this program brings them up to date again when it next opens them.",
            undone.join(", ")
        ),
    };
    output::result(format, &text, &json!({ "undone": moved.undone, "done": moved.done, "schema": version }));
    Ok(Outcome::Done)
}

/// Writes the database into one file.
pub(super) fn backup(database: &str, out: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let held = with_bar(|tell| care::back_up(database, out, tell))?;
    tell(format, &format!("Backed up to {}.", out.display()), &held, &json!({ "out": out }));
    Ok(Outcome::Done)
}

/// Says whether a backup is whole.
pub(super) fn verify(file: &Path, format: Format) -> Result<Outcome, ServiceError> {
    let verified = with_bar(|tell| care::verify(file, tell))?;
    for fault in &verified.faults {
        warn(&format!("{}: {fault}", file.display()));
    }
    let is_whole = verified.faults.is_empty();
    let what = if is_whole { "is whole" } else { "is damaged: restore another backup" };
    tell(
        format,
        &format!("{} {what}.", file.display()),
        &verified.held,
        &json!({ "file": file, "whole": is_whole, "faults": verified.faults }),
    );
    Ok(if is_whole { Outcome::Done } else { Outcome::MistakesFound })
}

/// Writes a backup to an empty database.
pub(super) fn restore(file: &Path, to: &str, format: Format) -> Result<Outcome, ServiceError> {
    let held = with_bar(|tell| care::restore(file, to, tell))?;
    let text = "Restored: what was written is what was backed up.";
    tell(format, text, &held, &json!({ "file": file }));
    Ok(Outcome::Done)
}

/// Writes one database to another, empty one.
pub(super) fn copy(from: &str, to: &str, format: Format) -> Result<Outcome, ServiceError> {
    let held = with_bar(|tell| care::copy(from, to, tell))?;
    tell(format, "Copied: what was written is what was read.", &held, &json!({}));
    Ok(Outcome::Done)
}

/// Erases what was sent under a receipt; says nothing of what it was.
pub(super) fn erase(library: &Library, survey: &str, code: &str, format: Format) -> Result<Outcome, ServiceError> {
    let receipt = Receipt::read(code).ok_or_else(|| {
        ServiceError::Refused(
            "this is no receipt, which has 26 letters and digits in groups: give it as it was shown".to_string(),
        )
    })?;
    let was_there = after::erase(library, survey, &receipt)?;
    let what = if was_there {
        "The answers under this receipt are erased, and with them changes that were begun, ideas, votes and comments."
    } else {
        "The answers under this receipt had been withdrawn before: there was nothing left to erase."
    };
    let text = format!(
        "{what}\nThat something was sent to {survey} stays known, so that a late copy does not bring it back. \
         Contact details are joined to no answers: look for them in contacts.csv. \
         Files that were exported, published figures and backups stay as they are."
    );
    output::result(format, &text, &json!({ "survey": survey, "erased": was_there }));
    Ok(Outcome::Done)
}

/// Sets last days, says what is kept and what is due, and deletes that if it is asked to.
pub(super) fn retention(
    library: &Library,
    survey: Option<&str>,
    is_to_delete: bool,
    until: &[LastDay],
    format: Format,
) -> Result<Outcome, ServiceError> {
    for LastDay { kind, day } in until {
        retention::keep_until(library, survey.unwrap_or_default(), *kind, day, Moment::now())?;
    }
    let act = if is_to_delete { retention::carry_out } else { retention::plan };
    let kept = act(library, survey, Moment::now())?;
    let line = |one: &Kept| {
        let until = one.until.as_ref().map(|day| format!(" (until {day})")).unwrap_or_default();
        let due = match (one.due, is_to_delete) {
            (0, _) => String::new(),
            (due, false) => format!("; {due} due now"),
            (due, true) => format!("; {due} deleted"),
        };
        format!("{}\t{}\t{}\t{}{until}{due}", one.survey, one.kind.as_str(), one.rows, one.rule)
    };
    let due: u64 = kept.iter().map(|one| one.due).sum();
    let end = match (due, is_to_delete) {
        (0, _) => "Nothing is due.",
        (_, false) => "Nothing was deleted: the service deletes what is due in the night, or add --now.",
        (_, true) => "What was due is deleted. Files that were exported and backups stay as they are.",
    };
    let text = kept.iter().map(line).chain([end.to_string()]).collect::<Vec<_>>().join("\n");
    let rows = kept.iter().map(|one| {
        json!({
            "survey": one.survey, "kind": one.kind.as_str(), "rows": one.rows, "due": one.due, "until": one.until,
            "rule": one.rule,
        })
    });
    output::result(format, &text, &json!({ "deleted": is_to_delete, "kept": rows.collect::<Vec<_>>() }));
    Ok(Outcome::Done)
}

fn with_bar<T>(act: impl FnOnce(&Progress<'_>) -> Result<T, ServiceError>) -> Result<T, ServiceError> {
    let bar = Bar::new();
    let outcome = act(&|step: &str, done: f64| bar.tell(step, done));
    bar.finish();
    outcome
}

/// Prints what a database holds, and one sum to compare by.
fn tell(format: Format, text: &str, held: &[Held], more: &Value) {
    let sum = care::sum(held);
    let width = held.iter().map(|one| one.table.len()).max().unwrap_or_default();
    let line = |one: &Held| format!("  {:width$}  {:>12}  {}", one.table, count(one.rows, "row"), one.sha256);
    let lines = held.iter().map(line).collect::<Vec<_>>().join("\n");
    let tables: Vec<Value> =
        held.iter().map(|one| json!({ "table": one.table, "rows": one.rows, "sha256": one.sha256 })).collect();
    let mut json = json!({ "sha256": sum, "tables": tables });
    if let (Some(all), Some(more)) = (json.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    output::result(format, &format!("{lines}\nSHA-256 over all rows: {sum}\n{text}"), &json);
}
