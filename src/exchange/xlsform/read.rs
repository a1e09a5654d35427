//! From a workbook to a definition.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::calculate::calculations;
use super::columns::{Headers, Record, Table, is_own, place};
use super::declare::declare;
use super::ids::{self, Ids};
use super::import::{Import, used_names};
use super::kinds::{Choose, Kind};
use super::lists::Lists;
use super::options;
use super::own_sheets;
use super::pages::pages;
use super::texts::{Languages, Texts};
use super::tree::{Node, tree};
use super::typed::Symbols;
use crate::exchange::report::{Fate, Imported, Notes, Refusal};
use crate::exchange::workbook::{Sheet, sheets};

/// The sheets that mean something to an import; a workbook's only sheet is taken for the first.
const SHEETS: [&str; 11] = [
    "survey",
    "choices",
    "settings",
    "external_choices",
    "columns",
    "choices and columns",
    "canvass",
    "interventions",
    "population",
    "checks",
    "translations",
];

/// Settings that only other programs use.
const SETTINGS: [&str; 4] = ["form_id", "form_title", "version", "default_language"];

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, Refusal> {
    let sheets = form_sheets(bytes)?;
    let headers = if sheets.iter().any(|sheet| sheet.name == "canvass") { Headers::Canvass } else { Headers::Xlsform };
    let mut tables: BTreeMap<String, Table> =
        sheets.into_iter().map(|sheet| (sheet.name.clone(), Table::new(sheet, headers))).collect();
    let mut notes = Notes::default();
    for table in tables.values() {
        headings(table, headers, &mut notes);
    }
    let survey = tables.remove("survey").unwrap_or_default();
    let choices = ["choices", "choices and columns", "columns"].iter().find_map(|name| tables.remove(*name));
    let choices: Vec<Table> = choices.into_iter().chain(tables.remove("external_choices")).collect();
    let settings = tables.get("settings").and_then(|table| table.rows.first()).cloned().unwrap_or_default();
    let lists = Lists::read(&choices, headers, &mut notes);
    let languages = match headers {
        Headers::Canvass => {
            Languages::of_own(&[&survey].into_iter().chain(&choices).chain(tables.values()).collect::<Vec<_>>())
        }
        Headers::Xlsform => Languages::of(settings.get("default_language"), &survey, &lists, &mut notes),
    };
    let mut rows = tree(&survey, &lists, &mut notes);
    let tag = languages.tag.clone();
    let mut import = Import {
        notes,
        symbols: Symbols::default(),
        ids: Ids::of_questions(),
        texts: Texts { languages, headers, translations: BTreeMap::new() },
        used: used_names(&[&survey]),
        calculated: Vec::new(),
        checks: Vec::new(),
        stand_ins: BTreeMap::new(),
        shared: BTreeMap::new(),
        multi_users: multi_users(&rows, &lists),
        prefix: String::new(),
        repeat: None,
        lists,
    };
    declare(&mut import, &mut rows);
    let mut definition = Map::new();
    definition.insert("format".into(), json!(1));
    let title = if headers == Headers::Canvass {
        own_sheets::survey(&mut import, &tables, &mut definition);
        definition.get("title").and_then(Json::as_str).unwrap_or("Imported form").to_string()
    } else {
        about(&mut import, &settings, &rows, tag.as_ref(), &mut definition)
    };
    calculations(&mut import, &rows);
    let pages = pages(&mut import, &rows, &title);
    if pages.is_empty() && headers == Headers::Xlsform {
        return Err(Refusal {
            source_pointer: "survey".into(),
            message: "the sheet `survey` has nothing that can be asked; write questions with their `type` and `name`"
                .into(),
        });
    }
    options::rest(&mut import);
    Ok(finish(import, definition, pages, &tables))
}

/// The sheets of a form.
fn form_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let sheets = sheets(bytes, &SHEETS)?;
    if sheets.iter().any(|sheet| sheet.name == "survey") {
        return Ok(sheets);
    }
    let names = sheets.iter().map(|sheet| sheet.name.as_str());
    let near = names.filter(|name| strsim::osa_distance(name, "survey") <= 3).max_by_key(|name| name.len());
    let near = near.map_or_else(String::new, |name| format!("; is it the sheet `{name}`?"));
    Err(Refusal::of_file(format!("the workbook has no sheet `survey`, which holds the questions of an XLSForm{near}")))
}

/// Puts everything together in the order of the format.
fn finish(
    mut import: Import,
    mut definition: Map<String, Json>,
    pages: Vec<Json>,
    tables: &BTreeMap<String, Table>,
) -> Imported {
    let mut lists = Map::new();
    for list in &import.lists.all {
        if let Some((options, _)) = import.shared.get(&list.id)
            && !lists.contains_key(&list.id)
        {
            let from = place(&list.sheet, list.options.first().map_or(1, |option| option.row.number), "");
            let message = format!("The list `{}` has {} options.", list.name, options.len());
            import.notes.add("list", Fate::Exact, from, Some(&list.id), message);
            lists.insert(list.id.clone(), Json::Array(options.clone()));
        }
    }
    if !lists.is_empty() {
        definition.insert("lists".into(), Json::Object(lists));
    }
    for (key, values) in [("calculated", &mut import.calculated), ("checks", &mut import.checks)] {
        if !values.is_empty() {
            definition.insert(key.into(), Json::Array(std::mem::take(values)));
        }
    }
    definition.insert("pages".into(), Json::Array(pages));
    for name in ["settings", "canvass", "interventions", "population", "checks", "translations"] {
        if let Some(table) = tables.get(name).filter(|table| !table.rows.is_empty() && import.is_own()) {
            let message = format!("The sheet `{name}` was read, {} rows.", table.rows.len());
            import.notes.add("own-sheet", Fate::Exact, name.to_string(), None, message);
        }
    }
    if let Some(table) = tables.get("translations") {
        own_sheets::translations(table, &mut import.texts.translations);
    }
    let translations: Map<String, Json> = std::mem::take(&mut import.texts.translations)
        .into_iter()
        .filter(|(_, texts)| !texts.is_empty())
        .map(|(language, texts)| (language, Json::Object(texts)))
        .collect();
    if !translations.is_empty() {
        definition.insert("translations".into(), Json::Object(translations));
    }
    let mut ordered = Map::new();
    for key in ORDER {
        if let Some(value) = definition.shift_remove(key) {
            ordered.insert(key.into(), value);
        }
    }
    ordered.extend(definition);
    Imported { definition: Json::Object(ordered), report: import.notes.finish() }
}

/// Keys of a survey in the order of the format.
const ORDER: [&str; 26] = [
    "format",
    "id",
    "version",
    "title",
    "language",
    "source",
    "introduction",
    "window",
    "privacy",
    "accessibility",
    "results",
    "access",
    "progress",
    "overview",
    "anonymity",
    "unfinished",
    "lists",
    "interventions",
    "population",
    "consensus",
    "round",
    "pages",
    "calculated",
    "checks",
    "translations",
    "retired",
];

/// Notes what is odd about the headers of a sheet.
fn headings(table: &Table, headers: Headers, notes: &mut Notes) {
    let first = place(&table.sheet, 1, "");
    if let Some(row) = table.unread {
        let message =
            format!("Row {row} and what follows is not read, for there are more than 60 empty rows before it.");
        notes.add("rows-unread", Fate::Dropped, first.clone(), None, message);
    }
    for header in &table.doubled {
        let message = format!("The column `{header}` stands twice; the first is read.");
        notes.add("column-twice", Fate::Assumed, first.clone(), None, message);
    }
    if headers == Headers::Canvass || !matches!(table.sheet.as_str(), "survey" | "settings") {
        return;
    }
    for header in &table.unknown {
        let snake = super::columns::snake(header);
        let message = if is_own(&snake) {
            format!(
                "The column `{header}` is read only in a workbook that has a sheet `canvass`; add one if you mean Canvass's own."
            )
        } else {
            format!("The column `{header}` means nothing here; it was left out.")
        };
        notes.add("column-unknown", Fate::Dropped, first.clone(), None, message);
    }
}

/// How many questions of several options use each list.
fn multi_users(nodes: &[Node], lists: &Lists) -> BTreeMap<String, usize> {
    let mut users = BTreeMap::new();
    let mut open: Vec<&Node> = nodes.iter().collect();
    while let Some(node) = open.pop() {
        open.extend(&node.inner);
        if let Kind::Choice { ask: Choose::Many, .. } = &node.kind
            && let Some(list) = super::declare::list_of(lists, &node.kind)
        {
            *users.entry(list.id.clone()).or_insert(0) += 1;
        }
    }
    users
}

/// Id, version, title and language; gives the title.
fn about(
    import: &mut Import,
    settings: &Record,
    nodes: &[Node],
    tag: Option<&super::language::Tag>,
    definition: &mut Map<String, Json>,
) -> String {
    let on_survey = |wanted: &str| {
        nodes
            .iter()
            .find(|node| matches!(&node.kind, Kind::Setting(key) if *key == wanted))
            .map(|node| node.name.clone())
    };
    let at = |column| place("settings", settings.number.max(2), column);
    let form_id = settings.get("form_id").map(str::to_string).or_else(|| on_survey("form_id"));
    let title = settings.get("form_title").map(str::to_string).or_else(|| on_survey("form_title"));
    let title = title.or_else(|| form_id.clone());
    let id = ids::survey(form_id.as_deref().or(title.as_deref()).unwrap_or("imported-form"));
    definition.insert("id".into(), json!(id));
    if let Some(version) = settings.get("version") {
        match version.parse::<u32>().ok().filter(|version| *version <= 2_147_483_647) {
            Some(number) => drop(definition.insert("version".into(), json!(number))),
            None => import.notes.add(
                "version",
                Fate::Dropped,
                at("version"),
                None,
                format!("The version `{version}` is not a whole number; published versions are counted anew."),
            ),
        }
    }
    let shown = title.clone().unwrap_or_else(|| "Imported form".to_string());
    definition.insert("title".into(), json!(shown.split_whitespace().collect::<Vec<_>>().join(" ")));
    if title.is_none() {
        import.notes.add(
            "title-missing",
            Fate::Assumed,
            at("form_title"),
            None,
            "The form has no title; write one under `title`, and an `id`.".to_string(),
        );
    }
    match (&form_id, form_id.as_ref().is_some_and(|form_id| *form_id != id)) {
        (Some(form_id), true) => {
            definition.insert("source".into(), json!(form_id));
            import.notes.add("form-id", Fate::Assumed, at("form_id"), Some(&id), format!("`{form_id}` became `{id}`."));
        }
        (Some(_), false) => {
            import.notes.add("form-id", Fate::Exact, at("form_id"), Some(&id), "It is the id of the survey.");
        }
        (None, _) => {}
    }
    match tag {
        Some(tag) => {
            definition.insert("language".into(), json!(tag.tag));
            let (fate, how) = if tag.sure { (Fate::Exact, "") } else { (Fate::Assumed, ", going by its name") };
            let message = format!("The form's own language is `{}`{how}.", tag.tag);
            import.notes.add("language", fate, at("default_language"), Some(&tag.tag), message);
        }
        None => import.notes.add(
            "language",
            Fate::Assumed,
            at("default_language"),
            None,
            "The form does not say its language; it is taken to be English.".to_string(),
        ),
    }
    for (column, value) in settings.values().filter(|(column, _)| !SETTINGS.contains(column)) {
        let shown: String = value.chars().take(40).collect();
        let message = format!("`{column}` (`{shown}`) is a setting of other programs; it was left out.");
        import.notes.add("setting", Fate::Dropped, at(column), None, message);
    }
    shown
}
