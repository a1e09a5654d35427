//! Mentions of interventions in what people write: counted by label and by phrase, by theme, withheld where few, never votes.

#![cfg(test)]

use canvass::analysis::report::{InterventionMentions, Report};
use canvass::definition::{Survey, parse};
use canvass::export;
use canvass::render::Renderer;
use canvass::render::report::report_html;
use serde_json::{Value, json};

use crate::report::analysed;

/// A consultation on a tram and a market; staff call the tram light rail.
fn survey(phrases: &[&str]) -> Survey {
    let definition = json!({
        "format": 1, "id": "town", "title": "The town", "privacy": {"min_cell": 5},
        "consensus": {"n_min_overall": 20, "n_min_segment": 15, "n_min_guard": 10},
        "lists": {"scale": [{"id": "no", "label": "No", "value": 1}, {"id": "yes", "label": "Yes", "value": 2}]},
        "interventions": [
            {"id": "tram", "label": "A tram line to the hospital", "phrases": phrases},
            {"id": "market", "label": "A covered market hall"},
            {"id": "pool", "label": "An outdoor swimming pool"},
        ],
        "pages": [{"id": "p", "title": "All", "questions": [
            {"id": "support", "type": "rate", "text": "Support?", "items": "interventions", "scale": "scale",
             "measure": "support", "support": ["yes"]},
            {"id": "why", "type": "text", "text": "What else?", "themes": true},
        ]}],
    });
    let parsed = parse(&definition.to_string());
    parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings))
}

fn people() -> Vec<Value> {
    let said = [
        ("Please build light rail, Anna Smith, 07700 900123", 12),
        ("We do not need a tram line to the hospital, it is a waste", 6),
        ("A covered market hall please", 3),
        ("More trees along the river", 9),
    ];
    let person = |text: &str| json!({"answers": {"support": {"tram": "yes", "market": "no", "pool": "no"}, "why": text}, "missing": {}});
    said.iter().flat_map(|(text, copies)| std::iter::repeat_n(person(text), *copies)).collect()
}

fn mentioned<'a>(report: &'a Report, id: &str) -> Option<&'a InterventionMentions> {
    report.themes[0].interventions.iter().find(|one| one.intervention == id)
}

#[test]
fn mentions_are_counted_by_label_and_phrase_and_are_no_votes() {
    let people = people();
    let with = analysed(&survey(&["light rail"]), people.iter());
    let tram = mentioned(&with, "tram").unwrap();
    let all = &tram.all;
    assert_eq!(
        (all.people, all.people_for, all.people_against, all.people_unclear),
        (Some(18), Some(12), Some(6), Some(0))
    );
    let sum: u64 = tram.themes.iter().map(|cell| cell.people.unwrap()).sum();
    assert_eq!((sum, tram.themes.len()), (18, with.themes[0].themes.len() + 1));
    assert!(mentioned(&with, "pool").is_none());
    let without = analysed(&survey(&[]), people.iter());
    assert_eq!(mentioned(&without, "tram").unwrap().all.people, Some(6));
    assert_eq!(with.interventions, without.interventions, "what people write is no vote");
}

#[test]
fn where_few_people_mention_something_neither_number_nor_words_are_shown() {
    let report = analysed(&survey(&["light rail"]), people().iter());
    let market = mentioned(&report, "market").unwrap();
    assert!(market.examples.is_empty() && market.all.suppressed && market.all.people.is_none());
    assert!(market.themes.iter().all(|cell| cell.suppressed && cell.people.is_none()));
    let mut table = Vec::new();
    export::mentions::write(&report, &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("why,What else?,tram,A tram line to the hospital,all,All answers,0,18,12,6,0\n"), "{table}");
    assert!(table.contains("why,What else?,market,A covered market hall,all,All answers,1,,,,\n"), "{table}");
}

#[test]
fn the_page_says_what_mentions_are_and_shows_examples_without_personal_details() {
    let report = analysed(&survey(&["light rail"]), people().iter());
    let html = report_html(&Renderer::new().unwrap(), &report, "").unwrap();
    let part = html.split("class=\"canvass-mentions\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(part.contains("What people wrote without being asked; found by words alone; not votes."));
    assert!(
        part.contains("<b>For</b> “Please build light rail") && part.contains("<b>Against</b> “We do not need"),
        "{part}"
    );
    assert!(!part.contains("07700") && part.contains("withheld"));
}
