//! How far a person is and how far there is to go, where the answers so far tell.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use jiff::civil::Date;

use super::part::{Part, Screen, parts};
use super::route::{Route, Shown, route};
use super::{Answers, Draft};
use crate::definition::rule::Rule;
use crate::definition::{Page, Question, Survey};
use crate::item::options::Choice;
use crate::item::{Answer, Item, Kind, Scale};

/// The number of a screen and of all screens of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its number, from 1.
    pub at: usize,
    /// How many there are, or the most there can be.
    pub all: usize,
    /// False if there can be fewer, by at most 15 in 100.
    pub is_exact: bool,
}

/// How many ways through the questions ahead are tried; where there are more, they are not told apart.
const WAYS: usize = 200;

/// How many screens people have in all, remembered by the options chosen that decide it.
///
/// Nothing that was typed is kept: where a number, a day or a text decides, it is counted each time.
#[derive(Debug, Default)]
pub struct Counted {
    /// The questions that decide what is shown, each with the number of its page.
    deciding: Vec<(String, usize)>,
    known: RwLock<HashMap<String, (usize, usize)>>,
}

/// Most ways to have answered that are remembered; one more, and all are counted anew.
const REMEMBERED: usize = 4096;

impl Counted {
    /// Nothing is counted yet.
    pub fn of(survey: &Survey) -> Self {
        let names = deciding_names(survey).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
        let page = |name: &str| Some((name.to_string(), survey.page_of(name)?));
        Self { deciding: names.into_iter().filter_map(page).collect(), known: RwLock::default() }
    }

    /// What is counted, as far as it was not before for someone with the same options chosen.
    fn screens(&self, draft: &Draft, from: usize, count: impl FnOnce() -> (usize, usize)) -> (usize, usize) {
        let Some(key) = self.key(draft, from) else { return count() };
        if let Some(counted) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *counted;
        }
        let counted = count();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, counted);
        counted
    }

    /// What was chosen before the page numbered `from`, as far as it decides; `None` where something typed does.
    fn key(&self, draft: &Draft, from: usize) -> Option<String> {
        let mut key = format!("{from} {}", draft.today);
        for (number, (id, _)) in self.deciding.iter().enumerate().filter(|(_, (_, page))| *page < from) {
            let Some(answer) = draft.answers.get(id) else { continue };
            key.push(' ');
            key.push_str(&number.to_string());
            let mut say = |code: &str| {
                key.push('.');
                key.push_str(code);
            };
            match answer {
                Answer::Given => say("yes"),
                Answer::Choice { option, other: None } => say(option),
                Answer::Choices { options, other } if other.is_empty() => options.iter().for_each(|option| say(option)),
                Answer::Ranking(rows) => rows.iter().for_each(|row| say(row)),
                Answer::Ratings(rows) => rows.iter().flat_map(|(row, step)| [row, step]).for_each(|code| say(code)),
                _ => return None,
            }
        }
        Some(key)
    }
}

/// How far a person is on a screen; `None` where the definition wants none, or nobody can tell yet.
pub fn of(draft: &Draft, survey: &Survey, at: &Screen) -> Option<Progress> {
    on(draft, &draft.route(survey), at, &Counted::of(survey))
}

/// The same on a way that is known already; `counted` is that of the survey.
pub fn on(draft: &Draft, route: &Route<'_>, at: &Screen, counted: &Counted) -> Option<Progress> {
    let survey = route.survey;
    // The overview says it otherwise.
    if !survey.progress || survey.overview {
        return None;
    }
    let number = route.screens().position(|part| part.number == at.part && part.page.id == at.page)? + 1;
    // Where no rule says what is shown, everybody has the same screens.
    if survey.pages.iter().flat_map(rules).next().is_none() {
        let all = route.screens().count();
        return told(number, (all, all));
    }
    let from = draft.open_page(route);
    let count = || screens(survey, &draft.answers, (draft.today, &draft.seed), from, WAYS);
    told(number, counted.screens(draft, from, count))
}

fn told(at: usize, (least, most): (usize, usize)) -> Option<Progress> {
    (at <= least && 100 * most <= 115 * least).then_some(Progress { at, all: most, is_exact: least == most })
}

/// The least and the most screens that a person can have in all, who has answered the pages before the one numbered
/// `from` and may answer anything from there on. Never too narrow.
///
/// Exact where at most `ways` combinations of answers decide what is shown; otherwise rules about open questions are
/// each taken to go either way. The time is that of so many routes at most.
pub fn screens(
    survey: &Survey,
    answers: &Answers,
    (today, seed): (Date, &str),
    from: usize,
    ways: usize,
) -> (usize, usize) {
    let is_known = |id: &str| survey.page_of(id).is_some_and(|page| page < from);
    let known: Answers =
        answers.iter().filter(|(id, _)| is_known(id)).map(|(id, answer)| (id.clone(), answer.clone())).collect();
    let Some(open) = deciding(survey, from, ways) else {
        return either_way(survey, &route(survey, &known, today, seed), from, seed);
    };
    let mut all = vec![known];
    for (id, possible) in open {
        let with = |before: &Answers, answer: &Option<Answer>| {
            let mut answers = before.clone();
            answers.extend(answer.clone().map(|answer| (id.to_string(), answer)));
            answers
        };
        all = all
            .iter()
            .flat_map(|before| possible.iter().map(|answer| with(before, answer)).collect::<Vec<_>>())
            .collect();
    }
    let counts = all.iter().map(|answers| route(survey, answers, today, seed).screens().count());
    counts.fold((usize::MAX, 0), |(least, most), count| (least.min(count), most.max(count)))
}

/// The rules that say what is shown on a page.
fn rules(page: &Page) -> impl Iterator<Item = &Rule> {
    page.show_if.iter().chain(page.questions.iter().flat_map(rules_of))
}

/// The rules that say whether a question is shown; of a repeat those of its fields too.
fn rules_of(question: &Question) -> impl Iterator<Item = &Rule> {
    let is_repeat = matches!(question.item.kind, Kind::Repeat(_));
    question.show_if.iter().chain(question.parts.values().filter(move |_| is_repeat))
}

/// The names in rules that decide what is shown, and whether they stand for a whole answer.
fn deciding_names(survey: &Survey) -> BTreeSet<(&str, bool)> {
    let mut names: BTreeSet<(&str, bool)> = BTreeSet::new();
    for rule in survey.pages.iter().flat_map(rules) {
        names.extend(rule.names().iter().map(|name| (name.item.as_str(), name.part.is_none())));
    }
    // A calculated value names only those that stand before it.
    for calculated in survey.calculated.iter().rev() {
        if names.iter().any(|(name, _)| *name == calculated.id) {
            names.extend(calculated.value.names().iter().map(|name| (name.item.as_str(), name.part.is_none())));
        }
    }
    names
}

/// The open questions that decide what is shown, each with its possible answers; `None` if there are too many.
fn deciding(survey: &Survey, from: usize, ways: usize) -> Option<BTreeMap<&str, Vec<Option<Answer>>>> {
    let mut found = BTreeMap::new();
    let names = deciding_names(survey);
    let mut left = ways;
    for (name, is_whole) in names {
        let Some(page) = survey.page_of(name).filter(|page| *page >= from) else { continue };
        let question = survey.pages.get(page)?.questions.iter().find(|question| question.item.head.id == name)?;
        let possible = if is_whole { possible(&question.item)? } else { return None };
        left /= possible.len().max(1);
        if left == 0 {
            return None;
        }
        found.insert(name, possible);
    }
    Some(found)
}

/// Every answer to an item that a rule can tell apart; `None` if there are too many.
fn possible(item: &Item) -> Option<Vec<Option<Answer>>> {
    let choice = |option: &Choice| Some(Answer::Choice { option: option.id.clone(), other: None });
    let mut answers: Vec<Option<Answer>> = match item.scale() {
        Scale::Flag => vec![Some(Answer::Given)],
        Scale::Nominal(options) | Scale::Ordinal(options) => options.iter().map(choice).collect(),
        Scale::Multiple(options) if options.len() <= 4 => (1..1_usize << options.len())
            .map(|mask| {
                let chosen = options.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
                let options = chosen.map(|(_, option)| option.id.clone()).collect();
                Some(Answer::Choices { options, other: BTreeMap::new() })
            })
            .collect(),
        _ => return None,
    };
    if !item.head.required {
        answers.push(None);
    }
    Some(answers)
}

/// The same, where a rule about an open question may hold or not, whatever the others do.
fn either_way(survey: &Survey, known: &Route<'_>, from: usize, seed: &str) -> (usize, usize) {
    let is_settled = |rule: &Rule| rule.is_lost() || survey.pages_named(rule).iter().all(|page| *page < from);
    let holds = |rule: Option<&Rule>| match rule {
        Some(rule) if !is_settled(rule) => None,
        rule => Some(known.holds(rule)),
    };
    let (mut least, mut most, mut may_have_ended) = (0, 0, false);
    for page in &survey.pages {
        let shown = holds(page.show_if.as_ref());
        match (page.end.is_some(), shown) {
            (_, Some(false)) => continue,
            (true, Some(true)) => break,
            (true, None) => {
                may_have_ended = true;
                continue;
            }
            (false, _) => {}
        }
        let (mut surely, mut perhaps): (Vec<Shown<'_>>, Vec<Shown<'_>>) = (Vec::new(), Vec::new());
        for question in &page.questions {
            let applied = known.applied(question);
            let is_open = rules_of(question).any(|rule| !is_settled(rule));
            if holds(question.show_if.as_ref()) == Some(false) || !is_open && !applied.asks() {
                continue;
            }
            if !is_open {
                surely.push(applied.clone());
            }
            perhaps.push(applied);
        }
        let count = |shown: &[Shown<'_>]| if shown.is_empty() { 0 } else { parts(page, shown, seed).len() };
        if shown == Some(true) && !may_have_ended {
            least += count(&surely);
        }
        most += count(&perhaps);
    }
    (least, most)
}

impl Draft {
    /// The number of the first page that is still open; that of none if all are done.
    fn open_page(&self, route: &Route<'_>) -> usize {
        let pages = &route.survey.pages;
        let open = route.screens().find(|part: &&Part<'_>| !self.is_done(route, part));
        let place = |open: &Part<'_>| pages.iter().position(|page| page.id == open.page.id);
        open.and_then(place).unwrap_or(pages.len())
    }
}

#[cfg(test)]
#[path = "tests_progress.rs"]
mod tests;
