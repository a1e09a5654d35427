//! The rule language: what binds how tightly, what unanswered questions do, which types go together.

#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use canvass::definition::rule::{
    self, Facts, Name, Rule, Scope, Value, ValueType, check_value, compute, english, evaluate, value_of,
};
use canvass::definition::{Calculated, Survey, parse};
use canvass::document::{Findings, Place};
use canvass::item::Answer;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::check::survey as text_of;

pub(crate) const QUESTIONS: &str = r#"
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
    {"id": "mood", "type": "single", "text": "Mood?", "options": [{"id": "bad", "label": "Bad", "value": 1}, {"id": "fair", "label": "Fair", "value": 2},
     {"id": "fine", "label": "Fine", "value": 2}, {"id": "top", "label": "Top", "value": 4}, {"id": "dk", "label": "No idea", "missing": true}]},
    {"id": "kind", "type": "single", "text": "Kind?", "options": [{"id": "a", "label": "A"}, {"id": "z", "label": "Another", "other": "optional"}]},
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
    with_facts(answers, |facts| evaluate(&rule(text), facts))
}

/// The day on which the rules of these tests are judged.
const TODAY: Date = date(2026, 3, 1);

/// Gives the scope of a rule that may name every question.
pub(crate) fn scope_of_all<T>(then: impl FnOnce(&Scope<'_>) -> T) -> T {
    with_facts(&BTreeMap::new(), |facts| then(&Scope { survey: facts.survey, earlier: 1, calculated: &[] }))
}

pub(crate) fn with_facts<T>(answers: &BTreeMap<&str, Answer>, then: impl FnOnce(&Facts<'_>) -> T) -> T {
    static SURVEY: OnceLock<Survey> = OnceLock::new();
    let lookup = |name: &Name| value_of(answers.get(name.item.as_str()), name.part.as_ref());
    then(&Facts { survey: SURVEY.get_or_init(survey), lookup: &lookup, today: TODAY })
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
            rule::check(&rule, &Scope { survey: &survey, earlier: 1, calculated: &[] }, &findings);
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
        ("one < two", vec![("E205", 1)]),
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
    assert!(!holds("one == two", &BTreeMap::new()));
}

#[test]
fn texts_are_searched_for_patterns_and_days_compared_with_today() {
    let answers = answers();
    for (text, truth) in [
        ("matches(word, 'f')", true),
        ("matches(word, '^caf.$')", true),
        ("matches(word, '^f')", false),
        ("matches(kind.other, 'x')", false),
        ("not matches(kind.other, 'x')", true),
        ("since < today() and today() == date('2026-03-01')", true),
        ("since == date('2020-05-06')", true),
        ("since >= today()", false),
        ("years_since(since) == 5", true),
        ("years_since(date('2025-03-01')) == 1", true),
        ("years_since(date('2025-03-02')) == 0", true),
        ("years_since(date('2026-03-02')) == -1", true),
        ("years_since(date('2027-03-01')) == -1", true),
        ("years_since(date('2024-02-29')) == 2", true),
        ("years_since(today()) == 0", true),
    ] {
        assert_eq!(holds(text, &answers), truth, "{text}");
    }
    let nobody = BTreeMap::new();
    assert!(!holds("years_since(since) >= -9999", &nobody), "no age without a date of birth");
    assert!(!holds("matches(word, '')", &nobody));
}

#[test]
fn options_with_values_are_compared_by_them_and_missing_ones_never() {
    let is = |text: &str, mood: &str| holds(text, &BTreeMap::from([("mood", choice(mood))]));
    for (text, expected) in [
        ("mood < 'fair'", ["bad"].as_slice()),
        ("mood <= 'fair'", &["bad", "fair", "fine"]),
        ("mood >= 'fine'", &["fair", "fine", "top"]),
        ("'fair' < mood", &["top"]),
        ("not mood < 'top'", &["top", "dk"]),
        ("mood == 'fair'", &["fair"]),
    ] {
        let found: Vec<&str> = ["bad", "fair", "fine", "top", "dk"].into_iter().filter(|mood| is(text, mood)).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert!(!holds("mood >= 'bad'", &BTreeMap::new()));
    assert!(holds("grid.r1 > 'no'", &answers()));
    for (text, expected) in [
        ("mood < 'top'", vec![]),
        ("mood < 'topp'", vec![("E203", 8)]),
        ("mood > 'dk'", vec![("E205", 8)]),
        ("mood > mood", vec![("E205", 1)]),
        ("top[1] > 'r1'", vec![("E205", 1)]),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
    let nominal = parse(&text_of(
        QUESTIONS,
        r#"{"id": "p", "show_if": "one < 'b'", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}"#,
    ));
    let help = nominal.findings.first().and_then(|finding| finding.help.clone()).unwrap();
    assert!(help.contains("`value`") && help.contains("in ["), "{help}");
}

#[test]
fn functions_take_what_they_are_made_for() {
    for (text, expected) in [
        ("matches(word, '[0-9')", vec![("E201", 15)]),
        ("matches(word, word)", vec![("E201", 15)]),
        ("matches(word)", vec![("E201", 13)]),
        ("matches(age, '1')", vec![("E205", 9)]),
        ("matches(word, '(.{1000}){1000}')", vec![("E201", 15)]),
        ("years_since(age) > 1", vec![("E205", 1)]),
        ("years_since(since) > 17", vec![]),
        ("since > date('2026-02-30')", vec![("E201", 14)]),
        ("since > date(today())", vec![("E201", 14)]),
        ("today(1) == since", vec![("E201", 7)]),
        ("today", vec![("E202", 1)]),
        ("since in [today()]", vec![("E205", 1)]),
        ("age > 9".repeat(40).as_str(), vec![("E201", 8)]),
        (format!("age > {}", "9".repeat(400)).as_str(), vec![("E201", 7)]),
    ] {
        assert_eq!(findings(text), expected, "{text}");
    }
}

#[test]
fn a_computed_value_is_a_number_a_condition_a_text_or_a_date() {
    let survey = survey();
    let scope = Scope { survey: &survey, earlier: 1, calculated: &[] };
    for (text, kind, value) in [
        ("age * 2 + 1", ValueType::Number, Value::Number(61.0)),
        ("years + 1", ValueType::Number, Value::Unanswered),
        ("count(many)", ValueType::Number, Value::Number(2.0)),
        ("one == 'a' and age > 40", ValueType::Condition, Value::Bool(false)),
        ("ok", ValueType::Condition, Value::Bool(false)),
        ("word", ValueType::Text, Value::Text("café".into())),
        ("today()", ValueType::Date, Value::Text("2026-03-01".into())),
    ] {
        assert_eq!(check_value(&rule(text), &scope, &Findings::default()), Some(kind), "{text}");
        assert_eq!(with_facts(&answers(), |facts| compute(&rule(text), facts)), value, "{text}");
    }
    for text in ["one", "many", "grid.r1", "top[1]", "pot", "[1, 2]", "age + one"] {
        let findings = Findings::default();
        assert_eq!(check_value(&rule(text), &scope, &findings), None, "{text}");
        assert_eq!(findings.into_sorted().len(), 1, "{text}");
    }
}

#[test]
fn a_computed_value_stands_in_rules_once_its_questions_were_asked() {
    let survey = survey();
    let calculated = |id: &str, kind, known_after| Calculated {
        id: id.into(),
        label: id.into(),
        value: rule("age * 2"),
        kind,
        known_after,
        place: Place::default(),
    };
    let known = [calculated("twice", ValueType::Number, 1), calculated("late", ValueType::Condition, 2)];
    let codes = |text: &str| {
        let findings = Findings::default();
        rule::check(&rule(text), &Scope { survey: &survey, earlier: 1, calculated: &known }, &findings);
        findings.into_sorted().into_iter().map(|finding| (finding.code, finding.place.column)).collect::<Vec<_>>()
    };
    assert_eq!(codes("twice > 40 and answered(twice)"), []);
    assert_eq!(codes("twice == 'a'"), [("E205", 1)]);
    assert_eq!(codes("twice.r1 > 1"), [("E205", 1)]);
    assert_eq!(codes("age > 1 and late"), [("E204", 13)]);
    assert_eq!(codes("twise > 1"), [("E202", 1)]);
}

#[test]
fn a_rule_reads_as_a_sentence_in_plain_english() {
    let survey = survey();
    for (text, expected) in [
        ("one in ['a', 'b']", "‘One?’ is A or B"),
        ("one in ['a', 'b', 'c']", "‘One?’ is A, B or C"),
        ("one not in ['a', 'b']", "‘One?’ is neither A nor B"),
        ("not one in ['a', 'b', 'c']", "‘One?’ is none of A, B and C"),
        ("one != 'a'", "‘One?’ is not A"),
        ("'b' == one", "‘One?’ is B"),
        ("one == two", "‘One?’ is ‘Two?’"),
        ("'x' in many", "‘Many?’ includes X"),
        ("'x' not in many", "‘Many?’ does not include X"),
        ("answered(one) and not answered(grid.r2)", "‘One?’ was answered, and ‘Grid?’ for ‘R2’ was not answered"),
        ("ok", "‘OK?’ is ticked"),
        ("not ok", "‘OK?’ is not ticked"),
        ("ok == true", "‘OK?’ is ticked"),
        ("count(many) >= 2", "the number of options chosen in ‘Many?’ is at least 2"),
        ("not count(top) < 2", "the number of rows ranked in ‘Top?’ is not less than 2"),
        ("18 <= age", "‘Age?’ is at least 18"),
        ("age + years * 2 > 40", "‘Age?’ plus (‘Years?’ times 2) is more than 40"),
        ("since >= '2026-03-02'", "‘Since?’ is on or after 2 March 2026"),
        ("since < date('2026-03-02')", "‘Since?’ is before 2 March 2026"),
        ("years_since(since) >= 18", "the full years since ‘Since?’ is at least 18"),
        ("today() == date('2026-12-31')", "today is 31 December 2026"),
        ("matches(word, '^[0-9]+$')", "‘Word?’ matches the pattern ^[0-9]+$"),
        ("length(word) > 5", "the number of characters in ‘Word?’ is more than 5"),
        ("grid.r1 in ['no', 'yes']", "‘Grid?’ for ‘R1’ is No or Yes"),
        ("top[1] == 'r2'", "the first place of ‘Top?’ is R2"),
        ("top[2] != 'r2'", "the second place of ‘Top?’ is not R2"),
        ("pot.r1 > 5", "the points for ‘R1’ in ‘Pot?’ is more than 5"),
        ("sum(pot) == 10", "the points given in ‘Pot?’ is 10"),
        ("kind.other == 'q'", "the text beside the choice in ‘Kind?’ is “q”"),
        ("mood >= 'fair'", "‘Mood?’ is Fair or higher"),
        ("'fair' > mood", "‘Mood?’ is lower than Fair"),
        ("one == 'a' or one == 'b'", "either (a) ‘One?’ is A, or (b) ‘One?’ is B"),
        (
            "one == 'a' or two == 'a' and age > 1",
            "either (a) ‘One?’ is A, or (b) ‘Two?’ is A, and ‘Age?’ is more than 1",
        ),
        (
            "(one == 'a' or two == 'a') and age > 1",
            "[either (a) ‘One?’ is A, or (b) ‘Two?’ is A], and ‘Age?’ is more than 1",
        ),
        ("not (one == 'a' or two == 'b')", "‘One?’ is not A, and ‘Two?’ is not B"),
        ("not (one == 'a' and not ok)", "either (a) ‘One?’ is not A, or (b) ‘OK?’ is ticked"),
        ("true", "always"),
    ] {
        assert_eq!(english(&rule(text), &survey), expected, "{text}");
    }
}

/// Words and signs of the language in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "one",
        "many",
        "age",
        "word",
        "since",
        "grid",
        "top",
        "pot",
        "and",
        "or",
        "not",
        "in",
        "true",
        "false",
        "today",
        "date",
        "matches",
        "answered",
        "count",
        "length",
        "sum",
        "years_since",
        "(",
        ")",
        "[",
        "]",
        "()",
        ",",
        ".",
        "==",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "'a'",
        "'x'",
        "'2026-01-31'",
        "'[a'",
        "''",
        "1",
        "0",
        "2.5",
        "r1",
        "'",
        "=",
    ];
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.join(" "))
}

/// Everything that can be done with a text that may be a rule.
fn try_all(text: &str) {
    let Ok(rule) = rule::parse(text, Place { line: 1, column: 1 }) else { return };
    let findings = Findings::default();
    let is_sound = scope_of_all(|scope| {
        rule::check_value(&rule, scope, &Findings::default());
        rule::check(&rule, scope, &findings)
    });
    assert_eq!(is_sound, findings.into_sorted().is_empty(), "{text}");
    let canonical = rule.to_string();
    if canonical.chars().count() <= 2_000 {
        let again = rule::parse(&canonical, Place { line: 1, column: 1 }).unwrap();
        assert_eq!(again.to_string(), canonical, "{text}");
    }
    with_facts(&answers(), |facts| {
        let truth = evaluate(&rule, facts);
        compute(&rule, facts);
        english(&rule, facts.survey);
        truth
    });
}

#[test]
fn deep_and_long_rules_are_read_or_refused_and_never_break_anything() {
    for nested in ["(", "[", "not ", "- ", "answered(", "matches(", "count([", "age - (", "not (age > 1 and "] {
        for times in [1, 63, 64, 65, 2_000] {
            try_all(&nested.repeat(times));
            try_all(&format!("{}age > 1{}", nested.repeat(times), ")".repeat(times)));
        }
    }
    for chained in ["ok and ", "ok or ", "age + ", "1 - ", "ok == ", "age > ", "'a', ", "one == 'a' or age > 2 and "] {
        try_all(&format!("{}ok", chained.repeat(1_990 / chained.len())));
        try_all(&format!("age > {}1", chained.repeat(1_900 / chained.len())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_rule_language(text in prop_oneof![soup(), "\\PC{0,60}", any::<String>()]) {
        try_all(&text);
    }
}
