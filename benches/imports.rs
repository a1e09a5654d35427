//! What damaged and hostile files cost an import: `CANVASS_DATA=FOLDER cargo bench --bench imports`.
//!
//! For each file in `FOLDER/forms/{xlsform,surveyjs,fhir}`, 200 copies with a few bytes changed by seeded chance; then
//! hostile files, each with the time it takes and how far the memory in use rises.
//! The bars: no panic, no copy above 1 s, the process below 200 MB; hostile files 100 ms and 50 MB each.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench prints its figures, and ends where it cannot run"
)]

use std::io::{Cursor, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use canvass::exchange::{Imported, Refusal, fhir, settle, surveyjs, xlsform};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zip::write::SimpleFileOptions;

type Read = fn(&[u8]) -> Result<Imported, Refusal>;

const FORMATS: [(&str, Read); 3] = [("xlsform", xlsform::read), ("surveyjs", surveyjs::read), ("fhir", fhir::read)];
const COPIES: u64 = 200;

/// Names the hostile file that a child process reads.
const ONE: &str = "CANVASS_HOSTILE_FILE";

fn main() {
    if let Some(number) = std::env::var(ONE).ok().and_then(|number| number.parse().ok()) {
        return one(number);
    }
    match std::env::var_os("CANVASS_DATA") {
        Some(folder) => FORMATS.iter().for_each(|(name, read)| damaged(&Path::new(&folder).join("forms"), name, *read)),
        None => println!("damaged files: skipped, for CANVASS_DATA names no folder"),
    }
    // Each in a process of its own, so that what one leaves behind does not hide what another takes.
    let program = std::env::current_exe().unwrap();
    for number in 0..hostile().len() {
        std::process::Command::new(&program).env(ONE, number.to_string()).status().unwrap();
    }
}

/// Reads one hostile file, and prints what it cost.
fn one(number: usize) {
    let (name, format, bytes) = hostile().swap_remove(number);
    let read = FORMATS.iter().find(|(name, _)| *name == format).map_or(xlsform::read as Read, |(_, read)| *read);
    forget_peak();
    let before = memory("VmHWM");
    let start = Instant::now();
    let outcome = read(&bytes).map(settle);
    let taken = start.elapsed();
    let rise = memory("VmHWM").saturating_sub(before) / 1024;
    let outcome = outcome.map_or_else(|refusal| refusal.to_string(), |_| "read".to_string());
    println!(
        "{format:8} {name:28} {:>6} kB {:>10} {rise:>4} MB  {outcome}",
        bytes.len() / 1024,
        format!("{taken:.1?}")
    );
}

/// Reads 200 damaged copies of each file of a format.
fn damaged(forms: &Path, name: &str, read: Read) {
    let mut files: Vec<_> = std::fs::read_dir(forms.join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|ending| ["json", "xls", "xlsx"].iter().any(|known| ending == *known))
        })
        .collect();
    files.sort();
    forget_peak();
    let (mut longest, mut whole, mut refused) = (Duration::ZERO, Duration::ZERO, 0);
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        for seed in 0..COPIES {
            let mut chance = ChaCha8Rng::seed_from_u64(seed);
            let mut copy = bytes.clone();
            for _ in 0..chance.random_range(1..=8) {
                let at = chance.random_range(0..copy.len());
                copy[at] = if seed % 2 == 0 { chance.random() } else { *b"\"{}[],:0x a1".choose(&mut chance).unwrap() };
            }
            let start = Instant::now();
            refused += u64::from(read(&copy).map(settle).is_err());
            longest = longest.max(start.elapsed());
            whole += start.elapsed();
        }
    }
    let copies = files.len() as u64 * COPIES;
    println!(
        "{name:8} {copies} damaged copies of {} files: longest {longest:.1?}, mean {:.1?}, {refused} refused, peak {} MB",
        files.len(),
        whole / u32::try_from(copies).unwrap(),
        memory("VmHWM") / 1024
    );
}

/// Files made to cost as much as they can.
fn hostile() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let rows = (3..=1_048_576)
        .map(|row| format!(r#"<row r="{row}"><c r="A{row}"><v>1</v></c></row>"#))
        .collect::<Vec<_>>()
        .concat();
    let laughs = format!(
        "<!DOCTYPE sst [<!ENTITY a \"ha\">{}]><sst><si><t>&j;</t></si></sst>",
        ('b'..='j')
            .zip('a'..='i')
            .map(|(new, old)| format!("<!ENTITY {new} \"{}\">", format!("&{old};").repeat(10)))
            .collect::<Vec<_>>()
            .concat()
    );
    let outside = r#"<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>"#;
    let cell = format!(r#"<row r="3"><c r="C3" t="inlineStr"><is><t>{}</t></is></c></row>"#, "x".repeat(10 << 20));
    let text = |number: usize, rule: &str| {
        format!(r#"{{"type": "text", "name": "q{number}", "title": "Q", "visibleIf": "{rule}"}}"#)
    };
    let survey = |elements: Vec<String>| format!(r#"{{"elements": [{}]}}"#, elements.join(",")).into_bytes();
    let item = |number: usize, more: &str| format!(r#"{{"linkId": "{number}", "type": "string", "text": "Q"{more}}}"#);
    let questionnaire = |items: Vec<String>| {
        format!(r#"{{"resourceType": "Questionnaire", "status": "draft", "item": [{}]}}"#, items.join(",")).into_bytes()
    };
    let deep = |open: &str, close: &str, times: usize| open.repeat(times) + &close.repeat(times);
    vec![
        ("zip bomb of 1 GB", "xlsform", package(&sheet(""), &vec![b' '; 1 << 30])),
        ("billion laughs", "xlsform", package(&sheet(""), laughs.as_bytes())),
        ("external entity", "xlsform", package(&sheet(""), outside.as_bytes())),
        ("cell of 10 MB", "xlsform", package(&sheet(&cell), b"<sst/>")),
        ("1,048,576 rows", "xlsform", package(&sheet(&rows), b"<sst/>")),
        ("nested 100,000 deep", "surveyjs", deep("[", "]", 100_000).into_bytes()),
        ("text of 10 MB", "surveyjs", survey(vec![text(0, &"x".repeat(10 << 20))])),
        ("5,000 questions in a chain", "surveyjs", survey((0..5_000).map(|n| text(n, &format!("{{q{}}} notempty", n.max(1) - 1))).collect())),
        ("100,000 questions", "surveyjs", survey((0..100_000).map(|n| text(n, "")).collect())),
        ("rules of 4,000 terms", "surveyjs", survey((0..100).map(|n| text(n, &"1+".repeat(3_900))).collect())),
        ("nested 100,000 deep", "fhir", deep(r#"{"item":["#, "]}", 100_000).into_bytes()),
        ("text of 10 MB", "fhir", questionnaire(vec![item(0, &format!(r#", "prefix": "{}""#, "x".repeat(10 << 20)))])),
        ("100,000 questions", "fhir", questionnaire((0..100_000).map(|n| item(n, "")).collect())),
        (
            "5,000 questions in a chain",
            "fhir",
            questionnaire(
                (1..5_000)
                    .map(|n| item(n, &format!(r#", "enableWhen": [{{"question": "{}", "operator": "exists", "answerBoolean": true}}]"#, n - 1)))
                    .collect(),
            ),
        ),
    ]
}

/// A workbook of a sheet and shared texts.
fn package(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    let relations =
        r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let workbook = r#"<workbook><sheets><sheet name="survey" r:id="s1"/></sheets></workbook>"#;
    let of_workbook = r#"<Relationships><Relationship Id="s1" Type="x/worksheet" Target="s.xml"/><Relationship Id="s2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts: [(&str, &[u8]); 5] = [
        ("_rels/.rels", relations.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", of_workbook.as_bytes()),
        ("xl/s.xml", sheet),
        ("xl/t.xml", strings),
    ];
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A sheet with a header, one question and more.
fn sheet(more: &str) -> Vec<u8> {
    let cell = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let head = cell("A1", "type") + &cell("B1", "name") + &cell("C1", "label");
    let row = cell("A2", "text") + &cell("B2", "q") + &cell("C2", "Q?");
    let rows = format!(r#"<row r="1">{head}</row><row r="2">{row}</row>{more}"#);
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into()
}

/// A figure of this process in kB: `VmRSS`, in use now, or `VmHWM`, the most since the last [`forget_peak`].
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}

/// Begins to count the most memory in use anew, where the system lets a process do so.
fn forget_peak() {
    let _not_everywhere = std::fs::write("/proc/self/clear_refs", "5");
}
