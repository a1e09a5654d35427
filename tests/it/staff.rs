//! The staff area: who gets in, for how long, and what can be taken away.

#![cfg(test)]

use canvass::service::sign_in::{self, LINK_SECONDS, SESSION_SECONDS};
use canvass::service::time::Moment;

use crate::app::TestApp;
use crate::db::each_db;

const GALLERY: &str = "item-gallery";
const PAGES: [&str; 13] = [
    "/staff",
    "/staff/surveys/item-gallery",
    "/staff/surveys/item-gallery/live",
    "/staff/surveys/item-gallery/report.html",
    "/staff/surveys/item-gallery/report.json",
    "/staff/surveys/item-gallery/responses.csv",
    "/staff/surveys/item-gallery/codebook.csv",
    "/staff/surveys/item-gallery/crosstabs.csv",
    "/staff/surveys/item-gallery/mentions.csv",
    "/staff/surveys/item-gallery/opinions.csv",
    "/staff/surveys/item-gallery/codebook.html",
    "/staff/surveys/item-gallery/codebook.xml",
    "/staff/surveys/item-gallery/paper.html",
];

each_db! {
    fn every_page_needs_a_session(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut respondent = app.respondent(GALLERY);
        let secret = respondent.cookie("canvass-item-gallery").unwrap().to_string();
        let expired = sign_in::redeem(&app.library, &sign_in::issue(&app.library, Moment::now()).unwrap(), Moment::now().plus(-SESSION_SECONDS)).unwrap();
        for page in PAGES {
            for cookie in [String::new(), secret.clone(), "0".repeat(26), expired.as_str().to_string(), "x; canvass-staff=".to_string()] {
                let mut stranger = app.visitor();
                stranger.also_sends.push(("Cookie".to_string(), format!("canvass-staff={cookie}")));
                stranger.open(page).expect_status(401).expect("Sign in first");
            }
            respondent.open(page).expect_status(401);
        }
        let posted = respondent.post("/staff/sign-out", &[]);
        assert_eq!(posted.status, 401);
    }

    fn a_sign_in_link_works_once(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let link = app.sign_in_address();
        let mut sam = app.visitor();
        for _ in 0..3 {
            sam.open(&link).expect_status(200).expect("Sign in");
            assert!(sam.page.set_cookies().is_empty(), "looking at the link uses nothing up");
        }
        sam.continue_().expect_at("/staff").expect_status(200).expect("One of each item type");
        let mut second = app.visitor();
        second.open(&link).expect_status(200).continue_().expect_status(403).expect("This link no longer works");
        second.open("/staff").expect_status(401);
        for wrong in ["/staff/sign-in/0000", "/staff/sign-in/00000000000000000000000000"] {
            assert_eq!(second.post(wrong, &[]).status, 403, "{wrong}");
        }
        let late = sign_in::issue(&app.library, Moment::now().plus(-LINK_SECONDS - 1)).unwrap();
        assert_eq!(second.post(&format!("/staff/sign-in/{}", late.as_str()), &[]).status, 403);
        let just = sign_in::issue(&app.library, Moment::now().plus(30 - LINK_SECONDS)).unwrap();
        assert_eq!(second.post(&format!("/staff/sign-in/{}", just.as_str()), &[]).status, 303);
    }

    fn one_link_at_once_in_ten_browsers_gives_one_session(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let link = app.sign_in_address();
        let got_in = std::thread::scope(|scope| {
            let all: Vec<_> = (0..10).map(|_| {
                let (mut one, link) = (app.visitor(), &link);
                scope.spawn(move || one.post(link, &[]).status)
            }).collect();
            all.into_iter().map(|one| one.join().unwrap()).filter(|status| *status == 303).count()
        });
        assert_eq!(got_in, 1);
    }

    fn signing_out_ends_the_session(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.staff();
        let session = sam.cookie("canvass-staff").unwrap().to_string();
        assert_eq!(sam.post("/staff/sign-out", &[("_csrf".to_string(), "forged".to_string())]).status, 403);
        sam.open("/staff").expect_status(200);
        let guard = crate::form::between(&sam.page.body, "name=\"_csrf\" value=\"", "\"").unwrap().to_string();
        let reply = sam.post("/staff/sign-out", &[("_csrf".to_string(), guard)]);
        assert_eq!((reply.status, reply.header("location")), (303, Some("/")));
        assert!(sam.cookie("canvass-staff").is_none());
        sam.also_sends.push(("Cookie".to_string(), format!("canvass-staff={session}")));
        sam.open("/staff").expect_status(401);
    }

    fn downloads_are_attachments_of_their_kind(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        app.respondent(GALLERY).answer_gallery().continue_();
        let mut sam = app.staff();
        sam.open("/staff/surveys/item-gallery").expect("Answers sent</dt><dd>1</dd>").expect("Started</dt><dd>1</dd>");
        for (file, kind, part) in [
            ("report.html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
            ("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/document.xml"),
            ("report.json", "application/json", "\"title\": \"One of each item type\""),
            ("responses.csv", "text/csv; charset=utf-8", "And loud."),
            ("responses.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
            ("responses.sav", "application/x-spss-sav", "And loud."),
            ("responses.R", "text/plain; charset=utf-8", "column(\"colour\", \"code\""),
            ("responses.parquet", "application/vnd.apache.parquet", "And loud."),
            ("responses.jsonl", "application/jsonl", "And loud."),
            ("responses.ndjson", "application/fhir+ndjson", "And loud."),
            ("codebook.csv", "text/csv; charset=utf-8", "colour"),
            ("crosstabs.csv", "text/csv; charset=utf-8", "question,question_label,segment,"),
            ("mentions.csv", "text/csv; charset=utf-8", "question,question_label,intervention,"),
            ("opinions.csv", "text/csv; charset=utf-8", "question,statement,label,group,"),
            ("codebook.html", "text/html; charset=utf-8", "item-gallery, version 1: 29 columns"),
            ("codebook.xml", "application/xml", "<version>Version 1</version>"),
            ("paper.html", "text/html; charset=utf-8", "Paper form: item-gallery, version 1"),
        ] {
            sam.open("/staff/surveys/item-gallery").expect(&format!("<a href=\"/staff/surveys/item-gallery/{file}\">"));
            sam.open(&format!("/staff/surveys/item-gallery/{file}")).expect_status(200).expect(part);
            assert_eq!(sam.page.header("content-type"), Some(kind));
            assert_eq!(sam.page.header("content-disposition"), Some(format!("attachment; filename=\"{file}\"").as_str()));
            assert_eq!(sam.page.header("cache-control"), Some("no-store"));
            assert!(!sam.page.body.contains("sam@example.org"), "{file} tells a contact");
        }
        let json: serde_json::Value = serde_json::from_slice(&sam.open("/staff/surveys/item-gallery/report.json").page.bytes).unwrap();
        assert!(json.is_object());
        sam.open("/staff/surveys/item-gallery/responses.csv");
        assert_eq!(csv::Reader::from_reader(sam.page.bytes.as_slice()).records().count(), 1);
    }

    fn a_name_that_is_no_file_of_ours_is_not_found(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.staff();
        for path in [
            "/staff/surveys/item-gallery/../../../etc/passwd", "/staff/surveys/item-gallery/..%2f..%2fetc%2fpasswd", "/staff/surveys/item-gallery/%2e%2e",
            "/staff/surveys/item-gallery/report.html%00.csv", "/staff/surveys/item-gallery/REPORT.HTML", "/staff/surveys/item-gallery/C:%5creport.html",
            "/staff/surveys/..%2fitem-gallery", "/staff/surveys/unknown", "/staff/surveys/unknown/responses.csv", "/staff/surveys/unknown/paper.html", "/staff/surveys/item-gallery/paper-xx.html", "/staff/surveys/item-gallery/paper-.html", "/staff/surveys/item-gallery/report.html/", "/staff/", "//staff",
            "/assets/..%2f..%2fCargo.toml", "/assets/../Cargo.toml", "/s/item-gallery%00", "/s/item-gallery'--",
        ] {
            let reply = sam.request("GET", path, None);
            assert_eq!(reply.status, 404, "{path}");
        }
    }
}
