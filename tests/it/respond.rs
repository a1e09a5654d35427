//! A consultation answered from the start page to the receipt, by posting forms only.

#![cfg(test)]

use canvass::service::publish;
use canvass::store::contact;

use crate::app::{Person, TestApp};
use crate::db::each_db;
use crate::form;

const GALLERY: &str = "item-gallery";

fn contacts(app: &TestApp, survey: &str) -> Vec<String> {
    let all = app.store.read(|conn| contact::all(conn, survey)).unwrap();
    all.into_iter().map(|contact| contact.details).collect()
}

/// Every link of the error summary leads to a field of the page, and its text stands at that field too.
fn expect_faults(person: &mut Person, messages: &[&str]) {
    person.expect_status(422).expect("<title>Error: ").expect("There is a problem");
    let html = person.page.body.clone();
    let summary = form::summary(&html);
    let said: Vec<&str> = summary.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(said, messages);
    let after_summary = form::unescape(html.split_once("</ul>").unwrap().1);
    for (href, text) in &summary {
        assert!(form::field_ids(&html).contains(&href[1..]), "{href} is no field of {}", person.at);
        assert!(after_summary.contains(text), "“{text}” stands at no field");
    }
    for described in html.split("aria-describedby=\"").skip(1) {
        for id in described.split('"').next().unwrap().split(' ') {
            assert!(form::ids(&html).contains(id), "aria-describedby names {id}, which is not there");
        }
    }
}

each_db! {
    fn a_whole_consultation_is_answered_and_found_in_responses(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.expect_at("/s/item-gallery/page/welcome");
        sam.answer_gallery();
        for given in ["Red", "April to June", "Tea", "Water", "Sam", "And loud.", "7.5 years", "27 March 2019",
            "Free tea for everyone: Agree", "1. Safe places for bicycles", "Hot food at night: 6 points", "sam@example.org"] {
            sam.expect(given);
        }
        assert!(app.responses(GALLERY).is_empty(), "nothing is sent before the last button");
        sam.continue_().expect_at("/s/item-gallery/sent").expect_status(200).expect("Answers sent");
        assert!(app.has_receipt(GALLERY, &sam.receipt()));

        let answers = app.only_answers(GALLERY).to_string();
        for part in ["red", "q2", "Long.\\nAnd loud.", "7.5", "2019-03-27", "sugar"] {
            assert!(answers.contains(part), "{part} is not in {answers}");
        }
        assert!(!answers.contains("sam@example.org"), "contact details lie apart");
        assert_eq!(contacts(&app, GALLERY), [r#"{"email":"sam@example.org"}"#]);
        let mut csv = Vec::new();
        canvass::service::export::responses_csv(&app.library, GALLERY, &mut csv, "responses.csv").unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.contains("And loud.") && !csv.contains("sam@example.org"), "{csv}");
    }

    fn every_fault_is_linked_to_its_field_and_nothing_typed_is_lost(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.continue_();
        expect_faults(&mut sam, &["Select the box if you agree: “I agree to try this out”"]);
        sam.answer_gallery_page().continue_();

        sam.answer("colour", "other").answer("colour.other.other", "  ").tick("drinks", "none").tick("drinks", "tea")
            .answer("drinks.other.juice", "pear").continue_();
        expect_faults(&mut sam, &["Enter what you mean by “Another one”", "Select “Tea” or select “None of these”, not both"]);
        let kept = sam.form.clone();
        assert!(kept.contains(&("colour.other.other".into(), "  ".into())), "{kept:?}");
        assert!(kept.contains(&("drinks.other.juice".into(), "pear".into())), "{kept:?}");
        sam.open("/s/item-gallery/page/choices");
        assert_eq!(form::answers(&sam.form), form::answers(&kept), "after coming back");
        sam.clear("drinks").tick("drinks", "tea").answer("colour.other.other", "Mauve").continue_();

        let long = "é".repeat(41);
        sam.expect_at("/s/item-gallery/page/typed").answer("nickname", &long).answer("years", "about 7")
            .answer("since.day", "31").answer("since.month", "feb").answer("since.year", "2019").answer("story", "\r\nkept").continue_();
        expect_faults(&mut sam, &[
            "“What should we call you” must be 40 characters or less",
            "“How many years have you worked here” must be a number, like 10",
            "“When did you start” must be a real date",
        ]);
        let kept = sam.form.clone();
        for typed in [("nickname", long.as_str()), ("years", "about 7"), ("since.month", "feb"), ("story", "\r\nkept")] {
            assert!(kept.contains(&(typed.0.into(), typed.1.into())), "{typed:?} is lost: {kept:?}");
        }
        sam.back().expect_at("/s/item-gallery/page/choices");
        sam.continue_().expect_at("/s/item-gallery/page/typed");
        assert_eq!(form::answers(&sam.form), form::answers(&kept), "after Back and forth");

        sam.save_for_later().expect_at("/s/item-gallery/saved");
        let link = form::between(&sam.page.body, "<a href=\"http://127.0.0.1/s/", "\"").unwrap();
        let link = format!("/s/{link}");
        let mut elsewhere = app.visitor();
        elsewhere.open(&link).expect_at("/s/item-gallery/page/typed");
        assert_eq!(form::answers(&elsewhere.form), form::answers(&kept), "on another device");
        elsewhere.answer("nickname", "Sam").answer("years", "61").answer("since.day", "").answer("since.month", "").continue_();
        expect_faults(&mut elsewhere, &[
            "“How many years have you worked here” must be 60 or less",
            "“When did you start” must include a day and a month",
        ]);
    }

    fn grids_rankings_and_points_say_what_is_wrong_with_which_row(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        for _ in 0..3 {
            sam.answer_gallery_page().continue_();
        }
        sam.answer("support.tea", "no").answer("order.tea", "1").answer("order.bikes", "1").answer("points.tea", "4")
            .answer("points.bikes", "7").continue_().expect_status(422);
        let faults = form::summary(&sam.page.body);
        let text = faults.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
        for part in ["Safe places for bicycles", "Hot food at night", "“Free tea for everyone” and “Safe places for bicycles” both have place 1", "1 too many"] {
            assert!(text.contains(part), "{part} is not said: {text}");
        }
        for (href, text) in &faults {
            assert!(form::field_ids(&sam.page.body).contains(&href[1..]), "{href} ({text}) is no field");
        }
        sam.answer("points.tea", "18446744073709551615").answer("points.bikes", "1").answer("points.nights", "-3").continue_().expect_status(422);
        sam.answer("points.tea", "10").answer("points.bikes", "").answer("points.nights", "0").clear("order.tea").answer("order.bikes", "")
            .answer("support.bikes", "no").answer("support.nights", "made-up").continue_().expect_status(422);
        sam.answer("support.nights", "yes").continue_().expect_status(200);
    }

    fn what_is_asked_follows_from_the_answers(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.open("/s/item-gallery/page/grids").expect_at("/s/item-gallery/page/welcome");
        sam.open("/s/item-gallery/check").expect_at("/s/item-gallery/page/welcome");
        let guard = ("_csrf".to_string(), form::fields(&sam.page.body)[0].1.clone());
        let forged = [guard.clone(), ("support.tea".to_string(), "yes".to_string())];
        assert_eq!(sam.post("/s/item-gallery/page/grids", &forged).header("location"), Some("/s/item-gallery/continue"));
        assert_eq!(sam.post("/s/item-gallery/send", &[guard]).header("location"), Some("/s/item-gallery/continue"));
        sam.answer_gallery().expect("Do you take sugar?");

        sam.open("/s/item-gallery/page/grids?from=check").answer("support.tea", "no").continue_();
        sam.expect_at("/s/item-gallery/check");
        assert!(!sam.page.body.contains("Do you take sugar?"), "a hidden question is not shown");
        sam.continue_().expect("Answers sent");
        let answers = app.only_answers(GALLERY);
        assert!(answers["answers"].get("sugar").is_none() && answers.get("sugar").is_none(), "{answers}");
    }

    fn someone_the_consultation_is_not_for_is_told_so(db) {
        let survey = "digital-ready-workforce";
        let app = TestApp::start(db).with_survey(survey);
        let mut sam = app.respondent(survey);
        sam.answer("agree", "yes").continue_().answer("informatician", "no").continue_();
        sam.expect_at("/s/digital-ready-workforce/end/not_for_you").expect("no more questions for you");
        let guard = sam.open("/s/digital-ready-workforce/page/identity").form.clone();
        sam.post("/s/digital-ready-workforce/send", &guard);
        assert!(app.responses(survey).is_empty());
        sam.answer("informatician", "yes").continue_().expect_at("/s/digital-ready-workforce/page/job");
        sam.answer("role", "doctor").answer("sector", "supplier").answer("region", "london").continue_();
        sam.expect_at("/s/digital-ready-workforce/page/rate").back().answer("sector", "acute").continue_();
        sam.expect_at("/s/digital-ready-workforce/page/pay");
    }

    fn change_goes_straight_back_to_the_answers(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery();
        let changes: Vec<String> = form::links(&sam.page.body).into_iter().filter(|link| link.contains("from=check")).collect();
        assert_eq!(changes.len(), 6, "{changes:?}");
        for change in changes {
            sam.open(&change).expect_status(200).continue_().expect_at("/s/item-gallery/check");
        }
        sam.open("/s/item-gallery/page/typed?from=check").answer("years", "many").continue_().expect_status(422);
        sam.answer("years", "12").continue_().expect_at("/s/item-gallery/check").expect("12 years");
    }

    fn an_optional_page_may_be_left_empty(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery_page().continue_().continue_().continue_();
        sam.answer("support.tea", "no").answer("support.bikes", "no").answer("support.nights", "no").continue_();
        sam.expect_at("/s/item-gallery/page/contact").answer("email", "not an address").continue_();
        expect_faults(&mut sam, &["Enter an email address in the correct format, like name@example.com"]);
        sam.answer("email", "").continue_().expect_at("/s/item-gallery/check").expect("Not provided");
        sam.continue_().expect("Answers sent");
        assert!(contacts(&app, GALLERY).is_empty());
    }

    fn sending_again_shows_the_same_receipt_and_stores_nothing(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery();
        let mut again = sam.clone();
        let receipt = sam.continue_().receipt();
        let stored = app.everything();
        assert_eq!(again.continue_().expect_at("/s/item-gallery/sent").receipt(), receipt);
        for page in ["check", "page/typed", "continue", "saved", "end/none"] {
            assert_eq!(sam.open(&format!("/s/item-gallery/{page}")).expect_at("/s/item-gallery/sent").receipt(), receipt);
        }
        let old_form = again.form.clone();
        assert_eq!(sam.post("/s/item-gallery/page/typed", &old_form).header("location"), Some("/s/item-gallery/sent"));
        assert_eq!(app.everything(), stored);
        assert_eq!(sam.open("/s/item-gallery").expect_status(200).page.status, 200);
    }

    fn twenty_sends_at_once_give_one_response(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery();
        let receipts: Vec<String> = std::thread::scope(|scope| {
            let sending: Vec<_> = (0..20).map(|_| {
                let mut one = sam.clone();
                scope.spawn(move || one.continue_().receipt())
            }).collect();
            sending.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
        app.only_answers(GALLERY);
        assert!(app.has_receipt(GALLERY, &receipts[0]));
        assert_eq!(contacts(&app, GALLERY).len(), 1, "contact details are kept once too");
    }

    fn a_closed_consultation_takes_nothing_and_says_so(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery_page();
        let mut late = app.respondent(GALLERY);
        late.answer_gallery();
        publish::close(&app.library, GALLERY, canvass::service::time::Moment::now()).unwrap();
        let stored = app.everything();
        sam.continue_().expect_status(410).expect("This consultation is closed");
        late.continue_().expect_status(410);
        app.visitor().open("/s/item-gallery").expect_status(200).expect("takes no more answers");
        let start = [("_csrf".to_string(), "start".to_string())];
        assert_eq!(app.visitor().post("/s/item-gallery/start", &start).status, 410);
        assert_eq!(app.everything(), stored);
    }

    fn the_language_chosen_at_the_start_stays(db) {
        let survey = "digital-ready-workforce";
        let app = TestApp::start(db).with_survey(survey);
        let mut sam = app.visitor();
        sam.open("/s/digital-ready-workforce").expect("Cymraeg");
        sam.open("/s/digital-ready-workforce?lang=cy").expect("<html lang=\"cy").expect("Adeiladu gweithlu").continue_();
        sam.expect("Cyn i chi ddechrau").expect("<html lang=\"cy");
        sam.continue_().expect_status(422).expect("<html lang=\"cy").expect("Cyn i chi ddechrau");
        sam.answer("agree", "yes").continue_().expect("galw eich hun yn wybodegydd");
        sam.answer("informatician", "partly").continue_().expect("Eich gwaith");
        app.visitor().open("/s/digital-ready-workforce?lang=xx").expect_status(200).expect("Building a digital");
    }

    fn an_address_that_leads_nowhere_says_what_to_do(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        for path in ["/nowhere", "/s/unknown", "/s/unknown/page/x", "/s/item-gallery/nowhere", "/s/item-gallery/resume/short",
            "/s/item-gallery/resume/00000000000000000000000000", "/s/%2e%2e/x", "/assets/other.css", "/s/item-gallery?lang=a&lang=b"] {
            let mut sam = app.visitor();
            sam.open(path);
            if path.contains("unknown/page") {
                // Without answers in progress everyone is led to the start.
                sam.expect_at("/s/unknown");
            }
            assert!(sam.page.status == 404 && sam.page.body.contains("<h1"), "{path}: {}\n{}", sam.page.status, sam.page.body);
            let says_next = ["Check the address", "Start again", "you can start again"].iter().any(|next| sam.page.body.contains(next));
            assert!(says_next, "{path} does not say what to do:\n{}", sam.page.body);
        }
        let mut sam = app.respondent(GALLERY);
        sam.open("/s/item-gallery/page/unknown").expect_at("/s/item-gallery/page/welcome");
        sam.open("/s/item-gallery/end/welcome").expect_status(404);
    }
}
