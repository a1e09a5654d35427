//! Definitions of SurveyJS: what is made of them passes the checker as it is, and no file harms the program.

#![cfg(test)]

use std::time::{Duration, Instant};

use canvass::definition::parse;
use canvass::document::Severity;
use canvass::exchange::report::Fate;
use canvass::exchange::surveyjs::read;
use serde_json::{Value, json};

use crate::data::data;

/// Longest time that reading a file may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A small chance of its own, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Reads a definition and holds what is made of it against the checker; gives the definition, or `None` if it is refused.
fn read_and_check(bytes: &[u8], what: &str) -> Option<Value> {
    let start = Instant::now();
    let read = read(bytes);
    assert!(start.elapsed() < LIMIT, "{what} took {:?}", start.elapsed());
    let definition = match read {
        Ok(imported) => imported.definition,
        Err(refusal) => {
            assert!(refusal.message.len() > 20, "{what}: {refusal}");
            return None;
        }
    };
    let text = serde_json::to_string_pretty(&definition).unwrap();
    let errors = parse(&text).findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|error| format!("{}: {}", error.code, error.message)).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
    Some(definition)
}

/// A form with something of everything, in which rules ask about questions before, beside and after them.
fn everything() -> Value {
    json!({
        "title": {"default": "Town survey", "fr": "Enquête"},
        "description": "What {nobody} would like",
        "locale": "en",
        "pages": [
            {"name": "you", "title": "You", "elements": [
                {"type": "radiogroup", "name": "role", "title": {"default": "You are a …", "fr": "Vous êtes …"},
                 "choices": ["resident", {"value": "trader", "text": "Trader"}, 3], "showOtherItem": true, "isRequired": true},
                {"type": "checkbox", "name": "travel", "choices": ["Bus", "Bike", "Foot"], "showNoneItem": true,
                 "showSelectAllItem": true, "maxSelectedChoices": 2, "showCommentArea": true},
                {"type": "text", "name": "years", "inputType": "number", "min": 0, "max": 110,
                 "visibleIf": "{role} anyof ['resident', 3]", "requiredIf": "{travel} contains 'bus'"},
                {"type": "text", "name": "e-mail", "inputType": "email"},
            ]},
            {"name": "town", "visibleIf": "{years} >= 1 or {role} = 'Trader'", "elements": [
                {"type": "panel", "name": "shops", "title": "Shops", "elements": [
                    {"type": "matrix", "name": "quality", "columns": [1, 2, 3], "rows": ["Bread", "Books"], "eachRowRequired": true},
                    {"type": "rating", "name": "stars", "visibleIf": "{quality.Bread} = 3"},
                    {"type": "matrix", "name": "visits", "cellType": "checkbox", "columns": ["a", "b"], "rows": ["x", "y"]}]},
                {"type": "ranking", "name": "wishes", "choices": ["Trees", "Seats", "Light"]},
                {"type": "comment", "name": "why", "title": "Why {wishes[0]}, {role}?", "maxLength": 500},
                {"type": "boolean", "name": "again", "valueTrue": "Yes"},
            ]},
            {"name": "ideas", "elements": [
                {"type": "paneldynamic", "name": "proposals", "minPanelCount": 1, "maxPanelCount": 3, "templateElements": [
                    {"type": "text", "name": "name", "isRequired": true, "title": "Name of {panelIndex}"},
                    {"type": "dropdown", "name": "kind", "choicesMin": 1, "choicesMax": 3, "visibleIf": "{role} = 'trader'"},
                    {"type": "text", "name": "write", "inputType": "email"}]},
                {"type": "matrixdropdown", "name": "plan", "rows": ["Spring", "Autumn"], "choices": ["Yes", "No"],
                 "columns": [{"name": "come"}, {"name": "how long", "cellType": "text", "visibleIf": "{row.come} = 'Yes'"}]},
                {"type": "multipletext", "name": "address", "isRequired": true, "items": [{"name": "street"}, {"name": "town"}]},
                {"type": "expression", "name": "decades", "expression": "{years} / 10", "title": "Decades"},
                {"type": "html", "name": "thanks", "html": "<h2>Thanks</h2><ul><li>{role}</li></ul>"},
                {"type": "text", "name": "start", "inputType": "date", "maxValueExpression": "today()", "validators": [
                    {"type": "expression", "expression": "age({start}) < 100", "text": "Is that right?"}]},
            ]},
        ],
        "triggers": [
            {"type": "complete", "expression": "{role} = 3"},
            {"type": "skip", "expression": "{travel} contains 'none'", "gotoName": "start"},
        ],
        "calculatedValues": [{"name": "old", "expression": "{years} > 60"}],
    })
}

#[test]
fn a_form_with_everything_passes_the_checker() {
    let definition = read_and_check(everything().to_string().as_bytes(), "the form").unwrap();
    let kinds: std::collections::BTreeSet<&str> = definition["pages"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|page| page["questions"].as_array().into_iter().flatten())
        .map(|question| question["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>().join(" "),
        "date email multi note number rank rate repeat single text"
    );
    let pages: Vec<&str> =
        definition["pages"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap()).collect();
    assert_eq!(pages.first(), Some(&"you"));
    assert_eq!(pages.last(), Some(&"contact"), "{pages:?}");
    assert_eq!(definition["translations"]["fr"]["role.text"]["text"], "Vous êtes …");
}

#[test]
fn the_same_file_always_gives_the_same() {
    let bytes = everything().to_string().into_bytes();
    let (one, other) = (read(&bytes).unwrap(), read(&bytes).unwrap());
    assert_eq!(one.definition.to_string(), other.definition.to_string());
    assert_eq!(one.report, other.report);
}

#[test]
fn nothing_that_was_hidden_is_shown_to_everyone() {
    let rules = ["{role} = 'nobody'", "{gone} = 1", "broken (", "{years} + {role} > 1", "strange()", "{panel.x} = 1"];
    for rule in rules {
        let mut form = everything();
        for pointer in ["/pages/2/visibleIf", "/pages/1/elements/0/visibleIf", "/pages/1/elements/2/visibleIf"] {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            form.pointer_mut(parent).unwrap()[key] = json!(rule);
        }
        let imported = read(form.to_string().as_bytes()).unwrap();
        let pages = imported.definition["pages"].as_array().unwrap();
        let under = |page: &&Value| page["id"].as_str().unwrap().starts_with("ideas");
        assert!(pages.iter().filter(under).all(|page| page["lost_rule"] == rule), "{rule}");
        let mut questions = pages.iter().flat_map(|page| page["questions"].as_array().into_iter().flatten());
        let hidden = ["shops_heading", "quality", "stars", "why"];
        let found = questions.by_ref().filter(|question| hidden.contains(&question["id"].as_str().unwrap()));
        assert!(
            found
                .map(|question| question["lost_rule"].as_str())
                .all(|lost| lost.is_some_and(|lost| lost.contains(rule)))
        );
        let lost = imported.report.entries.iter().filter(|entry| entry.code == "visible-if-lost");
        assert!(lost.clone().all(|entry| entry.fate == Fate::Degraded) && lost.count() >= 3, "{rule}");
    }
}

#[test]
fn files_with_changed_bytes_are_read_or_refused_in_time() {
    let original = everything().to_string().into_bytes();
    let mut chance = Chance(7);
    for round in 0..300 {
        let mut bytes = original.clone();
        for _ in 0..=chance.below(6) {
            let at = chance.below(bytes.len());
            bytes[at] = if chance.below(2) == 0 {
                *chance.pick(b"{}[]\",:'0 a\\")
            } else {
                u8::try_from(chance.below(256)).unwrap()
            };
        }
        read_and_check(&bytes, &format!("round {round}"));
    }
}

/// Values and keys in places where they do not belong.
#[test]
fn files_with_changed_values_still_make_sound_definitions() {
    const KEYS: [&str; 24] = [
        "visibleIf",
        "requiredIf",
        "choices",
        "rows",
        "columns",
        "title",
        "name",
        "type",
        "inputType",
        "min",
        "max",
        "step",
        "validators",
        "choicesVisibleIf",
        "cellType",
        "elements",
        "templateElements",
        "rateValues",
        "visible",
        "html",
        "minSelectedChoices",
        "choicesFromQuestion",
        "maxPanelCount",
        "description",
    ];
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!("{role} = 1"),
        json!("{{x}}"),
        json!("'"),
        json!(["a", "a", {"value": "text"}]),
        json!({"default": "D", "nl": "N"}),
        json!("<b>x</b>"),
        json!("date"),
        json!("{years} > 5 and {years} < 3"),
        json!("matrix"),
        json!("paneldynamic"),
        json!("x".repeat(300)),
        json!("email"),
        json!([{"type": "text"}, {"name": "q"}]),
        json!("travel"),
        json!("\u{0}"),
        json!("名前"),
    ];
    let mut chance = Chance(11);
    for round in 0..600 {
        let mut form = everything();
        for _ in 0..=chance.below(5) {
            let pointers = objects(&form, "");
            let pointer = chance.pick(&pointers).clone();
            let key = *chance.pick(&KEYS);
            form.pointer_mut(&pointer).unwrap()[key] = chance.pick(&values).clone();
        }
        read_and_check(form.to_string().as_bytes(), &format!("round {round}: {form}"));
    }
}

/// The JSON pointers of all objects.
fn objects(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Object(entries) => {
            let inner = entries.iter().flat_map(|(key, value)| objects(value, &format!("{at}/{key}")));
            inner.chain([at.to_string()]).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| objects(item, &format!("{at}/{index}"))).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn hostile_files_cost_little() {
    let text = |number: usize, rule: &str| json!({"type": "text", "name": format!("q{number}"), "visibleIf": rule});
    let nested = (0..25).fold(json!([text(0, "{q} = 1")]), |inner, number| {
        json!([{"type": "panel", "name": format!("p{number}"), "visibleIf": format!("{{x}} = '{}'", "y".repeat(1_500)), "elements": inner}])
    });
    let many = |count: usize, rule: &dyn Fn(usize) -> String| -> Value {
        (0..count).map(|number| text(number, &rule(number))).collect::<Vec<_>>().into()
    };
    let options: Vec<u32> = (0..5_000).collect();
    let files = [
        json!({"elements": nested}),
        json!({"elements": many(5_000, &|number| format!("{{q{}}} notempty", number.saturating_sub(1)))}),
        json!({"elements": many(5_000, &|number| format!("{{qq{number}}} = 1"))}),
        json!({"elements": many(100, &|_| "(".repeat(7_900))}),
        json!({"elements": many(100, &|_| "1+".repeat(3_900))}),
        json!({"elements": [{"type": "radiogroup", "name": "a", "choices": options,
            "choicesVisibleIf": (0..600).map(|n| format!("{{item}} = {n}")).collect::<Vec<_>>().join(" or ")}]}),
        json!({"elements": [{"type": "html", "name": "h", "html": "<ul><li><b>".repeat(50_000)}]}),
        json!({"elements": (0..4_000).map(|n| json!({"type": "text", "name": format!("q{n}"), "title": "{".repeat(500)})).collect::<Vec<_>>()}),
        json!({"elements": [], "calculatedValues": (0..3_000).map(|n| json!({"name": format!("c{n}"), "expression": format!("{{c{}}} + 1", n + 1)})).collect::<Vec<_>>()}),
    ];
    for (number, file) in files.iter().enumerate() {
        let start = Instant::now();
        let _ = read(file.to_string().as_bytes());
        assert!(start.elapsed() < LIMIT, "file {number} took {:?}", start.elapsed());
    }
}

#[test]
fn forms_of_others_pass_the_checker() {
    let Some(folder) = data().map(|data| data.join("forms/surveyjs")).filter(|folder| folder.is_dir()) else {
        return;
    };
    let (mut read, mut asked) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let definition = read_and_check(&std::fs::read(&path).unwrap(), &path.display().to_string());
        read += 1;
        asked += definition.map_or(0, |definition| {
            let pages = definition["pages"].as_array().unwrap().clone();
            pages.iter().map(|page| page["questions"].as_array().map_or(0, Vec::len)).sum()
        });
    }
    assert!(read >= 60 && asked > 600, "{read} forms with {asked} questions");
}
