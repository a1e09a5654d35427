//! How fast tallies, opinion groups and verdicts are, and how often groups and their tests err:
//! `make bench-consensus`, or `cargo bench --bench consensus [speed|noise|level]`.
//!
//! `speed` analyses invented votes of three planted groups from 225,000 to 10 million, each size in a process of its own,
//! from answers in memory to the tables of the report. The bars stand in docs/performance.md.
//! `noise` counts how often votes without groups seem to have stable ones, `level` how often groups "differ" on a
//! statement that has nothing to do with them; docs/methods.md has the figures.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints its figures, and ends where it cannot run"
)]

use std::time::Instant;

use canvass::analysis::dataset::Dataset;
use canvass::analysis::heterogeneity::pearson_chi2;
use canvass::analysis::opinion::reported::Opinions;
use canvass::analysis::opinion::{Votes, differences, groups, map, opinions, simulate, source, stability};
use canvass::analysis::tally;
use canvass::analysis::verdict::{Candidate, Cell, Partition, classify};
use canvass::analysis::wall::Vote;
use canvass::definition::parse;
use canvass::item::Answer;
use canvass::response::Record;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Names the size that a child process analyses.
const ONE: &str = "CANVASS_CONSENSUS_SIZE";
/// Seconds and MB.
type Bar = (f64, u64);
/// People, statements, votes, and the bar.
const SIZES: [(usize, usize, usize, Option<Bar>); 4] = [
    (2_000, 900, 225_000, Some((0.3, 100))),
    (10_000, 1_000, 1_000_000, None),
    (30_000, 1_000, 3_000_000, None),
    (100_000, 1_000, 10_000_000, Some((15.0, 1_500))),
];
const SEED: u64 = 7;

fn main() {
    if let Some(size) = std::env::var(ONE).ok().and_then(|size| size.parse().ok()) {
        return one_size(size);
    }
    let parts: Vec<String> = std::env::args().skip(1).filter(|part| !part.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|one| one == part);
    if wanted("speed") {
        println!("people x statements, votes | tallies, groups, verdicts, all in s | peak MB (answers alone) | bar");
        let program = std::env::current_exe().unwrap();
        for size in 0..SIZES.len() {
            std::process::Command::new(&program).env(ONE, size.to_string()).status().unwrap();
        }
    }
    if wanted("noise") {
        noise();
    }
    if wanted("level") {
        level();
    }
}

fn one_size(size: usize) {
    let (people, statements, votes, bar) = SIZES[size];
    let survey = parse(&definition(statements)).survey.unwrap();
    let mut data = Dataset::new(&survey);
    let (made, _) = simulate::sparse(people, statements, 3, 0.35, votes, 1);
    for person in 0..people {
        data.push(&record(&made, person));
    }
    drop(made);
    let answers = memory("VmHWM") / 1024;
    let mut best: Option<[f64; 4]> = None;
    // The fastest of five, as the machine is shared; of the largest, of three.
    for _ in 0..if size < 3 { 5 } else { 3 } {
        let start = Instant::now();
        let tallied_questions = tally::tallies(&data).len();
        assert!(tallied_questions > 0);
        let tallied = start.elapsed().as_secs_f64();
        let found = opinions(&data, SEED).unwrap();
        let grouped = start.elapsed().as_secs_f64();
        let judged = classify(&candidates(&found), &survey.consensus);
        let all = start.elapsed().as_secs_f64();
        assert_eq!((found.groups.len(), judged.len()), (3, statements), "{}", found.text);
        let times = [tallied, grouped - tallied, all - grouped, all];
        best = Some(best.filter(|best| best[3] <= all).unwrap_or(times));
    }
    let [tallied, grouped, judged, all] = best.unwrap();
    let peak = memory("VmHWM") / 1024;
    let verdict = bar.map_or_else(String::new, |(seconds, mb)| {
        let held = if all < seconds && peak < mb { "held" } else { "missed" };
        format!("{seconds} s and {mb} MB: {held}")
    });
    println!(
        "{people} x {statements}, {votes} | {tallied:.3} {grouped:.3} {judged:.3} {all:.3} | {peak} ({answers}) | {verdict}"
    );
    let (votes, _) = source(&data).votes.shuffled(SEED);
    let timed = |name: &str, work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        println!("    {name}: {:.3} s", start.elapsed().as_secs_f64());
    };
    let mut placed = None;
    timed("placing people and dividing them in groups", &mut || {
        let map = map(&votes, 10, SEED);
        (2..=5).for_each(|k| drop(map.divide(k, SEED)));
        placed = Some(map.placed);
    });
    timed("stability under halving", &mut || drop(stability(&votes, placed.as_ref().unwrap(), &[2, 3, 4, 5], SEED)));
    timed("tests of differences", &mut || drop(differences(&votes, 3, 10, SEED)));
}

/// Each statement as a candidate, by opinion group.
fn candidates(found: &Opinions) -> Vec<Candidate> {
    let cell = |agree: u64, disagree: u64, pass: u64| Cell {
        support: agree as f64,
        oppose: disagree as f64,
        n: (agree + disagree + pass) as f64,
    };
    let candidate = |statement: &canvass::analysis::opinion::reported::OpinionStatement| {
        let groups = found.groups.iter().zip(statement.groups.iter().flatten());
        let groups = groups.map(|(group, one)| (group.id.clone(), cell(one.agree, one.disagree, one.pass))).collect();
        let all = statement.votes.as_ref().map_or_else(Cell::default, |all| cell(all.agree, all.disagree, all.pass));
        Candidate { overall: all, partitions: vec![Partition { id: "g".to_string(), groups, circular: false }] }
    };
    found.statements.iter().map(candidate).collect()
}

/// So many interventions, rated in one question, and one segment.
fn definition(statements: usize) -> String {
    let each: Vec<String> =
        (0..statements).map(|n| format!(r#"{{"id": "i{n}", "label": "Intervention {n}"}}"#)).collect();
    format!(
        r#"{{"format": 1, "id": "bench", "title": "Bench", "interventions": [{}], "pages": [{{"id": "p", "title": "Page",
        "questions": [
            {{"id": "s", "type": "single", "text": "Which?", "segment": true,
              "options": [{{"id": "a", "label": "A"}}, {{"id": "b", "label": "B"}}, {{"id": "c", "label": "C"}}]}},
            {{"id": "r", "type": "rate", "text": "How?", "items": "interventions", "measure": "support", "support": ["y"],
              "oppose": ["n"], "scale": [{{"id": "n", "label": "No"}}, {{"id": "p", "label": "Pass"}}, {{"id": "y", "label": "Yes"}}]}}
        ]}}]}}"#,
        each.join(", ")
    )
}

fn record(votes: &Votes, person: usize) -> Record {
    let ratings = votes.votes_of(person).map(|(statement, vote)| {
        let step = match vote {
            Vote::Agree => "y",
            Vote::Disagree => "n",
            Vote::Pass => "p",
        };
        (format!("i{statement}"), step.to_string())
    });
    let option = ["a", "b", "c"][person % 3].to_string();
    let mut record = Record::default();
    record.answers.insert("r".to_string(), Answer::Ratings(ratings.collect()));
    record.answers.insert("s".to_string(), Answer::Choice { option, other: None });
    record
}

/// Votes drawn at random: 1,061 people, each statement with a share of its own, nobody in any group.
fn noise() {
    println!(
        "statements | of so many sets without groups | stable groups are found in | highest stability of any division"
    );
    for (statements, sets) in [(20, 60), (8, 200), (5, 200)] {
        let (mut found, mut most) = (0, 0.0_f64);
        for seed in 0..sets {
            let (votes, _) = simulate::planted(1_061, statements, 1, 0.0, seed);
            let votes = votes.shuffled(SEED).0;
            found += u32::from(groups(&votes, 10, SEED).found().is_some());
            let placed = map(&votes, 10, SEED).placed;
            most = stability(&votes, &placed, &[2, 3, 4, 5], SEED).into_iter().fold(most, f64::max);
        }
        println!("{statements} | {sets} | {found} | {most:.2}");
    }
}

/// Tests at 5 % on statements that have nothing to do with the groups: made with the votes on them, and without.
fn level() {
    println!(
        "sets of 1,061 x 20 | tests | \"differ\" with the votes' own groups | with groups made without the statement"
    );
    let line = |name: &str, sets: u64, make: &dyn Fn(u64) -> (Votes, usize)| {
        let (mut tests, mut own, mut apart) = (0_u32, 0_u32, 0_u32);
        for seed in 0..sets {
            let (votes, from) = make(seed);
            let votes = votes.shuffled(SEED).0;
            let map = map(&votes, 10, SEED);
            let by_silhouette =
                |a: &usize, b: &usize| map.divide(*a, SEED).silhouette.total_cmp(&map.divide(*b, SEED).silhouette);
            let k = (2..=5).max_by(by_silhouette).unwrap();
            let group_of = map.groups(&map.divide(k, SEED), votes.people());
            let tallies = votes.tallies(k, |person| group_of[person]);
            let without = differences(&votes, k, 10, SEED);
            for statement in from..20 {
                let cells: Vec<(f64, f64)> = tallies
                    .iter()
                    .map(|group| group[statement])
                    .map(|tally| (tally.agree as f64, (tally.voted() - tally.agree) as f64))
                    .collect();
                tests += 1;
                own += u32::from(pearson_chi2(&cells).p <= 0.05);
                apart += u32::from(without[statement].is_some_and(|p| p <= 0.05));
            }
        }
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(tests);
        println!("{name}: {sets} | {tests} | {:.1} % | {:.1} %", share(own), share(apart));
    };
    line("no groups at all", 60, &|seed| (simulate::planted(1_061, 20, 1, 0.0, seed).0, 0));
    line("two groups by 15 statements, 5 more", 300, &|seed| {
        let (with, _) = simulate::planted(1_061, 15, 2, 0.4, seed);
        let (apart, _) = simulate::planted(1_061, 5, 1, 0.0, seed + 1_000);
        let mut votes = Votes::new(20);
        for person in 0..1_061 {
            let apart = apart.votes_of(person).map(|(statement, vote)| (statement + 15, vote));
            votes.push(with.votes_of(person).chain(apart));
        }
        (votes, 15)
    });
}

/// A figure of this process in kB: `VmHWM` is the most memory until now.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}
