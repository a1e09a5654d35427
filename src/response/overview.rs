//! The sections of a long survey, for a person who answers them in the order they like.

use std::collections::BTreeSet;

use super::draft::{Draft, Next};
use super::part::{Part, Screen};
use super::route::Route;
use crate::definition::rule::Rule;
use crate::definition::{Page, Section, Survey};

/// How far a person is with a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All of its pages are done.
    Completed,
    /// Some of them are, or something was typed.
    Incomplete,
    /// None is.
    NotStarted,
    /// Answers of other sections decide what it asks.
    CannotStart,
}

/// A section as it stands in the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is called.
    pub title: String,
    /// How far it is.
    pub status: Status,
    /// Where it goes on, or begins once more; none where it cannot be started.
    pub to: Option<Screen>,
}

impl Draft {
    /// Every section that asks the person something, or may come to.
    pub fn tasks(&self, survey: &Survey) -> Vec<Task> {
        let route = self.route(survey);
        let task = |section: &Section| {
            let title = section.title.clone();
            if !self.can_start(survey, &route, section) {
                return Some(Task { title, status: Status::CannotStart, to: None });
            }
            let screens: Vec<&Part<'_>> = of_section(&route, section).collect();
            let open = screens.iter().find(|part| !self.is_done(&route, part));
            let key = |part: &Part<'_>| part.screen().key();
            let is_begun = |part: &&Part<'_>| self.done.contains(&key(part)) || self.typed.contains_key(&key(part));
            let status = match open {
                None => Status::Completed,
                Some(_) if screens.iter().any(is_begun) => Status::Incomplete,
                Some(_) => Status::NotStarted,
            };
            let to = open.or(screens.first())?.screen();
            Some(Task { title, status, to: Some(to) })
        };
        survey.sections.iter().filter_map(task).collect()
    }

    /// Where a person is sent who asks for nothing in particular: to the overview where there is one, as long as
    /// something is to be done there.
    pub fn landing(&self, survey: &Survey) -> Next {
        match self.next(survey) {
            Next::Page(_) if survey.overview => Next::Overview,
            next => next,
        }
    }

    /// With an overview: the screen that follows in the section, or the overview.
    pub(super) fn after_in_section(&self, survey: &Survey, at: &Screen) -> Next {
        let route = self.route(survey);
        let screens: Vec<&Part<'_>> = same_section(survey, &route, at);
        let place = screens.iter().position(|part| part.screen() == *at).unwrap_or(screens.len());
        let open = screens.iter().position(|part| !self.is_done(&route, part)).unwrap_or(screens.len());
        let next = screens.get((place + 1).min(open));
        match (next, self.next(survey)) {
            (Some(next), _) => Next::Page(next.screen()),
            (None, end @ Next::End(_)) => end,
            (None, _) => Next::Overview,
        }
    }

    /// With an overview: true if the section of a screen can be started and all before it in the section is done.
    pub(super) fn can_visit_in_section(&self, survey: &Survey, at: &Screen) -> bool {
        let route = self.route(survey);
        let starts = survey.section_of(&at.page).is_some_and(|section| self.can_start(survey, &route, section));
        let screens = same_section(survey, &route, at);
        let first = screens.iter().find(|part| part.screen() == *at || !self.is_done(&route, part));
        starts && first.is_some_and(|part| part.screen() == *at)
    }

    /// True once all pages of other sections are done that its rules name, or those of closing pages before its end.
    fn can_start(&self, survey: &Survey, route: &Route<'_>, section: &Section) -> bool {
        let last = survey.pages.iter().rposition(|page| page.section.as_ref() == Some(&section.name)).unwrap_or(0);
        let pages = survey.pages.iter().take(last + 1);
        let own = pages.filter(|page| page.section.as_ref() == Some(&section.name) || page.end.is_some());
        let named: BTreeSet<usize> = own.flat_map(rules).flat_map(|rule| survey.pages_named(rule)).collect();
        named
            .into_iter()
            .filter_map(|number| survey.pages.get(number))
            .all(|page| page.section.as_ref() == Some(&section.name) || self.is_settled(survey, route, page))
    }

    /// True if a page is done, or it is settled that the person does not see it.
    fn is_settled(&self, survey: &Survey, route: &Route<'_>, page: &Page) -> bool {
        if let Some(stop) = route.stop(&page.id) {
            return stop.parts.iter().all(|part| self.is_done(route, part));
        }
        // Rules name earlier pages only.
        let named: BTreeSet<usize> = rules(page).flat_map(|rule| survey.pages_named(rule)).collect();
        let mut named = named.into_iter().filter_map(|number| survey.pages.get(number));
        named.all(|named| named.id != page.id && self.is_settled(survey, route, named))
    }
}

/// Every rule of a page.
fn rules(page: &Page) -> impl Iterator<Item = &Rule> {
    let of_questions = page
        .questions
        .iter()
        .flat_map(|question| question.show_if.iter().chain(&question.required_if).chain(question.parts.values()));
    page.show_if.iter().chain(of_questions)
}

/// The screens of a section, as far as the person sees them.
fn of_section<'r, 'a>(route: &'r Route<'a>, section: &'r Section) -> impl Iterator<Item = &'r Part<'a>> {
    route.screens().filter(|part| part.page.section.as_ref() == Some(&section.name))
}

fn same_section<'r, 'a>(survey: &'r Survey, route: &'r Route<'a>, at: &Screen) -> Vec<&'r Part<'a>> {
    survey.section_of(&at.page).into_iter().flat_map(|section| of_section(route, section)).collect()
}
