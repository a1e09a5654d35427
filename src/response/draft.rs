//! A response in the making: the answers so far, what was typed on pages with faults, and the pages already continued.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::answers::{Record, from_json, to_json};
use super::post::{self, Arrival, Post, Taken};
use super::present::present;
use super::route::{Route, Shown, Stop, route};
use super::{Answers, form};
use crate::definition::{Check, End, Page, Survey};
use crate::item::{Answer, Fault, FaultKind, Fields, parts_of};

/// A response in the making. Answers to questions that are hidden by now are kept, so that Back restores them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Answers by item id.
    pub answers: Answers,
    /// What was typed on pages that have faults or were left before they were continued, by page id.
    pub typed: BTreeMap<String, Fields>,
    /// Pages that were continued without a fault.
    pub done: BTreeSet<String>,
    /// The language chosen at the start.
    pub language: Option<String>,
    /// What the person's order of options is drawn from.
    pub seed: String,
    /// True if it changes answers that were sent: contact details, which nothing joins to them, are not asked again.
    pub amends: bool,
    /// What was posted for each page of late, to know copies of it.
    pub posts: BTreeMap<String, Vec<Taken>>,
    /// The day on which the answers are looked at; not stored.
    pub today: Date,
}

/// Where a person goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To the page with this id.
    Page(String),
    /// To the overview of all answers.
    Check,
    /// To a closing page, on which the consultation ends for this person.
    End(String),
}

impl Draft {
    /// Answers that were sent, to be changed.
    pub fn amending(survey: &Survey, record: Record, seed: String) -> Self {
        let done = survey.pages.iter().map(|page| page.id.clone()).collect();
        Self { answers: record.answers, done, seed, amends: true, ..Self::default() }
    }

    /// Says whether what is posted for a page was typed after all that was posted for it before.
    pub fn take(&mut self, page: &Page, post: &Post) -> Arrival {
        post::take(self.posts.entry(page.id.clone()).or_default(), post)
    }

    /// Keeps what is being typed on a page, and judges nothing yet; its answers are those that were continued with.
    pub fn keep(&mut self, page: &Page, fields: Fields) {
        self.done.remove(&page.id);
        self.typed.insert(page.id.clone(), fields);
    }

    /// Leaves a page to be continued, with what stays typed on it.
    pub fn leave_open(&mut self, page: &Page, typed: Option<Fields>) {
        self.typed.remove(&page.id);
        self.done.remove(&page.id);
        self.typed.extend(typed.map(|typed| (page.id.clone(), typed)));
    }

    /// Keeps a page for later: its good answers, and everything typed, so that the person comes back to it.
    pub fn set_aside(&mut self, survey: &Survey, page: &Page, fields: Fields) {
        self.save(survey, page, fields.clone());
        self.keep(page, fields);
    }

    /// Takes the fields posted for a page: keeps every good answer, and everything typed if there is a fault.
    ///
    /// A check that only warns is told once: it holds nobody up who posts its number as `_confirm`.
    pub fn save(&mut self, survey: &Survey, page: &Page, fields: Fields) -> Vec<Fault> {
        let route = self.route(survey);
        let Some(stop) = route.stop(&page.id) else { return Vec::new() };
        let presented = present(&route, stop, &self.seed);
        let items = presented.items.iter().map(AsRef::as_ref);
        let (read, mut faults) = form::read(stop.questions.iter().zip(items), &fields);
        let asked: Vec<String> = stop.questions.iter().map(|shown| shown.question.item.head.id.clone()).collect();
        self.answers.retain(|id, _| !asked.contains(id));
        self.answers.extend(read);
        if faults.is_empty() {
            let confirmed: Vec<&str> = fields.all("_confirm").collect();
            faults = self.broken_checks(survey, page);
            faults.retain(|fault| !(fault.may_go_on() && is_confirmed(fault, &confirmed)));
        }
        if faults.is_empty() {
            self.typed.remove(&page.id);
            self.done.insert(page.id.clone());
        } else {
            self.typed.insert(page.id.clone(), fields);
            self.done.remove(&page.id);
        }
        faults
    }

    /// The way through the survey for the answers so far.
    pub fn route<'a>(&'a self, survey: &'a Survey) -> Route<'a> {
        route(survey, &self.answers, self.today)
    }

    /// The first page that is still to be continued, the closing page the answers lead to, or the overview.
    pub fn next(&self, survey: &Survey) -> Next {
        let route = self.route(survey);
        if let Some(stop) = route.stops.iter().find(|stop| !self.is_done(&route, stop)) {
            return Next::Page(stop.page.id.clone());
        }
        match route.end.filter(|page| page.end == Some(End::ScreenedOut)) {
            Some(page) => Next::End(page.id.clone()),
            None => Next::Check,
        }
    }

    /// The page after this one: the following one on the route if all before it are done, else what is next.
    pub fn after(&self, survey: &Survey, page: &str) -> Next {
        let route = self.route(survey);
        let open = route.stops.iter().position(|stop| !self.is_done(&route, stop)).unwrap_or(route.stops.len());
        match route.stops.iter().position(|stop| stop.page.id == page).map(|at| at + 1) {
            Some(following) if following < open => {
                route.stops.get(following).map_or(Next::Check, |stop| Next::Page(stop.page.id.clone()))
            }
            _ => self.next(survey),
        }
    }

    /// True if the page is on the route and every page before it is done.
    pub fn can_visit(&self, survey: &Survey, page: &str) -> bool {
        let route = self.route(survey);
        let first_open = |stop: &&Stop<'_>| stop.page.id == page || !self.is_done(&route, stop);
        route.stops.iter().find(first_open).is_some_and(|stop| stop.page.id == page)
    }

    /// True if the page was continued, nothing that is required came to be shown on it since, and what is not offered
    /// any more is not its answer.
    fn is_done(&self, route: &Route<'_>, stop: &Stop<'_>) -> bool {
        let complete = |shown: &Shown<'_>| {
            let item = shown.item();
            let answer = route.answer(&item.head.id);
            let offered = shown.withheld.is_empty() || !chooses(answer, &shown.withheld);
            offered && item.is_whole(answer) && (!shown.required || item.missing(answer).is_empty())
        };
        self.done.contains(&stop.page.id)
            && stop.questions.iter().all(complete)
            && route.broken(stop).iter().all(|(_, check)| check.may_go_on)
    }

    /// The faults of checks that do not hold and are told on this page.
    fn broken_checks(&self, survey: &Survey, page: &Page) -> Vec<Fault> {
        let route = self.route(survey);
        let Some(stop) = route.stop(&page.id) else { return Vec::new() };
        let broken = route.broken(stop).into_iter();
        let fault = |(number, check): (usize, &Check)| {
            let named = check.rule.items();
            let about = stop.questions.iter().rfind(|shown| named.contains(&shown.question.item.head.id.as_str()));
            let item = about.or(stop.questions.first())?.item();
            let field = item.missing(None).into_iter().next().map_or_else(|| item.head.id.clone(), |fault| fault.field);
            let (message, may_go_on) = (check.message.clone(), check.may_go_on);
            let kind = FaultKind::Check { number, message, may_go_on };
            Some(Fault { item: item.head.id.clone(), field, about: item.head.text.clone(), kind })
        };
        broken.filter_map(fault).collect()
    }

    /// The fields to show on a page: what was typed there, or the answers, or what was typed before a question moved.
    pub fn fields(&self, survey: &Survey, page: &Page) -> Fields {
        if let Some(typed) = self.typed.get(&page.id) {
            return typed.clone();
        }
        let mut fields = Fields::default();
        let route = self.route(survey);
        for shown in route.stop(&page.id).into_iter().flat_map(|stop| &stop.questions) {
            let item = &shown.question.item;
            match route.answer(&item.head.id) {
                Some(answer) => item.write(answer, &mut fields),
                None => fields.0.extend(self.typed_elsewhere(&item.head.id)),
            }
        }
        fields
    }

    /// What was typed for a question on the page where it stood in an earlier version of the survey.
    fn typed_elsewhere(&self, item: &str) -> impl Iterator<Item = (String, String)> {
        let belongs =
            move |name: &str| name == item || name.strip_prefix(item).is_some_and(|part| part.starts_with('.'));
        self.typed.values().flat_map(|typed| &typed.0).filter(move |(name, _)| belongs(name)).cloned()
    }

    /// As it is stored.
    pub fn to_json(&self) -> Value {
        json!({
            "answers": to_json(&self.answers), "typed": self.typed, "done": self.done, "language": self.language,
            "seed": self.seed, "posts": self.posts, "amends": self.amends,
        })
    }

    /// Reads a stored draft. What does not fit the survey is left out.
    pub fn from_json(survey: &Survey, stored: &Value, today: Date) -> Self {
        let part = |key: &str| stored.get(key).cloned().unwrap_or_default();
        Self {
            answers: from_json(survey, &part("answers")),
            typed: serde_json::from_value(part("typed")).unwrap_or_default(),
            done: serde_json::from_value(part("done")).unwrap_or_default(),
            language: part("language").as_str().map(str::to_string),
            seed: part("seed").as_str().unwrap_or_default().to_string(),
            amends: part("amends").as_bool().unwrap_or_default(),
            posts: serde_json::from_value(part("posts")).unwrap_or_default(),
            today,
        }
    }
}

/// True if an answer chooses one of these options, or one of a field by `FIELD.OPTION`.
fn chooses(answer: Option<&Answer>, options: &[&str]) -> bool {
    match answer {
        Some(Answer::Choice { option, .. }) => options.contains(&option.as_str()),
        Some(Answer::Choices { options: chosen, .. }) => chosen.iter().any(|id| options.contains(&id.as_str())),
        Some(Answer::Entries(entries)) => {
            let mut given = entries.iter().flatten();
            given.any(|(field, answer)| chooses(Some(answer), &parts_of(options, field)))
        }
        Some(Answer::Ratings(ratings)) => ratings.values().any(|step| options.contains(&step.as_str())),
        _ => false,
    }
}

fn is_confirmed(fault: &Fault, confirmed: &[&str]) -> bool {
    matches!(&fault.kind, FaultKind::Check { number, .. } if confirmed.contains(&number.to_string().as_str()))
}
