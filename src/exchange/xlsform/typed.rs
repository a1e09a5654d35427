//! What the names of a form stand for, and the values that its expressions have.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::document::Pattern;
use crate::exchange::pattern;
use crate::exchange::rule::{Expr, Name, Operator};

/// Why something could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// Kind of reason, as in the report.
    pub(super) code: &'static str,
    /// In words, to follow "…: ".
    pub(super) why: String,
}

impl Lost {
    pub(super) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

/// The options of a question: names in the form, ids in the definition.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options(pub(super) Vec<(String, String)>);

impl Options {
    /// Ids of the options of this name.
    pub(super) fn ids(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, id)| id.as_str()).collect()
    }

    /// The option with the name that is most like this one.
    pub(super) fn like(&self, name: &str) -> Option<&str> {
        let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase());
        let names = self.0.iter().map(|(known, _)| (known.as_str(), likeness(known)));
        names.filter(|(_, like)| *like > 0.8).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(known, _)| known)
    }
}

/// What kind of answer a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Single(Rc<Options>),
    Multi(Rc<Options>),
    Rank(Rc<Options>),
    Text,
    Number { whole: bool },
    Date,
    Consent,
    Repeat,
}

/// An answer that rules can name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) name: Name,
    pub(super) kind: Type,
    /// True for a value that is worked out, which is `NaN` where what it needs is missing.
    pub(super) worked_out: bool,
}

impl Answer {
    pub(super) fn expr(&self) -> Expr {
        Expr::Name(self.name.clone())
    }

    pub(super) fn answered(&self) -> Expr {
        match self.kind {
            Type::Consent => self.expr(),
            _ => Expr::call("answered", self.expr()),
        }
    }
}

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Bool(bool),
    /// True or false, by a rule.
    Condition(Expr),
    /// A number that is worked out.
    Sum(Expr),
    /// A day.
    Day(Expr),
    Answer(Answer),
    /// The length of an answer that is no text: only whether there is one can be told.
    Length(Answer),
    /// A condition that the form writes as one of two words.
    Coded {
        name: Expr,
        yes: String,
        no: String,
    },
    /// The label of the option chosen.
    Label(Answer),
    /// The first value whose condition holds, or the last.
    Cases(Vec<(Expr, Value)>, Box<Value>),
}

/// What a name in a form stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Symbol {
    Value(Value),
    Gone(Lost),
}

/// All names of a form, with the place of each in its order.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    known: BTreeMap<String, (usize, Symbol)>,
    /// For ids of ours: the place of the question, or of the last that a value is worked out from.
    order: BTreeMap<String, usize>,
    /// Ids of the questions that a worked-out value needs.
    needs: BTreeMap<String, Vec<String>>,
}

impl Symbols {
    /// Adds a name that stands at a place; the first of two that are alike counts.
    pub(super) fn add(&mut self, name: &str, place: usize, symbol: Symbol) {
        self.known.entry(name.to_string()).or_insert((place, symbol));
    }

    /// Says what a name stands for after all.
    pub(super) fn set(&mut self, name: &str, place: usize, symbol: Symbol) {
        self.known.insert(name.to_string(), (place, symbol));
    }

    /// Notes where the question with an id stands.
    pub(super) fn place(&mut self, id: &str, place: usize) {
        self.order.insert(id.to_string(), place);
    }

    /// Notes what a value is worked out from.
    pub(super) fn worked_out(&mut self, id: &str, expr: &Expr) {
        let needs = self.questions(expr);
        let place = needs.iter().filter_map(|need| self.order.get(need)).max().copied().unwrap_or(0);
        self.order.insert(id.to_string(), place);
        self.needs.insert(id.to_string(), needs);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Symbol> {
        self.known.get(name).map(|(_, symbol)| symbol)
    }

    /// The name that is most like one that is not there.
    pub(super) fn like(&self, name: &str) -> Option<&str> {
        let like = |known: &str| strsim::jaro_winkler(known, name);
        let names = self.known.keys().map(|known| (known.as_str(), like(known)));
        names.filter(|(_, like)| *like > 0.9).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(known, _)| known)
    }

    /// The questions that must be asked before an expression has its value.
    pub(super) fn questions(&self, expr: &Expr) -> Vec<String> {
        let mut ids = Vec::new();
        for item in expr.items() {
            match self.needs.get(item) {
                Some(needs) => ids.extend(needs.iter().cloned()),
                None => ids.push(item.to_string()),
            }
        }
        ids.sort();
        ids.dedup();
        ids
    }

    /// The questions behind an id of ours: itself, or what it is worked out from.
    pub(super) fn behind(&self, id: &str) -> Vec<String> {
        self.needs.get(id).cloned().unwrap_or_else(|| vec![id.to_string()])
    }

    /// The place of the last question that an expression names.
    pub(super) fn last_place(&self, expr: &Expr) -> Option<(String, usize)> {
        let questions = self.questions(expr);
        let placed = questions.into_iter().filter_map(|id| self.order.get(&id).map(|place| (id.clone(), *place)));
        placed.max_by_key(|(_, place)| *place)
    }
}

/// A number in the form that rules have.
pub(super) fn number(written: &str) -> Option<String> {
    let number: f64 = written.trim().parse().ok()?;
    let plain = |text: &str| {
        let text = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits(whole) && digits(part) && (whole.len() == 1 || !whole.starts_with('0'))
    };
    let written = written.trim();
    let shown = if plain(written) { written.to_string() } else { format!("{number}") };
    (number.is_finite() && shown.len() < 30).then_some(shown)
}

/// The value of a number.
pub(super) fn float(number: &str) -> f64 {
    number.trim().parse().unwrap_or(f64::NAN)
}

/// Compares two numbers.
pub(super) fn holds(op: Operator, left: f64, right: f64) -> bool {
    match op {
        Operator::Equal => (left - right).abs() < f64::EPSILON * left.abs().max(1.0),
        Operator::NotEqual => !holds(Operator::Equal, left, right),
        Operator::Less => left < right,
        Operator::LessOrEqual => left <= right,
        Operator::Greater => left > right,
        Operator::GreaterOrEqual => left >= right,
        _ => false,
    }
}

/// A pattern that the whole of a text must match, as `regex()` has it.
///
/// # Errors
/// If the pattern uses what Rust's `regex` does not have, or cannot stand in a rule.
pub(super) fn anchored(pattern: &str) -> Result<String, Lost> {
    let whole = pattern::whole(pattern);
    match Pattern::new(&whole) {
        Ok(_) => Ok(whole),
        Err(_) => Err(Lost::new("regex", "its pattern uses what patterns here do not have, such as looking ahead")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_one_way() {
        assert_eq!(number(".5").as_deref(), Some("0.5"));
        assert_eq!(number("365.25").as_deref(), Some("365.25"));
        assert_eq!(number("007").as_deref(), Some("7"));
        assert_eq!((number("NaN"), number("x"), number("1e400")), (None, None, None));
    }

    #[test]
    fn a_pattern_that_looks_ahead_is_lost() {
        assert_eq!(anchored("[0-9]+").unwrap(), "^(?:[0-9]+)$");
        assert_eq!(anchored("(?=a)b").unwrap_err().code, "regex");
    }
}
