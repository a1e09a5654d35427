//! `text`: free text in one line or several, limited in characters as people see them.

use unicode_segmentation::UnicodeSegmentation;

use super::options::Names;
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::keys::{Key, Shape};
use crate::document::{Pattern, Reader};

/// Free text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Height of the box in lines; 1 is a one-line field.
    pub lines: u32,
    /// Largest number of characters as people see them (grapheme clusters).
    pub max_chars: u32,
    /// Fewest characters, once anything is written.
    pub min_chars: u32,
    /// What the answer must contain or, between `^` and `$`, be.
    pub look: Option<Look>,
    /// True if the answers are grouped into themes.
    pub themes: bool,
}

impl Default for Text {
    fn default() -> Self {
        Self { lines: 1, max_chars: 2_000, min_chars: 0, look: None, themes: false }
    }
}

/// What an answer must look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What is found in the text.
    pub pattern: Pattern,
    /// What is said to who writes something else.
    pub message: Option<String>,
}

impl ItemType for Text {
    const KEYS: &'static [Key] = &[
        Key::new("lines", Shape::Count(1, 20), "Height of the box, in lines").or("1"),
        Key::new("max_chars", Shape::Count(1, 20_000), "Most characters, counted as people see them").or("2000"),
        Key::new("min_chars", Shape::COUNT, "Fewest characters, once anything is written").or("0"),
        Key::new(
            "pattern",
            Shape::Text,
            "A regular expression that must be found in the text; between ^ and $ it is the whole text",
        )
        .such_as(&["^[A-Z]{2}[0-9]+$"]),
        Key::new("pattern_message", Shape::Text, "What is said to who writes something else"),
        Key::new("themes", Shape::Flag, "Whether the report groups the answers into themes"),
    ];

    fn define(reader: &Reader<'_>, _: &Names) -> Option<Self> {
        let (min_chars, max_chars) = (reader.count("min_chars"), reader.count("max_chars"));
        if min_chars > max_chars {
            let message =
                format!("`min_chars` of {} is {min_chars}, above its `max_chars` of {max_chars}", reader.what());
            reader.findings.error("E301", reader.place_of("min_chars"), message, None);
        }
        let (lines, themes) = (reader.count("lines"), reader.flag("themes"));
        Some(Self { lines, max_chars, min_chars, look: look(reader), themes })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let Some(text) = fields.typed(&head.id) else { return Reading::default() };
        let length = people_count(&text);
        if length > self.max_chars {
            return Reading::fault(head.fault(FaultKind::TooLong { max: self.max_chars }));
        }
        if length < self.min_chars {
            return Reading::fault(head.fault(FaultKind::TooShort { min: self.min_chars }));
        }
        if let Some(look) = self.look.as_ref().filter(|look| !look.pattern.is_in(&text)) {
            return Reading::fault(head.fault(FaultKind::NotThePattern { message: look.message.clone() }));
        }
        Reading::of(Some(Answer::Text(text)))
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Text(text) = answer {
            fields.push(&head.id, text);
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.fault(FaultKind::NotEntered)] }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::FreeText { themes: self.themes }
    }
}

fn look(reader: &Reader<'_>) -> Option<Look> {
    let message = reader.text("pattern_message");
    let written = reader.text("pattern")?;
    match Pattern::new(&written) {
        Ok(pattern) => Some(Look { pattern, message }),
        Err(why) => {
            let help = "write a regular expression without look-around and back-references, such as ^[A-Z]{2}[0-9]+$";
            let message = format!("`pattern` of {} cannot be read: {why}", reader.what());
            reader.findings.error("E315", reader.place_of("pattern"), message, help.to_string());
            None
        }
    }
}

/// Characters as people count them: a family emoji or an accented letter is one.
pub fn people_count(text: &str) -> u32 {
    u32::try_from(text.graphemes(true).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::people_count;
    use crate::item::fields::tidy;

    /// The browser counts the same corpus: `tests/browser/script.test.mjs`.
    #[test]
    fn characters_are_counted_as_the_page_counts_them() {
        let corpus: Vec<Value> = serde_json::from_str(include_str!("../../tests/graphemes.json")).unwrap();
        assert!(corpus.len() > 40);
        for case in corpus {
            let counted = people_count(&tidy(case["text"].as_str().unwrap()));
            assert_eq!(Value::from(counted), case["characters"], "{case}");
        }
    }
}
