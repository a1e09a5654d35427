//! How good and how fast themes are: `make bench-themes`, or `cargo bench --bench themes [sets|points|model|sizes]` with
//! `CANVASS_DATA=FOLDER`.
//!
//! For each labelled set in `FOLDER/text`: the themes at the true number, the worst of three seeds of each measure, every
//! row at its nearest theme; the number suggested without it; and the time and the memory of each stage.
//! Then, where `make model` has been run, the same with a model. Then texts made of halves of real titles, from 1,000 to 1,000,000, with the time and the most memory in use.
//! The bars stand in docs/themes.md.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints its figures, and ends where it cannot run"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use canvass::analysis::text::evaluate::agreement;
use canvass::analysis::text::{Assigned, ThemeOptions, Themes, Vectors, themes};
use canvass::embed::Embedder;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Names the size that a child process groups.
const ONE: &str = "CANVASS_THEMES_SIZE";
const SEEDS: [u64; 3] = [7, 8, 9];
const SETS: [&str; 6] =
    ["stackoverflow", "searchsnippets", "agnews_test7600", "banking77_train", "tweet89", "nhs_fft_v6_multilabel"];
const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// The models that `make model` makes, and how many rows the slower one reads: all of a set with at most as many.
const TABLE: &str = "models/all-MiniLM-L6-v2-static";
const TRANSFORMER: &str = "models/all-MiniLM-L6-v2";
const WHOLE: usize = 6_000;
const SOME: usize = 3_000;
/// Names the folder for the vectors of the transformer.
const VECTORS: &str = "CANVASS_VECTORS";
/// What the work is doing before it tells each share of it.
const STAGES: [&str; 5] = ["words", "neighbours", "reduce", "cluster", "describe"];

fn main() {
    let Some(folder) = std::env::var_os("CANVASS_DATA").map(PathBuf::from) else {
        return println!("skipped: set CANVASS_DATA to a folder with the labelled sets");
    };
    if let Some(size) = std::env::var(ONE).ok().and_then(|size| size.parse().ok()) {
        return one_size(&folder, size);
    }
    let parts: Vec<String> = std::env::args().skip(1).filter(|part| !part.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|one| one == part);
    if wanted("sets") {
        println!(
            "set                          n    k |  ACC   NMI   ARI   AMI (worst of 3 seeds) | in a theme | suggested | seconds a stage"
        );
        for set in SETS {
            one_set(&folder, set);
        }
        campaigns(&folder);
    }
    if wanted("points") {
        points(&folder);
    }
    if wanted("model") {
        println!("set                      rows | ACC NMI ARI AMI, worst of 3 seeds, by words alone and with a model");
        for set in SETS {
            with_models(&folder, set);
        }
    }
    if wanted("sizes") {
        // Each in a process of its own, so that what one leaves behind does not hide what another takes.
        let program = std::env::current_exe().unwrap();
        for size in SIZES {
            std::process::Command::new(&program).env(ONE, size.to_string()).status().unwrap();
        }
    }
}

/// The texts of a set, and the label of each; of texts with several labels none.
fn read(folder: &Path, set: &str) -> Vec<(String, String)> {
    let several = |label: &str| set.starts_with("nhs") && label.contains('|');
    read_all(folder, set).into_iter().filter(|(_, label)| !several(label)).collect()
}

/// All texts of a set, and the labels of each, between bars.
fn read_all(folder: &Path, set: &str) -> Vec<(String, String)> {
    let bytes = std::fs::read(folder.join("text").join(format!("{set}.tsv"))).unwrap();
    let rows = String::from_utf8_lossy(&bytes).into_owned();
    let cells = |line: &str| {
        line.split_once('\t').map(|(text, rest)| (text.to_string(), rest.split('\t').next().unwrap().to_string()))
    };
    rows.lines().filter_map(cells).collect()
}

/// How well the themes of whole answers, and those of their clauses, tell all the labels of answers that have several: each
/// theme stands for the label that most of its answers have.
fn points(folder: &Path) {
    let rows = read_all(folder, "nhs_fft_v6_multilabel");
    let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
    let labels: Vec<BTreeSet<&str>> = rows.iter().map(|(_, labels)| labels.split('|').collect()).collect();
    for seed in SEEDS {
        let found = themes(&texts, &ThemeOptions { k: Some(40), seed, ..ThemeOptions::default() }, &|_| {});
        let mut votes: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); found.themes.len()];
        for (assigned, labels) in found.assignment.iter().zip(&labels) {
            if let Assigned::Theme(theme) = assigned {
                for label in labels {
                    *votes[*theme].entry(label).or_default() += 1;
                }
            }
        }
        let stands_for: Vec<&str> =
            votes.iter().map(|votes| *votes.iter().max_by_key(|(_, count)| **count).unwrap().0).collect();
        let whole = |answer: usize| match found.assignment[answer] {
            Assigned::Theme(theme) => vec![theme],
            _ => Vec::new(),
        };
        let clauses = |answer: usize| found.several.of_answer[answer].clone();
        let f1 = |told: &dyn Fn(usize) -> Vec<usize>| {
            let (mut right, mut said, mut meant) = (0, 0, 0);
            for (answer, labels) in labels.iter().enumerate().filter(|(_, labels)| labels.len() > 1) {
                let told: BTreeSet<&str> = told(answer).into_iter().map(|theme| stands_for[theme]).collect();
                right += told.intersection(labels).count();
                said += told.len();
                meant += labels.len();
            }
            (right as f64 / said as f64, right as f64 / meant as f64, 2.0 * right as f64 / (said + meant) as f64)
        };
        for (name, (precision, recall, f1)) in [("whole answers", f1(&whole)), ("with clauses", f1(&clauses))] {
            println!(
                "several labels, 40 themes, seed {seed}, {name}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}"
            );
        }
        let people: usize = found.several.reach.iter().map(|reach| reach.people).sum();
        println!(
            "{} answers in a theme as a whole, {people} people over all themes",
            texts.len() - found.none - found.other
        );
    }
}

/// What the seeds gave at the true number of themes.
struct Measured {
    /// ACC, NMI, ARI and AMI of 100, each the worst.
    worst: [f64; 4],
    /// The least share of texts in a theme.
    covered: f64,
    /// The stages of the last.
    stages: String,
}

fn measured(rows: &[(String, String)], vectors: Option<&Vectors>) -> Measured {
    let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
    let k = Some(rows.iter().map(|(_, label)| label).collect::<BTreeSet<_>>().len());
    let mut all = Measured { worst: [100.0; 4], covered: 1.0, stages: String::new() };
    for seed in SEEDS {
        let (found, told) = timed(&texts, &ThemeOptions { k, seed, vectors, ..ThemeOptions::default() });
        assert_eq!(found.none + found.other + found.themes.iter().map(|theme| theme.count).sum::<usize>(), texts.len());
        let places = found.assignment.iter().zip(&found.nearest).zip(&found.unanswered);
        let places = places.map(|((assigned, near), unanswered)| match (assigned, near) {
            (Assigned::None, _) => 1_000_000 + usize::from(*unanswered),
            (_, None) => 1_000_002,
            (_, Some(near)) => near.theme,
        });
        let pairs: Vec<(usize, &String)> = places.zip(rows.iter().map(|(_, label)| label)).collect();
        let found_agreement = agreement(&pairs).unwrap();
        let measures = [found_agreement.accuracy, found_agreement.nmi, found_agreement.ari, found_agreement.ami];
        all.worst.iter_mut().zip(measures).for_each(|(worst, measure)| *worst = worst.min(measure * 100.0));
        all.covered = all.covered.min(1.0 - (found.other + found.none) as f64 / texts.len() as f64);
        all.stages = told;
    }
    all
}

/// The words alone beside a static table on all rows, and beside a transformer on some, whose vectors are left in the folder
/// that [`VECTORS`] names.
fn with_models(folder: &Path, set: &str) {
    let all = read(folder, set);
    let some: Vec<(String, String)> = if all.len() <= WHOLE {
        all.clone()
    } else {
        (0..SOME).map(|place| all[place * all.len() / SOME].clone()).collect()
    };
    for (kind, directory, rows) in [("table", TABLE, &all), ("transformer", TRANSFORMER, &some)] {
        if !Path::new(directory).is_dir() {
            println!("{set:24} {kind}: skipped, there is no {directory}: make model");
            continue;
        }
        let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
        let embedder = Embedder::open(Path::new(directory)).unwrap();
        let numbers = embedder.embed(&texts, &|_| {}).unwrap();
        if let Some(out) = std::env::var_os(VECTORS).map(PathBuf::from).filter(|_| kind == "transformer") {
            std::fs::create_dir_all(&out).unwrap();
            let labels: Vec<&str> = rows.iter().map(|(_, label)| label.as_str()).collect();
            std::fs::write(out.join(format!("{set}.labels")), labels.join("\n")).unwrap();
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            std::fs::write(out.join(format!("{set}.f32")), bytes).unwrap();
        }
        let vectors = Vectors::new(embedder.hash(), embedder.columns(), &texts, numbers);
        let shown = |measured: Measured| measured.worst.map(|measure| format!("{measure:.1}")).join("  ");
        let (words, both) = (shown(measured(rows, None)), shown(measured(rows, Some(&vectors))));
        println!("{set:24} {:>5} | words alone {words} | {kind} {both}", rows.len());
    }
}

fn one_set(folder: &Path, set: &str) {
    let rows = read(folder, set);
    let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
    let k = rows.iter().map(|(_, label)| label).collect::<BTreeSet<_>>().len();
    let Measured { worst, covered, stages } = measured(&rows, None);
    let suggested = themes(&texts, &ThemeOptions::default(), &|_| {}).themes.len();
    let [acc, nmi, ari, ami] = worst;
    println!(
        "{set:24} {:>5} {k:>4} | {acc:>4.1}  {nmi:>4.1}  {ari:>4.1}  {ami:>4.1}                         | {:>8.1} % | {suggested:>9} | {stages}",
        texts.len(),
        covered * 100.0
    );
}

/// Whether texts that stand in one group of near-duplicates do so in the file of campaigns too.
fn campaigns(folder: &Path) {
    let rows = read(folder, "regs_campaigns");
    let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
    let found = themes(&texts, &ThemeOptions::default(), &|_| {});
    let (mut ours, mut both) = (0_u64, 0_u64);
    for one in 0..rows.len() {
        for other in 0..one {
            if found.copies_of[one].is_some() && found.copies_of[one] == found.copies_of[other] {
                ours += 1;
                both += u64::from(rows[one].1 == rows[other].1);
            }
        }
    }
    println!(
        "regs_campaigns: {} texts, {} distinct, {} arguments, {} groups of copies; of {ours} pairs in one group {:.1} % are in the file's",
        texts.len(),
        found.distinct,
        found.arguments,
        found.copies.len(),
        both as f64 / ours.max(1) as f64 * 100.0
    );
}

/// Groups texts, and tells the seconds and the memory of each stage.
fn timed(texts: &[&str], options: &ThemeOptions) -> (Themes, String) {
    let seen = Mutex::new((Instant::now(), 0, String::new()));
    let found = themes(texts, options, &|share| {
        let mut seen = seen.lock().unwrap();
        if share > 0.0 {
            let (stage, seconds) = (STAGES.get(seen.1).copied().unwrap_or("more"), seen.0.elapsed().as_secs_f64());
            write!(seen.2, "{stage} {seconds:.2} s {} MB; ", memory("VmHWM") / 1024).unwrap();
            seen.1 += 1;
        }
        seen.0 = Instant::now();
    });
    (found, seen.into_inner().unwrap().2)
}

/// Groups as many texts made of the halves of real titles.
fn one_size(folder: &Path, size: usize) {
    let titles = read(folder, "stackoverflow");
    let made: Vec<String> = (0..size)
        .map(|number| {
            let (one, other) = (
                &titles[number % titles.len()].0,
                &titles[(number * 7_919 + number / titles.len() * 31) % titles.len()].0,
            );
            if number < titles.len() {
                return one.clone();
            }
            let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
            [&one[..one.len().div_ceil(2)], &other[other.len() / 2..]].concat().join(" ")
        })
        .collect();
    let texts: Vec<&str> = made.iter().map(String::as_str).collect();
    let before = memory("VmRSS");
    let start = Instant::now();
    let (found, stages) = timed(&texts, &ThemeOptions::default());
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{size:>9} texts: {seconds:.2} s, {} MB beside the texts, {} themes | {stages}",
        memory("VmHWM").saturating_sub(before) / 1024,
        found.themes.len()
    );
}

/// A figure of this process in kB: `VmRSS`, in use now, or `VmHWM`, the most until now.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}
