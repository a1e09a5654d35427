//! Evaluates a rule on the answers given so far. Nothing can fail: what cannot be compared is simply not so.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::{Expr, Function, Name, Node, Operator, Part, Rule, has_entries, is_count, types};
use crate::definition::Survey;
use crate::item::options::Choice;
use crate::item::{Answer, Scale};

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

/// What a rule is judged on.
pub struct Facts<'a> {
    /// The survey, for the values of options that are compared by order.
    pub survey: &'a Survey,
    /// The answers that count, and the values computed from them.
    pub lookup: &'a Lookup<'a>,
    /// The day on which it is judged.
    pub today: Date,
}

/// True if the rule holds. Linear in its length.
pub fn evaluate(rule: &Rule, facts: &Facts<'_>) -> bool {
    truth(&value(&rule.root, facts))
}

/// What an expression for a computed value gives: a number, a text, a day or a condition, which is never unanswered.
pub fn compute(rule: &Rule, facts: &Facts<'_>) -> Value {
    let computed = value(&rule.root, facts);
    let is_box = |name: &Name| facts.survey.item(&name.item).is_some_and(|item| item.scale() == Scale::Flag);
    if computed == Value::Unanswered && rule.as_name().is_some_and(is_box) { Value::Bool(false) } else { computed }
}

/// The value of an answer, or of the part of it that `part` asks for.
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
        (Some(Answer::Entries(entries)), None) => Value::List(vec![Value::Bool(true); entries.len()]),
        (Some(Answer::Ideas { own, votes }), None) => Value::List(vec![Value::Bool(true); *own as usize + votes.len()]),
        _ => Value::Unanswered,
    }
}

fn truth(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
}

pub(super) fn value(node: &Node, facts: &Facts<'_>) -> Value {
    match &node.expr {
        Expr::Text(text) => Value::Text(text.clone()),
        Expr::Number(number) => Value::Number(*number),
        Expr::Bool(literal) => Value::Bool(*literal),
        Expr::Date(day) => Value::Text(day.to_string()),
        Expr::Today => Value::Text(facts.today.to_string()),
        Expr::List(nodes) => Value::List(nodes.iter().map(|node| value(node, facts)).collect()),
        Expr::Name(name) => named(name, facts),
        Expr::Call(function, argument) => call(*function, &value(argument, facts), facts.today),
        Expr::Matches(text, pattern) => {
            Value::Bool(matches!(value(text, facts), Value::Text(text) if pattern.is_in(&text)))
        }
        Expr::Not(inner) => Value::Bool(!truth(&value(inner, facts))),
        Expr::Binary(Operator::And, left, right) => {
            Value::Bool(truth(&value(left, facts)) && truth(&value(right, facts)))
        }
        Expr::Binary(Operator::Or, left, right) => {
            Value::Bool(truth(&value(left, facts)) || truth(&value(right, facts)))
        }
        Expr::Binary(operator, left, right) => {
            let (of_left, of_right) = (value(left, facts), value(right, facts));
            match options(left, facts).or_else(|| options(right, facts)).filter(|_| operator.is_ordering()) {
                Some(options) => Value::Bool(compare(*operator, &worth(&of_left, options), &worth(&of_right, options))),
                None => apply(*operator, &of_left, &of_right),
            }
        }
    }
}

/// The value of a name; the number of entries, 0 if there are none, for `proposals.count`.
fn named(name: &Name, facts: &Facts<'_>) -> Value {
    if is_count(name.part.as_ref()) && facts.survey.item(&name.item).is_some_and(has_entries) {
        return call(Function::Count, &(facts.lookup)(&Name { item: name.item.clone(), part: None }), facts.today);
    }
    (facts.lookup)(name)
}

fn call(function: Function, argument: &Value, today: Date) -> Value {
    match (function, argument) {
        (Function::Answered, value) => Value::Bool(*value != Value::Unanswered),
        (Function::Count, Value::List(values)) => Value::Number(values.len() as f64),
        (Function::Length, Value::Text(text)) => Value::Number(text.chars().count() as f64),
        (Function::Count | Function::Length, _) => Value::Number(0.0),
        (Function::Sum, Value::List(values)) => Value::Number(values.iter().filter_map(number).sum()),
        (Function::YearsSince, Value::Text(day)) => {
            types::day(day).map_or(Value::Unanswered, |day| Value::Number(years_between(day, today).into()))
        }
        (Function::Sum | Function::YearsSince, _) => Value::Unanswered,
    }
}

/// Whole years completed from `from` to `to`: 0 until the first anniversary, and -1 in the year before `from`.
/// Whoever was born on 29 February completes a year on 1 March where there is no such day.
fn years_between(from: Date, to: Date) -> i16 {
    let early = (to.month(), to.day()) < (from.month(), from.day());
    to.year().saturating_sub(from.year()).saturating_sub(i16::from(early))
}

/// The options whose order a name is compared by.
fn options<'a>(node: &Node, facts: &Facts<'a>) -> Option<&'a [Choice]> {
    let Expr::Name(name) = &node.expr else { return None };
    match (facts.survey.item(&name.item)?.scale(), &name.part) {
        (Scale::Nominal(options) | Scale::Ordinal(options), None)
        | (Scale::Ratings { steps: options, .. }, Some(Part::Row(_))) => Some(options),
        _ => None,
    }
}

/// The place of an option in the order of its list; none if it is marked missing.
pub(super) fn worth(option: &Value, options: &[Choice]) -> Value {
    let Value::Text(id) = option else { return Value::Unanswered };
    let chosen = options.iter().find(|option| option.id == *id && !option.missing);
    chosen.and_then(|option| option.value).map_or(Value::Unanswered, |value| Value::Number(value.into()))
}

fn number(value: &Value) -> Option<f64> {
    if let Value::Number(number) = value { Some(*number) } else { None }
}

fn apply(operator: Operator, left: &Value, right: &Value) -> Value {
    let arithmetic = |compute: fn(f64, f64) -> f64| match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            Some(compute(*left, *right)).filter(|n| n.is_finite()).map_or(Value::Unanswered, Value::Number)
        }
        _ => Value::Unanswered,
    };
    match operator {
        Operator::Plus => arithmetic(|left, right| left + right),
        Operator::Minus => arithmetic(|left, right| left - right),
        Operator::Times => arithmetic(|left, right| left * right),
        Operator::Divide => arithmetic(|left, right| left / right),
        _ => Value::Bool(compare(operator, left, right)),
    }
}

/// True if the comparison of two values holds.
pub(super) fn compare(operator: Operator, left: &Value, right: &Value) -> bool {
    let ordered = |wanted: fn(Ordering) -> bool| {
        let ordering = match (left, right) {
            (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
            (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
            _ => None,
        };
        ordering.is_some_and(wanted)
    };
    let equal = || *left != Value::Unanswered && left == right;
    let within = || matches!(right, Value::List(values) if *left != Value::Unanswered && values.contains(left));
    match operator {
        Operator::Equal => equal(),
        Operator::NotEqual => !equal(),
        Operator::In => within(),
        Operator::NotIn => !within(),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessOrEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(Ordering::is_ge),
        Operator::And | Operator::Or | Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide => false,
    }
}
