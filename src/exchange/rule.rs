//! Rules of ours being made or taken apart by an import or an export: a tree without places, joined and turned round so
//! that it reads as a person would write it, and printed as the checker reads it.

use std::fmt::{self, Formatter, Write};

use crate::definition::rule::{self, Node};
pub(crate) use crate::definition::rule::{Name, Operator, Part};
use crate::document::Place;

/// Deepest nesting.
pub(crate) const MAX_DEPTH: usize = 64;
/// Longest rule, in characters.
pub(crate) const MAX_CHARS: usize = 2_000;

/// A rule, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Bool(bool),
    /// A number as written.
    Number(String),
    Text(String),
    Date(String),
    List(Vec<Expr>),
    /// A question, or a part of its answer.
    Name(Name),
    /// `answered(x)` and the like.
    Call(String, Vec<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// Reads a rule; `None` if it cannot be read, for the checker says what is wrong with it.
pub(crate) fn parse(text: &str) -> Option<Expr> {
    let rule = rule::parse(text, Place { line: 1, column: 1 }).ok()?;
    Some(Expr::of(rule.root()))
}

/// The name of a question.
pub(crate) fn named(id: &str) -> Name {
    Name { item: id.to_string(), part: None }
}

/// True for a day of the calendar, written `2026-01-31`.
pub(crate) fn is_day(text: &str) -> bool {
    rule::day(text).is_some_and(|day| day.year() > 0)
}

/// The comparison that says the same of two values that have changed places.
pub(crate) fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        same => same,
    }
}

/// The comparison that is true where this one is false, if there is one.
fn opposite(operator: Operator) -> Option<Operator> {
    match operator {
        Operator::Equal => Some(Operator::NotEqual),
        Operator::NotEqual => Some(Operator::Equal),
        Operator::In => Some(Operator::NotIn),
        Operator::NotIn => Some(Operator::In),
        _ => None,
    }
}

/// How tightly `not`, a comparison and whatever stands alone hold.
const NOT: u8 = 3;
const COMPARISON: u8 = 4;

fn strength(operator: Operator) -> u8 {
    match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Plus | Operator::Minus => 5,
        Operator::Times | Operator::Divide => 6,
        _ => COMPARISON,
    }
}

impl Expr {
    fn of(node: &Node) -> Self {
        let boxed = |node: &Node| Box::new(Self::of(node));
        match &node.expr {
            rule::Expr::Text(text) => Self::Text(text.clone()),
            rule::Expr::Number(number) => Self::Number(number.to_string()),
            rule::Expr::Bool(value) => Self::Bool(*value),
            rule::Expr::Date(day) => Self::Date(day.to_string()),
            rule::Expr::Today => Self::Call("today".to_string(), Vec::new()),
            rule::Expr::List(nodes) => Self::List(nodes.iter().map(Self::of).collect()),
            rule::Expr::Name(name) => Self::Name(name.clone()),
            rule::Expr::Call(function, node) => Self::call(function.name(), Self::of(node)),
            rule::Expr::Matches(node, pattern) => {
                let pattern = Self::Text(pattern.as_str().to_string());
                Self::Call("matches".to_string(), vec![Self::of(node), pattern])
            }
            rule::Expr::Not(node) => Self::Not(boxed(node)),
            rule::Expr::Binary(operator, left, right) => Self::Binary(*operator, boxed(left), boxed(right)),
        }
    }

    pub(crate) fn name(id: &str) -> Self {
        Self::Name(named(id))
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn call(function: &str, argument: Expr) -> Self {
        Self::Call(function.to_string(), vec![argument])
    }

    pub(crate) fn binary(operator: Operator, left: Expr, right: Expr) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }

    /// `left and right`, without what says nothing; several options that a question is not are written `not in`.
    pub(crate) fn and(left: Expr, right: Expr) -> Self {
        match (left, right) {
            (Self::Bool(true), other) | (other, Self::Bool(true)) => other,
            (Self::Bool(false), _) | (_, Self::Bool(false)) => Self::Bool(false),
            (left, right) => Self::joined(Operator::And, left, right),
        }
    }

    /// `left or right`, without what says nothing; several options of one question are written `in`.
    pub(crate) fn or(left: Expr, right: Expr) -> Self {
        match (left, right) {
            (Self::Bool(false), other) | (other, Self::Bool(false)) => other,
            (Self::Bool(true), _) | (_, Self::Bool(true)) => Self::Bool(true),
            (left, right) => Self::joined(Operator::Or, left, right),
        }
    }

    fn joined(operator: Operator, left: Expr, right: Expr) -> Self {
        match (left, right) {
            (left, right) if left == right => left,
            (Self::Binary(same, first, last), right) if same == operator => match merged(operator, &last, &right) {
                Some(both) => Self::joined(operator, *first, both),
                None => Self::binary(operator, Self::Binary(operator, first, last), right),
            },
            (left, right) => merged(operator, &left, &right).unwrap_or_else(|| Self::binary(operator, left, right)),
        }
    }

    /// `not inner`, written as the opposite comparison where there is one.
    pub(crate) fn negated(inner: Expr) -> Self {
        match inner {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) => *inner,
            Self::Binary(operator, left, right) => match opposite(operator) {
                Some(opposite) => Self::Binary(opposite, left, right),
                None => Self::Not(Box::new(Self::Binary(operator, left, right))),
            },
            inner => Self::Not(Box::new(inner)),
        }
    }

    /// The questions named, in the order of the rule.
    pub(crate) fn items(&self) -> Vec<&str> {
        match self {
            Self::Name(name) => vec![name.item.as_str()],
            Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Date(_) => Vec::new(),
            Self::List(parts) | Self::Call(_, parts) => parts.iter().flat_map(Self::items).collect(),
            Self::Not(inner) => inner.items(),
            Self::Binary(_, left, right) => [left.items(), right.items()].concat(),
        }
    }

    /// The nesting that a reader of the rule meets.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Name(_) | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Date(_) => 1,
            Self::List(parts) | Self::Call(_, parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) => 1 + inner.depth(),
            // Chains of one operator are read in a loop.
            Self::Binary(op, left, right) => match left.as_ref() {
                Self::Binary(same, ..) if same == op => left.depth().max(1 + right.depth()),
                left => 1 + left.depth().max(right.depth()),
            },
        }
    }

    fn print(&self, out: &mut Formatter<'_>, around: u8) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(out, "{value}"),
            Self::Number(number) => out.write_str(number),
            Self::Text(text) => write!(out, "'{text}'"),
            Self::Date(date) => write!(out, "date('{date}')"),
            Self::Name(name) => write!(out, "{name}"),
            Self::List(parts) => print_all("[", parts, "]", out),
            Self::Call(function, parts) => {
                out.write_str(function)?;
                print_all("(", parts, ")", out)
            }
            Self::Not(inner) => bracketed(out, around > NOT, |out| {
                out.write_str("not ")?;
                // `not a == b` is read as it should be, but not by everyone.
                let unclear = matches!(inner.as_ref(), Self::Binary(..));
                inner.print(out, if unclear { u8::MAX } else { NOT })
            }),
            Self::Binary(operator, left, right) => {
                let strength = strength(*operator);
                bracketed(out, around > strength, |out| {
                    // Comparisons do not chain; `a - (b - c)` needs its brackets.
                    left.print(out, strength + u8::from(strength == COMPARISON))?;
                    write!(out, " {} ", operator.sign())?;
                    right.print(out, strength + 1)
                })
            }
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.print(out, 0)
    }
}

fn bracketed(
    out: &mut Formatter<'_>,
    brackets: bool,
    print: impl FnOnce(&mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if !brackets {
        return print(out);
    }
    out.write_char('(')?;
    print(out)?;
    out.write_char(')')
}

fn print_all(open: &str, parts: &[Expr], close: &str, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_str(open)?;
    for (number, part) in parts.iter().enumerate() {
        out.write_str(if number > 0 { ", " } else { "" })?;
        part.print(out, 0)?;
    }
    out.write_str(close)
}

/// `a == 'x'` or `a in ['x', 'y']`, and with `and` their opposites: the name and the options.
fn choice_of(joined: Operator, expr: &Expr) -> Option<(&Name, Vec<&Expr>)> {
    let Expr::Binary(operator, left, right) = expr else { return None };
    let Expr::Name(name) = left.as_ref() else { return None };
    match (joined, operator, right.as_ref()) {
        // Days are compared and not listed.
        (_, _, Expr::Text(text)) if is_day(text) => None,
        (Operator::Or, Operator::Equal, text @ Expr::Text(_))
        | (Operator::And, Operator::NotEqual, text @ Expr::Text(_)) => Some((name, vec![text])),
        (Operator::Or, Operator::In, Expr::List(parts)) | (Operator::And, Operator::NotIn, Expr::List(parts)) => {
            Some((name, parts.iter().collect()))
        }
        _ => None,
    }
}

/// `a == 'x' or a == 'y'` as `a in ['x', 'y']`, and `a != 'x' and a != 'y'` as `a not in ['x', 'y']`.
fn merged(joined: Operator, left: &Expr, right: &Expr) -> Option<Expr> {
    let ((name, mut options), (other, more)) = (choice_of(joined, left)?, choice_of(joined, right)?);
    if name != other {
        return None;
    }
    for option in more {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    let list = Expr::List(options.into_iter().cloned().collect());
    let within = if joined == Operator::Or { Operator::In } else { Operator::NotIn };
    Some(Expr::binary(within, Expr::Name(name.clone()), list))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        parse(text).unwrap_or_else(|| panic!("{text} is not read")).to_string()
    }

    #[test]
    fn what_is_canonical_is_printed_as_it_was() {
        for text in [
            "sector in ['acute', 'mental'] and not answered(band)",
            "a == 'x' or b.row_1 != 'y' and top3[1] == 'z'",
            "(a or b) and c",
            "not (a and b)",
            "not a",
            "x - (y - 2) * -3 >= 1.5",
            "since >= date('2026-01-31')",
            "proposals.count > 0 and role.other == 'Mayor'",
            "matches(t, '^[a-z]+$')",
            "years_since(born) >= 18 or today() > since",
        ] {
            assert_eq!(again(text), text);
        }
    }

    #[test]
    fn options_of_one_question_are_gathered_and_denials_turned_round() {
        let is = |option: &str| Expr::binary(Operator::Equal, Expr::name("a"), Expr::text(option));
        let any = Expr::or(Expr::or(is("x"), is("y")), is("z"));
        assert_eq!(any.to_string(), "a in ['x', 'y', 'z']");
        assert_eq!(Expr::negated(any).to_string(), "a not in ['x', 'y', 'z']");
        assert_eq!(Expr::negated(is("x")).to_string(), "a != 'x'");
        let neither = Expr::and(Expr::negated(is("x")), Expr::negated(is("y")));
        assert_eq!(neither.to_string(), "a not in ['x', 'y']");
        assert_eq!(Expr::and(is("x"), is("y")).to_string(), "a == 'x' and a == 'y'");
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for text in ["a = 'x'", "a ==", "a == 'x", "(a", "a b", "not", "a[x]", "a < b < c", &"(".repeat(100_000)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert!(is_day("2024-02-29") && is_day("2026-01-31"));
        for text in ["2023-02-29", "2024-2-9", "2024-13-01", "0000-01-01", "2026-W05-1", "2026-01-3x", ""] {
            assert!(!is_day(text), "{text}");
        }
    }
}
