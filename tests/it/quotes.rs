//! Staff look through answers before they are quoted: what they hide is hidden everywhere, and nothing leaves before as many
//! people as the rule asks for have looked.

#![cfg(test)]

use canvass::analysis::redaction::Rule;
use canvass::service::coding::{self, Question};
use canvass::service::time::Moment;
use canvass::service::{audit, bundle, redaction, report};
use canvass::staff::Role;
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;
use crate::people::Account;

const PARK: &str = r#"{"format": 1, "id": "park", "title": "The park", "language": "en", "pages": [{"id": "a", "title": "You", "questions": [
    {"id": "why", "type": "text", "text": "Why do you come?", "themes": true}]}]}"#;
const WHY: Question<'_> = Question { survey: "park", item: "why" };
const HERE: &str = "/staff/surveys/park/redaction";
const SARAH: &str = "Sarah at the gate was kind, ring me on 07700 900123 <b>now</b>";

/// One text by three people, and nine others about the same.
fn answered(app: &TestApp) {
    let places = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole", "Thirsk"];
    let texts = places.iter().map(|place| format!("Kind Sarah at the gate near {place}"));
    let texts: Vec<String> = texts.chain([SARAH, SARAH, SARAH].map(str::to_string)).collect();
    let rows: Vec<(String, String)> = (0..)
        .zip(&texts)
        .map(|(number, text)| (format!("i{number}"), serde_json::json!({ "answers": { "why": text } }).to_string()))
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
    app.store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

fn quoted(app: &TestApp) -> Vec<String> {
    let report = report::build(&app.library, "park", 7, &|_, _| {}).unwrap();
    report.themes.iter().flat_map(|question| &question.themes).flat_map(|theme| theme.quotes.clone()).collect()
}

fn person(app: &TestApp, email: &str, role: Role) -> Person {
    Account::new(app, email, false, Moment::now()).with_role(app, "park", role).browser(app)
}

/// Turns to the form of the answer that has these words.
fn turn_to_sarah(person: &mut Person, tab: &str) {
    person.open(&format!("{HERE}?tab={tab}")).expect_status(200);
    let of_sarah = person.page.body.split("<section").find(|one| one.contains("ring me on")).unwrap().to_string();
    let key = form::between(&of_sarah, "id=\"a-", "\"").unwrap().to_string();
    person.turn_to(&format!("name=\"answer\" value=\"{key}\""));
}

each_db! {
    fn what_somebody_hides_is_hidden_in_the_report_and_for_coders(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answered(&app);
        let mut ana = person(&app, "ana@example.org", Role::Coder);
        ana.open("/staff/surveys/park").expect("Look through answers before they are quoted");
        ana.open(HERE).expect("<mark>07700 900123</mark>").expect("&lt;b&gt;now").expect("To look through (10)").expect("With something found (1)");
        ana.expect("3 answers have these words").expect("Nobody has looked it through yet");
        assert!(!ana.page.body.contains("<b>now"));
        turn_to_sarah(&mut ana, "todo");
        ana.answer("add", "Susan").continue_().expect_status(422).expect("These words do not stand in the answer").expect("value=\"Susan\"");
        let span = format!("{}-{}", SARAH.find("07700").unwrap(), SARAH.find(" <b>").unwrap());
        turn_to_sarah(&mut ana, "todo");
        assert!(ana.form.contains(&("span".to_string(), span.clone())), "what is found is ticked: {:?}", ana.form);
        ana.answer("add", "sarah").answer("add-why", "name").continue_().expect_status(200).expect("It is kept that you looked");
        ana.expect("To look through (9)").expect("Looked through (1)");
        let hidden = "[name] at the gate was kind, ring me on [phone number] <b>now</b>";
        assert!(quoted(&app).iter().any(|quote| quote == hidden), "{:?}", quoted(&app));
        let desk = coding::open(&app.library, WHY).unwrap();
        assert_eq!(desk.texts.values().filter(|text| desk.quotes.review(text).is_some()).count(), 3, "all with these words");
        ana.open("/staff/surveys/park/themes/why/waiting?words=07700").expect("There are no answers");
        ana.open("/staff/surveys/park/themes/why/waiting?words=ring").expect("[name] at the gate was kind");
        let sheet = coding::sheet(&app.library, WHY, None).unwrap();
        assert_eq!(sheet.iter().filter(|row| row.text == hidden).count(), 3);

        // The name is no detail after all, and the number is left: a person may, and stands for it.
        turn_to_sarah(&mut ana, "done");
        ana.clear("span").continue_().expect_status(200);
        assert!(quoted(&app).iter().any(|quote| quote == SARAH));
        turn_to_sarah(&mut ana, "done");
        ana.tick("span", "3-99999").continue_().expect_status(422);
        turn_to_sarah(&mut ana, "done");
        ana.tick("span", &span).continue_().expect_status(200).expect("<mark>07700 900123</mark>");
        let report = report::build(&app.library, "park", 7, &|_, _| {}).unwrap();
        assert!(report.hashes.redaction.is_some());
        let acts = audit::latest(&app.library, Some("park"), i64::MAX, 100).unwrap();
        assert_eq!(acts.iter().filter(|act| act.act == "redacted").count(), 3);
        assert!(acts.iter().all(|act| !act.subject.contains("Sarah")));
        assert!(!app.everything().split("redaction_entry: ").skip(1).any(|line| line.split('\n').next().unwrap().contains("Sarah")), "no words are kept");
    }

    fn nothing_leaves_unreviewed_where_the_rule_asks_for_review(db) {
        let app = TestApp::start(db).with_definition(PARK);
        answered(&app);
        let (mut ana, mut bo) = (person(&app, "ana@example.org", Role::Coder), person(&app, "bo@example.org", Role::Analyst));
        assert!(!quoted(&app).is_empty());
        ana.open(HERE);
        assert!(!ana.page.body.contains("When is an answer quoted"), "coders do not set the rule");
        let guard = form::between(&ana.page.body, "name=\"_csrf\" value=\"", "\"").unwrap().to_string();
        let post = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
            let guard = ("_csrf", guard.as_str());
            let all = fields.iter().copied().chain([guard]);
            all.map(|(name, value)| (name.to_string(), value.to_string())).collect()
        };
        assert_eq!(ana.post(HERE, &post(&[("do", "rule"), ("rule", "two")])).status, 403);
        bo.open(HERE).turn_to("\"rule\"").answer("rule", "two").continue_().expect_status(200).expect("The rule is set").expect("once two people have");
        assert_eq!(quoted(&app), Vec::<String>::new());
        let report = report::build(&app.library, "park", 7, &|_, _| {}).unwrap();
        assert!(report.notices.iter().any(|notice| notice.code == "quotes_reviewed" && notice.text.contains("two people")));
        turn_to_sarah(&mut ana, "todo");
        ana.continue_().expect_status(200);
        assert_eq!(quoted(&app), Vec::<String>::new(), "one has looked");
        ana.open(&format!("{HERE}?tab=todo")).expect("To look through (9)");
        bo.open(&format!("{HERE}?tab=todo")).expect("To look through (10)").expect("Looked through by ana@example.org");
        turn_to_sarah(&mut bo, "todo");
        bo.continue_().expect_status(200);
        assert_eq!(quoted(&app), ["Sarah at the gate was kind, ring me on [phone number] <b>now</b>"], "two say the same");
        let mut file = std::io::Cursor::new(Vec::new());
        bundle::write(&app.library, "park", (7, true), &mut file, &|_, _| {}).unwrap();
        let verified = bundle::verify(&mut file, "park.zip", None, &|_, _| {}).unwrap();
        assert_eq!(verified.faults, Vec::<String>::new(), "the bundle knows what was decided");
        redaction::set_rule(&app.library, "park", "bo@example.org", Rule::One, Moment::now()).unwrap();
        assert_eq!(quoted(&app).len(), 1);

        for (page, status) in [("?item=nothing", 404), ("?tab=x&from=999", 200), ("?answer=x", 200)] {
            assert_eq!(ana.open(&format!("{HERE}{page}")).page.status, status, "{page}");
        }
        assert_eq!(ana.post(HERE, &post(&[("do", "review"), ("answer", "x")])).status, 422);
        assert_eq!(ana.post(HERE, &post(&[("do", "x")])).status, 404);
        assert_eq!(ana.post(HERE, &[]).status, 403);
        assert_eq!(ana.post("/staff/surveys/pool/redaction", &post(&[("do", "rule"), ("rule", "found")])).status, 404);
        person(&app, "au@example.org", Role::Auditor).open(HERE).expect_status(403);
    }
}
