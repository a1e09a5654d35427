//! Language models in local directories: their vectors are those of `NumPy`, what is no model is refused in a sentence, and
//! what is kept of answers goes with them.
//!
//! `tests/embed/expected.py` made the expected vectors, and the tiny model. The real one is made by `make model`; without
//! it the test that needs it says so and passes.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use canvass::embed::{self, EmbedError, Embedder};
use canvass::service::{Library, ServiceError, report};
use canvass::store::{StoreError, text_vector};
use serde_json::json;
use tempfile::TempDir;

use crate::app::TestApp;
use crate::cli::Desk;
use crate::db::each_db;

/// What is done to a model directory.
type Damage = fn(&Path);

const TINY: &str = "tests/embed/tiny";
const REAL: &str = "models/all-MiniLM-L6-v2";
const FILES: [&str; 5] =
    ["config.json", "tokenizer.json", "model.safetensors", "sentence_bert_config.json", "1_Pooling/config.json"];

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn vectors(embedder: &Embedder, texts: &[&str]) -> Vec<Vec<f32>> {
    let rows = embedder.embed(texts, &|_| {}).unwrap();
    rows.chunks(embedder.columns()).map(<[f32]>::to_vec).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Compares with what `NumPy` makes of the same texts, in numbers of four decimals.
fn is_as_expected(embedder: &Embedder, expected: &str) {
    let expected: Vec<(String, Vec<i16>)> = serde_json::from_str(expected).unwrap();
    let texts: Vec<&str> = expected.iter().map(|(text, _)| text.as_str()).collect();
    let together = vectors(embedder, &texts);
    for ((text, numbers), vector) in expected.iter().zip(&together) {
        let numbers: Vec<f32> = numbers.iter().map(|&number| f32::from(number) / 10_000.0).collect();
        assert!(numbers.iter().zip(vector).all(|(a, b)| (a - b).abs() < 1e-4), "{text:?}: {numbers:?} {vector:?}");
        assert!(cosine(&numbers, vector) > 0.9999, "{text:?}");
        assert!(cosine(vector, &vectors(embedder, &[text])[0]) > 0.99999, "{text:?} alone");
    }
}

/// A copy of the tiny model, to be damaged.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("1_Pooling")).unwrap();
    for file in FILES {
        fs::copy(at(TINY).join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn refusal(dir: &Path) -> String {
    let error = Embedder::open(dir).err().expect("a refusal");
    assert!(error.advice().ends_with("--embeddings none."), "{}", error.advice());
    error.to_string()
}

#[test]
fn a_small_transformer_gives_the_vectors_that_numpy_gives() {
    is_as_expected(&Embedder::open(&at(TINY)).unwrap(), include_str!("../embed/tiny.json"));
}

#[test]
fn minilm_gives_the_vectors_that_numpy_gives() {
    if !at(REAL).is_dir() {
        println!("skipped: no model");
        return;
    }
    is_as_expected(&Embedder::open(&at(REAL)).unwrap(), include_str!("../embed/minilm.json"));
}

#[test]
fn the_number_of_threads_changes_no_vector() {
    let embedder = Embedder::open(&at(TINY)).unwrap();
    let texts: Vec<String> = (0..3_000).map(|n| "the bus was late and kind ".repeat(n % 7)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| embedder.embed(&texts, &|_| {}).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_table_is_distilled_whose_texts_are_the_means_of_their_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("static");
    assert_eq!(embed::distil(&at(TINY), &out, &|_| {}).unwrap(), 18);
    let Embedder::Table(_) = Embedder::open(&out).unwrap() else { panic!("no table") };
    let table = Embedder::open(&out).unwrap();
    assert_eq!(table.columns(), 8, "no more numbers than the model has");
    let found = vectors(&table, &["bus", "nurse", "nurse bus", "bus unheard nurse", "", "unheard", "BUS"]);
    assert!(cosine(&found[2], &found[3]) > 0.99999, "an unknown word says nothing");
    assert!(found[4..6].iter().flatten().all(|number| *number == 0.0), "nothing known, nothing said");
    assert_eq!(found[0], found[6]);
    // The rows as the file has them: weighted by rank, so that the later token counts more.
    let file = fs::read(out.join("model.safetensors")).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
    let cells = tensors.tensor("embeddings").unwrap().data();
    let row = |token: usize| -> Vec<f32> {
        let numbers = cells.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
        numbers.skip(token * 8).take(8).collect()
    };
    let sum: Vec<f32> = row(5).iter().zip(row(8)).map(|(bus, nurse)| bus + nurse).collect();
    assert!(cosine(&found[2], &sum) > 0.99999);
    assert!(row(0).iter().all(|number| *number == 0.0), "log(1 + 0)");
    assert!(embed::distil(&out, &folder.path().join("again"), &|_| {}).unwrap_err().to_string().contains("already"));
}

#[test]
fn what_is_no_model_is_refused_with_what_to_do() {
    assert!(refusal(Path::new("/nowhere/at/all")).contains("there is no folder"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refusal(empty.path()).contains("it has no config.json"));
    let damages: [(&str, Damage, &str); 7] = [
        (
            "cut off",
            |dir| fs::write(dir.join(FILES[2]), &fs::read(dir.join(FILES[2])).unwrap()[..4_000]).unwrap(),
            "is damaged",
        ),
        ("empty", |dir| fs::write(dir.join(FILES[2]), "").unwrap(), "is damaged"),
        ("no JSON", |dir| fs::write(dir.join(FILES[1]), "{").unwrap(), "tokenizer.json is damaged"),
        ("no tokens", |dir| fs::remove_file(dir.join(FILES[1])).unwrap(), "it has no tokenizer.json"),
        ("another kind", |dir| replace(dir, FILES[0], "\"bert\"", "\"mpnet\""), "of the kind “mpnet”"),
        ("another size", |dir| replace(dir, FILES[0], "\"hidden_size\": 8", "\"hidden_size\": 10"), "where 180 belong"),
        (
            "no layers",
            |dir| replace(dir, FILES[0], "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0"),
            "num_hidden_layers",
        ),
    ];
    for (name, damage, told) in damages {
        let folder = copy();
        damage(folder.path());
        let said = refusal(folder.path());
        assert!(said.contains(told), "{name}: {said}");
    }
    let more_layers = copy();
    replace(more_layers.path(), FILES[0], "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 9");
    assert!(matches!(Embedder::open(more_layers.path()), Err(EmbedError::Damaged { .. })));
}

fn replace(dir: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(dir.join(file), text.replace(from, to)).unwrap();
}

#[test]
fn themes_of_a_file_take_a_model_and_the_usual_one_where_it_is() {
    let desk = Desk::new();
    let rows =
        ["the bus is late", "bus late and late", "the nurse was kind", "kind nurse", "no bus", "a nurse and a bus"];
    desk.write("answers.csv", format!("text\n{}\n", rows.join("\n")));
    let themes = |more: &[&str]| {
        desk.done(&[&["themes", "answers.csv", "--text-column", "text", "--k", "2", "--format", "json"], more].concat())
    };
    let said = desk.refused(&["themes", "answers.csv", "--text-column", "text", "--embeddings", "nowhere"]);
    assert!(said.contains("there is no folder nowhere") && said.contains("make model"), "{said}");
    let tiny = at(TINY).display().to_string();
    let usual = "models/all-MiniLM-L6-v2-static";
    assert!(desk.done(&["model", "distil", &tiny, usual]).contains("18 tokens"));
    let words = themes(&["--embeddings", "none"]);
    let named = themes(&["--embeddings", usual]);
    assert_ne!(words, named);
    assert_eq!(named, themes(&[]), "what is there is used");
    assert_ne!(words, themes(&["--embeddings", &tiny]));
}

fn town() -> String {
    json!({"format": 1, "id": "town", "title": "The town", "privacy": {"min_cell": 0}, "pages": [
        {"id": "view", "questions": [{"id": "view", "type": "text", "text": "What do you think?", "themes": true}]},
    ]})
    .to_string()
}

fn kept(app: &TestApp<'_>, model: &Path) -> usize {
    let hash = Embedder::open(model).unwrap().hash().to_string();
    app.store.read(|conn| Ok::<_, StoreError>(text_vector::of_model(conn, "town", &hash)?.len())).unwrap()
}

each_db! {
    fn a_report_keeps_the_vectors_of_answers_until_one_is_taken_back(db) {
        let app = TestApp::start(db).with_definition(&town());
        let mut people: Vec<_> = ["the bus is late", "the nurse was kind", "no bus", "the bus is late"]
            .map(|text| {
                let mut person = app.respondent("town");
                person.answer("view", text).continue_().continue_().expect("Answers sent");
                person
            })
            .into();
        let model = at(TINY);
        let library = app.library.clone().with_embeddings(Some(model.clone()));
        let build = |library: &Library| report::build(library, "town", 7, &|_, _| {}).unwrap();
        let first = build(&library);
        assert_eq!(kept(&app, &model), 3, "each text once");
        assert!(!app.everything().contains("text_vector: town bus"), "no text among the vectors");
        assert_eq!(build(&library), first, "what is kept is what is computed");
        assert_eq!(first.hashes.model.as_deref(), Some(Embedder::open(&model).unwrap().hash()));
        assert_eq!(build(&app.library).hashes.model, None);

        // One is taken back: none of the vectors stays, and the next report computes those that are left.
        people[0].open("/s/town/withdraw").continue_().expect("Your answers are withdrawn");
        assert_eq!(kept(&app, &model), 0);
        build(&library);
        assert_eq!(kept(&app, &model), 3, "another person said the same");
        people[1].open("/s/town/withdraw").continue_();
        build(&library);
        assert_eq!(kept(&app, &model), 2);
        app.store.write(|conn| canvass::store::response::delete_all(conn, "town")).unwrap();
        assert_eq!(kept(&app, &model), 0);
    }

    fn vectors_of_what_is_no_answer_any_more_are_removed_and_damaged_ones_made_anew(db) {
        let app = TestApp::start(db).with_definition(&town());
        for text in ["the bus is late", "the nurse was kind"] {
            app.respondent("town").answer("view", text).continue_().continue_().expect("Answers sent");
        }
        let model = at(TINY);
        let hash = Embedder::open(&model).unwrap().hash().to_string();
        let library = app.library.clone().with_embeddings(Some(model.clone()));
        let build = || report::build(&library, "town", 7, &|_, _| {}).unwrap();
        let first = build();
        let held = app.store.read(|conn| text_vector::of_model(conn, "town", &hash)).unwrap();
        let text = held.keys().next().unwrap().clone();
        app.store
            .write(|conn| {
                text_vector::delete(conn, "town", &hash, &[&text])?;
                text_vector::keep(conn, "town", &hash, &[(text.clone(), vec![1, 2, 3]), ("old".to_string(), vec![0; 32])])
            })
            .unwrap();
        assert_eq!(build(), first);
        let again = app.store.read(|conn| text_vector::of_model(conn, "town", &hash)).unwrap();
        assert!(!again.contains_key("old") && again.len() == 2);
    }

    fn a_report_with_a_model_that_is_not_there_says_so(db) {
        let app = TestApp::start(db).with_definition(&town());
        app.respondent("town").answer("view", "no bus").continue_().continue_().expect("Answers sent");
        let library = app.library.clone().with_embeddings(Some("/nowhere".into()));
        let error = report::build(&library, "town", 7, &|_, _| {}).unwrap_err();
        assert!(matches!(error, ServiceError::Embed(_)) && error.advice().contains("make model"), "{error}");
    }
}
