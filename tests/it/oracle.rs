//! Rules against an oracle: what Canvass finds true of made-up answers, the Common Expression Language finds true too.
//!
//! Each rule is written twice from one tree, in our language and in CEL, where every comparison says by itself that
//! its answers must be there. The `cel` crate knows nothing of Canvass.

#![cfg(test)]

use std::collections::{BTreeMap, HashMap};

use canvass::definition::rule;
use canvass::document::{Findings, Place};
use canvass::item::Answer;
use cel::{Context, Program, Value};
use proptest::prelude::*;

use crate::never::respondent;
use crate::rules::{holds, scope_of_all};

/// A number: in our language, in CEL, and when CEL has it.
#[derive(Clone, Debug)]
struct Number {
    ours: String,
    cel: String,
    there: String,
    /// True if it needs brackets as an operand.
    is_sum: bool,
}

/// A condition in our language and in CEL.
#[derive(Clone, Debug)]
struct Condition {
    ours: String,
    cel: String,
}

fn condition(ours: impl Into<String>, cel: impl Into<String>) -> Condition {
    Condition { ours: ours.into(), cel: cel.into() }
}

fn number() -> impl Strategy<Value = Number> {
    let known = |ours: &str, cel: &str, there: &str| Number {
        ours: ours.to_string(),
        cel: cel.to_string(),
        there: there.to_string(),
        is_sum: false,
    };
    let years = "double(2026 - since_year - ((3 < since_month || (3 == since_month && 1 < since_day)) ? 1 : 0))";
    let leaf = prop_oneof![
        (-20..60_i32).prop_map(move |n| known(&n.to_string(), &format!("({n}.0)"), "true")),
        Just(known("2.5", "2.5", "true")),
        prop::sample::select(vec![
            known("age", "age", "has_age"),
            known("years", "years", "has_years"),
            known("pot.r1", "('r1' in pot ? pot['r1'] : 0.0)", "has_pot"),
            known("pot.r2", "('r2' in pot ? pot['r2'] : 0.0)", "has_pot"),
            known("sum(pot)", "(('r1' in pot ? pot['r1'] : 0.0) + ('r2' in pot ? pot['r2'] : 0.0))", "has_pot"),
            known("count(many)", "double(size(many))", "true"),
            known("count(top)", "double(size(top))", "true"),
            known("count(grid)", "double(size(grid))", "true"),
            known("count(pot)", "double(size(pot))", "true"),
            known("length(word)", "double(size(word))", "true"),
            known("years_since(since)", years, "has_since"),
        ]),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), inner).prop_map(|(a, sign, b)| {
            let side = |of: &Number| if of.is_sum { format!("({})", of.ours) } else { of.ours.clone() };
            let divides = if sign == "/" { format!(" && {} != 0.0", b.cel) } else { String::new() };
            Number {
                ours: format!("{} {sign} {}", side(&a), side(&b)),
                cel: format!("({} {sign} {})", a.cel, b.cel),
                there: format!("{} && {}{divides}", a.there, b.there),
                is_sum: true,
            }
        })
    })
}

/// Comparisons and single conditions.
fn leaf() -> impl Strategy<Value = Condition> {
    let signs = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let guarded = |sign: &str, there: &str, cel: String| {
        // Only `!=` is true without an answer.
        if sign == "!=" {
            format!("!({there} && {})", cel.replacen("!=", "==", 1))
        } else {
            format!("({there} && {cel})")
        }
    };
    let order = "{'bad': 1, 'fair': 2, 'fine': 2, 'top': 4, 'dk': 0}";
    let steps = "{'no': 1, 'yes': 2}";
    let id = |ids: &[&'static str]| prop::sample::select(ids.to_vec());
    let chosen = |name: &'static str, there: &'static str, cel: &'static str, ids: &[&'static str]| {
        let ids = ids.to_vec();
        (prop::sample::select(ids.clone()), prop::sample::subsequence(ids, 1..3), 0..5_usize).prop_map(
            move |(id, several, form)| {
                let listed = several.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
                match form {
                    0 => condition(format!("{name} == '{id}'"), format!("({there} && {cel} == '{id}')")),
                    1 => condition(format!("'{id}' != {name}"), format!("!({there} && {cel} == '{id}')")),
                    2 => condition(format!("{name} in [{listed}]"), format!("({there} && {cel} in [{listed}])")),
                    3 => condition(format!("{name} not in [{listed}]"), format!("!({there} && {cel} in [{listed}])")),
                    _ => condition(format!("answered({name})"), there),
                }
            },
        )
    };
    prop_oneof![
        4 => (number(), signs(), number()).prop_map(move |(a, sign, b)| {
            let there = format!("{} && {}", a.there, b.there);
            condition(format!("{} {sign} {}", a.ours, b.ours), guarded(sign, &there, format!("{} {sign} {}", a.cel, b.cel)))
        }),
        2 => chosen("one", "has_one", "one", &["a", "b", "c"]),
        1 => chosen("two", "has_two", "two", &["a", "b"]),
        1 => chosen("grid.r1", "'r1' in grid", "grid['r1']", &["no", "yes"]),
        1 => chosen("grid.r2", "'r2' in grid", "grid['r2']", &["no", "yes"]),
        1 => chosen("top[1]", "size(top) > 0", "top[0]", &["r1", "r2", "r3"]),
        1 => chosen("top[3]", "size(top) > 2", "top[2]", &["r1", "r2", "r3"]),
        1 => Just(condition("one == two", "(has_one && has_two && one == two)")),
        1 => Just(condition("top[1] != top[2]", "!(size(top) > 1 && top[0] == top[1])")),
        2 => (id(&["x", "y", "z"]), any::<bool>()).prop_map(|(id, is_in)| {
            if is_in {
                condition(format!("'{id}' in many"), format!("('{id}' in many)"))
            } else {
                condition(format!("'{id}' not in many"), format!("!('{id}' in many)"))
            }
        }),
        1 => (id(&["bad", "fair", "fine", "top"]), signs()).prop_map(move |(id, sign)| {
            if sign == "==" || sign == "!=" {
                return condition(format!("mood {sign} '{id}'"), guarded(sign, "has_mood", format!("mood {sign} '{id}'")));
            }
            let cel = format!("(has_mood && mood != 'dk' && {order}[mood] {sign} {order}['{id}'])");
            condition(format!("mood {sign} '{id}'"), cel)
        }),
        1 => (id(&["no", "yes"]), prop::sample::select(vec!["<", "<=", ">", ">="])).prop_map(move |(id, sign)| {
            let cel = format!("('r1' in grid && {steps}['{id}'] {sign} {steps}[grid['r1']])");
            condition(format!("'{id}' {sign} grid.r1"), cel)
        }),
        1 => (id(&["2019-01-01", "2020-02-28", "2020-02-29", "2026-03-01"]), signs(), 0..3_usize).prop_map(
            move |(day, sign, form)| match form {
                0 => condition(format!("since {sign} '{day}'"), guarded(sign, "has_since", format!("since {sign} '{day}'"))),
                1 => condition(
                    format!("date('{day}') {sign} since"),
                    guarded(sign, "has_since", format!("'{day}' {sign} since")),
                ),
                _ => condition(
                    format!("since {sign} today()"),
                    guarded(sign, "has_since", format!("since {sign} '2026-03-01'")),
                ),
            }
        ),
        1 => (id(&["q", "^q+$", "^(q{3})+$", "q{5}", "x|qq"]), any::<bool>()).prop_map(|(pattern, holds)| {
            let cel = format!("(has_word && word.matches('{pattern}'))");
            let ours = format!("matches(word, '{pattern}')");
            if holds { condition(ours, cel) } else { condition(format!("not {ours}"), format!("!{cel}")) }
        }),
        1 => prop::sample::select(vec![
            condition("ok", "has_ok"),
            condition("ok == true", "has_ok"),
            condition("ok == false", "false"),
            condition("answered(many)", "size(many) > 0"),
            condition("answered(pot.r1)", "has_pot"),
            condition("answered(word) and word == 'q'", "(has_word && word == 'q')"),
            condition("kind.other == 'mine'", "(has_other && other == 'mine')"),
            condition("not answered(kind.other)", "!has_other"),
            condition("true", "true"),
        ]),
    ]
}

fn any_condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 12, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| condition(
                format!("({}) and ({})", a.ours, b.ours),
                format!("({} && {})", a.cel, b.cel)
            )),
            two.prop_map(|(a, b)| condition(
                format!("({}) or ({})", a.ours, b.ours),
                format!("({} || {})", a.cel, b.cel)
            )),
            inner.prop_map(|a| condition(format!("not ({})", a.ours), format!("!({})", a.cel))),
        ]
    })
}

/// The answers as CEL sees them: whether there is one, and a value in its place if there is none.
fn context(answers: &BTreeMap<&'static str, Answer>) -> Context<'static, 'static> {
    let mut context = Context::default();
    let mut set = |name: &str, value: Value| context.add_variable_from_value(name.to_string(), value);
    for item in ["one", "two", "many", "age", "years", "word", "since", "ok", "grid", "top", "pot", "mood"] {
        set(&format!("has_{item}"), answers.contains_key(item).into());
    }
    let texts = |texts: &[String]| Value::from(texts.to_vec());
    for item in ["one", "two", "mood"] {
        let option = if let Some(Answer::Choice { option, .. }) = answers.get(item) { option.as_str() } else { "" };
        set(item, option.into());
    }
    let other = if let Some(Answer::Choice { other, .. }) = answers.get("kind") { other.as_deref() } else { None };
    set("has_other", other.is_some().into());
    set("other", other.unwrap_or_default().into());
    set(
        "many",
        if let Some(Answer::Choices { options, .. }) = answers.get("many") { texts(options) } else { texts(&[]) },
    );
    set("top", if let Some(Answer::Ranking(order)) = answers.get("top") { texts(order) } else { texts(&[]) });
    for item in ["age", "years"] {
        let number = if let Some(Answer::Number(written)) = answers.get(item) { written.parse().unwrap() } else { 0.0 };
        set(item, Value::Float(number));
    }
    set("word", if let Some(Answer::Text(word)) = answers.get("word") { word.as_str().into() } else { "".into() });
    let since = if let Some(Answer::Date(day)) = answers.get("since") { day.as_str() } else { "2000-01-01" };
    set("since", since.into());
    for (name, part) in ["since_year", "since_month", "since_day"].into_iter().zip(since.split('-')) {
        set(name, Value::Int(part.parse().unwrap()));
    }
    let grid: HashMap<String, String> = if let Some(Answer::Ratings(rated)) = answers.get("grid") {
        rated.clone().into_iter().collect()
    } else {
        HashMap::new()
    };
    set("grid", grid.into());
    let pot: HashMap<String, f64> = match answers.get("pot") {
        Some(Answer::Points(points)) => points.iter().map(|(row, given)| (row.clone(), f64::from(*given))).collect(),
        _ => HashMap::new(),
    };
    set("pot", pot.into());
    context
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_holds_where_the_common_expression_language_says_so(rule in any_condition(), from in 0..1_000_000_usize) {
        let parsed = rule::parse(&rule.ours, Place { line: 1, column: 1 });
        let Ok(parsed) = parsed else { return Err(TestCaseError::reject("longer than a rule may be")) };
        let findings = Findings::default();
        let sound = scope_of_all(|scope| rule::check(&parsed, scope, &findings));
        prop_assert!(sound, "{}: {:?}", rule.ours, findings.into_sorted());
        let program = Program::compile(&rule.cel).map_err(|error| TestCaseError::fail(format!("{}: {error}", rule.cel)))?;
        for number in from..from + 30 {
            let answers = respondent(number);
            let found = program.execute(&context(&answers));
            prop_assert_eq!(
                found.clone().ok(), Some(Value::Bool(holds(&rule.ours, &answers))),
                "{} or {} for {:?}: {:?}", rule.ours, rule.cel, answers, found
            );
        }
    }
}
