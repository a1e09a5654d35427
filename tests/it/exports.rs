//! Every file of responses, read back by the programs that it is for, is what was stored: rows, values, labels and the
//! kinds of missing values; what anyone wrote stays text.
//!
//! What should stand in each cell is worked out here anew, from the definition and the stored answers alone.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use canvass::exchange;
use canvass::service::responses::{self, Format};
use canvass::service::{Library, export, publish, simulate};
use canvass::store::response::{self, NewResponse};
use canvass::store::survey::Mode;
use canvass::store::{Store, StoreError};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::TestApp;
use crate::check::{FORMAT, GALLERY};
use crate::db::{Db, each_db};
use crate::report::NOW;

/// What people write who try programs out, and who mean no harm.
const HOSTILE: [&str; 24] = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "'=1+1",
    "''@x",
    "=HYPERLINK(\"http://example.org\";\"here\")",
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "a \"quoted\" text, with; separators\tand a tab",
    "two\nlines\n\nand an empty one",
    "<script>alert(1)</script> & ]]> &amp;",
    "_x0041_ and _x005F_",
    "#REF! TRUE 1E5 2026-01-31",
    "-9991",
    "Diolch yn fawr, ŵyr ac ŷd",
    "مرحبا \u{202e}txt.exe",
    "😀👩\u{200d}👩\u{200d}👧 e\u{301}",
    "\\u0041 \\\"; quit(\"no\") # $x {{ y }}",
];

/// One cell as it was stored.
#[derive(Clone, Debug, PartialEq)]
enum Stored {
    Value(String),
    Missing(&'static str),
    Empty,
}

use Stored::{Empty, Missing};

/// One column as the definition has it.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    label: String,
    kind: &'static str,
    codes: Vec<(String, String)>,
}

/// What the files of a consultation should say.
struct Expected {
    columns: Vec<Column>,
    rows: Vec<Vec<Stored>>,
}

fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of[key].as_str().unwrap_or_default()
}

fn list<'v>(definition: &'v Value, of: &'v Value, key: &str) -> &'v [Value] {
    let found = match of[key].as_str() {
        Some("interventions") => &definition["interventions"],
        Some(name) => &definition["lists"][name],
        None => &of[key],
    };
    found.as_array().map_or(&[], Vec::as_slice)
}

fn codes(options: &[Value]) -> Vec<(String, String)> {
    options.iter().map(|option| (text(option, "id").to_string(), text(option, "label").to_string())).collect()
}

/// The columns of one question with how each is read from the question's answer and the text beside it.
type Read = Box<dyn Fn(&Value, &Value) -> Stored>;

fn value(found: &Value) -> Stored {
    match found {
        Value::Null => Empty,
        Value::String(written) => Stored::Value(written.clone()),
        other => Stored::Value(other.to_string()),
    }
}

fn columns_of(definition: &Value, question: &Value) -> Vec<(Column, Read)> {
    let (id, asks) = (text(question, "id").to_string(), text(question, "text").to_string());
    let mut all: Vec<(Column, Read)> = Vec::new();
    let mut add = |suffix: &str, part: &str, kind, codes, read: Read| {
        let label = if part.is_empty() { asks.clone() } else { format!("{asks}: {part}") };
        all.push((Column { name: format!("{id}{suffix}"), label, kind, codes }, read));
    };
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>();
    let key = |row: &Value| text(row, "id").to_string();
    match text(question, "type") {
        "consent" => {
            let ticked = |answer: &Value, _: &Value| Stored::Value(u8::from(answer == &json!(true)).to_string());
            add("", "", "whole", pairs(&[("1", "Ticked")]), Box::new(ticked));
        }
        "single" => {
            let options = list(definition, question, "options");
            add("", "", "code", codes(options), Box::new(|answer, _| value(answer)));
            if options.iter().any(|option| !option["other"].is_null()) {
                add(".other", "in their own words", "text", vec![], Box::new(|_, beside| value(beside)));
            }
        }
        "multi" => {
            for option in list(definition, question, "options") {
                let (id, wanted) = (key(option), key(option));
                let chosen = move |answer: &Value, _: &Value| {
                    let is_chosen = answer.as_array().unwrap().iter().any(|chosen| chosen == id.as_str());
                    Stored::Value(u8::from(is_chosen).to_string())
                };
                let yes_no = pairs(&[("1", "Chosen"), ("0", "Not chosen")]);
                add(&format!(".{wanted}"), text(option, "label"), "whole", yes_no, Box::new(chosen));
                if !option["other"].is_null() {
                    let suffix = format!(".{wanted}.other");
                    let read = move |_: &Value, beside: &Value| value(&beside[&wanted]);
                    add(&suffix, "in their own words", "text", vec![], Box::new(read));
                }
            }
        }
        "text" => add("", "", "text", vec![], Box::new(|answer, _| value(answer))),
        "number" => add("", "", "number", vec![], Box::new(|answer, _| value(answer))),
        "date" => add("", "", "day", vec![], Box::new(|answer, _| value(answer))),
        kind @ ("rate" | "rank" | "allocate") => {
            let rows = list(definition, question, "items");
            for row in rows {
                let id = key(row);
                let (kind, codes, read): (_, _, Read) = match kind {
                    "rate" => {
                        let steps = codes(list(definition, question, "scale"));
                        ("code", steps, Box::new(move |answer, _| value(&answer[&id])))
                    }
                    "rank" => {
                        let places = (1..=rows.len()).map(|place| (place.to_string(), format!("Place {place}")));
                        let place = move |answer: &Value, _: &Value| {
                            let place = answer.as_array().unwrap().iter().position(|row| row == id.as_str());
                            place.map_or(Empty, |place| Stored::Value((place + 1).to_string()))
                        };
                        ("whole", places.collect(), Box::new(place))
                    }
                    _ => {
                        let points = move |answer: &Value, _: &Value| {
                            Stored::Value(answer[&id].as_u64().unwrap_or(0).to_string())
                        };
                        ("whole", vec![], Box::new(points))
                    }
                };
                add(&format!(".{}", key(row)), text(row, "label"), kind, codes, read);
            }
        }
        "repeat" => {
            let count = |answer: &Value, _: &Value| Stored::Value(answer.as_array().unwrap().len().to_string());
            add(".count", "number of entries", "number", vec![], Box::new(count));
            for number in 0..usize::try_from(question["max"].as_u64().unwrap_or(5)).unwrap() {
                for field in list(definition, question, "fields") {
                    for (column, read) in columns_of(definition, field) {
                        let (id, other) = (key(field), format!("{}.other", key(field)));
                        let name = format!("{}.{}.{}", text(question, "id"), number + 1, column.name);
                        let label = format!("{} ({}): {}", text(question, "text"), number + 1, column.label);
                        let of_entry = move |answer: &Value, _: &Value| match answer.get(number) {
                            Some(entry) if !entry[&id].is_null() => read(&entry[&id], &entry[&other]),
                            _ => Empty,
                        };
                        all.push((Column { name, label, ..column }, Box::new(of_entry)));
                    }
                }
            }
        }
        "ideas" => {
            add(".given", "number of ideas given", "number", vec![], Box::new(|answer, _| value(&answer["own"])));
            for seed in list(definition, question, "seeds") {
                let id = key(seed);
                let votes = pairs(&[("agree", "Agree"), ("disagree", "Disagree"), ("pass", "Pass or not sure")]);
                let vote = move |answer: &Value, _: &Value| value(&answer["votes"][&id]);
                add(&format!(".vote.{}", key(seed)), text(seed, "label"), "code", votes, Box::new(vote));
            }
        }
        "note" => {}
        other => panic!("no such type: {other}"),
    }
    all
}

/// What should stand in the files, from the definition and what is stored.
fn expected(store: &Store, definition: &Value) -> Expected {
    let mut stored = Vec::new();
    let mut keep = |row| {
        stored.push(row);
        Ok::<_, StoreError>(())
    };
    store.read(|conn| response::for_each(conn, text(definition, "id"), &mut keep)).unwrap();
    let about = [
        ("response", "Random id of the response", "text"),
        (
            "mode",
            "How the response came in: open_link, invitation, passphrase, email_domain, imported, simulated or unfinished",
            "text",
        ),
        ("version", "Version of the survey that was answered: the one it was finished on", "whole"),
        ("started_version", "Version of the survey that the response was begun on", "whole"),
        ("submitted_on", "Day on which the response was sent", "day"),
    ];
    let about = about.map(|(name, label, kind)| Column { name: name.into(), label: label.into(), kind, codes: vec![] });
    let mut columns = about.to_vec();
    let mut rows: Vec<Vec<Stored>> = stored
        .iter()
        .map(|row| {
            let started = row.started_version.unwrap_or(row.version);
            [
                row.id.clone(),
                row.mode.as_str().to_string(),
                row.version.to_string(),
                started.to_string(),
                row.submitted_on.clone(),
            ]
            .map(Stored::Value)
            .to_vec()
        })
        .collect();
    let answers: Vec<Value> = stored.iter().map(|row| serde_json::from_str(&row.answers).unwrap()).collect();
    let gap = |record: &Value, id: &str| match record["missing"][id].as_str() {
        Some("skipped") => Some(Missing("skipped")),
        Some("not_reached") => Some(Missing("not_reached")),
        Some(_) => Some(Missing("not_shown")),
        None => None,
    };
    let pages = definition["pages"].as_array().unwrap();
    for question in
        pages.iter().filter(|page| page["store"].is_null()).flat_map(|page| list(definition, page, "questions"))
    {
        let id = text(question, "id");
        for (column, read) in columns_of(definition, question) {
            // `proposals.2.system` is of the field `proposals.system`.
            let parts: Vec<&str> = column.name.split('.').collect();
            let field = (text(question, "type") == "repeat" && parts.len() > 2).then(|| format!("{id}.{}", parts[2]));
            for (row, record) in rows.iter_mut().zip(&answers) {
                let answer = &record["answers"][id];
                let of_field = field.as_ref().and_then(|field| gap(record, field));
                row.push(match (answer, of_field) {
                    (Value::Null, None) => gap(record, id).unwrap_or(Missing("not_shown")),
                    (_, Some(gap)) => match read(answer, &Value::Null) {
                        Empty => gap,
                        given => given,
                    },
                    _ => read(answer, &record["answers"][format!("{id}.other")]),
                });
            }
            columns.push(column);
        }
        if ["random", "reverse_half"].contains(&text(question, "order")) {
            let label = format!("{}: order presented", text(question, "text"));
            columns.push(Column { name: format!("{id}.presented"), label, kind: "text", codes: vec![] });
            for (row, record) in rows.iter_mut().zip(&answers) {
                let order = record["presented"][id].as_array();
                let order =
                    order.map(|order| order.iter().map(|id| id.as_str().unwrap()).collect::<Vec<_>>().join(" "));
                let none = || {
                    if record["answers"][id].is_null() {
                        gap(record, id).unwrap_or(Missing("not_shown"))
                    } else {
                        Empty
                    }
                };
                row.push(order.map_or_else(none, Stored::Value));
            }
        }
    }
    for calculated in definition["calculated"].as_array().into_iter().flatten() {
        let id = text(calculated, "id");
        columns.push(Column {
            name: id.into(),
            label: text(calculated, "label").into(),
            kind: "number",
            codes: vec![],
        });
        for (row, record) in rows.iter_mut().zip(&answers) {
            row.push(value(&record["calculated"][id]));
        }
    }
    Expected { columns, rows }
}

/// Files of a consultation, and what should stand in them.
struct Files {
    folder: TempDir,
    expected: Expected,
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compares every cell with what a reader found there.
    fn compare(&self, rows: &[Vec<String>], same: impl Fn(&Column, &Stored, &str) -> bool) {
        assert_eq!(rows.len(), self.expected.rows.len(), "rows");
        for (number, (stored, found)) in self.expected.rows.iter().zip(rows).enumerate() {
            assert_eq!(stored.len(), found.len(), "row {number}");
            for ((column, stored), found) in self.expected.columns.iter().zip(stored).zip(found) {
                assert!(same(column, stored, found), "row {number}, {}: {stored:?} is {found:?}", column.name);
            }
        }
    }
}

/// Publishes a definition, with invented answers and some that were written to break what reads them, and writes all files.
fn files(db: &Db, definition: &str) -> Files {
    let store = db.store();
    let library = Library::new(store.clone());
    let parsed: Value = serde_json::from_str(definition).unwrap();
    let id = text(&parsed, "id").to_string();
    publish::publish(&library, "a file", definition, NOW).unwrap();
    simulate::simulate(&library, &id, 150, 7, NOW, &|_, _| {}).unwrap();
    let open = list(&parsed, &parsed, "pages").iter().flat_map(|page| list(&parsed, page, "questions"));
    let open: Vec<&str> = open.filter(|q| text(q, "type") == "text").map(|q| text(q, "id")).collect();
    for (number, written) in HOSTILE.iter().enumerate() {
        let answers: BTreeMap<&str, &str> = open.iter().map(|id| (*id, *written)).collect();
        submit(
            &store,
            &id,
            &format!("hostile {number}"),
            Mode::OpenLink,
            &json!({ "answers": answers, "missing": {} }),
        );
    }
    // Someone who stopped, a text that SPSS keeps in pieces, and numbers and days at the ends of what can be.
    let every =
        |written: &str| open.iter().map(|id| (id.to_string(), json!(written))).collect::<serde_json::Map<_, _>>();
    let long = (0..1_000).map(|n| format!("{n}ŵ")).collect::<Vec<_>>().join(" ");
    for written in HOSTILE {
        submit(&store, &id, written, Mode::OpenLink, &json!({"answers": every(written), "missing": {}}));
    }
    submit(&store, &id, "stopped", Mode::Unfinished, &json!({"answers": {}, "missing": every("not_reached")}));
    submit(&store, &id, "long", Mode::OpenLink, &json!({"answers": every(&long), "missing": {}}));
    for (idem, number, day) in
        [("low", "-9992", "1582-10-15"), ("high", "37.125", "9999-12-31"), ("old", "0.5", "1000-01-01")]
    {
        let answers = json!({"years": number, "hours": number, "since": day, "started": day});
        submit(&store, &id, idem, Mode::OpenLink, &json!({ "answers": answers, "missing": {} }));
    }
    let folder = tempfile::tempdir().unwrap();
    let expected = expected(&store, &parsed);
    for format in Format::ALL {
        let rows =
            responses::write(&library, &id, format, file(folder.path(), format), format.file(), &|_, _| {}).unwrap();
        assert_eq!(rows, expected.rows.len() as u64, "{format:?}");
    }
    let files = Files { folder, expected };
    export::codebook_csv(&library, &id, fs::File::create(files.path("codebook.csv")).unwrap(), "codebook.csv").unwrap();
    let fields =
        files.expected.columns.iter().map(
            |column| json!({"name": column.name, "label": column.label, "kind": column.kind, "codes": column.codes}),
        );
    let cell = |cell: &Stored| match cell {
        Stored::Value(value) => json!(["v", value]),
        Missing(reason) => json!(["m", reason]),
        Empty => json!(["e"]),
    };
    let rows = files.expected.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>());
    let known = json!({"fields": fields.collect::<Vec<_>>(), "rows": rows.collect::<Vec<_>>()});
    fs::write(files.path("expected.json"), known.to_string()).unwrap();
    files
}

fn file(folder: &Path, format: Format) -> fs::File {
    fs::File::create(folder.join(format.file())).unwrap()
}

fn submit(store: &Store, survey: &str, idem: &str, mode: Mode, answers: &Value) {
    let answers = answers.to_string();
    let new = NewResponse {
        survey_id: survey,
        version: 1,
        idem,
        receipt_hash: None,
        mode,
        answers: &answers,
        submitted_on: "2026-11-20",
        started_version: None,
    };
    assert_eq!(store.write(|conn| response::insert_many(conn, &[new])).unwrap(), 1);
}

/// Runs a program of others; `None`, and says so, where it is not installed.
fn run(program: &str, name: &str, set_up: impl FnOnce(&mut Command) -> &mut Command) -> Option<Output> {
    let mut command = Command::new(program);
    match set_up(&mut command).output() {
        Ok(output) => {
            let (said, warned) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{name}: {said}\n{warned}");
            Some(output)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: no {name}");
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

fn read_csv(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().iter().map(str::to_string).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect());
    (head, rows.collect())
}

fn code_of(reason: &str) -> String {
    format!("NA:{reason}")
}

fn is_number(stored: &str, found: &str) -> bool {
    stored.parse::<f64>().is_ok_and(|number| found.parse() == Ok(number))
}

each_db! {
    fn csv_and_json_lines_are_what_was_stored(db) {
        for definition in [GALLERY, FORMAT] {
            let files = files(db, definition);
            let (head, rows) = read_csv(&files.path("responses.csv"));
            let names: Vec<&str> = files.expected.columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(head, names);
            files.compare(&rows, |_, stored, found| match stored {
                Stored::Value(value) => exchange::cell::unguarded(found) == value,
                Missing(reason) => found == code_of(reason),
                Empty => found.is_empty(),
            });
            for (row, written) in fs::read_to_string(files.path("responses.jsonl")).unwrap().lines().zip(&files.expected.rows) {
                let object: Value = serde_json::from_str(row).unwrap();
                assert_eq!(object.as_object().unwrap().len(), names.len() + 1);
                for (column, stored) in files.expected.columns.iter().zip(written) {
                    let (found, why) = (&object[&column.name], object["NA"][&column.name].as_str());
                    match stored {
                        Stored::Value(value) if ["whole", "number"].contains(&column.kind) => {
                            assert!(found.is_number() && is_number(value, &found.to_string()), "{value}: {found}");
                        }
                        Stored::Value(value) => assert_eq!((found.as_str(), why), (Some(value.as_str()), None)),
                        Missing(reason) => assert_eq!((found, why), (&Value::Null, Some(*reason))),
                        Empty => assert_eq!((found, why), (&Value::Null, Some("empty"))),
                    }
                }
            }
        }
    }

    fn contact_details_are_in_no_file_and_equal_answers_give_equal_bytes(db) {
        let app = TestApp::start(db).with_definition(GALLERY);
        app.respondent("item-gallery").answer_gallery().continue_().expect("Answers sent");
        for format in Format::ALL {
            let written = || {
                let mut bytes = Vec::new();
                let rows = responses::write(&app.library, "item-gallery", format, &mut bytes, "x", &|_, _| {}).unwrap();
                assert_eq!(rows, 1);
                bytes
            };
            let bytes = written();
            assert_eq!(bytes, written(), "{format:?}");
            let text = match format {
                Format::Xlsx => unzipped(bytes).into_values().collect(),
                _ => String::from_utf8_lossy(&bytes).into_owned(),
            };
            assert!(text.contains("And loud.") || format == Format::R, "{format:?} has the answers");
            for secret in ["sam@example.org", "email"] {
                assert!(!text.replace("email_domain", "").contains(secret), "{format:?} has {secret}");
            }
        }
    }

    fn a_consultation_without_responses_has_files_without_rows(db) {
        let app = TestApp::start(db).with_definition(FORMAT);
        for format in Format::ALL {
            let mut bytes = Vec::new();
            assert_eq!(responses::write(&app.library, "format-gallery", format, &mut bytes, "x", &|_, _| {}).unwrap(), 0);
            assert_eq!(bytes.is_empty(), matches!(format, Format::JsonLines | Format::Fhir), "{format:?}");
        }
    }

    fn readers_in_python_find_what_was_stored(db) {
        for definition in [GALLERY, FORMAT] {
            let files = files(db, definition);
            for (reader, name) in [
                ("openpyxl", "responses.xlsx"),
                ("pandas", "responses.xlsx"),
                ("pandas", "responses.parquet"),
                ("pandas", "responses.jsonl"),
                ("pyarrow", "responses.parquet"),
                ("pyreadstat", "responses.sav"),
                ("fhir.resources", "responses.ndjson"),
            ] {
                let python = std::env::var("CANVASS_TEST_PYTHON").unwrap_or_else(|_| "python3".to_string());
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/exports/readers.py");
                let output = run(&python, "Python", |command| {
                    command.arg(script).arg(reader).arg(files.path(name)).arg(files.path("expected.json"))
                });
                let Some(output) = output else { return };
                println!("{reader} of {name}: {}", String::from_utf8_lossy(&output.stdout));
            }
        }
    }

    fn a_fhir_response_answers_the_items_of_its_questionnaire(db) {
        let files = files(db, GALLERY);
        let questionnaire = exchange::fhir::write(&serde_json::from_str(GALLERY).unwrap()).questionnaire;
        let mut types = BTreeMap::new();
        each_item(&questionnaire, &mut |item| {
            types.insert(text(item, "linkId").to_string(), text(item, "type").to_string());
        });
        let lines = fs::read_to_string(files.path("responses.ndjson")).unwrap();
        assert_eq!(lines.lines().count(), files.expected.rows.len());
        for (line, stored) in lines.lines().zip(&files.expected.rows) {
            let response: Value = serde_json::from_str(line).unwrap();
            assert_eq!(text(&response, "questionnaire"), "urn:canvass:survey:item-gallery|1");
            let (mut found, mut left) = (BTreeMap::new(), Vec::new());
            each_item(&response, &mut |item| {
                let link = text(item, "linkId").to_string();
                assert!(types.contains_key(&link), "{link} is in the Questionnaire");
                match item["answer"].as_array() {
                    Some(answers) => {
                        let kind = types[&link].as_str();
                        let values = answers.iter().map(|answer| match (kind, answer) {
                            ("boolean", answer) => u8::from(answer["valueBoolean"].as_bool().unwrap()).to_string(),
                            ("choice", answer) => text(&answer["valueCoding"], "code").to_string(),
                            ("integer", answer) => answer["valueInteger"].as_i64().unwrap().to_string(),
                            ("decimal", answer) => answer["valueDecimal"].as_f64().unwrap().to_string(),
                            ("date", answer) => text(answer, "valueDate").to_string(),
                            (_, answer) => text(answer, "valueString").to_string(),
                        });
                        found.insert(link, values.collect::<Vec<_>>());
                    }
                    None if !item["extension"].is_null() => left.push(link),
                    None => {}
                }
            });
            for (column, stored) in files.expected.columns.iter().zip(stored).skip(5) {
                let (name, answers) = (&column.name, found.get(&column.name));
                match stored {
                    _ if name.split('.').next_back() == Some("other") => {}
                    Stored::Value(value) if name.starts_with("drinks.") => {
                        let chosen = found["drinks"].contains(&name["drinks.".len()..].to_string());
                        assert_eq!(chosen, value == "1", "{name}");
                    }
                    Stored::Value(value) => assert_eq!(answers, Some(&vec![value.clone()]), "{name}"),
                    Missing("skipped") => assert!(left.iter().any(|link| *link == *name || name.starts_with(&format!("{link}."))), "{name}"),
                    _ => assert_eq!(answers, None, "{name}"),
                }
            }
        }
    }
}

/// The parts of a workbook.
fn unzipped(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = book.file_names().map(|name| name.unwrap().into_owned()).collect();
    let part = |name: String| {
        let text = std::io::read_to_string(book.by_name(&name).unwrap()).unwrap();
        (name, text)
    };
    names.into_iter().map(part).collect()
}

fn each_item(of: &Value, take: &mut dyn FnMut(&Value)) {
    for item in of["item"].as_array().into_iter().flatten() {
        take(item);
        each_item(item, take);
        for answer in item["answer"].as_array().into_iter().flatten() {
            each_item(answer, take);
        }
    }
}

#[test]
fn libreoffice_takes_nothing_for_a_formula() {
    for definition in [GALLERY, FORMAT] {
        let files = files(&Db::sqlite(), definition);
        let home = format!("-env:UserInstallation=file://{}", files.path("home").display());
        let every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
        let as_csv = ["--headless", &home, "--convert-to", every_sheet, "--outdir"];
        let converted = run("soffice", "LibreOffice", |command| {
            command.args(as_csv).arg(files.folder.path()).arg(files.path("responses.xlsx"))
        });
        if converted.is_none() {
            return;
        }
        let (head, rows) = read_csv(&files.path("responses-data.csv"));
        assert_eq!(head, files.expected.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
        files.compare(&rows, |column, stored, found| match stored {
            Stored::Value(value) if ["whole", "number"].contains(&column.kind) => is_number(value, found),
            Stored::Value(value) => found == value,
            Missing(reason) => found == code_of(reason),
            Empty => found.is_empty(),
        });
        let (_, labels) = read_csv(&files.path("responses-labels.csv"));
        files.compare(&labels, |column, stored, found| match stored {
            Stored::Value(value) => {
                column.codes.iter().find(|(code, _)| code == value).is_none_or(|(_, label)| label == found)
            }
            _ => true,
        });
        let ((head, known), (_, mut found)) =
            (read_csv(&files.path("codebook.csv")), read_csv(&files.path("responses-codebook.csv")));
        // LibreOffice writes no cells to the right of the last one that is filled.
        for row in &mut found {
            row.resize(head.len(), String::new());
        }
        let unguarded =
            |row: &Vec<String>| row.iter().map(|cell| exchange::cell::unguarded(cell).to_string()).collect();
        assert_eq!(found, known.iter().map(unguarded).collect::<Vec<Vec<String>>>());
        // The sheet as LibreOffice holds it: no cell has a formula.
        run("soffice", "LibreOffice", |command| {
            let flat = ["--headless", &home, "--convert-to", "fods", "--outdir"];
            command.args(flat).arg(files.folder.path()).arg(files.path("responses.xlsx"))
        });
        let sheet = fs::read_to_string(files.path("responses.fods")).unwrap();
        assert!(sheet.contains("HYPERLINK") && !sheet.contains("table:formula"), "a formula");
    }
}

#[test]
fn r_reads_factors_numbers_days_and_kinds_of_missing_values() {
    let script = r#"
        source("responses.R")
        shown <- function(name) {
            value <- responses[[name]]
            text <- ifelse(is.na(value), paste0("M", missing[[name]]), paste0("V", as.character(value)))
            stopifnot(is.na(value) == !is.na(missing[[name]]))
            text
        }
        all <- as.data.frame(lapply(names(responses), shown), stringsAsFactors = FALSE)
        write.csv(all, "read.csv", row.names = FALSE, fileEncoding = "UTF-8")
        labels <- vapply(responses, function(value) attr(value, "label"), "")
        kinds <- vapply(responses, function(value) class(value)[1], "")
        write.csv(data.frame(names(responses), labels, kinds), "labels.csv", row.names = FALSE, fileEncoding = "UTF-8")
        coded <- names(responses)[vapply(responses, is.factor, TRUE)]
        meant <- as.data.frame(lapply(coded, function(name) as.character(labelled(responses[[name]]))))
        names(meant) <- coded
        write.csv(meant, "meant.csv", row.names = FALSE, na = "", fileEncoding = "UTF-8")
    "#;
    for (definition, locale) in [(GALLERY, "C.UTF-8"), (FORMAT, "C.UTF-8")] {
        let files = files(&Db::sqlite(), definition);
        let read = run("Rscript", "R", |command| {
            command.args(["--vanilla", "-e", script]).env("LC_ALL", locale).current_dir(files.folder.path())
        });
        if read.is_none() {
            return;
        }
        let (_, rows) = read_csv(&files.path("read.csv"));
        files.compare(&rows, |column, stored, found| match stored {
            Stored::Value(value) if ["whole", "number"].contains(&column.kind) => {
                found.strip_prefix('V').is_some_and(|found| is_number(value, found))
            }
            Stored::Value(value) => found.strip_prefix('V') == Some(value),
            Missing(reason) => found.strip_prefix('M') == Some(reason),
            Empty => found == "Mempty",
        });
        let (_, labels) = read_csv(&files.path("labels.csv"));
        for (column, row) in files.expected.columns.iter().zip(&labels) {
            let kind = match column.kind {
                "whole" | "number" => "numeric",
                "day" => "Date",
                "code" => "factor",
                _ => "character",
            };
            assert_eq!(row, &[column.name.as_str(), column.label.as_str(), kind]);
        }
        let (head, meant) = read_csv(&files.path("meant.csv"));
        for (at, name) in head.iter().enumerate() {
            let place = files.expected.columns.iter().position(|column| column.name == *name).unwrap();
            for (row, stored) in meant.iter().zip(&files.expected.rows) {
                let Stored::Value(code) = &stored[place] else { continue };
                let meaning = files.expected.columns[place].codes.iter().find(|(known, _)| known == code);
                assert_eq!(row[at], meaning.unwrap().1);
            }
        }
    }
}

#[test]
fn pspp_reads_rows_values_and_labels() {
    for definition in [GALLERY, FORMAT] {
        let files = files(&Db::sqlite(), definition);
        let convert = ["--labels", "--recode", "-O", "csv"];
        let read = run("pspp-convert", "PSPP", |command| {
            command.args(convert).arg(files.path("responses.sav")).arg(files.path("read.csv"))
        });
        if read.is_none() {
            return;
        }
        let (head, rows) = read_csv(&files.path("read.csv"));
        assert_eq!(head, files.expected.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
        files.compare(&rows, |column, stored, found| match stored {
            Stored::Value(value) => match column.codes.iter().find(|(code, _)| code == value) {
                // Options that are no answer are missing too.
                Some((code, label)) => found == label || (code == "dk" && found.trim().is_empty()),
                None if column.kind == "number" || column.kind == "whole" => is_number(value, found.trim()),
                None if column.kind == "day" => {
                    let [year, month, day] = value.split('-').collect::<Vec<_>>()[..] else { return false };
                    // SPSS knows no days before those of its calendar.
                    *found == format!("{month}/{day}/{year}") || value.as_str() < "1582" && found.trim().is_empty()
                }
                None => found == value,
            },
            // Releases up to 1.6 expect the record of missing texts in another form than SPSS writes, and leave it out.
            Missing(_) if column.kind == "text" => found.trim().is_empty() || found.starts_with("-999"),
            Missing(_) | Empty => found.trim().is_empty(),
        });
    }
}

#[test]
fn texts_longer_than_a_format_holds_are_cut_between_characters_and_the_file_says_so() {
    let store = Db::sqlite();
    let store = store.store();
    let library = Library::new(store.clone());
    publish::publish(&library, "a file", GALLERY, NOW).unwrap();
    let (wide, long) = ("😀".repeat(17_000), "ŵ".repeat(20_000));
    for (idem, story) in [("1", wide), ("2", long)] {
        submit(&store, "item-gallery", idem, Mode::OpenLink, &json!({"answers": {"story": story}, "missing": {}}));
    }
    let written = |format: Format| {
        let mut bytes = Vec::new();
        responses::write(&library, "item-gallery", format, &mut bytes, "x", &|_, _| {}).unwrap();
        bytes
    };
    let book = unzipped(written(Format::Xlsx));
    assert!(book["xl/worksheets/sheet1.xml"].contains(&format!(">{}…</t>", "😀".repeat(16_383))));
    assert!(book["xl/worksheets/sheet4.xml"].contains("1 texts of more than 32767 characters"));
    let sav = written(Format::Sav);
    let holds = |text: &str| sav.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Texts of story with more than 32767 bytes are cut; responses.csv has them whole"));
    for format in [Format::Csv, Format::JsonLines, Format::Parquet] {
        let text = written(format);
        let whole = "ŵ".repeat(20_000).into_bytes();
        assert!(text.windows(whole.len()).any(|window| window == whole), "{format:?} has it whole");
    }
}
