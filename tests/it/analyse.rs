//! Answers that were collected elsewhere: what is exported and read back gives the same report, and nothing is misread in
//! silence.

#![cfg(test)]

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::cli::{Desk, stderr, survey};

fn json(desk: &Desk, name: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(name)).unwrap()).unwrap()
}

#[test]
fn what_was_exported_gives_the_same_report_when_it_is_read_back() {
    for (name, n) in
        [("digital-ready-workforce", "400"), ("item-gallery", "60"), ("w20", "60"), ("format-gallery", "60")]
    {
        let desk = Desk::new();
        desk.done(&["publish", &survey(name)]);
        let id = json_of(&survey(name))["id"].as_str().unwrap().to_string();
        desk.done(&["simulate", &id, "--n", n]);
        desk.done(&["report", &id, "--out", "stored", "--embeddings", "none"]);
        let responses = desk.path("stored/responses.csv").display().to_string();
        let args =
            ["analyse", "--survey", &survey(name), "--responses", &responses, "--out", "read", "--embeddings", "none"];
        let output = desk.run(&args);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let (stored, read) = (json(&desk, "stored/report.json"), json(&desk, "read/report.json"));
        let parts = ["interventions", "questions", "segments", "themes", "breadth", "findings", "title", "notices"];
        for part in parts {
            assert_eq!(stored[part], read[part], "{name}: {part}");
        }
        assert_eq!(stored["base"]["by_mode"], read["base"]["by_mode"]);
        assert_eq!(stored["hashes"]["definition"], read["hashes"]["definition"]);
        assert!(
            desk.done(&["verify", &desk.path("read/manifest.json").display().to_string()])
                .contains("as they were written")
        );
    }
}

fn json_of(file: &str) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

const SURVEY: &str = r#"{"format": 1, "id": "town", "title": "Town", "pages": [{"id": "p", "title": "P", "questions": [
    {"id": "role", "type": "single", "text": "What are you?", "segment": true, "options": [
        {"id": "resident", "label": "Resident"}, {"id": "trader", "label": "Trader"}]},
    {"id": "uses", "type": "multi", "text": "What do you use?", "options": [
        {"id": "bus", "label": "Bus"}, {"id": "bike", "label": "Bike"}]},
    {"id": "age", "type": "number", "text": "Age?"}]}]}"#;

/// Answers as another program writes them: labels, lists, headings of its own.
fn table(last: &str) -> String {
    let mut rows = String::new();
    for row in 0..20 {
        writeln!(rows, "{};Bus|bike;{}", ["Resident", "trader"][row % 2], 20 + row).unwrap();
    }
    format!("Job;What do you use?;age\n{rows}{last}\n;;\n")
}

#[test]
fn labels_lists_and_other_headings_are_read() {
    let desk = Desk::new();
    let (survey, answers) = (desk.write("town.json", SURVEY), desk.write("answers.csv", table("Resident;;70")));
    let args = ["analyse", "--survey", &survey, "--responses", &answers, "--out", "out", "--column", "role=Job"];
    let said = desk.done(&args);
    assert!(said.starts_with("21 responses; 1 row without an answer."), "{said}");
    let report = json(&desk, "out/report.json");
    assert_eq!(report["segments"][0]["groups"][0]["n"], 11);
    assert_eq!(report["questions"][1]["n"], 20);
    assert_eq!(report["questions"][1]["missing"]["skipped"], 1);
    assert_eq!(report["base"]["access"]["mode"], "imported");
    let shuffled: Vec<String> = {
        let text = table("Resident;;70");
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        lines[1..].reverse();
        lines
    };
    let other = desk.write("other.csv", shuffled.join("\n"));
    desk.done(&["analyse", "--survey", &survey, "--responses", &other, "--out", "other", "--column", "role=Job"]);
    assert_eq!(fs::read(desk.path("out/report.json")).unwrap(), fs::read(desk.path("other/report.json")).unwrap());
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_column_and_nothing_is_written() {
    let desk = Desk::new();
    let (survey, answers) = (desk.write("town.json", SURVEY), desk.write("answers.csv", table("Residen;tram;old")));
    let args = ["analyse", "--survey", &survey, "--responses", &answers, "--out", "out", "--column", "role=Job"];
    let output = desk.run(&args);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for told in [
        ":22: column “Job”: “Residen” is not one of resident, trader, did you mean `resident`?",
        ":22: column “What do you use?”: “tram” is not one of bus, bike",
        ":22: column “age”: “old” is not a number: write 1234.5, without units and with a point",
        "has 3 cells that cannot be read. Mend them, or leave these answers out with --lenient.",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    assert!(!desk.path("out").exists());
    let lenient = desk.run(&[&args[..], &["--lenient"]].concat());
    assert_eq!(lenient.status.code(), Some(3), "{}", stderr(&lenient));
    assert!(stderr(&lenient).contains("left out: column “age”: 1 answer that cannot be read"));
    assert_eq!(json(&desk, "out/report.json")["base"]["completed"], 20, "a row without a readable answer is nobody");
}

#[test]
fn what_does_not_fit_the_survey_is_told() {
    let desk = Desk::new();
    let survey = desk.write("town.json", SURVEY);
    let of = |content: &str, more: &[&str]| {
        let answers = desk.write("answers.csv", content);
        desk.refused(&[&["analyse", "--survey", &survey, "--responses", &answers, "--out", "out"], more].concat())
    };
    assert!(of("a,b\n1,2\n", &[]).contains("no column answers a question of “Town”"));
    assert!(
        of("role\nResident\n", &["--column", "roll=role"])
            .contains("there is no variable `roll`, did you mean `role`?")
    );
    assert!(of("role\n\n", &[]).contains("has no"), "nobody answered");
    let broken = desk.write("broken.json", "{\"format\": 1}");
    let answers = desk.write("answers.csv", "role\nResident\n");
    let said = desk.refused(&["analyse", "--survey", &broken, "--responses", &answers, "--out", "out"]);
    assert!(said.contains("Run canvass check FILE"), "{said}");
}
