//! The survey sheet: pages as groups, questions as rows, and what other programs need besides.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::super::import::seal_of;
use super::super::own::{QUESTION, take_columns};
use super::grid::Cells;
use super::limits::{limits, others};
use super::names::{objects, text};
use super::xpath::{Asked, condition, is_condition, label, value};
use super::{Writer, rest, take_hushed, take_text};
use crate::document::Id;
use crate::exchange::report::Fate;
use crate::exchange::rule::{Expr, parse};

impl Writer<'_> {
    /// Writes the pages.
    pub(super) fn pages(&mut self, more: &mut Map<String, Json>) {
        let definition = self.definition;
        let pages = definition.get("pages").and_then(Json::as_array);
        let well_formed = pages.is_some_and(|pages| {
            pages.iter().all(|page| {
                let questions = page.get("questions");
                let named = |thing: &Json| thing.get("id").and_then(Json::as_str).is_some_and(|id| Id::Name.allows(id));
                named(page)
                    && questions.is_none_or(|questions| {
                        questions.as_array().is_some_and(|questions| questions.iter().all(named))
                    })
            })
        });
        if !well_formed {
            more.extend(definition.get("pages").map(|pages| ("pages".to_string(), pages.clone())));
            return;
        }
        for (number, page) in objects(definition, "pages").into_iter().enumerate() {
            self.page(number, page);
        }
    }

    fn page(&mut self, number: usize, page: &Map<String, Json>) {
        let mut left = page.clone();
        let id = take_text(&mut left, "id").unwrap_or_default();
        let place = format!("/pages/{number}");
        let mut cells = Cells::default();
        let name = self.free(&id);
        cells.set("type", "begin_group").set("name", name.clone()).set("appearance", "field-list");
        if name != id {
            cells.set("id", id.clone());
        }
        self.text(&mut cells, &mut left, "title", "label", &format!("{id}.title"));
        self.rule(&mut cells, &mut left, &place, &id);
        let mut body = Cells::default();
        self.text(&mut body, &mut left, "text", "label", &format!("{id}.body"));
        if !body.0.is_empty() {
            let name = self.free(&format!("{id}_text"));
            body.set("type", "note").set("name", name).set("canvass_type", "page_text");
        }
        for key in ["end", "store", "source"] {
            if let Some(text) = take_text(&mut left, key) {
                cells.set(key, text);
            }
        }
        if cells.0.contains_key("end") {
            self.note(
                "end",
                Fate::Degraded,
                format!("{place}/end"),
                &id,
                "Other programs go on after this page; they do not end here.".into(),
            );
        }
        if cells.0.contains_key("store") {
            self.note(
                "contact",
                Fate::Degraded,
                format!("{place}/store"),
                &id,
                "Other programs keep these answers with all others; Canvass keeps them apart.".into(),
            );
        }
        let questions = objects(page, "questions");
        // A page without questions says so by what it has instead.
        if !questions.is_empty() || page.get("questions") == Some(&json!([])) && !cells.0.contains_key("end") {
            left.shift_remove("questions");
        }
        rest(&mut cells, left);
        sealed(&mut cells);
        self.survey.push(cells);
        let is_empty = questions.is_empty() && body.0.is_empty();
        if !body.0.is_empty() {
            self.survey.push(body);
        }
        for (index, question) in questions.into_iter().enumerate() {
            self.question(question, &format!("{place}/questions/{index}"), "");
        }
        if is_empty {
            // A group must have something in it.
            let title = label(text(page, "title"), &self.names).0;
            let mut note = Cells::default();
            let name = self.free(&format!("{id}_note"));
            note.set("type", "note").set("name", name).set("canvass_type", "extra");
            note.set("label", if title.is_empty() { "…".to_string() } else { title });
            self.survey.push(note);
        }
        self.end("end_group");
    }

    fn end(&mut self, kind: &str) {
        let mut cells = Cells::default();
        cells.set("type", kind);
        self.survey.push(cells);
    }

    /// Writes a question; `repeat` is the repeat that it is a field of, with a dot.
    fn question(&mut self, question: &Map<String, Json>, place: &str, repeat: &str) {
        let mut left = question.clone();
        let id = take_text(&mut left, "id").unwrap_or_default();
        let kind = take_text(&mut left, "type").unwrap_or_default();
        let mut cells = Cells::default();
        let name = if repeat.is_empty() { id.clone() } else { self.free(&format!("{repeat}{id}").replace('.', "_")) };
        cells.set("name", name.clone());
        if name != id {
            cells.set("id", id.clone());
        }
        let key = format!("{repeat}{id}");
        self.text(&mut cells, &mut left, "text", "label", &format!("{key}.text"));
        self.text(&mut cells, &mut left, "hint", "hint", &format!("{key}.hint"));
        self.rule(&mut cells, &mut left, place, &id);
        if kind != "note" {
            self.required(&mut cells, &mut left, place, &id);
        }
        if let Some(source) = take_text(&mut left, "source") {
            cells.set("source", source);
        }
        for message in ["pattern_message", "item_name"] {
            if let Some(text) = take_text(&mut left, message) {
                cells.set(message, text.clone());
                self.translate(&mut cells, message, &format!("{key}.{message}"), &text);
            }
        }
        take_columns(&mut cells, &mut left, QUESTION);
        if matches!(left.get("segment"), Some(Json::Bool(_))) {
            left.shift_remove("segment");
        }
        limits(&mut cells, question, &kind);
        others(&mut cells, self.definition, &id, &self.names, repeat);
        match kind.as_str() {
            "rate" | "allocate" => self.table(cells, left, question, (&id, &kind, place)),
            "repeat" => self.repeat(cells, left, question, (&id, place)),
            _ => {
                self.row(&mut cells, &mut left, question, (&id, &kind, place), &key);
                rest(&mut cells, left);
                sealed(&mut cells);
                self.survey.push(cells);
                self.beside(&id, &name, repeat);
            }
        }
    }

    fn required(&mut self, cells: &mut Cells, left: &mut Map<String, Json>, place: &str, id: &str) {
        if let Some(Json::Bool(required)) = left.get("required").filter(|_| !left.contains_key("required_if")) {
            cells.set("required", if *required { "yes" } else { "no" });
            left.shift_remove("required");
        }
        let Some((rule, hushed)) = take_hushed(left, "required_if") else { return };
        let xpath = self.xpath(&rule);
        cells.set("required_if", hushed);
        match xpath {
            Ok(xpath) => drop(cells.set("required", xpath)),
            Err(why) => {
                let message = format!("Other programs let people skip this, for they cannot read `{rule}`: {why}.");
                self.note("rule-own", Fate::Degraded, format!("{place}/required_if"), id, message);
            }
        }
    }

    /// The type of a question of one row, with its options.
    fn row(
        &mut self,
        cells: &mut Cells,
        left: &mut Map<String, Json>,
        question: &Map<String, Json>,
        (id, kind, place): (&str, &str, &str),
        key: &str,
    ) {
        let plain = match kind {
            "note" => "note",
            "consent" => "acknowledge",
            "date" => "date",
            "number" if question.get("decimals").and_then(Json::as_u64).unwrap_or(0) > 0 => "decimal",
            "number" => "integer",
            "single" | "multi" => {
                let list = self.list_for(cells, left, "options", id, key);
                if question.get("order").and_then(Json::as_str) == Some("random") {
                    cells.set("parameters", "randomize=true");
                }
                if question.get("style").and_then(Json::as_str) == Some("dropdown") {
                    cells.set("appearance", "minimal");
                }
                if let Some(filter) = self.filters.get(&list) {
                    cells.set("choice_filter", filter.clone());
                    // No program takes both a filter and an order by chance from a list of its own.
                }
                let select = if kind == "single" { "select_one" } else { "select_multiple" };
                cells.set("type", format!("{select} {list}"));
                return;
            }
            "rank" => {
                let list = self.rank_rows(cells, left, question, id, key);
                cells.set("type", format!("rank {list}"));
                return;
            }
            "email" | "ideas" => {
                cells.set("canvass_type", kind);
                if kind == "ideas" {
                    cells.set("appearance", "multiline");
                    self.note(
                        "ideas",
                        Fate::Degraded,
                        place.to_string(),
                        id,
                        "Other programs ask for a text; people do not see and vote on each other's ideas there.".into(),
                    );
                }
                "text"
            }
            _ => {
                if question.get("lines").and_then(Json::as_u64).unwrap_or(1) > 1 {
                    cells.set("appearance", "multiline");
                }
                "text"
            }
        };
        cells.set("type", plain);
    }

    /// The list that a question names; options written in place become a list of the question's own.
    fn list_for(&mut self, cells: &mut Cells, left: &mut Map<String, Json>, from: &str, id: &str, key: &str) -> String {
        match left.get(from).cloned() {
            Some(Json::String(list)) if Id::Name.allows(&list) => {
                left.shift_remove(from);
                list
            }
            Some(Json::Array(options)) => {
                left.shift_remove(from);
                let list = self.free_list(id);
                cells.set("own_options", "yes");
                self.options(&list, &options, key, true);
                list
            }
            _ => id.to_string(),
        }
    }

    /// A name for a list that no other has.
    fn free_list(&self, wanted: &str) -> String {
        let lists: BTreeSet<&String> =
            self.definition.get("lists").and_then(Json::as_object).into_iter().flat_map(Map::keys).collect();
        let known = |name: &String| {
            lists.contains(name) || self.choices.rows.iter().any(|row| row.0.get("list_name") == Some(name))
        };
        let mut name = wanted.to_string();
        let mut number = 2;
        while known(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }

    fn rank_rows(
        &mut self,
        cells: &mut Cells,
        left: &mut Map<String, Json>,
        question: &Map<String, Json>,
        id: &str,
        key: &str,
    ) -> String {
        let list = self.free_list(id);
        let rows = self.rows_of(question);
        match left.get("items") {
            Some(Json::String(items)) if items == "interventions" => {
                left.shift_remove("items");
                cells.set("items", "interventions");
                let labels: Vec<Json> = rows
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|row| json!({"id": row.get("id"), "label": row.get("label")}))
                    .collect();
                self.repeating = true;
                self.options(&list, &labels, "interventions", true);
                self.repeating = false;
            }
            Some(Json::Array(rows)) => {
                let rows = rows.clone();
                left.shift_remove("items");
                self.options(&list, &rows, key, true);
            }
            _ => {}
        }
        list
    }

    /// Writes a rating or a sharing of points: a group with a row for each thing.
    fn table(
        &mut self,
        mut cells: Cells,
        mut left: Map<String, Json>,
        question: &Map<String, Json>,
        (id, kind, place): (&str, &str, &str),
    ) {
        let is_rate = kind == "rate";
        cells.set("type", "begin_group").set("canvass_type", kind);
        cells.set("appearance", if is_rate { "table-list" } else { "field-list" });
        let scale = if is_rate { self.list_for(&mut cells, &mut left, "scale", id, id) } else { String::new() };
        let from_interventions = question.get("items").and_then(Json::as_str) == Some("interventions");
        let rows = self.rows_of(question);
        if from_interventions || question.get("items").is_some_and(Json::is_array) {
            left.shift_remove("items");
        }
        if from_interventions {
            cells.set("items", "interventions");
        }
        let required = cells.0.get("required").cloned().filter(|_| !question.contains_key("min_items"));
        rest(&mut cells, left);
        sealed(&mut cells);
        self.survey.push(cells);
        let named = match self.names.asked.get(id) {
            Some(Asked::Table { rows, .. }) => rows.clone(),
            _ => Vec::new(),
        };
        let total = question.get("total").and_then(Json::as_u64).unwrap_or(100);
        self.repeating = from_interventions;
        let last = named.last().map(|(_, name)| name.clone());
        for ((row_id, name), row) in named.iter().zip(rows.as_array().into_iter().flatten()) {
            let mut left = row.as_object().cloned().unwrap_or_default();
            let mut cells = Cells::default();
            cells.set("name", name.clone()).set("id", row_id.clone());
            left.shift_remove("id");
            let key = if from_interventions { format!("interventions.{row_id}") } else { format!("{id}.{row_id}") };
            self.text(&mut cells, &mut left, "label", "label", &key);
            if let Some(source) = take_text(&mut left, "source").filter(|_| !from_interventions) {
                cells.set("source", source);
            }
            if is_rate {
                cells.set("type", format!("select_one {scale}"));
                cells.set("required", required.clone().unwrap_or_default());
            } else {
                cells.set("type", "integer");
                let mut limit = format!(". >= 0 and . <= {total}");
                if Some(name) == last.as_ref() {
                    let each: Vec<String> =
                        named.iter().map(|(_, row)| format!("number(coalesce(${{{row}}}, 0))")).collect();
                    limit = format!("{limit} and ({} = {total})", each.join(" + "));
                }
                cells.set("constraint", limit).set("constraint_message", format!("The points must add up to {total}"));
            }
            self.survey.push(cells);
        }
        self.repeating = false;
        self.end("end_group");
        let message = match (is_rate, from_interventions) {
            (true, _) => "Other programs ask it as a table of questions.",
            (false, _) => "Other programs ask for a number for each row and check the sum.",
        };
        self.note("table", Fate::Assumed, place.to_string(), id, message.into());
    }

    fn repeat(
        &mut self,
        mut cells: Cells,
        mut left: Map<String, Json>,
        question: &Map<String, Json>,
        (id, place): (&str, &str),
    ) {
        cells.set("type", "begin_repeat");
        let fields = objects(question, "fields");
        if question.get("fields").and_then(Json::as_array).is_some_and(|all| all.len() == fields.len()) {
            left.shift_remove("fields");
        }
        rest(&mut cells, left);
        sealed(&mut cells);
        self.survey.push(cells);
        for (index, field) in fields.into_iter().enumerate() {
            self.question(field, &format!("{place}/fields/{index}"), &format!("{id}."));
        }
        self.end("end_repeat");
    }

    /// The texts beside options, as questions of their own for other programs.
    fn beside(&mut self, id: &str, name: &str, repeat: &str) {
        let names = self.names.beside.get(id).cloned().filter(|_| repeat.is_empty()).unwrap_or_default();
        let definition = self.definition;
        let question = objects(definition, "pages")
            .into_iter()
            .flat_map(|page| objects(page, "questions"))
            .find(|question| text(question, "id") == id);
        let Some(question) = question else { return };
        let is_multi = text(question, "type") == "multi";
        let options = self.options_of(question).cloned().unwrap_or_default();
        let with_text = options.as_array().into_iter().flatten().filter(|option| option.get("other").is_some());
        for (beside, option) in names.into_iter().zip(with_text.filter_map(Json::as_object)) {
            let chosen = text(option, "id");
            let relevant = if is_multi {
                format!("selected(${{{name}}}, '{chosen}')")
            } else {
                format!("${{{name}}} = '{chosen}'")
            };
            let mut cells = Cells::default();
            cells.set("type", "text").set("name", beside).set("canvass_type", "extra").set("relevant", relevant);
            cells.set("label", label(text(option, "label"), &self.names).0);
            cells.set("required", if text(option, "other") == "required" { "yes" } else { "" });
            self.survey.push(cells);
        }
    }

    /// Writes the values that are worked out.
    pub(super) fn calculated(&mut self, more: &mut Map<String, Json>) {
        let Some(written) = self.definition.get("calculated") else { return };
        let values = objects(self.definition, "calculated");
        let whole = values.iter().all(|value| {
            Id::Name.allows(text(value, "id")) && super::super::own::hushed(text(value, "value")).is_some()
        });
        if values.is_empty() || !whole || written.as_array().is_none_or(|all| all.len() != values.len()) {
            more.insert("calculated".into(), written.clone());
            return;
        }
        for (number, calculated) in values.into_iter().enumerate() {
            let mut left = calculated.clone();
            let id = take_text(&mut left, "id").unwrap_or_default();
            let (rule, hushed) = take_hushed(&mut left, "value").unwrap_or_default();
            let mut cells = Cells::default();
            cells.set("type", "calculate").set("name", id.clone());
            self.text(&mut cells, &mut left, "label", "label", &format!("calculated.{id}"));
            let xpath =
                parse(&rule).ok_or_else(|| "it cannot be read".to_string()).and_then(|expr| self.worked_out(&expr));
            cells.set("rule", hushed);
            match xpath {
                Ok(xpath) => drop(cells.set("calculation", xpath)),
                Err(why) => {
                    cells.set("calculation", "''");
                    let message = format!("Other programs do not work out `{rule}`: {why}.");
                    self.note("rule-own", Fate::Degraded, format!("/calculated/{number}"), &id, message);
                }
            }
            if let Some(source) = take_text(&mut left, "source") {
                cells.set("source", source);
            }
            rest(&mut cells, left);
            sealed(&mut cells);
            self.survey.push(cells);
        }
    }

    /// A calculation; a condition gives `1` or `0`.
    fn worked_out(&self, expr: &Expr) -> Result<String, String> {
        if is_condition(expr, &self.names) {
            return Ok(format!("if({}, '1', '0')", condition(expr, &self.names)?));
        }
        value(expr, &self.names)
    }
}

/// Marks a row so that a change of what other programs read is seen.
fn sealed(cells: &mut Cells) {
    let cell = |column: &str| cells.0.get(column).map(|text| text.trim().to_string()).unwrap_or_default();
    if let Some(seal) = seal_of(&cell) {
        cells.set("written", seal);
    }
}
