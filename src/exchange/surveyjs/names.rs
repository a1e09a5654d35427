//! Ids made from the names that things have in SurveyJS, each used once.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::definition::codebook::{ABOUT_THE_RESPONSE, PRESENTED};

/// Longest id.
const MAX_CHARS: usize = 40;
/// Words that mean something else in rules, or begin the keys of translations.
const RESERVED: [&str; 11] =
    ["and", "or", "not", "in", "true", "false", "introduction", "privacy", "interventions", "checks", "calculated"];
/// Parts of a question that translations and columns name in the same place as an option.
const PARTS: [&str; 7] = ["text", "hint", "pattern_message", "item_name", "title", "body", PRESENTED];

/// Ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids {
    taken: BTreeSet<String>,
    /// The number to try next for an id that was wanted before.
    numbers: BTreeMap<String, usize>,
}

impl Ids {
    /// An id for a page, a question, a field or a calculated value.
    pub(super) fn question(&mut self, name: &str, otherwise: &str) -> String {
        let mut id = slug(name);
        if id.is_empty() {
            id = otherwise.to_string();
        }
        let is_column = ABOUT_THE_RESPONSE.iter().any(|(name, ..)| *name == id);
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) || RESERVED.contains(&id.as_str()) || is_column {
            id = format!("q_{id}");
        }
        self.free(&id)
    }

    /// An id for an option.
    pub(super) fn option(&mut self, name: &str) -> String {
        let mut id = slug(name);
        if id.is_empty() {
            id = if name.trim().starts_with('-') { "minus".to_string() } else { "option".to_string() };
        } else if name.trim().starts_with('-') && id.starts_with(|c: char| c.is_ascii_digit()) {
            id = format!("minus_{id}");
        }
        if PARTS.contains(&id.as_str()) {
            id = format!("{id}_");
        }
        self.free(&id)
    }

    /// An id for a row, which rules write without quotation marks.
    pub(super) fn row(&mut self, name: &str) -> String {
        let mut id = slug(name);
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) || PARTS.contains(&id.as_str()) {
            id = format!("row_{id}");
        }
        self.free(id.trim_end_matches('_'))
    }

    /// The id, or the id with the first number after it that makes it new.
    fn free(&mut self, id: &str) -> String {
        let short: String = id.chars().take(MAX_CHARS).collect();
        if self.taken.insert(short.clone()) {
            return short;
        }
        let number = self.numbers.entry(short).or_insert(2);
        loop {
            let ending = format!("_{number}");
            let stem: String = id.chars().take(MAX_CHARS - ending.len()).collect();
            let next = format!("{stem}{ending}");
            *number += 1;
            if self.taken.insert(next.clone()) {
                return next;
            }
        }
    }
}

/// Small letters, digits and `_`: `firstName` and `First name!` are `first_name`.
fn slug(name: &str) -> String {
    let mut id = String::new();
    let mut before_small = false;
    for letter in name.nfkd().filter(|c| !is_combining_mark(*c)).take(400) {
        if letter.is_ascii_alphanumeric() {
            if letter.is_ascii_uppercase() && before_small {
                id.push('_');
            }
            before_small = letter.is_ascii_lowercase();
            id.push(letter.to_ascii_lowercase());
        } else {
            before_small = false;
            if !id.is_empty() && !id.ends_with('_') {
                id.push('_');
            }
        }
    }
    id.chars().take(MAX_CHARS).collect::<String>().trim_end_matches('_').to_string()
}

/// The id of a survey, from its title.
pub(super) fn survey_id(title: &str) -> String {
    let id = slug(title).replace('_', "-");
    if id.starts_with(|c: char| c.is_ascii_lowercase()) {
        id
    } else {
        format!("survey-{id}").trim_end_matches('-').to_string()
    }
}

/// `did you mean ‘x’?` for the name most like the one written, if any is alike.
///
/// Names beyond the first 2,000 are not looked at.
pub(super) fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if written.chars().count() > 60 {
        return None;
    }
    let small = written.to_lowercase();
    known
        .into_iter()
        .take(2_000)
        .filter(|name| name.len().abs_diff(written.len()) <= 12)
        .map(|name| (strsim::damerau_levenshtein(&small, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().min(small.chars().count()) / 4)
        .min()
        .map(|(_, name)| format!("did you mean ‘{name}’?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_that_differ() {
        let mut ids = Ids::default();
        assert_eq!(ids.question("firstName", "q"), "first_name");
        assert_eq!(ids.question("First name!", "q"), "first_name_2");
        assert_eq!(ids.question("Prénom", "q"), "prenom");
        assert_eq!(ids.question("1st", "q"), "q_1st");
        assert_eq!(ids.question("名前", "question"), "question");
        assert_eq!(ids.question("not", "q"), "q_not");
        assert_eq!(ids.question(&"x".repeat(90), "q").len(), 40);
        assert_eq!(ids.question(&"x".repeat(91), "q").len(), 40);
    }

    #[test]
    fn options_may_begin_with_digits_and_rows_may_not() {
        let mut ids = Ids::default();
        assert_eq!(ids.option("-1"), "minus_1");
        assert_eq!(ids.option("1"), "1");
        assert_eq!(ids.option("text"), "text_");
        assert_eq!(ids.row("1"), "row_1");
        assert_eq!(ids.row("???"), "row");
    }

    #[test]
    fn many_of_one_name_are_quick() {
        let mut ids = Ids::default();
        for _ in 0..20_000 {
            ids.option("same");
        }
        assert_eq!(ids.taken.len(), 20_000);
        assert!(ids.taken.iter().all(|id| id.len() <= 40));
    }

    #[test]
    fn a_survey_is_named_by_its_title() {
        assert_eq!(survey_id("Staff survey 2026"), "staff-survey-2026");
        assert_eq!(survey_id("調査"), "survey");
    }

    #[test]
    fn the_nearest_name_is_suggested_whatever_its_case() {
        assert_eq!(closest("itm1", ["Item1", "other"]).as_deref(), Some("did you mean ‘Item1’?"));
        assert_eq!(closest("zebra", ["Item1"]), None);
    }
}
