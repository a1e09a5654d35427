//! Compares our markup with that of nhsuk-frontend for the same options: the fixtures that the package carries.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use super::item::{Choice, Choose, Dropdown, Input, Item, Question, SelectOption};
use super::markdown::inline;
use super::tests::render_item;

/// Options of nhsuk-frontend that have a view here. A fixture with any other is left out, and its reason is that option.
const KNOWN: &[&str] = &[
    ".fieldset.legend.heading",
    ".fieldset.legend.text",
    ".fieldset.legend.size",
    ".label.heading",
    ".label.text",
    ".label.size",
    ".label",
    ".hint",
    ".hint.text",
    ".errorMessage",
    ".errorMessage.text",
    ".id",
    ".idPrefix",
    ".name",
    ".value",
    ".values[]",
    ".items[].text",
    ".items[].value",
    ".items[].checked",
    ".items[].hint.text",
    ".items[].divider",
    ".items[].behaviour",
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

fn text<'a>(options: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(options, |value, key| value.get(key))?.as_str()
}

fn question(options: &Value, name: &str) -> Option<Question> {
    let said = |key: &str| text(options, &[key, "text"]).or(text(options, &[key]));
    let heading = text(options, &["fieldset", "legend", "heading"]).or(text(options, &["label", "heading"]));
    let label = heading.or(text(options, &["fieldset", "legend", "text"])).or(said("label"))?;
    Some(Question {
        name: name.to_string(),
        label: inline(label),
        hint: said("hint").map(inline),
        optional: false,
        heading: heading.is_some(),
        error: said("errorMessage").map(str::to_string),
    })
}

fn is_chosen(options: &Value, item: &Value) -> bool {
    let values = options.get("values").and_then(Value::as_array);
    let among = values.is_some_and(|values| item.get("value").is_some_and(|value| values.contains(value)));
    let alone = options.get("value").is_some_and(|value| item.get("value") == Some(value));
    among || alone || item.get("checked").and_then(Value::as_bool) == Some(true)
}

fn choices(options: &Value) -> Option<Vec<Choice>> {
    let mut divider = None;
    let mut choices = Vec::new();
    for item in options.get("items")?.as_array()? {
        if let Some(word) = text(item, &["divider"]) {
            divider = Some(word.to_string());
            continue;
        }
        let mut choice = Choice::new(text(item, &["value"])?, inline(text(item, &["text"])?));
        choice.hint = text(item, &["hint", "text"]).map(inline);
        choice.checked = is_chosen(options, item);
        choice.divider = divider.take();
        choice.exclusive = match text(item, &["behaviour"]) {
            None => false,
            Some("exclusive") => true,
            Some(_) => return None,
        };
        choices.push(choice);
    }
    Some(choices)
}

fn ours(component: &str, options: &Value, name: &str) -> Option<Item> {
    let question = question(options, name)?;
    let typed = text(options, &["value"]).unwrap_or_default();
    match component {
        "radios" => Some(Item::Single(Choose::new(question, choices(options)?))),
        "checkboxes" => Some(Item::Multi(Choose::new(question, choices(options)?))),
        "input" => Some(Item::Text(Input::line(question, typed))),
        "textarea" => Some(Item::Text(Input::lines(question, typed, 5, None))),
        _ => {
            let items = options.get("items")?.as_array()?;
            let option = |item: &Value| {
                let code = text(item, &["value"])?.to_string();
                Some(SelectOption {
                    code,
                    text: text(item, &["text"])?.to_string(),
                    selected: is_chosen(options, item),
                })
            };
            let options = items.iter().map(option).collect::<Option<Vec<_>>>()?;
            Some(Item::Dropdown(Dropdown::new(question, options, Vec::new())))
        }
    }
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

#[test]
fn our_markup_is_that_of_nhsuk_frontend_for_the_same_options() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/nhsuk-frontend/dist/nhsuk/components");
    let (mut same, mut left_out) = (0, BTreeMap::<String, usize>::new());
    let mut different = Vec::new();
    for component in ["radios", "checkboxes", "input", "textarea", "select"] {
        let file = std::fs::read_to_string(folder.join(component).join("fixtures.json")).unwrap();
        let fixtures: Value = serde_json::from_str(&file).unwrap();
        for fixture in fixtures["fixtures"].as_array().unwrap() {
            let (options, theirs) = (&fixture["context"], fixture["html"].as_str().unwrap());
            let mut set = BTreeSet::new();
            paths(options, "", &mut set);
            if let Some(unknown) = set.iter().find(|path| !KNOWN.contains(&path.as_str())) {
                *left_out.entry(unknown.clone()).or_default() += 1;
                continue;
            }
            let posted = text(options, &["name"]).unwrap_or_default();
            let id = text(options, &["idPrefix"]).or(text(options, &["id"])).unwrap_or(posted);
            let Some(item) = ours(component, options, id) else {
                *left_out
                    .entry(format!(
                        "{component} without a question, with an option without a value or with one for all"
                    ))
                    .or_default() += 1;
                continue;
            };
            let page = render_item(item);
            let form = page.split("name=\"_making\" value=\"m\">").nth(1).unwrap();
            let ours = form.split("<div class=\"canvass-buttons\"").next().unwrap();
            // Here a field's id follows from its name.
            let theirs = theirs.replace(&format!(" name=\"{posted}\""), &format!(" name=\"{id}\""));
            let (ours, theirs) = (normal(ours), normal(&theirs));
            if ours == theirs {
                same += 1;
            } else {
                let at = ours.iter().zip(&theirs).position(|(one, other)| one != other).unwrap_or(0);
                let around =
                    |parts: &[String]| parts.iter().skip(at).take(3).cloned().collect::<Vec<_>>().join("\n    ");
                let name = fixture["name"].as_str().unwrap();
                different.push(format!("{component}, {name}:\n  ours {}\n  theirs {}", around(&ours), around(&theirs)));
            }
        }
    }
    println!("{same} the same, {} different, left out by option: {left_out:?}", different.len());
    assert!(different.is_empty(), "{} of {}\n{}", different.len(), different.len() + same, different.join("\n"));
    assert!(same >= 30, "{same}");
}
