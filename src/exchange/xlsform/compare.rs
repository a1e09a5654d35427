//! Comparisons of a form's values, each by what they are.
//!
//! In `XPath` an answer that is missing is the empty text: equal to `''`, different from every other text, and no number.
//! That is what our rules say of it, except where two answers are compared, which are equal if both are missing.

use super::translate::{by_cases, known, summand};
use super::typed::{Answer, Lost, Options, Type, Value, float, holds, number};
use crate::exchange::rule::{Expr, Name, Operator, is_day, turned};

/// Compares two values.
pub(super) fn compare(op: Operator, left: Value, right: Value) -> Result<Expr, Lost> {
    match (left, right) {
        (Value::Cases(cases, otherwise), right) => case_by_case(op, cases, *otherwise, &right),
        (left, Value::Cases(cases, otherwise)) => case_by_case(turned(op), cases, *otherwise, &left),
        (left, right) if is_constant(&left) && !is_constant(&right) => compare(turned(op), right, left),
        (left, right) if is_constant(&left) => Ok(Expr::Bool(constants(op, &left, &right))),
        (Value::Coded { name, yes, no }, right) => coded(op, &name, &yes, &no, &right),
        (left, coded @ Value::Coded { .. }) => compare(turned(op), coded, left),
        (Value::Condition(expr), right) => match (op, word(&right).as_deref()) {
            (Operator::Equal, Some("true" | "1")) | (Operator::NotEqual, Some("false" | "0")) => Ok(expr),
            (Operator::NotEqual, Some("true" | "1")) | (Operator::Equal, Some("false" | "0")) => {
                Ok(Expr::negated(expr))
            }
            _ => Err(Lost::new("type", "it compares a condition with something else")),
        },
        (Value::Length(answer), right) => length(op, &answer, &right),
        (Value::Answer(answer), Value::Answer(other)) => answers(op, &answer, &other),
        (Value::Answer(answer), right) => answer_with(op, &answer, right),
        (left, Value::Answer(answer)) => answer_with(turned(op), &answer, left),
        (Value::Day(left), Value::Day(right)) => Ok(Expr::binary(op, left, right)),
        (Value::Day(left), Value::Text(text)) if is_day(&text) => Ok(Expr::binary(op, left, Expr::Date(text))),
        (Value::Label(_), _) | (_, Value::Label(_)) => Err(Lost::new("type", "it compares the label of an option")),
        // A calculation without a value is `NaN`, and our rules have no value either.
        (Value::Sum(_), right) if word(&right).is_some_and(|word| number(&word).is_none()) => {
            Err(Lost::new("type", "it compares a number with a text"))
        }
        (left, right) => Ok(Expr::binary(op, summand(left)?, summand(right)?)),
    }
}

/// A value that depends on the case, compared. An option that only some of the questions offer is chosen in none of
/// the others.
fn case_by_case(op: Operator, cases: Vec<(Expr, Value)>, otherwise: Value, right: &Value) -> Result<Expr, Lost> {
    let is_offered = cases
        .iter()
        .map(|(_, value)| value)
        .chain([&otherwise])
        .any(|value| matches!(value, Value::Answer(_)) && compare(op, value.clone(), right.clone()).is_ok());
    by_cases(cases, otherwise, |value| match compare(op, value, right.clone()) {
        Err(lost) if lost.code == "option-unknown" && is_offered => Ok(Expr::Bool(op == Operator::NotEqual)),
        compared => compared,
    })
}

/// `q == 'id'`.
pub(super) fn equal_text(name: &Name, id: &str) -> Expr {
    Expr::binary(Operator::Equal, Expr::Name(name.clone()), Expr::Text(id.to_string()))
}

fn is_constant(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_))
}

/// A constant as it is written.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn constants(op: Operator, left: &Value, right: &Value) -> bool {
    let (left_word, right_word) = (word(left).unwrap_or_default(), word(right).unwrap_or_default());
    let texts = matches!((left, right), (Value::Text(_), Value::Text(_)));
    match op {
        Operator::Equal if texts => left_word == right_word,
        Operator::NotEqual if texts => left_word != right_word,
        _ => holds(op, float(&left_word), float(&right_word)),
    }
}

/// A condition that the form writes as one of two words, compared.
fn coded(op: Operator, name: &Expr, yes: &str, no: &str, right: &Value) -> Result<Expr, Lost> {
    if let Value::Coded { name: other, yes: other_yes, no: other_no } = &right {
        return match op {
            Operator::Equal | Operator::NotEqual if (yes, no) == (other_yes.as_str(), other_no.as_str()) => {
                Ok(Expr::binary(op, name.clone(), other.clone()))
            }
            _ => Err(Lost::new("type", "it compares two conditions")),
        };
    }
    if !is_constant(right) {
        return Err(Lost::new("type", "it compares a condition with an answer"));
    }
    let as_value = |word: &str| Value::Text(word.to_string());
    let cases = vec![(name.clone(), as_value(yes))];
    by_cases(cases, as_value(no), |value| Ok(Expr::Bool(constants(op, &value, right))))
}

/// The length of an answer that is no text: whether there is one.
fn length(op: Operator, answer: &Answer, right: &Value) -> Result<Expr, Lost> {
    let number = word(right).map_or(f64::NAN, |word| float(&word));
    let (none, some) = (holds(op, 0.0, number), holds(op, 1.0, number));
    let only_whether = number <= 0.0 || matches!(op, Operator::Less | Operator::GreaterOrEqual) && number <= 1.0;
    if !only_whether {
        return Err(Lost::new("type", "it asks for the length of what is no text"));
    }
    Ok(match (none, some) {
        (true, true) => Expr::Bool(true),
        (false, false) => Expr::Bool(false),
        (true, false) => Expr::negated(answer.answered()),
        (false, true) => answer.answered(),
    })
}

/// Two answers compared.
fn answers(op: Operator, left: &Answer, right: &Answer) -> Result<Expr, Lost> {
    let equality = matches!(op, Operator::Equal | Operator::NotEqual);
    let same = match (&left.kind, &right.kind) {
        (Type::Single(ours), Type::Single(theirs)) if equality => options_alike(left, right, ours, theirs),
        (Type::Number { .. }, Type::Number { .. }) | (Type::Date, Type::Date) if !equality => {
            return Ok(Expr::binary(op, left.expr(), right.expr()));
        }
        (Type::Text, Type::Text) | (Type::Number { .. }, Type::Number { .. }) | (Type::Date, Type::Date)
            if equality =>
        {
            Expr::binary(Operator::Equal, left.expr(), right.expr())
        }
        _ => return Err(Lost::new("type", "it compares answers of different kinds")),
    };
    let neither = Expr::and(Expr::negated(left.answered()), Expr::negated(right.answered()));
    let equal = Expr::or(same, neither);
    Ok(if op == Operator::Equal { equal } else { Expr::negated(equal) })
}

fn options_alike(left: &Answer, right: &Answer, ours: &Options, theirs: &Options) -> Expr {
    if ours == theirs {
        return Expr::binary(Operator::Equal, left.expr(), right.expr());
    }
    let both = ours.0.iter().flat_map(|(name, id)| theirs.ids(name).into_iter().map(move |other| (id, other)));
    let is = both.map(|(id, other)| Expr::and(equal_text(&left.name, id), equal_text(&right.name, other)));
    is.fold(Expr::Bool(false), Expr::or)
}

/// An answer compared with a constant or with a value that is worked out.
fn answer_with(op: Operator, answer: &Answer, right: Value) -> Result<Expr, Lost> {
    if let Value::Text(text) = &right
        && text.is_empty()
    {
        return match op {
            Operator::Equal => Ok(Expr::negated(answer.answered())),
            Operator::NotEqual => Ok(answer.answered()),
            _ => Err(Lost::new("type", "it asks whether something is less or more than an empty text")),
        };
    }
    match (&answer.kind, right) {
        (Type::Single(options), right) => single(op, answer, options, &right),
        (Type::Multi(options), Value::Text(text) | Value::Number(text)) => {
            let ids = known(options, &text, &answer.name.item)?;
            let chosen = ids.iter().map(|id| Expr::binary(Operator::In, Expr::Text(id.clone()), answer.expr()));
            let chosen = chosen.fold(Expr::Bool(false), Expr::or);
            let alone = Expr::binary(Operator::Equal, Expr::call("count", answer.expr()), Expr::Number("1".into()));
            equality(op, Expr::and(chosen, alone))
        }
        (Type::Text, Value::Text(text) | Value::Number(text)) => {
            if text.contains('\'') {
                return Err(Lost::new("syntax", "it names a text with `'` in it"));
            }
            equality(op, equal_text(&answer.name, &text))
        }
        (Type::Number { .. }, Value::Text(text)) if text == "NaN" && answer.worked_out => {
            equality(op, Expr::negated(answer.answered()))
        }
        (Type::Number { .. }, Value::Number(text) | Value::Text(text)) => {
            let number =
                number(&text).ok_or_else(|| Lost::new("type", format!("it compares a number with '{text}'")))?;
            Ok(Expr::binary(op, answer.expr(), Expr::Number(number)))
        }
        (Type::Number { .. }, Value::Sum(expr)) => Ok(Expr::binary(op, answer.expr(), expr)),
        (Type::Date, Value::Text(text)) if is_day(&text) => Ok(Expr::binary(op, answer.expr(), Expr::Date(text))),
        (Type::Date, Value::Day(day)) => Ok(Expr::binary(op, answer.expr(), day)),
        (Type::Consent, Value::Text(text)) if text == "OK" => equality(op, answer.expr()),
        (Type::Consent, Value::Bool(value)) => {
            let is = equality(op, answer.expr())?;
            Ok(if value { is } else { Expr::negated(is) })
        }
        (_, right) => {
            let with = word(&right).map_or_else(|| "something else".to_string(), |word| format!("'{word}'"));
            Err(Lost::new("type", format!("it compares `{}` with {with}", answer.name.item)))
        }
    }
}

fn equality(op: Operator, equal: Expr) -> Result<Expr, Lost> {
    match op {
        Operator::Equal => Ok(equal),
        Operator::NotEqual => Ok(Expr::negated(equal)),
        _ => Err(Lost::new("type", "it asks for less or more of what has no order")),
    }
}

/// A question of one option compared with a constant: the option of this name, or those whose names as numbers fit.
fn single(op: Operator, answer: &Answer, options: &Options, right: &Value) -> Result<Expr, Lost> {
    let Some(word) = word(right).filter(|_| !matches!(right, Value::Bool(_))) else {
        return Err(Lost::new("type", format!("it compares `{}` with what is no option", answer.name.item)));
    };
    let by_name = matches!((op, right), (Operator::Equal | Operator::NotEqual, Value::Text(_)));
    let ids: Vec<String> = if by_name {
        known(options, &word, &answer.name.item)?
    } else {
        let equality = matches!(op, Operator::Equal | Operator::NotEqual);
        let wanted = if equality { Operator::Equal } else { op };
        let fits = |name: &str| holds(wanted, float(name), float(&word));
        let ids: Vec<String> = options.0.iter().filter(|(name, _)| fits(name)).map(|(_, id)| id.clone()).collect();
        if ids.is_empty() && (equality || options.0.iter().all(|(name, _)| number(name).is_none())) {
            known(options, &word, &answer.name.item)?
        } else {
            ids
        }
    };
    let is = ids.iter().map(|id| equal_text(&answer.name, id)).fold(Expr::Bool(false), Expr::or);
    Ok(if op == Operator::NotEqual { Expr::negated(is) } else { is })
}
