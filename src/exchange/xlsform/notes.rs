//! The report of an import while it is written, with a bound on its length.

use crate::exchange::report::{Fate, Report};

/// Most entries.
const MAX_ENTRIES: usize = 20_000;

/// What is noted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    report: Report,
    left_out: usize,
    /// True if something was lost among what is left out.
    lost: bool,
}

impl Notes {
    /// Adds an entry.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        fate: Fate,
        source: String,
        target: Option<&str>,
        message: impl Into<String>,
    ) {
        if self.report.entries.len() + 1 < MAX_ENTRIES {
            self.report.add(code, fate, source, target, message);
        } else {
            self.left_out += 1;
            self.lost |= fate > Fate::Assumed;
        }
    }

    /// The report, which says if more was noted than it holds.
    pub(super) fn finish(mut self) -> Report {
        if self.left_out > 0 {
            let fate = if self.lost { Fate::Degraded } else { Fate::Assumed };
            let message = format!("{} more things are not listed; split the form to see them.", self.left_out);
            self.report.add("more", fate, "", None, message);
        }
        self.report
    }
}
