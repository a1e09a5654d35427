//! What the format can say beyond single questions, answered through the pages: entries, ideas, orders, checks, answers
//! inside texts, calculated values, and answers that were never sent.

#![cfg(test)]

use canvass::service::publish;
use canvass::service::time::Moment;
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::check::survey;
use crate::db::each_db;

const FORMAT: &str = "format-gallery";

/// Someone on the second page, with two tasks on a ward.
fn at_second_page(app: &TestApp) -> Person {
    let mut sam = app.respondent(FORMAT);
    sam.answer("name", "*Sam* & <b>{{ tasks }}</b>").answer("staff_number", "AB1234").answer("place", "ward");
    sam.tick("work", "care").tick("work", "data").answer("hours", "37.5");
    sam.answer("started.day", "1").answer("started.month", "2").answer("started.year", "2001");
    sam.continue_().expect_at("/s/format-gallery/page/day");
    sam
}

each_db! {
    fn earlier_answers_stand_in_later_texts_as_text(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let mut sam = at_second_page(&app);
        sam.expect("A usual day, *Sam* &amp; &lt;b&gt;{{ tasks }}&lt;/b&gt;").expect("You work 37.5 hours a week.");
        sam.expect("What would help on A ward?");
        let mut kim = app.respondent(FORMAT);
        kim.continue_().expect_at("/s/format-gallery/page/day").expect("A usual day, colleague").expect("You work some hours");
    }

    fn options_are_offered_and_answers_required_by_what_was_said(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let mut sam = at_second_page(&app);
        sam.expect("Caring for patients").expect("Working with data").expect("Meetings");
        assert!(!sam.page.body.contains("Looking after systems"), "it is not part of the work");
        sam.continue_().expect_status(422).expect("Select an answer to “Where does most of your time go?”");
        sam.answer("time_goes", "systems").continue_().expect_status(422).expect("one of the options offered");
        sam.answer("time_goes", "data").answer("ward_round", "Quiet").continue_();
        sam.expect_status(422).expect("must be 10 characters or more");
        sam.answer("ward_round", "Quiet nights").continue_().expect_at("/s/format-gallery/page/own");
        sam.open("/s/format-gallery/page/you").expect_status(200);
        sam.clear("work").tick("work", "none").continue_();
        assert!(sam.at.contains("/page/"), "what is not offered any more is asked again: {}", sam.at);
    }

    fn a_pattern_a_step_and_a_check_say_what_is_wrong(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let mut sam = app.respondent(FORMAT);
        sam.answer("staff_number", "1234").answer("hours", "7.3").continue_().expect_status(422);
        sam.expect("Your staff number must be two letters and four digits, like AB1234").expect("must be a multiple of 0.5");
        sam.answer("staff_number", "").answer("hours", "").answer("started.day", "1").answer("started.month", "1");
        sam.answer("started.year", "2999").continue_().expect_status(422);
        sam.expect("The day you started must be today or in the past").expect("href=\"#started-day\"");
        sam.answer("started.year", "2020").continue_().expect_at("/s/format-gallery/page/day");
    }

    fn a_warning_is_told_once_and_holds_nobody_up(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let mut sam = app.respondent(FORMAT);
        sam.answer("hours", "70").continue_().expect_status(422);
        sam.expect("You said that you work more than 60 hours a week. If it is right, continue.");
        sam.continue_().expect_at("/s/format-gallery/page/day");
        sam.continue_().continue_().expect_at("/s/format-gallery/page/garden").continue_().continue_();
        sam.expect_at("/s/format-gallery/check").continue_().expect("Answers sent");
        assert_eq!(app.only_answers(FORMAT)["answers"]["hours"], "70");
    }

    fn entries_are_added_removed_and_kept_in_order(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let mut sam = at_second_page(&app);
        sam.answer("time_goes", "care").continue_().expect_at("/s/format-gallery/page/own").expect("Idea 1");
        sam.answer("proposals.1.name", "First").press("more.proposals").expect_status(200).expect("Idea 2");
        sam.expect("value=\"First\"").answer("proposals.2.soon", "now").press("more.proposals").expect_status(200);
        sam.expect("Idea 3").answer("proposals.3.name", "Third").continue_().expect_status(422);
        sam.expect("Enter an answer to “What would you call it?”");
        sam.press("remove.proposals.2").expect_status(200).expect("value=\"First\"").expect("value=\"Third\"");
        assert!(!sam.page.body.contains("Idea 3"), "two are left");
        sam.continue_().expect_at("/s/format-gallery/page/garden").expect("First, what do you think?");
        sam.answer("wall.own", "A maze").continue_().expect_at("/s/format-gallery/page/garden?wall=others");
        sam.expect("A maze").answer("wall.vote.pond", "disagree").continue_();
        sam.expect_at("/s/format-gallery/page/thanks").expect("You had 2 tasks and more than one idea.");
        sam.continue_().expect_at("/s/format-gallery/check").expect("2. What would you call it?: Third").expect("A pond: Disagree");
        sam.continue_().expect("Answers sent");
        let stored = app.only_answers(FORMAT);
        assert_eq!(stored["answers"]["proposals"], json!([{"name": "First"}, {"name": "Third"}]));
        assert_eq!(stored["answers"]["wall"], json!({"own": 1, "votes": {"pond": "disagree"}}));
        assert_eq!(stored["calculated"], json!({"tasks": "2", "hours_a_task": "18.75"}));
        let order = stored["presented"]["work"].as_array().unwrap();
        assert_eq!((order.len(), &order[3]), (4, &json!("none")), "the last option keeps its place");
        let mut csv = Vec::new();
        canvass::service::export::responses_csv(&app.library, FORMAT, &mut csv, "responses.csv").unwrap();
        let csv = String::from_utf8(csv).unwrap();
        for part in ["proposals.count", "proposals.2.name", "wall.vote.pond", "work.presented", "hours_a_task", "Third", "18.75"] {
            assert!(csv.contains(part), "{part} is not in {csv}");
        }
    }

    fn a_person_sees_one_order_however_often_they_come_and_people_see_different_ones(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        let order = |person: &mut Person| {
            person.open("/s/format-gallery/page/you");
            let places = ["care", "data", "systems", "none"].map(|id| person.page.body.find(&format!("value=\"{id}\"")).unwrap());
            assert!(places[..3].iter().all(|place| *place < places[3]));
            places.map(|place| places.iter().filter(|other| **other < place).count())
        };
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let mut person = app.respondent(FORMAT);
            let first = order(&mut person);
            assert_eq!(order(&mut person), first);
            seen.insert(first);
        }
        assert!(seen.len() > 1, "twenty people saw one order");
    }

    fn answers_that_were_not_sent_are_kept_where_the_survey_says_so(db) {
        let app = TestApp::start(db).with_survey(FORMAT);
        app.visitor().open("/s/format-gallery").expect("If you do not finish");
        let mut sam = at_second_page(&app);
        sam.open("/s/format-gallery/page/day");
        app.respondent(FORMAT);
        publish::close(&app.library, FORMAT, Moment::now()).unwrap();
        let responses = app.responses(FORMAT);
        assert_eq!(responses.len(), 1, "who answered nothing leaves no response");
        assert_eq!(responses[0].mode.as_str(), "unfinished");
        let stored = app.only_answers(FORMAT);
        assert_eq!(stored["answers"]["hours"], "37.5");
        assert_eq!(stored["missing"]["time_goes"], "not_reached");
        assert_eq!(stored["missing"]["talk"], "not_shown");
        publish::close(&app.library, FORMAT, Moment::now()).unwrap();
        assert_eq!(app.responses(FORMAT).len(), 1, "closing again changes nothing");
        let report = canvass::service::report::build(&app.library, FORMAT, 7, &|_, _| {}).unwrap();
        assert!(report.findings[0].contains("1 person more began and did not send"), "{}", report.findings[0]);
    }

    fn nothing_is_published_while_a_rule_is_lost(db) {
        let app = TestApp::start(db);
        let text = survey("{\"id\": \"x\", \"type\": \"text\", \"text\": \"X?\", \"lost_rule\": \"pulldata('x')\"}", "");
        let refused = publish::publish(&app.library, "lost.json", &text, Moment::now()).unwrap_err().to_string();
        assert!(refused.starts_with("lost.json:2:") && refused.contains("delete `lost_rule`"), "{refused}");
        let mended = text.replace(", \"lost_rule\": \"pulldata('x')\"", "");
        publish::publish(&app.library, "lost.json", &mended, Moment::now()).unwrap();
    }
}
