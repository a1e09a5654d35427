//! The statistics against numbers that other programs produced (scipy, statsmodels, R): every field of every case.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use canvass::analysis::golden::{Outcome, Standing, check, check_text, methods};
use serde_json::{Value, json};

use crate::cli::Desk;
use crate::data::data;

/// Where our own vectors lie, which tests/reference/make makes.
fn pack() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/vectors")
}

/// Our own vectors of the calculations that there are.
fn ours() -> Vec<(String, String)> {
    let is_known = |text: &str| {
        let vector: Value = serde_json::from_str(text).unwrap();
        methods().any(|method| vector["method"] == method)
    };
    vectors(&pack()).into_iter().filter(|(_, text)| is_known(text)).collect()
}

/// The vectors in a folder with the names of their files, in the order of these.
fn vectors(folder: &Path) -> Vec<(String, String)> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_vectors_of_other_programs_pass() {
    let Some(folder) = data() else {
        println!("skipped: no data");
        return;
    };
    let vectors = vectors(&folder.join("golden"));
    assert!(!vectors.is_empty());
    for (name, text) in vectors {
        let outcome = check_text(&name, &text);
        assert!(outcome.passed() || outcome.standing == Standing::MethodNotKnown, "{outcome:#?}");
    }
}

#[test]
fn our_own_vectors_pass_and_there_is_one_of_each_calculation() {
    let outcomes: Vec<Outcome> = ours().iter().map(|(name, text)| check_text(name, text)).collect();
    for outcome in &outcomes {
        assert!(outcome.passed(), "{outcome:#?}");
    }
    for method in methods() {
        assert!(outcomes.iter().any(|outcome| outcome.method == method), "{method}");
    }
}

#[test]
fn a_vector_with_one_value_changed_does_not_pass() {
    for (name, text) in ours() {
        let vector: Value = serde_json::from_str(&text).unwrap();
        let mut places = Vec::new();
        numbers(&vector, String::new(), &mut places);
        // Some 40 places of each, of inputs as well as of what came out.
        let step = (places.len() / 40).max(1);
        let (mut passed, mut tried) = (Vec::new(), 0);
        for place in places.iter().step_by(step) {
            let mut changed = vector.clone();
            let number = changed.pointer_mut(place).unwrap();
            *number = json!(number.as_f64().unwrap() + 1.0);
            tried += 1;
            if check(&name, &changed).passed() {
                passed.push(place);
            }
        }
        assert!(tried > 3, "{name}");
        // An input may change nothing that comes out, as one more ballot for who wins anyway; a number that came out never.
        let outputs = passed.iter().filter(|place| !is_input(&vector, place)).collect::<Vec<_>>();
        assert!(outputs.is_empty(), "{name}: {outputs:?}");
    }
}

/// Places of the numbers within a value.
fn numbers(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| numbers(value, format!("{place}/{at}"), found));
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !name.ends_with("tolerance")) {
                numbers(value, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Number(_) => found.push(place),
        _ => {}
    }
}

/// True for a place whose value is read and not compared.
fn is_input(vector: &Value, place: &str) -> bool {
    let mut changed = vector.clone();
    *changed.pointer_mut(place).unwrap() = json!("no number");
    matches!(check("v", &changed).standing, Standing::Damaged(what) if what.contains("cannot be read"))
}

#[test]
fn a_damaged_vector_is_told_and_stops_nothing() {
    for (name, text) in ours() {
        let vector: Value = serde_json::from_str(&text).unwrap();
        for field in
            vector.as_object().unwrap().keys().filter(|field| !["produced_by", "tolerance"].contains(&field.as_str()))
        {
            let mut without = vector.clone();
            without.as_object_mut().unwrap().shift_remove(field);
            let outcome = check(&name, &without);
            let is_remark = ["task_format", "overall_rule", "rules"].contains(&field.as_str());
            assert_eq!(outcome.passed(), is_remark, "{name} without {field}");
            for wrong in [json!([]), json!({}), json!(-1), json!([[1, [2]], "x"])] {
                let mut broken = vector.clone();
                broken[field] = wrong;
                let outcome = check(&name, &broken);
                assert!(!outcome.passed() || is_remark || field == "produced_by", "{name}: {field}");
            }
        }
    }
}

#[test]
fn the_command_prints_a_line_a_vector_and_fails_for_one_changed_number() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("pack/more")).unwrap();
    let copy = |name: &str| fs::copy(pack().join("multiple_testing.json"), desk.path(name)).unwrap();
    copy("pack/a.json");
    copy("pack/more/b.json");
    desk.write("pack/other.json", "{\"format\": 1}");
    let said = desk.done(&["verify", "pack"]);
    assert!(said.contains("a.json") && said.contains("more/b.json"), "{said}");
    assert!(said.contains("1 JSON file without a “method” passed over, other.json the first."), "{said}");
    assert!(said.ends_with("2 vectors: all as expected.\n"), "{said}");
    assert!(desk.done(&["verify", "pack/a.json"]).contains("multiple_testing"));

    let mut vector: Value = serde_json::from_str(&fs::read_to_string(desk.path("pack/a.json")).unwrap()).unwrap();
    vector["cases"][1]["holm"][0] = json!(0.5);
    desk.write("pack/more/b.json", vector.to_string());
    let output = desk.run(&["verify", "pack"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("    cases[1].holm[0]: 0.12 where 0.5 is expected"), "{said}");
    assert!(said.ends_with("1 of 2 vectors as expected.\n"), "{said}");
    let json: Value = serde_json::from_slice(&desk.run(&["verify", "pack", "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["passed"], json["vectors"].as_array().unwrap().len()), (&json!(false), 2));

    fs::create_dir(desk.path("empty")).unwrap();
    assert!(desk.refused(&["verify", "empty"]).contains("no golden vectors: it holds no JSON files"));
}
