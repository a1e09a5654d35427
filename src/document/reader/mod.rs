//! Reads one object of a definition key by key, after checking what stands in it against the object's table of keys.

#[cfg(test)]
mod asked;
mod check;

#[cfg(test)]
pub(crate) use asked::asked;

use std::str::FromStr;

use jiff::civil;

use super::keys::{Key, Need, Object, Shape, Type, Words};
use super::{Entry, Findings, Id, Node, Place, Value};

/// An object being read.
///
/// [`Reader::new`] records all that the object's table refuses: keys that are unknown or missing, values of the wrong
/// kind, ids that cannot be, numbers out of range and unknown words. What is asked for afterwards is what was written
/// or its default; a mistake gives the default or nothing, so that reading goes on and finds the next.
pub struct Reader<'a> {
    entries: &'a [Entry],
    object: &'static Object,
    kind: Option<&'static Type>,
    /// Where the object starts.
    pub place: Place,
    /// What the object is, for messages: "question `role`".
    what: String,
    /// Where mistakes are recorded.
    pub findings: &'a Findings,
}

impl<'a> Reader<'a> {
    /// Checks a node that should be such an object; messages call it `what`, or by its id where it has one of its own.
    pub fn new(
        node: &'a Node,
        what: impl Into<String>,
        object: &'static Object,
        findings: &'a Findings,
    ) -> Option<Self> {
        let what = what.into();
        let Value::Map(entries) = &node.value else {
            findings.error("E103", node.place, format!("{what} must be an object, not {}", node.value.kind()), None);
            return None;
        };
        let mut reader = Self { entries, object, kind: None, place: node.place, what, findings };
        let types = object.types.as_ref().map_or(&[][..], |types| (types.all)());
        reader.kind = reader.as_written("type").and_then(|name| types.iter().find(|known| known.name == name));
        if let Some(Key { shape: Shape::Id(Id::Name), .. }) = reader.key("id")
            && let Some(id) = reader.as_written("id").filter(|id| Id::Name.allows(id))
        {
            reader.what = format!("{} `{id}`", object.name);
        }
        reader.check();
        Some(reader)
    }

    /// What the object is, for messages.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The name of its type, if it has one that is known.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind.map(|kind| kind.name)
    }

    /// The value under a key, if the key is there.
    pub fn node(&self, key: &'static str) -> Option<&'a Node> {
        #[cfg(test)]
        self.note_asked(key);
        self.entry(key).map(|entry| &entry.node)
    }

    /// The place of a key's value, or of the object where the key is missing.
    pub fn place_of(&self, key: &str) -> Place {
        self.entry(key).map_or(self.place, |entry| entry.node.place)
    }

    /// A text, an empty one too unless it must be there.
    pub fn text(&self, key: &'static str) -> Option<String> {
        let is_needed = self.key(key).is_some_and(|key| key.need == Need::Yes);
        let written = match self.node(key).map(|node| &node.value) {
            Some(Value::Text(text)) => Some(text.as_str()).filter(|text| !is_needed || !text.trim().is_empty()),
            _ => None,
        };
        written.or(self.default(key)).map(str::to_string)
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'static str) -> bool {
        matches!(self.node(key), Some(Node { value: Value::Bool(true), .. }))
    }

    /// A whole number from 0 with a default.
    pub fn count(&self, key: &'static str) -> u32 {
        self.parsed(key).unwrap_or_default()
    }

    /// A whole number from 0 that may be left out.
    pub fn optional_count(&self, key: &'static str) -> Option<u32> {
        self.parsed(key)
    }

    /// A whole number, negative or not, that may be left out.
    pub fn whole(&self, key: &'static str) -> Option<i32> {
        self.parsed(key)
    }

    /// A number with a default.
    pub fn number(&self, key: &'static str) -> f64 {
        self.parsed(key).unwrap_or_default()
    }

    /// A number that may be left out.
    pub fn optional_number(&self, key: &'static str) -> Option<f64> {
        self.parsed(key)
    }

    /// A day that may be left out.
    pub fn day(&self, key: &'static str) -> Option<civil::Date> {
        match &self.node(key)?.value {
            Value::Text(text) => day(text),
            _ => None,
        }
    }

    /// A day and a time that must be there.
    pub fn time(&self, key: &'static str) -> Option<civil::DateTime> {
        match &self.node(key)?.value {
            Value::Text(text) => time(text),
            _ => None,
        }
    }

    /// What one of a few words stands for.
    pub fn word<T: Copy>(&self, key: &'static str, words: Words<T>) -> Option<T> {
        let value_of = |name: &str| words.iter().find(|(word, ..)| *word == name).map(|(_, value, _)| *value);
        match self.node(key).map(|node| &node.value) {
            Some(Value::Text(text)) => value_of(text),
            _ => None,
        }
        .or_else(|| self.default(key).and_then(value_of))
    }

    /// A list; empty where it is left out.
    pub fn list(&self, key: &'static str) -> &'a [Node] {
        match self.node(key).map(|node| &node.value) {
            Some(Value::List(nodes)) => nodes,
            _ => &[],
        }
    }

    /// The texts of a list with their places.
    pub fn texts(&self, key: &'static str) -> Vec<(String, Place)> {
        let text = |node: &Node| match &node.value {
            Value::Text(text) => Some((text.clone(), node.place)),
            _ => None,
        };
        self.list(key).iter().filter_map(text).collect()
    }

    /// The entries of an object whose keys the author chose; none where it is left out.
    pub fn map(&self, key: &'static str) -> &'a [Entry] {
        match self.node(key).map(|node| &node.value) {
            Some(Value::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// The object under a key.
    pub fn inner(&self, key: &'static str, what: impl Into<String>) -> Option<Reader<'a>> {
        Reader::new(self.node(key)?, what, self.object_of(key)?, self.findings)
    }

    /// The object under a key; where it is left out, one in which every key is.
    #[must_use]
    pub fn inner_or_default(&self, key: &'static str, what: impl Into<String>) -> Reader<'a> {
        let what = what.into();
        self.inner(key, what.clone()).unwrap_or_else(|| Reader {
            entries: &[],
            object: self.object_of(key).unwrap_or(self.object),
            kind: None,
            place: self.place,
            what,
            findings: self.findings,
        })
    }

    /// The objects of a list.
    pub fn each(&self, key: &'static str, what: &str) -> Vec<Reader<'a>> {
        let Some(object) = self.object_of(key) else { return Vec::new() };
        self.list(key).iter().filter_map(|node| Reader::new(node, what, object, self.findings)).collect()
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn as_written(&self, key: &str) -> Option<&'a str> {
        match &self.entry(key)?.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.object.keys().chain(self.kind.map_or(&[][..], |kind| kind.keys))
    }

    fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }

    fn object_of(&self, key: &str) -> Option<&'static Object> {
        self.key(key)?.shape.object()
    }

    fn default(&self, key: &str) -> Option<&'static str> {
        self.key(key)?.default
    }

    fn parsed<T: FromStr>(&self, key: &'static str) -> Option<T> {
        let written = match self.node(key).map(|node| &node.value) {
            Some(Value::Number(written)) => written.parse().ok(),
            _ => None,
        };
        written.or_else(|| self.default(key)?.parse().ok())
    }
}

/// A day written as `2026-03-31`.
fn day(written: &str) -> Option<civil::Date> {
    written.parse().ok().filter(|_| looks_like(written, "0000-00-00"))
}

/// A day and a time written as `2026-03-31T09:00`, with seconds or without.
fn time(written: &str) -> Option<civil::DateTime> {
    let in_this_way = looks_like(written, "0000-00-00T00:00") || looks_like(written, "0000-00-00T00:00:00");
    written.parse().ok().filter(|_| in_this_way)
}

/// True if a text has digits where the example has a 0, and the same characters as it elsewhere.
fn looks_like(written: &str, example: &str) -> bool {
    let alike = |(a, b): (u8, u8)| if b == b'0' { a.is_ascii_digit() } else { a == b };
    written.len() == example.len() && written.bytes().zip(example.bytes()).all(alike)
}
