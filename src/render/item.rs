//! What the template of one item places: labels, hints, errors, ids and what was typed in, each finished.
//!
//! Field names are the contract of the posted form: `ID`, `ID.other.OPTION`, `ID.day` and so on, `ID.ROW`.

use serde::Serialize;

pub use crate::render::entries::{Action, Entries, Entry};
use crate::render::html::{Html, id_of};
pub use crate::render::input::{CharacterCount, Date, DatePart, Input};
use crate::render::markdown::{block, page_block};
pub use crate::render::rows::{Allocate, AllocateRow, Rank, RankRow, Rate, RateRow};
use crate::render::wall::Wall;

/// One thing on a survey page; the tag names its template.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "template")]
pub enum Item {
    /// Words only.
    #[serde(rename = "item/note")]
    Note(Note),
    /// One box to tick.
    #[serde(rename = "item/consent")]
    Consent(Consent),
    /// One option of a list, as radios.
    #[serde(rename = "item/single")]
    Single(Choose),
    /// One option of a long list, as a drop-down.
    #[serde(rename = "item/dropdown")]
    Dropdown(Dropdown),
    /// Any options of a list.
    #[serde(rename = "item/multi")]
    Multi(Choose),
    /// Words of the respondent's own, on one line or several.
    #[serde(rename = "item/text")]
    Text(Input),
    /// A number.
    #[serde(rename = "item/number")]
    Number(Input),
    /// An e-mail address.
    #[serde(rename = "item/email")]
    Email(Input),
    /// A date in three parts.
    #[serde(rename = "item/date")]
    Date(Date),
    /// The same scale for several statements.
    #[serde(rename = "item/rate")]
    Rate(Rate),
    /// Positions for several candidates.
    #[serde(rename = "item/rank")]
    Rank(Rank),
    /// Points to share between several candidates.
    #[serde(rename = "item/allocate")]
    Allocate(Allocate),
    /// The same few questions, several times.
    #[serde(rename = "item/repeat")]
    Repeat(Entries),
    /// An idea wall.
    #[serde(rename = "item/ideas")]
    Ideas(Box<Wall>),
}

/// What is asked: the input from which a [`Head`] is finished.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Name of the field: the item's id.
    pub name: String,
    /// The question.
    pub label: Html,
    /// Help for answering.
    pub hint: Option<Html>,
    /// True where it may be left: the label then says "(optional)".
    pub optional: bool,
    /// True where the question is the page's heading 1: the only item of its page.
    pub heading: bool,
    /// What is wrong with the answer given, as the error summary says it.
    pub error: Option<String>,
}

/// A question with its ids wired up.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    pub(in crate::render) id: String,
    pub(in crate::render) name: String,
    label: Html,
    hint: Option<Html>,
    optional: bool,
    heading: bool,
    pub(in crate::render) error: Option<String>,
    size: &'static str,
    hint_id: String,
    error_id: String,
    described_by: Option<String>,
}

impl Head {
    /// A question about one control or one set of options.
    pub fn single(question: Question) -> Self {
        Self::wire(question, "-", None, None)
    }

    /// A question over rows: its own ids take a double hyphen, for a row may be called `hint` or `error`.
    pub fn over_rows(question: Question) -> Self {
        Self::wire(question, "--", None, None)
    }

    /// A question with a further description, before the hint (a character limit, a consent's statement) or between
    /// the hint and the error (the total of points).
    pub(in crate::render) fn wire(
        question: Question,
        joint: &str,
        before: Option<&str>,
        between: Option<&str>,
    ) -> Self {
        let id = id_of(&question.name);
        let hint_id = format!("{id}{joint}hint");
        let error_id = format!("{id}{joint}error");
        let described_by = [
            before.map(|suffix| format!("{id}{joint}{suffix}")),
            question.hint.as_ref().map(|_| hint_id.clone()),
            between.map(|suffix| format!("{id}{joint}{suffix}")),
            question.error.as_ref().map(|_| error_id.clone()),
        ];
        Self {
            described_by: join(described_by.into_iter().flatten()),
            id,
            name: question.name,
            label: question.label,
            hint: question.hint,
            optional: question.optional,
            heading: question.heading,
            error: question.error,
            size: if question.heading { "l" } else { "s" },
            hint_id,
            error_id,
        }
    }

    /// Where the error summary links to, for every item but a date and those over rows.
    pub fn href(&self) -> String {
        format!("#{}", self.id)
    }
}

/// Ids as an attribute's value, if there is any.
pub(in crate::render) fn join(ids: impl Iterator<Item = String>) -> Option<String> {
    let joined = ids.collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// Words only.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    heading: Option<Html>,
    is_page_heading: bool,
    body: Html,
}

impl Note {
    /// A text in Markdown, under a heading if it has one; `is_page_heading` where it is its page's heading 1.
    pub fn new(heading: Option<Html>, is_page_heading: bool, markdown: &str) -> Self {
        let below_heading_2 = heading.is_some() && !is_page_heading;
        Self { heading, is_page_heading, body: if below_heading_2 { block(markdown) } else { page_block(markdown) } }
    }
}

/// One box to tick.
#[derive(Clone, Debug, Serialize)]
pub struct Consent {
    head: Head,
    statement: Option<Html>,
    agree: Choice,
}

impl Consent {
    /// A box that posts `yes`, labelled `agree`, under a statement of what is agreed to.
    pub fn new(question: Question, statement: Option<Html>, agree: Html, checked: bool) -> Self {
        let before = statement.as_ref().map(|_| "statement");
        let head = Head::wire(question, "-", before, None);
        let mut agree = Choice::new("yes", agree);
        agree.checked = checked;
        agree.place(&head.id, &head.name, 0);
        Self { head, statement, agree }
    }
}

/// An option as a radio or a box.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    id: String,
    name: String,
    /// The option's id: what is posted.
    pub code: String,
    /// The option's label.
    pub label: Html,
    /// Help for this option.
    pub hint: Option<Html>,
    /// True where it is chosen.
    pub checked: bool,
    /// True where choosing it excludes the others ("None of these").
    pub exclusive: bool,
    /// A word between the options above and this one, such as "or".
    pub divider: Option<String>,
    /// The text that goes with the option.
    pub other: Option<Other>,
}

impl Choice {
    /// An option that is not chosen and has nothing more to it.
    pub fn new(code: &str, label: Html) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            code: code.to_owned(),
            label,
            hint: None,
            checked: false,
            exclusive: false,
            divider: None,
            other: None,
        }
    }

    /// Gives the option its ids: the first of a list has the list's own, so that an error summary can link to it.
    fn place(&mut self, list_id: &str, list_name: &str, index: usize) {
        list_name.clone_into(&mut self.name);
        self.id = match index {
            0 => list_id.to_owned(),
            later => format!("{list_id}-{}", later + 1),
        };
        if let Some(other) = &mut self.other {
            other.place(list_name, &self.code);
        }
    }
}

/// The text that goes with an option, always visible beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Other {
    id: String,
    name: String,
    code: String,
    error_id: String,
    described_by: Option<String>,
    label: String,
    typed: String,
    error: Option<String>,
}

impl Other {
    /// A text box, posted as `ID.other.OPTION`; its error is linked to by `#ID-other-OPTION`.
    pub fn new(label: &str, typed: &str, error: Option<String>) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            code: String::new(),
            error_id: String::new(),
            described_by: None,
            label: label.to_owned(),
            typed: typed.to_owned(),
            error,
        }
    }

    fn place(&mut self, list_name: &str, code: &str) {
        self.name = format!("{list_name}.other.{code}");
        code.clone_into(&mut self.code);
        self.id = id_of(&self.name);
        self.error_id = format!("{}-error", self.id);
        self.described_by = self.error.as_ref().map(|_| self.error_id.clone());
    }
}

/// Most options of a list that is read rather than searched.
const SEARCHABLE: usize = 20;

/// Options as radios or boxes.
#[derive(Clone, Debug, Serialize)]
pub struct Choose {
    head: Head,
    is_long: bool,
    choices: Vec<Choice>,
}

impl Choose {
    /// A question over its options, in the order to show them.
    pub fn new(question: Question, choices: Vec<Choice>) -> Self {
        let head = Head::single(question);
        let choices = place_all(choices, &head.id, &head.name);
        Self { is_long: choices.len() > SEARCHABLE, head, choices }
    }
}

/// Gives every option its ids; a divider takes a number too, as in nhsuk-frontend.
pub(in crate::render) fn place_all(mut choices: Vec<Choice>, id: &str, name: &str) -> Vec<Choice> {
    let mut index = 0;
    for choice in &mut choices {
        index += usize::from(choice.divider.is_some() && index > 0);
        choice.place(id, name, index);
        index += 1;
    }
    choices
}

/// Options in a drop-down; texts that go with an option follow it.
#[derive(Clone, Debug, Serialize)]
pub struct Dropdown {
    head: Head,
    is_long: bool,
    options: Vec<SelectOption>,
    others: Vec<Other>,
}

/// One line of a drop-down.
#[derive(Clone, Debug, Serialize)]
pub struct SelectOption {
    /// What is posted.
    pub code: String,
    /// What is read; a drop-down takes plain text only.
    pub text: String,
    /// True where it is chosen.
    pub selected: bool,
}

impl Dropdown {
    /// A question over its options; `others` pairs an option's id with the text that goes with it.
    pub fn new(question: Question, options: Vec<SelectOption>, others: Vec<(String, Other)>) -> Self {
        let head = Head::single(question);
        let placed = others.into_iter().map(|(code, mut other)| {
            other.place(&head.name, &code);
            other
        });
        Self { others: placed.collect(), is_long: options.len() > SEARCHABLE + 1, head, options }
    }
}
