//! The `constraint` column: limits that our questions have of themselves, and checks for the rest.

use serde_json::{Value, json};

use super::translate::{Context, fitting, truth, value};
use super::typed::{Answer, Lost, Type, anchored, float, number};
use super::xpath::{Sign, XPath, parse};
use crate::exchange::rule::{Expr, is_day};

/// What a constraint becomes.
#[derive(Debug, Default)]
pub(super) struct Limits {
    /// Keys of the question with their values.
    pub(super) keys: Vec<(&'static str, Value)>,
    /// Ids of options that cannot be chosen with others.
    pub(super) exclusive: Vec<String>,
    /// The rest: a rule that must hold where there is an answer.
    pub(super) check: Option<Expr>,
}

/// Reads a constraint of a question.
///
/// # Errors
/// If a part of it has no counterpart: then all of it is lost.
pub(super) fn limits(text: &str, own: &Answer, context: &Context<'_>) -> Result<Limits, Lost> {
    let read = parse(text).map_err(|why| Lost::new("syntax", format!("it cannot be read, for {why}")))?;
    let mut limits = Limits::default();
    let mut parts = Vec::new();
    conjuncts(&read, &mut parts);
    let mut rest = Expr::Bool(true);
    for part in parts {
        if let Some((key, limit)) = limit(part, own)?
            && !limits.keys.iter().any(|(known, _)| *known == key)
        {
            limits.keys.push((key, limit));
        } else if let Some(option) = exclusive(part) {
            if let Type::Multi(options) = &own.kind {
                limits.exclusive.extend(super::translate::known(options, option, &own.name.item)?);
            }
        } else {
            rest = Expr::and(rest, truth(value(part, context)?)?);
        }
    }
    if rest != Expr::Bool(true) {
        let guarded = Expr::or(Expr::negated(own.answered()), rest);
        limits.check = Some(fitting(guarded)?);
    }
    Ok(limits)
}

fn conjuncts<'a>(read: &'a XPath, parts: &mut Vec<&'a XPath>) {
    match read {
        XPath::Binary(Sign::And, left, right) => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        other => parts.push(other),
    }
}

/// A limit that the question has a key for.
fn limit(part: &XPath, own: &Answer) -> Result<Option<(&'static str, Value)>, Lost> {
    if let (XPath::Call(name, arguments), Type::Text) = (part, &own.kind)
        && name == "regex"
        && let [XPath::Own, XPath::Text(pattern)] = arguments.as_slice()
    {
        return Ok(Some(("pattern", json!(anchored(pattern)?))));
    }
    let XPath::Binary(sign, left, right) = part else { return Ok(None) };
    let (sign, what, bound) = match (left.as_ref(), right.as_ref()) {
        (what, bound) if is_own(what) => (*sign, what, bound),
        (bound, what) if is_own(what) => (turned(*sign), what, bound),
        _ => return Ok(None),
    };
    Ok(match (what, &own.kind) {
        (XPath::Own, Type::Number { whole }) => number_limit(sign, bound, *whole),
        (XPath::Own, Type::Date) => date_limit(sign, bound),
        (XPath::Call(name, _), Type::Text) if name == "string-length" => {
            count_limit(sign, bound, ("min_chars", "max_chars"))
        }
        (XPath::Call(name, _), Type::Multi(_)) if name == "count-selected" => count_limit(sign, bound, ("min", "max")),
        _ => None,
    })
}

/// `.`, `string-length(.)` or `count-selected(.)`.
fn is_own(read: &XPath) -> bool {
    match read {
        XPath::Own => true,
        XPath::Call(name, arguments) => {
            matches!(name.as_str(), "string-length" | "count-selected") && arguments.as_slice() == [XPath::Own]
        }
        _ => false,
    }
}

fn turned(sign: Sign) -> Sign {
    match sign {
        Sign::Less => Sign::Greater,
        Sign::LessEqual => Sign::GreaterEqual,
        Sign::Greater => Sign::Less,
        Sign::GreaterEqual => Sign::LessEqual,
        sign => sign,
    }
}

/// A bound as a number of JSON, written as in the form.
fn json_number(written: &str) -> Option<Value> {
    serde_json::from_str(&number(written)?).ok()
}

fn number_limit(sign: Sign, bound: &XPath, whole: bool) -> Option<(&'static str, Value)> {
    let XPath::Number(written) = bound else { return None };
    let at = float(written);
    let next = |by: f64| (whole && at.fract() == 0.0).then(|| json_number(&format!("{}", at + by))).flatten();
    match sign {
        Sign::GreaterEqual => Some(("min", json_number(written)?)),
        Sign::LessEqual => Some(("max", json_number(written)?)),
        Sign::Greater => Some(("min", next(1.0)?)),
        Sign::Less => Some(("max", next(-1.0)?)),
        _ => None,
    }
}

fn date_limit(sign: Sign, bound: &XPath) -> Option<(&'static str, Value)> {
    let day = match bound {
        XPath::Text(day) => day,
        XPath::Call(name, arguments) if name == "date" => match arguments.as_slice() {
            [XPath::Text(day)] => day,
            [XPath::Call(inner, arguments)] if inner == "date" => match arguments.as_slice() {
                [XPath::Text(day)] => day,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let key = match sign {
        Sign::GreaterEqual => "min",
        Sign::LessEqual => "max",
        _ => return None,
    };
    is_day(day).then(|| (key, json!(day)))
}

fn count_limit(
    sign: Sign,
    bound: &XPath,
    (least, most): (&'static str, &'static str),
) -> Option<(&'static str, Value)> {
    let XPath::Number(written) = bound else { return None };
    let at: u32 = written.parse().ok()?;
    let (key, at) = match sign {
        Sign::GreaterEqual => (least, at),
        Sign::Greater => (least, at.checked_add(1)?),
        Sign::LessEqual => (most, at),
        Sign::Less => (most, at.checked_sub(1)?),
        _ => return None,
    };
    let possible = match key {
        "max" => at >= 1,
        _ => (1..=20_000).contains(&at),
    };
    possible.then(|| (key, json!(at)))
}

/// `not(selected(., 'x') and count-selected(.) > 1)`: the option that stands alone.
fn exclusive(part: &XPath) -> Option<&str> {
    let XPath::Call(not, inner) = part else { return None };
    let [XPath::Binary(Sign::And, left, right)] = inner.as_slice() else { return None };
    let option = |read: &'_ XPath| match read {
        XPath::Call(name, arguments) if name == "selected" => {
            matches!(arguments.as_slice(), [XPath::Own, XPath::Text(_)])
        }
        _ => false,
    };
    let several = |read: &XPath| match read {
        XPath::Binary(sign, left, right) => {
            let counts = is_own(left) && **left != XPath::Own;
            let bound = matches!((sign, right.as_ref()),
                (Sign::Greater, XPath::Number(bound)) if bound == "1")
                || matches!((sign, right.as_ref()), (Sign::GreaterEqual, XPath::Number(bound)) if bound == "2");
            counts && bound
        }
        _ => false,
    };
    let chosen = if option(left) && several(right) {
        left
    } else if option(right) && several(left) {
        right
    } else {
        return None;
    };
    match chosen.as_ref() {
        XPath::Call(_, arguments) if not == "not" => match arguments.as_slice() {
            [_, XPath::Text(option)] => Some(option),
            _ => None,
        },
        _ => None,
    }
}
