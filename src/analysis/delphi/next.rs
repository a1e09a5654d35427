//! The definition of the next round: the same with what all answered in this one, and questions for reasons.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::analysis::quantile::of_counts;
use crate::definition::{Statement, Survey};
use crate::document::{hex, set_entries, set_list};
use crate::vocabulary::Words;

/// What the ids of pages that ask for reasons begin with.
const REASONS: &str = "why_round_";
/// Most characters of an id.
const LONGEST: usize = 40;

/// The definition `text` of a survey as the next round asks it; all that does not change stays as its author wrote it.
///
/// `before` says of each statement how many chose each option. People whose answer lies outside its middle half, from the
/// lower to the upper quartile (type 7, a place between two steps counting as both), are asked for their reasons on a page
/// after the one that asked for the answer. `None` if the survey is not asked in rounds or its text is no definition.
pub fn next_round(text: &str, survey: &Survey, before: &BTreeMap<String, BTreeMap<String, u64>>) -> Option<String> {
    let round = survey.round.as_ref()?;
    let number = round.number + 1;
    let told = serde_json::to_string(before).ok()?;
    let entries = [("number", Some(number.to_string())), ("before", Some(told))];
    let text = set_entries(text, &["round"], &entries)?;
    let old: Vec<&str> =
        survey.pages.iter().map(|page| page.id.as_str()).filter(|id| id.starts_with(REASONS)).collect();
    let words = Words::of(&survey.language);
    let statements = survey.statements();
    let mut pages = Vec::new();
    for page in &survey.pages {
        let asked = |statement: &&Statement<'_>| page.questions.iter().any(|one| one.item == *statement.item);
        let questions: Vec<Value> = statements
            .iter()
            .filter(asked)
            .filter_map(|statement| reason(statement, number, before.get(&statement.name)?, words))
            .collect();
        if questions.is_empty() {
            continue;
        }
        let rules: Vec<&str> = questions.iter().filter_map(|question| question.get("show_if")?.as_str()).collect();
        let mut asks = json!({
            "id": format!("{REASONS}{number}_{}", pages.len() + 1),
            "title": words.rounds.reasons_title,
            "text": words.rounds.reasons_text,
            "show_if": rules.join(" or "),
        });
        if let (Some(section), Some(asks)) = (&page.section, asks.as_object_mut()) {
            asks.insert("section".to_string(), json!(section));
        }
        if let Some(asks) = asks.as_object_mut() {
            asks.insert("questions".to_string(), Value::Array(questions));
        }
        pages.push((page.id.as_str(), asks));
    }
    set_list(&text, "pages", &old, &pages)
}

/// The question for the reasons of those whose answer is outside the middle half; `None` where that is all of the scale.
fn reason(statement: &Statement<'_>, number: u32, before: &BTreeMap<String, u64>, words: &Words) -> Option<Value> {
    let counts = statement.by_step(before);
    let (low, high) = (of_counts(&counts, 0.25)?.floor(), of_counts(&counts, 0.75)?.ceil());
    let steps = (1_u32..).zip(&statement.steps);
    let outside = steps.filter(|(step, _)| f64::from(*step) < low || f64::from(*step) > high);
    let outside: Vec<String> = outside.map(|(_, step)| format!("'{}'", step.id)).collect();
    if outside.is_empty() {
        return None;
    }
    let mut id = format!("why{number}_{}", statement.name.replace('.', "_"));
    if id.len() > LONGEST {
        // Too long to be told from its neighbours by what is left: a hash of the name does it.
        let hash = hex(&Sha256::digest(statement.name.as_bytes()));
        id = format!("why{number}_{}", hash.get(..12).unwrap_or_default());
    }
    Some(json!({
        "id": id,
        "type": "text",
        "text": words.rounds.reason.with(&[("label", &statement.label())]),
        "lines": 3,
        "show_if": format!("{} in [{}]", statement.name, outside.join(", ")),
    }))
}
