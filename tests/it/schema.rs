//! `report.json` and the schema that is published for it.

#![cfg(test)]

use std::path::PathBuf;

use canvass::analysis::report::Report;
use canvass::service::time::Moment;
use canvass::service::{Library, publish, report, simulate};
use serde_json::Value;

use crate::check::GALLERY;
use crate::db::Db;
use crate::misfits::misfits;

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
        assert_eq!(misfits(&schema, &report), Vec::<String>::new(), "{n}");
        assert_eq!(undescribed(&schema, &report), Vec::<String>::new());
        let mut broken = report.clone();
        broken["base"].as_object_mut().unwrap().remove("started");
        broken["base"]["completed"] = "many".into();
        let found = misfits(&schema, &broken);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
