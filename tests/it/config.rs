//! The settings of the service, checked before it starts, and the figures of how it does.

#![cfg(test)]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use canvass::web::{self, Site};
use serde_json::Value;

use crate::app::TestApp;
use crate::cli::{Desk, stderr, survey};
use crate::db::each_db;
use crate::smtp::Sink;

/// What is found of each setting, with the exit code.
fn found(desk: &Desk, settings: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let args = [&["config", "check", "--format", "json", "--listen", "127.0.0.1:0"], settings].concat();
    let output = desk.run(&args);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_string();
    let all = json.as_array().unwrap().iter();
    let all = all.map(|one| (text(one, "setting"), text(one, "found"), text(one, "says"))).collect();
    (output.status.code().unwrap(), all)
}

fn of(desk: &Desk, setting: &str, settings: &[&str]) -> (i32, String, String) {
    let (code, all) = found(desk, settings);
    let (_, found, says) = all.into_iter().find(|(name, ..)| name == setting).unwrap();
    (code, found, says)
}

#[test]
fn settings_are_checked_without_starting_or_making_anything() {
    let desk = Desk::new();
    let (code, all) = found(&desk, &["--public-url", "https://consult.example.org"]);
    assert_eq!(code, 0, "{all:?}");
    let names: Vec<_> = all.iter().map(|(name, found, _)| (name.as_str(), found.as_str())).collect();
    assert_eq!(names[..4], [("database", "warning"), ("listen", "ok"), ("public-url", "ok"), ("mail", "warning")]);
    assert_eq!(fs::read_dir(desk.path("")).unwrap().count(), 0, "nothing is made");
    let lines = desk.done(&["config", "check", "--listen", "127.0.0.1:0"]);
    assert!(lines.contains("warning  public-url   not given"), "{lines}");

    desk.done(&["publish", &survey("item-gallery")]);
    assert_eq!(of(&desk, "database", &[]).1, "ok");
    assert_eq!(of(&desk, "key", &[]).1, "ok");
    desk.done(&["migrate", "--down-to", "0012", "--confirm", "lose-data"]);
    let (code, found, says) = of(&desk, "database", &[]);
    assert!(code == 0 && found == "warning" && says.contains("0013"), "{says}");
    assert!(desk.run(&["migrate", "--check"]).status.code() == Some(3), "the check brings nothing up to date");
}

#[test]
fn each_setting_that_cannot_be_used_is_told_with_what_to_do() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let open = |url: &str| of(&desk, "public-url", &["--public-url", url]);
    for (wrong, code, says) in [
        (open("consult.example.org"), 1, "write https://"),
        (open("ftp://consult.example.org"), 1, "write https://"),
        (open("https://consult.example.org/canvass"), 1, "more than a host"),
        (open("http://consult.example.org"), 0, "put TLS before it"),
        (of(&desk, "theme", &["--theme", "nowhere"]), 1, "nowhere"),
        (of(&desk, "metrics", &["--metrics", "nonsense"]), 1, "127.0.0.1:8080"),
        (of(&desk, "metrics", &["--metrics", "0.0.0.0:0"]), 0, "only your monitoring"),
        (of(&desk, "metrics", &["--metrics", &taken]), 0, "another program listens"),
        (of(&desk, "browser", &["--browser", "/nowhere/chromium"]), 1, "chromium"),
        (of(&desk, "model", &["--embeddings", "nowhere"]), 1, "nowhere"),
        (of(&desk, "mail", &["--smtp-url", "smtp://127.0.0.1:1", "--mail-from", "a@example.org"]), 1, "reached"),
        (of(&desk, "mail", &["--smtp-url", "smtp://127.0.0.1:25"]), 1, "--mail-from"),
    ] {
        assert_eq!(wrong.0, code, "{wrong:?}");
        assert_ne!(wrong.1, "ok");
        assert!(wrong.2.contains(says), "{wrong:?}");
    }
}

#[test]
fn the_key_and_the_mail_server_are_tried() {
    let desk = Desk::new();
    let definition = |mode: &str| {
        let access = format!(r#"{{"mode": "{mode}"}}"#);
        let access =
            if mode == "email_domain" { r#"{"mode": "email_domain", "domains": ["example.org"]}"# } else { &access };
        format!(
            r#"{{"format": 1, "id": "town", "title": "Town", "language": "en-GB", "access": {access},
                "pages": [{{"id": "p", "questions": [{{"id": "q", "type": "text", "text": "What?"}}]}}]}}"#
        )
    };
    desk.done(&["publish", &desk.write("town.json", definition("passphrase"))]);
    let (code, found, says) = of(&desk, "key", &[]);
    assert!(code == 0 && found == "warning" && says.contains("canvass passphrase"), "{says}");
    fs::remove_file(desk.path("canvass.key")).unwrap();
    let (code, found, says) = of(&desk, "key", &[]);
    assert!(code == 1 && found == "error" && says.contains("put it back"), "{says}");

    let desk = Desk::new();
    desk.done(&["publish", &desk.write("town.json", definition("email_domain"))]);
    let (code, found, says) = of(&desk, "mail", &[]);
    assert!(code == 1 && found == "error" && says.contains("--smtp-url"), "{says}");
    let post = Sink::start();
    let server = format!("smtp://127.0.0.1:{}", post.port);
    assert_eq!(of(&desk, "mail", &["--smtp-url", &server, "--mail-from", "a@example.org"]).1, "ok");
    assert_eq!(post.mails().len(), 0, "nobody gets anything");
}

#[test]
fn no_password_is_told() {
    let desk = Desk::new();
    let args = ["--database", "postgres://canvass:quite-secret@127.0.0.1:1/canvass", "config", "check"];
    let output = desk.run(&args);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("error") && !said.contains("quite-secret"), "{said}");
}

/// What an address answers to GET.
fn read(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

each_db! {
    fn figures_stand_at_an_address_of_their_own_and_tell_nothing_of_anybody(db) {
        let site = Site::new("http://127.0.0.1");
        let listener = web::bind("127.0.0.1:0").unwrap();
        let figures = listener.local_addr().unwrap();
        let served = site.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async { web::serve_metrics(listener, &served).unwrap().await.unwrap() });
        });
        let app = TestApp::start_with(db, site).with_survey("item-gallery");
        let mut person = app.respondent("item-gallery");
        person.answer_gallery().continue_();
        let receipt = person.receipt();
        app.visitor().open("/nothing/here").expect_status(404);
        app.visitor().open("/metrics").expect_status(404);
        let text = read(figures, "/metrics");
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("# EOF\n"), "{text}");
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {text}"));
            line.trim().parse::<f64>().unwrap()
        };
        assert!(value(r#"canvass_requests_total{room="respondents",status="200"}"#) > 3.0);
        assert!((value(r#"canvass_requests_total{room="other",status="404"}"#) - 2.0).abs() < 0.1);
        assert!(value(r#"canvass_request_duration_seconds_count{room="respondents"}"#) > 3.0);
        assert!(value("canvass_resident_memory_bytes") > 1e6 && value("canvass_start_time_seconds") > 1.7e9);
        assert!(!text.contains("gallery") && !text.contains(&receipt));
        assert!(read(figures, "/s/item-gallery").starts_with("HTTP/1.1 404"), "nothing else is there");
    }
}
