//! Evaluates a rule on the answers given so far. Nothing can fail: what cannot be compared is simply not so.

use std::cmp::Ordering;

use super::{Expr, Function, Name, Node, Operator, Part, Rule};
use crate::item::Answer;

/// A value while a rule is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No answer, hidden or not reached.
    Unanswered,
    /// An option's id, a text or a day as `YYYY-MM-DD`.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// Option ids, or a literal list.
    List(Vec<Value>),
}

/// Gives the value of a name.
pub type Lookup<'a> = dyn Fn(&Name) -> Value + 'a;

/// True if the rule holds. Linear in its length.
pub fn evaluate(rule: &Rule, lookup: &Lookup<'_>) -> bool {
    truth(&value(&rule.root, lookup))
}

/// The value of an answer, or of the part of it that `name` asks for.
pub fn value_of(answer: Option<&Answer>, part: Option<&Part>) -> Value {
    let text = |text: &String| Value::Text(text.clone());
    match (answer, part) {
        (Some(Answer::Given), None) => Value::Bool(true),
        (Some(Answer::Choice { option, .. }), None) => text(option),
        (Some(Answer::Choice { other: Some(other), .. }), Some(Part::Row(row))) if row == "other" => text(other),
        (Some(Answer::Choices { options, .. }), None) => Value::List(options.iter().map(text).collect()),
        (Some(Answer::Text(written) | Answer::Date(written)), None) => text(written),
        (Some(Answer::Number(written)), None) => written.parse().map_or(Value::Unanswered, Value::Number),
        (Some(Answer::Ratings(ratings)), Some(Part::Row(row))) => ratings.get(row).map_or(Value::Unanswered, text),
        (Some(Answer::Ranking(order)), Some(Part::Place(place))) => {
            order.get(place.wrapping_sub(1)).map_or(Value::Unanswered, text)
        }
        (Some(Answer::Points(points)), Some(Part::Row(row))) => {
            Value::Number(points.get(row).copied().unwrap_or(0).into())
        }
        (Some(Answer::Ratings(ratings)), None) => Value::List(ratings.keys().map(text).collect()),
        (Some(Answer::Ranking(order)), None) => Value::List(order.iter().map(text).collect()),
        (Some(Answer::Points(points)), None) => {
            Value::List(points.values().map(|given| Value::Number((*given).into())).collect())
        }
        _ => Value::Unanswered,
    }
}

fn truth(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
}

fn value(node: &Node, lookup: &Lookup<'_>) -> Value {
    match &node.expr {
        Expr::Text(text) => Value::Text(text.clone()),
        Expr::Number(number) => Value::Number(*number),
        Expr::Bool(literal) => Value::Bool(*literal),
        Expr::List(nodes) => Value::List(nodes.iter().map(|node| value(node, lookup)).collect()),
        Expr::Name(name) => lookup(name),
        Expr::Call(function, argument) => call(*function, &value(argument, lookup)),
        Expr::Not(inner) => Value::Bool(!truth(&value(inner, lookup))),
        Expr::Binary(Operator::And, left, right) => {
            Value::Bool(truth(&value(left, lookup)) && truth(&value(right, lookup)))
        }
        Expr::Binary(Operator::Or, left, right) => {
            Value::Bool(truth(&value(left, lookup)) || truth(&value(right, lookup)))
        }
        Expr::Binary(operator, left, right) => apply(*operator, &value(left, lookup), &value(right, lookup)),
    }
}

fn call(function: Function, argument: &Value) -> Value {
    match (function, argument) {
        (Function::Answered, value) => Value::Bool(*value != Value::Unanswered),
        (Function::Count, Value::List(values)) => Value::Number(values.len() as f64),
        (Function::Length, Value::Text(text)) => Value::Number(text.chars().count() as f64),
        (Function::Count | Function::Length, _) => Value::Number(0.0),
        (Function::Sum, Value::List(values)) => Value::Number(values.iter().filter_map(number).sum()),
        (Function::Sum, _) => Value::Unanswered,
    }
}

fn number(value: &Value) -> Option<f64> {
    if let Value::Number(number) = value { Some(*number) } else { None }
}

fn apply(operator: Operator, left: &Value, right: &Value) -> Value {
    let ordering = || match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let ordered = |wanted: fn(Ordering) -> bool| Value::Bool(ordering().is_some_and(wanted));
    let arithmetic = |compute: fn(f64, f64) -> f64| match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            Some(compute(*left, *right)).filter(|n| n.is_finite()).map_or(Value::Unanswered, Value::Number)
        }
        _ => Value::Unanswered,
    };
    let equal = || *left != Value::Unanswered && left == right;
    let within = || matches!(right, Value::List(values) if *left != Value::Unanswered && values.contains(left));
    match operator {
        Operator::Equal => Value::Bool(equal()),
        Operator::NotEqual => Value::Bool(!equal()),
        Operator::In => Value::Bool(within()),
        Operator::NotIn => Value::Bool(!within()),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessOrEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(Ordering::is_ge),
        Operator::Plus => arithmetic(|left, right| left + right),
        Operator::Minus => arithmetic(|left, right| left - right),
        Operator::Times => arithmetic(|left, right| left * right),
        Operator::Divide => arithmetic(|left, right| left / right),
        Operator::And | Operator::Or => Value::Bool(false),
    }
}
