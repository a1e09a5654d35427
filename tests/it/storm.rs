//! A storm of retries: each page is posted up to five times, late, from two tabs and over connections that break, and
//! each person still gives one response with what was typed last.
//!
//! 200 people by default; `CANVASS_STORM=1000` for as many as a consultation has.

#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::db::each_db;

const PAGES: usize = 3;
const AT_ONCE: usize = 8;

fn survey() -> String {
    let page = |number: usize| {
        json!({"id": format!("p{number}"), "title": "A page", "questions": [
            {"id": format!("text{number}"), "type": "text", "text": "In your own words?", "max_chars": 4000},
            {"id": format!("pick{number}"), "type": "multi", "text": "Which?", "options": [
                {"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "other", "label": "Other", "other": "optional"}]}]})
    };
    let pages: Vec<Value> = (0..PAGES).map(page).collect();
    json!({"format": 1, "id": "storm", "title": "Storm", "pages": pages}).to_string()
}

/// One person with two tabs and a bad network; gives what was typed last, by question.
fn answer(app: &TestApp, number: usize) -> BTreeMap<String, Value> {
    let mut chance = ChaCha8Rng::seed_from_u64(number as u64);
    let mut tabs = [app.respondent("storm"), app.visitor()];
    let [first, second] = &mut tabs;
    second.take_cookies_of(first);
    let mut typed = BTreeMap::new();
    // What was posted before and may arrive once more at any time.
    let mut copies: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for page in 0..PAGES {
        let path = format!("/s/storm/page/p{page}");
        for tab in &mut tabs {
            tab.open(&path).expect_at(&path);
        }
        for change in 0..chance.random_range(1..=3) {
            let tab = &mut tabs[chance.random_range(0..2)];
            let text = format!("person {number}, page {page}, change {change} 🏥");
            let other = format!("other {change}");
            tab.answer(&format!("text{page}"), &text).clear(&format!("pick{page}"));
            tab.tick(&format!("pick{page}"), "b").answer(&format!("pick{page}.other.other"), &other);
            let form = tab.form.clone();
            for _ in 0..chance.random_range(0..3_u32) {
                tab.post_and_hang_up(&path, &form, chance.random_range(0..=20));
            }
            // The last try is the one that the person sees answered.
            let reply = tab.post(&path, &form);
            assert_eq!(reply.status, 303, "{}", reply.body);
            for _ in 0..chance.random_range(0..=2) {
                copies.push((path.clone(), form.clone()));
            }
            typed.insert(format!("text{page}"), json!(text));
            typed.insert(format!("pick{page}"), json!(["b", "other"]));
            typed.insert(format!("pick{page}.other"), json!({"other": other}));
            if chance.random_bool(0.5) && !copies.is_empty() {
                let (path, form) = copies.swap_remove(chance.random_range(0..copies.len()));
                tabs[chance.random_range(0..2)].post(&path, &form);
            }
        }
    }
    for (path, form) in copies {
        tabs[0].post(&path, &form);
    }
    let check = "/s/storm/check";
    for tab in &mut tabs {
        tab.open(check).expect_at(check);
    }
    let form = tabs[0].form.clone();
    for _ in 0..chance.random_range(0..3_u32) {
        tabs[1].post_and_hang_up("/s/storm/send", &form, chance.random_range(0..=20));
    }
    for tab in &mut tabs {
        tab.continue_().expect("Answers sent");
    }
    assert_eq!(tabs[0].receipt(), tabs[1].receipt());
    typed
}

each_db! {
    fn each_person_gives_one_response_with_what_was_typed_last(db) {
        let people = std::env::var("CANVASS_STORM").ok().and_then(|people| people.parse().ok()).unwrap_or(200);
        let app = TestApp::start(db).with_definition(&survey());
        let (next, typed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= people {
                        return;
                    }
                    let answers = serde_json::to_value(answer(&app, number)).unwrap();
                    typed.lock().unwrap().push(answers.to_string());
                });
            }
        });
        let stored = app.responses("storm").into_iter();
        let mut stored: Vec<String> = stored
            .map(|response| {
                let answers: Value = serde_json::from_str(&response.answers).unwrap();
                let answers: BTreeMap<String, Value> = serde_json::from_value(answers["answers"].clone()).unwrap();
                serde_json::to_value(answers).unwrap().to_string()
            })
            .collect();
        let mut typed = typed.into_inner().unwrap();
        stored.sort();
        typed.sort();
        assert_eq!(stored.len(), people);
        assert_eq!(stored, typed);
    }
}
