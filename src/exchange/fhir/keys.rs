//! The keys under which the texts of a definition are translated.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::json::{list, text};

/// The keys of all texts of a definition.
pub(super) fn of_texts(survey: &Map<String, Value>) -> HashSet<String> {
    let mut keys = Keys { lists: survey.get("lists"), found: HashSet::from(["title".to_string()]) };
    let all = |key: &str| survey.get(key).and_then(Value::as_array).into_iter().flatten();
    for (around, names) in [
        ("introduction", ["organisation", "purpose", "contact"].as_slice()),
        ("privacy", &["notice"]),
        ("accessibility", &["contact"]),
    ] {
        let inside = survey.get(around).unwrap_or(&Value::Null);
        keys.found
            .extend(names.iter().filter(|name| inside.get(name).is_some()).map(|name| format!("{around}.{name}")));
    }
    let exceptions = survey.get("accessibility").and_then(|inside| inside.get("exceptions")).and_then(Value::as_array);
    keys.found.extend((1..=exceptions.map_or(0, Vec::len)).map(|number| format!("accessibility.exceptions.{number}")));
    for around in ["interventions", "calculated"] {
        keys.found.extend(all(around).filter_map(|one| Some(format!("{around}.{}", text(one, "id")?))));
    }
    keys.found.extend(all("checks").enumerate().map(|(at, _)| format!("checks.{}", at + 1)));
    for (name, options) in keys.lists.and_then(Value::as_object).into_iter().flatten() {
        keys.options(name, options.as_array().into_iter().flatten());
    }
    for page in all("pages") {
        let Some(id) = text(page, "id") else { continue };
        keys.one(page, "title", format!("{id}.title"));
        keys.one(page, "text", format!("{id}.body"));
        for question in list(page, "questions") {
            keys.question(question, text(question, "id").unwrap_or_default());
        }
    }
    keys.found
}

struct Keys<'d> {
    lists: Option<&'d Value>,
    found: HashSet<String>,
}

impl<'d> Keys<'d> {
    /// Adds `key` if the element has a text under `name`.
    fn one(&mut self, element: &Value, name: &str, key: String) {
        if element.get(name).is_some() {
            self.found.insert(key);
        }
    }

    fn question(&mut self, question: &'d Value, key: &str) {
        for name in ["text", "hint", "unit", "pattern_message", "item_name"] {
            self.one(question, name, format!("{key}.{name}"));
        }
        for name in ["options", "scale", "items", "seeds"] {
            if let Some(Value::Array(options)) = question.get(name) {
                self.options(key, options.iter());
            }
        }
        for field in list(question, "fields") {
            self.question(field, &format!("{key}.{}", text(field, "id").unwrap_or_default()));
        }
    }

    fn options(&mut self, list: &str, options: impl Iterator<Item = &'d Value>) {
        for option in options {
            let id = text(option, "id").unwrap_or_default();
            self.one(option, "label", format!("{list}.{id}"));
            self.one(option, "hint", format!("{list}.{id}.hint"));
        }
    }
}
