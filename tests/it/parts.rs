//! Fields of a repeat and their options that only some are shown: asked, read and stored by their rules.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::definition::codebook::variables;
use canvass::definition::{Survey, parse};
use canvass::exchange::{fhir, surveyjs, xlsform};
use canvass::service::time::Moment;
use canvass::service::{export, publish};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::check::survey as text_of;
use crate::db::each_db;

/// Traders are asked for a shop and offered market days, residents and traders for a garden, and visitors for nothing.
const SQUARE: &str = r#"{"format": 1, "id": "square", "title": "The square", "unfinished": "keep", "pages": [
{"id": "you", "questions": [{"id": "role", "type": "single", "text": "Who are you?", "required": true, "options": [
  {"id": "resident", "label": "Resident"}, {"id": "trader", "label": "Trader"}, {"id": "visitor", "label": "Visitor"}]}]},
{"id": "ideas", "questions": [{"id": "wishes", "type": "repeat", "text": "What do you wish for?", "max": 2, "fields": [
  {"id": "shop", "type": "text", "text": "Which shop?", "required": true, "show_if": "role == 'trader'"},
  {"id": "garden", "type": "text", "text": "Which garden?", "show_if": "role in ['resident', 'trader']"},
  {"id": "when", "type": "single", "text": "When?", "show_if": "role in ['resident', 'trader']", "options": [
    {"id": "now", "label": "Now"}, {"id": "later", "label": "Later"},
    {"id": "market", "label": "On market days", "show_if": "role == 'trader'"}]}]}]},
{"id": "last", "questions": [{"id": "more", "type": "text", "text": "Anything else?"}]}]}"#;
const IDEAS: &str = "/s/square/page/ideas";
const LAST: &str = "/s/square/page/last";

fn someone(app: &TestApp, role: &str) -> Person {
    let mut person = app.respondent("square");
    person.answer("role", role).continue_();
    person
}

fn turns_into(person: &mut Person, role: &str) {
    person.open("/s/square/page/you").answer("role", role).continue_();
}

/// The only response as a row of `responses.csv`.
fn row(app: &TestApp) -> BTreeMap<String, String> {
    let mut csv = Vec::new();
    export::responses_csv(&app.library, "square", &mut csv, "responses.csv").unwrap();
    csv::Reader::from_reader(csv.as_slice()).deserialize().next().unwrap().unwrap()
}

each_db! {
    fn a_field_is_asked_of_those_whom_its_rule_means_and_is_an_answer_of_nobody_else(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        let mut sam = someone(&app, "trader");
        sam.expect_at(IDEAS).expect("Which shop?").expect("On market days");
        sam.answer("wishes.1.garden", "Roses").continue_().expect_status(422).expect("Enter an answer to “Which shop?”");
        sam.answer("wishes.1.shop", "Bakery").answer("wishes.1.when", "market").press("more.wishes").expect_status(200);
        sam.answer("wishes.2.shop", "Only a shop").continue_().expect_at(LAST);
        turns_into(&mut sam, "resident");
        sam.expect_at(IDEAS).expect("Roses");
        for gone in ["Which shop?", "Bakery", "On market days", "wishes.2."] {
            assert!(!sam.page.body.contains(gone), "{gone} is for traders");
        }
        sam.answer("wishes.1.when", "later").continue_().expect_at(LAST).continue_();
        sam.expect_at("/s/square/check").expect("1. Which garden?: Roses").expect("1. When?: Later");
        assert!(!sam.page.body.contains("Bakery"));
        sam.continue_().expect("Answers sent");
        let stored = app.only_answers("square");
        assert_eq!(stored["answers"]["wishes"], json!([{"garden": "Roses", "when": "later"}]));
        assert_eq!(stored["missing"]["wishes.shop"], "not_shown");
        let row = row(&app);
        let cells = ["wishes.count", "wishes.1.shop", "wishes.1.garden", "wishes.2.shop", "wishes.2.garden"];
        assert_eq!(cells.map(|name| row[name].as_str()), ["1", "NA:not_shown", "Roses", "NA:not_shown", ""]);
    }

    fn a_field_that_comes_to_be_needed_is_asked_for(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        let mut kim = someone(&app, "resident");
        kim.answer("wishes.1.garden", "Roses").continue_().expect_at(LAST);
        turns_into(&mut kim, "trader");
        kim.expect_at(IDEAS).continue_().expect_status(422).expect("Enter an answer to “Which shop?”");
        kim.answer("wishes.1.shop", "Bakery").continue_().expect_at(LAST);
    }

    fn what_is_withheld_is_no_answer_even_of_a_form_made_by_hand(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        let mut mallory = someone(&app, "resident");
        let typed = |name: &str, value: &str| (format!("wishes.{name}"), value.to_string());
        let page = mallory.form.clone();
        mallory.form.push(typed("1.when", "market"));
        mallory.continue_().expect_status(422).expect("one of the options offered");
        mallory.form.clone_from(&page);
        mallory.form.extend([typed("1.shop", "Bakery"), typed("2.shop", "Mill")]);
        mallory.answer("wishes.1.garden", "Roses").continue_().expect_at(LAST).continue_().continue_().expect("Answers sent");
        let stored = app.only_answers("square");
        assert_eq!(stored["answers"]["wishes"], json!([{"garden": "Roses"}]));
        assert_eq!(stored["missing"]["wishes.shop"], "not_shown");
    }

    fn who_is_shown_no_field_is_not_asked(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        let mut jo = someone(&app, "visitor");
        jo.expect_at(LAST).open(IDEAS);
        assert_ne!(jo.at, IDEAS);
        jo.open(LAST).continue_().expect_at("/s/square/check").continue_().expect("Answers sent");
        assert_eq!(app.only_answers("square")["missing"]["wishes"], "not_shown");
        assert_eq!((row(&app)["wishes.count"].as_str(), row(&app)["wishes.2.when"].as_str()), ("NA:not_shown", "NA:not_shown"));
    }

    fn what_was_typed_before_a_rule_turned_is_no_answer_of_who_stopped(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        let mut lee = someone(&app, "trader");
        lee.answer("wishes.1.shop", "Bakery").answer("wishes.1.garden", "Roses").continue_().expect_at(LAST);
        turns_into(&mut lee, "resident");
        publish::close(&app.library, "square", Moment::now()).unwrap();
        let stored = app.only_answers("square");
        assert_eq!(stored["answers"], json!({"role": "resident", "wishes": [{"garden": "Roses"}]}));
        assert_eq!(stored["missing"], json!({"more": "not_reached", "wishes.shop": "not_shown"}));
        assert_eq!(row(&app)["wishes.1.when"], "");
    }

    fn nothing_is_published_while_the_rule_of_a_field_is_lost(db) {
        let app = TestApp::start(db);
        let lost = SQUARE.replace("\"show_if\": \"role == 'trader'\"}", "\"lost_rule\": \"a ~ b\"}");
        let refused = publish::publish(&app.library, "lost.json", &lost, Moment::now()).unwrap_err().to_string();
        assert!(refused.starts_with("lost.json:5:") && refused.contains("delete `lost_rule`"), "{refused}");
    }

    fn invented_respondents_answer_only_what_they_are_shown(db) {
        let app = TestApp::start(db).with_definition(SQUARE);
        canvass::service::simulate::simulate(&app.library, "square", 60, 7, Moment::now(), &|_, _| {}).unwrap();
        let mut asked = 0;
        for response in app.responses("square") {
            let stored: Value = serde_json::from_str(&response.answers).unwrap();
            let entries = stored["answers"]["wishes"].as_array().cloned().unwrap_or_default();
            let is_trader = stored["answers"]["role"] == "trader";
            asked += entries.len();
            assert!(entries.iter().all(|entry| entry["shop"].is_string() == is_trader), "{stored}");
            assert!(is_trader || entries.iter().all(|entry| entry["when"] != "market"), "{stored}");
        }
        assert!(asked > 10, "{asked}");
    }
}

/// A repeat that must be answered, of these fields, after a question that all answer.
fn required(fields: &str) -> String {
    text_of(
        r#"{"id": "home", "type": "single", "text": "Home?", "required": true, "options": [{"id": "house", "label": "H"}, {"id": "flat", "label": "F"}]}"#,
        &format!(
            r#"{{"id": "second", "questions": [{{"id": "x", "type": "repeat", "text": "X?", "required": true, "fields": [{fields}]}}]}}"#
        ),
    )
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text).findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_repeat_is_asked_of_those_who_are_shown_one_of_its_fields() {
    let field = |id: &str, rule: &str| format!(r#"{{"id": "{id}", "type": "text", "text": "F?"{rule}}}"#);
    let [house, flat] = ["house", "flat"].map(|home| format!(r#", "show_if": "home == '{home}'""#));
    let lost = r#", "lost_rule": "a""#;
    let fields = |first: &str, second: &str| required(&format!("{}, {}", field("a", first), field("b", second)));
    assert_eq!(codes(&fields(&house, "")), Vec::<&str>::new());
    assert_eq!(codes(&fields(&house, &flat)), Vec::<&str>::new());
    assert_eq!(codes(&fields(&house, &house)), ["E309"], "nobody in a flat can answer");
    assert_eq!(codes(&fields(lost, lost)), ["W212", "W212"], "nothing is said of what is to be mended");
    assert_eq!(codes(&fields(&house, lost)), ["W212"]);
    let note = format!(r#"{{"id": "n", "type": "note", "text": "Read"}}, {}"#, field("a", &house));
    assert_eq!(codes(&required(&note)), ["E309"], "a note cannot be answered");
    // Who was asked and must answer has; who was shown no field has not.
    let later = |rule: &str| {
        let third = format!(
            r#"]}}]}}, {{"id": "third", "show_if": "{rule}", "questions": [{{"id": "y", "type": "text", "text": "Y?"}}]}}]}}"#
        );
        fields(&house, &house).replace("\"required\": true, \"fields\"", "\"fields\"").replace("]}]}]}", &third)
    };
    assert_eq!(codes(&later("answered(x) and home == 'flat'")), ["E206"]);
    assert_eq!(codes(&later("x.count >= 1 and home == 'house'")), Vec::<&str>::new());
}

fn parsed(text: &str) -> Survey {
    let parsed = parse(text);
    parsed.survey.unwrap_or_else(|| panic!("{:?}", parsed.findings))
}

#[test]
fn every_column_of_a_definition_that_passes_has_a_name_of_its_own() {
    let about = canvass::export::codebook::ABOUT_THE_RESPONSE.map(|(name, ..)| name);
    for text in [SQUARE, crate::check::WORKFORCE, crate::check::GALLERY, crate::check::FORMAT] {
        let survey = parsed(text);
        let names: Vec<String> = variables(&survey).into_iter().map(|variable| variable.name).collect();
        let mut once: Vec<&str> = names.iter().map(String::as_str).chain(about).collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len() + about.len());
    }
    // What only looks alike is no clash: rules, orders and texts of other questions.
    let fine = text_of(
        r#"{"id": "a", "type": "multi", "text": "A?", "options": [{"id": "presented", "label": "P"}, {"id": "other", "label": "O", "other": "optional"}]},
        {"id": "b", "type": "single", "text": "B?", "order": "random", "options": [{"id": "presented", "label": "P"}, {"id": "other", "label": "O", "other": "optional"}]},
        {"id": "presented", "type": "text", "text": "C?"}"#,
        r#"{"id": "contact", "store": "contact", "questions": [{"id": "mode", "type": "text", "text": "D?"}]}"#,
    );
    assert_eq!(codes(&fine), Vec::<&str>::new());
}

#[test]
fn an_import_gives_no_two_columns_one_name() {
    let fhir = json!({"resourceType": "Questionnaire", "title": "Trial", "item": [
        {"linkId": "mode", "text": "How?", "type": "string"}, {"linkId": "Submitted on", "text": "When?", "type": "date"}]});
    let surveyjs = json!({"title": "Trial", "elements": [
        {"type": "text", "name": "version", "title": "Which?"},
        {"type": "checkbox", "name": "ways", "title": "How?", "choicesOrder": "random", "choices": ["presented", "b"]},
        {"type": "ranking", "name": "first", "title": "First?", "choicesOrder": "random", "choices": ["presented", "b"]}]});
    let xlsform = json!({"format": 1, "id": "trial", "title": "Trial", "pages": [{"id": "first", "title": "First", "questions": [
        {"id": "response", "type": "text", "text": "What?"},
        {"id": "ways", "type": "multi", "text": "How?", "order": "random",
            "options": [{"id": "Presented", "label": "P"}, {"id": "b", "label": "B"}]}]}]});
    let workbook = xlsform::write(&xlsform).unwrap().workbook;
    for imported in [
        fhir::read(fhir.to_string().as_bytes()).unwrap(),
        surveyjs::read(surveyjs.to_string().as_bytes()).unwrap(),
        xlsform::read(&workbook).unwrap(),
    ] {
        let text = imported.definition.to_string();
        assert!(!codes(&text).iter().any(|code| code.starts_with('E')), "{:?}\n{text}", parse(&text).findings);
        assert!(variables(&parsed(&text)).len() > 1, "{text}");
    }
}
