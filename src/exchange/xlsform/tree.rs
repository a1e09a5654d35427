//! The rows of the survey sheet as a tree: groups and repeats with what is in them.

use super::columns::{Record, Table};
use super::kinds::{Block, Kind, kind};
use super::lists::Lists;
use crate::exchange::report::{Fate, Notes};

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 64;
/// Most questions, groups and values, copies of a loop included.
const MAX_NODES: usize = 5_000;

/// A row with the rows in it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) row: Record,
    pub(super) kind: Kind,
    pub(super) inner: Vec<Node>,
    /// Its name in the form.
    pub(super) name: String,
    /// What it becomes: set when names are given.
    pub(super) id: String,
    /// Its place among all rows.
    pub(super) place: usize,
    /// How a group becomes a question, if it does.
    pub(super) table: Option<super::declare::TableOf>,
}

impl Node {
    /// Where a cell of its row stands.
    pub(super) fn at(&self, column: &str) -> String {
        super::columns::place("survey", self.row.number, column)
    }
}

/// Builds the tree. What begins and is not ended, or ends and did not begin, is put right and noted.
pub(super) fn tree(table: &Table, lists: &Lists, notes: &mut Notes) -> Vec<Node> {
    let mut open: Vec<Node> = Vec::new();
    let mut top: Vec<Node> = Vec::new();
    let mut count = 0usize;
    for row in &table.rows {
        let Some(node) = node(table, row, notes) else { continue };
        count += 1;
        if count > MAX_NODES {
            notes.add(
                "rows-left-out",
                Fate::Dropped,
                table.place(row, ""),
                None,
                format!("This row and all after it were left out: a form can have {MAX_NODES} rows; split it."),
            );
            break;
        }
        match &node.kind {
            Kind::Begin(_) if open.len() < MAX_DEPTH => open.push(node),
            Kind::Begin(_) => notes.add(
                "block-depth",
                Fate::Degraded,
                table.place(row, "type"),
                None,
                format!(
                    "Groups are nested more than {MAX_DEPTH} deep; what is in this one stands in the group around it."
                ),
            ),
            Kind::End(block) => {
                let matches = |begun: &Node| match (&begun.kind, block) {
                    (Kind::Begin(Block::Loop(_)), Block::Loop(_)) => true,
                    (Kind::Begin(begun), ended) => begun == ended,
                    _ => false,
                };
                if open.last().is_some_and(matches) {
                    close(&mut open, &mut top, lists, notes, &mut count);
                } else {
                    notes.add(
                        "block-unmatched",
                        Fate::Assumed,
                        table.place(row, "type"),
                        None,
                        "Nothing of this kind is open here to be ended; the row was passed over.".to_string(),
                    );
                }
            }
            _ => open.last_mut().map_or(&mut top, |group| &mut group.inner).push(node),
        }
    }
    while let Some(group) = open.last() {
        let (place, name) = (table.place(&group.row, "type"), group.name.clone());
        notes.add(
            "block-unmatched",
            Fate::Assumed,
            place,
            None,
            format!("`{name}` is begun and never ended; it was ended after the last row."),
        );
        close(&mut open, &mut top, lists, notes, &mut count);
    }
    let mut next = 0;
    number(&mut top, &mut next);
    top
}

fn number(nodes: &mut [Node], next: &mut usize) {
    for node in nodes {
        *next += 1;
        node.place = *next;
        number(&mut node.inner, next);
    }
}

/// Ends the group begun last and puts it where it belongs.
fn close(open: &mut Vec<Node>, top: &mut Vec<Node>, lists: &Lists, notes: &mut Notes, count: &mut usize) {
    let Some(mut group) = open.pop() else { return };
    if let Kind::Begin(Block::Loop(list)) = &group.kind {
        let options = lists.named(list).map(super::lists::List::names_and_labels).unwrap_or_default();
        let place = super::columns::place("survey", group.row.number, "type");
        if options.is_empty() || *count + options.len() * group.inner.len() > MAX_NODES {
            notes.add(
                "loop-lost",
                Fate::Dropped,
                place,
                None,
                format!(
                    "The questions of `{}` are asked for each option of `{list}`, which the form does not have.",
                    group.name
                ),
            );
            return;
        }
        notes.add(
            "loop",
            Fate::Assumed,
            place,
            None,
            format!("The questions of `{}` were written out once for each option of `{list}`.", group.name),
        );
        *count += options.len() * group.inner.len();
        let inner = std::mem::take(&mut group.inner);
        for (name, label) in &options {
            group.inner.extend(inner.iter().map(|node| copy(node, name, label)));
        }
        group.kind = Kind::Begin(Block::Group);
    }
    open.last_mut().map_or(top, |outer| &mut outer.inner).push(group);
}

/// A question of a loop for one option.
fn copy(node: &Node, name: &str, label: &str) -> Node {
    let mut copy = node.clone();
    copy.row.replace_in_texts("%(label)s", label);
    copy.row.replace_in_texts("%(name)s", name);
    copy.name = format!("{}_{name}", node.name);
    copy.inner = node.inner.iter().map(|inner| self::copy(inner, name, label)).collect();
    copy
}

/// A row as a node; `None` for one that is empty, disabled or a comment.
fn node(table: &Table, row: &Record, notes: &mut Notes) -> Option<Node> {
    let place = |column: &str| table.place(row, column);
    if row.get("disabled").is_some_and(|disabled| yes_no(disabled) == Some(true)) {
        notes.add(
            "row-disabled",
            Fate::Dropped,
            place("disabled"),
            None,
            "The row is disabled; it was left out.".to_string(),
        );
        return None;
    }
    let Some(written) = row.get("type") else {
        if row.has("name") || row.has("label") {
            notes.add(
                "type-missing",
                Fate::Dropped,
                place("type"),
                None,
                "The row has a name or a label and no type; it was left out. Write what it is in the column `type`."
                    .to_string(),
            );
        } else {
            notes.add(
                "comment",
                Fate::Dropped,
                place(""),
                None,
                "The row has neither a type nor a name nor a label; it was taken for a comment.".to_string(),
            );
        }
        return None;
    };
    if table.is_own && row.get("canvass_type") == Some("extra") {
        // Only there for other programs, by our own export.
        return None;
    }
    let kind = kind(written);
    let named = row.get("name").map(str::to_string);
    let name = named.clone().unwrap_or_else(|| match &kind {
        Kind::Begin(Block::Repeat) => format!("repeat_{}", row.number),
        Kind::Begin(_) => format!("group_{}", row.number),
        Kind::Note => format!("generated_note_name_{}", row.number),
        _ => format!("question_{}", row.number),
    });
    let needs_name = !matches!(kind, Kind::End(_) | Kind::Note | Kind::Personal(_) | Kind::Setting(_));
    if named.is_none() && needs_name {
        notes.add(
            "name-missing",
            Fate::Assumed,
            place("name"),
            None,
            format!("The row has no name, which `pyxform` does not accept; it was called `{name}`."),
        );
    }
    Some(Node { row: row.clone(), kind, inner: Vec::new(), name, id: String::new(), place: 0, table: None })
}

/// `yes`, `TRUE`, `true()` and their opposites.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().trim_end_matches("()") {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}
