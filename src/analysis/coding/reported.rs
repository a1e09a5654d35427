//! A coding as the report shows it, in the place of the themes that the computer finds by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::coded::Coding;
use super::decision::{AnswerKey, Place};
use super::shown::{ThemeShown, frame};
use crate::analysis::redaction::{Quotes, Rule};
use crate::analysis::report::{CodedByPeople, QuestionThemes, Theme};
use crate::analysis::text::redact::Redactor;
use crate::analysis::text::{Assigned, fold, is_unanswered, normalise};

/// Quotes for each theme, at most.
const QUOTES: usize = 3;

/// The coding of one question, and all its answers.
#[derive(Debug)]
pub struct CodedQuestion {
    /// Where each answer is that there is.
    pub coding: Coding,
    /// Every answer as it was written.
    pub texts: BTreeMap<AnswerKey, String>,
    /// Decisions in force.
    pub decisions: u64,
}

/// The themes as people decided them, with the texts in an order that does not depend on their random keys, and the place
/// of each: an answer in several themes stands in the first of them.
pub fn themes_of<'c>(
    id: &str,
    label: &str,
    coded: &'c CodedQuestion,
    quotes: Option<&Quotes>,
) -> (QuestionThemes, Vec<&'c str>, Vec<Assigned>) {
    let present: BTreeSet<AnswerKey> = coded.texts.keys().cloned().collect();
    let shown = frame(&coded.coding, &present);
    let redactor = Redactor::new();
    let quote =
        |text: &String| quotes.map_or_else(|| Some(redactor.redact(text)), |quotes| quotes.quote(&redactor, text));
    // Where quotes wait to be looked through, others that may leave stand for the most typical, in an order that does not
    // depend on their random keys.
    let others = |theme: &ThemeShown| -> Vec<&String> {
        let is_reviewed = quotes.is_some_and(|quotes| quotes.rule() != Rule::Found);
        let typical: BTreeSet<&String> = theme.typical.iter().filter_map(|key| coded.texts.get(key)).collect();
        let all = coded.coding.answers(theme.theme).filter(|_| is_reviewed).filter_map(|key| coded.texts.get(key));
        let others: BTreeSet<&String> = all.filter(|text| !typical.contains(text)).collect();
        others.into_iter().collect()
    };
    let distinct = |keys: &mut dyn Iterator<Item = &AnswerKey>| {
        let folded = keys.filter_map(|key| coded.texts.get(key)).map(|text| fold(&normalise(text)));
        folded.collect::<BTreeSet<_>>().len() as u64
    };
    let says_nothing = |key: &AnswerKey| coded.coding.codes().get(key).is_some_and(|coded| coded.place == Place::None);
    let unanswered =
        coded.texts.iter().filter(|(key, text)| says_nothing(key) && is_unanswered(&fold(&normalise(text))));
    let unanswered = unanswered.count();
    let themes: Vec<Theme> = shown
        .themes
        .iter()
        .map(|theme| Theme {
            id: theme.theme.to_string(),
            label: theme.name.clone(),
            terms: theme.terms.clone(),
            count: theme.count as u64,
            people: theme.count as u64,
            mentions: theme.count as u64,
            distinct: distinct(&mut coded.coding.answers(theme.theme)),
            quotes: theme
                .typical
                .iter()
                .filter_map(|key| coded.texts.get(key))
                .chain(others(theme))
                .filter_map(quote)
                .take(QUOTES)
                .collect(),
        })
        .collect();
    let mut answers: Vec<(&str, Assigned)> = coded
        .texts
        .iter()
        .map(|(key, text)| {
            let place = coded.coding.codes().get(key).map(|coded| &coded.place);
            let first = shown.themes.iter().position(|theme| place.is_some_and(|place| place.has(theme.theme)));
            let assigned = match (first, place) {
                (Some(theme), _) => Assigned::Theme(theme),
                (None, Some(Place::None)) => Assigned::None,
                (None, _) => Assigned::Other,
            };
            (text.as_str(), assigned)
        })
        .collect();
    answers.sort_unstable_by_key(|(text, assigned)| (*text, order(*assigned)));
    let (texts, places) = answers.into_iter().unzip();
    let themes = QuestionThemes {
        question: id.to_string(),
        label: label.to_string(),
        n: shown.n as u64,
        none: shown.none as u64,
        unanswered: unanswered as u64,
        other: shown.other as u64,
        distinct: distinct(&mut coded.texts.keys()),
        themes,
        interventions: Vec::new(),
        coding: Some(CodedByPeople {
            decisions: coded.decisions,
            by_person: shown.by_person as u64,
            several: shown.several as u64,
            waiting: shown.waiting as u64,
        }),
    };
    (themes, texts, places)
}

/// Which of two places of one text comes first.
fn order(assigned: Assigned) -> usize {
    match assigned {
        Assigned::Theme(theme) => theme,
        Assigned::Other => usize::MAX - 1,
        Assigned::None => usize::MAX,
    }
}
