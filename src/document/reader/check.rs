//! What an object's table refuses of what is written, recorded as findings.

use std::collections::BTreeSet;

use super::super::keys::{Bounds, Key, Need, Shape};
use super::super::{Entry, Node, Place, Value, closest};
use super::{Reader, day, time};

impl Reader<'_> {
    /// Records what the object's table refuses.
    pub(super) fn check(&self) {
        self.check_repeated(self.entries, &self.what);
        for key in self.keys() {
            match (self.entry(key.name), key.need) {
                (Some(entry), _) => self.check_value(key, &key.shape, key.name, &entry.node),
                (None, Need::Yes) => self.missing(key.name),
                (None, Need::Unless(other)) if self.entry(other).is_none() => self.missing(key.name),
                (None, _) => {}
            }
        }
        // The keys of an unknown type are unknown too: to say so would only repeat the mistake.
        if self.object.types.is_none() || self.kind.is_some() {
            self.check_known();
        }
    }

    fn check_known(&self) {
        let known = || self.keys().map(|key| key.name);
        for entry in self.entries.iter().filter(|entry| !known().any(|name| name == entry.key)) {
            let help =
                closest(&entry.key, known()).unwrap_or_else(|| format!("{} can have {}", self.what, quoted(known())));
            self.findings.error("E102", entry.place, format!("{} has no key `{}`", self.what, entry.key), help);
        }
    }

    fn check_repeated(&self, entries: &[Entry], within: &str) {
        let mut seen = BTreeSet::new();
        for entry in entries.iter().filter(|entry| !seen.insert(entry.key.as_str())) {
            let message = format!("the key `{}` stands twice in {within}", entry.key);
            self.findings.error("E106", entry.place, message, "keep one of them".to_string());
        }
    }

    fn check_value(&self, key: &Key, shape: &Shape, name: &str, node: &Node) {
        match (shape, &node.value) {
            (Shape::Either(shapes), value) if shape.takes(value) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.takes(value)) {
                    self.check_value(key, shape, name, node);
                }
            }
            (_, value) if !shape.takes(value) => self.wrong_kind(shape, name, node),
            (Shape::List(of), Value::List(nodes)) => {
                // Of a list that stands for a name, its reader says what is missing.
                if key.need == Need::Yes && nodes.is_empty() && matches!(key.shape, Shape::List(_)) {
                    self.empty(name, node);
                }
                for node in nodes {
                    self.check_value(key, of, name, node);
                }
            }
            (Shape::Map(names, of), Value::Map(entries)) => {
                self.check_repeated(entries, &format!("`{name}`"));
                for entry in entries {
                    self.check_id(names, &entry.key, entry.place, || format!("an entry of `{name}`"));
                    self.check_value(key, of, &entry.key, &entry.node);
                }
            }
            (Shape::Count(from, to), Value::Number(written))
                if written.parse().is_ok_and(|number: u32| !(*from..=*to).contains(&number)) =>
            {
                let range = match (from, to) {
                    (from, to) if from == to => from.to_string(),
                    (from, &u32::MAX) => format!("{from} or more"),
                    (from, to) => format!("from {from} to {to}"),
                };
                self.out_of_range(key, name, node, &range);
            }
            (Shape::Number(bounds), Value::Number(written))
                if written.parse().is_ok_and(|number| !bounds.allow(number)) =>
            {
                let range = match bounds {
                    Bounds::AboveZero => "above 0",
                    Bounds::AboveOne => "above 1",
                    _ => "a share from 0 up to, but not including, 1",
                };
                self.out_of_range(key, name, node, range);
            }
            (_, Value::Text(text)) => self.check_text(key, shape, name, node, text),
            _ => {}
        }
    }

    fn check_text(&self, key: &Key, shape: &Shape, name: &str, node: &Node, text: &str) {
        let wrong = |code, what: &str, help: String| {
            self.findings.error(
                code,
                node.place,
                format!("`{name}` of {} is `{text}`, which is {what}", self.what),
                help,
            );
        };
        match shape {
            _ if key.need == Need::Yes && text.trim().is_empty() => self.empty(name, node),
            Shape::Id(_) => self.check_id(shape, text, node.place, || self.what.clone()),
            Shape::Words(words) => {
                let words = words();
                let names = || words.iter().map(|word| word.name);
                if !names().any(|known| known == text) {
                    let help = closest(text, names()).unwrap_or_else(|| format!("write one of {}", quoted(names())));
                    wrong(key.code, "unknown", help);
                }
            }
            Shape::Type if self.kind.is_none() => {
                let names = || self.object.types().map(|kind| kind.name);
                let help = closest(text, names())
                    .unwrap_or_else(|| format!("the types are {}", names().collect::<Vec<_>>().join(", ")));
                let message = format!("{} has the type `{text}`, which is unknown", self.what);
                self.findings.error(key.code, node.place, message, help);
            }
            Shape::Day if day(text).is_none() => wrong("E311", "not a date", "write it as 2026-03-31".to_string()),
            Shape::Time if time(text).is_none() => {
                wrong("E410", "not a date and time", "write it as 2026-03-06T17:00".to_string());
            }
            _ => {}
        }
    }

    fn check_id(&self, shape: &Shape, written: &str, place: Place, of_what: impl Fn() -> String) {
        if let Shape::Id(id) = shape
            && !id.allows(written)
        {
            let message = format!("`{written}` cannot be the id of {}", of_what());
            self.findings.error("E105", place, message, id.help().to_string());
        }
    }

    fn missing(&self, key: &str) {
        let message = format!("{} has no `{key}`", self.what);
        self.findings.error("E104", self.place, message, format!("add `\"{key}\": …`"));
    }

    fn empty(&self, name: &str, node: &Node) {
        self.findings.error("E104", node.place, format!("`{name}` of {} is empty", self.what), None);
    }

    fn out_of_range(&self, key: &Key, name: &str, node: &Node, range: &str) {
        self.findings.error(key.code, node.place, format!("`{name}` of {} must be {range}", self.what), None);
    }

    fn wrong_kind(&self, shape: &Shape, name: &str, node: &Node) {
        let found = match &node.value {
            Value::Number(written) => written.as_str(),
            other => other.kind(),
        };
        let help = match (shape, &node.value) {
            (Shape::Flag, Value::Text(text)) if text == "true" || text == "false" => {
                Some(format!("write {text} without quotation marks"))
            }
            _ => None,
        };
        let message = format!("`{name}` of {} must be {}, not {found}", self.what, shape.wanted());
        self.findings.error("E103", node.place, message, help);
    }
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
