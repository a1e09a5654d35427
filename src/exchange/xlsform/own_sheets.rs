//! Canvass's own sheets: what a survey says besides its questions.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::columns::{Record, Table};
use super::import::Import;
use super::own::{self, INTERVENTION};
use super::texts::{Piping, Shape};
use crate::exchange::json::put;

/// Keys of a survey that an XLSForm has as settings, with their columns.
pub(super) const SETTINGS: [(&str, &str); 4] =
    [("title", "form_title"), ("id", "form_id"), ("version", "version"), ("language", "default_language")];

/// Reads what stands on the sheets `canvass`, `interventions`, `population` and `checks`.
pub(super) fn survey(import: &mut Import, tables: &BTreeMap<String, Table>, definition: &mut Map<String, Json>) {
    if let Some(row) = tables.get("settings").and_then(|table| table.rows.first()) {
        for (key, column) in SETTINGS {
            let Some(text) = row.raw(column) else { continue };
            let number = text.trim().parse::<u64>().ok().filter(|_| key == "version");
            definition.insert(key.into(), number.map_or_else(|| json!(text), |number| json!(number)));
        }
    }
    if let Some(table) = tables.get("canvass") {
        settings(import, table, definition);
    }
    let rows = |name: &str| tables.get(name).map(|table| table.rows.clone()).unwrap_or_default();
    let interventions: Vec<Json> = rows("interventions").iter().filter_map(|row| intervention(import, row)).collect();
    if !interventions.is_empty() {
        definition.insert("interventions".into(), Json::Array(interventions));
    }
    let mut margins = Map::new();
    for row in rows("population") {
        let (Some(question), Some(option), Some(share)) = (row.get("question"), row.get("option"), row.get("share"))
        else {
            continue;
        };
        let shares = margins.entry(question.to_string()).or_insert_with(|| json!({}));
        if let Some(shares) = shares.as_object_mut() {
            shares.insert(option.to_string(), decoded(share));
        }
    }
    if !margins.is_empty() {
        let population = definition.entry("population".to_string()).or_insert_with(|| json!({}));
        if let Some(population) = population.as_object_mut() {
            population.insert("margins".into(), Json::Object(margins));
        }
    }
    for row in rows("checks") {
        let mut check = Map::new();
        for key in ["rule", "lost_rule"] {
            put(&mut check, key, row.raw(key).map(own::unhushed));
        }
        let key = format!("checks.{}", import.checks.len() + 1);
        put(&mut check, "message", text(import, &row, "message", &key));
        for key in ["level", "source"] {
            put(&mut check, key, row.raw(key));
        }
        own::more(&row, &mut check);
        import.checks.push(Json::Object(check));
    }
}

fn text(import: &mut Import, row: &Record, column: &str, key: &str) -> Option<String> {
    let piping = Piping { symbols: &import.symbols, order: usize::MAX, place: String::new(), target: None };
    import.texts.of(row, column, key, Shape::Block, &piping, &mut import.notes).map(|(text, _)| text)
}

fn intervention(import: &mut Import, row: &Record) -> Option<Json> {
    let id = row.get("id").or_else(|| row.get("name"))?.to_string();
    let mut json = Map::new();
    json.insert("id".into(), json!(id));
    put(&mut json, "label", text(import, row, "label", &format!("interventions.{id}")));
    own::columns(row, INTERVENTION, &mut json);
    own::more(row, &mut json);
    Some(Json::Object(json))
}

/// Reads the sheet `canvass`: a key a row, with dots in the keys of what stands in objects.
fn settings(import: &mut Import, table: &Table, definition: &mut Map<String, Json>) {
    let mut written: Vec<(String, String)> = Vec::new();
    for row in &table.rows {
        let Some(key) = row.get("key").map(str::to_string) else { continue };
        let value = text(import, row, "value", &key).unwrap_or_default();
        // A text too long for one cell goes on in the next row.
        match written.last_mut() {
            Some((last, known)) if *last == key => known.push_str(&value),
            _ => written.push((key, value)),
        }
    }
    for (key, value) in written {
        if key == "more" {
            if let Ok(Json::Object(more)) = serde_json::from_str(&value) {
                definition.extend(more);
            }
            continue;
        }
        if value.is_empty() {
            continue;
        }
        let mut object = &mut *definition;
        let mut steps = key.split('.').collect::<Vec<_>>();
        let Some(last) = steps.pop() else { continue };
        for step in steps {
            let inner = object.entry(step.to_string()).or_insert_with(|| json!({}));
            let Some(inner) = inner.as_object_mut() else { return };
            object = inner;
        }
        object.insert(last.to_string(), decoded(&value));
    }
}

/// A value written in a cell: anything that is JSON, or a text.
pub(super) fn decoded(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

/// A value as a cell says it.
pub(super) fn encoded(value: &Json) -> String {
    match value {
        Json::String(text) if decoded(text) == *value && !text.trim().is_empty() => text.clone(),
        other => other.to_string(),
    }
}

/// Reads the sheet `translations`: texts that have no column, and other fingerprints than those of today's sources.
pub(super) fn translations(table: &Table, translations: &mut BTreeMap<String, Map<String, Json>>) {
    for row in &table.rows {
        let (Some(language), Some(key)) = (row.get("language"), row.get("key")) else { continue };
        let texts = translations.entry(language.to_string()).or_default();
        let entry = texts.entry(key.to_string()).or_insert_with(|| json!({}));
        let Some(entry) = entry.as_object_mut() else { continue };
        if let Some(text) = row.raw("text") {
            entry.insert("text".into(), json!(text));
            entry.shift_remove("of");
        }
        match row.raw("of") {
            Some("-") => drop(entry.shift_remove("of")),
            Some(of) => drop(entry.insert("of".into(), json!(of))),
            None => {}
        }
        texts.retain(|_, entry| entry.get("text").is_some());
    }
}
