//! Boxes to type in: a line, several lines, a number, an address, a date in three parts.

use serde::Serialize;

use crate::render::html::id_of;
use crate::render::item::{Head, Question};

/// A box to type in.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    head: Head,
    typed: String,
    kind: &'static str,
    rows: Option<u8>,
    count: Option<CharacterCount>,
    width: Option<u8>,
    inputmode: Option<&'static str>,
    autocomplete: Option<String>,
    no_spellcheck: bool,
    affixed: bool,
    prefix: Option<String>,
    suffix: Option<String>,
}

/// How much may be typed, said beside the box.
#[derive(Clone, Debug, Serialize)]
pub struct CharacterCount {
    /// The limit in characters.
    pub max: u32,
    /// The limit in words: "You can enter up to 500 characters".
    pub text: String,
}

impl Input {
    /// A box of one line.
    pub fn line(question: Question, typed: &str) -> Self {
        Self::of_kind("text", Head::single(question), typed)
    }

    /// A box of one line with a limit said below it.
    pub fn counted_line(question: Question, typed: &str, max: CharacterCount) -> Self {
        let head = Head::wire(question, "-", Some("info"), None);
        Self { count: Some(max), ..Self::of_kind("text", head, typed) }
    }

    /// A box of several lines, with its limit said below it if there is one.
    pub fn lines(question: Question, typed: &str, rows: u8, max: Option<CharacterCount>) -> Self {
        let head = Head::wire(question, "-", max.as_ref().map(|_| "info"), None);
        Self { rows: Some(rows.max(2)), count: max, ..Self::of_kind("text", head, typed) }
    }

    /// A box for a number; `width` is one of 2, 3, 4, 5, 10, 20, 30.
    ///
    /// The prefix and the suffix are seen and not heard: the label must name the unit as well.
    pub fn number(question: Question, typed: &str, decimals: bool, width: u8) -> Self {
        Self {
            width: Some(width),
            inputmode: Some(if decimals { "decimal" } else { "numeric" }),
            no_spellcheck: true,
            ..Self::of_kind("text", Head::single(question), typed)
        }
    }

    /// A box for the respondent's own e-mail address.
    pub fn email(question: Question, typed: &str) -> Self {
        Self {
            autocomplete: Some("email".to_owned()),
            no_spellcheck: true,
            ..Self::of_kind("email", Head::single(question), typed)
        }
    }

    /// A box for a word that nobody is to read from the screen; what was typed never comes back.
    pub fn secret(question: Question) -> Self {
        Self {
            autocomplete: Some("off".to_owned()),
            no_spellcheck: true,
            ..Self::of_kind("password", Head::single(question), "")
        }
    }

    /// A box for a code that a person was given.
    pub fn code(question: Question, typed: &str) -> Self {
        Self {
            autocomplete: Some("off".to_owned()),
            no_spellcheck: true,
            ..Self::of_kind("text", Head::single(question), typed)
        }
    }

    /// Words drawn before and after the box, such as a currency and a unit.
    #[must_use]
    pub fn with_affixes(mut self, prefix: Option<String>, suffix: Option<String>) -> Self {
        self.affixed = prefix.is_some() || suffix.is_some();
        self.prefix = prefix;
        self.suffix = suffix;
        self
    }

    /// What the browser may fill in by itself, as the HTML standard names it.
    #[must_use]
    pub fn with_autocomplete(mut self, purpose: &str) -> Self {
        self.autocomplete = Some(purpose.to_owned());
        self
    }

    fn of_kind(kind: &'static str, head: Head, typed: &str) -> Self {
        Self {
            head,
            typed: typed.to_owned(),
            kind,
            rows: None,
            count: None,
            width: None,
            inputmode: None,
            autocomplete: None,
            no_spellcheck: false,
            affixed: false,
            prefix: None,
            suffix: None,
        }
    }
}

/// A date in three parts.
#[derive(Clone, Debug, Serialize)]
pub struct Date {
    head: Head,
    parts: Vec<PlacedPart>,
}

/// What was typed into one part of a date.
#[derive(Clone, Debug, Default)]
pub struct DatePart {
    /// As typed.
    pub typed: String,
    /// True where this part is what is wrong.
    pub wrong: bool,
}

#[derive(Clone, Debug, Serialize)]
struct PlacedPart {
    id: String,
    name: String,
    label: &'static str,
    width: u8,
    typed: String,
    error: bool,
    autocomplete: Option<&'static str>,
}

impl Date {
    /// Day, month and year, under their labels. Where there is an error and no part is marked wrong, all three are.
    ///
    /// The error summary links to the first wrong part: `#ID-day`, `#ID-month` or `#ID-year`.
    pub fn new(question: Question, parts: [DatePart; 3], labels: [&'static str; 3], birthday: bool) -> Self {
        let head = Head::single(question);
        let all_wrong = head.error.is_some() && !parts.iter().any(|part| part.wrong);
        let keys = [("day", 2, "bday-day"), ("month", 2, "bday-month"), ("year", 4, "bday-year")];
        let placed = keys.into_iter().zip(labels).zip(parts).map(|(((key, width, purpose), label), part)| {
            let name = format!("{}.{key}", head.name);
            PlacedPart {
                id: id_of(&name),
                name,
                label,
                width,
                typed: part.typed,
                error: part.wrong || all_wrong,
                autocomplete: birthday.then_some(purpose),
            }
        });
        Self { parts: placed.collect(), head }
    }
}
