//! Extensions: what FHIR and its guide for forms add to the elements, and what only this program understands.

use serde_json::{Map, Number, Value, json};

use super::json::{choice, list, parse_inside, text};

/// Before the name of an extension of FHIR itself.
const FHIR: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Before the name of an extension of Structured Data Capture.
const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
/// Before a key of the definition that FHIR has no place for.
const KEY: &str = "urn:canvass:key:";
/// The same for a key whose value is an object or a list, written as JSON.
const JSON: &str = "urn:canvass:json:";

/// Extensions that only say how something looks, or help a program that this one is not.
const LOOKS: [&str; 20] = [
    "choiceOrientation",
    "collapsible",
    "columnCount",
    "displayCategory",
    "itemMedia",
    "itemAnswerMedia",
    "optionalDisplay",
    "preferredTerminologyServer",
    "rendering-style",
    "rendering-styleSensitive",
    "rendering-xhtml",
    "shortText",
    "showOrdinalValue",
    "supportLink",
    "supportHyperlink",
    "usageMode",
    "width",
    "xhtml",
    "keyboard",
    "fhirType",
];

/// The name of an extension of FHIR or its guide for forms, without what is alike for all: `itemControl`.
pub(super) fn name(url: &str) -> Option<&str> {
    let last = url.strip_prefix("http://hl7.org/fhir/")?.rsplit('/').next()?;
    let last = last.strip_prefix("sdc-").unwrap_or(last);
    Some(last.strip_prefix("questionnaire-").unwrap_or(last))
}

/// The extensions of an element with their names.
pub(super) fn named(element: &Value) -> impl Iterator<Item = (&str, &Value)> {
    list(element, "extension").iter().filter_map(|one| Some((name(text(one, "url")?)?, one)))
}

/// The extensions of this name.
pub(super) fn list_named<'a>(element: &'a Value, wanted: &str) -> impl Iterator<Item = &'a Value> {
    named(element).filter(move |(name, _)| *name == wanted).map(|(_, one)| one)
}

/// The value of the first extension of this name.
pub(super) fn value<'a>(element: &'a Value, wanted: &str) -> Option<&'a Value> {
    named(element).find(|(name, _)| *name == wanted).and_then(|(_, one)| Some(choice(one, "value")?.1))
}

/// True if an extension of this name says so.
pub(super) fn is_set(element: &Value, wanted: &str) -> bool {
    value(element, wanted).and_then(Value::as_bool).unwrap_or(false)
}

/// The whole number from 0 that the extension of this name holds.
pub(super) fn count(element: &Value, wanted: &str) -> Option<u64> {
    value(element, wanted).and_then(Value::as_u64)
}

/// The codes of the control that an item asks to be shown as: `drop-down`.
pub(super) fn controls(item: &Value) -> impl Iterator<Item = &str> {
    named(item)
        .filter(|(name, _)| *name == "itemControl")
        .filter_map(|(_, one)| one.get("valueCodeableConcept"))
        .flat_map(|concept| list(concept, "coding"))
        .filter_map(|coding| text(coding, "code"))
}

/// True if the item asks to be shown as one of these.
pub(super) fn has_control(item: &Value, wanted: &[&str]) -> bool {
    controls(item).any(|code| wanted.contains(&code))
}

/// What an expression in an extension says.
pub(super) fn expression(one: &Value) -> &str {
    let inside = one.get("valueExpression");
    let found = inside.and_then(|inside| text(inside, "expression").or_else(|| text(inside, "reference")));
    found.or_else(|| text(one, "valueString")).unwrap_or("an expression")
}

/// How the report calls an extension, and whether it is known at all.
pub(super) fn describe(url: &str) -> (&str, bool) {
    match name(url) {
        Some(name) => (name, true),
        None => (url, url.starts_with("urn:canvass:")),
    }
}

/// True if an extension only says how something looks.
pub(super) fn is_looks(name: &str) -> bool {
    LOOKS.contains(&name)
}

/// An extension of FHIR itself, its value under `kind`, such as `valueBoolean`.
pub(super) fn standard(name: &str, kind: &str, value: impl Into<Value>) -> Value {
    made(format!("{FHIR}{name}"), kind, value.into())
}

/// An extension of Structured Data Capture.
pub(super) fn sdc(name: &str, kind: &str, value: impl Into<Value>) -> Value {
    made(format!("{SDC}{name}"), kind, value.into())
}

/// An extension that holds extensions.
pub(super) fn nested(url: &str, parts: &[Value]) -> Value {
    json!({"url": format!("{FHIR}{url}"), "extension": parts})
}

/// The same of Structured Data Capture.
pub(super) fn sdc_nested(url: &str, parts: &[Value]) -> Value {
    json!({"url": format!("{SDC}{url}"), "extension": parts})
}

/// Part of an extension that holds extensions.
pub(super) fn part(name: &str, kind: &str, value: impl Into<Value>) -> Value {
    made(name.to_string(), kind, value.into())
}

/// How an item is to be shown.
pub(super) fn control(code: &str) -> Value {
    let coding = json!({"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}]});
    standard("questionnaire-itemControl", "valueCodeableConcept", coding)
}

fn made(url: String, kind: &str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert("url".into(), url.into());
    map.insert(kind.into(), value);
    Value::Object(map)
}

/// A key of the definition that FHIR has no place for, with its value.
pub(super) fn ours(key: &str, value: &Value) -> Value {
    match value {
        Value::Bool(yes) => made(format!("{KEY}{key}"), "valueBoolean", (*yes).into()),
        Value::Number(number) => match number.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
            Some(whole) => made(format!("{KEY}{key}"), "valueInteger", whole.into()),
            None => made(format!("{KEY}{key}"), "valueDecimal", value.clone()),
        },
        Value::String(written) if !written.trim().is_empty() => {
            made(format!("{KEY}{key}"), "valueString", written.as_str().into())
        }
        other => made(format!("{JSON}{key}"), "valueString", other.to_string().into()),
    }
}

/// What an element keeps of a key of the definition: a text, a number, true or false.
pub(super) fn kept<'a>(element: &'a Value, key: &str) -> Option<&'a Value> {
    let found = list(element, "extension")
        .iter()
        .find(|one| text(one, "url").and_then(|url| url.strip_prefix(KEY)) == Some(key))?;
    Some(choice(found, "value")?.1)
}

/// The text that an element keeps of a key.
pub(super) fn kept_text<'a>(element: &'a Value, key: &str) -> Option<&'a str> {
    kept(element, key)?.as_str().filter(|kept| !kept.trim().is_empty())
}

/// True if an element keeps `true` for a key.
pub(super) fn kept_flag(element: &Value, key: &str) -> bool {
    kept(element, key).and_then(Value::as_bool).unwrap_or(false)
}

/// The whole number from 0 that an element keeps of a key.
pub(super) fn kept_count(element: &Value, key: &str) -> Option<u64> {
    kept(element, key).and_then(Value::as_u64)
}

/// The number that an element keeps of a key.
pub(super) fn kept_number<'a>(element: &'a Value, key: &str) -> Option<&'a Number> {
    if let Some(Value::Number(number)) = kept(element, key) { Some(number) } else { None }
}

/// The object or list that an element keeps of a key; what all of them weigh together is bounded by `left`.
pub(super) fn kept_json(element: &Value, key: &str, left: &mut usize) -> Option<Value> {
    let found = list(element, "extension")
        .iter()
        .find(|one| text(one, "url").and_then(|url| url.strip_prefix(JSON)) == Some(key))?;
    parse_inside(text(found, "valueString")?, left)
}
