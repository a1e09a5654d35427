//! How fast tallies, opinion groups and verdicts are, and how often groups and their tests err:
//! `make bench-consensus`, or `cargo bench --bench consensus [speed|noise|level|verdicts|coverage]`.
//!
//! `speed` analyses invented votes of three planted groups from 225,000 to 10 million, each size in a process of its own,
//! from answers in memory to the tables of the report. The bars stand in docs/performance.md.
//! `noise` counts how often votes without groups seem to have stable ones, `level` how often groups "differ" on a
//! statement that has nothing to do with them; `verdicts` counts how often verdicts on 1,061 people are wrong or missed, and
//! `coverage` how often intervals contain the true share. docs/methods.md has the figures.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints its figures, and ends where it cannot run"
)]

use std::time::Instant;

use canvass::analysis::dataset::Dataset;
use canvass::analysis::heterogeneity::pearson_chi2;
use canvass::analysis::interval::wilson;
use canvass::analysis::opinion::reported::Opinions;
use canvass::analysis::opinion::{Votes, differences, groups, map, opinions, simulate, source, stability};
use canvass::analysis::tally;
use canvass::analysis::verdict::{Candidate, Cell, Partition, classify};
use canvass::analysis::wall::Vote;
use canvass::definition::consensus::DecisionRule;
use canvass::definition::parse;
use canvass::item::Answer;
use canvass::response::Record;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

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
    if wanted("verdicts") {
        verdicts();
    }
    if wanted("coverage") {
        coverage();
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

/// The professions of 1,061 people.
const PROFESSIONS: [u32; 8] = [300, 240, 180, 130, 90, 60, 31, 30];

/// How many of so many people are in favour where each is with this chance.
fn drawn(rng: &mut ChaCha8Rng, people: u32, chance: f64) -> u32 {
    (0..people).map(|_| u32::from(rng.random_bool(chance))).sum()
}

/// An intervention with these chances of support by profession; of the others half are against.
fn candidate(rng: &mut ChaCha8Rng, chances: [f64; 8]) -> Candidate {
    let mut overall = Cell::default();
    let mut groups = Vec::new();
    for (group, (people, chance)) in PROFESSIONS.into_iter().zip(chances).enumerate() {
        let support = drawn(rng, people, chance);
        let oppose = drawn(rng, people - support, 0.5);
        let cell = Cell { support: f64::from(support), oppose: f64::from(oppose), n: f64::from(people) };
        overall.support += cell.support;
        overall.oppose += cell.oppose;
        overall.n += cell.n;
        groups.push((group.to_string(), cell));
    }
    Candidate { overall, partitions: vec![Partition { id: "profession".to_string(), groups, circular: false }] }
}

/// How often interventions are called broad that are not, and how often those that are.
fn verdicts() {
    let one_at_half = |group: usize| {
        let mut chances = [0.9; 8];
        chances[group] = 0.5;
        chances
    };
    let flat = [0.5; 8];
    println!("what is true of 1,061 people | surveys x interventions | called broadly supported");
    let line = |name: &str, alone: [f64; 8], beside: usize, surveys: u64| {
        let mut broad = 0_u32;
        for seed in 0..surveys {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let all: Vec<Candidate> = std::iter::once(alone)
                .chain(std::iter::repeat_n(flat, beside))
                .map(|chances| candidate(&mut rng, chances))
                .collect();
            broad += u32::from(classify(&all, &DecisionRule::default())[0].label.code() == "broad_support");
        }
        println!("{name} | {surveys} x {} | {:.1} %", beside + 1, 100.0 * f64::from(broad) / surveys as f64);
    };
    for group in [5, 4, 0] {
        let name = format!("90 %, and 50 % in one profession of {}", PROFESSIONS[group]);
        line(&name, one_at_half(group), 0, 4_000);
        line(&name, one_at_half(group), 19, 1_000);
    }
    line("exactly 70 % everywhere", [0.7; 8], 0, 4_000);
    line("80 % everywhere", [0.8; 8], 0, 4_000);
    line("80 % everywhere, 19 others at 50 %", [0.8; 8], 19, 1_000);
    line("76 % everywhere, 19 others at 50 %", [0.76; 8], 19, 1_000);
}

/// How often intervals of 95 % contain the true share, of people and of effective people.
fn coverage() {
    println!("people, true share | Wilson's interval contains it | with weights (design effect) | in samples");
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    for people in [100_u32, 300, 1_061] {
        for share in [0.1, 0.3, 0.5, 0.8] {
            let samples = 20_000;
            let (mut plain, mut weighted, mut effect) = (0_u32, 0_u32, 0.0);
            let holds = |k: f64, n: f64| {
                let [low, high] = wilson(k, n, 0.05);
                u32::from(low <= share && share <= high)
            };
            for _ in 0..samples {
                let (mut people_for, mut moments, mut weight_for) = (0_u32, (0.0, 0.0), 0.0);
                for _ in 0..people {
                    // Weights between 0.3 and 3, as trimming leaves them.
                    let weight = 0.3 + 2.7 * rng.random::<f64>().powi(3);
                    moments = (moments.0 + weight, moments.1 + weight * weight);
                    if rng.random_bool(share) {
                        people_for += 1;
                        weight_for += weight;
                    }
                }
                let effective = moments.0 * moments.0 / moments.1;
                plain += holds(f64::from(people_for), f64::from(people));
                weighted += holds(weight_for / moments.0 * effective, effective);
                effect += f64::from(people) / effective;
            }
            let percent = |count: u32| 100.0 * f64::from(count) / f64::from(samples);
            println!(
                "{people}, {share} | {:.1} % | {:.1} % ({:.2}) | {samples}",
                percent(plain),
                percent(weighted),
                effect / f64::from(samples)
            );
        }
    }
}

/// A figure of this process in kB: `VmHWM` is the most memory until now.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}
