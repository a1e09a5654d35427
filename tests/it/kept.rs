//! A report that staff ask for again is not made again, and never the report of what was stored before.

#![cfg(test)]

use std::sync::atomic::{AtomicBool, Ordering};

use canvass::analysis::coding::decision::Decision;
use canvass::analysis::text::ThemeOptions;
use canvass::service::coding::{self, Question};
use canvass::service::time::Moment;
use canvass::service::wall::moderate::{self, Action};
use canvass::service::{publish, report};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use serde_json::json;

use crate::app::TestApp;
use crate::db::each_db;

const WHY: Question<'_> = Question { survey: "park", item: "why" };
const SEED: u64 = 7;

fn definition(title: &str) -> String {
    json!({"format": 1, "id": "park", "title": title, "privacy": {"notice": "We keep nothing.", "min_cell": 5}, "pages": [
        {"id": "you", "title": "You", "questions": [{"id": "why", "type": "text", "text": "Why do you come?", "themes": true}]},
        {"id": "wall", "title": "Wall", "questions": [{"id": "wall", "type": "ideas", "text": "What about the park?",
            "moderation": "none", "seeds": [{"id": "pond", "label": "A pond with ducks"}]}]}]})
    .to_string()
}

fn answers(text: &str) -> String {
    json!({"answers": {"why": text}}).to_string()
}

fn answered(app: &TestApp<'_>, texts: &[&str]) {
    let stored: Vec<(String, String)> = texts.iter().map(|text| (format!("idem {text}"), answers(text))).collect();
    let new = |(idem, answers)| NewResponse {
        survey_id: "park",
        version: 1,
        idem,
        receipt_hash: Some(idem),
        mode: Mode::OpenLink,
        answers,
        submitted_on: "2026-11-22",
        started_version: None,
    };
    let rows: Vec<NewResponse<'_>> =
        stored.iter().map(|(idem, answers)| new((idem.as_str(), answers.as_str()))).collect();
    app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

fn park(app: TestApp<'_>) -> TestApp<'_> {
    let app = app.with_definition(&definition("The park"));
    let texts = [
        "Old trees give shade",
        "Old trees are quiet",
        "Old trees smell good",
        "The night bus stops here",
        "The bus stops late",
    ];
    answered(&app, &texts);
    app
}

/// Whether the report had to be made; it is right in any case.
fn is_made(app: &TestApp<'_>) -> bool {
    let made = AtomicBool::new(false);
    let kept = report::kept(&app.library, "park", SEED, &|_, _| made.store(true, Ordering::Relaxed)).unwrap();
    assert_eq!(*kept, report::build(&app.library, "park", SEED, &|_, _| {}).unwrap());
    made.into_inner()
}

each_db! {
    fn what_staff_ask_for_again_is_not_made_again(db) {
        let app = park(TestApp::start(db));
        let mut sam = app.staff();
        sam.open("/staff/surveys/park/report.html").expect_status(200).expect("The park");
        assert!(!is_made(&app), "it was made for the page");
        sam.open("/staff/surveys/park/report.json").expect_status(200).expect("\"title\": \"The park\"");
        let other = AtomicBool::new(false);
        report::kept(&app.library, "park", SEED + 1, &|_, _| other.store(true, Ordering::Relaxed)).unwrap();
        assert!(other.into_inner(), "another seed gives another report");
        assert!(!is_made(&app), "both are kept");
    }

    fn whatever_a_report_rests_on_makes_another_one(db) {
        let app = park(TestApp::start(db));
        let mut person = app.respondent("park");
        person.answer("why", "To feed ducks").continue_().answer("wall.own", "Plant lime trees").continue_();
        coding::suggest(&app.library, WHY, "Ann", &ThemeOptions::default(), Moment::now(), &|_, _| {}).unwrap();
        let idea = moderate::wall(&app.library, "park", "wall", Moment::now()).unwrap().ideas[0].id.clone();
        let theme = coding::open(&app.library, WHY).unwrap().frame.themes[0].theme;
        let moderated = |action| moderate::act(&app.library, "park", "wall", &idea, &action, Moment::now()).unwrap();
        let changes: [(&str, &dyn Fn()); 10] = [
            ("somebody begins", &|| drop(app.respondent("park"))),
            ("somebody answers", &|| answered(&app, &["Dogs run free"])),
            ("somebody changes an answer to one as long", &|| {
                let changed = answers("Cats run free");
                app.store.write(|conn| response::replace(conn, "park", "idem Dogs run free", 1, &changed)).unwrap();
            }),
            ("somebody withdraws", &|| {
                app.store.write(|conn| response::withdraw(conn, "park", "idem Dogs run free")).unwrap();
            }),
            ("a theme is renamed", &|| {
                let renamed = || Decision::Rename { theme, name: "Getting there".to_string() };
                coding::decide(&app.library, WHY, "Ben", Moment::now(), |_| Ok(renamed())).unwrap();
            }),
            ("that is undone", &|| drop(coding::undo(&app.library, WHY, "Ben", Moment::now()).unwrap())),
            ("an idea is hidden", &|| moderated(Action::Hide("It names someone".to_string()))),
            ("an idea is shown", &|| moderated(Action::Show)),
            ("ideas are put together", &|| moderated(Action::Merge("pond".to_string()))),
            ("the consultation is published anew", &|| {
                publish::publish(&app.library, "park.json", &definition("The green"), Moment::now()).map(drop).unwrap();
            }),
        ];
        assert!(is_made(&app));
        for (what, change) in changes {
            assert!(!is_made(&app), "before {what}");
            change();
            assert!(is_made(&app), "{what}");
        }
        // One is erased and another one comes: as many as before.
        app.store.write(|conn| response::delete_all(conn, "park")).unwrap();
        answered(&app, &["A"]);
        assert!(is_made(&app));
        app.store.write(|conn| response::delete_all(conn, "park")).unwrap();
        answered(&app, &["B"]);
        assert!(is_made(&app));
        assert!(!is_made(&app));
    }
}
