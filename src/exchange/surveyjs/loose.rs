//! How SurveyJS compares values: texts in any case, and texts with the numbers and the truth values that they spell.

use serde_json::Value as Json;

use super::json::written_number;

/// A value that an answer or an expression can have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Flag(bool),
}

impl Scalar {
    /// The value of a text, a number or a truth value.
    pub(super) fn of(json: &Json) -> Option<Self> {
        match json {
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Number(number) => number.as_f64().map(Self::Number),
            Json::Bool(flag) => Some(Self::Flag(*flag)),
            _ => None,
        }
    }

    /// As it is written.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// What an expression makes of an answer: a text that spells a number or a truth value is one.
    pub(super) fn settled(self) -> Self {
        let Self::Text(text) = &self else { return self };
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return Self::Flag(text.eq_ignore_ascii_case("true"));
        }
        let trimmed = text.trim();
        let all_digits = trimmed.chars().all(|c| c.is_ascii_digit());
        let padded =
            trimmed.starts_with('0') && trimmed.len() > 1 && !matches!(trimmed.as_bytes().get(1), Some(b'.' | b','));
        if padded || (all_digits && trimmed.len() > 15) {
            return self;
        }
        match written_number(&trimmed.replacen(',', ".", 1)) {
            Some(number) => Self::Number(number),
            None => self,
        }
    }

    /// True for what counts as no answer.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// True for what counts as true where a condition is asked for.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0,
            Self::Flag(flag) => *flag,
        }
    }

    /// The number that it is or spells.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => written_number(text),
            Self::Number(number) => Some(*number),
            Self::Flag(flag) => Some(if *flag { 1.0 } else { 0.0 }),
        }
    }

    /// `=`.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b || a.trim().to_lowercase() == b.trim().to_lowercase(),
            (Self::Flag(flag), Self::Text(text)) | (Self::Text(text), Self::Flag(flag)) => {
                text.to_lowercase() == flag.to_string()
            }
            (Self::Flag(a), Self::Flag(b)) => a == b,
            _ => matches!((self.number(), other.number()), (Some(a), Some(b)) if same(a, b)),
        }
    }

    /// `<`: texts by their letters, anything else as numbers.
    pub(super) fn is_less(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a < b,
            _ => matches!((self.number(), other.number()), (Some(a), Some(b)) if a < b),
        }
    }

    /// `contains` of a single value: the other one is written somewhere in it.
    pub(super) fn contains(&self, other: &Self) -> bool {
        !self.is_empty() && other.is_truthy() && self.words().to_lowercase().contains(&other.words().to_lowercase())
    }
}

/// True for equal numbers.
#[expect(clippy::float_cmp, reason = "SurveyJS compares them so, too")]
fn same(a: f64, b: f64) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::Scalar::{Flag, Number, Text};

    fn text(words: &str) -> super::Scalar {
        Text(words.to_string())
    }

    #[test]
    fn answers_that_spell_numbers_are_numbers_unless_padded() {
        assert_eq!(text("12").settled(), Number(12.0));
        assert_eq!(text("0,5").settled(), Number(0.5));
        assert_eq!(text("007").settled(), text("007"));
        assert_eq!(text("1234567890123456").settled(), text("1234567890123456"));
        assert_eq!(text("TRUE").settled(), Flag(true));
        assert_eq!(text("2026-01-31").settled(), text("2026-01-31"));
    }

    #[test]
    fn equality_is_loose_as_in_surveyjs() {
        assert!(text("Yes ").equals(&text("yes")));
        assert!(Number(5.0).equals(&text("5")));
        assert!(Flag(true).equals(&text("True")));
        assert!(!Flag(true).equals(&text("yes")));
        assert!(!text("5").equals(&text("5.0")));
        assert!(text("Item 12").contains(&Number(12.0)));
        assert!(!text("x").contains(&text("")));
        assert!(Number(2.0).is_less(&text("10")) && !text("2").is_less(&text("10")));
    }
}
