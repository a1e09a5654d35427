//! Every finding code has a definition that gives it at a known line and column, and a row in docs/check.md.

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;

use canvass::definition::parse;
use canvass::document::Place;

const DOCUMENTATION: &str = include_str!("../../docs/check.md");

/// The questions that the cases build on: page `first` of a survey; `HERE` is the case.
const AROUND: &str = r#"{"format": 1, "id": "trial", "title": "A trial",
"lists": {"agree": [{"id": "no", "label": "No", "value": 1}, {"id": "yes", "label": "Yes", "value": 2}]},
"interventions": [{"id": "tea", "label": "Tea"}, {"id": "bikes", "label": "Bikes"}],
"pages": [{"id": "first", "title": "First", "questions": [
  {"id": "home", "type": "single", "text": "Home?", "required": true, "options": [{"id": "house", "label": "House"}, {"id": "flat", "label": "Flat"}]},
  {"id": "age", "type": "number", "text": "Age?"},
  {"id": "likes", "type": "multi", "text": "Likes?", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "none", "label": "None", "exclusive": true}]}]},
HERE]TOP}"#;

/// A text in which `§` stands before the place of the finding.
fn marked(text: &str) -> (String, Place) {
    let (before, _) = text.split_once('§').unwrap_or_else(|| panic!("no § in {text}"));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = Place { line: u32::try_from(line).unwrap(), column: u32::try_from(column).unwrap() };
    (text.replace('§', ""), place)
}

/// A survey whose second page has this question.
fn question(text: &str) -> String {
    page(&format!("{{\"id\": \"second\", \"title\": \"Second\", \"questions\": [\n{text}]}}"))
}

/// A survey with these pages after the first.
fn page(text: &str) -> String {
    AROUND.replace("HERE", text).replace("TOP", "")
}

/// A survey with these keys after its pages.
fn top(text: &str) -> String {
    let more = r#"{"id": "second", "questions": [{"id": "why", "type": "text", "text": "Why?"}]}"#;
    AROUND.replace("HERE", more).replace("TOP", &format!(",\n{text}"))
}

/// A survey whose second page has this rule.
fn rule(text: &str) -> String {
    page(&format!(
        "{{\"id\": \"second\", \"show_if\": \"{text}\", \"questions\": [{{\"id\": \"why\", \"type\": \"text\", \"text\": \"Why?\"}}]}}"
    ))
}

type Case = (&'static str, String);

fn cases() -> Vec<Case> {
    [of_keys(), of_rules(), of_types(), of_fields(), of_columns(), of_surveys(), of_translations()].concat()
}

fn of_keys() -> Vec<Case> {
    vec![
        ("E101", "{\n\"format\": 1§,}".to_string()),
        ("E102", question(r#"{"id": "x", "type": "text", "text": "X?", §"requird": true}"#)),
        ("E103", question(r#"{"id": "x", "type": "text", "text": "X?", "required": §"yes"}"#)),
        ("E104", question(r#"§{"id": "x", "type": "text"}"#)),
        ("E105", question(r#"{"id": §"X-1", "type": "text", "text": "X?"}"#)),
        ("E106", question(r#"§{"id": "age", "type": "text", "text": "X?"}"#)),
        ("E107", question(r#"{"id": "x", "type": §"txt", "text": "X?"}"#)),
        ("E108", question(r#"{"id": "x", "type": "single", "text": "X?", "options": §"agre"}"#)),
        (
            "E109",
            question(
                r#"{"id": "x", "type": "rate", "text": "X?", "items": "interventions", "scale": "agree", "measure": "support", "support": [§"yess"]}"#,
            ),
        ),
        ("E110", question(r#"{"id": "x", "type": "single", "text": "X?", "options": §[]}"#)),
        ("W111", question(r#"{"id": "x", "type": "single", "text": "X?", "options": §[{"id": "a", "label": "A"}]}"#)),
        (
            "E112",
            AROUND
                .replace("HERE", "")
                .replace("]},\n]", "]}\n]")
                .replace("TOP", ",\n\"retired\": [\"age\"]")
                .replace("  {\"id\": \"age\"", "  §{\"id\": \"age\""),
        ),
    ]
}

fn of_rules() -> Vec<Case> {
    let contact =
        r#"{"id": "contact", "store": "contact", "questions": [{"id": "email", "type": "email", "text": "E?"}]}"#;
    vec![
        ("E201", rule("home §= 'house'")),
        ("E202", rule("§hom == 'house'")),
        ("E203", rule("home == §'hous'")),
        ("E204", rule("§why == 'x'")),
        ("E205", rule("§home > 3")),
        ("E206", rule("§home == 'house' and home == 'flat'")),
        (
            "E207",
            page(&format!(
                "{contact},\n{{\"id\": \"x\", \"show_if\": \"answered(§email)\", \"questions\": [{{\"id\": \"y\", \"type\": \"text\", \"text\": \"Y?\"}}]}}"
            )),
        ),
        ("W208", rule("§count(likes) >= 0")),
        ("W209", rule("§home == 'house' or home == 'flat'")),
        ("W210", rule("§age != 3")),
        ("E211", question(r#"§{"id": "x", "type": "text", "text": "Hello {{ age"}"#)),
        ("W212", question(r#"{"id": "x", "type": "text", "text": "X?", "lost_rule": "§pulldata('x')"}"#)),
    ]
}

fn of_types() -> Vec<Case> {
    vec![
        ("E301", question(r#"{"id": "x", "type": "number", "text": "X?", "min": §3, "max": 2}"#)),
        ("E302", question(r#"{"id": "x", "type": "allocate", "text": "X?", "items": "interventions", "step": §30}"#)),
        ("E306", question(r#"{"id": "x", "type": "text", "text": "X?", "lines": §21}"#)),
        (
            "E307",
            question(
                r#"{"id": "x", "type": "rate", "text": "X?", "items": "interventions", "scale": "agree", "measure": §"support"}"#,
            ),
        ),
        ("E308", question(r#"{"id": "x", "type": "note", "text": "X", "required": §true}"#)),
        (
            "E309",
            question(
                r#"§{"id": "x", "type": "single", "required": true, "text": "X?", "options": [{"id": "a", "label": "A", "show_if": "age > 3"}, {"id": "b", "label": "B", "show_if": "home == 'house'"}]}"#,
            ),
        ),
        (
            "W310",
            question(
                r#"{"id": "x", "type": "single", "text": "X?", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "show_if": "§home == 'house' and home == 'flat'"}]}"#,
            ),
        ),
        ("E311", question(r#"{"id": "x", "type": "date", "text": "X?", "min": §"soon"}"#)),
        (
            "W316",
            question(
                r#"{"id": "x", "type": "multi", "text": "X?", "options": §[{"id": "a", "label": "A", "exclusive": true}, {"id": "b", "label": "B", "missing": true}, {"id": "c", "label": "C"}]}"#,
            ),
        ),
        (
            "E312",
            question(
                r#"{"id": "x", "type": "repeat", "text": "X?", "fields": [{"id": "y", "type": §"consent", "text": "Y"}]}"#,
            ),
        ),
        ("E313", question(r#"{"id": "x", "type": "text", "text": "X?", "order": §"random"}"#)),
        ("E314", question(r#"{"id": "x", "type": "text", "text": "X?", "required": true, "required_if": "§age > 3"}"#)),
        ("E315", question(r#"{"id": "x", "type": "text", "text": "X?", "pattern": §"(["}"#)),
    ]
}

/// A repeat with a field that everyone sees, and this one.
fn field(text: &str) -> String {
    question(&format!(
        "{{\"id\": \"x\", \"type\": \"repeat\", \"text\": \"X?\", \"fields\": [{{\"id\": \"a\", \"type\": \"text\", \"text\": \"A?\"}},\n{text}]}}"
    ))
}

/// A field with this rule.
fn field_if(rule: &str) -> String {
    field(&format!("{{\"id\": \"b\", \"type\": \"text\", \"text\": \"B?\", \"show_if\": \"{rule}\"}}"))
}

fn of_fields() -> Vec<Case> {
    vec![
        ("E102", field(r#"{"id": "b", "type": "text", "text": "B?", §"required_if": "age > 3"}"#)),
        (
            "E110",
            question(
                r#"{"id": "x", "type": "repeat", "text": "X?", "required": true, "fields": §[{"id": "b", "type": "note", "text": "B"}]}"#,
            ),
        ),
        ("E201", field_if("home §= 'house'")),
        ("E202", field_if("§a == 'x'")),
        ("E203", field_if("home == §'hous'")),
        ("E204", field_if("count(§x) > 0")),
        ("E206", field_if("§home == 'house' and home == 'flat'")),
        ("W208", field_if("§count(likes) >= 0")),
        ("W209", field_if("§home == 'house' or home == 'flat'")),
        ("W210", field_if("§age != 3")),
        ("W212", field(r#"{"id": "b", "type": "text", "text": "B?", "lost_rule": "§pulldata('x')"}"#)),
        (
            "W212",
            field(
                r#"{"id": "b", "type": "single", "text": "B?", "options": [{"id": "c", "label": "C"}, {"id": "d", "label": "D", "lost_rule": "§x"}]}"#,
            ),
        ),
        ("E417", field(r#"{"id": "b", "type": "text", "text": "B?", "show_if": "age > 3", "lost_rule": "§x"}"#)),
        (
            "E204",
            field(
                r#"{"id": "b", "type": "single", "text": "B?", "options": [{"id": "c", "label": "C"}, {"id": "d", "label": "D", "show_if": "count(§x) > 1"}]}"#,
            ),
        ),
        (
            "W310",
            field(
                r#"{"id": "b", "type": "single", "text": "B?", "show_if": "home == 'house'", "options": [{"id": "c", "label": "C"}, {"id": "d", "label": "D", "show_if": "§home == 'flat'"}]}"#,
            ),
        ),
        (
            "E309",
            AROUND.replace("TOP", "").replace(
                "HERE",
                r#"{"id": "second", "questions": [§{"id": "x", "type": "repeat", "text": "X?", "fields": [{"id": "b", "type": "single", "required": true, "text": "B?", "options": [{"id": "c", "label": "C", "show_if": "home == 'flat'"}, {"id": "d", "label": "D", "show_if": "age > 3"}]}]}]}"#,
            ),
        ),
        (
            "E309",
            question(
                r#"§{"id": "x", "type": "repeat", "text": "X?", "required": true, "fields": [{"id": "b", "type": "text", "text": "B?", "show_if": "home == 'flat'"}]}"#,
            ),
        ),
        (
            "E415",
            page(
                r#"{"id": "contact", "store": "contact", "questions": [§{"id": "x", "type": "repeat", "text": "X?", "fields": [{"id": "b", "type": "text", "text": "B?", "show_if": "home == 'flat'"}]}]}"#,
            ),
        ),
    ]
}

fn of_columns() -> Vec<Case> {
    vec![
        ("E113", question(r#"§{"id": "mode", "type": "text", "text": "X?"}"#)),
        ("E113", top(r#""calculated": [§{"id": "submitted_on", "value": "age + 1"}]"#)),
        (
            "E113",
            question(
                r#"§{"id": "x", "type": "multi", "order": "random", "text": "X?", "options": [{"id": "presented", "label": "P"}, {"id": "b", "label": "B"}]}"#,
            ),
        ),
        (
            "E113",
            question(
                r#"§{"id": "x", "type": "allocate", "order": "reverse_half", "text": "X?", "items": [{"id": "presented", "label": "P"}, {"id": "b", "label": "B"}]}"#,
            ),
        ),
    ]
}

fn of_surveys() -> Vec<Case> {
    vec![
        ("E401", top(r#""population": {"margins": {§"hom": {"house": 1}}}"#)),
        ("E402", top(r#""population": {"margins": {"home": {"house": 0.5, "flat": 0.5, §"flt": 0}}}"#)),
        ("E403", top(r#""population": {"margins": {"home": §{"house": 0.5, "flat": 0.3}}}"#)),
        ("W404", top(r#""population": {"margins": {§"home": {"house": 1}}}"#)),
        (
            "E405",
            page(
                r#"§{"id": "out", "end": "finished", "text": "Bye"}, {"id": "x", "questions": [{"id": "y", "type": "text", "text": "Y?"}]}"#,
            ),
        ),
        ("E406", question(r#"§{"id": "x", "type": "email", "text": "E?"}"#)),
        (
            "E407",
            page(
                r#"{"id": "x", "store": "contact", "questions": [§{"id": "y", "type": "single", "text": "Y?", "options": "agree", "segment": true}]}"#,
            ),
        ),
        ("E408", question(r#"§{"id": "x", "type": "number", "text": "X?", "segment": true}"#)),
        (
            "E409",
            question(
                r#"§{"id": "x", "type": "rate", "text": "X?", "items": [{"id": "r", "label": "R"}], "scale": "agree", "measure": "support", "support": ["yes"]}"#,
            ),
        ),
        (
            "E410",
            top(r#""window": {"opens": "2026-01-01T09:00", "closes": "2026-02-01T09:00", "timezone": §"London"}"#),
        ),
        ("E411", top(r#""consensus": {"alpha": §1.5}"#)),
        ("E412", page(r#"§{"id": "empty"}"#)),
        (
            "E413",
            page(
                r#"§{"id": "x", "questions": [{"id": "y", "type": "text", "text": "Y?"}, {"id": "z", "type": "text", "text": "Z?"}]}"#,
            ),
        ),
        ("E414", top(r#""consensus": §{"n_min_guard": 3}"#)),
        ("E427", top(r#""privacy": {"min_cell": §4}"#)),
        ("W428", top(r#""privacy": {"min_cell": §0}"#)),
        ("E431", top(r#""round": {"questions": [§"likes"]}"#)),
        ("E430", top(r#""consensus": §{"weighting": "rake"}"#)),
        (
            "E415",
            page(
                r#"§{"id": "contact", "store": "contact", "show_if": "age > 3", "questions": [{"id": "email", "type": "email", "text": "E?"}]}"#,
            ),
        ),
        ("E416", page(r#"§{"id": "out", "end": "screened_out", "text": "Bye"}"#)),
        ("E417", question(r#"{"id": "x", "type": "text", "text": "X?", "show_if": "age > 3", "lost_rule": "§x"}"#)),
        (
            "E420",
            page(
                r#"{"id": "b", "section": "S", "questions": [{"id": "qb", "type": "text", "text": "B?"}]}, {"id": "c", "section": "T", "questions": [{"id": "qc", "type": "text", "text": "C?"}]}, §{"id": "d", "section": "S", "questions": [{"id": "qd", "type": "text", "text": "D?"}]}"#,
            ),
        ),
        (
            "E421",
            r#"{"format": 1, "id": "trial", "title": "A trial", "overview": true, "pages": [§{"id": "a", "section": "S", "questions": [{"id": "qa", "type": "text", "text": "A?"}]}]}"#.to_string(),
        ),
        (
            "E422",
            r#"{"format": 1, "id": "trial", "title": "A trial", "overview": true, "pages": [{"id": "a", "section": "S", "questions": [{"id": "qa", "type": "text", "text": "A?"}]}, {"id": "b", "section": "T", "questions": [{"id": "qb", "type": "text", "text": "B?"}]}, §{"id": "c", "questions": [{"id": "qc", "type": "text", "text": "C?"}]}]}"#.to_string(),
        ),
        ("W419", page(r#"§{"id": "second", "questions": [{"id": "why", "type": "text", "text": " first "}]}"#)),
        (
            "E423",
            page(
                r#"§{"id": "w", "title": "W", "questions": [{"id": "wall", "type": "ideas", "text": "W?"}, {"id": "t", "type": "text", "text": "T?"}]}"#,
            ),
        ),
        (
            "E424",
            page(r#"{"id": "second", "questions": [{"id": "why", "type": "text", "text": "Why?"}]}"#).replace(
                r#""label": "Tea"}, {"id": "bikes", "label": "Bikes"}"#,
                r#""label": "Tea", "phrases": ["a brew"]}, {"id": "bikes", "label": "Bikes", "phrases": ["bikes", §"A  Brew"]}"#,
            ),
        ),
        ("E418", top(r#""checks": [{"rule": "§1 == 1", "message": "M"}]"#)),
        ("E419", top(r#""access": {"mode": "email_domain", "domains": [§"example"]}"#)),
    ]
}

fn of_translations() -> Vec<Case> {
    vec![
        ("E601", top(r#""translations": {"cy": {§"home.txt": {"text": "T"}}}"#)),
        ("W603", top(r#""translations": {§"cy": {"home.text": {"text": "T"}}}"#)),
        (
            "E604",
            page(
                r#"{"id": "second", "questions": [{"id": "why", "type": "text", "text": "Why, at {{ age }}?"}]}],
"translations": {"cy": {"why.text": {"text": §"Pam?"}}}, "retired": ["gone""#,
            ),
        ),
        ("W605", top(r#""language": §"english_uk!""#)),
        ("W602", top(r#""translations": {"cy": {§"home.text": {"text": "T", "of": "00000000"}}}"#)),
    ]
}

#[test]
fn every_code_is_found_at_its_place() {
    for (code, text) in cases() {
        let (text, place) = marked(&text);
        let findings = parse(&text).findings;
        let found = findings.iter().any(|finding| finding.code == code && finding.place == place);
        assert!(found, "{code} at {place:?}:\n{text}\n{findings:#?}");
    }
}

#[test]
fn one_mistake_is_one_finding() {
    for (code, text) in cases() {
        // Each translation of a few texts is also told to be incomplete.
        let told = |found: &&str| code == "W603" || *found != "W603";
        let findings = parse(&marked(&text).0).findings;
        let found: Vec<_> = findings.iter().map(|finding| finding.code).filter(told).collect();
        assert_eq!(found, [code], "{text}");
    }
}

/// The codes that stand between quotation marks in the sources.
fn in_sources(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            in_sources(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            found.extend(text.split('"').filter(|part| is_code(part)).map(str::to_string));
        }
    }
}

fn is_code(word: &str) -> bool {
    word.len() == 4 && word.starts_with(['E', 'W']) && word.chars().skip(1).all(|c| c.is_ascii_digit())
}

#[test]
fn every_code_is_tested_and_documented() {
    let mut codes = BTreeSet::new();
    in_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/"), &mut codes);
    let tested: BTreeSet<String> = cases().iter().map(|(code, _)| (*code).to_string()).collect();
    assert_eq!(codes, tested, "each code has a case here");
    let rows = DOCUMENTATION.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let documented: BTreeSet<String> = rows.filter(|word| is_code(word)).map(str::to_string).collect();
    assert_eq!(codes, documented, "each code has a row in docs/check.md");
}
