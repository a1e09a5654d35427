//! What those who answered see of everyone's answers, and that no one's answers follow from it.

#![cfg(test)]

use canvass::analysis::group_result::GroupResult;
use canvass::service::time::Moment;
use canvass::service::{after, group_result, publish, sweep};
use canvass::store::response::{self, NewResponse};
use canvass::store::result;
use canvass::store::survey::Mode;
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;

const ID: &str = "town";
const HOUR: i64 = 60 * 60;

fn town(show: &str) -> String {
    json!({
        "format": 1, "id": ID, "title": "Town", "results": {"show": show, "min_answers": 12},
        "privacy": {"notice": "None.", "min_cell": 5},
        "lists": {"agree": [
            {"id": "yes", "label": "Agree"}, {"id": "maybe", "label": "Neither"}, {"id": "no", "label": "Disagree"}]},
        "interventions": [{"id": "trees", "label": "More trees"}, {"id": "lights", "label": "More lights"}],
        "pages": [{"id": "one", "title": "The town", "questions": [
            {"id": "place", "type": "single", "text": "Where do you live?", "segment": true, "options": [
                {"id": "north", "label": "North"}, {"id": "south", "label": "South"}]},
            {"id": "uses", "type": "multi", "text": "What do you use?", "options": [
                {"id": "bus", "label": "Bus"}, {"id": "bike", "label": "Bike"}]},
            {"id": "support", "type": "rate", "text": "What do you think?", "measure": "support",
                "items": "interventions", "scale": "agree", "support": ["yes"], "oppose": ["no"]},
            {"id": "words", "type": "text", "text": "In your own words", "max_chars": 200},
        ]}],
    })
    .to_string()
}

/// The answers of a person by number; every third leaves `uses` out.
fn answers(number: usize) -> Value {
    let pick = |of: &[&str], by: usize| of[number / by % of.len()].to_string();
    let mut answers = json!({
        "place": pick(&["north", "south"], 1),
        "support": {"trees": pick(&["yes", "yes", "yes", "no", "maybe"], 1), "lights": pick(&["no", "yes"], 2)},
        "words": format!("Canary {number}"),
    });
    if !number.is_multiple_of(3) {
        answers["uses"] = json!([pick(&["bus", "bike"], 1)]);
    }
    answers
}

fn send(app: &TestApp<'_>, numbers: std::ops::Range<usize>) {
    send_to(app, ID, numbers);
}

fn send_to(app: &TestApp<'_>, survey_id: &str, numbers: std::ops::Range<usize>) {
    let stored: Vec<(String, String)> =
        numbers.map(|number| (format!("idem-{number}"), json!({"answers": answers(number)}).to_string())).collect();
    let rows: Vec<NewResponse<'_>> = stored
        .iter()
        .map(|(idem, answers)| NewResponse {
            survey_id,
            version: 1,
            idem,
            receipt_hash: None,
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-23",
            started_version: None,
        })
        .collect();
    app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

/// Someone who answers on the pages.
fn answered(app: &TestApp<'_>) -> Person {
    answered_in(app, ID)
}

fn answered_in(app: &TestApp<'_>, id: &str) -> Person {
    let mut sam = app.respondent(id);
    sam.answer("place", "north").tick("uses", "bus").answer("support.trees", "yes").answer("support.lights", "no");
    sam.continue_().continue_().expect_at(&format!("/s/{id}/sent"));
    sam
}

fn made(app: &TestApp<'_>) -> Option<GroupResult> {
    made_of(app, ID)
}

fn made_of(app: &TestApp<'_>, id: &str) -> Option<GroupResult> {
    let made = app.store.read(|conn| result::last(conn, id)).unwrap()?;
    Some(serde_json::from_str(&made.json).unwrap())
}

each_db! {
    fn who_has_answered_sees_what_everyone_answered_once_there_are_enough(db) {
        let app = TestApp::start(db).with_definition(&town("after_answering"));
        let mut sam = answered(&app);
        sam.expect("What everyone has answered").open("/s/town/result").expect_status(200).expect("at least 12 people have answered");
        send(&app, 0..10);
        sweep::sweep(&app.library, Moment::now()).unwrap();
        sam.open("/s/town/result").expect("at least 12 people have answered");
        send(&app, 10..40);
        assert_eq!(sweep::sweep(&app.library, Moment::now()).unwrap().results, 1);
        sam.open("/s/town/result").expect("from 41 responses").expect("More trees").expect("In favour").expect("Where do you live?");
        let body = sam.page.body.clone();
        assert!(!body.contains("Canary") && !body.contains("In your own words"), "{body}");
        assert!(!app.store.read(|conn| result::last(conn, ID)).unwrap().unwrap().json.contains("Canary"));
        // By the receipt's code on another device; nobody else sees it.
        let receipt = sam.open("/s/town/sent").receipt();
        let mut elsewhere = app.visitor();
        elsewhere.open("/s/town/result").expect_at("/s/town");
        elsewhere.open("/s/town/resume").answer("code", &receipt).continue_().open("/s/town/result").expect("from 41 responses");
        let mut under_way = app.respondent(ID);
        under_way.open("/s/town/result").expect_at("/s/town/page/one");
        let token = canvass::response::code::Token::read(sam.cookie("canvass-town").unwrap()).unwrap();
        after::withdraw(&app.library, ID, &token, Moment::now()).unwrap();
        sam.open("/s/town/result").expect_at("/s/town/sent");
    }

    fn what_is_english_on_a_page_in_another_language_says_so(db) {
        for (language, marks) in [("cy", true), ("fr", true), ("ar", true), ("en-GB", false)] {
            let mut town: Value = serde_json::from_str(&town("after_answering")).unwrap();
            town["id"] = format!("{ID}-{language}").to_lowercase().into();
            town["language"] = language.into();
            let id = town["id"].as_str().unwrap().to_string();
            let app = TestApp::start(db).with_definition(&town.to_string());
            let mut sam = answered_in(&app, &id);
            send_to(&app, &id, 0..40);
            sweep::sweep(&app.library, Moment::now()).unwrap();
            sam.open(&format!("/s/{id}/result")).expect_status(200).expect(&format!("<html lang=\"{language}\""));
            let made = made_of(&app, &id).unwrap();
            let verdict = made.counted.iter().find_map(|counted| counted.verdict.as_deref()).unwrap();
            let mark = if marks { " lang=\"en\" dir=\"ltr\"" } else { "" };
            let said = format!("<p{mark}>{verdict}</p>");
            assert!(form::unescape(&sam.page.body).contains(&said), "{said}\n{}", sam.page.body);
            let ours = !["cy", "en-GB"].contains(&language);
            assert_eq!(sam.page.body.contains("<span lang=\"en\""), ours, "{language}");
        }
    }

    fn it_is_shown_only_where_and_when_the_definition_says_so(db) {
        let app = TestApp::start(db).with_definition(&town("after_close"));
        let mut sam = answered(&app);
        send(&app, 0..30);
        assert!(!group_result::make(&app.library, ID, Moment::now()).unwrap());
        sam.open("/s/town/result").expect("made when the consultation has closed");
        publish::close(&app.library, ID, Moment::now()).unwrap();
        sweep::sweep(&app.library, Moment::now()).unwrap();
        sam.open("/s/town/result").expect("from 31 responses");
    }

    fn it_is_shown_nowhere_if_nothing_is_said(db) {
        let app = TestApp::start(db).with_definition(&town("never"));
        let mut sam = answered(&app);
        send(&app, 0..30);
        sweep::sweep(&app.library, Moment::now()).unwrap();
        assert!(made(&app).is_none() && !sam.page.body.contains("everyone has answered"));
        sam.open("/s/town/result").expect_status(404);
    }

    fn no_answers_follow_from_two_results(db) {
        let app = TestApp::start(db).with_definition(&town("after_answering"));
        let mut results: Vec<GroupResult> = Vec::new();
        let mut now = Moment::now();
        for number in 0..70 {
            send(&app, number..number + 1);
            // At first many try within an hour, later one.
            now = now.plus(if number < 30 { HOUR / 20 } else { HOUR });
            group_result::make(&app.library, ID, now).unwrap();
            results.extend(made(&app).filter(|made| results.last() != Some(made)));
        }
        assert!(results.len() > 3, "{}", results.len());
        assert!(results[0].n >= 12);
        for pair in results.windows(2) {
            assert!(pair[1].n >= pair[0].n + 10, "{} then {}", pair[0].n, pair[1].n);
            for new in &pair[1].counted {
                let old = pair[0].counted.iter().find(|old| old.id == new.id);
                assert!(old.is_none_or(|old| old == new || new.n >= old.n + 10), "{old:?} then {new:?}");
            }
        }
        assert!(results.iter().any(|result| result.counted.iter().any(|counted| counted.n + 10 < result.n)), "some differ in who answered");
        for counted in results.iter().flat_map(|result| &result.counted) {
            assert!(counted.n >= 5, "{counted:?}");
            for (count, _) in counted.rows.iter().filter_map(|row| row.people) {
                assert!(count == 0 || count >= 5, "{counted:?}");
            }
        }
    }
}
