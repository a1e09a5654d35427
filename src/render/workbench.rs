//! What the pages place on which staff sort answers into themes: finished strings only.
//!
//! Templates: `staff/themes`, `staff/theme`, `staff/theme_sample`, `staff/theme_history`.

use serde::Serialize;

use crate::render::account::Field;
use crate::render::html::Html;
use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};
use crate::render::staff::Figure;

/// What somebody did just now.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// In words: "You renamed c1 “Buses”."
    pub text: String,
    /// What undoes it, while nobody decided anything since.
    pub undo: Option<Undo>,
    /// Whether it is told above the answers, where it was done, in place of the top of the page.
    pub at_answers: bool,
}

/// A decision to undo, with all after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Undo {
    /// Its entry.
    pub first: u32,
    /// The last decision in force that the page knows of.
    pub seen: u32,
}

/// The themes of a question; template `staff/themes`.
#[derive(Clone, Debug, Serialize)]
pub struct Workbench {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// The question.
    pub question: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was done just now.
    pub done: Option<Done>,
    /// Answers in all and where they are.
    pub facts: Vec<Figure>,
    /// What should be mended, as sentences.
    pub advice: Vec<String>,
    /// The themes, largest first.
    pub themes: Vec<ThemeRow>,
    /// Answers that are in no theme: those that fit none, that say nothing and that wait.
    pub bins: Vec<ThemeRow>,
    /// What themes can be merged into.
    pub into: Vec<SelectOption>,
    /// What is wrong with a merger.
    pub merge_error: Option<String>,
    /// The name of a theme to add.
    pub add: Field,
    /// How many themes the computer can be asked for.
    pub granularity: Vec<SelectOption>,
    /// Whether nothing is suggested yet.
    pub is_new: bool,
    /// The samples drawn so far.
    pub samples: Vec<Link>,
    /// The size of a sample to draw.
    pub size: Field,
    /// What undoes the last decision.
    pub undo: Option<Undo>,
    /// Whether what was undone can be done again.
    pub can_redo: bool,
    /// All answers, to search.
    pub all: String,
    /// What was decided.
    pub history: String,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// A theme in the list, or a place outside of them.
#[derive(Clone, Debug, Serialize)]
pub struct ThemeRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its answers.
    pub href: String,
    /// Who it is from, and whether it is locked: text and colour.
    pub tags: Vec<(&'static str, &'static str)>,
    /// "34 answers, 13.6 % of all".
    pub size: String,
    /// The same as a bar.
    pub bar: Html,
    /// The words that the computer found it by.
    pub words: Option<String>,
    /// Typical answers.
    pub quotes: Vec<String>,
    /// Whether it is ticked to be merged.
    pub ticked: bool,
}

/// The answers of one place; template `staff/theme`.
#[derive(Clone, Debug, Serialize)]
pub struct ThemePage {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// The question.
    pub question: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was done just now.
    pub done: Option<Done>,
    /// Who it is from, and whether it is locked: text and colour.
    pub tags: Vec<(&'static str, &'static str)>,
    /// How many answers it has.
    pub about: String,
    /// The words that the computer found it by.
    pub words: Option<String>,
    /// What can be done with the theme, where it is one.
    pub theme: Option<ThemeDeeds>,
    /// What is searched for.
    pub searched: String,
    /// In which order answers stand.
    pub orders: Vec<SelectOption>,
    /// "Answers 51 to 100 of 230 that have “bus”".
    pub range: String,
    /// The answers.
    pub answers: Vec<Answer>,
    /// How many are listed on all pages.
    pub listed: usize,
    /// Whether all of them are ticked.
    pub all_ticked: bool,
    /// What is wrong with what was chosen.
    pub error: Option<String>,
    /// What can be done with answers: the word that is posted, what it says, whether it is chosen.
    pub deeds: Vec<(&'static str, String, bool)>,
    /// The themes that answers can be put in: id, name, whether it is ticked.
    pub to: Vec<(String, String, bool)>,
    /// The name of a theme of their own.
    pub own: Field,
    /// The page before.
    pub earlier: Option<Link>,
    /// The page after.
    pub later: Option<Link>,
    /// Where the search leads.
    pub here: String,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// What can be done with a theme.
#[derive(Clone, Debug, Serialize)]
pub struct ThemeDeeds {
    /// Its id.
    pub id: String,
    /// Whether it is locked: then it can only be unlocked.
    pub is_locked: bool,
    /// Whether it has no answers and can be removed.
    pub is_empty: bool,
    /// Its name.
    pub name: Field,
    /// What it can be merged into.
    pub into: Vec<SelectOption>,
    /// What is wrong with that.
    pub merge_error: Option<String>,
    /// How many parts the computer can be asked for.
    pub parts: Vec<SelectOption>,
    /// The parts that it would make.
    pub parted: Option<Parted>,
}

/// The parts that the computer would make of a theme.
#[derive(Clone, Debug, Serialize)]
pub struct Parted {
    /// How many were asked for.
    pub k: usize,
    /// What changes with the answers that they are made of.
    pub seen: String,
    /// The parts: number, name, size, typical answers, whether it is ticked.
    pub parts: Vec<PartRow>,
    /// What is wrong with a name, or with the choice.
    pub error: Option<String>,
}

/// A part of a theme.
#[derive(Clone, Debug, Serialize)]
pub struct PartRow {
    /// Its place, from 0.
    pub number: usize,
    /// The name that is typed.
    pub name: String,
    /// "12 answers".
    pub size: String,
    /// Typical answers.
    pub quotes: Vec<String>,
    /// Whether it is to become a theme.
    pub ticked: bool,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Its key.
    pub key: String,
    /// What it says, without personal details.
    pub text: String,
    /// Where it is and who put it there.
    pub told: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A sample to judge; template `staff/theme_sample`.
#[derive(Clone, Debug, Serialize)]
pub struct SamplePage {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// The question.
    pub question: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was done just now.
    pub done: Option<Done>,
    /// How far this person is.
    pub progress: String,
    /// Answers to judge.
    pub left: Vec<ToJudge>,
    /// How far people and the computer agree, as sentences; none while that would tell what others said.
    pub agreement: Option<Vec<String>>,
    /// The themes: name, share as coded, corrected share, kappa.
    pub themes: Vec<[String; 4]>,
    /// Answers that people judged differently, to settle.
    pub open: Vec<ToJudge>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// One answer of a sample.
#[derive(Clone, Debug, Serialize)]
pub struct ToJudge {
    /// Its key.
    pub key: String,
    /// What it says, without personal details.
    pub text: String,
    /// What each person said, where it is to be settled.
    pub said: Vec<String>,
    /// Where it can be put: what is posted, what it says, whether it is ticked; the last two are no themes.
    pub places: Vec<(String, String, bool)>,
    /// What is wrong with the choice.
    pub error: Option<String>,
}

/// What was decided; template `staff/theme_history`.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryPage {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// The question.
    pub question: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was done just now.
    pub done: Option<Done>,
    /// The entries, newest first.
    pub entries: Vec<PastRow>,
    /// Those before.
    pub earlier: Option<Link>,
    /// Those after.
    pub later: Option<Link>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub struct PastRow {
    /// Its number.
    pub number: u32,
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    pub text: String,
    /// What undoes it and all after it.
    pub undo: Option<Undo>,
}
