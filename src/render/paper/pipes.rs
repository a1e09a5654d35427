//! Answers inside texts, which paper cannot repeat: the number of the question that was answered, or a blank.

use crate::definition::Survey;
use crate::definition::pipe::{Piece, each_piped_text, is_piped, label, literal, pieces};
use crate::definition::routing::Numbers;
use crate::definition::rule::{Name, Part};
use crate::item::Item;

/// The survey with “[your answer to 3]” where the web repeats an answer, and whether it does anywhere.
pub(super) fn filled(survey: &Survey, numbers: &Numbers) -> (Survey, bool) {
    let mut copy = survey.clone();
    let mut any = false;
    let mut fill = |text: &mut String| {
        if is_piped(text) {
            *text = without_answers(text, survey, numbers);
            any = true;
        }
    };
    for page in &mut copy.pages {
        page.title.iter_mut().for_each(&mut fill);
        page.text.iter_mut().for_each(&mut fill);
        for question in &mut page.questions {
            each_piped_text(&mut question.item, &mut fill);
        }
    }
    (copy, any)
}

fn without_answers(text: &str, survey: &Survey, numbers: &Numbers) -> String {
    // The checker reads every text with answers, so one of a survey can be split.
    let Ok(pieces) = pieces(text) else { return text.to_string() };
    let parts = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Label(id) => label(survey, id).unwrap_or(id).to_string(),
        Piece::Answer { name, .. } => literal(&spoken(&name, survey, numbers)),
    });
    parts.collect()
}

/// What a person reads in place of an answer.
fn spoken(name: &Name, survey: &Survey, numbers: &Numbers) -> String {
    let Some(number) = numbers.question(&name.item) else { return "________".to_string() };
    let row = |id: &str| survey.item(&name.item).and_then(|item: &Item| item.label(id));
    match &name.part {
        None => format!("[your answer to {number}]"),
        Some(Part::Place(place)) => format!("[number {place} of your answer to {number}]"),
        Some(Part::Row(id)) => match (row(id), id.as_str()) {
            (Some(label), _) => format!("[your answer to {number} for ‘{label}’]"),
            (None, "count") => format!("[how many you gave in {number}]"),
            (None, _) => format!("[what you wrote in {number}]"),
        },
    }
}
