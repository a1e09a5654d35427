//! The rules of the house, held by reading the sources: what each layer may name, and what stands nowhere.

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The pure folders, each of which may use those before it.
const PURE: [&str; 10] =
    ["document", "vocabulary", "item", "definition", "exchange", "design", "response", "analysis", "export", "staff"];
/// Input, output, clocks and unseeded chance.
const IMPURE: [&str; 17] = [
    "diesel",
    "actix",
    "actix_web",
    "lettre",
    "handlebars",
    "std::time",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::net",
    "std::env",
    "rand::rng",
    "thread_rng",
    "getrandom",
    "tokio",
];
/// Longest source file, in bytes.
const LONGEST: u64 = 24_000;

/// A source file without comments, the contents of texts, and tests.
struct Source {
    path: PathBuf,
    code: String,
}

impl Source {
    fn of(path: PathBuf, text: &str) -> Self {
        let code = stripped(text);
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_string();
        Self { path, code }
    }

    /// The violations of "names none of these", as `path: word`.
    fn naming(&self, words: &[&str]) -> Vec<String> {
        let named = words.iter().filter(|word| names(&self.code, word));
        named.map(|word| format!("{}: {word}", self.path.display())).collect()
    }

    /// The top-level modules of this crate that are named.
    fn modules(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            let rest = &self.code[at + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                for part in group.split_inclusive(['{', '}', ',']) {
                    if depth == 0 {
                        found.insert(first_word(part));
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                    if depth < 0 {
                        break;
                    }
                }
            } else {
                found.insert(first_word(rest));
            }
        }
        found.remove("");
        found
    }
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// True if `word` stands in the code on its own, not as part of a longer name.
fn names(code: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    })
}

/// The code with comments and the contents of texts replaced by nothing, line by line.
fn stripped(text: &str) -> String {
    let mut code = String::new();
    let mut chars = text.chars().peekable();
    let mut previous = ' ';
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                while chars.peek().is_some_and(|c| *c != '\n') {
                    chars.next();
                }
            }
            '"' if previous != '\'' => {
                code.push_str("\"\"");
                while let Some(inside) = chars.next() {
                    match inside {
                        '\\' => {
                            chars.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
                previous = ' ';
                continue;
            }
            _ => code.push(c),
        }
        previous = c;
    }
    code
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// True for a file of tests within the sources: `tests.rs`, `tests_read.rs`.
fn is_tests(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem == "tests" || stem.starts_with("tests_"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The sources of a folder of `src`, files of tests left out, or of one file.
fn sources(part: &str) -> Vec<Source> {
    let folder = root().join("src").join(part);
    let paths = if folder.is_dir() { files(&folder, "rs") } else { vec![folder.with_extension("rs")] };
    let tests = |path: &PathBuf| is_tests(path);
    let all: Vec<Source> = paths
        .into_iter()
        .filter(|path| !tests(path))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            Source::of(path.strip_prefix(root()).unwrap().to_path_buf(), &text)
        })
        .collect();
    assert!(!all.is_empty(), "no sources in {part}");
    all
}

/// The folder of `src` a file stands in, or the file's name.
fn part_of(path: &Path) -> String {
    let part = path.components().nth(1).unwrap();
    Path::new(part.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn the_scanner_sees_violations_and_nothing_else() {
    let source = |text: &str| Source::of("x.rs".into(), text);
    assert_eq!(source("use diesel::prelude::*;").naming(&IMPURE), ["x.rs: diesel"]);
    assert_eq!(source("let now = std::time::Instant::now();").naming(&IMPURE), ["x.rs: std::time", "x.rs: Instant"]);
    assert_eq!(source("jiff::Timestamp::now()").naming(&IMPURE), ["x.rs: Timestamp::now"]);
    for harmless in ["// diesel", "let text = \"diesel \\\" actix\";", "let dieselled = instant_of(1);", "env!(\"X\")"]
    {
        assert_eq!(source(harmless).naming(&IMPURE), Vec::<String>::new(), "{harmless}");
    }
    let text = "let quote = '\"'; use diesel;\n#[cfg(test)]\nmod tests { use actix; x.unwrap() }";
    assert_eq!(source(text).naming(&["diesel", "actix", "unwrap"]), ["x.rs: diesel"]);
    let modules = source("use crate::{store::{Conn, web}, item};\nfn f() { crate::web::serve() }").modules();
    assert_eq!(modules, ["item", "store", "web"].map(str::to_string).into());
    assert_eq!(faults_of("{{#if (gt n 3)}}{{add a b}}{{/if}}"), ["gt", "add"]);
    assert_eq!(faults_of("{{> part/add}} add {{../added}} {{#if shown}}{{n}}{{/if}}"), Vec::<String>::new());
}

#[test]
fn the_pure_layers_name_no_input_output_clock_or_chance() {
    let found: Vec<String> =
        PURE.iter().flat_map(|part| sources(part)).flat_map(|source| source.naming(&IMPURE)).collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_layer_uses_only_what_stands_before_it() {
    let mut allowed: Vec<(&str, Vec<&str>)> = Vec::new();
    for (index, part) in PURE.iter().enumerate() {
        allowed.push((part, PURE[..=index].to_vec()));
    }
    let with = |more: &[&'static str]| PURE.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    allowed.push(("embed", with(&["embed"])));
    allowed.push(("store", with(&["store"])));
    allowed.push(("service", with(&["embed", "store", "service"])));
    allowed.push(("render", with(&["render"])));
    allowed.push(("mail", vec!["mail"]));
    allowed.push(("print", vec!["print"]));
    allowed.push(("web", with(&["service", "render", "mail", "print", "web"])));
    allowed.push(("cli", with(&["service", "render", "mail", "print", "web", "cli"])));
    let mut found = Vec::new();
    for (part, may) in &allowed {
        for source in sources(part) {
            let wrong = source.modules().into_iter().filter(|module| !may.contains(&module.as_str()));
            found.extend(wrong.map(|module| format!("{} uses {module}", source.path.display())));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    let parts: BTreeSet<String> = files(&root().join("src"), "rs")
        .iter()
        .map(|path| part_of(path.strip_prefix(root()).unwrap()))
        .filter(|part| part != "lib" && part != "main")
        .collect();
    let known: BTreeSet<String> = allowed.iter().map(|(part, _)| (*part).to_string()).collect();
    assert_eq!(parts, known, "every folder of src has a place among the layers");
}

#[test]
fn each_library_has_one_room() {
    let mut found = Vec::new();
    for path in files(&root().join("src"), "rs") {
        let source =
            Source::of(path.strip_prefix(root()).unwrap().to_path_buf(), &std::fs::read_to_string(&path).unwrap());
        let rooms: [(&[&str], &[&str]); 5] = [
            (&["diesel", "diesel_migrations"], &["store"]),
            (&["actix_web", "actix"], &["web"]),
            (&["handlebars"], &["render"]),
            (&["lettre"], &["mail"]),
            (&["tokenizers", "safetensors", "ndarray"], &["embed"]),
        ];
        for (library, rooms) in rooms {
            if !rooms.contains(&part_of(&source.path).as_str()) {
                found.extend(source.naming(library));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// Helpers that compute or compare numbers, as far as a template uses them.
fn faults_of(template: &str) -> Vec<String> {
    const COMPUTING: [&str; 22] = [
        "add", "sub", "subtract", "plus", "minus", "mul", "multiply", "times", "div", "divide", "mod", "percent",
        "round", "sum", "math", "calc", "inc", "dec", "gt", "gte", "lt", "lte",
    ];
    let mut found = Vec::new();
    for part in template.split("{{").skip(1) {
        let inside = part.split("}}").next().unwrap_or_default();
        if inside.starts_with(['>', '!']) {
            continue;
        }
        let words = inside.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.' || c == '/'));
        found.extend(words.filter(|word| COMPUTING.contains(word)).map(str::to_string));
    }
    found
}

#[test]
fn templates_compute_nothing() {
    let templates = files(&root().join("templates"), "hbs");
    assert!(!templates.is_empty());
    for path in templates {
        assert_eq!(faults_of(&std::fs::read_to_string(&path).unwrap()), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn the_table_of_contact_details_has_nothing_to_join_by() {
    let schema = std::fs::read_to_string(root().join("src/store/schema.rs")).unwrap();
    let schema = stripped(&schema);
    let columns = |table: &str| -> Vec<String> {
        let body = schema.split(&format!("\n    {table} (")).nth(1).expect("the table").split('}').next().unwrap();
        let lines = body.lines().filter(|line| line.contains("->"));
        lines.map(|line| line.split("->").next().unwrap().trim().to_string()).collect()
    };
    let (response, contact) = (columns("response"), columns("contact"));
    assert!(response.len() > 3 && contact.len() > 1, "{response:?} {contact:?}");
    let shared: Vec<&String> = contact.iter().filter(|column| response.contains(column)).collect();
    assert_eq!(shared, ["survey_id", "id"], "only the survey, and each table's own random id");
    for column in &contact {
        for word in ["_at", "_on", "response", "draft", "idem", "receipt", "seq"] {
            assert!(!column.contains(word), "the column {column} of contact could tell whose it is");
        }
    }
}

#[test]
fn what_was_spent_says_nothing_but_that() {
    let schema = std::fs::read_to_string(root().join("src/store/schema.rs")).unwrap();
    let body = schema.split("\n    spent (").nth(1).unwrap().split('}').next().unwrap();
    let columns: Vec<&str> = body.lines().filter_map(|line| Some(line.split_once("->")?.0.trim())).collect();
    assert_eq!(columns, ["survey_id", "mark"]);
    let door = schema.split("\n    door (").nth(1).unwrap().split('}').next().unwrap();
    let columns: Vec<&str> = door.lines().filter_map(|line| Some(line.split_once("->")?.0.trim())).collect();
    assert_eq!(columns, ["survey_id", "key_check", "issued", "passphrase"], "nothing of a single person");
}

#[test]
fn no_source_has_unfinished_work_or_can_panic_or_is_too_long() {
    let mut found = Vec::new();
    for path in files(&root().join("src"), "rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        let size = std::fs::metadata(&path).unwrap().len();
        if size > LONGEST {
            found.push(format!("{}: {size} bytes", path.display()));
        }
        for word in ["TODO", "FIXME"] {
            found.extend(text.contains(word).then(|| format!("{}: {word}", path.display())));
        }
        if !is_tests(&path) {
            let source = Source::of(path, &text);
            // The rules' parser has an `expect` of its own, which gives a finding.
            let code = source.code.replace("self.expect(", "");
            for word in [".unwrap()", ".expect(", "panic!(", "todo!(", "dbg!("] {
                found.extend(code.contains(word).then(|| format!("{}: {word}", source.path.display())));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
