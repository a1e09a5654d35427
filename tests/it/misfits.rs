//! A validator for the JSON Schemas that this house publishes: it knows the keywords they use, and fails at any other.

#![cfg(test)]

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;

/// What of a value does not fit a schema, and where.
pub(crate) fn misfits(schema: &Value, value: &Value) -> Vec<String> {
    misfits_within(schema, schema, value)
}

/// The same by a part of a schema, whose references lead into the whole of it.
pub(crate) fn misfits_within(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(schema, root, value, "", &mut found);
    found
}

fn compare(schema: &Value, root: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        assert!(schema.is_boolean(), "{schema} is no schema");
        if schema == false {
            found.push(format!("{at} may not be there"));
        }
        return;
    };
    let fits = |schema: &Value| {
        let mut faults = Vec::new();
        compare(schema, root, value, at, &mut faults);
        faults.is_empty()
    };
    let count = |rule: &Value| rule.as_array().unwrap().iter().filter(|schema| fits(schema)).count();
    let number = value.as_f64();
    let keys = value.as_object();
    for (keyword, rule) in keywords {
        let bound = || rule.as_f64().unwrap();
        let is_wrong = match keyword.as_str() {
            "$ref" => {
                compare(target(root, rule), root, value, at, found);
                false
            }
            "allOf" => {
                rule.as_array().unwrap().iter().for_each(|schema| compare(schema, root, value, at, found));
                false
            }
            "anyOf" => count(rule) == 0,
            "oneOf" => count(rule) != 1,
            "if" => {
                if let (true, Some(then)) = (fits(rule), keywords.get("then")) {
                    compare(then, root, value, at, found);
                }
                false
            }
            "const" => value != rule,
            "enum" => !rule.as_array().unwrap().contains(value),
            "type" => !rule
                .as_array()
                .map_or_else(|| is_of_type(value, rule), |names| names.iter().any(|name| is_of_type(value, name))),
            "required" => {
                rule.as_array().unwrap().iter().any(|key| keys.is_some_and(|keys| !keys.contains_key(text(key))))
            }
            "dependentRequired" => rule.as_object().unwrap().iter().any(|(key, others)| {
                keys.is_some_and(|keys| {
                    keys.contains_key(key) && others.as_array().unwrap().iter().any(|key| !keys.contains_key(text(key)))
                })
            }),
            "properties" => {
                for (key, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        compare(rule, root, value, &format!("{at}/{key}"), found);
                    }
                }
                false
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                for (key, value) in keys.into_iter().flatten() {
                    if known.is_none_or(|known| !known.contains_key(key)) {
                        compare(rule, root, value, &format!("{at}/{key}"), found);
                    }
                }
                false
            }
            "propertyNames" => {
                for key in keys.into_iter().flat_map(|keys| keys.keys()) {
                    compare(rule, root, &Value::from(key.as_str()), &format!("{at}/{key}"), found);
                }
                false
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    compare(rule, root, value, &format!("{at}/{index}"), found);
                }
                false
            }
            "minItems" => value.as_array().is_some_and(|items| (items.len() as f64) < bound()),
            "maxItems" => value.as_array().is_some_and(|items| items.len() as f64 > bound()),
            "minimum" => number.is_some_and(|number| number < bound()),
            "maximum" => number.is_some_and(|number| number > bound()),
            "exclusiveMinimum" => number.is_some_and(|number| number <= bound()),
            "exclusiveMaximum" => number.is_some_and(|number| number >= bound()),
            "maxLength" => value.as_str().is_some_and(|text| text.chars().count() as f64 > bound()),
            "pattern" => value.as_str().is_some_and(|value| !is_in(text(rule), value)),
            "then" | "$schema" | "$defs" | "title" | "description" | "format" | "default" | "examples" => false,
            other => panic!("{at}: the keyword {other} is not known here"),
        };
        if is_wrong {
            found.push(format!("{at} does not fit {keyword} {rule}"));
        }
    }
}

/// True if a pattern is found in a text. Patterns are few and are compiled once.
fn is_in(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        compiled.entry(pattern.to_string()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    })
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn target<'s>(root: &'s Value, reference: &Value) -> &'s Value {
    let pointer = text(reference).strip_prefix('#').expect("a place in the schema itself");
    root.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"))
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match text(name) {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        other => panic!("type {other}"),
    }
}

/// Asserts that a schema is one, as far as the meta-schema of 2020-12 says of the keywords that are known here: each
/// has a value of its kind, every reference leads to a schema and every pattern can be read.
pub(crate) fn expect_valid_schema(root: &Value, schema: &Value) {
    let Some(keywords) = schema.as_object() else {
        assert!(schema.is_boolean(), "{schema} is no schema");
        return;
    };
    for (keyword, rule) in keywords {
        let is_right = match keyword.as_str() {
            "allOf" | "anyOf" | "oneOf" => {
                let schemas = rule.as_array().expect(keyword);
                for schema in schemas {
                    expect_valid_schema(root, schema);
                }
                !schemas.is_empty()
            }
            "if" | "then" | "additionalProperties" | "propertyNames" | "items" => {
                expect_valid_schema(root, rule);
                true
            }
            "properties" | "$defs" => {
                rule.as_object().expect(keyword).values().for_each(|schema| expect_valid_schema(root, schema));
                true
            }
            "$ref" => target(root, rule).is_object(),
            "required" => is_set_of_texts(rule),
            "dependentRequired" => rule.as_object().expect(keyword).values().all(is_set_of_texts),
            "minItems" | "maxItems" | "maxLength" => rule.is_u64(),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => rule.is_number(),
            "pattern" => Regex::new(text(rule)).is_ok(),
            "type" => {
                let names = rule.as_array().map_or(vec![rule], |names| names.iter().collect());
                names.iter().all(|name| {
                    let known = ["object", "array", "string", "boolean", "null", "integer", "number"];
                    name.as_str().is_some_and(|name| known.contains(&name))
                })
            }
            "$schema" => rule == "https://json-schema.org/draft/2020-12/schema",
            "title" | "description" | "format" => rule.is_string(),
            "examples" => rule.is_array(),
            "const" | "default" => true,
            other => panic!("the keyword {other} is not known here"),
        };
        assert!(is_right, "{keyword} {rule}");
    }
}

fn is_set_of_texts(value: &Value) -> bool {
    let Some(texts) = value.as_array() else { return false };
    texts.iter().enumerate().all(|(index, text)| text.is_string() && !texts[..index].contains(text))
}
