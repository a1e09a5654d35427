//! Which pages and questions apply to a person, decided from the answers given so far.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Answers;
use super::part::{Part, Rows, Screen, parts};
use crate::definition::rule::{self, Facts, Lookup, Name, Rule, Value};
use crate::definition::{Check, Page, Question, Survey};
use crate::item::{Answer, Item, Kind};

/// The way through the survey for one set of answers.
#[derive(Debug)]
pub struct Route<'a> {
    /// The pages with questions to see, in order.
    pub stops: Vec<Stop<'a>>,
    /// The closing page that ends it, if one does.
    pub end: Option<&'a Page>,
    /// Values calculated from the answers, by id, as far as the pages they come from are passed.
    pub calculated: BTreeMap<&'a str, Value>,
    /// The survey.
    pub survey: &'a Survey,
    answers: &'a Answers,
    today: Date,
    visible: BTreeSet<&'a str>,
    /// Answers without the fields that are withheld, where there was something in them; perhaps without any entry.
    trimmed: BTreeMap<&'a str, Answer>,
}

/// One page on the route.
#[derive(Debug)]
pub struct Stop<'a> {
    /// The page.
    pub page: &'a Page,
    /// Its number in the survey, from 0.
    pub number: usize,
    /// The questions shown on it.
    pub questions: Vec<Shown<'a>>,
    /// The screens that they are asked on.
    pub parts: Vec<Part<'a>>,
}

impl<'a> Stop<'a> {
    /// Everything on one screen.
    pub fn whole(&self) -> Part<'a> {
        Part { page: self.page, number: 1, of: 1, questions: self.questions.clone() }
    }
}

/// A question as it applies to a person.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The question.
    pub question: &'a Question,
    /// True if this person must answer it.
    pub required: bool,
    /// Parts that this person is not shown: `OPTION`, `FIELD` or `FIELD.OPTION`.
    pub withheld: Vec<&'a str>,
    /// The rows that are asked here, where others are asked on other screens.
    pub rows: Option<Rows<'a>>,
}

impl Shown<'_> {
    /// The item without what is withheld, and with the rows alone that are asked here.
    pub fn item(&self) -> Cow<'_, Item> {
        let mut item = self.whole_item();
        if let Some(rows) = &self.rows {
            rows.keep(item.to_mut());
        }
        item
    }

    /// The item without what is withheld, with all its rows.
    pub fn whole_item(&self) -> Cow<'_, Item> {
        if self.withheld.is_empty() {
            return Cow::Borrowed(&self.question.item);
        }
        let mut item = self.question.item.clone();
        item.withhold(&self.withheld);
        Cow::Owned(item)
    }

    /// The fields of a repeat that are withheld.
    pub fn withheld_fields(&self) -> impl Iterator<Item = &str> {
        let is_repeat = matches!(self.question.item.kind, Kind::Repeat(_));
        self.withheld.iter().copied().filter(move |part| is_repeat && !part.contains('.'))
    }

    /// True if a field of this name is asked for with it here.
    pub(super) fn asks_field(&self, field: &str) -> bool {
        let Some(part) = field.strip_prefix(self.question.item.head.id.as_str()) else { return false };
        match (&self.rows, part.strip_prefix('.')) {
            (Some(rows), Some(row)) => rows.ids.contains(&row),
            (None, Some(_)) => true,
            _ => part.is_empty(),
        }
    }

    /// True unless it is a repeat none of whose fields is shown.
    pub(super) fn asks(&self) -> bool {
        match &self.question.item.kind {
            Kind::Repeat(repeat) => repeat.asked().any(|field| !self.withheld.contains(&field.head.id.as_str())),
            _ => true,
        }
    }

    /// An answer without the fields that are withheld; `None` if it has none of them.
    fn trimmed(&self, answer: Option<&Answer>) -> Option<Answer> {
        let Some(Answer::Entries(entries)) = answer else { return None };
        self.withheld_fields().find(|field| entries.iter().any(|entry| entry.contains_key(*field)))?;
        let mut entries = entries.clone();
        for entry in &mut entries {
            entry.retain(|field, _| !self.withheld.contains(&field.as_str()));
        }
        entries.retain(|entry| !entry.is_empty());
        Some(Answer::Entries(entries))
    }
}

/// The way through the survey on a day, for the person with this seed. An answer to a hidden question or field counts as
/// none. Linear in the size of the survey.
pub fn route<'a>(survey: &'a Survey, answers: &'a Answers, today: Date, seed: &str) -> Route<'a> {
    let mut route = Route {
        stops: Vec::new(),
        end: None,
        calculated: BTreeMap::new(),
        survey,
        answers,
        today,
        visible: BTreeSet::new(),
        trimmed: BTreeMap::new(),
    };
    for (number, page) in survey.pages.iter().enumerate() {
        route.calculate(number);
        if !route.holds(page.show_if.as_ref()) {
            continue;
        }
        if page.end.is_some() {
            route.end = Some(page);
            return route;
        }
        let shown = page.questions.iter().filter(|question| route.holds(question.show_if.as_ref()));
        let questions: Vec<Shown<'_>> = shown.map(|question| route.applied(question)).filter(Shown::asks).collect();
        if questions.is_empty() {
            continue;
        }
        for shown in &questions {
            let id = shown.question.item.head.id.as_str();
            route.visible.insert(id);
            route.trimmed.extend(shown.trimmed(answers.get(id)).map(|answer| (id, answer)));
        }
        let parts = parts(page, &questions, seed);
        route.stops.push(Stop { page, number, questions, parts });
    }
    route.calculate(survey.pages.len());
    route
}

impl<'a> Route<'a> {
    /// True if the item is shown.
    pub fn shows(&self, item: &str) -> bool {
        self.visible.contains(item)
    }

    /// The screens, in order.
    pub fn screens(&self) -> impl DoubleEndedIterator<Item = &Part<'a>> {
        self.stops.iter().flat_map(|stop| &stop.parts)
    }

    /// What is asked on a screen, if it is on the route.
    pub fn part(&self, at: &Screen) -> Option<&Part<'a>> {
        self.stop(&at.page)?.parts.iter().find(|part| part.number == at.part)
    }

    /// The page with this id, if it is on the route.
    pub fn stop(&self, page: &str) -> Option<&Stop<'a>> {
        self.stops.iter().find(|stop| stop.page.id == page)
    }

    /// The answer to a question that is shown, without fields that are not.
    pub fn answer(&self, item: &str) -> Option<&Answer> {
        match self.trimmed.get(item) {
            Some(trimmed) => {
                Some(trimmed).filter(|left| !matches!(left, Answer::Entries(entries) if entries.is_empty()))
            }
            None => self.answers.get(item).filter(|_| self.visible.contains(item)),
        }
    }

    /// The value of a name: of a question that is shown, or calculated.
    pub fn value(&self, name: &Name) -> Value {
        match (self.calculated.get(name.item.as_str()), &name.part) {
            (Some(value), None) => value.clone(),
            _ => rule::value_of(self.answer(&name.item), name.part.as_ref()),
        }
    }

    /// The checks that do not hold, with their numbers from 1, that are told on this screen: on the last page that they
    /// name, with the last question of it that they name.
    pub fn broken(&self, part: &Part<'a>) -> Vec<(usize, &'a Check)> {
        let told_here = |check: &Check| {
            let (pages, items) = (self.survey.pages_named(&check.rule), check.rule.items());
            let Some(stop) = self.stops.iter().rev().find(|stop| pages.contains(&stop.number)) else { return false };
            let names_one = |part: &&Part<'_>| items.iter().any(|item| part.asks_item(item));
            let told = stop.parts.iter().rev().find(names_one).or(stop.parts.last());
            stop.page.id == part.page.id && told.is_some_and(|told| told.number == part.number)
        };
        let checks = (1..).zip(&self.survey.checks).filter(|(_, check)| !check.rule.is_lost());
        checks.filter(|(_, check)| told_here(check) && !self.holds(Some(&check.rule))).collect()
    }

    /// Computes the values that become known before the page of this number.
    fn calculate(&mut self, number: usize) {
        for calculated in self.survey.calculated.iter().filter(|calculated| calculated.known_after == number) {
            let value = rule::compute(&calculated.value, &self.facts(&|name| self.value(name)));
            self.calculated.insert(&calculated.id, value);
        }
    }

    pub(super) fn applied(&self, question: &'a Question) -> Shown<'a> {
        let required =
            question.item.head.required || question.required_if.as_ref().is_some_and(|rule| self.holds(Some(rule)));
        let withheld = question.parts.iter().filter(|(_, rule)| !self.holds(Some(rule)));
        Shown { question, required, withheld: withheld.map(|(part, _)| part.as_str()).collect(), rows: None }
    }

    pub(super) fn holds(&self, rule: Option<&Rule>) -> bool {
        rule.is_none_or(|rule| rule::evaluate(rule, &self.facts(&|name| self.value(name))))
    }

    fn facts<'l>(&'l self, lookup: &'l Lookup<'l>) -> Facts<'l> {
        Facts { survey: self.survey, lookup, today: self.today }
    }
}
