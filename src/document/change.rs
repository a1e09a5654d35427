//! Changes parts of a definition's text that a [`Pointer`] leads to; all else stays as its author wrote it, to the byte.
//!
//! Each gives `None` where the text is not JSON or the part is not there, and then nothing is changed.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};

use super::edit::input;
use super::tree::STRICT;
use super::{Pointer, Step};

/// A part of a list as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// The part with this number, from 0, with some of its keys changed as [`set_keys`] does.
    Old(usize, Vec<(String, Option<String>)>),
    /// A new one.
    New(serde_json::Value),
}

/// Sets keys of the object at `at` to values already written as JSON, and takes away those without a value. Objects that
/// are missing on the way, under keys, are made; a new key comes last.
///
/// ```
/// use canvass::document::{Pointer, set_keys};
/// let at = Pointer::read("/pages/0").unwrap();
/// let changes = [("id".to_string(), Some("\"b\"".to_string())), ("title".to_string(), None)];
/// assert_eq!(set_keys("{\"pages\": [ {\"id\":\"a\",  \"title\": \"T\", \"x\":1} ]}", &at, &changes).as_deref(),
///     Some("{\"pages\": [ {\"id\":\"b\", \"x\":1} ]}"));
/// ```
pub fn set_keys(text: &str, at: &Pointer, changes: &[(String, Option<String>)]) -> Option<String> {
    edited(text, |root| {
        set(&object(root, at)?, changes);
        Some(())
    })
}

/// Makes of the list at `at` one of these parts, in this order. A list that is missing is made.
///
/// ```
/// use canvass::document::{Kept, Pointer, set_rows};
/// let text = "{\n  \"a\": [\n    {\"id\":  1},\n    {\"id\": 2}\n  ]\n}";
/// let at = Pointer::read("/a").unwrap();
/// assert_eq!(set_rows(text, &at, &[Kept::Old(1, Vec::new()), Kept::Old(0, Vec::new())]).as_deref(),
///     Some("{\n  \"a\": [\n    {\"id\": 2},\n    {\"id\":  1}\n  ]\n}"));
/// ```
pub fn set_rows(text: &str, at: &Pointer, rows: &[Kept]) -> Option<String> {
    edited(text, |root| {
        let list = list(root, at)?;
        let elements = list.elements();
        for row in rows {
            if let Kept::Old(index, changes) = row
                && !changes.is_empty()
            {
                set(&elements.get(*index)?.as_object()?, changes);
            }
        }
        let numbers: Vec<Option<usize>> =
            rows.iter().map(|row| if let Kept::Old(index, _) = row { Some(*index) } else { None }).collect();
        let is_in_place = numbers.iter().map_while(|number| *number).eq(0..elements.len());
        let written: Vec<String> = elements.iter().map(ToString::to_string).collect();
        let start = if is_in_place { elements.len() } else { 0 };
        let is_in_lines = list.children().iter().any(CstNode::is_newline);
        if !is_in_place {
            elements.into_iter().for_each(CstNode::remove);
        }
        for (index, row) in rows.iter().enumerate().skip(start) {
            // There is no value for text as it stands, but a number is written as it is given.
            list.insert(
                index,
                match row {
                    Kept::Old(old, _) => CstInputValue::Number(written.get(*old)?.clone()),
                    Kept::New(value) => input(value),
                },
            );
        }
        if is_in_lines {
            list.ensure_multiline();
        }
        Some(())
    })
}

/// Takes a part of a list or a key of an object away.
pub fn remove(text: &str, at: &Pointer) -> Option<String> {
    edited(text, |root| {
        let (whole, last) = at.parent()?;
        match (find(root, &whole)?, last) {
            (CstNode::Container(node), Step::Key(key)) => node.as_object()?.get(key)?.remove(),
            (CstNode::Container(node), Step::Index(index)) => {
                node.as_array()?.elements().into_iter().nth(*index)?.remove();
            }
            _ => return None,
        }
        Some(())
    })
}

/// Changes places of a part of a list with the one before it, or after it where `is_down` holds. At the end of the list
/// nothing changes.
///
/// ```
/// use canvass::document::{Pointer, shift};
/// let at = Pointer::read("/1").unwrap();
/// assert_eq!(shift("[ 1,\n {\"a\":  2}, 3]", &at, false).as_deref(), Some("[ {\"a\":  2},\n 1, 3]"));
/// assert_eq!(shift("[1]", &at, true), None);
/// ```
pub fn shift(text: &str, at: &Pointer, is_down: bool) -> Option<String> {
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let parsed = jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &STRICT).ok()?;
    let (whole, Step::Index(index)) = at.parent()? else { return None };
    let node = whole.0.iter().try_fold(parsed.value.as_ref()?, |node, step| match (node, step) {
        (ast::Value::Object(object), Step::Key(key)) => {
            object.properties.iter().find(|known| known.name.as_str() == key).map(|known| &known.value)
        }
        (ast::Value::Array(array), Step::Index(index)) => array.elements.get(*index),
        _ => None,
    });
    let ast::Value::Array(array) = node? else { return None };
    array.elements.get(*index)?;
    let other = if is_down { index.checked_add(1) } else { index.checked_sub(1) };
    let Some(other) = other.filter(|other| *other < array.elements.len()) else { return Some(format!("{mark}{text}")) };
    let one = array.elements.get(*index.min(&other))?.range();
    let two = array.elements.get(*index.max(&other))?.range();
    let piece = |from: usize, to: usize| text.get(from..to);
    Some(format!(
        "{mark}{}{}{}{}{}",
        piece(0, one.start)?,
        piece(two.start, two.end)?,
        piece(one.end, two.start)?,
        piece(one.start, one.end)?,
        piece(two.end, text.len())?
    ))
}

fn edited(text: &str, change: impl FnOnce(&CstRootNode) -> Option<()>) -> Option<String> {
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let root = CstRootNode::parse(text, &STRICT).ok()?;
    change(&root)?;
    Some(format!("{mark}{root}"))
}

fn set(object: &CstObject, changes: &[(String, Option<String>)]) {
    for (key, value) in changes {
        // There is no value for text as it stands, but a number is written as it is given.
        match (object.get(key), value.clone().map(CstInputValue::Number)) {
            (Some(property), Some(value)) => property.set_value(value),
            (Some(property), None) => property.remove(),
            (None, Some(value)) => {
                object.append(key, value);
            }
            (None, None) => {}
        }
    }
}

fn into(node: &CstNode, step: &Step) -> Option<CstNode> {
    match step {
        Step::Key(key) => node.as_object()?.get(key)?.value(),
        Step::Index(index) => node.as_array()?.elements().into_iter().nth(*index),
    }
}

fn find(root: &CstRootNode, at: &Pointer) -> Option<CstNode> {
    at.0.iter().try_fold(root.value()?, |node, step| into(&node, step))
}

/// The object at the end of the way, made where a key on it is missing.
fn object(root: &CstRootNode, at: &Pointer) -> Option<CstObject> {
    let mut node = root.value()?;
    for step in &at.0 {
        node = match (into(&node, step), step) {
            (Some(inner), _) => inner,
            (None, Step::Key(key)) => {
                node.as_object()?.object_value_or_create(key)?;
                into(&node, step)?
            }
            (None, Step::Index(_)) => return None,
        };
    }
    node.as_object()
}

/// The list at the end of the way, made where it is missing.
fn list(root: &CstRootNode, at: &Pointer) -> Option<CstArray> {
    if let Some(node) = find(root, at) {
        return node.as_array();
    }
    let (whole, Step::Key(key)) = at.parent()? else { return None };
    object(root, &whole)?.array_value_or_create(key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "{\n  \"id\":   \"s\",\n  \"pages\": [\n    {\"id\": \"a\"},\n    {\n      \"id\": \"b\",\n      \"odd\" : [1,2 ]\n    }\n  ]\n}\n";

    fn at(written: &str) -> Pointer {
        Pointer::read(written).unwrap()
    }

    #[test]
    fn what_is_not_changed_stays_to_the_byte() {
        let text = set_keys(TEXT, &at("/pages/1"), &[("title".into(), Some("\"T\"".into()))]).unwrap();
        assert_eq!(text, TEXT.replace("[1,2 ]\n", "[1,2 ],\n      \"title\": \"T\"\n"));
        let back = remove(&text, &at("/pages/1/title")).unwrap();
        assert_eq!(back, TEXT);
        let down = shift(TEXT, &at("/pages/0"), true).unwrap();
        assert_eq!(shift(&down, &at("/pages/1"), false).as_deref(), Some(TEXT));
        assert_eq!(shift(TEXT, &at("/pages/0"), false).as_deref(), Some(TEXT), "nothing is before the first");
        let rows = [Kept::Old(0, vec![]), Kept::Old(1, vec![]), Kept::New(json!({"id": "c"}))];
        let longer = set_rows(TEXT, &at("/pages"), &rows).unwrap();
        assert!(longer.contains("[1,2 ]\n    },\n    {\n      \"id\": \"c\"\n    }\n  ]"), "{longer}");
        assert_eq!(remove(&longer, &at("/pages/2")).as_deref(), Some(TEXT));
        assert!(set_rows(TEXT, &at("/lists/x"), &[Kept::New(json!(1))]).unwrap().contains("\"lists\": {"));
    }

    #[test]
    fn what_is_not_there_is_not_changed() {
        for way in ["/pages/2", "/pages/0/id/x", "/id/0"] {
            assert_eq!(set_keys(TEXT, &at(way), &[("x".into(), Some("1".into()))]), None, "{way}");
            assert_eq!(remove(TEXT, &at(way)), None, "{way}");
            assert_eq!(shift(TEXT, &at(way), true), None, "{way}");
        }
        assert_eq!(set_keys("{]", &at(""), &[]), None);
    }
}
