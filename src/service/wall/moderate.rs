//! Staff look after an idea wall: show, hide with a reason, put together what says the same, and take away the log.

use std::collections::HashMap;
use std::io::Write;

use super::commons::Commons;
use crate::analysis::wall::Tally;
use crate::definition::{Page, Survey};
use crate::export::csv::guarded;
use crate::item::{Head, Ideas};
use crate::service::ServiceError;
use crate::service::library::Library;
use crate::service::time::Moment;
pub use crate::store::idea::State;
use crate::store::idea::{self, Change, Idea};
use crate::store::idea_comment;
use crate::store::idea_log::{self, NewEntry};

/// Ideas that are suggested as saying the same.
const LIKE: usize = 5;

/// A wall as staff see it.
#[derive(Debug)]
pub struct Wall {
    /// The question's id.
    pub item: String,
    /// The question.
    pub question: String,
    /// The ideas, those to look at first.
    pub ideas: Vec<Moderated>,
    /// The comments, those to look at first.
    pub comments: Vec<CommentOn>,
    /// What an idea can be put together with: id and text.
    pub targets: Vec<(String, String)>,
}

/// An idea as staff see it; nothing tells its author.
#[derive(Debug)]
pub struct Moderated {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Its language.
    pub language: String,
    /// Where it stands.
    pub state: State,
    /// Whether staff have looked at it, or need not.
    pub reviewed: bool,
    /// Why it was hidden.
    pub reason: Option<String>,
    /// What it was put together with: its text.
    pub merged_into: Option<String>,
    /// The day it was given.
    pub given_on: String,
    /// The votes on it.
    pub tally: Tally,
    /// Ideas that seem to say the same: id and text.
    pub like: Vec<(String, String)>,
}

/// A comment as staff see it.
#[derive(Debug)]
pub struct CommentOn {
    /// Its id.
    pub id: String,
    /// The idea that it is about: its text.
    pub about: String,
    /// What it says.
    pub text: String,
    /// Its language.
    pub language: String,
    /// Where it stands.
    pub state: State,
    /// Whether staff have looked at it, or need not.
    pub reviewed: bool,
    /// Why it was hidden.
    pub reason: Option<String>,
    /// The day it was given.
    pub given_on: String,
}

/// What staff do with an idea or a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Let others see it; an idea that was put together with another stands for itself again.
    Show,
    /// Hide it, for a reason that its author is told.
    Hide(String),
    /// Put an idea together with another, which takes its votes.
    Merge(String),
}

/// Most characters of a reason.
pub const MOST_REASON: usize = 300;

/// The walls of a survey: the id of each question and how many ideas and comments wait to be looked at.
pub fn walls(library: &Library, id: &str) -> Result<Vec<(String, String, usize)>, ServiceError> {
    let published = library.current(id, None)?;
    let walls = published.survey.pages.iter().filter_map(Page::wall);
    walls
        .map(|(head, _)| {
            let waiting = library.store.read(|conn| {
                let comments = idea_comment::all(conn, id, &head.id)?;
                let comments = comments.iter().filter(|comment| !comment.reviewed).count();
                let ideas = usize::try_from(idea::to_review(conn, id, &head.id)?).unwrap_or_default();
                Ok::<_, ServiceError>(ideas + comments)
            })?;
            Ok((head.id.clone(), head.text.clone(), waiting))
        })
        .collect()
}

/// A wall with everything on it that was not taken back.
pub fn wall(library: &Library, id: &str, item: &str, now: Moment) -> Result<Wall, ServiceError> {
    let published = library.current(id, None)?;
    let (head, ideas) = find(&published.survey, item)?;
    library.store.read(|conn| {
        let commons = Commons::read(conn, id, head, ideas, None, now)?;
        let texts = texts(&idea::all(conn, id, item)?, ideas);
        let name = |id: &String| Some((id.clone(), texts.get(id)?.clone()));
        let mut moderated: Vec<Moderated> = idea::all(conn, id, item)?
            .into_iter()
            .filter(|idea| idea.state != State::Withdrawn)
            .map(|idea| {
                let like = commons.like(&idea.text, LIKE + 1);
                Moderated {
                    tally: commons.tally(&idea.id),
                    like: like.iter().filter(|other| **other != idea.id).filter_map(name).take(LIKE).collect(),
                    merged_into: idea.merged_into.as_ref().and_then(|into| texts.get(into).cloned()),
                    id: idea.id,
                    text: idea.text,
                    language: idea.language,
                    state: idea.state,
                    reviewed: idea.reviewed,
                    reason: idea.reason,
                    given_on: idea.given_on,
                }
            })
            .collect();
        moderated.sort_by_key(|idea| (idea.reviewed, idea.given_on.clone()));
        let comments = idea_comment::all(conn, id, item)?.into_iter();
        let mut comments: Vec<CommentOn> = comments
            .filter(|comment| comment.state != State::Withdrawn)
            .map(|comment| CommentOn {
                about: texts.get(&comment.idea).cloned().unwrap_or_default(),
                id: comment.id,
                text: comment.text,
                language: comment.language,
                state: comment.state,
                reviewed: comment.reviewed,
                reason: comment.reason,
                given_on: comment.given_on,
            })
            .collect();
        comments.sort_by_key(|comment| (comment.reviewed, comment.given_on.clone()));
        let targets = commons.candidates().filter_map(|idea| name(&idea.id.to_string())).collect();
        Ok(Wall { item: item.to_string(), question: head.text.clone(), ideas: moderated, comments, targets })
    })
}

/// Does something with an idea or a comment, and writes it to the log.
pub fn act(
    library: &Library,
    id: &str,
    item: &str,
    subject: &str,
    action: &Action,
    now: Moment,
) -> Result<(), ServiceError> {
    let published = library.current(id, None)?;
    let (_, ideas) = find(&published.survey, item)?;
    let refused = |why: &str| ServiceError::Refused(why.to_string());
    if let Action::Hide(reason) = action {
        if reason.trim().is_empty() {
            return Err(refused("say why it is hidden: its author is told"));
        }
        if reason.chars().count() > MOST_REASON {
            return Err(refused("the reason is too long: 300 characters at most"));
        }
    }
    library.store.write(|conn| {
        let all = idea::all(conn, id, item)?;
        let known = all.iter().find(|idea| idea.id == subject);
        let into = match action {
            Action::Merge(into) => Some(
                root(&all, ideas, subject, into)
                    .ok_or_else(|| refused("choose another idea that people see to put it together with"))?,
            ),
            _ => None,
        };
        let change = match action {
            Action::Show => Change { state: State::Shown, reason: None, merged_into: None },
            Action::Hide(reason) => Change { state: State::Hidden, reason: Some(reason.trim()), merged_into: None },
            Action::Merge(_) => Change { state: State::Merged, reason: None, merged_into: into.as_deref() },
        };
        let done = if known.is_some() {
            if let Some(into) = &into {
                idea::follow(conn, id, subject, Some(into))?;
            }
            idea::change(conn, id, subject, &change)?
        } else if into.is_none() {
            idea_comment::change(conn, id, subject, &change)?
        } else {
            false
        };
        if !done {
            return Err(refused("it is not there any more: its author may have taken it back"));
        }
        let was_merged = known.is_some_and(|idea| idea.state == State::Merged);
        let word = if *action == Action::Show && was_merged { "parted" } else { change.state.as_str() };
        let entry = NewEntry {
            survey_id: id,
            at: &now.instant(),
            item,
            subject,
            action: word,
            reason: change.reason,
            merged_into: change.merged_into,
        };
        Ok::<_, ServiceError>(idea_log::add(conn, &entry)?)
    })?;
    library.forget_commons(id, item);
    Ok(())
}

/// Writes `ideas.csv`: each idea of each wall, the owner's too, with its votes; gives their number. `name` stands for
/// the file in errors.
pub fn ideas_csv<W: Write>(library: &Library, id: &str, out: W, name: &str, now: Moment) -> Result<u64, ServiceError> {
    let published = library.current(id, None)?;
    let failed = |error: csv::Error| not_written(name, error);
    let mut file = csv::Writer::from_writer(out);
    let columns = [
        "question",
        "idea",
        "given_by",
        "given_on",
        "language",
        "text",
        "state",
        "reason",
        "merged_into",
        "agree",
        "disagree",
        "pass",
        "comments",
    ];
    file.write_record(columns).map_err(failed)?;
    let mut rows = 0;
    for (head, ideas) in published.survey.pages.iter().filter_map(Page::wall) {
        let (commons, stored) = library.store.read(|conn| {
            let commons = Commons::read(conn, id, head, ideas, None, now)?;
            Ok::<_, ServiceError>((commons, idea::all(conn, id, &head.id)?))
        })?;
        let votes = |of: &str| {
            let tally = commons.tally(of);
            [tally.agree, tally.disagree, tally.pass].map(|people| people.to_string())
        };
        let comments = |of: &str| commons.shown(of).map_or(0, |idea| idea.comments).to_string();
        for seed in &ideas.seeds {
            let [agree, disagree, pass] = votes(&seed.id);
            let label = guarded(crate::definition::plain(&seed.label));
            file.write_record([
                &head.id,
                &seed.id,
                "owner",
                "",
                &published.survey.language,
                &label,
                "shown",
                "",
                "",
                &agree,
                &disagree,
                &pass,
                &comments(&seed.id),
            ])
            .map_err(failed)?;
            rows += 1;
        }
        for idea in stored.iter().filter(|idea| idea.state != State::Withdrawn) {
            let [agree, disagree, pass] = votes(&idea.id);
            let reason = guarded(idea.reason.clone().unwrap_or_default());
            file.write_record([
                &head.id,
                &idea.id,
                "participant",
                &idea.given_on,
                &idea.language,
                &guarded(idea.text.clone()),
                idea.state.as_str(),
                &reason,
                idea.merged_into.as_deref().unwrap_or_default(),
                &agree,
                &disagree,
                &pass,
                &comments(&idea.id),
            ])
            .map_err(failed)?;
            rows += 1;
        }
    }
    file.flush().map_err(|source| ServiceError::File { path: name.to_string(), action: "written", source })?;
    Ok(rows)
}

/// Writes `moderation.csv`: what staff did, when and why. `name` stands for the file in errors.
pub fn moderation_csv<W: Write>(library: &Library, id: &str, out: W, name: &str) -> Result<u64, ServiceError> {
    let published = library.current(id, None)?;
    let failed = |error: csv::Error| not_written(name, error);
    let mut file = csv::Writer::from_writer(out);
    file.write_record(["at", "question", "idea_or_comment", "action", "reason", "merged_into"]).map_err(failed)?;
    let mut rows = 0;
    for (head, _) in published.survey.pages.iter().filter_map(Page::wall) {
        for entry in library.store.read(|conn| idea_log::all(conn, id, &head.id))? {
            let reason = guarded(entry.reason.unwrap_or_default());
            let into = entry.merged_into.unwrap_or_default();
            file.write_record([&entry.at, &entry.item, &entry.subject, &entry.action, &reason, &into])
                .map_err(failed)?;
            rows += 1;
        }
    }
    file.flush().map_err(|source| ServiceError::File { path: name.to_string(), action: "written", source })?;
    Ok(rows)
}

/// The idea that stands for `into`, if `subject` can be put together with it.
fn root(all: &[Idea], ideas: &Ideas, subject: &str, into: &str) -> Option<String> {
    if ideas.seeds.iter().any(|seed| seed.id == into) {
        return Some(into.to_string());
    }
    let known = all.iter().find(|idea| idea.id == into && idea.id != subject)?;
    match (known.state, known.merged_into.as_deref()) {
        (State::Shown, _) => Some(into.to_string()),
        (State::Merged, Some(root)) if root != subject => Some(root.to_string()),
        _ => None,
    }
}

fn texts(all: &[Idea], ideas: &Ideas) -> HashMap<String, String> {
    let seeds = ideas.seeds.iter().map(|seed| (seed.id.clone(), crate::definition::plain(&seed.label)));
    all.iter().map(|idea| (idea.id.clone(), idea.text.clone())).chain(seeds).collect()
}

fn find<'a>(survey: &'a Survey, item: &str) -> Result<(&'a Head, &'a Ideas), ServiceError> {
    survey.pages.iter().filter_map(Page::wall).find(|(head, _)| head.id == item).ok_or(ServiceError::UnknownPage)
}

fn not_written(name: &str, error: csv::Error) -> ServiceError {
    ServiceError::File { path: name.to_string(), action: "written", source: error.into() }
}
