//! Nothing typed is lost: not on a shared browser, in two tabs, after a lost cookie, near the close or when copies come late.

#![cfg(test)]

use canvass::item::Fields;
use canvass::response::Post;
use canvass::response::code::Token;
use canvass::service::collect::{self, Posted, Progress, Wants};
use canvass::service::sweep::{Swept, sweep};
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, publish, wait};
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;

/// 2026-02-01T17:00Z.
const CLOSES: Moment = Moment(1_769_965_200);
const MINUTE: i64 = 60;

fn park(more: &serde_json::Value) -> String {
    let mut survey = json!({"format": 1, "id": "park", "title": "The park", "pages": [
        {"id": "use", "title": "Your visits", "questions": [
            {"id": "often", "type": "number", "text": "How often?", "required": true},
            {"id": "why", "type": "text", "text": "Why?"},
            {"id": "code", "type": "text", "text": "Which entrance?"}]},
        {"id": "wish", "questions": [{"id": "then", "type": "text", "text": "What then?"}]}]});
    survey.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    survey.to_string()
}

fn windowed(unfinished: &str) -> String {
    park(&json!({"unfinished": unfinished, "window": {"opens": "2026-01-01T09:00", "closes": "2026-02-01T17:00",
        "timezone": "Europe/London", "grace_minutes": 30}}))
}

fn post(
    library: &Library,
    token: &Token,
    page: &str,
    fields: &[(&str, &str)],
    now: Moment,
) -> Result<(), ServiceError> {
    let fields = Fields(fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
    let post = Post { fields, ..Post::default() };
    let posted = Posted { at: &page.into(), post: &post, version: None, wants: Wants::Continue };
    wait(collect::save_page(library, "park", token, &posted, now)).map(|_| ())
}

/// What was typed on the page that a person sees.
fn typed(person: &Person) -> Vec<(String, String)> {
    form::answers(&person.form).into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_string(), value.to_string())
}

each_db! {
    fn who_begins_again_goes_on_with_what_was_begun_unless_it_is_someone_else(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        sam.answer("often", "2").answer("why", "To run").continue_().expect_at("/s/park/page/wish");
        let code = Token::read(sam.cookie("canvass-park").unwrap()).unwrap().grouped();
        let cookie = sam.cookie("canvass-park").unwrap().to_string();
        let begin = [pair("_csrf", "start")];
        assert_eq!(sam.post("/s/park/start", &begin).status, 303);
        assert_eq!(sam.cookie("canvass-park"), Some(cookie.as_str()), "a second press of “Start now” starts nothing");

        sam.open("/s/park").expect("Continue from where you stopped").expect(&code).continue_().expect_at("/s/park/page/use");
        assert_eq!(typed(&sam), [], "someone else sees nothing of it");
        assert_ne!(sam.cookie("canvass-park"), Some(cookie.as_str()));

        let mut later = app.visitor();
        later.open("/s/park/resume").answer("code", &format!(" {} ", code.to_lowercase().replace('-', " "))).continue_();
        later.expect_at("/s/park/page/wish").continue_().continue_().expect("Answers sent");
        later.open("/s/park").expect("Answers were sent from this browser").expect("See the receipt");
        assert_eq!(later.post("/s/park/start", &begin).header("location"), Some("/s/park/continue"));
        later.open("/s/park/continue").expect_at("/s/park/sent");
    }

    fn a_code_that_leads_nowhere_says_why_and_stays_in_its_field(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.visitor();
        for (code, says) in [
            ("  ", "Enter your code"),
            ("7KQ2M", "Enter the code as it was shown: 26 letters and digits, in groups like 7KQ2M"),
            ("7KQ2M-7KQ2M-7KQ2M-7KQ2M-7KQ2M7", "There are no answers under this code"),
        ] {
            sam.open("/s/park/resume").answer("code", code).continue_().expect_status(422).expect(says);
            sam.expect("<title>Error: Come back to your answers").expect("href=\"#code\"");
            assert_eq!(form::answers(&sam.form), [pair("code", code)]);
            assert_eq!(sam.cookie("canvass-park"), None);
        }
    }

    fn what_is_posted_for_other_answers_comes_back_and_can_be_saved(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut first = app.visitor();
        first.open("/s/park");
        let mut second = first.clone();
        first.continue_().answer("often", "3").answer("why", "A <b>walk</b>").answer("code", "North");
        // The other tab starts too; both share their cookies.
        second.continue_();
        first.take_cookies_of(&second).continue_().expect_status(403).expect("What you typed").expect("A &lt;b&gt;walk&lt;/b&gt;");
        first.expect("How often?").expect("Which entrance?").continue_().expect_at("/s/park/page/wish");
        first.back();
        assert_eq!(typed(&first), [pair("often", "3"), pair("why", "A <b>walk</b>"), pair("code", "North")]);
    }

    fn who_lost_the_cookie_saves_with_the_code(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        let cookie = sam.cookie("canvass-park").unwrap().to_string();
        sam.answer("often", "3").answer("why", "Ducks");
        sam.forget_cookies().continue_().expect_status(404).expect("Ducks").answer("_code", "wrong").continue_();
        sam.expect_status(404).expect("Ducks").answer("_code", &cookie).continue_().expect_at("/s/park/page/wish").back();
        assert_eq!(typed(&sam), [pair("often", "3"), pair("why", "Ducks")]);
        assert_eq!(sam.cookie("canvass-park"), Some(cookie.as_str()));
    }

    fn what_arrives_after_the_close_is_shown_and_not_saved(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        sam.answer("often", "3").answer("why", "Ducks");
        publish::close(&app.library, "park", Moment::now()).unwrap();
        sam.continue_().expect_status(410).expect("Ducks").expect("This consultation is closed");
        assert!(!sam.page.body.contains("<form"), "nothing can be saved any more");
        sam.open("/s/park/continue").expect_status(410);
        let keep = sam.post("/s/park/page/use/keep", &[]);
        assert_ne!(keep.status, 204);
    }

    fn a_page_left_half_done_is_where_one_comes_back_to(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        sam.answer("why", "Half a sen").save_for_later().expect_at("/s/park/saved").open("/s/park/continue");
        sam.expect_at("/s/park/page/use");
        assert_eq!(typed(&sam), [pair("why", "Half a sen")]);
        sam.continue_().expect_status(422);
    }

    fn a_script_keeps_what_is_typed_and_never_overtakes_it(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        let keep = |sam: &mut Person, number: &str, why: &str| {
            let mut form: Vec<_> = sam.form.iter().filter(|(name, _)| name != "why" && name != "_number").cloned().collect();
            form.extend([pair("_number", number), pair("why", why)]);
            sam.post("/s/park/page/use/keep", &form).status
        };
        assert_eq!(keep(&mut sam, "2", "To run"), 204);
        assert_eq!(keep(&mut sam, "1", "To"), 204, "a late one is taken quietly");
        let mut reloaded = sam.clone();
        reloaded.open("/s/park/continue").expect_at("/s/park/page/use");
        assert_eq!(typed(&reloaded), [pair("why", "To run")]);
        sam.form.push(pair("_number", "3"));
        sam.answer("often", "1").answer("why", "To run far").continue_().expect_at("/s/park/page/wish");
        assert_eq!(keep(&mut reloaded.clone(), "1", "Changed"), 204, "typed on a later making of the page");
        reloaded.open("/s/park/check").expect_at("/s/park/page/use");
        assert_eq!(typed(&reloaded), [pair("why", "Changed")]);
        let mut guard_missing = sam.clone();
        assert_eq!(guard_missing.post("/s/park/page/use/keep", &[pair("why", "x")]).status, 403);
    }

    fn late_copies_of_a_page_change_nothing(db) {
        let app = TestApp::start(db).with_definition(&park(&json!({})));
        let mut sam = app.respondent("park");
        let mut tab = sam.clone();
        tab.open("/s/park/page/use");
        sam.answer("often", "1").answer("why", "first");
        let first = sam.form.clone();
        sam.continue_();
        tab.answer("often", "2").answer("why", "second").continue_();
        for _ in 0..3 {
            assert_eq!(sam.post("/s/park/page/use", &first).status, 303);
        }
        sam.open("/s/park/page/use");
        assert_eq!(typed(&sam), [pair("often", "2"), pair("why", "second")]);
        sam.continue_().answer("then", "home").continue_().continue_().expect("Answers sent");
        assert_eq!(sam.post("/s/park/page/use", &first).header("location"), Some("/s/park/sent"));
        assert_eq!(app.only_answers("park"), json!({"answers": {"often": "2", "then": "home", "why": "second"}, "missing": {"code": "skipped"}}));
    }

    fn what_was_begun_before_the_close_can_be_finished_for_a_while(db) {
        let library = Library::new(db.store());
        publish::publish(&library, "park.json", &windowed("discard"), CLOSES.plus(-60 * MINUTE)).unwrap();
        let token = wait(collect::start(&library, "park", None, CLOSES.plus(-1))).unwrap();
        let idle = wait(collect::start(&library, "park", None, CLOSES.plus(-1))).unwrap();
        assert!(matches!(wait(collect::start(&library, "park", None, CLOSES)), Err(ServiceError::Closed)));
        post(&library, &token, "use", &[("often", "1")], CLOSES.plus(29 * MINUTE)).unwrap();
        post(&library, &token, "wish", &[], CLOSES.plus(30 * MINUTE - 1)).unwrap();
        assert_eq!(sweep(&library, CLOSES.plus(30 * MINUTE - 1)).unwrap(), Swept::default());
        wait(collect::send(&library, "park", &token, None, CLOSES.plus(30 * MINUTE - 1))).unwrap();
        let late = CLOSES.plus(30 * MINUTE);
        assert!(matches!(post(&library, &idle, "use", &[("often", "1")], late), Err(ServiceError::Closed)));
        assert!(matches!(wait(collect::resume(&library, "park", &idle, late)), Err(ServiceError::Closed)));
        assert_eq!(sweep(&library, late).unwrap(), Swept { closed: vec!["park".into()], drafts: 0, ..Swept::default() });
        assert_eq!(sweep(&library, late).unwrap(), Swept::default(), "once is enough");
        assert_eq!(wait(collect::progress(&library, "park", &idle)).unwrap(), Progress::None);
        assert_eq!(wait(collect::progress(&library, "park", &token)).unwrap(), Progress::Sent);
        assert!(matches!(wait(collect::resume(&library, "park", &idle, late)), Err(ServiceError::Closed)), "not: unknown");
    }

    fn a_window_that_ends_keeps_the_unfinished_where_it_says_so(db) {
        let app = TestApp::start(db).with_definition(&windowed("keep"));
        let token = wait(collect::start(&app.library, "park", None, CLOSES.plus(-1))).unwrap();
        post(&app.library, &token, "use", &[("often", "1")], CLOSES).unwrap();
        let month = CLOSES.plus(31 * 24 * 60 * MINUTE);
        assert_eq!(sweep(&app.library, month).unwrap().closed, ["park"]);
        assert_eq!(app.responses("park").len(), 1);
    }

    fn drafts_that_nobody_comes_back_to_are_deleted(db) {
        let library = Library::new(db.store());
        publish::publish(&library, "park.json", &park(&json!({})), CLOSES).unwrap();
        let token = wait(collect::start(&library, "park", None, CLOSES)).unwrap();
        let day = 24 * 60 * MINUTE;
        post(&library, &token, "use", &[("often", "1")], CLOSES.plus(2 * day)).unwrap();
        assert_eq!(sweep(&library, CLOSES.plus(32 * day)).unwrap().drafts, 0);
        assert_eq!(sweep(&library, CLOSES.plus(33 * day)).unwrap().drafts, 1);
        assert_eq!(wait(collect::progress(&library, "park", &token)).unwrap(), Progress::None);
    }
}
