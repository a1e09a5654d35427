//! Ids made from the names that things have in SurveyJS, each used once.

use super::super::ids::{PRESENTED, RESERVED, Taken, is_column, slug};

/// Words that begin the keys of translations.
const KEYS: [&str; 5] = ["introduction", "privacy", "interventions", "checks", "calculated"];
/// Parts of a question that translations and columns name in the same place as an option.
const PARTS: [&str; 7] = ["text", "hint", "pattern_message", "item_name", "title", "body", PRESENTED];

/// Ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(Taken);

impl Ids {
    /// An id for a page, a question, a field or a calculated value.
    pub(super) fn question(&mut self, name: &str, otherwise: &str) -> String {
        let mut id = slug(name, true);
        if id.is_empty() {
            id = otherwise.to_string();
        }
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) || is_reserved(&id) {
            id = format!("q_{id}");
        }
        self.0.free(&id)
    }

    /// An id for an option.
    pub(super) fn option(&mut self, name: &str) -> String {
        let mut id = slug(name, true);
        if id.is_empty() {
            id = if name.trim().starts_with('-') { "minus".to_string() } else { "option".to_string() };
        } else if name.trim().starts_with('-') && id.starts_with(|c: char| c.is_ascii_digit()) {
            id = format!("minus_{id}");
        }
        if PARTS.contains(&id.as_str()) {
            id = format!("{id}_");
        }
        self.0.free(&id)
    }

    /// An id for a row, which rules write without quotation marks.
    pub(super) fn row(&mut self, name: &str) -> String {
        let mut id = slug(name, true);
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) || PARTS.contains(&id.as_str()) {
            id = format!("row_{id}");
        }
        self.0.free(id.trim_end_matches('_'))
    }
}

/// True for a word that means something else in rules, in translations or in columns.
fn is_reserved(id: &str) -> bool {
    RESERVED.contains(&id) || KEYS.contains(&id) || is_column(id)
}

/// The id of a survey, from its title.
pub(super) fn survey_id(title: &str) -> String {
    let id = slug(title, true).replace('_', "-");
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
