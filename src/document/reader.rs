//! Reads one object of a definition key by key, records what is wrong, and knows which keys were never asked for.

use std::cell::RefCell;
use std::str::FromStr;

use super::{Entry, Findings, Node, Place, Value, closest};

/// An object being read. Ask for its keys, then call [`Reader::finish`], which reports every key nobody asked for.
///
/// A key that is missing or of the wrong kind is recorded as a finding and gives `None` or the default,
/// so that reading goes on and finds the next mistake.
pub struct Reader<'a> {
    entries: &'a [Entry],
    /// Where the object starts.
    pub place: Place,
    /// What the object is, for messages: "question `role`".
    what: String,
    asked: RefCell<Vec<&'static str>>,
    /// Where mistakes are recorded.
    pub findings: &'a Findings,
}

impl<'a> Reader<'a> {
    /// Starts reading a node that should be an object.
    pub fn new(node: &'a Node, what: impl Into<String>, findings: &'a Findings) -> Option<Self> {
        let what = what.into();
        let Value::Map(entries) = &node.value else {
            findings.error("E103", node.place, format!("{what} must be an object, not {}", node.value.kind()), None);
            return None;
        };
        let mut seen: Vec<&str> = Vec::new();
        for entry in entries {
            if seen.contains(&entry.key.as_str()) {
                findings.error(
                    "E106",
                    entry.place,
                    format!("the key `{}` stands twice in {what}", entry.key),
                    "keep one of them".to_string(),
                );
            }
            seen.push(&entry.key);
        }
        Some(Self { entries, place: node.place, what, asked: RefCell::default(), findings })
    }

    /// Names the object better once its id is known.
    pub fn name(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    /// What the object is, for messages.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The value under a key, if the key is there.
    pub fn node(&self, key: &'static str) -> Option<&'a Node> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The value under a key that must be there.
    pub fn required(&self, key: &'static str) -> Option<&'a Node> {
        let node = self.node(key);
        if node.is_none() {
            self.findings.error(
                "E104",
                self.place,
                format!("{} has no `{key}`", self.what),
                format!("add `\"{key}\": …`"),
            );
        }
        node
    }

    /// The place of a key's value, or of the object where the key is missing.
    pub fn place_of(&self, key: &str) -> Place {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.place, |entry| entry.node.place)
    }

    /// A text that must be there and not be empty.
    pub fn text(&self, key: &'static str) -> Option<String> {
        let node = self.required(key)?;
        let text = self.as_text(node, key)?;
        if text.trim().is_empty() {
            self.findings.error("E104", node.place, format!("`{key}` of {} is empty", self.what), None);
            return None;
        }
        Some(text)
    }

    /// A text that may be left out.
    pub fn optional_text(&self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        self.as_text(node, key)
    }

    /// A text that is kept in the file for its author and means nothing here.
    pub fn passing(&self, key: &'static str) {
        let _kept = self.optional_text(key);
    }

    /// `true` or `false`; left out it is `default`.
    pub fn flag(&self, key: &'static str, default: bool) -> bool {
        match self.node(key).map(|node| (node.place, &node.value)) {
            None => default,
            Some((_, Value::Bool(flag))) => *flag,
            Some((place, other)) => {
                let help = match other {
                    Value::Text(text) if text == "true" || text == "false" => {
                        format!("write {text} without quotation marks")
                    }
                    _ => "write true or false".to_string(),
                };
                self.findings.error(
                    "E103",
                    place,
                    format!("`{key}` of {} must be true or false, not {}", self.what, other.kind()),
                    help,
                );
                default
            }
        }
    }

    /// A whole number from 0 that may be left out.
    pub fn count(&self, key: &'static str) -> Option<u32> {
        self.parsed(key, "a whole number from 0")
    }

    /// A whole number, negative or not, that may be left out.
    pub fn whole(&self, key: &'static str) -> Option<i32> {
        self.parsed(key, "a whole number")
    }

    /// A number that may be left out.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        self.parsed(key, "a number")
    }

    /// A list that may be left out: then it is empty.
    pub fn list(&self, key: &'static str) -> &'a [Node] {
        match self.node(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.wrong_kind(node, key, "a list");
                &[]
            }
        }
    }

    /// The entries of an object that may be left out: then there are none.
    pub fn map(&self, key: &'static str) -> &'a [Entry] {
        match self.node(key) {
            None => &[],
            Some(Node { value: Value::Map(entries), .. }) => entries,
            Some(node) => {
                self.wrong_kind(node, key, "an object");
                &[]
            }
        }
    }

    /// A list of texts with their places; what is not a text is recorded and left out.
    pub fn texts(&self, key: &'static str) -> Vec<(String, Place)> {
        self.list(key).iter().filter_map(|node| Some((self.as_text(node, key)?, node.place))).collect()
    }

    /// One of a few words that may be left out.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let node = self.node(key)?;
        let text = self.as_text(node, key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word);
            let all = known.clone().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            let help = closest(&text, known).unwrap_or_else(|| format!("write one of {all}"));
            self.findings.error(
                "E107",
                node.place,
                format!("`{key}` of {} is `{text}`, which is unknown", self.what),
                help,
            );
        }
        found
    }

    /// Records every key that nobody asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            let help = closest(&entry.key, asked.iter().copied()).unwrap_or_else(|| {
                format!(
                    "{} can have {}",
                    self.what,
                    asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                )
            });
            self.findings.error("E102", entry.place, format!("{} has no key `{}`", self.what, entry.key), help);
        }
    }

    fn parsed<T: FromStr>(&self, key: &'static str, wanted: &str) -> Option<T> {
        let node = self.node(key)?;
        if let Value::Number(written) = &node.value
            && let Ok(number) = written.parse()
        {
            return Some(number);
        }
        self.wrong_kind(node, key, wanted);
        None
    }

    fn as_text(&self, node: &Node, key: &str) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong_kind(node, key, "a text");
        None
    }

    fn wrong_kind(&self, node: &Node, key: &str, wanted: &str) {
        let found = match &node.value {
            Value::Number(written) => written.as_str(),
            other => other.kind(),
        };
        let message = format!("`{key}` of {} must be {wanted}, not {found}", self.what);
        self.findings.error("E103", node.place, message, None);
    }
}
