//! Compares our markup with that of nhsuk-frontend for the same options: the fixtures that the package carries.

mod tests_fields;
mod tests_parts;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use tests_fields as fields;
use tests_parts as parts;

/// The components compared, each with the options that have a view here and with what makes our markup of them. A
/// fixture with any other option is left out, and its reason is that option.
const COMPONENTS: &[(&str, &[&[&str]], Make)] = &[
    ("radios", &[fields::FIELD, fields::FIELDSET, fields::OPTIONS], fields::choose),
    ("checkboxes", &[fields::FIELD, fields::FIELDSET, fields::OPTIONS], fields::choose_any),
    ("select", &[fields::FIELD, fields::LABEL, fields::OPTIONS], fields::drop_down),
    ("input", &[fields::FIELD, fields::LABEL, fields::FILLED_IN], fields::line),
    ("textarea", &[fields::FIELD, fields::LABEL], fields::lines),
    ("character-count", &[fields::FIELD, fields::LABEL, fields::COUNT], fields::counted_lines),
    ("date-input", &[fields::FIELD, fields::FIELDSET, fields::DATE], fields::date),
    ("error-summary", &[parts::ERROR_SUMMARY], parts::error_summary),
    ("summary-list", &[parts::SUMMARY_LIST], parts::summary_list),
    ("panel", &[parts::PANEL], parts::panel),
];

/// Our markup for the options of a fixture, or what among their values has no view here.
type Make = fn(&Value) -> Result<String, &'static str>;

/// From the options of a fixture and the markup of theirs to what ours is meant to be.
type Change = fn(&Value, &str) -> String;

/// Where our markup is meant to be another, each with its reason.
const MEANT: &[(&str, &str, Change)] = &[
    ("all", "A field's id follows from its name, and the names of a date's parts from its own.", fields::named_as_here),
    (
        "summary-list",
        "Each line of an answer is a paragraph: the space between tells a new line from one that wraps.",
        parts::paragraphs,
    ),
];

/// Paths of what is set in the options.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| paths(value, &format!("{path}.{key}"), found)),
        Value::Array(items) => items.iter().for_each(|value| paths(value, &format!("{path}[]"), found)),
        Value::Null => {}
        // `true` for an error or `false` for a fieldset is an option of its own.
        Value::Bool(set) if !path.ends_with(".checked") => {
            found.insert(format!("{path}: {set}"));
        }
        _ => {
            found.insert(path.to_string());
        }
    }
}

/// The text under one of the paths, of which the first that is there counts.
fn text<'a>(options: &'a Value, paths: &[&str]) -> Option<&'a str> {
    let at = |path: &&str| path.split('.').try_fold(options, |value, key| value.get(key))?.as_str();
    paths.iter().find_map(at)
}

/// Tags with their attributes and classes in order, and texts without white space around them.
///
/// The size of a heading is left out, for ours follows from its place on the page; so are white space between elements
/// and how an apostrophe is written.
fn normal(html: &str) -> Vec<String> {
    let tag = Regex::new(r"<(/?[a-z0-9]+)((?:\s[^>]*)?)>|([^<]+)").unwrap();
    let attribute = Regex::new(r#"([a-z-]+)(?:="([^"]*)")?"#).unwrap();
    let mut parts = Vec::new();
    for found in tag.captures_iter(html) {
        if let Some(text) = found.get(3) {
            let words = text.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
            parts.push(words.replace("&#39;", "'"));
            continue;
        }
        let attributes: BTreeMap<String, String> = attribute
            .captures_iter(&found[2])
            .map(|pair| {
                let value = pair.get(2).map_or("", |value| value.as_str());
                let mut classes: Vec<&str> = value.split_whitespace().collect();
                if &pair[1] == "class" {
                    classes.sort_unstable();
                    let is_size = |class: &&str| ["--s", "--m", "--l", "--xl"].iter().any(|size| class.ends_with(size));
                    classes.retain(|class| !is_size(class));
                }
                (pair[1].to_string(), classes.join(" "))
            })
            .collect();
        parts.push(format!("<{} {attributes:?}>", &found[1]));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What became of one fixture.
enum Compared {
    Same,
    LeftOut(String),
    Different(String),
}

fn compare(component: &str, known: &[&[&str]], make: Make, fixture: &Value, used: &mut BTreeSet<&str>) -> Compared {
    let (options, theirs) = (&fixture["context"], fixture["html"].as_str().unwrap());
    let mut set = BTreeSet::new();
    paths(options, "", &mut set);
    set.extend(fixture.get("callBlock").map(|_| "a call block".to_string()));
    if let Some(unknown) = set.iter().find(|path| !known.concat().contains(&path.as_str())) {
        return Compared::LeftOut(unknown.clone());
    }
    let ours = match make(options) {
        Ok(ours) => normal(&ours),
        Err(reason) => return Compared::LeftOut(reason.to_string()),
    };
    let mut theirs = theirs.to_string();
    for (_, why, change) in MEANT.iter().filter(|(of, ..)| [component, "all"].contains(of)) {
        let changed = change(options, &theirs);
        used.extend((changed != theirs).then_some(*why));
        theirs = changed;
    }
    let theirs = normal(&theirs);
    if ours == theirs {
        return Compared::Same;
    }
    let at = ours.iter().zip(&theirs).take_while(|(one, other)| one == other).count();
    let around = |parts: &[String]| parts.iter().skip(at).take(3).cloned().collect::<Vec<_>>().join("\n    ");
    let name = &fixture["name"];
    Compared::Different(format!("{component}, {name}:\n  ours {}\n  theirs {}", around(&ours), around(&theirs)))
}

#[test]
fn our_markup_is_that_of_nhsuk_frontend_for_the_same_options() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/nhsuk-frontend/dist/nhsuk/components");
    let (mut different, mut left_out) = (Vec::new(), BTreeMap::<String, usize>::new());
    let (mut counts, mut used) = (Vec::new(), BTreeSet::new());
    for (component, known, make) in COMPONENTS {
        let file = std::fs::read_to_string(folder.join(component).join("fixtures.json")).unwrap();
        let fixtures: Value = serde_json::from_str(&file).unwrap();
        let (mut same, mut out) = (0, 0);
        for fixture in fixtures["fixtures"].as_array().unwrap() {
            match compare(component, known, *make, fixture, &mut used) {
                Compared::Same => same += 1,
                Compared::LeftOut(reason) => {
                    out += 1;
                    *left_out.entry(format!("{component} {reason}")).or_default() += 1;
                }
                Compared::Different(how) => different.push(how),
            }
        }
        counts.push((*component, same, out));
    }
    println!("left out by option: {left_out:#?}");
    assert!(different.is_empty(), "{} differ\n{}", different.len(), different.join("\n"));
    assert_eq!(used.len(), MEANT.len(), "a difference that is meant and not there: {used:?}");
    // Each component with how many of its examples are the same here, and how many have an option without a view.
    assert_eq!(
        counts,
        [
            ("radios", 14, 34),
            ("checkboxes", 15, 41),
            ("select", 13, 7),
            ("input", 4, 40),
            ("textarea", 12, 4),
            ("character-count", 14, 19),
            ("date-input", 18, 21),
            ("error-summary", 3, 11),
            ("summary-list", 5, 23),
            ("panel", 7, 8)
        ]
    );
}
