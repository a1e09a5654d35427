//! How long the consensus summary of a large consultation takes, and how much memory: `canvass report`, a process of its own.

use std::time::Instant;

use canvass::definition::parse;
use canvass::item::Answer;
use canvass::response::{Record, simulate};
use canvass::service::time::Moment;
use canvass::service::{Library, publish};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use canvass::store::{Open, Store};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::Setup;
use super::program::Program;
use super::said;
use super::table::{Line, median, number};

const ID: &str = "large";
const PEOPLE: u64 = 50_000;
const INTERVENTIONS: usize = 15;
/// Options of the segment questions; one may be answered by several of them.
const SEGMENTS: [usize; 8] = [9, 5, 10, 6, 4, 12, 3, 7];
const SEVERAL: usize = 7;
const TEXTS: [&str; 3] = ["works", "challenge", "anything_else"];

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let people = if setup.is_quick { 1_000 } else { PEOPLE };
    let base = kind.make("report");
    fill(&base.url, people);
    let out = kind.folder().join("report");
    let mut taken = Vec::new();
    let mut most = 0.0_f64;
    for _ in 0..setup.rounds {
        let start = Instant::now();
        most = most.max(Program::report(&base.url, ID, &out));
        taken.push(start.elapsed().as_secs_f64());
    }
    let seconds = median(taken);
    let what = format!("{name}: the report of {} responses", number(people as f64));
    vec![
        Line::says(what.clone(), format!("{} s", number(seconds)))
            .against("15 interventions, 8 segments, 3 questions with themes")
            .at_most(seconds, 10.0, " s"),
        Line::says(format!("{what}, peak memory"), format!("{} MB", number(most))).at_most(most, 500.0, " MB"),
    ]
}

/// Publishes the definition and stores what people gave.
fn fill(url: &str, people: u64) {
    let store = Store::open(url, Open::Create).unwrap();
    let library = Library::new(store.clone());
    let definition = definition().to_string();
    publish::publish(&library, "a bench", &definition, Moment::now()).unwrap();
    let survey = parse(&definition).survey.unwrap();
    let mut dice = ChaCha8Rng::seed_from_u64(50);
    let today = jiff::civil::date(2026, 11, 23);
    for from in (0..people).step_by(5_000) {
        let answers = (from..people.min(from + 5_000)).map(|number| {
            let mut draft = simulate::respondent(&survey, 50, number, today).unwrap();
            for id in TEXTS {
                if draft.answers.contains_key(id) {
                    draft.answers.insert(id.to_string(), Answer::Text(said::text(&mut dice)));
                }
            }
            (format!("large-{number}"), Record::finish(&survey, &draft).0.to_json().to_string())
        });
        let answers: Vec<(String, String)> = answers.collect();
        let row = |(idem, answers)| NewResponse {
            survey_id: ID,
            version: 1,
            idem,
            receipt_hash: None,
            mode: Mode::Simulated,
            answers,
            submitted_on: "2026-11-23",
            started_version: None,
        };
        let rows: Vec<NewResponse<'_>> =
            answers.iter().map(|(idem, answers)| row((idem.as_str(), answers.as_str()))).collect();
        store.write(|conn| response::insert_many(conn, &rows)).unwrap();
    }
}

/// A consultation of every kind of question that a report tells of.
fn definition() -> Value {
    let options = |prefix: &str, n: usize| {
        (0..n)
            .map(|at| json!({"id": format!("{prefix}{at}"), "label": format!("Label {prefix} {at}")}))
            .collect::<Vec<_>>()
    };
    let segment = |(at, n): (usize, usize)| {
        json!({"id": format!("segment{at}"), "type": if at == SEVERAL { "multi" } else { "single" }, "text": "Which?",
               "segment": true, "options": options(&format!("s{at}o"), n)})
    };
    let text = |id: &str| json!({"id": id, "type": "text", "text": "What do you say?", "lines": 4, "themes": true});
    let labels = [
        "Protected time to learn",
        "A clear career pathway",
        "Systems that talk to each other",
        "Basic digital skills",
        "Leaders who understand digital",
        "New computers",
        "Professional registration",
        "More staff in data teams",
        "Accredited courses",
        "Mentors and local networks",
        "Better pay",
        "Flexible working",
        "Less paperwork",
        "A national framework of skills",
        "Open source tools",
    ];
    let interventions: Vec<Value> =
        labels.iter().enumerate().map(|(at, label)| json!({"id": format!("i{at}"), "label": label})).collect();
    assert_eq!(interventions.len(), INTERVENTIONS);
    json!({
        "format": 1, "id": ID, "title": "A large consultation",
        "lists": {"agree": [
            {"id": "sd", "label": "Strongly disagree", "value": 1}, {"id": "d", "label": "Disagree", "value": 2},
            {"id": "n", "label": "Neither", "value": 3}, {"id": "a", "label": "Agree", "value": 4},
            {"id": "sa", "label": "Strongly agree", "value": 5}, {"id": "dk", "label": "Do not know", "missing": true}]},
        "interventions": interventions,
        "pages": [
            {"id": "you", "title": "You", "questions": SEGMENTS.into_iter().enumerate().map(segment).collect::<Vec<_>>()},
            {"id": "now", "title": "Now", "questions": [
                {"id": "confidence", "type": "rate", "text": "How much do you agree?", "items": options("c", 6), "scale": "agree"},
                {"id": "way", "type": "single", "text": "Which?", "options": options("w", 5)},
                {"id": "uses", "type": "multi", "text": "Which of these?", "options": options("u", 8)},
                {"id": "years", "type": "number", "text": "How many years?", "min": 0, "max": 40}]},
            {"id": "next", "title": "Next", "questions": [
                {"id": "support", "type": "rate", "text": "Do you support these?", "items": "interventions", "scale": "agree",
                 "measure": "support", "support": ["a", "sa"], "oppose": ["d", "sd"]},
                {"id": "order", "type": "rank", "text": "Which first?", "items": "interventions", "max": 3, "measure": "priority"},
                {"id": "points", "type": "allocate", "text": "How much for each?", "items": "interventions", "total": 100,
                 "step": 5, "measure": "spend"}]},
            {"id": "say", "title": "In your words", "questions": TEXTS.map(text)}]
    })
}
