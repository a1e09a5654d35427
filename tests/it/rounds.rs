//! A panel that is asked in rounds: who comes back sees their own answer and everyone's, and the report tells both rounds.

#![cfg(test)]

use canvass::service::time::Moment;
use canvass::service::{ServiceError, publish, report, round};
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::db::each_db;

fn definition(extra: &Value) -> String {
    let step = |value: i32, id: &str, label: &str| json!({"id": id, "label": label, "value": value});
    let mut round = json!({"planned": 3, "questions": ["support", "pace"], "agreement": 0.7});
    round.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let survey = json!({
        "format": 1, "id": "panel", "title": "A panel",
        "privacy": {"min_cell": 5}, "consensus": {"n_min_guard": 5},
        "round": round,
        "lists": {"agree": [
            step(1, "sd", "Strongly disagree"), step(2, "d", "Disagree"), step(3, "n", "Neither"),
            step(4, "a", "Agree"), step(5, "sa", "Strongly agree"), {"id": "dk", "label": "Don’t know", "missing": true}]},
        "interventions": [{"id": "tea", "label": "Tea for all"}, {"id": "bikes", "label": "Bikes"}],
        "pages": [
            {"id": "you", "title": "You", "questions": [
                {"id": "role", "type": "single", "text": "Who are you?", "segment": true, "required": true,
                    "options": [{"id": "nurse", "label": "Nurse"}, {"id": "other", "label": "Other"}]}]},
            {"id": "views", "title": "Your views", "questions": [
                {"id": "support", "type": "rate", "text": "Should we?", "items": "interventions", "scale": "agree",
                    "measure": "support", "support": ["a", "sa"], "oppose": ["sd", "d"]},
                {"id": "pace", "type": "single", "text": "How soon?", "hint": "Think of next year.", "options": [
                    step(1, "now", "Now"), step(2, "soon", "Soon"), step(3, "late", "Later")]}]}]
    });
    serde_json::to_string_pretty(&survey).unwrap()
}

/// Tea, bikes and pace in the first round, by person.
const FIRST: [[&str; 3]; 8] = [
    ["sa", "sd", "now"],
    ["a", "d", "now"],
    ["a", "sa", "soon"],
    ["a", "a", "soon"],
    ["sa", "n", "soon"],
    ["a", "sd", "soon"],
    ["n", "a", "late"],
    ["sd", "dk", "late"],
];

fn publish_text(app: &TestApp<'_>, text: &str) {
    publish::publish(&app.library, "panel.json", text, Moment::now()).unwrap();
}

/// Answers the pages of the panel from the first on, and sends.
fn answer(person: &mut Person, [tea, bikes, pace]: [&str; 3]) {
    person.answer("role", "nurse").continue_();
    person.answer("support.tea", tea).answer("support.bikes", bikes).answer("pace", pace).continue_();
}

fn first_round(app: &TestApp<'_>) -> Vec<Person> {
    FIRST
        .into_iter()
        .map(|answers| {
            let mut person = app.respondent("panel");
            answer(&mut person, answers);
            person.expect_at("/s/panel/check").continue_().expect("Answers sent");
            person
        })
        .collect()
}

fn built(app: &TestApp<'_>) -> Value {
    serde_json::to_value(report::build(&app.library, "panel", 7, &|_, _| {}).unwrap()).unwrap()
}

fn begin_second(app: &TestApp<'_>) -> String {
    let next = round::next(&app.library, "panel").unwrap();
    assert_eq!(next.number, 2);
    publish::publish_new_wave(&app.library, "next.json", &next.definition, Moment::now()).unwrap();
    next.definition
}

each_db! {
    fn people_come_back_see_their_own_answer_and_everyones_and_may_change_it(db) {
        let app = TestApp::start(db);
        publish_text(&app, &definition(&json!({})));
        let mut people = first_round(&app);
        let text = begin_second(&app);
        assert!(text.contains("\"title\": \"A panel\"") && text.contains("\"number\": 2"), "{text}");

        // The receipt leads on, and so does its code on another device.
        let mut mover = app.visitor();
        mover.open("/s/panel").expect("This round is for people who took part before");
        let receipt = people[7].receipt();
        mover.answer("code", &receipt).continue_().expect_at("/s/panel/sent").expect("Round 2 of 3").expect("Take part in round 2");
        mover.continue_().expect_at("/s/panel/page/you").expect("value=\"nurse\" checked");
        mover.continue_().expect_at("/s/panel/page/views");
        let page = mover.page.body.clone();
        // Seven chose a step for bikes: 1 1 2 3 4 4 5, so the quartiles are 1.5 and 4 and the middle is 3.
        for told in [
            "What you answered last time is chosen already",
            "You answered “Strongly disagree”.",
            "8 people answered. The middle half of all answers is from “Neither” to “Strongly agree”, the middle one is “Agree”.",
            "You answered “Don’t know”.",
            "7 people answered. The middle half of all answers is from “Strongly disagree” to “Agree”, the middle one is “Neither”.",
            "Think of next year.<br>",
            "You answered “Later”.",
            "<svg ",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(page.matches(" checked").count(), 3, "what was answered is chosen: {page}");

        // Outside the middle half a reason is asked for, and it may be left out.
        mover.continue_().expect("Where you see it differently").expect("Tea for all: why do you see it so?");
        assert!(!mover.page.body.contains("Bikes: why"), "{}", mover.page.body);
        assert!(!mover.page.body.contains("How soon?: why"), "later is within: {}", mover.page.body);
        mover.open("/s/panel/page/views").answer("support.tea", "n").continue_().expect_at("/s/panel/check").continue_();
        mover.expect("Answers sent").expect(&receipt);
        assert!(!mover.page.body.contains("Take part in round"), "{}", mover.page.body);

        // Someone in the browser they answered in keeps all; it is one response still.
        people[0].open("/s/panel/sent").continue_().continue_().continue_();
        people[0].expect_at("/s/panel/check").continue_().expect("Answers sent");
        let stored = app.responses("panel");
        assert_eq!(stored.len(), 8);
        let mut rounds: Vec<Value> = stored.iter().map(|row| serde_json::from_str(&row.answers).unwrap()).collect();
        rounds.retain(|row: &Value| row.get("earlier").is_some());
        assert_eq!(rounds.len(), 2);
        let stored = rounds.iter().find(|row| row["answers"]["support"]["tea"] == "n").unwrap();
        assert_eq!(stored["earlier"], json!({"1": {"support": {"tea": "sd", "bikes": "dk"}, "pace": "late"}}));

        // Changing one's mind within the round keeps what was answered in the one before.
        mover.continue_().expect_at("/s/panel/check").open("/s/panel/page/views?from=check").answer("support.tea", "a");
        mover.continue_().expect_at("/s/panel/check").continue_().expect("Answers sent");
        let changed = app.responses("panel").into_iter().find(|row| row.answers.contains("\"dk\"") && row.version == 2);
        let changed: Value = serde_json::from_str(&changed.unwrap().answers).unwrap();
        assert_eq!((&changed["answers"]["support"]["tea"], &changed["earlier"]), (&json!("a"), &stored["earlier"]));
    }

    fn the_report_tells_each_round_who_came_back_and_what_changed(db) {
        let app = TestApp::start(db);
        publish_text(&app, &definition(&json!({})));
        let mut people = first_round(&app);
        let first = built(&app);
        assert_eq!(first["rounds"]["people"][0]["n"], 8);
        let tea = &first["rounds"]["statements"][0];
        assert_eq!((&tea["id"], &tea["state"], &tea["change"]), (&json!("support.tea"), &json!("consensus"), &Value::Null));
        assert_eq!(tea["rounds"][0]["figures"]["agree"], 0.75);
        assert_eq!(first["rounds"]["stop"], "go_on");
        begin_second(&app);
        let second: [[&str; 3]; 6] = [
            ["sa", "d", "now"],
            ["a", "d", "soon"],
            ["a", "d", "soon"],
            ["a", "d", "soon"],
            ["sa", "d", "soon"],
            ["a", "sd", "soon"],
        ];
        for (person, answers) in people.iter_mut().zip(second) {
            person.open("/s/panel/sent").continue_();
            answer(person, answers);
            if person.page.body.contains("Where you see it differently") {
                person.continue_();
            }
            person.expect_at("/s/panel/check").continue_().expect("Answers sent");
        }
        let report = built(&app);
        let rounds = &report["rounds"];
        assert_eq!(rounds["people"][1]["n"], 6);
        assert_eq!((&rounds["people"][1]["kept"], &rounds["people"][1]["is_doubtful"]), (&json!(0.75), &json!(false)));
        let statement = |id: &str| {
            rounds["statements"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
        };
        let bikes = statement("support.bikes");
        assert_eq!(bikes["rounds"][1]["consensus"], "against");
        assert_eq!(bikes["change"]["n"], 6);
        // Of sd d sa a n sd, five moved to d and sd stayed: pairs (1,2) (2,2) (5,2) (4,2) (3,2) (1,1).
        assert!((bikes["change"]["moved"].as_f64().unwrap() - 4.0 / 6.0).abs() < 1e-12, "{bikes}");
        // Differences 1 -3 -2 -1 have the ranks 1.5 4 3 1.5: the smaller sum is 1.5 and z is -1.286.
        let expected = 0.1975;
        assert!((bikes["change"]["wilcoxon_p"].as_f64().unwrap() - expected).abs() < 5e-3, "{bikes}");
        // Two agreed before and none after: b + c = 2, exact p = 0.5.
        assert!((bikes["change"]["mcnemar_p"].as_f64().unwrap() - 0.5).abs() < 1e-12, "{bikes}");
        let tea = statement("support.tea");
        assert_eq!((&tea["change"]["moved"], &tea["change"]["is_stable"], &tea["change"]["kappa"]), (&json!(0.0), &json!(true), &json!(1.0)));
        // What the others answered in the first round is in no other figure.
        assert_eq!(report["base"]["completed"], 6);
        assert_eq!(report["interventions"][0]["n"], 6);
        let codes: Vec<&str> = report["notices"].as_array().unwrap().iter().filter_map(|notice| notice["code"].as_str()).collect();
        assert!(codes.contains(&"earlier_round"), "{codes:?}");
        let html = canvass::render::report::report_html(
            &canvass::render::Renderer::new().unwrap(),
            &serde_json::from_value(report.clone()).unwrap(),
            "",
        ).unwrap();
        assert!(html.contains("The panel, round by round") && html.contains("Consensus: rejected"), "the section");
    }

    fn nobody_begins_in_a_later_round_unless_newcomers_may(db) {
        let app = TestApp::start(db);
        publish_text(&app, &definition(&json!({})));
        first_round(&app);
        let text = begin_second(&app);
        let started = app.visitor().post("/s/panel/start", &[("_csrf".to_string(), "start".to_string())]);
        assert_eq!(started.status, 403, "{}", started.body);
        assert!(started.body.contains("Nobody can begin in it who was not there before"), "{}", started.body);
        publish_text(&app, &text.replacen("\"planned\"", "\"newcomers\": true, \"planned\"", 1));
        let mut new = app.respondent("panel");
        new.answer("role", "other").continue_().expect_at("/s/panel/page/views").expect("8 people answered.");
        assert!(!new.page.body.contains("You answered"), "{}", new.page.body);
    }

    fn a_round_that_cannot_be_made_says_why(db) {
        let app = TestApp::start(db);
        let refusal = |app: &TestApp<'_>| match round::next(&app.library, "panel") {
            Err(ServiceError::Refused(text)) => text,
            other => panic!("{other:?}"),
        };
        publish_text(&app, &definition(&json!({})));
        assert!(refusal(&app).contains("fewer than 5 people have answered in round 1"), "{}", refusal(&app));
        publish_text(&app, &definition(&json!({"planned": 1})));
        assert!(refusal(&app).contains("is the last of 1 that are planned"), "{}", refusal(&app));
        let mut plain: Value = serde_json::from_str(&definition(&json!({}))).unwrap();
        plain.as_object_mut().unwrap().remove("round");
        publish_text(&app, &plain.to_string());
        assert!(refusal(&app).contains("is not asked in rounds"), "{}", refusal(&app));
        // A later round over answers is a new wave.
        publish_text(&app, &definition(&json!({})));
        first_round(&app);
        let next = round::next(&app.library, "panel").unwrap();
        let refused = publish::publish(&app.library, "next.json", &next.definition, Moment::now()).unwrap_err();
        assert!(refused.advice().contains("--new-wave"), "{refused}");
    }
}
