//! The format as a JSON Schema (2020-12), made from the tables of keys: by it an editor completes and explains.
//!
//! It refuses unknown keys, values of the wrong kind, unknown words and numbers out of range as the checker does, and
//! accepts what the checker accepts. What shows only in several places at once, such as an id that stands twice, a name
//! of nothing or a wrong rule, the checker alone knows.

use serde_json::{Map, Value, json};

use super::SURVEY;
use crate::document::keys::{Bounds, Key, Need, Object, Shape, Type};

/// Most characters of a rule, which the language of rules sets.
const RULE_CHARS: u32 = 2_000;

/// The schema of a definition.
pub fn json_schema() -> Value {
    let objects = SURVEY.with_inner();
    let mut defs = Map::new();
    for object in objects.iter().skip(1) {
        defs.insert(def(object.name), described(object).into());
    }
    for kind in objects.iter().flat_map(|object| object.types()).filter(|kind| !kind.keys.is_empty()) {
        let mut schema = entitled(kind.name, kind.about);
        schema.extend(object_with(kind.keys.iter()));
        defs.insert(def_of(kind), schema.into());
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_string(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.extend(described(&SURVEY));
    schema.insert("$defs".to_string(), defs.into());
    schema.into()
}

fn entitled(title: &str, description: &str) -> Map<String, Value> {
    Map::from_iter([("title".to_string(), title.into()), ("description".to_string(), sentence(description))])
}

fn def(name: &str) -> String {
    name.replace(' ', "_")
}

fn def_of(kind: &Type) -> String {
    format!("{}_question", kind.name)
}

fn described(object: &'static Object) -> Map<String, Value> {
    let mut schema = entitled(object.name, object.about);
    schema.extend(object_with(object.keys()));
    if object.types.is_some() {
        let names = object.types().map(|kind| one_of(kind.name, kind.about)).collect();
        if let Some(Value::Object(of_type)) = schema.get_mut("properties").and_then(|keys| keys.get_mut("type")) {
            of_type.insert("oneOf".to_string(), names);
        }
        schema.insert("allOf".to_string(), object.types().map(|kind| of_type(object, kind)).collect());
    } else {
        schema.insert("additionalProperties".to_string(), false.into());
    }
    schema
}

/// What an object of one type has besides, and that it has no other keys.
fn of_type(object: &'static Object, kind: &'static Type) -> Value {
    let lists = |key: &Key| key.shape.object().is_some_and(|inner| matches!(inner.name, "option" | "row"));
    let has_order = kind.keys.iter().any(lists);
    let keys = object.keys().filter(|key| has_order || !matches!(key.name, "order" | "order_group"));
    let known: Map<String, Value> = keys.chain(kind.keys).map(|key| (key.name.to_string(), true.into())).collect();
    let mut then = Map::new();
    if !kind.keys.is_empty() {
        then.insert("allOf".to_string(), json!([{ "$ref": format!("#/$defs/{}", def_of(kind)) }]));
    }
    then.insert("properties".to_string(), known.into());
    then.insert("additionalProperties".to_string(), false.into());
    json!({
        "if": { "properties": { "type": { "const": kind.name } }, "required": ["type"] },
        "then": then,
    })
}

fn object_with(keys: impl Iterator<Item = &'static Key>) -> Map<String, Value> {
    let (mut properties, mut required, mut either, mut together) = (Map::new(), Vec::new(), Vec::new(), Map::new());
    for key in keys {
        properties.insert(key.name.to_string(), property(key));
        match key.need {
            Need::No => {}
            Need::Yes => required.push(key.name),
            Need::Unless(other) => either.extend([json!({ "required": [key.name] }), json!({ "required": [other] })]),
            Need::With(other) => {
                together.insert(other.to_string(), json!([key.name]));
            }
        }
    }
    let mut schema = Map::new();
    schema.insert("type".to_string(), "object".into());
    schema.insert("properties".to_string(), properties.into());
    schema.insert("required".to_string(), required.into());
    if !either.is_empty() {
        schema.insert("anyOf".to_string(), either.into());
    }
    if !together.is_empty() {
        schema.insert("dependentRequired".to_string(), together.into());
    }
    schema
}

fn property(key: &Key) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_string(), sentence(key.about));
    schema.extend(shape(&key.shape, key.need == Need::Yes));
    if let Some(default) = key.default {
        let as_text = || Value::from(default);
        let is_text = matches!(key.shape, Shape::Text | Shape::Words(_));
        let value = if is_text { as_text() } else { serde_json::from_str(default).unwrap_or_else(|_| as_text()) };
        schema.insert("default".to_string(), value);
    }
    if !key.examples.is_empty() {
        schema.insert("examples".to_string(), key.examples.into());
    }
    schema.into()
}

/// What may stand under a key; `filled` if a text or a list there must not be empty.
fn shape(shape: &Shape, filled: bool) -> Map<String, Value> {
    let schema = match shape {
        Shape::Text if filled => json!({ "type": "string", "pattern": "\\S" }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count(from, to) if from == to => json!({ "const": from }),
        Shape::Count(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Shape::Whole => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
        Shape::Number(Bounds::Any) => json!({ "type": "number" }),
        Shape::Number(Bounds::AboveZero) => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Shape::Number(Bounds::AboveOne) => json!({ "type": "number", "exclusiveMinimum": 1 }),
        Shape::Number(Bounds::Share) => json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }),
        Shape::Number(Bounds::Part) => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Shape::Words(words) => {
            json!({ "oneOf": words().iter().map(|word| one_of(word.name, word.about)).collect::<Value>() })
        }
        // The object says which.
        Shape::Type => json!({}),
        Shape::Id(id) | Shape::Named(id) => json!({ "type": "string", "pattern": id.pattern() }),
        Shape::Rule | Shape::Expression => json!({ "type": "string", "pattern": "\\S", "maxLength": RULE_CHARS }),
        Shape::Day => json!({ "type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$" }),
        Shape::Time => json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?$" }),
        Shape::List(of) if filled => json!({ "type": "array", "items": self::shape(of, filled), "minItems": 1 }),
        Shape::List(of) => json!({ "type": "array", "items": self::shape(of, false) }),
        Shape::Map(names, of) => json!({
            "type": "object",
            "propertyNames": self::shape(names, false),
            "additionalProperties": self::shape(of, true),
        }),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| self::shape(shape, filled)).collect::<Vec<_>>() })
        }
        Shape::Object(object) => json!({ "$ref": format!("#/$defs/{}", def(object.name)) }),
    };
    schema.as_object().cloned().unwrap_or_default()
}

fn one_of(word: &str, about: &str) -> Value {
    json!({ "const": word, "description": sentence(about) })
}

/// With a full stop, which the tables leave out.
fn sentence(about: &str) -> Value {
    format!("{}.", about.trim_end_matches('.')).into()
}
