//! Texts in the languages that a definition has them in.

use std::rc::Rc;

use super::html;
use serde_json::Value as Json;

use super::json::under;

/// Longest text that is carried over, in characters.
const MAX_CHARS: usize = 50_000;

/// A text with its translations.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    /// In the survey's own language.
    pub own: String,
    /// In other languages.
    pub others: Vec<(Rc<str>, String)>,
}

impl Text {
    /// A text without translations.
    pub(super) fn plain(own: impl Into<String>) -> Self {
        Self { own: own.into(), others: Vec::new() }
    }

    /// A text of the definition, if it is not empty.
    pub(super) fn read(json: &Json, language: &str) -> Option<Self> {
        let text = match json {
            Json::String(text) => Self::plain(text.as_str()),
            Json::Number(number) => Self::plain(number.as_f64()?.to_string()),
            Json::Object(entries) => {
                let written = |key: &str| under(json, key).as_str().filter(|text| !text.trim().is_empty());
                let keys = ["default", language, "en"];
                let first = entries.iter().take(300).map(|(key, _)| key.as_ref()).find(|key| written(key).is_some());
                let key = keys.into_iter().find(|key| written(key).is_some()).or(first)?;
                let others = entries.iter().take(300).filter(|(other, _)| *other != key && *other != "default");
                let others = others.filter_map(|(other, text)| {
                    let text = text.as_str().filter(|text| !text.trim().is_empty())?;
                    Some((Rc::from(tag(other)?), cut(text)))
                });
                Self { own: cut(written(key)?), others: others.collect() }
            }
            _ => return None,
        };
        (!text.own.trim().is_empty()).then_some(text)
    }

    /// The same on one line: markup becomes emphasis and links.
    pub(super) fn inline(&self) -> Self {
        self.map(one_line)
    }

    /// The text and each translation, changed in the same way.
    pub(super) fn map(&self, mut change: impl FnMut(&str) -> String) -> Self {
        let own = change(&self.own);
        let others = self.others.iter().map(|(language, text)| (Rc::clone(language), change(text)));
        Self { own, others: others.collect() }
    }

    /// This text with another after it, language by language.
    pub(super) fn followed_by(&self, between: &str, other: &Self) -> Self {
        let in_language = |language: &Rc<str>| {
            let translated = other.others.iter().find(|(known, _)| known == language);
            translated.map_or(other.own.as_str(), |(_, text)| text)
        };
        let joined = self
            .others
            .iter()
            .map(|(language, text)| (Rc::clone(language), format!("{text}{between}{}", in_language(language))));
        let missing =
            other.others.iter().filter(|(language, _)| !self.others.iter().any(|(known, _)| known == language));
        let missing = missing.map(|(language, text)| (Rc::clone(language), format!("{}{between}{text}", self.own)));
        Self { own: format!("{}{between}{}", self.own, other.own), others: joined.chain(missing).collect() }
    }
}

fn cut(text: &str) -> String {
    text.char_indices().nth(MAX_CHARS).map_or(text, |(at, _)| text.get(..at).unwrap_or(text)).to_string()
}

fn one_line(text: &str) -> String {
    if html::is_marked_up(text) {
        return html::inline(text).text;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tag of a language, such as `pt-BR` for `pt-br`; `None` for what is none.
pub(super) fn tag(written: &str) -> Option<String> {
    let mut parts = written.trim().split(['-', '_']);
    let language = parts.next().filter(|part| (2..=3).contains(&part.len()))?.to_ascii_lowercase();
    if !language.chars().all(|c| c.is_ascii_lowercase()) {
        return None;
    }
    let mut tag = language;
    for part in parts {
        if !(2..=8).contains(&part.len()) || !part.chars().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        tag.push('-');
        let is_region = part.len() == 2;
        tag.push_str(&if is_region { part.to_ascii_uppercase() } else { part.to_ascii_lowercase() });
    }
    (tag.len() <= 35).then_some(tag)
}

/// True if a text of the definition is written for this language beside a `default`.
pub(super) fn is_written_in(json: &Json, language: &str) -> bool {
    match json {
        Json::Object(entries) => {
            let localised = under(json, "default").as_str().is_some() && under(json, language).as_str().is_some();
            localised || entries.iter().any(|(_, value)| is_written_in(value, language))
        }
        Json::Array(items) => items.iter().any(|item| is_written_in(item, language)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    fn read(text: &str, language: &str) -> Option<Text> {
        Text::read(&json::parse(text.as_bytes()).unwrap(), language)
    }

    #[test]
    fn a_text_may_be_plain_or_in_several_languages() {
        assert_eq!(read("\" \"", "en"), None);
        assert_eq!(read("5", "en").unwrap().own, "5");
        let text = read(r#"{"default": "Yes", "nl": "Ja", "pt-br": "Sim", "x y": "?", "de": ""}"#, "en").unwrap();
        assert_eq!(text.own, "Yes");
        assert_eq!(text.others, [("nl".into(), "Ja".to_string()), ("pt-BR".into(), "Sim".to_string())]);
        assert_eq!(read(r#"{"fr": "Oui", "nl": "Ja"}"#, "nl").unwrap().own, "Ja");
        assert_eq!(read(r#"{"fr": "Oui"}"#, "nl").unwrap().own, "Oui");
    }

    #[test]
    fn texts_are_joined_language_by_language() {
        let one = Text { own: "1".into(), others: vec![("nl".into(), "een".into())] };
        let two = Text { own: "two".into(), others: vec![("fr".into(), "deux".into())] };
        let joined = one.followed_by(" – ", &two);
        assert_eq!(joined.own, "1 – two");
        assert_eq!(joined.others, [("nl".into(), "een – two".to_string()), ("fr".into(), "1 – deux".to_string())]);
    }

    #[test]
    fn labels_stand_on_one_line() {
        assert_eq!(Text::plain(" a\n b ").inline().own, "a b");
        assert_eq!(Text::plain("<p>a <b>b</b></p>").inline().own, "a **b**");
        assert_eq!(tag("zh-cn").as_deref(), Some("zh-CN"));
        assert_eq!(tag("default"), None);
    }
}
