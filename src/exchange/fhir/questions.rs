//! One item as one question: its text, its type and what belongs to the type.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::bounds::{dated, numbered, worded};
use super::condition::Asked;
use super::enable::Judged;
use super::extensions::{
    controls, describe, expression, has_control, is_looks, kept, kept_count, kept_text, list_named, value,
};
use super::ids::Ids;
use super::json::{choice, flag, list, put, text};
use super::markdown::line;
use super::options::{Offers, Slot, build, is_kept_as};
use super::plan::{is_beside, is_group};
use super::reading::{MAX_QUESTIONS, Reading, What, quoted};
use super::texts::{Shape, Text, read, unknown_beside};
use crate::exchange::report::Fate;
use crate::exchange::rule;

/// Why no rule can name a field.
pub(super) const IN_REPEAT: &str = "stands in a part that repeats";

/// Where a question stands.
pub(super) enum Stands<'s> {
    /// On a page.
    Page,
    /// On a page whose answers are kept apart.
    Contact,
    /// In a `repeat` of this id, whose fields have ids of their own, and whose item is called `link`.
    Field { repeat: &'s str, link: &'s str, ids: &'s mut Ids },
}

/// What a question is, beside what every question has.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) rest: Map<String, Value>,
    pub(super) what: What,
    pub(super) asked: Asked,
}

impl Kind {
    pub(super) fn new(name: &'static str, what: What, asked: Asked) -> Self {
        Self { name, rest: Map::new(), what, asked }
    }
}

/// Makes the question of an item; none if it cannot be asked, which is reported.
pub(super) fn ask<'a>(
    reading: &mut Reading<'a>,
    item: &'a Value,
    pointer: &str,
    judged: Option<&Judged>,
    mut stands: Stands<'_>,
) -> Option<Value> {
    let link = text(item, "linkId").unwrap_or_default();
    if !take_place(reading, link, pointer) {
        return None;
    }
    let id = match &mut stands {
        Stands::Field { link: outer, ids, .. } => {
            let own = link.strip_prefix(*outer).and_then(|rest| rest.strip_prefix('.')).unwrap_or(link);
            ids.name(own, "f")
        }
        Stands::Page | Stands::Contact => reading.ids.name(link, "q"),
    };
    let key = match &stands {
        Stands::Field { repeat, .. } => format!("{repeat}.{id}"),
        Stands::Page | Stands::Contact => id.clone(),
    };
    let Some(mut kind) = kind(reading, item, pointer, &key, &stands) else {
        reading.place(link, "", What::Gone("has a type that cannot be asked here"));
        return None;
    };
    let in_field = matches!(stands, Stands::Field { .. });
    let is_repeated = flag(item, "repeats") && !matches!(kind.name, "multi" | "note");
    if is_repeated && in_field {
        let message = "only one answer can be given to it within an entry";
        reading.say("repeats-dropped", Fate::Degraded, pointer, Some(&key), message);
    }
    let mut question = head(reading, item, pointer, &id, &key, &kind);
    if let Some(judged) = judged {
        judged.put(&mut question);
    }
    if is_repeated && !in_field && !["consent", "email"].contains(&kind.name) {
        repeated(reading, item, pointer, &mut question, kind);
        reading.place(link, &id, What::Existence);
        reading.know(&id, Asked::Repeat);
    } else {
        kept_keys(item, kind.name, in_field, &mut question);
        question.append(&mut kind.rest);
        if in_field {
            reading.place(link, "", What::Gone(IN_REPEAT));
        } else if matches!(stands, Stands::Contact) {
            reading.place(link, "", What::Gone("is kept apart from the answers"));
        } else {
            if matches!(kind.asked, Asked::Single(_, true)) {
                place_other(reading, item, &id);
            }
            reading.place(link, &id, kind.what);
            reading.know(&id, kind.asked);
        }
    }
    let named = link == id || in_field && link.ends_with(&format!(".{id}"));
    let source = kept_text(item, "source").or((!named && !link.is_empty()).then_some(link));
    put(&mut question, "source", source);
    leftovers(reading, item, pointer, &key);
    Some(Value::Object(question))
}

/// Counts a question; false once there are too many, which is reported once.
pub(super) fn take_place<'a>(reading: &mut Reading<'a>, link: &'a str, pointer: &str) -> bool {
    reading.questions += 1;
    if reading.questions > MAX_QUESTIONS {
        if reading.questions == MAX_QUESTIONS + 1 {
            let message = format!("only {MAX_QUESTIONS} questions are read; this and all after it were left out");
            reading.say("questions-cut", Fate::Dropped, pointer, None, message);
        }
        reading.place(link, "", What::Gone("is more than can be read"));
        return false;
    }
    true
}

/// What every question has: id, type, text, hint and whether it must be answered.
pub(super) fn head(
    reading: &mut Reading<'_>,
    item: &Value,
    pointer: &str,
    id: &str,
    key: &str,
    kind: &Kind,
) -> Map<String, Value> {
    let shape = if kind.name == "note" { Shape::Paragraphs } else { Shape::Line };
    let mut question = Map::new();
    question.insert("id".into(), id.into());
    question.insert("type".into(), kind.name.into());
    let mut hint = hint(item);
    // What explains a question without a text is its text.
    let is_empty = text(item, "text").is_none();
    let words = hint.take_if(|_| is_empty).unwrap_or_else(|| words(reading, item, pointer, key, shape));
    let words = reading.keep(words, &format!("{key}.text"));
    question.insert("text".into(), words.into());
    if let Some(hint) = hint {
        let hint = reading.keep(hint, &format!("{key}.hint"));
        question.insert("hint".into(), hint.into());
    } else if let Some(Value::String(hint)) = kind.rest.get("hint") {
        question.insert("hint".into(), hint.as_str().into());
    }
    if flag(item, "required") && kind.name != "note" {
        question.insert("required".into(), true.into());
    }
    if let Some(text) = kept_text(item, "required_if").filter(|_| kind.name != "note" && !flag(item, "required")) {
        let named = rule::parse(text).is_some_and(|expr| {
            let is_before = |name: &&str| reading.page_of(name).is_some_and(|page| page < reading.page());
            expr.items().iter().all(is_before)
        });
        if named {
            question.insert("required_if".into(), text.into());
        } else {
            let message = format!("the rule {} names what is not asked before; write `required_if` anew", quoted(text));
            reading.say("required-lost", Fate::Degraded, pointer, Some(key), message);
        }
    }
    question
}

/// The text of an item, with the number that stands before it; its name where it has none.
fn words(reading: &mut Reading<'_>, item: &Value, pointer: &str, key: &str, shape: Shape) -> Text {
    let found = read(item, "text", shape).filter(|found| !found.markdown.is_empty());
    let beside = unknown_beside(item, "text");
    if !beside.is_empty() {
        let message = format!("left out beside the text: {}", quoted(&beside.join(", ")));
        reading.say("text-extension-dropped", Fate::Dropped, pointer, Some(key), message);
    }
    if found.as_ref().is_some_and(|found| found.is_computed) {
        let message = "the text is computed from what is known of a person; the fixed text is shown to everyone";
        reading.say("text-computed", Fate::Degraded, pointer, Some(key), message);
    }
    let mut found = found.unwrap_or_else(|| {
        let code = list(item, "code").first().and_then(|code| text(code, "display"));
        let name = code.or_else(|| text(item, "linkId")).unwrap_or("…");
        let message = format!("the item has no text; it is asked as {}", quoted(name));
        reading.say("text-missing", Fate::Assumed, pointer, Some(key), message);
        Text { markdown: line(name), ..Text::default() }
    });
    if let Some(prefix) = text(item, "prefix").map(line) {
        found.markdown = format!("{prefix} {}", found.markdown);
        for (_, content) in &mut found.translations {
            *content = format!("{prefix} {content}");
        }
    }
    found
}

/// What explains a question: texts beside it, or extensions.
fn hint(item: &Value) -> Option<Text> {
    let beside = list(item, "item").iter().filter(|inner| is_beside(true, inner));
    let mut hints = beside
        .filter(|inner| has_control(inner, &["help", "flyover", "prompt"]))
        .filter_map(|inner| read(inner, "text", Shape::Line));
    if let Some(mut first) = hints.next() {
        for next in hints {
            first.markdown = format!("{} {}", first.markdown, next.markdown);
            first.translations.clear();
        }
        return Some(first);
    }
    let said = ["instruction", "entryFormat"].into_iter().find_map(|name| value(item, name)).and_then(Value::as_str);
    let hint = said.map(line).or_else(|| kept_text(item, "hint").map(str::to_string))?;
    (!hint.is_empty()).then(|| Text { markdown: hint, ..Text::default() })
}

/// What kind of question an item is.
fn kind<'a>(reading: &mut Reading<'a>, item: &'a Value, pointer: &str, key: &str, stands: &Stands<'_>) -> Option<Kind> {
    let written = text(item, "type").unwrap_or_default();
    let has_options = ["answerOption", "answerValueSet", "option", "options"].iter().any(|key| item.get(key).is_some());
    let in_field = matches!(stands, Stands::Field { .. });
    let (kind, fate) = match written {
        "display" => (Kind::new("note", What::Gone("is a text to read"), Asked::Unsaid), Fate::Exact),
        "boolean" if has_control(item, &["check-box"]) && !in_field && !flag(item, "repeats") => {
            (Kind::new("consent", What::Consent, Asked::Consent), Fate::Exact)
        }
        "boolean" => (yes_or_no(), Fate::Assumed),
        "choice" | "coding" | "open-choice" | "string" | "text" | "integer" | "decimal" | "date" | "time"
            if has_options || matches!(written, "choice" | "coding" | "open-choice") =>
        {
            chosen(reading, item, pointer, key)
        }
        "integer" | "decimal" | "quantity" => numbered(reading, item, pointer, key, written),
        "date" => dated(reading, item, pointer, key),
        "string" | "text" | "url" | "time" | "dateTime" => {
            let mut kind = worded(reading, item, pointer, key, written);
            let is_email = kept_text(item, "type") == Some("email");
            if is_email && matches!(stands, Stands::Contact) {
                kind = Kind::new("email", What::Gone("is kept apart from the answers"), Asked::Unsaid);
            }
            (kind, if matches!(written, "time" | "dateTime") { Fate::Degraded } else { Fate::Exact })
        }
        "reference" | "attachment" => {
            let what = if written == "reference" { "a record" } else { "a file" };
            let message = format!("it asks for {what}, which cannot be asked here, and was left out");
            reading.say("type-dropped", Fate::Dropped, pointer, None, message);
            return None;
        }
        other => {
            let message = format!("the type {} is not known, and the item was left out", quoted(other));
            reading.say("type-unknown", Fate::Unknown, pointer, None, message);
            return None;
        }
    };
    let message = match (written, fate) {
        ("boolean", Fate::Assumed) => "`boolean` became `single` with the options Yes and No".to_string(),
        ("time" | "dateTime", _) => format!("`{written}` became `text` that must be written in one form"),
        (_, Fate::Degraded) => format!("`{written}` became `{}`; look at it", kind.name),
        _ => format!("`{written}` became `{}`", kind.name),
    };
    reading.say("question", fate, pointer, Some(key), message);
    Some(kind)
}

fn yes_or_no() -> Kind {
    let mut kind = Kind::new("single", What::YesNo, Asked::Unsaid);
    kind.rest.insert("options".into(), serde_json::json!([{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]));
    kind
}

/// A choice from options, or a text where the file does not hold the options.
fn chosen<'a>(reading: &mut Reading<'a>, item: &'a Value, pointer: &str, key: &str) -> (Kind, Fate) {
    let written = text(item, "type").unwrap_or_default();
    let is_open = written == "open-choice"
        || has_control(item, &["open-choice"])
        || matches!(text(item, "answerConstraint"), Some("optionsOrString" | "optionsOrType"));
    let Some(built) = build(reading, item, pointer, &Slot { key, is_open }) else {
        return (Kind::new("text", What::Existence, Asked::Text), Fate::Degraded);
    };
    let mut fate = Fate::Exact;
    let offers: &Rc<Offers> = &built.offers;
    let mut kind = if flag(item, "repeats") {
        Kind::new("multi", What::Multi(Rc::clone(offers)), Asked::Multi(offers.codes()))
    } else {
        Kind::new("single", What::Single(Rc::clone(offers)), Asked::Single(offers.codes(), offers.has_text))
    };
    kind.rest.insert("options".into(), built.json);
    if kind.name == "single" && has_control(item, &["drop-down", "autocomplete", "lookup"]) {
        if offers.has_text {
            let message = "options with a text of one's own cannot stand in a dropdown; they are shown as radios";
            reading.say("dropdown-other", Fate::Assumed, pointer, Some(key), message);
        } else {
            kind.rest.insert("style".into(), "dropdown".into());
        }
    }
    if kind.name == "multi" {
        let open = kind
            .rest
            .get("options")
            .and_then(Value::as_array)
            .map_or(offers.all.len(), |options| options.iter().filter(|option| !flag(option, "exclusive")).count());
        fate = fate.max(occurs(reading, item, pointer, key, open as u64, &mut kind.rest));
    }
    (kind, fate)
}

/// The fewest and the most answers; left out where nobody could keep to them.
pub(super) fn occurs(
    reading: &mut Reading<'_>,
    item: &Value,
    pointer: &str,
    key: &str,
    most: u64,
    into: &mut Map<String, Value>,
) -> Fate {
    let given = |name| value(item, name).and_then(Value::as_u64).filter(|count| *count > 0);
    let (min, max) = (given("minOccurs"), given("maxOccurs"));
    let fits = min.is_none_or(|min| min <= max.unwrap_or(most).min(most));
    let min = min.filter(|_| fits);
    let max = max.map(|max| max.min(most)).filter(|max| *max < most || max_is_kept(item));
    put(into, "min", min);
    put(into, "max", max);
    if fits {
        return Fate::Exact;
    }
    let message = "the fewest answers asked for are more than can be given, and were left out";
    reading.say("occurs-dropped", Fate::Degraded, pointer, Some(key), message);
    Fate::Degraded
}

/// True if a bound that says nothing new was written in a file of ours.
fn max_is_kept(item: &Value) -> bool {
    kept(item, "max").is_some()
}

/// A question that takes several answers of one kind: a `repeat` of one field.
fn repeated(reading: &mut Reading<'_>, item: &Value, pointer: &str, question: &mut Map<String, Value>, kind: Kind) {
    let Kind { name, mut rest, .. } = kind;
    let mut field = Map::new();
    field.insert("id".into(), "answer".into());
    field.insert("type".into(), name.into());
    put(&mut field, "text", question.get("text").cloned());
    rest.remove("hint");
    field.append(&mut rest);
    let id = question.get("id").and_then(Value::as_str).unwrap_or_default().to_string();
    question.insert("type".into(), "repeat".into());
    question.insert("fields".into(), Value::Array(vec![Value::Object(field)]));
    entries(reading, item, pointer, &id, question);
    question.insert("item_name".into(), "answer".into());
    let message = "it takes several answers, so it became a `repeat` with one field";
    reading.say("repeats", Fate::Assumed, pointer, Some(&id), message);
}

/// The fewest and the most entries of a `repeat`.
pub(super) fn entries(
    reading: &mut Reading<'_>,
    item: &Value,
    pointer: &str,
    key: &str,
    into: &mut Map<String, Value>,
) {
    const MOST: u64 = 20;
    let _fate = occurs(reading, item, pointer, key, MOST, into);
    match value(item, "maxOccurs").and_then(Value::as_u64) {
        Some(5) if !max_is_kept(item) => {
            into.remove("max");
        }
        Some(1..=MOST) => put(into, "max", value(item, "maxOccurs").and_then(Value::as_u64)),
        _ => {
            into.insert("max".into(), MOST.into());
            let message = format!("at most {MOST} entries can be given");
            reading.say("entries-cut", Fate::Assumed, pointer, Some(key), message);
        }
    }
}

/// The text beside an option, in a file of ours an item of its own.
fn place_other<'a>(reading: &mut Reading<'a>, item: &'a Value, id: &str) {
    for inner in list(item, "item").iter().filter(|inner| is_kept_as(inner, "part", "other")) {
        if let Some(link) = text(inner, "linkId") {
            reading.place(link, format!("{id}.other"), What::OtherText);
        }
    }
}

/// What an item of ours keeps of its question that FHIR has no place for.
pub(super) fn kept_keys(item: &Value, kind: &str, in_field: bool, into: &mut Map<String, Value>) {
    let has_options = ["single", "multi", "rate", "rank", "allocate"].contains(&kind);
    let is = |key: &str, wanted: &[&str]| kept_text(item, key).filter(|kept| wanted.contains(kept)).map(str::to_string);
    if has_options {
        put(into, "order", is("order", &["listed", "random", "alphabetical", "reverse_half"]));
        put(into, "order_group", kept_text(item, "order_group").filter(|id| super::ids::is_name(id)));
    }
    if !in_field && ["single", "multi"].contains(&kind) {
        match kept(item, "segment") {
            Some(Value::Bool(true)) => put(into, "segment", Some(true)),
            Some(Value::String(word)) if word == "descriptive" => put(into, "segment", Some("descriptive")),
            _ => {}
        }
    }
    if kind == "text" {
        put(into, "lines", kept_count(item, "lines").filter(|lines| (1..=20).contains(lines)));
        put(into, "themes", kept(item, "themes").and_then(Value::as_bool));
    }
}

/// Reports what of an item was not read.
pub(super) fn leftovers(reading: &mut Reading<'_>, item: &Value, pointer: &str, target: &str) {
    const READ: [&str; 24] = [
        "itemControl",
        "hidden",
        "unit",
        "minOccurs",
        "maxOccurs",
        "regex",
        "minLength",
        "minValue",
        "maxValue",
        "maxDecimalPlaces",
        "sliderStepValue",
        "openLabel",
        "entryFormat",
        "instruction",
        "enableWhenExpression",
        "answerOptionsToggleExpression",
        "constraint",
        "targetConstraint",
        "calculatedExpression",
        "unitOption",
        "initialExpression",
        "minQuantity",
        "maxQuantity",
        "translation",
    ];
    const CONTROLS: [&str; 25] = [
        "drop-down",
        "autocomplete",
        "lookup",
        "radio-button",
        "check-box",
        "slider",
        "text-box",
        "spinner",
        "page",
        "tab",
        "tab-container",
        "table",
        "htable",
        "gtable",
        "grid",
        "list",
        "help",
        "flyover",
        "prompt",
        "unit",
        "open-choice",
        "inline",
        "atable",
        "lower",
        "upper",
    ];
    let (mut looks, mut lost, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for url in list(item, "extension").iter().filter_map(|one| text(one, "url")) {
        match describe(url) {
            (name, true) if READ.contains(&name) || name.starts_with("urn:canvass:") => {}
            (name, true) if is_looks(name) => looks.push(name),
            (name, true) => lost.push(name),
            (url, false) => unknown.push(url),
        }
    }
    looks.extend(controls(item).filter(|code| !CONTROLS.contains(code)));
    let say = |reading: &mut Reading<'_>, code, fate, what: &str, names: &[&str]| {
        if !names.is_empty() {
            let message = format!("{what}: {}", quoted(&names.join(", ")));
            reading.say(code, fate, pointer, Some(target), message);
        }
    };
    say(reading, "looks-dropped", Fate::Dropped, "left out, how it was to look", &looks);
    say(reading, "extension-dropped", Fate::Dropped, "left out", &lost);
    say(reading, "extension-unknown", Fate::Unknown, "left out, not known", &unknown);
    let beside = |inner: &&Value| is_beside(!is_group(item), inner) && has_control(inner, &["lower", "upper"]);
    if list(item, "item").iter().any(|inner| beside(&inner)) {
        let message = "left out, what stands at the ends of a slider";
        reading.say("looks-dropped", Fate::Dropped, pointer, Some(target), message);
    }
    for one in list_named(item, "calculatedExpression") {
        let message = format!("it was computed by {}; now it is asked", quoted(expression(one)));
        reading.say("computed-dropped", Fate::Degraded, pointer, Some(target), message);
    }
    let has_initial = item.get("initial").is_some()
        || choice(item, "initial").is_some()
        || list_named(item, "initialExpression").next().is_some();
    if has_initial {
        let message = "it is not filled in beforehand, so that nobody answers by going on";
        reading.say("initial-dropped", Fate::Dropped, pointer, Some(target), message);
    }
    let left: Vec<&str> =
        ["code", "definition", "disabledDisplay"].into_iter().filter(|key| item.get(key).is_some()).collect();
    say(reading, "metadata-dropped", Fate::Dropped, "left out", &left);
    super::checks::constraints(reading, item, pointer, Some(target));
}
