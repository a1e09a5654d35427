use serde_json::{Value as Json, json};

use super::*;
use crate::definition::parse;

fn survey() -> Survey {
    let option = |id: &str| json!({"id": id, "label": format!("Label {id}")});
    let definition = json!({
        "format": 1, "id": "town", "title": "Town", "privacy": {"min_cell": 5},
        "population": {"size": {"estimate": 1000, "low": 900, "high": 1100}, "source": "Census", "margins": {"role": {"a": 0.5, "b": 0.5}}},
        "calculated": [{"id": "old", "label": "Over 50", "value": "years > 50"}],
        "pages": [
            {"id": "p", "title": "P", "questions": [
                {"id": "role", "type": "single", "text": "Role?", "options": [option("a"), option("b")], "segment": true},
                {"id": "ways", "type": "multi", "text": "Ways?", "options": [option("bus"), option("foot")]},
                {"id": "years", "type": "number", "text": "Years?"},
                {"id": "born", "type": "date", "text": "Born?"}]},
            {"id": "c", "title": "C", "store": "contact", "questions": [
                {"id": "mail", "type": "email", "text": "Address?"}]}]
    });
    let parsed = parse(&definition.to_string());
    parsed.survey.unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

fn only(rule: &str) -> Asked {
    Asked { only: rule.to_string(), ..Asked::default() }
}

fn record(survey: &Survey, answers: &Json) -> Record {
    Record::from_json(survey, &json!({"answers": answers, "calculated": {"old": "1"}}))
}

#[test]
fn responses_are_in_a_view_whose_rule_holds_for_them() {
    let survey = survey();
    let of = |answers: Json| record(&survey, &answers);
    let a = of(json!({"role": "a", "ways": ["bus"], "years": "51"}));
    let b = of(json!({"role": "b", "ways": ["bus", "foot"]}));
    let nobody = of(json!({}));
    for (rule, expected) in [
        ("role == 'a'", [true, false, false]),
        ("'bus' in ways", [true, true, false]),
        ("'foot' in ways or years > 50", [true, true, false]),
        ("not answered(role)", [false, false, true]),
        ("role != 'a'", [false, true, true]),
        (" old \n and role == 'a' ", [true, false, false]),
    ] {
        let view = View::read(&only(rule), &survey).unwrap();
        let found = [&a, &b, &nobody].map(|record| view.has(&survey, record));
        assert_eq!(found, expected, "{rule}");
    }
    let whole = View::read(&only("  "), &survey).unwrap();
    assert!(whole.is_whole() && !whole.is_part() && whole.has(&survey, &nobody));
}

#[test]
fn what_cannot_be_asked_is_told_by_where_it_was_typed() {
    let survey = survey();
    let faults = |asked: Asked| View::read(&asked, &survey).unwrap_err();
    let says = |rule: &str| match faults(only(rule)).as_slice() {
        [Fault::Only { says }] => says.clone(),
        other => panic!("{other:?}"),
    };
    assert!(says("role = 'a'").starts_with("At character 6: "), "{}", says("role = 'a'"));
    assert!(says("rol == 'a'").contains("role"), "{}", says("rol == 'a'"));
    assert!(says("role == 'c'").starts_with("At character "), "{}", says("role == 'c'"));
    // Contact details are kept apart from the responses, and no rule reaches them.
    assert!(says("answered(mail)").starts_with("At character "), "{}", says("answered(mail)"));
    for day in ["born < today()", "years_since(born) > 50"] {
        assert!(says(day).contains("depend on the day"), "{}", says(day));
    }
    let by = faults(Asked { by: "rol".to_string(), ..Asked::default() });
    assert_eq!(by.len(), 1);
    assert!(by[0].says().contains("did you mean `role`?"), "{}", by[0].says());
    assert!(matches!(faults(Asked { by: "years".to_string(), ..Asked::default() }).as_slice(), [Fault::By { .. }]));

    let mut unweighted = survey.clone();
    unweighted.population = None;
    let weighted = Asked { weights: Some(true), by: "nothing".to_string(), only: "(".to_string() };
    assert_eq!(View::read(&weighted, &unweighted).unwrap_err().len(), 3);
}

#[test]
fn a_view_counts_by_a_question_and_switches_weights() {
    let survey = survey();
    let kind =
        |survey: &Survey, id: &str| survey.segments().find(|(item, ..)| item.head.id == id).map(|(_, kind, _)| kind);
    let by = |by: &str| View::read(&Asked { by: by.to_string(), ..Asked::default() }, &survey).unwrap().survey(&survey);
    assert_eq!(kind(&survey, "ways"), None);
    assert_eq!(kind(&by("ways"), "ways"), Some(Segment::Descriptive));
    // Groups of the definition stay what they are.
    assert_eq!(kind(&by("role"), "role"), Some(Segment::Tested));
    let weights = |weights: bool| {
        let asked = Asked { weights: Some(weights), ..Asked::default() };
        View::read(&asked, &survey).unwrap().survey(&survey).consensus.weighting
    };
    assert_eq!((weights(true), weights(false)), (Weighting::Rake, Weighting::None));
}

#[test]
fn neither_few_people_nor_all_but_few_are_looked_at() {
    let survey = survey();
    let part = View::read(&only("role == 'a'"), &survey).unwrap();
    let few = |n, of| part.too_few(n, of, 5);
    assert_eq!(few(0, 20), Some(TooFew::In));
    assert_eq!(few(4, 20), Some(TooFew::In));
    assert_eq!(few(5, 20), None);
    assert_eq!(few(15, 20), None);
    assert_eq!(few(16, 20), Some(TooFew::Out));
    assert_eq!(few(20, 20), None);
    assert_eq!(few(0, 0), None);
    assert_eq!(View::default().too_few(3, 3, 5), None);
}
