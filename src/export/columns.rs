//! The columns of the exports: those of the current version, then those that only other answered versions have.

use std::collections::BTreeMap;

use crate::definition::Survey;
use crate::definition::codebook::{Variable, variables};

/// The columns of `responses.csv`, for responses to any version.
#[derive(Debug)]
pub struct Columns {
    /// One variable a column.
    all: Vec<Variable>,
    /// How many of them the current version has.
    current: usize,
    /// The columns as other versions have them; `None` for one that a version lacks.
    others: BTreeMap<u32, Vec<Option<Variable>>>,
    /// What a column means in other versions, where that is something else.
    elsewhere: Vec<Variable>,
}

impl Columns {
    /// The columns for responses to the current version and to others, so that no answer is without a column.
    pub fn new<'a>(current: &Survey, others: impl IntoIterator<Item = (u32, &'a Survey)>) -> Self {
        let all = variables(current);
        let mut columns = Self { current: all.len(), all, others: BTreeMap::new(), elsewhere: Vec::new() };
        let others: Vec<(u32, Vec<Variable>)> =
            others.into_iter().map(|(version, survey)| (version, variables(survey))).collect();
        // The latest first: its words are the ones to keep for a column that is gone.
        for (version, theirs) in others.iter().rev() {
            for variable in theirs {
                columns.join(*version, variable);
            }
        }
        for (version, theirs) in others {
            let own = |column: &Variable| theirs.iter().find(|variable| variable.name == column.name).cloned();
            columns.others.insert(version, columns.all.iter().map(own).collect());
        }
        columns
    }

    /// Every column, in the order of the file.
    pub fn all(&self) -> &[Variable] {
        &self.all
    }

    /// Every column, each followed by what else it means in other versions.
    pub fn meanings(&self) -> impl Iterator<Item = &Variable> {
        let others = |column: &'_ Variable| {
            let name = column.name.clone();
            self.elsewhere.iter().filter(move |other| other.name == name)
        };
        self.all.iter().flat_map(move |column| std::iter::once(column).chain(others(column)))
    }

    /// The columns as a version has them.
    pub fn of(&self, version: u32) -> Vec<Option<&Variable>> {
        match self.others.get(&version) {
            Some(theirs) => theirs.iter().map(Option::as_ref).collect(),
            None => {
                self.all.iter().enumerate().map(|(index, column)| (index < self.current).then_some(column)).collect()
            }
        }
    }

    /// Makes room for a variable of another version: a column, further codes in one, or another meaning of one.
    fn join(&mut self, version: u32, variable: &Variable) {
        let told = |label: &str| format!("{label} (version {version})");
        let theirs = || {
            let mut theirs = variable.clone();
            theirs.label = told(&variable.label);
            theirs
        };
        let Some(column) = self.all.iter_mut().find(|column| column.name == variable.name) else {
            return self.all.push(theirs());
        };
        if column.scale == variable.scale {
            let known = |code: &str, column: &Variable| column.codes.iter().any(|(known, _)| known == code);
            for (code, meaning) in &variable.codes {
                if !known(code, column) {
                    column.codes.push((code.clone(), told(meaning)));
                }
            }
        } else if !self.elsewhere.iter().any(|other| other.name == variable.name && other.scale == variable.scale) {
            self.elsewhere.push(theirs());
        }
    }
}
