//! The checker: the mistakes that authors make are each found at their place, and no text makes it fail.

#![cfg(test)]

use std::time::Instant;

use canvass::definition::{Parsed, parse};
use canvass::document::{Finding, Place, Severity};
use proptest::prelude::*;

const FOURTEEN: &str = include_str!("mistakes/fourteen.json");
pub(crate) const WORKFORCE: &str = include_str!("../../surveys/digital-ready-workforce.json");
pub(crate) const GALLERY: &str = include_str!("../../surveys/item-gallery.json");
pub(crate) const FORMAT: &str = include_str!("../../surveys/format-gallery.json");

/// The place of the `skip`-th character of the first line that contains `line`, at `from` within that line.
fn place_of(text: &str, line: &str, from: &str) -> Place {
    let (index, found) = text.lines().enumerate().find(|(_, found)| found.contains(line)).expect(line);
    let column = found[..found.find(from).expect(from)].chars().count();
    Place { line: u32::try_from(index + 1).unwrap(), column: u32::try_from(column + 1).unwrap() }
}

fn errors(parsed: &Parsed) -> Vec<&Finding> {
    parsed.findings.iter().filter(|finding| finding.severity == Severity::Error).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).findings.iter().map(|finding| finding.code).collect()
}

/// A survey with these questions on its first page and these pages after it.
pub(crate) fn survey(questions: &str, more_pages: &str) -> String {
    let comma = if more_pages.is_empty() { "" } else { "," };
    format!(
        "{{\"format\": 1, \"id\": \"trial\", \"title\": \"A trial\", \"pages\": [\n\
         {{\"id\": \"first\", \"title\": \"First\", \"questions\": [{questions}]}}{comma}\n{more_pages}]}}"
    )
}

#[test]
fn all_fourteen_mistakes_are_found_at_once_each_at_its_place() {
    let parsed = parse(FOURTEEN);
    // The typo, what is found and where, and what is suggested.
    let expected: [(&str, &str, &str, &str); 14] = [
        ("E403", "\"sector\": {", "{", "shares between 0 and 1"),
        ("E402", "\"mentl\"", "\"mentl\"", "did you mean `mental`?"),
        ("E103", "\"required\": \"true\"", "\"true\"", "true without quotation marks"),
        ("E102", "\"requird\"", "\"requird\"", "did you mean `required`?"),
        ("E107", "\"singel\"", "\"singel\"", "did you mean `single`?"),
        ("E106", "How old do you feel?", "{", "must differ"),
        ("E301", "\"min\": 4", "4", "at most 2"),
        ("E108", "\"agre5\"", "\"agre5\"", "did you mean `agree5`?"),
        ("E302", "\"step\": 30", "30", "25"),
        ("E203", "sector == 'acut'\"", "'acut'", "did you mean `acute`?"),
        ("E204", "later == 'yes'", "later", "earlier pages"),
        ("E201", "sector = 'acute'", "= 'acute'", "write =="),
        ("E206", "and sector == 'mental'", "sector == 'acute'", "exclude each other"),
        ("E405", "\"id\": \"the_end\"", "\"id\"", "who ends here"),
    ];
    let found = errors(&parsed);
    for (code, line, from, help) in expected {
        let mut place = place_of(FOURTEEN, line, from);
        if code == "E405" {
            // A page stands where its object starts: on the line before its id.
            place = Place { line: place.line - 1, column: place.column - 2 };
        }
        let finding = found.iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("{code} of {line}"));
        assert_eq!(finding.place, place, "{code}: {}", finding.message);
        let said = finding.help.as_deref().unwrap_or_default();
        assert!(said.contains(help), "{code}: {said}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    assert!(parsed.survey.is_none());
}

#[test]
fn findings_come_in_the_order_of_the_file() {
    let places: Vec<Place> = parse(FOURTEEN).findings.iter().map(|finding| finding.place).collect();
    assert!(places.is_sorted());
}

#[test]
fn the_surveys_that_come_with_the_program_have_no_mistakes() {
    for text in [WORKFORCE, GALLERY, FORMAT] {
        let parsed = parse(text);
        assert_eq!(errors(&parsed), Vec::<&Finding>::new());
        assert!(parsed.survey.is_some());
    }
}

#[test]
fn two_hundred_questions_with_rules_are_checked_in_a_moment() {
    let pages: Vec<String> = (0..50)
        .map(|page| {
            let questions: Vec<String> = (0..4)
                .map(|number| {
                    format!(
                        "{{\"id\": \"q{page}_{number}\", \"type\": \"multi\", \"text\": \"Which?\", \"options\": [{}]}}",
                        (0..12).map(|n| format!("{{\"id\": \"o{n}\", \"label\": \"O {n}\"}}")).collect::<Vec<_>>().join(",")
                    )
                })
                .collect();
            let rule = if page == 0 {
                String::new()
            } else {
                let of = |number: i32| format!("q{}_{number}", page - 1);
                format!(
                    "\"show_if\": \"'o1' in {} and 'o2' in {} and not ('o3' in {0}) or count({}) > 4\",",
                    of(0),
                    of(1),
                    of(2)
                )
            };
            format!("{{\"id\": \"p{page}\", {rule} \"title\": \"Page {page}\", \"questions\": [{}]}}", questions.join(","))
        })
        .collect();
    let text =
        format!("{{\"format\": 1, \"id\": \"large\", \"title\": \"Large\", \"pages\": [{}]}}", pages.join(",\n"));
    let start = Instant::now();
    let parsed = parse(&text);
    println!("200 questions and 49 rules checked in {:?}", start.elapsed());
    assert_eq!(errors(&parsed), Vec::<&Finding>::new());
}

#[test]
fn a_rule_may_have_2000_characters_and_brackets_64_deep() {
    let page = |rule: &str| {
        let question = "{\"id\": \"age\", \"type\": \"number\", \"text\": \"Age?\"}";
        survey(
            question,
            &format!(
                "{{\"id\": \"second\", \"show_if\": \"{rule}\", \"questions\": [{{\"id\": \"b\", \"type\": \"text\", \"text\": \"B?\"}}]}}"
            ),
        )
    };
    let padded = |length: usize| format!("age > 1{}", " ".repeat(length - "age > 1".len()));
    assert_eq!(codes(&page(&padded(2_000))), Vec::<&str>::new());
    assert_eq!(codes(&page(&padded(2_001))), ["E201"]);
    let nested = |depth: usize| format!("{}age > 1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(codes(&page(&nested(64))), Vec::<&str>::new());
    assert_eq!(codes(&page(&nested(65))), ["E201"]);
    for deep in [format!("{}age > 1", "not ".repeat(400)), format!("age > {}1", "-".repeat(1_900)), "[".repeat(1_900)] {
        assert_eq!(codes(&page(&deep)), ["E201"], "{}", &deep[..20]);
    }
}

#[test]
fn what_is_no_definition_gives_one_finding_with_a_place() {
    for text in ["", " \n", "\u{feff}", "{", "null", "[]", "7", "\"survey\"", "{} {}"] {
        let parsed = parse(text);
        assert!(parsed.survey.is_none() && !parsed.findings.is_empty(), "{text:?}");
        assert!(parsed.findings.iter().all(|finding| finding.place.line >= 1 && finding.place.column >= 1), "{text:?}");
    }
    assert_eq!(codes("{}").first(), Some(&"E104"));
}

#[test]
fn a_byte_order_mark_and_crlf_move_no_place() {
    let plain = parse(FOURTEEN);
    let dressed = parse(&format!("\u{feff}{}", FOURTEEN.replace('\n', "\r\n")));
    assert_eq!(plain.findings, dressed.findings);
}

#[test]
fn a_key_that_stands_twice_is_a_mistake() {
    let twice = WORKFORCE.replacen("\"format\": 1,", "\"format\": 1,\n  \"title\": \"Another\",", 1);
    let parsed = parse(&twice);
    let found = errors(&parsed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code, found[0].place.line), ("E106", place_of(&twice, "Building", "\"").line));
}

#[test]
fn numbers_beyond_all_bounds_are_refused_and_break_nothing() {
    let options = |value: &str| {
        format!(
            "[{{\"id\": \"a\", \"label\": \"A\", \"value\": {value}}}, {{\"id\": \"b\", \"label\": \"B\", \"value\": {value}}}]"
        )
    };
    for number in ["1e400", "-1e400", "99999999999999999999", "4294967295", "-1", "0.5", "1e9", "2147483647"] {
        let questions = format!(
            "{{\"id\": \"n\", \"type\": \"number\", \"text\": \"N?\", \"min\": {number}, \"max\": {number}, \"decimals\": {number}}},\
             {{\"id\": \"t\", \"type\": \"text\", \"text\": \"T?\", \"lines\": {number}, \"max_chars\": {number}}},\
             {{\"id\": \"m\", \"type\": \"multi\", \"text\": \"M?\", \"min\": {number}, \"max\": {number}, \"options\": {}}},\
             {{\"id\": \"al\", \"type\": \"allocate\", \"text\": \"A?\", \"total\": {number}, \"step\": {number}, \
              \"items\": [{{\"id\": \"r\", \"label\": \"R\"}}]}},\
             {{\"id\": \"r\", \"type\": \"rate\", \"text\": \"R?\", \"items\": [{{\"id\": \"r\", \"label\": \"R\"}}], \
              \"measure\": \"support\", \"support\": [\"a\"], \"scale\": {0}}}",
            options(number)
        );
        let parsed = parse(&survey(&questions, ""));
        assert!(!errors(&parsed).is_empty(), "{number}");
    }
}

#[test]
fn margins_are_shares_and_no_share_is_negative() {
    let text = FOURTEEN.replace("\"acute\": 0.5", "\"acute\": 1.5").replace("\"mentl\": 0.3", "\"mental\": -0.5");
    assert!(codes(&text).contains(&"E403"), "1.5 and -0.5 add up to 1 and are no shares");
}

/// A random edit of a text: what is between two places is cut out, doubled or replaced.
fn mutate(text: &str, edits: &[(usize, usize, u8, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (from, length, how, with) in edits {
        let from = from % (chars.len() + 1);
        let to = (from + length).min(chars.len());
        let new: Vec<char> = match how % 3 {
            0 => Vec::new(),
            1 => [&chars[from..to], &chars[from..to]].concat(),
            _ => with.chars().collect(),
        };
        chars.splice(from..to, new);
    }
    chars.into_iter().collect()
}

fn edits() -> impl Strategy<Value = Vec<(usize, usize, u8, String)>> {
    let with = prop_oneof![
        "\\PC{0,12}",
        Just("\"".to_string()),
        Just("}".to_string()),
        Just("null".to_string()),
        Just("-1e999".to_string()),
        Just("[]".to_string()),
        Just("{}".to_string()),
        Just("4294967295".to_string()),
    ];
    prop::collection::vec((any::<usize>(), 0..60_usize, any::<u8>(), with), 1..4)
}

/// Any JSON value whose keys are those of a definition.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let word = prop::sample::select(vec![
        "format",
        "id",
        "title",
        "pages",
        "questions",
        "type",
        "text",
        "options",
        "single",
        "multi",
        "rate",
        "rank",
        "allocate",
        "interventions",
        "items",
        "scale",
        "measure",
        "support",
        "lists",
        "margins",
        "population",
        "size",
        "estimate",
        "show_if",
        "a == 'b'",
        "label",
        "value",
        "missing",
        "min",
        "max",
        "total",
        "step",
        "translations",
        "window",
        "opens",
        "closes",
        "timezone",
        "Europe/London",
        "2026-01-01T00:00",
        "privacy",
        "consensus",
        "end",
        "screened_out",
        "a",
        "b",
        "é",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (0..4_i64).prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        word.clone().prop_map(Into::into),
        "\\PC{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((word.clone(), inner), 0..8).prop_map(|pairs| pairs
                .into_iter()
                .map(|(key, value)| (key.to_string(), value))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_of_a_definition_makes_the_checker_fail(gallery in any::<bool>(), edits in edits()) {
        let text = mutate(if gallery { GALLERY } else { WORKFORCE }, &edits);
        let parsed = parse(&text);
        let lines = u32::try_from(text.matches('\n').count() + 1).unwrap();
        for finding in &parsed.findings {
            prop_assert!((1..=lines).contains(&finding.place.line), "{finding:?}");
        }
        prop_assert!(parsed.survey.is_some() != parsed.findings.iter().any(|finding| finding.severity == Severity::Error));
    }

    #[test]
    fn no_json_makes_the_checker_fail(value in json()) {
        let _parsed = parse(&value.to_string());
        let mut text = value;
        if let serde_json::Value::Object(object) = &mut text {
            object.insert("format".into(), 1.into());
        }
        let _parsed = parse(&text.to_string());
    }

    #[test]
    fn no_rule_makes_the_checker_fail(rule in "[a-z0-9 ()\\[\\].,'=!<>+*/-]{0,60}|\\PC{0,30}") {
        if let Ok(rule) = canvass::definition::rule::parse(&rule, Place { line: 1, column: 1 }) {
            let _truth = crate::rules::with_facts(&std::collections::BTreeMap::new(), |facts| canvass::definition::rule::evaluate(&rule, facts));
        }
    }
}
