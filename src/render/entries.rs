//! Questions made of others: the entries of a repeat.

use serde::Serialize;

use crate::render::item::{Head, Item, Question};

/// The entries of a repeat, each a group of questions, and a button for another.
#[derive(Clone, Debug, Serialize)]
pub struct Entries {
    head: Head,
    each: Vec<Entry>,
    another: Option<Action>,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// What it is called: "Idea 1".
    pub title: String,
    /// Its questions.
    pub items: Vec<Item>,
    /// The button that takes it away; none for the only one.
    pub remove: Option<Action>,
}

/// A button that changes the page and does not continue.
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// What is posted as `then`.
    pub then: String,
    /// What the button says.
    pub label: String,
}

impl Entries {
    /// A question with its entries; `another` where one more fits.
    pub fn new(question: Question, entries: Vec<Entry>, another: Option<Action>) -> Self {
        Self { head: Head::over_rows(question), each: entries, another }
    }
}
