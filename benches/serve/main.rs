//! How fast the built program serves, as figures within one run: `cargo bench --bench serve`, or `make bench`.
//!
//! `scripts/bench` gives it a Postgres and a folder, and takes them away again.
//! Each part starts the program on a database of its own and drives it by a load generator over HTTP/1.1; it then
//! compares what the database holds with what was acknowledged. `docs/performance.md` says how to read the table.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench prints its figures, and ends where it cannot run"
)]

mod base;
mod client;
mod latency;
mod limits;
mod live;
mod load;
mod memory;
mod million;
mod nodes;
mod overload;
mod pages;
mod people;
mod plain;
mod program;
mod report;
mod said;
mod submissions;
mod table;
mod visitor;
mod walks;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use clap::Parser;

use base::Kind;
use people::People;
use table::Line;

type Part = fn(&Setup<'_>) -> Vec<Line>;

const PARTS: [(&str, Part); 9] = [
    ("submissions", submissions::measure),
    ("live", live::measure),
    ("pages", pages::measure),
    ("walks", walks::measure),
    ("overload", overload::measure),
    ("memory", memory::measure),
    ("million", million::measure),
    ("nodes", nodes::measure),
    ("report", report::measure),
];

/// How fast the built program serves.
#[derive(Parser)]
struct Options {
    /// Parts to measure: submissions, live, pages, walks, overload, memory, million, nodes, report. All if none is named.
    parts: Vec<String>,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// The address of a database of a Postgres server on which more may be made; without it SQLite is measured alone.
    #[arg(long, env = "CANVASS_TEST_POSTGRES")]
    postgres: Option<String>,
    /// Only this database: sqlite or postgres.
    #[arg(long)]
    only: Option<String>,
    /// Everything once and small, to see that it works: the figures say nothing.
    #[arg(long)]
    quick: bool,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What a part is measured with.
struct Setup<'a> {
    kind: &'a Kind<'a>,
    people: Rc<People>,
    seconds: f64,
    /// How often each figure is taken; the median counts.
    rounds: usize,
    is_quick: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(wrong) = options.parts.iter().find(|part| PARTS.iter().all(|(name, _)| name != part)) {
        println!("there is no part {wrong}: submissions, live, pages, walks, overload, memory, million, nodes, report");
        return ExitCode::from(2);
    }
    let folder = tempfile::Builder::new().prefix("canvass-bench").tempdir().unwrap();
    let mut kinds = vec![Kind::Sqlite(folder.path())];
    kinds.extend(options.postgres.as_deref().map(|server| Kind::Postgres(server, folder.path())));
    let versions: Vec<String> = kinds.iter().map(Kind::version).collect();
    kinds.retain(|kind| options.only.as_deref().is_none_or(|only| kind.name().eq_ignore_ascii_case(only)));
    let mut machine = table::machine(folder.path(), &versions);
    machine.push(format!("Rates and times: the median of three measurements of {} s.", options.seconds));
    let people = Rc::new(People::of_w20());
    let mut lines = Vec::new();
    for (name, part) in
        PARTS.iter().filter(|(name, _)| options.parts.is_empty() || options.parts.iter().any(|part| part == name))
    {
        for kind in &kinds {
            println!("{} on {}…", name, kind.name());
            let start = Instant::now();
            let setup = Setup {
                kind,
                people: Rc::clone(&people),
                seconds: if options.quick { 0.3 } else { options.seconds },
                rounds: if options.quick { 1 } else { 3 },
                is_quick: options.quick,
            };
            let measured = std::panic::catch_unwind(AssertUnwindSafe(|| part(&setup))).unwrap_or_else(|_| {
                let what = format!("{}: {name}", kind.name());
                vec![Line::says(what, "could not be measured").proves("each answer as it should be", false)]
            });
            for line in &measured {
                println!("  {}", line.told());
            }
            println!("  in {:.0} s", start.elapsed().as_secs_f64());
            lines.extend(measured);
        }
    }
    let table = table::markdown(&machine, &lines);
    println!("\n{table}");
    let is_right = lines.iter().all(Line::is_right);
    let is_whole = options.parts.is_empty() && kinds.len() == 2 && !options.quick && is_right;
    if is_whole {
        table::publish(&table);
        println!("Written to docs/performance.md.");
    } else {
        println!(
            "Not written to docs/performance.md: only a whole run on both databases is in which nothing is wrong."
        );
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
