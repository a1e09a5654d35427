//! Names for everything in the survey sheet, and what rules will find under them.

use serde_json::{Map, Value as Json};

use super::Writer;
use super::xpath::{Asked, ids, is_condition};
use crate::exchange::rule::parse;

/// The fields of an object under a key.
pub(super) fn objects<'a>(object: &'a Map<String, Json>, key: &str) -> Vec<&'a Map<String, Json>> {
    object.get(key).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object).collect()
}

/// A text under a key.
pub(super) fn text<'a>(object: &'a Map<String, Json>, key: &str) -> &'a str {
    object.get(key).and_then(Json::as_str).unwrap_or_default()
}

impl Writer<'_> {
    /// A name of the survey sheet that no other row has.
    pub(super) fn free(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }

    /// Gives every question, row and value its name, before any rule is written.
    pub(super) fn name_everything(&mut self) {
        let definition = self.definition;
        for page in objects(definition, "pages") {
            for question in objects(page, "questions") {
                self.taken.insert(text(question, "id").to_lowercase());
            }
        }
        for value in objects(definition, "calculated") {
            self.taken.insert(text(value, "id").to_lowercase());
        }
        for page in objects(definition, "pages") {
            for question in objects(page, "questions") {
                self.name_question(question);
            }
        }
        for calculated in objects(definition, "calculated") {
            let condition = parse(text(calculated, "value")).is_some_and(|expr| is_condition(&expr, &self.names));
            self.names.asked.insert(text(calculated, "id").to_string(), Asked::Value { condition });
        }
    }

    fn name_question(&mut self, question: &Map<String, Json>) {
        let (id, kind) = (text(question, "id").to_string(), text(question, "type").to_string());
        let asked = match kind.as_str() {
            "rate" | "allocate" => {
                let rows = ids(&self.rows_of(question));
                let rows = rows.into_iter().map(|row| (row.clone(), self.free(&format!("{id}_{row}")))).collect();
                Asked::Table { kind, rows }
            }
            _ => {
                let options = self.options_of(question).cloned().unwrap_or_default();
                let with_text = options.as_array().into_iter().flatten().filter(|option| option.get("other").is_some());
                let beside: Vec<String> =
                    with_text.filter_map(|option| option.get("id")?.as_str()).map(str::to_string).collect();
                let beside: Vec<String> =
                    beside.iter().map(|option| self.free(&format!("{id}_{option}_text"))).collect();
                if !beside.is_empty() && matches!(kind.as_str(), "single" | "multi") {
                    self.names.beside.insert(id.clone(), beside);
                }
                Asked::Plain { kind, name: id.clone() }
            }
        };
        self.names.asked.insert(id, asked);
    }

    /// The rows of a table or a ranking.
    pub(super) fn rows_of(&self, question: &Map<String, Json>) -> Json {
        match question.get("items") {
            Some(Json::String(name)) if name == "interventions" => {
                self.definition.get("interventions").cloned().unwrap_or_default()
            }
            Some(rows) => rows.clone(),
            None => Json::Null,
        }
    }

    /// The options of a question, written in place or in a list.
    pub(super) fn options_of<'b>(&'b self, question: &'b Map<String, Json>) -> Option<&'b Json> {
        match question.get("options").or_else(|| question.get("scale"))? {
            Json::String(list) => self.definition.get("lists")?.get(list),
            options => Some(options),
        }
    }
}
