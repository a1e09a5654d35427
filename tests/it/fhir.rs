//! FHIR Questionnaires, both ways: what comes back is what went, and no file harms the program.

#![cfg(test)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use canvass::exchange::fhir::{read, write};
use canvass::exchange::report::{Entry, Fate, Report};
use serde_json::{Value, json};

use crate::data::data;

/// A small chance of its own, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const LINES: [&str; 12] = [
    "How are you?",
    "With *emphasis* and **strong** words",
    "A [link](https://example.org/a_b) in it",
    "2 * 3 = 6",
    "snake_case & <b>no HTML</b>",
    "1\\. Not a list",
    "Ünicode, 5 € {x}",
    "Some `code` and \\*a star\\*",
    "\\[brackets\\]",
    "-5 to +5",
    "It’s 'quoted'",
    "a__b _c_ d",
];
const BLOCKS: [&str; 4] =
    ["One line.", "Two\n\nparagraphs, *one* of them.", "### Heading\n\n- one\n- two", "1. first\n2. second"];
const SOURCES: [&str; 4] = ["http://loinc.org|LA33-6", "Id10020", "urn:x|a b", "|"];

/// A definition of everything that has its like in FHIR.
struct Made {
    chance: Chance,
    translations: serde_json::Map<String, Value>,
    /// What a rule can say of the questions of the pages before.
    atoms: Vec<String>,
    next: usize,
    /// Whether rules are nested.
    nested: bool,
}

impl Made {
    fn new(seed: u64) -> Self {
        let translations = serde_json::Map::new();
        Self { chance: Chance(seed), translations, atoms: Vec::new(), next: 0, nested: false }
    }

    fn id(&mut self, before: &str) -> String {
        self.next += 1;
        format!("{before}{}", self.next)
    }

    fn line(&mut self, key: &str) -> Value {
        if self.chance.below(4) == 0 {
            let text = *self.chance.pick(&LINES);
            self.translations.insert(key.to_string(), json!({"text": text, "of": "00000000"}));
        }
        (*self.chance.pick(&LINES)).into()
    }

    fn options(&mut self, key: &str, in_list: bool) -> Value {
        let count = 2 + self.chance.below(3);
        let options = (0..count).map(|at| {
            let id = if self.chance.yes() { format!("o{at}") } else { format!("{at}_x") };
            let mut option = json!({"id": id, "label": self.line(&format!("{key}.{id}"))});
            if self.chance.below(3) == 0 {
                option["value"] = at.into();
            }
            if self.chance.below(5) == 0 {
                option["hint"] = (*self.chance.pick(&LINES)).into();
            }
            if self.chance.below(5) == 0 && at > 0 {
                option["missing"] = true.into();
            }
            if self.chance.below(5) == 0 {
                option["last"] = true.into();
            }
            if self.chance.below(5) == 0 {
                option["source"] = (*self.chance.pick(&SOURCES)).into();
            }
            if !in_list && at > 0 && self.chance.below(6) == 0 {
                option["exclusive"] = true.into();
            }
            option
        });
        options.collect()
    }

    /// A question whose id begins with `before`, with what rules can say of it.
    fn question(&mut self, kind: &str, lists: &[String], before: &str) -> (Value, Vec<String>) {
        let id = self.id("q");
        let key = format!("{before}{id}");
        let text = if kind == "note" { (*self.chance.pick(&BLOCKS)).into() } else { self.line(&format!("{key}.text")) };
        let mut question = json!({"id": id, "type": kind, "text": text});
        let mut atoms = vec![format!("answered({id})"), format!("not answered({id})")];
        if self.chance.below(3) == 0 {
            question["hint"] = if kind == "note" { "A hint".into() } else { self.line(&format!("{key}.hint")) };
        }
        if kind != "note" && self.chance.yes() {
            question["required"] = true.into();
        }
        match kind {
            "note" => atoms.clear(),
            "repeat" => atoms = vec![format!("{id}.count > 1")],
            _ => {}
        }
        match kind {
            "note" => {}
            "consent" => atoms.extend([id.clone(), format!("not {id}")]),
            "single" | "multi" => {
                let listed = self.chance.yes() && !lists.is_empty();
                question["options"] =
                    if listed { self.chance.pick(lists).as_str().into() } else { self.options(&key, false) };
                if !listed {
                    let first = question["options"][0]["id"].as_str().unwrap().to_string();
                    let second = question["options"][1]["id"].as_str().unwrap().to_string();
                    if kind == "single" && self.chance.below(4) == 0 {
                        question["options"][1]["other"] = (*self.chance.pick(&["optional", "required"])).into();
                        atoms.push(format!("{id}.other == 'Mayor'"));
                    } else if kind == "single" && self.chance.below(3) == 0 {
                        question["style"] = "dropdown".into();
                    }
                    if kind == "single" {
                        atoms.extend([format!("{id} == '{first}'"), format!("{id} != '{first}'")]);
                        atoms.push(format!("{id} in ['{first}', '{second}']"));
                    } else {
                        atoms.extend([format!("'{first}' in {id}"), format!("'{second}' not in {id}")]);
                        question["min"] = 1.into();
                    }
                }
            }
            "text" => {
                atoms.push(format!("{id} == 'it is'"));
                if self.chance.yes() {
                    question["lines"] = (*self.chance.pick(&[2, 4, 7])).into();
                }
                if self.chance.yes() {
                    question["max_chars"] = 200.into();
                    question["min_chars"] = 3.into();
                }
                if self.chance.below(3) == 0 {
                    question["pattern"] = (*self.chance.pick(&["^[0-9]{4}$", "[a-z]", "^a|b$", "\\$"])).into();
                    question["pattern_message"] = "Like this".into();
                }
            }
            "number" => {
                atoms.extend([format!("{id} > 3"), format!("{id} <= -2"), format!("{id} != 4")]);
                question["min"] = (*self.chance.pick(&[json!(-5), json!(0), json!(0.5)])).clone();
                question["max"] = (*self.chance.pick(&[json!(10), json!(5_000_000_000_u64)])).clone();
                if self.chance.yes() {
                    question["decimals"] = 2.into();
                }
                if self.chance.yes() {
                    question["unit"] = "years".into();
                }
            }
            "date" => {
                atoms.extend([format!("{id} >= '2026-01-31'"), format!("{id} == '2024-02-29'")]);
                question["min"] = "2020-01-01".into();
                question["max"] = "2030-12-31".into();
            }
            "repeat" => {
                let fields: Vec<Value> = (0..=self.chance.below(3))
                    .map(|_| {
                        let kind = *self.chance.pick(&["single", "multi", "text", "number", "date"]);
                        let mut field = self.question(kind, lists, &format!("{id}.")).0;
                        if let Some(rule) = self.rule() {
                            field["show_if"] = rule.into();
                        }
                        field
                    })
                    .collect();
                question["fields"] = fields.into();
                if self.chance.yes() {
                    question["min"] = 2.into();
                    question["max"] = (*self.chance.pick(&[3, 5, 20])).into();
                    question["item_name"] = "idea".into();
                }
            }
            _ => unreachable!(),
        }
        if self.chance.below(6) == 0 {
            question["source"] = "1.2.3".into();
        }
        (question, atoms)
    }

    /// One flat and/or, or several nested.
    fn rule(&mut self) -> Option<String> {
        if self.atoms.is_empty() || self.chance.below(3) == 0 {
            return None;
        }
        let joined = |made: &mut Self, word: &str, most: usize| {
            let parts: Vec<String> =
                (0..=made.chance.below(most)).map(|_| made.chance.pick(&made.atoms.clone()).clone()).collect();
            parts.join(word)
        };
        let word = if self.chance.yes() { " and " } else { " or " };
        if !self.nested {
            // `in` is itself one of several.
            self.atoms.retain(|atom| !atom.contains(" in [") && !atom.contains(".count"));
            return (!self.atoms.is_empty()).then(|| joined(self, word, 3));
        }
        Some(format!("({}) and not ({})", joined(self, " or ", 3), joined(self, " and ", 2)))
    }

    fn definition(mut self, kinds: &[&str], nested: bool) -> Value {
        self.nested = nested;
        let names: Vec<String> = (0..2).map(|at| format!("list_{at}")).collect();
        let mut lists = serde_json::Map::new();
        let mut pages = Vec::new();
        for at in 0..6 {
            let id = self.id("p");
            let mut page = json!({"id": id, "title": self.line(&format!("{id}.title"))});
            if self.chance.yes() {
                page["text"] = (*self.chance.pick(&BLOCKS)).into();
            }
            if let Some(rule) = self.rule() {
                page["show_if"] = rule.into();
                if at == 3 {
                    page["end"] = "screened_out".into();
                    pages.push(page);
                    continue;
                }
            }
            let mut atoms = Vec::new();
            let questions = (0..=self.chance.below(4)).map(|_| {
                let kind = *self.chance.pick(kinds);
                let (mut question, more) = self.question(kind, &names, "");
                if let Some(rule) = self.rule() {
                    question["show_if"] = rule.into();
                }
                atoms.extend(more);
                question
            });
            page["questions"] = questions.collect();
            self.atoms.extend(atoms);
            pages.push(page);
        }
        // A list that no question uses has no place in a Questionnaire.
        for name in names.iter().filter(|name| Value::from(pages.clone()).to_string().contains(name.as_str())) {
            lists.insert(name.clone(), self.options(name, true));
        }
        let mut survey =
            json!({"format": 1, "id": "made_for-this", "title": "1. Made *for* this", "language": "en-GB"});
        if self.chance.yes() {
            survey["introduction"] = json!({
                "organisation": "A & B", "purpose": "To *see*.\n\n- x", "minutes": 3, "contact": "[us](mailto:a@example.org)"
            });
            survey["window"] =
                json!({"opens": "2026-11-01T09:00", "closes": "2027-02-26T17:00", "timezone": "Europe/London"});
        }
        if !lists.is_empty() {
            survey["lists"] = lists.into();
        }
        survey["pages"] = pages.into();
        if !self.translations.is_empty() {
            survey["translations"] = json!({"cy": self.translations});
        }
        survey
    }
}

/// The first place where two values differ.
fn difference(left: &Value, right: &Value, at: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys());
            keys.into_iter().find_map(|key| {
                let (left, right) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                difference(left, right, &format!("{at}/{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..a.len()).find_map(|place| difference(&a[place], &b[place], &format!("{at}/{place}")))
        }
        _ if left == right => None,
        _ => Some(format!("{at}: {left} became {right}")),
    }
}

fn back(definition: &Value) -> Value {
    let written = write(definition).questionnaire.to_string();
    read(written.as_bytes()).expect("what was written can be read").definition
}

const EXACT: [&str; 8] = ["note", "consent", "single", "multi", "text", "number", "date", "repeat"];

#[test]
fn a_definition_comes_back_from_fhir_as_it_went() {
    for seed in 0..400 {
        let definition = Made::new(seed).definition(&EXACT, false);
        assert_eq!(difference(&definition, &back(&definition), ""), None, "seed {seed}");
        let losses = |report: Report| {
            // The opposite of “a or b > 3” is nested: not a, and b at most 3 or not answered.
            let is_loss = |entry: &Entry| entry.fate > Fate::Assumed && !entry.source.ends_with("/end");
            report.entries.into_iter().filter(is_loss).collect::<Vec<_>>()
        };
        let written = write(&definition);
        assert_eq!(losses(written.report), [], "seed {seed}");
        let read = read(written.questionnaire.to_string().as_bytes()).unwrap();
        assert_eq!(losses(read.report), [], "seed {seed}");
    }
}

#[test]
fn a_field_whose_rule_is_lost_comes_back_hidden() {
    let definition = json!({"format": 1, "id": "s", "title": "S", "language": "en", "pages": [{"id": "p", "questions": [
        {"id": "r", "type": "repeat", "text": "R?", "fields": [
            {"id": "a", "type": "text", "text": "A?"},
            {"id": "b", "type": "text", "text": "B?", "required": true, "lost_rule": "a ~ b"}]}]}]});
    assert_eq!(difference(&definition, &back(&definition), ""), None);
}

#[test]
fn nested_rules_come_back_as_they_went_and_are_reported() {
    let mut nested = 0;
    for seed in 0..200 {
        let definition = Made::new(seed).definition(&EXACT, true);
        assert_eq!(difference(&definition, &back(&definition), ""), None, "seed {seed}");
        let written = write(&definition);
        nested += written.report.entries.iter().filter(|entry| entry.code == "rule-expression").count();
    }
    assert!(nested > 100, "{nested}");
}

/// Without what only this program understands, the conditions still mean the same.
#[test]
fn flat_rules_are_read_from_the_conditions_alone() {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Array(extensions)) = map.get_mut("extension") {
                    extensions.retain(|one| one["url"] != "urn:canvass:key:show_if");
                }
                map.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    fn conditions(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) => {
                if map.contains_key("enableWhen") {
                    found.push(json!([map["enableWhen"], map.get("enableBehavior")]));
                }
                map.values().for_each(|value| conditions(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| conditions(value, found)),
            _ => {}
        }
    }
    for seed in 0..200 {
        let written = write(&Made::new(seed).definition(&EXACT, false)).questionnaire;
        // What comes after a closing page is known by the words of its rule.
        if written.to_string().contains("after_end") {
            continue;
        }
        let mut stripped = written.clone();
        strip(&mut stripped);
        let again = write(&read(stripped.to_string().as_bytes()).unwrap().definition).questionnaire;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        conditions(&written, &mut before);
        conditions(&again, &mut after);
        // The same question asked twice becomes one condition, so that only the ends are compared.
        let ends = |all: &[Value]| all.iter().map(|one| one[0][0].clone()).collect::<Vec<_>>();
        assert_eq!(ends(&before), ends(&after), "seed {seed}");
    }
}

#[test]
fn the_surveys_of_this_repository_come_back_as_they_went() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("surveys");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let text = std::fs::read_to_string(&file).unwrap();
        let Ok(mut definition) = serde_json::from_str::<Value>(&text) else { continue };
        if definition.get("pages").is_none() {
            continue;
        }
        // Where an editor finds the schema is no part of the questionnaire.
        definition.as_object_mut().unwrap().remove("$schema");
        count += 1;
        let has_ideas = definition.to_string().contains("\"type\":\"ideas\"");
        if !has_ideas {
            assert_eq!(difference(&definition, &back(&definition), ""), None, "{}", file.display());
        }
    }
    assert!(count >= 2);
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = data() else {
        println!("skipped: no data");
        return Vec::new();
    };
    let files = std::fs::read_dir(folder.join("forms/fhir")).unwrap();
    let files = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
    let mut files: Vec<_> = files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn real_questionnaires_are_read_whole() {
    for (name, bytes) in corpus() {
        let imported = read(&bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let text = imported.definition.to_string();
        let findings = canvass::definition::parse(&text).findings;
        let errors: Vec<_> =
            findings.iter().filter(|finding| finding.severity == canvass::document::Severity::Error).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn no_broken_file_is_a_panic_or_takes_long() {
    let mut chance = Chance(7);
    for (name, bytes) in corpus() {
        for copy in 0..200 {
            let mut broken = bytes.clone();
            for _ in 0..=chance.below(4) {
                let at = chance.below(broken.len());
                broken[at] =
                    if chance.yes() { broken[at] ^ (1 << chance.below(7)) } else { *chance.pick(b"\"{}[],:0x") };
            }
            let start = Instant::now();
            if let Ok(imported) = read(&broken) {
                drop(write(&imported.definition));
            }
            assert!(start.elapsed() < Duration::from_secs(5), "{name}, copy {copy}");
        }
    }
}
