//! Questions as items of a Questionnaire, by their type.

use serde_json::{Value, json};

use super::super::bounds::whole_pattern;
use super::super::extensions::{control, ours, standard};
use super::super::json::{flag, list, text};
use super::super::texts::Shape;
use super::options::put_options;
use super::{Item, Writing, is_required, put_hint};
use crate::exchange::report::Fate;

/// Writes a question of a page.
pub(super) fn question<'d>(writing: &mut Writing<'d>, question: &'d Value, pointer: &str) -> Value {
    let id = text(question, "id").unwrap_or("question");
    match text(question, "type").unwrap_or_default() {
        "rate" | "rank" | "allocate" => grid(writing, question, pointer, id),
        "repeat" => repeat(writing, question, pointer, id),
        _ => plain(writing, question, pointer, id, id),
    }
}

/// Writes a question with one item; `key` is the beginning of its keys of translations.
fn plain<'d>(writing: &mut Writing<'d>, question: &'d Value, pointer: &str, link: &str, key: &str) -> Value {
    let kind = text(question, "type").unwrap_or_default();
    let mut item = Item::new(link, fhir_type(question, kind));
    let shape = if kind == "note" { Shape::Paragraphs } else { Shape::Line };
    writing.put_text(item.json(), text(question, "text").unwrap_or("…"), shape, &format!("{key}.text"));
    if kind == "note" {
        item.keep(question, &["hint"]);
    } else {
        put_hint(writing, question, key, &mut item);
        if is_required(question) {
            item.put("required", true);
        }
    }
    writing.put_rule(question, pointer, &mut item);
    item.keep(question, &["required_if", "segment", "order", "order_group", "source"]);
    let mut fate = Fate::Exact;
    let mut lost: Vec<&str> = ["required_if", "order"].into_iter().filter(|key| question.get(key).is_some()).collect();
    match kind {
        "consent" => item.extend([control("check-box")]),
        "single" | "multi" => {
            if text(question, "style") == Some("dropdown") {
                item.extend([control("drop-down")]);
            }
            if kind == "multi" {
                item.put("repeats", true);
                occurs(question, writing.offers(question, "options", link).len(), &mut item);
            }
            put_options(writing, question, "options", pointer, key, &mut item);
            if !put_other(writing, question, key, &mut item) {
                lost.push("options");
            }
        }
        "text" => worded(question, &mut item),
        "number" => {
            numbered(question, &mut item);
            lost.extend(question.get("step").map(|_| "step"));
        }
        "date" => {
            for (key, name) in [("min", "minValue"), ("max", "maxValue")] {
                item.extend(text(question, key).map(|day| standard(name, "valueDate", day)));
            }
        }
        "email" => {
            item.extend([ours("type", &"email".into())]);
            lost.push("type");
        }
        "note" => {}
        _ => {
            item.extend([standard("questionnaire-hidden", "valueBoolean", true)]);
            let message = format!("`{kind}` has no form in FHIR; its text is written as hidden");
            writing.say("question-dropped", Fate::Dropped, pointer, link, message);
            return item.done();
        }
    }
    if !lost.is_empty() {
        fate = Fate::Degraded;
    }
    report(writing, kind, fate, pointer, link, &lost);
    item.done()
}

fn report(writing: &mut Writing<'_>, kind: &str, fate: Fate, pointer: &str, link: &str, lost: &[&str]) {
    let message = if lost.is_empty() {
        format!("`{kind}` has its like in FHIR")
    } else {
        format!("other programs do not heed `{}`", lost.join("`, `"))
    };
    writing.say("question", fate, pointer, link, message);
}

fn fhir_type(question: &Value, kind: &str) -> &'static str {
    match kind {
        "consent" => "boolean",
        "single" | "multi" => "choice",
        "text" if question.get("lines").and_then(Value::as_u64).unwrap_or(1) > 1 => "text",
        "text" | "email" => "string",
        "number" if is_decimal(question) => "decimal",
        "number" => "integer",
        "date" => "date",
        _ => "display",
    }
}

/// True if a number may have decimals, or is too large for a whole number of FHIR.
pub(super) fn is_decimal(question: &Value) -> bool {
    let is_small = |bound: &Value| bound.as_i64().is_some_and(|bound| i32::try_from(bound).is_ok());
    question.get("decimals").and_then(Value::as_u64).unwrap_or(0) > 0
        || ["min", "max"].into_iter().filter_map(|key| question.get(key)).any(|bound| !is_small(bound))
}

fn numbered(question: &Value, item: &mut Item) {
    let is_decimal = is_decimal(question);
    for (key, name) in [("min", "minValue"), ("max", "maxValue")] {
        let kind = if is_decimal { "valueDecimal" } else { "valueInteger" };
        item.extend(question.get(key).map(|bound| standard(name, kind, bound.clone())));
    }
    if is_decimal {
        let decimals = question.get("decimals").and_then(Value::as_u64).unwrap_or(0);
        item.extend([standard("maxDecimalPlaces", "valueInteger", decimals)]);
    }
    let unit = text(question, "unit");
    item.extend(unit.map(|unit| standard("questionnaire-unit", "valueCoding", json!({"display": unit}))));
    item.keep(question, &["step"]);
}

fn worded(question: &Value, item: &mut Item) {
    let lines = question.get("lines").and_then(Value::as_u64).unwrap_or(1);
    if lines > 1 && lines != 4 {
        item.keep(question, &["lines"]);
    }
    item.keep(question, &["themes"]);
    if let Some(max) = question.get("max_chars") {
        item.put("maxLength", max.clone());
    }
    item.extend(question.get("min_chars").map(|min| standard("minLength", "valueInteger", min.clone())));
    if let Some(pattern) = text(question, "pattern") {
        item.extend([standard("regex", "valueString", whole_pattern(pattern)), ours("pattern", &pattern.into())]);
        item.keep(question, &["pattern_message"]);
    }
}

/// The fewest and the most answers; a bound that says nothing is kept for this program alone.
fn occurs(question: &Value, most: usize, item: &mut Item) {
    for (key, name) in [("min", "questionnaire-minOccurs"), ("max", "questionnaire-maxOccurs")] {
        item.extend(question.get(key).map(|count| standard(name, "valueInteger", count.clone())));
    }
    if question.get("max").and_then(Value::as_u64).is_some_and(|max| max >= most as u64) {
        item.keep(question, &["max"]);
    }
}

/// The text beside options, as an item within the question; false if there are several and each had its own.
fn put_other<'d>(writing: &Writing<'d>, question: &'d Value, key: &str, item: &mut Item) -> bool {
    let open: Vec<&Value> = writing.options(question).iter().filter(|option| option.get("other").is_some()).collect();
    let Some(first) = open.first() else { return true };
    let offers = writing.offers(question, "options", key);
    let when = open.iter().filter_map(|option| {
        let offer = offers.iter().find(|offer| Some(offer.id.as_str()) == text(option, "id"))?;
        Some(json!({"question": item.link, "operator": "=", "answerCoding": offer.coding()}))
    });
    let when: Vec<Value> = when.collect();
    if when.is_empty() {
        return true;
    }
    let mut inner = Item::new(format!("{}.other", item.link), "string");
    inner.extend([ours("part", &"other".into())]);
    writing.put_text(inner.json(), text(first, "label").unwrap_or("…"), Shape::Line, "");
    if when.len() > 1 {
        inner.put("enableBehavior", "any");
    }
    inner.put("enableWhen", when);
    if open.iter().all(|option| text(option, "other") == Some("required")) {
        inner.put("required", true);
    }
    inner.put("maxLength", 200);
    item.items.push(inner.done());
    open.len() == 1 || text(question, "type") == Some("single")
}

/// Writes a `rate`, `rank` or `allocate` as a group with an item for each row.
fn grid<'d>(writing: &mut Writing<'d>, question: &'d Value, pointer: &str, id: &str) -> Value {
    let kind = text(question, "type").unwrap_or_default();
    let mut group = Item::new(id, "group");
    group.extend([ours("type", &kind.into())]);
    if kind == "rate" {
        group.extend([control("table")]);
    }
    writing.put_text(group.json(), text(question, "text").unwrap_or("…"), Shape::Line, &format!("{id}.text"));
    put_hint(writing, question, id, &mut group);
    if is_required(question) {
        group.put("required", true);
    }
    writing.put_rule(question, pointer, &mut group);
    group.keep(
        question,
        &["required_if", "order", "order_group", "source", "measure", "min_items", "total", "step", "min", "max"],
    );
    for key in ["support", "oppose"] {
        let steps: Vec<&str> = list(question, key).iter().filter_map(Value::as_str).collect();
        if !steps.is_empty() {
            group.extend([ours(key, &steps.join(",").into())]);
        }
    }
    let named = text(question, "items") == Some("interventions");
    if named {
        group.extend([ours("items", &"interventions".into())]);
    }
    let rows = if named { list(writing.definition, "interventions") } else { list(question, "items") };
    let total = question.get("total").and_then(Value::as_u64).unwrap_or(100);
    for row in rows {
        let row_id = text(row, "id").unwrap_or("row");
        let mut item = Item::new(format!("{id}.{row_id}"), if kind == "rate" { "choice" } else { "integer" });
        let key = if named { format!("interventions.{row_id}") } else { format!("{id}.{row_id}") };
        writing.put_text(item.json(), text(row, "label").unwrap_or(row_id), Shape::Line, &key);
        if !named {
            item.keep(row, &["source"]);
        }
        match kind {
            "rate" => {
                if is_required(question) && question.get("min_items").is_none() {
                    item.put("required", true);
                }
                put_options(writing, question, "scale", pointer, id, &mut item);
            }
            "rank" => {
                item.extend([
                    standard("minValue", "valueInteger", 1),
                    standard("maxValue", "valueInteger", rows.len()),
                ]);
            }
            _ => item.extend([standard("minValue", "valueInteger", 0), standard("maxValue", "valueInteger", total)]),
        }
        group.items.push(item.done());
    }
    let (fate, message) = match kind {
        "rate" if question.get("min_items").is_some() => (Fate::Degraded, "other programs do not heed `min_items`"),
        "rate" => (Fate::Assumed, "`rate` became a table of choices"),
        "rank" => (Fate::Degraded, "`rank` became whole numbers; other programs do not see that places differ"),
        _ => (Fate::Degraded, "`allocate` became whole numbers; other programs do not add them up"),
    };
    writing.say("question", fate, pointer, id, message);
    group.done()
}

/// Writes a `repeat` as a group that repeats.
fn repeat<'d>(writing: &mut Writing<'d>, question: &'d Value, pointer: &str, id: &str) -> Value {
    let mut group = Item::new(id, "group");
    group.extend([ours("type", &"repeat".into())]);
    writing.put_text(group.json(), text(question, "text").unwrap_or("…"), Shape::Line, &format!("{id}.text"));
    put_hint(writing, question, id, &mut group);
    group.put("repeats", true);
    if is_required(question) {
        group.put("required", true);
    }
    writing.put_rule(question, pointer, &mut group);
    group.keep(question, &["required_if", "source", "item_name", "themes"]);
    let min = question.get("min").filter(|min| min.as_u64().is_some_and(|min| min > 0));
    group.extend(min.map(|min| standard("questionnaire-minOccurs", "valueInteger", min.clone())));
    let max = question.get("max").cloned().unwrap_or_else(|| 5.into());
    group.extend([standard("questionnaire-maxOccurs", "valueInteger", max)]);
    group.keep(question, &["max"]);
    for (at, field) in list(question, "fields").iter().enumerate() {
        let field_id = text(field, "id").unwrap_or("field");
        let name = format!("{id}.{field_id}");
        let pointer = format!("{pointer}/fields/{at}");
        group.items.push(plain(writing, field, &pointer, &name, &name));
    }
    let fate = if flag(question, "required_if") { Fate::Degraded } else { Fate::Exact };
    writing.say("question", fate, pointer, id, "`repeat` became a group that repeats");
    group.done()
}
