//! Groups that are one question: repeats with their fields, and tables with their rows.

use serde_json::{Map, Value as Json, json};

use super::declare::{TableOf, is_header};
use super::import::{Import, Rule, Unit};
use super::kinds::{Block, Kind};
use super::questions::{Inside, question};
use super::tree::Node;
use crate::exchange::report::Fate;

/// Most entries of a repeat.
const MAX_ENTRIES: u64 = 20;

/// Writes the fields of a repeat.
pub(super) fn repeat(import: &mut Import, node: &Node, unit: &mut Unit) {
    let mut fields = Fields { of: node, needs: Vec::new(), written: Vec::new() };
    import.prefix = format!("{}.", unit.id);
    import.repeat = Some(node.place);
    fields.add(import, &node.inner, &Rule::None);
    import.repeat = None;
    unit.needs.extend(fields.needs);
    let fields = fields.written;
    import.prefix.clear();
    if let Some(count) = node.row.get("repeat_count").filter(|_| !import.is_own()) {
        if let Ok(count) = count.parse::<u64>() {
            let entries = count.clamp(1, MAX_ENTRIES);
            unit.json.insert("min".into(), json!(entries));
            unit.json.insert("max".into(), json!(entries));
        } else {
            let message = format!("`{count}` sets the number of entries; here people add as many as they want.");
            import.note("repeat-count", Fate::Dropped, node, "repeat_count", message);
        }
    }
    if !unit.json.contains_key("max") && !import.is_own() {
        unit.json.insert("max".into(), json!(MAX_ENTRIES));
    }
    unit.json.insert("fields".into(), Json::Array(fields));
}

/// The fields of a repeat as they are found, without the groups that they stand in.
struct Fields<'n> {
    of: &'n Node,
    needs: Vec<String>,
    written: Vec<Json>,
}

impl Fields<'_> {
    /// Adds what these rows ask; `around` is the rule of the groups around them.
    fn add(&mut self, import: &mut Import, nodes: &[Node], around: &Rule) {
        for node in nodes {
            let Kind::Begin(block) = &node.kind else {
                let Some(mut made) = question(import, node, Inside::Repeat) else { continue };
                self.needs.append(&mut made.needs);
                made.rule = around.clone().and(made.rule);
                self.written.push(made.written());
                continue;
            };
            if *block == Block::Repeat {
                let of = self.of;
                let message =
                    format!("`{}` is repeated within `{}`; here it is asked once for each entry.", node.name, of.name);
                import.notes.add("repeat-nested", Fate::Degraded, node.at("type"), Some(&of.id), message);
            }
            let (rule, needs) = import.relevant(node);
            self.needs.extend(needs);
            self.add(import, &node.inner, &around.clone().and(rule));
        }
    }
}

/// Writes the rows of a table.
pub(super) fn table(import: &mut Import, node: &Node, unit: &mut Unit) {
    let own_rows = !(import.is_own() && node.row.get("items") == Some("interventions"));
    let mut rows = Vec::new();
    for row in node.inner.iter().filter(|row| !is_header(row)) {
        // The labels of interventions are theirs, and so are their translations.
        let key = if own_rows { format!("{}.{}", import.key(&unit.id), row.id) } else { String::new() };
        let label = import.line(row, "label", &key);
        let (label, needs) = label.unwrap_or_else(|| (row.name.clone(), Vec::new()));
        if own_rows {
            unit.needs.extend(needs);
        }
        let mut json = Map::new();
        json.insert("id".into(), json!(row.id));
        json.insert("label".into(), json!(label));
        import.add_source(&mut json, row);
        rows.push(Json::Object(json));
    }
    let items = if own_rows { Json::Array(rows) } else { json!("interventions") };
    unit.json.insert("items".into(), items);
    if let Some(TableOf::Rate(list)) = &node.table {
        scale(import, node, list, unit);
    }
    if !import.is_own() {
        let message = "The rows that share one list of options became one question.";
        import.note("table", Fate::Assumed, node, "appearance", message);
    }
}

fn scale(import: &mut Import, node: &Node, list: &str, unit: &mut Unit) {
    // The scale is written as the options of a question are, under the other key.
    let kind = Kind::Choice { ask: super::kinds::Choose::One, list: list.to_string(), or_other: false };
    let asked = Node { kind, inner: Vec::new(), ..node.clone() };
    super::options::choose(import, &asked, super::kinds::Choose::One, unit);
    if let Some(options) = unit.json.shift_remove("options") {
        unit.json.insert("scale".into(), options);
    }
}
