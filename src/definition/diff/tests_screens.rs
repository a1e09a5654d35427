//! Changes of what stands on which screen.

use serde_json::json;

use super::tests::expect;

#[test]
fn how_questions_are_spread_over_screens_changes_no_answer() {
    expect(&[
        ("/pages/1/questions/0/rows_per_page", json!(2), "wording question support"),
        ("/pages/1/section", json!("What matters"), "wording page weigh"),
        ("/progress", json!(false), "wording progress"),
    ]);
}
