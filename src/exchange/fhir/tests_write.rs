//! What becomes of the parts of a definition, and of a Questionnaire of ours that someone changed.

use serde_json::{Value, json};

use super::{read, write};
use crate::exchange::report::Fate;

/// A definition with a page of questions, and one whose question has a rule.
fn survey(rule: &str) -> Value {
    let ab = json!([{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]);
    json!({"format": 1, "id": "s", "title": "S", "pages": [
        {"id": "one", "title": "One", "questions": [
            {"id": "agree", "type": "consent", "text": "Agree"},
            {"id": "role", "type": "single", "text": "Role", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "other": "optional"}]},
            {"id": "way", "type": "multi", "text": "Way", "options": ab},
            {"id": "why", "type": "text", "text": "Why"},
            {"id": "years", "type": "number", "text": "Years"},
            {"id": "share", "type": "number", "text": "Share", "decimals": 1},
            {"id": "since", "type": "date", "text": "Since"},
            {"id": "support", "type": "rate", "text": "Rate", "items": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}], "scale": ab},
            {"id": "top", "type": "rank", "text": "Top", "items": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]},
            {"id": "budget", "type": "allocate", "text": "Budget", "items": [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]},
            {"id": "ideas", "type": "repeat", "text": "Ideas", "fields": [{"id": "name", "type": "text", "text": "Name"}]}]},
        {"id": "two", "questions": [{"id": "z", "type": "text", "text": "Z", "show_if": rule}]}]})
}

/// The item of the question with the rule.
fn ruled(rule: &str) -> Value {
    write(&survey(rule)).questionnaire["item"][1]["item"][0].clone()
}

fn extension<'a>(item: &'a Value, ends: &str) -> Option<&'a Value> {
    item["extension"].as_array()?.iter().find(|one| one["url"].as_str().is_some_and(|url| url.ends_with(ends)))
}

#[test]
fn flat_rules_become_conditions() {
    for (rule, question, operator, answer) in [
        ("agree", "agree", "=", json!({"answerBoolean": true})),
        ("not agree", "agree", "!=", json!({"answerBoolean": true})),
        ("role != 'a'", "role", "!=", json!({"answerCoding": {"system": "urn:canvass:codes:role", "code": "a"}})),
        ("role.other == 'Mayor'", "role.other", "=", json!({"answerString": "Mayor"})),
        ("'a' in way", "way", "=", json!({"answerCoding": {"system": "urn:canvass:codes:way", "code": "a"}})),
        ("why == 'so'", "why", "=", json!({"answerString": "so"})),
        ("3 < years", "years", ">", json!({"answerInteger": 3})),
        ("share <= 2", "share", "<=", json!({"answerDecimal": 2})),
        ("since >= date('2026-01-31')", "since", ">=", json!({"answerDate": "2026-01-31"})),
        ("not answered(years)", "years", "exists", json!({"answerBoolean": false})),
        (
            "support.x == 'b'",
            "support.x",
            "=",
            json!({"answerCoding": {"system": "urn:canvass:codes:support", "code": "b"}}),
        ),
        ("top[1] == 'y'", "top.y", "=", json!({"answerInteger": 1})),
        ("budget.x >= 50", "budget.x", ">=", json!({"answerInteger": 50})),
    ] {
        let mut wanted = json!({"question": question, "operator": operator});
        wanted.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        let item = ruled(rule);
        assert_eq!(item["enableWhen"], json!([wanted]), "{rule}");
        assert_eq!(item.get("enableBehavior"), None, "{rule}");
    }
    for (rule, behavior, count) in [
        ("agree and years > 3", "all", 2),
        ("agree or years > 3 or why == 'x'", "any", 3),
        ("role in ['a', 'b']", "any", 2),
        ("role not in ['a', 'b']", "all", 2),
        ("not (agree or years == 3)", "all", 2),
        ("not years > 3", "any", 2),
        ("answered(support)", "any", 2),
    ] {
        let item = ruled(rule);
        assert_eq!(
            (item["enableBehavior"].as_str(), item["enableWhen"].as_array().map(Vec::len)),
            (Some(behavior), Some(count)),
            "{rule}"
        );
    }
}

#[test]
fn the_opposite_of_a_comparison_holds_without_an_answer() {
    for (rule, opposite) in [("years < 3", ">="), ("years <= 3", ">"), ("years > 3", "<="), ("years >= 3", "<")] {
        let item = ruled(&format!("not {rule}"));
        let wanted = json!([
            {"question": "years", "operator": opposite, "answerInteger": 3},
            {"question": "years", "operator": "exists", "answerBoolean": false}
        ]);
        assert_eq!((&item["enableWhen"], &item["enableBehavior"]), (&wanted, &json!("any")), "{rule}");
    }
}

#[test]
fn only_what_was_asked_before_is_piped() {
    let mut definition = survey("agree");
    definition["pages"][1]["questions"][0]["text"] =
        "You said {{ years }}, {{ label('x') }} and {{ top[1] | else 'no' }}".into();
    let mut written = write(&definition).questionnaire;
    assert_eq!(read(written.to_string().as_bytes()).unwrap().definition, definition);
    written["item"][1]["item"][0]["_text"]["extension"][0]["valueString"] = "{{ z }} {{ nobody }}".into();
    let read = read(written.to_string().as_bytes()).unwrap().definition;
    assert_eq!(read["pages"][1]["questions"][0]["text"], "{ { z }} { { nobody }}");
}

/// The expressions were compared with fhirpath.js on random answers when they were written.
#[test]
fn nested_rules_become_expressions() {
    let path = |rule: &str| {
        let item = ruled(rule);
        assert_eq!(item.get("enableWhen"), None);
        extension(&item, "sdc-questionnaire-enableWhenExpression").unwrap()["valueExpression"]["expression"]
            .as_str()
            .unwrap()
            .to_string()
    };
    let wanted = "(%resource.descendants().where(linkId = 'agree').answer.where(value = true).exists()) and \
        ((%resource.descendants().where(linkId = 'years').answer.where(value > 3).exists()) or \
        (%resource.descendants().where(linkId = 'since').answer.exists().not()))";
    assert_eq!(path("agree and (years > 3 or not answered(since))"), wanted);
    assert_eq!(path("count(way) >= 2"), "%resource.descendants().where(linkId = 'way').answer.count() >= 2");
    let entries = "%resource.descendants().where(linkId = 'ideas' and item.answer.exists()).count() > 1";
    assert_eq!(path("ideas.count > 1"), entries);
    assert!(
        path("budget.x < 10").contains("(%resource.descendants().where(linkId = 'budget.x').answer.exists().not())")
    );
}

#[test]
fn what_fhir_cannot_say_is_hidden_and_comes_back() {
    for rule in [
        "years * 2 > 5",
        "length(why) > 3",
        "sum(budget) == 100",
        "since <= today()",
        "matches(why, '^a')",
        "role == way",
    ] {
        let definition = survey(rule);
        let written = write(&definition);
        let item = &written.questionnaire["item"][1]["item"][0];
        assert_eq!(extension(item, "questionnaire-hidden").unwrap()["valueBoolean"], true, "{rule}");
        assert!(
            written.report.entries.iter().any(|entry| entry.code == "rule-lost" && entry.fate == Fate::Degraded),
            "{rule}"
        );
        assert_eq!(read(written.questionnaire.to_string().as_bytes()).unwrap().definition, definition, "{rule}");
    }
}

#[test]
fn a_rule_that_was_changed_in_fhir_is_read_from_fhir() {
    let mut changed = write(&survey("years > 3")).questionnaire;
    changed["item"][1]["item"][0]["enableWhen"][0]["answerInteger"] = 4.into();
    let definition = read(changed.to_string().as_bytes()).unwrap().definition;
    assert_eq!(definition["pages"][1]["questions"][0]["show_if"], "years > 4");
    let mut nested = write(&survey("agree and (years > 3 or agree)")).questionnaire;
    let item = &mut nested["item"][1]["item"][0];
    for one in item["extension"].as_array_mut().unwrap() {
        if one.get("valueExpression").is_some() {
            one["valueExpression"]["expression"] = "true".into();
        }
    }
    let definition = read(nested.to_string().as_bytes()).unwrap().definition;
    assert_eq!(definition["pages"][1]["questions"][0]["lost_rule"], "enableWhenExpression: true");
}

#[test]
fn what_comes_after_a_closing_page_has_the_opposite_of_its_rule() {
    let mut definition = survey("agree");
    let closing = json!({"id": "end", "title": "Bye", "show_if": "role == 'a'", "end": "screened_out"});
    definition["pages"].as_array_mut().unwrap().insert(1, closing);
    let written = write(&definition);
    let after = &written.questionnaire["item"][2];
    assert_eq!(
        (after["linkId"].as_str(), after["enableWhen"][0]["operator"].as_str()),
        (Some("after:end"), Some("!="))
    );
    assert_eq!(after["item"][0]["linkId"], "page:two");
    assert_eq!(read(written.questionnaire.to_string().as_bytes()).unwrap().definition, definition);
}

#[test]
fn nothing_is_shown_always_when_only_a_part_of_its_condition_is_left() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut written = write(&survey("years > 3")).questionnaire;
        change(&mut written["item"][1]["item"][0]);
        read(written.to_string().as_bytes()).unwrap().definition["pages"][1]["questions"][0].clone()
    };
    let gone = with(&|item| drop(item.as_object_mut().unwrap().remove("enableWhen")));
    assert_eq!((&gone["show_if"], &gone["lost_rule"]), (&Value::Null, &json!("years > 3")));
    let hidden = with(&|item| {
        let more = json!({"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": true});
        item["extension"].as_array_mut().unwrap().push(more);
    });
    assert_eq!((&hidden["show_if"], &hidden["lost_rule"]), (&Value::Null, &json!("years > 3 and years > 3")));
    let modified = with(&|item| item["modifierExtension"] = json!([{}]));
    assert_eq!(
        (&modified["show_if"], &modified["lost_rule"]),
        (&Value::Null, &json!("modifierExtension ? and years > 3"))
    );
    // The closing page is gone, and what came after it keeps its condition.
    let mut definition = survey("agree");
    let closing = json!({"id": "end", "title": "Bye", "show_if": "role == 'a'", "end": "screened_out"});
    definition["pages"].as_array_mut().unwrap().insert(1, closing);
    let mut written = write(&definition).questionnaire;
    written["item"].as_array_mut().unwrap().remove(1);
    let read = read(written.to_string().as_bytes()).unwrap().definition;
    assert_eq!(read["pages"][1]["show_if"], "role != 'a'");
}

#[test]
fn a_contact_page_is_marked_and_comes_back() {
    let mut definition = survey("agree");
    let contact =
        json!({"id": "contact", "store": "contact", "questions": [{"id": "email", "type": "email", "text": "Email"}]});
    definition["pages"].as_array_mut().unwrap().push(contact);
    let written = write(&definition);
    let page = &written.questionnaire["item"][2];
    assert_eq!(extension(page, "urn:canvass:key:store").unwrap()["valueString"], "contact");
    assert!(written.report.entries.iter().any(|entry| entry.code == "contact" && entry.fate == Fate::Degraded));
    assert_eq!(read(written.questionnaire.to_string().as_bytes()).unwrap().definition, definition);
}

#[test]
fn everything_else_comes_back_or_is_reported() {
    let mut definition = survey("agree");
    let keys = json!({
        "checks": [{"rule": "not answered(years) or years < 100", "message": "Too many"}],
        "calculated": [{"id": "half", "value": "years / 2"}], "retired": ["old"], "unfinished": "keep", "source": "my-form",
        "privacy": {"notice": "N", "min_cell": 5}, "translations": {"cy": {"title": {"text": "T"}, "checks.1": {"text": "Gormod"}}}
    });
    definition.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    let second = &mut definition["pages"][1];
    second["title"] = "Two".into();
    second["questions"].as_array_mut().unwrap().extend([
        json!({"id": "lost", "type": "text", "text": "Lost", "lost_rule": "who knows"}),
        json!({"id": "must", "type": "text", "text": "Must", "required_if": "years > 3"}),
        json!({"id": "if_half", "type": "text", "text": "Half of {{ years }} is {{ half }}", "show_if": "half > 3"}),
        json!({"id": "pick", "type": "single", "text": "Pick", "order": "random", "segment": true, "options": [
            {"id": "a", "label": "A", "show_if": "role == 'a'"}, {"id": "b", "label": "B", "missing": true}, {"id": "c", "label": "C", "last": true}]}),
    ]);
    let written = write(&definition);
    assert_eq!(read(written.questionnaire.to_string().as_bytes()).unwrap().definition, definition);
    let degraded = |code: &str| {
        written.report.entries.iter().filter(|entry| entry.code == code && entry.fate == Fate::Degraded).count()
    };
    assert_eq!((degraded("hidden"), degraded("option-rule"), degraded("kept"), degraded("rule-lost")), (1, 1, 2, 1));
}

#[test]
fn an_idea_wall_is_left_out_and_said_so() {
    let mut definition = survey("agree");
    let wall = json!({"id": "wall", "type": "ideas", "text": "Wall"});
    definition["pages"][1]["title"] = "Two".into();
    definition["pages"][1]["questions"].as_array_mut().unwrap().push(wall);
    let written = write(&definition);
    let dropped =
        |code: &str| written.report.entries.iter().any(|entry| entry.code == code && entry.fate == Fate::Dropped);
    assert!(dropped("question-dropped"));
    let item = &written.questionnaire["item"][1]["item"][1];
    assert_eq!(extension(item, "questionnaire-hidden").unwrap()["valueBoolean"], true);
}
