//! What changed between two versions of a survey, and what follows for answers in progress and for the analysis.
//!
//! Every struct of a definition is taken apart here field by field, so that a new field cannot be forgotten: whoever
//! adds one says what a change of it means. `docs/versions.md` has the classes as authors read them.

mod items;
mod loosened;
mod options;
mod pages;
mod rounds;
mod survey;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_phrases;
#[cfg(test)]
mod tests_results;
#[cfg(test)]
mod tests_rounds;
#[cfg(test)]
mod tests_screens;
#[cfg(test)]
mod tests_weighting;

use std::collections::BTreeSet;

use serde::Serialize;

use super::Survey;

/// How grave a change is, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// What is read changes, not what is asked: labels, hints, texts, translations, style, order.
    Wording,
    /// What was answered stays valid and complete: something optional is added, or something is allowed that was not.
    Additive,
    /// Answers may be invalid, incomplete or mean something else, or a promise or the analysis changes.
    Breaking,
}

impl Class {
    /// As results write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wording => "wording",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change does to the analysis of answers to the earlier version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing: they count as before.
    #[default]
    None,
    /// They could not choose what was added, and count as not having chosen it.
    Added,
    /// Answers to the question mean something else, and are not counted with later ones.
    Meaning,
    /// The figures stay, and what is concluded from them changes.
    Verdicts,
    /// They are of an earlier round, and in the figures of that one.
    Round,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What changed, as a path: `question sector, option acute`.
    pub what: String,
    /// How grave it is.
    pub class: Class,
    /// What was and what is, as a sentence.
    pub text: String,
    /// The question it belongs to, if it belongs to one.
    pub question: Option<String>,
    /// What it does to the analysis.
    pub effect: Effect,
}

/// What changed between two versions, in the order of the definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Every change.
    pub changes: Vec<Change>,
    /// What the author should see to, as sentences.
    pub warnings: Vec<String>,
}

/// Every change from one version of a survey to another, item by item. Linear in their size, apart from rules.
///
/// Only what a version says is compared, not how its file is written: a list is compared by the questions that use it.
pub fn diff(old: &Survey, new: &Survey) -> Diff {
    let mut found = Diff::default();
    survey::compare(old, new, &mut found);
    found
}

impl Diff {
    /// The class of the gravest change; `None` if there is none.
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// True if answers in progress can go on in the new version, and sent ones be counted with its own.
    pub fn keeps_answers(&self) -> bool {
        self.class() < Some(Class::Breaking)
    }

    /// The changes of a class.
    pub fn of(&self, class: Class) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.class == class)
    }

    /// The questions whose earlier answers mean something else.
    pub fn changed_meaning(&self) -> BTreeSet<&str> {
        let changed = self.changes.iter().filter(|change| change.effect == Effect::Meaning);
        changed.filter_map(|change| change.question.as_deref()).collect()
    }

    /// What follows for answers in progress and for those that were sent, as a sentence or two.
    pub fn consequence(&self) -> String {
        let together = "Answers in progress go on in the new version, and all answers are counted together.";
        match self.class() {
            None => "Nothing changed.".to_string(),
            Some(Class::Wording) => format!("Only words and looks change. {together}"),
            Some(Class::Additive) => format!("What was answered stays valid and complete. {together}"),
            Some(Class::Breaking) => {
                let apart: Vec<&str> = self.changed_meaning().into_iter().collect();
                let counted = if self.changes.iter().any(|change| change.effect == Effect::Round) {
                    "Answers that were sent are in the figures of their round, until their people come back."
                        .to_string()
                } else if apart.is_empty() {
                    "Answers that were sent are counted together with later ones.".to_string()
                } else {
                    format!("Answers sent before are left out of the figures of {}.", words::names(apart))
                };
                let judged = self.changes.iter().any(|change| change.effect == Effect::Verdicts);
                let judged = if judged { " What the report concludes changes for all of them." } else { "" };
                format!("Answers in progress finish on the version they were begun on. {counted}{judged}")
            }
        }
    }

    /// Takes note of a change, once: what questions share is told where it is first met.
    fn add(&mut self, at: &At<'_>, class: Class, text: impl Into<String>) {
        self.add_with(at, class, Effect::None, text);
    }

    fn add_with(&mut self, at: &At<'_>, class: Class, effect: Effect, text: impl Into<String>) {
        let question = at.question.map(str::to_string);
        let change = Change { what: at.what.clone(), class, text: text.into(), question, effect };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Takes note of what was said to have changed, if anything.
    fn note(&mut self, at: &At<'_>, class: Class, said: Option<String>) {
        if let Some(text) = said {
            self.add(at, class, text);
        }
    }
}

/// Where a change is.
#[derive(Clone)]
struct At<'a> {
    what: String,
    question: Option<&'a str>,
}

impl<'a> At<'a> {
    /// Something that belongs to no question.
    fn of(what: impl Into<String>) -> At<'static> {
        At { what: what.into(), question: None }
    }

    /// A question.
    fn question(id: &'a str) -> Self {
        Self { what: format!("question {id}"), question: Some(id) }
    }

    /// A part of it.
    fn part(&self, part: impl std::fmt::Display) -> Self {
        Self { what: format!("{}, {part}", self.what), ..*self }
    }
}

/// Additive if true, else breaking.
fn loosened(is_loosened: bool) -> Class {
    if is_loosened { Class::Additive } else { Class::Breaking }
}

/// The ids that both lists have, in the order of each.
fn common<'a>(old: &'a [String], new: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
    let both = |ids: &'a [String], others: &[String]| -> Vec<&'a str> {
        ids.iter().filter(|id| others.contains(id)).map(String::as_str).collect()
    };
    (both(old, new), both(new, old))
}
