//! Posted form fields: ordered pairs of name and typed text, exactly as they arrived.

use serde::{Deserialize, Serialize};

/// The fields of one posted page. Names may repeat (checkboxes); nothing is trimmed here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value under a name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value under a name, without surrounding or invisible characters; `None` if nothing is left.
    pub fn typed(&self, name: &str) -> Option<String> {
        self.first(name).map(tidy).filter(|text| !text.is_empty())
    }

    /// Every value under a name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Takes the entry of a repeat out and moves those after it one place up.
    pub fn remove_entry(&mut self, repeat: &str, number: u32) {
        let prefix = format!("{repeat}.");
        let place_of = |name: &str| {
            let (place, rest) = name.strip_prefix(&prefix)?.split_once('.')?;
            Some((place.parse::<u32>().ok()?, rest.to_string()))
        };
        self.0.retain(|(name, _)| place_of(name).is_none_or(|(place, _)| place != number));
        for (name, _) in &mut self.0 {
            if let Some((place, rest)) = place_of(name).filter(|(place, _)| *place > number) {
                *name = format!("{prefix}{}.{rest}", place - 1);
            }
        }
    }

    /// Adds a field.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

/// Text as it is kept: Unicode NFC, lines ended by LF, no characters that cannot be seen at either end, no NUL.
pub fn tidy(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let unified = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    let invisible =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{2060}');
    unified.trim_matches(invisible).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn taking_an_entry_out_moves_the_later_ones_up() {
        let pairs = |names: &[&str]| super::Fields(names.iter().map(|name| ((*name).into(), "x".into())).collect());
        let mut fields = pairs(&["p.1.name", "p.2.name", "p.2.detail", "p.3.name", "pp.2.name", "p.count"]);
        fields.remove_entry("p", 2);
        assert_eq!(fields, pairs(&["p.1.name", "p.2.name", "pp.2.name", "p.count"]));
    }

    #[test]
    fn kept_text_is_composed_trimmed_and_ends_lines_with_lf() {
        assert_eq!(tidy(" \u{200b}cafe\u{301}\r\nbar\r \u{feff}"), "café\nbar");
        assert_eq!(tidy("\u{2060} \t"), "");
    }
}
