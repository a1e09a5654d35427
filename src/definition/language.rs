//! Translations: every text of a survey has a key; a translation names the key and the text it was made from.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Survey;
use crate::document::keys::{Key, Object, Shape};
use crate::document::{Reader, Value, closest, hex};
use crate::item::options::{Choice, Names};
use crate::item::{Item, Kind};

impl Survey {
    /// The languages the survey can be read in, its own first.
    pub fn languages(&self) -> Vec<&str> {
        std::iter::once(self.language.as_str()).chain(self.translations.keys().map(String::as_str)).collect()
    }

    /// Replaces the texts by those of `language`, as far as they are translated.
    pub fn translate(&mut self, language: &str) {
        let Some(texts) = self.translations.get(language).cloned() else { return };
        self.language = language.to_string();
        each_text(self, &mut |key, text| {
            if let Some(translated) = texts.get(key) {
                text.clone_from(translated);
            }
        });
    }
}

/// One text in another language.
pub(super) const TRANSLATION: Object = Object::new(
    "translation",
    "A text in another language",
    &[&[
        Key::needed("text", Shape::Text, "The translation"),
        Key::new(
            "of",
            Shape::Text,
            "The text that it was made from: the first 8 hexadecimal digits of its SHA-256; the checker warns once that changes",
        )
        .such_as(&["b2336d81"]),
    ]],
);

/// Reads `translations`: `{language: {key: {text, of}}}`, where `of` is the first 8 hexadecimal digits of the SHA-256 of the source.
pub(super) fn read(survey: &Survey, reader: &Reader<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let sources = sources(survey);
    let mut translations = BTreeMap::new();
    for language in reader.map("translations") {
        let what = format!("the translation to `{}`", language.key);
        let Value::Map(entries) = &language.node.value else { continue };
        let mut read = BTreeMap::new();
        for entry in entries {
            let Some(source) = sources.get(&entry.key) else {
                let help = closest(&entry.key, sources.keys().map(String::as_str));
                reader.findings.error(
                    "E601",
                    entry.place,
                    format!("{what} names `{}`, which the survey does not have", entry.key),
                    help,
                );
                continue;
            };
            let about = format!("{what} of `{}`", entry.key);
            let Some(fields) = Reader::new(&entry.node, about, &TRANSLATION, reader.findings) else { continue };
            let text = fields.text("text");
            if fields.text("of").is_some_and(|of| of != fingerprint(source)) {
                let help = format!("check the translation, then write \"of\": \"{}\"", fingerprint(source));
                reader.findings.warn(
                    "W602",
                    entry.place,
                    format!("{what} of `{}` was made from an older text", entry.key),
                    help,
                );
            }
            if let Some(text) = text {
                read.insert(entry.key.clone(), text);
            }
        }
        translations.insert(language.key.clone(), read);
    }
    translations
}

/// The first 8 hexadecimal digits of the SHA-256 of a text.
pub fn fingerprint(text: &str) -> String {
    let mut digits = hex(&Sha256::digest(text.as_bytes()));
    digits.truncate(8);
    digits
}

/// Every text with its key.
fn sources(survey: &Survey) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    each_text(&mut survey.clone(), &mut |key, text| {
        sources.insert(key.to_string(), text.clone());
    });
    sources
}

/// Calls `with` for every text and its key.
///
/// Keys: `title`; `introduction.purpose` and the like; `privacy.notice`; `PAGE.title` and `PAGE.body`; `checks.1`;
/// `calculated.ID`; `ITEM.text`, `ITEM.hint` and the like; `LIST.OPTION` or, for options written in place, `ITEM.OPTION`;
/// `interventions.ID` or, for rows written in place, `ITEM.ROW`; what belongs to a field of a repeat begins with
/// `REPEAT.FIELD`. Where an option has a hint its key is the option's with `.hint`.
fn each_text(survey: &mut Survey, with: &mut impl FnMut(&str, &mut String)) {
    let originals = survey.names.clone();
    with("title", &mut survey.title);
    let introduction = &mut survey.introduction;
    let parts = [
        ("introduction.organisation", &mut introduction.organisation),
        ("introduction.purpose", &mut introduction.purpose),
        ("introduction.contact", &mut introduction.contact),
        ("privacy.notice", &mut survey.privacy.notice),
    ];
    for (key, text) in parts {
        if let Some(text) = text {
            with(key, text);
        }
    }
    for (list, options) in &mut survey.names.lists {
        each_option(list, options, with);
    }
    for intervention in &mut survey.interventions {
        with(&format!("interventions.{}", intervention.id), &mut intervention.label);
    }
    for (number, check) in (1..).zip(&mut survey.checks) {
        with(&format!("checks.{number}"), &mut check.message);
    }
    for calculated in &mut survey.calculated {
        with(&format!("calculated.{}", calculated.id), &mut calculated.label);
    }
    for page in &mut survey.pages {
        page.title.iter_mut().for_each(|text| with(&format!("{}.title", page.id), text));
        page.text.iter_mut().for_each(|text| with(&format!("{}.body", page.id), text));
        for question in &mut page.questions {
            let key = question.item.head.id.clone();
            each_text_of(&mut question.item, &key, &originals, with);
        }
    }
}

fn each_text_of(item: &mut Item, key: &str, originals: &Names, with: &mut impl FnMut(&str, &mut String)) {
    with(&format!("{key}.text"), &mut item.head.text);
    item.head.hint.iter_mut().for_each(|text| with(&format!("{key}.hint"), text));
    match &mut item.kind {
        Kind::Number(number) => number.unit.iter_mut().for_each(|text| with(&format!("{key}.unit"), text)),
        Kind::Repeat(repeat) => with(&format!("{key}.item_name"), &mut repeat.item_name),
        Kind::Text(text) => {
            let message = text.look.as_mut().and_then(|look| look.message.as_mut());
            if let Some(message) = message {
                with(&format!("{key}.pattern_message"), message);
            }
        }
        _ => {}
    }
    if let Some(options) = item.options_mut() {
        let list = originals.lists.iter().find(|(_, list)| same_options(list, options));
        each_option(list.map_or(key, |(name, _)| name), options, with);
    }
    if let Some(rows) = item.rows_mut() {
        let set = if *rows == originals.interventions { "interventions" } else { key };
        for row in rows {
            with(&format!("{set}.{}", row.id), &mut row.label);
        }
    }
    for field in item.fields_mut() {
        let key = format!("{key}.{}", field.head.id);
        each_text_of(field, &key, originals, with);
    }
}

fn each_option(list: &str, options: &mut [Choice], with: &mut impl FnMut(&str, &mut String)) {
    for option in options {
        with(&format!("{list}.{}", option.id), &mut option.label);
        option.hint.iter_mut().for_each(|text| with(&format!("{list}.{}.hint", option.id), text));
    }
}

/// True if the options are those of a list. Their rules are not compared: a question takes them out of its own.
fn same_options(list: &[Choice], options: &[Choice]) -> bool {
    let texts = |option: &Choice| (option.id.clone(), option.label.clone(), option.hint.clone());
    list.len() == options.len() && list.iter().zip(options).all(|(a, b)| texts(a) == texts(b))
}
