//! Coders sort answers into themes on the pages of staff: each deed is the decision that the command line would write.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::analysis::coding::coded::Coding;
use canvass::analysis::coding::decision::{AnswerKey, Decision, Event, Part, Place, ThemeId};
use canvass::service::coding::{self, Question};
use canvass::service::time::Moment;
use canvass::service::{audit, report};
use canvass::staff::Role;
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;
use crate::people::Account;

const PARK: &str = r#"{"format": 1, "id": "park", "title": "The park", "language": "en", "pages": [{"id": "a", "title": "You", "questions": [
    {"id": "why", "type": "text", "text": "Why do you come?", "themes": true},
    {"id": "name", "type": "text", "text": "Your dog's name?"}]}]}"#;
const OTHER: &str = r#"{"format": 1, "id": "pool", "title": "The pool", "language": "en", "pages": [{"id": "a", "title": "You", "questions": [
    {"id": "why", "type": "text", "text": "Why?", "themes": true}]}]}"#;
const WHY: Question<'_> = Question { survey: "park", item: "why" };
const HERE: &str = "/staff/surveys/park/themes/why";
const SUBJECTS: [&str; 3] = [
    "The night bus stops at the gate near",
    "Rents in the flats went up again in",
    "Old trees give shade on hot days in",
];
const PLACES: [&str; 8] = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole"];

/// Three subjects in eight answers each, one that says nothing, one with a phone number, one that is hostile.
fn texts() -> Vec<String> {
    let answers = PLACES.iter().flat_map(|place| SUBJECTS.iter().map(move |subject| format!("{subject} {place}")));
    let more = ["n/a", "Ring me on 07700 900123 about the night bus", "<script>alert(1)</script> \"night\" bus"];
    answers.chain(more.map(str::to_string)).collect()
}

fn answer(app: &TestApp, survey: &str, texts: &[String]) {
    let rows: Vec<(String, String)> = texts
        .iter()
        .map(|text| (format!("{survey} {text}"), serde_json::json!({ "answers": { "why": text } }).to_string()))
        .collect();
    let rows: Vec<NewResponse<'_>> = rows
        .iter()
        .map(|(idem, answers)| NewResponse {
            survey_id: survey,
            version: 1,
            idem,
            receipt_hash: Some(idem),
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-22",
            started_version: None,
        })
        .collect();
    app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

/// The last entry of the record.
fn last(app: &TestApp) -> (u32, String, Event) {
    let rows = app.store.read(|conn| canvass::store::coding::all(conn, "park", "why")).unwrap();
    let row = rows.last().unwrap();
    (row.number.unsigned_abs(), row.who.clone(), serde_json::from_str(&row.event).unwrap())
}

fn decided(app: &TestApp) -> Decision {
    match last(app).2 {
        Event::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

fn now(app: &TestApp) -> (Coding, BTreeMap<String, AnswerKey>) {
    let desk = coding::open(&app.library, WHY).unwrap();
    let keys = desk.texts.iter().map(|(key, text)| (text.clone(), key.clone())).collect();
    (desk.coding, keys)
}

/// The theme that an answer is in.
fn theme_of(app: &TestApp, text: &str) -> ThemeId {
    let (coding, keys) = now(app);
    coding.codes()[&keys[text]].place.themes().next().unwrap()
}

fn suggested(app: &TestApp) -> [ThemeId; 3] {
    let options = canvass::analysis::text::ThemeOptions { k: Some(3), ..Default::default() };
    coding::suggest(&app.library, WHY, "ben@example.org", &options, Moment::now(), &|_, _| {}).unwrap();
    SUBJECTS.map(|subject| theme_of(app, &format!("{subject} Leeds")))
}

fn coder(app: &TestApp, email: &str) -> Person {
    Account::new(app, email, false, Moment::now()).with_role(app, "park", Role::Coder).browser(app)
}

each_db! {
    fn each_deed_is_one_decision_of_whoever_does_it(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answer(&app, "park", &texts());
        let mut ana = coder(&app, "ana@example.org");
        ana.open("/staff/surveys/park").expect("Sort into themes: Why do you come?");
        ana.open(HERE).expect_status(200).expect("Nothing is in themes yet").expect("27 answers, 100.0 % of all");
        ana.turn_to("\"suggest\"").answer("granularity", "5").continue_().expect_status(200).expect("You took up");
        let Decision::Suggest(suggestion) = decided(&app) else { panic!() };
        assert_eq!(suggestion.made_with["themes"], "granularity 5");
        assert!(suggestion.themes.iter().all(|theme| theme.nearness.len() == theme.answers.len()));
        let [buses, rents, trees] = suggested(&app);
        let before = now(&app).0;

        ana.open(HERE).expect("The computer found it by");
        assert!(!ana.page.body.contains("07700") && !ana.page.body.contains("<script>alert"));
        ana.turn_to("\"add\"").answer("name", " Dogs ").continue_().expect("You added c");
        let dogs = ThemeId(trees.0.max(buses.0).max(rents.0) + 1);
        assert_eq!(decided(&app), Decision::Add { theme: dogs, name: " Dogs ".to_string() });
        ana.open(HERE).turn_to("\"add\"").answer("name", "DOGS").continue_().expect_status(422);
        ana.expect("choose another name").expect("value=\"DOGS\"").expect("href=\"#name\"");
        assert!(matches!(decided(&app), Decision::Add { .. }), "what is refused is not written");

        let page = |theme: ThemeId| format!("{HERE}/{theme}");
        ana.open(&page(buses)).turn_to("\"rename\"").answer("name", "Getting there <b>").continue_().expect("You renamed");
        assert_eq!(decided(&app), Decision::Rename { theme: buses, name: "Getting there <b>".to_string() });
        ana.expect("Getting there &lt;b&gt;");
        ana.open(&page(trees)).turn_to("\"lock\"").continue_().expect("You locked").expect("Unlock");
        assert_eq!(decided(&app), Decision::Lock { theme: trees });
        ana.open(&page(trees)).turn_to("\"unlock\"").continue_().expect("You unlocked");

        let (coding, keys) = now(&app);
        let of = |text: &str| keys[text].clone();
        let york = of("Rents in the flats went up again in York");
        let act = |ana: &mut Person, place: &str, word: &str, fields: &[(&str, &str)]| {
            ana.open(&format!("{HERE}/{place}")).turn_to("\"listed\"").answer("do", word);
            for (name, value) in fields {
                if *name == "own" { ana.answer(name, value) } else { ana.tick(name, value) };
            }
            ana.continue_();
        };
        let code = |answer: &AnswerKey, place: Place| Decision::Code { places: vec![(answer.clone(), place)] };
        let (rents_page, to_buses) = (rents.to_string(), buses.to_string());
        act(&mut ana, &rents_page, "also", &[("answer", york.as_str()), ("to", &to_buses)]);
        ana.expect_status(200).expect("You coded");
        assert_eq!(decided(&app), code(&york, Place::of([buses, rents])));
        act(&mut ana, &rents_page, "to", &[("answer", york.as_str()), ("to", &dogs.to_string())]);
        assert_eq!(decided(&app), code(&york, Place::of([buses, dogs])), "another theme of it stays");
        act(&mut ana, &dogs.to_string(), "out", &[("answer", york.as_str())]);
        assert_eq!(decided(&app), code(&york, Place::of([buses])));
        act(&mut ana, "all", "none", &[("answer", york.as_str())]);
        assert_eq!(decided(&app), code(&york, Place::None));
        ana.open(&format!("{HERE}/none")).expect("Rents in the flats went up again in York").expect("Placed by a person");
        let hull = of("Rents in the flats went up again in Hull");
        act(&mut ana, &rents_page, "own", &[("answer", hull.as_str()), ("own", "Hull")]);
        let part = Part { theme: ThemeId(dogs.0 + 1), name: "Hull".to_string(), answers: vec![hull.clone()] };
        assert_eq!(decided(&app), Decision::Split { theme: rents, parts: vec![part.clone()] });
        act(&mut ana, "none", "own", &[("answer", york.as_str()), ("own", "York")]);
        assert_eq!(decided(&app), code(&york, Place::of([ThemeId(part.theme.0 + 1)])));
        ana.expect("You added").expect("and coded").turn_to("\"first\"").continue_();
        assert_eq!(now(&app).0.codes()[&york].place, Place::None, "two decisions of one deed are undone together");
        assert!(!now(&app).0.themes().values().any(|theme| theme.name == "York"));

        ana.open(HERE).turn_to("\"merge\"").answer("into", &to_buses);
        ana.tick("themes", &dogs.to_string()).tick("themes", &part.theme.to_string()).continue_().expect("You merged");
        assert_eq!(decided(&app), Decision::Merge { themes: vec![dogs, part.theme], into: buses });
        let entry = last(&app);
        assert_eq!(entry.1, "ana@example.org");
        let told = report::build(&app.library, "park", 7, &|_, _| {}).unwrap();
        assert!(told.themes[0].themes.iter().any(|theme| theme.label == "Getting there <b>"));

        // Back to the suggestion, in one step from the history: to the byte what it was.
        let first = app.store.read(|conn| canvass::store::coding::all(conn, "park", "why")).unwrap();
        let add = first.iter().find(|row| row.event.contains("Dogs")).unwrap().number;
        ana.open(&format!("{HERE}/history")).expect_status(200).turn_to(&format!("\"first\" value=\"{add}\"")).continue_();
        ana.expect("You undid").expect("Merged");
        let (after, _) = now(&app);
        assert_eq!(format!("{after:?}"), format!("{before:?}"));
        assert_ne!(after, coding);
        ana.open(HERE).turn_to("\"redo\"").continue_().expect("Dogs");
        let acts = audit::latest(&app.library, Some("park"), i64::MAX, 100).unwrap();
        assert!(acts.iter().any(|act| act.act == "coded" && act.who == "ana@example.org" && act.subject.starts_with("merge why, entry")));
        assert!(acts.iter().all(|act| !act.subject.contains("Rents")));
    }

    fn answers_wait_for_no_machine_and_are_searched_without_what_is_hidden(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answer(&app, "park", &texts());
        let mut ana = coder(&app, "ana@example.org");
        ana.open(HERE).turn_to("\"add\"").answer("name", "Buses").continue_();
        ana.open(&format!("{HERE}/waiting?words=NIGHT%20bus")).expect("Answers 1 to 10 of 10 with “NIGHT bus”.");
        ana.expect("&lt;script&gt;alert(1)").expect("Ring me on [phone number]");
        assert!(!ana.page.body.contains("07700"));
        ana.turn_to("\"listed\"").answer("do", "to").tick("all", "yes").tick("to", "c1").continue_().expect("You coded 10 answers as c1");
        ana.expect_status(200).expect("There are no answers with “NIGHT bus” here");
        assert_eq!(now(&app).0.answers(ThemeId(1)).count(), 10, "a frame of one's own needs no suggestion");
        ana.open(&format!("{HERE}/all?words=07700")).expect("There are no answers with “07700” here");
        // What comes meanwhile is not in what was ticked.
        ana.open(&format!("{HERE}/c1")).turn_to("\"listed\"");
        ana.answer("listed", "9").answer("do", "out").tick("all", "yes").continue_().expect_status(422).expect("Other answers are listed now");
        for (fields, told) in [
            (vec![], "Choose what to do with the ticked answers"),
            (vec![("do", "out")], "Tick the answers first"),
            (vec![("do", "to"), ("all", "yes")], "Tick the themes to move or put them in"),
            (vec![("do", "own"), ("all", "yes")], "A theme&#x27;s name has 1 to 120 characters"),
        ] {
            ana.open(&format!("{HERE}/c1")).turn_to("\"listed\"");
            for (name, value) in &fields {
                ana.form.push(((*name).to_string(), (*value).to_string()));
            }
            ana.continue_().expect_status(422).expect(told);
        }
        let (coding, keys) = now(&app);
        let key = keys["n/a"].clone();
        assert!(!coding.codes().contains_key(&key));
        let made_up = AnswerKey::read("made-up-0000");
        let wrong = coding::decide(&app.library, WHY, "ben", Moment::now(), |_| {
            Ok(Decision::Code { places: vec![(made_up.clone(), Place::Other)] })
        });
        assert!(wrong.unwrap_err().to_string().contains("there is no answer made-up-0000"));
    }

    fn the_computer_parts_a_theme_as_it_was_shown(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answer(&app, "park", &texts());
        let mut ana = coder(&app, "ana@example.org");
        ana.open(HERE).turn_to("\"add\"").answer("name", "All").continue_();
        ana.open(&format!("{HERE}/all")).turn_to("\"listed\"").answer("do", "to").tick("all", "yes").tick("to", "c1").continue_();
        ana.open(&format!("{HERE}/c1?parts=3")).expect_status(200).turn_to("\"part\"");
        let parts: Vec<&(String, String)> = ana.form.iter().filter(|(name, _)| name == "part").collect();
        assert_eq!(parts.len(), 2, "all but the largest are ticked: {:?}", ana.form);
        let seen = ana.form.iter().find(|(name, _)| name == "was").unwrap().1.clone();
        ana.answer("was", "0000").continue_().expect_status(422).expect("have changed since the parts were shown");
        ana.turn_to("\"part\"").answer("was", &seen).answer("part.1", "").continue_().expect_status(422).expect("name has 1 to 120");
        ana.turn_to("\"part\"").answer("part.1", "Second").continue_().expect_status(200).expect("You split off c1");
        let Decision::Split { parts, .. } = decided(&app) else { panic!() };
        assert_eq!((parts.len(), parts[0].name.as_str()), (2, "Second"));
        let (coding, keys) = now(&app);
        for subject in SUBJECTS {
            let themes: Vec<_> = PLACES.iter().map(|place| coding.codes()[&keys[&format!("{subject} {place}")]].place.clone()).collect();
            assert!(themes.iter().all(|theme| *theme == themes[0]), "{subject}: {themes:?}");
        }
    }

    fn nobody_sees_codes_before_they_have_judged_blind(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answer(&app, "park", &texts());
        let [buses, rents, _] = suggested(&app);
        let (mut ana, mut bo, mut cy) = (coder(&app, "ana@example.org"), coder(&app, "bo@example.org"), coder(&app, "cy@example.org"));
        ana.open(HERE).turn_to("\"sample\"").answer("size", "9 or 10").continue_().expect_status(422).expect("from 10 to 1,000");
        ana.open(HERE).turn_to("\"sample\"").answer("size", "12").continue_().expect_status(200).expect("You drew a sample of 12 answers");
        let number = last(&app).0;
        let sample = format!("{HERE}/sample-{number}");
        let judge = |person: &mut Person, of_bus: ThemeId| {
            let mut pages = 0;
            loop {
                person.open(&sample).expect_status(200);
                let body = person.page.body.clone();
                if !body.contains("\"judge\"") {
                    return pages;
                }
                for shown in ["Placed by", "checked", "How far they agree", "of 100 near", "example.org: "] {
                    assert!(!form::main(&body).contains(shown), "{shown} is told");
                }
                person.turn_to("\"judge\"");
                let names: Vec<String> = form::names(&person.page.body).into_iter().filter(|name| name.starts_with("p.")).collect();
                assert!(!names.is_empty() && names.len() <= 5);
                let (_, keys) = now(&app);
                for name in names {
                    let text = keys.iter().find(|(_, key)| name == format!("p.{key}")).unwrap().0;
                    let place = if text.contains("bus") { of_bus.to_string() } else if text.contains("Rents") { rents.to_string() } else { "other".to_string() };
                    person.tick(&name, &place);
                }
                person.continue_().expect_status(200).expect("You judged");
                pages += 1;
            }
        };
        assert_eq!(judge(&mut ana, buses), 3);
        ana.open(&sample).expect("You have judged all 12 answers").expect("Cohen’s kappa");
        bo.open(&sample);
        assert!(!bo.page.body.contains("kappa") && !bo.page.body.contains("ana@example.org"));
        let unsettled = bo.page.body.contains("\"settle\"");
        assert!(!unsettled);
        let guard = form::between(&bo.page.body, "name=\"_csrf\" value=\"", "\"").unwrap().to_string();
        let forced = [("_csrf", guard.as_str()), ("do", "settle")].map(|(name, value)| (name.to_string(), value.to_string()));
        assert_eq!(bo.post(&sample, &forced).status, 404, "who has not judged settles nothing");
        judge(&mut bo, rents);
        cy.open(&sample).expect("Krippendorff’s alpha").expect("Judged differently").expect("bo@example.org: ");
        let by_cli = coding::audited(&app.library, WHY, number).unwrap();
        let alpha = by_cli.alpha.unwrap();
        cy.expect(&format!("{:.2} ({:.2} to {:.2})", alpha.value, alpha.interval[0], alpha.interval[1]));
        assert!(!by_cli.open.is_empty());
        while cy.open(&sample).page.body.contains("\"settle\"") {
            cy.turn_to("\"settle\"");
            let names: Vec<String> = form::names(&cy.page.body).into_iter().filter(|name| name.starts_with("p.")).collect();
            for (at, name) in names.iter().enumerate() {
                cy.tick(name, &buses.to_string());
                if at == 0 {
                    cy.tick(name, "none").continue_().expect_status(422).expect("Tick themes, or one of the last two");
                    cy.turn_to("\"settle\"").clear(name).tick(name, &buses.to_string());
                }
            }
            cy.continue_().expect_status(200).expect("You settled");
        }
        let audit = coding::audited(&app.library, WHY, number).unwrap();
        assert!(audit.open.is_empty() && audit.themes.iter().all(|theme| theme.corrected.is_some()));
    }

    fn only_coders_of_the_consultation_come_in(db) {
        let app = TestApp::start(db).with_definition(PARK).with_definition(OTHER);
        answer(&app, "park", &texts());
        answer(&app, "pool", &texts());
        suggested(&app);
        let mut ana = coder(&app, "ana@example.org");
        for page in ["", "/all", "/other", "/none", "/waiting", "/history"] {
            assert_eq!(ana.open(&format!("{HERE}{page}")).page.status, 200, "{page}");
            assert_eq!(ana.open(&format!("/staff/surveys/pool/themes/why{page}")).page.status, 404, "{page}");
        }
        for page in ["/staff/surveys/park/themes/name", "/staff/surveys/park/themes/nothing", &format!("{HERE}/c99"), &format!("{HERE}/sample-1"), &format!("{HERE}/x")] {
            assert_eq!(ana.open(page).page.status, 404, "{page}");
        }
        let mut auditor = Account::new(&app, "au@example.org", false, Moment::now()).with_role(&app, "park", Role::Auditor).browser(&app);
        auditor.open(HERE).expect_status(403);
        assert_eq!(ana.post(HERE, &[("do".to_string(), "redo".to_string())]).status, 403, "a form without its guard");
        ana.open(HERE).turn_to("\"add\"");
        let guard = ana.form.clone();
        let with = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
            let fields = fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string()));
            guard.iter().filter(|(name, _)| name == "_csrf").cloned().chain(fields).collect()
        };
        assert_eq!(ana.post("/staff/surveys/pool/themes/why", &with(&[("do", "add"), ("name", "x")])).status, 404);
        for nonsense in [&[("do", "rename"), ("name", "x")][..], &[("do", "x")], &[("do", "undo"), ("first", "x"), ("seen", "1")], &[]] {
            assert_eq!(ana.post(HERE, &with(nonsense)).status, 404, "{nonsense:?}");
        }
        // Somebody else decides before the last decision that this person saw is undone.
        let seen = last(&app).0.to_string();
        let mut bo = coder(&app, "bo@example.org");
        bo.open(HERE).turn_to("\"add\"").answer("name", "Dogs").continue_();
        let late = ana.post(HERE, &with(&[("do", "undo"), ("first", &seen), ("seen", &seen)]));
        assert_eq!(late.status, 422);
        assert!(late.body.contains("Bo@example.org added") || late.body.contains("bo@example.org added"), "{}", late.body);
        assert!(matches!(decided(&app), Decision::Add { .. }));
    }
}
