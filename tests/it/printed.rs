//! What goes with the report for those who decide and those who are told: the outcome, and the report on paper.

#![cfg(test)]

use std::fs;

use canvass::web::Site;

use crate::app::TestApp;
use crate::cli::Desk;
use crate::db::Db;

const GALLERY: &str = "item-gallery";

#[test]
fn an_outcome_is_in_the_page_and_in_no_figure() {
    let desk = Desk::with_responses();
    desk.done(&["report", "item-gallery", "--out", "before"]);
    desk.write("outcome.md", "Thank you.\n\n## bikes\n\nA **shed** <b>is</b> built.\n");
    desk.done(&["report", "item-gallery", "--out", "after", "--outcome", "outcome.md"]);
    let read = |file: &str| fs::read_to_string(desk.path(file)).unwrap();
    let (before, after) = (read("before/report.html"), read("after/report.html"));
    assert!(after.contains("<p>A <strong>shed</strong> &lt;b&gt;is&lt;/b&gt; built.</p>"));
    let spaces = |html: &str| html.matches("<div class=\"canvass-space\"").count();
    assert_eq!((spaces(&before), spaces(&after)), (4, 2));
    assert_eq!(read("before/report.json"), read("after/report.json"));
}

#[test]
fn an_outcome_of_no_intervention_is_told_with_its_line_and_nothing_is_written() {
    let desk = Desk::with_responses();
    desk.write("outcome.md", "Thank you.\n\n## bike\n\nA shed is built.\n");
    let said = desk.refused(&["report", "item-gallery", "--out", "out", "--outcome", "outcome.md"]);
    assert!(said.contains("outcome.md") && said.contains('3') && said.contains("did you mean `bikes`?"), "{said}");
    assert!(!desk.path("out").exists());
    let said = desk.refused(&["report", "item-gallery", "--out", "out", "--outcome", "none.md"]);
    assert!(said.contains("none.md cannot be read"), "{said}");
}

/// The program that prints, where it is installed.
fn chromium() -> Option<&'static str> {
    let found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let there = found.into_iter().find(|path| std::path::Path::new(path).is_file());
    if there.is_none() {
        eprintln!("skipped: no Chromium");
    }
    there
}

#[test]
fn a_pdf_is_tagged_and_has_the_title_the_language_and_an_outline() {
    let Some(browser) = chromium() else { return };
    let desk = Desk::with_responses();
    let said = desk.done(&["report", "item-gallery", "--out", "out", "--pdf", "--browser", browser]);
    assert!(said.contains("out/report.pdf"), "{said}");
    let pdf = fs::read(desk.path("out/report.pdf")).unwrap();
    let has = |text: &str| pdf.windows(text.len()).any(|part| part == text.as_bytes());
    for part in ["%PDF-", "/StructTreeRoot", "/Lang (en-GB)", "/Outlines", "/MarkInfo"] {
        assert!(has(part), "{part}");
    }
    let manifest = fs::read_to_string(desk.path("out/manifest.json")).unwrap();
    assert!(manifest.contains("report.pdf"));
}

#[test]
fn without_a_browser_the_pdf_is_refused_before_anything_is_made() {
    let desk = Desk::with_responses();
    let said = desk.refused(&["report", "item-gallery", "--out", "out", "--pdf", "--browser", "no-such-browser"]);
    assert!(said.contains("no browser at no-such-browser") && said.contains("apt-get install chromium"), "{said}");
    assert!(!desk.path("out").exists());
}

/// A browser that prints a PDF of its own once `slowly` is done.
#[cfg(unix)]
fn printing(folder: &std::path::Path, slowly: &str) -> canvass::print::Browser {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("browser");
    let out = "for a in \"$@\"; do case $a in --print-to-pdf=*) OUT=${a#*=};; esac; done";
    fs::write(&program, format!("#!/bin/sh\n{out}\n{slowly}\nprintf '%%PDF-1.7 made' > \"$OUT\"\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    canvass::print::Browser::find(Some(&program)).unwrap()
}

#[cfg(unix)]
#[test]
fn staff_are_offered_a_pdf_where_there_is_a_browser_and_one_is_made_at_a_time() {
    let (db, folder) = (Db::sqlite(), tempfile::tempdir().unwrap());
    let begun = folder.path().join("begun");
    let browser = printing(folder.path(), &format!("touch {}; sleep 3", begun.display()));
    let site = Site::new("http://127.0.0.1").with_browser(Some(browser));
    let app = TestApp::start_with(&db, site).with_survey(GALLERY);
    let (address, mut sam) = ("/staff/surveys/item-gallery/report.pdf", app.staff());
    sam.open("/staff/surveys/item-gallery").expect(&format!("<a href=\"{address}\">"));
    let mut kim = app.staff();
    std::thread::scope(|scope| {
        let first = scope.spawn(move || {
            sam.open(address).expect_status(200).expect("%PDF-1.7 made");
            assert_eq!(sam.page.header("content-type"), Some("application/pdf"));
        });
        while !begun.exists() {
            std::thread::yield_now();
        }
        kim.open(address).expect_status(503).expect("Another PDF is being made");
        first.join().unwrap();
    });
    kim.open(address).expect_status(200);
}

#[cfg(unix)]
#[test]
fn without_a_browser_staff_are_offered_no_pdf_and_one_that_fails_is_told() {
    let (db, folder) = (Db::sqlite(), tempfile::tempdir().unwrap());
    let app = TestApp::start(&db).with_survey(GALLERY);
    let mut sam = app.staff();
    sam.open("/staff/surveys/item-gallery");
    assert!(!sam.page.body.contains("report.pdf"));
    sam.open("/staff/surveys/item-gallery/report.pdf").expect_status(404);
    let site = Site::new("http://127.0.0.1").with_browser(Some(printing(folder.path(), "exit 1")));
    let other = Db::sqlite();
    let app = TestApp::start_with(&other, site).with_survey(GALLERY);
    let mut sam = app.staff();
    sam.open("/staff/surveys/item-gallery/report.pdf").expect_status(503).expect("The PDF could not be made");
}

#[test]
fn a_document_for_word_processors_has_every_finding_and_intervention_of_the_report() {
    use std::io::Read;
    let desk = Desk::with_responses();
    let said = desk.done(&["report", "item-gallery", "--out", "out", "--docx"]);
    assert!(said.contains("out/report.docx"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("out/report.json")).unwrap()).unwrap();
    let mut package = zip::ZipArchive::new(fs::File::open(desk.path("out/report.docx")).unwrap()).unwrap();
    let mut document = String::new();
    package.by_name("word/document.xml").unwrap().read_to_string(&mut document).unwrap();
    let texts = |list: &str, key: &str| -> Vec<String> {
        let all = report[list].as_array().unwrap().iter();
        all.map(|one| if key.is_empty() { one.clone() } else { one[key].clone() })
            .map(|text| text.as_str().unwrap().to_string())
            .collect()
    };
    let all =
        [texts("findings", ""), texts("interventions", "label"), texts("questions", "label"), texts("themes", "label")];
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;");
    let plain: String = document
        .split("<w:t xml:space=\"preserve\">")
        .skip(1)
        .map(|rest| rest.split("</w:t>").next().unwrap())
        .collect();
    for text in all.iter().flatten() {
        // A row of a grid stands below its question, not after it.
        let last = text.rsplit(": ").next().unwrap();
        assert!(plain.contains(&escaped(text)) || plain.contains(&escaped(last)), "{text}");
    }
    assert!(document.matches("<w:tblHeader/>").count() > 5);
}
