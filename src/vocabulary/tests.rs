use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

/// Every text of a language with its path; the forms of one that changes with a number stand together.
fn texts(words: &Words) -> Vec<(String, Vec<String>)> {
    fn walk(path: &str, value: &Value, found: &mut Vec<(String, Vec<String>)>) {
        match value {
            Value::String(text) => found.push((path.to_string(), vec![text.clone()])),
            Value::Object(forms) if forms.contains_key("other") => {
                let forms = forms.values().map(|form| form.as_str().unwrap().to_string());
                found.push((path.to_string(), forms.collect()));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| walk(&format!("{path}.{name}"), value, found));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, value)| walk(&format!("{path}[{at}]"), value, found));
            }
            other => panic!("{path}: {other}"),
        }
    }
    let mut found = Vec::new();
    walk("", &serde_json::to_value(words).unwrap(), &mut found);
    found
}

fn places(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).map(|part| part.split('}').next().unwrap().to_string()).collect()
}

#[test]
fn every_language_has_every_text_with_the_same_places() {
    let [english, others @ ..] = ALL;
    for words in others {
        for ((path, source), (same_path, texts)) in texts(english).into_iter().zip(texts(words)) {
            assert_eq!(path, same_path);
            let wanted = places(source.last().unwrap());
            for text in source.iter().chain(&texts) {
                assert!(!text.trim().is_empty() && text.trim() == text, "{}{path}: “{text}”", words.language);
                assert_eq!(places(text), wanted, "{}{path}: “{text}”", words.language);
            }
        }
    }
}

#[test]
fn what_reads_the_same_in_two_languages_is_meant_to() {
    let same: Vec<String> = texts(&en::WORDS)
        .into_iter()
        .zip(texts(&cy::WORDS))
        .filter(|((_, english), (_, welsh))| english.iter().any(|text| welsh.contains(text)))
        .map(|((path, _), _)| path)
        .collect();
    assert_eq!(same, [".form.numbered", ".dates.date"]);
}

#[test]
fn three_letters_of_a_month_mean_one_month_in_all_languages() {
    let all: Vec<(usize, String)> =
        ALL.iter().flat_map(|words| words.dates.months.iter().map(|name| name.to_lowercase()).enumerate()).collect();
    for (number, name) in &all {
        let begun: String = name.chars().take(3).collect();
        for (other, _) in all.iter().filter(|(_, name)| name.starts_with(&begun)) {
            assert_eq!(number, other, "{begun}");
        }
        assert_eq!(month(name), i8::try_from(number + 1).ok());
    }
}

#[test]
fn sentences_that_name_a_button_name_it_as_it_is() {
    for words in ALL {
        for sentence in [words.labels.check_lead, words.labels.saved_is_not_sent] {
            assert!(sentence.contains(&format!("“{}”", words.labels.send)), "{sentence}");
        }
        assert!(words.live.not_saved.contains(&format!("“{}”", words.labels.go_on)));
    }
}

#[test]
fn templates_place_each_label_and_no_other() {
    let labels = serde_json::to_value(&en::WORDS.labels).unwrap();
    let known: BTreeSet<String> = labels.as_object().unwrap().keys().cloned().collect();
    let mut placed = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let names = text.split("words.").skip(1);
            placed.extend(
                names.map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap().to_string()),
            );
        }
    }
    assert_eq!(placed, known);
}

#[test]
fn a_language_without_words_gets_english_ones() {
    let found = ["cy", "cy-GB", "CY", "en-GB", "fr", "", "cyr"].map(|tag| Words::of(tag).language);
    assert_eq!(found, ["cy", "cy", "cy", "en", "en", "en", "en"]);
    assert!(Words::of("cy").speak("cy-GB") && !Words::of("fr").speak("fr"));
}
