//! A bundle gives the report anew to the byte, without the database it came from, and shows people their answers in it.

#![cfg(test)]

use std::io::{Cursor, Read, Write};

use canvass::export::manifest::{Manifest, Summed};
use canvass::response::code::Receipt;
use canvass::service::coding::{self, Question};
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, bundle, publish, report, round, simulate};
use zip::write::SimpleFileOptions;

use crate::app::TestApp;
use crate::db::each_db;

const WORKFORCE: &str = "digital-ready-workforce";
const NOW: Moment = Moment(1_795_000_000);

fn definition(id: &str) -> String {
    std::fs::read_to_string(format!("{}/surveys/{id}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn bundled(library: &Library, id: &str) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    bundle::write(library, id, (7, true), &mut out, &|_, _| {}).unwrap();
    out.into_inner()
}

fn faults(bytes: &[u8]) -> Result<Vec<String>, ServiceError> {
    bundle::verify(Cursor::new(bytes), "x.zip", None, &|_, _| {}).map(|verified| verified.faults)
}

fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|number| {
            let mut entry = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// The bundle with some files changed; its manifest says so if it is `signed`.
fn changed(bytes: &[u8], signed: bool, change: impl Fn(&str, &mut Vec<u8>)) -> Vec<u8> {
    let mut all = files(bytes);
    for (name, bytes) in &mut all {
        change(name, bytes);
    }
    let sums = all.iter().filter(|(name, _)| name != "manifest.json").map(|(name, bytes)| {
        let mut summed = Summed::new(std::io::sink());
        summed.write_all(bytes).unwrap();
        summed.sum(name)
    });
    let manifest = Manifest { made_by: "someone".to_string(), files: sums.collect() };
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in &all {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        if signed && name == "manifest.json" {
            zip.write_all(&serde_json::to_vec(&manifest).unwrap()).unwrap();
        } else {
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(std::mem::take(bytes)).unwrap();
    assert!(text.contains(from), "{from}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

each_db! {
    fn a_bundle_gives_the_report_anew_to_the_byte(db) {
        let library = Library::new(db.store());
        publish::publish(&library, "d.json", &definition(WORKFORCE), NOW).unwrap();
        simulate::simulate(&library, WORKFORCE, 120, 7, NOW, &|_, _| {}).unwrap();
        // What people decided about themes is part of it.
        let themed = canvass::definition::parse(&definition(WORKFORCE)).survey.unwrap();
        let item = themed.answered_questions().find(|question| question.item.scale().is_themed()).unwrap().item.head.id.clone();
        let of = Question { survey: WORKFORCE, item: &item };
        coding::suggest(&library, of, "ana", &canvass::analysis::text::ThemeOptions::default(), NOW, &|_, _| {}).unwrap();

        let bytes = bundled(&library, WORKFORCE);
        assert!(bytes == bundled(&library, WORKFORCE), "the same bytes again");
        assert_eq!(faults(&bytes).unwrap(), Vec::<String>::new());
        let all = files(&bytes);
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["README.txt", "bundle.json", "definitions/1.json", "responses.jsonl", "report.json", "manifest.json"]);
        let mut expected = serde_json::to_vec_pretty(&report::build(&library, WORKFORCE, 7, &|_, _| {}).unwrap()).unwrap();
        expected.push(b'\n');
        assert!(all[4].1 == expected, "report.json is that of the database");
        assert!(String::from_utf8_lossy(&expected).contains("\"coding\": {"), "a coding is in it");
    }

    fn a_panel_in_rounds_and_an_earlier_version_are_bundled_whole(db) {
        let library = Library::new(db.store());
        let id = "delphi-panel";
        publish::publish(&library, "d.json", &definition(id), NOW).unwrap();
        simulate::simulate(&library, id, 40, 7, NOW, &|_, _| {}).unwrap();
        let next = round::next(&library, id).unwrap().definition;
        publish::publish_new_wave(&library, "d.json", &next, NOW).unwrap();
        simulate::simulate(&library, id, 40, 7, NOW, &|_, _| {}).unwrap();
        let bytes = bundled(&library, id);
        assert_eq!(faults(&bytes).unwrap(), Vec::<String>::new());
        let report = files(&bytes).into_iter().find(|(name, _)| name == "report.json").unwrap().1;
        assert!(String::from_utf8(report).unwrap().contains("\"not_returned\""), "the rounds are told");
    }

    fn a_bundle_that_was_changed_says_where(db) {
        let library = Library::new(db.store());
        publish::publish(&library, "d.json", &definition(WORKFORCE), NOW).unwrap();
        simulate::simulate(&library, WORKFORCE, 60, 7, NOW, &|_, _| {}).unwrap();
        let bytes = bundled(&library, WORKFORCE);
        let forge = |name: &str, bytes: &mut Vec<u8>| {
            if name == "responses.jsonl" {
                replace(bytes, "\\\"sa\\\"", "\\\"sd\\\"");
            }
        };
        let error = faults(&changed(&bytes, false, forge)).unwrap_err().to_string();
        assert!(error.contains("was changed: responses.jsonl is not what the manifest says"), "{error}");
        let told = faults(&changed(&bytes, true, forge)).unwrap();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("the hash over all answers is") && told[1].contains("the report that comes of it"), "{told:?}");
        let report = |name: &str, bytes: &mut Vec<u8>| {
            if name == "report.json" {
                replace(bytes, "\"version\": 1", "\"version\": 2");
            }
        };
        assert_eq!(faults(&changed(&bytes, true, report)).unwrap(), ["the report that comes of it is another one"]);
        for cut in [0, 100, bytes.len() / 2, bytes.len() - 1] {
            let error = faults(&bytes[..cut]).unwrap_err().to_string();
            assert!(error.starts_with("x.zip "), "{error}");
        }
        let more = |name: &str, bytes: &mut Vec<u8>| {
            if name == "manifest.json" {
                replace(bytes, "README.txt", "OTHER.txt");
            }
        };
        let error = faults(&changed(&bytes, false, more)).unwrap_err().to_string();
        assert!(error.contains("OTHER.txt is missing"), "{error}");
    }

    fn a_respondent_finds_the_answers_under_the_receipt_and_nobody_elses(db) {
        let app = TestApp::start(db).with_survey("item-gallery");
        let receipts: Vec<String> = (0..3)
            .map(|_| {
                let mut person = app.respondent("item-gallery");
                person.answer_gallery().continue_().expect("Answers sent");
                person.receipt()
            })
            .collect();
        let refused = bundle::write(&app.library, "item-gallery", (7, false), Cursor::new(Vec::new()), &|_, _| {});
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("can tell who people are") && refused.contains("--confidential"), "{refused}");
        let bytes = bundled(&app.library, "item-gallery");
        assert_eq!(faults(&bytes).unwrap(), Vec::<String>::new());
        let find = |receipt: &str| bundle::find(Cursor::new(&bytes), "x.zip", &Receipt::read(receipt).unwrap()).unwrap();
        let mut roots = Vec::new();
        for receipt in &receipts {
            let found = find(receipt).unwrap();
            assert_eq!(found.answers["answers"]["colour"], "red");
            assert!(!found.path.is_empty());
            roots.push(found.merkle_root);
        }
        roots.dedup();
        assert_eq!(roots.len(), 1, "all paths lead to one root");
        assert!(find(&"7".repeat(26)).is_none());
        let text: String = files(&bytes).iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
        for receipt in &receipts {
            let hash = Receipt::read(receipt).unwrap().hash();
            assert!(!text.contains(receipt) && !text.contains(&hash), "neither a receipt nor its stored hash is in it");
        }
        assert!(!text.contains("sam@example.org"), "contact details are not in it");
    }
}
