//! Texts with places to fill, and texts that change with a number.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// A text with named places, such as `at least {min}`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Phrase(pub(super) &'static str);

impl Phrase {
    /// The text with its places filled. A place that is not given stays as it is written.
    pub fn with(&self, places: &[(&str, &dyn Display)]) -> String {
        filled(self.0, places)
    }
}

/// A text that changes with a number, which stands in the place `{n}`.
///
/// A language uses the forms that it needs; the others fall back on `other`. Which numbers take which form is that of
/// the Unicode CLDR (`common/supplemental/plurals.xml`), for whole numbers.
#[derive(Clone, Copy, Debug)]
pub struct Plural {
    category: fn(u64) -> Category,
    one: Option<&'static str>,
    two: Option<&'static str>,
    few: Option<&'static str>,
    many: Option<&'static str>,
    other: &'static str,
}

/// A class of numbers that take one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    One,
    Two,
    Few,
    Many,
    Other,
}

/// English: one for 1, other for the rest.
fn english_category(n: u64) -> Category {
    if n == 1 { Category::One } else { Category::Other }
}

/// Welsh: one for 1, two for 2, few for 3, many for 6, other for the rest; zero, for 0, reads like other here.
fn welsh_category(n: u64) -> Category {
    match n {
        1 => Category::One,
        2 => Category::Two,
        3 => Category::Few,
        6 => Category::Many,
        _ => Category::Other,
    }
}

/// An English text.
pub(super) const fn english(one: &'static str, other: &'static str) -> Plural {
    Plural { category: english_category, one: Some(one), two: None, few: None, many: None, other }
}

/// A Welsh text whose noun is the same after every number.
pub(super) const fn welsh(other: &'static str) -> Plural {
    Plural { category: welsh_category, one: None, two: None, few: None, many: None, other }
}

impl Plural {
    /// The form after 2.
    pub(super) const fn two(self, text: &'static str) -> Self {
        Self { two: Some(text), ..self }
    }

    /// The form after 3 and after 6.
    pub(super) const fn three_and_six(self, text: &'static str) -> Self {
        Self { few: Some(text), many: Some(text), ..self }
    }

    /// The text for a number, which is written as it is.
    pub fn of(&self, n: u64, places: &[(&str, &dyn Display)]) -> String {
        self.written(n, &n, places)
    }

    /// The text for a number that is written in another way, such as `1,000`.
    pub fn written(&self, n: u64, as_text: &dyn Display, places: &[(&str, &dyn Display)]) -> String {
        let form = match (self.category)(n) {
            Category::One => self.one,
            Category::Two => self.two,
            Category::Few => self.few,
            Category::Many => self.many,
            Category::Other => None,
        };
        let all: Vec<(&str, &dyn Display)> = places.iter().copied().chain([("n", as_text)]).collect();
        filled(form.unwrap_or(self.other), &all)
    }
}

impl Serialize for Plural {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut forms = serializer.serialize_struct("Plural", 5)?;
        let special = [("one", self.one), ("two", self.two), ("few", self.few), ("many", self.many)];
        for (name, text) in special {
            if let Some(text) = text {
                forms.serialize_field(name, text)?;
            }
        }
        forms.serialize_field("other", self.other)?;
        forms.end()
    }
}

/// Fills the places in one pass, so that braces in what is put in are left alone.
fn filled(text: &str, places: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, following)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match places.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(&value.to_string()),
            None => out.push_str(&["{", name, "}"].concat()),
        }
        rest = following;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        let phrase = Phrase("{about} must be {max} or less");
        assert_eq!(phrase.with(&[("about", &"{max} {"), ("max", &3)]), "{max} { must be 3 or less");
        assert_eq!(Phrase("{a} {b").with(&[]), "{a} {b");
    }

    #[test]
    fn a_number_takes_the_form_of_its_language() {
        let points = english("{n} point", "{n} points");
        assert_eq!([0, 1, 2].map(|n| points.of(n, &[])), ["0 points", "1 point", "2 points"]);
        let pwynt = welsh("{n} pwynt").two("{n} bwynt").three_and_six("{n} phwynt");
        let forms = [0, 1, 2, 3, 4, 6, 10].map(|n| pwynt.of(n, &[]));
        assert_eq!(forms, ["0 pwynt", "1 pwynt", "2 bwynt", "3 phwynt", "4 pwynt", "6 phwynt", "10 pwynt"]);
        assert_eq!(points.written(1_000, &"1,000", &[]), "1,000 points");
    }
}
