//! From a definition to a workbook.

mod grid;
mod limits;
mod names;
mod survey;
mod xpath;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::language;
use super::own::{INTERVENTION, OPTION, hushed, take_columns};
use super::own_sheets::{SETTINGS, encoded};
use crate::definition::language::fingerprint;
use crate::document::Id;
use crate::exchange::report::{Fate, Refusal, Report};
use crate::exchange::rule::parse;
pub(super) use grid::Cells;
use grid::{Grid, MAX_CELL, workbook};
use xpath::{Names, condition, label};

/// A workbook made of a definition.
#[derive(Clone, Debug)]
pub struct Written {
    /// The `.xlsx` file.
    pub workbook: Vec<u8>,
    /// What other programs will not understand of it; reading it here again loses nothing.
    pub report: Report,
}

/// A definition on its way into sheets.
struct Writer<'a> {
    definition: &'a Map<String, Json>,
    names: Names,
    /// Names that are taken in the survey sheet.
    taken: BTreeSet<String>,
    report: Report,
    survey: Grid,
    choices: Grid,
    /// Texts by language and key that have no cell yet.
    translations: BTreeMap<String, BTreeMap<String, (String, Option<String>)>>,
    /// Other fingerprints than those of today's texts.
    fingerprints: Vec<(String, String, Option<String>)>,
    /// True while texts are written that stand elsewhere too, so that their translations are still to be written there.
    repeating: bool,
    /// For each list, the rule by which a question offers its options.
    filters: BTreeMap<String, String>,
}

/// Writes a definition.
pub(super) fn write(definition: &Json, notes: Option<&[(&str, &str)]>) -> Result<Written, Refusal> {
    let definition = definition.as_object().ok_or_else(|| Refusal::of_file("the definition is not an object"))?;
    let mut writer = Writer {
        definition,
        names: Names::default(),
        taken: BTreeSet::new(),
        report: Report::default(),
        survey: Grid::new("survey", SURVEY),
        choices: Grid::new("choices", CHOICES),
        translations: BTreeMap::new(),
        fingerprints: Vec::new(),
        filters: BTreeMap::new(),
        repeating: false,
    };
    let mut more = Map::new();
    writer.take_translations(&mut more);
    writer.name_everything();
    writer.lists(&mut more);
    writer.pages(&mut more);
    writer.calculated(&mut more);
    let interventions = writer.interventions(&mut more);
    let checks = writer.checks(&mut more);
    let population = writer.population();
    let canvass = writer.settings_and_rest(&mut more);
    let settings = writer.settings();
    let translations = writer.other_translations();
    let Writer { survey, choices, report, .. } = writer;
    let grids = [survey, choices, settings, canvass, interventions, population, checks, translations];
    Ok(Written { workbook: workbook(&grids, notes)?, report })
}

/// The columns of the sheet `survey`, in their order.
pub(super) const SURVEY: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "required",
    "rule",
    "required_if",
    "segment",
    "measure",
    "support",
    "oppose",
    "items",
    "min",
    "max",
    "min_items",
    "total",
    "step",
    "decimals",
    "unit",
    "lines",
    "min_chars",
    "max_chars",
    "pattern",
    "pattern_message",
    "themes",
    "order",
    "order_group",
    "item_name",
    "style",
    "end",
    "store",
    "appearance",
    "parameters",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "choice_filter",
    "canvass_type",
    "own_options",
    "id",
    "source",
    "lost_rule",
    "verbatim",
    "verbatim_hint",
    "more",
    "written",
];

/// The columns of the sheet `choices`, in their order.
pub(super) const CHOICES: &[&str] = &[
    "list_name",
    "name",
    "label",
    "hint",
    "scale_value",
    "missing",
    "exclusive",
    "other",
    "last",
    "rule",
    "offered",
    "own_options",
    "id",
    "source",
    "lost_rule",
    "verbatim",
    "verbatim_hint",
    "more",
];

impl Writer<'_> {
    /// Notes what other programs do not understand.
    fn note(&mut self, code: &'static str, fate: Fate, source: String, target: &str, message: String) {
        self.report.add(code, fate, source, Some(target), message);
    }

    /// Takes the translations, if they are as the format has them.
    fn take_translations(&mut self, more: &mut Map<String, Json>) {
        let Some(written) = self.definition.get("translations") else { return };
        let mut taken = BTreeMap::new();
        let read = |entry: &Json| {
            let entry = entry.as_object()?;
            let text = entry.get("text")?.as_str().filter(|text| !text.trim().is_empty())?;
            let of = match entry.get("of") {
                None => None,
                Some(of) => Some(of.as_str().filter(|of| !of.trim().is_empty() && *of != "-")?.to_string()),
            };
            (entry.len() == 1 + usize::from(of.is_some())).then(|| (text.to_string(), of))
        };
        let languages = written.as_object().filter(|languages| !languages.is_empty());
        for (language, texts) in languages.into_iter().flatten() {
            let texts = texts.as_object().filter(|texts| !texts.is_empty());
            let Some(texts) = texts.filter(|_| is_cell(language)) else {
                more.insert("translations".into(), written.clone());
                return;
            };
            for (key, entry) in texts {
                let Some(entry) = read(entry).filter(|_| is_cell(key)) else {
                    more.insert("translations".into(), written.clone());
                    return;
                };
                taken.entry(language.clone()).or_insert_with(BTreeMap::new).insert(key.clone(), entry);
            }
        }
        if languages.is_none() {
            more.insert("translations".into(), written.clone());
        }
        self.translations = taken;
    }

    /// Writes the translations of a text into the columns beside it.
    fn translate(&mut self, cells: &mut Cells, column: &str, key: &str, source: &str) {
        let languages: Vec<String> = self.translations.keys().cloned().collect();
        for language in languages {
            let header = language::header(&language);
            if language::tag(&header).tag != language {
                continue;
            }
            let Some(texts) = self.translations.get_mut(&language) else { continue };
            let Some((text, of)) = texts.get(key).cloned() else { continue };
            let (shown, exact) = match column {
                "label" | "hint" => label(&text, &self.names),
                _ if text.contains("${") => continue,
                _ => (text, true),
            };
            cells.set(&format!("{column}::{header}"), shown);
            if !exact || self.repeating {
                continue;
            }
            texts.remove(key);
            if of.as_deref() != Some(&fingerprint(source)) {
                self.fingerprints.push((language, key.to_string(), of));
            }
        }
    }

    /// Writes a text with its translations; `verbatim` keeps what a label cannot say.
    fn text(&mut self, cells: &mut Cells, left: &mut Map<String, Json>, from: &str, column: &str, key: &str) {
        let Some(Json::String(text)) = left.get(from).cloned() else { return };
        let Some(hushed) = hushed(&text) else { return };
        left.shift_remove(from);
        let (shown, exact) = label(&text, &self.names);
        if shown.trim().is_empty() || !exact {
            cells.set(if column == "hint" { "verbatim_hint" } else { "verbatim" }, hushed);
        }
        cells.set(column, if shown.trim().is_empty() { "…".to_string() } else { shown });
        self.translate(cells, column, key, &text);
    }

    /// Writes who sees something: our rule, and the expression for other programs.
    fn rule(&mut self, cells: &mut Cells, left: &mut Map<String, Json>, source: &str, id: &str) {
        if left.contains_key("lost_rule") {
            cells.set("relevant", "false()");
            cells.set("lost_rule", take_hushed(left, "lost_rule").map(|(_, hushed)| hushed).unwrap_or_default());
        }
        let Some((rule, hushed)) = take_hushed(left, "show_if") else { return };
        let xpath = self.xpath(&rule);
        cells.set("rule", hushed);
        match xpath {
            Ok(xpath) => drop(cells.set("relevant", xpath)),
            Err(why) => {
                cells.set("relevant", "false()");
                let message = format!("Other programs show this to nobody, for they cannot read `{rule}`: {why}.");
                self.note("rule-own", Fate::Degraded, source.to_string(), id, message);
            }
        }
    }

    /// A rule of ours as an expression for other programs.
    fn xpath(&self, rule: &str) -> Result<String, String> {
        condition(&parse(rule).ok_or("it cannot be read")?, &self.names)
    }

    /// Writes the lists that questions share.
    fn lists(&mut self, more: &mut Map<String, Json>) {
        let Some(lists) = self.definition.get("lists") else { return };
        let mut left = Map::new();
        for (name, options) in lists.as_object().into_iter().flatten() {
            let rows = options.as_array().filter(|rows| !rows.is_empty() && Id::Name.allows(name));
            match rows {
                Some(rows) => self.options(name, rows, name, false),
                None => drop(left.insert(name.clone(), options.clone())),
            }
        }
        if !left.is_empty() || lists.as_object().is_none_or(Map::is_empty) {
            more.insert("lists".into(), if left.is_empty() { lists.clone() } else { Json::Object(left) });
        }
    }

    /// Writes options, and the filter by which a question offers those with a rule.
    fn options(&mut self, list: &str, options: &[Json], key: &str, own: bool) {
        let mut filter = vec!["offered = ''".to_string()];
        for option in options {
            let Some(mut left) = option.as_object().cloned() else { continue };
            let mut cells = Cells::default();
            let id = take_text(&mut left, "id").unwrap_or_default();
            cells.set("list_name", list).set("name", id.clone());
            self.text(&mut cells, &mut left, "label", "label", &format!("{key}.{id}"));
            self.text(&mut cells, &mut left, "hint", "hint", &format!("{key}.{id}.hint"));
            let rule = take_hushed(&mut left, "show_if");
            if rule.is_some() || left.contains_key("lost_rule") {
                let number = filter.len().to_string();
                cells.set("offered", number.clone());
                let xpath = rule.as_ref().and_then(|(rule, _)| self.xpath(rule).ok());
                filter.push(format!("(offered = '{number}' and ({}))", xpath.unwrap_or_else(|| "false()".into())));
            }
            if let Some((_, hushed)) = rule {
                cells.set("rule", hushed);
            }
            if let Some((_, hushed)) = take_hushed(&mut left, "lost_rule") {
                cells.set("lost_rule", hushed);
            }
            take_columns(&mut cells, &mut left, OPTION);
            if own {
                cells.set("own_options", "yes");
            }
            rest(&mut cells, left);
            self.choices.push(cells);
        }
        if filter.len() > 1 {
            self.filters.insert(list.to_string(), filter.join(" or "));
        }
    }

    fn interventions(&mut self, more: &mut Map<String, Json>) -> Grid {
        let mut grid =
            Grid::new("interventions", &["id", "label", "breadth", "audience", "withdrawn", "source", "more"]);
        let Some(written) = self.definition.get("interventions") else { return grid };
        let rows = written.as_array().map(Vec::as_slice).unwrap_or_default();
        let whole = rows.iter().all(|row| {
            let text = |key: &str| row.get(key).and_then(Json::as_str).is_some_and(is_cell);
            text("id") && text("label")
        });
        if rows.is_empty() || !whole {
            more.insert("interventions".into(), written.clone());
            return grid;
        }
        for row in rows {
            let Some(mut left) = row.as_object().cloned() else { continue };
            let mut cells = Cells::default();
            let id = take_text(&mut left, "id").unwrap_or_default();
            cells.set("id", id.clone());
            self.text(&mut cells, &mut left, "label", "label", &format!("interventions.{id}"));
            take_columns(&mut cells, &mut left, INTERVENTION);
            rest(&mut cells, left);
            grid.push(cells);
        }
        grid
    }

    fn checks(&mut self, more: &mut Map<String, Json>) -> Grid {
        let mut grid = Grid::new("checks", &["rule", "message", "level", "source", "lost_rule", "more"]);
        let Some(written) = self.definition.get("checks") else { return grid };
        let rows = written.as_array().map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() || rows.iter().any(|row| !row.is_object()) {
            more.insert("checks".into(), written.clone());
            return grid;
        }
        for (number, row) in (1..).zip(rows) {
            let Some(mut left) = row.as_object().cloned() else { continue };
            let mut cells = Cells::default();
            for key in ["rule", "lost_rule"] {
                if let Some((_, hushed)) = take_hushed(&mut left, key) {
                    cells.set(key, hushed);
                }
            }
            for key in ["level", "source"] {
                if let Some(text) = take_text(&mut left, key) {
                    cells.set(key, text);
                }
            }
            if let Some(Json::String(message)) = left.get("message").cloned()
                && is_cell(&message)
                && !message.contains("${")
            {
                left.shift_remove("message");
                cells.set("message", message.clone());
                self.translate(&mut cells, "message", &format!("checks.{number}"), &message);
            }
            if cells.0.is_empty() {
                left.entry("message".to_string()).or_insert_with(|| json!(""));
            }
            rest(&mut cells, left);
            grid.push(cells);
        }
        grid
    }

    fn population(&self) -> Grid {
        let mut grid = Grid::new("population", &["question", "option", "share"]);
        for (question, option, share) in margins(self.definition).unwrap_or_default() {
            let mut cells = Cells::default();
            cells.set("question", question).set("option", option).set("share", share);
            grid.push(cells);
        }
        grid
    }

    /// The four settings that an XLSForm has too.
    fn settings(&self) -> Grid {
        let mut grid = Grid::new("settings", &["form_title", "form_id", "version", "default_language"]);
        let mut cells = Cells::default();
        for (key, column) in SETTINGS {
            if let Some(text) = self.definition.get(key).and_then(|value| setting(key, value)) {
                cells.set(column, text);
            }
        }
        grid.push(cells);
        grid
    }

    /// Everything else that the survey says, a key a row.
    fn settings_and_rest(&mut self, more: &mut Map<String, Json>) -> Grid {
        let mut grid = Grid::new("canvass", &["key", "value"]);
        let elsewhere = ["lists", "interventions", "pages", "checks", "calculated", "translations"];
        for (key, value) in self.definition {
            let is_setting = SETTINGS.iter().any(|(known, _)| known == key) && setting(key, value).is_some();
            if elsewhere.contains(&key.as_str()) || is_setting {
                continue;
            }
            let mut value = value.clone();
            if key == "population"
                && margins(self.definition).is_some()
                && let Some(population) = value.as_object_mut()
            {
                population.shift_remove("margins");
                if population.is_empty() {
                    continue;
                }
            }
            self.leaves(key, &value, &mut grid, more);
        }
        if grid.rows.is_empty() {
            let mut cells = Cells::default();
            cells.set("key", "more").set("value", "{}");
            grid.push(cells);
        }
        if !more.is_empty() {
            long(&mut grid, "more", &Json::Object(more.clone()).to_string());
        }
        grid
    }

    fn leaves(&mut self, key: &str, value: &Json, grid: &mut Grid, more: &mut Map<String, Json>) {
        if let Json::Object(object) = value
            && !object.is_empty()
            && object.keys().all(|key| is_cell(key) && !key.contains('.'))
        {
            object.iter().for_each(|(inner, value)| self.leaves(&format!("{key}.{inner}"), value, grid, more));
            return;
        }
        if !is_cell(key) || key == "more" || key.trim() != key {
            // Written whole, in the words of the format.
            let top = key.split('.').next().unwrap_or(key);
            more.extend(self.definition.get(top).map(|value| (top.to_string(), value.clone())));
            return;
        }
        let text = encoded(value);
        let before = grid.rows.len();
        long(grid, key, &text);
        if let (Json::String(source), Some(mut cells)) = (value, grid.rows.get(before).cloned())
            && grid.rows.len() == before + 1
            && *source == text
        {
            self.translate(&mut cells, "value", key, source);
            if let Some(row) = grid.rows.get_mut(before) {
                *row = cells;
            }
        }
    }

    fn other_translations(&mut self) -> Grid {
        let mut grid = Grid::new("translations", &["language", "key", "text", "of"]);
        for (language, texts) in &self.translations {
            for (key, (text, of)) in texts {
                let mut cells = Cells::default();
                cells.set("language", language.clone()).set("key", key.clone()).set("text", text.clone());
                cells.set("of", of.clone().unwrap_or_default());
                grid.push(cells);
            }
        }
        for (language, key, of) in &self.fingerprints {
            let mut cells = Cells::default();
            cells.set("language", language.clone()).set("key", key.clone());
            cells.set("of", of.clone().unwrap_or_else(|| "-".into()));
            grid.push(cells);
        }
        grid
    }
}

/// A setting as an XLSForm has it, if it can.
fn setting(key: &str, value: &Json) -> Option<String> {
    match value {
        Json::String(text) if key != "version" && is_cell(text) && !text.contains("${") => Some(text.clone()),
        Json::Number(number) if key == "version" && number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// The margins as rows, if they are as the format has them.
fn margins(definition: &Map<String, Json>) -> Option<Vec<(String, String, String)>> {
    let margins = definition.get("population")?.get("margins")?.as_object().filter(|margins| !margins.is_empty())?;
    let mut rows = Vec::new();
    for (question, shares) in margins {
        for (option, share) in shares.as_object().filter(|shares| !shares.is_empty())? {
            let fits = |text: &str| is_cell(text) && text.trim() == text;
            if !share.is_number() || !fits(question) || !fits(option) {
                return None;
            }
            rows.push((question.clone(), option.clone(), share.to_string()));
        }
    }
    Some(rows)
}

/// A key with a value that may go on over several cells.
fn long(grid: &mut Grid, key: &str, text: &str) {
    let mut rest = text;
    loop {
        let mut end = rest.len().min(MAX_CELL / 2);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        let mut cells = Cells::default();
        cells.set("key", key).set("value", piece);
        grid.push(cells);
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// True for a text that a cell can hold and give back.
fn is_cell(text: &str) -> bool {
    !text.trim().is_empty()
}

/// Takes a text that a cell can hold, and that other programs do not take for a question.
fn take_text(left: &mut Map<String, Json>, key: &str) -> Option<String> {
    let text = left.get(key)?.as_str().filter(|text| is_cell(text) && !text.contains("${"))?.to_string();
    left.shift_remove(key);
    Some(text)
}

/// Takes a text, and gives it also as a cell can hold it where other programs look for `${question}`.
fn take_hushed(left: &mut Map<String, Json>, key: &str) -> Option<(String, String)> {
    let text = left.get(key)?.as_str()?.to_string();
    let hushed = hushed(&text)?;
    left.shift_remove(key);
    Some((text, hushed))
}

/// Keeps what no column says.
fn rest(cells: &mut Cells, left: Map<String, Json>) {
    if !left.is_empty() {
        cells.set("more", Json::Object(left).to_string().replace("${", "\\u0024{"));
    }
}
