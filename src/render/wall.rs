//! An idea wall: a box for an idea of one's own, ideas of others to vote on, comments.

use serde::Serialize;

use super::html::{Html, id_of};
use super::input::Input;
use super::item::{Action, Choose, Head, Question, Rate};
use super::page::Shell;
use crate::render::page::Link;

/// One screen of an idea wall, as an item of its page.
#[derive(Clone, Debug, Serialize)]
pub struct Wall {
    head: Head,
    #[serde(flatten)]
    screen: Screen,
}

/// What a screen of a wall holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Screen {
    /// What the screen is for.
    pub says: Option<String>,
    /// A box for an idea.
    pub own: Option<Input>,
    /// A caution about what stands in it.
    pub caution: Option<String>,
    /// Ideas that seem to say the same.
    pub same: Option<Choose>,
    /// Ideas to vote on.
    pub votes: Option<Rate>,
    /// Fields that say what the screen showed: name and value.
    pub hidden: Vec<(String, String)>,
    /// Buttons that save and stay on the wall.
    pub actions: Vec<Action>,
    /// Over the person's own ideas.
    pub given_heading: &'static str,
    /// The person's own ideas.
    pub given: Vec<Given>,
}

/// An idea or a comment with what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Given {
    /// What it says.
    pub body: Html,
    /// What became of it; none for those of others.
    pub says: Option<String>,
}

impl Wall {
    /// A screen under the question.
    pub fn new(question: Question, screen: Screen) -> Self {
        Self { head: Head::over_rows(question), screen }
    }
}

/// The comments on an idea; template `respond/comments`.
#[derive(Clone, Debug, Serialize)]
pub struct Comments {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong, if anything.
    pub errors: Vec<Link>,
    /// Heading 1.
    pub heading: &'static str,
    /// The idea.
    pub body: Html,
    /// Where there are no comments.
    pub none: Option<&'static str>,
    /// The comments, oldest first.
    pub comments: Vec<Given>,
    /// A caution about what stands in the box.
    pub caution: Option<&'static str>,
    /// The text that the person was cautioned about.
    pub told: Option<String>,
    /// Where it is posted.
    pub action: String,
    /// The form's guard.
    pub csrf: String,
    /// The box.
    pub field: Input,
    /// The button.
    pub button: &'static str,
}

/// The id of the first radio about an idea, for the way back from its comments.
pub fn place_of(item: &str, idea: &str) -> String {
    id_of(&format!("{item}.vote.{idea}"))
}
