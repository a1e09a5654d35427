//! Help is in the same place on every page of a survey (WCAG 3.2.6): the same links in the foot, in the same order.

use crate::app::{Person, TestApp};
use crate::db::each_db;

const GALLERY: &str = "item-gallery";

/// What stands in the foot, link by link.
fn foot(sam: &Person) -> Vec<String> {
    let foot = sam.page.body.split("<footer").nth(1).unwrap_or_default();
    foot.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_string).collect()
}

each_db! {
    fn every_page_of_a_survey_has_the_same_foot(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let links = ["help", "privacy", "cookies", "accessibility"].map(|page| format!("/s/item-gallery/{page}"));
        let mut sam = app.visitor();
        for page in ["", "/resume", "/nowhere", "/page/nowhere", "/check", "/sent", "/page/choices/keep/more"] {
            assert_eq!(foot(sam.open(&format!("/s/item-gallery{page}"))), links, "{page}");
        }
        for link in &links {
            assert_eq!(foot(sam.open(link).expect_status(200)), links, "{link}");
        }
        let mut sam = app.respondent(GALLERY);
        assert_eq!(foot(sam.continue_().expect_status(422)), links);
        sam.answer_gallery();
        assert_eq!(foot(&sam), links, "{}", sam.at);
        assert_eq!(foot(sam.continue_()), links, "{}", sam.at);
        assert_eq!(foot(sam.open("/s/item-gallery/copy").expect_status(200)), links);
    }

    fn the_help_page_says_whom_to_ask_and_takes_a_code(db) {
        let contact = "\"introduction\": {\"contact\": \"Write to [us](mailto:us@example.org).\"}, \"pages\"";
        let app = TestApp::start(db).with_definition(&SMALL.replacen("\"pages\"", contact, 1));
        let mut sam = app.respondent("small");
        sam.save_for_later();
        let code = sam.page.body.split("<strong>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_string();
        let mut other = app.visitor();
        other.open("/s/small/help").expect("mailto:us@example.org").answer("code", &code).continue_();
        other.expect_at("/s/small/page/p");
        app.visitor().open("/s/small/help").answer("code", "x").continue_().expect_status(422);
    }

    fn a_problem_of_no_survey_has_no_links_to_one(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.visitor();
        for page in ["/nowhere", "/s/unknown", "/s/unknown/page/one", "/s/unknown/nowhere"] {
            assert_eq!(foot(sam.open(page).expect_status(404)), ["/cookies", "/accessibility"], "{page}");
            assert!(!sam.page.body.contains("/s/unknown"), "{page}");
        }
        let welsh = SMALL.replacen("\"en\"", "\"cy\"", 1);
        let app = TestApp::start(db).with_definition(&welsh);
        app.visitor().open("/s/small/nowhere").expect("<html lang=\"cy\">").expect("Cymorth");
    }
}

/// A survey without anybody to ask.
const SMALL: &str = r#"{"format": 1, "id": "small", "title": "Small", "language": "en", "pages": [
    {"id": "p", "questions": [{"id": "q", "type": "text", "text": "Why?"}]}]}"#;

each_db! {
    fn the_accessibility_statement_says_what_is_true_of_the_survey(db) {
        let app = TestApp::start(db).with_definition(SMALL);
        let mut sam = app.visitor();
        sam.open("/s/small/accessibility").expect("have not published a statement").expect("have not said that they tested");
        let stated = r#""accessibility": {"contact": "Ring **us**.", "tested_on": "2026-10-05", "exceptions": ["The map.", "The <b>film</b>."]}, "pages""#;
        let app = TestApp::start(db).with_definition(&SMALL.replacen("\"pages\"", stated, 1));
        let mut sam = app.visitor();
        sam.open("/s/small/accessibility").expect("Ring <strong>us</strong>.").expect("last tested it on 5 October 2026");
        sam.expect("in part, because").expect("<li>The map.</li>").expect("The &lt;b&gt;film");
        assert!(!sam.page.body.contains("have not published"));
        let tested = r#""accessibility": {"tested_on": "2026-10-05"}, "pages""#;
        let app = TestApp::start(db).with_definition(&SMALL.replacen("\"pages\"", tested, 1));
        app.visitor().open("/s/small/accessibility").expect("know of no part").expect("their address is on its help page");
    }
}
