//! Ids from the names of a form: small letters, digits and `_`, each once.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::definition::codebook::{ABOUT_THE_RESPONSE, PRESENTED};

/// Longest id.
const MAX_CHARS: usize = 40;
/// Words of the rule language, which cannot be names in it.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "true", "false"];

/// Ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// Ids for questions, which cannot have the names of columns about the response.
    pub(super) fn of_questions() -> Self {
        Self(ABOUT_THE_RESPONSE.iter().map(|(name, ..)| (*name).to_string()).collect())
    }

    /// An id for a question, a page or a list: it begins with a letter.
    pub(super) fn question(&mut self, name: &str) -> String {
        let mut id = slug(name);
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            id.insert(0, 'q');
        }
        if RESERVED.contains(&id.as_str()) {
            id.push('_');
        }
        self.free(&id)
    }

    /// An id for an option or a row.
    pub(super) fn option(&mut self, name: &str) -> String {
        let mut id = slug(name);
        // The column of the order that was presented is called so.
        if id == PRESENTED {
            id.push('_');
        }
        self.free(if id.is_empty() { "option" } else { &id })
    }

    /// Takes an id as it is; false if another has it.
    pub(super) fn take(&mut self, id: &str) -> bool {
        self.0.insert(id.to_string())
    }

    fn free(&mut self, wanted: &str) -> String {
        let wanted: String = wanted.chars().take(MAX_CHARS).collect();
        let mut id = wanted.clone();
        let mut number = 2;
        while !self.0.insert(id.clone()) {
            let ending = format!("_{number}");
            id = wanted.chars().take(MAX_CHARS - ending.len()).collect();
            id.push_str(&ending);
            number += 1;
        }
        id
    }
}

/// An id for a survey: dashes may stand in it, and it may be longer.
pub(super) fn survey(name: &str) -> String {
    let mut id = slug(name).replace('_', "-");
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
        id.insert_str(0, "form-");
    }
    id.chars().take(60).collect::<String>().trim_end_matches('-').to_string()
}

/// A name in small letters without accents, anything else as `_`.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => out.push(c),
            'ß' => out.push_str("ss"),
            _ if !out.is_empty() && !out.ends_with('_') => out.push('_'),
            _ => {}
        }
    }
    if name.ends_with('_') { out } else { out.trim_end_matches('_').to_string() }
}

/// True if a name can be the id of a question as it is.
pub(super) fn is_question(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && is_option(id)
}

/// True if a name can be the id of an option as it is.
pub(super) fn is_option(id: &str) -> bool {
    (1..=MAX_CHARS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_each_once() {
        let mut ids = Ids::default();
        assert_eq!(ids.question("Id10020"), "id10020");
        assert_eq!(ids.question("id10020"), "id10020_2");
        assert_eq!(ids.question("label-test"), "label_test");
        assert_eq!(ids.question("Größe"), "grosse");
        assert_eq!(ids.question("2nd"), "q2nd");
        assert_eq!(ids.question("Имя"), "q");
        assert_eq!(ids.question("in"), "in_");
        let long = "x".repeat(60);
        assert_eq!((ids.question(&long).len(), ids.question(&long).ends_with("_2")), (40, true));
        assert_eq!(Ids::default().option("2022"), "2022");
        assert_eq!(survey("Spec test"), "spec-test");
    }
}
