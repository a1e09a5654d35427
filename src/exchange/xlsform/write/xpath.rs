//! From a rule of ours to an expression that other programs read.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::exchange::pattern::anywhere;
use crate::exchange::rule::{Expr, Name, Operator, Part, parse};

/// What a name of ours is in the workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A question of its own, under a name.
    Plain { kind: String, name: String },
    /// A table: the names of its rows by their ids.
    Table { kind: String, rows: Vec<(String, String)> },
    /// A value that is worked out; true for a condition.
    Value { condition: bool },
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) asked: BTreeMap<String, Asked>,
    /// The texts beside options, by question.
    pub(super) beside: BTreeMap<String, Vec<String>>,
}

/// Why a rule has no expression, in words.
pub(super) type NoXPath = String;

/// A condition.
pub(super) fn condition(expr: &Expr, names: &Names) -> Result<String, NoXPath> {
    match expr {
        Expr::Bool(value) => Ok(format!("{value}()")),
        Expr::Name(name) => named_condition(name, names),
        Expr::Not(inner) => Ok(format!("not({})", condition(inner, names)?)),
        Expr::Binary(Operator::And, left, right) => {
            Ok(format!("{} and {}", part(left, names, Operator::And)?, part(right, names, Operator::And)?))
        }
        Expr::Binary(Operator::Or, left, right) => {
            Ok(format!("{} or {}", part(left, names, Operator::Or)?, part(right, names, Operator::Or)?))
        }
        Expr::Binary(op @ (Operator::In | Operator::NotIn), left, right) => {
            let within = within(left, right, names)?;
            Ok(if *op == Operator::NotIn { format!("not({within})") } else { within })
        }
        Expr::Binary(op, left, right) => {
            let sign = match op {
                Operator::Equal => "=",
                Operator::NotEqual => "!=",
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Greater => ">",
                Operator::GreaterOrEqual => ">=",
                _ => return Err("it is no condition".into()),
            };
            Ok(format!("{} {sign} {}", value(left, names)?, value(right, names)?))
        }
        Expr::Call(function, parts) => match (function.as_str(), parts.as_slice()) {
            ("answered", [Expr::Name(name)]) => answered(name, names),
            ("matches", [text, Expr::Text(pattern)]) => {
                Ok(format!("regex({}, '{}')", value(text, names)?, anywhere(pattern, ".*")))
            }
            _ => Err(format!("an XLSForm has no `{function}()` of this kind")),
        },
        _ => Err("it is no condition".into()),
    }
}

/// A part of `and` or `or`, in brackets where it must be.
fn part(expr: &Expr, names: &Names, around: Operator) -> Result<String, NoXPath> {
    let text = condition(expr, names)?;
    let brackets = match expr {
        Expr::Binary(Operator::Or | Operator::In, ..) => around == Operator::And,
        _ => false,
    };
    Ok(if brackets { format!("({text})") } else { text })
}

fn named_condition(name: &Name, names: &Names) -> Result<String, NoXPath> {
    match names.asked.get(&name.item) {
        Some(Asked::Plain { kind, name }) if kind == "consent" => Ok(format!("${{{name}}} = 'OK'")),
        Some(Asked::Value { condition: true }) => Ok(format!("${{{}}} = '1'", name.item)),
        _ => Err(format!("`{}` is no condition", name.item)),
    }
}

fn within(left: &Expr, right: &Expr, names: &Names) -> Result<String, NoXPath> {
    match (left, right) {
        (Expr::Text(option), Expr::Name(name)) => Ok(format!("selected({}, '{option}')", reference(name, names)?)),
        (left, Expr::List(options)) => {
            let left = value(left, names)?;
            let mut is = Vec::new();
            for option in options {
                is.push(format!("{left} = {}", value(option, names)?));
            }
            Ok(if is.is_empty() { "false()".to_string() } else { is.join(" or ") })
        }
        _ => Err("it asks for something within what is no list".into()),
    }
}

fn answered(name: &Name, names: &Names) -> Result<String, NoXPath> {
    match (names.asked.get(&name.item), &name.part) {
        (Some(Asked::Plain { kind, name }), None) if kind == "repeat" => Ok(format!("count(${{{name}}}) > 0")),
        (Some(Asked::Table { rows, .. }), None) => {
            let any: Vec<String> = rows.iter().map(|(_, name)| format!("${{{name}}} != ''")).collect();
            Ok(format!("({})", any.join(" or ")))
        }
        (Some(Asked::Plain { kind, .. }), None) if kind == "consent" => named_condition(name, names),
        _ => Ok(format!("{} != ''", reference(name, names)?)),
    }
}

/// `${question}` for a name.
fn reference(name: &Name, names: &Names) -> Result<String, NoXPath> {
    let asked = names.asked.get(&name.item).ok_or_else(|| format!("there is no question `{}`", name.item))?;
    match (asked, &name.part) {
        (Asked::Plain { name, .. }, None) => Ok(format!("${{{name}}}")),
        (Asked::Value { condition: false }, None) => Ok(format!("${{{}}}", name.item)),
        (Asked::Plain { kind, name }, Some(Part::Place(place))) if kind == "rank" => {
            Ok(format!("selected-at(${{{name}}}, {})", place.saturating_sub(1)))
        }
        (Asked::Plain { kind, name }, Some(Part::Row(part))) if kind == "repeat" && part == "count" => {
            Ok(format!("count(${{{name}}})"))
        }
        (Asked::Plain { .. }, Some(Part::Row(part))) if part == "other" => {
            let beside = names.beside.get(&name.item).map_or(&[][..], Vec::as_slice);
            let mut texts = beside.iter().rev().map(|name| format!("${{{name}}}"));
            let last = texts.next().ok_or("the question has no text beside an option")?;
            Ok(texts.fold(last, |rest, text| format!("coalesce({text}, {rest})")))
        }
        (Asked::Table { rows, .. }, Some(Part::Row(row))) => {
            let found = rows.iter().find(|(id, _)| id == row).ok_or_else(|| format!("there is no row `{row}`"))?;
            Ok(format!("${{{}}}", found.1))
        }
        _ => Err(format!("`{}` has no counterpart in an XLSForm", name.item)),
    }
}

/// A value.
pub(super) fn value(expr: &Expr, names: &Names) -> Result<String, NoXPath> {
    match expr {
        Expr::Number(number) => Ok(number.clone()),
        Expr::Text(text) => Ok(format!("'{text}'")),
        Expr::Date(day) => Ok(format!("date('{day}')")),
        Expr::Name(name) => match named_condition(name, names) {
            Ok(condition) => Ok(format!("({condition})")),
            Err(_) => reference(name, names),
        },
        Expr::Binary(op @ (Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide), left, right) => {
            let sign = match op {
                Operator::Plus => "+",
                Operator::Minus => "-",
                Operator::Times => "*",
                _ => "div",
            };
            Ok(format!("({} {sign} {})", value(left, names)?, value(right, names)?))
        }
        Expr::Call(function, parts) => match (function.as_str(), parts.as_slice()) {
            ("today", []) => Ok("today()".into()),
            ("length", [Expr::Name(name)]) => Ok(format!("string-length({})", reference(name, names)?)),
            ("years_since", [date]) => Ok(format!("int((today() - {}) div 365.25)", value(date, names)?)),
            ("count", [Expr::Name(name)]) => match names.asked.get(&name.item) {
                Some(Asked::Table { rows, .. }) => {
                    let each: Vec<String> =
                        rows.iter().map(|(_, name)| format!("if(${{{name}}} != '', 1, 0)")).collect();
                    Ok(format!("({})", each.join(" + ")))
                }
                _ => Ok(format!("count-selected({})", reference(name, names)?)),
            },
            ("sum", [Expr::Name(name)]) => match names.asked.get(&name.item) {
                Some(Asked::Table { rows, .. }) => {
                    let each: Vec<String> =
                        rows.iter().map(|(_, name)| format!("number(coalesce(${{{name}}}, 0))")).collect();
                    Ok(format!("({})", each.join(" + ")))
                }
                _ => Err("it adds up what is no table".into()),
            },
            _ => Err(format!("an XLSForm has no `{function}()` of this kind")),
        },
        _ => condition(expr, names).map(|condition| format!("({condition})")),
    }
}

/// A text of ours as a label: its pipes as `${question}`, and whether reading it again gives the same.
pub(super) fn label(text: &str, names: &Names) -> (String, bool) {
    let mut out = String::new();
    let mut exact = !text.contains("${");
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            exact = false;
            continue;
        };
        let (id, otherwise) =
            inside.split_once('|').map_or((inside.trim(), None), |(id, rest)| (id.trim(), Some(rest)));
        let name = parse(id).and_then(|expr| match expr {
            Expr::Name(name) => reference(&name, names).ok().map(|reference| (name, reference)),
            _ => None,
        });
        match name {
            Some((name, reference)) if reference.starts_with("${") => {
                out.push_str(&reference);
                let is_answer = !matches!(names.asked.get(&name.item), Some(Asked::Plain { kind, .. }) if matches!(kind.as_str(), "note" | "repeat"));
                exact &= is_answer && otherwise.is_none() && name.part.is_none() && inside == format!(" {id} ");
            }
            _ => {
                out.push('…');
                exact = false;
            }
        }
        rest = after;
    }
    out.push_str(rest);
    if text.contains("${") {
        out = out.replace("${", "$ {");
        // What was piped is named again.
        exact = false;
    }
    (out, exact)
}

/// True if a value is worked out as a condition.
pub(super) fn is_condition(expr: &Expr, names: &Names) -> bool {
    match expr {
        Expr::Bool(_) | Expr::Not(_) => true,
        Expr::Binary(op, ..) => !matches!(op, Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide),
        Expr::Call(function, _) => matches!(function.as_str(), "answered" | "matches"),
        Expr::Name(name) => named_condition(name, names).is_ok(),
        _ => false,
    }
}

/// The ids in a list of options or rows.
pub(super) fn ids(list: &Json) -> Vec<String> {
    let options = list.as_array().map(Vec::as_slice).unwrap_or_default();
    options.iter().filter_map(|option| option.get("id").and_then(Json::as_str)).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let plain = |kind: &str, name: &str| (name.to_string(), Asked::Plain { kind: kind.into(), name: name.into() });
        let rows = vec![("a".to_string(), "support_a".to_string()), ("b".to_string(), "support_b".to_string())];
        let table = ("support".to_string(), Asked::Table { kind: "rate".into(), rows });
        let asked =
            [plain("single", "role"), plain("multi", "travel"), plain("consent", "agree"), plain("rank", "top"), table];
        Names { asked: asked.into_iter().collect(), beside: BTreeMap::new() }
    }

    #[test]
    fn rules_become_expressions() {
        for (rule, xpath) in [
            ("role in ['a', 'b'] and agree", "(${role} = 'a' or ${role} = 'b') and ${agree} = 'OK'"),
            ("'bus' in travel or not answered(role)", "selected(${travel}, 'bus') or not(${role} != '')"),
            ("support.a == 'x' and top[1] == 'y'", "${support_a} = 'x' and selected-at(${top}, 0) = 'y'"),
            ("count(travel) >= 2", "count-selected(${travel}) >= 2"),
            ("matches(role, 'x')", "regex(${role}, '.*(?:x).*')"),
        ] {
            assert_eq!(condition(&parse(rule).unwrap(), &names()).unwrap(), xpath);
        }
    }

    #[test]
    fn pipes_become_references() {
        assert_eq!(label("You are {{ role }}.", &names()), ("You are ${role}.".to_string(), true));
        assert_eq!(label("{{role}} {{ label('x') }}", &names()), ("${role} …".to_string(), false));
        assert!(!label("costs ${5}", &names()).1);
    }
}
