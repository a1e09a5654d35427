//! The rule language: who sees what, written as `sector in ['acute', 'mental'] and not answered(band)`.
//!
//! Two-valued and safe with unanswered questions: a comparison with an unanswered or hidden question is false,
//! and `a != b` is `not (a == b)`. A rule refers to questions on earlier pages only.
//! Values that are computed from answers are written in the same language.

mod cases;
mod conditions;
mod domain;
mod doubtful;
mod english;
mod evaluate;
mod model;
mod parse;
mod print;
mod slots;
mod solve;
mod types;

pub(crate) use doubtful::doubtful;
pub use english::{english, english_all, english_broken, english_value};
pub use evaluate::{Facts, Lookup, Value, compute, evaluate, value_of};
pub(crate) use model::{Model, QuestionRules};
pub use parse::parse;
pub(crate) use solve::{Outcome, Wanted};
pub(crate) use types::day;
pub use types::{Scope, ValueType, check, check_name, check_value};

use jiff::civil::Date;

use crate::document::{Pattern, Place};
use crate::item::{Item, Kind};

/// A parsed rule, or a parsed expression for a computed value.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    text: String,
    place: Place,
    root: Node,
    is_lost: bool,
}

impl Rule {
    /// A rule that an import could not carry over: it holds for nobody until its author writes another.
    pub fn lost(text: &str, place: Place) -> Self {
        Self { text: text.to_string(), place, root: Node { at: 0, expr: Expr::Bool(false) }, is_lost: true }
    }

    /// True for a rule that an import could not carry over.
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// The rule that is a name and nothing else.
    pub fn of_name(name: &Name, place: Place) -> Self {
        Self { text: name.to_string(), place, root: Node { at: 0, expr: Expr::Name(name.clone()) }, is_lost: false }
    }

    /// The name, if that is all the rule is.
    pub fn as_name(&self) -> Option<&Name> {
        if let Expr::Name(name) = &self.root.expr { Some(name) } else { None }
    }

    /// The items named, in the order of the rule.
    pub fn items(&self) -> Vec<&str> {
        self.names().into_iter().map(|name| name.item.as_str()).collect()
    }

    /// The items and the parts of them that are named, in the order of the rule.
    pub(crate) fn names(&self) -> Vec<&Name> {
        let mut names = Vec::new();
        self.root.each_name(&mut |name| names.push(name));
        names
    }

    /// True if it asks what day it is.
    pub fn is_of_the_day(&self) -> bool {
        self.root.is_of_the_day()
    }

    /// The rule as a tree, for printers into other languages.
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// The rule as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it is written: the place of its first character.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Where a part of it is written.
    pub(crate) fn place_of(&self, node: &Node) -> Place {
        self.place.after(node.at)
    }
}

/// Part of a rule, with the number of characters before it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) expr: Expr,
}

/// What a part of a rule says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Text(String),
    Number(f64),
    Bool(bool),
    Date(Date),
    /// The day on which the rule is judged.
    Today,
    List(Vec<Node>),
    Name(Name),
    Call(Function, Box<Node>),
    /// Whether the pattern is found anywhere in the text.
    Matches(Box<Node>, Pattern),
    Not(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
}

/// A question, or a part of its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The item's id.
    pub item: String,
    /// The part named, if any.
    pub part: Option<Part>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `support.lit_all`: the answer for one row; `role.other`: the text beside an option.
    Row(String),
    /// `top3[1]`: the row in a place, counted from 1.
    Place(usize),
}

/// A function of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// Whether there is an answer.
    Answered,
    /// How many options were chosen, rows given something, or entries made.
    Count,
    /// Characters of a text.
    Length,
    /// Points given altogether.
    Sum,
    /// Whole years completed from a date to today.
    YearsSince,
}

impl Function {
    const ALL: [(&str, Self); 5] = [
        ("answered", Self::Answered),
        ("count", Self::Count),
        ("length", Self::Length),
        ("sum", Self::Sum),
        ("years_since", Self::YearsSince),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    In,
    NotIn,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
}

impl Operator {
    /// True for `<`, `<=`, `>` and `>=`.
    pub(crate) fn is_ordering(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
        }
    }
}

impl Node {
    fn is_of_the_day(&self) -> bool {
        match &self.expr {
            Expr::Today | Expr::Call(Function::YearsSince, _) => true,
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Date(_) | Expr::Name(_) => false,
            Expr::List(nodes) => nodes.iter().any(Self::is_of_the_day),
            Expr::Call(_, node) | Expr::Matches(node, _) | Expr::Not(node) => node.is_of_the_day(),
            Expr::Binary(_, left, right) => left.is_of_the_day() || right.is_of_the_day(),
        }
    }

    /// Calls `with` for every name in this part.
    fn each_name<'a>(&'a self, with: &mut impl FnMut(&'a Name)) {
        match &self.expr {
            Expr::Name(name) => with(name),
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Date(_) | Expr::Today => {}
            Expr::List(nodes) => nodes.iter().for_each(|node| node.each_name(with)),
            Expr::Call(_, node) | Expr::Matches(node, _) | Expr::Not(node) => node.each_name(with),
            Expr::Binary(_, left, right) => {
                left.each_name(with);
                right.each_name(with);
            }
        }
    }
}

/// True for an item whose answer is a list of entries, which `proposals.count` counts.
fn has_entries(item: &Item) -> bool {
    matches!(item.kind, Kind::Repeat(_))
}

/// True if the part of a name is `.count`.
fn is_count(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Row(row)) if row == "count")
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.part {
            None => write!(out, "{}", self.item),
            Some(Part::Row(row)) => write!(out, "{}.{row}", self.item),
            Some(Part::Place(place)) => write!(out, "{}[{place}]", self.item),
        }
    }
}
