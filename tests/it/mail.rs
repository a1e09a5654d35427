//! Mail that people ask for: the link to come back, and the copy of what they sent. Nothing of it is kept.

#![cfg(test)]

use canvass::service::publish;
use canvass::service::time::Moment;
use canvass::web::Site;
use serde_json::json;

use crate::app::{Person, TestApp};
use crate::db::{Db, each_db};
use crate::smtp::{Mail, Sink, Step, Trouble};

const GALLERY: &str = "item-gallery";
const SAVED: &str = "/s/item-gallery/saved";
const SENT: &str = "/s/item-gallery/sent";
const ADDRESS: &str = "sam.mailbox@example.org";

fn start<'a>(db: &'a Db, sink: &Sink) -> TestApp<'a> {
    TestApp::start_with(db, Site::new("https://consult.example.org").with_mail(Some(sink.mailer())))
}

/// Someone on the page with the link to come back.
fn saved(app: &TestApp<'_>) -> Person {
    let mut sam = app.respondent(GALLERY);
    sam.answer_gallery_page().continue_().save_for_later().expect_at(SAVED);
    sam
}

/// Someone on the receipt.
fn sent(app: &TestApp<'_>) -> Person {
    let mut sam = app.respondent(GALLERY);
    sam.answer_gallery().continue_().expect_at(SENT);
    sam
}

/// Asks for mail on the page that is shown, by the last of its forms with a field for an address.
fn ask(person: &mut Person, address: &str) {
    let at = person.at.split('?').next().unwrap().to_string();
    let guard = person.form.iter().find(|(name, _)| name == "_csrf").unwrap().1.clone();
    let form = [("_csrf".to_string(), guard), ("email".to_string(), address.to_string())];
    person.post_to(&at, &form);
}

/// The line of a text that is an address.
fn link_in(mail: &Mail) -> String {
    let body = mail.body();
    let links: Vec<&str> = body.lines().filter(|line| line.starts_with("https://")).collect();
    assert_eq!(links.len(), 1, "{body}");
    links[0].to_string()
}

each_db! {
    fn a_title_that_turns_its_direction_or_its_lines_is_mailed_on_one_line(db) {
        let sink = Sink::start();
        let mut gallery: serde_json::Value = serde_json::from_str(crate::check::GALLERY).unwrap();
        gallery["title"] = json!("\u{2067}Town\u{2069} and\u{2028}\u{202e}country");
        let app = start(db, &sink).with_definition(&gallery.to_string());
        ask(&mut saved(&app), ADDRESS);
        assert_eq!(sink.only().header("subject").unwrap(), "Your link: Town and country");
        assert!(sink.only().body().starts_with("Town and country"), "{}", sink.only().body());
    }

    fn the_link_to_come_back_comes_by_mail_and_the_address_is_forgotten(db) {
        let sink = Sink::start();
        let mut gallery: serde_json::Value = serde_json::from_str(crate::check::GALLERY).unwrap();
        gallery["window"] = json!({"opens": "2026-01-05T09:00", "closes": "2099-06-30T17:00", "timezone": "Europe/London"});
        let app = start(db, &sink).with_definition(&gallery.to_string());
        let mut sam = saved(&app);
        sam.expect("do not keep your email address");
        ask(&mut sam, &format!("  {ADDRESS} "));
        sam.expect_at("/s/item-gallery/saved?mailed=yes").expect("has been sent by email");
        let mail = sink.only();
        assert_eq!(mail.to, [ADDRESS]);
        assert_eq!(mail.header("subject").unwrap(), "Your link: One of each item type");
        assert!(mail.body().contains("30 June 2099 at 17:00 (Europe/London)"), "{}", mail.body());
        assert!(!app.everything().contains("sam.mailbox"), "{}", app.everything());
        let link = link_in(&mail);
        let mut elsewhere = app.visitor();
        elsewhere.open(link.strip_prefix("https://consult.example.org").unwrap()).expect_at("/s/item-gallery/page/choices");
        assert_eq!(elsewhere.cookie("canvass-item-gallery"), sam.cookie("canvass-item-gallery"));
    }

    fn a_copy_comes_by_mail_without_contact_details_and_without_the_reference(db) {
        let sink = Sink::start();
        let app = start(db, &sink).with_survey(GALLERY);
        let mut sam = sent(&app);
        let receipt = sam.receipt();
        ask(&mut sam, ADDRESS);
        sam.expect_at("/s/item-gallery/sent?mailed=yes").expect("has been sent by email");
        let mail = sink.only();
        let file = sam.request("GET", "/s/item-gallery/copy.txt", None).body;
        assert!(mail.body().contains(file.trim_end()), "{}", mail.body());
        assert_eq!(mail.header("subject").unwrap(), "Your answers: One of each item type");
        assert!(!mail.source.contains("sam@example.org") && !mail.body().contains(&receipt), "{mail:?}");
        assert!(!app.everything().contains("sam.mailbox"));
        // After the close too; what is withdrawn has no copy.
        publish::close(&app.library, GALLERY, Moment::now()).unwrap();
        sam.open(SENT);
        let guard = canvass::response::code::Token::read(sam.cookie("canvass-item-gallery").unwrap()).unwrap().form_guard();
        sam.post_to(SENT, &[("_csrf".to_string(), guard), ("email".to_string(), ADDRESS.to_string())]);
        assert_eq!(sink.mails().len(), 2);
    }

    fn a_mail_that_fails_is_told_and_the_link_stays_where_it_was(db) {
        let sink = Sink::start();
        let app = start(db, &sink).with_survey(GALLERY);
        let mut sam = saved(&app);
        let secret = sam.cookie("canvass-item-gallery").unwrap().to_string();
        for trouble in [Trouble::Refuses(550), Trouble::Hangs] {
            sink.has(Some((Step::Rcpt, trouble)));
            ask(&mut sam, ADDRESS);
            sam.expect_status(503).expect("The email could not be sent").expect(ADDRESS).expect(&secret);
            sam.expect("<title>Error: Your answers are saved");
        }
        sink.has(None);
        ask(&mut sam, ADDRESS);
        assert_eq!(sink.only().to, [ADDRESS]);
        let mut eve = sent(&app);
        sink.has(Some((Step::Greeting, Trouble::Refuses(554))));
        ask(&mut eve, ADDRESS);
        eve.expect_status(503).expect("Answers sent").expect("save the copy yourself").expect(ADDRESS);
    }

    fn what_is_no_address_is_told_and_nothing_is_sent(db) {
        let sink = Sink::start();
        let app = start(db, &sink).with_survey(GALLERY);
        let mut sam = saved(&app);
        ask(&mut sam, "");
        sam.expect_status(422).expect("Enter your email address</a>");
        for typed in [
            "nobody",
            "sam@example.org, eve@example.org",
            "sam@example.org\r\nBcc: eve@example.org",
            "sam@example.org\u{2028}eve@example.org",
            "sam%0d%0a@example.org",
            "<script>@example.org",
        ] {
            ask(&mut sam, typed);
            sam.expect_status(422).expect("in the correct format").expect("Your link");
            assert!(!sam.page.body.contains("<script>@"), "{}", sam.page.body);
        }
        assert!(sink.heard().is_empty(), "{:?}", sink.heard());
        let mut eve = app.visitor();
        eve.take_cookies_of(&sam);
        assert_eq!(eve.post(SAVED, &[("email".to_string(), ADDRESS.to_string())]).status, 403, "without the guard");
        assert_eq!(app.visitor().post(SAVED, &[("email".to_string(), ADDRESS.to_string())]).status, 404);
    }

    fn three_mails_an_hour_are_enough(db) {
        let sink = Sink::start();
        let app = start(db, &sink).with_survey(GALLERY);
        let (mut sam, mut eve) = (saved(&app), saved(&app));
        for _ in 0..3 {
            ask(&mut sam, ADDRESS);
            sam.expect("has been sent by email");
        }
        ask(&mut sam, ADDRESS);
        sam.expect_status(429).expect("Try again in an hour").expect(ADDRESS);
        assert_eq!(sink.mails().len(), 3);
        ask(&mut eve, ADDRESS);
        eve.expect("has been sent by email");
    }

    fn where_no_mail_is_sent_no_page_speaks_of_it(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        for mut person in [saved(&app), sent(&app)] {
            let body = person.page.body.clone();
            assert!(!body.contains("mail"), "{body}");
            let (at, guard) = (person.at.clone(), person.cookie("canvass-item-gallery").unwrap().to_string());
            let guard = canvass::response::code::Token::read(&guard).unwrap().form_guard();
            let form = [("_csrf".to_string(), guard), ("email".to_string(), ADDRESS.to_string())];
            assert_eq!(person.post(&at, &form).status, 404);
        }
    }

    fn mail_is_in_the_language_of_the_page(db) {
        let sink = Sink::start();
        let app = start(db, &sink).with_survey("digital-ready-workforce");
        let mut sam = app.visitor();
        sam.open("/s/digital-ready-workforce?lang=cy").continue_().save_for_later();
        ask(&mut sam, ADDRESS);
        sam.expect("Mae&#x27;r ddolen wedi&#x27;i hanfon drwy e-bost");
        let mail = sink.only();
        assert!(mail.header("subject").unwrap().starts_with("Eich dolen: "), "{mail:?}");
        assert!(mail.body().contains("Gofynnoch am ddolen") && !mail.body().contains("Your"), "{}", mail.body());
        assert!(link_in(&mail).starts_with("https://consult.example.org/s/digital-ready-workforce/resume/"));
    }
}
