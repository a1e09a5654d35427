//! The statistics against numbers that other programs produced (scipy, statsmodels, R): every field of every case.

#![cfg(test)]

use std::fs;
use std::path::Path;

use canvass::analysis::golden::{Outcome, Standing, check_text};

use crate::data::data;

/// What came of every vector in a folder, in the order of their names.
fn outcomes(folder: &Path) -> Vec<Outcome> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| check_text(&name(path), &fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_vectors_of_other_programs_pass() {
    let Some(folder) = data() else {
        println!("skipped: no data");
        return;
    };
    let outcomes = outcomes(&folder.join("golden"));
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        assert!(outcome.passed() || outcome.standing == Standing::MethodNotKnown, "{outcome:#?}");
    }
}
