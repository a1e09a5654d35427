//! What nobody may learn from the report or an export: anything about a few people alone, or a contact detail.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::{Survey, parse};
use canvass::item::Fields;
use canvass::render::Renderer;
use canvass::render::report::report_html;
use canvass::response::{Post, Record};
use canvass::service::collect::{Posted, Wants};
use canvass::service::{Library, collect, publish, wait};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use serde_json::{Value, json};

use crate::check::GALLERY;
use crate::db::{Db, each_db};
use crate::report::{MIN_CELL, NOW, analysed, held};

/// A consultation of two groups of 40 people and one of `small`, who all think otherwise.
fn with_a_group_of(small: usize) -> (Survey, Vec<Value>) {
    let text = json!({
        "format": 1, "id": "small", "title": "Small groups", "privacy": {"min_cell": 10},
        "consensus": {"n_min_overall": 20, "n_min_segment": 15, "n_min_guard": 10},
        "lists": {"scale": [{"id": "no", "label": "No", "value": 1}, {"id": "yes", "label": "Yes", "value": 2}]},
        "interventions": [{"id": "tea", "label": "Tea"}, {"id": "bikes", "label": "Bicycles"}],
        "pages": [{"id": "p", "title": "All", "questions": [
            {"id": "ward", "type": "single", "text": "Ward?", "segment": true, "options": [
                {"id": "north", "label": "Northward"}, {"id": "south", "label": "Southward"}, {"id": "rare", "label": "Rareward"}]},
            {"id": "support", "type": "rate", "text": "Support?", "items": "interventions", "scale": "scale",
             "measure": "support", "support": ["yes"]},
        ]}],
    });
    let parsed = parse(&text.to_string());
    let person = |ward: &str, step: &str| json!({"answers": {"ward": ward, "support": {"tea": step, "bikes": "yes"}}, "missing": {}});
    let people = (0..40).flat_map(|_| [person("north", "yes"), person("south", "yes")]);
    let people = people.chain((0..small).map(|_| person("rare", "no"))).collect();
    (parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings)), people)
}

#[test]
fn a_group_below_the_threshold_is_shown_nowhere_and_cannot_be_worked_out() {
    let renderer = Renderer::new().unwrap();
    for small in 1..MIN_CELL {
        let (survey, people) = with_a_group_of(usize::try_from(small).unwrap());
        let report = analysed(&survey, people.iter());
        let groups = &report.segments[0].groups;
        assert_eq!(groups[2].n, None, "{small}");
        assert_eq!(
            groups.iter().filter(|group| group.n.is_none()).count(),
            2,
            "the other hidden one stops subtraction"
        );
        for one in &report.interventions {
            let hidden: Vec<bool> = one.segments.iter().map(|group| group.suppressed).collect();
            assert_eq!(hidden, groups.iter().map(|group| group.n.is_none()).collect::<Vec<_>>(), "{small}");
            for group in one.segments.iter().filter(|group| group.suppressed) {
                let shown = [group.support, group.neutral, group.oppose, group.missing, group.n];
                assert_eq!(shown, [None; 5]);
                assert_eq!((group.share, group.interval), (None, None));
            }
            let words = format!("{} {}", one.verdict.text, one.verdict.groups.join(" "));
            assert!(!words.contains("rare") && !words.contains("Rareward"), "{small} people: {words}");
        }
        let findings = report.findings.join(" ");
        assert!(!findings.contains("Rareward"), "{small} people: {findings}");
        let question = report.questions.iter().find(|question| question.id == "ward").unwrap();
        assert_eq!(question.rows[2].count, None);
        let html = report_html(&renderer, &report, "").unwrap();
        let numbers = html.split("Rareward").skip(1).map(|after| after.chars().take(400).collect::<String>());
        for after in numbers {
            let row = after.split("</tr>").next().unwrap_or_default();
            assert!(!row.contains(&format!(">{small}<")), "{small}: {row}");
        }
    }
    let (survey, people) = with_a_group_of(10);
    assert_eq!(analysed(&survey, people.iter()).segments[0].groups[2].n, Some(10));
}

each_db! {
    fn contact_details_are_in_no_export_and_formulas_are_text(db) {
        let store = db.store();
        let library = Library::new(store.clone());
        publish::publish(&library, "gallery", GALLERY, NOW).unwrap();
        let survey = parse(GALLERY).survey.unwrap();
        let mut draft = canvass::response::Draft::default();
        let posted = [
            ("agree", "yes"), ("nickname", "=HYPERLINK(1)"), ("story", "@SUM(1)\n\"quoted\", and more"), ("colour", "other"),
            ("colour.other.other", "+44"), ("years", "0"), ("support.tea", "yes"), ("support.bikes", "no"),
            ("support.nights", "dk"), ("email", "someone@private.example"),
        ];
        let fields = canvass::item::Fields(posted.map(|(name, typed)| (name.to_string(), typed.to_string())).to_vec());
        for page in &survey.pages {
            assert_eq!(draft.save(&survey, &page.id.as_str().into(), fields.clone()), Vec::new());
        }
        let (record, contact) = Record::finish(&survey, &draft);
        assert_eq!(Value::from(contact), json!({"email": "someone@private.example"}));
        let stored = record.to_json().to_string();
        let new = NewResponse {
            survey_id: "item-gallery", version: 1, idem: "i", receipt_hash: None, mode: Mode::OpenLink, answers: &stored,
            submitted_on: "2026-11-22", started_version: None,
        };
        store.write(|conn| response::submit(conn, &new)).unwrap();
        let held = held(&library, &store, GALLERY, "item-gallery");
        let json = serde_json::to_string(&held.report).unwrap();
        for text in [&held.csv, &held.codebook, &json, &held.html, &stored] {
            assert!(!text.contains("private.example"));
        }
        let row = csv::Reader::from_reader(held.csv.as_bytes()).records().next().unwrap().unwrap();
        let names = held.csv.lines().next().unwrap().split(',').zip(row.iter()).collect::<BTreeMap<_, _>>();
        assert_eq!(names["nickname"], "'=HYPERLINK(1)");
        assert_eq!(names["story"], "'@SUM(1)\n\"quoted\", and more");
        assert_eq!(names["colour.other"], "'+44");
        assert!(!names.contains_key("email"));
    }
}

#[test]
fn of_fewer_people_than_may_be_shown_only_their_number_is_told() {
    let (survey, people) = with_a_group_of(0);
    let report = analysed(&survey, people.iter().take(9));
    assert_eq!((report.base.completed, report.interventions.len(), report.themes.len()), (9, 0, 0));
    assert!(report.notices.iter().any(|notice| notice.code == "too_few_to_show"));
    assert!(report.questions.iter().flat_map(|question| &question.rows).all(|row| row.count.is_none()));
    assert!(!analysed(&survey, people.iter()).notices.iter().any(|notice| notice.code == "too_few_to_show"));
}

#[test]
fn an_intervention_that_few_answered_shows_no_figure() {
    let (survey, mut people) = with_a_group_of(0);
    for person in people.iter_mut().skip(7) {
        person["answers"]["support"].as_object_mut().unwrap().remove("tea");
    }
    let report = analysed(&survey, people.iter());
    let tea = &report.interventions[0];
    assert_eq!([tea.support, tea.neutral, tea.oppose, tea.n, tea.missing], [0, 0, 0, 0, 80]);
    assert_eq!((tea.share, tea.interval, tea.verdict.bound), (None, None, None));
    assert!(tea.verdict.text.contains("withheld"), "{}", tea.verdict.text);
    assert!(report.interventions[1].n == 80);
}

#[test]
fn after_the_close_the_files_hold_nothing_that_was_replaced() {
    let db = Db::sqlite();
    let library = Library::new(db.store());
    let definition = json!({"format": 1, "id": "diary", "title": "Diary", "unfinished": "keep", "pages": [
        {"id": "day", "questions": [{"id": "day", "type": "text", "text": "How was it?"}]}]});
    publish::publish(&library, "diary.json", &definition.to_string(), NOW).unwrap();
    let token = wait(collect::start(&library, "diary", None, NOW)).unwrap();
    let write = |text: &str| {
        let fields = Fields(vec![("day".to_string(), text.to_string())]);
        let post = Post { fields, ..Post::default() };
        let posted = Posted { at: &"day".into(), post: &post, version: None, wants: Wants::Continue };
        wait(collect::save_page(&library, "diary", &token, &posted, NOW)).unwrap();
    };
    let path = db.url.strip_prefix("sqlite:").unwrap().to_string();
    let tells_of = |word: &str| {
        let files = [path.clone(), format!("{path}-wal")].map(|file| std::fs::read(file).unwrap());
        files.iter().any(|bytes| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    };
    write("a canary sang");
    write("it was quiet");
    assert!(tells_of("canary"), "the log still has what was replaced, or this test shows nothing");
    publish::close(&library, "diary", canvass::service::time::Moment::now()).unwrap();
    assert!(tells_of("quiet") && !tells_of("canary"));
}
