//! Several programs on one Postgres: finished answers sent, and whole walks, with the connections spread over them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Setup;
use super::load::{drive, run, spread};
use super::program::Program;
use super::submissions::{Acknowledged, send, whole};
use super::table::{Line, median, number};
use super::visitor::Visitor;

/// Most programs.
const NODES: usize = 3;
/// People who walk at the same time.
const VISITORS: usize = 96;

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let base = setup.kind.make("nodes");
    if base.file().is_some() {
        return Vec::new();
    }
    Program::publish(&base.url);
    let programs: Vec<Program> = (0..NODES).map(|_| Program::serve(&base.url, setup.kind.folder())).collect();
    let addresses: Vec<_> = programs.iter().map(|program| program.address).collect();
    let acknowledged = Acknowledged::default();
    let mut expected = send(setup, &addresses, if setup.is_quick { 128 } else { 1024 }, &acknowledged).rate();
    let (mut sent, mut walked) = ([const { Vec::new() }; NODES], [const { Vec::new() }; NODES]);
    let (mut of_sent, mut of_walked) = ([const { Vec::new() }; NODES], [const { Vec::new() }; NODES]);
    for _ in 0..setup.rounds {
        let (mut of_one, mut walks_of_one) = (f64::NAN, f64::NAN);
        for more in 0..NODES {
            let serving = &addresses[..=more];
            let rate = send(setup, serving, whole(expected * setup.seconds), &acknowledged).rate();
            expected = rate;
            let walks = walk(setup, serving, &acknowledged);
            if more == 0 {
                (of_one, walks_of_one) = (rate, walks);
            }
            sent[more].push(rate);
            walked[more].push(walks);
            of_sent[more].push(rate / of_one);
            of_walked[more].push(walks / walks_of_one);
        }
    }
    let (stored, is_right) = base.compare(&setup.people, &acknowledged.borrow());
    let mut lines = Vec::new();
    for (what, rates, ratios) in [("submissions", sent, of_sent), ("whole walks", walked, of_walked)] {
        for (more, (rates, ratios)) in rates.into_iter().zip(ratios).enumerate() {
            let name = format!("Postgres: {what}, programs: {}", more + 1);
            let line = Line::says(name, format!("{}/s", number(median(rates))));
            let times = format!("{} times one program", number(median(ratios)));
            lines.push(if more == 0 { line } else { line.against(times) });
        }
    }
    lines.push(Line::says("Postgres: answers through several programs, compared", stored).holds("none lost", is_right));
    lines
}

/// Walks a second through these programs.
fn walk(setup: &Setup<'_>, serving: &[std::net::SocketAddr], acknowledged: &Acknowledged) -> f64 {
    let people = Rc::clone(&setup.people);
    let next = Rc::new(Cell::new(acknowledged.borrow().len() as u64));
    let walked = Rc::<RefCell<Vec<(String, u64)>>>::default();
    let told = Rc::clone(&walked);
    let walk = async move |visitor: &mut Visitor| {
        let number = next.replace(next.get() + 1);
        visitor.walk(&people, number).await;
        told.borrow_mut().push((visitor.who.secret().to_string(), number));
        true
    };
    let at_once = if setup.is_quick { 8 } else { VISITORS };
    let load = run(async { drive(spread(serving, at_once).await, setup.seconds, walk).await.0 });
    acknowledged.borrow_mut().append(&mut walked.borrow_mut());
    load.rate()
}
