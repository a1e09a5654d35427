use serde_json::json;

use super::tests::expect;

#[test]
fn what_answers_are_weighted_to_is_part_of_the_rule() {
    expect(&[
        ("/consensus/weighting", json!("rake"), "breaking decision rule, weighting"),
        ("/consensus/weight_min", json!(0.5), "breaking decision rule, weight_min"),
        ("/consensus/weight_max", json!(4), "breaking decision rule, weight_max"),
    ]);
}

#[test]
fn shares_that_answers_are_weighted_to_change_the_conclusions() {
    let found = super::tests::after(&[
        ("/consensus/weighting", json!("rake")),
        ("/population/margins/place", json!({"north": 0.4, "south": 0.6})),
    ]);
    let change = found.changes.iter().find(|change| change.what == "population, margins of place").unwrap();
    assert_eq!(change.effect, super::Effect::Verdicts);
}

#[test]
fn the_reason_for_a_change_of_the_rule_is_no_change_of_the_rule() {
    expect(&[("/consensus/changed_because", json!("The board asked for it."), "wording decision rule")]);
}
