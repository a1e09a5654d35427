//! Groups that become one question: a table of choices, a ranking or points of a file of ours, and what repeats.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::condition::Asked;
use super::enable::{Judged, both, own};
use super::extensions::{count, kept, kept_count, kept_text};
use super::ids::Ids;
use super::json::{flag, list, put, text};
use super::markdown::line;
use super::options::{Built, Slot, build};
use super::plan::{gone, is_beside, is_group};
use super::questions::{IN_REPEAT, Kind, Stands, ask, entries, head, kept_keys, leftovers, take_place};
use super::reading::{Reading, What};
use super::texts::{Shape, read};
use crate::exchange::report::Fate;

/// A row of a grid, with its item.
struct Row<'a> {
    id: String,
    item: &'a Value,
    json: Value,
}

/// A group that is one question with rows.
struct Table<'a> {
    item: &'a Value,
    id: String,
    rows: Vec<Row<'a>>,
    are_interventions: bool,
}

/// Makes one question of a table, a ranking or points; several where its options are not in the file.
pub(super) fn grid<'a>(
    reading: &mut Reading<'a>,
    item: &'a Value,
    pointer: &str,
    judged: Option<&Judged>,
) -> Vec<Value> {
    let link = text(item, "linkId").unwrap_or_default();
    let row_items = || list(item, "item").iter().enumerate().filter(|(_, row)| !is_beside(true, row));
    let name = match kept_text(item, "type") {
        Some("rank") => "rank",
        Some("allocate") => "allocate",
        _ => "rate",
    };
    let id = reading.ids.name(link, "q");
    let mut scale = None;
    if name == "rate" {
        let into = Slot { key: &id, is_open: false };
        scale = row_items().next().and_then(|(_, first)| build(reading, first, pointer, &into));
        if scale.is_none() {
            let rows = row_items()
                .filter_map(|(at, row)| ask(reading, row, &format!("{pointer}/item/{at}"), judged, Stands::Page));
            return rows.collect();
        }
    }
    if !take_place(reading, link, pointer) {
        return Vec::new();
    }
    let named = kept_text(item, "items") == Some("interventions");
    let rows = rows(reading, link, &id, named, row_items().map(|(_, row)| row));
    if rows.is_empty() {
        reading.say("group-empty", Fate::Dropped, pointer, None, "the table has no rows and was left out");
        return Vec::new();
    }
    let kind = Kind::new(name, What::Existence, Asked::Unsaid);
    let mut question = head(reading, item, pointer, &id, &id, &kind);
    let all_required = rows.iter().all(|row| flag(row.item, "required"));
    if name == "rate" && kept_text(item, "type").is_none() && all_required {
        question.insert("required".into(), true.into());
    }
    if let Some(judged) = judged {
        judged.put(&mut question);
    }
    let ids: Rc<Vec<String>> = Rc::new(rows.iter().map(|row| row.id.clone()).collect());
    let are_interventions = named && *ids == *reading.interventions;
    let items = Value::Array(rows.iter().map(|row| row.json.clone()).collect());
    question.insert("items".into(), if are_interventions { "interventions".into() } else { items });
    let table = Table { item, id, rows, are_interventions };
    let asked = match name {
        "rank" => {
            ranked(reading, &table, &mut question);
            Asked::Rank(Rc::clone(&ids))
        }
        "allocate" => {
            points(reading, &table, &mut question);
            Asked::Allocate(Rc::clone(&ids))
        }
        _ => match scale {
            Some(scale) => rated(reading, &table, scale, &mut question),
            None => return Vec::new(),
        },
    };
    kept_keys(item, name, false, &mut question);
    let Table { id, rows, .. } = table;
    put(&mut question, "source", kept_text(item, "source").or((link != id).then_some(link)));
    reading.place(link, &id, What::Existence);
    reading.know(&id, asked);
    let fate = if kept_text(item, "type").is_some() { Fate::Exact } else { Fate::Assumed };
    let message = format!("the group became `{name}` with {} rows", rows.len());
    reading.say("question", fate, pointer, Some(&id), message);
    leftovers(reading, item, pointer, &id);
    vec![Value::Object(question)]
}

fn rows<'a>(
    reading: &mut Reading<'a>,
    link: &str,
    id: &str,
    are_interventions: bool,
    items: impl Iterator<Item = &'a Value>,
) -> Vec<Row<'a>> {
    let mut ids = Ids::default();
    let mut rows = Vec::new();
    for item in items {
        let own = text(item, "linkId").unwrap_or_default();
        let inner = own.strip_prefix(link).and_then(|rest| rest.strip_prefix('.')).unwrap_or(own);
        let row = ids.code(inner, "row");
        let label = read(item, "text", Shape::Line).filter(|label| !label.markdown.is_empty());
        let key = if are_interventions && reading.interventions.contains(&row) { "interventions" } else { id };
        let label = label.map(|label| reading.keep(label, &format!("{key}.{row}")));
        let mut json = Map::new();
        json.insert("id".into(), row.as_str().into());
        json.insert("label".into(), label.unwrap_or_else(|| line(own)).into());
        put(&mut json, "source", kept_text(item, "source").or((inner != row).then_some(own)));
        rows.push(Row { id: row, item, json: Value::Object(json) });
    }
    rows
}

fn rated<'a>(reading: &mut Reading<'a>, table: &Table<'a>, scale: Built, into: &mut Map<String, Value>) -> Asked {
    let Table { item, id, rows, are_interventions } = table;
    let Built { json, offers } = scale;
    into.insert("scale".into(), json);
    let least = kept_count(item, "min_items").filter(|least| (1..=rows.len() as u64).contains(least));
    put(into, "min_items", least);
    let steps = |key: &str| -> Vec<Value> {
        let named = kept_text(item, key).unwrap_or_default().split(',').map(str::trim);
        named.filter(|step| offers.all.iter().any(|offer| offer.id == *step)).map(Value::from).collect()
    };
    let support = steps("support");
    // Only one question can measure it.
    let is_measured = *are_interventions && kept_text(item, "measure") == Some("support") && !support.is_empty();
    if is_measured && !std::mem::replace(&mut reading.has_measure, true) {
        into.insert("measure".into(), "support".into());
        into.insert("support".into(), support.into());
        let oppose = steps("oppose");
        put(into, "oppose", (!oppose.is_empty()).then_some(oppose));
    }
    for row in rows {
        if let Some(link) = text(row.item, "linkId") {
            reading.place(link, format!("{id}.{}", row.id), What::Single(Rc::clone(&offers)));
        }
    }
    Asked::Rate(Rc::new(rows.iter().map(|row| row.id.clone()).collect()), offers.codes())
}

fn ranked<'a>(reading: &mut Reading<'a>, table: &Table<'a>, into: &mut Map<String, Value>) {
    let Table { item, id, rows, are_interventions } = table;
    let most = rows.len() as u64;
    let max = kept_count(item, "max").filter(|max| (1..=most).contains(max));
    put(into, "min", kept_count(item, "min").filter(|min| *min <= max.unwrap_or(most)));
    put(into, "max", max);
    put(into, "measure", kept_text(item, "measure").filter(|measure| *are_interventions && *measure == "priority"));
    for row in rows {
        if let Some(link) = text(row.item, "linkId") {
            reading.place(link, id.clone(), What::Place { rank: id.clone(), row: row.id.clone() });
        }
    }
}

fn points<'a>(reading: &mut Reading<'a>, table: &Table<'a>, into: &mut Map<String, Value>) {
    let Table { item, id, rows, are_interventions } = table;
    let total = kept_count(item, "total").filter(|total| (1..=1_000_000_000).contains(total));
    put(into, "total", total);
    let divides = |step: &u64| *step > 0 && total.unwrap_or(100).is_multiple_of(*step);
    put(into, "step", kept_count(item, "step").filter(divides));
    put(into, "measure", kept_text(item, "measure").filter(|measure| *are_interventions && *measure == "spend"));
    for row in rows {
        if let Some(link) = text(row.item, "linkId") {
            reading.place(link, format!("{id}.{}", row.id), What::Points);
        }
    }
}

/// The conditions of what stands in a group that repeats, by where it stands, with those of the groups around it there.
pub(super) type Rules = HashMap<String, Judged>;

/// Works the conditions out, which must be known before it is decided on which page the group stands.
pub(super) fn rules<'a>(reading: &mut Reading<'a>, item: &'a Value, pointer: &str) -> Rules {
    let mut rules = Rules::new();
    // A condition on an answer of the same entry is none on what was asked before.
    gone(reading, item, IN_REPEAT);
    add_rules(reading, item, pointer, None, &mut rules);
    rules
}

fn add_rules(reading: &mut Reading<'_>, parent: &Value, pointer: &str, around: Option<&Judged>, rules: &mut Rules) {
    for (at, item) in list(parent, "item").iter().enumerate() {
        let pointer = format!("{pointer}/item/{at}");
        if is_beside(true, item) || is_unseen(item) {
            continue;
        }
        let judged = both(around.cloned(), own(reading, item, &pointer));
        add_rules(reading, item, &pointer, judged.as_ref(), rules);
        rules.extend(judged.map(|judged| (pointer, judged)));
    }
}

/// True for an item that nobody can answer; what has a rule of ours is hidden from others only.
fn is_unseen(item: &Value) -> bool {
    let is_hidden = super::extensions::is_set(item, "hidden");
    let is_ours = kept(item, "show_if").is_some() || kept(item, "lost_rule").is_some();
    (is_hidden && !is_ours) || (flag(item, "readOnly") && text(item, "type") != Some("display"))
}

/// Makes a `repeat` of a group that repeats; none if nothing in it can be asked.
pub(super) fn repeat<'a>(
    reading: &mut Reading<'a>,
    item: &'a Value,
    pointer: &str,
    judged: Option<&Judged>,
    rules: &Rules,
) -> Option<Value> {
    let link = text(item, "linkId").unwrap_or_default();
    if !take_place(reading, link, pointer) {
        gone(reading, item, "is more than can be read");
        return None;
    }
    let id = reading.ids.name(link, "q");
    let kind = Kind::new("repeat", What::Existence, Asked::Repeat);
    let mut question = head(reading, item, pointer, &id, &id, &kind);
    if let Some(judged) = judged {
        judged.put(&mut question);
    }
    let mut fields = Fields { repeat: &id, link, rules, ids: Ids::default(), json: Vec::new() };
    fields.add(reading, item, pointer);
    let fields = fields.json;
    if fields.iter().all(|field| text(field, "type") == Some("note")) {
        reading.say(
            "group-empty",
            Fate::Dropped,
            pointer,
            None,
            "nothing in the repeating group can be asked; it was left out",
        );
        gone(reading, item, "has nothing that can be asked");
        return None;
    }
    question.insert("fields".into(), fields.into());
    entries(reading, item, pointer, &id, &mut question);
    put(&mut question, "item_name", kept_text(item, "item_name"));
    put(&mut question, "themes", kept(item, "themes").and_then(Value::as_bool));
    put(&mut question, "source", kept_text(item, "source").or((link != id).then_some(link)));
    reading.place(link, &id, What::Existence);
    reading.know(&id, Asked::Repeat);
    let fate = if count(item, "maxOccurs").is_some() { Fate::Exact } else { Fate::Assumed };
    reading.say("question", fate, pointer, Some(&id), "the repeating group became `repeat`");
    leftovers(reading, item, pointer, &id);
    Some(Value::Object(question))
}

/// The fields of a `repeat`, as they are found.
struct Fields<'f> {
    repeat: &'f str,
    link: &'f str,
    rules: &'f Rules,
    ids: Ids,
    json: Vec<Value>,
}

impl Fields<'_> {
    fn add<'a>(&mut self, reading: &mut Reading<'a>, parent: &'a Value, pointer: &str) {
        for (at, item) in list(parent, "item").iter().enumerate() {
            let pointer = format!("{pointer}/item/{at}");
            if is_beside(true, item) {
                continue;
            }
            if is_unseen(item) {
                let message = "it cannot be answered by who fills in the form, and was left out";
                reading.say("hidden-dropped", Fate::Dropped, &pointer, Some(self.repeat), message);
                gone(reading, item, "cannot be answered");
                continue;
            }
            if is_group(item) {
                if flag(item, "repeats") {
                    let message = "a part that repeats within another is asked once in each entry";
                    reading.say("repeats-dropped", Fate::Degraded, &pointer, Some(self.repeat), message);
                } else {
                    let message = "the group within a repeating one was left out; what is in it is asked";
                    reading.say("group-flattened", Fate::Assumed, &pointer, Some(self.repeat), message);
                }
            } else {
                let stands = Stands::Field { repeat: self.repeat, link: self.link, ids: &mut self.ids };
                self.json.extend(ask(reading, item, &pointer, self.rules.get(&pointer), stands));
            }
            self.add(reading, item, &pointer);
        }
    }
}
