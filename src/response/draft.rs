//! A response in the making: the answers so far, what was typed on pages with faults, and the pages already continued.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answers::{Record, from_json, to_json};
use super::part::{Part, Screen};
use super::post::{self, Arrival, Post, Taken};
use super::present::present;
use super::route::{Route, Shown, route};
use super::{Answers, form};
use crate::definition::{Check, End, Survey};
use crate::item::{Answer, Fault, FaultKind, Fields, parts_of};

/// A response in the making. Answers to questions that are hidden by now are kept, so that Back restores them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Answers by item id.
    pub answers: Answers,
    /// What was typed on screens that have faults or were left before they were continued, by [`Screen::key`].
    pub typed: BTreeMap<String, Fields>,
    /// Screens that were continued without a fault, by [`Screen::key`].
    pub done: BTreeSet<String>,
    /// The language chosen at the start.
    pub language: Option<String>,
    /// What the person's order of options is drawn from.
    pub seed: String,
    /// True if it changes answers that were sent: contact details, which nothing joins to them, are not asked again.
    pub amends: bool,
    /// What the person answered in earlier rounds, as it is kept in [`Record::earlier`].
    pub earlier: BTreeMap<u32, Value>,
    /// What was posted for each screen of late, to know copies of it.
    pub posts: BTreeMap<String, Vec<Taken>>,
    /// The day on which the answers are looked at; not stored.
    pub today: Date,
}

/// Where a person goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To this screen.
    Page(Screen),
    /// To the overview of the sections.
    Overview,
    /// To all answers, to check and send them.
    Check,
    /// To a closing page, on which the consultation ends for this person.
    End(String),
}

impl Draft {
    /// Answers that were sent, to be changed.
    pub fn amending(survey: &Survey, record: Record, seed: String) -> Self {
        let (answers, earlier) = (record.answers, record.earlier);
        let mut draft = Self { answers, earlier, seed, amends: true, ..Self::default() };
        for page in &survey.pages {
            let parts = page.questions.iter().map(|question| question.item.parts(&draft.seed).len().max(1));
            draft.done.extend((1..=parts.sum()).map(|part| Screen { page: page.id.clone(), part }.key()));
        }
        draft
    }

    /// The next round, asked by `survey`, for someone whose `stored` record is of an earlier one, asked by `before`: what was
    /// answered stands in the fields, and every page is continued anew.
    pub fn returning(survey: &Survey, (before, stored): (&Survey, &Value), seed: String) -> Self {
        let sent = Record::from_json(before, stored);
        let mut earlier = sent.earlier.clone();
        earlier.extend(before.round.as_ref().map(|round| (round.number, sent.carried(before))));
        Self { answers: Record::from_json(survey, stored).answers, earlier, seed, amends: true, ..Self::default() }
    }

    /// What the person answered in the round before this one, if there was one.
    pub fn answered_before(&self, survey: &Survey) -> Option<Answers> {
        self.earlier.values().next_back().map(|stored| from_json(survey, stored))
    }

    /// Says whether what is posted for a screen was typed after all that was posted for it before.
    pub fn take(&mut self, at: &Screen, post: &Post) -> Arrival {
        post::take(self.posts.entry(at.key()).or_default(), post)
    }

    /// Keeps what is being typed on a screen, and judges nothing yet; its answers are those that were continued with.
    pub fn keep(&mut self, survey: &Survey, at: &Screen, fields: Fields) {
        self.done.remove(&at.key());
        self.set_typed(survey, at, Some(fields));
    }

    /// Leaves a screen to be continued, with what stays typed on it.
    pub fn leave_open(&mut self, survey: &Survey, at: &Screen, typed: Option<Fields>) {
        self.done.remove(&at.key());
        self.set_typed(survey, at, typed);
    }

    /// Keeps a screen for later: its good answers, and everything typed, so that the person comes back to it.
    pub fn set_aside(&mut self, survey: &Survey, at: &Screen, fields: Fields) {
        self.save(survey, at, fields.clone());
        self.keep(survey, at, fields);
    }

    /// Takes the fields posted for a screen: keeps every good answer, and everything typed if there is a fault.
    /// What other parts of its page ask stays as it is.
    ///
    /// A check that only warns is told once: it holds nobody up who posts its number as `_confirm`.
    pub fn save(&mut self, survey: &Survey, at: &Screen, fields: Fields) -> Vec<Fault> {
        let route = self.route(survey);
        let Some(part) = route.part(at) else { return Vec::new() };
        let presented = present(&route, part, &self.seed);
        let items = presented.items.iter().map(AsRef::as_ref);
        let (read, mut faults) = form::read(part.questions.iter().zip(items), &fields, &self.answers);
        let asked: Vec<String> = part.questions.iter().map(|shown| shown.question.item.head.id.clone()).collect();
        self.answers.retain(|id, _| !asked.contains(id));
        self.answers.extend(read);
        if faults.is_empty() {
            let confirmed: Vec<&str> = fields.all("_confirm").collect();
            faults = self.broken_checks(survey, at);
            faults.retain(|fault| !(fault.may_go_on() && is_confirmed(fault, &confirmed)));
        }
        if faults.is_empty() {
            self.set_typed(survey, at, None);
            self.done.insert(at.key());
        } else {
            self.set_typed(survey, at, Some(fields));
            self.done.remove(&at.key());
        }
        faults
    }

    /// Sets what was typed on a screen. What stood there and is asked on another part of the page by now goes there.
    fn set_typed(&mut self, survey: &Survey, at: &Screen, fields: Option<Fields>) {
        let (route, here) = (self.route(survey), self.typed.get(&at.key()));
        let others =
            route.stop(&at.page).into_iter().flat_map(|stop| &stop.parts).filter(|part| part.number != at.part);
        let is_owed = |part: &&Part<'_>| {
            !self.typed.contains_key(&part.screen().key())
                && here.is_some_and(|here| here.0.iter().any(|(name, _)| part.asks(name)))
        };
        let owed = others.filter(is_owed).map(|part| (part.screen().key(), self.fields(survey, &part.screen())));
        let owed: Vec<(String, Fields)> = owed.collect();
        self.typed.extend(owed);
        match fields {
            Some(fields) => self.typed.insert(at.key(), fields),
            None => self.typed.remove(&at.key()),
        };
    }

    /// The way through the survey for the answers so far.
    pub fn route<'a>(&'a self, survey: &'a Survey) -> Route<'a> {
        route(survey, &self.answers, self.today, &self.seed)
    }

    /// The first screen that is still to be continued, the closing page the answers lead to, or the overview.
    pub fn next(&self, survey: &Survey) -> Next {
        let route = self.route(survey);
        if let Some(part) = route.screens().find(|part| !self.is_done(&route, part)) {
            return Next::Page(part.screen());
        }
        match route.end.filter(|page| page.end == Some(End::ScreenedOut)) {
            Some(page) => Next::End(page.id.clone()),
            None => Next::Check,
        }
    }

    /// The screen after this one: the following one on the route if all before it are done, else what is next.
    pub fn after(&self, survey: &Survey, at: &Screen) -> Next {
        if survey.overview {
            return self.after_in_section(survey, at);
        }
        let route = self.route(survey);
        let screens: Vec<Screen> = route.screens().map(Part::screen).collect();
        let open = route.screens().position(|part| !self.is_done(&route, part)).unwrap_or(screens.len());
        match screens.iter().position(|screen| screen == at).map(|at| at + 1) {
            Some(following) if following < open => screens.get(following).cloned().map_or(Next::Check, Next::Page),
            _ => self.next(survey),
        }
    }

    /// True if the screen is on the route and every one before it is done.
    pub fn can_visit(&self, survey: &Survey, at: &Screen) -> bool {
        if survey.overview {
            return self.can_visit_in_section(survey, at);
        }
        let route = self.route(survey);
        let first_open = |part: &&Part<'_>| part.screen() == *at || !self.is_done(&route, part);
        route.screens().find(first_open).is_some_and(|part| part.screen() == *at)
    }

    /// True if the screen was continued, nothing that is required came to be shown on it since, and what is not offered
    /// any more is not its answer.
    pub(super) fn is_done(&self, route: &Route<'_>, part: &Part<'_>) -> bool {
        let complete = |shown: &Shown<'_>| {
            let item = shown.item();
            let answer = route.answer(&item.head.id);
            let own = match &shown.rows {
                Some(rows) => answer.cloned().and_then(|answer| rows.own(answer)),
                None => answer.cloned(),
            };
            let offered = shown.withheld.is_empty() || !chooses(own.as_ref(), &shown.withheld);
            offered && item.is_whole(answer) && (!shown.required || item.missing(answer).is_empty())
        };
        self.done.contains(&part.screen().key())
            && part.questions.iter().all(complete)
            && route.broken(part).iter().all(|(_, check)| check.may_go_on)
    }

    /// The faults of checks that do not hold and are told on this screen.
    fn broken_checks(&self, survey: &Survey, at: &Screen) -> Vec<Fault> {
        let route = self.route(survey);
        let Some(part) = route.part(at) else { return Vec::new() };
        let broken = route.broken(part).into_iter();
        let fault = |(number, check): (usize, &Check)| {
            let named = check.rule.items();
            let about = part.questions.iter().rfind(|shown| named.contains(&shown.question.item.head.id.as_str()));
            let item = about.or(part.questions.first())?.item();
            let field = item.missing(None).into_iter().next().map_or_else(|| item.head.id.clone(), |fault| fault.field);
            let (message, may_go_on) = (check.message.clone(), check.may_go_on);
            let kind = FaultKind::Check { number, message, may_go_on };
            Some(Fault { item: item.head.id.clone(), field, about: item.head.text.clone(), kind })
        };
        broken.filter_map(fault).collect()
    }

    /// The fields to show on a screen: what was typed there, or the answers, or what was typed before a question moved.
    pub fn fields(&self, survey: &Survey, at: &Screen) -> Fields {
        self.fields_on(&self.route(survey), at)
    }

    /// The same on a way that is known already.
    pub fn fields_on(&self, route: &Route<'_>, at: &Screen) -> Fields {
        let typed = self.typed.get(&at.key());
        let mut fields = typed.cloned().unwrap_or_default();
        for shown in route.part(at).into_iter().flat_map(|part| &part.questions) {
            let item = &shown.question.item;
            let mut known = Fields::default();
            if let Some(answer) = route.answer(&item.head.id) {
                item.write(answer, &mut known);
            }
            match &shown.rows {
                // Rows come from another part of the page where more were put on it, or fewer.
                Some(rows) => {
                    known.0.splice(0..0, self.typed_elsewhere(&item.head.id));
                    let names = rows.ids.iter().map(|row| format!("{}.{row}", item.head.id));
                    let missing: Vec<String> = names.filter(|name| fields.first(name).is_none()).collect();
                    let found = missing.into_iter().filter_map(|name| Some((known.first(&name)?.to_string(), name)));
                    fields.0.extend(found.map(|(value, name)| (name, value)));
                }
                None if typed.is_some() => {}
                None if known.0.is_empty() => fields.0.extend(self.typed_elsewhere(&item.head.id)),
                None => fields.0.extend(known.0),
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

    /// As it is stored: a JSON object.
    pub fn to_text(&self) -> String {
        let Self { typed, done, language, seed, posts, amends, earlier, .. } = self;
        let stored = Stored {
            answers: Value::Object(to_json(&self.answers)),
            typed,
            done,
            language,
            seed,
            posts,
            amends: *amends,
            earlier,
        };
        // Its keys are texts: it cannot fail.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Reads a stored draft. What does not fit the survey is left out.
    pub fn from_text(survey: &Survey, stored: &str, today: Date) -> Self {
        let stored: Value = serde_json::from_str(stored).unwrap_or_default();
        Self {
            answers: stored.get("answers").map(|answers| from_json(survey, answers)).unwrap_or_default(),
            typed: part(&stored, "typed"),
            done: part(&stored, "done"),
            language: part(&stored, "language"),
            seed: part(&stored, "seed"),
            amends: part(&stored, "amends"),
            posts: part(&stored, "posts"),
            earlier: part(&stored, "earlier"),
            today,
        }
    }
}

/// A draft as it is stored.
#[derive(Serialize)]
struct Stored<'a> {
    answers: Value,
    typed: &'a BTreeMap<String, Fields>,
    done: &'a BTreeSet<String>,
    language: &'a Option<String>,
    seed: &'a str,
    posts: &'a BTreeMap<String, Vec<Taken>>,
    amends: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    earlier: &'a BTreeMap<u32, Value>,
}

fn part<'a, T: Deserialize<'a> + Default>(stored: &'a Value, key: &str) -> T {
    stored.get(key).and_then(|part| T::deserialize(part).ok()).unwrap_or_default()
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
