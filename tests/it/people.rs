//! People with an account, in tests: `Account::new(&app, "ana@example.org", false, now).with_role(&app, "w20", Role::Coder)`.

#![cfg(test)]

use canvass::response::code::Token;
use canvass::service::account::{self, Who};
use canvass::service::sign_in;
use canvass::service::time::Moment;
use canvass::staff::Role;
use canvass::staff::second_factor::Secret;

use crate::app::{Person, TestApp};

pub(crate) const PASSWORD: &str = "four quiet wooden boats";

/// Somebody with an account, as they keep what they sign in with.
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) secret: Secret,
    /// The codes on paper.
    pub(crate) codes: Vec<Token>,
    pub(crate) session: Token,
}

impl Account {
    /// Made at the command line and set up at `now`.
    pub(crate) fn new(app: &TestApp, email: &str, is_administrator: bool, now: Moment) -> Self {
        let link = account::add(&app.library, (email, "Ana Lee", is_administrator), &Who::Operator, now).unwrap();
        let secret = Secret::of_link(&link);
        let code = secret.code(now.0).unwrap();
        let done = sign_in::set_up(&app.library, &link, (PASSWORD, &code), now).unwrap().unwrap();
        Self { email: email.to_string(), secret, codes: done.codes, session: done.session }
    }

    pub(crate) fn with_role(self, app: &TestApp, survey: &str, role: Role) -> Self {
        account::set_role(&app.library, (&self.email, survey, role), true, &Who::Operator, Moment::now()).unwrap();
        self
    }

    /// A browser in which they are signed in.
    pub(crate) fn browser(&self, app: &TestApp) -> Person {
        let mut person = app.visitor();
        person.set_cookie("canvass-staff", self.session.as_str());
        person
    }
}
