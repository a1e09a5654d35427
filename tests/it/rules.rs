//! The rule language: what binds how tightly, what unanswered questions do, which types go together.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::rule::{self, Rule, Scope, Value, evaluate, value_of};
use canvass::definition::{Survey, parse};
use canvass::document::{Findings, Place};
use canvass::item::Answer;

use crate::check::survey as text_of;

const QUESTIONS: &str = r#"
    {"id": "one", "type": "single", "text": "One?", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}]},
    {"id": "two", "type": "single", "text": "Two?", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
    {"id": "many", "type": "multi", "text": "Many?", "options": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}, {"id": "z", "label": "Z"}]},
    {"id": "age", "type": "number", "text": "Age?"},
    {"id": "years", "type": "number", "text": "Years?"},
    {"id": "word", "type": "text", "text": "Word?"},
    {"id": "since", "type": "date", "text": "Since?"},
    {"id": "ok", "type": "consent", "text": "OK?"},
    {"id": "grid", "type": "rate", "text": "Grid?", "items": [{"id": "r1", "label": "R1"}, {"id": "r2", "label": "R2"}],
     "scale": [{"id": "no", "label": "No", "value": 1}, {"id": "yes", "label": "Yes", "value": 2}]},
    {"id": "top", "type": "rank", "text": "Top?", "items": [{"id": "r1", "label": "R1"}, {"id": "r2", "label": "R2"}, {"id": "r3", "label": "R3"}]},
    {"id": "pot", "type": "allocate", "text": "Pot?", "total": 10, "items": [{"id": "r1", "label": "R1"}, {"id": "r2", "label": "R2"}]}"#;

pub(crate) fn survey() -> Survey {
    parse(&text_of(QUESTIONS, r#"{"id": "later", "questions": [{"id": "next", "type": "text", "text": "Next?"}]}"#))
        .survey
        .unwrap()
}

pub(crate) fn rule(text: &str) -> Rule {
    rule::parse(text, Place { line: 1, column: 1 }).unwrap_or_else(|finding| panic!("{text}: {}", finding.message))
}

pub(crate) fn holds(text: &str, answers: &BTreeMap<&str, Answer>) -> bool {
    evaluate(&rule(text), &|name| value_of(answers.get(name.item.as_str()), name.part.as_ref()))
}

pub(crate) fn choice(option: &str) -> Answer {
    Answer::Choice { option: option.into(), other: None }
}

fn answers() -> BTreeMap<&'static str, Answer> {
    BTreeMap::from([
        ("one", choice("a")),
        ("many", Answer::Choices { options: vec!["x".into(), "z".into()], other: BTreeMap::new() }),
        ("age", Answer::Number("30".into())),
        ("word", Answer::Text("café".into())),
        ("since", Answer::Date("2020-05-06".into())),
        ("grid", Answer::Ratings(BTreeMap::from([("r1".into(), "yes".into())]))),
        ("top", Answer::Ranking(vec!["r2".into(), "r1".into()])),
        ("pot", Answer::Points(BTreeMap::from([("r1".into(), 10)]))),
    ])
}

/// Codes and columns of the findings about a rule on the second page.
fn findings(text: &str) -> Vec<(&'static str, u32)> {
    let survey = survey();
    let findings = Findings::default();
    match rule::parse(text, Place { line: 1, column: 1 }) {
        Ok(rule) => {
            rule::check(&rule, &Scope { survey: &survey, earlier: 1 }, &findings);
        }
        Err(finding) => return vec![(finding.code, finding.place.column)],
    }
    findings.into_sorted().into_iter().map(|finding| (finding.code, finding.place.column)).collect()
}

#[test]
fn operators_bind_as_in_arithmetic_and_plain_logic() {
    let answers = answers();
    for (text, truth) in [
        ("age == 10 + 10 * 2", true),
        ("age == (10 + 10) * 2 - 10", true),
        ("age - 10 - 10 == 10", true),
        ("age / 3 / 2 == 5", true),
        ("age + -10 == 20", true),
        ("one == 'a' or one == 'b' and one == 'c'", true),
        ("(one == 'a' or one == 'b') and one == 'c'", false),
        ("not one == 'b' and one == 'a'", true),
        ("not (one == 'b' or one == 'a')", false),
        ("not not one == 'a'", true),
        ("one in ['b', 'a']", true),
        ("one not in ['b', 'c']", true),
        ("'x' in many and 'y' not in many", true),
        ("count(many) == 2 and length(word) == 4 and sum(pot) == 10 and count(grid) == 1", true),
        ("top[1] == 'r2' and top[2] == 'r1'", true),
        ("grid.r1 == 'yes' and pot.r1 > 9 and pot.r2 == 0", true),
        ("since > '2020-01-31' and since <= '2020-05-06'", true),
        ("true or false", true),
    ] {
        assert_eq!(holds(text, &answers), truth, "{text}");
    }
}

#[test]
fn every_comparison_with_an_unanswered_question_is_false_and_unequal_is_not_equal() {
    let answers = answers();
    for (text, truth) in [
        ("two == 'a'", false),
        ("two != 'a'", true),
        ("not (two == 'a')", true),
        ("two in ['a', 'b']", false),
        ("two not in ['a', 'b']", true),
        ("two == two", false),
        ("years < 5", false),
        ("years >= 5", false),
        ("years + 1 > 0", false),
        ("years == years", false),
        ("grid.r2 == 'no'", false),
        ("top[3] == 'r3'", false),
        ("answered(two)", false),
        ("answered(one) and answered(grid.r1) and not answered(grid.r2)", true),
        ("ok", false),
        ("not ok", true),
        ("age / 0 > 1", false),
        ("age / 0 <= 1", false),
    ] {
        assert_eq!(holds(text, &answers), truth, "{text}");
    }
}

#[test]
fn what_cannot_be_compared_is_found_at_its_place() {
    for (text, expected) in [
        ("one", vec![("E205", 1)]),
        ("one == 1", vec![("E205", 1)]),
        ("age == 'a'", vec![("E205", 1)]),
        ("one < 'b'", vec![("E205", 1)]),
        ("many == 'x'", vec![("E205", 1)]),
        ("age > 1 and one", vec![("E205", 13)]),
        ("age + one > 2", vec![("E205", 7)]),
        ("one == 'd'", vec![("E203", 8)]),
        ("one in ['a', 'd']", vec![("E203", 14)]),
        ("'w' in many", vec![("E203", 1)]),
        ("grid.r9 == 'yes'", vec![("E203", 1)]),
        ("grid.r1 == 'maybe'", vec![("E203", 12)]),
        ("top[1] == 'r9'", vec![("E203", 11)]),
        ("pot == 10", vec![("E205", 1)]),
        ("onne == 'a'", vec![("E202", 1)]),
        ("one == 'a' and next == 'b'", vec![("E204", 16)]),
        ("length(age) > 1", vec![("E205", 1)]),
        ("sum(grid) > 1", vec![("E205", 1)]),
        ("sum(top) > 1", vec![("E205", 1)]),
        ("since > 'yesterday'", vec![("E205", 9)]),
        ("one.other == 'x'", vec![("E205", 1)]),
        ("one = 'a'", vec![("E201", 5)]),
        ("one == \u{201c}a\u{201d}", vec![("E201", 8)]),
        ("one == 'a' && age > 1", vec![("E201", 12)]),
        ("age >", vec![("E201", 6)]),
        ("(age > 1", vec![("E201", 9)]),
        ("lenght(word) > 1", vec![("E201", 1)]),
        ("é == 1", vec![("E201", 1)]),
        ("one == 'a' and ok and age in [1, 2]", vec![]),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
}

#[test]
fn a_rule_sees_earlier_pages_only() {
    let page = |rule: &str| {
        format!(
            "{{\"id\": \"later\", \"show_if\": \"{rule}\", \"title\": \"L\", \"questions\": [\
        {{\"id\": \"next\", \"type\": \"text\", \"text\": \"N?\"}},\
        {{\"id\": \"same\", \"type\": \"text\", \"text\": \"S?\", \"show_if\": \"answered(next)\"}}]}}"
        )
    };
    let codes = |text: &str| parse(text).findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes(&text_of(QUESTIONS, &page("age > 1"))), ["E204"], "a question on the same page");
    assert_eq!(codes(&text_of(QUESTIONS, &page("answered(next)"))), ["E204", "E204"], "a question on its own page");
}

#[test]
fn answers_kept_apart_are_out_of_reach_for_rules() {
    let contact = r#"{"id": "contact", "store": "contact", "questions": [{"id": "email", "type": "email", "text": "E?"}]},
        {"id": "after", "show_if": "answered(email)", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}"#;
    let parsed = parse(&text_of(QUESTIONS, contact));
    assert!(
        parsed.survey.is_none(),
        "whether `q` was shown would tell, in the response, whether the person left an address"
    );
}

#[test]
fn unanswered_is_no_value_of_its_own() {
    assert!(!evaluate(&rule("one == two"), &|_| Value::Unanswered));
}
