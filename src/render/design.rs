//! What the pages place on which a working definition is written: finished strings only.
//!
//! Templates: `staff/designs`, `staff/begin`, `staff/design`, `staff/design_*`.

use serde::Serialize;

use crate::render::account::Field;
use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};
use crate::render::staff::{Figure, Status};

/// Every working definition; template `staff/designs`.
#[derive(Clone, Debug, Serialize)]
pub struct Designs {
    /// Around the content.
    pub shell: Shell,
    /// Where one is begun.
    pub begin: String,
    /// Each: title, id, address, when it was saved and by whom, and whether it is published.
    pub designs: Vec<Listed>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// What it is called.
    pub title: String,
    /// The id.
    pub id: String,
    /// Its page.
    pub href: String,
    /// When it was saved, and by whom.
    pub saved: String,
    /// Whether it is published.
    pub status: Status,
}

/// Where a consultation begins; template `staff/begin`.
#[derive(Clone, Debug, Serialize)]
pub struct Begin {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// From what it can begin: the word that is posted, what it is, and whether it is chosen.
    pub from: Vec<(&'static str, &'static str, bool)>,
    /// The examples.
    pub examples: Vec<SelectOption>,
    /// The consultations that can be copied.
    pub copies: Vec<SelectOption>,
    /// What is wrong with the file.
    pub file_error: Option<String>,
    /// The fields for title and id.
    pub fields: Vec<Field>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// A published consultation without a working definition; template `staff/design_none`.
#[derive(Clone, Debug, Serialize)]
pub struct Unbegun {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1: its title.
    pub heading: String,
    /// The version that is published.
    pub version: i32,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// What became of an imported file; template `staff/design_import`.
#[derive(Clone, Debug, Serialize)]
pub struct Import {
    /// Around the content.
    pub shell: Shell,
    /// How much of it is left, as a sentence.
    pub says: String,
    /// What is not exactly as it was, and then everything else: fate, place, what it became, and what happened.
    pub entries: Vec<[String; 4]>,
    /// How many entries are not shown, as a sentence.
    pub more: Option<String>,
    /// Where to go on.
    pub next: Link,
}

/// Something that the checker says.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// `Error` or `Warning`.
    pub status: Status,
    /// What is wrong and what to do, as sentences.
    pub text: String,
    /// Its code and its place in the file.
    pub place: String,
    /// Where to change it.
    pub href: Option<String>,
}

/// Buttons that move a part or take it away.
#[derive(Clone, Debug, Serialize)]
pub struct Deeds {
    /// Where they post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The state that the page shows.
    pub revision: i32,
    /// The part.
    pub at: String,
    /// What it is called, for those who hear the buttons.
    pub name: String,
    /// Whether something stands before it.
    pub up: bool,
    /// Whether something stands after it.
    pub down: bool,
}

/// A button that adds a part.
#[derive(Clone, Debug, Serialize)]
pub struct Add {
    /// Where it posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// The state that the page shows.
    pub revision: i32,
    /// The list that it is added to.
    pub at: String,
    /// What the button says.
    pub button: String,
}

/// A working definition as a whole; template `staff/design`.
#[derive(Clone, Debug, Serialize)]
pub struct Design {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// Whether it can be published, in words.
    pub status: Status,
    /// What the checker found, as a sentence.
    pub says: String,
    /// Id, state, by whom.
    pub facts: Vec<Figure>,
    /// What can be done with the whole.
    pub links: Vec<Link>,
    /// What is wrong with no page in particular.
    pub findings: Vec<Finding>,
    /// The pages.
    pub pages: Vec<Page>,
    /// Adds a page.
    pub another: Option<Add>,
    /// The parts of the whole that have forms of their own.
    pub parts: Vec<Link>,
    /// The translations with how far each is.
    pub translations: Vec<Link>,
    /// Where another language is begun.
    pub translate: Option<String>,
    /// Earlier states: number, when and by whom.
    pub history: Vec<(i32, String)>,
    /// What goes back to one of them.
    pub deeds: Option<Deeds>,
}

/// A page in it.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// What links lead to.
    pub id: String,
    /// What it is called: `Page 1: About you`.
    pub title: String,
    /// Where it is changed.
    pub href: Option<String>,
    /// Its id, who sees it, what is special about it.
    pub notes: Vec<String>,
    /// What is wrong with the page itself.
    pub findings: Vec<Finding>,
    /// What it asks.
    pub questions: Vec<Question>,
    /// Moves it.
    pub deeds: Option<Deeds>,
    /// Adds a question.
    pub another: Option<Add>,
}

/// A question in it.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// What links lead to.
    pub id: String,
    /// What it asks.
    pub text: String,
    /// Where it is changed.
    pub href: Option<String>,
    /// Its type and id, who is asked it, who must answer.
    pub notes: Vec<String>,
    /// Its options.
    pub options: Vec<String>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// Moves it.
    pub deeds: Option<Deeds>,
}

/// A part with its fields; template `staff/design_part`.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What the part is, as a sentence.
    pub about: String,
    /// What is wrong with what was typed.
    pub errors: Vec<Link>,
    /// What the checker says of it as it is saved.
    pub findings: Vec<Finding>,
    /// Who is asked, in words.
    pub asked: Option<String>,
    /// Its fields.
    pub fields: Vec<PartField>,
    /// Those that are seldom needed.
    pub rare: Vec<PartField>,
    /// The drop-downs for its rule.
    pub builder: Option<Builder>,
    /// The keys without a field, as JSON.
    pub rest: PartField,
    /// Parts of it that have forms of their own.
    pub inner: Vec<Inner>,
    /// The part.
    pub at: String,
    /// The state that the page shows.
    pub revision: i32,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// One field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PartField {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// What helps to fill it in.
    pub hint: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What stands in it.
    pub typed: String,
    /// Its lines; none for a single one.
    pub rows: Option<usize>,
    /// True for a box to tick.
    pub is_box: bool,
    /// True if it is ticked.
    pub checked: bool,
    /// What can be chosen, if something is.
    pub options: Vec<SelectOption>,
    /// What is typed on a small keyboard, as `inputmode`, where that is not any text.
    pub keyboard: Option<&'static str>,
    /// True for what is read by programs: typed in letters of one width.
    pub is_code: bool,
}

/// Drop-downs that make a rule.
#[derive(Clone, Debug, Serialize)]
pub struct Builder {
    /// Whether one of the conditions is enough: all, one.
    pub joints: Vec<SelectOption>,
    /// The conditions.
    pub rows: Vec<BuilderRow>,
}

/// One condition.
#[derive(Clone, Debug, Serialize)]
pub struct BuilderRow {
    /// Its number, from 1.
    pub number: usize,
    /// What it says.
    pub how: Vec<SelectOption>,
    /// Of what: the questions, each with itself and its options.
    pub what: Vec<(String, Vec<SelectOption>)>,
}

/// Parts within a part.
#[derive(Clone, Debug, Serialize)]
pub struct Inner {
    /// What they are.
    pub heading: String,
    /// What they are for, as a sentence.
    pub about: String,
    /// Where the one is changed, if it is one.
    pub link: Option<Link>,
    /// The parts of a list.
    pub entries: Vec<(Link, Deeds)>,
    /// Adds one.
    pub another: Option<Add>,
}

/// The whole as text; template `staff/design_text`.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// What the checker says.
    pub findings: Vec<Finding>,
    /// The text.
    pub text: String,
    /// Its file.
    pub download: String,
    /// The state that the page shows.
    pub revision: i32,
    /// Where the forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// Two people changed it at once; template `staff/design_conflict`.
#[derive(Clone, Debug, Serialize)]
pub struct Conflict {
    /// Around the content.
    pub shell: Shell,
    /// What happened, as the link to what to do.
    pub errors: Vec<Link>,
    /// Who saved meanwhile, and when, as a sentence.
    pub says: String,
    /// What they changed, where that can be told.
    pub changes: Vec<String>,
    /// The text with what this person changed.
    pub mine: String,
    /// The text that is saved.
    pub theirs: String,
    /// The state that is saved.
    pub revision: i32,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// Before it is published; template `staff/design_publish`.
#[derive(Clone, Debug, Serialize)]
pub struct Publish {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What was done.
    pub done: Option<String>,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What is published now, as sentences.
    pub says: Vec<String>,
    /// Why this person cannot publish it.
    pub hindrances: Vec<String>,
    /// What changes, by class: its name, and each change.
    pub changes: Vec<(&'static str, Vec<String>)>,
    /// What follows from it for answers, and what to see to, as sentences.
    pub consequences: Vec<String>,
    /// What the checker says.
    pub findings: Vec<Finding>,
    /// True where answers rest on what it breaks with, so that a new wave must begin.
    pub is_breaking: bool,
    /// What the button says.
    pub button: Option<String>,
    /// True if a second person publishes.
    pub second_person: bool,
    /// True for those who can change that.
    pub is_owner: bool,
    /// Where it is closed, if it can be.
    pub close: Option<String>,
    /// The state that the page shows.
    pub revision: i32,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// The pages of a preview; template `staff/design_preview`.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What can be looked at in each language: the language, and its pages.
    pub languages: Vec<(String, Vec<Link>)>,
    /// A link that was made, shown this once.
    pub made: Option<String>,
    /// The links that work: what names each, who made it and when it ends.
    pub links: Vec<(String, String)>,
    /// For how many days a link can work.
    pub days: Vec<SelectOption>,
    /// Where the forms for links post to, for those who may make them.
    pub action: Option<String>,
    /// Token against forged requests.
    pub csrf: String,
}

/// The texts beside their translations; template `staff/design_translate`.
#[derive(Clone, Debug, Serialize)]
pub struct Translate {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// How far it is, as a sentence.
    pub says: String,
    /// The texts.
    pub texts: Vec<Translated>,
    /// The language of the texts.
    pub from: String,
    /// The language they are translated to.
    pub language: String,
    /// `rtl` if that is read from right to left.
    pub dir: Option<&'static str>,
    /// The state that the page shows.
    pub revision: i32,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// One text.
#[derive(Clone, Debug, Serialize)]
pub struct Translated {
    /// Its key.
    pub key: String,
    /// Its number, from 1.
    pub number: usize,
    /// The text.
    pub source: String,
    /// Its translation.
    pub typed: String,
    /// Lines of the field.
    pub rows: usize,
    /// Whether it is missing or to be looked at again.
    pub status: Option<Status>,
    /// True if it was made from an older text, and can be said to be right all the same.
    pub is_stale: bool,
    /// What is wrong with it.
    pub error: Option<String>,
}
