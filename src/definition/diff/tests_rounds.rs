use serde_json::json;

use super::Effect;
use super::tests::after;

/// What a change of the round comes to, from a panel of this round.
fn found(pointer: &str, to: serde_json::Value) -> Vec<(String, &'static str, Effect)> {
    let round = json!({"number": 1, "planned": 3, "questions": ["support"]});
    let mut changed = round.clone();
    changed.as_object_mut().unwrap().insert(pointer.to_string(), to);
    let (old, new) = (panel(&round), panel(&changed));
    let found = super::diff(&old, &new);
    found.changes.into_iter().map(|change| (change.what, change.class.name(), change.effect)).collect()
}

fn panel(round: &serde_json::Value) -> crate::definition::Survey {
    let text = json!({
        "format": 1, "id": "panel", "title": "Panel", "round": round,
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "support", "type": "single", "text": "Which?", "options": [
                {"id": "a", "label": "A", "value": 1}, {"id": "b", "label": "B", "value": 2}, {"id": "c", "label": "C", "value": 3}]},
            {"id": "pace", "type": "single", "text": "When?", "options": [
                {"id": "a", "label": "A", "value": 1}, {"id": "b", "label": "B", "value": 2}, {"id": "c", "label": "C", "value": 3}]}]}]
    });
    crate::definition::parse(&text.to_string()).survey.unwrap()
}

fn one(class: &'static str, effect: Effect) -> Vec<(String, &'static str, Effect)> {
    vec![("round".to_string(), class, effect)]
}

#[test]
fn the_next_round_is_a_new_wave_and_what_counts_as_consensus_is_part_of_the_rule() {
    assert_eq!(found("number", json!(2)), one("breaking", Effect::Round));
    assert_eq!(found("planned", json!(4)), one("wording", Effect::None));
    assert_eq!(found("questions", json!(["pace"])), one("breaking", Effect::None));
    assert_eq!(found("rule", json!("iqr")), one("breaking", Effect::Verdicts));
    assert_eq!(found("agreement", json!(0.8)), one("breaking", Effect::Verdicts));
    assert_eq!(found("newcomers", json!(true)), one("additive", Effect::None));
    assert_eq!(found("before", json!({"support": {"a": 12}})), one("wording", Effect::None));
}

#[test]
fn a_survey_that_comes_to_be_asked_in_rounds_breaks_with_one_that_is_not() {
    let found = after(&[("/round", json!({"questions": ["support"]}))]);
    let change = found.changes.iter().find(|change| change.what == "round").unwrap();
    assert_eq!(change.class.name(), "breaking");
}
