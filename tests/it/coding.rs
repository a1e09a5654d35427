//! People code answers: what they decide stays, whoever decides at the same moment and whatever the machine suggests.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;

use canvass::analysis::coding::decision::{AnswerKey, Decision, Place, ThemeId};
use canvass::analysis::coding::shown::CodedFrame;
use canvass::analysis::text::ThemeOptions;
use canvass::service::coding::{self, Question};
use canvass::service::time::Moment;
use canvass::service::{Library, publish, retention, sweep};
use canvass::store::Store;
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use serde_json::Value;

use crate::cli::Desk;
use crate::db::Db;

const SURVEY: &str = r#"{"format": 1, "id": "park", "title": "The park", "pages": [{"id": "a", "title": "You", "questions": [
    {"id": "why", "type": "text", "text": "Why do you come?", "themes": true},
    {"id": "name", "type": "text", "text": "Your dog's name?"}]}]}"#;
const WHY: Question<'_> = Question { survey: "park", item: "why" };
const NOW: Moment = Moment(1_795_000_000);
const SUBJECTS: [&str; 3] = [
    "The night bus stops at the gate near",
    "Rents in the flats went up again in",
    "Old trees give shade on hot days in",
];
const PLACES: [&str; 8] = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole"];

/// Three subjects, each in eight answers, and one that says nothing.
fn texts() -> Vec<String> {
    let answers = PLACES.iter().flat_map(|place| SUBJECTS.iter().map(move |subject| format!("{subject} {place}")));
    answers.chain(["n/a".to_string()]).collect()
}

fn answer(store: &Store, texts: &[String]) {
    let rows: Vec<(String, String)> = texts
        .iter()
        .map(|text| (format!("idem {text}"), serde_json::json!({ "answers": { "why": text } }).to_string()))
        .collect();
    let rows: Vec<NewResponse<'_>> = rows
        .iter()
        .map(|(idem, answers)| NewResponse {
            survey_id: "park",
            version: 1,
            idem,
            receipt_hash: Some(idem),
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-22",
            started_version: None,
        })
        .collect();
    store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

/// Does the same on SQLite and, where there is one, on Postgres.
fn each(mut act: impl FnMut(&Db)) {
    act(&Db::sqlite());
    match Db::postgres() {
        Some(db) => act(&db),
        None => println!("skipped: no Postgres (make test starts one)"),
    }
}

fn library(store: &Store) -> Library {
    let library = Library::new(store.clone());
    publish::publish(&library, "park.json", SURVEY, NOW).unwrap();
    answer(store, &texts());
    library
}

fn suggest(library: &Library) {
    let options = ThemeOptions { k: Some(3), ..ThemeOptions::default() };
    coding::suggest(library, WHY, "Ann", &options, NOW, &|_, _| {}).unwrap();
}

/// The theme of the answers about buses, of those about rents, of those about trees.
fn theme(frame: &CodedFrame, word: &str) -> ThemeId {
    frame.themes.iter().find(|theme| theme.terms.iter().any(|term| term.contains(word))).unwrap().theme
}

fn key_of(desk: &coding::Desk, text: &str) -> AnswerKey {
    desk.texts.iter().find(|(_, written)| written.as_str() == text).unwrap().0.clone()
}

/// Each theme's name and the texts in it, which do not depend on the random ids of answers.
fn seen(library: &Library) -> Vec<(String, BTreeSet<String>)> {
    let desk = coding::open(library, WHY).unwrap();
    let frame = &desk.frame;
    assert_eq!(frame.n, desk.texts.len());
    let themed: BTreeSet<_> = frame.themes.iter().flat_map(|theme| desk.coding.answers(theme.theme)).collect();
    assert_eq!(frame.n, themed.len() + frame.none + frame.other + frame.waiting);
    let texts = |theme| desk.coding.answers(theme).map(|key| desk.texts[key].clone()).collect();
    frame.themes.iter().map(|theme| (theme.name.clone(), texts(theme.theme))).collect()
}

#[test]
fn what_people_decide_outlasts_every_suggestion() {
    let mut both = Vec::new();
    each(|db| {
        let store = db.store();
        let library = library(&store);
        let decide = |decision: Decision| coding::decide(&library, WHY, "Ben", NOW, |_| Ok(decision.clone())).unwrap();
        suggest(&library);
        let desk = coding::open(&library, WHY).unwrap();
        assert_eq!((desk.frame.n, desk.frame.none, desk.frame.waiting, desk.frame.themes.len()), (25, 1, 0, 3));
        let (buses, trees) = (theme(&desk.frame, "bus"), theme(&desk.frame, "trees"));
        decide(Decision::Rename { theme: buses, name: "Getting there".to_string() });
        let moved = key_of(&desk, "Old trees give shade on hot days in York");
        decide(Decision::Code { places: vec![(moved.clone(), Place::of([buses, trees]))] });
        decide(Decision::Lock { theme: trees });
        let before = seen(&library);

        // One person takes an answer back, another writes it anew, and three more come.
        let gone = "idem Rents in the flats went up again in Hull";
        store.write(|conn| response::withdraw(conn, "park", gone)).unwrap();
        let changed = "idem The night bus stops at the gate near Hull";
        store
            .write(|conn| response::replace(conn, "park", changed, 1, r#"{"answers": {"why": "Nothing at all"}}"#))
            .unwrap();
        let more: Vec<String> = SUBJECTS.iter().map(|subject| format!("{subject} Whitby")).collect();
        answer(&store, &more);
        let desk = coding::open(&library, WHY).unwrap();
        assert_eq!((desk.frame.n, desk.frame.waiting), (27, 4), "who changed an answer gave another one");

        suggest(&library);
        let desk = coding::open(&library, WHY).unwrap();
        assert_eq!((desk.frame.waiting, desk.frame.none), (0, 2));
        assert_eq!(desk.coding.codes()[&moved].place, Place::of([buses, trees]));
        let now = seen(&library);
        let of = |all: &[(String, BTreeSet<String>)], name: &str| {
            all.iter().find(|(known, _)| known == name).map(|(_, texts)| texts.clone()).unwrap()
        };
        let mut expected = of(&before, "Getting there");
        expected.remove("The night bus stops at the gate near Hull");
        expected.insert(more[0].clone());
        assert_eq!(of(&now, "Getting there"), expected);
        let locked = desk.coding.themes()[&trees].name.clone();
        assert_eq!(of(&now, &locked), of(&before, &locked), "nothing came to what is locked");

        coding::undo(&library, WHY, "Ann", NOW).unwrap();
        assert_eq!(coding::open(&library, WHY).unwrap().frame.waiting, 4);
        coding::redo(&library, WHY, "Ann", NOW).unwrap();
        assert_eq!(seen(&library), now);
        let history = coding::open(&library, WHY).unwrap().history;
        let told: Vec<(&str, bool)> = history.iter().map(|past| (past.by.as_str(), past.is_undone)).collect();
        assert_eq!(
            told,
            [
                ("Ann", false),
                ("Ben", false),
                ("Ben", false),
                ("Ben", false),
                ("Ann", false),
                ("Ann", false),
                ("Ann", false)
            ]
        );
        both.push(now);
    });
    assert!(both.windows(2).all(|pair| pair[0] == pair[1]), "the same on both databases");
}

#[test]
fn decisions_of_many_at_one_moment_are_all_kept() {
    each(|db| {
        let library = library(&db.store());
        suggest(&library);
        std::thread::scope(|scope| {
            for person in 0..8 {
                let library = &library;
                scope.spawn(move || {
                    for number in 0..5 {
                        let make = |standing: &canvass::analysis::coding::coded::Standing| {
                            Ok(Decision::Add {
                                theme: ThemeId(standing.next_theme),
                                name: format!("{person}-{number}"),
                            })
                        };
                        coding::decide(library, WHY, &format!("p{person}"), NOW, make).unwrap();
                    }
                });
            }
        });
        let desk = coding::open(&library, WHY).unwrap();
        assert_eq!(desk.frame.themes.len(), 3 + 40);
        let numbers: Vec<u32> = desk.history.iter().map(|past| past.number).collect();
        assert_eq!(numbers, (1..=41).collect::<Vec<_>>());
    });
}

#[test]
fn the_record_goes_with_the_answers() {
    each(|db| {
        let library = library(&db.store());
        suggest(&library);
        publish::close(&library, "park", NOW).unwrap();
        sweep::sweep(&library, NOW.plus(2 * 366 * 86_400)).unwrap();
        retention::carry_out(&library, None, NOW.plus(20 * 366 * 86_400)).unwrap();
        let desk = coding::open(&library, WHY).unwrap();
        assert_eq!((desk.frame.n, desk.history.len()), (0, 0));
    });
}

#[test]
fn a_spreadsheet_codes_answers_and_judges_a_blind_sample() {
    let desk = Desk::new();
    let file = desk.write("park.json", SURVEY);
    desk.done(&["publish", &file]);
    answer(
        &Store::open(&format!("sqlite:{}", desk.path("canvass.db").display()), canvass::store::Open::Existing).unwrap(),
        &texts(),
    );
    let run = |args: &[&str]| desk.done(&[&["coding", "park", "why"][..], args].concat());
    let refused = |args: &[&str]| desk.refused(&[&["coding", "park", "why"][..], args].concat());

    assert!(run(&["show"]).contains("Nothing is coded yet"));
    let shown = run(&["suggest", "--k", "3", "--embeddings", "none"]);
    assert!(shown.starts_with("25 answers to “Why do you come?”") && shown.contains("1  none"), "{shown}");
    let json: Value = serde_json::from_str(&run(&["show", "--format", "json"])).unwrap();
    let themes = json["coding"]["themes"].as_array().unwrap();
    let id = |word: &str| {
        let is_of = |theme: &&Value| {
            theme["terms"].as_array().unwrap().iter().any(|term| term.as_str().unwrap().contains(word))
        };
        themes.iter().find(is_of).unwrap()["theme"].as_str().unwrap().to_string()
    };
    let (buses, rents, trees) = (id("bus"), id("rents"), id("trees"));
    assert!(run(&["rename", &buses, "Getting there", "--by", "Ann"]).contains("Ann renamed"));
    assert!(refused(&["rename", &rents, "getting THERE"]).contains("choose another name, or merge the two"));
    assert!(refused(&["rename", "c77", "Dogs"]).contains("there is no theme c77; there are c"));
    assert!(refused(&["list", "dogs"]).contains("`dogs` is no place"));
    assert!(run(&["list", "Getting there", "--limit", "2"]).contains("2 of 8 answers."));

    run(&["sheet", "--out", "all.csv"]);
    let sheet = fs::read_to_string(desk.path("all.csv")).unwrap();
    assert_eq!(sheet.lines().count(), 26);
    assert!(refused(&["take", "all.csv"]).contains("changes nothing"));
    let moved = sheet
        .replace(&format!("shade on hot days in York,{trees}"), "shade on hot days in York,Getting there; other words");
    desk.write("bad.csv", moved);
    let line = refused(&["take", "bad.csv"]);
    assert!(line.contains("bad.csv, line") && line.contains("`other words` is no place"), "{line}");
    desk.write(
        "good.csv",
        sheet.replace(
            &format!("shade on hot days in York,{trees}"),
            &format!("shade on hot days in York,Getting there; {trees}"),
        ),
    );
    assert!(run(&["take", "good.csv", "--by", "Ben"]).contains("Ben coded "));
    let json: Value = serde_json::from_str(&run(&["show", "--format", "json"])).unwrap();
    assert_eq!((&json["coding"]["several"], &json["coding"]["by_person"]), (&Value::from(1), &Value::from(1)));

    let drawn = run(&["sample", "--size", "12"]);
    assert!(drawn.starts_with("Sample 4 is drawn."), "{drawn}");
    run(&["sheet", "--sample", "4", "--out", "sample.csv"]);
    let blank = fs::read_to_string(desk.path("sample.csv")).unwrap();
    assert_eq!(blank.lines().count(), 13);
    assert!(blank.lines().skip(1).all(|line| line.ends_with(',')), "nobody sees where an answer is: {blank}");
    let judged = |by_bus: &str| {
        let line = |line: &str| match line {
            line if line.contains("bus") => format!("{line}{by_bus}"),
            line if line.contains("Rents") => format!("{line}{rents}"),
            line if line.contains("trees") => format!("{line}{trees}"),
            line => format!("{line}none"),
        };
        std::iter::once("answer,text,place".to_string())
            .chain(blank.lines().skip(1).map(line))
            .collect::<Vec<_>>()
            .join("\n")
    };
    desk.write("ann.csv", judged("Getting there"));
    desk.write("cat.csv", judged("other"));
    run(&["take", "ann.csv", "--sample", "4", "--by", "Ann"]);
    run(&["take", "cat.csv", "--sample", "4", "--by", "Cat"]);
    let told = run(&["audit", "4"]);
    assert!(
        told.contains("Ann judged 12 answers.")
            && told.contains("Krippendorff")
            && told.contains("Settle what is open"),
        "{told}"
    );
    run(&["take", "ann.csv", "--sample", "4", "--settle"]);
    let told: Value = serde_json::from_str(&run(&["audit", "4", "--format", "json"])).unwrap();
    assert_eq!(told["audit"]["open"].as_array().unwrap().len(), 0);
    assert!(
        told["audit"]["themes"].as_array().unwrap().iter().all(|theme| theme["corrected"]["value"].is_number()),
        "{told}"
    );
    assert!(refused(&["audit", "1"]).contains("entry 1 drew no sample"));

    let wrong = desk.refused(&["coding", "park", "name", "show"]);
    assert!(wrong.contains("name is no question of park whose answers are themed; these are: why"), "{wrong}");
}
