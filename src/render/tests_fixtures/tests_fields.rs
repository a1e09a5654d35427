//! Fields made of the options of nhsuk-frontend.

use serde_json::Value;

use super::text;
use crate::render::form::limit;
use crate::render::item::{Choice, Choose, Date, DatePart, Dropdown, Input, Item, Question, SelectOption};
use crate::render::markdown::inline;
use crate::render::tests::render_item;
use crate::vocabulary::Words;

/// Options of every field.
pub(super) const FIELD: &[&str] =
    &[".hint", ".hint.text", ".errorMessage", ".errorMessage.text", ".id", ".idPrefix", ".name", ".value"];

/// What asks over several controls.
pub(super) const FIELDSET: &[&str] =
    &[".fieldset.legend", ".fieldset.legend.heading", ".fieldset.legend.text", ".fieldset.legend.size"];

/// What asks over one.
pub(super) const LABEL: &[&str] = &[".label", ".label.heading", ".label.text", ".label.size"];

/// What can be chosen.
pub(super) const OPTIONS: &[&str] = &[
    ".values[]",
    ".items[].text",
    ".items[].value",
    ".items[].checked",
    ".items[].hint.text",
    ".items[].divider",
    ".items[].behaviour",
];

/// What a browser may fill in.
pub(super) const FILLED_IN: &[&str] = &[".autocomplete"];

/// A limit, and the lines of its box.
pub(super) const COUNT: &[&str] = &[".maxlength", ".rows"];

/// The parts of a date.
pub(super) const DATE: &[&str] = &[
    ".namePrefix",
    ".values.day",
    ".values.month",
    ".values.year",
    ".day.value",
    ".month.value",
    ".year.value",
    ".day.label",
    ".month.label",
    ".year.label",
    ".day.error: true",
    ".month.error: true",
    ".year.error: true",
    ".day.autocomplete",
    ".month.autocomplete",
    ".year.autocomplete",
];

/// The parts of a date with their labels and what a browser may fill into them.
const PARTS: [(&str, &str, &str); 3] =
    [("day", "Day", "bday-day"), ("month", "Month", "bday-month"), ("year", "Year", "bday-year")];

fn name(options: &Value) -> &str {
    text(options, &["idPrefix", "id", "name"]).unwrap_or_default()
}

/// Their markup with the names that follow from the id here.
pub(super) fn named_as_here(options: &Value, theirs: &str) -> String {
    let id = name(options);
    let posted = text(options, &["name"]).unwrap_or_default();
    let named = theirs.replace(&format!(" name=\"{posted}\""), &format!(" name=\"{id}\""));
    PARTS.iter().fold(named, |named, (part, ..)| {
        let theirs = text(options, &["namePrefix"]).map_or(part.to_string(), |prefix| format!("{prefix}[{part}]"));
        named.replace(&format!(" name=\"{theirs}\""), &format!(" name=\"{id}.{part}\""))
    })
}

fn question(options: &Value) -> Result<Question, &'static str> {
    let heading = text(options, &["fieldset.legend.heading", "label.heading"]);
    let plain = text(options, &["fieldset.legend.text", "fieldset.legend", "label.text", "label"]);
    Ok(Question {
        name: name(options).to_string(),
        label: inline(heading.or(plain).ok_or("without a question")?),
        hint: text(options, &["hint.text", "hint"]).map(inline),
        optional: false,
        heading: heading.is_some(),
        error: text(options, &["errorMessage.text", "errorMessage"]).map(str::to_string),
    })
}

fn typed(options: &Value) -> &str {
    text(options, &["value"]).unwrap_or_default()
}

/// The item alone, out of a page.
fn render(item: Item) -> String {
    let page = render_item(item);
    let form = page.split("name=\"_making\" value=\"m\">").nth(1).unwrap();
    form.split("<div class=\"canvass-buttons\"").next().unwrap().to_string()
}

fn is_chosen(options: &Value, item: &Value) -> bool {
    let values = options.get("values").and_then(Value::as_array);
    let among = values.is_some_and(|values| item.get("value").is_some_and(|value| values.contains(value)));
    let alone = options.get("value").is_some_and(|value| item.get("value") == Some(value));
    among || alone || item.get("checked").and_then(Value::as_bool) == Some(true)
}

fn items(options: &Value) -> Result<&Vec<Value>, &'static str> {
    options.get("items").and_then(Value::as_array).ok_or("without options")
}

fn choices(options: &Value) -> Result<Vec<Choice>, &'static str> {
    let mut divider = None;
    let mut choices = Vec::new();
    for item in items(options)? {
        if let Some(word) = text(item, &["divider"]) {
            divider = Some(word.to_string());
            continue;
        }
        let value = text(item, &["value"]).ok_or("with an option without a value")?;
        let label = text(item, &["text"]).ok_or("with an option without a text")?;
        let mut choice = Choice::new(value, inline(label));
        choice.hint = text(item, &["hint.text"]).map(inline);
        choice.checked = is_chosen(options, item);
        choice.divider = divider.take();
        choice.exclusive = match text(item, &["behaviour"]) {
            None => false,
            Some("exclusive") => true,
            Some(_) => return Err("with an option for all"),
        };
        choices.push(choice);
    }
    Ok(choices)
}

pub(super) fn choose(options: &Value) -> Result<String, &'static str> {
    Ok(render(Item::Single(Choose::new(question(options)?, choices(options)?))))
}

pub(super) fn choose_any(options: &Value) -> Result<String, &'static str> {
    Ok(render(Item::Multi(Choose::new(question(options)?, choices(options)?))))
}

pub(super) fn drop_down(options: &Value) -> Result<String, &'static str> {
    let option = |item: &Value| -> Result<_, &'static str> {
        let code = text(item, &["value"]).ok_or("with an option without a value")?.to_string();
        let text = text(item, &["text"]).ok_or("with an option without a text")?.to_string();
        Ok(SelectOption { code, text, selected: is_chosen(options, item) })
    };
    let placed = items(options)?.iter().map(option).collect::<Result<Vec<_>, _>>()?;
    Ok(render(Item::Dropdown(Dropdown::new(question(options)?, placed, Vec::new()))))
}

pub(super) fn line(options: &Value) -> Result<String, &'static str> {
    let input = Input::line(question(options)?, typed(options));
    let input = match text(options, &["autocomplete"]) {
        Some(purpose) => input.with_autocomplete(purpose),
        None => input,
    };
    Ok(render(Item::Text(input)))
}

pub(super) fn lines(options: &Value) -> Result<String, &'static str> {
    Ok(render(Item::Text(Input::lines(question(options)?, typed(options), 5, None))))
}

pub(super) fn counted_lines(options: &Value) -> Result<String, &'static str> {
    let number = |key: &str| options.get(key).and_then(Value::as_u64);
    let max = u32::try_from(number("maxlength").ok_or("without a limit")?).unwrap();
    let rows = number("rows").map_or(5, |rows| u8::try_from(rows).unwrap());
    let count = limit(max, Words::of("en"));
    Ok(render(Item::Text(Input::lines(question(options)?, typed(options), rows, Some(count)))))
}

pub(super) fn date(options: &Value) -> Result<String, &'static str> {
    let question = question(options)?;
    let of = |part: &str, key: &str| text(options, &[&format!("{part}.{key}")]);
    let is_wrong = |part: &str| options.get(part).and_then(|part| part.get("error")) == Some(&Value::Bool(true));
    if question.error.is_none() && PARTS.iter().any(|(part, ..)| is_wrong(part)) {
        return Err("with a wrong part and no message");
    }
    let may_fill = PARTS.map(|(part, ..)| of(part, "autocomplete"));
    let birthday = may_fill == PARTS.map(|(.., purpose)| Some(purpose));
    if !birthday && may_fill != [None; 3] {
        return Err("with some other date that a browser fills in");
    }
    let placed = PARTS.map(|(part, ..)| {
        let typed = text(options, &[&format!("{part}.value"), &format!("values.{part}")]).unwrap_or_default();
        DatePart { typed: typed.to_string(), wrong: is_wrong(part) }
    });
    let labels = PARTS
        .map(|(part, label, _)| -> &'static str { of(part, "label").map_or(label, |label| label.to_string().leak()) });
    Ok(render(Item::Date(Date::new(question, placed, labels, birthday))))
}
