//! What programs read by the API: what staff take away, to the byte, and as the document says; or a problem that says what to do.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use canvass::response::code::Receipt;
use canvass::service::time::Moment;
use canvass::service::token::{self, New, Scope};
use canvass::service::{Library, after, publish, simulate};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use canvass::web::openapi;
use serde_json::{Value, json};

use crate::app::{Reply, TestApp};
use crate::db::{Db, each_db};
use crate::misfits::misfits_within;

pub(crate) const GALLERY: &str = "item-gallery";
pub(crate) const FORMAT: &str = "format-gallery";

pub(crate) fn make(library: &Library, label: &str, survey: Option<&str>, scopes: &[Scope]) -> String {
    token::add(library, &New { label, scopes, survey, expires_on: None }, Moment::now()).unwrap()
}

/// One request with what stands in `Authorization`, if anything.
pub(crate) fn ask(app: &TestApp<'_>, method: &str, shown: Option<&str>, path: &str) -> Reply {
    let mut program = app.visitor();
    program.also_sends.extend(shown.map(|shown| ("Authorization".to_string(), shown.to_string())));
    program.request(method, path, None)
}

pub(crate) fn get(app: &TestApp<'_>, token: &str, path: &str) -> Reply {
    ask(app, "GET", Some(&format!("Bearer {token}")), path)
}

pub(crate) fn read(app: &TestApp<'_>, token: &str, path: &str) -> Value {
    let reply = get(app, token, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    serde_json::from_slice(&reply.bytes).unwrap()
}

/// The addresses of the document, each with its `get`.
pub(crate) fn addresses(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().map(|(path, place)| (path.clone(), place["get"].clone())).collect()
}

pub(crate) fn at(path: &str, survey: &str) -> String {
    path.replace("{survey}", survey).replace("{version}", "1")
}

/// The scope that an address needs: none at all, `Some("")` for any token.
pub(crate) fn needed(get: &Value) -> Option<&str> {
    get["security"][0].get("token").map(|scopes| scopes[0].as_str().unwrap_or_default())
}

/// A problem as a program reads it, which must be one by its shape and its headers.
pub(crate) fn problem(reply: &Reply) -> Value {
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.body);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let told: Value = serde_json::from_str(&reply.body).unwrap();
    let document = openapi();
    assert_eq!(misfits_within(&document, &document["components"]["schemas"]["Problem"], &told), Vec::<String>::new());
    assert_eq!(told["status"], reply.status);
    for key in ["title", "detail", "advice"] {
        assert!(told[key].as_str().unwrap().len() > 5, "{told}");
    }
    told
}

pub(crate) fn kind(reply: &Reply) -> String {
    problem(reply)["type"].as_str().unwrap().strip_prefix("urn:canvass:problem:").unwrap().to_string()
}

/// A consultation in which two camps answer: eight interventions, of which each camp wants one half.
fn camps() -> String {
    let interventions: Vec<Value> =
        (0..8).map(|n| json!({"id": format!("i{n}"), "label": format!("Number {n}")})).collect();
    let options = [("no", "Disagree"), ("yes", "Agree")].map(|(id, label)| json!({"id": id, "label": label}));
    json!({"format": 1, "id": "camps", "title": "Camps", "lists": {"agree": options}, "interventions": interventions, "pages": [
        {"id": "rate", "questions": [{"id": "rate", "type": "rate", "text": "Should these be?", "items": "interventions",
            "scale": "agree", "measure": "support", "support": ["yes"], "oppose": ["no"]}]},
    ]})
    .to_string()
}

fn answer_camps(app: &TestApp<'_>) {
    let answers: Vec<String> = (0..80)
        .map(|n| {
            let wants = |i: usize| (i < 4) == (n % 2 == 0) && !(i + n / 2).is_multiple_of(7);
            let rated = (0..8).map(|i| (format!("i{i}"), json!(if wants(i) { "yes" } else { "no" })));
            json!({"answers": {"rate": rated.collect::<serde_json::Map<_, _>>()}}).to_string()
        })
        .collect();
    let keys: Vec<String> = (0..80).map(|n| format!("camp {n}")).collect();
    store(app, "camps", keys.iter().zip(&answers));
}

/// Stores responses with these keys and answers.
fn store<'a>(app: &TestApp<'_>, survey_id: &str, all: impl Iterator<Item = (&'a String, &'a String)>) {
    let new = all.map(|(idem, answers)| NewResponse {
        survey_id,
        version: 1,
        idem,
        receipt_hash: None,
        mode: Mode::OpenLink,
        answers,
        submitted_on: "2026-11-22",
        started_version: None,
    });
    let new: Vec<_> = new.collect();
    app.store.write(|conn| response::insert_many(conn, &new)).unwrap();
}

/// Files that the command line writes of a consultation, by name.
fn written(db: &Db, survey: &str, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let out = folder.display().to_string();
    for args in [
        vec!["report", survey, "--out", &out, "--embeddings", "none"],
        vec!["responses", survey, "--as", "csv,jsonl,xlsx,sav,r,parquet,fhir", "--out", &out],
        vec!["codebook", survey, "--out", &out],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
        let output = command.args(&args).env("CANVASS_DATABASE", &db.url).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .filter(|(name, _)| name != "manifest.json")
        .collect()
}

each_db! {
    fn every_file_is_to_the_byte_what_the_command_line_writes(db) {
        let app = TestApp::start(db).with_survey(GALLERY).with_survey(FORMAT).with_definition(&camps());
        let now = Moment::now();
        let mut compared = BTreeSet::new();
        for survey in [GALLERY, FORMAT, "camps"] {
            if survey == "camps" {
                answer_camps(&app);
            } else {
                simulate::simulate(&app.library, survey, 40, 3, now, &|_, _| {}).unwrap();
            }
            let token = make(&app.library, survey, Some(survey), &Scope::ALL);
            let folder = tempfile::tempdir().unwrap();
            let files = written(db, survey, folder.path());
            for (name, bytes) in &files {
                let address = if name == "report.json" { "report" } else { name };
                let reply = get(&app, &token, &format!("/api/v1/surveys/{survey}/{address}"));
                assert_eq!(reply.status, 200, "{name}");
                assert!(reply.bytes == *bytes, "{name} of {survey} differs");
                assert_eq!(reply.header("content-disposition"), Some(format!("attachment; filename=\"{name}\"").as_str()));
                compared.insert(name.clone());
            }
            let source = match survey {
                "camps" => camps(),
                _ => std::fs::read_to_string(format!("{}/surveys/{survey}.json", env!("CARGO_MANIFEST_DIR"))).unwrap(),
            };
            for path in ["definition", "versions/1"] {
                assert_eq!(get(&app, &token, &format!("/api/v1/surveys/{survey}/{path}")).body, source);
            }
        }
        let given = addresses(&openapi()).into_iter().filter_map(|(path, _)| path.rsplit('/').next().map(str::to_string));
        let given: BTreeSet<String> = given.filter(|name| name.contains('.') && !name.ends_with("i.json") && !name.contains("schema")).collect();
        assert_eq!(compared.len(), given.len() + 1, "{compared:?} {given:?}");
    }

    fn pages_give_every_response_once_while_others_come_and_go(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let now = Moment::now();
        let mut receipts = Vec::new();
        for _ in 0..3 {
            let mut sam = app.respondent(GALLERY);
            sam.answer_gallery().continue_();
            receipts.push(Receipt::read(&sam.receipt()).unwrap());
        }
        let copy = |n: usize, app: &TestApp<'_>| {
            let answers = app.responses(GALLERY)[0].answers.clone();
            let keys: Vec<String> = (0..n).map(|at| format!("copy {at} {n}")).collect();
            store(app, GALLERY, keys.iter().map(|key| (key, &answers)));
        };
        copy(150, &app);
        let token = make(&app.library, "reader", Some(GALLERY), &[Scope::Responses]);
        let before: BTreeSet<String> = app.responses(GALLERY).into_iter().map(|one| one.id).collect();
        let (mut given, mut after_id, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/responses?limit=7{after_id}"));
            given.extend(page["responses"].as_array().unwrap().iter().cloned());
            pages += 1;
            match pages {
                5 => copy(101, &app),
                9 => assert!(after::erase(&app.library, GALLERY, &receipts[0]).unwrap()),
                12 => copy(102, &app),
                _ => {}
            }
            let Some(next) = page["next"].as_str() else { break };
            after_id = format!("&after={next}");
        }
        let ids: Vec<String> = given.iter().map(|one| one["response"].as_str().unwrap().to_string()).collect();
        let distinct: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(distinct.len(), ids.len(), "none is given twice");
        let stayed: BTreeSet<String> = app.responses(GALLERY).into_iter().map(|one| one.id).filter(|id| before.contains(id)).collect();
        assert_eq!(stayed.len(), 152);
        assert!(stayed.is_subset(&distinct), "each that was there all the while is given");
        assert!(distinct.len() > 153, "and some that came");
        let lines = get(&app, &token, &format!("/api/v1/surveys/{GALLERY}/responses.jsonl")).body;
        let lines: BTreeMap<String, Value> = lines.lines().map(|line| {
            let value: Value = serde_json::from_str(line).unwrap();
            (value["response"].as_str().unwrap().to_string(), value)
        }).collect();
        assert_eq!(lines.len(), 355);
        for one in given.iter().filter(|one| stayed.contains(one["response"].as_str().unwrap())) {
            assert_eq!(lines.get(one["response"].as_str().unwrap()), Some(one));
        }
        assert_eq!(read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/responses"))["responses"].as_array().unwrap().len(), 100);
        let past = read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/responses?after={}", "f".repeat(32)));
        assert_eq!((&past["responses"], &past["next"]), (&json!([]), &Value::Null));
        // What a new version brings is there from the next page on.
        let text = std::fs::read_to_string(format!("{}/surveys/{GALLERY}.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
        publish::publish(&app.library, "again.json", &text.replace("One of each item type", "Another title"), now).unwrap();
        let versions = read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/responses?limit=1"));
        assert_eq!(versions["responses"][0]["version"], 1);
    }

    fn problems_say_what_is_wrong_and_what_to_do(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let token = make(&app.library, "all", None, &Scope::ALL);
        let here = format!("/api/v1/surveys/{GALLERY}");
        for (query, parameter) in [
            ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=", "limit"), ("limit=+5", "limit"), ("limit=1e2", "limit"), ("limit=99999999999999999999", "limit"),
            ("limit=5&limit=5", "limit"), ("after=", "after"), ("after=xyz", "after"), ("after=%27%3B--", "after"), ("after=%00", "after"), ("offset=5", "offset"), ("lang=cy", "lang"),
            ("token=abc", "token"), ("%FF=1", "\u{fffd}"),
        ] {
            let reply = get(&app, &token, &format!("{here}/responses?{query}"));
            assert_eq!((reply.status, kind(&reply).as_str()), (400, "bad-parameter"), "{query}");
            assert_eq!(problem(&reply)["parameter"], parameter, "{query}");
        }
        assert_eq!(problem(&get(&app, &token, "/api/v1/surveys?limit=5"))["parameter"], "limit");
        for path in ["/api/v1/surveys/nowhere", "/api/v1/surveys/ITEM-GALLERY/report", "/api/v1/surveys/%C3%A9", "/api/v1/surveys/..%2f..%2fetc"] {
            assert_eq!(get(&app, &token, path).status, 404, "{path}");
            assert_eq!(kind(&get(&app, &token, path)), "no-survey", "{path}");
        }
        for version in ["0", "2", "-1", "x", "1.0", "99999999999", "%31x"] {
            let reply = get(&app, &token, &format!("{here}/versions/{version}"));
            assert_eq!((reply.status, kind(&reply).as_str()), (404, "no-version"), "{version}");
        }
        for path in ["/api/v1", "/api/", "/api/v2/surveys", "/api/v1/surveys/", "/api/v1/surveys/item-gallery/contacts.csv", "/api/v1/surveys/item-gallery/responses.r"].into_iter().skip(1) {
            assert_eq!(kind(&get(&app, &token, path)), "not-found", "{path}");
        }
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let reply = ask(&app, method, Some(&format!("Bearer {token}")), &format!("{here}/responses"));
            assert_eq!((reply.status, kind(&reply).as_str(), reply.header("allow")), (405, "wrong-method", Some("GET, HEAD")), "{method}");
        }
        assert_eq!(get(&app, &token, "/api/v1/surveys/item-gallery%00").status, 404);
        assert!(app.visitor().open("/nowhere").page.body.contains("<!DOCTYPE html>"), "people are told on a page");
    }

    fn answers_are_as_the_document_says(db) {
        let app = TestApp::start(db).with_survey(GALLERY).with_survey(FORMAT);
        let document = openapi();
        let report = ask(&app, "GET", None, "/api/v1/report.schema.json");
        assert!(report.body == include_str!("../../docs/report.schema.json"));
        let report: Value = serde_json::from_str(&report.body).unwrap();
        let mut shapes = 0;
        for survey in [GALLERY, FORMAT] {
            simulate::simulate(&app.library, survey, 30, 5, Moment::now(), &|_, _| {}).unwrap();
            let token = make(&app.library, survey, Some(survey), &Scope::ALL);
            for (path, described) in addresses(&document) {
                let path = at(&path, survey);
                let reply = get(&app, &token, &path);
                assert_eq!(reply.status, 200, "{path}");
                assert_eq!(reply.header("cache-control"), Some("no-store"));
                let media = reply.header("content-type").unwrap().split(';').next().unwrap().to_string();
                let content = &described["responses"]["200"]["content"];
                assert_eq!(content.as_object().unwrap().keys().collect::<Vec<_>>(), [&media], "{path}");
                if let Some(schema) = content[&media].get("schema") {
                    let value: Value = serde_json::from_slice(&reply.bytes).unwrap();
                    let (document, schema) = match schema["$ref"].as_str() {
                        // Where that leads from /api/v1/openapi.json.
                        Some("report.schema.json") => (&report, &report),
                        _ => (&document, schema),
                    };
                    assert_eq!(misfits_within(document, schema, &value), Vec::<String>::new(), "{path}");
                    shapes += 1;
                }
                let head = ask(&app, "HEAD", Some(&format!("Bearer {token}")), &path);
                assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
                for header in ["content-type", "content-disposition", "etag", "cache-control"] {
                    assert_eq!(head.header(header), reply.header(header), "{path} {header}");
                }
                let mut program = app.visitor();
                program.also_sends.push(("Authorization".to_string(), format!("Bearer {token}")));
                program.also_sends.push(("If-None-Match".to_string(), format!("\"x\", {}", reply.header("etag").unwrap_or("\"y\""))));
                let again = program.request("GET", &path, None).status;
                let is_streamed = path.contains("/responses.");
                assert_eq!((again, reply.header("etag").is_none()), (if is_streamed { 200 } else { 304 }, is_streamed), "{path}");
            }
        }
        assert!(shapes >= 14, "{shapes}");
        let token = make(&app.library, "list", None, &Scope::ALL);
        let versions = read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/versions"));
        assert_eq!(versions["versions"][0]["current"], true);
        assert_eq!(versions["versions"][0]["hash"], read(&app, &token, &format!("/api/v1/surveys/{GALLERY}/report"))["hashes"]["definition"]);
    }
}

/// `CANVASS_BLESS=1 cargo test published_document` rewrites the file.
#[test]
fn the_published_document_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let document = format!("{:#}\n", openapi());
    if std::env::var_os("CANVASS_BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == document,
        "docs/openapi.json is out of date: run CANVASS_BLESS=1 cargo test published_document"
    );
    let db = Db::sqlite();
    let app = TestApp::start(&db);
    let sent = ask(&app, "GET", None, "/api/v1/openapi.json");
    assert_eq!((sent.status, sent.body), (200, document));
}

#[test]
fn every_address_of_the_api_stands_in_its_document_and_in_docs_api() {
    let source = include_str!("../../src/web/mod.rs");
    let registered: BTreeSet<&str> = source.split('"').filter(|text| text.starts_with("/api/")).collect();
    let document = openapi();
    let documented: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(registered, documented);
    assert_eq!(source.matches("/api/").count(), documented.len(), "none is registered besides");
    let page = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/api.md")).unwrap();
    for path in documented {
        let short = path.strip_prefix("/api/v1").unwrap();
        assert!(page.contains(&format!("`{short}`")), "docs/api.md does not name {short}");
    }
}
