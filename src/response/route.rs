//! Which pages and questions apply to a person, decided from the answers given so far.

use super::Answers;
use crate::definition::rule::{self, Facts, Name, Rule};
use crate::definition::{Page, Question, Survey};

/// The way through the survey for one set of answers.
#[derive(Debug, Default)]
pub struct Route<'a> {
    /// The pages with questions to see, in order.
    pub stops: Vec<Stop<'a>>,
    /// The closing page that ends it, if one does.
    pub end: Option<&'a Page>,
}

/// One page on the route.
#[derive(Debug)]
pub struct Stop<'a> {
    /// The page.
    pub page: &'a Page,
    /// The questions shown on it.
    pub questions: Vec<&'a Question>,
}

impl<'a> Route<'a> {
    /// True if the item is shown.
    pub fn shows(&self, item: &str) -> bool {
        self.stops.iter().flat_map(|stop| &stop.questions).any(|question| question.item.head.id == item)
    }

    /// The questions shown on a page; none if it is not on the route.
    pub fn questions_on(&self, page: &str) -> Vec<&'a Question> {
        self.stops.iter().find(|stop| stop.page.id == page).map(|stop| stop.questions.clone()).unwrap_or_default()
    }
}

/// The way through the survey. An answer to a hidden question counts as none. Linear in the size of the survey.
pub fn route<'a>(survey: &'a Survey, answers: &Answers) -> Route<'a> {
    let today = jiff::civil::Date::default();
    let mut route = Route::default();
    let mut visible = std::collections::BTreeSet::new();
    for page in &survey.pages {
        let holds = |rule: &Option<Rule>| {
            let lookup = |name: &Name| {
                let answer = answers.get(&name.item).filter(|_| visible.contains(&name.item));
                rule::value_of(answer, name.part.as_ref())
            };
            rule.as_ref().is_none_or(|rule| rule::evaluate(rule, &Facts { survey, lookup: &lookup, today }))
        };
        if !holds(&page.show_if) {
            continue;
        }
        if page.end.is_some() {
            route.end = Some(page);
            return route;
        }
        let questions: Vec<&Question> = page.questions.iter().filter(|question| holds(&question.show_if)).collect();
        if questions.is_empty() {
            continue;
        }
        visible.extend(questions.iter().map(|question| question.item.head.id.clone()));
        route.stops.push(Stop { page, questions });
    }
    route
}
