//! Finished answers sent: through HTTP, against what the disk can take in groups and one by one.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use super::Setup;
use super::limits;
use super::load::{Load, drive, run, spread};
use super::plain;
use super::program::Program;
use super::table::{Line, median, number};
use super::visitor::{Visitor, Who};

/// Connections that send.
pub(crate) const CONNECTIONS: usize = 128;
/// Receipts that are looked at on the thanks page, each round.
const SAMPLE: usize = 50;

/// People whose answers are finished, and their numbers.
pub(crate) type Ready = Rc<RefCell<Vec<(Who, u64)>>>;

/// Secrets and numbers of people whose answers were acknowledged.
pub(crate) type Acknowledged = Rc<RefCell<Vec<(String, u64)>>>;

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let (base, limit) = (kind.make("submissions"), kind.make("limits"));
    Program::publish(&base.url);
    Program::publish(&limit.url);
    let program = Program::serve(&base.url, kind.folder());
    let acknowledged = Acknowledged::default();
    let plain = plain::serve(&base.url);
    let mut expected = send(setup, &[program.address], if setup.is_quick { 128 } else { 1024 }, &acknowledged).rate();
    let (mut grouped, mut single, mut sent, mut of_grouped, mut of_single) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut p50, mut p99) = (vec![], vec![]);
    for _ in 0..setup.rounds {
        if base.file().is_some() {
            grouped.push(limits::in_groups(&limit, &setup.people, setup.seconds));
        }
        let few = whole(expected * setup.seconds / 2.0);
        let ready = prepare(setup, &[program.address], few, &acknowledged);
        single.push(run(send_ready(&[plain], ready, &acknowledged)).0.rate());
        let load = send(setup, &[program.address], whole(expected * setup.seconds), &acknowledged);
        expected = load.rate();
        sent.push(load.rate());
        of_grouped.extend(grouped.last().map(|grouped| load.rate() / grouped));
        of_single.extend(single.last().map(|single| load.rate() / single));
        p50.push(load.times.quantile(0.5));
        p99.push(load.times.quantile(0.99));
    }
    let peak = program.memory("VmHWM");
    let (stored, is_right) = base.compare(&setup.people, &acknowledged.borrow());
    let (grouped, single, sent) = (median(grouped), median(single), median(sent));
    let (of_grouped, of_single) = (median(of_grouped), median(of_single));
    let rate = |rate: f64| format!("{}/s", number(rate));
    let mut lines = Vec::new();
    if base.file().is_some() {
        lines.push(Line::says(format!("{name}: rows by one thread, in groups, for 64 clients"), rate(grouped)));
    }
    lines.push(Line::says(format!("{name}: submissions to a plain program, a transaction each"), rate(single)));
    let what = format!("{name}: submissions over {CONNECTIONS} connections");
    if base.file().is_some() {
        let line = Line::says(&what, rate(sent)).against(format!("{} of rows in groups", number(of_grouped)));
        lines.push(line.at_least(of_grouped, 0.5, " of it"));
    }
    let bar = if base.file().is_some() { 3.0 } else { 2.5 };
    let line = Line::says(&what, rate(sent)).against(format!("{} times the plain program", number(of_single)));
    lines.push(line.at_least(of_single, bar, " times"));
    let (p50, p99) = (median(p50), median(p99));
    let line = Line::says(format!("{name}: time of a submission, p99"), format!("{} ms", number(p99)));
    lines.push(line.against(format!("p50 {} ms", number(p50))).at_most(p99, 25.0, " ms"));
    lines.push(Line::says(format!("{name}: submissions, compared one by one"), stored).proves("none lost", is_right));
    lines.push(Line::says(format!("{name}: peak memory while sending"), format!("{} MB", number(peak))));
    lines
}

pub(crate) fn whole(count: f64) -> u64 {
    Duration::from_secs_f64(count).as_secs()
}

/// Finished drafts of people with the next numbers, made by the programs.
pub(crate) fn prepare(setup: &Setup<'_>, programs: &[SocketAddr], count: u64, acknowledged: &Acknowledged) -> Ready {
    let first = acknowledged.borrow().len() as u64;
    let until = first + count.clamp(CONNECTIONS as u64, 100_000);
    let ready = Ready::default();
    run(async {
        let (next, people, made) = (Cell::new(first), Rc::clone(&setup.people), Rc::clone(&ready));
        let prepare = async move |visitor: &mut Visitor| {
            let number = next.get();
            if number == until {
                return false;
            }
            next.set(number + 1);
            visitor.finish(&people, number).await;
            made.borrow_mut().push((visitor.who.clone(), number));
            true
        };
        drive(spread(programs, CONNECTIONS).await, f64::from(u16::MAX), prepare).await;
    });
    ready
}

/// Sends them, over so many connections.
pub(crate) async fn send_ready(
    addresses: &[SocketAddr],
    ready: Ready,
    acknowledged: &Acknowledged,
) -> (Load, Vec<Visitor>) {
    let count = ready.borrow().len() as u64;
    let told = Rc::clone(acknowledged);
    let send = async move |visitor: &mut Visitor| {
        let next = ready.borrow_mut().pop();
        let Some((who, number)) = next else { return false };
        visitor.who = who;
        let to = visitor.post("").await;
        assert_eq!(to, "/s/w20/sent");
        told.borrow_mut().push((visitor.who.secret().to_string(), number));
        true
    };
    let (load, senders) = drive(spread(addresses, CONNECTIONS).await, f64::from(u16::MAX), send).await;
    assert_eq!(load.done, count);
    (load, senders)
}

/// Makes finished drafts, untimed, then sends them all and looks at some of the receipts.
pub(crate) fn send(setup: &Setup<'_>, programs: &[SocketAddr], count: u64, acknowledged: &Acknowledged) -> Load {
    let ready = prepare(setup, programs, count, acknowledged);
    let (load, senders) = run(send_ready(programs, ready, acknowledged));
    run(async {
        for (sender, address) in
            senders.into_iter().filter(|sender| sender.done > 0).take(SAMPLE).zip(programs.iter().cycle())
        {
            let secret = sender.who.secret().to_string();
            let mut reader = Visitor { who: sender.who, ..Visitor::arrive(*address).await };
            reader.expect_receipt_of(&secret).await;
        }
    });
    load
}
