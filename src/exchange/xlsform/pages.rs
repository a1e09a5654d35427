//! Pages from groups and rows. A page is one screen: rules and texts on it can only name what earlier pages asked.

use serde_json::{Map, Value as Json, json};

use super::columns::place;
use super::declare::appearance;
use super::ids::Ids;
use super::import::{Import, Rule, Unit};
use super::kinds::Kind;
use super::questions::{Inside, question};
use super::texts::Shape;
use super::tree::Node;
use crate::exchange::report::Fate;

/// Most questions on a page of rows that stand in no group.
const LOOSE: usize = 8;
/// Most questions on a page of a group.
const GROUPED: usize = 12;
/// Most questions on a page of a group that says it is one screen.
const SCREEN: usize = 60;

/// What the pages of a stretch of rows have in common.
#[derive(Clone, Debug, Default)]
struct Stretch {
    /// Tells one stretch from another.
    number: usize,
    /// The row that begins it, if a group does.
    node: Option<Node>,
    rule: Rule,
    needs: Vec<String>,
    most: usize,
    own: Map<String, Json>,
}

/// A page that is being filled, the stretch it belongs to, the questions on it, and the rule that they share.
type Open = (Map<String, Json>, usize, Vec<Unit>, Rule);

/// The pages so far.
#[derive(Debug, Default)]
struct Pages {
    done: Vec<Json>,
    ids: Ids,
    open: Option<Open>,
    stretches: usize,
}

/// Makes the pages of a form.
pub(super) fn pages(import: &mut Import, nodes: &[Node], title: &str) -> Vec<Json> {
    let mut pages = Pages::default();
    let loose = Stretch { most: LOOSE, ..Stretch::default() };
    walk(import, &mut pages, nodes, &loose, &(Rule::None, Vec::new()));
    pages.close();
    let mut done = pages.done;
    done.iter_mut().filter_map(Json::as_object_mut).for_each(|page| with_title(page, title));
    done
}

/// Gives a page a title where it must have one.
fn with_title(page: &mut Map<String, Json>, title: &str) {
    let questions = page.get("questions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let is_note = |question: &Json| question.get("type").and_then(Json::as_str) == Some("note");
    if page.contains_key("title") || questions.is_empty() || questions.len() == 1 && !questions.iter().all(is_note) {
        return;
    }
    let mut titled = Map::new();
    for (key, value) in std::mem::take(page) {
        let is_id = key == "id";
        titled.insert(key, value);
        if is_id {
            titled.insert("title".into(), json!(title));
        }
    }
    *page = titled;
}

fn walk(import: &mut Import, pages: &mut Pages, nodes: &[Node], stretch: &Stretch, inner: &(Rule, Vec<String>)) {
    for node in nodes {
        match &node.kind {
            Kind::Begin(super::kinds::Block::Group) if node.table.is_none() => {
                group(import, pages, node, stretch, inner);
            }
            _ => {
                let Some(mut unit) = question(import, node, Inside::Page) else { continue };
                unit.rule = inner.0.clone().and(std::mem::take(&mut unit.rule));
                unit.needs.extend(inner.1.iter().cloned());
                pages.add(import, unit, stretch);
            }
        }
    }
}

fn group(import: &mut Import, pages: &mut Pages, node: &Node, around: &Stretch, inner: &(Rule, Vec<String>)) {
    let (own, needs) = import.relevant(node);
    let is_screen = appearance(node).contains(&"field-list");
    let has_label = import.texts.languages.text(&node.row, "label").is_some();
    if around.node.is_some() && !is_screen && !has_label && !import.is_own() {
        // A group without words inside another only says who sees what is in it.
        let both = (inner.0.clone().and(own), [inner.1.clone(), needs].concat());
        walk(import, pages, &node.inner, around, &both);
        return;
    }
    pages.stretches += 1;
    let stretch = Stretch {
        number: pages.stretches,
        node: Some(node.clone()),
        rule: around.rule.clone().and(inner.0.clone()).and(own),
        needs: [around.needs.clone(), inner.1.clone(), needs].concat(),
        most: if import.is_own() {
            usize::MAX
        } else if is_screen {
            SCREEN
        } else {
            GROUPED
        },
        own: own_keys(import, node),
    };
    let before = pages.done.len() + usize::from(pages.open.is_some());
    let body = page_text(node).cloned();
    if import.is_own() {
        // A page may have no questions: it ends the consultation, say.
        let page = pages.begin(import, &stretch, &stretch.rule.clone(), body.as_ref());
        pages.open = Some((page, stretch.number, Vec::new(), Rule::None));
    }
    walk(import, pages, &node.inner, &stretch, &(Rule::None, Vec::new()));
    let after = pages.done.len() + usize::from(pages.open.is_some());
    let place = place("survey", node.row.number, "type");
    let is_open = pages.open.as_ref().is_some_and(|(_, number, ..)| *number == stretch.number);
    match after.saturating_sub(before) {
        0 if !is_open => {
            let message =
                format!("The group `{}` has nothing in it that can be asked here; it was left out.", node.name);
            import.notes.add("group-empty", Fate::Dropped, place, None, message);
        }
        _ if import.is_own() => {}
        count => {
            let target =
                pages.open.as_ref().and_then(|(page, ..)| page.get("id")).and_then(Json::as_str).map(str::to_string);
            let message = match count {
                0 | 1 => format!("The group `{}` became a page.", node.name),
                _ => format!(
                    "The group `{}` became {count} pages; see whether they are cut where you would cut them.",
                    node.name
                ),
            };
            import.notes.add("group", Fate::Assumed, place, target.as_deref(), message);
        }
    }
}

/// The text under the heading of a page of ours.
fn page_text(node: &Node) -> Option<&Node> {
    node.inner.iter().find(|row| row.row.get("canvass_type") == Some("page_text"))
}

/// The keys of a page that only our own columns say.
fn own_keys(import: &Import, node: &Node) -> Map<String, Json> {
    let mut keys = Map::new();
    if import.is_own() {
        for key in ["end", "store"] {
            if let Some(value) = node.row.raw(key) {
                keys.insert(key.into(), json!(value));
            }
        }
        super::own::more(&node.row, &mut keys);
    }
    keys
}

impl Pages {
    /// Puts a question on the open page, or on a new one where it cannot stand on that.
    fn add(&mut self, import: &mut Import, unit: Unit, stretch: &Stretch) {
        // What stands alone has the rule of its page; in a group a question has its own.
        let is_loose = stretch.node.is_none();
        let hoisted = if is_loose { unit.rule.clone() } else { Rule::None };
        let fits = self.open.as_ref().is_some_and(|(_, number, units, rule)| {
            *number == stretch.number
                && units.len() < stretch.most
                && (!is_loose || *rule == hoisted)
                && !units.iter().any(|asked| unit.needs.contains(&asked.id))
        });
        if !fits {
            self.close();
            let rule = if is_loose { hoisted.clone() } else { stretch.rule.clone() };
            let page = self.begin(import, stretch, &rule, None);
            self.open = Some((page, stretch.number, Vec::new(), hoisted));
        }
        if let Some((_, _, units, _)) = &mut self.open {
            let mut unit = unit;
            if is_loose {
                unit.rule = Rule::None;
            }
            units.push(unit);
        }
    }

    /// A new page of a stretch.
    fn begin(&mut self, import: &mut Import, stretch: &Stretch, rule: &Rule, body: Option<&Node>) -> Map<String, Json> {
        self.close();
        let mut page = Map::new();
        let wanted = stretch
            .node
            .as_ref()
            .map_or("page", |node| node.row.get("id").filter(|_| import.is_own()).unwrap_or(&node.name));
        let id = match stretch.node {
            Some(_) => self.ids.question_as(wanted, import.is_own()),
            None => self.ids.question(&format!("page_{}", self.done.len() + 1)),
        };
        page.insert("id".into(), json!(id));
        if let Some(node) = &stretch.node {
            if let Some((title, _)) = import.line(node, "label", &format!("{id}.title")) {
                page.insert("title".into(), json!(title));
            }
            if let Some((text, _)) =
                body.and_then(|body| import.text(body, "label", &format!("{id}.body"), Shape::Block))
            {
                page.insert("text".into(), json!(text));
            }
        }
        rule.write(&mut page);
        page.extend(stretch.own.clone());
        if let Some(node) = &stretch.node {
            import.add_source(&mut page, node);
        }
        page
    }

    /// Ends the open page.
    fn close(&mut self) {
        let Some((mut page, _, units, _)) = self.open.take() else { return };
        let questions: Vec<Json> = units.into_iter().map(Unit::written).collect();
        if !questions.is_empty() || !page.contains_key("end") {
            let source = page.shift_remove("source");
            page.insert("questions".into(), Json::Array(questions));
            page.extend(source.map(|source| ("source".to_string(), source)));
        }
        self.done.push(Json::Object(page));
    }
}
