//! Writes a definition of Canvass, with its keys in the order of its documentation.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::json::put;
use super::checks::Judged;
use super::layout::{Page, Placed, Show};
use super::model::{Body, Choice, Draft, Row};
use super::names::{Ids, survey_id};
use super::reading::Reading;
use super::subject::World;
use super::text::Text;

/// Longest name of the source that is kept, in characters.
const MAX_SOURCE: usize = 200;

/// Most translations of a definition.
pub(super) const MAX_TRANSLATIONS: usize = 40_000;

/// What is said about the survey as a whole.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// What it is called.
    pub title: Text,
    /// Why it is asked.
    pub purpose: Option<Text>,
}

/// Writes the definition; also gives how many translations found no place in it.
pub(super) fn definition(
    world: &World<'_>,
    head: &Head,
    mut ids: Ids,
    pages: &[Page],
    checks: &[Judged],
    calculated: &[usize],
) -> (Value, usize) {
    let reading = world.reading;
    let mut writer = Writer { reading, translations: BTreeMap::new(), told: 0, untold: 0 };
    let mut survey = Map::new();
    survey.insert("format".to_string(), json!(1));
    survey.insert("id".to_string(), json!(survey_id(&head.title.own)));
    survey.insert("title".to_string(), writer.text("title", &head.title));
    survey.insert("language".to_string(), json!(reading.language));
    if let Some(purpose) = &head.purpose {
        let purpose = writer.text("introduction.purpose", purpose);
        survey.insert("introduction".to_string(), json!({"purpose": purpose}));
    }
    let values: Vec<Value> = calculated.iter().filter_map(|index| writer.calculated(world, *index)).collect();
    if !values.is_empty() {
        survey.insert("calculated".to_string(), Value::Array(values));
    }
    let checks: Vec<Value> = (1_usize..).zip(checks).map(|(number, check)| writer.check(number, check)).collect();
    if !checks.is_empty() {
        survey.insert("checks".to_string(), Value::Array(checks));
    }
    let total = pages.len();
    let pages: Vec<Value> =
        pages.iter().enumerate().map(|(at, page)| writer.page(page, at, total, head, &mut ids)).collect();
    survey.insert("pages".to_string(), Value::Array(pages));
    if !writer.translations.is_empty() {
        let languages = std::mem::take(&mut writer.translations)
            .into_iter()
            .map(|(language, texts)| (language, Value::Object(texts)));
        survey.insert("translations".to_string(), Value::Object(languages.collect()));
    }
    (Value::Object(survey), writer.untold)
}

struct Writer<'r> {
    reading: &'r Reading,
    translations: BTreeMap<String, Map<String, Value>>,
    /// Translations that were written.
    told: usize,
    /// Translations that found no place.
    untold: usize,
}

impl Writer<'_> {
    /// The text in the survey's own language; its translations are noted under `key`.
    fn text(&mut self, key: &str, text: &Text) -> Value {
        for (language, words) in text.others.iter().filter(|(_, words)| !words.trim().is_empty()) {
            if *language.as_ref() == *self.reading.language {
                continue;
            }
            if self.told >= MAX_TRANSLATIONS {
                self.untold += 1;
                continue;
            }
            self.told += 1;
            let texts = self.translations.entry(language.to_string()).or_default();
            texts.insert(key.to_string(), json!({"text": words}));
        }
        json!(text.own)
    }

    fn calculated(&mut self, world: &World<'_>, index: usize) -> Option<Value> {
        let entry = self.reading.calculated.get(index)?;
        let values = world.values.borrow();
        let value = values.get(&index)?.as_ref().ok()?;
        let mut object = Map::new();
        object.insert("id".to_string(), json!(entry.id));
        if let Some(label) = &entry.label {
            let label = self.text(&format!("calculated.{}", entry.id), label);
            object.insert("label".to_string(), label);
        }
        object.insert("value".to_string(), json!(value.text));
        source(&mut object, &entry.id, &entry.name);
        Some(Value::Object(object))
    }

    fn check(&mut self, number: usize, check: &Judged) -> Value {
        let mut object = Map::new();
        match &check.rule {
            Show::Lost(text) => object.insert("lost_rule".to_string(), json!(text)),
            Show::If(text) => object.insert("rule".to_string(), json!(text)),
            Show::Everyone => None,
        };
        let message = self.text(&format!("checks.{number}"), &check.message);
        object.insert("message".to_string(), message);
        if check.warns {
            object.insert("level".to_string(), json!("warn"));
        }
        Value::Object(object)
    }

    fn page(&mut self, page: &Page, at: usize, total: usize, head: &Head, ids: &mut Ids) -> Value {
        let id = ids.question(if page.name.is_empty() { "page" } else { &page.name }, "page");
        let mut object = Map::new();
        object.insert("id".to_string(), json!(id));
        let drafts = &self.reading.drafts;
        let is_note = |placed: &Placed| drafts.get(placed.draft).is_some_and(|draft| matches!(draft.body, Body::Note));
        let needs_title = !page.ends && (page.questions.len() > 1 || page.questions.iter().all(is_note));
        let spare = || {
            let title = if total > 1 { format!("{} ({})", head.title.own, at + 1) } else { head.title.own.clone() };
            Text::plain(title)
        };
        if let Some(title) = page.title.clone().or_else(|| needs_title.then(spare)) {
            let title = self.text(&format!("{id}.title"), &title);
            object.insert("title".to_string(), title);
        }
        if let Some(text) = &page.text {
            let text = self.text(&format!("{id}.body"), text);
            object.insert("text".to_string(), text);
        }
        show(&mut object, &page.show);
        if page.ends {
            object.insert("end".to_string(), json!("finished"));
        }
        if page.contact {
            object.insert("store".to_string(), json!("contact"));
        }
        if !page.ends {
            let questions: Vec<Value> = page.questions.iter().filter_map(|placed| self.placed(placed)).collect();
            object.insert("questions".to_string(), Value::Array(questions));
            source(&mut object, &id, &page.name);
        }
        Value::Object(object)
    }

    fn placed(&mut self, placed: &Placed) -> Option<Value> {
        let draft = self.reading.drafts.get(placed.draft)?;
        Some(self.question(&draft.id, draft, placed))
    }

    /// A question, or a field of one. `key` begins the keys of its translations.
    fn question(&mut self, key: &str, draft: &Draft, placed: &Placed) -> Value {
        let mut object = Map::new();
        object.insert("id".to_string(), json!(draft.id));
        object.insert("type".to_string(), json!(kind(&draft.body)));
        let text = self.text(&format!("{key}.text"), placed.text.as_ref().unwrap_or(&draft.text));
        object.insert("text".to_string(), text);
        if let Some(hint) = placed.hint.as_ref().or(draft.hint.as_ref()) {
            let hint = self.text(&format!("{key}.hint"), hint);
            object.insert("hint".to_string(), hint);
        }
        if placed.required && !matches!(draft.body, Body::Note) {
            object.insert("required".to_string(), json!(true));
        } else if let Some(rule) = &placed.required_if {
            object.insert("required_if".to_string(), json!(rule));
        }
        show(&mut object, &placed.show);
        self.body(&mut object, key, draft, placed);
        put(&mut object, "order", draft.order);
        source(&mut object, &draft.id, &draft.name);
        Value::Object(object)
    }

    fn body(&mut self, object: &mut Map<String, Value>, key: &str, draft: &Draft, placed: &Placed) {
        let mut set = |name: &str, value: Option<Value>| put(object, name, value);
        match &draft.body {
            Body::Note | Body::Email => {}
            Body::Single { choices, dropdown } => {
                set("options", Some(self.choices(key, choices, placed)));
                set("style", dropdown.then(|| json!("dropdown")));
            }
            Body::Multi { choices, min, max } => {
                set("options", Some(self.choices(key, choices, placed)));
                set("min", min.map(|min| json!(min)));
                set("max", max.map(|max| json!(max)));
            }
            Body::Words { lines, min, max, pattern } => {
                let max = max.map(|max| max.clamp(1, 20_000));
                let min = min.filter(|min| *min <= max.unwrap_or(2_000));
                set("lines", (*lines > 1).then(|| json!(lines)));
                set("min_chars", min.map(|min| json!(min)));
                set("max_chars", max.map(|max| json!(max)));
                set("pattern", pattern.as_ref().map(|(pattern, _)| json!(pattern)));
                let message = pattern.as_ref().and_then(|(_, message)| message.as_ref());
                set("pattern_message", message.map(|text| self.text(&format!("{key}.pattern_message"), text)));
            }
            Body::Number { min, max, step, decimals, unit } => {
                set("min", min.map(number));
                set("max", max.map(number));
                set("step", step.map(number));
                set("decimals", (*decimals > 0).then(|| json!(decimals)));
                set("unit", unit.as_ref().filter(|unit| !unit.is_empty()).map(|unit| json!(unit)));
            }
            Body::Date { min, max } => {
                set("min", min.as_ref().map(|min| json!(min)));
                set("max", max.as_ref().map(|max| json!(max)));
            }
            Body::Rate { rows, scale, min_items } => {
                set("items", Some(self.rows(key, rows)));
                set("scale", Some(self.choices(key, scale, placed)));
                set("min_items", min_items.map(|min| json!(min)));
            }
            Body::Rank { rows, min, max } => {
                set("items", Some(self.rows(key, rows)));
                set("min", min.map(|min| json!(min)));
                set("max", max.map(|max| json!(max)));
            }
            Body::Repeat { fields, min, max } => {
                let fields = fields.iter().zip(&placed.fields);
                let fields = fields.map(|(field, placed)| self.question(&format!("{key}.{}", field.id), field, placed));
                set("fields", Some(Value::Array(fields.collect())));
                set("min", (*min > 0).then(|| json!(min)));
                set("max", Some(json!(max)));
            }
        }
    }

    fn choices(&mut self, key: &str, choices: &[Choice], placed: &Placed) -> Value {
        let mut written = Vec::with_capacity(choices.len());
        for (at, choice) in choices.iter().enumerate() {
            let laid_out = placed.options.get(at);
            let mut object = Map::new();
            object.insert("id".to_string(), json!(choice.id));
            let label = laid_out.and_then(|(_, label)| label.as_ref()).unwrap_or(&choice.label);
            let label = self.text(&format!("{key}.{}", choice.id), label);
            object.insert("label".to_string(), label);
            let flags = [("missing", choice.missing), ("exclusive", choice.exclusive), ("last", choice.last)];
            put(&mut object, "value", choice.number);
            for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
                object.insert(name.to_string(), json!(true));
            }
            put(&mut object, "other", choice.other);
            if let Some((shown, _)) = laid_out {
                show(&mut object, shown);
            }
            source(&mut object, &choice.id, &choice.value.words());
            written.push(Value::Object(object));
        }
        Value::Array(written)
    }

    fn rows(&mut self, key: &str, rows: &[Row]) -> Value {
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let mut object = Map::new();
            object.insert("id".to_string(), json!(row.id));
            let label = self.text(&format!("{key}.{}", row.id), &row.label);
            object.insert("label".to_string(), label);
            source(&mut object, &row.id, &row.value.words());
            written.push(Value::Object(object));
        }
        Value::Array(written)
    }
}

fn show(object: &mut Map<String, Value>, show: &Show) {
    match show {
        Show::Everyone => None,
        Show::If(rule) => object.insert("show_if".to_string(), json!(rule)),
        Show::Lost(rule) => object.insert("lost_rule".to_string(), json!(rule)),
    };
}

/// The name of the source, if it is not the id.
fn source(object: &mut Map<String, Value>, id: &str, name: &str) {
    if !name.trim().is_empty() && name != id {
        let name: String = name.chars().take(MAX_SOURCE).collect();
        object.insert("source".to_string(), json!(name));
    }
}

/// A number without a decimal point that says nothing.
#[expect(clippy::cast_possible_truncation, reason = "whole and within what is exact")]
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

fn kind(body: &Body) -> &'static str {
    match body {
        Body::Note => "note",
        Body::Single { .. } => "single",
        Body::Multi { .. } => "multi",
        Body::Words { .. } => "text",
        Body::Number { .. } => "number",
        Body::Date { .. } => "date",
        Body::Email => "email",
        Body::Rate { .. } => "rate",
        Body::Rank { .. } => "rank",
        Body::Repeat { .. } => "repeat",
    }
}
