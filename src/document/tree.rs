//! A JSON document as a tree in which every key and value knows its line and column.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde::Serialize;

use super::{Finding, Severity};

/// A place in a file: line and column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The place `count` characters further along the same line.
    #[must_use]
    pub fn after(self, count: usize) -> Self {
        Self { line: self.line, column: self.column.saturating_add(u32::try_from(count).unwrap_or(u32::MAX)) }
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value starts.
    pub place: Place,
    /// The value.
    pub value: Value,
}

/// A JSON value.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object, in the order of the file, repeated keys included.
    Map(Vec<Entry>),
}

/// One key of an object with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key starts.
    pub place: Place,
    /// Its value.
    pub node: Node,
}

impl Value {
    /// The kind of value, as an author would call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        }
    }
}

impl Node {
    /// What stands under a key of an object: the first where it is repeated.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The entries of an object; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The parts of a list; none of anything else.
    pub fn list(&self) -> &[Node] {
        if let Value::List(nodes) = &self.value { nodes } else { &[] }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The same without places; of keys that are repeated the first, and a number that is too long as a text.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(written) => serde_json::from_str(written).unwrap_or_else(|_| written.as_str().into()),
            Value::Text(text) => text.as_str().into(),
            Value::List(nodes) => nodes.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                let mut map = serde_json::Map::new();
                for entry in entries {
                    map.entry(entry.key.as_str()).or_insert_with(|| entry.node.to_json());
                }
                serde_json::Value::Object(map)
            }
        }
    }
}

/// Parses strict JSON.
///
/// # Errors
/// One finding with code `E101` at the first character that is not JSON.
pub fn parse(text: &str) -> Result<Node, Finding> {
    let text_without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text_without_mark);
    let syntax = |offset: usize, message: String| Finding {
        severity: Severity::Error,
        code: "E101",
        place: lines.place(offset),
        message,
        help: Some(
            "mend the JSON here: look for a missing comma, quotation mark or bracket just before this place".into(),
        ),
    };
    let parsed = jsonc_parser::parse_to_ast(text_without_mark, &jsonc_parser::CollectOptions::default(), &STRICT)
        .map_err(|error| {
            syntax(error.range().start, format!("this is not JSON: {}", error.kind().to_string().to_lowercase()))
        })?;
    let value = parsed.value.ok_or_else(|| syntax(0, "the file is empty".into()))?;
    Ok(node(&value, &lines))
}

/// JSON and nothing more.
pub(super) const STRICT: jsonc_parser::ParseOptions = jsonc_parser::ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

fn node(value: &ast::Value<'_>, lines: &Lines<'_>) -> Node {
    let place = lines.place(value.range().start);
    let value = match value {
        ast::Value::StringLit(text) => Value::Text(text.value.to_string()),
        ast::Value::NumberLit(number) => Value::Number(number.value.to_string()),
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(array) => Value::List(array.elements.iter().map(|element| node(element, lines)).collect()),
        ast::Value::Object(object) => Value::Map(
            object
                .properties
                .iter()
                .map(|property| Entry {
                    key: property.name.as_str().to_string(),
                    place: lines.place(property.name.range().start),
                    node: node(&property.value, lines),
                })
                .collect(),
        ),
    };
    Node { place, value }
}

/// Finds the line of an offset by binary search over the starts of lines.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place { line: count(line), column: count(column) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_value_knows_its_line_and_column_in_characters() {
        let root = parse("{\n  \"é\": [1,\n  true]}").unwrap();
        let Value::Map(entries) = root.value else { panic!("an object") };
        assert_eq!(entries[0].place, Place { line: 2, column: 3 });
        let Value::List(items) = &entries[0].node.value else { panic!("a list") };
        assert_eq!(items[0].place, Place { line: 2, column: 9 });
        assert_eq!(items[1].place, Place { line: 3, column: 3 });
    }

    #[test]
    fn what_is_not_json_is_found_at_its_place() {
        for (text, line) in
            [("", 1), ("{\"a\": 1,}", 1), ("{\n\"a\" 1}", 2), ("{\"a\": 'x'}", 1), ("[1, 2", 1), ("{} {}", 1)]
        {
            let finding = parse(text).unwrap_err();
            assert_eq!((finding.code, finding.place.line), ("E101", line), "{text}");
        }
    }
}
