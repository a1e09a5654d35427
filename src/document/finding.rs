//! What the checker has to say: one finding a mistake, each with a stable code, its place and what to do about it.

use std::cell::RefCell;

use serde::Serialize;

use super::Place;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The definition cannot be published.
    Error,
    /// The definition can be published, but probably does not do what its author means.
    Warning,
}

/// One mistake in a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code, such as `E203`, explained in `docs/check.md`.
    pub code: &'static str,
    /// Where in the file, counted from 1.
    #[serde(flatten)]
    pub place: Place,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do next, as a sentence without a full stop.
    pub help: Option<String>,
}

/// Collects findings while a definition is read, so that none hides another.
#[derive(Debug, Default)]
pub struct Findings(RefCell<Vec<Finding>>);

impl Findings {
    /// Records an error.
    pub fn error(&self, code: &'static str, place: Place, message: impl Into<String>, help: impl Into<Option<String>>) {
        self.push(Severity::Error, code, place, message.into(), help.into());
    }

    /// Records a warning.
    pub fn warn(&self, code: &'static str, place: Place, message: impl Into<String>, help: impl Into<Option<String>>) {
        self.push(Severity::Warning, code, place, message.into(), help.into());
    }

    /// True once an error has been recorded.
    pub fn any_error(&self) -> bool {
        self.0.borrow().iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Every finding, in the order of the file.
    pub fn into_sorted(self) -> Vec<Finding> {
        let mut findings = self.0.into_inner();
        findings.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
        findings.dedup();
        findings
    }

    fn push(&self, severity: Severity, code: &'static str, place: Place, message: String, help: Option<String>) {
        self.0.borrow_mut().push(Finding { severity, code, place, message, help });
    }
}

/// "did you mean `x`?" for the known word most like the one written, if any is alike.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count().min(written.chars().count()) / 4)
        .min()
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn suggests_the_nearest_known_word_and_nothing_far_off() {
        let known = ["apartments", "house", "hostel"];
        assert_eq!(closest("apartment", known), Some("did you mean `apartments`?".into()));
        assert_eq!(closest("hotsel", known), Some("did you mean `hostel`?".into()));
        assert_eq!(closest("castle", known), None);
    }
}
