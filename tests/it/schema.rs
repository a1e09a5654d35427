//! `report.json` and the schema that is published for it.

#![cfg(test)]

use std::path::PathBuf;

use canvass::analysis::report::Report;
use canvass::service::time::Moment;
use canvass::service::{Library, publish, report, simulate};
use serde_json::Value;

use crate::check::GALLERY;
use crate::db::Db;

/// `CANVASS_BLESS=1 cargo test published_schema` rewrites the file.
#[test]
fn the_published_schema_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let schema = format!("{:#}\n", schemars::schema_for!(Report).as_value());
    if std::env::var_os("CANVASS_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/report.schema.json is out of date: run CANVASS_BLESS=1 cargo test published_schema"
    );
}

/// What of a value does not fit a schema: the keywords that schemars writes, and a failure for any other.
fn misfits(schema: &Value, root: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else { return };
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                misfits(root.pointer(pointer).expect(pointer), root, value, at, found);
            }
            "anyOf" => {
                let fits = |schema: &Value| {
                    let mut faults = Vec::new();
                    misfits(schema, root, value, at, &mut faults);
                    faults.is_empty()
                };
                if !rule.as_array().unwrap().iter().any(fits) {
                    found.push(format!("{at} fits none of anyOf"));
                }
            }
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "number" => value.is_number(),
                    other => panic!("type {other}"),
                };
                if !rule.as_array().map_or_else(|| is(rule), |names| names.iter().any(is)) {
                    found.push(format!("{at} is not {rule}"));
                }
            }
            "required" => {
                let missing = rule.as_array().unwrap().iter().filter(|key| value.get(key.as_str().unwrap()).is_none());
                found.extend(missing.map(|key| format!("{at} has no {key}")));
            }
            "properties" => {
                for (key, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        misfits(rule, root, value, &format!("{at}.{key}"), found);
                    }
                }
            }
            "additionalProperties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if schema.get("properties").and_then(|known| known.get(key)).is_none() {
                        misfits(rule, root, value, &format!("{at}.{key}"), found);
                    }
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    misfits(rule, root, value, &format!("{at}[{index}]"), found);
                }
            }
            "minItems" | "maxItems" => {
                let length = value.as_array().map_or(0, Vec::len) as u64;
                let bound = rule.as_u64().unwrap();
                if value.is_array() && (if keyword == "minItems" { length < bound } else { length > bound }) {
                    found.push(format!("{at} has {length} entries"));
                }
            }
            "minimum" => {
                if value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) {
                    found.push(format!("{at} is below {rule}"));
                }
            }
            "$schema" | "$defs" | "title" | "description" | "format" | "default" => {}
            other => panic!("{at}: the keyword {other} is not known here"),
        }
    }
}

/// The keys of a value that its schema does not describe.
fn undescribed(schema: &Value, value: &Value) -> Vec<String> {
    let known = schema["properties"].as_object().unwrap();
    value.as_object().unwrap().keys().filter(|key| !known.contains_key(*key)).cloned().collect()
}

#[test]
fn a_report_is_as_the_schema_says() {
    let schema = schemars::schema_for!(Report).to_value();
    let db = Db::sqlite();
    let library = Library::new(db.store());
    let now = Moment(1_795_000_000);
    publish::publish(&library, "gallery", GALLERY, now).unwrap();
    for n in [0, 3, 40] {
        simulate::simulate(&library, "item-gallery", n, n, now, &|_, _| {}).unwrap();
        let report = serde_json::to_value(report::build(&library, "item-gallery", 7, &|_, _| {}).unwrap()).unwrap();
        let mut found = Vec::new();
        misfits(&schema, &schema, &report, "report", &mut found);
        assert_eq!(found, Vec::<String>::new(), "{n}");
        assert_eq!(undescribed(&schema, &report), Vec::<String>::new());
        let mut broken = report.clone();
        broken["base"].as_object_mut().unwrap().remove("started");
        broken["base"]["completed"] = "many".into();
        misfits(&schema, &schema, &broken, "report", &mut found);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
