//! Staff write a definition before it is published: begin it, change it, let others look at it, publish it.

use super::account::{SignedIn, Who};
use super::audit::Note;
use super::library::Library;
use super::publish::{self, Publication};
use super::time::Moment;
use super::{ServiceError, random_token};
use crate::definition::diff::{self, Diff};
use crate::definition::{self, Parsed};
use crate::design;
use crate::document::Id;
use crate::exchange::Report;
use crate::response::code::Token;
use crate::staff::audit::Act;
use crate::staff::{Right, Role};
use crate::store::account::{self as accounts, Held};
use crate::store::design::{self as stored, PreviewLink, Revision};
use crate::store::survey::State;
use crate::store::{Conn, StoreError, draft, response, survey};

/// Longest text of a definition, in bytes.
pub const LONGEST: usize = 5_000_000;
/// Days for which a link to a preview can work.
pub const LINK_DAYS: [u32; 3] = [1, 7, 30];
/// Most links to one working definition.
const MOST_LINKS: usize = 50;
/// What errors call a working definition.
const NAME: &str = "the working definition";

/// A working definition as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// The id of its consultation.
    pub survey: String,
    /// The number of this state, from 1.
    pub revision: i32,
    /// The text.
    pub text: String,
    /// When it was saved.
    pub at: String,
    /// By whom, as the record of what staff did names them.
    pub who: String,
    /// Whether nobody publishes what they changed last.
    pub second_person: bool,
    /// What became of everything in the file of another program that it began as: fate, place, what it became, and the
    /// message.
    pub imported: Vec<[String; 4]>,
}

/// A working definition in the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The id of its consultation.
    pub survey: String,
    /// What it is called.
    pub title: String,
    /// When it was saved.
    pub at: String,
    /// By whom.
    pub who: String,
    /// True if something was published under this id.
    pub is_published: bool,
}

/// What saving did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// This is the newest state now.
    Done(i32),
    /// Somebody saved another state meanwhile, which this one was not made from. Nothing was saved.
    Overtaken(Box<Working>),
}

/// What publishing would do.
#[derive(Debug)]
pub struct Prospect {
    /// What is to be published.
    pub working: Working,
    /// The version that is published now, if any is, whether it is open, and how many answers rest on it: begun, sent.
    pub now: Option<(i32, bool, u64, u64)>,
    /// What changes from it; nothing where nothing is published or the text has errors.
    pub diff: Option<Diff>,
    /// Why this person cannot publish it, as sentences.
    pub hindrances: Vec<String>,
}

/// A link to a preview: what names it for ending it, who made it and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What names it; it does not lead to the preview.
    pub name: String,
    /// Who made it.
    pub who: String,
    /// The instant at which it ends.
    pub expires_at: String,
}

fn unknown(survey: &str) -> ServiceError {
    ServiceError::UnknownSurvey { id: survey.to_string(), known: Vec::new() }
}

fn refused<T>(why: &str) -> Result<T, ServiceError> {
    Err(ServiceError::Refused(why.to_string()))
}

/// Whether there is a working definition or a published one of this id.
pub(super) fn is_known(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(stored::find(conn, id)?.is_some() || survey::exists(conn, id)?)
}

/// Whether there is a consultation of this id, published or not.
///
/// # Errors
/// `UnknownSurvey` where there is none.
pub fn known(library: &Library, id: &str) -> Result<(), ServiceError> {
    if library.store.read(|conn| is_known(conn, id))? { Ok(()) } else { Err(unknown(id)) }
}

/// Every working definition, by the id of its consultation.
pub fn list(library: &Library) -> Result<Vec<Listed>, ServiceError> {
    library.store.read(|conn| {
        let mut all = Vec::new();
        for row in stored::all(conn)? {
            let Some(revision) = stored::revision(conn, &row.survey, row.revision)? else { continue };
            all.push(Listed {
                title: design::title(&revision.text).unwrap_or_else(|| row.survey.clone()),
                at: revision.at,
                who: revision.who,
                is_published: survey::exists(conn, &row.survey)?,
                survey: row.survey,
            });
        }
        Ok(all)
    })
}

fn newest(conn: &mut Conn, id: &str) -> Result<Option<Working>, StoreError> {
    let Some(row) = stored::find(conn, id)? else { return Ok(None) };
    let Some(revision) = stored::revision(conn, id, row.revision)? else { return Ok(None) };
    let imported = row.imported.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    Ok(Some(Working {
        survey: row.survey,
        revision: revision.number,
        text: revision.text,
        at: revision.at,
        who: revision.who,
        second_person: row.second_person,
        imported,
    }))
}

/// The working definition of a consultation as it is now.
///
/// # Errors
/// `UnknownSurvey` where there is none.
pub fn open(library: &Library, id: &str) -> Result<Working, ServiceError> {
    library.store.read(|conn| newest(conn, id))?.ok_or_else(|| unknown(id))
}

/// The text of an earlier state, if it is kept.
pub fn earlier(library: &Library, id: &str, revision: i32) -> Result<Option<String>, ServiceError> {
    Ok(library.store.read(|conn| stored::revision(conn, id, revision))?.map(|revision| revision.text))
}

/// The number, instant and author of each state that is kept, the newest first.
pub fn history(library: &Library, id: &str) -> Result<Vec<(i32, String, String)>, ServiceError> {
    Ok(library.store.read(|conn| stored::revisions(conn, id))?)
}

/// The text to begin a copy of a consultation with: its working definition, or else what is published.
pub fn copied(library: &Library, id: &str) -> Result<String, ServiceError> {
    library.store.read(|conn| {
        if let Some(working) = newest(conn, id)? {
            return Ok(working.text);
        }
        let version = library.current_in(conn, id, None)?.version;
        Ok(survey::version(conn, id, version)?.definition)
    })
}

/// Begins the working definition of a consultation. Whoever begins one of a new consultation owns it.
///
/// # Errors
/// `Refused` for an id that cannot be, or that is taken by a consultation which they may not change; for a text that is too
/// long; where there is one already.
pub fn begin(
    library: &Library,
    id: &str,
    (text, report): (&str, Option<&Report>),
    by: &SignedIn,
    now: Moment,
) -> Result<(), ServiceError> {
    if !Id::Survey.allows(id) {
        return refused(&format!("This cannot be an id: {}", Id::Survey.help()));
    }
    fits(text)?;
    let taken = "There is a consultation of this id already: choose another id";
    let row = stored::Design {
        survey: id.to_string(),
        revision: 1,
        second_person: false,
        imported: report.map(|report| entries(report).to_string()),
    };
    let first = revision(id, 1, text, &by.who, now);
    library.store.write(|conn| {
        let is_taken = is_known(conn, id)? || !accounts::roles_for(conn, id)?.is_empty();
        if (is_taken && !by.may(id, Right::Design)) || !stored::begin(conn, &row, &first)? {
            return refused(taken);
        }
        let who = by.who.as_str();
        if let Who::Person { id: account, .. } = &by.who
            && !is_taken
        {
            let held =
                Held { account_id: account.clone(), survey: id.to_string(), role: Role::Owner.as_str().to_string() };
            accounts::give(conn, &held)?;
            let subject = format!("{} {who}", Role::Owner);
            Note { who, act: Act::RoleGiven, survey: Some(id), subject: &subject }.write(conn, now)?;
        }
        Ok(Note { who, act: Act::Designed, survey: Some(id), subject: "revision 1" }.write(conn, now)?)
    })
}

fn entries(report: &Report) -> serde_json::Value {
    let entry = |entry: &crate::exchange::Entry| {
        let fate = serde_json::to_value(entry.fate).unwrap_or_default();
        serde_json::json!([fate, entry.source, entry.target.clone().unwrap_or_default(), entry.message])
    };
    report.entries.iter().map(entry).collect()
}

fn revision(id: &str, number: i32, text: &str, by: &Who, now: Moment) -> Revision {
    Revision { survey: id.to_string(), number, text: text.to_string(), at: now.instant(), who: by.as_str().to_string() }
}

fn fits(text: &str) -> Result<(), ServiceError> {
    if text.len() > LONGEST {
        return refused(&format!(
            "The text is longer than {} MB, more than any questionnaire needs",
            LONGEST / 1_000_000
        ));
    }
    if text.contains('\0') {
        return refused("The text has a character that no text has (NUL): take it out");
    }
    Ok(())
}

/// Saves a text, mistakes and all, that was made from the state `before`. A text that is as it was makes no new state.
///
/// # Errors
/// `UnknownSurvey` where there is no working definition; `Refused` for a text that is too long.
pub fn save(
    library: &Library,
    id: &str,
    before: i32,
    text: &str,
    by: &Who,
    now: Moment,
) -> Result<Saved, ServiceError> {
    fits(text)?;
    library.store.write(|conn| {
        let working = newest(conn, id)?.ok_or_else(|| unknown(id))?;
        if working.text == text {
            return Ok(Saved::Done(working.revision));
        }
        let number = working.revision + 1;
        if working.revision != before || !stored::push(conn, &revision(id, number, text, by, now))? {
            let working = newest(conn, id)?.ok_or_else(|| unknown(id))?;
            return Ok(Saved::Overtaken(Box::new(working)));
        }
        let subject = format!("revision {number}");
        Note { who: by.as_str(), act: Act::Designed, survey: Some(id), subject: &subject }.write(conn, now)?;
        Ok(Saved::Done(number))
    })
}

/// Says whether nobody publishes what they changed last.
pub fn set_second_person(
    library: &Library,
    id: &str,
    is_needed: bool,
    by: &Who,
    now: Moment,
) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        stored::find(conn, id)?.ok_or_else(|| unknown(id))?;
        stored::set_second_person(conn, id, is_needed)?;
        let subject = if is_needed { "a second person publishes" } else { "whoever may publishes" };
        Ok(Note { who: by.as_str(), act: Act::Designed, survey: Some(id), subject }.write(conn, now)?)
    })
}

/// What publishing the working definition would do, and why this person cannot, if they cannot.
pub fn prospect(library: &Library, id: &str, by: &Who) -> Result<Prospect, ServiceError> {
    library.store.read(|conn| {
        let working = newest(conn, id)?.ok_or_else(|| unknown(id))?;
        let parsed = definition::parse(&working.text);
        let mut hindrances = hindrances(&working, &parsed, by);
        let (mut now, mut diff) = (None, None);
        if survey::exists(conn, id)? {
            let current = library.current_in(conn, id, None)?;
            let begun = draft::count(conn, id)?.unsigned_abs();
            let sent = response::counts(conn, id)?.iter().map(|(_, count)| count.unsigned_abs()).sum();
            now = Some((current.version, current.state == State::Open, begun, sent));
            diff = parsed.survey.as_ref().map(|new| diff::diff(&current.survey, new));
            if survey::version(conn, id, current.version)?.definition == working.text {
                hindrances.push(format!("What is written here is version {}, which is published.", current.version));
            }
            if current.state == State::Closed {
                hindrances.push("The consultation is closed: make a copy under another id to ask again.".to_string());
            }
        }
        Ok(Prospect { working, now, diff, hindrances })
    })
}

fn hindrances(working: &Working, parsed: &Parsed, by: &Who) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(lost) = parsed.findings.iter().find(|finding| finding.code == design::LOST_RULE) {
        found.push(format!(
            "A rule was lost: {}. Say it with a rule of your own, and delete the lost one.",
            lost.message
        ));
    }
    match &parsed.survey {
        None => found.push("The definition has errors: mend them first.".to_string()),
        Some(survey) if survey.id != working.survey => found.push(format!(
            "The definition calls itself {}, and this is {}: change its id back.",
            survey.id, working.survey
        )),
        Some(_) => {}
    }
    if working.second_person && working.who == by.as_str() {
        found.push("You changed it last, and this consultation is published by a second person.".to_string());
    }
    found
}

/// Publishes the working definition as it was shown, in the state `revision`; `is_new_wave` where it may break with what is
/// published.
///
/// # Errors
/// `Refused` where it was changed meanwhile, this person cannot publish it, or it names another consultation; what
/// [`publish::publish`] refuses.
pub fn publish(
    library: &Library,
    id: &str,
    revision: i32,
    is_new_wave: bool,
    by: &Who,
    now: Moment,
) -> Result<Publication, ServiceError> {
    let working = open(library, id)?;
    if working.revision != revision {
        return refused("The definition was changed while you looked at it: look at the changes again");
    }
    if let Some(why) = hindrances(&working, &definition::parse(&working.text), by).into_iter().next() {
        return Err(ServiceError::Refused(why));
    }
    let subject = format!("revision {revision}");
    let note = Note { who: by.as_str(), act: Act::Published, survey: Some(id), subject: &subject };
    publish::publish_noted(library, (NAME, &working.text), is_new_wave, &note, now)
}

/// Closes the consultation: see [`publish::close`].
pub fn close(library: &Library, id: &str, by: &Who, now: Moment) -> Result<(), ServiceError> {
    library.current(id, None)?;
    let note = Note { who: by.as_str(), act: Act::Closed, survey: Some(id), subject: "" };
    library.store.write(|conn| Ok::<_, ServiceError>(note.write(conn, now)?))?;
    publish::close(library, id, now)
}

/// Makes a link by which anybody looks at the working definition for some days; gives its secret, of 130 random bits, which
/// nothing does again.
pub fn share(library: &Library, id: &str, days: u32, by: &Who, now: Moment) -> Result<Token, ServiceError> {
    if !LINK_DAYS.contains(&days) {
        return refused("Choose for how long the link works");
    }
    let token = random_token()?;
    let link = PreviewLink {
        token_hash: token.preview_key(),
        survey: id.to_string(),
        who: by.as_str().to_string(),
        expires_at: now.plus(i64::from(days) * 24 * 60 * 60).instant(),
    };
    library.store.write(|conn| {
        stored::find(conn, id)?.ok_or_else(|| unknown(id))?;
        stored::delete_ended_links(conn, &now.instant())?;
        if stored::links(conn, id)?.len() >= MOST_LINKS {
            return refused("There are very many links already: end some of them first");
        }
        stored::add_link(conn, &link)?;
        let subject = format!("link until {}", link.expires_at);
        Ok(Note { who: by.as_str(), act: Act::Shared, survey: Some(id), subject: &subject }.write(conn, now)?)
    })?;
    Ok(token)
}

/// The links that work.
pub fn links(library: &Library, id: &str, now: Moment) -> Result<Vec<Link>, ServiceError> {
    let rows = library.store.read(|conn| stored::links(conn, id))?;
    let works = rows.into_iter().filter(|row| row.expires_at > now.instant());
    Ok(works.map(|row| Link { name: row.token_hash, who: row.who, expires_at: row.expires_at }).collect())
}

/// Ends a link.
pub fn unshare(library: &Library, id: &str, name: &str, by: &Who, now: Moment) -> Result<(), ServiceError> {
    library.store.write(|conn| {
        if stored::delete_link(conn, id, name)? {
            let note = Note { who: by.as_str(), act: Act::Shared, survey: Some(id), subject: "link ended" };
            note.write(conn, now)?;
        }
        Ok(())
    })
}

/// The working definition that a link leads to, while it works.
///
/// # Errors
/// `UnknownPage` where it does not.
pub fn shared(library: &Library, token: &Token, now: Moment) -> Result<Working, ServiceError> {
    let found = library.store.read(|conn| {
        let link = stored::link(conn, &token.preview_key(), &now.instant())?;
        link.map_or(Ok(None), |link| newest(conn, &link.survey))
    });
    found?.ok_or(ServiceError::UnknownPage)
}
