//! What the pages place on which staff sign in, and on which their accounts and roles are looked after: finished strings only.
//!
//! Templates: `staff/sign_in`, `staff/set_up`, `staff/codes`, `staff/account`, `staff/accounts`, `staff/people`,
//! `staff/audit`.

use serde::Serialize;

use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};

/// The way in; template `staff/sign_in`.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    /// Around the content.
    pub shell: Shell,
    /// What this service is, and who may come in.
    pub about: String,
    /// What went wrong at the last attempt: the link leads to a field, or to `#sign-in`.
    pub errors: Vec<Link>,
    /// The fields to fill in, if this way in has any.
    pub fields: Vec<Field>,
    /// What the button says.
    pub button: &'static str,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
    /// Where to go after, for those who came to sign in by the way.
    pub to: Option<String>,
}

/// A field to fill in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// Its name, which is its id as well.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What helps to fill it in.
    pub hint: Option<&'static str>,
    /// `text`, `email` or `password`.
    pub kind: &'static str,
    /// What the browser may fill in: `username`, `current-password`, `one-time-code`.
    pub autocomplete: &'static str,
    /// What was typed; never for a password.
    pub typed: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// An account to set up; template `staff/set_up`.
#[derive(Clone, Debug, Serialize)]
pub struct SetUp {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// What its owner is called.
    pub name: String,
    /// The address they sign in by.
    pub email: String,
    /// The secret to type into an app.
    pub secret: String,
    /// The same for an app on this device.
    pub uri: String,
    /// The same for cameras: squares on each side, and the dark ones as an SVG path.
    pub picture: Option<(i32, String)>,
    /// The fields.
    pub fields: Vec<Field>,
    /// Where the form posts to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// Codes on paper, shown this once; template `staff/codes`.
#[derive(Clone, Debug, Serialize)]
pub struct Codes {
    /// Around the content.
    pub shell: Shell,
    /// The codes, in groups that can be read aloud.
    pub codes: Vec<String>,
}

/// What somebody signs in with; template `staff/account`.
#[derive(Clone, Debug, Serialize)]
pub struct Own {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// What was done.
    pub done: Option<&'static str>,
    /// The address they sign in by.
    pub email: String,
    /// Their roles, each with its consultation.
    pub roles: Vec<String>,
    /// What they must know of their codes on paper.
    pub codes: String,
    /// The fields to change the password.
    pub password: Vec<Field>,
    /// The fields to make new codes on paper.
    pub renew: Vec<Field>,
    /// Token against forged requests.
    pub csrf: String,
}

/// Everybody's accounts; template `staff/accounts`.
#[derive(Clone, Debug, Serialize)]
pub struct Accounts {
    /// Around the content.
    pub shell: Shell,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// A link to hand over, shown this once, and for whom.
    pub link: Option<(String, String)>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The fields of a new account.
    pub fields: Vec<Field>,
    /// True where a new account is to manage accounts.
    pub is_administrator: bool,
    /// Token against forged requests.
    pub csrf: String,
}

/// Somebody's account.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// What its owner is called.
    pub name: String,
    /// The address they sign in by.
    pub email: String,
    /// How far it is.
    pub state: &'static str,
    /// What its owner may do.
    pub roles: Vec<String>,
    /// What can be done with it: the word that is posted, and the button.
    pub deeds: Vec<(&'static str, &'static str)>,
}

/// Who has which role for a consultation; template `staff/people`.
#[derive(Clone, Debug, Serialize)]
pub struct People {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// What is wrong.
    pub errors: Vec<Link>,
    /// Who has a role: name, address, role, its word.
    pub people: Vec<(String, String, &'static str, &'static str)>,
    /// The field of the address.
    pub fields: Vec<Field>,
    /// The roles that can be given.
    pub roles: Vec<SelectOption>,
    /// What each role lets somebody do.
    pub about: Vec<(&'static str, &'static str)>,
    /// Where forms post to.
    pub action: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// What staff did; template `staff/audit`.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// Around the content.
    pub shell: Shell,
    /// Heading 1.
    pub heading: String,
    /// Where the record ends, to be kept elsewhere; shown to those who see all of it.
    pub head: Option<String>,
    /// The entries, newest first: when, who, what, of which consultation, to what.
    pub entries: Vec<[String; 5]>,
    /// Those before.
    pub earlier: Option<Link>,
}
