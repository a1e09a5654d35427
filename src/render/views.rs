//! What the pages place on which analysts look at part of the answers, or at two sides: finished strings only.
//!
//! Templates: `staff/views`, `staff/compare`.

use serde::Serialize;

use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};

/// Part of the answers; template `staff/views`.
#[derive(Clone, Debug, Serialize)]
pub struct Views {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// Views that were given a name.
    pub saved: Vec<Saved>,
    /// Where the form leads, and where names are posted to.
    pub action: String,
    /// Answers to choose from, each list the same: the questions with their options.
    pub conditions: Vec<Condition>,
    /// The rule.
    pub only: String,
    /// What is wrong with it.
    pub only_error: Option<String>,
    /// Questions to compare by.
    pub by: Vec<SelectOption>,
    /// What is wrong with the one chosen.
    pub by_error: Option<String>,
    /// How answers can be weighted, where shares of the population are known.
    pub weights: Vec<SelectOption>,
    /// What is wrong with the weights chosen.
    pub weights_error: Option<String>,
    /// What the view has, where one was asked for.
    pub found: Option<Found>,
    /// Token against forged requests.
    pub csrf: String,
}

/// A view with a name.
#[derive(Clone, Debug, Serialize)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// What it asks for, in words.
    pub about: String,
    /// Who made it, and when.
    pub made: String,
    /// Its report.
    pub href: String,
    /// Where it can be changed.
    pub change: String,
}

/// A list to choose an answer from.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// Its id on the page.
    pub id: String,
    /// Its label.
    pub label: &'static str,
    /// The questions: what each asks, and its answers as rules and labels.
    pub questions: Vec<(String, Vec<(String, String)>)>,
}

/// What a view has.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// How many responses, and whose.
    pub says: String,
    /// Its report and files; none where it has too few.
    pub links: Vec<Link>,
    /// What was asked, to be posted with a name.
    pub hidden: Vec<(&'static str, String)>,
    /// The name that was typed.
    pub name: String,
    /// What is wrong with it.
    pub name_error: Option<String>,
}

/// Two sides to choose; template `staff/compare`.
#[derive(Clone, Debug, Serialize)]
pub struct Compare {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// Where the form leads.
    pub action: String,
    /// What can stand first.
    pub first: Vec<SelectOption>,
    /// What can stand second.
    pub second: Vec<SelectOption>,
    /// What is wrong with the two.
    pub error: Option<String>,
}
