//! Tables that are spread by survey, as over the servers of a cluster, serve as they do whole: `PARTITION BY HASH` has the
//! same rule for keys as Citus has.

#![cfg(test)]

use canvass::response::code::Token;
use canvass::service::report;
use canvass::store::{Conn, draft};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::db::Db;

const PARTS: usize = 4;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Makes the tables anew, each in parts by its survey, with all their keys and what refers to what. Those that stay whole,
/// as what staff did, keep theirs.
fn spread(db: &Db) -> usize {
    drop(db.store());
    let conn = &mut db.raw();
    let mut tables = lines(
        conn,
        "SELECT table_name AS line FROM information_schema.columns
         WHERE table_schema = current_schema() AND column_name = 'survey_id' ORDER BY 1",
    );
    tables.push("survey".to_string());
    let again: Vec<String> = [
        "SELECT format('ALTER TABLE %s ADD %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line FROM pg_constraint
         WHERE contype = 'f' AND connamespace = current_schema()::regnamespace",
        "SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal
         AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
         AND tgrelid::regclass::text NOT LIKE '%audit_entry'",
    ]
    .into_iter()
    .flat_map(|sql| lines(conn, sql))
    .collect();
    assert!(again.len() > 10, "{again:?}");
    for table in &tables {
        let survey = if table == "survey" { "id" } else { "survey_id" };
        conn.batch_execute(&format!(
            "ALTER TABLE {table} RENAME TO whole_{table};
             CREATE TABLE {table} (LIKE whole_{table} INCLUDING ALL) PARTITION BY HASH ({survey});"
        ))
        .unwrap_or_else(|error| panic!("{table} cannot be spread by survey: {error}"));
        for part in 0..PARTS {
            let values = format!("FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})");
            conn.batch_execute(&format!("CREATE TABLE {table}_{part} PARTITION OF {table} {values}")).unwrap();
        }
    }
    for table in &tables {
        conn.batch_execute(&format!("DROP TABLE whole_{table} CASCADE")).unwrap();
    }
    for sql in again {
        conn.batch_execute(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    tables.len()
}

fn definition(id: &str) -> String {
    json!({"format": 1, "id": id, "title": id, "introduction": {"organisation": "The town"}, "pages": [
        {"id": "view", "questions": [{"id": "view", "type": "text", "text": "What do you think?"}]},
        {"id": "wall", "questions": [{"id": "wall", "type": "ideas", "text": "What about the square?", "max_chars": 80,
            "max_ideas": 2, "moderation": "none", "seeds": [{"id": "pond", "label": "A pond"}]}]},
        {"id": "contact", "store": "contact", "title": "Stay in touch",
            "questions": [{"id": "email", "type": "email", "text": "Your address"}]},
    ]})
    .to_string()
}

/// Someone who answers a consultation to its end; gives the receipt.
fn answers(app: &TestApp, id: &str, view: &str) -> String {
    let mut person = app.respondent(id);
    person.answer("view", view).continue_();
    person.answer("wall.own", &format!("More trees for {view}")).continue_();
    person.open(&format!("/s/{id}/page/wall?wall=others")).answer("wall.vote.pond", "agree").continue_();
    person.answer("email", "sam@example.org").continue_().expect_at(&format!("/s/{id}/check"));
    person.continue_().expect("Answers sent");
    person.receipt()
}

#[test]
fn tables_spread_by_survey_take_and_give_all_that_whole_ones_do() {
    let Some(db) = &Db::postgres() else {
        println!("skipped: no Postgres (make test starts one)");
        return;
    };
    assert!(spread(db) > 10);
    let ids = ["town", "park", "road", "lake", "hill", "wood"];
    let app = ids.iter().fold(TestApp::start(db), |app, id| app.with_definition(&definition(id)));
    std::thread::scope(|scope| {
        for person in 0..24 {
            let app = &app;
            scope.spawn(move || {
                let id = ids[person % ids.len()];
                let receipt = answers(app, id, &format!("person {person}"));
                assert!(app.has_receipt(id, &receipt));
            });
        }
    });
    for id in ids {
        assert_eq!(app.responses(id).len(), 4, "{id}");
        let report = report::build(&app.library, id, 7, &|_, _| {}).unwrap();
        assert_eq!((report.base.completed, report.base.started), (4, 4), "{id}");
    }
    // Changed, and taken back.
    let mut sam = app.respondent("town");
    sam.answer("view", "Before").continue_().continue_();
    sam.open("/s/town/page/wall?wall=others").continue_().continue_().continue_().expect("Answers sent");
    let fields = crate::form::fields(&sam.page.body);
    assert!(!fields.is_empty());
    sam.post_to("/s/town/amend", &fields);
    sam.open("/s/town/page/view").answer("view", "After").continue_();
    sam.open("/s/town/check").continue_().expect("Answers sent");
    let views = |app: &TestApp| -> Vec<Value> {
        let all = app.responses("town");
        all.iter().map(|row| serde_json::from_str::<Value>(&row.answers).unwrap()["answers"]["view"].clone()).collect()
    };
    assert!(views(&app).contains(&json!("After")) && !views(&app).contains(&json!("Before")));
    sam.open("/s/town/withdraw").continue_().expect("Your answers are withdrawn");
    assert!(!views(&app).contains(&json!("After")));
    // One secret has a draft in each survey, and none is taken for another's.
    let mut kim = app.respondent("park");
    kim.answer("view", "Half").continue_();
    let secret = kim.cookie("canvass-park").unwrap().to_string();
    let key = Token::read(&secret).unwrap().draft_key();
    assert!(app.store.read(|conn| draft::load(conn, "park", &key)).unwrap().is_some());
    assert!(app.store.read(|conn| draft::load(conn, "road", &key)).unwrap().is_none());
    assert_eq!(app.visitor().open(&format!("/s/road/resume/{secret}")).page.status, 404);
    let rows = lines(&mut db.raw(), "SELECT tableoid::regclass::text AS line FROM response GROUP BY 1");
    assert!(rows.len() > 1, "all lie in one part: {rows:?}");
}
