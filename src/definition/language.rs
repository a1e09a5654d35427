//! Translations: every text of a survey has a key; a translation names the key and the text it was made from.

mod tag;
mod work;

pub use tag::{is_right_to_left, is_tag};
pub use work::{Progress, State, Text, Work};

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::Survey;
use super::pipe::{Piece, pieces};
use crate::document::keys::{Key, Object, Shape};
use crate::document::{Entry, Reader, Value, closest, hex};
use crate::item::options::{Choice, Names};
use crate::item::{Item, Kind};

impl Survey {
    /// The languages the survey can be read in, its own first.
    pub fn languages(&self) -> Vec<&str> {
        let own = self.translated_from.as_ref().unwrap_or(&self.language);
        std::iter::once(own).chain(self.translations.keys()).map(String::as_str).collect()
    }

    /// Replaces the texts by those of `language`, as far as they are translated.
    pub fn translate(&mut self, language: &str) {
        let Some(texts) = self.translations.get(language).cloned() else { return };
        let own = std::mem::replace(&mut self.language, language.to_string());
        self.translated_from.get_or_insert(own);
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
        Key::needed("text", Shape::Text, "The translation, with the same answers between {{ and }} as its source"),
        Key::new(
            "of",
            Shape::Text,
            "Which source text it was made from: the first 8 hexadecimal digits of its SHA-256; \
             the checker warns once that changes",
        )
        .such_as(&["b2336d81"]),
    ]],
);

/// Reads `translations`: `{language: {key: {text, of}}}`, where `of` is the first 8 hexadecimal digits of the SHA-256 of the source.
pub(super) fn read(survey: &Survey, reader: &Reader<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    if !is_tag(&survey.language) {
        reader.findings.warn("W605", reader.place_of("language"), no_tag(&survey.language), TAG_HELP.to_string());
    }
    let sources: BTreeMap<String, String> = texts(survey).into_iter().collect();
    let mut translations = BTreeMap::new();
    for language in reader.map("translations") {
        let what = format!("the translation to `{}`", language.key);
        if !is_tag(&language.key) {
            reader.findings.warn("W605", language.place, no_tag(&language.key), TAG_HELP.to_string());
        }
        let Value::Map(entries) = &language.node.value else { continue };
        let read: BTreeMap<String, String> =
            entries.iter().filter_map(|entry| one(entry, &what, &sources, reader)).collect();
        if read.len() < sources.len() {
            let help = format!(
                "the rest is shown in `{}`; have it translated with canvass translate export FILE --lang {}",
                survey.language, language.key
            );
            let message = format!("{what} has {} of {} texts", read.len(), sources.len());
            reader.findings.warn("W603", language.place, message, help);
        }
        translations.insert(language.key.clone(), read);
    }
    translations
}

const TAG_HELP: &str = "write a tag such as cy, en-GB or zh-Hant, which browsers and screen readers know";

fn no_tag(written: &str) -> String {
    format!("`{written}` is no language tag of BCP 47")
}

/// Reads the translation of one text.
fn one(entry: &Entry, what: &str, sources: &BTreeMap<String, String>, reader: &Reader<'_>) -> Option<(String, String)> {
    let findings = reader.findings;
    let Some(source) = sources.get(&entry.key) else {
        let help = closest(&entry.key, sources.keys().map(String::as_str));
        let message = format!("{what} names `{}`, which the survey does not have", entry.key);
        findings.error("E601", entry.place, message, help);
        return None;
    };
    let fields = Reader::new(&entry.node, format!("{what} of `{}`", entry.key), &TRANSLATION, findings)?;
    let text = fields.text("text");
    if fields.text("of").is_some_and(|of| of != fingerprint(source)) {
        let help = format!("check the translation, then write \"of\": \"{}\"", fingerprint(source));
        let message = format!("{} was made from an older text", fields.what());
        findings.warn("W602", entry.place, message, help);
    }
    if let Some(difference) = text.as_deref().and_then(|text| answers_differ(source, text)) {
        let message = format!("{}: {difference}", fields.what());
        let help = "repeat each {{ … }} of the source as it stands there; only what follows `else` is translated";
        findings.error("E604", fields.place_of("text"), message, help.to_string());
    }
    Some((entry.key.clone(), text?))
}

/// How the answers inside a translation differ from those inside its source, if they do.
///
/// A source that is no text with answers, for `{{` in it is not closed, can have any translation.
pub fn answers_differ(source: &str, translation: &str) -> Option<String> {
    let wanted = answers_inside(source).ok()?;
    let found = match answers_inside(translation) {
        Ok(found) => found,
        Err(message) => return Some(message),
    };
    let list = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (missing, strange) = (wanted.difference(&found).collect(), found.difference(&wanted).collect());
    match (list(missing), list(strange)) {
        (missing, strange) if missing.is_empty() && strange.is_empty() => None,
        (missing, strange) if strange.is_empty() => Some(format!("it lacks {missing}")),
        (missing, strange) if missing.is_empty() => Some(format!("it has {strange}, which its source does not have")),
        (missing, strange) => Some(format!("it has {strange} where its source has {missing}")),
    }
}

/// What is named between `{{` and `}}`, without what stands there for who gave no answer.
fn answers_inside(text: &str) -> Result<BTreeSet<String>, String> {
    let name = |piece: Piece<'_>| match piece {
        Piece::Text(_) => None,
        Piece::Answer { name, .. } => Some(format!("{{{{ {name} }}}}")),
        Piece::Label(id) => Some(format!("{{{{ label('{id}') }}}}")),
    };
    Ok(pieces(text).map_err(|(_, message)| message)?.into_iter().filter_map(name).collect())
}

/// The first 8 hexadecimal digits of the SHA-256 of a text.
pub fn fingerprint(text: &str) -> String {
    let mut digits = hex(&Sha256::digest(text.as_bytes()));
    digits.truncate(8);
    digits
}

/// Every text with its key, in the order of the survey; texts that are empty need no translation.
pub fn texts(survey: &Survey) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut texts = Vec::new();
    each_text(&mut survey.clone(), &mut |key, text| {
        if !text.trim().is_empty() && seen.insert(key.to_string()) {
            texts.push((key.to_string(), text.clone()));
        }
    });
    texts
}

/// Calls `with` for every text and its key.
///
/// Keys: `title`; `introduction.purpose` and the like; `privacy.notice`; `accessibility.contact`,
/// `accessibility.exceptions.1`; `PAGE.title` and `PAGE.body`; `PAGE.section` of the first page of a section; `checks.1`;
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
    if let Some(statement) = &mut survey.accessibility {
        if let Some(contact) = &mut statement.contact {
            with("accessibility.contact", contact);
        }
        for (number, exception) in (1..).zip(&mut statement.exceptions) {
            with(&format!("accessibility.exceptions.{number}"), exception);
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
    // A value without a label goes by its id, in every language.
    for calculated in survey.calculated.iter_mut().filter(|calculated| calculated.label != calculated.id) {
        with(&format!("calculated.{}", calculated.id), &mut calculated.label);
    }
    for section in &mut survey.sections {
        with(&format!("{}.section", section.page), &mut section.title);
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
        Kind::Repeat(repeat) => {
            repeat.item_name.iter_mut().for_each(|text| with(&format!("{key}.item_name"), text));
        }
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
