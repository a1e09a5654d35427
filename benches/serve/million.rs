//! A store with very many responses: no page may be slower for it, and taking them away is as fast as reading them.

use std::rc::Rc;
use std::time::Instant;

use super::Setup;
use super::base::Base;
use super::load::run;
use super::people::People;
use super::program::Program;
use super::table::{Line, median, number};
use super::visitor::Visitor;

/// Responses that were sent through HTTP; the others are copies of them.
const PATTERNS: u64 = 64;
/// The stores of a quick run, and of any other.
const SIZES: (u64, u64) = (5_000, 1_000_000);
/// How often a page is asked for of either store, by turns.
const TIMES: usize = 200;

pub(crate) fn measure(setup: &Setup<'_>) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let (empty, full) = (kind.make("empty"), kind.make("million"));
    Program::publish(&empty.url);
    Program::publish(&full.url);
    {
        let program = Program::serve(&full.url, kind.folder());
        run(async {
            let mut visitor = Visitor::arrive(program.address).await;
            for number in 0..PATTERNS {
                visitor.walk(&setup.people, number).await;
            }
        });
    }
    let rows = if setup.is_quick { SIZES.0 } else { SIZES.1 };
    full.fill(rows);
    let size = full.size() as f64 / 1e9;
    let stored = format!("{} stored responses", number(rows as f64));
    let mut lines = vec![Line::says(format!("{name}: {stored}"), format!("{} GB", number(size)))];
    lines.extend(compare(setup, &empty, &full, &stored));
    lines.extend(export(setup, &full));
    lines
}

/// The time of each page with both stores.
fn compare(setup: &Setup<'_>, empty: &Base, full: &Base, stored: &str) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let (small, large) = (Program::serve(&empty.url, kind.folder()), Program::serve(&full.url, kind.folder()));
    let times = if setup.is_quick { 5 } else { TIMES };
    let pages = run(async {
        let mut here = Cast::gather(&small, empty, &setup.people, times).await;
        let mut there = Cast::gather(&large, full, &setup.people, times).await;
        let mut pages = Vec::new();
        for page in PAGES {
            let (mut short, mut long) = (Vec::new(), Vec::new());
            let start = Instant::now();
            for turn in 0..times {
                short.push(here.time(page, turn).await);
                long.push(there.time(page, turn).await);
                if start.elapsed().as_secs() >= 10 {
                    break;
                }
            }
            pages.push((page, median(short), median(long)));
        }
        pages
    });
    let line = |(page, short, long): (&Page, f64, f64)| {
        let ratio = long / short;
        Line::says(format!("{name}: {} with {stored}", page.name), format!("{} ms", number(long)))
            .against(format!("{} times the {} ms of an empty store", number(ratio), number(short)))
            .at_most(ratio, 1.2, " times")
    };
    pages.into_iter().map(line).collect()
}

/// A page, and who looks at it.
struct Page {
    name: &'static str,
    path: &'static str,
    by: By,
}

/// Who looks at a page, or posts it.
#[derive(Clone, Copy)]
enum By {
    Stranger,
    Beginner,
    Finished,
    Sent,
    Staff,
    Saves,
    Sends,
}

const PAGES: &[Page] = &[
    Page { name: "the list of open consultations", path: "/", by: By::Stranger },
    Page { name: "the start page", path: "/s/w20", by: By::Stranger },
    Page { name: "a blank question page", path: "/s/w20/page/you", by: By::Beginner },
    Page { name: "a question page with answers", path: "/s/w20/page/you", by: By::Finished },
    Page { name: "saving a page", path: "/s/w20/page/you", by: By::Saves },
    Page { name: "the check page", path: "/s/w20/check", by: By::Finished },
    Page { name: "sending", path: "/s/w20/send", by: By::Sends },
    Page { name: "the thanks page", path: "/s/w20/sent", by: By::Sent },
    Page { name: "the copy of one's answers", path: "/s/w20/copy", by: By::Sent },
    Page { name: "the staff's list", path: "/staff", by: By::Staff },
    Page { name: "the staff's page of a consultation", path: "/staff/surveys/w20", by: By::Staff },
];

/// People at every stage, before one program.
struct Cast {
    people: Rc<People>,
    stranger: Visitor,
    beginner: Visitor,
    finished: Visitor,
    sent: Visitor,
    staff: Visitor,
    /// Has as many finished answers to send as there are turns.
    sender: Visitor,
}

impl Cast {
    async fn gather(program: &Program, base: &Base, people: &Rc<People>, times: usize) -> Self {
        let arrive = || Visitor::arrive(program.address);
        let mut cast = Self {
            people: Rc::clone(people),
            stranger: arrive().await,
            beginner: arrive().await,
            finished: arrive().await,
            sent: arrive().await,
            staff: signed_in(program, base).await,
            sender: arrive().await,
        };
        cast.beginner.begin().await;
        cast.finished.answer(people, 0, people.screens().len()).await;
        cast.sent.walk(people, 0).await;
        for number in 0..times {
            cast.sender.finish(people, number as u64).await;
            let who = cast.sender.who.clone();
            cast.sender.others.push(who);
        }
        cast
    }

    /// Milliseconds until the page is there.
    async fn time(&mut self, page: &Page, turn: usize) -> f64 {
        let visitor = match page.by {
            By::Stranger => &mut self.stranger,
            By::Beginner => &mut self.beginner,
            By::Finished => &mut self.finished,
            By::Sent => &mut self.sent,
            By::Staff => &mut self.staff,
            By::Saves => {
                // The form is that of a page which was read just before.
                self.beginner.open(page.path).await;
                let fields = self.people.fields(turn as u64, 0);
                let start = Instant::now();
                self.beginner.post(&fields).await;
                return start.elapsed().as_secs_f64() * 1000.0;
            }
            By::Sends => {
                self.sender.who = self.sender.others.pop().unwrap();
                let start = Instant::now();
                self.sender.post("").await;
                return start.elapsed().as_secs_f64() * 1000.0;
            }
        };
        let start = Instant::now();
        visitor.look(page.path).await;
        start.elapsed().as_secs_f64() * 1000.0
    }
}

/// A member of staff.
pub(crate) async fn signed_in(program: &Program, base: &Base) -> Visitor {
    let mut staff = Visitor::arrive(program.address).await;
    staff.open(&Program::sign_in(&base.url)).await;
    assert_eq!(staff.post("").await, "/staff");
    staff
}

/// `responses.csv` of all of them, against a SELECT whose rows go to a file.
fn export(setup: &Setup<'_>, base: &Base) -> Vec<Line> {
    let (kind, name) = (setup.kind, setup.kind.name());
    let program = Program::serve(&base.url, kind.folder());
    let start = Instant::now();
    let (bytes, lines) = run(async {
        let mut staff = signed_in(&program, base).await;
        staff.connection.measure("/staff/surveys/w20/responses.csv", staff.who.cookie()).await.unwrap()
    });
    let taken = start.elapsed().as_secs_f64();
    let peak = program.memory("VmHWM");
    let (rows, plain) = base.select_to_file(&kind.folder().join("plain.tsv"));
    let (rate, plain) = (rows as f64 / taken, rows as f64 / plain.as_secs_f64());
    let share = rate / plain;
    vec![
        Line::says(format!("{name}: the answers of all, by a SELECT to a file"), format!("{} rows/s", number(plain))),
        Line::says(format!("{name}: responses.csv of all"), format!("{} rows/s", number(rate)))
            .against(format!("{} of the SELECT; {} MB", number(share), number((bytes as f64 / 1e6).round())))
            .reaches("≥ 100,000 rows/s, or 0.5 of the SELECT", (rate / 100_000.0).max(share / 0.5)),
        Line::says(
            format!("{name}: rows in responses.csv"),
            format!("{} of {}", number(lines.saturating_sub(1) as f64), number(rows as f64)),
        )
        .proves("all", lines == rows + 1),
        Line::says(format!("{name}: peak memory of that"), format!("{} MB", number(peak))).at_most(peak, 100.0, " MB"),
    ]
}
