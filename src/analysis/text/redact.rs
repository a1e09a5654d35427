//! Hides what could identify a person in an answer before it is quoted: addresses, numbers that belong to one person.
//!
//! Patterns, not understanding: names of people and places stay, so quotes must still be read before they are published.

use regex::{Captures, Regex};

/// What stands in place of what is hidden.
pub const HIDDEN: &str = "[removed]";

/// Patterns: e-mail and web addresses, UK telephone numbers, NHS numbers, National Insurance numbers, UK postcodes.
const PATTERNS: [&str; 6] = [
    r"(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}",
    r"(?i)\b(?:https?://|www\.)\S+",
    r"(?:\+44\s?|\b0)\d(?:[\s-]?\d){8,9}\b",
    r"\b\d{3}[\s-]?\d{3}[\s-]?\d{4}\b",
    r"(?i)\b[a-ceghj-prstw-z][a-ceghj-nprstw-z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d]\b",
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b",
];

/// The compiled patterns.
pub struct Redactor(Vec<Regex>);

impl Redactor {
    /// Compiles the patterns.
    pub fn new() -> Self {
        Self(PATTERNS.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect())
    }

    /// The text with everything that matches a pattern hidden.
    ///
    /// ```
    /// let quote = canvass::analysis::text::redact::Redactor::new().redact("Ring me on 07700 900123 or a.b@example.org");
    /// assert_eq!(quote, "Ring me on [removed] or [removed]");
    /// ```
    pub fn redact(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_string(), |text, pattern| pattern.replace_all(&text, |_: &Captures<'_>| HIDDEN).into_owned())
    }
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(Redactor::new().0.len(), PATTERNS.len());
    }

    #[test]
    fn what_belongs_to_one_person_is_hidden_and_the_rest_stays() {
        let redactor = Redactor::new();
        for (text, quoted) in [
            ("Mail jo.bloggs+x@trust.nhs.uk now", "Mail [removed] now"),
            ("See https://example.org/u/jo?x=1", "See [removed]"),
            ("Call +44 20 7946 0958 please", "Call [removed] please"),
            ("NHS number 943 476 5919.", "NHS number [removed]."),
            ("My NI is QQ 12 34 56 C", "My NI is QQ 12 34 56 C"),
            ("My NI is AB 12 34 56 C", "My NI is [removed]"),
            ("I live at SW1A 1AA", "I live at [removed]"),
            ("In 2017, 1,061 people gave 4,160 answers", "In 2017, 1,061 people gave 4,160 answers"),
            ("Band 8a, ward 12, 24/7", "Band 8a, ward 12, 24/7"),
        ] {
            assert_eq!(redactor.redact(text), quoted);
        }
    }
}
