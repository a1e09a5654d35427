//! A vector passes only if all that it holds is there, was compared and is right.

use serde_json::{Value, json};

use super::{Standing, check, check_text, methods};

fn vector() -> Value {
    json!({
        "method": "multiple_testing", "tolerance": 1e-9, "note": "in words",
        "cases": [{"p": [0.01, 0.5, 0.02], "holm": [0.03, 0.5, 0.04], "simes_global_p": 0.03}],
    })
}

fn faults(vector: &Value) -> Vec<String> {
    match check("v", vector).standing {
        Standing::Fail(faults) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_right_vector_passes_and_says_what_was_compared() {
    let outcome = check("v", &vector());
    assert!(outcome.passed(), "{outcome:?}");
    assert_eq!((outcome.method.as_str(), outcome.compared), ("multiple_testing", 4));
    assert!(outcome.difference <= 1e-15 && outcome.tolerance <= 1e-9);
}

#[test]
fn a_wrong_number_is_told_with_its_place() {
    let mut wrong = vector();
    wrong["cases"][0]["holm"][2] = json!(0.041);
    assert_eq!(faults(&wrong), ["cases[0].holm[2]: 0.04 where 0.041 is expected"]);
    wrong["cases"][0]["holm"][2] = json!(null);
    assert_eq!(faults(&wrong), ["cases[0].holm[2]: 0.04 where null is expected"]);
}

#[test]
fn what_is_not_compared_and_what_is_too_short_fails() {
    let mut more = vector();
    more["cases"][0]["sidak"] = json!([0.1, 0.2]);
    assert_eq!(faults(&more), ["cases[0].sidak[0]: not compared", "cases[0].sidak[1]: not compared"]);
    let mut short = vector();
    short["cases"][0]["holm"] = json!([0.03, 0.5]);
    assert_eq!(faults(&short), ["cases[0].holm: 3 values where 2 are expected"]);
    let empty = check("v", &json!({"method": "multiple_testing", "cases": []}));
    assert_eq!(empty.standing, Standing::Damaged("cases: is empty".to_string()));
    assert_eq!(faults(&json!({"method": "multiple_testing", "cases": [{"p": [0.1]}]})), ["nothing was compared"]);
}

#[test]
fn a_damaged_vector_is_told_with_the_place_of_the_damage() {
    let told = |vector: &Value| check("v", vector).standing;
    let damaged = |text: &str| Standing::Damaged(text.to_string());
    assert_eq!(told(&json!({"method": "multiple_testing"})), damaged("cases: is missing"));
    assert_eq!(told(&json!({"method": "multiple_testing", "cases": [{}]})), damaged("cases[0].p: is missing"));
    assert_eq!(told(&json!({"cases": []})), damaged("method: the name of the calculation is missing"));
    assert_eq!(told(&json!({"method": "astrology"})), Standing::MethodNotKnown);
    assert_eq!(check_text("v", "{\n").standing, damaged("line 2: is no JSON"));
}

#[test]
fn the_table_of_calculations_is_in_order() {
    let names: Vec<&str> = methods().collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}
