//! What stands around the questions: title, languages, who asks and why; and the definition put together.

use std::collections::HashSet;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::checks::constraints;
use super::extensions::{describe, kept, kept_json, kept_text};
use super::ids::Ids;
use super::json::{list, put, text};
use super::keys::of_texts;
use super::layout::lay_out;
use super::markdown::{line, plain};
use super::plan::plan;
use super::reading::{Reading, Release, quoted};
use super::resource::Found;
use super::texts::{Shape, read as read_text};
use super::valuesets::ValueSets;
use crate::definition::language::is_tag;
use crate::exchange::report::{Fate, Imported};
use crate::exchange::rule;

/// Most characters of a survey's id.
const MAX_ID: usize = 60;

/// Reads the Questionnaire that was found.
pub(super) fn read(found: &Found<'_>) -> Imported {
    let Found { questionnaire, pointer, others, release } = found;
    let title = ["title", "name", "id"].into_iter().find_map(|key| text(questionnaire, key)).unwrap_or("Questionnaire");
    let language = text(questionnaire, "language").filter(|tag| is_tag(tag)).unwrap_or("en");
    let sets = ValueSets::of(questionnaire, others);
    let mut reading = Reading::new(*release, language.to_string(), title.to_string(), sets);
    let message = match release {
        Release::Stu3 => "read as FHIR STU3",
        Release::R4 => "read as FHIR R4",
        Release::R5 => "read as FHIR R5",
    };
    reading.say("release", Fate::Exact, pointer, None, message);
    let mut survey = Map::new();
    head(&mut reading, questionnaire, pointer, &mut survey);
    // What a file of ours keeps, with the keys that come before the pages.
    let kept_around = |reading: &mut Reading<'_>, keys: &[&str], into: &mut Map<String, Value>| {
        for key in keys {
            if let Some(value) = kept_json(questionnaire, key, &mut reading.json_left) {
                into.insert((*key).to_string(), value);
            }
        }
    };
    kept_around(&mut reading, &["window", "privacy"], &mut survey);
    put(&mut survey, "anonymity", kept_text(questionnaire, "anonymity").filter(|mode| *mode == "anonymous"));
    kept_around(&mut reading, &["interventions", "population", "consensus", "round"], &mut survey);
    let interventions = survey.get("interventions").and_then(Value::as_array);
    let ids = interventions.map(|all| all.iter().filter_map(|one| text(one, "id")).map(str::to_string).collect());
    reading.interventions = Rc::new(ids.unwrap_or_default());

    let calculated = kept_json(questionnaire, "calculated", &mut reading.json_left);
    for one in calculated.as_ref().and_then(Value::as_array).into_iter().flatten() {
        if let (Some(id), Some(value)) = (text(one, "id"), text(one, "value").and_then(rule::parse)) {
            let names = value.items().into_iter().map(str::to_string).collect();
            reading.calculated.insert(id.to_string(), names);
        }
    }
    put(&mut survey, "calculated", calculated);

    let plan = plan(&mut reading, questionnaire, pointer);
    lay_out(&mut reading, plan);
    if reading.pages.is_empty() {
        nothing_asked(&mut reading, pointer);
    }
    constraints(&mut reading, questionnaire, pointer, None);
    leftovers(&mut reading, questionnaire, pointer);
    after(reading, questionnaire, pointer, survey)
}

/// The page of a survey of which nothing could be read, so that there is something to begin with.
fn nothing_asked(reading: &mut Reading<'_>, pointer: &str) {
    let id = reading.ids.name("nothing", "q");
    let page = reading.page_ids.unique("page_1");
    let note = json!({"id": id, "type": "note", "text": "There are no questions yet."});
    let title = line(&reading.title);
    reading.pages.push(json!({"id": page, "title": title, "questions": [note]}));
    let message = "nothing in the Questionnaire can be asked here; write the questions yourself";
    reading.say("nothing-asked", Fate::Degraded, pointer, Some(&page), message);
}

/// Id, title, language and introduction.
fn head(reading: &mut Reading<'_>, questionnaire: &Value, pointer: &str, survey: &mut Map<String, Value>) {
    survey.insert("format".into(), 1.into());
    let url = text(questionnaire, "url");
    let written = text(questionnaire, "id").or_else(|| text(questionnaire, "name")).or_else(|| url?.rsplit('/').next());
    let id = survey_id(written.unwrap_or_default());
    survey.insert("id".into(), id.as_str().into());
    let version = text(questionnaire, "version");
    let number = version.and_then(|version| version.parse::<u32>().ok());
    put(survey, "version", number);
    if let (Some(version), None) = (version, number) {
        let message = format!("the version {} is not a whole number and was left out", quoted(version));
        reading.say("version-dropped", Fate::Dropped, pointer, None, message);
    }
    let title = read_text(questionnaire, "title", Shape::Line).filter(|_| text(questionnaire, "title").is_some());
    if let Some(mut title) = title {
        // A survey's title is plain.
        title.markdown = plain(&title.markdown);
        title.translations.iter_mut().for_each(|(_, content)| *content = plain(content));
        reading.keep(title, "title");
    }
    let words = reading.title.split_whitespace().collect::<Vec<_>>().join(" ");
    survey.insert("title".into(), words.into());
    let has_language = text(questionnaire, "language").is_some_and(is_tag);
    put(survey, "language", has_language.then(|| reading.language.clone()));
    if !has_language {
        reading.say(
            "language",
            Fate::Assumed,
            pointer,
            None,
            "the file does not say its language; it is taken to be English",
        );
    }
    let mut introduction = Map::new();
    put(&mut introduction, "organisation", text(questionnaire, "publisher").map(line));
    if let Some(purpose) = text(questionnaire, "description") {
        introduction.insert("purpose".into(), purpose.replace("{{", "{ {").into());
    }
    put(
        &mut introduction,
        "minutes",
        kept(questionnaire, "minutes").and_then(Value::as_u64).filter(|most| *most < 10_000),
    );
    let contact = kept_text(questionnaire, "contact").map(str::to_string).or_else(|| contact(questionnaire));
    put(&mut introduction, "contact", contact);
    if !introduction.is_empty() {
        let keys: Vec<&str> = introduction.keys().map(String::as_str).collect();
        let message = format!("who asks and why became the introduction: {}", keys.join(", "));
        reading.say("introduction", Fate::Assumed, pointer, Some("introduction"), message);
        survey.insert("introduction".into(), introduction.into());
    }
}

/// An id for a survey, in which a `-` may stand.
fn survey_id(written: &str) -> String {
    let is_fine = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.len() <= MAX_ID
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    // `_` cannot stand in the id of a FHIR resource, where ours has a `.`.
    let turned = written.replace('.', "_");
    if is_fine(&turned) {
        return turned;
    }
    Ids::default().name(written, "survey")
}

/// Whom to ask for help: the first contact of the publisher.
fn contact(questionnaire: &Value) -> Option<String> {
    let first = list(questionnaire, "contact").first()?;
    let ways = list(first, "telecom").iter().filter_map(|way| text(way, "value"));
    let words: Vec<&str> = text(first, "name").into_iter().chain(ways).collect();
    (!words.is_empty()).then(|| line(&words.join(", ")))
}

/// Reports what of the Questionnaire itself was not read.
fn leftovers(reading: &mut Reading<'_>, questionnaire: &Value, pointer: &str) {
    const BOOKKEEPING: [&str; 10] = [
        "meta",
        "text",
        "name",
        "status",
        "experimental",
        "date",
        "subjectType",
        "identifier",
        "approvalDate",
        "lastReviewDate",
    ];
    const READ: [&str; 12] = [
        "resourceType",
        "id",
        "url",
        "version",
        "title",
        "language",
        "publisher",
        "description",
        "contact",
        "item",
        "extension",
        "contained",
    ];
    let Some(all) = questionnaire.as_object() else { return };
    let keys: Vec<&str> =
        all.keys().map(String::as_str).filter(|key| !key.starts_with('_') && !READ.contains(key)).collect();
    let (kept, lost): (Vec<&str>, Vec<&str>) = keys.into_iter().partition(|key| BOOKKEEPING.contains(key));
    if !kept.is_empty() {
        let message = format!("not needed here: {}", kept.join(", "));
        reading.say("bookkeeping", Fate::Assumed, pointer, None, message);
    }
    if !lost.is_empty() {
        let message = format!("left out: {}", quoted(&lost.join(", ")));
        reading.say("metadata-dropped", Fate::Dropped, pointer, None, message);
    }
    let mut names: Vec<&str> = Vec::new();
    for url in list(questionnaire, "extension").iter().filter_map(|one| text(one, "url")) {
        let (name, _) = describe(url);
        if !name.starts_with("urn:canvass:")
            && !["fhirVersion", "constraint", "targetConstraint"].contains(&name)
            && !names.contains(&name)
        {
            names.push(name);
        }
        if names.len() > 50 {
            break;
        }
    }
    if !names.is_empty() {
        let message = format!("extensions left out: {}", quoted(&names.join(", ")));
        reading.say("extension-dropped", Fate::Dropped, pointer, None, message);
    }
    if !list(questionnaire, "modifierExtension").is_empty() {
        let message = "an extension that changes what the Questionnaire means is not understood; look at all of it";
        reading.say("modifier-unknown", Fate::Unknown, pointer, None, message);
    }
}

/// The keys after the pages, and the definition in the order of its documentation.
fn after(mut reading: Reading<'_>, questionnaire: &Value, pointer: &str, mut survey: Map<String, Value>) -> Imported {
    if !reading.lists.is_empty() {
        survey.insert("lists".into(), std::mem::take(&mut reading.lists).into());
    }
    survey.insert("pages".into(), std::mem::take(&mut reading.pages).into());
    let checks = match kept_json(questionnaire, "checks", &mut reading.json_left) {
        Some(Value::Array(checks)) if checks.iter().all(|check| names_known(&reading, check)) => checks,
        Some(_) => {
            reading.say(
                "checks-lost",
                Fate::Degraded,
                pointer,
                None,
                "the checks name what is not asked; write them anew",
            );
            std::mem::take(&mut reading.checks)
        }
        None => std::mem::take(&mut reading.checks),
    };
    put(&mut survey, "checks", (!checks.is_empty()).then_some(checks));
    for key in ["accessibility", "results", "access", "retired"] {
        if let Some(kept) = kept_json(questionnaire, key, &mut reading.json_left) {
            survey.insert(key.into(), kept);
        }
    }
    let translations = translations(&mut reading, questionnaire, &of_texts(&survey));
    put(&mut survey, "translations", (!translations.is_empty()).then_some(translations));
    put(
        &mut survey,
        "unfinished",
        kept_text(questionnaire, "unfinished").filter(|word| ["discard", "keep"].contains(word)),
    );
    for key in ["progress", "overview"] {
        put(&mut survey, key, kept(questionnaire, key).filter(|word| word.is_boolean()).cloned());
    }
    let id = survey.get("id").and_then(Value::as_str).unwrap_or_default();
    let ours = text(questionnaire, "url").is_none_or(|url| url == format!("urn:canvass:survey:{id}"));
    let url = text(questionnaire, "url").filter(|_| !ours);
    let name = text(questionnaire, "id").filter(|name| name.replace('.', "_") != id);
    put(&mut survey, "source", kept_text(questionnaire, "source").or(url).or(name));
    Imported { definition: ordered(survey), report: reading.notes.finish() }
}

/// True if all that a check names is asked or computed.
fn names_known(reading: &Reading<'_>, check: &Value) -> bool {
    let Some(rule) = text(check, "rule").and_then(rule::parse) else { return check.get("lost_rule").is_some() };
    rule.items().iter().all(|name| reading.page_of(name).is_some())
}

/// The translations that a file of ours keeps, with what FHIR says beside the texts where it was changed since;
/// only of texts that there are.
fn translations(reading: &mut Reading<'_>, questionnaire: &Value, keys: &HashSet<String>) -> Map<String, Value> {
    let read = reading.take_translations();
    let kept = kept_json(questionnaire, "translations", &mut reading.json_left);
    let mut all = if let Some(Value::Object(kept)) = kept { kept } else { Map::new() };
    for (language, texts) in read {
        let Value::Object(texts) = texts else { continue };
        let before = all.entry(language).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(before) = before else { continue };
        for (key, entry) in texts {
            let words = |entry: &Value| text(entry, "text").map(plain);
            if before.get(&key).and_then(words) != words(&entry) {
                before.insert(key, entry);
            }
        }
    }
    all.retain(|language, texts| {
        if let Value::Object(texts) = texts {
            texts.retain(|key, entry| keys.contains(key) && text(entry, "text").is_some());
        }
        is_tag(language) && texts.as_object().is_some_and(|texts| !texts.is_empty())
    });
    all
}

/// The keys of a definition in the order of its documentation.
fn ordered(mut survey: Map<String, Value>) -> Value {
    const ORDER: [&str; 25] = [
        "format",
        "id",
        "version",
        "title",
        "language",
        "introduction",
        "window",
        "privacy",
        "anonymity",
        "lists",
        "interventions",
        "population",
        "consensus",
        "round",
        "pages",
        "calculated",
        "checks",
        "accessibility",
        "results",
        "access",
        "progress",
        "overview",
        "unfinished",
        "retired",
        "source",
    ];
    let mut ordered = Map::new();
    for key in ORDER {
        put(&mut ordered, key, survey.remove(key));
    }
    ordered.append(&mut survey);
    Value::Object(ordered)
}
