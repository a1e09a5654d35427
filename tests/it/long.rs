//! Long surveys stay light: grids in parts, the number of pages where it is known, and sections in an overview.

#![cfg(test)]

use std::collections::BTreeMap;

use canvass::service::export;
use canvass::service::publish;
use canvass::service::time::Moment;
use canvass::store::draft;
use serde_json::{Value, json};

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;

/// A page with a grid of 14 rows between two questions, and a page after it.
fn grid(change: impl Fn(&mut Value)) -> String {
    let rows: Vec<Value> =
        (1..=14).map(|n| json!({"id": format!("r{n}"), "label": format!("Statement {n}")})).collect();
    let mut survey = json!({"format": 1, "id": "grid", "title": "Grid", "pages": [
        {"id": "rate", "title": "What helps", "text": "All of the following.", "questions": [
            {"id": "name", "type": "text", "text": "Who are you?"},
            {"id": "support", "type": "rate", "text": "How far do you agree?", "items": rows, "required": true, "scale": [
                {"id": "yes", "label": "Agree"}, {"id": "no", "label": "Disagree"}]},
            {"id": "why", "type": "text", "text": "Why?", "max_chars": 10}]},
        {"id": "end", "questions": [{"id": "more", "type": "text", "text": "Anything else?"}]}]});
    change(&mut survey["pages"][0]["questions"][1]);
    survey.to_string()
}

const FIRST: &str = "/s/grid/page/rate";
const SECOND: &str = "/s/grid/page/rate/2";
const THIRD: &str = "/s/grid/page/rate/3";
const END: &str = "/s/grid/page/end";

/// The rows that the page asks for, in order.
fn asked(person: &Person) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for name in form::names(&person.page.body) {
        if let Some(row) = name.strip_prefix("support.") {
            found.push((person.page.body.find(&format!("name=\"{name}\"")).unwrap(), row.to_string()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, row)| row).collect()
}

fn rate(person: &mut Person, step: &str) {
    for row in asked(person) {
        person.answer(&format!("support.{row}"), step);
    }
}

/// The only response as a row of `responses.csv`.
fn row(app: &TestApp) -> BTreeMap<String, String> {
    let mut csv = Vec::new();
    export::responses_csv(&app.library, "grid", &mut csv, "responses.csv").unwrap();
    csv::Reader::from_reader(csv.as_slice()).deserialize().next().unwrap().unwrap()
}

fn rows(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| format!("r{number}")).collect()
}

each_db! {
    fn a_grid_of_many_rows_is_asked_in_parts_and_stays_one_question(db) {
        let app = TestApp::start(db).with_definition(&grid(|_| ()));
        let mut sam = app.respondent("grid");
        sam.expect_at(FIRST).expect("<title>What helps (1 of 3) – Grid</title>").expect("What helps (1 of 3)</h1>");
        sam.expect("All of the following.").expect("Who are you?");
        assert_eq!(asked(&sam), rows(1..=5));
        assert!(!sam.page.body.contains("Why?"), "what follows the grid stands with its last part");
        sam.answer("name", "Sam").continue_().expect_status(422).expect("<title>Error: What helps (1 of 3)");
        sam.expect("Statement 5").expect_at(FIRST);
        assert_eq!(form::summary(&sam.page.body).len(), 5, "each part asks for its own rows");
        rate(&mut sam, "yes");
        sam.continue_().expect_at(SECOND).expect("<title>What helps (2 of 3) – Grid</title>");
        assert_eq!(asked(&sam), rows(6..=10));
        assert!(!sam.page.body.contains("Who are you?") && !sam.page.body.contains("All of the following."));
        sam.open(THIRD).expect_at(SECOND).open("/s/grid/page/rate/4").expect_at(SECOND).open(END).expect_at(SECOND);
        rate(&mut sam, "no");
        sam.continue_().expect_at(THIRD).expect("Why?").back().expect_at(SECOND).back().expect_at(FIRST);
        assert!(sam.form.contains(&("support.r5".into(), "yes".into())), "{:?}", sam.form);
        sam.open(THIRD).answer("support.r14", "yes").answer("why", "much too long a text").continue_().expect_status(422);
        assert_eq!(form::summary(&sam.page.body).len(), 4);
        sam.back().expect_at(SECOND).continue_().expect_at(THIRD).expect("much too long a text");
        assert!(sam.form.contains(&("support.r14".into(), "yes".into())), "{:?}", sam.form);
        rate(&mut sam, "yes");
        sam.answer("why", "Because").continue_().expect_at(END).back().expect_at(THIRD).continue_().continue_();

        sam.expect_at("/s/grid/check").expect("How far do you agree? (1 of 3)").expect("How far do you agree? (3 of 3)");
        sam.expect("Statement 6: Disagree");
        let change = form::links(&sam.page.body).into_iter().find(|link| link.starts_with(SECOND)).unwrap();
        assert_eq!(change, "/s/grid/page/rate/2?from=check");
        sam.open(&change).answer("support.r6", "yes").continue_().expect_at("/s/grid/check").expect("Statement 6: Agree");
        sam.continue_().expect("Answers sent");
        let stored = app.only_answers("grid");
        assert_eq!(stored["answers"]["support"].as_object().unwrap().len(), 14);
        let row = row(&app);
        let cells = ["support.r5", "support.r6", "support.r7", "support.r14", "name", "why"].map(|name| row[name].as_str());
        assert_eq!(cells, ["yes", "yes", "no", "yes", "Sam", "Because"]);
    }

    fn late_copies_and_autosaves_of_one_part_leave_the_others_alone(db) {
        let app = TestApp::start(db).with_definition(&grid(|_| ()));
        let mut sam = app.respondent("grid");
        rate(&mut sam, "no");
        let late = sam.form.clone();
        sam.post(FIRST, &late);
        rate(&mut sam, "yes");
        sam.continue_().expect_at(SECOND);
        assert_eq!(sam.post(FIRST, &late).status, 303, "a copy that comes late");
        sam.answer("support.r7", "no");
        let typed = sam.form.clone();
        assert_eq!(sam.post("/s/grid/page/rate/2/keep", &typed).status, 204);
        sam.open(SECOND);
        assert!(sam.form.contains(&("support.r7".into(), "no".into())), "{:?}", sam.form);
        rate(&mut sam, "yes");
        sam.continue_().expect_at(THIRD);
        // One typed value of an earlier part, posted by a form made by hand, is none of this one's.
        sam.form.push(("support.r1".to_string(), "no".to_string()));
        rate(&mut sam, "yes");
        sam.continue_().continue_().expect_at("/s/grid/check");
        assert_eq!(sam.page.body.matches(": Agree<").count(), 14);
        sam.continue_().expect("Answers sent");
    }

    fn someone_who_comes_back_meets_the_part_that_is_open(db) {
        let app = TestApp::start(db).with_definition(&grid(|_| ()));
        let mut sam = app.respondent("grid");
        rate(&mut sam, "yes");
        sam.continue_().answer("support.r6", "no").save_for_later().expect_at("/s/grid/saved");
        sam.open("/s/grid/continue").expect_at(SECOND);
        assert!(sam.form.contains(&("support.r6".into(), "no".into())), "{:?}", sam.form);
        publish::close(&app.library, "grid", Moment::now()).unwrap();
    }

    fn how_many_rows_must_be_rated_is_judged_with_the_last_part(db) {
        let app = TestApp::start(db).with_definition(&grid(|question| question["min_items"] = json!(7)));
        let mut sam = app.respondent("grid");
        sam.continue_().expect_at(SECOND).answer("support.r6", "no").answer("support.r7", "no").continue_().expect_at(THIRD);
        rate(&mut sam, "yes");
        sam.continue_().expect_status(422).expect("Select an answer for at least 7 in “How far do you agree”");
        assert_eq!(form::summary(&sam.page.body)[0].0, "#support-r11");
        assert!(form::field_ids(&sam.page.body).contains("support-r11"));
        sam.open(FIRST).answer("support.r1", "no").continue_().open(THIRD).continue_().expect_at(END);
    }

    fn parts_are_cut_from_the_order_that_the_person_sees(db) {
        let app = TestApp::start(db).with_definition(&grid(|question| question["order"] = json!("random")));
        let mut seen = Vec::new();
        for _ in 0..2 {
            let mut sam = app.respondent("grid");
            let mut order = Vec::new();
            for path in [FIRST, SECOND, THIRD] {
                order.extend(asked(sam.expect_at(path)));
                rate(&mut sam, "yes");
                sam.continue_();
            }
            sam.continue_().continue_().expect("Answers sent");
            let mut sorted = order.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), 14, "each row once");
            seen.push(order);
        }
        assert_ne!(seen[0], seen[1]);
        let stored: Vec<Value> = app.responses("grid").iter().map(|response| serde_json::from_str(&response.answers).unwrap()).collect();
        for order in &seen {
            assert!(stored.iter().any(|stored| stored["presented"]["support"] == json!(order)), "{order:?}");
        }
    }

    fn rows_added_while_someone_answers_are_asked_of_them_and_nothing_is_lost(db) {
        let fewer = |question: &mut Value| {
            question["required"] = json!(false);
            question["items"].as_array_mut().unwrap().truncate(6);
        };
        let app = TestApp::start(db).with_definition(&grid(fewer));
        let mut sam = app.respondent("grid");
        assert_eq!(asked(&sam), rows(1..=6));
        rate(&mut sam, "yes");
        sam.answer("why", "much too long a text").continue_().expect_status(422);
        let more = grid(|question| question["required"] = json!(false));
        publish::publish(&app.library, "grid.json", &more, Moment::now()).unwrap();
        sam.open("/s/grid/continue").expect_at(FIRST);
        assert_eq!(asked(&sam), rows(1..=5));
        sam.continue_().expect_at(SECOND);
        assert!(sam.form.contains(&("support.r6".into(), "yes".into())), "{:?}", sam.form);
        sam.continue_().expect_at(THIRD).expect("much too long a text").answer("why", "Because").continue_().expect_at(END);
        sam.continue_().expect_at("/s/grid/check").continue_().expect("Answers sent");
        let stored = app.only_answers("grid");
        assert_eq!(stored["answers"]["support"].as_object().unwrap().len(), 6);
    }

    fn a_draft_that_was_begun_on_one_long_page_goes_on_in_its_parts(db) {
        let app = TestApp::start(db).with_definition(&grid(|question| question["required"] = json!(false)));
        let mut sam = app.respondent("grid");
        let key = app.store.read(|conn| draft::all(conn, "grid")).unwrap()[0].key.clone();
        let typed = json!([["name", "Sam"], ["support.r1", "yes"], ["support.r7", "no"], ["why", "Because"]]);
        let old = json!({"answers": {"support": {"r1": "no", "r2": "no"}}, "typed": {"rate": typed}, "done": [], "seed": "s"});
        app.store.write(|conn| draft::save(conn, "grid", &key, &old.to_string(), "2026-11-22")).unwrap();
        let holds = |sam: &Person, name: &str, value: &str| sam.form.contains(&(name.to_string(), value.to_string()));
        sam.open(FIRST);
        assert!(holds(&sam, "support.r1", "yes") && holds(&sam, "name", "Sam"), "{:?}", sam.form);
        sam.continue_().expect_at(SECOND);
        assert!(holds(&sam, "support.r7", "no"), "{:?}", sam.form);
        sam.continue_().expect_at(THIRD);
        assert!(holds(&sam, "why", "Because"), "{:?}", sam.form);
    }

    fn answers_that_were_sent_are_changed_part_by_part(db) {
        let app = TestApp::start(db).with_definition(&grid(|_| ()));
        let mut sam = app.respondent("grid");
        for path in [FIRST, SECOND, THIRD] {
            sam.expect_at(path);
            rate(&mut sam, "yes");
            sam.continue_();
        }
        sam.continue_().continue_().expect("Answers sent").continue_().expect_at("/s/grid/check");
        sam.open("/s/grid/page/rate/3?from=check").answer("support.r14", "no").continue_().expect_at("/s/grid/check");
        sam.continue_().expect("Answers sent");
        let answers = app.only_answers("grid");
        assert_eq!((&answers["answers"]["support"]["r14"], &answers["answers"]["support"]["r1"]), (&json!("no"), &json!("yes")));
    }
}

/// Two sections that anyone can begin with, one that depends on the first, and a closing page.
fn sections() -> String {
    let yes = json!([{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]);
    let page = |id: &str, section: &str, more: Value| {
        let mut page = json!({"id": id, "section": section, "questions": [
            {"id": format!("q_{id}"), "type": "single", "text": format!("Question {id}?"), "required": true, "options": yes}]});
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        page
    };
    json!({"format": 1, "id": "tasks", "title": "Tasks", "overview": true, "pages": [
        page("a", "You", json!({})), page("b", "You", json!({})),
        page("c", "The town", json!({})),
        page("d", "More", json!({"show_if": "q_b == 'yes'"})), page("e", "More", json!({}))],
        "translations": {"cy": {"c.section": {"text": "Y dref"}}}})
    .to_string()
}

fn statuses(person: &Person) -> Vec<String> {
    let list = form::between(&person.page.body, "<ul class=\"nhsuk-task-list\">", "</ul>").unwrap();
    let statuses = list
        .split(" id=\"task-list-")
        .skip(1)
        .map(|rest| rest.split_once('>').unwrap().1.split("</div>").next().unwrap());
    statuses
        .map(|text| {
            text.replace("<strong class=\"nhsuk-tag nhsuk-tag--blue\">", "").replace("</strong>", "").trim().to_string()
        })
        .collect()
}

each_db! {
    fn sections_are_answered_in_the_order_that_people_like(db) {
        let app = TestApp::start(db).with_definition(&sections());
        let mut sam = app.respondent("tasks");
        let overview = "/s/tasks/overview";
        sam.expect_at(overview).expect("Sections completed: 0 of 3.");
        assert_eq!(statuses(&sam), ["Not started yet", "Not started yet", "Cannot start yet"]);
        assert!(!form::links(&sam.page.body).iter().any(|link| link.contains("/page/d") || link.contains("/page/e") || link.ends_with("/check")));
        sam.open("/s/tasks/page/e").expect_at(overview).open("/s/tasks/page/b").expect_at(overview).open("/s/tasks/check").expect_at(overview);
        sam.open("/s/tasks/page/c").expect_at("/s/tasks/page/c").expect("See all sections").back().expect_at(overview);
        sam.open("/s/tasks/page/c").answer("q_c", "no").continue_().expect_at(overview).expect("Sections completed: 1 of 3.");
        assert_eq!(statuses(&sam), ["Not started yet", "Completed", "Cannot start yet"]);
        sam.open("/s/tasks/page/a").answer("q_a", "no").continue_().expect_at("/s/tasks/page/b").back().expect_at("/s/tasks/page/a");
        sam.open(overview);
        assert_eq!(statuses(&sam), ["Incomplete", "Completed", "Cannot start yet"]);
        sam.open("/s/tasks/continue").expect_at(overview).open("/s/tasks/page/b").answer("q_b", "yes").continue_().expect_at(overview);
        assert_eq!(statuses(&sam), ["Completed", "Completed", "Not started yet"]);
        sam.open("/s/tasks/page/d").answer("q_d", "no").continue_().expect_at("/s/tasks/page/e").answer("q_e", "no").continue_();
        sam.expect_at(overview);
        assert_eq!(statuses(&sam), ["Completed"; 3]);
        let guard = sam.open("/s/tasks/check").expect_at("/s/tasks/check").form.clone();
        assert!(!guard.is_empty());
        sam.continue_().expect("Answers sent");
        assert_eq!(app.only_answers("tasks")["answers"]["q_d"], "no");
    }

    fn a_section_that_comes_to_ask_more_is_open_again(db) {
        let app = TestApp::start(db).with_definition(&sections());
        let mut sam = app.respondent("tasks");
        for (page, value) in [("a", "no"), ("b", "no"), ("c", "no"), ("e", "no")] {
            sam.open(&format!("/s/tasks/page/{page}")).expect_at(&format!("/s/tasks/page/{page}"));
            sam.answer(&format!("q_{page}"), value).continue_();
        }
        sam.open("/s/tasks/check").expect_at("/s/tasks/check");
        sam.open("/s/tasks/page/b?from=check").answer("q_b", "yes").continue_().expect_at("/s/tasks/overview");
        assert_eq!(statuses(&sam), ["Completed", "Completed", "Incomplete"]);
        sam.open("/s/tasks/check").expect_at("/s/tasks/overview").open("/s/tasks/page/e").expect_at("/s/tasks/overview");
        sam.open("/s/tasks/page/d").answer("q_d", "no").continue_().expect_at("/s/tasks/page/e").continue_().expect_at("/s/tasks/overview");
        sam.expect("Check your answers");
    }

    fn the_overview_speaks_the_language_of_the_page(db) {
        let app = TestApp::start(db).with_definition(&sections());
        let mut sam = app.visitor();
        sam.open("/s/tasks?lang=cy").continue_().expect_at("/s/tasks/overview").expect("Y dref").expect("Heb ei dechrau eto");
        sam.open("/s/tasks/page/c").answer("q_c", "no").continue_();
        sam.expect(">English</button>").press("language:en").expect_at("/s/tasks/overview");
        sam.expect("The town").expect("Sections completed: 1 of 3.");
        sam.press("language:cy").expect_at("/s/tasks/overview").expect("Y dref");
        // Another site that guesses the form changes nothing.
        let mut forged = sam.form.clone();
        forged.retain(|(name, _)| name != "_csrf");
        forged.push(("_then".to_string(), "language:en".to_string()));
        assert_eq!(sam.post("/s/tasks/overview", &forged).status, 403);
        sam.open("/s/tasks/overview").expect("Y dref");
        assert_eq!(app.visitor().post("/s/tasks/overview", &forged).status, 404);
    }

    fn a_page_says_its_number_once_it_is_settled(db) {
        let survey = json!({"format": 1, "id": "steps", "title": "Steps", "pages": [
            {"id": "a", "questions": [{"id": "qa", "type": "single", "text": "A?", "options": [{"id": "y", "label": "Y"}, {"id": "n", "label": "N"}]}]},
            {"id": "b", "show_if": "qa == 'y'", "questions": [{"id": "qb", "type": "text", "text": "B?"}]},
            {"id": "c", "questions": [{"id": "qc", "type": "text", "text": "C?"}]}], "translations": {"cy": {"title": {"text": "Camau"}}}});
        let app = TestApp::start(db).with_definition(&survey.to_string());
        let mut sam = app.respondent("steps");
        assert!(!sam.page.body.contains("canvass-progress"), "two or three");
        sam.answer("qa", "y").continue_().expect("Page 2 of 3</p>").continue_().expect("Page 3 of 3</p>");
        let mut kim = app.visitor();
        kim.open("/s/steps?lang=cy").continue_().continue_().expect("Tudalen 2 o 2</p>");
    }
}
