//! After sending: the copy, changing and withdrawing, in the same browser or by the reference on another device.

#![cfg(test)]

use canvass::response::code::Receipt;
use canvass::service::time::Moment;
use canvass::service::{after, export, publish, report, sweep};
use canvass::vocabulary::Words;
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::db::each_db;

const GALLERY: &str = "item-gallery";

fn sent(app: &TestApp<'_>) -> Person {
    let mut sam = app.respondent(GALLERY);
    sam.answer_gallery().continue_().expect("Answers sent");
    sam
}

/// Someone on another device who has only the reference.
fn elsewhere(app: &TestApp<'_>, receipt: &str) -> Person {
    let mut sam = app.visitor();
    sam.open("/s/item-gallery/resume")
        .answer("code", receipt)
        .continue_()
        .expect_at("/s/item-gallery/sent")
        .expect(receipt);
    sam
}

each_db! {
    fn a_copy_shows_what_was_sent_and_nothing_of_the_contact(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = sent(&app);
        let today = Words::of("en").day(Moment::now().date());
        sam.open("/s/item-gallery/copy").expect_status(200).expect(&format!("Sent on {today}.")).expect("__value\">Red</dd>").expect("And loud.");
        assert!(!sam.page.body.contains("sam@example.org") && !sam.page.body.contains("Change"), "{}", sam.page.body);
        let file = sam.request("GET", "/s/item-gallery/copy.txt", None);
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"item-gallery.txt\""));
        assert_eq!(file.header("content-type"), Some("text/plain; charset=utf-8"));
        assert!(file.body.contains("\r\n\r\nWhich colour do you like best?\r\n  Red\r\n"), "{}", file.body);
        assert!(file.body.contains("  Long.\r\n  And loud.\r\n") && !file.body.contains("sam@example.org"), "{}", file.body);
        let mut stranger = app.visitor();
        for page in ["copy", "copy.txt", "withdraw", "sent"] {
            stranger.open(&format!("/s/item-gallery/{page}")).expect_at("/s/item-gallery");
        }
    }

    fn answers_are_changed_with_the_reference_and_stay_one_response(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let receipt = sent(&app).receipt();
        let before = app.responses(GALLERY).remove(0);
        let mut sam = elsewhere(&app, &receipt);
        sam.continue_().expect_at("/s/item-gallery/check").expect("Red");
        assert!(!sam.page.body.contains("email"), "contact details are not asked again");
        sam.open("/s/item-gallery/page/choices?from=check").answer("colour", "green").continue_();
        assert_eq!(app.responses(GALLERY)[0], before, "nothing counts before it is sent");
        sam.expect_at("/s/item-gallery/check").continue_().expect_at("/s/item-gallery/sent").expect(&receipt);
        let after = app.responses(GALLERY);
        let changed = before.answers.replace("\"red\"", "\"green\"");
        assert_eq!((after.len(), &after[0].answers), (1, &changed));
        assert_eq!((&after[0].id, &after[0].submitted_on), (&before.id, &before.submitted_on));
        assert!(!app.everything().contains("amends"), "the changes leave no draft");
        // A second time, and in two tabs.
        sam.continue_().expect_at("/s/item-gallery/check");
        let mut tab = sam.clone();
        sam.continue_().expect("Answers sent");
        tab.continue_().expect("Answers sent").expect(&receipt);
        assert_eq!(app.responses(GALLERY).len(), 1);
        let mut csv = Vec::new();
        assert_eq!(export::responses_csv(&app.library, GALLERY, &mut csv, "x.csv").unwrap(), 1);
        let mut contacts = Vec::new();
        assert_eq!(export::contacts_csv(&app.library, GALLERY, &mut contacts, "x.csv").unwrap(), 1);
    }

    fn answers_are_withdrawn_for_good(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut first = app.respondent(GALLERY);
        first.answer_gallery();
        let sending = first.form.clone();
        first.continue_().expect("Answers sent");
        let receipt = first.receipt();
        sent(&app);
        let mut sam = elsewhere(&app, &receipt);
        sam.continue_().open("/s/item-gallery/page/choices?from=check").answer("colour", "green").continue_();
        sam.open("/s/item-gallery/continue");
        first.open("/s/item-gallery/withdraw").expect("This cannot be undone").continue_().expect("Your answers are withdrawn");
        assert_eq!(app.responses(GALLERY).len(), 1, "one is left");
        assert_eq!(first.post("/s/item-gallery/send", &sending).status, 303, "a late copy of the sending");
        first.open("/s/item-gallery/sent").expect("Your answers are withdrawn");
        sam.open("/s/item-gallery/continue").expect("Your answers are withdrawn");
        let everything = app.everything();
        assert_eq!(everything.matches("And loud.").count(), 1, "only the other's");
        let consultation = publish::list(&app.library).unwrap().remove(0);
        assert_eq!((consultation.completed, consultation.started), (1, 1));
        let report = report::build(&app.library, GALLERY, 7, &|_, _| {}).unwrap();
        assert_eq!((report.base.withdrawn, report.base.completed, report.base.started), (1, 1, 1));
        assert!(report.base.by_mode.iter().all(|mode| mode.mode == "open_link"), "{:?}", report.base);
        let mut csv = Vec::new();
        assert_eq!(export::responses_csv(&app.library, GALLERY, &mut csv, "x.csv").unwrap(), 1);
    }

    fn staff_erase_by_the_receipt_what_one_person_sent_also_after_the_close(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut first = app.respondent(GALLERY);
        first.answer_gallery();
        let sending = first.form.clone();
        first.continue_().expect("Answers sent");
        let receipt = Receipt::read(&first.receipt()).unwrap();
        let other = Receipt::read(&sent(&app).receipt()).unwrap();
        elsewhere(&app, &receipt.to_string()).continue_().expect_at("/s/item-gallery/check");
        let wrong = Receipt::read(&"7".repeat(26)).unwrap();
        let refused = after::erase(&app.library, GALLERY, &wrong).unwrap_err().to_string();
        assert!(refused.contains("no answers were sent to item-gallery under this receipt"), "{refused}");
        assert!(after::erase(&app.library, GALLERY, &receipt).unwrap());
        assert!(!after::erase(&app.library, GALLERY, &receipt).unwrap(), "it was done before");
        assert_eq!(app.everything().matches("And loud.").count(), 1, "only the other's");
        assert_eq!(first.post("/s/item-gallery/send", &sending).status, 303, "a late copy of the sending");
        first.open("/s/item-gallery/sent").expect("Your answers are withdrawn");
        publish::close(&app.library, GALLERY, Moment::now()).unwrap();
        assert!(after::erase(&app.library, GALLERY, &other).unwrap());
        assert_eq!(app.responses(GALLERY).len(), 0);
        assert!(!app.everything().contains("And loud."));
    }

    fn after_the_close_answers_can_be_read_and_no_longer_changed(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = sent(&app);
        let receipt = sam.receipt();
        let form = sam.form.clone();
        publish::close(&app.library, GALLERY, Moment::now()).unwrap();
        sam.open("/s/item-gallery/sent").expect(&receipt).open("/s/item-gallery/copy").expect("__value\">Red</dd>");
        assert!(!sam.page.body.contains("withdraw"));
        sam.open("/s/item-gallery/withdraw").expect_at("/s/item-gallery/sent");
        for path in ["amend", "withdraw"] {
            assert_eq!(sam.post(&format!("/s/item-gallery/{path}"), &form).status, 410, "{path}");
        }
        assert_eq!(app.responses(GALLERY).len(), 1);
    }

    fn nobody_changes_or_withdraws_without_the_form_of_the_page(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = sent(&app);
        for path in ["amend", "withdraw"] {
            assert_eq!(sam.post(&format!("/s/item-gallery/{path}"), &[]).status, 403, "{path}");
        }
    }

    fn changes_that_were_begun_and_not_sent_are_no_second_response(db) {
        let mut gallery: serde_json::Value = serde_json::from_str(crate::check::GALLERY).unwrap();
        gallery["unfinished"] = json!("keep");
        let app = TestApp::start(db).with_definition(&gallery.to_string());
        let mut sam = sent(&app);
        sam.continue_().expect_at("/s/item-gallery/check");
        publish::close(&app.library, GALLERY, Moment::now()).unwrap();
        assert_eq!(app.responses(GALLERY).len(), 1);
    }

    fn a_link_to_answers_that_are_gone_says_so_and_takes_a_code(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let begun = || {
            let mut sam = app.respondent(GALLERY);
            sam.answer_gallery_page().continue_().cookie("canvass-item-gallery").unwrap().to_string()
        };
        let secret = begun();
        let link = format!("/s/item-gallery/resume/{secret}");
        app.visitor().open(&link).expect_at("/s/item-gallery/page/choices");
        sweep::sweep(&app.library, Moment::now().plus(32 * 24 * 60 * 60)).unwrap();
        let mut late = app.visitor();
        late.open(&link).expect_status(404).expect("This link does not lead to your answers");
        late.expect("kept for 30 days after the last visit").expect("Go to the start of the consultation");
        assert!(!late.page.body.contains(&secret) && late.cookie("canvass-item-gallery").is_none());
        late.answer("code", "").continue_().expect_status(422).expect("Enter your code");
        late.open(&link).answer("code", &begun()).continue_().expect_at("/s/item-gallery/page/choices");
        // A link that was cut off says the same, and after the close it is the close that is told.
        let cut = format!("/s/item-gallery/resume/{}", secret.get(..20).unwrap());
        app.visitor().open(&cut).expect_status(404).expect("This link does not lead to your answers");
        publish::close(&app.library, GALLERY, Moment::now()).unwrap();
        app.visitor().open(&link).expect_status(410);
    }

    fn whoever_comes_after_someone_on_a_shared_device_finds_nothing_of_theirs(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery_page().continue_().save_for_later().expect("Finish on this shared device").expect("Keep the link or the code first");
        let secret = sam.cookie("canvass-item-gallery").unwrap().to_string();
        assert_eq!(sam.post("/s/item-gallery/leave", &[]).status, 403, "only by the form of the page");
        let form = sam.form.clone();
        let reply = sam.post("/s/item-gallery/leave", &form);
        assert!(reply.set_cookies().iter().all(|cookie| cookie.contains("Path=/s/item-gallery") && cookie.contains("Max-Age=0")), "{reply:?}");
        sam.post_to("/s/item-gallery/leave", &[]).expect_at("/s/item-gallery/left").expect("has forgotten your answers");
        let mut stranger = app.visitor();
        stranger.open("/s/item-gallery");
        assert_eq!(sam.open("/s/item-gallery").page.body, stranger.page.body);
        sam.open("/s/item-gallery/saved").expect_at("/s/item-gallery").open(&format!("/s/item-gallery/resume/{secret}")).expect_at("/s/item-gallery/page/choices");
        // The next one sends, and leaves the receipt behind.
        let mut eve = sent(&app);
        let receipt = eve.receipt();
        eve.open("/s/item-gallery").expect("Answers were sent from this browser").expect("See the receipt").expect("Start as someone else");
        eve.open("/s/item-gallery/sent").expect("Keep the reference first");
        let form = eve.form.clone();
        eve.post_to("/s/item-gallery/leave", &form).expect_at("/s/item-gallery/left");
        assert_eq!(eve.open("/s/item-gallery").page.body, stranger.page.body);
        elsewhere(&app, &receipt);
    }
}
