//! What was read of a definition, before it is laid out on the pages of Canvass.

use std::rc::Rc;

use super::expression::{self, Expr};
use super::loose::Scalar;
use super::text::Text;

/// A rule of the source.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// As it was written.
    pub text: Rc<str>,
    /// As it was read, or why it cannot be.
    pub expr: Result<Rc<Expr>, Rc<str>>,
    /// Its JSON pointer.
    pub at: Rc<str>,
    /// What `{item}` and `{row.x}` stand for in it.
    pub context: Context,
}

/// What names mean in one place only.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// The values of `{item}` and of `{$item.x}`, by name; the item itself under an empty name.
    pub item: Option<Rc<Vec<(String, Scalar)>>>,
    /// What `{row.x}` begins with instead: `matrix.row1.`.
    pub row: Option<Rc<str>>,
}

impl Condition {
    /// A rule as it stands in the source.
    pub(super) fn written(text: &str, at: &str) -> Self {
        let expr = expression::parse(text).map_err(Rc::from);
        Self { text: Rc::from(text), expr, at: Rc::from(at), context: Context::default() }
    }

    /// A rule that the form implies without writing it.
    pub(super) fn implied(text: &str, expr: Expr, at: &str) -> Self {
        Self { text: Rc::from(text), expr: Ok(Rc::new(expr)), at: Rc::from(at), context: Context::default() }
    }

    /// A rule that cannot be carried over.
    pub(super) fn lost(text: &str, why: &str, at: &str) -> Self {
        Self { text: Rc::from(text), expr: Err(Rc::from(why)), at: Rc::from(at), context: Context::default() }
    }

    /// The opposite.
    pub(super) fn negated(&self) -> Self {
        let expr = self.expr.clone().map(|expr| Rc::new(Expr::Not(Box::new(expr.as_ref().clone()))));
        Self { text: Rc::from(format!("!({})", self.text)), expr, ..self.clone() }
    }

    /// The same rule where names mean something of their own.
    pub(super) fn within(&self, context: Context) -> Self {
        Self { context, ..self.clone() }
    }
}

/// A page of the source.
#[derive(Debug, Default)]
pub(super) struct SourcePage {
    /// Its name.
    pub name: String,
    /// Its JSON pointer.
    pub at: String,
    /// Its heading.
    pub title: Option<Text>,
    /// What stands under the heading.
    pub description: Option<Text>,
    /// Who sees it.
    pub shown: Vec<Condition>,
    /// Whether each question of it is to stand on a page of its own.
    pub one_by_one: bool,
}

/// A panel, as far as it decides who sees what is in it.
#[derive(Debug)]
pub(super) struct Group {
    /// The panel around it.
    pub parent: Option<usize>,
    /// The first question that could be in it.
    pub first: usize,
    /// Who sees it.
    pub shown: Vec<Condition>,
}

/// A question or a note, on its way to a page.
#[derive(Debug)]
pub(super) struct Draft {
    /// Its id in Canvass.
    pub id: String,
    /// Its name in the source.
    pub name: String,
    /// Its JSON pointer.
    pub at: Rc<str>,
    /// The question.
    pub text: Text,
    /// Help under it.
    pub hint: Option<Text>,
    /// Whether it must be answered.
    pub required: bool,
    /// When it must be answered.
    pub required_if: Option<Condition>,
    /// Who sees it, apart from the panels around it.
    pub shown: Vec<Condition>,
    /// The panel around it.
    pub group: Option<usize>,
    /// The page it stands on in the source.
    pub page: usize,
    /// The order of its options or rows.
    pub order: Option<&'static str>,
    /// What stands in texts for who has not answered it.
    pub otherwise: Option<String>,
    /// What must hold for its answer, with what is said otherwise.
    pub checks: Vec<Check>,
    /// Its type and what belongs to it.
    pub body: Body,
}

/// What must hold for an answer.
#[derive(Clone, Debug)]
pub(super) struct Check {
    /// The rule.
    pub rule: CheckRule,
    /// What is said when it does not hold.
    pub message: Text,
    /// Whether the person may go on all the same.
    pub warns: bool,
}

/// The rule of a check.
#[derive(Clone, Debug)]
pub(super) enum CheckRule {
    /// A rule of the source.
    Written(Condition),
    /// The answer matches a pattern.
    Matches(String),
    /// The answer is at least (or at most) the value of an expression.
    Bound(&'static str, Condition),
    /// One of the questions of a group is answered.
    AnyOf(Vec<usize>, Rc<str>),
}

/// The type of a question.
#[derive(Debug)]
pub(super) enum Body {
    /// Text to read.
    Note,
    /// One of several options.
    Single { choices: Vec<Choice>, dropdown: bool },
    /// Any of several options.
    Multi { choices: Vec<Choice>, min: Option<u32>, max: Option<u32> },
    /// Free text.
    Words { lines: u32, min: Option<u32>, max: Option<u32>, pattern: Option<(String, Option<Text>)> },
    /// A number.
    Number { min: Option<f64>, max: Option<f64>, step: Option<f64>, decimals: u32, unit: Option<String> },
    /// A day.
    Date { min: Option<String>, max: Option<String> },
    /// An e-mail address, on the page that is kept apart.
    Email,
    /// Each of several rows on one scale.
    Rate { rows: Vec<Row>, scale: Vec<Choice>, min_items: Option<u32> },
    /// Rows in order of preference.
    Rank { rows: Vec<Row>, min: Option<u32>, max: Option<u32> },
    /// The same questions several times.
    Repeat { fields: Vec<Draft>, min: u32, max: u32 },
}

/// An option.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Its id in Canvass.
    pub id: String,
    /// Its value in the source.
    pub value: Scalar,
    /// What is read.
    pub label: Text,
    /// Its place on a scale.
    pub number: Option<i32>,
    /// Whether it is no answer to the question.
    pub missing: bool,
    /// Whether it is chosen alone.
    pub exclusive: bool,
    /// Whether a text is asked beside it: `optional` or `required`.
    pub other: Option<&'static str>,
    /// Whether it stays at the end.
    pub last: bool,
    /// To whom it is offered.
    pub shown: Vec<Condition>,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its id in Canvass.
    pub id: String,
    /// Its value in the source.
    pub value: Scalar,
    /// What is read.
    pub label: Text,
}

/// What a name of the source stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// A question.
    Draft(usize),
    /// A row of a rating, by its place.
    Row(usize, usize),
    /// The text beside the options of a question.
    OtherText(usize),
    /// Several questions that were one.
    Several(Vec<usize>),
    /// A calculated value.
    Calculated(usize),
    /// Something that is not there any more, and why.
    Gone(&'static str),
}
