//! What became of everything, collected within bounds while a definition is read.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::report::{Fate, Notes as Entries, Report};
use super::json::Element;
use super::keys::{self, Meaning};

/// The report being written.
#[derive(Debug, Default)]
pub(super) struct Notes {
    entries: Entries,
    /// True while something is read again that was reported already.
    pub muted: bool,
    /// Keys that only say how things look, and how often they stand there.
    looks: BTreeMap<&'static str, usize>,
}

impl Notes {
    /// Adds an entry.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        fate: Fate,
        at: impl Into<String>,
        target: Option<&str>,
        message: impl AsRef<str>,
    ) {
        if !self.muted {
            self.entries.add(code, fate, at, target, message.as_ref());
        }
    }

    /// Reports the keys of an object that nothing has looked at.
    pub(super) fn leftovers(&mut self, element: &Element<'_>, target: Option<&str>) {
        if self.muted {
            return;
        }
        let mut unknown = Vec::new();
        for key in element.unread().into_iter().filter(|key| !keys::is_common(key)) {
            match keys::meaning(key) {
                Some(Meaning::Looks(name)) => *self.looks.entry(name).or_default() += 1,
                Some(Meaning::LeftOut(code, fate, message)) => {
                    self.add(code, fate, element.pointer(key), target, message);
                }
                None => unknown.push(key),
            }
        }
        if !unknown.is_empty() {
            let shown: Vec<&str> = unknown.iter().take(10).copied().collect();
            let more = if unknown.len() > 10 { " and others" } else { "" };
            let message = format!("`{}`{more}: not known to this import, and left out.", shown.join("`, `"));
            self.add("unknown-key", Fate::Unknown, element.at.as_str(), target, message);
        }
    }

    /// The whole report, in the order of the definition.
    pub(super) fn finish(mut self, definition: &Json) -> Report {
        self.muted = false;
        self.entries.report.entries.sort_by_cached_key(|entry| place(definition, &entry.source));
        if !self.looks.is_empty() {
            let named: Vec<String> = self.looks.iter().map(|(key, count)| format!("`{key}` ({count})")).collect();
            let message = format!("Canvass decides by itself how a form looks; left out: {}.", named.join(", "));
            self.add("looks", Fate::Assumed, "", None, message);
        }
        self.entries.finish()
    }
}

/// Where a JSON pointer leads in a definition: the place of each of its parts among those beside it.
fn place(definition: &Json, pointer: &str) -> Vec<usize> {
    if pointer.is_empty() {
        // What is said about the whole comes last.
        return vec![usize::MAX];
    }
    let mut here = definition;
    let mut places = Vec::new();
    for part in pointer.split('/').skip(1) {
        let at = match here {
            Json::Array(_) => part.parse().unwrap_or(usize::MAX),
            Json::Object(entries) => entries.keys().take(500).position(|key| key == part).unwrap_or(usize::MAX),
            _ => break,
        };
        here = match here {
            Json::Array(items) => items.get(at).unwrap_or(here),
            _ => super::json::under(here, part),
        };
        places.push(at);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::super::report::{MAX_ENTRIES, MAX_MESSAGE};
    use super::super::json::{self, Element};
    use super::*;

    #[test]
    fn keys_that_were_not_read_are_reported_by_what_they_mean() {
        let json = json::parse(br#"{"width": 1, "defaultValue": 2, "myKey": "x", "name": "q"}"#).unwrap();
        let element = Element::new(&json, "/elements/0".to_string());
        element.get("name");
        let mut notes = Notes::default();
        notes.leftovers(&element, Some("q"));
        let report = notes.finish(&json);
        let codes: Vec<&str> = report.entries.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, ["default-value", "unknown-key", "looks"]);
        assert_eq!(report.entries[0].source, "/elements/0/defaultValue");
    }

    #[test]
    fn a_report_ends_with_how_much_it_does_not_list() {
        let mut notes = Notes::default();
        for _ in 0..30_000 {
            notes.add("question", Fate::Exact, "", None, "x".repeat(2_000));
        }
        let report = notes.finish(&Json::Null);
        assert_eq!(report.entries.len(), MAX_ENTRIES);
        assert!(report.entries.last().unwrap().message.starts_with("10001 further"));
        assert!(report.entries[0].message.chars().count() <= MAX_MESSAGE + 1);
    }
}
