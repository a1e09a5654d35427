//! From an expression of a form to a rule of ours, by the types of what it names. Nothing is guessed: what has no exact
//! counterpart is lost, with the reason.

use super::compare::{compare, equal_text};
use super::typed::{Answer, Lost, Symbol, Symbols, Type, Value, anchored, float, number};
use super::xpath::{Sign, XPath, parse};
use crate::exchange::rule::{Expr, MAX_CHARS, MAX_DEPTH, Name, Operator, Part, is_day};

/// What an expression is translated with.
pub(super) struct Context<'a> {
    pub(super) symbols: &'a Symbols,
    /// The answer that `.` stands for.
    pub(super) own: Option<&'a Answer>,
    /// What bare names stand for: the columns of a choice.
    pub(super) columns: Option<&'a dyn Fn(&str) -> String>,
}

/// Translates a condition.
///
/// # Errors
/// If a part of it has no counterpart.
pub(super) fn condition(text: &str, context: &Context<'_>) -> Result<Expr, Lost> {
    let read = parse(text).map_err(|why| Lost::new("syntax", format!("it cannot be read, for {why}")))?;
    fitting(truth(value(&read, context)?)?)
}

/// A rule that is not too long.
pub(super) fn fitting(expr: Expr) -> Result<Expr, Lost> {
    if expr.depth() > MAX_DEPTH || expr.to_string().chars().count() > MAX_CHARS {
        return Err(Lost::new("too-long", format!("it would have more than {MAX_CHARS} characters")));
    }
    Ok(expr)
}

/// Whether a value counts as true.
pub(super) fn truth(value: Value) -> Result<Expr, Lost> {
    Ok(match value {
        Value::Bool(value) => Expr::Bool(value),
        Value::Condition(expr) => expr,
        Value::Text(text) => Expr::Bool(!text.is_empty()),
        Value::Number(number) => Expr::Bool(float(&number) != 0.0),
        Value::Coded { .. } => Expr::Bool(true),
        Value::Answer(answer) | Value::Length(answer) => answer.answered(),
        Value::Sum(expr) => Expr::binary(Operator::NotEqual, expr, Expr::Number("0".into())),
        Value::Day(_) | Value::Label(_) => return Err(Lost::new("type", "it is no condition")),
        Value::Cases(cases, otherwise) => by_cases(cases, *otherwise, truth)?,
    })
}

/// A condition made from the values of cases.
pub(super) fn by_cases(
    cases: Vec<(Expr, Value)>,
    otherwise: Value,
    mut make: impl FnMut(Value) -> Result<Expr, Lost>,
) -> Result<Expr, Lost> {
    let mut results = Vec::new();
    for (when, value) in cases {
        results.push((when, make(value)?));
    }
    let mut out = make(otherwise)?;
    for (when, then) in results.into_iter().rev() {
        out = match (then, out) {
            (then, otherwise) if then == otherwise => then,
            (then, otherwise) => Expr::or(Expr::and(when.clone(), then), Expr::and(Expr::negated(when), otherwise)),
        };
        if out.depth() > 4 * MAX_DEPTH {
            return Err(Lost::new("too-long", "it has too many cases"));
        }
    }
    Ok(out)
}

/// The value of an expression.
pub(super) fn value(read: &XPath, context: &Context<'_>) -> Result<Value, Lost> {
    match read {
        XPath::Text(text) => Ok(Value::Text(text.clone())),
        XPath::Number(written) => {
            let number = number(written).ok_or_else(|| Lost::new("syntax", format!("`{written}` is no number")))?;
            Ok(Value::Number(number))
        }
        XPath::Ref(name) => named(name, context),
        XPath::Own => {
            context.own.cloned().map(Value::Answer).ok_or_else(|| Lost::new("syntax", "`.` has no meaning here"))
        }
        XPath::Path(path) => match context.columns {
            Some(columns) if !path.contains('/') => Ok(Value::Text(columns(path))),
            _ => match path.rsplit('/').next() {
                Some(last) if path.contains('/') => named(last, context),
                _ => Err(Lost::new("syntax", format!("`{path}` is no question; write ${{{path}}}"))),
            },
        },
        XPath::Call(function, arguments) => call(function, arguments, context),
        XPath::Negative(inner) => {
            let zero = XPath::Number("0".into());
            arithmetic(Operator::Minus, &zero, inner, context)
        }
        XPath::Binary(sign, left, right) => binary(*sign, left, right, context),
    }
}

fn named(name: &str, context: &Context<'_>) -> Result<Value, Lost> {
    match context.symbols.get(name) {
        Some(Symbol::Value(value)) => Ok(value.clone()),
        Some(Symbol::Gone(lost)) => Err(lost.clone()),
        None => {
            let like = context.symbols.like(name).map_or_else(String::new, |like| format!("; did you mean `{like}`?"));
            Err(Lost::new("name-unknown", format!("there is no question `{name}`{like}")))
        }
    }
}

fn binary(sign: Sign, left: &XPath, right: &XPath, context: &Context<'_>) -> Result<Value, Lost> {
    let op = match sign {
        Sign::Or | Sign::And => {
            let (left, right) = (truth(value(left, context)?)?, truth(value(right, context)?)?);
            let both = if sign == Sign::Or { Expr::or(left, right) } else { Expr::and(left, right) };
            return Ok(Value::Condition(both));
        }
        Sign::Plus => return arithmetic(Operator::Plus, left, right, context),
        Sign::Minus => return arithmetic(Operator::Minus, left, right, context),
        Sign::Times => return arithmetic(Operator::Times, left, right, context),
        Sign::Divide => return arithmetic(Operator::Divide, left, right, context),
        Sign::Remainder => return Err(Lost::new("function", "rules here have no `mod`")),
        Sign::Equal => Operator::Equal,
        Sign::NotEqual => Operator::NotEqual,
        Sign::Less => Operator::Less,
        Sign::LessEqual => Operator::LessOrEqual,
        Sign::Greater => Operator::Greater,
        Sign::GreaterEqual => Operator::GreaterOrEqual,
    };
    compare(op, value(left, context)?, value(right, context)?).map(|expr| match expr {
        Expr::Bool(value) => Value::Bool(value),
        expr => Value::Condition(expr),
    })
}

fn arithmetic(op: Operator, left: &XPath, right: &XPath, context: &Context<'_>) -> Result<Value, Lost> {
    let (left, right) = (value(left, context)?, value(right, context)?);
    if let (Value::Number(left), Value::Number(right)) = (&left, &right) {
        let (left, right) = (float(left), float(right));
        let result = match op {
            Operator::Plus => left + right,
            Operator::Minus => left - right,
            Operator::Times => left * right,
            _ => left / right,
        };
        let result = number(&format!("{result}")).ok_or_else(|| Lost::new("type", "it divides by zero"))?;
        return Ok(Value::Number(result));
    }
    Ok(Value::Sum(Expr::binary(op, summand(left)?, summand(right)?)))
}

/// A value to calculate with.
pub(super) fn summand(value: Value) -> Result<Expr, Lost> {
    match value {
        Value::Number(number) => Ok(Expr::Number(number)),
        Value::Text(text) => {
            let number = number(&text).ok_or_else(|| Lost::new("type", format!("it calculates with '{text}'")))?;
            Ok(Expr::Number(number))
        }
        Value::Sum(expr) => Ok(expr),
        Value::Answer(Answer { name, kind: Type::Number { .. }, .. }) => Ok(Expr::Name(name)),
        Value::Answer(Answer { kind: Type::Date, .. }) | Value::Day(_) => {
            Err(Lost::new("function", "rules here do not count the days between two dates"))
        }
        Value::Cases(..) => Err(Lost::new("function", "it calculates with a value that `if()` gives")),
        _ => Err(Lost::new("type", "it calculates with what is no number")),
    }
}

fn call(function: &str, arguments: &[XPath], context: &Context<'_>) -> Result<Value, Lost> {
    let argument = |number: usize| arguments.get(number).ok_or_else(|| wrong(function));
    let evaluated = |number: usize| value(argument(number)?, context);
    let literal = |number: usize| match evaluated(number)? {
        Value::Text(text) | Value::Number(text) => Ok(text),
        _ => Err(Lost::new("type", format!("`{function}()` must be given a text"))),
    };
    Ok(match (function, arguments.len()) {
        ("true", 0) => Value::Bool(true),
        ("false", 0) => Value::Bool(false),
        ("not", 1) => Value::Condition(Expr::negated(truth(evaluated(0)?)?)),
        ("boolean", 1) => Value::Condition(truth(evaluated(0)?)?),
        ("today", 0) => Value::Day(Expr::Call("today".into(), Vec::new())),
        ("selected", 2) => Value::Condition(selected(evaluated(0)?, &literal(1)?)?),
        ("selected-at", 2) => place(evaluated(0)?, &literal(1)?)?,
        ("count-selected", 1) => counted(evaluated(0)?)?,
        ("count", 1) => match evaluated(0)? {
            Value::Answer(Answer { name, kind: Type::Repeat, .. }) => {
                Value::Sum(Expr::Name(Name { part: Some(Part::Row("count".into())), ..name }))
            }
            _ => return Err(unknown(function)),
        },
        ("string-length", 1) => match evaluated(0)? {
            Value::Answer(Answer { name, kind: Type::Text, .. }) => Value::Sum(Expr::call("length", Expr::Name(name))),
            Value::Answer(answer) => Value::Length(answer),
            Value::Coded { yes, no, .. } if yes.len() == no.len() => Value::Number(yes.chars().count().to_string()),
            Value::Text(text) => Value::Number(text.chars().count().to_string()),
            _ => return Err(Lost::new("type", "it asks for the length of what is no text")),
        },
        ("regex", 2) => matching(evaluated(0)?, &anchored(&literal(1)?)?)?,
        ("contains", 2) => matching(evaluated(0)?, &regex::escape(&literal(1)?))?,
        ("starts-with", 2) => matching(evaluated(0)?, &format!("^{}", regex::escape(&literal(1)?)))?,
        ("ends-with", 2) => matching(evaluated(0)?, &format!("{}$", regex::escape(&literal(1)?)))?,
        ("date", 1) => match evaluated(0)? {
            Value::Text(text) if is_day(&text) => Value::Day(Expr::Date(text)),
            day @ (Value::Day(_) | Value::Answer(Answer { kind: Type::Date, .. })) => day,
            _ => return Err(Lost::new("type", "it makes a date of what is none")),
        },
        ("if", 3) => {
            let when = truth(evaluated(0)?)?;
            match when {
                Expr::Bool(true) => evaluated(1)?,
                Expr::Bool(false) => evaluated(2)?,
                when => cases(when, evaluated(1)?, evaluated(2)?),
            }
        }
        ("coalesce", 2) => match evaluated(0)? {
            Value::Answer(answer) => cases(answer.answered(), Value::Answer(answer), evaluated(1)?),
            _ => return Err(unknown(function)),
        },
        ("int" | "floor", 1) => match years(argument(0)?, context)? {
            Some(years) => years,
            None => match evaluated(0)? {
                whole @ Value::Answer(Answer { kind: Type::Number { whole: true }, .. }) => whole,
                Value::Number(number) if !number.contains('.') => Value::Number(number),
                _ => return Err(Lost::new("function", format!("rules here have no `{function}()`"))),
            },
        },
        ("number" | "string" | "once", 1) => evaluated(0)?,
        ("jr:choice-name", 2) => match evaluated(0)? {
            Value::Answer(answer) if matches!(answer.kind, Type::Single(_) | Type::Multi(_)) => Value::Label(answer),
            _ => return Err(unknown(function)),
        },
        _ => return Err(unknown(function)),
    })
}

fn wrong(function: &str) -> Lost {
    Lost::new("syntax", format!("`{function}()` is given too little"))
}

fn unknown(function: &str) -> Lost {
    Lost::new("function", format!("rules here have no `{function}()` of this kind"))
}

/// One value or another.
fn cases(when: Expr, then: Value, otherwise: Value) -> Value {
    match (then, otherwise) {
        (then, Value::Cases(mut more, last)) => {
            more.insert(0, (when, then));
            Value::Cases(more, last)
        }
        (then, otherwise) => Value::Cases(vec![(when, then)], Box::new(otherwise)),
    }
}

/// `int((today() - ${born}) div 365.25)`: full years since a day.
fn years(argument: &XPath, context: &Context<'_>) -> Result<Option<Value>, Lost> {
    let XPath::Binary(Sign::Divide, days, year) = argument else { return Ok(None) };
    let XPath::Binary(Sign::Minus, now, since) = days.as_ref() else { return Ok(None) };
    let is_year = matches!(year.as_ref(), XPath::Number(days) if ["365", "365.25", "365.24"].contains(&days.as_str()));
    let is_now = matches!(now.as_ref(), XPath::Call(name, none) if name == "today" && none.is_empty());
    if !is_year || !is_now {
        return Ok(None);
    }
    match value(since, context)? {
        Value::Answer(Answer { name, kind: Type::Date, .. }) => {
            Ok(Some(Value::Sum(Expr::call("years_since", Expr::Name(name)))))
        }
        _ => Ok(None),
    }
}

fn selected(value: Value, option: &str) -> Result<Expr, Lost> {
    match value {
        Value::Answer(Answer { name, kind: Type::Multi(options), .. }) => {
            let ids = known(&options, option, &name.item)?;
            let is = ids.iter().map(|id| Expr::binary(Operator::In, Expr::Text(id.clone()), Expr::Name(name.clone())));
            Ok(is.fold(Expr::Bool(false), Expr::or))
        }
        Value::Answer(Answer { kind: Type::Rank(_) | Type::Text | Type::Number { .. }, .. }) => {
            Err(Lost::new("type", "it looks for an option where none can be chosen"))
        }
        value => compare(Operator::Equal, value, Value::Text(option.to_string())),
    }
}

/// The ids of an option, which must be there.
pub(super) fn known(options: &super::typed::Options, option: &str, question: &str) -> Result<Vec<String>, Lost> {
    let ids: Vec<String> = options.ids(option).into_iter().map(str::to_string).collect();
    if !ids.is_empty() {
        return Ok(ids);
    }
    let like = options.like(option).map_or_else(String::new, |like| format!("; did you mean `{like}`?"));
    Err(Lost::new("option-unknown", format!("`{option}` is no option of `{question}`{like}")))
}

fn place(value: Value, number: &str) -> Result<Value, Lost> {
    match value {
        Value::Answer(Answer { name, kind: Type::Rank(options), .. }) => {
            let place =
                number.parse::<usize>().ok().and_then(|place| place.checked_add(1)).filter(|place| *place < 1_000);
            let place = place.ok_or_else(|| wrong("selected-at"))?;
            let name = Name { part: Some(Part::Place(place)), ..name };
            Ok(Value::Answer(Answer { name, kind: Type::Single(options), worked_out: false }))
        }
        _ => Err(unknown("selected-at")),
    }
}

fn counted(value: Value) -> Result<Value, Lost> {
    match value {
        Value::Answer(Answer { name, kind: Type::Multi(_) | Type::Rank(_), .. }) => {
            Ok(Value::Sum(Expr::call("count", Expr::Name(name))))
        }
        Value::Answer(answer @ Answer { kind: Type::Single(_), .. }) => {
            Ok(cases(answer.answered(), Value::Number("1".into()), Value::Number("0".into())))
        }
        _ => Err(Lost::new("type", "it counts options where none can be chosen")),
    }
}

fn matching(value: Value, pattern: &str) -> Result<Value, Lost> {
    if pattern.contains('\'') {
        return Err(Lost::new("regex", "its pattern contains `'`, which cannot stand in a rule"));
    }
    match value {
        Value::Answer(Answer { name, kind: Type::Text, .. }) => {
            let parts = vec![Expr::Name(name), Expr::Text(pattern.to_string())];
            Ok(Value::Condition(Expr::Call("matches".into(), parts)))
        }
        Value::Text(text) => Ok(Value::Bool(regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&text)))),
        Value::Answer(Answer { name, kind: Type::Single(options), .. }) => {
            let regex = regex::Regex::new(pattern).map_err(|_| unknown("regex"))?;
            let fitting = options.0.iter().filter(|(option, _)| regex.is_match(option));
            let is = fitting.map(|(_, id)| equal_text(&name, id));
            Ok(Value::Condition(is.fold(Expr::Bool(false), Expr::or)))
        }
        _ => Err(Lost::new("type", "it matches what is no text")),
    }
}
