//! The options of a question: written in the item, or taken from a value set that comes with the file.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::condition::{Asked, Offer, say_path};
use super::extensions::{expression, is_set, kept, kept_flag, kept_text, list_named, value};
use super::ids::{Ids, is_name};
use super::json::{choice, flag, list, put, shortened, text};
use super::markdown::line;
use super::reading::{Reading, quoted};
use super::texts::{MAX_LINE, Shape, Text, read};
use super::valuesets::{Codes, Concept, MAX_CODES};
use crate::definition::language::is_tag;
use crate::exchange::report::Fate;

/// Most options of all questions together.
const MAX_ALL: usize = 40_000;
/// Most options of one code that are told apart by their systems.
const MAX_SAME: usize = 4;
/// Most options of which those are picked out that compare so with a number.
const MAX_COMPARED: usize = 200;
/// Most characters of a rule that is kept because it was lost.
const MAX_LOST: usize = 2_000;
/// How codes of our own begin.
pub(super) const OUR_CODES: &str = "urn:canvass:codes:";

/// What can be chosen, for the conditions that name it.
#[derive(Debug, Default)]
pub(super) struct Offers {
    pub(super) all: Rc<Vec<Offer>>,
    by_code: HashMap<String, Vec<usize>>,
    /// True if one option takes a text of the person's own.
    pub(super) has_text: bool,
}

impl Offers {
    fn of(options: &[Choice], has_text: bool) -> Self {
        let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, option) in options.iter().enumerate() {
            let places = by_code.entry(option.offer.code.clone()).or_default();
            // Two are as bad as more: it is not known which is meant.
            if places.len() < MAX_SAME {
                places.push(at);
            }
        }
        Self { all: Rc::new(options.iter().map(|option| option.offer.clone()).collect()), by_code, has_text }
    }

    /// The one option of this code; a system that one side leaves out is taken to agree.
    pub(super) fn find(&self, system: Option<&str>, code: &str) -> Option<&str> {
        let found: Vec<&Offer> = self.by_code.get(code)?.iter().filter_map(|at| self.all.get(*at)).collect();
        let mut same = found.iter().filter(|offer| offer.system.as_deref() == system);
        if let Some(exact) = same.next() {
            return Some(&exact.id);
        }
        let mut loose = found.iter().filter(|offer| offer.system.is_none() || system.is_none());
        loose.next().filter(|_| loose.next().is_none()).map(|offer| offer.id.as_str())
    }

    /// The options whose number or day compares so with `answer`.
    pub(super) fn compared(&self, operator: &str, answer: &Value) -> Vec<&str> {
        if self.all.len() > MAX_COMPARED {
            return Vec::new();
        }
        let order = |code: &str| match answer {
            Value::Number(number) => code.parse::<f64>().ok()?.partial_cmp(&number.as_f64()?),
            Value::String(day) => Some(code.cmp(day)),
            _ => None,
        };
        let fits = |offer: &&Offer| {
            order(&offer.code).is_some_and(|order| match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            })
        };
        self.all.iter().filter(fits).map(|offer| offer.id.as_str()).collect()
    }
}

/// One option on its way into the definition.
struct Choice {
    offer: Offer,
    json: Map<String, Value>,
    label: Text,
}

/// The options of a question, as the definition names or lists them.
pub(super) struct Built {
    pub(super) json: Value,
    pub(super) offers: Rc<Offers>,
}

/// Where options go.
pub(super) struct Slot<'k> {
    /// Before an option's id in the keys of translations.
    pub(super) key: &'k str,
    /// True if the options take a text of the person's own.
    pub(super) is_open: bool,
}

/// Builds the options of an item; none if the file does not hold them, which is reported.
pub(super) fn build<'a>(reading: &mut Reading<'a>, item: &'a Value, pointer: &str, into: &Slot<'_>) -> Option<Built> {
    let written = [list(item, "answerOption"), list(item, "option")].concat();
    if !written.is_empty() {
        return inline(reading, item, &written, pointer, into);
    }
    let stu3 = item.get("options").and_then(|options| text(options, "reference"));
    let canonical = text(item, "answerValueSet").or(stu3);
    let Some(canonical) = canonical else {
        let message = "the file does not list the options; write them under `options` and make the type `single`";
        reading.say("options-missing", Fate::Degraded, pointer, Some(into.key), message);
        return None;
    };
    let Some(set) = reading.sets.find(canonical) else {
        let message = format!(
            "its options are in a value set that the file does not hold, {}; write them under `options`",
            quoted(canonical)
        );
        reading.say("value-set-missing", Fate::Degraded, &format!("{pointer}/answerValueSet"), Some(into.key), message);
        return None;
    };
    let place = std::ptr::from_ref(set) as usize;
    let at = format!("{pointer}/answerValueSet");
    match reading.read_sets.get(&place) {
        Some(Some((name, offers))) if !into.is_open => {
            return Some(Built { json: name.as_str().into(), offers: Rc::clone(offers) });
        }
        Some(None) => {
            let message = format!("the value set {} holds no options that could be read", quoted(canonical));
            reading.say("value-set-empty", Fate::Degraded, &at, Some(into.key), message);
            return None;
        }
        _ => {}
    }
    let codes = if reading.all_options > MAX_ALL { Codes::default() } else { reading.sets.codes(set) };
    if codes.is_partial || codes.is_cut {
        let what = if codes.is_cut { "has more codes than are read" } else { "describes codes that it does not list" };
        let message = format!("the value set {} {what}; add the missing options", quoted(canonical));
        reading.say("value-set-partial", Fate::Degraded, &at, Some(into.key), message);
    }
    reading.all_options += codes.seen + codes.concepts.iter().map(weight).sum::<usize>();
    if codes.concepts.is_empty() {
        let message = format!("the value set {} holds no options that could be read", quoted(canonical));
        reading.say("value-set-empty", Fate::Degraded, &at, Some(into.key), message);
        reading.read_sets.insert(place, None);
        return None;
    }
    let mut ids = Ids::default();
    let mut options: Vec<Choice> =
        codes.concepts.iter().map(|concept| coded(concept, concept.json, &mut ids)).collect();
    if into.is_open {
        let (json, offers) = (open(reading, item, &mut options, &mut ids), Offers::of(&options, true));
        let json = listed(reading, options, into.key, json);
        return Some(Built { json, offers: Rc::new(offers) });
    }
    // `_` cannot stand in the id of a FHIR resource, where a list of ours has a `-`.
    let written = text(set, "id").or_else(|| text(set, "name")).unwrap_or("list");
    let name = reading.list_ids.name(&written.replace('-', "_"), "list");
    let offers = Rc::new(Offers::of(&options, false));
    let json = listed(reading, options, &name, None);
    reading.say("value-set", Fate::Exact, &at, Some(&name), format!("the value set became the list `{name}`"));
    reading.lists.insert(name.clone(), json);
    reading.read_sets.insert(place, Some((name.clone(), Rc::clone(&offers))));
    Some(Built { json: name.into(), offers })
}

/// What an option adds to the limit on all of them: more the longer its label.
fn weight(concept: &Concept<'_>) -> usize {
    const CHARS: usize = 100;
    let translations = list(concept.json, "designation").len();
    translations + text(concept.json, "display").map_or(0, str::len).min(MAX_LINE) / CHARS
}

fn inline<'a>(
    reading: &mut Reading<'a>,
    item: &'a Value,
    written: &[Value],
    pointer: &str,
    into: &Slot<'_>,
) -> Option<Built> {
    let mut ids = Ids::default();
    let mut options = Vec::new();
    for (at, one) in written.iter().take(MAX_CODES).enumerate() {
        if let Some(option) = option(one, &mut ids) {
            options.push(option);
        } else {
            let at = format!("{pointer}/answerOption/{at}");
            reading.say(
                "option-unknown",
                Fate::Unknown,
                &at,
                Some(into.key),
                "the option has no value and was left out",
            );
        }
    }
    if written.len() > MAX_CODES {
        let message = format!("only the first {MAX_CODES} options were read");
        reading.say("options-cut", Fate::Degraded, pointer, Some(into.key), message);
    }
    if options.is_empty() {
        return None;
    }
    if written.iter().any(|one| flag(one, "initialSelected")) {
        let message = "no option is chosen beforehand, so that nobody answers by going on";
        reading.say("initial-dropped", Fate::Dropped, pointer, Some(into.key), message);
    }
    toggles(reading, item, &mut options, pointer, into.key);
    let open_at = if into.is_open { open(reading, item, &mut options, &mut ids) } else { None };
    if options.iter().all(|option| option.json.contains_key("missing")) {
        for option in &mut options {
            option.json.remove("missing");
        }
    }
    let has_text = options.iter().any(|option| option.json.contains_key("other"));
    let offers = Rc::new(Offers::of(&options, has_text));
    // A list of ours that several questions use is written with each of them.
    let shared = kept_text(item, "list").filter(|name| is_name(name)).map(str::to_string);
    let Some(name) = shared.filter(|_| !into.is_open) else {
        return Some(Built { json: listed(reading, options, into.key, open_at), offers });
    };
    let json = listed(reading, options, &name, None);
    match reading.lists.get(&name) {
        Some(same) if *same == json => {}
        Some(_) => return Some(Built { json, offers }),
        None => {
            reading.list_ids.unique(&name);
            reading.lists.insert(name.clone(), json);
        }
    }
    Some(Built { json: name.into(), offers })
}

/// The options as JSON, their translations kept.
fn listed(reading: &mut Reading<'_>, options: Vec<Choice>, key: &str, word_of_ours: Option<usize>) -> Value {
    let options = options.into_iter().enumerate().map(|(at, Choice { offer, mut json, label })| {
        let label =
            if word_of_ours == Some(at) { label.markdown } else { reading.keep(label, &format!("{key}.{}", offer.id)) };
        if let Some(slot) = json.get_mut("label") {
            *slot = label.into();
        }
        Value::Object(json)
    });
    Value::Array(options.collect())
}

/// Makes one option take a text of one's own; gives its place if it had to be added.
fn open(reading: &mut Reading<'_>, item: &Value, options: &mut Vec<Choice>, ids: &mut Ids) -> Option<usize> {
    let is_other = |option: &&mut Choice| ids_say_other(&option.offer.id);
    if options.iter().any(|option| option.json.contains_key("other")) {
        return None;
    }
    if let Some(option) = options.iter_mut().find(is_other) {
        option.json.insert("other".into(), "optional".into());
        return None;
    }
    let label = value(item, "openLabel").and_then(Value::as_str).map(line).filter(|label| !label.is_empty());
    let id = ids.unique("other");
    if label.is_none() {
        let pointer = text(item, "linkId").unwrap_or_default();
        let message = "the option for an answer of one's own is called “Other”; write what it should be called";
        reading.say("open-label", Fate::Assumed, pointer, Some(&id), message);
    }
    let label = Text { markdown: label.unwrap_or_else(|| "Other".into()), ..Text::default() };
    let mut json = named(&id, &label);
    json.insert("other".into(), "optional".into());
    options.push(Choice { offer: Offer { code: String::new(), system: None, id }, json, label });
    Some(options.len() - 1)
}

fn ids_say_other(id: &str) -> bool {
    matches!(id, "other" | "oth")
}

fn named(id: &str, label: &Text) -> Map<String, Value> {
    let mut json = Map::new();
    json.insert("id".into(), id.into());
    json.insert("label".into(), label.markdown.as_str().into());
    json
}

/// One `answerOption`.
fn option(written: &Value, ids: &mut Ids) -> Option<Choice> {
    let (kind, found) = choice(written, "value")?;
    if kind == "Coding" {
        let mut option = coded(&Concept { system: text(found, "system"), json: found }, written, ids);
        if let Some(prefix) = value(written, "optionPrefix").and_then(Value::as_str).map(line) {
            option.label.markdown = format!("{prefix} {}", option.label.markdown).trim().to_string();
        }
        return Some(option);
    }
    let (code, label) = match found {
        Value::String(said) => (said.trim().to_string(), read(written, &format!("value{kind}"), Shape::Line)?),
        Value::Number(number) => (number.to_string(), Text { markdown: number.to_string(), ..Text::default() }),
        Value::Object(_) => {
            let said = text(found, "reference").or_else(|| text(found, "display"))?;
            let label = read(found, "display", Shape::Line);
            (said.to_string(), label.unwrap_or_else(|| Text { markdown: line(said), ..Text::default() }))
        }
        _ => return None,
    };
    let id = ids.code(&code, "option");
    let mut json = named(&id, &label);
    extras(&mut json, written, found);
    Some(Choice { offer: Offer { id, system: None, code }, json, label })
}

/// An option that is a code.
fn coded(concept: &Concept<'_>, extended: &Value, ids: &mut Ids) -> Choice {
    let written = text(concept.json, "code").or_else(|| text(concept.json, "display")).unwrap_or("option");
    let label = read(concept.json, "display", Shape::Line).filter(|label| !label.markdown.is_empty());
    let mut label = label.unwrap_or_else(|| Text { markdown: line(written), ..Text::default() });
    label.translations.extend(list(concept.json, "designation").iter().filter_map(|one| {
        let language = text(one, "language").filter(|tag| is_tag(tag))?;
        Some((language.to_string(), line(text(one, "value")?)))
    }));
    let id = ids.code(written, "option");
    let mut json = named(&id, &label);
    extras(&mut json, extended, concept.json);
    let source = match concept.system {
        Some(system) if system.starts_with(OUR_CODES) => kept_text(extended, "source").map(str::to_string),
        Some(system) => Some(format!("{system}|{written}")),
        None => (written != id).then(|| written.to_string()),
    };
    put(&mut json, "source", source);
    Choice { offer: Offer { id, system: concept.system.map(str::to_string), code: written.to_string() }, json, label }
}

/// What extensions say of an option, on the option or on its code.
fn extras(json: &mut Map<String, Value>, option: &Value, coding: &Value) {
    const WEIGHTS: [&str; 5] =
        ["ordinalValue", "itemWeight", "valueset-ordinalValue", "codesystem-ordinalValue", "iso21090-CO-value"];
    put(json, "hint", kept_text(option, "hint"));
    let weight = WEIGHTS.iter().find_map(|name| value(option, name).or_else(|| value(coding, name)));
    let whole = weight.and_then(Value::as_f64).filter(|weight| weight.fract() == 0.0 && weight.abs() < 2e9);
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    put(json, "value", whole.map(|weight| weight as i64));
    for key in ["missing", "last"] {
        put(json, key, kept_flag(option, key).then_some(true));
    }
    let excludes = is_set(option, "optionExclusive") || kept_flag(option, "exclusive");
    put(json, "exclusive", excludes.then_some(true));
    put(json, "other", kept_text(option, "other").filter(|other| ["optional", "required"].contains(other)));
}

/// Options that are only offered under a condition: a rule of ours, or one that is lost and kept to be written anew.
fn toggles<'a>(reading: &mut Reading<'a>, item: &'a Value, options: &mut [Choice], pointer: &str, target: &str) {
    for one in list_named(item, "answerOptionsToggleExpression") {
        let parts = list(one, "extension");
        let says = parts.iter().find(|part| text(part, "url") == Some("expression")).map_or("", expression);
        for part in parts.iter().filter(|part| text(part, "url") == Some("option")) {
            let Some((_, named)) = choice(part, "value") else { continue };
            let code = text(named, "code").or_else(|| named.as_str());
            let is_meant = |option: &&mut Choice| {
                Some(option.offer.code.as_str()) == code
                    && (text(named, "system").is_none() || text(named, "system") == option.offer.system.as_deref())
            };
            let Some(option) = options.iter_mut().find(is_meant) else { continue };
            if let Some(rule) = kept_text(one, "show_if").filter(|rule| is_kept(reading, rule, says)) {
                option.json.insert("show_if".into(), rule.into());
                reading.say("option-rule", Fate::Exact, pointer, Some(target), "the option's rule was taken over");
                continue;
            }
            option.json.insert("lost_rule".into(), shortened(says, MAX_LOST).into());
            let message = format!(
                "option `{}` is offered to nobody: write its condition {} as `show_if`",
                option.offer.id,
                quoted(says)
            );
            reading.say("option-rule-lost", Fate::Degraded, pointer, Some(target), message);
        }
    }
}

/// True if a rule of ours says the same as the expression that stands beside it, on pages before this one.
fn is_kept(reading: &Reading<'_>, rule: &str, says: &str) -> bool {
    let lookup = |id: &str| -> Option<Asked> {
        let (asked, page) = reading.known.get(id)?;
        (*page < reading.page()).then(|| asked.clone())
    };
    say_path(rule, &lookup).is_some_and(|path| path == says)
}

/// True if an element keeps anything of ours under this key.
pub(super) fn is_kept_as(element: &Value, key: &str, wanted: &str) -> bool {
    kept(element, key).and_then(Value::as_str) == Some(wanted)
}
