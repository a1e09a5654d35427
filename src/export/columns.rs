//! The columns of the exports: those of the current version, then those that only other answered versions have.

use std::collections::BTreeMap;

use crate::definition::Survey;
use crate::definition::codebook::{Code, Variable, variables};

/// The columns of `responses.csv`, for responses to any version.
#[derive(Debug)]
pub struct Columns<'a> {
    current: &'a Survey,
    /// One variable a column.
    all: Vec<Meaning<'a>>,
    /// How many of them the current version has.
    own: usize,
    /// The columns as other versions have them; `None` for one that a version lacks.
    others: BTreeMap<u32, Vec<Option<Variable>>>,
    /// What a column means in other versions, where that is something else.
    elsewhere: Vec<Meaning<'a>>,
}

/// What a column means, and the version that says so.
#[derive(Clone, Debug)]
pub struct Meaning<'a> {
    /// The column; what only an earlier version had is marked with it.
    pub variable: Variable,
    /// The survey as that version has it.
    pub survey: &'a Survey,
}

impl<'a> Columns<'a> {
    /// The columns for responses to the current version and to others, so that no answer is without a column.
    pub fn new(current: &'a Survey, others: impl IntoIterator<Item = (u32, &'a Survey)>) -> Self {
        let all: Vec<Meaning<'a>> =
            variables(current).into_iter().map(|variable| Meaning { variable, survey: current }).collect();
        let mut columns = Self { current, own: all.len(), all, others: BTreeMap::new(), elsewhere: Vec::new() };
        let others: Vec<(u32, &Survey, Vec<Variable>)> =
            others.into_iter().map(|(version, survey)| (version, survey, variables(survey))).collect();
        // The latest first: its words are the ones to keep for a column that is gone.
        for (version, survey, theirs) in others.iter().rev() {
            for variable in theirs {
                columns.join(*version, survey, variable);
            }
        }
        for (version, _, theirs) in others {
            let own = |column: &Meaning<'_>| theirs.iter().find(|theirs| theirs.name == column.variable.name).cloned();
            columns.others.insert(version, columns.all.iter().map(own).collect());
        }
        columns
    }

    /// The survey as the current version has it.
    pub fn current(&self) -> &'a Survey {
        self.current
    }

    /// Every column, in the order of the file.
    pub fn all(&self) -> &[Meaning<'a>] {
        &self.all
    }

    /// Every column, each followed by what else it means in other versions.
    pub fn meanings(&self) -> impl Iterator<Item = &Meaning<'a>> {
        let others = |column: &Meaning<'_>| {
            let name = column.variable.name.clone();
            self.elsewhere.iter().filter(move |other| other.variable.name == name)
        };
        self.all.iter().flat_map(move |column| std::iter::once(column).chain(others(column)))
    }

    /// The columns as a version has them.
    pub fn of(&self, version: u32) -> Vec<Option<&Variable>> {
        match self.others.get(&version) {
            Some(theirs) => theirs.iter().map(Option::as_ref).collect(),
            None => self.all.iter().enumerate().map(|(n, column)| (n < self.own).then_some(&column.variable)).collect(),
        }
    }

    /// Makes room for a variable of another version: a column, further codes in one, or another meaning of one.
    fn join(&mut self, version: u32, survey: &'a Survey, variable: &Variable) {
        let told = |label: &str| format!("{label} (version {version})");
        let theirs = || {
            let mut variable = variable.clone();
            variable.label = told(&variable.label);
            Meaning { variable, survey }
        };
        let Some(column) = self.all.iter_mut().find(|column| column.variable.name == variable.name) else {
            return self.all.push(theirs());
        };
        let column = &mut column.variable;
        if column.scale == variable.scale {
            for code in &variable.codes {
                if !column.codes.iter().any(|known| known.code == code.code) {
                    column.codes.push(Code { meaning: told(&code.meaning), ..code.clone() });
                }
            }
        } else {
            let is_known =
                |other: &Meaning<'_>| other.variable.name == variable.name && other.variable.scale == variable.scale;
            if !self.elsewhere.iter().any(is_known) {
                self.elsewhere.push(theirs());
            }
        }
    }
}
