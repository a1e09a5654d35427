//! Care of the whole database: brought up to date, backed up while people answer, checked, restored, copied.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use canvass::service::care::{self, Held};
use canvass::service::retention::{self, Kept, Kind};
use canvass::service::time::Moment;
use canvass::service::{Library, ServiceError, publish, sweep};
use canvass::store::contact;
use canvass::store::draft::{self, NewDraft};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use canvass::store::text_vector;
use canvass::store::{Store, StoreError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;

use crate::cli::{Desk, stderr};
use crate::db::{Db, each_db};

const SURVEY: &str = r#"{"format": 1, "id": "park", "title": "The park", "pages": [{"id": "a", "questions": [{"id": "q", "type": "text", "text": "Q?"}]}]}"#;

fn quiet(_: &str, _: f64) {}

fn answer(store: &Store, from: usize, many: usize) {
    let texts: Vec<(String, String)> = (from..from + many)
        .map(|n| {
            (format!("idem-{n}"), format!(r#"{{"q":"Crème brûlée 🍮 'n' \"{n}\" \\u0000 – {}"}}"#, "x".repeat(n % 300)))
        })
        .collect();
    let rows: Vec<NewResponse> = texts
        .iter()
        .enumerate()
        .map(|(n, (idem, answers))| NewResponse {
            survey_id: "park",
            version: 1,
            idem,
            receipt_hash: (n % 3 > 0).then_some(idem.as_str()),
            mode: Mode::OpenLink,
            answers,
            submitted_on: "2026-11-22",
            started_version: (n % 5 == 0).then_some(1),
        })
        .collect();
    store.write(|conn| response::insert_many(conn, &rows)).unwrap();
}

/// A database with rows in its tables.
fn filled(db: &Db, many: usize) -> Store {
    let store = db.store();
    publish::publish(&Library::new(store.clone()), "park.json", SURVEY, Moment(1_769_965_200)).unwrap();
    answer(&store, 0, many);
    for n in 0..25 {
        let once = format!("once-{n}");
        store.write(|conn| contact::add(conn, "park", &once, r#"{"email":"a@example.org"}"#)).unwrap();
    }
    let more = "INSERT INTO idea VALUES ('park', 'i1', 'wall', 'a', 'o', 'A bench', 'en', 'shown', true, NULL, NULL, '2026-11-22');
        INSERT INTO idea_vote VALUES ('park', 'wall', 'i1', 'v', 'agree');
        INSERT INTO spent VALUES ('park', 'm1');
        INSERT INTO door VALUES ('park', 'check', 7, NULL);
        INSERT INTO staff_sign_in VALUES ('t', '2026-11-22T10:00:00Z', NULL);
        INSERT INTO result VALUES ('park', '2026-11-22T10', '{}');
        INSERT INTO coding_entry VALUES ('park', 'q', 1, '2026-11-22T10:00:00Z', 'Ann', '\"undone\"');
        INSERT INTO redaction_entry VALUES ('park', 1, '2026-11-22T10:00:00Z', 'Ann', '{\"rule\": \"one\"}');
        INSERT INTO api_token VALUES ('h', 'dashboard', 'report', 'park', '2026-11-22', NULL, NULL);
        INSERT INTO account VALUES ('a', 'ana@example.org', 'Ana', true, false, '2026-11-22T10:00:00Z', NULL, NULL, 58000000);
        INSERT INTO saved_view VALUES ('park', 'Walkers', '{\"by\":\"way\"}', 'ana@example.org', '2026-11-22');
        INSERT INTO recovery_code VALUES ('a', 'h');
        INSERT INTO account_role VALUES ('a', 'park', 'owner');
        INSERT INTO account_link VALUES ('h', 'a', '2026-11-22T10:00:00Z');
        INSERT INTO design VALUES ('park', 1, false, NULL);
        INSERT INTO design_revision VALUES ('park', 1, '{}', '2026-11-22T10:00:00Z', 'ana@example.org');
        INSERT INTO preview_link VALUES ('h', 'park', 'ana@example.org', '2026-11-29T10:00:00Z');
        INSERT INTO audit_entry VALUES (1, '2026-11-22T10:00:00Z', 'ana@example.org', 'signed-in', NULL, '', 'h');
        INSERT INTO person VALUES ('park', 'p', 'sam@example.org', 'Sam@example.org', 'Sam', '', NULL);
        INSERT INTO outbox VALUES ('park', 'p', 'invitation', 'waiting', 2, '2026-11-22T10:00:00Z', '450');
        INSERT INTO letter VALUES ('park', 'invitation', 'en', 'Your say', '{link} {unsubscribe}');
        INSERT INTO mailing VALUES ('park', false, NULL, NULL, 0, '2026-11-22T10:00:00Z', 0)";
    db.raw().batch_execute(more).unwrap();
    let vector = vec![0, 1, 127, 128, 255, 10, 39, 92];
    store.write(|conn| text_vector::keep(conn, "park", "m", &[("h".to_string(), vector.clone())])).unwrap();
    store
}

fn backup(db: &Db, folder: &TempDir) -> (PathBuf, Vec<Held>) {
    let file = folder.path().join("park.canvass");
    let held = care::back_up(&db.url, &file, &quiet).unwrap();
    (file, held)
}

fn faults(file: &Path) -> Vec<String> {
    care::verify(file, &quiet).unwrap().faults
}

fn other_url(folder: &TempDir, name: &str) -> String {
    format!("sqlite:{}", folder.path().join(name).display())
}

fn change(file: &Path, sql: &str) {
    SqliteConnection::establish(&file.display().to_string()).unwrap().batch_execute(sql).unwrap();
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> String {
    match outcome {
        Err(ServiceError::Store(StoreError::Unfit(text)) | ServiceError::Refused(text)) => text,
        other => panic!("{other:?}"),
    }
}

each_db! {
    fn a_backup_holds_every_row_and_is_restored_as_it_was(db) {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(db, 1000);
        let (file, held) = backup(db, &folder);
        assert_eq!(faults(&file), Vec::<String>::new());
        assert_eq!(held.iter().find(|one| one.table == "response").unwrap().rows, 1000);
        assert_eq!(held.iter().filter(|one| one.rows > 0).count(), 27, "{held:?}");
        assert_eq!(care::verify(&file, &quiet).unwrap().held, held);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);

        let to = other_url(&folder, "new/restored.db");
        assert_eq!(care::restore(&file, &to, &quiet).unwrap(), held);
        let second = folder.path().join("second.canvass");
        assert_eq!(care::back_up(&to, &second, &quiet).unwrap(), held, "a backup of it is the same");
        let restored = Library::open(&to).unwrap();
        assert_eq!(publish::list(&restored).unwrap()[0].completed, 1000);
        if let Some(server) = Db::postgres() {
            assert_eq!(care::restore(&file, &server.url, &quiet).unwrap(), held);
            let third = folder.path().join("third.canvass");
            assert_eq!(care::back_up(&server.url, &third, &quiet).unwrap(), held);
        }
        answer(&store, 1000, 1);
        assert_ne!(care::back_up(&db.url, &file, &quiet).unwrap(), held, "a later backup replaces it");
    }

    fn a_database_is_copied_only_to_an_empty_one(db) {
        let folder = tempfile::tempdir().unwrap();
        filled(db, 300);
        let to = other_url(&folder, "copy.db");
        let held = care::copy(&db.url, &to, &quiet).unwrap();
        for target in [&to, &db.url] {
            assert!(refused(care::copy(&db.url, target, &quiet)).contains("is not empty: it has rows in the table survey"));
        }
        // With tables and no rows, it is empty.
        let empty = Db::sqlite();
        drop(empty.store());
        assert_eq!(care::copy(&to, &empty.url, &quiet).unwrap(), held);
        if let Some(server) = Db::postgres() {
            assert_eq!(care::copy(&db.url, &server.url, &quiet).unwrap(), held);
            assert!(refused(care::copy(&db.url, &server.url, &quiet)).contains("is not empty"));
            let back = other_url(&folder, "back.db");
            assert_eq!(care::copy(&server.url, &back, &quiet).unwrap(), held);
        }
        // What a published version is stays guarded in the copy.
        let mut raw = SqliteConnection::establish(to.strip_prefix("sqlite:").unwrap()).unwrap();
        assert!(raw.batch_execute("DELETE FROM survey_version").is_err());
    }

    fn a_backup_made_while_people_answer_is_of_one_moment(db) {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(db, 10);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let (store, stop) = (&store, &stop);
            scope.spawn(move || {
                let mut from = 10;
                while !stop.load(Ordering::Relaxed) {
                    // Seven at a time: a backup has all of them or none.
                    answer(store, from, 7);
                    from += 7;
                }
            });
            for _ in 0..5 {
                let (file, held) = backup(db, &folder);
                assert_eq!(faults(&file), Vec::<String>::new());
                let rows = held.iter().find(|one| one.table == "response").unwrap().rows;
                assert_eq!((rows - 10) % 7, 0, "{rows} rows");
            }
            stop.store(true, Ordering::Relaxed);
        });
    }

    fn what_was_changed_in_a_backup_is_told_by_table_and_not_restored(db) {
        let folder = tempfile::tempdir().unwrap();
        filled(db, 20);
        let (file, _) = backup(db, &folder);
        let whole = fs::read(&file).unwrap();
        for (sql, told) in [
            ("UPDATE response SET answers = '{}' WHERE idem = 'idem-3'", "response has other rows than it had"),
            ("UPDATE contact SET batched = NOT batched WHERE once = 'once-3'", "contact has other rows than it had"),
            ("DELETE FROM spent", "spent has 0 rows, and had 1"),
            ("UPDATE text_vector SET vector = x'00'", "text_vector has other rows than it had"),
            ("PRAGMA foreign_keys = OFF; DELETE FROM survey", "survey_version has rows that belong to none"),
            ("DROP TABLE result", "result cannot be read"),
            ("CREATE TABLE more (x)", "more is a table that the backup was made without"),
            ("DELETE FROM __diesel_schema_migrations WHERE version = '0005'", "__diesel_schema_migrations has 15 rows, and had 16"),
        ] {
            fs::write(&file, &whole).unwrap();
            change(&file, sql);
            let found = faults(&file);
            assert!(found.iter().any(|fault| fault.starts_with(told)), "{sql}: {found:?}");
            let to = other_url(&folder, "damaged.db");
            assert!(refused(care::restore(&file, &to, &quiet)).contains("is damaged"));
            assert!(!folder.path().join("damaged.db").exists());
        }
        // A bit in the middle of an answer, and a file that was cut off.
        let mut bent = whole.clone();
        let at = whole.windows(6).position(|bytes| bytes == b"idem-7").unwrap();
        bent[at] ^= 1;
        fs::write(&file, &bent).unwrap();
        assert!(!faults(&file).is_empty());
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        assert!(care::verify(&file, &quiet).map_or(true, |verified| !verified.faults.is_empty()));
        fs::write(&file, "no database at all, but a text that is long enough to be mistaken for one".repeat(20)).unwrap();
        assert!(matches!(care::verify(&file, &quiet), Err(ServiceError::Store(StoreError::NotADatabase(_)))));
    }

    fn what_is_due_is_told_and_deleted_in_the_night_after_its_last_day(db) {
        let store = db.store();
        let library = Library::new(store.clone());
        let windowed = SURVEY.replace("\"pages\"", r#""window": {"opens": "2026-01-01T09:00", "closes": "2026-02-01T17:00", "timezone": "Europe/London"}, "privacy": {"retain_days": 100}, "pages""#);
        let (during, closes) = (Moment(1_769_900_000), Moment(1_769_965_200));
        publish::publish(&library, "park.json", &windowed, during).unwrap();
        answer(&store, 0, 20);
        store.write(|conn| contact::add(conn, "park", "once", "{}")).unwrap();
        let draft = |key, on| NewDraft { key, survey_id: "park", version: 1, mode: Mode::OpenLink, answers: "{}", started_on: on };
        store.write(|conn| draft::start(conn, &draft("old", "2025-12-01"))).unwrap();
        store.write(|conn| draft::start(conn, &draft("new", "2026-01-30"))).unwrap();
        let numbers = |kept: Vec<Kept>| kept.iter().map(|one| (one.kind.as_str(), one.rows, one.due)).collect::<Vec<_>>();
        let plan = |now| retention::plan(&library, Some("park"), now).unwrap();
        assert_eq!(numbers(plan(during)), [("drafts", 2, 1), ("answers", 20, 0), ("contacts", 1, 0)]);
        assert_eq!(plan(during)[1].until.as_deref(), Some("2026-05-12"));
        assert_eq!(numbers(plan(during)), numbers(plan(during)), "nothing goes by looking");
        retention::carry_out(&library, None, during).unwrap();
        assert_eq!(numbers(plan(during)), [("drafts", 1, 0), ("answers", 20, 0), ("contacts", 1, 0)]);

        assert_eq!(plan(during)[2].until, None, "nobody was promised a day before the close");
        publish::close(&library, "park", closes.plus(7200)).unwrap();
        assert_eq!(plan(closes.plus(7200))[2].until.as_deref(), Some("2026-05-12"));
        let day = 24 * 60 * 60;
        let last = closes.plus(100 * day);
        assert_eq!(sweep::sweep(&library, last).unwrap().deleted, Vec::<String>::new(), "its last day is not over");
        let later = retention::keep_until(&library, "park", Kind::Answers, "2026-05-13", last).unwrap_err();
        assert!(later.to_string().contains("promised to be deleted after 2026-05-12"), "{later}");
        retention::keep_until(&library, "park", Kind::Contacts, "2026-05-14", last).unwrap();
        let after = last.plus(day);
        assert_eq!(numbers(plan(after)), [("drafts", 0, 0), ("answers", 20, 20), ("contacts", 1, 0)]);
        assert_eq!(sweep::sweep(&library, after).unwrap().deleted, ["park: 20 answers"]);
        assert_eq!(numbers(plan(after)), [("drafts", 0, 0), ("answers", 0, 0), ("contacts", 1, 0)]);
        assert_eq!(sweep::sweep(&library, after).unwrap().deleted, Vec::<String>::new(), "once");
        assert_eq!(sweep::sweep(&library, after.plus(2 * day)).unwrap().deleted, ["park: 1 contacts"]);
        assert!(retention::plan(&library, Some("parks"), after).is_err());
    }

    fn tables_are_taken_back_and_brought_up_to_date_again(db) {
        let folder = tempfile::tempdir().unwrap();
        filled(db, 20);
        let newest = care::standing(&db.url).unwrap();
        assert_eq!(newest.pending, Vec::<String>::new());
        let moved = care::down_to(&db.url, "0003").unwrap();
        let newer = after("0003");
        assert_eq!((moved.undone, moved.done), (newer.iter().rev().cloned().collect(), vec![]));
        assert_eq!(care::standing(&db.url).unwrap().pending, newer);
        let file = folder.path().join("old.canvass");
        assert!(refused(care::back_up(&db.url, &file, &quiet)).contains("older than this program"));
        assert!(refused(care::down_to(&db.url, "0099")).contains("there is no schema 0099"));
        assert_eq!(care::migrate(&db.url).unwrap().done, newer);
        assert_eq!(care::migrate(&db.url).unwrap().done, Vec::<String>::new());
        assert_eq!(publish::list(&Library::open(&db.url).unwrap()).unwrap()[0].completed, 20);
    }
}

/// The tables that came after the third change, each after those that it names.
const NEWER: [&str; 22] = [
    "spent",
    "door",
    "attempt",
    "result",
    "keep",
    "text_vector",
    "coding_entry",
    "api_token",
    "account",
    "recovery_code",
    "account_role",
    "account_link",
    "audit_entry",
    "design",
    "design_revision",
    "preview_link",
    "saved_view",
    "redaction_entry",
    "person",
    "outbox",
    "letter",
    "mailing",
];

/// The changes of the tables after one of them, in their order, as the folder has them.
fn after(version: &str) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut all: Vec<String> = fs::read_dir(folder).unwrap().map(name).map(|name| name[..4].to_string()).collect();
    all.retain(|one| one.as_str() > version);
    all.sort();
    all
}

#[test]
fn a_backup_of_an_older_program_is_restored_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::sqlite();
    filled(&db, 50);
    let (file, held) = backup(&db, &folder);
    // As the program of the third change of the tables would have written it.
    let tables = NEWER.iter().rev().copied().collect::<Vec<_>>().join("; DROP TABLE ");
    let named = NEWER.join("', '");
    change(
        &file,
        &format!(
            "DROP TABLE {tables}; ALTER TABLE staff_session DROP COLUMN account_id; ALTER TABLE staff_session DROP COLUMN seen_at;
             UPDATE backup_manifest SET columns = 'key_hash, expires_at' WHERE name = 'staff_session';
             DELETE FROM backup_manifest WHERE name IN ('{named}', '__diesel_schema_migrations');
             DELETE FROM __diesel_schema_migrations WHERE version > '0003'"
        ),
    );
    assert_eq!(faults(&file), ["__diesel_schema_migrations is a table that the backup was made without"]);
    let mut conn = SqliteConnection::establish(&file.display().to_string()).unwrap();
    let sum = {
        use sha2::Digest as _;
        let mut hash = sha2::Sha256::new();
        for version in ["0001", "0002", "0003"] {
            hash.update([1]);
            hash.update(4_u64.to_le_bytes());
            hash.update(version);
        }
        canvass::document::hex(&hash.finalize())
    };
    conn.batch_execute(&format!(
        "INSERT INTO backup_manifest VALUES (0, '__diesel_schema_migrations', 1, 'version', 3, '{sum}')"
    ))
    .unwrap();
    drop(conn);
    assert_eq!(faults(&file), Vec::<String>::new());
    let targets = [Some(Db::sqlite()), Db::postgres()];
    for target in targets.iter().flatten() {
        // Also where the tables of today are there already.
        drop(target.store());
        let restored = care::restore(&file, &target.url, &quiet).unwrap();
        let old = |one: &&Held| !NEWER.contains(&one.table.as_str());
        assert_eq!(restored.iter().collect::<Vec<_>>(), held.iter().filter(old).collect::<Vec<_>>());
        assert_eq!(care::standing(&target.url).unwrap().pending, Vec::<String>::new());
        assert_eq!(publish::list(&Library::open(&target.url).unwrap()).unwrap()[0].completed, 50);
    }
    change(&file, "UPDATE __diesel_schema_migrations SET version = '0999' WHERE version = '0003'");
    assert!(care::restore(&file, &other_url(&folder, "newer.db"), &quiet).is_err());
}

#[test]
fn the_commands_say_what_they_did_and_end_as_they_should() {
    let desk = Desk::new();
    let survey = desk.write("park.json", SURVEY);
    desk.done(&["publish", &survey]);
    desk.done(&["simulate", "park", "--n", "5"]);
    assert!(desk.done(&["migrate", "--check"]).contains("up to date"));
    assert!(desk.refused(&["migrate", "--down-to", "0004"]).contains("--confirm lose-data"));
    let newer = after("0004");
    let back: Vec<&str> = newer.iter().rev().map(String::as_str).collect();
    assert!(
        desk.done(&["migrate", "--down-to", "0004", "--confirm", "lose-data"])
            .contains(&format!("Taken back: {}", back.join(", ")))
    );
    let check = desk.run(&["migrate", "--check"]);
    assert_eq!(check.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&check.stdout).contains(&format!("To do: {}", newer.join(", "))));
    assert!(desk.done(&["migrate"]).contains(&format!("Done: {}", newer.join(", "))));

    let said = desk.done(&["backup", "--out", "park.canvass"]);
    let sum = said.lines().find_map(|line| line.strip_prefix("SHA-256 over all rows: ")).unwrap().to_string();
    assert!(said.contains("5 rows"), "{said}");
    assert!(desk.done(&["verify", "park.canvass"]).contains(&sum));
    for other in ["canvass.db", "park.json"] {
        assert!(desk.refused(&["backup", "--out", other]).contains("is no backup"));
    }
    assert!(desk.done(&["restore", "park.canvass", "--to", "sqlite:again.db"]).contains(&sum));
    let json: serde_json::Value = serde_json::from_str(&desk.done(&[
        "copy",
        "--from",
        "sqlite:again.db",
        "--to",
        "sqlite:copy.db",
        "--format",
        "json",
    ]))
    .unwrap();
    assert_eq!(json["sha256"], sum.as_str());

    change(&desk.path("park.canvass"), "DELETE FROM response");
    let damaged = desk.run(&["verify", "park.canvass"]);
    assert_eq!(damaged.status.code(), Some(1));
    assert!(stderr(&damaged).contains("response has 0 rows, and had 5"));
    assert!(desk.refused(&["verify", "nowhere"]).contains("there is no file"));
}
