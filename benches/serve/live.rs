//! What it costs those who answer that staff look on: the time of a submission with pages of how it goes open, and without.

use std::rc::Rc;
use std::time::Duration;

use super::Setup;
use super::load::{Load, run};
use super::million::signed_in;
use super::program::Program;
use super::submissions::{Acknowledged, prepare, send, send_ready, whole};
use super::table::{Line, median, number};
use super::visitor::Visitor;

/// Pages that are open.
const LOOKING: u32 = 5;
/// After which each asks again, as the page's script does.
const AGAIN: Duration = Duration::from_secs(3);
const PAGE: &str = "/staff/surveys/w20/live";

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let base = kind.make("live");
    Program::publish(&base.url);
    let program = Program::serve(&base.url, kind.folder());
    let acknowledged = Acknowledged::default();
    let first = if setup.is_quick { 128 } else { 8_192 };
    let count = whole(send(setup, &[program.address], first, &acknowledged).rate() * setup.seconds);
    let alone = || {
        let ready = prepare(setup, &[program.address], count, &acknowledged);
        run(send_ready(&[program.address], ready, &acknowledged)).0
    };
    let looked_at = || {
        let ready = prepare(setup, &[program.address], count, &acknowledged);
        run(async {
            let mut looking = Vec::new();
            for number in 0..LOOKING {
                let staff = signed_in(&program, &base).await;
                looking.push(tokio::task::spawn_local(look_on(staff, AGAIN * number / LOOKING)));
            }
            let sent = send_ready(&[program.address], Rc::clone(&ready), &acknowledged).await.0;
            looking.iter().for_each(tokio::task::JoinHandle::abort);
            sent
        })
    };
    let (mut without, mut with, mut ratios) = (vec![], vec![], vec![]);
    for round in 0..setup.rounds {
        // By turns, for the store grows meanwhile.
        let p99 = |load: Load| load.times.quantile(0.99);
        let (one, other) = if round % 2 == 0 {
            let one = p99(alone());
            (one, p99(looked_at()))
        } else {
            let other = p99(looked_at());
            (p99(alone()), other)
        };
        without.push(one);
        with.push(other);
        ratios.push(other / one);
    }
    let (stored, is_right) = base.compare(&setup.people, &acknowledged.borrow());
    let (without, with, ratio) = (median(without), median(with), median(ratios));
    let what = format!("{name}: time of a submission while {LOOKING} staff look on, p99");
    vec![
        Line::says(what, format!("{} ms", number(with)))
            .against(format!("{} times the {} ms when nobody does", number(ratio), number(without)))
            .at_most(ratio, 1.2, " times"),
        Line::says(format!("{name}: submissions looked on, compared one by one"), stored).proves("none lost", is_right),
    ]
}

/// A page that is open until it is closed.
async fn look_on(mut staff: Visitor, first: Duration) {
    tokio::time::sleep(first).await;
    loop {
        staff.look(PAGE).await;
        tokio::time::sleep(AGAIN).await;
    }
}
