//! A form for any part of a definition, made from the part's table of keys: what can be typed in a field has one, and the rest
//! stands in it as JSON, so that nothing is lost. What is posted becomes changes of the keys that were changed, and of no other.

use std::borrow::Cow;

use serde_json::{Map, Value as Json, json};

use super::outline::heading;
use crate::definition::SURVEY;
use crate::document::keys::{Key, Need, Object, Shape};
use crate::document::{Id, Kept, Node, Pointer, Step, Value, set_keys, set_rows};

/// Keys of the whole that have pages of their own.
const ELSEWHERE: [&str; 2] = ["pages", "translations"];
/// Keys whose texts are often longer than a line.
const LONG: [&str; 5] = ["text", "hint", "notice", "purpose", "contact"];
/// Keys that are at hand though they may be left out.
const COMMON: [&str; 7] = ["title", "hint", "required", "show_if", "introduction", "privacy", "access"];

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// What the part is: its table.
    pub object: &'static Object,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its parts that have forms of their own.
    pub inner: Vec<Inner>,
    /// The keys without a field, as JSON: empty if there are none.
    pub rest: String,
    others: Map<String, Json>,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its key.
    pub key: &'static Key,
    /// How it is typed.
    pub input: Input,
    /// What stands in it.
    pub typed: String,
    /// The list of the definition that it is of, if it is of one that the part uses by its name.
    pub list: Option<String>,
    /// True if it is seldom needed and nothing stands in it.
    pub is_rare: bool,
    is_there: bool,
    rows: Vec<Row>,
}

/// How a value is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line.
    Line,
    /// Several lines.
    Lines,
    /// A number.
    Number,
    /// A box to tick, ticked where nothing is written if this holds.
    Flag(bool),
    /// One of these: what is posted, and what it means.
    Choice(Vec<(String, String)>),
    /// Options or rows, a line each: `id: label`; or `@name` for what stands elsewhere under a name.
    Rows(Id),
    /// Texts, a line each.
    Texts,
    /// A rule.
    Rule,
}

/// An object within the part, or a list of them.
#[derive(Clone, Debug)]
pub struct Inner {
    /// Its key.
    pub key: &'static Key,
    /// Where it stands, or would.
    pub at: Pointer,
    /// Of a list its parts: where each stands, and what it is called.
    pub entries: Vec<(Pointer, String)>,
    /// True for a list.
    pub is_list: bool,
    /// True if it is there.
    pub is_there: bool,
}

/// What is wrong with what was posted: the name of the field, and in what way.
pub type Fault = (String, String);

/// What is to be changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    keys: Vec<(String, Option<String>)>,
    rows: Vec<(Pointer, Vec<Kept>)>,
}

#[derive(Clone, Debug)]
struct Row {
    id: String,
    line: String,
    label: String,
}

const ROOT: Shape = Shape::Object(&SURVEY);

/// The table of the part of a definition that a pointer leads to; `None` if no object can stand there.
pub fn table(at: &Pointer, root: &Node) -> Option<&'static Object> {
    walk(&ROOT, &at.0, Some(root))
}

fn walk(shape: &'static Shape, steps: &[Step], node: Option<&Node>) -> Option<&'static Object> {
    match (shape, steps) {
        (Shape::Object(object), []) => Some(object),
        (Shape::Object(object), [Step::Key(name), rest @ ..]) => {
            let key = keys(object, node).into_iter().find(|key| key.name == name)?;
            walk(&key.shape, rest, node.and_then(|node| node.get(name)))
        }
        (Shape::List(inner), [Step::Index(index), rest @ ..]) => walk(inner, rest, Some(node?.list().get(*index)?)),
        (Shape::Map(_, inner), [Step::Key(name), rest @ ..]) => walk(inner, rest, Some(node?.get(name)?)),
        (Shape::Either(shapes), _) => shapes.iter().find_map(|shape| walk(shape, steps, node)),
        _ => None,
    }
}

/// The keys that an object can have: those of its type after those that all need, before the others.
fn keys(object: &'static Object, node: Option<&Node>) -> Vec<&'static Key> {
    let kind = node.and_then(|node| node.get("type")).and_then(Node::text);
    let own = object.types().find(|known| Some(known.name) == kind).map(|known| known.keys).unwrap_or_default();
    let mut keys: Vec<&'static Key> = object.keys().chain(own).collect();
    let is_own = |key: &Key| own.iter().any(|own| own.name == key.name);
    keys.sort_by_key(|key| match key.shape {
        Shape::Rule => 3,
        _ if is_own(key) => 1,
        _ if key.need == Need::No && !COMMON.contains(&key.name) => 2,
        _ => 0,
    });
    keys
}

impl Form {
    /// The form of the part at `at`, which need not be there yet; `None` if no object can stand there.
    pub fn of(at: &Pointer, root: &Node) -> Option<Self> {
        let object = table(at, root)?;
        let node = at.find(root);
        let mut form = Self { object, fields: Vec::new(), inner: Vec::new(), rest: String::new(), others: Map::new() };
        let mut taken: Vec<&str> = if at.0.is_empty() { ELSEWHERE.to_vec() } else { Vec::new() };
        for key in keys(object, node) {
            let there = node.and_then(|node| node.get(key.name));
            if taken.contains(&key.name) || (key.is_kept && key.need == Need::No) {
                continue;
            }
            // A name of what stands elsewhere has no parts here.
            let is_named = there.is_some_and(|node| node.text().is_some());
            if let Some(inner) = inner(key, there, &at.key(key.name)).filter(|_| !is_named) {
                form.inner.push(inner);
            }
            if let Some(field) = field(key, object, there) {
                taken.push(key.name);
                let shared = field.shared(root);
                form.fields.extend(std::iter::once(field).chain(shared));
            } else if form.inner.last().is_some_and(|inner| inner.key.name == key.name && inner.suits(there)) {
                taken.push(key.name);
            }
        }
        for entry in node.map(Node::entries).unwrap_or_default() {
            if !taken.contains(&entry.key.as_str()) {
                form.others.entry(entry.key.as_str()).or_insert_with(|| entry.node.to_json());
            }
        }
        if !form.others.is_empty() {
            form.rest = serde_json::to_string_pretty(&form.others).unwrap_or_default();
        }
        Some(form)
    }

    /// What is posted of the part at `at`, under the names of its fields and `rest`, as changes; `posted` gives what was typed
    /// under a name.
    ///
    /// # Errors
    /// What cannot be written down as it is meant; anything else that is wrong the checker will say.
    pub fn changes<'a>(&self, at: &Pointer, posted: impl Fn(&str) -> Option<&'a str>) -> Result<Changes, Vec<Fault>> {
        let mut changes = Changes::default();
        let mut faults = Vec::new();
        for field in &self.fields {
            let name = field.name();
            let typed = posted(&name);
            let typed = if matches!(field.input, Input::Flag(_)) {
                Cow::Borrowed(if typed.is_some() { "true" } else { "false" })
            } else {
                let Some(typed) = typed else { continue };
                tidy(typed, &field.input)
            };
            if typed == field.typed {
                continue;
            }
            match &field.input {
                Input::Rows(id) if !typed.starts_with('@') => match field.kept(&typed, *id) {
                    Ok(rows) => changes.rows.push((field.rows_at(at), rows)),
                    Err(fault) => faults.push((name, fault)),
                },
                _ => changes.keys.push((field.key.name.to_string(), field.written(&typed))),
            }
        }
        match posted("rest").map(|rest| tidy(rest, &Input::Lines)) {
            Some(rest) if rest != self.rest => match self.of_others(&rest) {
                Ok(keys) => changes.keys.extend(keys),
                Err(fault) => faults.push(("rest".to_string(), fault)),
            },
            _ => {}
        }
        if faults.is_empty() { Ok(changes) } else { Err(faults) }
    }

    /// The changes of the keys that have no field.
    fn of_others(&self, typed: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let empty = typed.trim().is_empty();
        let new: Json =
            if empty { json!({}) } else { serde_json::from_str(typed).map_err(|error| not_json(&error))? };
        let Json::Object(new) = new else { return Err("Write an object: { … }".to_string()) };
        if let Some(twice) = new.keys().find(|key| self.fields.iter().any(|field| field.key.name == **key)) {
            return Err(format!("“{twice}” has a field of its own: write it there"));
        }
        let gone = self.others.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), None));
        let changed = new.iter().filter(|(key, value)| self.others.get(*key) != Some(value));
        let changed = changed.map(|(key, value)| (key.clone(), Some(value.to_string())));
        Ok(gone.chain(changed).collect())
    }
}

fn not_json(error: &serde_json::Error) -> String {
    format!("This is not JSON: look at line {}, column {}", error.line(), error.column())
}

impl Changes {
    /// True if the part is the same in another state of the definition as far as they go: then they can be made there.
    pub fn fit(&self, at: &Pointer, before: &Node, now: &Node) -> bool {
        let ids = |root: &Node| -> Option<Vec<Option<String>>> {
            let mut node = root;
            let mut ids = Vec::new();
            for (index, step) in at.0.iter().enumerate() {
                node = Pointer(at.0.get(..=index)?.to_vec()).find(root)?;
                if matches!(step, Step::Index(_)) {
                    ids.push(node.get("id").and_then(Node::text).map(str::to_string));
                }
            }
            ids.push(node.get("type").and_then(Node::text).map(str::to_string));
            Some(ids)
        };
        let value = |root: &Node, at: &Pointer| at.find(root).map(Node::to_json);
        let mut parts = self.keys.iter().map(|(key, _)| at.key(key)).chain(self.rows.iter().map(|(at, _)| at.clone()));
        ids(before).is_some_and(|known| ids(now) == Some(known))
            && parts.all(|part| value(before, &part) == value(now, &part))
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.rows.is_empty()
    }

    /// The text with these changes of the part at `at`; `None` if it is not JSON or the part is not there.
    pub fn apply(&self, text: &str, at: &Pointer) -> Option<String> {
        let mut text = set_keys(text, at, &self.keys)?;
        for (list, rows) in &self.rows {
            text = match (set_rows(&text, list, rows), list.parent()) {
                (Some(changed), _) => changed,
                // What stood there is no list.
                (None, Some((whole, Step::Key(key)))) => {
                    set_rows(&set_keys(&text, &whole, &[(key.clone(), Some("[]".to_string()))])?, list, rows)?
                }
                (None, _) => return None,
            };
        }
        Some(text)
    }
}

impl Inner {
    fn suits(&self, there: Option<&Node>) -> bool {
        match there.map(|node| &node.value) {
            None => true,
            Some(Value::List(nodes)) => self.is_list && nodes.iter().all(|node| matches!(node.value, Value::Map(_))),
            Some(Value::Map(_)) => !self.is_list,
            Some(_) => false,
        }
    }
}

impl Field {
    /// The name under which it is posted.
    pub fn name(&self) -> String {
        match &self.list {
            Some(list) => format!("l.{list}"),
            None => format!("k.{}", self.key.name),
        }
    }

    /// Where the rows stand that lines of it describe.
    fn rows_at(&self, at: &Pointer) -> Pointer {
        match &self.list {
            Some(list) => lists().key(list),
            None => at.key(self.key.name),
        }
    }

    /// A field for the list of the definition that this one names.
    fn shared(&self, root: &Node) -> Option<Self> {
        let (Input::Rows(_), Some(list)) = (&self.input, self.typed.strip_prefix('@')) else { return None };
        let (typed, rows) = rows(lists().key(list).find(root)?.list())?;
        Some(Self { typed, rows, list: Some(list.to_string()), ..self.clone() })
    }

    /// The value as JSON; none where nothing is typed.
    fn written(&self, typed: &str) -> Option<String> {
        let text = |text: &str| Some(json!(text).to_string());
        match &self.input {
            Input::Flag(default) => {
                let is_default = typed == default.to_string();
                (self.is_there || !is_default).then(|| typed.to_string())
            }
            _ if typed.trim().is_empty() => None,
            Input::Number if serde_json::from_str::<serde_json::Number>(typed).is_ok() => Some(typed.to_string()),
            Input::Choice(_) if matches!(typed, "true" | "false") => Some(typed.to_string()),
            Input::Rows(_) => text(typed.trim().trim_start_matches('@')),
            Input::Texts => {
                Some(json!(typed.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>()).to_string())
            }
            _ => text(typed),
        }
    }

    /// The rows that lines describe, those that were there with all they have.
    fn kept(&self, typed: &str, id: Id) -> Result<Vec<Kept>, String> {
        let mut rows: Vec<Kept> = Vec::new();
        let mut used: Vec<String> = Vec::new();
        for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (named, label) = match line.split_once(':') {
                Some((named, label)) if id.allows(named.trim()) => (Some(named.trim().to_string()), label.trim()),
                _ => (None, line),
            };
            let same_label = || self.rows.iter().find(|row| row.label == label && !used.contains(&row.id));
            let named = named.or_else(|| same_label().map(|row| row.id.clone()));
            let named = named.unwrap_or_else(|| unused(&slug(label), |id| used.contains(id) || self.has(id)));
            if used.contains(&named) {
                return Err(format!("Two lines have the id “{named}”: give each its own"));
            }
            let old = self.rows.iter().position(|row| row.id == named);
            rows.push(match old.and_then(|index| Some((index, self.rows.get(index)?))) {
                Some((index, row)) if row.line == line || row.label == label => Kept::Old(index, Vec::new()),
                Some((index, _)) => Kept::Old(index, vec![("label".to_string(), Some(json!(label).to_string()))]),
                None => Kept::New(json!({"id": named, "label": label})),
            });
            used.push(named);
        }
        Ok(rows)
    }

    fn has(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row.id == id)
    }
}

/// What was typed as it is compared and kept: lines end as in a file, and a single line has no spaces around it.
fn tidy<'a>(typed: &'a str, input: &Input) -> Cow<'a, str> {
    let typed = if typed.contains('\r') { Cow::Owned(typed.replace("\r\n", "\n")) } else { Cow::Borrowed(typed) };
    match input {
        Input::Lines | Input::Choice(_) => typed,
        _ => Cow::Owned(typed.trim().to_string()),
    }
}

/// An id made of words: `Very good` becomes `very_good`.
fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('_') && !slug.is_empty() {
            slug.push('_');
        }
    }
    slug.truncate(36);
    let slug = slug.trim_end_matches('_');
    if slug.is_empty() { "option".to_string() } else { slug.to_string() }
}

fn unused(base: &str, is_used: impl Fn(&String) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    std::iter::once(base.to_string()).chain(numbered).find(|id| !is_used(id)).unwrap_or_default()
}

/// Where the lists stand that have names.
fn lists() -> Pointer {
    Pointer::default().key("lists")
}

/// The list of objects that need an id and a label and nothing more, if that is what may stand under a key.
fn rows_of(shape: &'static Shape) -> Option<&'static Object> {
    match shape {
        Shape::List(Shape::Object(object)) => {
            let needed: Vec<&str> = object.keys().filter(|key| key.need == Need::Yes).map(|key| key.name).collect();
            (needed == ["id", "label"]).then_some(object)
        }
        Shape::Either(shapes) => shapes.iter().find_map(rows_of),
        _ => None,
    }
}

fn inner(key: &'static Key, there: Option<&Node>, at: &Pointer) -> Option<Inner> {
    let (is_list, _) = match key.shape {
        Shape::Object(object) => (false, object),
        Shape::List(Shape::Object(object)) => (true, *object),
        _ => (true, rows_of(&key.shape)?),
    };
    let nodes = there.map(Node::list).unwrap_or_default();
    let entries = nodes.iter().enumerate().map(|(index, node)| (at.index(index), heading(node)));
    Some(Inner { key, at: at.clone(), entries: entries.collect(), is_list, is_there: there.is_some() })
}

fn field(key: &'static Key, object: &'static Object, there: Option<&Node>) -> Option<Field> {
    let input = input(&key.shape, key, object, there)?;
    let (typed, rows) = written(&input, there, key)?;
    let is_rare = there.is_none() && key.need == Need::No && !COMMON.contains(&key.name) && !is_own(key, object);
    Some(Field { key, input, typed, list: None, is_rare, is_there: there.is_some(), rows })
}

fn is_own(key: &Key, object: &'static Object) -> bool {
    object.types.is_some() && !object.keys().any(|known| known.name == key.name)
}

fn input(shape: &'static Shape, key: &Key, object: &'static Object, there: Option<&Node>) -> Option<Input> {
    let leave = || match key.default {
        Some(default) => format!("As usual: {default}"),
        None => "Not said".to_string(),
    };
    let choice = |words: Vec<(String, String)>| {
        let mut all = vec![(String::new(), leave())];
        let now = there.and_then(Node::text).filter(|now| !words.iter().any(|(word, _)| word == now));
        all.extend(now.map(|now| (now.to_string(), format!("{now} (unknown)"))));
        all.extend(words);
        Input::Choice(all)
    };
    let named = |words: Vec<crate::document::keys::Word>| {
        words
            .into_iter()
            .map(|word| (word.name.to_string(), format!("{}: {}", word.name, word.about)))
            .collect::<Vec<_>>()
    };
    Some(match shape {
        Shape::Rule | Shape::Expression => Input::Rule,
        Shape::Flag => Input::Flag(key.default == Some("true")),
        Shape::Count(..) | Shape::Whole | Shape::Number(_) => Input::Number,
        Shape::Words(words) => choice(named(words())),
        Shape::Type => choice(
            object.types().map(|kind| (kind.name.to_string(), format!("{}: {}", kind.name, kind.about))).collect(),
        ),
        Shape::Text
            if LONG.contains(&key.name)
                || there.and_then(Node::text).is_some_and(|text| text.len() > 70 || text.contains('\n')) =>
        {
            Input::Lines
        }
        Shape::Text | Shape::Id(_) | Shape::Named(_) | Shape::Day | Shape::Time => Input::Line,
        Shape::List(Shape::Text | Shape::Id(_) | Shape::Named(_) | Shape::Day) => Input::Texts,
        Shape::Either([Shape::Flag, Shape::Words(words)]) => {
            let flags = [("true", "Yes"), ("false", "No")].map(|(word, name)| (word.to_string(), name.to_string()));
            choice(flags.into_iter().chain(named(words())).collect())
        }
        _ => {
            rows_of(shape)?;
            Input::Rows(Id::Code)
        }
    })
}

/// What stands in a field; `None` if what is written does not fit it.
fn written(input: &Input, there: Option<&Node>, key: &Key) -> Option<(String, Vec<Row>)> {
    let Some(node) = there else {
        let default = if let Input::Flag(default) = input { default.to_string() } else { String::new() };
        return Some((default, Vec::new()));
    };
    let text = match (&node.value, input) {
        (Value::Bool(flag), Input::Flag(_) | Input::Choice(_)) => flag.to_string(),
        (Value::Number(number), Input::Number) => number.clone(),
        (Value::Text(name), Input::Rows(_)) => format!("@{name}"),
        (Value::List(nodes), Input::Rows(_)) => return rows(nodes),
        (Value::List(nodes), Input::Texts) => {
            let lines =
                nodes.iter().map(|node| node.text().filter(|text| !text.trim().is_empty() && !text.contains('\n')));
            lines.collect::<Option<Vec<_>>>()?.join("\n")
        }
        (Value::Text(_), Input::Flag(_) | Input::Texts) => return None,
        // What has spaces around it, or lines, would not come back from a line as it is.
        (Value::Text(text), Input::Line | Input::Rule | Input::Number)
            if text.trim() != text || text.contains('\n') =>
        {
            return None;
        }
        (Value::Text(text), _) if text.contains('\r') || (text.is_empty() && key.need == Need::No) => return None,
        (Value::Text(text), _) => text.clone(),
        _ => return None,
    };
    Some((text, Vec::new()))
}

fn rows(nodes: &[Node]) -> Option<(String, Vec<Row>)> {
    let row = |node: &Node| {
        let (id, label) = (node.get("id")?.text()?.to_string(), node.get("label")?.text()?.to_string());
        let is_plain = Id::Code.allows(&id) && label.trim() == label && !label.contains(['\n', '\r']);
        is_plain.then(|| Row { line: format!("{id}: {label}").trim().to_string(), id, label })
    };
    let rows = nodes.iter().map(row).collect::<Option<Vec<_>>>()?;
    let is_each_once = (1..).zip(&rows).all(|(next, row)| !rows.iter().skip(next).any(|other| other.id == row.id));
    is_each_once.then(|| (rows.iter().map(|row| row.line.as_str()).collect::<Vec<_>>().join("\n"), rows))
}

#[cfg(test)]
#[path = "tests_form.rs"]
mod tests;
