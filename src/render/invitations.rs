//! What the pages place on which staff invite people by mail: finished strings only.
//!
//! Templates: `staff/invitations`, `staff/preview`, `staff/letter`.

use serde::Serialize;

use crate::render::html::Html;
use crate::render::page::{Link, Shell};
use crate::render::staff::Figure;

/// How the mail of a consultation stands, and what can be done; template `staff/invitations`.
#[derive(Clone, Debug, Serialize)]
pub struct Invitations {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What could not be done.
    pub errors: Vec<Link>,
    /// What was just done.
    pub done: Option<&'static str>,
    /// What is to be told of at once: nothing can be sent, the mail server is away, the list is short.
    pub notices: Vec<String>,
    /// Totals.
    pub facts: Vec<Figure>,
    /// How far the sending is, if anything was ever queued.
    pub sending: Option<Sending>,
    /// Mails that did not arrive, or may not have.
    pub troubles: Vec<Trouble>,
    /// Whether people can be put on the list.
    pub can_add: bool,
    /// What was pasted and could not be read.
    pub pasted: String,
    /// What is wrong with the list.
    pub list_error: Option<String>,
    /// What the mails say: a link for each.
    pub letters: Vec<LetterLink>,
    /// The button that queues invitations, if anybody has none.
    pub send: Option<String>,
    /// What would come of a reminder; none where nobody can be reminded.
    pub remind: Option<String>,
    /// Why nobody can be reminded.
    pub no_reminder: Option<String>,
    /// The address that was typed to be mailed no more.
    pub stop_typed: String,
    /// What is wrong with it.
    pub stop_error: Option<String>,
    /// True where there is a list to delete.
    pub has_list: bool,
    /// What is wrong with deleting it.
    pub delete_error: Option<String>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// The way to what a mail says.
#[derive(Clone, Debug, Serialize)]
pub struct LetterLink {
    /// Where it leads.
    pub href: String,
    /// Which mail it is.
    pub text: &'static str,
    /// In which language, where there are several: its tag, and what it calls itself.
    pub language: Option<[String; 2]>,
}

/// How far the sending is.
#[derive(Clone, Debug, Serialize)]
pub struct Sending {
    /// In words.
    pub says: String,
    /// As a bar.
    pub bar: Html,
    /// What stops it for now or lets it go on: the deed, and what its button says.
    pub deed: Option<(&'static str, &'static str)>,
}

/// Mails that did not arrive, or may not have.
#[derive(Clone, Debug, Serialize)]
pub struct Trouble {
    /// Which: its word.
    pub state: &'static str,
    /// Heading.
    pub heading: String,
    /// What it means.
    pub says: &'static str,
    /// Addresses, each with what the server had against it; of reminders none is told.
    pub addresses: Vec<(String, String)>,
    /// What can be done: the deed, and what its button says.
    pub deeds: Vec<(&'static str, &'static str)>,
}

/// What a list would change; template `staff/preview`.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// Totals.
    pub facts: Vec<Figure>,
    /// Columns that are not read.
    pub ignored: Option<String>,
    /// Rows that name nobody, as a spreadsheet counts them, each with why.
    pub faults: Vec<(String, String)>,
    /// How many more there are.
    pub more: Option<String>,
    /// The first of those who would come onto the list: address, name, language.
    pub first: Vec<[String; 3]>,
    /// What the button says, if there is anybody to put on the list.
    pub button: Option<String>,
    /// Those who would come onto the list, as a table.
    pub rows: String,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// What a mail says in a language; template `staff/letter`.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// What was just done.
    pub done: Option<String>,
    /// The languages, where there are several: address, name, whether it is this one, tag.
    pub tabs: Vec<(String, String, bool, String)>,
    /// Whether there is a last day to name.
    pub has_close: bool,
    /// The language of the fields.
    pub lang: String,
    /// The subject.
    pub subject: String,
    /// What is wrong with it.
    pub subject_error: Option<String>,
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub text_error: Option<String>,
    /// What it comes to for one person: subject and text.
    pub example: Option<(String, String)>,
    /// The address that a test goes to, where one can be sent.
    pub test_to: Option<String>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}
