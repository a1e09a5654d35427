//! How far a definition is translated: each text with its translation and whether that is still of this text.

use std::collections::BTreeMap;

use super::{fingerprint, texts};
use crate::definition::parse::untranslated;
use crate::document::{Entry, Finding, Node, Value};

/// A definition and what there is of its translations, whatever is wrong with them.
#[derive(Debug)]
pub struct Work {
    /// The language of the definition's own texts.
    pub language: String,
    sources: Vec<(String, String)>,
    stored: BTreeMap<String, BTreeMap<String, Stored>>,
}

#[derive(Debug)]
struct Stored {
    text: String,
    of: Option<String>,
}

/// A text to translate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its key, as under `translations`.
    pub key: String,
    /// The text in the survey's own language.
    pub source: String,
    /// Its translation, if there is one.
    pub translation: Option<String>,
    /// Where it stands.
    pub state: State,
}

/// Where a translation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Missing,
    /// It was made from an older text.
    Stale,
    /// It is of this text, or does not say of which.
    Current,
}

/// How much of a definition is translated into a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Texts there are.
    pub texts: usize,
    /// Those with a translation, the stale among them.
    pub translated: usize,
    /// Those whose translation was made from an older text.
    pub stale: usize,
}

impl Progress {
    /// Texts without a translation.
    pub fn missing(&self) -> usize {
        self.texts - self.translated
    }

    /// True if nothing is missing and nothing is stale.
    pub fn is_complete(&self) -> bool {
        self.missing() == 0 && self.stale == 0
    }
}

impl Work {
    /// Reads a definition. Mistakes in its translations are no hindrance: they are what the work is about.
    ///
    /// # Errors
    /// The mistakes in the rest of it.
    pub fn of(definition: &str) -> Result<Self, Vec<Finding>> {
        let (survey, translations) = untranslated(definition)?;
        let stored =
            entries(translations.as_ref()).iter().map(|language| (language.key.clone(), stored(&language.node)));
        Ok(Self { stored: stored.collect(), sources: texts(&survey), language: survey.language })
    }

    /// The languages there are translations into.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.stored.keys().map(String::as_str)
    }

    /// Every text in the order of the survey, with what there is of it in a language.
    pub fn into_language(&self, language: &str) -> Vec<Text> {
        let stored = self.stored.get(language);
        let text = |(key, source): &(String, String)| {
            let found = stored.and_then(|texts| texts.get(key));
            let state = match found {
                None => State::Missing,
                Some(Stored { of: Some(of), .. }) if *of != fingerprint(source) => State::Stale,
                Some(_) => State::Current,
            };
            let translation = found.map(|stored| stored.text.clone());
            Text { key: key.clone(), source: source.clone(), translation, state }
        };
        self.sources.iter().map(text).collect()
    }

    /// How much is translated into a language.
    pub fn progress(&self, language: &str) -> Progress {
        let texts = self.into_language(language);
        let count = |state| texts.iter().filter(|text| text.state == state).count();
        let (missing, stale) = (count(State::Missing), count(State::Stale));
        Progress { texts: texts.len(), translated: texts.len() - missing, stale }
    }
}

fn entries(node: Option<&Node>) -> &[Entry] {
    match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

/// What stands under a language; an entry without a text is none.
fn stored(node: &Node) -> BTreeMap<String, Stored> {
    let text_of = |entry: &Entry, name: &str| {
        let found = entries(Some(&entry.node)).iter().find(|entry| entry.key == name)?;
        if let Value::Text(text) = &found.node.value { Some(text.clone()) } else { None }
    };
    let read = |entry: &Entry| {
        let text = text_of(entry, "text").filter(|text| !text.trim().is_empty())?;
        Some((entry.key.clone(), Stored { text, of: text_of(entry, "of") }))
    };
    entries(Some(node)).iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURVEY: &str = r#"{"format": 1, "id": "s", "title": "Town", "pages": [{"id": "p", "questions": [
        {"id": "q", "type": "single", "text": "Why?", "options": [{"id": "a", "label": "Yes"}, {"id": "b", "label": "No"}]}]}],
        "translations": {"cy": {"title": {"text": "Tref", "of": "f28f5a10"}, "q.text": {"text": "Pam?", "of": "00000000"},
            "q.a": {"text": "Oes {{ nobody }}"}, "gone": {"text": "?"}, "q.b": {"text": " "}}}}"#;

    #[test]
    fn every_text_says_where_its_translation_stands_and_mistakes_are_no_hindrance() {
        let work = Work::of(&SURVEY.replace("f28f5a10", &fingerprint("Town"))).unwrap();
        let found = work.into_language("cy");
        let states: Vec<(&str, State)> = found.iter().map(|text| (text.key.as_str(), text.state)).collect();
        let expected =
            [("title", State::Current), ("q.text", State::Stale), ("q.a", State::Current), ("q.b", State::Missing)];
        assert_eq!(states, expected);
        assert_eq!(work.progress("cy"), Progress { texts: 4, translated: 3, stale: 1 });
        assert_eq!((work.progress("pl").missing(), work.languages().collect::<Vec<_>>()), (4, vec!["cy"]));
    }

    #[test]
    fn a_mistake_in_the_questions_is_told() {
        let findings = Work::of(&SURVEY.replace("\"single\"", "\"singel\"")).unwrap_err();
        assert_eq!(findings[0].code, "E107");
    }
}
