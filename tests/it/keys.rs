//! The tables of keys: the schema that is made from them refuses what the checker refuses, and `docs/format.md` says
//! of each key what its table says.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use canvass::definition::json_schema::json_schema;
use canvass::definition::{SURVEY, parse};
use canvass::document::Severity;
use canvass::document::keys::{Bounds, Key, Need, Object, Shape, Type};
use serde_json::{Value, json};

use crate::misfits::{expect_valid_schema, misfits, misfits_within};

/// A definition without a mistake, in which every key of every table stands.
const EVERY_KEY: &str = include_str!("keys/every-key.json");
const FORMAT: &str = include_str!("../../docs/format.md");
const README: &str = include_str!("../../README.md");

/// Codes of what a table refuses, whatever else stands in the definition.
const OF_TABLES: [&str; 8] = ["E102", "E103", "E104", "E105", "E107", "E306", "E311", "E411"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `CANVASS_BLESS=1 cargo test schema_of_the_format` rewrites the file.
#[test]
fn the_schema_of_the_format_is_current() {
    let path = root().join("surveys/schema.json");
    let schema = format!("{:#}\n", json_schema());
    if std::env::var_os("CANVASS_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == schema,
        "surveys/schema.json is out of date: run CANVASS_BLESS=1 cargo test schema_of_the_format"
    );
}

#[test]
fn the_schema_is_a_schema() {
    let schema = json_schema();
    expect_valid_schema(&schema, &schema);
}

#[test]
fn every_survey_that_comes_with_the_program_names_the_schema_and_fits_it() {
    let schema = json_schema();
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("surveys")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("schema.json") {
            continue;
        }
        let survey: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(survey["$schema"], "./schema.json", "{}", path.display());
        assert_eq!(misfits(&schema, &survey), Vec::<String>::new(), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 3, "{seen} surveys");
}

/// The JSON examples of a page.
fn examples(markdown: &str) -> Vec<Value> {
    let blocks = markdown.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"))).collect()
}

#[test]
fn every_example_of_the_documentation_fits_the_schema() {
    let schema = json_schema();
    let mut seen = BTreeSet::new();
    for example in examples(FORMAT).into_iter().chain(examples(README)) {
        let keys = example.as_object().unwrap();
        let found = if keys.contains_key("format") {
            seen.insert("survey");
            misfits(&schema, &example)
        } else if keys.contains_key("type") {
            seen.insert("question");
            misfits_within(&schema, &schema["$defs"]["question"], &example)
        } else if keys.contains_key("id") {
            seen.insert("page");
            misfits_within(&schema, &schema["$defs"]["page"], &example)
        } else {
            seen.insert("part of a survey");
            let mut whole: Value = serde_json::from_str(EVERY_KEY).unwrap();
            whole.as_object_mut().unwrap().extend(keys.clone());
            misfits(&schema, &whole)
        };
        assert_eq!(found, Vec::<String>::new(), "{example:#}");
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

/// An object somewhere in a definition, with its table.
struct Spot {
    pointer: String,
    object: &'static Object,
    kind: Option<&'static Type>,
}

impl Spot {
    fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.object.keys().chain(self.kind.map_or(&[][..], |kind| kind.keys))
    }

    /// The object or type whose table a key stands in.
    fn owner(&self, key: &Key) -> &'static str {
        let own = self.kind.filter(|kind| kind.keys.iter().any(|own| own.name == key.name));
        own.map_or(self.object.name, |kind| kind.name)
    }

    fn of<'d>(&self, document: &'d mut Value) -> &'d mut serde_json::Map<String, Value> {
        document.pointer_mut(&self.pointer).unwrap().as_object_mut().unwrap()
    }
}

/// Every object of a definition, found by the tables.
fn spots(value: &Value, object: &'static Object, pointer: &str, found: &mut Vec<Spot>) {
    let kind = value.get("type").and_then(|name| object.types().find(|kind| name == kind.name));
    let spot = Spot { pointer: pointer.to_string(), object, kind };
    for key in spot.keys() {
        if let Some(value) = value.get(key.name) {
            spots_within(value, &key.shape, &format!("{pointer}/{}", key.name), found);
        }
    }
    found.push(spot);
}

fn spots_within(value: &Value, shape: &'static Shape, pointer: &str, found: &mut Vec<Spot>) {
    match (shape, value) {
        (Shape::Object(object), Value::Object(_)) => spots(value, object, pointer, found),
        (Shape::List(of), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                spots_within(value, of, &format!("{pointer}/{index}"), found);
            }
        }
        (Shape::Map(_, of), Value::Object(values)) => {
            for (key, value) in values {
                spots_within(value, of, &format!("{pointer}/{key}"), found);
            }
        }
        (Shape::Either(shapes), _) => shapes.iter().for_each(|shape| spots_within(value, shape, pointer, found)),
        _ => {}
    }
}

/// The complete definition, and where its objects are.
fn complete() -> (Value, Vec<Spot>) {
    let document: Value = serde_json::from_str(EVERY_KEY).unwrap();
    let mut found = Vec::new();
    spots(&document, &SURVEY, "", &mut found);
    (document, found)
}

/// The first place at which each key of each table is written.
fn written_keys(document: &Value, spots: &[Spot]) -> BTreeMap<(&'static str, &'static str), (usize, &'static Key)> {
    let mut found = BTreeMap::new();
    for (index, spot) in spots.iter().enumerate() {
        for key in spot.keys().filter(|key| document.pointer(&spot.pointer).unwrap().get(key.name).is_some()) {
            found.entry((spot.owner(key), key.name)).or_insert((index, key));
        }
    }
    found
}

/// What the checker and the schema say of a definition: the codes of its errors, and what does not fit.
struct Verdicts {
    errors: Vec<&'static str>,
    misfits: Vec<String>,
}

impl Verdicts {
    /// Both judge; whenever the schema refuses so does the checker, and the other way round for what tables refuse.
    fn of(document: &Value, schema: &Value, about: &str) -> Self {
        let findings = parse(&document.to_string()).findings;
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<&str> = errors.map(|finding| finding.code).collect();
        let misfits = misfits(schema, document);
        assert!(misfits.is_empty() || !errors.is_empty(), "{about}: only the schema refuses: {misfits:?}");
        let of_tables = errors.iter().any(|code| OF_TABLES.contains(code));
        assert!(!of_tables || !misfits.is_empty(), "{about}: only the checker refuses: {findings:#?}");
        Self { errors, misfits }
    }

    fn expect_refused(&self, about: &str) {
        assert!(!self.errors.is_empty() && !self.misfits.is_empty(), "{about}: {:?} {:?}", self.errors, self.misfits);
    }
}

#[test]
fn the_complete_definition_has_every_key_and_no_mistake() {
    let (document, spots) = complete();
    let verdicts = Verdicts::of(&document, &json_schema(), "every-key.json");
    assert!(verdicts.errors.is_empty() && verdicts.misfits.is_empty(), "{:?}", verdicts.errors);
    let written: BTreeSet<_> = written_keys(&document, &spots).into_keys().collect();
    let mut tables = BTreeSet::new();
    for object in SURVEY.with_inner() {
        tables.extend(object.keys().map(|key| (object.name, key.name)));
        tables.extend(object.types().flat_map(|kind| kind.keys.iter().map(|key| (kind.name, key.name))));
    }
    assert_eq!(written, tables);
}

#[test]
fn a_key_that_is_missing_or_misspelt_is_refused_by_checker_and_schema() {
    let (document, spots) = complete();
    let schema = json_schema();
    for ((owner, name), (spot, key)) in written_keys(&document, &spots) {
        let mut without = document.clone();
        let value = spots[spot].of(&mut without).shift_remove(name).unwrap();
        let about = format!("{owner} without {name}");
        let verdicts = Verdicts::of(&without, &schema, &about);
        let stands_in = spots[spot].keys().any(|other| other.need == Need::Unless(name));
        match key.need {
            Need::No if !stands_in => assert!(!verdicts.errors.contains(&"E104"), "{about}: {:?}", verdicts.errors),
            Need::With(_) => assert_eq!((verdicts.errors, verdicts.misfits.len()), (vec!["E307"], 1), "{about}"),
            _ => verdicts.expect_refused(&about),
        }
        let misspelt = format!("{name}{}", name.chars().last().unwrap());
        spots[spot].of(&mut without).insert(misspelt, value);
        let about = format!("{owner} with {name} misspelt");
        Verdicts::of(&without, &schema, &about).expect_refused(&about);
    }
}

#[test]
fn a_key_of_another_object_or_type_is_refused_by_checker_and_schema() {
    let (document, spots) = complete();
    let schema = json_schema();
    let mut seen = BTreeSet::new();
    for spot in &spots {
        if !seen.insert((spot.object.name, spot.kind.map(|kind| kind.name))) {
            continue;
        }
        let others = spot.object.types().flat_map(|kind| kind.keys).map(|key| key.name);
        for name in others.chain(["nonsense", "end", "rule"]) {
            if spot.keys().all(|key| key.name != name) {
                let mut with = document.clone();
                spot.of(&mut with).insert(name.to_string(), 1.into());
                let about = format!("{} with {name}", spot.pointer);
                let verdicts = Verdicts::of(&with, &schema, &about);
                verdicts.expect_refused(&about);
                assert!(verdicts.errors.contains(&"E102"), "{about}: {:?}", verdicts.errors);
            }
        }
    }
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn a_value_of_any_kind_is_judged_alike_by_checker_and_schema() {
    let (document, spots) = complete();
    let schema = json_schema();
    let values = json!([null, true, 7, -1, 0.5, "Zz z", "", " ", "zzz", "2026-02-01", [], {}, [7], ["Z z"], {"Z z": 7}, {"z": {}}]);
    let mut refused = 0;
    for ((owner, name), (spot, key)) in written_keys(&document, &spots) {
        for value in values.as_array().unwrap() {
            let mut changed = document.clone();
            spots[spot].of(&mut changed).insert(name.to_string(), value.clone());
            let about = format!("{owner} with {name} {value}");
            let verdicts = Verdicts::of(&changed, &schema, &about);
            refused += usize::from(!verdicts.misfits.is_empty());
            if value.is_null() {
                verdicts.expect_refused(&about);
                assert!(verdicts.errors.contains(&"E103") || key.need == Need::Yes, "{about}: {:?}", verdicts.errors);
            }
        }
    }
    assert!(refused > 500, "only {refused} were refused");
}

#[test]
fn the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_refused_by_checker_and_schema() {
    let (document, spots) = complete();
    let schema = json_schema();
    let mut ranges = 0;
    for ((owner, name), (spot, key)) in written_keys(&document, &spots) {
        let (allowed, refused): (Vec<Value>, Vec<Value>) = match key.shape {
            Shape::Count(from, to) => {
                (vec![from.into(), to.into()], vec![(i64::from(from) - 1).into(), (i64::from(to) + 1).into()])
            }
            Shape::Whole => (vec![i32::MIN.into(), i32::MAX.into()], vec![(1_i64 << 31).into(), 0.5.into()]),
            Shape::Number(Bounds::AboveZero) => (vec![0.001.into()], vec![0.into(), (-1).into()]),
            Shape::Number(Bounds::AboveOne) => (vec![1.001.into()], vec![1.into(), 0.5.into()]),
            Shape::Number(Bounds::Share) => (vec![0.into(), 0.999.into()], vec![1.into(), (-0.1).into()]),
            Shape::Rule => (vec![], vec![format!("agreed{}", " ".repeat(1_995)).into()]),
            _ => continue,
        };
        ranges += 1;
        for (values, is_allowed) in [(allowed, true), (refused, false)] {
            for value in values {
                let mut changed = document.clone();
                spots[spot].of(&mut changed).insert(name.to_string(), value.clone());
                let about = format!("{owner} with {name} {value}");
                let verdicts = Verdicts::of(&changed, &schema, &about);
                if is_allowed {
                    assert_eq!(verdicts.misfits, Vec::<String>::new(), "{about}");
                } else {
                    verdicts.expect_refused(&about);
                }
            }
        }
    }
    assert!(ranges > 30, "only {ranges}");
}

/// The words that may stand under a key.
fn words(shape: &Shape) -> Vec<&'static str> {
    match shape {
        Shape::Words(words) => words().iter().map(|word| word.name).collect(),
        Shape::Either(shapes) => shapes.iter().flat_map(words).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_word_of_a_table_is_allowed_and_no_other_by_checker_and_schema() {
    let (document, spots) = complete();
    let schema = json_schema();
    for ((owner, name), (spot, key)) in written_keys(&document, &spots) {
        let known = words(&key.shape);
        let other = known.first().map(|word| format!("{word}x"));
        for word in known.iter().map(|word| (*word).to_string()).chain(other) {
            let mut changed = document.clone();
            spots[spot].of(&mut changed).insert(name.to_string(), word.as_str().into());
            let about = format!("{owner} with {name} {word}");
            let verdicts = Verdicts::of(&changed, &schema, &about);
            if known.contains(&word.as_str()) {
                assert_eq!(verdicts.misfits, Vec::<String>::new(), "{about}");
                assert!(!verdicts.errors.contains(&key.code), "{about}");
            } else {
                verdicts.expect_refused(&about);
                assert!(verdicts.errors.contains(&key.code), "{about}: {:?}", verdicts.errors);
            }
        }
    }
}

/// A row of a table of keys in the documentation.
struct Row {
    key: String,
    shape: String,
    default: Option<String>,
}

/// The tables of keys in the documentation, by the heading they stand under.
fn documented() -> BTreeMap<String, Vec<Row>> {
    let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let (mut heading, mut columns) = (String::new(), Vec::new());
    for line in FORMAT.lines() {
        if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            heading = title.trim_matches('`').to_string();
        }
        if line.starts_with("|---") {
            continue;
        }
        let Some(row) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            columns.clear();
            continue;
        };
        let cells: Vec<String> = row.replace("\\|", "¦").split('|').map(|cell| cell.trim().to_string()).collect();
        if columns.is_empty() {
            columns = cells;
        } else if columns.first().is_some_and(|first| first == "Key")
            && columns.last().is_some_and(|last| last == "Meaning")
        {
            let cell = |name: &str| columns.iter().position(|column| column == name).map(|at| cells[at].clone());
            let key = cell("Key").unwrap().trim_matches('`').to_string();
            let row = Row { key, shape: cell("Type").unwrap_or_default(), default: cell("Default") };
            tables.entry(heading.clone()).or_default().push(row);
        }
    }
    tables
}

/// The heading under which the table of an object stands; types have theirs under their names.
const HEADINGS: [(&str, &str); 19] = [
    ("access", "access"),
    ("survey", "The survey"),
    ("introduction", "introduction"),
    ("window", "window"),
    ("privacy", "privacy"),
    ("accessibility", "accessibility"),
    ("results", "results"),
    ("option", "Options and lists"),
    ("row", "Rows"),
    ("intervention", "Interventions"),
    ("page", "Pages"),
    ("question", "Questions"),
    ("calculated value", "Calculated values"),
    ("check", "Checks"),
    ("population", "Population"),
    ("size", "size"),
    ("consensus", "Decision rule"),
    ("round", "Rounds"),
    ("translation", "Translations"),
];

/// The parts of a cell between backticks, quotation marks left out.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(|part| part.trim_matches('"').to_string()).collect()
}

fn with_thousands(number: u32) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// Asserts that a row says what the table of keys says.
fn expect_same(row: &Row, key: &Key, about: &str) {
    let default = row.default.clone().unwrap_or_default();
    match (key.need, key.default) {
        (Need::Yes, _) => assert_eq!(default, "must be there", "{about}"),
        (Need::Unless(other), _) => assert_eq!(default, format!("must be there without `{other}`"), "{about}"),
        (Need::With(other), _) => assert_eq!(default, format!("must be there with `{other}`"), "{about}"),
        (Need::No, Some(value)) => assert_eq!(default, format!("`{value}`"), "{about}"),
        (Need::No, None) => {
            let is_value = default.starts_with('`') && default.ends_with('`');
            assert!(!is_value && !default.starts_with("must"), "{about}: {default}");
        }
    }
    let known = words(&key.shape);
    if !known.is_empty() {
        let mut said = quoted(&row.shape);
        said.retain(|word| word != "true" && word != "false");
        assert_eq!(said, known.iter().map(|word| (*word).to_string()).collect(), "{about}: {}", row.shape);
    }
    let range = match key.shape {
        Shape::Count(from, to) if from == to => format!("`{from}`"),
        Shape::Count(0, u32::MAX) => "whole number".to_string(),
        Shape::Count(from, u32::MAX) => format!("from {from}"),
        Shape::Count(from, to) => format!("{} to {}", with_thousands(from), with_thousands(to)),
        Shape::Flag => "true or false".to_string(),
        Shape::Number(Bounds::AboveZero) => "above 0".to_string(),
        Shape::Number(Bounds::AboveOne) => "above 1".to_string(),
        _ => String::new(),
    };
    assert!(row.shape.contains(&range) || row.shape.is_empty(), "{about}: {} and not {range}", row.shape);
}

#[test]
fn the_documentation_names_every_key_as_its_table_does_and_no_other() {
    let mut documented = documented();
    assert!(FORMAT.contains("may have a `source`"), "`source` is said once, for all that have it");
    let mut tables: Vec<(&str, &str, Vec<&Key>)> = Vec::new();
    for object in SURVEY.with_inner() {
        match HEADINGS.iter().find(|(name, _)| *name == object.name) {
            Some((name, heading)) => tables.push((name, heading, object.keys().collect())),
            None => assert_eq!(object.name, "field", "no heading is known for {}", object.name),
        }
        tables.extend(object.types().map(|kind| (kind.name, kind.name, kind.keys.iter().collect())));
    }
    let mut seen = BTreeSet::new();
    for (name, heading, keys) in tables {
        if !seen.insert(name) {
            continue;
        }
        let rows = documented.remove(heading).unwrap_or_default();
        // That of a population is another `source`, which is read.
        let keys = keys.into_iter().filter(|key| !(key.is_kept && key.name == "source"));
        let by_name: BTreeMap<&str, &Key> = keys.map(|key| (key.name, key)).collect();
        let said: BTreeSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(said, by_name.keys().copied().collect(), "keys of {name} in docs/format.md, under {heading}");
        for row in &rows {
            expect_same(row, by_name[row.key.as_str()], &format!("`{}` of {name} in docs/format.md", row.key));
        }
    }
    assert_eq!(documented.keys().collect::<Vec<_>>(), Vec::<&String>::new(), "tables of what does not exist");
}

#[test]
fn every_name_that_the_schema_describes_is_described_in_plain_words() {
    fn walk(value: &Value, at: &str) {
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(text) = value.as_str().filter(|_| key == "description") {
                assert!(text.ends_with('.') && !text.ends_with("..") && !text.contains("  "), "{at}: {text}");
            }
            walk(value, &format!("{at}/{key}"));
        }
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            walk(value, &format!("{at}/{index}"));
        }
    }
    let schema = json_schema();
    walk(&schema, "");
    for object in SURVEY.with_inner() {
        for key in object.keys().chain(object.types().flat_map(|kind| kind.keys)) {
            assert!(key.about.chars().next().is_some_and(char::is_uppercase), "{}: {}", key.name, key.about);
        }
    }
}
