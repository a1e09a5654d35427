//! What the disk and the database can do at most, without a web server: rows of the same shape by the same library.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::base::{Base, Conn, response};
use super::people::People;

/// Clients of the thread that commits in groups.
const CLIENTS: u64 = 64;
/// Rows in one transaction, at most.
const GROUP: usize = 256;

/// A row as the program stores it.
struct Row {
    id: String,
    idem: String,
    receipt_hash: String,
    answers: Arc<str>,
}

impl Row {
    fn new(answers: &Arc<str>) -> Self {
        let random = || {
            let mut bytes = [0_u8; 16];
            getrandom::fill(&mut bytes).unwrap();
            u128::from_ne_bytes(bytes)
        };
        Self {
            id: format!("{:032x}", random()),
            idem: format!("{:032x}{:032x}", random(), random()),
            receipt_hash: format!("{:032x}{:032x}", random(), random()),
            answers: Arc::clone(answers),
        }
    }

    fn insert(&self, conn: &mut Conn) -> QueryResult<usize> {
        let values = (
            response::survey_id.eq("w20"),
            response::id.eq(&self.id),
            response::version.eq(1),
            response::idem.eq(&self.idem),
            response::receipt_hash.eq(&self.receipt_hash),
            response::mode.eq("open_link"),
            response::answers.eq(&*self.answers),
            response::submitted_on.eq("2026-11-22"),
        );
        diesel::insert_into(response::table).values(values).execute(conn)
    }
}

/// Rows a second that one thread writes for 64 clients in groups: each client has one row under way, and goes on once
/// the transaction with it is on the disk.
pub(crate) fn in_groups(base: &Base, people: &People, seconds: f64) -> f64 {
    let before = base.responses();
    let (to_writer, jobs) = channel();
    let mut conn = base.connect();
    let writer = std::thread::spawn(move || write_groups(&mut conn, &jobs));
    let rate = clock(CLIENTS, people, seconds, |_| {
        let to_writer = to_writer.clone();
        let (done, is_done) = sync_channel(1);
        move |row| {
            to_writer.send((row, done.clone())).unwrap();
            is_done.recv().unwrap();
        }
    });
    drop(to_writer);
    writer.join().unwrap();
    assert_eq!(base.responses() - before, rate.rows, "each row is there that a client was told of");
    rate.a_second
}

fn write_groups(conn: &mut Conn, jobs: &Receiver<(Row, SyncSender<()>)>) {
    while let Ok(first) = jobs.recv() {
        let group: Vec<_> = std::iter::once(first).chain(jobs.try_iter().take(GROUP - 1)).collect();
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        for (row, _) in &group {
            row.insert(conn).unwrap();
        }
        conn.batch_execute("COMMIT").unwrap();
        for (_, done) in group {
            done.send(()).unwrap();
        }
    }
}

struct Rate {
    rows: u64,
    a_second: f64,
}

/// Has so many threads write rows, one after the other, until the time is over.
fn clock<W: FnMut(Row) + Send>(threads: u64, people: &People, seconds: f64, writer: impl Fn(u64) -> W) -> Rate {
    let rows = AtomicU64::new(0);
    let texts: Vec<Arc<str>> = (0..threads).map(|number| people.stored(number).to_string().into()).collect();
    let writers: Vec<_> = (0..threads).map(writer).collect();
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(seconds);
    std::thread::scope(|scope| {
        for (text, mut write) in texts.iter().zip(writers) {
            let rows = &rows;
            scope.spawn(move || {
                while Instant::now() < until {
                    write(Row::new(text));
                    rows.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let rows = rows.into_inner();
    Rate { rows, a_second: rows as f64 / start.elapsed().as_secs_f64() }
}
