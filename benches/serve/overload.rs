//! Twice as many pages posted as the program can take: what it refuses, how long the others wait, and what is lost.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::spawn_local;
use tokio::time::sleep_until;

use super::Setup;
use super::latency::Times;
use super::load::{drive, each, run, visitors};
use super::people::{People, title};
use super::program::Program;
use super::table::{Line, number};
use super::visitor::{Visitor, Who};

/// Connections that find out how much the program takes.
const CONNECTIONS: usize = 128;

/// What one person was told.
#[derive(Default)]
struct Told {
    accepted: u64,
    refused: u64,
    /// Refused, or broken off, without a word when to come back.
    without_date: u64,
    /// Not posted, for the answer before was still awaited.
    held_back: u64,
    times: Times,
    secret: String,
    last: Option<String>,
}

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let base = kind.make("overload");
    Program::publish(&base.url);
    let program = Program::serve(&base.url, kind.folder());
    let crowd = if setup.is_quick { 128 } else { 4096 };
    let (most, told, seconds) = run(async {
        let people = Rc::clone(&setup.people);
        let few =
            each(visitors(program.address, CONNECTIONS).await, async |visitor: &mut Visitor| visitor.begin().await);
        let post = async move |visitor: &mut Visitor| {
            let fields = people.fields(visitor.done, 0);
            visitor.post(&fields).await;
            true
        };
        let most = drive(few.await, setup.seconds, post).await.0.rate();
        let whos = begun(&program, crowd).await;
        let start = Instant::now();
        let told = offer(setup, program.address, whos, most * 2.0).await;
        (most, told, start.elapsed().as_secs_f64())
    });
    let mut times = Times::default();
    for told in &told {
        times.add_all(&told.times);
    }
    let sum = |of: fn(&Told) -> u64| told.iter().map(of).sum::<u64>();
    let (accepted, refused, without_date) = (sum(|t| t.accepted), sum(|t| t.refused), sum(|t| t.without_date));
    let share = refused as f64 / (accepted + refused) as f64 * 100.0;
    let last: Vec<(String, String)> =
        told.iter().filter_map(|told| Some((told.secret.clone(), told.last.clone()?))).collect();
    let (kept, is_right) = base.compare_drafts(&last);
    let a_second = |n: u64| format!("{}/s", number(n as f64 / seconds));
    let p99 = times.quantile(0.99);
    vec![
        Line::says(
            format!("{name}: pages saved over {CONNECTIONS} connections, as many as it takes"),
            format!("{}/s", number(most)),
        ),
        Line::says(
            format!("{name}: twice as many, over {} connections: accepted", number(crowd as f64)),
            a_second(accepted),
        )
        .against(format!("{} not posted, for an answer was awaited", a_second(sum(|t| t.held_back)))),
        Line::says(format!("{name}: twice as many: refused"), a_second(refused))
            .against(format!("{} %; {without_date} without Retry-After", number(share)))
            .holds("503 with Retry-After", refused > 0 && without_date == 0),
        Line::says(format!("{name}: twice as many: time of what is accepted, p99"), format!("{} ms", number(p99)))
            .against(format!("p50 {} ms", number(times.quantile(0.5))))
            .at_most(p99, 250.0, " ms"),
        Line::says(format!("{name}: twice as many, compared one by one"), kept).proves("none lost", is_right),
    ]
}

/// So many people who have begun and stand before the first page.
async fn begun(program: &Program, crowd: usize) -> Vec<Who> {
    let whos = Rc::<RefCell<Vec<Who>>>::default();
    let kept = Rc::clone(&whos);
    let begin = async move |visitor: &mut Visitor| {
        if kept.borrow().len() >= crowd {
            return false;
        }
        visitor.begin().await;
        kept.borrow_mut().push(visitor.who.clone());
        true
    };
    drive(visitors(program.address, CONNECTIONS).await, f64::from(u16::MAX), begin).await;
    let mut whos = whos.take();
    whos.truncate(crowd);
    whos
}

/// Offers so many pages a second, each visitor at moments of its own whatever the others wait for.
async fn offer(setup: &Setup<'_>, address: SocketAddr, crowd: Vec<Who>, rate: f64) -> Vec<Told> {
    let pause = Duration::from_secs_f64(crowd.len() as f64 / rate);
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(setup.seconds);
    let size = u64::try_from(crowd.len()).unwrap();
    let posts = (0..).zip(crowd).map(|(number, who): (u64, Who)| {
        let first = start + Duration::from_secs_f64(number as f64 / rate);
        let people = Rc::clone(&setup.people);
        // Each page of each person has a number of its own.
        let numbers = (0..).map(move |time| number + time * size);
        spawn_local(async move {
            sleep_until(first.into()).await;
            let mut visitor = Visitor::arrive(address).await;
            visitor.who = who;
            post_in_time(visitor, people, numbers, first, until, pause).await
        })
    });
    let posts: Vec<_> = posts.collect();
    let mut all = Vec::with_capacity(posts.len());
    for post in posts {
        all.push(post.await.unwrap());
    }
    all
}

async fn post_in_time(
    mut visitor: Visitor,
    people: Rc<People>,
    mut numbers: impl Iterator<Item = u64>,
    first: Instant,
    until: Instant,
    pause: Duration,
) -> Told {
    let mut told = Told { secret: visitor.who.secret().to_string(), ..Told::default() };
    let path = visitor.who.action().to_string();
    let mut next = first;
    while next < until {
        sleep_until(next.into()).await;
        let number = numbers.next().unwrap();
        let body = visitor.body(&people.fields(number, 0));
        let start = Instant::now();
        match visitor.connection.ask(&path, visitor.who.cookie(), Some(&body)).await {
            Ok(reply) if reply.status == 303 => {
                told.accepted += 1;
                told.times.add(start.elapsed());
                told.last = Some(title(number));
            }
            Ok(reply) => {
                assert!([408, 503].contains(&reply.status), "{}: {}", reply.status, reply.text());
                told.refused += 1;
                told.without_date += u64::from(reply.header("retry-after").is_none());
            }
            // Whether this page is stored, nobody was told.
            Err(_) => {
                told.refused += 1;
                told.without_date += 1;
                told.last = None;
            }
        }
        next += pause;
        while next < Instant::now() {
            next += pause;
            told.held_back += 1;
        }
    }
    told
}
