//! The `constraint` of a row, for other programs: the limits that our questions have of themselves, and the checks.

use serde_json::{Map, Value as Json};

use super::grid::Cells;
use super::xpath::{Names, condition};
use crate::exchange::pattern::anywhere;
use crate::exchange::rule::parse;

/// Writes the limits of a question.
pub(super) fn limits(cells: &mut Cells, question: &Map<String, Json>, kind: &str) {
    let number = |key: &str| question.get(key).filter(|value| value.is_number()).map(Json::to_string);
    let text = |key: &str| question.get(key).and_then(Json::as_str);
    let mut parts: Vec<String> = Vec::new();
    let mut bound = |what: &str, sign: &str, value: Option<String>| {
        parts.extend(value.map(|value| format!("{what} {sign} {value}")));
    };
    match kind {
        "number" => {
            bound(".", ">=", number("min"));
            bound(".", "<=", number("max"));
            if let Some(step) = number("step") {
                bound(
                    &format!("(. - {}) mod {step}", number("min").unwrap_or_else(|| "0".into())),
                    "=",
                    Some("0".into()),
                );
            }
        }
        "date" => {
            bound(".", ">=", text("min").map(|day| format!("date('{day}')")));
            bound(".", "<=", text("max").map(|day| format!("date('{day}')")));
        }
        "text" => {
            bound("string-length(.)", ">=", number("min_chars"));
            bound("string-length(.)", "<=", number("max_chars"));
            if let Some(pattern) = text("pattern").filter(|pattern| !pattern.contains('\'') && !pattern.contains("${"))
            {
                parts.push(format!("regex(., '{}')", anywhere(pattern, ".*")));
            }
        }
        "email" => parts.push("regex(., '^[^@ ]+@[^@ ]+$')".into()),
        "multi" => {
            bound("count-selected(.)", ">=", number("min"));
            bound("count-selected(.)", "<=", number("max"));
        }
        _ => {}
    }
    if !parts.is_empty() {
        cells.set("constraint", parts.join(" and "));
        cells.set("constraint_message", text("pattern_message").unwrap_or_default().replace("${", "$ {"));
    }
}

/// Adds the options that stand alone and the checks that are made here.
pub(super) fn others(cells: &mut Cells, definition: &Map<String, Json>, id: &str, names: &Names, repeat: &str) {
    if !repeat.is_empty() {
        return;
    }
    let mut parts: Vec<String> = cells.0.get("constraint").cloned().into_iter().collect();
    let order = order(definition);
    let at = |wanted: &str| order.iter().position(|known| *known == wanted);
    let checks = definition.get("checks").and_then(Json::as_array);
    for check in checks.into_iter().flatten() {
        let Some(expr) = check.get("rule").and_then(Json::as_str).and_then(parse) else { continue };
        let last = expr.items().into_iter().filter_map(at).max();
        let is_error = check.get("level").and_then(Json::as_str) != Some("warn");
        if last != at(id) || last.is_none() || !is_error {
            continue;
        }
        if let Ok(xpath) = condition(&expr, names) {
            parts.push(format!("({xpath})"));
            if let Some(message) = check.get("message").and_then(Json::as_str)
                && !cells.0.contains_key("constraint_message")
            {
                cells.set("constraint_message", message.replace("${", "$ {"));
            }
        }
    }
    for option in alone(definition, id) {
        parts.push(format!("not(selected(., '{option}') and count-selected(.) > 1)"));
    }
    cells.set("constraint", parts.join(" and "));
}

/// The ids of all questions, in order.
fn order(definition: &Map<String, Json>) -> Vec<&str> {
    questions(definition).filter_map(|question| question.get("id").and_then(Json::as_str)).collect()
}

fn questions(definition: &Map<String, Json>) -> impl Iterator<Item = &Json> {
    let pages = definition.get("pages").and_then(Json::as_array).into_iter().flatten();
    pages.filter_map(|page| page.get("questions").and_then(Json::as_array)).flatten()
}

/// The options of a question of several that cannot be chosen with others.
fn alone<'a>(definition: &'a Map<String, Json>, id: &str) -> Vec<&'a str> {
    let question = questions(definition).find(|question| question.get("id").and_then(Json::as_str) == Some(id));
    let Some(question) = question.filter(|question| question.get("type").and_then(Json::as_str) == Some("multi"))
    else {
        return Vec::new();
    };
    let options = match question.get("options") {
        Some(Json::String(list)) => definition.get("lists").and_then(|lists| lists.get(list)),
        options => options,
    };
    let options = options.and_then(Json::as_array).into_iter().flatten();
    let alone = options.filter(|option| option.get("exclusive") == Some(&Json::Bool(true)));
    alone.filter_map(|option| option.get("id").and_then(Json::as_str)).collect()
}
