//! What the page places on which staff look through answers before they are quoted: finished strings only.
//!
//! Template: `staff/redaction`.

use serde::Serialize;

use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};

/// Answers to look through; template `staff/redaction`.
#[derive(Clone, Debug, Serialize)]
pub struct RedactionPage {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was done just now, and the answer that it was done to.
    pub done: Option<Link>,
    /// When answers are quoted, in words.
    pub rule: &'static str,
    /// The rules to choose from: word, what it says, whether it holds; none for those who may not choose.
    pub rules: Vec<(&'static str, &'static str, bool)>,
    /// The questions: address, text, whether it is looked at.
    pub questions: Vec<(String, String, bool)>,
    /// Which of the answers are looked at: address, text, whether it is.
    pub tabs: Vec<(String, String, bool)>,
    /// "Answers 1 to 20 of 50".
    pub range: String,
    /// The answers.
    pub texts: Vec<ToReview>,
    /// The page before.
    pub earlier: Option<Link>,
    /// The page after.
    pub later: Option<Link>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct ToReview {
    /// Its key.
    pub key: String,
    /// Its place on the page, from 1.
    pub number: usize,
    /// What it says, in parts, and whether each is hidden.
    pub parts: Vec<(String, bool)>,
    /// Who looked it through, and how many answers have these words.
    pub told: String,
    /// What can be hidden.
    pub spans: Vec<Span>,
    /// Words to hide besides, as they were typed.
    pub typed: String,
    /// Why these are hidden.
    pub reasons: Vec<SelectOption>,
    /// What is wrong.
    pub error: Option<String>,
}

/// Words that can be hidden.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Their first byte and the one after the last, as they are posted.
    pub id: String,
    /// The words.
    pub words: String,
    /// Why the program would hide them, or that a person does.
    pub why: String,
    /// Whether they are hidden.
    pub ticked: bool,
    /// Why they are.
    pub reasons: Vec<SelectOption>,
}
