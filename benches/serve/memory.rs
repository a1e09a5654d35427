//! What the program takes when nothing happens and when very many are there, and how soon it answers after its start.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::spawn_local;
use tokio::time::sleep;

use super::Setup;
use super::load::{run, visitors};
use super::program::Program;
use super::table::{Line, median, number};
use super::visitor::{Visitor, Who};

/// Starts that are timed, each on an empty database.
const STARTS: usize = 5;
/// Whom all the connections are between them.
const PEOPLE: usize = 64;
/// How often a connection says that it is still there: a server closes those that say nothing for five seconds.
const PULSE: Duration = Duration::from_secs(3);

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let starts = (0..STARTS).map(|number| {
        let base = kind.make(&format!("start{number}"));
        Program::serve(&base.url, kind.folder()).took.as_secs_f64() * 1000.0
    });
    let start = median(starts.collect());
    let base = kind.make("memory");
    Program::publish(&base.url);
    let program = Program::serve(&base.url, kind.folder());
    run(async {
        let mut visitor = Visitor::arrive(program.address).await;
        visitor.begin().await;
    });
    std::thread::sleep(Duration::from_millis(500));
    let idle = program.memory("VmRSS");
    let (open, in_use) = run(crowd(setup, &program));
    let peak = program.memory("VmHWM");
    let mb = |figure: f64| format!("{} MB", number(figure));
    vec![
        Line::says(
            format!("{name}: from the start to the first answer, on an empty database"),
            format!("{} ms", number(start)),
        )
        .at_most(start, 200.0, " ms"),
        Line::says(format!("{name}: memory when idle"), mb(idle)).at_most(idle, 40.0, " MB"),
        Line::says(format!("{name}: peak memory with {} connections", number(open)), mb(peak))
            .against(format!("{} in use at the end; each read and posted a page", mb(in_use)))
            .at_most(peak, 200.0, " MB"),
    ]
}

/// Opens very many connections, each of which reads a page, posts it, and stays. Gives how many there are at once, and
/// the memory in use.
async fn crowd(setup: &Setup<'_>, program: &Program) -> (f64, f64) {
    let size: usize = if setup.is_quick { 300 } else { 10_000 };
    let mut whos = Vec::new();
    for mut visitor in visitors(program.address, PEOPLE).await {
        visitor.begin().await;
        whos.push(visitor.who);
    }
    let (there, is_over) = (Rc::new(Cell::new(0_usize)), Rc::new(Cell::new(false)));
    let mut guests = Vec::new();
    for number in 0..size {
        let who = whos[number % PEOPLE].clone();
        let (address, fields) = (program.address, setup.people.fields(number as u64, 0));
        let (arrived, is_over) = (Rc::clone(&there), Rc::clone(&is_over));
        guests.push(spawn_local(async move {
            let mut visitor = Visitor::arrive(address).await;
            visitor.who = who;
            read_and_post(&mut visitor, &fields).await;
            arrived.set(arrived.get() + 1);
            while !is_over.get() {
                sleep(PULSE).await;
                visitor.look("/healthz").await;
            }
        }));
        // As many at a time as the program has under way: a crowd that arrives within one second is another test.
        while number >= there.get() + 256 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let start = Instant::now();
    while there.get() < size && start.elapsed() < Duration::from_mins(2) {
        sleep(Duration::from_millis(20)).await;
    }
    let found = (there.get() as f64, program.memory("VmRSS"));
    is_over.set(true);
    for guest in guests {
        guest.await.unwrap();
    }
    found
}

async fn read_and_post(visitor: &mut Visitor, fields: &str) {
    let who: Who = visitor.who.clone();
    let path = who.action().to_string();
    visitor.come_back_until_read(&path).await;
    visitor.come_back_until_posted(fields).await;
}
