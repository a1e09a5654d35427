//! Rules that never hold: found where nobody could see the page, and never where somebody could.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::parse;
use canvass::definition::rule::{self, Scope, never_holds};
use canvass::document::Findings;
use canvass::item::Answer;
use proptest::prelude::*;

use crate::check::survey as text_of;
use crate::rules::{choice, holds, rule, survey};

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
fn respondent(mut number: usize) -> BTreeMap<&'static str, Answer> {
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
                answers.insert(item, Answer::Number(format!("{}", n as f64 / 2.0)));
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
    answers
}

#[test]
fn a_rule_that_cannot_hold_is_found() {
    let survey = survey();
    let scope = Scope { survey: &survey, earlier: 1, calculated: &[] };
    for text in [
        "one == 'a' and one == 'b'",
        "one == 'a' and not answered(one)",
        "one in ['a', 'b'] and one == 'c'",
        "'x' in many and count(many) < 1",
        "count(many) > 3",
        "age > 5 and age < 3",
        "age > 5 and age <= 5",
        "not (one == 'a') and one == 'a'",
        "false",
        "grid.r1 == 'no' and grid.r1 == 'yes'",
        "since > '2021-01-01' and since < '2020-01-01'",
        "length(word) > 10 and length(word) < 5",
    ] {
        assert!(never_holds(&rule(text), &scope), "{text}");
    }
}

#[test]
fn a_rule_that_can_hold_is_never_called_impossible() {
    let survey = survey();
    let scope = Scope { survey: &survey, earlier: 1, calculated: &[] };
    for text in [
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
        "count(pot) == 2",
        "count(top) == 3",
        "since > '2020-01-01' and since < '2021-01-01'",
        "since < '2020-01-01'",
        "word != 'a' and answered(word)",
        "top[1] == top[1]",
        "one == two",
        "one != two and answered(one) and answered(two)",
    ] {
        assert!(!never_holds(&rule(text), &scope), "{text}");
    }
}

#[test]
fn a_rule_may_name_any_number_of_options_of_one_question() {
    let options: Vec<String> = (1..=14).map(|n| format!("{{\"id\": \"o{n}\", \"label\": \"O{n}\"}}")).collect();
    let all: Vec<String> = (1..=14).map(|n| format!("'o{n}' in many")).collect();
    let question =
        format!("{{\"id\": \"many\", \"type\": \"multi\", \"text\": \"M?\", \"options\": [{}]}}", options.join(","));
    for joint in [" and ", " or "] {
        let page = format!(
            "{{\"id\": \"p\", \"show_if\": \"{}\", \"questions\": [{{\"id\": \"q\", \"type\": \"text\", \"text\": \"Q?\"}}]}}",
            all.join(joint)
        );
        let parsed = parse(&text_of(&question, &page));
        assert_eq!(parsed.findings, Vec::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_could_see_a_page_disproves_that_nobody_can(text in condition(), from in 0..1_000_000_usize) {
        let survey = survey();
        let rule = rule(&text);
        let scope = Scope { survey: &survey, earlier: 1, calculated: &[] };
        prop_assert!(rule::check(&rule, &scope, &Findings::default()), "{text}");
        if never_holds(&rule, &scope) {
            let seen = (from..from + 2_000).find(|number| holds(&text, &respondent(*number)));
            prop_assert!(seen.is_none(), "{text} holds for {:?}", seen.map(respondent));
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
