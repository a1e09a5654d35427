//! A rule of ours said in FHIR: as `enableWhen` where it is one flat and/or, as `FHIRPath` where it is nested.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::exchange::rule::{self, Expr, Name, Operator, Part, is_day, turned};

/// A code that can be chosen, with the option that it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Offer {
    /// The option's id.
    pub(super) id: String,
    /// The system of its code, if it has one.
    pub(super) system: Option<String>,
    /// Its code.
    pub(super) code: String,
}

impl Offer {
    /// The code as FHIR writes it.
    pub(super) fn coding(&self) -> Value {
        let mut coding = Map::new();
        super::json::put(&mut coding, "system", self.system.clone());
        coding.insert("code".into(), self.code.as_str().into());
        Value::Object(coding)
    }
}

/// How a question is answered, as far as a rule can ask.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Consent,
    /// The options, and whether one of them takes a text.
    Single(Rc<Vec<Offer>>, bool),
    Multi(Rc<Vec<Offer>>),
    Text,
    /// True if it may have decimals.
    Number(bool),
    Date,
    Rate(Rc<Vec<String>>, Rc<Vec<Offer>>),
    Rank(Rc<Vec<String>>),
    Allocate(Rc<Vec<String>>),
    Repeat,
    /// No rule on it can be said in FHIR.
    Unsaid,
}

/// Finds a question by its id.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<Asked>;

/// A rule in FHIR.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// Conditions of `enableWhen`, and `enableBehavior` where there are several.
    When(Vec<Value>, Option<&'static str>),
    /// A `FHIRPath` expression on the response.
    Path(String),
    /// What it says has no form in FHIR that means just the same.
    Unsaid,
}

/// Says a rule in FHIR.
pub(super) fn say(text: &str, lookup: Lookup<'_>) -> Said {
    let Some(condition) = rule::parse(text).and_then(|expr| condition(&expr, lookup)) else { return Said::Unsaid };
    match when(&condition) {
        Some((conditions, behavior)) => Said::When(conditions, behavior),
        None => Said::Path(path(&condition)),
    }
}

/// Says that a rule does not hold.
pub(super) fn say_not(text: &str, lookup: Lookup<'_>) -> Said {
    say(&format!("not ({text})"), lookup)
}

/// The `FHIRPath` of a rule, also of a flat one.
pub(super) fn say_path(text: &str, lookup: Lookup<'_>) -> Option<String> {
    Some(path(&condition(&rule::parse(text)?, lookup)?))
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// Question, operator, type of the answer, answer.
    When(String, &'static str, &'static str, Value),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// A `FHIRPath` expression that is true or false.
    Path(String),
}

fn exists(link: impl Into<String>, does: bool) -> Condition {
    Condition::When(link.into(), "exists", "Boolean", does.into())
}

fn condition(expr: &Expr, lookup: Lookup<'_>) -> Option<Condition> {
    match expr {
        Expr::Not(inner) => Some(negated(condition(inner, lookup)?)),
        Expr::Binary(Operator::And, left, right) => {
            Some(joined(true, [condition(left, lookup)?, condition(right, lookup)?]))
        }
        Expr::Binary(Operator::Or, left, right) => {
            Some(joined(false, [condition(left, lookup)?, condition(right, lookup)?]))
        }
        Expr::Binary(Operator::NotEqual, left, right) => {
            Some(negated(comparison(Operator::Equal, left, right, lookup)?))
        }
        Expr::Binary(Operator::NotIn, left, right) => Some(negated(membership(left, right, lookup)?)),
        Expr::Binary(Operator::In, left, right) => membership(left, right, lookup),
        Expr::Binary(operator, left, right) if *operator == Operator::Equal || operator.is_ordering() => {
            comparison(*operator, left, right, lookup)
        }
        Expr::Name(name) => comparison(Operator::Equal, &Expr::Name(name.clone()), &Expr::Bool(true), lookup),
        Expr::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("answered", [Expr::Name(name)]) => answered(name, lookup),
            _ => None,
        },
        _ => None,
    }
}

/// All or any of the parts, without those of the same kind within each other.
fn joined(all: bool, parts: impl IntoIterator<Item = Condition>) -> Condition {
    let parts = parts.into_iter().flat_map(|part| match part {
        Condition::All(parts) if all => parts,
        Condition::Any(parts) if !all => parts,
        other => vec![other],
    });
    if all { Condition::All(parts.collect()) } else { Condition::Any(parts.collect()) }
}

/// The opposite; true wherever the condition is false, so also of a question that is not answered.
fn negated(condition: Condition) -> Condition {
    match condition {
        Condition::All(parts) => joined(false, parts.into_iter().map(negated)),
        Condition::Any(parts) => joined(true, parts.into_iter().map(negated)),
        Condition::Path(path) => Condition::Path(format!("({path}).not()")),
        Condition::When(link, "exists", _, does) => exists(link, does != Value::Bool(true)),
        Condition::When(link, "=", kind, answer) => Condition::When(link, "!=", kind, answer),
        Condition::When(link, "!=", kind, answer) => Condition::When(link, "=", kind, answer),
        Condition::When(link, operator, kind, answer) => {
            let opposite = match operator {
                "<" => ">=",
                "<=" => ">",
                ">" => "<=",
                _ => "<",
            };
            Condition::Any(vec![Condition::When(link.clone(), opposite, kind, answer), exists(link, false)])
        }
    }
}

fn answered(name: &Name, lookup: Lookup<'_>) -> Option<Condition> {
    let asked = lookup(&name.item)?;
    let of_rows =
        |rows: &[String]| Condition::Any(rows.iter().map(|row| exists(format!("{}.{row}", name.item), true)).collect());
    match (&asked, &name.part) {
        (Asked::Rate(rows, _) | Asked::Rank(rows) | Asked::Allocate(rows), None) => Some(of_rows(rows)),
        (Asked::Rate(rows, _), Some(Part::Row(row))) if rows.contains(row) => {
            Some(exists(format!("{}.{row}", name.item), true))
        }
        // A row without points has 0 once any are given.
        (Asked::Allocate(rows), Some(Part::Row(row))) if rows.contains(row) => Some(of_rows(rows)),
        (Asked::Rank(rows), Some(Part::Place(place))) => {
            let given = |row| Condition::When(format!("{}.{row}", name.item), "=", "Integer", (*place).into());
            Some(Condition::Any(rows.iter().map(given).collect()))
        }
        (Asked::Repeat, None) => Some(Condition::Path(entries(&name.item, "exists()"))),
        (Asked::Unsaid | Asked::Repeat | Asked::Rank(_) | Asked::Rate(..) | Asked::Allocate(_), _) | (_, Some(_)) => {
            None
        }
        (_, None) => Some(exists(&name.item, true)),
    }
}

/// A question on what was entered in a repeating group.
fn entries(link: &str, asks: &str) -> String {
    format!("%resource.descendants().where(linkId = '{link}' and item.answer.exists()).{asks}")
}

fn membership(left: &Expr, right: &Expr, lookup: Lookup<'_>) -> Option<Condition> {
    match (left, right) {
        (Expr::Text(id), Expr::Name(Name { item, part: None })) => match lookup(item)? {
            Asked::Multi(offers) => coded(item.clone(), &offers, id),
            _ => None,
        },
        (Expr::Name(_), Expr::List(values)) if !values.is_empty() => {
            let each = values.iter().map(|value| comparison(Operator::Equal, left, value, lookup));
            let mut each = each.collect::<Option<Vec<_>>>()?;
            if each.len() == 1 { each.pop() } else { Some(Condition::Any(each)) }
        }
        _ => None,
    }
}

fn coded(link: String, offers: &[Offer], id: &str) -> Option<Condition> {
    let offer = offers.iter().find(|offer| offer.id == id)?;
    Some(Condition::When(link, "=", "Coding", offer.coding()))
}

fn comparison(operator: Operator, left: &Expr, right: &Expr, lookup: Lookup<'_>) -> Option<Condition> {
    match (left, right) {
        (Expr::Name(name), _) => compared(name, operator, right, lookup),
        (Expr::Call(function, arguments), Expr::Number(number)) if function == "count" => {
            let [Expr::Name(Name { item, part: None })] = arguments.as_slice() else { return None };
            let counted = match lookup(item)? {
                Asked::Multi(_) => format!("%resource.descendants().where(linkId = '{item}').answer"),
                Asked::Rate(..) | Asked::Rank(_) => {
                    format!("%resource.descendants().where(linkId.startsWith('{item}.')).answer")
                }
                _ => return None,
            };
            Some(Condition::Path(format!("{counted}.count() {} {number}", sign(operator))))
        }
        (Expr::Call(..), _) => None,
        (_, Expr::Name(_) | Expr::Call(..)) => comparison(turned(operator), right, left, lookup),
        _ => None,
    }
}

/// The sign of a comparison in `FHIRPath` and `enableWhen`.
fn sign(operator: Operator) -> &'static str {
    if operator == Operator::Equal { "=" } else { operator.sign() }
}

fn compared(name: &Name, operator: Operator, right: &Expr, lookup: Lookup<'_>) -> Option<Condition> {
    let Name { item, part } = name;
    let when = |link: String, kind, answer: Value| Some(Condition::When(link, sign(operator), kind, answer));
    match (lookup(item)?, part, right) {
        (Asked::Consent, None, Expr::Bool(ticked)) if operator == Operator::Equal => {
            let ticks = Condition::When(item.clone(), "=", "Boolean", true.into());
            Some(if *ticked { ticks } else { negated(ticks) })
        }
        (Asked::Single(offers, _), None, Expr::Text(id)) if operator == Operator::Equal => {
            coded(item.clone(), &offers, id)
        }
        (Asked::Single(_, true), Some(Part::Row(other)), Expr::Text(text))
            if other == "other" && operator == Operator::Equal =>
        {
            when(format!("{item}.other"), "String", worded(text)?)
        }
        (Asked::Rate(rows, offers), Some(Part::Row(row)), Expr::Text(id))
            if operator == Operator::Equal && rows.contains(row) =>
        {
            coded(format!("{item}.{row}"), &offers, id)
        }
        (Asked::Rank(rows), Some(Part::Place(place)), Expr::Text(row))
            if operator == Operator::Equal && rows.contains(row) =>
        {
            when(format!("{item}.{row}"), "Integer", (*place).into())
        }
        (Asked::Text, None, Expr::Text(text)) if operator == Operator::Equal => {
            when(item.clone(), "String", worded(text)?)
        }
        (Asked::Number(decimal), None, Expr::Number(number)) => Some(numbered(item.clone(), operator, decimal, number)),
        (Asked::Allocate(rows), Some(Part::Row(row)), Expr::Number(number)) if rows.contains(row) => {
            let link = format!("{item}.{row}");
            let given = numbered(link.clone(), operator, false, number);
            if !zero_fits(operator, number)? {
                return Some(given);
            }
            // An empty field counts as 0 once any points are given.
            let total = answered(&Name { item: item.clone(), part: None }, lookup)?;
            Some(Condition::All(vec![total, Condition::Any(vec![given, exists(link, false)])]))
        }
        (Asked::Date, None, right) => when(item.clone(), "Date", day(right)?.into()),
        (Asked::Repeat, Some(Part::Row(count)), Expr::Number(number)) if count == "count" => {
            Some(Condition::Path(entries(item, &format!("count() {} {number}", sign(operator)))))
        }
        _ => None,
    }
}

fn numbered(link: String, operator: Operator, decimal: bool, number: &str) -> Condition {
    let small = number.parse::<i32>().ok();
    match small {
        Some(whole) if !decimal => Condition::When(link, sign(operator), "Integer", whole.into()),
        _ if decimal => {
            Condition::When(link, sign(operator), "Decimal", serde_json::from_str(number).unwrap_or_default())
        }
        // The answer must be of the question's type, and a whole number is not 1.5.
        _ => Condition::Path(values(&link, &format!("value {} {number}", sign(operator)))),
    }
}

fn zero_fits(operator: Operator, number: &str) -> Option<bool> {
    let zero = 0.0_f64.partial_cmp(&number.parse().ok()?)?;
    Some(match operator {
        Operator::Equal => zero.is_eq(),
        Operator::Less => zero.is_lt(),
        Operator::LessOrEqual => zero.is_le(),
        Operator::Greater => zero.is_gt(),
        _ => zero.is_ge(),
    })
}

/// A text that FHIR can compare: its texts do not begin or end with a space, and are not empty.
fn worded(text: &str) -> Option<Value> {
    (!text.is_empty() && text.trim() == text && !text.contains('\\')).then(|| text.into())
}

fn day(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Text(text) => Some(text.as_str()).filter(|text| is_day(text)),
        Expr::Date(day) => Some(day),
        _ => None,
    }
}

/// The conditions of `enableWhen`, if it can say this.
fn when(condition: &Condition) -> Option<(Vec<Value>, Option<&'static str>)> {
    let flat = |parts: &[Condition], behavior| {
        let parts = parts.iter().map(written).collect::<Option<Vec<_>>>()?;
        let behavior = (parts.len() > 1).then_some(behavior);
        (!parts.is_empty()).then_some((parts, behavior))
    };
    match condition {
        Condition::When(..) => flat(std::slice::from_ref(condition), "all"),
        Condition::All(parts) => flat(parts, "all"),
        Condition::Any(parts) => flat(parts, "any"),
        Condition::Path(_) => None,
    }
}

fn written(condition: &Condition) -> Option<Value> {
    let Condition::When(link, operator, kind, answer) = condition else { return None };
    Some(json!({"question": link, "operator": operator, format!("answer{kind}"): answer}))
}

/// A question on the answers to an item.
fn values(link: &str, holds: &str) -> String {
    format!("%resource.descendants().where(linkId = '{link}').answer.where({holds}).exists()")
}

fn path(condition: &Condition) -> String {
    let each = |parts: &[Condition], word: &str, none: &str| {
        let parts: Vec<String> = parts.iter().map(|part| format!("({})", path(part))).collect();
        if parts.is_empty() { none.to_string() } else { parts.join(word) }
    };
    match condition {
        Condition::All(parts) => each(parts, " and ", "true"),
        Condition::Any(parts) => each(parts, " or ", "false"),
        Condition::Path(path) => path.clone(),
        Condition::When(link, "exists", _, does) => {
            let not = if *does == Value::Bool(true) { "" } else { ".not()" };
            format!("%resource.descendants().where(linkId = '{link}').answer.exists(){not}")
        }
        Condition::When(link, operator, kind, answer) => {
            let compare = |value: &str, sign: &str| match *kind {
                "Coding" => {
                    let system = answer.get("system").and_then(Value::as_str);
                    let system = system.map(|system| format!("value.system = '{}' and ", quoted(system)));
                    let code = answer.get("code").and_then(Value::as_str).unwrap_or_default();
                    format!("{}value.code = '{}'", system.unwrap_or_default(), quoted(code))
                }
                "String" => format!("value {sign} '{}'", quoted(answer.as_str().unwrap_or_default())),
                "Date" => format!("value {sign} @{value}"),
                _ => format!("value {sign} {value}"),
            };
            let value = answer.as_str().map_or_else(|| answer.to_string(), str::to_string);
            match *operator {
                "!=" => format!("{}.not()", values(link, &compare(&value, "="))),
                operator => values(link, &compare(&value, operator)),
            }
        }
    }
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}
