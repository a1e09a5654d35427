//! Options as `answerOption`, and lists that several questions share as value sets within the Questionnaire.

use serde_json::{Map, Value, json};

use super::super::condition::{Offer, say_path};
use super::super::extensions::{ours, part, sdc_nested, standard};
use super::super::ids::slug_of;
use super::super::json::{flag, text};
use super::super::options::OUR_CODES;
use super::super::texts::{self, Shape};
use super::{Item, Writing};
use crate::document::Id;
use crate::exchange::report::Fate;

/// The codes of options; `name` is their list's, or their question's.
pub(super) fn offers(options: &Value, name: &str, is_value_set: bool) -> Vec<Offer> {
    let options = options.as_array().into_iter().flatten();
    options.filter_map(|option| offer(option, name, is_value_set)).collect()
}

/// An option's code: the one it was imported with, where reading that gives its id again, or its id.
fn offer(option: &Value, name: &str, is_value_set: bool) -> Option<Offer> {
    let id = text(option, "id")?.to_string();
    let gives_id = |code: &str| if Id::Code.allows(code) { code == id } else { slug_of(code) == id };
    let own = || Offer { id: id.clone(), system: Some(format!("{OUR_CODES}{name}")), code: id.clone() };
    let Some(source) = text(option, "source") else { return Some(own()) };
    Some(match source.rsplit_once('|') {
        Some((system, code)) if gives_id(code) && system.contains(':') && !system.contains(char::is_whitespace) => {
            Offer { system: Some(system.to_string()), code: code.to_string(), id: id.clone() }
        }
        None if gives_id(source) && source != id && !is_value_set => {
            Offer { system: None, code: source.to_string(), id: id.clone() }
        }
        _ => own(),
    })
}

/// True if all that a list says has a place in a value set.
pub(super) fn fits_value_set(options: &Value) -> bool {
    const NOT: [&str; 4] = ["exclusive", "other", "show_if", "lost_rule"];
    options.as_array().into_iter().flatten().all(|option| NOT.iter().all(|key| option.get(key).is_none()))
}

/// Writes what can be chosen: `key` is where the question names or lists it, `id` what its translations begin with.
pub(super) fn put_options<'d>(
    writing: &mut Writing<'d>,
    question: &'d Value,
    key: &str,
    pointer: &str,
    id: &str,
    item: &mut Item,
) {
    let lists = writing.definition.get("lists");
    let (name, options) = match question.get(key) {
        Some(Value::String(name)) => (Some(name.as_str()), lists.and_then(|lists| lists.get(name))),
        options => (None, options),
    };
    let Some(options) = options else { return };
    if let Some(name) = name.filter(|_| fits_value_set(options)) {
        writing.used.insert(name);
        item.put("answerValueSet", format!("#{}", name.replace('_', "-")));
        return;
    }
    let prefix = name.unwrap_or(id);
    if let Some(name) = name {
        item.extend([ours("list", &name.into())]);
    }
    let mut written = Vec::new();
    for option in options.as_array().into_iter().flatten() {
        let Some(offer) = offer(option, prefix, false) else { continue };
        if let Some(rule) = text(option, "lost_rule").or_else(|| text(option, "show_if")) {
            let path = say_path(rule, &|id| writing.lookup(id)).filter(|_| option.get("lost_rule").is_none());
            let Some(path) = path else {
                let message = format!("option `{}` is left out, for FHIR cannot say when it is offered", offer.id);
                writing.say("option-dropped", Fate::Dropped, pointer, &item.link, message);
                continue;
            };
            let expression = json!({"language": "text/fhirpath", "expression": path});
            let parts = [
                part("option", "valueCoding", offer.coding()),
                part("expression", "valueExpression", expression),
                ours("show_if", &rule.into()),
            ];
            item.extend([sdc_nested("answerOptionsToggleExpression", &parts)]);
            let message = format!("the rule of option `{}` became an expression, which few programs read", offer.id);
            writing.say("option-rule", Fate::Degraded, pointer, &item.link, message);
        }
        let mut coding = offer.coding();
        if let Value::Object(coding) = &mut coding {
            let translations = writing.translations(&format!("{prefix}.{}", offer.id));
            let label = text(option, "label").unwrap_or(&offer.id);
            texts::write(coding, "display", label, Shape::Line, &translations);
        }
        let mut answer = Map::new();
        let extensions = extensions(option, &offer);
        if !extensions.is_empty() {
            answer.insert("extension".into(), extensions.into());
        }
        answer.insert("valueCoding".into(), coding);
        written.push(Value::Object(answer));
    }
    item.put("answerOption", written);
}

/// What an option has beside its code and label.
fn extensions(option: &Value, offer: &Offer) -> Vec<Value> {
    let mut out = Vec::new();
    out.extend(option.get("value").map(|value| standard("ordinalValue", "valueDecimal", value.clone())));
    if flag(option, "exclusive") {
        out.push(standard("questionnaire-optionExclusive", "valueBoolean", true));
    }
    for key in ["hint", "other"] {
        out.extend(option.get(key).map(|value| ours(key, value)));
    }
    for key in ["missing", "last"] {
        out.extend(flag(option, key).then(|| ours(key, &true.into())));
    }
    if offer.system.as_deref().is_some_and(|system| system.starts_with(OUR_CODES)) {
        out.extend(option.get("source").map(|source| ours("source", source)));
    }
    out
}

/// The lists that questions use, as value sets.
pub(super) fn contained(writing: &Writing<'_>) -> Vec<Value> {
    let lists = writing.definition.get("lists").and_then(Value::as_object).into_iter().flatten();
    let used = lists.filter(|(name, _)| writing.used.contains(name.as_str()));
    used.map(|(name, options)| value_set(writing, name, options)).collect()
}

fn value_set(writing: &Writing<'_>, name: &str, options: &Value) -> Value {
    let mut includes: Vec<(String, Vec<Value>)> = Vec::new();
    for option in options.as_array().into_iter().flatten() {
        let Some(offer) = offer(option, name, true) else { continue };
        let mut concept = Map::new();
        let extensions = extensions(option, &offer);
        if !extensions.is_empty() {
            concept.insert("extension".into(), extensions.into());
        }
        concept.insert("code".into(), offer.code.as_str().into());
        texts::write(&mut concept, "display", text(option, "label").unwrap_or(&offer.id), Shape::Line, &[]);
        let designations = writing.translations(&format!("{name}.{}", offer.id)).into_iter();
        let designations: Vec<Value> = designations
            .map(|(language, content)| json!({"language": language, "value": super::super::markdown::plain(&content)}))
            .collect();
        if !designations.is_empty() {
            concept.insert("designation".into(), designations.into());
        }
        let system = offer.system.unwrap_or_default();
        match includes.last_mut() {
            Some((last, concepts)) if *last == system => concepts.push(Value::Object(concept)),
            _ => includes.push((system, vec![Value::Object(concept)])),
        }
    }
    let includes: Vec<Value> =
        includes.into_iter().map(|(system, concepts)| json!({"system": system, "concept": concepts})).collect();
    let id = name.replace('_', "-");
    json!({"resourceType": "ValueSet", "id": id, "status": "draft", "compose": {"include": includes}})
}
