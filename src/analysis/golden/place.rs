//! Places within a golden vector: reads its input, compares what was calculated, and remembers what was neither.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Fields that describe a vector and are no part of its numbers, wherever they stand.
const REMARKS: [&str; 5] = ["method", "produced_by", "source", "note", "notes"];

/// Faults that are told one by one; more are only counted.
const MOST_TOLD: usize = 5;

/// What is wrong with a vector, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    place: String,
    problem: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.place, self.problem)
    }
}

/// What was seen of a vector while it was compared.
#[derive(Default)]
pub(super) struct Sheet {
    seen: RefCell<BTreeSet<String>>,
    compared: Cell<usize>,
    /// The difference that is largest as a multiple of its tolerance, and the tolerance.
    nearest: Cell<Option<(f64, f64)>>,
    faults: RefCell<Vec<String>>,
}

impl Sheet {
    pub(super) fn compared(&self) -> usize {
        self.compared.get()
    }

    pub(super) fn nearest(&self) -> (f64, f64) {
        self.nearest.get().unwrap_or((0.0, super::TOLERANCE))
    }

    /// What is not as expected, and what was left out.
    pub(super) fn faults(&self, vector: &Value) -> Vec<String> {
        let mut faults = self.faults.borrow().clone();
        let mut left = Vec::new();
        unseen(vector, String::new(), &self.seen.borrow(), &mut left);
        faults.extend(left.into_iter().map(|place| format!("{place}: not compared")));
        if faults.is_empty() && self.compared() == 0 {
            faults.push("nothing was compared".to_string());
        }
        let more = faults.len().saturating_sub(MOST_TOLD);
        faults.truncate(MOST_TOLD);
        if more > 0 {
            faults.push(format!("and {more} more"));
        }
        faults
    }

    fn see(&self, path: &str) {
        self.seen.borrow_mut().insert(path.to_string());
    }

    fn note(&self, difference: f64, tolerance: f64) {
        // A difference of nothing is one, also where no number can be compared.
        let worse = |(known, its): (f64, f64)| difference * its > known * tolerance;
        if difference.is_nan() || self.nearest.get().is_none_or(worse) {
            self.nearest.set(Some((difference, tolerance)));
        }
    }
}

/// The values within `value` that were not seen: a text, a number, a truth value or null that was neither read nor compared.
fn unseen(value: &Value, path: String, seen: &BTreeSet<String>, left: &mut Vec<String>) {
    if seen.contains(&path) {
        return;
    }
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                unseen(value, format!("{path}[{index}]"), seen, left);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !REMARKS.contains(&name.as_str())) {
                unseen(value, joined(&path, name), seen, left);
            }
        }
        _ => left.push(path),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

/// A value of a vector and where it stands.
#[derive(Clone)]
pub struct Place<'v> {
    value: &'v Value,
    path: String,
    sheet: &'v Sheet,
    tolerance: f64,
}

impl<'v> Place<'v> {
    pub(super) fn root(value: &'v Value, sheet: &'v Sheet, tolerance: f64) -> Self {
        Self { value, path: String::new(), sheet, tolerance }
    }

    /// The same place, whose numbers are compared to this tolerance.
    #[must_use]
    pub fn within(&self, tolerance: f64) -> Self {
        Self { tolerance, ..self.clone() }
    }

    /// The value of a field.
    pub fn at(&self, name: &str) -> Result<Self, Damage> {
        self.maybe(name).ok_or_else(|| Damage { place: joined(&self.path, name), problem: "is missing".to_string() })
    }

    /// The value of a field that may be missing.
    pub fn maybe(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self { value, path: joined(&self.path, name), ..self.clone() })
    }

    /// The values of a list, which must not be empty: else nothing of it would be compared.
    pub fn each(&self) -> Result<Vec<Self>, Damage> {
        let values = self.list()?;
        if values.is_empty() { Err(self.damage("is empty")) } else { Ok(values) }
    }

    fn list(&self) -> Result<Vec<Self>, Damage> {
        let values = self.value.as_array().ok_or_else(|| self.damage("is no list"))?;
        let place = |(index, value)| Self { value, path: format!("{}[{index}]", self.path), ..self.clone() };
        Ok(values.iter().enumerate().map(place).collect())
    }

    /// The fields of an object with their names, in the order of the file.
    pub fn fields(&self) -> Result<Vec<(&'v str, Self)>, Damage> {
        let fields = self.value.as_object().ok_or_else(|| self.damage("is no object"))?;
        let place = |name: &str, value| Self { value, path: joined(&self.path, name), ..self.clone() };
        Ok(fields.iter().map(|(name, value)| (name.as_str(), place(name, value))).collect())
    }

    /// Reads the value as input.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Damage> {
        let read = T::deserialize(self.value).map_err(|error| self.damage(&format!("cannot be read: {error}")))?;
        self.sheet.see(&self.path);
        Ok(read)
    }

    /// Passes fields over that say in words what the vector is, where they are there.
    pub fn pass_over(&self, names: &[&str]) {
        names.iter().filter_map(|name| self.maybe(name)).for_each(|place| self.sheet.see(&place.path));
    }

    /// What is wrong here.
    pub fn damage(&self, problem: &str) -> Damage {
        let place = if self.path.is_empty() { "the whole" } else { &self.path };
        Damage { place: place.to_string(), problem: problem.to_string() }
    }

    /// Compares the number here: the difference, or above 1 its share of the number, must be within the tolerance.
    pub fn is(&self, found: f64) -> Result<(), Damage> {
        self.number(Some(found), |absolute, expected| absolute / expected.abs().max(1.0))
    }

    /// Compares a number that may be very small, as a p-value: the difference and its share of the number must both be within
    /// the tolerance, so that far tails are right too.
    pub fn is_in_tail(&self, found: f64) -> Result<(), Damage> {
        self.number(
            Some(found),
            |absolute, expected| {
                if expected.abs() > 0.0 { absolute.max(absolute / expected.abs()) } else { absolute }
            },
        )
    }

    /// Compares a number that there may be none of; none is `null`.
    pub fn is_maybe(&self, found: Option<f64>) -> Result<(), Damage> {
        self.number(found, |absolute, expected| absolute / expected.abs().max(1.0))
    }

    /// Compares a list of numbers.
    pub fn are(&self, found: &[f64]) -> Result<(), Damage> {
        self.one_by_one(found, |place, found| place.is(*found))
    }

    /// Compares a list of numbers that may be very small.
    pub fn are_in_tail(&self, found: &[f64]) -> Result<(), Damage> {
        self.one_by_one(found, |place, found| place.is_in_tail(*found))
    }

    /// Compares a list with the places of another, of equal length.
    pub fn one_by_one<T>(&self, found: &[T], same: impl Fn(&Self, &T) -> Result<(), Damage>) -> Result<(), Damage> {
        let places = self.list()?;
        if places.len() != found.len() {
            self.fault(&format!("{} values where {} are expected", found.len(), places.len()));
        }
        places.iter().zip(found).try_for_each(|(place, found)| same(place, found))
    }

    /// Compares a whole number, a word, a truth value or lists of them, which must be equal.
    pub fn equals<T: Serialize>(&self, found: T) -> Result<(), Damage> {
        let found = serde_json::to_value(found).map_err(|error| self.damage(&error.to_string()))?;
        self.count();
        if found != *self.value {
            self.fault(&format!("{found} where {} is expected", self.value));
        }
        Ok(())
    }

    fn number(&self, found: Option<f64>, difference: impl Fn(f64, f64) -> f64) -> Result<(), Damage> {
        let expected = match self.value {
            Value::Null => None,
            value => Some(value.as_f64().ok_or_else(|| self.damage("is no number"))?),
        };
        self.count();
        let (found, expected) = match (found, expected) {
            (Some(found), Some(expected)) => (found, expected),
            (None, None) => return Ok(()),
            (found, _) => {
                let found = found.map_or("nothing".to_string(), |found| found.to_string());
                self.fault(&format!("{found} where {} is expected", self.value));
                return Ok(());
            }
        };
        let difference = difference((found - expected).abs(), expected);
        self.sheet.note(difference, self.tolerance);
        // A comparison with what is not a number fails.
        if !matches!(
            difference.partial_cmp(&self.tolerance),
            Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
        ) {
            self.fault(&format!("{found} where {expected} is expected"));
        }
        Ok(())
    }

    fn count(&self) {
        self.sheet.see(&self.path);
        self.sheet.compared.set(self.sheet.compared.get() + 1);
    }

    fn fault(&self, what: &str) {
        self.sheet.faults.borrow_mut().push(format!("{}: {what}", self.path));
    }
}
