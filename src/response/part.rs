//! A page of the survey as screens: a page whose grid has many rows is asked in parts, one after the other.

use super::route::Shown;
use crate::definition::Page;
use crate::item::{Answer, Item, Kind};

/// Where a person is in the survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// The id of the page.
    pub page: String,
    /// The part of it, from 1.
    pub part: usize,
}

impl Screen {
    /// The name under which a draft keeps what it knows of a screen; that of a first part is the page's id.
    pub fn key(&self) -> String {
        if self.part == 1 { self.page.clone() } else { format!("{}#{}", self.page, self.part) }
    }
}

/// The first part of a page.
impl From<&str> for Screen {
    fn from(page: &str) -> Self {
        Self { page: page.to_string(), part: 1 }
    }
}

/// What is asked on one screen.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The page.
    pub page: &'a Page,
    /// Its number on the page, from 1.
    pub number: usize,
    /// How many parts the page has.
    pub of: usize,
    /// The questions shown on it; of a long grid some of its rows.
    pub questions: Vec<Shown<'a>>,
}

impl Part<'_> {
    /// Where it is.
    pub fn screen(&self) -> Screen {
        Screen { page: self.page.id.clone(), part: self.number }
    }

    /// True if this item, or some of its rows, is asked on it.
    pub fn asks_item(&self, item: &str) -> bool {
        self.questions.iter().any(|shown| shown.question.item.head.id == item)
    }

    /// True if a field of this name is asked for on it.
    pub fn asks(&self, field: &str) -> bool {
        self.questions.iter().any(|shown| shown.asks_field(field))
    }
}

/// Some rows of a grid that is asked in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<'a> {
    /// Their ids.
    pub ids: Vec<&'a str>,
    /// True if no part of the grid comes after them.
    pub are_last: bool,
}

impl Rows<'_> {
    /// Leaves these rows of an item.
    pub fn keep(&self, item: &mut Item) {
        if let Kind::Rate(rate) = &mut item.kind {
            rate.keep_part(&self.ids, self.are_last);
        }
    }

    /// The answer to these rows alone.
    pub fn own(&self, mut answer: Answer) -> Option<Answer> {
        if let Answer::Ratings(ratings) = &mut answer {
            ratings.retain(|row, _| self.ids.contains(&row.as_str()));
            if ratings.is_empty() {
                return None;
            }
        }
        Some(answer)
    }

    /// What these rows were answered, put into the answer to all rows that `item` has; other rows keep theirs.
    pub fn join(&self, item: &Item, before: Option<&Answer>, now: Option<Answer>) -> Option<Answer> {
        let (Kind::Rate(rate), Some(Answer::Ratings(before))) = (&item.kind, before) else { return now };
        let is_other =
            |row: &String| rate.rows.iter().any(|known| known.id == *row) && !self.ids.contains(&row.as_str());
        let mut all = before.clone();
        all.retain(|row, _| is_other(row));
        if let Some(Answer::Ratings(now)) = now {
            all.extend(now);
        }
        (!all.is_empty()).then_some(Answer::Ratings(all))
    }
}

/// The screens of a page that shows these questions to the person with this seed.
///
/// A grid of many rows begins on the screen of the questions before it and ends on that of the questions after it;
/// a second such grid begins on a screen of its own.
pub(super) fn parts<'a>(page: &'a Page, questions: &[Shown<'a>], seed: &str) -> Vec<Part<'a>> {
    let mut screens: Vec<Vec<Shown<'a>>> = Vec::new();
    let mut current: Vec<Shown<'a>> = Vec::new();
    for shown in questions {
        let question = shown.question;
        let parts = question.item.parts(seed);
        let last = parts.len().saturating_sub(1);
        if parts.is_empty() {
            current.push(shown.clone());
        }
        for (number, ids) in parts.into_iter().enumerate() {
            let is_full = current.iter().any(|before| before.rows.is_some());
            if is_full {
                screens.push(std::mem::take(&mut current));
            }
            current.push(Shown { rows: Some(Rows { ids, are_last: number == last }), ..shown.clone() });
        }
    }
    screens.push(current);
    let of = screens.len();
    (1..).zip(screens).map(|(number, questions)| Part { page, number, of, questions }).collect()
}
