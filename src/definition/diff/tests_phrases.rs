use serde_json::{Value, json};

use super::tests::expect;

#[test]
fn what_counts_as_a_mention_is_no_part_of_any_answer() {
    expect(&[
        ("/interventions/0/phrases", json!(["woodland", "copse"]), "additive intervention trees"),
        ("/interventions/0/phrases", Value::Null, "additive intervention trees"),
        ("/interventions/1/phrases", json!(["retail park"]), "additive intervention shops"),
    ]);
}
