//! What becomes of the conditions of a Questionnaire.

use serde_json::{Value, json};

use super::tests_read::{fates, import, options, questions, whole};
use crate::exchange::report::Fate;

/// The rule of the last item, which stands after a question `q`; `lost` before one that could not be carried over.
#[expect(clippy::needless_pass_by_value, reason = "a test reads better with the value in place")]
fn rule_on(question: Value, conditions: Value, behavior: Option<&str>) -> String {
    let mut asked = json!({"linkId": "q", "text": "Q"});
    asked.as_object_mut().unwrap().extend(question.as_object().unwrap().clone());
    let mut shown = json!({"linkId": "z", "text": "Z", "type": "string", "enableWhen": conditions});
    if let Some(behavior) = behavior {
        shown["enableBehavior"] = behavior.into();
    }
    let imported = import(json!([asked, shown]));
    let last = questions(&imported).pop().unwrap().clone();
    assert!(last.get("show_if").is_none() || last.get("lost_rule").is_none());
    match (&last["show_if"], &last["lost_rule"]) {
        (Value::String(rule), _) => rule.clone(),
        (_, Value::String(words)) => format!("lost {words}"),
        _ => "none".into(),
    }
}

fn condition(operator: &str, answer: &str, value: impl Into<Value>) -> Value {
    json!([{"question": "q", "operator": operator, answer: value.into()}])
}

#[test]
fn all_seven_operators_become_rules() {
    let choice = json!({"type": "choice", "answerOption": options(&["a", "b"])});
    let several = json!({"type": "choice", "repeats": true, "answerOption": options(&["a", "b"])});
    let coding = json!({"system": "http://s", "code": "a"});
    for (question, operator, answer, value, wanted) in [
        (json!({"type": "integer"}), "=", "answerInteger", json!(3), "q == 3"),
        (json!({"type": "integer"}), "!=", "answerInteger", json!(-3), "q != -3"),
        (json!({"type": "integer"}), ">", "answerInteger", json!(3), "q > 3"),
        (json!({"type": "decimal"}), "<", "answerDecimal", json!(1.5), "q < 1.5"),
        (json!({"type": "decimal"}), ">=", "answerDecimal", json!(1e-7), "q >= 0.0000001"),
        (json!({"type": "quantity"}), "<=", "answerQuantity", json!({"value": 4, "unit": "kg"}), "q <= 4"),
        (json!({"type": "integer"}), "exists", "answerBoolean", json!(true), "answered(q)"),
        (json!({"type": "string"}), "exists", "answerBoolean", json!(false), "not answered(q)"),
        (json!({"type": "string"}), "=", "answerString", json!("yes"), "q == 'yes'"),
        (json!({"type": "date"}), ">=", "answerDate", json!("2026-01-31"), "q >= '2026-01-31'"),
        (json!({"type": "boolean"}), "=", "answerBoolean", json!(true), "q == 'yes'"),
        (json!({"type": "boolean"}), "!=", "answerBoolean", json!(false), "q != 'no'"),
        (choice.clone(), "=", "answerCoding", coding.clone(), "q == 'a'"),
        (choice.clone(), "!=", "answerCoding", coding.clone(), "q != 'a'"),
        (several.clone(), "=", "answerCoding", coding.clone(), "'a' in q"),
        (several, "!=", "answerCoding", coding.clone(), "'a' not in q"),
        (
            json!({"type": "choice", "answerOption": [{"valueInteger": 1}, {"valueInteger": 2}, {"valueInteger": 3}]}),
            ">",
            "answerInteger",
            json!(1),
            "q in ['2', '3']",
        ),
        (
            json!({"type": "choice", "answerOption": [{"valueString": "Very good"}, {"valueString": "Bad"}]}),
            "=",
            "answerString",
            json!("Very good"),
            "q == 'very_good'",
        ),
    ] {
        assert_eq!(
            rule_on(question.clone(), condition(operator, answer, value), None),
            wanted,
            "{question} {operator}"
        );
    }
    let boxed = json!({"type": "boolean", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
        "valueCodeableConcept": {"coding": [{"code": "check-box"}]}}]});
    assert_eq!(rule_on(boxed.clone(), condition("=", "answerBoolean", true), None), "q");
    assert_eq!(rule_on(boxed, condition("=", "answerBoolean", false), None), "not q");
    let open = json!({"type": "open-choice", "answerOption": options(&["a", "b"])});
    assert_eq!(rule_on(open, condition("=", "answerString", "Mayor"), None), "q.other == 'Mayor'");
}

#[test]
fn what_cannot_be_asked_is_lost_and_never_shown() {
    let choice = json!({"type": "choice", "answerOption": options(&["a", "b"])});
    for (question, conditions, lost) in [
        (
            choice.clone(),
            condition("=", "answerCoding", json!({"system": "http://s", "code": "c"})),
            "lost q = http://s|c",
        ),
        (
            choice.clone(),
            condition("=", "answerCoding", json!({"system": "http://other", "code": "a"})),
            "lost q = http://other|a",
        ),
        (choice, condition(">", "answerCoding", json!({"code": "a"})), "lost q > a"),
        (json!({"type": "string"}), condition(">", "answerString", "m"), "lost q > 'm'"),
        (json!({"type": "string"}), condition("=", "answerString", "it's"), "lost q = 'it's'"),
        (json!({"type": "date"}), condition(">", "answerDate", "2026"), "lost q > '2026'"),
        (json!({"type": "date"}), condition(">", "answerDate", "2026-02-30"), "lost q > '2026-02-30'"),
        (json!({"type": "attachment"}), condition("exists", "answerBoolean", true), "lost q exists true"),
        (
            json!({"type": "integer"}),
            json!([{"question": "nowhere", "operator": "=", "answerInteger": 1}]),
            "lost nowhere = 1",
        ),
        (json!({"type": "integer"}), json!([{"question": "z", "operator": "=", "answerString": "x"}]), "lost z = 'x'"),
        (json!({"type": "integer"}), condition("~", "answerInteger", 1), "lost q ~ 1"),
        (json!({"type": "integer"}), json!([{"operator": "=", "answerInteger": 1}]), "lost ? = 1"),
    ] {
        assert_eq!(rule_on(question.clone(), conditions, None), lost, "{question}");
    }
}

#[test]
fn all_and_any_join_conditions() {
    let choice = json!({"type": "choice", "answerOption": options(&["a", "b", "c"])});
    let is = |code: &str, operator: &str| json!({"question": "q", "operator": operator, "answerCoding": {"system": "http://s", "code": code}});
    let exists = json!({"question": "q", "operator": "exists", "answerBoolean": true});
    let two = json!([is("a", "="), exists]);
    assert_eq!(rule_on(choice.clone(), two.clone(), Some("all")), "q == 'a' and answered(q)");
    assert_eq!(rule_on(choice.clone(), two.clone(), Some("any")), "q == 'a' or answered(q)");
    assert_eq!(rule_on(choice.clone(), two.clone(), None), "q == 'a' or answered(q)");
    assert_eq!(rule_on(choice.clone(), two, Some("most")), "lost q = http://s|a or q exists true");
    assert_eq!(rule_on(choice.clone(), json!([is("a", "="), is("b", "=")]), Some("any")), "q in ['a', 'b']");
    assert_eq!(rule_on(choice.clone(), json!([is("a", "!="), is("b", "!=")]), Some("all")), "q not in ['a', 'b']");
    let never = "lost q = http://s|a and q = http://s|b";
    assert_eq!(rule_on(choice, json!([is("a", "="), is("b", "=")]), Some("all")), never);
}

#[test]
fn what_several_conditions_mean_depends_on_the_release() {
    let two = json!([{"question": "a", "operator": "=", "answerInteger": 1}, {"question": "a", "operator": "=", "answerInteger": 2}]);
    let form = |kind: &str| {
        import(json!([
            {"linkId": "a", "type": "integer", "text": "A"}, {"linkId": "b", "type": kind, "text": "B", "answerOption": options(&["x", "y"])},
            {"linkId": "c", "type": "string", "text": "C", "enableWhen": two}
        ]))
    };
    let of_r4 = form("choice");
    assert_eq!(questions(&of_r4)[2]["show_if"], "a == 1 or a == 2");
    assert_eq!(fates(&of_r4, "behavior"), [Fate::Assumed]);
    let of_r5 = form("coding");
    assert_eq!(questions(&of_r5)[2]["lost_rule"], "a = 1 or a = 2");
}

#[test]
fn stu3_is_read() {
    let imported = import(json!([
        {"linkId": "a", "type": "choice", "text": "A", "option": options(&["x", "y"])},
        {"linkId": "b", "type": "string", "text": "B", "enableWhen": [{"question": "a", "hasAnswer": true}]},
        {"linkId": "c", "type": "string", "text": "C", "enableWhen": [
            {"question": "a", "answerCoding": {"system": "http://s", "code": "y"}}, {"question": "b", "hasAnswer": false}]}
    ]));
    assert_eq!(imported.report.entries[0].message, "read as FHIR STU3");
    let rules: Vec<&Value> = questions(&imported).iter().map(|question| &question["show_if"]).collect();
    assert_eq!(rules, [&Value::Null, &json!("answered(a)"), &json!("a == 'y' or not answered(b)")]);
    assert_eq!(fates(&imported, "behavior"), []);
    let contained = whole(json!({"resourceType": "Questionnaire", "title": "T", "contained": [
            {"resourceType": "ValueSet", "id": "v", "url": "http://v", "compose": {"include": [{"system": "s", "concept": [{"code": "x"}]}]}}],
        "item": [{"linkId": "a", "type": "choice", "text": "A", "options": {"reference": "#v"}}]}));
    assert_eq!(questions(&contained)[0]["options"], "v");
}

#[test]
fn a_rule_of_a_group_joins_those_within() {
    let imported = import(json!([
        {"linkId": "a", "type": "integer", "text": "A"}, {"linkId": "b", "type": "integer", "text": "B"},
        {"linkId": "p", "type": "group", "text": "Page", "enableWhen": [{"question": "a", "operator": ">", "answerInteger": 0}], "item": [
            {"linkId": "c", "type": "string", "text": "C"},
            {"linkId": "g", "type": "group", "text": "Group", "enableBehavior": "any",
                "enableWhen": [{"question": "a", "operator": "=", "answerInteger": 1}, {"question": "b", "operator": "=", "answerInteger": 2}],
                "item": [{"linkId": "d", "type": "string", "text": "D", "enableWhen": [{"question": "b", "operator": ">", "answerInteger": 1}]}]}]}
    ]));
    let page = &imported.definition["pages"][1];
    assert_eq!((&page["title"], &page["show_if"]), (&json!("Page"), &json!("a > 0")));
    let found: Vec<_> =
        questions(&imported).into_iter().skip(2).map(|one| (one["type"].as_str().unwrap(), &one["show_if"])).collect();
    let any = json!("a == 1 or b == 2");
    let both = json!("(a == 1 or b == 2) and b > 1");
    assert_eq!(found, [("text", &Value::Null), ("note", &any), ("text", &both)]);
    assert_eq!(questions(&imported)[3]["text"], "### Group");
}

#[test]
fn a_lost_rule_of_a_group_hides_all_within() {
    let lost = json!([{"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
        "valueExpression": {"language": "text/fhirpath", "expression": "%age > 3"}}]);
    let imported = import(json!([{"linkId": "g", "type": "group", "text": "G", "item": [
        {"linkId": "a", "type": "integer", "text": "A"},
        {"linkId": "h", "type": "group", "text": "H", "extension": lost, "item": [{"linkId": "b", "type": "string", "text": "B"}]}]}]));
    let rules: Vec<&Value> = questions(&imported).iter().map(|one| &one["lost_rule"]).collect();
    let words = json!("enableWhenExpression: %age > 3");
    assert_eq!(rules, [&Value::Null, &words, &words]);
    assert_eq!(fates(&imported, "rule-lost"), [Fate::Degraded]);
}

#[test]
fn a_page_is_split_where_a_rule_asks_for_an_answer_on_it() {
    let imported = import(json!([{"linkId": "g", "type": "group", "text": "G", "item": [
        {"linkId": "a", "type": "integer", "text": "A"}, {"linkId": "b", "type": "integer", "text": "B"},
        {"linkId": "c", "type": "string", "text": "C", "enableWhen": [{"question": "b", "operator": "=", "answerInteger": 1}]},
        {"linkId": "d", "type": "string", "text": "D"}]}]));
    let pages: Vec<_> = imported.definition["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| {
            (page["id"].as_str().unwrap(), page["title"].as_str().unwrap(), page["questions"].as_array().unwrap().len())
        })
        .collect();
    assert_eq!(pages, [("g", "G", 2), ("g_2", "G", 2)]);
}
