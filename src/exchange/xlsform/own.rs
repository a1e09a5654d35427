//! Canvass's own columns: keys of a definition that an XLSForm has no column for, each under its own name.

use serde_json::{Map, Number, Value as Json, json};

use super::columns::Record;
use super::import::Import;
use super::tree::{Node, yes_no};
use super::write::Cells;
use crate::exchange::json::put;

/// Types of questions that have no type of their own in an XLSForm, for the column `canvass_type`.
pub(super) const TYPES: [&str; 4] = ["rate", "allocate", "ideas", "email"];

/// How a key is written in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// `yes` or `no`.
    YesNo,
    /// A number.
    Number,
    /// A text, as it is.
    Words,
    /// A number, or a text such as a day.
    Bound,
    /// Ids with commas between them.
    Ids,
    /// `yes`, `no` or a word.
    Flag,
}

/// Keys of questions.
pub(super) const QUESTION: &[(&str, As)] = &[
    ("segment", As::Flag),
    ("order", As::Words),
    ("order_group", As::Words),
    ("themes", As::YesNo),
    ("style", As::Words),
    ("min", As::Bound),
    ("max", As::Bound),
    ("step", As::Number),
    ("total", As::Number),
    ("decimals", As::Number),
    ("unit", As::Words),
    ("lines", As::Number),
    ("min_chars", As::Number),
    ("max_chars", As::Number),
    ("pattern", As::Words),
    ("min_items", As::Number),
    ("measure", As::Words),
    ("support", As::Ids),
    ("oppose", As::Ids),
];

/// Keys of options; `scale_value` is `value`, which means the name in an XLSForm.
pub(super) const OPTION: &[(&str, As)] = &[
    ("value", As::Number),
    ("missing", As::YesNo),
    ("exclusive", As::YesNo),
    ("other", As::Words),
    ("last", As::YesNo),
    ("source", As::Words),
];

/// Keys of interventions.
pub(super) const INTERVENTION: &[(&str, As)] =
    &[("breadth", As::Words), ("audience", As::Words), ("withdrawn", As::YesNo), ("source", As::Words)];

/// The column of a key.
fn column(key: &str) -> &str {
    if key == "value" { "scale_value" } else { key }
}

/// Writes the keys of a table into their columns, as far as cells can say them.
pub(super) fn take_columns(cells: &mut Cells, left: &mut Map<String, Json>, keys: &[(&str, As)]) {
    for (key, how) in keys {
        if let Some(text) = left.get(*key).and_then(|value| cell(value, *how)) {
            left.shift_remove(*key);
            cells.set(column(key), text);
        }
    }
}

/// What a key says in a cell; `None` if a cell cannot say it.
fn cell(value: &Json, how: As) -> Option<String> {
    let text = match (how, value) {
        (As::YesNo | As::Flag, Json::Bool(value)) => if *value { "yes" } else { "no" }.to_string(),
        (As::Number | As::Bound, Json::Number(number)) => number.to_string(),
        (As::Words | As::Bound | As::Flag, Json::String(text)) => text.clone(),
        (As::Ids, Json::Array(ids)) => ids.iter().map(Json::as_str).collect::<Option<Vec<_>>>()?.join(", "),
        _ => return None,
    };
    (read(&text, how).as_ref() == Some(value) && !text.contains("${")).then_some(text)
}

/// A text to be kept to the letter where other programs look for `${question}`; `None` if it cannot be.
pub(super) fn hushed(text: &str) -> Option<String> {
    (!text.contains("$ {") && !text.trim().is_empty()).then(|| text.replace("${", "$ {"))
}

/// The text that was hushed.
pub(super) fn unhushed(text: &str) -> String {
    text.replace("$ {", "${")
}

/// The value of a key that a cell says; a text that cannot be one is kept as it is, for the checker to name.
pub(super) fn read(text: &str, how: As) -> Option<Json> {
    if text.trim().is_empty() {
        return None;
    }
    let number = || text.trim().parse::<Number>().ok().map(Json::Number);
    Some(match how {
        As::YesNo | As::Flag => yes_no(text).map_or_else(|| json!(text), |value| json!(value)),
        As::Number | As::Bound => number().unwrap_or_else(|| json!(text)),
        As::Words => json!(text),
        As::Ids => text.split(',').map(str::trim).filter(|id| !id.is_empty()).collect(),
    })
}

/// Adds the keys that a row's own columns say.
pub(super) fn extras(node: &Node, json: &mut Map<String, Json>, import: &mut Import) {
    let edited = import.edited(node);
    for (key, how) in QUESTION {
        // What stands in the `constraint` that somebody changed is newer.
        if edited && json.contains_key(*key) {
            continue;
        }
        if let Some(value) = node.row.raw(key).and_then(|text| read(text, *how)) {
            json.insert((*key).to_string(), value);
        }
    }
    let id = import.key(&node.id);
    for key in ["pattern_message", "item_name"] {
        if let Some((text, _)) = import.line(node, key, &format!("{id}.{key}")) {
            json.insert(key.to_string(), json!(text));
        }
    }
    more(&node.row, json);
}

/// Adds the keys that the columns of a table of keys say.
pub(super) fn columns(row: &Record, keys: &[(&str, As)], json: &mut Map<String, Json>) {
    for (key, how) in keys {
        put(json, key, row.raw(column(key)).and_then(|text| read(text, *how)));
    }
}

/// Adds the keys that an option's own columns say.
pub(super) fn option_extras(row: &Record, json: &mut Map<String, Json>) {
    columns(row, OPTION, json);
    put(json, "lost_rule", row.raw("lost_rule").map(unhushed));
    more(row, json);
}

/// Adds the keys of the column `more`, a JSON object.
pub(super) fn more(row: &Record, json: &mut Map<String, Json>) {
    if let Some(Ok(Json::Object(more))) = row.raw("more").map(serde_json::from_str) {
        json.extend(more);
    }
}

/// True if the column `more` says one of these keys, so that what stands in its place is for other programs.
pub(super) fn says(row: &Record, keys: &[&str]) -> bool {
    let mut json = Map::new();
    more(row, &mut json);
    keys.iter().any(|key| json.contains_key(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_what_can_be_read_back_and_nothing_else() {
        for (value, how, text) in [
            (json!(true), As::YesNo, Some("yes")),
            (json!("descriptive"), As::Flag, Some("descriptive")),
            (json!("yes"), As::Flag, None),
            (json!(1.0), As::Number, Some("1.0")),
            (json!("5"), As::Words, Some("5")),
            (json!("5"), As::Bound, None),
            (json!("2026-01-31"), As::Bound, Some("2026-01-31")),
            (json!(["a", "b"]), As::Ids, Some("a, b")),
            (json!(["a, b"]), As::Ids, None),
            (json!(""), As::Words, None),
        ] {
            assert_eq!(cell(&value, how).as_deref(), text, "{value}");
        }
    }
}
