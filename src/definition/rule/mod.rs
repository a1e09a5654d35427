//! The rule language: who sees what, written as `sector in ['acute', 'mental'] and not answered(band)`.
//!
//! Two-valued and safe with unanswered questions: a comparison with an unanswered or hidden question is false,
//! and `a != b` is `not (a == b)`. A rule refers to questions on earlier pages only.

mod evaluate;
mod parse;
mod satisfiable;
mod types;

pub use evaluate::{Lookup, Value, evaluate, value_of};
pub use parse::parse;
pub use satisfiable::never_holds;
pub use types::{Scope, check};

use crate::document::Place;

/// A parsed rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    text: String,
    place: Place,
    root: Node,
}

impl Rule {
    /// The rule as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it is written: the place of its first character.
    pub fn place(&self) -> Place {
        self.place
    }

    fn place_of(&self, node: &Node) -> Place {
        self.place.after(node.at)
    }
}

/// Part of a rule, with the number of characters before it.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    at: usize,
    expr: Expr,
}

/// What a part of a rule says.
#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Text(String),
    Number(f64),
    Bool(bool),
    List(Vec<Node>),
    Name(Name),
    Call(Function, Box<Node>),
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Answered,
    Count,
    Length,
    Sum,
}

impl Function {
    const ALL: [(&str, Self); 4] =
        [("answered", Self::Answered), ("count", Self::Count), ("length", Self::Length), ("sum", Self::Sum)];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
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
    fn sign(self) -> &'static str {
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
    /// Calls `with` for every name in this part.
    fn each_name<'a>(&'a self, with: &mut impl FnMut(&'a Name)) {
        match &self.expr {
            Expr::Name(name) => with(name),
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) => {}
            Expr::List(nodes) => nodes.iter().for_each(|node| node.each_name(with)),
            Expr::Call(_, node) | Expr::Not(node) => node.each_name(with),
            Expr::Binary(_, left, right) => {
                left.each_name(with);
                right.each_name(with);
            }
        }
    }

    /// Calls `with` for every literal in this part.
    fn each_literal<'a>(&'a self, with: &mut impl FnMut(&'a Expr)) {
        match &self.expr {
            Expr::Name(_) => {}
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) => with(&self.expr),
            Expr::List(nodes) => nodes.iter().for_each(|node| node.each_literal(with)),
            Expr::Call(_, node) | Expr::Not(node) => node.each_literal(with),
            Expr::Binary(_, left, right) => {
                left.each_literal(with);
                right.each_literal(with);
            }
        }
    }
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
