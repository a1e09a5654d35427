//! From a row to a question.

use serde_json::{Map, Value as Json, json};

use super::constraints::limits;
use super::declare::{TableOf, appearance, is_header, is_shown_only, list_of};
use super::import::{Import, Rule, Unit, code};
use super::kinds::{Block, Choose, Kind};
use super::own;
use super::texts::Shape;
use super::translate::Context;
use super::tree::{Node, yes_no};
use super::typed::{Answer, Symbol, Value};
use crate::exchange::report::Fate;
use crate::exchange::rule::{Expr, named};

const TIME: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
const DATE_TIME: &str = "^[0-9]{4}-[0-1][0-9]-[0-3][0-9] ([01][0-9]|2[0-3]):[0-5][0-9]$";
/// Columns with files.
const FILES: [&str; 4] = ["image", "big-image", "audio", "video"];

/// What stands between `begin` and the question itself: where a question belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Page,
    Repeat,
}

/// The question of a row, if it asks or says something.
pub(super) fn question(import: &mut Import, node: &Node, inside: Inside) -> Option<Unit> {
    if let Some(unit) = import.stand_ins.remove(&node.place) {
        return Some(unit);
    }
    if matches!(node.kind, Kind::Calculate) {
        if inside == Inside::Repeat {
            let message =
                format!("`{}` is worked out for each entry, which values here cannot be; it was left out.", node.name);
            import.notes.add("calculation-lost", Fate::Dropped, node.at("calculation"), None, message);
        }
        return None;
    }
    if import.is_own() && node.row.get("canvass_type") == Some("page_text") {
        return None;
    }
    let kind = type_of(import, node)?;
    let mut unit = Unit { id: node.id.clone(), json: Map::new(), rule: Rule::None, needs: Vec::new() };
    words(import, node, kind, &mut unit);
    required(import, node, kind, inside, &mut unit);
    let (rule, needs) = import.relevant(node);
    unit.rule = rule;
    unit.needs.extend(needs);
    details(import, node, kind, inside, &mut unit);
    if import.is_own() {
        own::extras(node, &mut unit.json, import);
    }
    beside(import, node);
    import.add_source(&mut unit.json, node);
    let message = format!("`{}` became a question of the type `{kind}`.", node.name);
    let (code, fate) = match node.kind {
        Kind::Time | Kind::DateTime => ("type-time", Fate::Degraded),
        _ => ("question", Fate::Exact),
    };
    import.note(code, fate, node, "", message);
    Some(unit)
}

/// The type of the question; `None`, noted, for what asks nothing here.
fn type_of(import: &mut Import, node: &Node) -> Option<&'static str> {
    if import.is_own()
        && let Some(own) = node.row.get("canvass_type")
        && let Some(kind) = own::TYPES.iter().find(|kind| **kind == own)
    {
        return Some(kind);
    }
    let mut dropped = |code, fate, message: String| {
        let place = node.at("type");
        import.notes.add(code, fate, place, None, message);
        None
    };
    match &node.kind {
        Kind::Begin(Block::Repeat) => Some("repeat"),
        Kind::Begin(_) if node.table == Some(TableOf::Allocate) => Some("allocate"),
        Kind::Begin(_) => Some("rate"),
        Kind::Choice { ask, list, .. } => {
            if list_of(&import.lists, &node.kind).is_none() {
                let message =
                    format!("`{}` offers the list `{list}`, which the form does not have; it was left out.", node.name);
                import.notes.add("list-unknown", Fate::Dropped, node.at("type"), None, message);
                return None;
            }
            Some(match ask {
                Choose::One => "single",
                Choose::Many => "multi",
                Choose::Rank => "rank",
            })
        }
        Kind::Text if is_shown_only(node) => Some("note"),
        Kind::Text | Kind::Time | Kind::DateTime => Some("text"),
        Kind::Number { .. } | Kind::Range => Some("number"),
        Kind::Date => Some("date"),
        Kind::Note => Some("note"),
        Kind::Acknowledge => Some("consent"),
        Kind::FileChoice { file, .. } => dropped(
            "choices-elsewhere",
            Fate::Degraded,
            format!(
                "`{}` offers what stands in the file `{file}`, which is not part of the workbook; it was left out. Put the options on the sheet `choices`.",
                node.name
            ),
        ),
        Kind::Personal(what) => dropped(
            "privacy",
            Fate::Dropped,
            format!(
                "`{}` keeps `{what}`, which says who someone is or when and where they answer; it was left out on purpose.",
                node.name
            ),
        ),
        Kind::Media(what) => dropped(
            "type-media",
            Fate::Dropped,
            format!("`{}` asks for `{what}`, which cannot be asked here; it was left out.", node.name),
        ),
        Kind::External(what) => {
            dropped("choices-elsewhere", Fate::Dropped, format!("`{what}` brings data of its own; it was left out."))
        }
        Kind::Setting(_) | Kind::Calculate | Kind::End(_) => None,
        Kind::Unknown(what) => dropped(
            "type-unknown",
            Fate::Unknown,
            format!(
                "`{what}` is not a type of an XLSForm, and `pyxform` does not accept it either; the row was left out."
            ),
        ),
    }
}

/// Id, type, text and hint.
fn words(import: &mut Import, node: &Node, kind: &str, unit: &mut Unit) {
    let shape = if kind == "note" { Shape::Block } else { Shape::Line };
    unit.json.insert("id".into(), json!(unit.id));
    unit.json.insert("type".into(), json!(kind));
    let key = import.key(&unit.id);
    let hint = import.line(node, "hint", &format!("{key}.hint"));
    let label = import.text(node, "label", &format!("{key}.text"), shape);
    let (text, needs, hint) = match (label, hint) {
        (Some((text, needs)), hint) => (text, needs, hint),
        // What no cell can say stands in a column of our own.
        (None, hint) if import.is_own() && own::says(&node.row, &["text"]) => (String::new(), Vec::new(), hint),
        (None, Some((hint, needs))) => (hint, needs, None),
        (None, None) => {
            let header = node.inner.iter().find(|row| is_header(row));
            let label = header.and_then(|header| import.line(header, "label", &format!("{key}.text")));
            label.map_or_else(
                || {
                    let place = node.at("label");
                    let message = format!("`{}` has no label; it shows its name. Write what it asks.", node.name);
                    import.notes.add("label-missing", Fate::Assumed, place, Some(&node.id), message);
                    (node.name.clone(), Vec::new(), None)
                },
                |(text, needs)| (text, needs, None),
            )
        }
    };
    unit.json.insert("text".into(), json!(text));
    unit.needs.extend(needs);
    let guidance = import.line(node, "guidance_hint", "");
    let joined = match (hint, guidance) {
        (Some((hint, mut needs)), Some((guidance, more))) => {
            needs.extend(more);
            import.note(
                "guidance",
                Fate::Assumed,
                node,
                "guidance_hint",
                "It stands after the hint, where everyone sees it.",
            );
            Some((format!("{hint} {guidance}"), needs))
        }
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    };
    if let Some((hint, needs)) = joined {
        unit.json.insert("hint".into(), json!(hint));
        unit.needs.extend(needs);
    }
}

fn required(import: &mut Import, node: &Node, kind: &str, inside: Inside, unit: &mut Unit) {
    if import.is_own()
        && !import.edited(node)
        && let Some(rule) = node.row.raw("required_if")
    {
        let rule = own::unhushed(rule);
        unit.needs.extend(import.own_rule(&rule).1);
        unit.json.insert("required_if".into(), json!(rule));
        return;
    }
    // The rows of a table say it for the table.
    let of_rows = node.inner.iter().find(|row| !is_header(row)).filter(|_| node.table.is_some());
    let row = of_rows.filter(|_| node.row.get("required").is_none()).unwrap_or(node);
    let Some(text) = row.row.get("required").map(str::to_string) else { return };
    let place = row.at("required");
    if kind == "note" {
        if yes_no(&text) == Some(true) {
            import.notes.add(
                "required-note",
                Fate::Assumed,
                place,
                Some(&unit.id),
                "A note cannot be required.".to_string(),
            );
        }
        return;
    }
    if let Some(value) = yes_no(&text) {
        if value || import.is_own() {
            unit.json.insert("required".into(), json!(value));
        }
    } else if inside == Inside::Repeat {
        let message =
            format!("`{text}` depends on an answer, which a question of a repeat cannot; it is optional now.");
        import.notes.add("required-lost", Fate::Degraded, place, Some(&unit.id), message);
    } else {
        match import.condition(&text, node.place, None) {
            Ok(Expr::Bool(true)) => drop(unit.json.insert("required".into(), json!(true))),
            Ok(expr) => {
                unit.needs.extend(import.symbols.questions(&expr));
                unit.json.insert("required_if".into(), json!(expr.to_string()));
                import.notes.add(
                    "required",
                    Fate::Exact,
                    place,
                    Some(&unit.id),
                    format!("It must be answered where `{expr}`."),
                );
            }
            Err(lost) => {
                let message =
                    format!("`{text}` could not be carried over: {}. The question is optional now.", lost.why);
                import.notes.add(code("required", &lost), Fate::Degraded, place, Some(&unit.id), message);
            }
        }
    }
    if row.row.has("required_message") {
        import.notes.add(
            "message",
            Fate::Assumed,
            row.at("required_message"),
            Some(&unit.id),
            "A missing answer is asked for in Canvass's own words.".to_string(),
        );
    }
}

/// What is special to the type.
fn details(import: &mut Import, node: &Node, kind: &'static str, inside: Inside, unit: &mut Unit) {
    let set = |unit: &mut Unit, key: &str, value: Json| drop(unit.json.insert(key.into(), value));
    let looks = appearance(node);
    match &node.kind {
        Kind::Choice { ask, .. } => {
            super::options::choose(import, node, *ask, unit);
            let compact = looks.iter().any(|word| {
                ["minimal", "autocomplete", "search", "quick"].contains(word) || word.starts_with("autocomplete")
            });
            let has_text = unit
                .json
                .get("options")
                .and_then(Json::as_array)
                .is_some_and(|options| options.iter().any(|option| option.get("other").is_some()));
            if *ask == Choose::One && compact && !looks.contains(&"quick") && !has_text && !node.row.has("style") {
                set(unit, "style", json!("dropdown"));
            } else if !looks.is_empty() && !import.is_own() {
                assumed_look(import, node);
            }
        }
        Kind::Text if kind == "text" => {
            let rows =
                node.row.get("rows").or_else(|| parameter(node, "rows")).and_then(|rows| rows.parse::<u32>().ok());
            match rows.map(|rows| rows.clamp(1, 20)).or_else(|| looks.contains(&"multiline").then_some(4)) {
                Some(lines) => set(unit, "lines", json!(lines)),
                None if looks.contains(&"numbers") => {
                    set(unit, "pattern", json!("^[-+0-9., ]*$"));
                    import.note(
                        "appearance-numbers",
                        Fate::Assumed,
                        node,
                        "appearance",
                        "It stays a text, of digits, signs, commas and spaces only, so that a 0 in front is kept.",
                    );
                }
                None if !looks.is_empty() => assumed_look(import, node),
                None => {}
            }
            if node.row.has("calculation") && !import.is_own() {
                import.note(
                    "calculation-lost",
                    Fate::Degraded,
                    node,
                    "calculation",
                    "The form fills the answer in by a calculation; here people write it themselves.",
                );
            }
        }
        Kind::Time | Kind::DateTime => {
            let (pattern, says) = if node.kind == Kind::Time {
                (TIME, "Write the time as 09:30")
            } else {
                (DATE_TIME, "Write the day and time as 2026-01-31 09:30")
            };
            set(unit, "pattern", json!(pattern));
            set(unit, "pattern_message", json!(says));
        }
        Kind::Number { whole: false } if !(import.is_own() && node.row.has("written")) => {
            set(unit, "decimals", json!(9));
        }
        Kind::Range => range(import, node, unit),
        Kind::Begin(Block::Repeat) => super::blocks::repeat(import, node, unit),
        Kind::Begin(_) => super::blocks::table(import, node, unit),
        _ => {}
    }
    constraint(import, node, inside, unit);
}

fn assumed_look(import: &mut Import, node: &Node) {
    let looks = node.row.get("appearance").unwrap_or_default();
    let message = format!("`{looks}` says how it looks in other programs; it looks like any other question here.");
    import.note("appearance", Fate::Assumed, node, "appearance", message);
}

/// A value of the `parameters` column: `start=1 end=10`.
fn parameter<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    let pairs = node.row.get("parameters")?.split([' ', ',', ';']);
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(key))
        .map(|(_, value)| value.trim())
}

fn range(import: &mut Import, node: &Node, unit: &mut Unit) {
    let number = |key, otherwise: &str| {
        let written = parameter(node, key).unwrap_or(otherwise);
        super::typed::number(written).unwrap_or_else(|| otherwise.to_string())
    };
    let (start, end, step) = (number("start", "1"), number("end", "10"), number("step", "1"));
    let decimals =
        [&start, &end, &step].iter().map(|n| n.split_once('.').map_or(0, |(_, part)| part.len())).max().unwrap_or(0);
    let (low, high) =
        if super::typed::float(&start) <= super::typed::float(&end) { (start, end) } else { (end, start) };
    for (key, value) in [("min", low), ("max", high), ("step", step)] {
        if let Ok(value) = serde_json::from_str::<Json>(&value)
            && (key != "step" || value.as_f64().is_some_and(|step| step > 0.0))
        {
            unit.json.insert(key.into(), value);
        }
    }
    if decimals > 0 {
        unit.json.insert("decimals".into(), json!(decimals.min(9)));
    }
    import.note(
        "range",
        Fate::Assumed,
        node,
        "parameters",
        "The slider became a field for a number within the same limits.",
    );
}

/// The limits and the check of a `constraint`.
fn constraint(import: &mut Import, node: &Node, inside: Inside, unit: &mut Unit) {
    let Some(text) = node.row.get("constraint").map(str::to_string) else { return };
    if import.is_own() && (node.table.is_some() || node.row.has("written") && !import.edited(node)) {
        return;
    }
    let place = node.at("constraint");
    let own = match import.symbols.get(&node.name) {
        Some(Symbol::Value(Value::Answer(answer))) if inside == Inside::Page => answer.clone(),
        _ => match field_answer(import, node) {
            Some(answer) => answer,
            None => return,
        },
    };
    let context = Context { symbols: &import.symbols, own: Some(&own), columns: None };
    let found = limits(&text, &own, &context);
    let message =
        import.line(node, "constraint_message", &format!("checks.{}", import.checks.len() + 1)).map(|(text, _)| text);
    match found {
        Ok(found) if inside == Inside::Page || found.check.is_none() => {
            let patterned = found.keys.iter().any(|(key, _)| *key == "pattern");
            for (key, value) in found.keys {
                let by_column = import.is_own() && node.row.has(key) && !import.edited(node);
                if !by_column && !unit.json.contains_key(key) {
                    unit.json.insert(key.into(), value);
                }
            }
            super::options::stand_alone(import, node, &found.exclusive, unit);
            let key = format!("checks.{}", import.checks.len() + 1);
            if patterned && let Some(message) = &message {
                unit.json.insert("pattern_message".into(), json!(message));
                if inside == Inside::Page {
                    import.texts.rename(&key, Some(&format!("{}.pattern_message", unit.id)), true);
                }
            }
            match found.check {
                Some(rule) => check(import, node, &rule.to_string(), "rule", message),
                None => import.texts.rename(&key, None, false),
            }
            if !import.is_own() {
                import.notes.add(
                    "constraint",
                    Fate::Exact,
                    place,
                    Some(&unit.id),
                    format!("`{text}` is checked as before."),
                );
            }
        }
        found => {
            let lost = found.err().unwrap_or_else(|| {
                super::typed::Lost::new("repeat", "a question of a repeat can only have limits of its own")
            });
            let message_text = format!(
                "`{text}` could not be carried over: {}. It is kept as a check that is not made until you write its `rule`.",
                lost.why
            );
            import.notes.add(code("constraint", &lost), Fate::Degraded, place, Some(&unit.id), message_text);
            check(import, node, &text, "lost_rule", message);
        }
    }
}

/// What `.` stands for in a field of a repeat.
fn field_answer(import: &Import, node: &Node) -> Option<Answer> {
    use super::typed::Type;
    let kind = match &node.kind {
        Kind::Choice { ask, .. } => {
            let names = list_of(&import.lists, &node.kind)?.names();
            if *ask == Choose::Many { Type::Multi(names) } else { Type::Single(names) }
        }
        Kind::Number { whole } => Type::Number { whole: *whole },
        Kind::Date => Type::Date,
        Kind::Text => Type::Text,
        _ => return None,
    };
    Some(Answer { name: named(&node.id), kind, worked_out: false })
}

fn check(import: &mut Import, node: &Node, rule: &str, key: &str, message: Option<String>) {
    if import.is_own() && import.has_check(rule) {
        let key = format!("checks.{}", import.checks.len() + 1);
        import.texts.rename(&key, None, false);
        return;
    }
    let label = import.texts.languages.text(&node.row, "label").unwrap_or(&node.name).to_string();
    let label: String = label.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect();
    let message = message.unwrap_or_else(|| format!("Check your answer to “{label}”"));
    import.checks.push(json!({key: rule, "message": message}));
}

/// Columns that say nothing to us, of this row.
fn beside(import: &mut Import, node: &Node) {
    if let Some(default) = node.row.get("default") {
        let message = format!("`{default}` was filled in beforehand, which steers people; the question begins empty.");
        import.note("default", Fate::Dropped, node, "default", message);
    }
    for column in FILES {
        if node.row.has(column) {
            let message = "Pictures, sounds and films are not part of the workbook and are not shown.";
            import.note("media", Fate::Dropped, node, column, message);
        }
    }
    if is_shown_only(node) {
        import.note("read-only", Fate::Assumed, node, "read_only", "Nothing can be entered, so it became a note.");
    }
}
