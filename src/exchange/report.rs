//! What became of everything an import read: one entry for each thing, with where it stood.

use serde::Serialize;

use super::json::shortened;

/// What became of everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order of the source.
    pub entries: Vec<Entry>,
}

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Stable code: what kind of thing it was and what happened, such as `relevant-lost`.
    pub code: &'static str,
    /// How much of it is left.
    pub fate: Fate,
    /// Where it stood: `survey!12:relevant` (sheet, row, column), `/pages/0/elements/2/visibleIf` (JSON pointer).
    pub source: String,
    /// Id of what it became, if anything.
    pub target: Option<String>,
    /// In one sentence, for the author of the form: what happened and what to do.
    pub message: String,
}

/// How much of a thing is left after an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// All of it means the same.
    Exact,
    /// A choice was made that the source leaves open; look at it.
    Assumed,
    /// Part of the meaning is lost.
    Degraded,
    /// None of it is left.
    Dropped,
    /// It is not known what it was.
    Unknown,
}

impl Report {
    /// Adds an entry.
    pub fn add(
        &mut self,
        code: &'static str,
        fate: Fate,
        source: impl Into<String>,
        target: Option<&str>,
        message: impl Into<String>,
    ) {
        let (source, message) = (source.into(), message.into());
        self.entries.push(Entry { code, fate, source, target: target.map(str::to_string), message });
    }

    /// True if something was lost: anything but exact and assumed.
    pub fn has_losses(&self) -> bool {
        self.entries.iter().any(|entry| entry.fate > Fate::Assumed)
    }
}

/// Most entries of a report.
pub(super) const MAX_ENTRIES: usize = 20_000;
/// Most characters of a message, and of a source.
pub(super) const MAX_MESSAGE: usize = 700;
const MAX_SOURCE: usize = 300;

/// A report while it is written, bounded in its length and in that of every entry.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) report: Report,
    left_out: usize,
    /// The worst fate among what is left out.
    worst: Option<Fate>,
}

impl Notes {
    /// Adds an entry, unless the report is full.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        fate: Fate,
        source: impl Into<String>,
        target: Option<&str>,
        message: impl Into<String>,
    ) {
        if self.report.entries.len() + 1 < MAX_ENTRIES {
            let (source, message) = (source.into(), message.into());
            self.report.add(code, fate, shortened(&source, MAX_SOURCE), target, shortened(&message, MAX_MESSAGE));
        } else {
            self.left_out += 1;
            self.worst = self.worst.max(Some(fate));
        }
    }

    /// The report, which says if more was noted than it holds.
    pub(super) fn finish(mut self) -> Report {
        if let Some(fate) = self.worst {
            let message = format!("{} further entries are not listed; split the form to see them.", self.left_out);
            self.report.add("more", fate, "", None, message);
        }
        self.report
    }
}

/// A definition made from another tool's file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The definition, keys in the order of docs/format.md.
    pub definition: serde_json::Value,
    /// What became of everything.
    pub report: Report,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Where, as in [`Entry::source`]; empty for the whole file.
    pub source_pointer: String,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

impl Refusal {
    /// A refusal of the whole file.
    pub(crate) fn of_file(message: impl Into<String>) -> Self {
        Self { source_pointer: String::new(), message: message.into() }
    }
}
