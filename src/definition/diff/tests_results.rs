use serde_json::json;

use super::tests::expect;

#[test]
fn a_result_may_be_shown_or_not_and_never_from_fewer_answers_than_was_said() {
    expect(&[
        ("/results/show", json!("never"), "additive results, show"),
        ("/results/show", json!("after_close"), "additive results, show"),
        ("/results/min_answers", json!(60), "additive results, min_answers"),
        ("/results/min_answers", json!(40), "breaking results, min_answers"),
    ]);
}
