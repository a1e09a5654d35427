//! Translations: every text of a survey has a key; a translation names the key and the text it was made from.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Survey;
use crate::document::{Reader, Value, closest, hex};
use crate::item::Kind;
use crate::item::options::{Choice, ItemRow};

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

/// Reads `translations`: `{language: {key: {text, of}}}`, where `of` is the first 8 hexadecimal digits of the SHA-256 of the source.
pub(super) fn read(survey: &Survey, reader: &Reader<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let sources = sources(survey);
    let mut translations = BTreeMap::new();
    for language in reader.map("translations") {
        let what = format!("the translation to `{}`", language.key);
        let Value::Map(entries) = &language.node.value else {
            reader.findings.error("E103", language.node.place, format!("{what} must be an object"), None);
            continue;
        };
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
            let Some(fields) = Reader::new(&entry.node, format!("{what} of `{}`", entry.key), reader.findings) else {
                continue;
            };
            let text = fields.text("text");
            if fields.optional_text("of").is_some_and(|of| of != fingerprint(source)) {
                let help = format!("check the translation, then write \"of\": \"{}\"", fingerprint(source));
                reader.findings.warn(
                    "W602",
                    entry.place,
                    format!("{what} of `{}` was made from an older text", entry.key),
                    help,
                );
            }
            fields.finish();
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
/// Keys: `title`; `introduction.purpose` and the like; `privacy.notice`; `PAGE.title` and `PAGE.body`; `ITEM.text` and `ITEM.hint`;
/// `LIST.OPTION` or, for options written in place, `ITEM.OPTION`; `interventions.ID` or, for rows written in place, `ITEM.ROW`.
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
        for option in options {
            with(&format!("{list}.{}", option.id), &mut option.label);
        }
    }
    for intervention in &mut survey.interventions {
        with(&format!("interventions.{}", intervention.id), &mut intervention.label);
    }
    for page in &mut survey.pages {
        page.title.iter_mut().for_each(|text| with(&format!("{}.title", page.id), text));
        page.text.iter_mut().for_each(|text| with(&format!("{}.body", page.id), text));
        for question in &mut page.questions {
            let item = &mut question.item;
            with(&format!("{}.text", item.head.id), &mut item.head.text);
            item.head.hint.iter_mut().for_each(|text| with(&format!("{}.hint", item.head.id), text));
            let id = item.head.id.clone();
            let list_of = |options: &[Choice]| {
                let list = originals.lists.iter().find(|(_, list)| list.as_slice() == options);
                list.map_or_else(|| id.clone(), |(name, _)| name.clone())
            };
            let set_of = |rows: &[ItemRow]| {
                if rows == originals.interventions { "interventions".to_string() } else { id.clone() }
            };
            let (options, rows): (&mut [Choice], &mut [ItemRow]) = match &mut item.kind {
                Kind::Single(single) => (&mut single.options, &mut []),
                Kind::Multi(multi) => (&mut multi.options, &mut []),
                Kind::Rate(rate) => (&mut rate.steps, &mut rate.rows),
                Kind::Rank(rank) => (&mut [], &mut rank.rows),
                Kind::Allocate(allocate) => (&mut [], &mut allocate.rows),
                Kind::Note(_) | Kind::Consent(_) | Kind::Text(_) | Kind::Number(_) | Kind::Date(_) | Kind::Email(_) => {
                    (&mut [], &mut [])
                }
            };
            let (list, row_set) = (list_of(options), set_of(rows));
            for option in options {
                with(&format!("{list}.{}", option.id), &mut option.label);
            }
            for row in rows {
                with(&format!("{row_set}.{}", row.id), &mut row.label);
            }
        }
    }
}
