//! The store's rules, each on SQLite and on Postgres.

#![cfg(test)]

use std::collections::HashSet;
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use canvass::service::wait;
use canvass::store::contact::{self, BATCH};
use canvass::store::draft::{self, NewDraft};
use canvass::store::response::{self, NewResponse, Response, Submitted};
use canvass::store::step::{Change, Seen, Step, Stepped};
use canvass::store::survey::{self, Count, Mode, NewVersion, Published, State};
use canvass::store::{Conn, Open, Store, StoreError, staff};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db::{Db, each_db};

const MONDAY: &str = "2026-11-23";
const TUESDAY: &str = "2026-11-24";
const NINE: &str = "2026-11-23T09:00:00Z";
const TEN: &str = "2026-11-23T10:00:00Z";
const ELEVEN: &str = "2026-11-23T11:00:00Z";

const FIRST: NewVersion = NewVersion {
    survey_id: "parks",
    hash: "h1",
    definition: r#"{"title":"Parks"}"#,
    mode: Mode::OpenLink,
    published_at: NINE,
};
const RESPONSE: NewResponse = NewResponse {
    survey_id: "parks",
    version: 1,
    idem: "form-1",
    receipt_hash: Some("receipt-1"),
    mode: Mode::OpenLink,
    answers: r#"{"q1":"yes"}"#,
    submitted_on: MONDAY,
    started_version: None,
};
const DRAFT: NewDraft = NewDraft {
    key: "token-1",
    survey_id: "parks",
    version: 1,
    mode: Mode::OpenLink,
    answers: "{}",
    started_on: MONDAY,
};

fn publish(store: &Store) -> Result<Published, StoreError> {
    store.write(|conn| survey::publish_version(conn, &FIRST))
}

fn submit(store: &Store, new: &NewResponse) -> Result<Submitted, StoreError> {
    store.write(|conn| response::submit(conn, new))
}

fn responses(store: &Store) -> Result<Vec<Response>, StoreError> {
    store.read(|conn| {
        let mut all = Vec::new();
        response::for_each(conn, "parks", |row| {
            all.push(row);
            Ok::<(), StoreError>(())
        })?;
        Ok(all)
    })
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Level {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    synchronous: i32,
}

fn texts(conn: &mut Conn, sql: &str) -> QueryResult<Vec<String>> {
    let rows = diesel::sql_query(sql).load::<Text>(conn)?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

each_db! {
    fn a_survey_is_published_listed_and_closed(db) {
        let store = db.store();
        assert_eq!(publish(&store).unwrap(), Published::New(1));
        let (parks, version) = store.read(|conn| survey::current(conn, "parks")).unwrap();
        assert_eq!((parks.state, parks.mode, parks.version), (State::Open, Mode::OpenLink, 1));
        assert_eq!((version.hash.as_str(), version.definition.as_str()), ("h1", FIRST.definition));
        assert_eq!(version.published_at, NINE);
        assert!(store.read(|conn| survey::exists(conn, "parks")).unwrap());
        assert!(!store.read(|conn| survey::exists(conn, "roads")).unwrap());

        store.write(|conn| draft::start(conn, &DRAFT)).unwrap();
        submit(&store, &RESPONSE).unwrap();
        let made_up = NewResponse { idem: "x", receipt_hash: None, mode: Mode::Simulated, ..RESPONSE };
        submit(&store, &made_up).unwrap();
        let listed = store.read(survey::list).unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].counts, [
            Count { mode: Mode::OpenLink, started: 2, completed: 1 },
            Count { mode: Mode::Simulated, started: 1, completed: 1 },
        ]);

        store.write(|conn| survey::close(conn, "parks")).unwrap();
        store.write(|conn| survey::close(conn, "parks")).unwrap();
        let (parks, _) = store.read(|conn| survey::current(conn, "parks")).unwrap();
        assert_eq!(parks.state, State::Closed);
        assert!(matches!(publish(&store), Err(StoreError::Conflict(_))));
    }

    fn the_same_definition_is_the_same_version(db) {
        let store = db.store();
        let second = NewVersion { hash: "h2", definition: "{}", published_at: TEN, ..FIRST };
        let publish = |new: &NewVersion| store.write(|conn| survey::publish_version(conn, new));
        assert_eq!(publish(&FIRST).unwrap(), Published::New(1));
        assert_eq!(publish(&FIRST).unwrap(), Published::Again(1));
        assert_eq!(publish(&second).unwrap(), Published::New(2));
        assert_eq!(publish(&FIRST).unwrap(), Published::Again(1));
        let (parks, version) = store.read(|conn| survey::current(conn, "parks")).unwrap();
        assert_eq!((parks.version, version.hash.as_str()), (1, "h1"));
        let old = store.read(|conn| survey::version(conn, "parks", 2)).unwrap();
        assert_eq!(old.hash, "h2");
    }

    fn two_publishers_at_once_make_two_versions(db) {
        let store = db.store();
        publish(&store).unwrap();
        std::thread::scope(|scope| {
            for hash in ["a", "b", "c", "d"] {
                let new = NewVersion { hash, ..FIRST };
                let store = &store;
                scope.spawn(move || store.write(|conn| survey::publish_version(conn, &new)).unwrap());
            }
        });
        assert_eq!(store.read(|conn| survey::version(conn, "parks", 5)).unwrap().version, 5);
    }

    fn the_mode_of_a_survey_cannot_change(db) {
        let store = db.store();
        publish(&store).unwrap();
        let other = NewVersion { hash: "h2", mode: Mode::Imported, ..FIRST };
        let refused = store.write(|conn| survey::publish_version(conn, &other)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the survey parks takes responses by open_link, which cannot change"
        );
    }

    fn a_published_version_cannot_be_changed_or_deleted(db) {
        publish(&db.store()).unwrap();
        let mut conn = db.raw();
        for sql in ["UPDATE survey_version SET definition = 'x'", "DELETE FROM survey_version"] {
            let refused = conn.batch_execute(sql).unwrap_err();
            assert_eq!(refused.to_string(), "a published survey version is immutable");
        }
        let kept = texts(&mut conn, "SELECT definition AS text FROM survey_version").unwrap();
        assert_eq!(kept, [FIRST.definition]);
    }

    fn a_missing_survey_or_version_is_named(db) {
        let store = db.store();
        let refused = store.read(|conn| survey::current(conn, "roads")).unwrap_err();
        assert_eq!(refused.to_string(), "there is no survey roads");
        let refused = store.write(|conn| survey::close(conn, "roads")).unwrap_err();
        assert_eq!(refused.to_string(), "there is no survey roads");
        let refused = store.read(|conn| survey::version(conn, "roads", 3)).unwrap_err();
        assert_eq!(refused.to_string(), "there is no version 3 of survey roads");
        assert!(matches!(submit(&store, &RESPONSE), Err(StoreError::Conflict(_))));
    }

    fn a_draft_is_started_saved_and_deleted(db) {
        let store = db.store();
        publish(&store).unwrap();
        store.write(|conn| draft::start(conn, &DRAFT)).unwrap();
        let twice = store.write(|conn| draft::start(conn, &DRAFT));
        assert!(matches!(twice, Err(StoreError::Conflict(_))));
        store.write(|conn| draft::save(conn, "parks", "token-1", r#"{"q1":2}"#, TUESDAY)).unwrap();
        let kept = store.read(|conn| draft::load(conn, "parks", "token-1")).unwrap().unwrap();
        assert_eq!(kept.answers, r#"{"q1":2}"#);
        assert_eq!((kept.started_on.as_str(), kept.saved_on.as_str()), (MONDAY, TUESDAY));
        assert_eq!(store.read(|conn| draft::count(conn, "parks")).unwrap(), 1);
        assert_eq!((kept.version, kept.started_version), (1, None));
        assert!(store.write(|conn| draft::delete(conn, "parks", "token-1")).unwrap());
        assert!(!store.write(|conn| draft::delete(conn, "parks", "token-1")).unwrap());
        assert_eq!(store.read(|conn| draft::load(conn, "parks", "token-1")).unwrap(), None);
        let late = store.write(|conn| draft::save(conn, "parks", "token-1", "{}", TUESDAY));
        assert!(matches!(late, Err(StoreError::NotFound(_))));
    }

    fn old_drafts_are_deleted(db) {
        let store = db.store();
        publish(&store).unwrap();
        store.write(|conn| draft::start(conn, &DRAFT)).unwrap();
        assert_eq!(store.write(|conn| draft::delete_saved_before(conn, "parks", MONDAY)).unwrap(), 0);
        assert_eq!(store.write(|conn| draft::delete_saved_before(conn, "parks", TUESDAY)).unwrap(), 1);
    }

    fn submitting_twice_stores_one_response(db) {
        let store = db.store();
        publish(&store).unwrap();
        assert_eq!(submit(&store, &RESPONSE).unwrap(), Submitted::Now);
        let changed = NewResponse { answers: "{}", receipt_hash: Some("other"), ..RESPONSE };
        let Submitted::AlreadySubmitted(kept) = submit(&store, &changed).unwrap() else {
            panic!("stored twice")
        };
        assert_eq!(kept.answers, RESPONSE.answers);
        assert_eq!(responses(&store).unwrap(), std::slice::from_ref(&kept));
        let found = store.read(|conn| response::find_by_idem(conn, "parks", "form-1")).unwrap();
        assert_eq!(found.as_ref(), Some(&kept));
        let found = store.read(|conn| response::find_by_receipt(conn, "parks", "receipt-1")).unwrap();
        assert_eq!(found, Some(kept));
        assert_eq!(store.read(|conn| response::find_by_receipt(conn, "parks", "other")).unwrap(), None);
    }

    fn two_responses_never_share_a_receipt(db) {
        let store = db.store();
        publish(&store).unwrap();
        submit(&store, &RESPONSE).unwrap();
        let same_receipt = NewResponse { idem: "form-2", ..RESPONSE };
        assert!(matches!(submit(&store, &same_receipt), Err(StoreError::Conflict(_))));
    }

    fn eight_submissions_of_one_form_at_once_store_one_response(db) {
        let stores = [db.store(), db.store()];
        publish(&stores[0]).unwrap();
        let start = Barrier::new(8);
        let new = std::thread::scope(|scope| {
            let posts: Vec<_> = (0..8)
                .map(|n| {
                    let (store, start) = (&stores[n % 2], &start);
                    scope.spawn(move || {
                        start.wait();
                        submit(store, &RESPONSE).unwrap()
                    })
                })
                .collect();
            posts.into_iter().map(|post| post.join().unwrap()).filter(|s| *s == Submitted::Now).count()
        });
        assert_eq!(new, 1);
        assert_eq!(responses(&stores[0]).unwrap().len(), 1);
    }

    fn a_response_replaces_its_draft_or_nothing_happens(db) {
        let store = db.store();
        publish(&store).unwrap();
        store.write(|conn| draft::start(conn, &DRAFT)).unwrap();
        let send = |conn: &mut Conn| {
            response::submit(conn, &RESPONSE)?;
            draft::delete(conn, "parks", "token-1")
        };
        let failed = store.write(|conn| {
            send(conn)?;
            Err::<(), _>(StoreError::Busy)
        });
        assert!(matches!(failed, Err(StoreError::Busy)));
        assert!(responses(&store).unwrap().is_empty());
        assert_eq!(store.read(|conn| draft::count(conn, "parks")).unwrap(), 1);
        assert!(store.write(send).unwrap());
        assert_eq!(responses(&store).unwrap().len(), 1);
        assert_eq!(store.read(|conn| draft::count(conn, "parks")).unwrap(), 0);
    }

    fn a_swallowed_error_is_never_acknowledged_as_stored(db) {
        let store = db.store();
        publish(&store).unwrap();
        let outcome = store.write(|conn| {
            response::submit(conn, &RESPONSE)?;
            let _ = response::submit(conn, &NewResponse { idem: "y", version: 99, ..RESPONSE });
            Ok::<(), StoreError>(())
        });
        assert_eq!(responses(&store).unwrap().len(), usize::from(outcome.is_ok()));
    }

    fn a_panic_while_writing_leaves_nothing_and_the_store_usable(db) {
        let store = db.store();
        publish(&store).unwrap();
        let thread = {
            let store = store.clone();
            std::thread::spawn(move || store.write(|conn| -> Result<(), StoreError> {
                response::submit(conn, &RESPONSE)?;
                panic!("this panic is part of the test")
            }))
        };
        assert!(thread.join().is_err());
        assert!(responses(&store).unwrap().is_empty());
        assert_eq!(submit(&store, &RESPONSE).unwrap(), Submitted::Now);
    }

    fn what_is_acknowledged_is_on_the_disk(db) {
        // Even if the server's default is to acknowledge earlier.
        let url = db.url.replace("options=", "options=-csynchronous_commit%3Doff%20");
        let store = Store::open(&url, Open::Create).unwrap();
        let setting = store.write(|conn| Ok::<_, StoreError>(match conn {
            Conn::Sqlite(_) => {
                let full = diesel::sql_query("PRAGMA synchronous").get_result::<Level>(conn)?;
                full.synchronous.to_string()
            }
            Conn::Postgres(_) => {
                texts(conn, "SELECT current_setting('synchronous_commit') AS text")?.concat()
            }
        })).unwrap();
        assert!(["2", "on"].contains(&setting.as_str()), "{setting}");
        if let Some(file) = url.strip_prefix("sqlite:") {
            assert!(Path::new(&format!("{file}-wal")).exists());
        }
    }

    fn a_read_sees_one_moment(db) {
        let store = db.store();
        publish(&store).unwrap();
        let (before, after) = store.read(|conn| {
            let before = response::counts(conn, "parks")?;
            submit(&store, &RESPONSE)?;
            Ok::<_, StoreError>((before, response::counts(conn, "parks")?))
        }).unwrap();
        assert_eq!(before, after);
        assert_eq!(store.read(|conn| response::counts(conn, "parks")).unwrap(), [(Mode::OpenLink, 1)]);
    }

    fn a_read_cannot_write(db) {
        let store = db.store();
        let refused = store.read(|conn| survey::publish_version(conn, &FIRST)).unwrap_err();
        assert!(matches!(refused, StoreError::ReadOnly), "{refused:?}");
    }

    fn an_import_is_stored_once_and_read_back_whole(db) {
        let store = db.store();
        publish(&store).unwrap();
        let idems: Vec<String> = (0..1061).map(|n| format!("row {n}")).collect();
        let rows: Vec<NewResponse> = idems
            .iter()
            .map(|idem| NewResponse { idem, receipt_hash: None, mode: Mode::Imported, ..RESPONSE })
            .collect();
        assert_eq!(store.write(|conn| response::insert_many(conn, &rows[..500])).unwrap(), 500);
        assert_eq!(store.write(|conn| response::insert_many(conn, &rows)).unwrap(), 561);
        let stored = responses(&store).unwrap();
        assert!(stored.is_sorted_by(|a, b| a.id < b.id), "by id, each once");
        let read: HashSet<&str> = stored.iter().map(|row| row.idem.as_str()).collect();
        assert_eq!(read, idems.iter().map(String::as_str).collect());
        assert_eq!(store.read(|conn| response::counts(conn, "parks")).unwrap(), [(Mode::Imported, 1061)]);
    }

    fn reading_all_stops_at_the_callers_error(db) {
        let store = db.store();
        publish(&store).unwrap();
        submit(&store, &RESPONSE).unwrap();
        submit(&store, &NewResponse { idem: "form-2", receipt_hash: None, ..RESPONSE }).unwrap();
        let mut seen = 0;
        let outcome = store.read(|conn| response::for_each(conn, "parks", |_| {
            seen += 1;
            Err(Hidden)
        }));
        assert_eq!((outcome.is_err(), seen), (true, 1));
    }

    fn contacts_are_mixed_in_tens(db) {
        let store = db.store();
        publish(&store).unwrap();
        let details: Vec<String> = (0..13).map(|n| format!(r#"{{"email":"p{n:02}@example.org"}}"#)).collect();
        let add = |details: &str| store.write(|conn| contact::add(conn, "parks", details, details)).unwrap();
        let all = || store.read(|conn| contact::all(conn, "parks")).unwrap();
        let ids = || all().into_iter().map(|contact| contact.id).collect::<HashSet<_>>();

        details.iter().take(9).for_each(|details| add(details));
        assert!(all().iter().all(|contact| !contact.batched));
        let waiting = ids();
        add(&details[9]);
        assert_eq!(BATCH, 10);
        assert!(all().iter().all(|contact| contact.batched));
        assert!(ids().is_disjoint(&waiting), "mixed contacts have new ids");

        details.iter().skip(10).for_each(|details| add(details));
        assert_eq!(all().iter().filter(|contact| !contact.batched).count(), 3);
        let before = ids();
        assert_eq!(store.write(|conn| contact::release_all(conn, "parks")).unwrap(), 13);
        assert!(ids().is_disjoint(&before));
        let mut kept: Vec<String> = all().into_iter().map(|contact| contact.details).collect();
        assert_ne!(kept, details, "no longer in the order of arrival (odds 1 in 13!)");
        kept.sort();
        assert_eq!(kept, details);
        if let conn @ Conn::Postgres(_) = &mut db.raw() {
            let sql = "SELECT DISTINCT xmin::text AS text FROM contact";
            assert_eq!(texts(conn, sql).unwrap().len(), 1, "one transaction wrote them all");
        }
    }

    fn contacts_added_at_once_are_neither_lost_nor_doubled(db) {
        let store = db.store();
        publish(&store).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let store = &store;
                scope.spawn(move || for n in 0..15 {
                    store.write(|conn| contact::add(conn, "parks", &format!("{thread}-{n}"), &format!("{thread}-{n}"))).unwrap();
                });
            }
        });
        let all = store.read(|conn| contact::all(conn, "parks")).unwrap();
        assert_eq!(all.len(), 60);
        let distinct: HashSet<&str> = all.iter().map(|contact| contact.details.as_str()).collect();
        assert_eq!(distinct.len(), 60);
    }

    fn nothing_joins_a_contact_to_a_response(db) {
        let store = db.store();
        publish(&store).unwrap();
        for n in 0..20 {
            let (idem, receipt) = (format!("form-{n}"), format!("receipt-{n}"));
            let key = format!("token-{n}");
            store.write(|conn| draft::start(conn, &NewDraft { key: &key, ..DRAFT })).unwrap();
            store.write(|conn| {
                draft::delete(conn, "parks", &key)?;
                response::submit(conn, &NewResponse { idem: &idem, receipt_hash: Some(&receipt), ..RESPONSE })
            }).unwrap();
            store.write(|conn| contact::add(conn, "parks", &format!("p{n}@example.org"), &format!("p{n}@example.org"))).unwrap();
        }
        let conn = &mut db.raw();
        let columns = live_columns(conn);
        let of = |table: &str| columns
            .iter()
            .filter_map(|line| line.strip_prefix(table)?.strip_prefix('.')?.split(' ').next())
            .collect::<HashSet<_>>();
        let (of_contact, of_response) = (of("contact"), of("response"));
        // `id` is random in both: the values are compared below.
        assert_eq!(of_contact.intersection(&of_response).copied().collect::<HashSet<_>>(),
            HashSet::from(["survey_id", "id"]));
        let mut values = |table: &str, columns: &HashSet<&str>| columns
            .iter()
            .filter(|column| !["survey_id", "batched"].contains(column))
            .flat_map(|column| texts(conn, &format!("SELECT COALESCE(CAST({column} AS TEXT), 'none') AS text FROM {table}")).unwrap())
            .collect::<HashSet<_>>();
        assert!(values("contact", &of_contact).is_disjoint(&values("response", &of_response)));
        match conn {
            Conn::Sqlite(_) => for table in ["contact", "response", "draft"] {
                let sql = format!("SELECT CAST(rowid AS TEXT) AS text FROM {table}");
                let refused = texts(conn, &sql).unwrap_err();
                assert_eq!(refused.to_string(), "no such column: rowid");
            },
            Conn::Postgres(_) => {
                let sql = "SELECT c.xmin::text AS text FROM contact c JOIN response r ON r.xmin = c.xmin";
                assert!(texts(conn, sql).unwrap().is_empty());
            }
        }
    }

    fn after_scrubbing_a_deleted_contact_is_nowhere(db) {
        let store = db.store();
        publish(&store).unwrap();
        store.write(|conn| contact::add(conn, "parks", "canary@example.org", "canary@example.org")).unwrap();
        db.raw().batch_execute("DELETE FROM contact").unwrap();
        store.scrub().unwrap();
        let Some(file) = db.url.strip_prefix("sqlite:") else { return };
        for file in [file.to_owned(), format!("{file}-wal")] {
            let bytes = std::fs::read(file).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"canary"));
        }
    }

    fn a_sign_in_link_works_once_and_in_time(db) {
        let store = db.store();
        let redeem = |token: &str, now: &str| store.write(|conn| staff::redeem_sign_in(conn, token, now)).unwrap();
        store.write(|conn| staff::issue_sign_in(conn, "token", TEN)).unwrap();
        store.write(|conn| staff::issue_sign_in(conn, "late", TEN)).unwrap();
        assert!(!redeem("late", TEN));
        assert!(!redeem("unknown", NINE));
        assert!(redeem("token", NINE));
        assert!(!redeem("token", NINE));
    }

    fn a_session_is_valid_until_it_ends_or_expires(db) {
        let store = db.store();
        let valid = |key: &str, now: &str| store.read(|conn| staff::session(conn, key, now)).unwrap().is_some();
        store.write(|conn| staff::start_session(conn, "key", None, (NINE, TEN))).unwrap();
        store.write(|conn| staff::start_session(conn, "other", None, (NINE, ELEVEN))).unwrap();
        store.write(|conn| staff::issue_sign_in(conn, "token", TEN)).unwrap();
        assert!(valid("key", NINE) && !valid("key", TEN) && !valid("unknown", NINE));
        assert_eq!(store.write(|conn| staff::purge_expired(conn, TEN)).unwrap(), 2);
        assert!(!valid("key", NINE) && valid("other", TEN));
        store.write(|conn| staff::end_session(conn, "other")).unwrap();
        assert!(!valid("other", TEN));
    }

    fn many_programs_open_an_empty_database_at_once(db) {
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    db.store().read(survey::list).unwrap();
                });
            }
        });
    }

    fn the_live_tables_are_those_of_schema_rs(db) {
        drop(db.store());
        assert_eq!(live_columns(&mut db.raw()), columns_of_schema_rs());
    }

    fn migrations_go_down_and_up_again(db) {
        publish(&db.store()).unwrap();
        let mut conn = db.raw();
        match &mut conn {
            Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop).unwrap(),
            Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop).unwrap(),
        }
        assert!(live_columns(&mut conn).is_empty());
        assert_eq!(publish(&db.store()).unwrap(), Published::New(1));
    }

    fn the_database_of_a_newer_program_is_refused(db) {
        drop(db.store());
        db.raw().batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')").unwrap();
        let refused = Store::open(&db.url, Open::Existing).err().unwrap();
        assert_eq!(refused.to_string(), "the database has schema 9999, newer than this program's 0016");
    }

    fn a_locked_database_is_busy(db) {
        let store = Store::open_within(Duration::from_millis(100), &db.url, Open::Create).unwrap();
        publish(&store).unwrap();
        let mut other = db.raw();
        other.batch_execute(match other {
            Conn::Sqlite(_) => "BEGIN EXCLUSIVE",
            Conn::Postgres(_) => "BEGIN; LOCK TABLE response",
        }).unwrap();
        assert!(matches!(submit(&store, &RESPONSE), Err(StoreError::Busy)));
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(submit(&store, &RESPONSE).unwrap(), Submitted::Now);
    }
}

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// An error that tells nothing of its cause, as a caller may have.
#[derive(Debug)]
struct Hidden;

impl From<StoreError> for Hidden {
    fn from(_: StoreError) -> Self {
        Self
    }
}

#[test]
fn a_deadlock_on_postgres_is_tried_again() {
    let Some(db) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let store = db.store();
    publish(&store).unwrap();
    store.write(|conn| survey::publish_version(conn, &NewVersion { survey_id: "roads", ..FIRST })).unwrap();
    let crossing = Barrier::new(2);
    let tries: i32 = std::thread::scope(|scope| {
        let closers = [["parks", "roads"], ["roads", "parks"]].map(|order| {
            let (store, crossing) = (&store, &crossing);
            scope.spawn(move || {
                let mut tries = 0;
                store
                    .write(|conn| {
                        tries += 1;
                        survey::close(conn, order[0])?;
                        if tries == 1 {
                            crossing.wait();
                        }
                        survey::close(conn, order[1])?;
                        Ok::<(), Hidden>(())
                    })
                    .unwrap();
                tries
            })
        });
        closers.into_iter().map(|closer| closer.join().unwrap()).sum()
    });
    assert!(tries > 2, "there was no deadlock");
}

#[test]
fn a_connection_that_postgres_ended_is_replaced() {
    let Some(db) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let url = format!("{}&application_name=ended", db.url);
    let store = Store::open(&url, Open::Existing).unwrap();
    publish(&store).unwrap();
    let ended = texts(
        &mut db.raw(),
        "SELECT pg_terminate_backend(pid)::text AS text FROM pg_stat_activity
         WHERE application_name = 'ended'",
    );
    assert_eq!(ended.unwrap(), ["true"]);
    assert_eq!(submit(&store, &RESPONSE).unwrap(), Submitted::Now);
}

#[test]
fn connections_of_requests_that_postgres_ended_are_replaced() {
    let Some(db) = Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    let store = Store::open(&format!("{}&application_name=cut", db.url), Open::Existing).unwrap();
    publish(&store).unwrap();
    let seen = Seen { survey_id: "parks".into(), version: 1, state: State::Open, mode: Mode::OpenLink };
    let begin = |key: String| Step {
        seen: seen.clone(),
        change: Change::Begin { key, version: 1, answers: "{}".into(), started_on: MONDAY.into() },
    };
    let look = || wait(store.look(|conn| draft::load(conn, "parks", "0"))).unwrap();
    for round in 0..4 {
        assert_eq!(wait(store.step(begin(round.to_string()))).unwrap(), Stepped::Done);
        assert!(look().is_some());
        let end = "SELECT pg_terminate_backend(pid)::text AS text FROM pg_stat_activity WHERE application_name = 'cut'";
        assert!(texts(&mut db.raw(), end).unwrap().len() > 1);
    }
}

/// `table.column Type` as the database has them.
fn live_columns(conn: &mut Conn) -> Vec<String> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT m.name || '.' || c.name || ' ' || c.type || iif(c.\"notnull\", '', ' null') AS text
             FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name <> '__diesel_schema_migrations'"
        }
        Conn::Postgres(_) => {
            "SELECT table_name || '.' || column_name || ' ' || upper(data_type)
                 || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS text
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name <> '__diesel_schema_migrations'"
        }
    };
    // One kind of bytes, which the two call by other names.
    let bytes = |line: String| line.replace(" BLOB", " BYTES").replace(" BYTEA", " BYTES");
    let mut lines: Vec<String> = texts(conn, sql).unwrap().into_iter().map(bytes).collect();
    lines.sort();
    lines
}

/// The same, read from the source.
fn columns_of_schema_rs() -> Vec<String> {
    let mut table = "";
    let mut lines = Vec::new();
    for line in include_str!("../../src/store/schema.rs").lines().map(str::trim) {
        if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = match kind.trim_end_matches(',') {
                "Text" => "TEXT",
                "Nullable<Text>" => "TEXT null",
                "Integer" => "INTEGER",
                "Nullable<Integer>" => "INTEGER null",
                "BigInt" => "BIGINT",
                "Bool" => "BOOLEAN",
                "Binary" => "BYTES",
                other => panic!("{other} is new here"),
            };
            lines.push(format!("{table}.{column} {kind}"));
        } else if let Some((name, _)) = line.split_once(" (") {
            table = name;
        }
    }
    lines.sort();
    lines
}

/// The error's text and those of all its causes, as people and logs see them.
fn whole_text(error: &StoreError) -> String {
    let mut text = format!("{error:?}");
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text = format!("{text}\n{error}");
        next = error.source();
    }
    text
}

#[test]
fn an_address_that_is_none_is_refused_with_a_suggestion() {
    for (given, hint) in [
        ("data/canvass.db", "did you mean sqlite:data/canvass.db?"),
        ("canvass.db", "did you mean sqlite:canvass.db?"),
        ("sqlite://data/canvass.db", "did you mean sqlite:data/canvass.db?"),
        ("sqllite:data/canvass.db", "did you mean sqlite:data/canvass.db?"),
        ("file:data/canvass.db", "did you mean sqlite:data/canvass.db?"),
        ("postgress://db/canvass", "did you mean postgres://db/canvass?"),
        ("postgres:db/canvass", "did you mean postgres://db/canvass?"),
        ("mysql://db/canvass", "it begins with sqlite: or postgres://, as in sqlite:data/canvass.db"),
        ("sqlite:", "it begins with sqlite: or postgres://, as in sqlite:data/canvass.db"),
        ("", "it begins with sqlite: or postgres://, as in sqlite:data/canvass.db"),
        ("sqlite::memory:", "a database in memory would end with the program"),
    ] {
        let refused = Store::open(given, Open::Create).err().unwrap();
        assert_eq!(refused.to_string(), format!("\"{given}\" is not the address of a database: {hint}"));
    }
    assert!(!Path::new("data/canvass.db").exists() && !Path::new("canvass.db").exists());
}

#[test]
fn a_missing_file_is_an_error_and_stays_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/canvass.db");
    let url = format!("sqlite:{}", path.display());
    let refused = Store::open(&url, Open::Existing).err().unwrap();
    assert_eq!(refused.to_string(), format!("there is no database at {}", path.display()));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    publish(&Store::open(&url, Open::Create).unwrap()).unwrap();
    let again = Store::open(&url, Open::Existing).unwrap();
    assert!(again.read(|conn| survey::exists(conn, "parks")).unwrap());
}

#[test]
fn a_file_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("50% of #2? mode=ro.db");
    Store::open(&format!("sqlite:{}", path.display()), Open::Create).unwrap();
    assert!(path.exists());
}

#[test]
fn a_file_of_another_program_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "Buy milk, and bread, and a hundred other things.".repeat(40)).unwrap();
    let other = folder.path().join("other.db");
    let mut conn = SqliteConnection::establish(other.to_str().unwrap()).unwrap();
    conn.batch_execute("CREATE TABLE album (title TEXT)").unwrap();
    drop(conn);
    for path in [notes, other] {
        let before = std::fs::read(&path).unwrap();
        let refused = Store::open(&format!("sqlite:{}", path.display()), Open::Create).err().unwrap();
        assert_eq!(refused.to_string(), format!("{} is not a database of this program", path.display()));
        assert!(std::fs::read(&path).unwrap() == before, "changed");
    }
}

#[test]
fn a_write_protected_file_is_refused() {
    let db = Db::sqlite();
    drop(db.store());
    let path = db.url.strip_prefix("sqlite:").unwrap();
    let mut permissions = std::fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(path, permissions).unwrap();
    assert!(matches!(Store::open(&db.url, Open::Existing), Err(StoreError::ReadOnly)));
}

#[test]
fn no_error_shows_a_password() {
    for url in [
        "postgres://staff:s3cret@127.0.0.1:1/canvass",
        "postgres://127.0.0.1:1/canvass?user=staff&password=s3cret",
        "postgres://staff:s3cret@no-such-host.invalid/canvass",
        "postgres://staff:x@s3cret@127.0.0.1:1/canvass",
        "postgres://staff:x/s3cret@127.0.0.1:1/canvass",
        "postgres://staff:s3cret/x@127.0.0.1:1/canvass",
        "postgres://staff:s3cret%zz@127.0.0.1:1/canvass",
        "postgres://staff:s3cret?x@127.0.0.1:1/canvass",
        "postgress://staff:s3cret@127.0.0.1:1/canvass",
        "staff:s3cret@127.0.0.1/canvass",
        "host=127.0.0.1 password=s3cret",
    ] {
        let text = whole_text(&Store::open(url, Open::Existing).err().unwrap());
        assert!(!text.contains("s3cret") && !text.contains("staff:"), "{url} gives {text}");
    }
}
