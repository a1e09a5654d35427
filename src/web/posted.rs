//! A posted page: what was typed on it, and what the page says of itself.

use actix_web::HttpRequest;

use super::error::Problem;
use super::session::respondent;
use crate::item::Fields;
use crate::response::Post;
use crate::response::code::Token;
use crate::service::ServiceError;
use crate::service::collect::Wants;

/// A posted page.
#[derive(Clone, Debug)]
pub(super) struct PagePost {
    /// What was typed, and on which making of the page.
    pub(super) post: Post,
    /// What the button says that was pressed; empty for the one that continues.
    pub(super) then: String,
    /// What the person wants.
    pub(super) wants: Wants,
    /// The repeat that an entry was taken out of.
    pub(super) removed: Option<String>,
    /// The version of the survey that the page was made from.
    pub(super) version: Option<i32>,
    guard: Option<String>,
    code: Option<String>,
}

impl PagePost {
    /// Parts what was typed from what the page says of itself: the names of the latter begin with `_`, as no id does.
    pub(super) fn read(posted: Vec<(String, String)>) -> Self {
        let (ours, typed): (Vec<_>, Vec<_>) =
            posted.into_iter().partition(|(name, _)| name.starts_with('_') && name != "_confirm");
        let own = |name: &str| ours.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let then = own("_then").unwrap_or_default();
        let mut fields = Fields(typed);
        let removed = then.strip_prefix("remove.").and_then(|entry| entry.rsplit_once('.'));
        let removed = removed.and_then(|(repeat, number)| Some((repeat.to_string(), number.parse().ok()?)));
        if let Some((repeat, number)) = &removed {
            fields.remove_entry(repeat, *number);
        }
        Self {
            post: Post {
                fields,
                making: own("_making").unwrap_or_default(),
                number: own("_number").and_then(|number| number.parse().ok()).unwrap_or_default(),
            },
            wants: if then.is_empty() { Wants::Continue } else { Wants::Stay },
            then,
            removed: removed.map(|(repeat, _)| repeat),
            version: own("_version").and_then(|version| version.parse().ok()),
            guard: own("_csrf"),
            code: own("_code").filter(|code| !code.trim().is_empty()),
        }
    }

    /// The secret of the person who posted it: that of the browser if the page was made for it, or the code entered on it.
    pub(super) fn owner(&self, request: &HttpRequest, survey: &str) -> Result<Token, Problem> {
        if let Some(code) = &self.code {
            return Ok(Token::read(code).ok_or(ServiceError::NoDraft)?);
        }
        let token = respondent(request, survey).ok_or(ServiceError::NoDraft)?;
        if self.guard.as_deref() == Some(token.form_guard().as_str()) { Ok(token) } else { Err(Problem::forged()) }
    }

    /// The fields that post it once more, for the person whose secret this is.
    pub(super) fn once_more(&self, token: Option<&Token>) -> Vec<(String, String)> {
        let ours = [
            ("_csrf", token.map(Token::form_guard)),
            ("_version", self.version.map(|version| version.to_string())),
            ("_then", Some(self.then.clone()).filter(|then| !then.is_empty() && self.removed.is_none())),
        ];
        let ours = ours.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?)));
        ours.chain(self.post.fields.0.iter().cloned()).collect()
    }
}
