//! What goes to the terminal: results on stdout, progress and errors on stderr.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::options::Format;
use crate::document::{Finding, Severity};

/// How long work may take before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints to stdout; a closed pipe is no error.
pub(super) fn say(text: &str) {
    let _closed_pipe = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints a result for people or for programs.
pub(super) fn result(format: Format, text: &str, json: &Value) {
    match format {
        Format::Text => say(text),
        Format::Json | Format::Sarif => say(&format!("{json:#}")),
    }
}

/// Prints to stderr.
pub(super) fn warn(text: &str) {
    let _closed_pipe = writeln!(std::io::stderr().lock(), "{text}");
}

/// "1 file", "2 files".
pub(super) fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The beginning of a text, on one line.
pub(super) fn shortened(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= 100 {
        return one_line;
    }
    format!("{}…", one_line.chars().take(100).collect::<String>())
}

/// A finding as a compiler would print it.
pub(super) fn finding(file: &str, finding: &Finding) -> String {
    let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
    let help = finding.help.as_ref().map(|help| format!("\n    help: {help}")).unwrap_or_default();
    format!(
        "{file}:{}:{}: {severity} {}: {}{help}",
        finding.place.line, finding.place.column, finding.code, finding.message
    )
}

/// Shows the progress of work that takes more than a second: a bar on a terminal, a line a step elsewhere.
pub(super) struct Bar {
    state: Mutex<State>,
}

struct State {
    bar: ProgressBar,
    since: Instant,
    step: String,
    said: String,
}

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent}%") {
            bar.set_style(style);
        }
        Self { state: Mutex::new(State { bar, since: Instant::now(), step: String::new(), said: String::new() }) }
    }

    /// Takes note of a step and how far it is, from 0 to 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000")]
    pub(super) fn tell(&self, step: &str, done: f64) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.step != step {
            state.step = step.to_string();
            state.bar.set_message(state.step.clone());
        }
        if state.since.elapsed() < PATIENCE {
            return;
        }
        if !std::io::stderr().is_terminal() {
            if state.said != step {
                state.said = step.to_string();
                warn(&format!("{step} …"));
            }
            return;
        }
        if state.bar.is_hidden() {
            state.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        state.bar.set_position((done.clamp(0.0, 1.0) * 1_000.0) as u64);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Ok(state) = self.state.lock() {
            state.bar.finish_and_clear();
        }
    }
}
