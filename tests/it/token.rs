//! Tokens by which programs read: each gives its scopes of its consultation and nothing else, and stands nowhere in clear.

#![cfg(test)]

use std::collections::BTreeSet;
use std::process::Command;

use canvass::service::time::Moment;
use canvass::service::token::{self, New, Scope};
use canvass::web::openapi;
use serde_json::{Value, json};

use crate::api::{FORMAT, GALLERY, addresses, ask, at, get, kind, make, needed, problem, read};
use crate::app::{Person, TestApp};
use crate::cli::Desk;
use crate::crash::Program;
use crate::db::each_db;

const DAY: i64 = 24 * 60 * 60;

/// How a token is made, with more words.
fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["token", "add", "--label", "a program"], more].concat()
}

each_db! {
    fn no_token_reads_more_than_its_scopes_and_its_consultation(db) {
        let app = TestApp::start(db).with_survey(GALLERY).with_survey(FORMAT);
        app.respondent(GALLERY).answer_gallery().continue_();
        let library = &app.library;
        let mut tokens: Vec<(String, BTreeSet<&str>, Option<&str>)> = Vec::new();
        for survey in [Some(GALLERY), Some(FORMAT), None] {
            for scope in Scope::ALL {
                let label = format!("{survey:?} {scope:?}");
                tokens.push((make(library, &label, survey, &[scope]), [scope.as_str()].into(), survey));
            }
        }
        let two = [Scope::Definition, Scope::Report];
        tokens.push((make(library, "two", Some(GALLERY), &two), ["definition", "report"].into(), Some(GALLERY)));
        let (mut given, mut refused) = (0, 0);
        for (path, get) in addresses(&openapi()) {
            let needed = needed(&get);
            for (token, scopes, only) in &tokens {
                for survey in [GALLERY, "nowhere"] {
                    let path = at(&path, survey);
                    let has_scope = needed.is_none_or(|scope| scope.is_empty() || scopes.contains(scope));
                    let may_see = !path.contains(survey) || (survey == GALLERY && only.is_none_or(|only| only == survey));
                    let expected = if !has_scope { 403 } else if !may_see { 404 } else { 200 };
                    let method = if given % 3 == 0 { "HEAD" } else { "GET" };
                    let reply = ask(&app, method, Some(&format!("Bearer {token}")), &path);
                    assert_eq!(reply.status, expected, "{method} {path} with {scopes:?} of {only:?}: {}", reply.body);
                    if expected == 200 {
                        given += 1;
                        assert!(!reply.body.contains("sam@example.org"), "{path} tells a contact");
                    } else {
                        refused += 1;
                        assert!(method == "HEAD" || !reply.body.contains("One of each"), "{}", reply.body);
                    }
                    if expected == 403 && method == "GET" {
                        assert_eq!(problem(&reply)["scope"], needed.unwrap());
                        assert!(reply.header("www-authenticate").unwrap().contains(needed.unwrap()));
                    }
                }
            }
        }
        assert!(given > 60 && refused > 200, "{given} {refused}");
        let seen = |token: &str| {
            let listed = read(&app, token, "/api/v1/surveys");
            listed["surveys"].as_array().unwrap().iter().map(|one| one["survey"].as_str().unwrap().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(seen(&tokens[0].0), [GALLERY]);
        assert_eq!(seen(&tokens[3].0), [FORMAT]);
        assert_eq!(seen(&tokens[6].0), [FORMAT, GALLERY]);
        let of_one = read(&app, &tokens[0].0, "/api/v1/surveys/item-gallery");
        assert_eq!((&of_one["completed"], &of_one["started"], &of_one["state"]), (&json!(1), &json!(1), &json!("open")));
    }

    fn what_is_no_token_that_works_reads_nothing(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let library = &app.library;
        let now = Moment::now();
        let good = make(library, "good", Some(GALLERY), &Scope::ALL);
        let revoked = make(library, "revoked", None, &Scope::ALL);
        let new = New { label: "expired", scopes: &Scope::ALL, survey: None, expires_on: Some(now.date()) };
        let expired = token::add(library, &new, now.plus(-DAY)).unwrap();
        assert_eq!(get(&app, &revoked, "/api/v1/surveys").status, 200);
        token::revoke(library, "revoked").unwrap();
        let session = app.staff().cookie("canvass-staff").unwrap().to_string();
        let respondent = app.respondent(GALLERY).cookie("canvass-item-gallery").unwrap().to_string();
        let bare = good.strip_prefix("canvass_").unwrap().to_string();
        let mut other = good.clone();
        other.replace_range(10..11, if &good[10..11] == "7" { "8" } else { "7" });
        let wrong = [
            expired, revoked, session.clone(), format!("canvass_{session}"), format!("canvass_{respondent}"), bare, other,
            good[..good.len() - 1].to_string(), String::new(), "canvass_".to_string(), format!("{good} {good}"), "é".to_string(),
            "' OR 1=1 --".to_string(),
        ];
        for (path, _) in addresses(&openapi()).into_iter().filter(|(_, get)| needed(get).is_some()).take(1) {
            for token in &wrong {
                let reply = get(&app, token, &at(&path, GALLERY));
                assert_eq!((reply.status, kind(&reply).as_str()), (401, "wrong-token"), "{token}");
                assert!(reply.header("www-authenticate").unwrap().contains("invalid_token"));
            }
        }
        let mut refused = 0;
        for (path, _) in addresses(&openapi()).into_iter().filter(|(_, get)| needed(get).is_some()) {
            let path = at(&path, GALLERY);
            for shown in [None, Some(format!("Basic {good}")), Some(good.clone()), Some("Bearer".to_string())] {
                let reply = ask(&app, "GET", shown.as_deref(), &path);
                assert!([401, 429].contains(&reply.status), "{path} with {shown:?}");
                refused += 1;
            }
            for method in ["GET", "HEAD"] {
                assert!([401, 429].contains(&ask(&app, method, Some(&format!("Bearer {}", wrong[0])), &path).status));
            }
            let in_address = ask(&app, "GET", None, &format!("{path}?access_token={good}&token={good}"));
            assert_eq!((in_address.status, kind(&in_address).as_str()), (401, "no-token"));
        }
        assert!(refused > 80);
        // More wrong ones are not judged, and one that works is taken all the while.
        let mut last = get(&app, &wrong[0], "/api/v1/surveys");
        for _ in 0..25 {
            last = get(&app, &wrong[0], "/api/v1/surveys");
        }
        assert_eq!((last.status, kind(&last).as_str(), last.header("retry-after")), (429, "too-many", Some("60")));
        assert_eq!(get(&app, &good, "/api/v1/surveys").status, 200);
        assert_eq!(ask(&app, "GET", Some(&format!("bEARER  {good} ")), "/api/v1/surveys").status, 200);
        let known = token::list(library, now).unwrap();
        let days: Vec<_> = known.iter().map(|one| (one.label.as_str(), one.used_on.clone(), one.is_expired)).collect();
        assert_eq!(days, [("expired", None, true), ("good", Some(now.day()), false)]);
        let again = token::add(library, &New { label: "good", scopes: &[Scope::Report], survey: None, expires_on: None }, now);
        assert!(again.unwrap_err().to_string().contains("there is a token called"));
    }

    fn a_token_stands_in_no_log_and_in_no_database(db) {
        Program::publish(db);
        let mut program = Program::serve_with(db, &[("CANVASS_LOG", "info,canvass=trace,actix=trace")]);
        let command = |args: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_canvass")).args(args).env("CANVASS_DATABASE", &db.url).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
        };
        let (made, said) = command(&["token", "add", "--survey", GALLERY, "--scope", "report,responses", "--label", "dashboard"]);
        let token = made.trim().to_string();
        let secret = token.strip_prefix("canvass_").unwrap();
        assert!(secret.len() == 26 && !said.contains(secret) && said.contains("this once"), "{said}");
        let mut reader = Person::at(program.address);
        reader.also_sends.push(("Authorization".to_string(), format!("Bearer {token}")));
        for path in ["/api/v1/surveys", "/api/v1/surveys/item-gallery/report", "/api/v1/surveys/item-gallery/responses.csv"] {
            assert_eq!(reader.request("GET", path, None).status, 200, "{path}");
        }
        let mut careless = Person::at(program.address);
        for path in [format!("/api/v1/surveys?token={token}"), format!("/api/v1/surveys/{token}/report"), format!("/api/{token}")] {
            careless.request("GET", &path, None);
            reader.request("GET", &path, None);
        }
        reader.also_sends = vec![("Authorization".to_string(), format!("Bearer {token}X"))];
        assert_eq!(reader.request("GET", "/api/v1/surveys", None).status, 401);
        let listed = command(&["token", "list"]).0;
        assert!(listed.contains("dashboard") && listed.contains("report, responses") && !listed.contains(secret), "{listed}");
        let (code, log) = program.stop();
        assert_eq!(code, Some(0));
        assert!(log.contains("wrong-token") && log.contains("no-token"), "{log}");
        assert!(!log.contains(secret), "{log}");
        let app = TestApp::start(db);
        let everything = app.everything();
        assert!(everything.contains("dashboard") && !everything.contains(secret), "{everything}");
        if db.url.starts_with("sqlite:") {
            for file in std::fs::read_dir(db.folder()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
            }
        }
    }
}

#[test]
fn tokens_are_made_listed_and_revoked_at_the_command_line() {
    let desk = Desk::new();
    let file = format!("{}/surveys/{GALLERY}.json", env!("CARGO_MANIFEST_DIR"));
    desk.done(&["publish", &file]);
    assert!(
        desk.refused(&add(&["--survey", "nowhere", "--scope", "report"])).contains("no consultation called nowhere")
    );
    assert!(
        desk.refused(&add(&["--all-surveys", "--scope", "report", "--expires", "2020-01-01"]))
            .contains("is not to come")
    );
    assert!(
        desk.refused(&["token", "add", "--label", " ", "--all-surveys", "--scope", "report"])
            .contains("a label of 1 to 100")
    );
    for wrong in
        [vec![], vec!["--all-surveys"], vec!["--scope", "report"], vec!["--all-surveys", "--scope", "contacts"]]
    {
        assert_eq!(desk.run(&add(&wrong)).status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(desk.done(&["token", "list"]), "There is no token.\n");
    let made = desk.done(&add(&[
        "--survey",
        GALLERY,
        "--scope",
        "responses",
        "--scope",
        "report",
        "--expires",
        "2999-01-01",
        "--format",
        "json",
    ]));
    let made: Value = serde_json::from_str(&made).unwrap();
    assert!(made["token"].as_str().unwrap().starts_with("canvass_"));
    let listed: Value = serde_json::from_str(&desk.done(&["token", "list", "--format", "json"])).unwrap();
    let today = Moment::now().day();
    let expected = json!([{
        "label": "a program", "survey": GALLERY, "scopes": ["report", "responses"], "made_on": today,
        "expires_on": "2999-01-01", "expired": false, "used_on": null,
    }]);
    assert_eq!(listed, expected);
    assert!(desk.done(&["token", "list"]).contains("expires 2999-01-01\tnever used"));
    assert!(desk.refused(&add(&["--all-surveys", "--scope", "report"])).contains("there is a token called"));
    assert_eq!(desk.done(&["token", "revoke", "a program"]), "a program is revoked.\n");
    assert!(desk.refused(&["token", "revoke", "a program"]).contains("there is no token called"));
}
