//! What strangers, other sites and hostile texts can do: nothing.

#![cfg(test)]

use std::collections::BTreeSet;

use canvass::render::Renderer;
use canvass::render::report::report_html;
use canvass::service::report;

use crate::app::{Reply, TestApp};
use crate::db::each_db;
use crate::form;

const GALLERY: &str = "item-gallery";
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "{{constructor.constructor('x')()}}{{{raw}}}{{#each this}}",
    "&lt;script&gt;",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<scr\u{0}ipt>\u{202e}<a href=//evil.example>",
];

fn expect_headers(reply: &Reply, path: &str) {
    let header = |name: &str| reply.header(name).unwrap_or_default().to_string();
    assert_eq!(header("content-security-policy"), POLICY, "{path} ({})", reply.status);
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
    assert_eq!(header("x-frame-options"), "DENY", "{path}");
    if path.starts_with("/assets/") && reply.status == 200 {
        assert!(header("cache-control").contains("immutable"), "{path}");
    } else {
        assert_eq!(header("cache-control"), "no-store", "{path}");
    }
}

/// No tag or attribute on the page came from a text.
fn expect_harmless(html: &str, at: &str) {
    // The scripts are files of our own, each named once in the head.
    let ours =
        regex::Regex::new(r#"<script type="module" src="/assets/(?:canvass|staff)-[0-9a-f]+\.js"></script>"#).unwrap();
    let lower = ours.replacen(html, 2, "").to_lowercase();
    for bad in ["<script", "<svg onload", "<iframe", "<img", "onerror=alert(1)>", "href=\"javascript:", "<!--<"] {
        assert!(!lower.contains(bad), "{bad} on {at}:\n{html}");
    }
    let inside_tags = html.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
    for tag in inside_tags {
        let outside_quotes: String = tag.split('"').step_by(2).collect();
        assert!(!outside_quotes.contains("onmouseover") && !outside_quotes.contains("onload"), "{tag} on {at}");
    }
}

each_db! {
    fn a_form_that_is_not_ours_changes_nothing(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery_page();
        let form = sam.form.clone();
        let stored = app.everything();
        let without: Vec<_> = form.iter().filter(|(name, _)| name != "_csrf").cloned().collect();
        let mut wrong = without.clone();
        wrong.push(("_csrf".to_string(), "0".repeat(64)));
        let page = "/s/item-gallery/page/welcome";
        for (form, path) in [(&without, page), (&wrong, page), (&without, "/s/item-gallery/send"), (&wrong, "/s/item-gallery/send")] {
            let reply = sam.post(path, form);
            assert_eq!(reply.status, 403, "{path}");
            expect_headers(&reply, path);
        }
        for (name, value) in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1.evil.example")] {
            for path in [page, "/s/item-gallery/start", "/s/item-gallery/send", "/staff/sign-out", "/staff/sign-in/0000"] {
                let mut tricked = sam.clone();
                tricked.also_sends.push((name.to_string(), value.to_string()));
                let reply = tricked.post(path, &form);
                assert_eq!(reply.status, 403, "{name}: {value} {path}");
                assert!(reply.body.contains("nothing was changed") && reply.set_cookies().is_empty());
                expect_headers(&reply, path);
            }
        }
        let mut other = app.respondent(GALLERY);
        assert_eq!(other.post(page, &form).status, 403, "someone else's guard");
        other.forget_cookies();
        assert_eq!(other.post(page, &form).status, 404, "no cookie: no answers in progress");
        let started = app.everything();
        assert!(stored.lines().all(|line| started.contains(line)), "sam's answers are as they were");
        let own = [("Origin".to_string(), "null".to_string()), ("Sec-Fetch-Site".to_string(), "same-origin".to_string())];
        sam.also_sends.extend(own);
        sam.continue_().expect_at("/s/item-gallery/page/choices");
    }

    fn reading_changes_nothing(db) {
        let app = TestApp::start(db).with_survey(GALLERY).with_survey("digital-ready-workforce");
        let sign_in = app.sign_in_address();
        let mut staff = app.staff();
        staff.also_sends.push(("X-Test".to_string(), "crawl".to_string()));
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery();
        let session = staff.cookie("canvass-staff").unwrap().to_string();
        sam.also_sends.push(("Cookie".to_string(), format!("canvass-staff={session}")));
        // But for the record of what staff did, which tells who took a file away.
        let stored = || app.everything().lines().filter(|line| !line.starts_with("audit_entry: ")).collect::<Vec<_>>().join("\n");
        let before = stored();
        let mut waiting = vec!["/".to_string(), "/staff".to_string(), sign_in, "/s/item-gallery".to_string(), "/s/item-gallery/saved".to_string(), "/s/item-gallery/check".to_string()];
        let mut seen = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            let path = path.trim_start_matches("http://127.0.0.1").split('#').next().unwrap().to_string();
            if !path.starts_with('/') || !seen.insert(path.clone()) {
                continue;
            }
            let reply = sam.request("GET", &path, None);
            assert!(reply.status < 400, "{path} is linked but gives {}", reply.status);
            expect_headers(&reply, &path);
            let html = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            if html && !path.ends_with("report.html") {
                waiting.extend(form::links(&reply.body));
            }
            waiting.extend(reply.header("location").map(str::to_string));
        }
        assert!(seen.len() > 20, "{seen:?}");
        assert_eq!(stored(), before, "{seen:?}");
    }

    fn a_body_over_the_limit_is_refused_with_a_page(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        let stored = app.everything();
        let mut form = sam.form.clone();
        form.push(("agree".to_string(), "x".repeat(257 * 1024)));
        let reply = sam.post("/s/item-gallery/page/welcome", &form);
        assert_eq!(reply.status, 413);
        assert!(reply.body.contains("larger than we can take"), "{}", reply.body);
        expect_headers(&reply, "413");
        assert_eq!(app.everything(), stored);
        let reply = sam.request("POST", "/s/item-gallery/page/welcome", Some(b"%zz&&&==&csrf=%ff%fe"));
        assert_eq!(reply.status, 403, "{}", reply.body);
    }

    fn every_answer_has_the_headers(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let mut sam = app.respondent(GALLERY);
        let css = form::between(&sam.page.body, "rel=\"stylesheet\" href=\"", "\"").unwrap().to_string();
        for path in ["/", "/healthz", "/nowhere", "/s/item-gallery", "/s/unknown", "/staff", "/staff/surveys/item-gallery/report.html", "/s/item-gallery/continue", "/cookies", css.as_str(), "/staff/sign-in/x"] {
            let reply = sam.request("GET", path, None);
            expect_headers(&reply, path);
            // Who only asks whether a page is there is told the same without it.
            let asked = sam.request("HEAD", path, None);
            assert_eq!((asked.status, asked.body.as_str()), (reply.status, ""), "{path}");
        }
        for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
            let reply = sam.request(method, "/s/item-gallery", None);
            assert!((400..500).contains(&reply.status), "{method}: {}", reply.status);
            expect_headers(&reply, method);
            assert!(reply.header("access-control-allow-origin").is_none());
        }
        let refused = sam.continue_().page.clone();
        assert_eq!(refused.status, 422);
        expect_headers(&refused, "422");
    }

    fn cookies_are_out_of_reach_and_secure_only_over_https(db) {
        let start = [("_csrf".to_string(), "start".to_string())];
        for (public, is_secure) in [("http://127.0.0.1", false), ("https://consult.example.org", true)] {
            let app = TestApp::start_as(db, public).with_survey(GALLERY);
            let reply = app.visitor().post("/s/item-gallery/start", &start);
            let cookies = reply.set_cookies();
            assert_eq!(cookies.len(), 1);
            let attributes: BTreeSet<&str> = cookies[0].split("; ").skip(1).collect();
            assert!(cookies[0].starts_with("canvass-item-gallery="));
            assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax") && attributes.contains("Path=/s/item-gallery"), "{attributes:?}");
            assert_eq!(attributes.contains("Secure"), is_secure);
            let reply = app.visitor().post(&app.sign_in_address(), &[]);
            let cookies = reply.set_cookies();
            let attributes: BTreeSet<&str> = cookies[0].split("; ").skip(1).collect();
            assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict") && attributes.contains("Path=/staff"), "{attributes:?}");
            assert_eq!(attributes.contains("Secure"), is_secure);
        }
    }

    fn hostile_answers_appear_only_as_text(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        for text in HOSTILE {
            let mut sam = app.respondent(GALLERY);
            sam.answer_gallery_page().continue_();
            sam.answer("colour", "other").answer("colour.other.other", text).continue_();
            let short: String = text.chars().take(40).collect();
            sam.answer("nickname", &short).answer("story", text).answer("years", text).answer("since.day", text).continue_().expect_status(422);
            expect_harmless(&sam.page.body, "the fault page");
            sam.answer("years", "").answer("since.day", "").continue_();
            sam.answer_gallery_page().answer("points.tea", text).continue_().expect_status(422);
            expect_harmless(&sam.page.body, "the fault page");
            sam.answer("points.tea", "4").answer("support.tea", "no").continue_().answer("email", text).continue_().expect_status(422);
            expect_harmless(&sam.page.body, "the fault page");
            sam.answer("email", "").continue_().expect_at("/s/item-gallery/check");
            expect_harmless(&sam.page.body, "the overview");
            let shown = form::unescape(&sam.page.body);
            assert!(shown.contains(&text.replace('\u{0}', "")), "{text} is not shown as it is:\n{shown}");
            sam.continue_().expect("Answers sent");
        }
        let made = report_html(&Renderer::new().unwrap(), &report::build(&app.library, GALLERY, 7, &|_, _| {}).unwrap(), "").unwrap();
        expect_harmless(&made, "the report");
    }

    fn hostile_survey_texts_appear_only_as_text(db) {
        for (number, text) in HOSTILE.iter().enumerate().filter(|(_, text)| !text.contains('\u{0}')) {
            // The checker refuses braces that hold no answer.
            let json = serde_json::to_string(&text.replace('{', "{ ")).unwrap();
            let definition = DEFINITION.replace("\"TEXT\"", &json).replace("hostile", &format!("hostile-{number}"));
            let app = TestApp::start(db).with_definition(&definition);
            let survey = format!("hostile-{number}");
            let mut sam = app.visitor();
            sam.open("/");
            expect_harmless(&sam.page.body, "the home page");
            sam.open(&format!("/s/{survey}/privacy"));
            expect_harmless(&sam.page.body, "the privacy page");
            sam.open(&format!("/s/{survey}"));
            expect_harmless(&sam.page.body, "the start page");
            sam.continue_().continue_().expect_status(422);
            expect_harmless(&sam.page.body, "the fault page");
            sam.answer("q", "a").answer("g.r", "a").continue_().expect_at(&format!("/s/{survey}/check"));
            expect_harmless(&sam.page.body, "the overview");
            sam.continue_();
            expect_harmless(&sam.page.body, "the receipt");
            let mut staff = app.staff();
            expect_harmless(&staff.page.body, "the staff page");
            staff.open(&format!("/staff/surveys/{survey}"));
            expect_harmless(&staff.page.body, "the survey's staff page");
            let built = report::build(&app.library, &survey, 7, &|_, _| {}).unwrap();
            expect_harmless(&report_html(&Renderer::new().unwrap(), &built, "").unwrap(), "the report");
        }
    }

    fn titles_are_shown_as_they_are(db) {
        let title = "Parks [north] *now* (draft) 2 < 3 & more_or_less_";
        let definition = DEFINITION.replacen("\"TEXT\"", &serde_json::to_string(title).unwrap(), 1).replace("\"TEXT\"", "\"x\"");
        let app = TestApp::start(db).with_definition(&definition);
        let link = format!("<a href=\"/s/hostile\">{}</a>", canvass::render::html::escape(title));
        app.visitor().open("/").expect(&link);
        canvass::service::publish::close(&app.library, "hostile", canvass::service::time::Moment::now()).unwrap();
        app.visitor().open("/s/hostile").expect(&format!("{}” takes", canvass::render::html::escape(title)));
    }
}

const DEFINITION: &str = r#"{
  "format": 1, "id": "hostile", "version": 1, "title": "TEXT", "language": "en-GB",
  "introduction": {"organisation": "TEXT", "purpose": "TEXT", "contact": "TEXT"},
  "privacy": {"notice": "TEXT"},
  "pages": [{"id": "p", "title": "TEXT", "text": "TEXT", "questions": [
    {"id": "n", "type": "note", "text": "TEXT"},
    {"id": "q", "type": "single", "text": "TEXT", "hint": "TEXT", "required": true, "segment": true,
     "options": [{"id": "a", "label": "TEXT"}, {"id": "b", "label": "B"}]},
    {"id": "g", "type": "rate", "text": "TEXT", "required": true, "items": [{"id": "r", "label": "TEXT"}, {"id": "s", "label": "S"}],
     "min_items": 1, "scale": [{"id": "a", "label": "TEXT", "value": 1}, {"id": "b", "label": "B", "value": 2}]},
    {"id": "t", "type": "text", "text": "TEXT", "lines": 3, "max_chars": 100}
  ]}]
}"#;
