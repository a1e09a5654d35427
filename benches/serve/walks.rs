//! Whole walks through W20: the start page, all screens, each saved before its redirect, the check, and the thanks page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Setup;
use super::base::is_receipt_of;
use super::load::{drive, run, visitors};
use super::program::Program;
use super::table::{Line, median, number};
use super::visitor::Visitor;

/// People who answer at the same time.
const VISITORS: usize = 64;
/// Walks a second of `LimeSurvey` 6.10.6, with nginx, php-fpm 8.2 and `MariaDB`, through the same questions: measured
/// on a machine of two cores with 32 visitors.
const LIMESURVEY: f64 = 1.81;

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let base = kind.make("walks");
    Program::publish(&base.url);
    let program = Program::serve(&base.url, kind.folder());
    let at_once = if setup.is_quick { 8 } else { VISITORS };
    let walked = Rc::<RefCell<Vec<(String, u64, String)>>>::default();
    let next = Rc::new(Cell::new(0_u64));
    let (mut rates, mut p50, mut p99) = (vec![], vec![], vec![]);
    for _ in 0..setup.rounds {
        let (people, walked, next) = (Rc::clone(&setup.people), Rc::clone(&walked), Rc::clone(&next));
        let walk = async move |visitor: &mut Visitor| {
            let number = next.replace(next.get() + 1);
            let receipt = visitor.walk(&people, number).await;
            walked.borrow_mut().push((visitor.who.secret().to_string(), number, receipt));
            true
        };
        let load = run(async { drive(visitors(program.address, at_once).await, setup.seconds, walk).await.0 });
        rates.push(load.rate());
        p50.push(load.times.quantile(0.5));
        p99.push(load.times.quantile(0.99));
    }
    let peak = program.memory("VmHWM");
    let at_once = if setup.is_quick { 8 } else { VISITORS };
    let walked = walked.borrow();
    let wrong = walked.iter().filter(|(secret, _, receipt)| !is_receipt_of(receipt, secret)).count();
    let told: Vec<(String, u64)> = walked.iter().map(|(secret, number, _)| (secret.clone(), *number)).collect();
    let (stored, is_right) = base.compare(&setup.people, &told);
    let (rate, p50, p99) = (median(rates), median(p50), median(p99));
    let times = rate / LIMESURVEY;
    let bar = if base.file().is_some() { 500.0 } else { 300.0 };
    vec![
        Line::says(format!("{name}: whole walks, {at_once} people at once"), format!("{}/s", number(rate)))
            .against(format!("{} times LimeSurvey's {LIMESURVEY}/s", number(times)))
            .at_least(times, bar, " times"),
        Line::says(format!("{name}: time of a request in a walk, p99"), format!("{} ms", number(p99)))
            .against(format!("p50 {} ms", number(p50)))
            .at_most(p99, 50.0, " ms"),
        Line::says(format!("{name}: walks, compared one by one"), format!("{stored}; {wrong} wrong receipts"))
            .proves("none lost", is_right && wrong == 0),
        Line::says(format!("{name}: peak memory while walked through"), format!("{} MB", number(peak))),
    ]
}
