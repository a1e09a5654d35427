//! Changes a definition's text in place: what is not changed stays as its author wrote it, to the byte.

use jsonc_parser::cst::{CstInputValue, CstNode, CstRootNode};

use super::tree::STRICT;

/// Sets entries of the object that is found by following `path` from the top; what is missing on the way is made.
///
/// Entries are names with values already written as JSON, or without one: then nothing is set. One that exists keeps its
/// place; a new one comes after the one given before it, or first. `None` if the text is not JSON, or if there is something other than an object on the way.
///
/// ```
/// use canvass::document::set_entries;
/// let text = "{\n  \"a\": 1,   \"texts\": {\n    \"x\": \"old\"\n  }\n}";
/// let entries = [("x", Some("\"new\"".to_string())), ("y", Some("[1, 2]".to_string()))];
/// assert_eq!(set_entries(text, &["texts"], &entries).as_deref(),
///     Some("{\n  \"a\": 1,   \"texts\": {\n    \"x\": \"new\",\n    \"y\": [1, 2]\n  }\n}"));
/// ```
pub fn set_entries(text: &str, path: &[&str], entries: &[(&str, Option<String>)]) -> Option<String> {
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let root = CstRootNode::parse(text, &STRICT).ok()?;
    let mut object = root.object_value()?;
    for name in path {
        object = object.object_value_or_create(name)?;
    }
    let mut next = 0;
    for (name, value) in entries {
        // There is no value for text as it stands, but a number is written as it is given.
        let value = value.clone().map(CstInputValue::Number);
        let property = match (object.get(name), value) {
            (Some(property), Some(value)) => {
                property.set_value(value);
                property
            }
            (Some(property), None) => property,
            (None, Some(value)) => object.insert(next, name, value),
            (None, None) => continue,
        };
        next = property.property_index() + 1;
    }
    Some(format!("{mark}{root}"))
}

/// Changes the list under `name` at the top: the objects whose `id` is in `without` go, and each of `new` comes after the
/// object with its id, or last.
///
/// `None` if the text is not JSON, or has no such list.
///
/// ```
/// use canvass::document::set_list;
/// use serde_json::json;
///
/// let text = "{\n  \"pages\": [\n    {\"id\": \"a\"},\n    {\"id\": \"b\"}\n  ]\n}";
/// assert_eq!(set_list(text, "pages", &["b"], &[("a", json!({"id": "c"}))]).as_deref(),
///     Some("{\n  \"pages\": [\n    {\"id\": \"a\"},\n    {\n      \"id\": \"c\"\n    }\n  ]\n}"));
/// ```
pub fn set_list(text: &str, name: &str, without: &[&str], new: &[(&str, serde_json::Value)]) -> Option<String> {
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let root = CstRootNode::parse(text, &STRICT).ok()?;
    let list = root.object_value()?.array_value(name)?;
    let id = |node: &CstNode| node.as_object()?.get("id")?.value()?.as_string_lit()?.decoded_value().ok();
    for node in list.elements() {
        if id(&node).is_some_and(|id| without.contains(&id.as_str())) {
            node.remove();
        }
    }
    for (after, value) in new {
        let elements = list.elements();
        let place = elements.iter().position(|node| id(node).as_deref() == Some(after));
        list.insert(place.map_or(elements.len(), |place| place + 1), input(value));
    }
    Some(format!("{mark}{root}"))
}

/// A value as it is to be written: objects and lists of objects over several lines.
pub(super) fn input(value: &serde_json::Value) -> CstInputValue {
    match value {
        serde_json::Value::Object(entries) => {
            CstInputValue::Object(entries.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
        serde_json::Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        // There is no value for text as it stands, but a number is written as it is given.
        other => CstInputValue::Number(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(name: &'a str, value: &str) -> (&'a str, Option<String>) {
        (name, Some(value.to_string()))
    }

    #[test]
    fn new_entries_follow_those_before_them_and_everything_else_stays() {
        let text = "{\r\n\t\"odd\" :  [1,2 ],\r\n\t\"t\": {\r\n\t\t\"a\": {\"x\":1},\r\n\t\t\"c\": 3\r\n\t}\r\n}\r\n";
        let set = set_entries(text, &["t"], &[entry("a", "0"), entry("b", "{\"text\": \"é\"}")]).unwrap();
        assert_eq!(
            set,
            "{\r\n\t\"odd\" :  [1,2 ],\r\n\t\"t\": {\r\n\t\t\"a\": 0,\r\n\t\t\"b\": {\"text\": \"é\"},\r\n\t\t\"c\": 3\r\n\t}\r\n}\r\n"
        );
        assert_eq!(set_entries(text, &["t"], &[("c", None), ("d", None)]).as_deref(), Some(text));
    }

    #[test]
    fn what_is_missing_on_the_way_is_made() {
        let set = set_entries("{\n  \"id\": \"s\"\n}\n", &["translations", "cy"], &[entry("title", "1")]).unwrap();
        assert_eq!(
            set,
            "{\n  \"id\": \"s\",\n  \"translations\": {\n    \"cy\": {\n      \"title\": 1\n    }\n  }\n}\n"
        );
        assert_eq!(set_entries("{\"t\": 3}", &["t"], &[entry("a", "1")]), None);
        assert_eq!(set_entries("{]", &["t"], &[]), None);
    }
}
