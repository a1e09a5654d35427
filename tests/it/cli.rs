//! The program itself: its help, its exit codes, and one sentence with what to do next for whatever goes wrong.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::Value;
use tempfile::TempDir;

use crate::polis::Export;

/// A folder to work in, with a database that is not there yet.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A desk whose database has the gallery with a few simulated responses.
    pub(crate) fn with_responses() -> Self {
        let desk = Self::new();
        desk.done(&["publish", &survey("item-gallery")]);
        desk.done(&["simulate", "item-gallery", "--n", "12"]);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let database = format!("sqlite:{}", self.path("canvass.db").display());
        Command::new(env!("CARGO_BIN_EXE_canvass"))
            .args(args)
            .env("CANVASS_DATABASE", database)
            .env_remove("CANVASS_LOG")
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// What the program prints when it succeeds.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one line that the program says when it fails.
    pub(crate) fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with('{')).collect();
        assert_eq!(lines.len(), 1, "{args:?}: {said}");
        let line = lines[0].to_string();
        assert!(line.starts_with("canvass: ") && line.ends_with('.'), "{line}");
        assert!(line.trim_end_matches('.').contains(". ") || line.contains(": "), "no advice: {line}");
        line
    }

    /// Everything in the folder, with the contents of files.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let content = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
                if path.is_dir() {
                    folders.push(path.clone());
                }
                found.push((path, content));
            }
        }
        found.sort();
        found
    }
}

pub(crate) fn survey(id: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys").join(format!("{id}.json")).display().to_string()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_help_of_every_subcommand_has_an_example() {
    let desk = Desk::new();
    let all = desk.done(&["--help"]);
    let listed = all.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        assert!(desk.done(&[name, "--help"]).contains("Example: canvass "), "{name}");
    }
    assert!(desk.done(&["import", "polis", "--help"]).contains("Example: canvass "));
    assert!(all.contains("Example: canvass ") && all.contains("Exit codes:"));
}

#[test]
fn the_exit_code_tells_done_from_mistakes_wrong_usage_and_losses() {
    let desk = Desk::new();
    let code = |args: &[&str]| desk.run(args).status.code().unwrap();
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mistakes/fourteen.json");
    let mistakes = mistakes.display().to_string();
    assert_eq!(code(&["check", &survey("item-gallery")]), 0);
    assert_eq!(code(&["check", &mistakes, &survey("item-gallery")]), 1);
    assert_eq!(code(&["publish", &mistakes]), 1);
    for wrong in [&["checkk"][..], &["check"], &["list", "--format", "xml"], &[], &["simulate", "x", "--n", "-1"]] {
        assert_eq!(code(wrong), 2, "{wrong:?}");
    }
    let export = Export::small();
    assert_eq!(code(&["import", "polis", &export.path().display().to_string(), "--id", "small"]), 3);
}

#[test]
fn findings_are_printed_as_sarif_for_code_hosts() {
    let desk = Desk::new();
    desk.write("a survey.json", include_str!("mistakes/fourteen.json"));
    let output = desk.run(&["check", "a survey.json", "--format", "sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 14);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20survey.json");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
    }
    assert!(rules.iter().all(|rule| rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty())));
    let refused = desk.run(&["list", "--format", "sarif"]);
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn every_result_is_one_json_value_if_asked() {
    let desk = Desk::new();
    let json = |args: &[&str]| -> Value {
        let output = desk.run(&[args, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error} {}", stderr(&output)))
    };
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mistakes/fourteen.json");
    let checked = json(&["check", &mistakes.display().to_string()]);
    assert_eq!(checked[0]["findings"][0]["line"], 13);
    assert_eq!(json(&["publish", &survey("item-gallery")])["new"], true);
    assert_eq!(json(&["publish", &survey("item-gallery")])["new"], false);
    assert_eq!(json(&["simulate", "item-gallery", "--n", "5"])["simulated"], 5);
    assert_eq!(json(&["list"])[0]["completed"], 5);
    assert_eq!(json(&["report", "item-gallery", "--out", "out"])["responses"], 5);
    let texts = desk.write("texts.csv", "id,text\n1,more tea\n2,more tea please\n3,\n");
    assert_eq!(json(&["themes", &texts, "--text-column", "text"])["empty"], 1);
    assert!(json(&["sign-in"])["address"].as_str().unwrap().contains("/staff/sign-in/"));
    assert_eq!(json(&["close", "item-gallery"])["state"], "closed");
    let export = Export::small();
    let imported = json(&["import", "polis", &export.path().display().to_string(), "--id", "small"]);
    assert_eq!(imported["losses"].as_array().unwrap().len(), 1);
}

#[test]
fn a_survey_that_is_not_there_is_named_with_those_that_are() {
    let desk = Desk::with_responses();
    for args in
        [&["report", "item-galery", "--out", "out"][..], &["close", "item-galery"], &["simulate", "item-galery"]]
    {
        let said = desk.refused(args);
        assert!(said.contains("item-galery") && said.contains("there are: item-gallery"), "{said}");
    }
    assert!(!desk.path("out").exists());
}

#[test]
fn a_missing_database_is_not_made_by_a_look_at_it() {
    let desk = Desk::new();
    for args in [&["list"][..], &["report", "x", "--out", "out"], &["close", "x"], &["sign-in"], &["simulate", "x"]] {
        let said = desk.refused(args);
        assert!(said.contains("canvass.db"), "{said}");
        assert_eq!(desk.files(), Vec::new(), "{args:?}");
    }
}

#[test]
fn what_is_no_database_is_left_as_it_is() {
    for content in
        ["This is a letter, and quite a long one at that, with more than a hundred characters in it, so there.", "x"]
    {
        let desk = Desk::new();
        desk.write("canvass.db", content);
        for args in [&["list"][..], &["publish", &survey("item-gallery")]] {
            let said = desk.refused(args);
            assert!(said.contains("not a database"), "{said}");
            assert_eq!(fs::read_to_string(desk.path("canvass.db")).unwrap(), content);
        }
    }
    let desk = Desk::new();
    for url in ["mysql://x/y", "canvass.db", "", "sqlite:", "postgres://nobody@127.0.0.1:1/none"] {
        let said = desk.refused(&["list", "--database", url]);
        assert!(said.contains("database"), "{url}: {said}");
    }
}

#[test]
fn a_database_that_another_program_keeps_is_busy_and_unharmed() {
    let desk = Desk::with_responses();
    let mut other = SqliteConnection::establish(desk.path("canvass.db").to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN EXCLUSIVE").unwrap();
    let said = desk.refused(&["simulate", "item-gallery", "--n", "1"]);
    assert!(said.contains("busy") && said.contains("try again"), "{said}");
    other.batch_execute("ROLLBACK").unwrap();
    assert!(desk.done(&["list"]).contains("completed 12"));
}

#[test]
fn a_port_that_is_taken_is_named_with_another_to_try() {
    let desk = Desk::with_responses();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = desk.refused(&["serve", "--listen", &address]);
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
    for nonsense in ["nowhere", "127.0.0.1:99999", "203.0.113.1:80"] {
        let said = desk.refused(&["serve", "--listen", nonsense]);
        assert!(said.contains(nonsense), "{said}");
    }
}

#[test]
fn settings_of_mail_that_cannot_work_stop_the_server_before_it_starts() {
    let desk = Desk::new();
    let (file, none) = (desk.write("password", "secret\n"), desk.path("nothing").display().to_string());
    let from = ["--mail-from", "consult@example.org"];
    for (settings, says) in [
        (vec!["--smtp-url", "mail.example.org", from[0], from[1]], "write smtps://USER@HOST:465"),
        (vec!["--smtp-url", "smtps://mail.example.org"], "add --mail-from"),
        (vec![from[0], from[1]], "add --smtp-url"),
        (vec!["--smtp-password-file", &file], "add --smtp-url"),
        (vec!["--smtp-url", "smtps://a@mail.example.org", from[0], from[1]], "--smtp-password-file"),
        (vec!["--smtp-url", "smtps://mail.example.org", "--smtp-password-file", &file, from[0], from[1]], "USER"),
        (vec!["--smtp-url", "smtps://a@mail.example.org", "--smtp-password-file", &none, from[0], from[1]], "read"),
        (vec!["--smtp-url", "smtps://mail.example.org", "--smtp-ca-file", &file, from[0], from[1]], "PEM"),
    ] {
        let said = desk.refused(&[vec!["serve", "--listen", "127.0.0.1:0"], settings.clone()].concat());
        assert!(said.contains(says) && !said.contains("secret"), "{settings:?}: {said}");
    }
}

#[test]
fn a_table_that_cannot_be_read_is_told_with_its_line() {
    let desk = Desk::new();
    let themes = |name: &str, content: &[u8], column: &str| {
        let file = desk.write(name, content);
        let said = desk.refused(&["themes", &file, "--text-column", column, "--out", "out"]);
        assert!(said.contains(name), "{said}");
        assert!(!desk.path("out").exists(), "{said}");
        said
    };
    assert!(themes("columns.tsv", b"id\tcomment\n1\tTea\n", "text").contains("its columns are id, comment"));
    assert!(themes("columns.tsv", b"id\tcomment\n1\tTea\n", "3").contains("no column `3`"));
    assert!(themes("cut.tsv", b"id\tcomment\n1\tTea\n2", "comment").contains("line 3"));
    assert!(themes("latin.csv", b"id,comment\n1,Caf\xe9\n", "comment").contains("UTF-8"));
    assert!(themes("latin.csv", b"id,comm\xe9nt\n1,Tea\n", "comment").contains("UTF-8"));
    assert!(themes("none.csv", b"id,comment\n", "comment").contains("no rows"));
    let empty = themes("empty.csv", b"", "comment");
    assert!(empty.contains("empty") || empty.contains("no rows"), "{empty}");
    let said = desk.refused(&["themes", "missing.csv", "--text-column", "x"]);
    assert!(said.contains("missing.csv cannot be read"), "{said}");
    let latin = desk.write("latin.json", b"{\"format\": 1, \"title\": \"Caf\xe9\"}");
    for command in ["check", "publish"] {
        assert!(desk.refused(&[command, &latin]).contains("UTF-8"));
        assert!(desk.refused(&[command, "missing.json"]).contains("missing.json cannot be read"));
    }
}

#[test]
fn numbers_out_of_range_are_refused_or_bounded() {
    let desk = Desk::with_responses();
    let texts: Vec<String> = (0..30).map(|n| format!("{n},more tea for room {}", n % 7)).collect();
    let texts = texts.join("\n");
    let texts = desk.write("texts.csv", format!("id,text\n{texts}"));
    for k in ["0", "1", "29", "31", "18446744073709551615"] {
        let output = desk.run(&["themes", &texts, "--text-column", "text", "--k", k]);
        assert!(matches!(output.status.code(), Some(0..=2)), "k = {k}: {:?} {}", output.status, stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "k = {k}");
    }
    assert_eq!(desk.run(&["simulate", "item-gallery", "--n", "0"]).status.code(), Some(0));
    assert!(
        desk.done(&["report", "item-gallery", "--out", "out", "--seed", "18446744073709551615"])
            .contains("12 responses")
    );
}

#[test]
fn brackets_without_end_are_refused_and_crash_nothing() {
    let desk = Desk::new();
    for (name, open) in [("lists.json", "["), ("objects.json", "{\"a\":")] {
        let file = desk.write(name, open.repeat(200_000));
        let output = desk.run(&["check", &file]);
        assert_eq!(output.status.code(), Some(1), "{name}: {:?}", output.status);
    }
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one_whole() {
    let desk = Desk::with_responses();
    desk.write("file", "x");
    for out in ["file", "file/below"] {
        let said = desk.refused(&["report", "item-gallery", "--out", out]);
        assert!(said.contains(out) && said.contains("cannot be written"), "{said}");
    }
    desk.done(&["report", "item-gallery", "--out", "out"]);
    let old = fs::read(desk.path("out/report.json")).unwrap();
    let names = |folder: &Path| {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let all = [
        "codebook.csv",
        "crosstabs.csv",
        "manifest.json",
        "mentions.csv",
        "report.html",
        "report.json",
        "responses.csv",
    ];
    assert_eq!(names(&desk.path("out")), all);
    // A folder where the third file should go: it fails when the first two are ready.
    fs::remove_file(desk.path("out/responses.csv")).unwrap();
    fs::create_dir(desk.path("out/responses.csv")).unwrap();
    desk.done(&["simulate", "item-gallery", "--n", "3", "--seed", "8"]);
    let said = desk.refused(&["report", "item-gallery", "--out", "out"]);
    assert!(said.contains("responses.csv"), "{said}");
    assert_eq!(names(&desk.path("out")), all, "no unfinished files");
    assert_eq!(fs::read(desk.path("out/report.json")).unwrap(), old, "the old report is kept");
    fs::remove_dir(desk.path("out/responses.csv")).unwrap();
    assert!(desk.done(&["report", "item-gallery", "--out", "out"]).contains("15 responses"));
    assert_eq!(names(&desk.path("out")), all);
    assert_ne!(fs::read(desk.path("out/report.json")).unwrap(), old);
}

#[test]
fn an_export_that_was_cut_off_or_changed_is_known_by_its_manifest() {
    let desk = Desk::with_responses();
    desk.done(&["report", "item-gallery", "--out", "out"]);
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(desk.path("out/manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap();
    let responses = files.iter().find(|file| file["name"] == "responses.csv").unwrap();
    assert_eq!((files.len(), &responses["rows"]), (6, &serde_json::json!(12)));
    assert_eq!(desk.done(&["verify", "out/manifest.json"]), "6 files, as they were written.\n");
    let whole = fs::read(desk.path("out/responses.csv")).unwrap();
    desk.write("out/responses.csv", &whole[..whole.len() / 2]);
    fs::remove_file(desk.path("out/codebook.csv")).unwrap();
    let output = desk.run(&["verify", "out/manifest.json"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("responses.csv is cut off") && said.contains("codebook.csv cannot be read"), "{said}");
    assert!(desk.refused(&["verify", "out/report.json"]).contains("is no manifest of an export"));
}

#[test]
fn responses_are_written_for_other_programs_and_a_cut_file_is_known() {
    let desk = Desk::with_responses();
    desk.done(&["report", "item-gallery", "--out", "out"]);
    let said = desk.done(&["responses", "item-gallery", "--as", "jsonl,xlsx,sav,r,parquet,fhir", "--out", "out"]);
    assert!(said.starts_with("12 responses.\n  out/responses.csv\n"), "{said}");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(desk.path("out/manifest.json")).unwrap()).unwrap();
    let rows: Vec<_> =
        manifest["files"].as_array().unwrap().iter().map(|file| (&file["name"], &file["rows"])).collect();
    let (names, counts): (Vec<&Value>, Vec<&Value>) = rows.into_iter().unzip();
    assert_eq!(
        names,
        [
            "responses.csv",
            "responses.jsonl",
            "responses.xlsx",
            "responses.sav",
            "responses.R",
            "responses.parquet",
            "responses.ndjson",
            "report.html",
            "report.json",
            "crosstabs.csv",
            "mentions.csv",
            "codebook.csv"
        ]
    );
    assert_eq!(serde_json::json!(&counts[..7]), serde_json::json!([12, 12, null, null, null, null, 12]));
    assert_eq!(desk.done(&["verify", "out/manifest.json"]), "12 files, as they were written.\n");
    for name in names.iter().take(7).map(|name| name.as_str().unwrap()) {
        let path = format!("out/{name}");
        let whole = fs::read(desk.path(&path)).unwrap();
        desk.write(&path, &whole[..whole.len() / 2]);
        let output = desk.run(&["verify", "out/manifest.json"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(stderr(&output).contains(&format!("{name} is cut off")), "{name}: {}", stderr(&output));
        desk.write(&path, &whole);
    }
    assert_eq!(desk.run(&["responses", "item-gallery", "--as", "ods", "--out", "out"]).status.code(), Some(2));
    assert!(desk.refused(&["responses", "unknown", "--as", "sav", "--out", "new"]).contains("unknown"));
    assert!(!desk.path("new").exists(), "nothing is made");
}

#[test]
fn an_instrument_is_written_from_a_file_or_from_what_is_published() {
    let desk = Desk::new();
    let gallery = survey("item-gallery");
    assert!(desk.done(&["paper", &gallery, "--out", "deep/paper.html"]).contains("deep/paper.html"));
    assert!(
        fs::read_to_string(desk.path("deep/paper.html")).unwrap().contains("Paper form: item-gallery, not published")
    );
    assert!(!desk.path("canvass.db").exists(), "a file needs no database");
    desk.done(&["publish", &gallery]);
    desk.done(&["paper", "item-gallery", "--out", "paper.html"]);
    assert!(fs::read_to_string(desk.path("paper.html")).unwrap().contains("Paper form: item-gallery, version 1"));
    let said = desk.done(&["codebook", "item-gallery", "--out", "codebook"]);
    assert!(said.contains("24 columns"), "{said}");
    desk.done(&["codebook", &gallery, "--out", "unpublished"]);
    let read = |folder: &str, file: &str| fs::read_to_string(desk.path(folder).join(file)).unwrap();
    for (file, part) in [("codebook.html", "version 1"), ("codebook.csv", "colour"), ("codebook.xml", "Version 1")] {
        assert!(read("codebook", file).contains(part), "{file}");
    }
    assert_eq!(read("codebook", "codebook.csv"), read("unpublished", "codebook.csv"));
    desk.done(&["report", "item-gallery", "--out", "report"]);
    assert_eq!(
        read("codebook", "codebook.csv"),
        read("report", "codebook.csv"),
        "the same codebook as beside a report"
    );
    let json: Value =
        serde_json::from_str(&desk.done(&["paper", "item-gallery", "--out", "p.html", "--format", "json"])).unwrap();
    assert_eq!((json["survey"].as_str(), json["version"].as_u64()), (Some("item-gallery"), Some(1)));
}

#[test]
fn an_instrument_that_cannot_be_written_says_why() {
    let desk = Desk::new();
    let gallery = survey("item-gallery");
    let said = desk.refused(&["paper", &gallery, "--out", "p.html", "--lang", "cy"]);
    assert!(said.contains("not translated to cy") && said.contains("en-GB"), "{said}");
    assert!(!desk.path("p.html").exists());
    let wrong = desk.write("wrong.json", "{\"format\": 1}");
    assert!(desk.refused(&["codebook", &wrong, "--out", "out"]).contains("canvass check FILE"));
    assert!(!desk.path("out").exists());
    assert!(desk.refused(&["paper", "nowhere.json", "--out", "p.html"]).contains("cannot be read"));
    desk.done(&["publish", &gallery]);
    assert!(desk.refused(&["codebook", "nowhere", "--out", "out"]).contains("item-gallery"));
    assert!(desk.refused(&["paper", "item-gallery", "--out", "/"]).contains("--out FILE.html"));
    desk.write("file", "x");
    assert!(desk.refused(&["codebook", "item-gallery", "--out", "file"]).contains("cannot be written"));
}

#[test]
fn a_damaged_import_leaves_the_database_as_it_was() {
    let desk = Desk::with_responses();
    let before = desk.done(&["list"]);
    let export = Export::small();
    let votes = export.path().join("votes.csv");
    let text = fs::read_to_string(&votes).unwrap();
    fs::write(&votes, &text[..text.len() - 20]).unwrap();
    let said = desk.refused(&["import", "polis", &export.path().display().to_string(), "--id", "small"]);
    assert!(said.contains("cut short") && said.contains("export the file anew"), "{said}");
    assert_eq!(desk.done(&["list"]), before);
}

/// A small definition whose question has these options and this text.
fn town(text: &str, options: &[&str]) -> String {
    let options: Vec<Value> = options.iter().map(|id| serde_json::json!({"id": id, "label": id})).collect();
    serde_json::json!({"format": 1, "id": "town", "title": "Town", "pages": [{"id": "p", "questions": [
        {"id": "role", "type": "single", "text": text, "options": options}]}]})
    .to_string()
}

#[test]
fn what_changed_between_two_definitions_is_told_by_class() {
    let desk = Desk::new();
    let first = desk.write("first.json", town("Who are you?", &["a", "b", "c"]));
    let more = desk.write("more.json", town("Who are you now?", &["a", "b", "c", "d"]));
    let fewer = desk.write("fewer.json", town("Who are you?", &["a", "b"]));
    assert_eq!(desk.done(&["diff", &first, &first]), "Nothing changed.\n");
    assert_eq!(
        desk.done(&["diff", &first, &more]),
        "Wording\n  question role: Its text was “Who are you?” and is now “Who are you now?”.\n\
         Additive\n  question role, option d: “d” is new.\n\
         2 changes. What was answered stays valid and complete. Answers in progress go on in the new version, and all answers are counted together.\n"
    );
    let broken = desk.run(&["diff", &first, &fewer]);
    assert_eq!(broken.status.code(), Some(3));
    let said = String::from_utf8(broken.stdout).unwrap();
    assert!(
        said.starts_with("Breaking\n  question role, option c: “c” cannot be chosen any more.\n1 change. "),
        "{said}"
    );
    assert!(said.contains("finish on the version they were begun on") && said.contains("figures of `role`"), "{said}");
    let json = desk.run(&["diff", &first, &fewer, "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["class"], &json["apart"]), (&"breaking".into(), &serde_json::json!(["role"])));
    let change = serde_json::json!({"what": "question role, option c", "class": "breaking",
        "text": "“c” cannot be chosen any more.", "question": "role", "effect": "meaning"});
    assert_eq!(json["changes"], serde_json::json!([change]));
    let mistaken = desk.write("mistaken.json", "{}");
    assert!(desk.refused(&["diff", &first, &mistaken]).contains("mistaken.json has"));
    assert!(desk.refused(&["diff", &first, "missing.json"]).contains("missing.json cannot be read"));
    assert!(desk.refused(&["diff", &first, "town@1"]).contains("canvass.db"));
    assert!(!desk.path("canvass.db").exists());
}

#[test]
fn a_file_is_compared_with_what_is_published() {
    let desk = Desk::new();
    let first = desk.write("first.json", town("Who are you?", &["a", "b", "c"]));
    let more = desk.write("more.json", town("Who are you?", &["a", "b", "c", "d"]));
    desk.done(&["publish", &first]);
    assert!(desk.done(&["diff", "town@current", &more]).contains("option d"));
    desk.done(&["publish", &more]);
    assert!(desk.done(&["diff", "town@1", "town@2"]).contains("option d"));
    assert_eq!(desk.run(&["diff", "town@current", "town@1"]).status.code(), Some(3));
    assert_eq!(desk.done(&["diff", "town@2", "town@current"]), "Nothing changed.\n");
    assert!(desk.refused(&["diff", "town@3", &first]).contains("town has no version 3"));
    assert!(desk.refused(&["diff", "city@1", &first]).contains("there are: town"));
    assert!(desk.refused(&["diff", "town@", &first]).contains("town@ cannot be read"));
}

#[test]
fn publishing_over_answers_says_what_changes_and_needs_a_new_wave_to_break() {
    let desk = Desk::new();
    let first = desk.write("first.json", town("Who are you?", &["a", "b", "c"]));
    let more = desk.write("more.json", town("Who are you?", &["a", "b", "c", "d"]));
    let fewer = desk.write("fewer.json", town("Who are you?", &["a", "b"]));
    assert!(!desk.done(&["publish", &first]).contains("Additive"));
    desk.done(&["simulate", "town", "--n", "3"]);
    let said = desk.done(&["publish", &more]);
    assert!(said.starts_with("Additive\n  question role, option d: “d” is new.\nWhat was answered stays"), "{said}");
    assert!(said.ends_with("town is published as version 2. It starts at /s/town.\n"), "{said}");
    let listed = desk.done(&["list", "--format", "json"]);
    let refused = desk.run(&["publish", &fewer]);
    let said = stderr(&refused);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for part in [
        "Breaking\n  question role, option c: “c” cannot be chosen any more.\n",
        "fewer.json breaks with version 2 of town, on which 3 responses rest.",
        "--new-wave",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert_eq!(desk.done(&["list", "--format", "json"]), listed);
    let published: Value =
        serde_json::from_str(&desk.done(&["publish", &fewer, "--new-wave", "--format", "json"])).unwrap();
    assert_eq!((&published["version"], &published["changed"]["class"]), (&3.into(), &"breaking".into()));
}
