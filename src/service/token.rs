//! Staff let programs read: tokens that say of which consultation and what, of which only hashes are kept.

use std::collections::BTreeSet;

use super::library::Library;
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::response::code::Token;
use crate::store::api_token::{self, ApiToken};

/// What a token begins with, so that programs that look for lost secrets know one.
pub const PREFIX: &str = "canvass_";
/// Most characters of a label.
pub const LONGEST_LABEL: usize = 100;

/// What a program may read. Nothing lets one read contact details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The definition in all its versions, and the codebook.
    Definition,
    /// The report and its tables, in which nothing of few people is told.
    Report,
    /// What single people answered and wrote, as they did.
    Responses,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Definition, Self::Report, Self::Responses];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Report => "report",
            Self::Responses => "responses",
        }
    }

    /// The scope of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// What a program that showed a token may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    scopes: BTreeSet<Scope>,
    survey: Option<String>,
}

impl Bearer {
    /// True if it may read this of a consultation.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// True if it may read anything of this consultation, should there be one of this id.
    pub fn sees(&self, survey: &str) -> bool {
        self.survey.as_ref().is_none_or(|only| only == survey)
    }
}

/// What is known of a token. The token itself is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What staff call it; no two have one label.
    pub label: String,
    /// What it lets read.
    pub scopes: BTreeSet<Scope>,
    /// The only consultation that it lets read; all of them if there is none.
    pub survey: Option<String>,
    /// The day on which it was made, `YYYY-MM-DD` in UTC as all days here.
    pub made_on: String,
    /// The first day on which it works no more; none if it works until it is revoked.
    pub expires_on: Option<String>,
    /// The last day on which it was shown; none if it never was.
    pub used_on: Option<String>,
    /// True if it works no more.
    pub is_expired: bool,
}

/// A token to make.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// What staff call it: 1 to [`LONGEST_LABEL`] characters.
    pub label: &'a str,
    /// What it lets read: at least one.
    pub scopes: &'a [Scope],
    /// The only consultation that it lets read; all of them, also those to come, if there is none.
    pub survey: Option<&'a str>,
    /// The first day on which it works no more, after today.
    pub expires_on: Option<jiff::civil::Date>,
}

/// Makes a token of 130 random bits; gives it, which nothing does again.
///
/// # Errors
///
/// `Refused` for a label that cannot be or is taken, no scope, and a day of expiry that is not to come; `UnknownSurvey`.
pub fn add(library: &Library, new: &New<'_>, now: Moment) -> Result<String, ServiceError> {
    let label = new.label.trim();
    if !(1..=LONGEST_LABEL).contains(&label.chars().count()) || label.chars().any(char::is_control) {
        return Err(ServiceError::Refused(format!("give it a label of 1 to {LONGEST_LABEL} characters on one line")));
    }
    let scopes: BTreeSet<Scope> = new.scopes.iter().copied().collect();
    if scopes.is_empty() {
        return Err(ServiceError::Refused("say with --scope what it lets read".to_string()));
    }
    if let Some(day) = new.expires_on.filter(|day| *day <= now.date()) {
        return Err(ServiceError::Refused(format!("{day} is not to come: name a later day, or none")));
    }
    let token = random_token()?;
    let row = ApiToken {
        token_hash: token.api_key(),
        label: label.to_string(),
        scopes: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
        survey: new.survey.map(str::to_string),
        made_on: now.day(),
        expires_on: new.expires_on.map(|day| day.to_string()),
        used_on: None,
    };
    library.store.write(|conn| {
        if let Some(id) = new.survey {
            library.current_in(conn, id, None)?;
        }
        if api_token::add(conn, &row)? {
            return Ok(());
        }
        Err(ServiceError::Refused(format!(
            "there is a token called “{label}”: revoke it first, or choose another label"
        )))
    })?;
    Ok(format!("{PREFIX}{}", token.as_str()))
}

/// What is known of every token, by label.
pub fn list(library: &Library, now: Moment) -> Result<Vec<Known>, ServiceError> {
    let today = now.day();
    let known = |row: ApiToken| Known {
        scopes: scopes(&row),
        is_expired: is_expired(&row, &today),
        label: row.label,
        survey: row.survey,
        made_on: row.made_on,
        expires_on: row.expires_on,
        used_on: row.used_on,
    };
    Ok(library.store.read(api_token::all)?.into_iter().map(known).collect())
}

/// Takes a token away by its label: it works no more from the next request on, and nothing of it is kept.
///
/// # Errors
///
/// `Refused` if there is none of this label.
pub fn revoke(library: &Library, label: &str) -> Result<(), ServiceError> {
    let label = label.trim();
    if library.store.write(|conn| api_token::delete(conn, label))? {
        return Ok(());
    }
    Err(ServiceError::Refused(format!("there is no token called “{label}”: canvass token list shows those there are")))
}

/// What may be read with what a program shows; nothing for what is no token, or none that works today.
///
/// A token is looked up by its hash, which nobody can choose, so the time that it takes tells nothing of those stored.
pub async fn bearer(library: &Library, shown: &str, now: Moment) -> Result<Option<Bearer>, ServiceError> {
    let Some(token) = shown.strip_prefix(PREFIX).and_then(Token::read) else { return Ok(None) };
    let (hash, today) = (token.api_key(), now.day());
    let wanted = hash.clone();
    let found = library.store.look(move |conn| api_token::find(conn, &wanted)).await?;
    let Some(row) = found.filter(|row| !is_expired(row, &today)) else { return Ok(None) };
    let bearer = Bearer { scopes: scopes(&row), survey: row.survey };
    if row.used_on.as_ref() != Some(&today) {
        // Once a day; a program may read also where nothing can be written.
        match library
            .store
            .write_aside(move |conn| api_token::used(conn, &hash, &today))
            .await
            .map_err(ServiceError::from)
        {
            Err(error) if !error.may_pass() => return Err(error),
            _ => {}
        }
    }
    Ok(Some(bearer))
}

/// Words that only a newer program knows let nothing be read.
fn scopes(row: &ApiToken) -> BTreeSet<Scope> {
    row.scopes.split(' ').filter_map(Scope::of_word).collect()
}

fn is_expired(row: &ApiToken, today: &str) -> bool {
    row.expires_on.as_deref().is_some_and(|day| day <= today)
}
