//! Themes of any file: the page and the tables that are written, and how they are held against labels.

#![cfg(test)]

use std::fs;

use serde_json::{Value, json};

use canvass::analysis::text::{ThemeOptions, themes};

use crate::cli::Desk;
use crate::data::data;

#[test]
fn themes_are_a_page_and_tables_that_can_be_held_against_labels() {
    let desk = Desk::new();
    let subjects =
        ["The wait for a bed was far too long in", "Kind nurses listened to me at", "Parking costs too much at"];
    let places = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole", "Malton", "Thirsk"];
    let rows: Vec<(String, usize)> = places
        .iter()
        .flat_map(|place| subjects.iter().enumerate().map(move |(code, text)| (format!("{text} {place}"), code)))
        .chain([
            ("n/a".to_string(), 3),
            ("Nothing.".to_string(), 4),
            ("<b>Kind</b> nurses listened at Wells".to_string(), 1),
        ])
        .collect();
    let lines = |separator: &str| {
        let rows = rows
            .iter()
            .enumerate()
            .map(|(row, (text, code))| [&format!("r{row}"), text, &format!("c{code}"), "2"].join(separator));
        std::iter::once(["id", "comment", "code", "people"].join(separator)).chain(rows).collect::<Vec<_>>().join("\n")
    };
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(lines("\t").lines()) {
        for (column, cell) in (0..).zip(line.split('\t')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let book = desk.write("texts.xlsx", book.save_to_buffer().unwrap());
    let csv = desk.write("texts.csv", lines(","));
    let tsv = desk.write("texts.tsv", lines("\t"));
    let read = |name: &str| fs::read_to_string(desk.path(name)).unwrap();
    for (file, out) in [(&csv, "csv"), (&tsv, "tsv"), (&book, "xlsx")] {
        let columns = ["--text-column", "comment", "--id-column", "id", "--weight-column", "people"];
        desk.done(&[&["themes", file, "--k", "3", "--out", out][..], &columns].concat());
        let assignments = read(&format!("{out}/assignments.csv"));
        assert!(
            assignments.starts_with("id,theme,label,nearest,membership,leaf,duplicate_group,themes\nr0,t"),
            "{assignments}"
        );
        assert_eq!(assignments.lines().count(), 34);
        let says = |what: &str| assignments.matches(&format!(",{what},")).count();
        assert_eq!((says("nothing"), says("unanswered")), (1, 1));
        assert_eq!(assignments, read("csv/assignments.csv"));
        let themes: Value = serde_json::from_str(&read(&format!("{out}/themes.json"))).unwrap();
        assert_eq!(
            (
                &themes["n"],
                &themes["none"],
                &themes["unanswered"],
                &themes["weights"]["all"],
                &themes["weights"]["none"]
            ),
            (&json!(33), &json!(2), &json!(1), &json!(66.0), &json!(4.0))
        );
        assert_eq!(themes["themes"].as_array().unwrap().len(), 3);
        let tree: Value = serde_json::from_str(&read(&format!("{out}/tree.json"))).unwrap();
        assert_eq!(tree["themes"], 3);
        let page = read(&format!("{out}/themes.html"));
        assert!(page.contains("Stability") && !page.contains("<script") && !page.contains("<b>Kind"), "{page}");
    }
    let evaluate = ["themes", "evaluate", "csv/assignments.csv", &tsv, "--label-column", "code"];
    let said = desk.run(&[&evaluate[..], &["--id-column", "id", "--format", "json"]].concat());
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&said["labelled"], &said["themed"]["nmi"]), (&json!(33), &json!(1.0)));
    assert!(desk.done(&[&evaluate[..], &["--id-column", "id"]].concat()).contains("coverage"));
    assert!(desk.refused(&evaluate).contains("--id-column"));
    let said = desk.refused(&["themes", &csv, "--text-column", "coment"]);
    assert!(said.contains("did you mean `comment`?"), "{said}");
    let said = desk.refused(&["themes", &csv, "--text-column", "comment", "--weight-column", "code"]);
    assert!(said.contains("line 2") && said.contains("weight `c0`"), "{said}");
}

/// Two texts in one group of copies are of one campaign, as the file of real dockets has it, in at least 96 % of all pairs.
#[test]
fn letters_of_real_campaigns_are_told_apart_and_no_copy_is_missed() {
    let Some(folder) = data() else {
        println!("skipped: no data");
        return;
    };
    let file = fs::read_to_string(folder.join("text/regs_campaigns.tsv")).unwrap();
    let rows: Vec<(&str, &str)> = file
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(text, rest)| (text, rest.split('\t').next().unwrap()))
        .collect();
    let texts: Vec<&str> = rows.iter().map(|(text, _)| *text).collect();
    let found = themes(&texts, &ThemeOptions::default(), &|_| {});
    let (mut joined, mut agreed) = (0_u32, 0_u32);
    for (one, (text, campaign)) in rows.iter().enumerate() {
        for (other, (other_text, other_campaign)) in rows.iter().enumerate().take(one) {
            let together = found.copies_of[one].is_some() && found.copies_of[one] == found.copies_of[other];
            assert!(together || text != other_text, "{text}");
            joined += u32::from(together);
            agreed += u32::from(together && campaign == other_campaign);
        }
    }
    assert!(joined > 50_000 && f64::from(agreed) >= 0.96 * f64::from(joined), "{agreed} of {joined}");
}
