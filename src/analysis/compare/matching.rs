//! Which questions of two sides ask the same: by their ids, and by what [`crate::definition::diff`] says changed between them.

use super::report::Matched;
use crate::definition::Survey;
use crate::definition::diff::{Change, Diff, Effect, diff};
use crate::item::options::{Choice, ItemRow};
use crate::item::{Item, Measure, Scale};

/// What of two definitions can be compared.
pub(super) struct Matching<'a> {
    first: &'a Survey,
    second: &'a Survey,
    diff: Diff,
    /// The questions that were carried from one round to the next, where the sides are rounds.
    carried: Option<Vec<String>>,
}

impl<'a> Matching<'a> {
    /// `in_rounds` where the sides are rounds: of those only what comes back was kept.
    pub(super) fn new(first: &'a Survey, second: &'a Survey, in_rounds: bool) -> Self {
        let questions =
            |survey: &Survey| survey.round.as_ref().map(|round| round.questions.clone()).unwrap_or_default();
        let carried = in_rounds.then(|| {
            let second = questions(second);
            questions(first).into_iter().filter(|id| second.contains(id)).collect()
        });
        Self { first, second, diff: diff(first, second), carried }
    }

    /// Every question of either side with what became of it, in the order of the first and then of the second. Free text, days
    /// and numbers are among them, as not compared.
    pub(super) fn all(&self) -> Vec<Matched> {
        let of = |survey: &'a Survey| survey.answered_questions().map(|question| &question.item);
        let there = |survey: &Survey, id: &str| survey.answered_questions().any(|question| question.item.head.id == id);
        let mut all: Vec<Matched> = of(self.first).map(|item| self.question(item)).collect();
        let new = of(self.second).filter(|item| !there(self.first, &item.head.id));
        all.extend(new.map(|item| matched(item, "only_second", Vec::new())));
        all
    }

    fn question(&self, item: &'a Item) -> Matched {
        let id = &item.head.id;
        let other = self.second.answered_questions().map(|question| &question.item).find(|other| other.head.id == *id);
        let Some(other) = other else { return matched(item, "only_first", Vec::new()) };
        if self.carried.as_ref().is_some_and(|carried| !carried.contains(id)) {
            let kept =
                "It does not come back in every round, so that of those who came back only the last answer is kept.";
            return matched(item, "not_compared", vec![kept.to_string()]);
        }
        let apart: Vec<String> = self.changes(id).filter(|change| sets_apart(item, change)).map(told).collect();
        if !apart.is_empty() {
            return matched(item, "not_compared", apart);
        }
        let why = match item.scale() {
            Scale::Interval => Some("Numbers: read their quartiles side by side in the two reports."),
            Scale::FreeText { .. } | Scale::Entries { .. } => {
                Some("People’s own words: themes are found anew in each report, and are not the same themes.")
            }
            Scale::Ideas { .. } => Some("An idea wall: each has ideas of its own."),
            Scale::Day => Some("Days are not tallied."),
            Scale::Flag => Some("A box to tick: those who left it are not told from those who never saw it."),
            _ => None,
        };
        if let Some(why) = why {
            return matched(item, "not_compared", vec![why.to_string()]);
        }
        let mut cautions: Vec<String> = self.changes(id).map(told).collect();
        let part = |said: &str| said.split(':').next().map(str::to_string);
        let told: Vec<Option<String>> = cautions.iter().map(|said| part(said)).collect();
        cautions.extend(relabelled(item, other).into_iter().filter(|said| !told.contains(&part(said))));
        matched(item, if cautions.is_empty() { "same" } else { "caution" }, cautions)
    }

    fn changes(&self, id: &str) -> impl Iterator<Item = &Change> {
        let id = id.to_string();
        self.diff.changes.iter().filter(move |change| change.question.as_deref() == Some(&id))
    }

    /// What counts as support on both sides, if it is the same; else why interventions are not compared, or nothing where neither
    /// side, or only one, measures support.
    pub(super) fn support(&self) -> Option<Result<(), String>> {
        let ((item, first), (other, second)) = (self.first.support()?, self.second.support()?);
        let sorted = |ids: &[String]| {
            let mut ids = ids.to_vec();
            ids.sort();
            ids
        };
        let steps = |measure: &Measure| (sorted(&measure.support), sorted(&measure.oppose));
        if item.head.id != other.head.id {
            let (first, second) = (&item.head.id, &other.head.id);
            return Some(Err(format!(
                "Support is measured by the question {first} on the first side and by {second} on the second."
            )));
        }
        if steps(first) != steps(second) {
            return Some(Err("What counts as support or opposition is not the same on the two sides.".to_string()));
        }
        let found = self.question(item);
        Some(if found.state == "not_compared" { Err(found.reasons.join(" ")) } else { Ok(()) })
    }
}

/// True where answers before and after a change are not the same thing. A row of ratings that came or went leaves the others
/// as they were.
fn sets_apart(item: &Item, change: &Change) -> bool {
    let row = matches!(item.scale(), Scale::Ratings { .. }) && change.what.contains(", row ");
    match change.effect {
        Effect::Meaning => !row,
        Effect::Added => true,
        Effect::None | Effect::Verdicts | Effect::Round => false,
    }
}

fn matched(item: &Item, state: &str, reasons: Vec<String>) -> Matched {
    Matched { id: item.head.id.clone(), label: item.head.text.clone(), state: state.to_string(), reasons }
}

/// A change as a sentence that names the part of the question it is of.
fn told(change: &Change) -> String {
    match change.what.split_once(", ") {
        Some((_, part)) => format!("{}: {}", capital(part), change.text),
        None => change.text.clone(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Labels that are worded otherwise, whose list or interventions say so elsewhere in the definition.
fn relabelled(item: &Item, other: &Item) -> Vec<String> {
    let names = |item: &Item| -> Vec<(String, String)> {
        let choice = |one: &Choice| (format!("Option {}", one.id), one.label.clone());
        let row = |one: &ItemRow| (format!("Row {}", one.id), one.label.clone());
        match item.scale() {
            Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options) => {
                options.iter().map(choice).collect()
            }
            Scale::Ratings { rows, steps } => rows.iter().map(row).chain(steps.iter().map(choice)).collect(),
            Scale::Ranking { rows, .. } | Scale::Allocation { rows, .. } => rows.iter().map(row).collect(),
            _ => Vec::new(),
        }
    };
    let now = names(other);
    let mut said = Vec::new();
    for (name, label) in names(item) {
        if let Some((_, new)) = now.iter().find(|(known, new)| *known == name && *new != label) {
            said.push(format!("{name}: It was “{label}” and is “{new}”."));
        }
    }
    said
}
