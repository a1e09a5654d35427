//! The attack that invitations must stand: whose answers are these?
//!
//! A thousand people answer by invitation, side by side, in an order of chance, with pauses and coming back. The attacker then
//! has the whole database with the places of its rows, the transactions that wrote them and the write-ahead log, and the list
//! of every invitation that was sent out: everything but the server's key. Each guess pairs every invitation with a response;
//! by chance alone it is right once, however many people there are. Two controls show that the attack works where there is
//! something to find: marks made with a key that can be guessed, and people who come one by one in the order of the list.

#![cfg(test)]

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use canvass::item::Fields;
use canvass::response::Post;
use canvass::response::code::Token;
use canvass::response::invitation::{Invitation, Key};
use canvass::service::collect::{self, Posted, Wants};
use canvass::service::time::Moment;
use canvass::service::{Library, access, publish, wait};
use canvass::store::Conn;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::db::{Db, each_db};

const TOWN: &str = "linkage-town";
const THREADS: usize = 8;
/// Most pairs that the best of all guesses may have right. Of one guess that is Poisson with mean 1; with 60 guesses, more
/// than 9 come up by chance in one run of 10,000.
const CHANCE: usize = 9;

fn town() -> String {
    json!({"format": 1, "id": TOWN, "title": "The town", "access": {"mode": "invitation"}, "pages": [
        {"id": "one", "questions": [{"id": "who", "type": "text", "text": "Who are you?", "required": true}]},
        {"id": "two", "questions": [{"id": "view", "type": "text", "text": "What do you think?"}]},
    ]})
    .to_string()
}

/// In which order people come.
#[derive(Clone, Copy, PartialEq)]
enum Coming {
    /// By chance, many at once.
    Mixed,
    /// One after another, in the order of the list.
    InOrder,
}

/// A person under way.
struct Person {
    number: usize,
    step: u8,
    shown: String,
    token: Option<Token>,
    comes_back: bool,
}

impl Person {
    fn save(&self, library: &Library, page: &str, field: &str, text: String) {
        let post = Post { fields: Fields(vec![(field.to_string(), text)]), ..Post::default() };
        let posted = Posted { at: &page.into(), post: &post, version: None, wants: Wants::Continue };
        wait(collect::save_page(library, TOWN, self.token.as_ref().unwrap(), &posted, now())).unwrap();
    }

    /// Does the next of five things.
    fn go_on(&mut self, library: &Library) {
        match self.step {
            0 => {
                self.shown = access::enter(library, TOWN, &self.shown, now()).unwrap();
                self.token = Some(wait(collect::start_shown(library, TOWN, None, Some(&self.shown), now())).unwrap().0);
            }
            // The answer is what the test knows people by, and the attacker does not.
            1 => self.save(library, "one", "who", format!("p{:04}", self.number)),
            2 if self.comes_back => {
                wait(collect::resume(library, TOWN, self.token.as_ref().unwrap(), now())).unwrap();
            }
            2 => {}
            3 => self.save(library, "two", "view", "A pond".repeat(1 + self.number * 7 % 11)),
            _ => {
                let token = self.token.as_ref().unwrap();
                wait(collect::send_shown(library, TOWN, token, None, Some(&self.shown), now())).unwrap();
            }
        }
        self.step += 1;
    }
}

fn now() -> Moment {
    Moment(1_795_000_000)
}

/// What the attacker has.
struct Loot {
    invitations: Vec<Invitation>,
    marks: Vec<Seen>,
    responses: Vec<Seen>,
    /// What else stands in the database and might be a key.
    texts: Vec<String>,
}

/// A row, with what its database tells of where and when it was written.
#[derive(Clone)]
struct Seen {
    /// The mark, or the response's id.
    name: String,
    transaction: i64,
    place: i64,
    /// Further columns, by which rows might be put in order.
    columns: Vec<String>,
}

/// Lets `n` people answer whose server has this key, and gives the attacker what there is.
fn loot(db: &Db, key: &Key, n: usize, coming: Coming) -> Loot {
    let library = Library::new(db.store()).with_key(key.clone());
    publish::publish(&library, "town.json", &town(), now()).unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let mut random = || Token::from_random(std::array::from_fn(|_| chance.random()));
    let invitations: Vec<Invitation> = (0..n).map(|_| Invitation::new(key, TOWN, &random())).collect();
    let log = WholeLog::keep(db);
    let people: Vec<Mutex<Person>> = (0..n)
        .map(|number| {
            let shown = invitations[number].as_str().to_string();
            Mutex::new(Person { number, step: 0, shown, token: None, comes_back: number % 3 == 0 })
        })
        .collect();
    // When each does something; that it is done in the order of steps is each person's own affair.
    let mut moments: Vec<(u64, usize)> = (0..n)
        .flat_map(|number| {
            let mut at =
                if coming == Coming::Mixed { chance.random_range(0..40 * n as u64) } else { number as u64 * 1000 };
            let steps: Vec<_> = (0..5)
                .map(|_| {
                    at += chance.random_range(1..200);
                    (at, number)
                })
                .collect();
            steps
        })
        .collect();
    moments.shuffle(&mut chance);
    moments.sort_by_key(|(at, _)| *at);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..if coming == Coming::Mixed { THREADS } else { 1 } {
            scope.spawn(|| {
                while let Some((_, number)) = moments.get(next.fetch_add(1, Ordering::Relaxed)) {
                    people[*number].lock().unwrap().go_on(&library);
                }
            });
        }
    });
    let (marks, responses) = log.rows(db);
    assert_eq!((marks.len(), responses.len()), (n, n));
    let texts = [
        "SELECT key_check AS name, CAST(0 AS BIGINT) AS tx, CAST(0 AS BIGINT) AS place, '' AS columns FROM door",
        "SELECT hash AS name, CAST(0 AS BIGINT) AS tx, CAST(0 AS BIGINT) AS place, definition AS columns FROM survey_version",
    ]
    .iter()
    .flat_map(|sql| rows(&mut db.raw(), sql))
    .flat_map(|row| [row.name].into_iter().chain(row.columns))
    .collect();
    Loot { invitations, marks, responses, texts }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    tx: i64,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Text)]
    columns: String,
}

fn rows(conn: &mut Conn, sql: &str) -> Vec<Seen> {
    let rows: Vec<Row> = match conn {
        Conn::Sqlite(conn) => diesel::sql_query(sql).load(conn).unwrap(),
        Conn::Postgres(conn) => diesel::sql_query(sql).load(conn).unwrap(),
    };
    rows.into_iter()
        .map(|row| Seen {
            name: row.name,
            transaction: row.tx,
            place: row.place,
            columns: row.columns.split('\n').map(str::to_string).collect(),
        })
        .collect()
}

/// Keeps SQLite from using its log anew, as one does who copies it all the time.
struct WholeLog(Option<SqliteConnection>);

impl WholeLog {
    fn keep(db: &Db) -> Self {
        let Conn::Sqlite(mut reader) = db.raw() else { return Self(None) };
        diesel::sql_query("BEGIN").execute(&mut reader).unwrap();
        diesel::sql_query(
            "SELECT 'x' AS name, CAST(0 AS BIGINT) AS tx, CAST(0 AS BIGINT) AS place, '' AS columns FROM survey",
        )
        .load::<Row>(&mut reader)
        .unwrap();
        Self(Some(reader))
    }

    /// Marks and responses as they lie, each with the transaction that wrote it.
    fn rows(self, db: &Db) -> (Vec<Seen>, Vec<Seen>) {
        const COLUMNS: &str =
            "idem || chr(10) || receipt_hash || chr(10) || answers || chr(10) || CAST(length(answers) AS TEXT)";
        let mut conn = db.raw();
        let Some(mut reader) = self.0 else {
            let place = "row_number() OVER (ORDER BY ctid)";
            let tx = "CAST(CAST(xmin AS TEXT) AS BIGINT)";
            let marks = format!("SELECT mark AS name, {tx} AS tx, {place} AS place, '' AS columns FROM spent");
            let responses =
                format!("SELECT id AS name, {tx} AS tx, {place} AS place, {COLUMNS} AS columns FROM response");
            return (rows(&mut conn, &marks), rows(&mut conn, &responses));
        };
        let columns = COLUMNS.replace("chr(10)", "char(10)");
        let mut marks = rows(
            &mut conn,
            "SELECT mark AS name, CAST(0 AS BIGINT) AS tx, CAST(0 AS BIGINT) AS place, '' AS columns FROM spent",
        );
        let mut responses = rows(
            &mut conn,
            &format!(
                "SELECT id AS name, CAST(0 AS BIGINT) AS tx, CAST(0 AS BIGINT) AS place, {columns} AS columns FROM response"
            ),
        );
        let path = db.url.strip_prefix("sqlite:").unwrap();
        let log = std::fs::read(format!("{path}-wal")).unwrap();
        diesel::sql_query("COMMIT").execute(&mut reader).unwrap();
        diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut reader).ok();
        let file = std::fs::read(path).unwrap();
        let mut first = HashMap::new();
        let page = usize::try_from(u32::from_be_bytes(log[8..12].try_into().unwrap())).unwrap();
        let mut transaction = 0;
        for frame in log[32..].chunks_exact(24 + page) {
            names_in(&frame[24..], |name, _| {
                first.entry(name.to_vec()).or_insert(transaction);
            });
            transaction += i64::from(frame[4..8] != [0; 4]);
        }
        let mut places = HashMap::new();
        names_in(&file, |name, at| {
            places.entry(name.to_vec()).or_insert(i64::try_from(at).unwrap());
        });
        for row in marks.iter_mut().chain(&mut responses) {
            row.transaction = first[row.name.as_bytes()];
            row.place = places[row.name.as_bytes()];
        }
        (marks, responses)
    }
}

/// Whatever stands behind the survey's id in pages of the file: marks and ids of responses among it.
fn names_in(bytes: &[u8], mut found: impl FnMut(&[u8], usize)) {
    let survey = TOWN.as_bytes();
    for at in 0..bytes.len().saturating_sub(survey.len()) {
        if bytes[at] == survey[0] && bytes[at..].starts_with(survey) {
            let behind = &bytes[at + survey.len()..];
            for name in [26, 32].into_iter().filter_map(|length| behind.get(..length)) {
                found(name, at);
            }
        }
    }
}

/// Who is right how often, by the name of the guess.
fn attack(loot: &Loot) -> Vec<(String, usize)> {
    let person = |response: &Seen| -> usize {
        let answers: Value = serde_json::from_str(&response.columns[2]).unwrap();
        answers["answers"]["who"].as_str().unwrap()[1..].parse().unwrap()
    };
    let by_id: BTreeMap<&str, usize> = loot.responses.iter().map(|row| (row.name.as_str(), person(row))).collect();
    // What was written together belongs together: so far the attacker gets.
    let mut by_transaction: HashMap<i64, Vec<&Seen>> = HashMap::new();
    loot.responses.iter().for_each(|row| by_transaction.entry(row.transaction).or_default().push(row));
    let of_mark: HashMap<&str, &Seen> = loot
        .marks
        .iter()
        .filter_map(|mark| Some((mark.name.as_str(), *by_transaction.get(&mark.transaction)?.first()?)))
        .collect();
    assert!(of_mark.len() * 10 > loot.marks.len() * 9, "the files tell which mark came with which response");
    let mut guesses = Vec::new();

    // By making marks of the invitations, with everything that could be a key.
    let mut keys: Vec<[u8; 32]> = vec![[0; 32], [255; 32]];
    keys.extend([TOWN, "", "canvass", "spent"].into_iter().map(hashed));
    for text in &loot.texts {
        keys.push(hashed(text));
        keys.extend(
            Key::read(text).map(|_| std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())),
        );
    }
    for key in keys.into_iter().map(Key::from_bytes) {
        let right = loot.invitations.iter().enumerate().filter(|(number, invitation)| {
            of_mark
                .get(invitation.mark(&key, TOWN).as_str())
                .is_some_and(|response| by_id[response.name.as_str()] == *number)
        });
        guesses.push(("a key that can be guessed".to_string(), right.count()));
    }

    // By order: the list in some order beside the responses in some order.
    let mut lists: Vec<(&str, Vec<usize>)> = vec![("as issued", (0..loot.invitations.len()).collect())];
    for (name, from) in [("by invitation", 0), ("by seal", 26)] {
        let mut sorted: Vec<usize> = (0..loot.invitations.len()).collect();
        sorted.sort_by_key(|number| loot.invitations[*number].as_str()[from..].to_string());
        lists.push((name, sorted));
    }
    let mut orders: Vec<(String, Vec<&str>)> = Vec::new();
    let mut sorted = |name: &str, key: &dyn Fn(&Seen) -> (i64, String)| {
        let mut rows: Vec<&Seen> = loot.responses.iter().collect();
        rows.sort_by_key(|row| key(row));
        orders.push((name.to_string(), rows.iter().map(|row| row.name.as_str()).collect()));
    };
    sorted("id", &|row| (0, row.name.clone()));
    sorted("time of writing", &|row| (row.transaction, String::new()));
    sorted("place", &|row| (row.place, String::new()));
    sorted("key of sending", &|row| (0, row.columns[0].clone()));
    sorted("receipt", &|row| (0, row.columns[1].clone()));
    sorted("size", &|row| (row.columns[3].parse().unwrap(), row.name.clone()));
    for (name, key) in [("mark", false), ("place of the mark", true)] {
        let mut marks: Vec<&Seen> = loot.marks.iter().collect();
        marks.sort_by_key(|mark| (if key { mark.place } else { 0 }, mark.name.clone()));
        let rows = marks.iter().filter_map(|mark| Some(of_mark.get(mark.name.as_str())?.name.as_str()));
        orders.push((name.to_string(), rows.collect()));
    }
    for (list, numbers) in &lists {
        for (order, ids) in &orders {
            for backwards in [false, true] {
                let ids: Vec<&str> = if backwards { ids.iter().rev().copied().collect() } else { ids.clone() };
                let right = numbers.iter().zip(&ids).filter(|(number, id)| by_id[**id] == **number).count();
                guesses.push((format!("list {list}, responses by {order}"), right));
            }
        }
    }
    guesses
}

fn hashed(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn best(guesses: &[(String, usize)]) -> &(String, usize) {
    guesses.iter().max_by_key(|(_, right)| *right).unwrap()
}

each_db! {
    fn nobody_tells_whose_answers_they_are_without_the_key(db) {
        let secret = Key::from_bytes(hashed("nobody knows"));
        let guesses = attack(&loot(db, &secret, 1000, Coming::Mixed));
        println!("{} guesses, the best: {:?}", guesses.len(), best(&guesses));
        assert!(guesses.len() > 50);
        assert!(best(&guesses).1 <= CHANCE, "{:?}", best(&guesses));
        let mean = guesses.iter().map(|(_, right)| *right).sum::<usize>() as f64 / guesses.len() as f64;
        assert!(mean < 2.0, "{mean}: {guesses:?}");
    }

    fn the_same_attack_finds_most_where_the_key_can_be_guessed(db) {
        let guesses = attack(&loot(db, &Key::from_bytes([0; 32]), 300, Coming::Mixed));
        // Of several who were stored in one transaction it takes any.
        assert!(best(&guesses).1 > 150, "{:?}", best(&guesses));
    }

    fn the_same_attack_finds_nearly_all_where_people_come_in_the_order_of_the_list(db) {
        let secret = Key::from_bytes(hashed("nobody knows"));
        let guesses = attack(&loot(db, &secret, 100, Coming::InOrder));
        assert!(best(&guesses).1 > 90, "{:?}", best(&guesses));
    }
}
