//! What the machine does to the service: a disk that is full, a file that is gone, a clock that jumps. A page says so, gives
//! back what was typed, and once the trouble is over the service goes on by itself.

#![cfg(test)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use canvass::item::Fields;
use canvass::response::Post;
use canvass::service::collect::{self, Posted, Wants};
use canvass::service::sweep;
use canvass::service::time::Moment;
use canvass::service::{Library, access, publish, wait};
use canvass::store::{Open, Store, StoreError};
use canvass::web::{Patience, Site};

use crate::app::{Person, TestApp};
use crate::db::{Db, each_db};

const GALLERY: &str = "item-gallery";
const DAY: i64 = 24 * 60 * 60;

/// A small disk over a folder; taken away at the end.
struct Disk(PathBuf);

impl Disk {
    /// None where this user may mount nothing.
    fn over(folder: &Path) -> Option<Self> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then(|| Self(folder.to_path_buf()))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The page says that it passes, and has what was typed.
fn expect_kept(sam: &mut Person, typed: &str) {
    sam.expect_status(503).expect("Please try again in a minute").expect(typed);
    assert!(sam.page.header("retry-after").is_some(), "{:?}", sam.page.headers);
}

/// What sends people here finds out within seconds whether answers can be saved.
fn expect_readiness(app: &TestApp, status: u16) {
    let since = Instant::now();
    while app.visitor().request("GET", "/readyz", None).status != status {
        assert!(since.elapsed() < Duration::from_secs(20), "it is not {status}");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(app.visitor().request("GET", "/healthz", None).status, 200);
}

/// Presses the button of the page until it is taken.
fn press_until_taken(sam: &mut Person) {
    let since = Instant::now();
    while sam.page.status == 503 {
        assert!(since.elapsed() < Duration::from_secs(20), "it does not go on: {}", sam.page.body);
        sam.continue_();
    }
}

each_db! {
    fn a_program_that_is_asked_for_too_much_says_when_to_come_back_and_keeps_what_was_typed(db) {
        let app = TestApp::start(db).with_survey(GALLERY);
        let impatient = Site::new("http://127.0.0.1").with_patience(Patience { waiting: Duration::ZERO, connections: 0 });
        let busy = TestApp::start_with(db, impatient);
        // A timer is always a little late, once it has run.
        std::thread::sleep(Duration::from_millis(200));
        let mut sam = app.respondent(GALLERY);
        sam.answer_gallery_page().continue_().answer_gallery_page().continue_().expect_at("/s/item-gallery/page/typed");
        sam.led_to(&busy).answer("nickname", "Sam the first").continue_();
        expect_kept(&mut sam, "Sam the first");
        assert_eq!(sam.page.header("retry-after"), Some("2"));
        assert!(!sam.page.body.contains("name=\"nickname\""), "all that was posted is one field");
        for path in ["/s/item-gallery", "/s/item-gallery/page/typed"] {
            let reply = sam.request("GET", path, None);
            assert_eq!((reply.status, reply.header("retry-after")), (503, Some("2")), "{path}");
        }
        assert_eq!(sam.request("GET", "/healthz", None).status, 200, "what watches it is told that it lives");
        sam.led_to(&app);
        press_until_taken(&mut sam);
        sam.expect_at("/s/item-gallery/page/grids").back();
        assert!(sam.form.iter().any(|(name, value)| name == "nickname" && value == "Sam the first"), "{:?}", sam.form);
    }
}

#[test]
fn a_full_disk_loses_nothing_and_once_there_is_room_the_service_goes_on() {
    let db = Db::sqlite();
    let Some(disk) = Disk::over(db.folder()) else {
        println!("skipped: this user may not mount a small disk");
        return;
    };
    let app = TestApp::start(&db).with_survey(GALLERY);
    let mut earlier = app.respondent(GALLERY);
    earlier.answer_gallery().continue_().expect("Answers sent");
    let mut ready = app.respondent(GALLERY);
    ready.answer_gallery();
    let mut sam = app.respondent(GALLERY);
    sam.answer_gallery_page().continue_().answer_gallery_page().continue_().expect_at("/s/item-gallery/page/typed");
    for round in 0..3 {
        disk.fill();
        let typed = format!("Sam {round}");
        sam.answer("nickname", &typed).continue_();
        expect_kept(&mut sam, &typed);
        ready.continue_();
        ready.expect_status(503);
        expect_readiness(&app, 503);
        app.visitor().open("/s/item-gallery").expect_status(200);
        earlier.open("/s/item-gallery/sent").expect_status(200);
        assert!(sweep::sweep(&app.library, Moment::now()).is_ok(), "what has nothing to write fails at nothing");
        disk.make_room();
        press_until_taken(&mut sam);
        expect_readiness(&app, 200);
        sam.expect_at("/s/item-gallery/page/grids").back();
        assert!(sam.form.iter().any(|(name, value)| name == "nickname" && *value == typed), "{:?}", sam.form);
        // The same sending, once more.
        ready.open("/s/item-gallery/check");
        if round == 1 {
            ready.continue_().expect("Answers sent");
            ready = app.respondent(GALLERY);
            ready.answer_gallery();
        }
    }
    assert_eq!(app.responses(GALLERY).len(), 2);
}

#[test]
fn nothing_is_acknowledged_that_goes_to_a_file_which_is_gone() {
    let db = Db::sqlite();
    let app = TestApp::start(&db).with_survey(GALLERY);
    let mut ready = app.respondent(GALLERY);
    ready.answer_gallery();
    let mut sam = app.respondent(GALLERY);
    sam.answer_gallery_page().continue_().answer_gallery_page().continue_().expect_at("/s/item-gallery/page/typed");
    let away = db.folder().with_extension("away");
    for round in 0..3 {
        fs::rename(db.folder(), &away).unwrap();
        let typed = format!("Sam {round}");
        sam.answer("nickname", &typed).continue_();
        expect_kept(&mut sam, &typed);
        expect_trouble_soon(&app, "/s/item-gallery");
        assert!(!db.folder().exists(), "no new database is made in its place");
        fs::rename(&away, db.folder()).unwrap();
        press_until_taken(&mut sam);
        sam.expect_at("/s/item-gallery/page/grids").back();
        assert!(sam.form.iter().any(|(name, value)| name == "nickname" && *value == typed), "{:?}", sam.form);
    }
    ready.continue_().expect("Answers sent");
    // Another one in its place is not written to as if it were the same.
    fs::rename(db.folder(), &away).unwrap();
    fs::create_dir(db.folder()).unwrap();
    publish::publish(&Library::new(db.store()), "other.json", OTHER, Moment::now()).unwrap();
    sam.answer("nickname", "Nobody").continue_();
    assert!(sam.page.status == 503 || sam.page.status == 404, "{}", sam.page.body);
    fs::remove_dir_all(db.folder()).unwrap();
    fs::rename(&away, db.folder()).unwrap();
    assert_eq!(app.responses(GALLERY).len(), 1);
}

/// What was looked up in this second is told until it is over.
fn expect_trouble_soon(app: &TestApp, path: &str) {
    let start = Instant::now();
    while app.visitor().open(path).page.status != 503 {
        assert!(start.elapsed() < Duration::from_secs(5), "{path} is still answered");
        std::thread::sleep(Duration::from_millis(50));
    }
}

const OTHER: &str = r#"{"format": 1, "id": "other", "title": "Other", "pages": [{"id": "a", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}]}"#;

#[test]
fn a_misspelt_address_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("definition.json");
    fs::write(&file, OTHER).unwrap();
    let file = file.display().to_string();
    let nowhere = "sqlite:nowhere/canvass.db";
    // Those that may make one, `publish`, `serve` and `import polis`, are given addresses that cannot be read.
    let mut commands: Vec<(Vec<&str>, Vec<&str>)> = vec![(
        vec!["publish", &file],
        vec![
            "sqlite",
            "sqlite:",
            "sqlite://data/canvass.db",
            "SQLITE:x.db",
            "sqlite3:x.db",
            "file:x.db",
            "x.db",
            "postgresql:x",
            "postgre://x/y",
            "sqlite::memory:",
        ],
    )];
    for made in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["import", "polis", "nowhere"]] {
        commands.push((made, vec!["sqlite3:x.db", "x.db", "sqlite:"]));
    }
    for never in [
        vec!["list"],
        vec!["sign-in"],
        vec!["close", "other"],
        vec!["invite", "other", "--count", "1"],
        vec!["simulate", "other"],
        vec!["report", "other", "--out", "report"],
        vec!["contacts", "other", "--out", "contacts"],
        vec!["codebook", "other", "--out", "codebook"],
        vec!["paper", "other", "--out", "paper.html"],
        vec!["diff", "other@1", "other@current"],
        vec!["migrate"],
        vec!["migrate", "--check"],
        vec!["migrate", "--down-to", "0001", "--confirm", "lose-data"],
        vec!["backup", "--out", "backup"],
        vec!["erase", "--survey", "other", "--receipt", "77777-77777-77777-77777-777777"],
        vec!["copy", "--from", nowhere, "--to", "sqlite:copy.db"],
    ] {
        commands.push((never, vec![nowhere, "x.db", "sqlite3:x.db", "sqlite:"]));
    }
    for (args, addresses) in commands {
        for address in addresses {
            let output = Command::new(env!("CARGO_BIN_EXE_canvass"))
                .args(&args)
                .env("CANVASS_DATABASE", address)
                .current_dir(folder.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{args:?} {address}: {said}");
            let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(left, ["definition.json"], "{args:?} {address}: {said}");
        }
    }
    assert!(matches!(Store::open("sqlite://x", Open::Create), Err(StoreError::Url { .. })));
}

each_db! {
    fn a_clock_that_jumps_loses_no_answer_and_refuses_none(db) {
        let app = TestApp::start(db).with_definition(OTHER);
        let library = &app.library;
        let now = Moment::now();
        let token = wait(collect::start(library, "other", None, now)).unwrap();
        for (day, text) in [(0, "first"), (4000, "in eleven years"), (-4000, "eleven years ago"), (0, "now")] {
            let then = now.plus(day * DAY);
            let post = Post { fields: Fields(vec![("q".to_string(), text.to_string())]), ..Post::default() };
            let posted = Posted { at: &"a".into(), post: &post, version: None, wants: Wants::Continue };
            let saved = wait(collect::save_page(library, "other", &token, &posted, then)).unwrap();
            assert!(saved.faults.is_empty() && !saved.is_late, "{text}");
            assert!(app.everything().contains(text), "{text}");
        }
        wait(collect::send(library, "other", &token, None, now.plus(-9000 * DAY))).unwrap();
        assert_eq!(app.responses("other").len(), 1);
        assert!(access::check(library).is_ok());
    }
}
