//! Which Questionnaire a file holds and of which release, or what the file is instead.

use serde_json::Value;

use super::extensions::describe;
use super::json::{choice, list, text};
use super::reading::Release;
use crate::exchange::report::Refusal;

/// A Questionnaire and what came with it.
pub(super) struct Found<'a> {
    pub(super) questionnaire: &'a Value,
    /// JSON pointer to it.
    pub(super) pointer: String,
    /// The other resources of the Bundle.
    pub(super) others: Vec<&'a Value>,
    pub(super) release: Release,
}

/// Finds the Questionnaire.
pub(super) fn find(file: &Value) -> Result<Found<'_>, Refusal> {
    let found = match text(file, "resourceType") {
        Some("Questionnaire") => (file, String::new(), Vec::new()),
        Some("Bundle") => in_bundle(file)?,
        Some("QuestionnaireResponse") => {
            return Err(Refusal::of_file(
                "the file is a FHIR QuestionnaireResponse, which holds answers; choose its Questionnaire",
            ));
        }
        Some(other) => {
            let other: String = other.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
            return Err(Refusal::of_file(format!(
                "the file is a FHIR {other}, not a Questionnaire; choose the Questionnaire"
            )));
        }
        None => {
            return Err(Refusal::of_file(format!(
                "{}; choose the JSON file of a FHIR Questionnaire",
                looks_like(file)
            )));
        }
    };
    let (questionnaire, pointer, others) = found;
    if questionnaire.get("group").is_some() {
        return Err(Refusal::of_file("the Questionnaire is of FHIR DSTU2, which is not read; convert it to R4"));
    }
    if list(questionnaire, "item").is_empty() {
        return Err(Refusal::of_file("the Questionnaire has no items; choose one that asks something"));
    }
    let release = release(questionnaire);
    Ok(Found { questionnaire, pointer, others, release })
}

fn in_bundle(bundle: &Value) -> Result<(&Value, String, Vec<&Value>), Refusal> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for (at, entry) in list(bundle, "entry").iter().enumerate() {
        let Some(resource) = entry.get("resource") else { continue };
        if text(resource, "resourceType") == Some("Questionnaire") {
            found.push((resource, format!("/entry/{at}/resource")));
        } else {
            others.push(resource);
        }
    }
    match found.len() {
        1 => {
            let (questionnaire, pointer) = found.remove(0);
            Ok((questionnaire, pointer, others))
        }
        0 => Err(Refusal::of_file(
            "the file is a FHIR Bundle without a Questionnaire; choose one that holds a Questionnaire",
        )),
        many => Err(Refusal::of_file(format!(
            "the Bundle holds {many} Questionnaires; save the one you want as a file of its own"
        ))),
    }
}

fn looks_like(file: &Value) -> &'static str {
    let has = |key: &str| file.get(key).is_some();
    match file {
        Value::Object(_) if has("format") && has("pages") => "the file looks like a definition of this program",
        Value::Object(_) if has("survey") && has("choices") => "the file looks like an XLSForm",
        Value::Object(_) if has("elements") || has("pages") => "the file looks like a SurveyJS form",
        Value::Object(_) if has("$schema") || has("properties") => "the file looks like a JSON Schema",
        Value::Object(_) if has("item") => "the file has items and no `resourceType`",
        Value::Object(_) => "the file is JSON, but has no `resourceType`",
        Value::Array(_) => "the file is a JSON list",
        _ => "the file is a lone JSON value",
    }
}

/// The release of a Questionnaire, which it does not say itself: by what only one release has.
fn release(questionnaire: &Value) -> Release {
    let version = list(questionnaire, "extension").iter().find_map(|one| {
        let is_version = describe(text(one, "url")?).0 == "fhirVersion";
        is_version.then(|| choice(one, "value")?.1.as_str()).flatten()
    });
    let mut signs = Signs::default();
    signs.read(questionnaire);
    match version {
        Some(version) if version.starts_with('3') => return Release::Stu3,
        Some(version) if version.starts_with('4') => return Release::R4,
        Some(version) if version.starts_with('5') => return Release::R5,
        _ => {}
    }
    let newer = ["copyrightLabel", "versionAlgorithmString", "versionAlgorithmCoding"];
    if signs.of_r5 || newer.iter().any(|key| questionnaire.get(key).is_some()) {
        Release::R5
    } else if signs.of_stu3 && !signs.of_r4 {
        Release::Stu3
    } else {
        Release::R4
    }
}

#[derive(Default)]
struct Signs {
    of_stu3: bool,
    of_r4: bool,
    of_r5: bool,
}

impl Signs {
    fn read(&mut self, parent: &Value) {
        for item in list(parent, "item") {
            let has = |key: &str| item.get(key).is_some();
            self.of_stu3 |= has("option") || has("options");
            self.of_r4 |= has("answerOption") || has("answerValueSet") || has("enableBehavior");
            self.of_r5 |= has("answerConstraint") || has("disabledDisplay") || text(item, "type") == Some("coding");
            for condition in list(item, "enableWhen") {
                let has_operator = condition.get("operator").is_some();
                self.of_r4 |= has_operator;
                self.of_stu3 |= !has_operator;
            }
            self.read(item);
        }
    }
}
