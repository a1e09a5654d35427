//! The whole report to the byte: the same answers give the same file, whichever database holds them, in whatever order they
//! came, and however many threads count them.

#![cfg(test)]

use canvass::analysis::report::Report;
use canvass::service::{Library, publish, report};
use canvass::store::Store;
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::db::Db;
use crate::report::NOW;

const ID: &str = "equal";
const PEOPLE: u64 = 420;
/// Two small groups stand in each of these.
const ROLES: [&str; 6] = ["nurse", "clerk", "analyst", "doctor", "porter", "cook"];
const INTERVENTIONS: [&str; 8] = ["tea", "bikes", "nights", "rooms", "tools", "time", "pay", "rest"];

/// A question of each kind that a report tells of, weighted to the shares of two questions.
fn definition() -> Value {
    let options =
        |ids: &[&str]| ids.iter().map(|id| json!({"id": id, "label": format!("Label {id}")})).collect::<Vec<_>>();
    json!({
        "format": 1, "id": ID, "title": "Equal",
        "population": {"source": "A register", "margins": {
            "role": {"nurse": 0.31, "clerk": 0.23, "analyst": 0.17, "doctor": 0.19, "porter": 0.06, "cook": 0.04},
            "place": {"north": 0.37, "south": 0.63}}},
        "consensus": {"weighting": "rake", "n_min_overall": 50, "n_min_segment": 30},
        "lists": {"agree": [
            {"id": "sd", "label": "Strongly disagree", "value": 1}, {"id": "d", "label": "Disagree", "value": 2},
            {"id": "n", "label": "Neither", "value": 3}, {"id": "a", "label": "Agree", "value": 4},
            {"id": "sa", "label": "Strongly agree", "value": 5}, {"id": "dk", "label": "Do not know", "missing": true}]},
        "interventions": options(&INTERVENTIONS),
        "pages": [{"id": "p", "title": "P", "questions": [
            {"id": "role", "type": "single", "text": "Role?", "options": options(&ROLES), "segment": true},
            {"id": "place", "type": "single", "text": "Place?", "options": options(&["north", "south"]), "segment": true},
            {"id": "uses", "type": "multi", "text": "Uses?", "options": options(&["phone", "desk", "paper", "pager"]), "segment": true},
            {"id": "support", "type": "rate", "text": "Which?", "items": "interventions", "scale": "agree",
             "measure": "support", "support": ["a", "sa"], "oppose": ["d", "sd"]},
            {"id": "way", "type": "single", "text": "Way?", "options": options(&["bus", "foot", "car", "boat"])},
            {"id": "drinks", "type": "multi", "text": "Drinks?", "options": options(&["juice", "water", "milk"])},
            {"id": "years", "type": "number", "text": "Years?", "decimals": 1},
            {"id": "order", "type": "rank", "text": "Order?", "items": "interventions", "max": 3, "measure": "priority"},
            {"id": "points", "type": "allocate", "text": "Points?", "items": "interventions", "total": 100, "measure": "spend"},
            {"id": "story", "type": "text", "text": "Why?", "lines": 4, "themes": true}]}]
    })
}

/// What people gave: two camps that like every other intervention.
fn people() -> Vec<String> {
    const BEGIN: [&str; 4] = ["We need", "I would like", "Nobody gave us", "Please think of"];
    const WHAT: [&str; 6] = [
        "hot tea in the canteen at night",
        "a dry shed for bicycles",
        "computers that start in the morning",
        "training time away from the ward",
        "better pay for cleaners",
        "quiet rooms to rest in",
    ];
    const WHY: [&str; 5] = ["because shifts are long", "for everyone", "as promised", "before winter", "near the gate"];
    let mut dice = ChaCha8Rng::seed_from_u64(11);
    (0..PEOPLE)
        .map(|number| {
            let camp = usize::from(dice.random_bool(0.45));
            let one = |dice: &mut ChaCha8Rng, of: &[&'static str]| of[dice.random_range(0..of.len())];
            // The last two roles are small groups.
            let role = ROLES[[0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3][dice.random_range(0..11)]];
            let role = if number % 60 == 0 { ROLES[4 + dice.random_range(0..2)] } else { role };
            let mut answers = json!({
                "role": role, "place": one(&mut dice, &["north", "south"]), "way": one(&mut dice, &["bus", "bus", "foot", "car"]),
                "years": format!("{}.{}", dice.random_range(0..40), dice.random_range(1..10)),
                "story": format!("{} {} {}.", one(&mut dice, &BEGIN), one(&mut dice, &WHAT), one(&mut dice, &WHY)),
            });
            let some = |dice: &mut ChaCha8Rng, of: &[&str]| {
                of.iter().filter(|_| dice.random_bool(0.5)).map(ToString::to_string).collect::<Vec<_>>()
            };
            answers["uses"] = json!(some(&mut dice, &["phone", "desk", "paper"]));
            answers["drinks"] = json!(some(&mut dice, &["juice", "water", "milk"]));
            let mut order = INTERVENTIONS.to_vec();
            order.rotate_left(dice.random_range(0..8));
            answers["order"] = json!(order[..3]);
            let first = dice.random_range(1..100);
            answers["points"] = json!({order[0]: first, order[1]: 100 - first});
            for (index, id) in INTERVENTIONS.iter().enumerate() {
                let likes = index == 0 || (index + camp) % 2 == 0;
                let step = match dice.random_range(0..20) {
                    0 => "dk",
                    1 | 2 => "n",
                    3 | 4 => if likes { "d" } else { "a" },
                    _ => if likes { one(&mut dice, &["a", "sa"]) } else { one(&mut dice, &["d", "sd"]) },
                };
                answers["support"][id] = json!(step);
            }
            json!({"answers": answers, "missing": {}}).to_string()
        })
        .collect()
}

/// The report of these answers, stored in this order and counted by so many threads.
fn built(store: &Store, answers: &[String], threads: usize) -> Report {
    let library = Library::new(store.clone());
    publish::publish(&library, "a file", &definition().to_string(), NOW).unwrap();
    let keys: Vec<String> = (0..answers.len()).map(|number| format!("form-{number}")).collect();
    let new = |(answers, idem)| NewResponse {
        survey_id: ID,
        version: 1,
        idem,
        receipt_hash: None,
        mode: Mode::OpenLink,
        answers,
        submitted_on: "2026-11-02",
        started_version: None,
    };
    let rows: Vec<NewResponse<'_>> =
        answers.iter().map(String::as_str).zip(keys.iter().map(String::as_str)).map(new).collect();
    store.write(|conn| response::insert_many(conn, &rows)).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| report::build(&library, ID, 7, &|_, _| {}).unwrap())
}

#[test]
fn the_whole_report_is_the_same_to_the_byte_on_both_databases_with_any_threads_and_in_any_order() {
    let mut answers = people();
    let sqlite = Db::sqlite();
    let first = built(&sqlite.store(), &answers, 1);
    // It has all that could differ.
    let opinions = first.opinions.as_ref().unwrap();
    assert_eq!(opinions.outcome, "groups", "{}", opinions.text);
    assert!(first.representativeness.as_ref().unwrap().weighted);
    assert!(first.interventions.iter().all(|one| one.weighted.is_some() && one.priority.is_some()));
    assert!(first.questions.iter().any(|one| one.choice.as_ref().is_some_and(|choice| !choice.shares.is_empty())));
    assert!(first.themes[0].themes.len() > 1 && !first.crosstabs.is_empty());
    assert!(first.segments[0].groups.iter().any(|group| group.n.is_none()), "a small group is withheld");
    assert!(first.robustness.is_some());
    let written = serde_json::to_string_pretty(&first).unwrap();
    let same = |report: Report, how: &str| {
        let other = serde_json::to_string_pretty(&report).unwrap();
        let differs = written.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert!(written == other, "{how}: {differs:?}");
    };
    answers.reverse();
    let sqlite = Db::sqlite();
    same(built(&sqlite.store(), &answers, 2), "SQLite, two threads, backwards");
    let Some(postgres) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    answers.rotate_left(123);
    same(built(&postgres.store(), &answers, 2), "Postgres, two threads, turned");
    let Some(postgres) = Db::postgres() else { return };
    answers.sort_unstable();
    same(built(&postgres.store(), &answers, 1), "Postgres, one thread, sorted");
}
