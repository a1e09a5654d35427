//! The options of a question: those of its list, or its own where a filter or a text beside one makes them differ.

use serde_json::{Map, Value as Json, json};

use super::columns::place;
use super::declare::list_of;
use super::import::{Import, Rule, Unit, code};
use super::kinds::{Choose, Kind};
use super::lists::Choice;
use super::own;
use super::texts::{Piping, Shape};
use super::translate::{Context, truth, value};
use super::tree::Node;
use super::typed::Lost;
use super::xpath::{XPath, parse};
use crate::exchange::report::Fate;
use crate::exchange::rule::Expr;

/// An option as data, so that the lists can be changed while it is used.
struct Plain {
    id: String,
    name: String,
    row: super::columns::Record,
}

/// Writes the options, or the rows of a ranking, of a question.
pub(super) fn choose(import: &mut Import, node: &Node, ask: Choose, unit: &mut Unit) {
    let Kind::Choice { or_other, .. } = &node.kind else { return };
    let Some(list) = list_of(&import.lists, &node.kind) else { return };
    let (list_id, sheet) = (list.id.clone(), list.sheet.clone());
    let plain = |option: &Choice| Plain { id: option.id.clone(), name: option.name.clone(), row: option.row.clone() };
    let options: Vec<Plain> = list.options.iter().map(plain).collect();
    if ask == Choose::Rank {
        rows(import, node, &options, &sheet, unit);
        return;
    }
    let filter = node.row.get("choice_filter").filter(|_| !import.is_own()).map(str::to_string);
    let filters = filter.as_deref().map(|filter| filtered(import, node, &options, filter));
    let filters = filters.filter(|rules| rules.iter().any(|rule| *rule != Some(Rule::None)));
    let inline = filters.is_some() || *or_other || node.row.get("own_options") == Some("yes") && import.is_own();
    if !inline {
        if !import.shared.contains_key(&list_id) {
            share(import, &list_id, &options, &sheet, node.place);
        }
        unit.needs.extend(import.shared.get(&list_id).map(|(_, needs)| needs.clone()).unwrap_or_default());
        unit.json.insert("options".into(), json!(list_id));
        return;
    }
    let mut written = Vec::new();
    for (number, option) in options.iter().enumerate() {
        let rule = filters.as_ref().map_or(Some(Rule::None), |rules| rules.get(number).cloned().flatten());
        let Some(rule) = rule else { continue };
        let (mut json, needs) = one(import, option, &import.key(&unit.id), &sheet, node.place);
        unit.needs.extend(needs);
        if let Rule::Holds(expr) = &rule {
            unit.needs.extend(import.symbols.questions(expr));
        }
        rule.write(&mut json);
        written.push(Json::Object(json));
    }
    if *or_other {
        other(import, node, &mut written);
    }
    unit.json.insert("options".into(), Json::Array(written));
}

/// Writes the options of a list that questions share.
fn share(import: &mut Import, list: &str, options: &[Plain], sheet: &str, order: usize) {
    let mut written = Vec::new();
    let mut needs = Vec::new();
    for option in options {
        let (json, more) = one(import, option, list, sheet, order);
        written.push(Json::Object(json));
        needs.extend(more);
    }
    import.shared.insert(list.to_string(), (written, needs));
}

/// Writes the lists that no question uses, so that nothing of the form is lost.
pub(super) fn rest(import: &mut Import) {
    let own = import.is_own();
    let unused =
        import.lists.all.iter().filter(|list| !import.shared.contains_key(&list.id) && !list.options.is_empty());
    let mut lists: Vec<(String, String, Vec<Plain>)> = Vec::new();
    for list in unused {
        // Lists that are written out in their questions, and rows, are kept there.
        if own && list.options.iter().any(|option| option.row.get("own_options").is_some()) {
            continue;
        }
        let plain =
            |option: &Choice| Plain { id: option.id.clone(), name: option.name.clone(), row: option.row.clone() };
        lists.push((list.id.clone(), list.sheet.clone(), list.options.iter().map(plain).collect()));
    }
    for (id, sheet, options) in lists {
        share(import, &id, &options, &sheet, 0);
    }
}

/// An option, with the questions that its label pipes.
fn one(
    import: &mut Import,
    option: &Plain,
    owner: &str,
    sheet: &str,
    order: usize,
) -> (Map<String, Json>, Vec<String>) {
    let mut json = Map::new();
    json.insert("id".into(), json!(option.id));
    let at = |column| place(sheet, option.row.number, column);
    let piping = Piping { symbols: &import.symbols, order, place: at("label"), target: Some(&option.id) };
    let key = format!("{owner}.{}", option.id);
    let label = import.texts.of(&option.row, "label", &key, Shape::Line, &piping, &mut import.notes);
    let (label, mut needs) = label.unwrap_or_else(|| {
        let message = format!("`{}` has no label; it shows its name.", option.name);
        import.notes.add("label-missing", Fate::Assumed, at("label"), Some(&option.id), message);
        (option.name.clone(), Vec::new())
    });
    json.insert("label".into(), json!(label));
    if let Some((hint, more)) =
        import.texts.of(&option.row, "hint", &format!("{key}.hint"), Shape::Line, &piping, &mut import.notes)
    {
        json.insert("hint".into(), json!(hint));
        needs.extend(more);
    }
    if ["image", "audio", "video", "big-image"].iter().any(|column| option.row.has(column)) {
        let message = "Pictures, sounds and films are not part of the workbook and are not shown.";
        import.notes.add("media", Fate::Dropped, at("image"), Some(&option.id), message);
    }
    if import.is_own() {
        own::option_extras(&option.row, &mut json);
        if let Some(rule) = option.row.raw("rule") {
            let rule = own::unhushed(rule);
            needs.extend(import.own_rule(&rule).1);
            json.insert("show_if".into(), json!(rule));
        }
    } else if option.name != option.id {
        json.insert("source".into(), json!(option.name));
    }
    (json, needs)
}

/// The option that `or_other` adds.
fn other(import: &mut Import, node: &Node, written: &mut Vec<Json>) {
    let known = written.iter_mut().find(|option| option.get("id").and_then(Json::as_str) == Some("other"));
    match known {
        Some(Json::Object(option)) => drop(option.insert("other".into(), json!("required"))),
        _ => written.push(json!({"id": "other", "label": "Other", "other": "required"})),
    }
    let message = "`or_other` became an option with a text beside it.";
    import.note("or-other", Fate::Exact, node, "type", message);
}

/// For each option, who is offered it; `None` for one that nobody ever is.
fn filtered(import: &mut Import, node: &Node, options: &[Plain], filter: &str) -> Vec<Option<Rule>> {
    let place = node.at("choice_filter");
    let read = parse(filter).map_err(|why| Lost::new("syntax", format!("it cannot be read, for {why}")));
    let rules: Result<Vec<Option<Rule>>, Lost> = match &read {
        Ok(read) => options.iter().map(|option| one_filtered(import, node, read, option)).collect(),
        Err(lost) => Err(lost.clone()),
    };
    match rules {
        Ok(rules) if rules.iter().any(Option::is_some) => {
            let never = rules.iter().filter(|rule| rule.is_none()).count();
            let (fate, more) = match never {
                0 => (Fate::Exact, String::new()),
                _ => (Fate::Assumed, format!(" {never} options were left out, for nobody is ever offered them.")),
            };
            import.notes.add(
                "filter",
                fate,
                place,
                Some(&node.id),
                format!("`{filter}` became rules of the options.{more}"),
            );
            rules
        }
        other => {
            let lost = other.err().unwrap_or_else(|| Lost::new("never", "it lets no option through"));
            let message = format!(
                "`{filter}` could not be carried over: {}. Nobody is offered the options until you say it in their `show_if`.",
                lost.why
            );
            import.notes.add(code("choice_filter", &lost), Fate::Degraded, place, Some(&node.id), message);
            options.iter().map(|_| Some(Rule::Lost(filter.to_string()))).collect()
        }
    }
}

fn one_filtered(import: &Import, node: &Node, read: &XPath, option: &Plain) -> Result<Option<Rule>, Lost> {
    let columns = |name: &str| -> String {
        match name {
            "name" => option.name.clone(),
            _ => option
                .row
                .values()
                .find(|(column, _)| *column == name)
                .map(|(_, value)| value.to_string())
                .unwrap_or_default(),
        }
    };
    let context = Context { symbols: &import.symbols, own: None, columns: Some(&columns) };
    let expr = match value(read, &context).and_then(truth) {
        Ok(expr) => super::translate::fitting(expr)?,
        // A column that holds no option of the question asked about lets this option through for nobody.
        Err(lost) if lost.code == "option-unknown" => return Ok(None),
        Err(lost) => return Err(lost),
    };
    match expr {
        Expr::Bool(true) => Ok(Some(Rule::None)),
        Expr::Bool(false) => Ok(None),
        expr => Ok(Some(Rule::Holds(import.earlier(expr, node.place)?))),
    }
}

/// Marks options that cannot be chosen with others.
pub(super) fn stand_alone(import: &mut Import, node: &Node, exclusive: &[String], unit: &mut Unit) {
    if exclusive.is_empty() {
        return;
    }
    let mark = |options: &mut Vec<Json>| {
        for option in options.iter_mut().filter_map(Json::as_object_mut) {
            if option.get("id").and_then(Json::as_str).is_some_and(|id| exclusive.iter().any(|known| known == id)) {
                option.insert("exclusive".into(), json!(true));
            }
        }
    };
    match unit.json.get_mut("options") {
        Some(Json::Array(options)) => mark(options),
        Some(Json::String(list)) => {
            let list = list.clone();
            let users = import.multi_users.get(&list).copied().unwrap_or(0);
            if import.is_own() {
                return;
            }
            let Some((options, _)) = import.shared.get_mut(&list) else { return };
            if users <= 1 {
                mark(options);
                return;
            }
            // Another question offers the same options without this limit.
            let mut copy = options.clone();
            mark(&mut copy);
            import.texts.copy_translations(&format!("{list}."), &format!("{}.", import.key(&unit.id)));
            unit.json.insert("options".into(), Json::Array(copy));
            let message =
                "The options are written out here, for another question offers them without this limit.".to_string();
            import.note("options-copied", Fate::Exact, node, "constraint", message);
        }
        _ => {}
    }
}

/// The rows of a ranking.
fn rows(import: &mut Import, node: &Node, options: &[Plain], sheet: &str, unit: &mut Unit) {
    if import.is_own() && node.row.get("items") == Some("interventions") {
        unit.json.insert("items".into(), json!("interventions"));
        return;
    }
    let mut rows = Vec::new();
    for option in options {
        let (mut json, needs) = one(import, option, &import.key(&unit.id), sheet, node.place);
        json.shift_remove("hint");
        unit.needs.extend(needs);
        rows.push(Json::Object(json));
    }
    if !import.is_own() {
        unit.json.insert("min".into(), json!(rows.len()));
    }
    unit.json.insert("items".into(), Json::Array(rows));
}
