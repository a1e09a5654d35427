//! Who gets where: what nobody sees, rules that say nothing and ways that lead nowhere are found, and never claimed wrongly.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Instant;

use canvass::definition::rule::{self, Facts, Name, Rule, evaluate, value_of};
use canvass::definition::{End, Page, Survey, parse};
use canvass::document::{Finding, Place};
use canvass::item::Answer;
use proptest::prelude::*;

use crate::check::survey as text_of;
use crate::rules::{QUESTIONS, choice, holds};

/// A page with one question and perhaps more keys.
fn page(id: &str, keys: &str) -> String {
    let comma = if keys.is_empty() { "" } else { ", " };
    format!(
        "{{\"id\": \"{id}\"{comma}{keys}, \"questions\": [{{\"id\": \"{id}_q\", \"type\": \"text\", \"text\": \"Q?\"}}]}}"
    )
}

/// A page with a rule after the page of all questions.
fn ruled(rule: &str) -> String {
    text_of(QUESTIONS, &page("second", &format!("\"show_if\": \"{rule}\"")))
}

/// What is said of the rules; many pages here have the same heading.
fn found(text: &str) -> Vec<Finding> {
    let mut findings = parse(text).findings;
    findings.retain(|finding| finding.code != "W419");
    findings
}

/// The findings as code, column of the line of the finding, and line.
fn codes(text: &str) -> Vec<&'static str> {
    found(text).iter().map(|finding| finding.code).collect()
}

/// The codes of the findings with the text that stands at their place.
fn at(text: &str) -> Vec<(&'static str, String)> {
    let place = |finding: &Finding| {
        let line = text.lines().nth(finding.place.line as usize - 1).unwrap_or_default();
        let rest: String = line.chars().skip(finding.place.column as usize - 1).collect();
        rest.split(['"', ',']).find(|part| !part.is_empty()).unwrap_or_default().to_string()
    };
    found(text).iter().map(|finding| (finding.code, place(finding))).collect()
}

#[test]
fn a_rule_that_cannot_hold_is_found() {
    for rule in [
        "one == 'a' and one == 'b'",
        "one == 'a' and not answered(one)",
        "one in ['a', 'b'] and one == 'c'",
        "'x' in many and count(many) < 1",
        "count(many) > 3",
        "'x' in many and 'y' in many and 'z' in many and count(many) <= 2",
        "age > 5 and age < 3",
        "age > 5 and age <= 5",
        "age > 5 and age < 6",
        "not (one == 'a') and one == 'a'",
        "false",
        "grid.r1 == 'no' and grid.r1 == 'yes'",
        "grid.r1 == 'no' and not answered(grid)",
        "answered(grid.r1) and answered(grid.r2) and count(grid) < 2",
        "answered(grid) and not answered(grid.r1) and not answered(grid.r2)",
        "since > '2021-01-01' and since < '2020-01-01'",
        "since > '2021-01-01' and since < date('2021-01-02')",
        "length(word) > 10 and length(word) < 5",
        "word == 'four' and length(word) > 4",
        "word == 'four' and matches(word, '^five')",
        "matches(word, 'a') and not matches(word, 'a')",
        "age > years and not (age > years)",
        "age + years > 3 and not answered(years)",
        "one == two and one == 'c'",
        "one == two and one == 'a' and two == 'b'",
        "top[1] == 'r1' and top[2] == 'r1'",
        "top[1] == top[2]",
        "answered(top[2]) and not answered(top[1])",
        "answered(top[3]) and count(top) == 2",
        "sum(pot) < 10",
        "pot.r1 > 10",
        "pot.r1 >= 0 and not answered(pot)",
        "years_since(since) >= 18 and years_since(since) < 18",
        "answered(kind.other) and kind == 'a'",
        "mood > 'fair' and mood < 'top'",
        "mood < 'top' and mood == 'dk'",
    ] {
        assert_eq!(codes(&ruled(rule)), ["E206"], "{rule}");
    }
}

#[test]
fn a_rule_that_can_hold_is_never_called_impossible() {
    for rule in [
        "age > years",
        "age < years and years < 100",
        "pot.r1 > pot.r2",
        "age / 10 > 3",
        "age * 0.5 > 10",
        "age * age == 49",
        "age - years == 12.5",
        "age + years > 100",
        "length(word) == 30",
        "length(word) >= 5 and length(word) < 6",
        "length(word) > 40000",
        "count(pot) == 2",
        "count(top) == 3",
        "since > '2020-01-01' and since < '2021-01-01'",
        "since < '2020-01-01'",
        "since > today()",
        "word != 'a' and answered(word)",
        "matches(word, 'a') and matches(word, 'b') and length(word) > 3",
        "top[1] == top[1]",
        "one == two",
        "one != two and answered(one) and answered(two)",
        "one == 'a' and two == 'b' and one != two",
        "mood >= 'fine' and mood != 'fine' and mood != 'top'",
        "'x' in many and 'y' in many and 'z' in many",
        "top[1] == 'r1' and top[2] == 'r2' and top[3] == 'r3'",
        "answered(kind.other) and kind == 'z'",
    ] {
        let found: Vec<&str> = codes(&ruled(rule)).into_iter().filter(|code| *code != "W210").collect();
        assert_eq!(found, Vec::<&str>::new(), "{rule}");
    }
}

#[test]
fn a_rule_that_everyone_meets_says_nothing() {
    for rule in [
        "true",
        "one == 'a' or not (one == 'a')",
        "answered(one) or not answered(one)",
        "count(many) >= 0",
        "one == 'a' or one == 'b' or one == 'c' or not answered(one)",
        "age > 3 or age <= 3 or not answered(age)",
        "length(word) >= 0",
    ] {
        assert_eq!(at(&ruled(rule)), [("W208", rule.to_string())], "{rule}");
    }
    for rule in ["one in ['a', 'b', 'c']", "age > 3 or age <= 3", "answered(ok)", "count(many) > 0"] {
        assert_eq!(codes(&ruled(rule)), Vec::<&str>::new(), "{rule}: not for those who did not answer");
    }
}

#[test]
fn every_finding_stands_at_its_place_and_says_what_to_do() {
    let text = text_of(
        r#"{"id": "agree", "type": "consent", "text": "Agree?", "required": true},
        {"id": "home", "type": "single", "text": "Home?", "required": true, "options": [{"id": "house", "label": "H"}, {"id": "flat", "label": "F"}]}"#,
        r#"{"id": "houses", "show_if": "home == 'house'", "title": "Houses", "questions": [
            {"id": "roof", "type": "single", "text": "Roof?", "show_if": "home == 'flat'", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
            {"id": "garden", "type": "single", "text": "Garden?", "show_if": "home != 'flat'", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]}]},
        {"id": "all", "show_if": "agree", "questions": [{"id": "q1", "type": "text", "text": "Q?"}]},
        {"id": "both", "show_if": "garden == 'a' and home == 'flat'", "questions": [{"id": "q2", "type": "text", "text": "Q?"}]},
        {"id": "no_garden", "show_if": "garden != 'a'", "questions": [{"id": "q3", "type": "text", "text": "Q?"}]}"#,
    );
    let findings = found(&text);
    let expected = [
        ("E206", "home == 'flat'", "its page is shown only where home == 'house'"),
        ("W209", "home != 'flat'", "its page is shown only where home == 'house'"),
        ("W209", "agree", "`agree`"),
        ("E206", "garden == 'a' and home == 'flat'", "look at who is asked `garden`, `home`"),
        ("W210", "garden != 'a'", "answered(garden) and garden != 'a'"),
    ];
    let places: Vec<(&str, String)> = expected.iter().map(|(code, text, _)| (*code, (*text).to_string())).collect();
    assert_eq!(at(&text), places);
    for (finding, (_, _, help)) in findings.iter().zip(expected) {
        assert!(finding.help.as_deref().unwrap_or_default().contains(help), "{finding:?}");
    }
}

#[test]
fn a_question_that_was_not_asked_has_no_answer_and_a_required_one_that_was_has() {
    let pages = |required: &str, rule: &str| {
        text_of(
            r#"{"id": "a", "type": "consent", "text": "A?"}"#,
            &format!(
                r#"{{"id": "p", "show_if": "a", "questions": [{{"id": "b", "type": "number", "text": "B?", "required": {required}}}]}},
                {{"id": "q", "show_if": "{rule}", "questions": [{{"id": "c", "type": "text", "text": "C?"}}]}}"#
            ),
        )
    };
    assert_eq!(codes(&pages("false", "answered(b) and not a")), ["E206"]);
    assert_eq!(codes(&pages("true", "a and not answered(b)")), ["E206"]);
    assert_eq!(codes(&pages("true", "answered(b) or not a")), ["W209"]);
    assert_eq!(codes(&pages("false", "a and not answered(b)")), Vec::<&str>::new());
    assert_eq!(codes(&pages("false", "answered(b) or not a")), Vec::<&str>::new());
}

#[test]
fn closing_pages_that_let_nobody_past_are_found_once() {
    let home = r#"{"id": "home", "type": "single", "text": "Home?", "required": true, "options": [{"id": "house", "label": "H"}, {"id": "flat", "label": "F"}]}"#;
    let end = |id: &str, rule: &str, end: &str| format!(r#"{{"id": "{id}", "show_if": "{rule}", "end": "{end}"}}"#);
    let survey = |pages: &[String]| at(&text_of(home, &pages.join(",\n")));
    let last = || page("last", "\"title\": \"Last\"");

    let houses = end("houses", "home == 'house'", "screened_out");
    assert_eq!(survey(&[houses.clone(), last()]), []);
    let dead = survey(&[houses.clone(), end("flats", "home == 'flat'", "screened_out"), last()]);
    assert_eq!(dead, [("E405", "home == 'flat'".to_string())]);
    let dead = survey(&[houses.clone(), end("flats", "home in ['flat']", "finished"), last()]);
    assert_eq!(dead, [("E405", "home in ['flat']".to_string())]);
    let after = survey(&[houses.clone(), page("houses_too", "\"show_if\": \"home == 'house'\"")]);
    assert_eq!(after, [("E206", "home == 'house'".to_string())]);
    let nobody = survey(&[houses.clone(), end("flats", "home == 'flat'", "screened_out")]);
    assert_eq!(nobody, [("E416", "home == 'flat'".to_string())]);
    let nobody = survey(&[houses.clone(), "{\"id\": \"out\", \"end\": \"screened_out\"}".to_string()]);
    assert_eq!(nobody, [("E416", "{".to_string())]);
    let some =
        survey(&[end("houses", "home == 'house'", "finished"), "{\"id\": \"out\", \"end\": \"screened_out\"}".into()]);
    assert_eq!(some, []);
}

#[test]
fn one_mistake_is_one_finding() {
    let text = text_of(
        r#"{"id": "home", "type": "single", "text": "Home?", "options": [{"id": "house", "label": "H"}, {"id": "flat", "label": "F"}]}"#,
        r#"{"id": "never", "show_if": "home == 'house' and home == 'flat'", "title": "Never", "questions": [
            {"id": "a", "type": "consent", "text": "A?", "required": true, "show_if": "home == 'house'"},
            {"id": "b", "type": "consent", "text": "B?", "show_if": "answered(home)"}]},
        {"id": "then", "show_if": "a", "questions": [{"id": "c", "type": "text", "text": "C?"}]},
        {"id": "wrong", "show_if": "home == 'hut'", "questions": [{"id": "d", "type": "consent", "text": "D?"}]},
        {"id": "after", "show_if": "d and home == 'flat'", "questions": [{"id": "e", "type": "text", "text": "E?"}]}"#,
    );
    assert_eq!(codes(&text), ["E206", "E203"]);
}

#[test]
fn an_answer_that_may_be_missing_is_asked_for_where_not_equal_is_written() {
    for (rule, expected) in [
        ("one != 'a'", vec!["one != 'a'"]),
        ("one not in ['a', 'b']", vec!["one not in ['a'"]),
        ("not (one == 'a')", vec!["one == 'a')"]),
        ("not (one == 'a' or age < 3)", vec!["one == 'a' or age < 3)", "age < 3)"]),
        ("two == 'a' or one != 'a'", vec!["one != 'a'"]),
        ("one != 'a' and one != 'b'", vec!["one != 'a' and one != 'b'"]),
        ("answered(one) and one != 'a'", vec![]),
        ("not answered(one) or one != 'a'", vec![]),
        ("one != 'a' and one == 'b'", vec![]),
        ("not (one != 'a')", vec![]),
        ("grid.r1 != 'no'", vec!["grid.r1 != 'no'"]),
        ("'x' not in many", vec![]),
        ("not ok", vec![]),
        ("not count(many) > 2", vec![]),
    ] {
        let found: Vec<String> = at(&ruled(rule)).into_iter().map(|(code, place)| format!("{code} {place}")).collect();
        let expected: Vec<String> = expected.into_iter().map(|place| format!("W210 {place}")).collect();
        assert_eq!(found, expected, "{rule}");
    }
    let asked_of_some = |required: &str, rule: &str| {
        text_of(
            r#"{"id": "a", "type": "consent", "text": "A?"}"#,
            &format!(
                r#"{{"id": "p", "show_if": "a", "title": "P", "questions": [
                    {{"id": "b", "type": "number", "text": "B?", "required": {required}}},
                    {{"id": "m", "type": "multi", "text": "M?", "required": {required}, "options": [{{"id": "x", "label": "X"}}, {{"id": "y", "label": "Y"}}]}}]}},
                {{"id": "q", "show_if": "{rule}", "questions": [{{"id": "c", "type": "text", "text": "C?"}}]}}"#
            ),
        )
    };
    assert_eq!(codes(&asked_of_some("true", "b != 3")), ["W210"], "who does not agree is not asked");
    assert_eq!(codes(&asked_of_some("true", "a and b != 3")), Vec::<&str>::new());
    assert_eq!(codes(&asked_of_some("false", "a and b != 3")), ["W210"]);
    assert_eq!(codes(&asked_of_some("false", "a and 'x' not in m")), Vec::<&str>::new(), "an empty box is an answer");
    assert_eq!(codes(&asked_of_some("false", "'x' not in m")), ["W210"], "who was not asked ticked nothing");
}

#[test]
fn a_rule_may_name_any_number_of_options_of_one_question() {
    let options: Vec<String> = (1..=40).map(|n| format!("{{\"id\": \"o{n}\", \"label\": \"O{n}\"}}")).collect();
    let question = |max: u32| {
        let options = options.join(",");
        format!("{{\"id\": \"many\", \"type\": \"multi\", \"text\": \"M?\", \"max\": {max}, \"options\": [{options}]}}")
    };
    let all: Vec<String> = (1..=40).map(|n| format!("'o{n}' in many")).collect();
    let rule = |joint: &str| page("p", &format!("\"show_if\": \"{}\"", all.join(joint)));
    assert_eq!(codes(&text_of(&question(40), &rule(" and "))), Vec::<&str>::new());
    assert_eq!(codes(&text_of(&question(39), &rule(" and "))), ["E206"]);
    assert_eq!(codes(&text_of(&question(40), &rule(" or "))), Vec::<&str>::new());
}

/// A survey in which options, answers that are needed and computed values have rules.
fn offering(must: &str, can: &str, rule: &str, more: &str) -> String {
    let options = |a: &str, b: &str| {
        let rule = |rule: &str| if rule.is_empty() { String::new() } else { format!(", \"show_if\": \"{rule}\"") };
        format!("[{{\"id\": \"a\", \"label\": \"A\"{}}}, {{\"id\": \"b\", \"label\": \"B\"{}}}]", rule(a), rule(b))
    };
    let split = |rules: &str| rules.split_once('|').map_or(options("", ""), |(a, b)| options(a, b));
    format!(
        r#"{{"format": 1, "id": "trial", "title": "T"{more}, "pages": [
        {{"id": "p0", "title": "P", "questions": [
            {{"id": "home", "type": "single", "required": true, "text": "H?", "options": {}}},
            {{"id": "age", "type": "number", "min": 0, "text": "A?"}}]}},
        {{"id": "p1", "title": "P", "questions": [
            {{"id": "must", "type": "single", "required": true, "text": "M?", "options": {}}},
            {{"id": "can", "type": "multi", "text": "C?"{}, "options": {}}}]}},
        {{"id": "p2", "title": "P", "show_if": "{rule}", "questions": [
            {{"id": "last", "type": "text", "text": "L?"}}]}}]}}"#,
        options("", ""),
        split(must),
        can.split_once('#').map_or(String::new(), |(needed, _)| format!(", \"required_if\": \"{needed}\"")),
        split(can.split_once('#').map_or(can, |(_, rules)| rules)),
    )
}

#[test]
fn whoever_must_answer_is_offered_an_option() {
    let found = |must: &str, can: &str| at(&offering(must, can, "home == 'a'", ""));
    let place = |code: &'static str, text: &str| vec![(code, text.to_string())];
    assert_eq!(found("home == 'a'|home == 'b' and age > 17", ""), place("E309", "{"));
    assert_eq!(found("home == 'a'|home == 'b'", ""), []);
    assert_eq!(found("home == 'a'|", ""), [], "b is offered to everyone");
    assert_eq!(found("", "home == 'a'|home == 'a'"), [], "it need not be answered");
    assert_eq!(found("", "home == 'b'#home == 'a'|home == 'a'"), place("E309", "{"));
    assert_eq!(found("", "home == 'a'#home == 'a'|home == 'a'"), []);
    assert_eq!(found("home == 'a'|age * 2 > 40", ""), [], "nothing is claimed where answers are calculated with");
    assert_eq!(found("", "home == 'a' and home == 'b'|"), place("W310", "home == 'a' and home == 'b'"));
    assert_eq!(found("age < 0|home == 'a'", ""), place("W310", "age < 0"), "and nothing more");
}

#[test]
fn what_was_not_offered_was_not_chosen_and_who_had_to_answer_has() {
    let found = |must: &str, can: &str, rule: &str| codes(&offering(must, can, rule, ""));
    assert_eq!(found("home == 'a'|", "", "must == 'a' and home == 'b'"), ["E206"]);
    assert_eq!(found("|home == 'a'", "", "must == 'a' and home == 'b'"), Vec::<&str>::new());
    assert_eq!(found("", "|home == 'a'", "'b' in can and home == 'b'"), ["E206"]);
    assert_eq!(found("", "home == 'a'#|", "home == 'a' and not answered(can)"), ["E206"]);
    assert_eq!(found("", "home == 'b'#|", "home == 'a' and not answered(can)"), Vec::<&str>::new());
}

#[test]
fn computed_values_are_followed_to_the_answers() {
    let calculated = r#", "calculated": [{"id": "adult", "value": "answered(age) and age >= 18"},
        {"id": "house", "value": "home == 'a' and adult"}, {"id": "twice", "value": "age * 2"}]"#;
    for (rule, expected) in [
        ("adult and age < 18", vec!["E206"]),
        ("house and home == 'b'", vec!["E206"]),
        ("house and not adult", vec!["E206"]),
        ("not house or adult", vec!["W209"]),
        ("house or home == 'b'", vec![]),
        ("twice > 3 and twice < 2", vec!["E206"]),
        ("twice > 3 and age < 1", vec![]),
        ("answered(adult)", vec!["W208"]),
    ] {
        assert_eq!(codes(&offering("", "", rule, calculated)), expected, "{rule}");
    }
}

#[test]
fn of_a_rule_that_was_lost_nothing_is_claimed() {
    let survey = |rule: &str| {
        text_of(
            r#"{"id": "a", "type": "consent", "text": "A?"}"#,
            &format!(
                r#"{{"id": "p", "lost_rule": "selected(${{x}}, 'y')", "questions": [{{"id": "b", "type": "consent", "text": "B?", "required": true}}]}},
                {{"id": "q", "show_if": "{rule}", "questions": [{{"id": "c", "type": "text", "text": "C?"}}]}}"#
            ),
        )
    };
    assert_eq!(codes(&survey("b and not a")), ["W212"]);
    assert_eq!(codes(&survey("answered(b)")), ["W212"]);
    assert_eq!(codes(&survey("b or not b")), ["W212", "W208"]);
}

#[test]
fn entries_are_counted_as_far_as_there_can_be() {
    let repeat = r#"{"id": "ideas", "type": "repeat", "text": "I?", "max": 3, "fields": [{"id": "name", "type": "text", "text": "N?"}]}"#;
    let found = |rule: &str| codes(&text_of(repeat, &page("second", &format!("\"show_if\": \"{rule}\""))));
    assert_eq!(found("ideas.count > 3"), ["E206"]);
    assert_eq!(found("ideas.count > 2"), Vec::<&str>::new());
    assert_eq!(found("ideas.count > 0 and not answered(ideas)"), ["E206"]);
    assert_eq!(found("ideas.count >= 0"), ["W208"]);
}

/// A survey of 50 pages with four questions each, all of them with rules on the pages before.
fn two_hundred_rules() -> String {
    let mut pages = String::new();
    for page in 0..50 {
        let mut questions = Vec::new();
        for number in 0..4 {
            let of = |number: i32| format!("q{}_{number}", page - 1);
            let rule = match number {
                _ if page == 0 => String::new(),
                0 => format!("{} in ['a', 'b'] or not answered({}) and {} > 18", of(0), of(2), of(1)),
                1 => format!("{} >= 18 and {} < 65 and ({} == 'a' or 'x' in {})", of(1), of(1), of(0), of(2)),
                2 => format!("'x' in {} and not ('y' in {0}) or count({0}) > {}", of(2), 1 + page % 2),
                _ => format!("({} == 'a' and {} > {page}) or (answered({}) and 'z' in {})", of(0), of(1), of(3), of(2)),
            };
            let show_if = if rule.is_empty() { rule } else { format!(", \"show_if\": \"{rule}\"") };
            let kind = match number {
                0 => r#""single", "required": true, "options": "abc""#.to_string(),
                1 => r#""number", "min": 0, "max": 120"#.to_string(),
                2 => r#""multi", "max": 3, "options": "xyz""#.to_string(),
                _ => r#""text""#.to_string(),
            };
            questions.push(format!("{{\"id\": \"q{page}_{number}\", \"text\": \"Q?\", \"type\": {kind}{show_if}}}"));
        }
        let comma = if page == 0 { "" } else { ",\n" };
        let questions = questions.join(",\n");
        write!(pages, "{comma}{{\"id\": \"p{page}\", \"title\": \"Page\", \"questions\": [{questions}]}}").unwrap();
    }
    let lists = r#"{"abc": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}],
        "xyz": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}, {"id": "z", "label": "Z"}, {"id": "no", "label": "No", "exclusive": true}]}"#;
    format!("{{\"format\": 1, \"id\": \"large\", \"title\": \"Large\", \"lists\": {lists}, \"pages\": [{pages}]}}")
}

/// A survey of 200 pages with one question each, whose rule is made of the page's number.
fn two_hundred_pages(rule: impl Fn(usize) -> String) -> String {
    let options = r#""options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}]"#;
    let pages: Vec<String> = (0..200)
        .map(|page| {
            let show_if = if page == 0 { String::new() } else { format!("\"show_if\": \"{}\", ", rule(page)) };
            let question = format!("{{\"id\": \"q{page}\", \"type\": \"single\", \"text\": \"Q?\", {options}}}");
            let end = format!("{{\"id\": \"e{page}\", \"show_if\": \"q{page} == 'c'\", \"end\": \"screened_out\"}}");
            let end = if page % 20 == 19 { format!(",\n{end}") } else { String::new() };
            format!("{{\"id\": \"p{page}\", {show_if}\"questions\": [{question}]}}{end}")
        })
        .collect();
    format!("{{\"format\": 1, \"id\": \"large\", \"title\": \"Large\", \"pages\": [{}]}}", pages.join(",\n"))
}

#[test]
fn two_hundred_questions_each_with_a_rule_are_followed_in_a_moment() {
    let mixed = two_hundred_rules();
    let chain = two_hundred_pages(|page| format!("q{} in ['a', 'b']", page - 1));
    let hub = two_hundred_pages(|page| format!("q0 == 'a' or answered(q{}) and q0 == 'b'", page / 2));
    let nested = two_hundred_pages(|page| {
        let of = |back: usize| page.saturating_sub(back);
        format!(
            "(q{} == 'a' or q{} == 'b' and not (q{} in ['a', 'c'])) and (answered(q{}) or q{} != 'c') or q0 == 'b'",
            of(1),
            of(2),
            of(3),
            of(5),
            of(8)
        )
    });
    for (name, text) in [("mixed", mixed), ("chain", chain), ("hub", hub), ("nested", nested)] {
        let rules = text.split(", \"show_if\": \"").enumerate();
        let without: Vec<&str> =
            rules.map(|(index, part)| if index == 0 { part } else { part.split_once('"').unwrap().1 }).collect();
        let without = without.concat().replace("{\"id\": \"e", "{\"title\": \"");
        let start = Instant::now();
        parse(&without);
        let plain = start.elapsed();
        let start = Instant::now();
        let found = codes(&text);
        println!("200 questions with rules, {name}: {:?}, {plain:?} without rules", start.elapsed());
        assert!(found.iter().all(|code| *code == "W210"), "{name}: {found:?}");
    }
}

/// A random well-typed condition.
fn condition() -> impl Strategy<Value = String> {
    let number =
        || prop_oneof![Just("0".to_string()), (0..40_u32).prop_map(|n| n.to_string()), Just("2.5".to_string())];
    let ordered = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let numeric = || {
        prop::sample::select(vec!["age", "years", "pot.r1", "count(many)", "count(top)", "count(pot)", "length(word)"])
    };
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "one == 'a'",
            "one != 'b'",
            "one in ['b', 'c']",
            "one not in ['a']",
            "one == two",
            "two == 'a'"
        ])
        .prop_map(str::to_string),
        prop::sample::select(vec![
            "'x' in many",
            "'y' not in many",
            "ok",
            "answered(many)",
            "answered(age)",
            "grid.r1 == 'no'"
        ])
        .prop_map(str::to_string),
        prop::sample::select(vec![
            "top[1] == 'r1'",
            "top[1] == top[2]",
            "since > '2020-02-28'",
            "since <= '2020-02-29'",
            "word == 'q'"
        ])
        .prop_map(str::to_string),
        (numeric(), ordered(), number()).prop_map(|(name, sign, number)| format!("{name} {sign} {number}")),
        (numeric(), ordered(), numeric()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (numeric(), prop::sample::select(vec!["+", "-", "*", "/"]), number(), ordered(), number())
            .prop_map(|(name, by, n, sign, m)| format!("{name} {by} {n} {sign} {m}")),
    ];
    leaf.prop_recursive(3, 5, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// Many real answers to the trial survey, by a simple count through the possibilities.
pub(crate) fn respondent(mut number: usize) -> BTreeMap<&'static str, Answer> {
    let mut draw = |of: usize| {
        let drawn = number % of;
        number = number / of + number.wrapping_mul(7_919) % 104_729;
        drawn
    };
    let mut answers = BTreeMap::new();
    if let Some(option) = ["a", "b", "c"].get(draw(4)) {
        answers.insert("one", choice(option));
    }
    if let Some(option) = ["a", "b"].get(draw(3)) {
        answers.insert("two", choice(option));
    }
    let set = draw(8);
    let options: Vec<String> = ["x", "y", "z"]
        .iter()
        .enumerate()
        .filter(|(bit, _)| set >> bit & 1 == 1)
        .map(|(_, id)| (*id).to_string())
        .collect();
    if !options.is_empty() {
        answers.insert("many", Answer::Choices { options, other: BTreeMap::new() });
    }
    for item in ["age", "years"] {
        match draw(90) {
            0..4 => {}
            n => {
                answers.insert(item, Answer::Number((n / 2).to_string()));
            }
        }
    }
    let length = draw(42);
    if length > 0 {
        answers.insert("word", Answer::Text("q".repeat(length)));
    }
    if let Some(day) = ["2019-01-01", "2020-02-28", "2020-02-29", "2020-03-01"].get(draw(5)) {
        answers.insert("since", Answer::Date((*day).to_string()));
    }
    if draw(2) == 1 {
        answers.insert("ok", Answer::Given);
    }
    if let Some(step) = ["no", "yes"].get(draw(3)) {
        answers.insert("grid", Answer::Ratings(BTreeMap::from([("r1".into(), (*step).to_string())])));
    }
    let order = ["r1", "r2", "r3", "r1"];
    let (from, places) = (draw(2), draw(4));
    if places > 0 {
        answers.insert(
            "top",
            Answer::Ranking(order[from..][..places.min(3)].iter().map(|id| (*id).to_string()).collect()),
        );
    }
    let given = u32::try_from(draw(12)).unwrap();
    if given < 11 {
        let points = [("r1", given), ("r2", 10 - given)];
        let points = points.into_iter().filter(|(_, n)| *n > 0).map(|(row, n)| (row.to_string(), n));
        answers.insert("pot", Answer::Points(points.collect()));
    }
    if let Some(option) = ["bad", "fair", "fine", "top", "dk"].get(draw(6)) {
        answers.insert("mood", choice(option));
    }
    if draw(3) > 0 {
        let other = ["mine", "q"].get(draw(3)).map(|text| (*text).to_string());
        answers.insert("kind", Answer::Choice { option: "z".into(), other });
    }
    answers
}

/// Chance from a seed, for surveys that are made up.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % 1_000_003).unwrap() % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// The kinds of questions of a made-up survey: what they say beside id and text, and conditions on them.
const KINDS: [(&str, &[&str]); 6] = [
    (
        r#""type": "single", "options": [{"id": "a", "label": "A", "value": 1}, {"id": "b", "label": "B", "value": 2}, {"id": "dk", "label": "?", "missing": true}]"#,
        &[
            "ID == 'a'",
            "ID != 'a'",
            "ID in ['a', 'b']",
            "ID not in ['b']",
            "answered(ID)",
            "ID > 'a'",
            "ID <= 'b'",
            "ID == 'dk'",
        ],
    ),
    (
        r#""type": "multi", "max": 2, "options": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}, {"id": "no", "label": "No", "exclusive": true}]"#,
        &[
            "'x' in ID",
            "'y' not in ID",
            "'no' in ID",
            "count(ID) > 1",
            "count(ID) == 1",
            "answered(ID)",
            "count(ID) != 0",
        ],
    ),
    (r#""type": "consent""#, &["ID", "not ID", "answered(ID)", "ID == true"]),
    (
        r#""type": "number", "min": 0, "max": 2"#,
        &["ID > 0", "ID == 1", "ID <= 1", "ID != 2", "answered(ID)", "ID in [0, 2]", "1 < ID", "ID > 0.5"],
    ),
    (
        r#""type": "rate", "items": [{"id": "r", "label": "R"}, {"id": "s", "label": "S"}], "scale": [{"id": "no", "label": "No"}, {"id": "yes", "label": "Yes"}]"#,
        &["ID.r == 'yes'", "ID.s != 'no'", "answered(ID)", "count(ID) == 2", "answered(ID.s)", "ID.r == ID.s"],
    ),
    (
        r#""type": "rank", "items": [{"id": "r", "label": "R"}, {"id": "s", "label": "S"}]"#,
        &["ID[1] == 'r'", "ID[2] != 's'", "answered(ID[2])", "count(ID) >= 1", "answered(ID)", "ID[1] == ID[2]"],
    ),
];

/// Every answer to a question of one of these kinds, and none if it need not be answered.
fn answers_to(kind: usize, required: bool) -> Vec<Option<Answer>> {
    let texts = |ids: &[&str]| ids.iter().map(|id| (*id).to_string()).collect::<Vec<_>>();
    let rated = |r: &str, s: &str| {
        let pairs = [("r", r), ("s", s)].into_iter().filter(|(_, step)| !step.is_empty());
        Answer::Ratings(pairs.map(|(row, step)| (row.to_string(), step.to_string())).collect())
    };
    let mut answers: Vec<Option<Answer>> = match kind {
        0 => ["a", "b", "dk"].map(|id| Some(choice(id))).to_vec(),
        1 => [&["x"][..], &["y"], &["x", "y"], &["no"]]
            .map(|ids| Some(Answer::Choices { options: texts(ids), other: BTreeMap::new() }))
            .to_vec(),
        2 => vec![Some(Answer::Given)],
        3 => ["0", "1", "2"].map(|n| Some(Answer::Number(n.to_string()))).to_vec(),
        4 => {
            let whole = [("no", "no"), ("no", "yes"), ("yes", "no"), ("yes", "yes")].to_vec();
            let parts = [("no", ""), ("yes", ""), ("", "no"), ("", "yes")].to_vec();
            let all = if required { whole } else { [whole, parts].concat() };
            all.into_iter().map(|(r, s)| Some(rated(r, s))).collect()
        }
        _ => [&["r"][..], &["s"], &["r", "s"], &["s", "r"]].map(|ids| Some(Answer::Ranking(texts(ids)))).to_vec(),
    };
    if !required {
        answers.push(None);
    }
    answers
}

/// A made-up survey, each page and question on a line of its own, and the kind of each question.
fn made_up(seed: u64) -> (String, BTreeMap<String, usize>) {
    let mut chance = Chance(seed | 1);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut pages: Vec<String> = Vec::new();
    let count = 2 + chance.below(3);
    for page in 0..count {
        let earlier: Vec<(String, usize)> = kinds.clone().into_iter().collect();
        let rule = |chance: &mut Chance| {
            if earlier.is_empty() || chance.below(3) == 0 {
                return String::new();
            }
            let mut parts = Vec::new();
            for _ in 0..=chance.below(3) {
                let (id, kind) = &earlier[chance.below(earlier.len())];
                let part = chance.one(KINDS[*kind].1).replace("ID", id);
                parts.push(if chance.below(4) == 0 { format!("not ({part})") } else { part });
            }
            let all = parts.into_iter().reduce(|all, part| {
                let joint = chance.one(&["and", "or"]);
                if chance.below(3) == 0 {
                    format!("not ({all} {joint} {part})")
                } else {
                    format!("({all}) {joint} {part}")
                }
            });
            format!(", \"show_if\": \"{}\"", all.unwrap())
        };
        let show_if = rule(&mut chance);
        if page > 0 && chance.below(4) == 0 && (!show_if.is_empty() || page + 1 == count) {
            let end = chance.one(&["screened_out", "finished"]);
            pages.push(format!("{{\"id\": \"p{page}\"{show_if}, \"end\": \"{end}\"}}"));
            continue;
        }
        let mut questions = Vec::new();
        for number in 0..=chance.below(2) {
            let id = format!("q{page}{number}");
            let kind = chance.below(KINDS.len());
            let (show_if, required) = (rule(&mut chance), chance.below(2) == 0);
            let says = KINDS[kind].0;
            questions
                .push(format!("{{\"id\": \"{id}\", \"text\": \"Q?\", \"required\": {required}, {says}{show_if}}}"));
            kinds.insert(id, kind);
        }
        let questions = questions.join(",\n");
        pages.push(format!("{{\"id\": \"p{page}\", \"title\": \"P\"{show_if}, \"questions\": [\n{questions}]}}"));
    }
    let pages = pages.join(",\n");
    (format!("{{\"format\": 1, \"id\": \"made_up\", \"title\": \"M\", \"pages\": [\n{pages}]}}"), kinds)
}

/// A made-up survey as it is written, even if it has errors: read without its rules and ends, which are put in after.
fn unchecked(text: &str) -> Survey {
    let mut rules: BTreeMap<u32, Rule> = BTreeMap::new();
    let mut lines = Vec::new();
    for (line, written) in (1..).zip(text.lines()) {
        let (mut before, mut after) = (written.to_string(), String::new());
        if let Some((start, rest)) = written.split_once(", \"show_if\": \"") {
            let (rule, end) = rest.split_once('"').unwrap();
            let column = u32::try_from(start.chars().count() + ", \"show_if\": \"".len() + 1).unwrap();
            rules.insert(line, rule::parse(rule, Place { line, column }).unwrap());
            (before, after) = (start.to_string(), end.to_string());
        }
        let asked = format!("\"questions\": [{{\"id\": \"n{line}\", \"type\": \"note\", \"text\": \"N\"}}]");
        lines.push((before + &after).replace("\"end\": \"", &format!("{asked}, \"title\": \"")));
    }
    let mut survey = parse(&lines.join("\n")).survey.unwrap();
    for page in &mut survey.pages {
        page.show_if = rules.remove(&page.place.line);
        page.end = match page.title.as_deref() {
            Some("screened_out") => Some(End::ScreenedOut),
            Some("finished") => Some(End::Finished),
            _ => None,
        };
        for question in &mut page.questions {
            question.show_if = rules.remove(&question.place.line);
        }
    }
    survey
}

/// What every way through a survey shows, by the place of each rule: for how many it holds and for how many not,
/// and whether somebody for whom it holds did not answer something it names.
#[derive(Default)]
struct Ways {
    holds: BTreeMap<(u32, u32), usize>,
    fails: BTreeMap<(u32, u32), usize>,
    holds_unanswered: BTreeSet<(u32, u32)>,
    sent: usize,
}

impl Ways {
    fn judge(&mut self, survey: &Survey, rule: Option<&Rule>, answers: &BTreeMap<String, Answer>) -> bool {
        let Some(rule) = rule else { return true };
        let lookup = |name: &Name| value_of(answers.get(&name.item), name.part.as_ref());
        let held = evaluate(rule, &Facts { survey, lookup: &lookup, today: jiff::civil::date(2026, 1, 1) });
        let place = (rule.place().line, rule.place().column);
        *if held { &mut self.holds } else { &mut self.fails }.entry(place).or_default() += 1;
        let whole = |item: &&str| match answers.get(*item) {
            Some(Answer::Ratings(ratings)) => ratings.len() == 2,
            Some(Answer::Ranking(order)) => order.len() == 2,
            answer => answer.is_some(),
        };
        if held && !rule.items().iter().all(whole) {
            self.holds_unanswered.insert(place);
        }
        held
    }

    fn walk(
        &mut self,
        survey: &Survey,
        kinds: &BTreeMap<String, usize>,
        pages: &[Page],
        answers: &BTreeMap<String, Answer>,
    ) {
        let Some((page, following)) = pages.split_first() else {
            self.sent += 1;
            return;
        };
        if !self.judge(survey, page.show_if.as_ref(), answers) {
            return self.walk(survey, kinds, following, answers);
        }
        if let Some(end) = page.end {
            self.sent += usize::from(end == End::Finished);
            return;
        }
        let mut ways = vec![answers.clone()];
        for question in &page.questions {
            if self.judge(survey, question.show_if.as_ref(), answers) {
                let id = &question.item.head.id;
                let possible = answers_to(kinds[id], question.item.head.required);
                let with = |way: &BTreeMap<String, Answer>, answer: &Option<Answer>| {
                    let mut way = way.clone();
                    way.extend(answer.clone().map(|answer| (id.clone(), answer)));
                    way
                };
                ways = ways.iter().flat_map(|way| possible.iter().map(move |answer| with(way, answer))).collect();
            }
        }
        for way in ways {
            self.walk(survey, kinds, following, &way);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_a_survey_is_so_for_every_way_through_it(seed in any::<u64>()) {
        let (text, kinds) = made_up(seed);
        prop_assume!(kinds.len() <= 5);
        let findings = found(&text);
        let claims = ["E206", "W208", "W209", "W210", "E405", "E416"];
        for finding in &findings {
            prop_assert!(claims.contains(&finding.code), "{:?}\n{}", finding, text);
        }
        let survey = unchecked(&text);
        let mut ways = Ways::default();
        ways.walk(&survey, &kinds, &survey.pages, &BTreeMap::new());
        for finding in &findings {
            let place = (finding.place.line, finding.place.column);
            let (holds, fails) = (ways.holds.get(&place).copied(), ways.fails.get(&place).copied());
            let so = match finding.code {
                "E206" => holds.is_none(),
                "W208" | "W209" | "E405" => fails.is_none(),
                "E416" => ways.sent == 0,
                _ => ways.holds_unanswered.iter().any(|(line, column)| *line == place.0 && *column <= place.1),
            };
            prop_assert!(so, "{:?}\n{}", finding, text);
        }
        if findings.iter().all(|finding| finding.code == "W210") {
            let rules = survey.pages.iter().flat_map(|page| {
                page.show_if.iter().chain(page.questions.iter().filter_map(|question| question.show_if.as_ref()))
            });
            for rule in rules {
                let place = (rule.place().line, rule.place().column);
                prop_assert!(ways.holds.contains_key(&place), "never: {}\n{}", rule.text(), text);
                prop_assert!(ways.fails.contains_key(&place), "always: {}\n{}", rule.text(), text);
            }
            prop_assert!(ways.sent > 0, "nobody can send\n{}", text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_could_see_a_page_disproves_that_nobody_can(text in condition(), from in 0..1_000_000_usize) {
        let found = codes(&ruled(&text));
        for (code, truth) in [("E206", true), ("W208", false), ("W209", false)] {
            if found.contains(&code) {
                let seen = (from..from + 2_000).find(|number| holds(&text, &respondent(*number)) == truth);
                prop_assert!(seen.is_none(), "{code} {text}: {:?}", seen.map(respondent));
            }
        }
    }

    #[test]
    fn truth_has_two_values(text in condition(), number in 0..1_000_000_usize) {
        let answers = respondent(number);
        let (opposite, both) = (format!("not ({text})"), format!("({text}) and not ({text})"));
        prop_assert_ne!(holds(&text, &answers), holds(&opposite, &answers));
        prop_assert!(!holds(&both, &answers));
    }
}
