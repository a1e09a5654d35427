//! A response in the making: the answers so far, what was typed on pages with faults, and the pages already continued.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answers::{from_json, to_json};
use super::route::Stop;
use super::{Answers, form, route};
use crate::definition::{End, Page, Question, Survey};
use crate::item::{Fault, Fields};

/// A response in the making. Answers to questions that are hidden by now are kept, so that Back restores them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Answers by item id.
    pub answers: Answers,
    /// What was typed on pages whose answers have faults, by page id.
    pub typed: BTreeMap<String, Fields>,
    /// Pages that were continued without a fault.
    pub done: BTreeSet<String>,
    /// The language chosen at the start.
    pub language: Option<String>,
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
    /// Takes the fields posted for a page: keeps every good answer, and everything typed if there is a fault.
    pub fn save(&mut self, survey: &Survey, page: &Page, fields: Fields) -> Vec<Fault> {
        let questions = route::route(survey, &self.answers).questions_on(&page.id);
        let (read, faults) = form::read(&questions, &fields);
        for question in &questions {
            self.answers.remove(&question.item.head.id);
        }
        self.answers.extend(read);
        if faults.is_empty() {
            self.typed.remove(&page.id);
            self.done.insert(page.id.clone());
        } else {
            self.typed.insert(page.id.clone(), fields);
            self.done.remove(&page.id);
        }
        faults
    }

    /// The first page that is still to be continued, the closing page the answers lead to, or the overview.
    pub fn next(&self, survey: &Survey) -> Next {
        let route = route::route(survey, &self.answers);
        if let Some(stop) = route.stops.iter().find(|stop| !self.is_done(stop)) {
            return Next::Page(stop.page.id.clone());
        }
        match route.end.filter(|page| page.end == Some(End::ScreenedOut)) {
            Some(page) => Next::End(page.id.clone()),
            None => Next::Check,
        }
    }

    /// The page after this one: the following one on the route if all before it are done, else what is next.
    pub fn after(&self, survey: &Survey, page: &str) -> Next {
        let route = route::route(survey, &self.answers);
        let open = route.stops.iter().position(|stop| !self.is_done(stop)).unwrap_or(route.stops.len());
        match route.stops.iter().position(|stop| stop.page.id == page).map(|at| at + 1) {
            Some(following) if following < open => {
                route.stops.get(following).map_or(Next::Check, |stop| Next::Page(stop.page.id.clone()))
            }
            _ => self.next(survey),
        }
    }

    /// True if the page is on the route and every page before it is done.
    pub fn can_visit(&self, survey: &Survey, page: &str) -> bool {
        let route = route::route(survey, &self.answers);
        route
            .stops
            .iter()
            .find(|stop| stop.page.id == page || !self.is_done(stop))
            .is_some_and(|stop| stop.page.id == page)
    }

    /// True if the page was continued and nothing that is required came to be shown on it since.
    fn is_done(&self, stop: &Stop<'_>) -> bool {
        let complete =
            |question: &&Question| question.item.unanswered(self.answers.get(&question.item.head.id)).is_empty();
        self.done.contains(&stop.page.id) && stop.questions.iter().all(complete)
    }

    /// The fields to show on a page: what was typed there, or the answers.
    pub fn fields(&self, survey: &Survey, page: &Page) -> Fields {
        if let Some(typed) = self.typed.get(&page.id) {
            return typed.clone();
        }
        let mut fields = Fields::default();
        for question in route::route(survey, &self.answers).questions_on(&page.id) {
            if let Some(answer) = self.answers.get(&question.item.head.id) {
                question.item.write(answer, &mut fields);
            }
        }
        fields
    }

    /// As it is stored.
    pub fn to_json(&self) -> Value {
        json!({ "answers": to_json(&self.answers), "typed": self.typed, "done": self.done, "language": self.language })
    }

    /// Reads a stored draft. What does not fit the survey is left out.
    pub fn from_json(survey: &Survey, stored: &Value) -> Self {
        let part = |key: &str| stored.get(key).cloned().unwrap_or_default();
        Self {
            answers: from_json(survey, &part("answers")),
            typed: serde_json::from_value(part("typed")).unwrap_or_default(),
            done: serde_json::from_value(part("done")).unwrap_or_default(),
            language: part("language").as_str().map(str::to_string),
        }
    }
}
