//! Publishing over answers: what changed, where drafts go on, and what the report and the exports make of it.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::diff::{Class, Diff, diff};
use canvass::definition::{Survey, parse};
use canvass::service::time::Moment;
use canvass::service::{ServiceError, export, publish, report};
use canvass::store::draft;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::check::{GALLERY, WORKFORCE};
use crate::db::each_db;
use crate::form;

const FORMAT: &str = include_str!("../../surveys/format-gallery.json");

fn town() -> Value {
    json!({
        "format": 1, "id": "town", "title": "The town", "language": "en", "privacy": {"min_cell": 0},
        "pages": [
            {"id": "you", "questions": [{"id": "role", "type": "single", "text": "What are you?", "required": true,
                "options": [{"id": "resident", "label": "A resident"}, {"id": "trader", "label": "A trader"}, {"id": "visitor", "label": "A visitor"}]}]},
            {"id": "ways", "questions": [{"id": "ways", "type": "multi", "text": "How do you come?",
                "options": [{"id": "bus", "label": "By bus"}, {"id": "foot", "label": "On foot"}]}]},
            {"id": "why", "questions": [{"id": "why", "type": "text", "text": "Why do you come?", "max_chars": 30}]}
        ],
        "translations": {"cy": {"title": {"text": "Y dref"}, "why.text": {"text": "Pam?"}, "ways.text": {"text": "Sut?"}}}
    })
}

/// The town with a new heading, one more option, an optional page before the last and a longer text allowed.
fn extended() -> Value {
    let mut town = town();
    town["pages"][2]["questions"][0]["text"] = json!("Why do you come here?");
    town["pages"][2]["questions"][0]["max_chars"] = json!(60);
    town["pages"][1]["questions"][0]["options"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "bike", "label": "By bicycle"}));
    let page = json!({"id": "since", "questions": [{"id": "since", "type": "number", "text": "How long?", "max": 99}]});
    town["pages"].as_array_mut().unwrap().insert(1, page);
    town
}

/// The town without visitors, who were asked before.
fn narrowed() -> Value {
    let mut town = town();
    town["pages"][0]["questions"][0]["options"].as_array_mut().unwrap().pop();
    town
}

fn now() -> Moment {
    Moment::now()
}

fn put(app: &TestApp, definition: &Value) {
    publish::publish(&app.library, "town.json", &definition.to_string(), now()).unwrap();
}

fn begin_wave(app: &TestApp, definition: &Value) {
    publish::publish_new_wave(&app.library, "town.json", &definition.to_string(), now()).unwrap();
}

/// The version and the begun version of the only draft.
fn drafted(app: &TestApp) -> (i32, Option<i32>) {
    let all = app.store.read(|conn| draft::all(conn, "town")).unwrap();
    assert_eq!(all.len(), 1);
    (all[0].version, all[0].started_version)
}

fn finish(app: &TestApp, role: &str, ways: &str) -> Person {
    let mut person = app.respondent("town");
    person.answer("role", role).continue_();
    while !person.at.ends_with("/check") {
        if person.at.ends_with("/ways") {
            person.tick("ways", ways);
        }
        person.continue_();
    }
    person.continue_().expect("Answers sent");
    person
}

/// `responses.csv`, a map from column to cell for each row.
fn exported(app: &TestApp) -> Vec<BTreeMap<String, String>> {
    let mut bytes = Vec::new();
    export::responses_csv(&app.library, "town", &mut bytes, "responses.csv").unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| names.iter().map(str::to_string).zip(row.iter().map(str::to_string)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn notices(app: &TestApp) -> Vec<(String, String)> {
    let report = report::build(&app.library, "town", 7, &|_, _| {}).unwrap();
    let told = report.notices.into_iter().filter(|notice| notice.code != "self_selected");
    told.map(|notice| (notice.code, notice.text)).collect()
}

each_db! {
    fn a_draft_goes_on_in_a_version_that_breaks_nothing_and_keeps_everything(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        sam.answer("role", "visitor").continue_().tick("ways", "bus").continue_();
        let typed = "Because of the market and the people";
        sam.answer("why", typed).continue_().expect_status(422);

        put(&app, &extended());
        let before = app.everything();
        sam.open("/s/town/page/ways").expect_at("/s/town/page/since").open("/s/town/page/you").expect("value=\"visitor\" checked");
        assert_eq!(app.everything(), before, "reading a page changes nothing");
        assert_eq!(drafted(&app), (1, None));

        sam.open("/s/town/continue").expect_at("/s/town/page/since").answer("since", "7").continue_();
        assert_eq!(drafted(&app), (2, Some(1)));
        sam.expect_at("/s/town/page/ways").expect("By bicycle").expect("value=\"bus\" checked");
        sam.continue_().expect_at("/s/town/page/why");
        sam.expect("Why do you come here?").expect(typed).continue_().expect_at("/s/town/check").continue_();
        sam.expect("Answers sent");

        let stored = app.responses("town");
        assert_eq!((stored[0].version, stored[0].started_version), (2, Some(1)));
        let row = &exported(&app)[0];
        let cells = ["version", "started_version", "role", "since", "ways.bus", "ways.bike", "why"].map(|name| row[name].as_str());
        assert_eq!(cells, ["2", "1", "visitor", "7", "1", "0", typed]);
        finish(&app, "trader", "bike");
        assert!(app.responses("town").iter().any(|response| (response.version, response.started_version) == (2, None)));
        assert_eq!(notices(&app), []);
    }

    fn a_page_that_was_loaded_before_publishing_loses_nothing(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        sam.answer("role", "trader").continue_().expect_at("/s/town/page/ways").tick("ways", "foot");
        put(&app, &extended());
        // The page before this one is new, and yet what is posted is kept.
        sam.continue_().expect_at("/s/town/page/since");
        assert_eq!(drafted(&app), (1, None), "it was answered as it was in version 1");
        sam.continue_().expect_at("/s/town/page/ways").expect("value=\"foot\" checked").continue_().answer("why", "Work").continue_();
        sam.expect_at("/s/town/check");
        assert_eq!(drafted(&app), (2, Some(1)));
    }

    fn answers_that_were_checked_are_sent_as_they_were_checked(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        sam.answer("role", "trader").continue_().continue_().continue_().expect_at("/s/town/check");
        let mut late = sam.clone();
        put(&app, &extended());
        sam.continue_().expect("Answers sent");
        let stored = app.responses("town");
        assert_eq!((stored[0].version, stored[0].started_version), (1, None));
        late.open("/s/town/continue").expect_at("/s/town/sent");
    }

    fn a_page_says_nothing_that_moves_answers_across_a_break(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        sam.answer("role", "visitor").continue_();
        begin_wave(&app, &narrowed());
        for version in ["2", "3", "-1", "x", "99999999999"] {
            sam.open("/s/town/page/ways").answer("_version", version).continue_().expect_at("/s/town/page/why");
            assert_eq!(drafted(&app), (1, None), "{version}");
        }
    }

    fn what_breaks_with_answers_is_refused_until_a_new_wave_begins(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut renamed = narrowed();
        renamed["title"] = json!("Our town");
        // Nobody has answered yet.
        put(&app, &renamed);
        put(&app, &town());
        let mut sam = app.respondent("town");
        sam.answer("role", "visitor").continue_();
        finish(&app, "visitor", "bus");

        let before = app.everything();
        let refused = publish::publish(&app.library, "new.json", &narrowed().to_string(), now()).unwrap_err();
        assert_eq!(app.everything(), before);
        let ServiceError::Breaking { version, begun, sent, diff, .. } = &refused else { panic!("{refused}") };
        assert_eq!((*version, *begun, *sent), (1, 1, 1));
        let told: Vec<&str> = diff.of(Class::Breaking).map(|change| change.what.as_str()).collect();
        assert_eq!(told, ["question role, option visitor"]);
        assert_eq!(refused.to_string(), "new.json breaks with version 1 of town, on which 1 response and 1 draft rest");
        assert!(refused.advice().contains("--new-wave"));

        begin_wave(&app, &narrowed());
        sam.open("/s/town/page/you").expect("A visitor").continue_().continue_().continue_().expect_at("/s/town/check");
        sam.continue_().expect("Answers sent");
        let mut new = app.respondent("town");
        assert!(!new.expect("A trader").page.body.contains("A visitor"));
        let versions: Vec<i32> = app.responses("town").iter().map(|response| response.version).collect();
        assert_eq!(versions, [1, 1]);
    }

    fn answers_that_mean_something_else_are_counted_apart_and_all_are_exported(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        for (role, ways) in [("visitor", "bus"), ("trader", "foot"), ("resident", "bus")] {
            finish(&app, role, ways);
        }
        let mut changed = extended();
        changed["pages"][0]["questions"][0]["options"] = narrowed()["pages"][0]["questions"][0]["options"].clone();
        changed["pages"][3]["questions"] = json!([{"id": "wish", "type": "text", "text": "What do you wish?"}]);
        changed["retired"] = json!(["why"]);
        changed["translations"] = json!({});
        begin_wave(&app, &changed);
        for (role, ways) in [("trader", "bike"), ("trader", "foot")] {
            finish(&app, role, ways);
        }

        let report = report::build(&app.library, "town", 7, &|_, _| {}).unwrap();
        let question = |id: &str| report.questions.iter().find(|question| question.id == id).unwrap();
        let counts = |id: &str| question(id).rows.iter().map(|row| row.count.unwrap()).collect::<Vec<_>>();
        assert_eq!((report.base.completed, question("role").n, question("role").missing.not_shown), (5, 2, 0));
        assert_eq!(question("role").missing.left_out, 3);
        assert_eq!(counts("role"), [0, 2]);
        assert_eq!((question("ways").n, counts("ways")), (5, vec![2, 2, 1]));
        let told = notices(&app);
        let codes: Vec<&str> = told.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["changed_meaning", "added_later"]);
        assert_eq!(
            told[0].1,
            "“What are you?” (role) was asked differently in version 1: 3 answers given there are left out of its figures, and kept in responses.csv under that version."
        );
        assert_eq!(
            told[1].1,
            "“How do you come?” (ways) was answered by 3 people before “By bicycle” could be chosen; they count as not having chosen it."
        );

        let rows = exported(&app);
        let visitor = rows.iter().find(|row| row["role"] == "visitor").unwrap();
        let cells = ["version", "ways.bus", "ways.bike", "since", "wish", "why"].map(|name| visitor[name].as_str());
        assert_eq!(cells, ["1", "1", "NA:not_shown", "NA:not_shown", "NA:not_shown", "NA:skipped"]);
        let new = rows.iter().find(|row| row["ways.bike"] == "1").unwrap();
        let cells = ["version", "role", "since", "wish", "why"].map(|name| new[name].as_str());
        assert_eq!(cells, ["2", "trader", "NA:skipped", "NA:skipped", "NA:not_shown"]);
        let mut codebook = Vec::new();
        export::codebook_csv(&app.library, "town", &mut codebook, "codebook.csv").unwrap();
        let codebook = String::from_utf8(codebook).unwrap();
        assert!(codebook.contains("role,What are you?,nominal,visitor,A visitor (version 1),"), "{codebook}");
        assert!(codebook.contains("why,Why do you come? (version 1),text,,,,,text,3. why,3,Why do you come?,Everyone,,\n"), "{codebook}");
        assert!(!codebook.contains("trader,A trader (version"), "{codebook}");
    }

    fn an_answer_of_another_type_keeps_its_place_in_the_export(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        finish(&app, "visitor", "bus");
        let mut retyped = town();
        retyped["pages"][0]["questions"][0] = json!({"id": "role", "type": "text", "text": "What are you?"});
        retyped["pages"][1]["questions"][0] = json!({"id": "ways", "type": "single", "text": "How do you come?",
            "options": [{"id": "bus", "label": "By bus"}, {"id": "foot", "label": "On foot"}]});
        begin_wave(&app, &retyped);
        let mut sam = app.respondent("town");
        sam.answer("role", "A painter").continue_().answer("ways", "foot").continue_().continue_().continue_();
        let rows = exported(&app);
        let row = |version: &str| rows.iter().find(|row| row["version"] == version).unwrap();
        let cells = |version: &str| ["role", "ways", "ways.bus", "ways.foot"].map(|name| row(version)[name].clone());
        assert_eq!(cells("1"), ["visitor", "NA:not_shown", "1", "0"]);
        assert_eq!(cells("2"), ["A painter", "foot", "NA:not_shown", "NA:not_shown"]);
        let mut codebook = Vec::new();
        export::codebook_csv(&app.library, "town", &mut codebook, "codebook.csv").unwrap();
        let codebook = String::from_utf8(codebook).unwrap();
        assert!(codebook.contains("role,What are you?,text,,"), "{codebook}");
        assert!(codebook.contains("role,What are you? (version 1),nominal,visitor,A visitor,,no,single,"), "{codebook}");
        let report = report::build(&app.library, "town", 7, &|_, _| {}).unwrap();
        assert_eq!(report.questions.iter().map(|question| question.n).collect::<Vec<_>>(), [1]);
        let told = notices(&app);
        assert!(told.iter().all(|(code, _)| code == "changed_meaning") && told.len() == 2, "{told:?}");
    }

    fn what_was_typed_for_a_question_follows_it_to_another_page(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        let long = "x".repeat(31);
        sam.answer("role", "visitor").continue_().tick("ways", "bus").continue_().answer("why", &long).continue_();
        sam.expect_status(422);
        let mut moved = town();
        let why = moved["pages"].as_array_mut().unwrap().pop().unwrap()["questions"][0].clone();
        moved["pages"][1]["questions"].as_array_mut().unwrap().push(why);
        moved["pages"][1]["title"] = json!("On your way");
        put(&app, &moved);
        sam.open("/s/town/page/ways").expect("On your way").expect("value=\"bus\" checked").expect(&long);
        sam.answer("why", "Work").continue_().expect_at("/s/town/check").continue_().expect("Answers sent");
        assert_eq!(app.only_answers("town")["answers"]["why"], "Work");
    }

    fn a_rule_that_was_changed_after_answers_is_told(db) {
        let mut town = town();
        town["pages"].as_array_mut().unwrap().push(json!({"id": "rate", "questions": [{"id": "rate", "type": "rate",
            "text": "Should we?", "items": "interventions", "measure": "support", "support": ["yes"],
            "scale": [{"id": "no", "label": "No", "value": 1}, {"id": "yes", "label": "Yes", "value": 2}]}]}));
        town["interventions"] = json!([{"id": "trees", "label": "Trees"}]);
        let app = TestApp::start(db).with_definition(&town.to_string());
        finish(&app, "visitor", "bus");
        let mut eased = town;
        eased["consensus"] = json!({"tau_overall": 0.6});
        let refused = publish::publish(&app.library, "town.json", &eased.to_string(), now()).unwrap_err();
        assert!(matches!(refused, ServiceError::Breaking { .. }), "{refused}");
        let wave = |of: &Value| publish::publish_new_wave(&app.library, "town.json", &of.to_string(), now());
        let refused = wave(&eased).unwrap_err().to_string();
        assert_eq!(refused, "town.json changes what the verdicts rest on (decision rule, tau_overall), and 1 response rests on version 1: say why under `consensus`, `changed_because`, which the report then shows");
        eased["consensus"]["changed_because"] = json!("The board asked for less.");
        begin_wave(&app, &eased);
        assert_eq!(notices(&app), [(
            "changed_rule".to_string(),
            "What the verdicts rest on is not what it was when 1 response was given, so it was not fixed before the first answer: decision rule, tau_overall. The reason given: “The board asked for less.”".to_string(),
        )]);
        eased["consensus"]["tau_overall"] = json!(0.5);
        assert!(wave(&eased).unwrap_err().to_string().contains("say why"), "a reason holds for one change");
    }

    fn an_earlier_version_that_is_made_current_again_takes_its_drafts_back(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        sam.answer("role", "visitor").continue_();
        begin_wave(&app, &narrowed());
        let mut kim = app.respondent("town");
        kim.answer("role", "trader").continue_();
        begin_wave(&app, &town());
        // An option more is no break, so those who began in the second wave go on here too.
        for person in [&mut sam, &mut kim] {
            person.open("/s/town/page/you").expect("A visitor").continue_().continue_().continue_().continue_();
        }
        let mut sent: Vec<_> = app.responses("town").iter().map(|sent| (sent.version, sent.started_version)).collect();
        sent.sort_unstable();
        assert_eq!(sent, [(1, None), (1, Some(2))]);
    }

    fn the_language_can_be_changed_on_any_page_and_keeps_what_is_typed(db) {
        let app = TestApp::start(db).with_definition(&town().to_string());
        let mut sam = app.respondent("town");
        let change = |person: &mut Person, language: &str| {
            person.form.push(("_then".to_string(), format!("language:{language}")));
            let html = person.continue_().page.body.clone();
            assert!(!html.contains("There is a problem"), "{html}");
        };
        sam.expect("name=\"_then\" value=\"language:cy\" lang=\"cy\" dir=\"ltr\">Cymraeg</button>");
        change(&mut sam, "cy");
        sam.expect_at("/s/town/page/you").expect_status(200).expect("<html lang=\"cy").expect("value=\"language:en\"");
        assert!(!sam.page.body.contains("value=\"language:cy\""));
        sam.answer("role", "trader").continue_().expect("Sut?").tick("ways", "bus");
        change(&mut sam, "en");
        sam.expect_at("/s/town/page/ways").expect("How do you come?").expect("value=\"bus\" checked").continue_();
        let long = "x".repeat(31);
        sam.answer("why", &long);
        change(&mut sam, "cy");
        sam.expect_at("/s/town/page/why").expect("Pam?").expect(&long).continue_().expect_status(422).expect("Pam?");
        sam.answer("why", "Da").continue_().expect_at("/s/town/check").expect("Sut?").expect("value=\"language:en\"");
        for unknown in ["fr", "", "en"] {
            change(&mut sam, unknown);
        }
        sam.expect_at("/s/town/check").expect("How do you come?").open("/s/town/page/why?from=check");
        change(&mut sam, "cy");
        sam.expect_at("/s/town/page/why?from=check").expect("Pam?").continue_().expect_at("/s/town/check").continue_();
        sam.expect("Atebion wedi&#x27;u hanfon");
        assert_eq!(app.only_answers("town")["answers"], json!({"role": "trader", "ways": ["bus"], "why": "Da"}));
    }
}

#[test]
fn a_survey_in_one_language_offers_no_other() {
    let db = crate::db::Db::sqlite();
    let app = TestApp::start(&db).with_survey("item-gallery");
    let sam = app.respondent("item-gallery");
    assert!(!form::names(&sam.page.body).contains("_then") || !sam.page.body.contains("language:"));
}

fn read(definition: &Value) -> Option<Survey> {
    parse(&definition.to_string()).survey
}

/// The pointers to every value that `is` accepts.
fn places(value: &Value, at: &str, is: &dyn Fn(&str, &Value) -> bool, found: &mut Vec<String>) {
    if is(at, value) {
        found.push(at.to_string());
    }
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), is, found));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), is, found)),
        _ => {}
    }
}

fn is_question(at: &str) -> bool {
    let parts: Vec<&str> = at.split('/').collect();
    parts.len() == 5 && parts[3] == "questions"
}

type Edit = (Class, fn(&str, &Value) -> bool, fn(&mut Value));

/// One change of a definition: where it can be made, how, and the class it must have.
const EDITS: [Edit; 16] = [
    (
        Class::Wording,
        |at, _| at.ends_with("/label") || at.ends_with("/hint"),
        |text| *text = json!(format!("{} anew", text.as_str().unwrap())),
    ),
    (
        Class::Wording,
        |at, _| at.ends_with("/text") && !at.contains("translations"),
        |text| *text = json!(format!("{} anew", text.as_str().unwrap())),
    ),
    (Class::Wording, |at, _| at == "/title" || at.ends_with("/message"), |text| *text = json!("Quite another one")),
    (
        Class::Wording,
        |at, _| at == "/privacy/notice" || at == "/introduction/purpose",
        |text| *text = json!("Another one"),
    ),
    (
        Class::Wording,
        |at, value| at.ends_with("/options") && value.as_array().is_some_and(|options| options.len() > 1),
        |options| {
            options.as_array_mut().unwrap().reverse();
        },
    ),
    (
        Class::Additive,
        |at, _| at.ends_with("/questions"),
        |questions| {
            questions.as_array_mut().unwrap().push(json!({"id": "one_more", "type": "number", "text": "How many?"}));
        },
    ),
    (
        Class::Additive,
        |at, value| at.ends_with("/options") && value.is_array(),
        |options| {
            options.as_array_mut().unwrap().push(json!({"id": "one_more", "label": "One more"}));
        },
    ),
    (
        Class::Additive,
        |at, value| is_question(at) && value["required"] == true,
        |question| {
            question.as_object_mut().unwrap().remove("required");
        },
    ),
    (
        Class::Additive,
        |at, value| is_question(at) && value["max_chars"].is_u64(),
        |question| {
            question["max_chars"] = json!(question["max_chars"].as_u64().unwrap() + 1);
        },
    ),
    (
        Class::Additive,
        |at, _| at == "/pages",
        |pages| {
            let page = json!({"id": "one_more", "questions": [{"id": "one_more", "type": "date", "text": "When?"}]});
            pages.as_array_mut().unwrap().insert(0, page);
        },
    ),
    (
        Class::Breaking,
        |at, value| is_question(at) && value["required"].is_null() && value["type"] != "note",
        |question| {
            question["required"] = json!(true);
        },
    ),
    (
        Class::Breaking,
        |at, value| at.ends_with("/questions") && value.as_array().is_some_and(|all| all.len() > 1),
        |questions| {
            questions.as_array_mut().unwrap().retain({
                let mut first = true;
                move |question| !(question["type"] != "note" && std::mem::take(&mut first))
            });
        },
    ),
    (
        Class::Breaking,
        |at, value| at.ends_with("/options") && value.as_array().is_some_and(|all| all.len() > 2),
        |options| {
            options.as_array_mut().unwrap().remove(0);
        },
    ),
    (
        Class::Breaking,
        |at, value| is_question(at) && matches!(value["type"].as_str(), Some("text" | "date")),
        |question| {
            *question = json!({"id": question["id"], "text": question["text"], "type": "number"});
        },
    ),
    (
        Class::Breaking,
        |at, value| is_question(at) && value["type"] == "allocate",
        |question| {
            question["total"] = json!(question["total"].as_u64().unwrap_or(100) * 2);
        },
    ),
    (
        Class::Breaking,
        |at, _| at.starts_with("/lists/agree") && at.ends_with("/value"),
        |value| {
            *value = json!(value.as_i64().unwrap() - 10);
        },
    ),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn any_one_change_of_an_example_has_its_class(which in 0..3_usize, edit in 0..EDITS.len(), pick in any::<prop::sample::Index>()) {
        let before: Value = serde_json::from_str([WORKFORCE, GALLERY, FORMAT][which]).unwrap();
        let (class, can, make) = EDITS[edit];
        let mut found = Vec::new();
        places(&before, "", &can, &mut found);
        prop_assume!(!found.is_empty());
        let at = pick.get(&found);
        let mut after = before.clone();
        make(after.pointer_mut(at).unwrap());
        // What another part of the definition rests on cannot be changed alone.
        let (old, new) = (read(&before).unwrap(), read(&after));
        prop_assume!(new.is_some());
        let new = new.unwrap();
        let changed = diff(&old, &new);
        prop_assert_eq!(changed.class(), Some(class), "{}: {:#?}", at, changed);
        prop_assert_eq!(diff(&new, &new), Diff::default());
        prop_assert!(diff(&new, &old).class().is_some());
    }
}

#[test]
fn every_edit_of_the_property_can_be_made_somewhere() {
    for (number, (class, can, make)) in EDITS.iter().enumerate() {
        let made = [WORKFORCE, GALLERY, FORMAT].iter().any(|text| {
            let before: Value = serde_json::from_str(text).unwrap();
            let mut found = Vec::new();
            places(&before, "", can, &mut found);
            found.iter().any(|at| {
                let mut after = before.clone();
                make(after.pointer_mut(at).unwrap());
                read(&after).is_some_and(|new| diff(&read(&before).unwrap(), &new).class() == Some(*class))
            })
        });
        assert!(made, "edit {number}");
    }
}

#[test]
fn no_example_differs_from_itself() {
    for text in [WORKFORCE, GALLERY, FORMAT] {
        let survey = parse(text).survey.unwrap();
        assert_eq!(diff(&survey, &survey), Diff::default());
    }
}
