//! What the pages of staff place: finished strings only. Those on which they sign in are in `account`.
//!
//! Templates: `staff/home`, `staff/survey`, `staff/live`, `staff/ideas`.

use serde::Serialize;

use crate::render::chart;
use crate::render::html::Html;
use crate::render::item::SelectOption;
use crate::render::markdown::inline;
use crate::render::page::{Link, Shell};

/// Every consultation; template `staff/home`.
#[derive(Clone, Debug, Serialize)]
pub struct Home {
    /// Around the content.
    pub shell: Shell,
    /// What else somebody may look after.
    pub more: Vec<Link>,
    /// The consultations.
    pub surveys: Vec<SurveyRow>,
}

/// One consultation in the list.
#[derive(Clone, Debug, Serialize)]
pub struct SurveyRow {
    /// Its title.
    pub title: String,
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub status: Status,
    /// The published version: "Version 3".
    pub version: String,
    /// How people take part: "Open link".
    pub mode: String,
    /// When it opened or opens: "12 January 2026".
    pub opened: String,
    /// How many started.
    pub started: String,
    /// How many sent their answers.
    pub completed: String,
    /// Its staff page.
    pub href: String,
    /// Its first page for respondents, if it is open.
    pub respond: Option<String>,
}

/// Where a consultation stands.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// In words: "Open".
    pub text: String,
    /// Colour of the tag, as nhsuk-frontend names it: `green`, `grey`, `blue`, `yellow`.
    pub colour: String,
}

/// One consultation; template `staff/survey`.
#[derive(Clone, Debug, Serialize)]
pub struct Survey {
    /// Around the content.
    pub shell: Shell,
    /// Its title: heading 1.
    pub heading: String,
    /// Where it stands.
    pub status: Status,
    /// Something to be told of at once: no answers yet, the answers are simulated.
    pub notice: Option<String>,
    /// Facts, in the order to show them: id, version, mode, opened, closes, started, sent.
    pub facts: Vec<Figure>,
    /// Where to see how it goes, for those who may.
    pub live: Option<String>,
    /// What else somebody may look after.
    pub more: Vec<Link>,
    /// What can be downloaded.
    pub downloads: Vec<Download>,
    /// Its idea walls, to look after.
    pub walls: Vec<Link>,
    /// Its first page for respondents, if there is one to see.
    pub respond: Option<String>,
}

/// A fact.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What.
    pub name: String,
    /// How much, or which.
    pub figure: String,
}

/// How many got as far as one page.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    /// The page's heading.
    pub page: String,
    /// People who came that far or further.
    pub reached: String,
    /// People who are there and have not sent their answers.
    pub here: String,
    /// Of these, those who did nothing today.
    pub idle: String,
    /// Those who are there as a share of those who came that far.
    pub share: String,
    /// Those who came that far, as a bar.
    pub bar: Html,
}

/// How a consultation goes; template `staff/live`.
#[derive(Clone, Debug, Serialize)]
pub struct Live {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// Where it stands.
    pub status: Status,
    /// Something to be told of at once.
    pub notice: Option<String>,
    /// When it was counted.
    pub as_of: String,
    /// What the days, pages and groups are as of, where that is longer ago.
    pub details_as_of: Option<String>,
    /// The totals.
    pub facts: Vec<Figure>,
    /// Answers sent by day, the latest first.
    pub days: Vec<Bar>,
    /// How many were sent before these days.
    pub before: Option<String>,
    /// How far people got, a row a page of the survey; none while nobody has begun.
    pub progress: Vec<Progress>,
    /// Who has answered, or why that is not told.
    pub groups: Vec<Bars>,
    /// What the groups and the support are counted from.
    pub counted: String,
    /// How people stand to each intervention.
    pub support: Vec<Bar>,
}

/// Figures with a bar each, under a heading.
#[derive(Clone, Debug, Serialize)]
pub struct Bars {
    /// The heading.
    pub label: Html,
    /// Who answered.
    pub answered: String,
    /// The figures.
    pub rows: Vec<Bar>,
}

/// A figure with its bar, which is not heard.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// What.
    pub label: Html,
    /// How much, in words.
    pub figure: String,
    /// The bar.
    pub bar: Html,
}

impl Bar {
    /// A figure with a bar of this share; none where the share is withheld. The label may be marked up as definitions are.
    pub fn new(label: &str, figure: String, share: Option<f64>) -> Self {
        Self { label: inline(label), figure, bar: share.map(chart::bar).unwrap_or_default() }
    }

    /// The same with a line across the bar at the share to compare with.
    #[must_use]
    pub fn beside(self, share: Option<f64>, other: Option<f64>) -> Self {
        match share.zip(other) {
            Some((share, other)) => Self { bar: chart::bar_and_line(share, other), ..self },
            None => self,
        }
    }
}

/// A file to take away.
#[derive(Clone, Debug, Serialize)]
pub struct Download {
    /// Its address.
    pub href: String,
    /// Its name: `report.html`.
    pub file: String,
    /// What is in it.
    pub what: String,
}

/// An idea wall to look after; template `staff/ideas`.
#[derive(Clone, Debug, Serialize)]
pub struct Ideas {
    /// Around the content.
    pub shell: Shell,
    /// The question: heading 1.
    pub heading: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What can be looked at: address, name with the number, whether it is looked at.
    pub tabs: Vec<(String, String, bool)>,
    /// The ideas and comments.
    pub ideas: Vec<Idea>,
    /// The page before.
    pub earlier: Option<Link>,
    /// The page after.
    pub later: Option<Link>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// An idea or a comment, with what can be done about it.
#[derive(Clone, Debug, Serialize)]
pub struct Idea {
    /// Its id.
    pub id: String,
    /// Its language.
    pub lang: String,
    /// What it says.
    pub text: String,
    /// The idea that a comment is about.
    pub about: Option<String>,
    /// Where it stands.
    pub stands: String,
    /// The votes on it.
    pub votes: Option<String>,
    /// The day it was given.
    pub given_on: String,
    /// Ideas that seem to say the same.
    pub like: Vec<String>,
    /// What it can be put together with.
    pub targets: Vec<SelectOption>,
    /// The button that shows it, or marks it as looked at, where it can be.
    pub show: Option<&'static str>,
    /// True where it can be hidden.
    pub can_hide: bool,
    /// The reason that was typed.
    pub reason: String,
    /// What is wrong with the reason.
    pub reason_error: Option<String>,
    /// What is wrong with the idea it was to be put together with, or with anything else.
    pub error: Option<String>,
}
