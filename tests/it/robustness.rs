//! The robustness sheet: each reading's verdict is that of the rule or the people it names, and none tells of few people.

#![cfg(test)]

use canvass::analysis::dataset::Dataset;
use canvass::analysis::report::{Base, Hashes, Report};
use canvass::analysis::robustness::report::{Reading, Robustness};
use canvass::analysis::summary::{Context, summarise};
use canvass::definition::{Survey, parse};
use canvass::response::Record;
use serde_json::{Value, json};

fn definition(consensus: &Value) -> Value {
    let options = |ids: &[&str]| -> Vec<Value> {
        ids.iter().map(|id| json!({"id": id, "label": format!("Label {id}")})).collect()
    };
    json!({
        "format": 1, "id": "steady", "title": "Steady", "consensus": consensus,
        "population": {"margins": {"role": {"a": 0.5, "b": 0.5}}},
        "lists": {"agree": [
            {"id": "no", "label": "No", "value": 1}, {"id": "so", "label": "So", "value": 2}, {"id": "yes", "label": "Yes", "value": 3}]},
        "interventions": [{"id": "x", "label": "First"}, {"id": "y", "label": "Second"}],
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": options(&["a", "b", "c", "d"]), "segment": true},
            {"id": "why", "type": "text", "text": "Why?", "lines": 3},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["yes"], "oppose": ["no"]}]}]
    })
}

fn survey(definition: &Value) -> Survey {
    let parsed = parse(&definition.to_string());
    parsed.survey.unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

/// `n` people of a role, the first `yes` of whom support both interventions, and the others neither.
fn people(role: &str, n: usize, yes: usize) -> Vec<Value> {
    let says = |number| if number < yes { "yes" } else { "no" };
    (0..n).map(|number| json!({"answers": {"role": role, "support": {"x": says(number), "y": says(number)}}})).collect()
}

fn analysed(definition: &Value, stored: &[(&'static str, Value)]) -> Report {
    let survey = survey(definition);
    let mut data = Dataset::new(&survey);
    for (mode, stored) in stored {
        data.push(&Record::from_json(&survey, stored));
        data.came_by(mode);
    }
    let context = Context {
        base: Base {
            invited: None,
            access: canvass::analysis::report::AccessBase::default(),
            started: data.n as u64,
            completed: data.n as u64,
            by_mode: Vec::new(),
            withdrawn: 0,
            population: None,
        },
        hashes: Hashes {
            definition: String::new(),
            responses: String::new(),
            coding: None,
            redaction: None,
            model: None,
        },
        version: 1,
        seed: 7,
        software: String::new(),
        vectors: None,
        coded: std::collections::BTreeMap::new(),
        rounds: None,
        view: None,
    };
    summarise(&data, context, &|_, _| {})
}

fn by(mode: &'static str, stored: Vec<Value>) -> Vec<(&'static str, Value)> {
    stored.into_iter().map(|one| (mode, one)).collect()
}

fn sheet(definition: &Value, stored: &[(&'static str, Value)]) -> Robustness {
    analysed(definition, stored).robustness.unwrap()
}

fn reading<'r>(sheet: &'r Robustness, id: &str) -> &'r Reading {
    sheet.readings.iter().find(|reading| reading.id == id).unwrap_or_else(|| panic!("{id}: {sheet:#?}"))
}

/// Broad support, clear in role a and just enough in role b.
fn supported() -> Vec<(&'static str, Value)> {
    by("open_link", [people("a", 300, 270), people("b", 200, 140)].concat())
}

#[test]
fn each_reading_is_what_the_report_says_under_that_rule_or_without_those_people() {
    let stored = supported();
    let own = analysed(&definition(&json!({})), &stored);
    assert_eq!(own.interventions[0].verdict.label, "broad_support");
    let sheet = own.robustness.unwrap();
    for (id, changed) in [
        ("tau_overall=0.8", json!({"tau_overall": 0.8})),
        ("tau_overall=0.75", json!({"tau_overall": 0.75})),
        ("tau_segment=0.6", json!({"tau_segment": 0.6})),
        ("alpha=0.01", json!({"alpha": 0.01})),
        ("n_min_segment=100", json!({"n_min_segment": 100})),
        ("weighted", json!({"weighting": "rake"})),
    ] {
        let other = analysed(&definition(&changed), &stored);
        assert_eq!(
            reading(&sheet, id).verdicts[0].as_deref(),
            Some(other.interventions[0].verdict.label.as_str()),
            "{id}"
        );
    }
    let without_b = analysed(&definition(&json!({})), &by("open_link", people("a", 300, 270)));
    let left_out = reading(&sheet, "without:role.b");
    assert_eq!(left_out.n, Some(300));
    // One group alone is too few to compare.
    assert_eq!(left_out.verdicts[0], without_b.interventions[0].verdict.reason);
    let with = |label: &str| sheet.readings.iter().filter(|one| one.verdicts[0].as_deref() == Some(label)).count();
    let one = &sheet.interventions[0];
    assert_eq!(with("too_few_respondents"), 2);
    assert_eq!((one.judged as usize, one.same as usize), (sheet.readings.len() - 2, with("broad_support")));
    assert!(one.same < one.judged, "{one:?}");
    assert!(one.text.contains("it turns to focused support with: Overall support above 80%."), "{}", one.text);
    assert!(one.text.ends_with("Others leave too few people or groups to judge."), "{}", one.text);
}

#[test]
fn a_verdict_that_all_share_by_far_holds_under_every_reading() {
    let stored = by("open_link", [people("a", 300, 297), people("b", 300, 297), people("c", 300, 297)].concat());
    let sheet = sheet(&definition(&json!({})), &stored);
    let one = &sheet.interventions[0];
    assert_eq!(one.same, one.judged, "{}", one.text);
    assert!(one.text.starts_with("“First”: broad support under every other reading"), "{}", one.text);
    assert!(sheet.text.starts_with("Of 2 verdicts, 2 hold under all"), "{}", sheet.text);
}

#[test]
fn a_reading_that_would_tell_of_few_people_is_withheld() {
    let few = [people("c", 4, 4), people("d", 6, 6)].concat();
    let stored = [supported(), by("imported", few)].concat();
    let sheet = sheet(&definition(&json!({})), &stored);
    for id in ["without:role.c", "without:role.d"] {
        let withheld = reading(&sheet, id);
        assert!(withheld.withheld.is_some() && withheld.n.is_none(), "{withheld:?}");
        assert_eq!(withheld.verdicts, [None, None]);
    }
    // Ten imported answers may be told apart, nine may not.
    assert_eq!(reading(&sheet, "only:open_link").n, Some(500));
    let nine = [supported(), by("imported", people("a", 9, 9))].concat();
    let sheet = sheet_of_nine(&nine);
    assert!(reading(&sheet, "only:open_link").withheld.is_some());
    assert!(reading(&sheet, "only:imported").withheld.is_some());
}

fn sheet_of_nine(stored: &[(&'static str, Value)]) -> Robustness {
    sheet(&definition(&json!({})), stored)
}

#[test]
fn a_reading_is_withheld_for_an_intervention_where_few_of_those_left_out_rated_it() {
    let unrated = |mut one: Value, number: usize| {
        if number >= 5 {
            one["answers"]["support"].as_object_mut().unwrap().remove("y");
        }
        one
    };
    let c = people("c", 60, 50).into_iter().enumerate().map(|(number, one)| unrated(one, number)).collect();
    let stored = [supported(), by("open_link", c)].concat();
    let sheet = sheet(&definition(&json!({})), &stored);
    let without = reading(&sheet, "without:role.c");
    assert!(without.verdicts[0].is_some() && without.verdicts[1].is_none(), "{without:?}");
}

#[test]
fn what_many_sent_in_the_same_words_is_left_out_in_one_reading() {
    let copied = |mut one: Value| {
        one["answers"]["why"] = json!("We, the people of this town, ask for more trees and for fewer cars everywhere!");
        one
    };
    let campaign: Vec<Value> = people("b", 40, 40).into_iter().map(copied).collect();
    let stored = [supported(), by("open_link", campaign)].concat();
    let found = sheet(&definition(&json!({})), &stored);
    assert_eq!(reading(&found, "without:campaigns").n, Some(500));
    let without = sheet(&definition(&json!({})), &supported());
    assert!(without.readings.iter().all(|one| one.id != "without:campaigns"));
}

#[test]
fn the_order_of_the_responses_changes_nothing() {
    let mut stored = [supported(), by("imported", people("c", 40, 13))].concat();
    let forwards = serde_json::to_string(&sheet(&definition(&json!({"weighting": "rake"})), &stored)).unwrap();
    stored.reverse();
    stored.rotate_left(77);
    assert_eq!(serde_json::to_string(&sheet(&definition(&json!({"weighting": "rake"})), &stored)).unwrap(), forwards);
    assert!(forwards.contains("\"unweighted\""));
}
