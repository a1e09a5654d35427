//! Pages read: the question pages of W20 blank, with answers and with faults, against an answer of fixed text.

use std::rc::Rc;

use super::Setup;
use super::load::{Load, drive, each, run, visitors};
use super::program::Program;
use super::table::{Line, median, number};
use super::visitor::{Visitor, Who};

const CONNECTIONS: usize = 64;
/// What answers with a fixed text and does nothing else.
const STATIC: &str = "/healthz";

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let base = setup.kind.make("pages");
    Program::publish(&base.url);
    let program = Program::serve(&base.url, setup.kind.folder());
    let [mut fixed, mut blank, mut stored, mut faulty, mut of_fixed] = [const { Vec::new() }; 5];
    let mut zipped = 0.0;
    let mut slow: [Vec<f64>; 3] = [const { Vec::new() }; 3];
    let connections = if setup.is_quick { 8 } else { CONNECTIONS };
    run(async {
        let mut at_work = visitors(program.address, connections).await;
        for _ in 0..setup.rounds {
            let mut round = Vec::new();
            for what in [Shows::Fixed, Shows::Blank, Shows::Stored, Shows::Faults] {
                let load;
                (load, at_work) = read(setup, at_work, what).await;
                round.push(load);
            }
            let rates: Vec<f64> = round.iter().map(Load::rate).collect();
            fixed.push(rates[0]);
            blank.push(rates[1]);
            stored.push(rates[2]);
            faulty.push(rates[3]);
            of_fixed.push(rates[1] / rates[0]);
            for (slow, load) in slow.iter_mut().zip(&round[1..]) {
                slow.push(load.times.quantile(0.99));
            }
        }
        zipped = read(setup, at_work, Shows::Zipped).await.0.rate();
    });
    let name = setup.kind.name();
    let rate = |rate: f64| format!("{}/s", number(rate));
    let [p99_blank, p99_stored, p99_faulty] = slow.map(|slow| format!("p99 {} ms", number(median(slow))));
    let (fixed, blank, stored, faulty) = (median(fixed), median(blank), median(stored), median(faulty));
    let of_fixed = median(of_fixed);
    vec![
        Line::says(format!("{name}: {STATIC}, a fixed text, over {connections} connections"), rate(fixed)),
        Line::says(format!("{name}: blank question pages"), rate(blank))
            .against(format!("{} of the fixed text", number(of_fixed)))
            .at_least(of_fixed, 0.5, " of it"),
        Line::says(format!("{name}: blank question pages"), rate(blank))
            .against(p99_blank)
            .at_least(blank, 30_000.0, "/s"),
        Line::says(format!("{name}: question pages with answers"), rate(stored))
            .against(p99_stored)
            .at_least(stored, 12_000.0, "/s"),
        Line::says(format!("{name}: posted pages that come back with faults"), rate(faulty))
            .against(p99_faulty)
            .at_least(faulty, 4_000.0, "/s"),
        Line::says(format!("{name}: blank question pages, compressed"), rate(zipped)),
    ]
}

#[derive(Clone, Copy)]
enum Shows {
    Fixed,
    Blank,
    Zipped,
    Stored,
    Faults,
}

/// Gets everyone ready, untimed, and then has them read pages.
async fn read(setup: &Setup<'_>, mut at_work: Vec<Visitor>, what: Shows) -> (Load, Vec<Visitor>) {
    let people = Rc::clone(&setup.people);
    for visitor in &mut at_work {
        visitor.who = Who::default();
        visitor.others.clear();
        visitor.done = 0;
    }
    let prepare = async move |visitor: &mut Visitor| match what {
        Shows::Fixed => {}
        // Someone at each page, which is the next one to answer.
        Shows::Blank | Shows::Zipped => {
            for answered in 0..people.screens().len() {
                visitor.answer(&people, 0, answered).await;
                visitor.others.push(visitor.who.clone());
            }
        }
        // The same person at each page in turn, all of which are answered.
        Shows::Stored => {
            visitor.answer(&people, 0, people.screens().len()).await;
            for screen in people.screens() {
                visitor.open(screen).await;
                visitor.others.push(visitor.who.clone());
            }
        }
        // On each of these pages something is required.
        Shows::Faults => {
            for answered in 0..2 {
                visitor.answer(&people, 0, answered).await;
                visitor.others.push(visitor.who.clone());
            }
        }
    };
    let at_work = each(at_work, prepare).await;
    drive(at_work, setup.seconds, async move |visitor: &mut Visitor| {
        if matches!(what, Shows::Fixed) {
            visitor.look(STATIC).await;
            return true;
        }
        visitor.connection.takes_gzip = matches!(what, Shows::Zipped);
        visitor.take_turn();
        if matches!(what, Shows::Faults) {
            let field = if visitor.done.is_multiple_of(2) { "job_title" } else { "works" };
            visitor.post_wrong(&format!("{field}=Text+number+{}", visitor.done)).await;
        } else {
            let path = visitor.who.action().to_string();
            visitor.look(&path).await;
        }
        visitor.take_turn();
        true
    })
    .await
}
