//! A respondent reads the comments on an idea and adds one.

use super::{Given, Offered, Place, Stands, standing};
use crate::analysis::text::redact::Redactor;
use crate::definition::Page;
use crate::item::{Fault, FaultKind, characters};
use crate::response::code::Token;
use crate::service::collect::{self, Sitting};
use crate::service::library::Library;
use crate::service::time::Moment;
use crate::service::{ServiceError, wait};
use crate::store::idea::{NewIdea, State};
use crate::store::idea_comment::{self, Comment};

/// Most comments of one person on one idea.
pub const MOST: usize = 20;

/// An idea with its comments.
#[derive(Debug)]
pub struct Thread {
    /// The answers in progress.
    pub sitting: Sitting,
    /// The idea.
    pub idea: Offered,
    /// What people said of it; the person's own with what became of them.
    pub comments: Vec<(Given, bool)>,
    /// Most characters of a comment.
    pub max_chars: u32,
    /// What is wrong with the comment that was typed.
    pub fault: Option<Fault>,
    /// True if it seems to hold an address, a telephone number or the like.
    pub details: bool,
}

/// A comment to add.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// What was typed.
    pub text: String,
    /// True if the person was told that it seems to hold personal details.
    pub is_told: bool,
}

/// The comments on an idea, after adding one if there is one to add.
/// `UnknownPage` if there is no such idea, or no comments on that wall.
pub fn thread(
    library: &Library,
    id: &str,
    token: &Token,
    (page, idea): (&str, &str),
    new: Option<&NewComment>,
    now: Moment,
) -> Result<Thread, ServiceError> {
    let sitting = wait(collect::resume(library, id, token, now))?;
    if !sitting.draft.can_visit(&sitting.survey, &page.into()) {
        return Err(ServiceError::UnknownPage);
    }
    let wall = sitting.survey.page(page).and_then(Page::wall).filter(|(_, ideas)| ideas.comments);
    let (head, ideas) = wall.ok_or(ServiceError::UnknownPage)?;
    let place = Place::of(library, &sitting, token, head, ideas, now)?;
    let shown = place.named(idea, None).ok_or(ServiceError::UnknownPage)?;
    let (mut fault, mut details) = (None, false);
    let author = place.receipt.idea_commenter(&head.id);
    let about = |comment: &Comment| comment.idea == idea;
    let mut all: Vec<Comment> = library.store.read(|conn| idea_comment::all(conn, id, &head.id))?;
    all.retain(about);
    if let Some(new) = new {
        let text = crate::item::tidy(&new.text);
        details = !new.is_told && Redactor::new().redact(&text) != text;
        let is_known = all.iter().any(|comment| comment.author == author && comment.text == text);
        let own = all.iter().filter(|comment| comment.author == author).count();
        if text.is_empty() {
            fault = Some(head.part_fault("comment", &shown.text, FaultKind::NotEntered));
        } else if characters(&text) > ideas.max_chars {
            let kind = FaultKind::TooLong { max: ideas.max_chars };
            fault = Some(head.part_fault("comment", &shown.text, kind));
        } else if !is_known && own >= MOST {
            fault = Some(head.part_fault("comment", &shown.text, FaultKind::EnoughComments));
        } else if !details {
            let (state, reviewed) = standing(ideas.moderation);
            let new = NewIdea {
                survey_id: id,
                item: &head.id,
                author: &author,
                once: &super::short_hash(&format!("{author}:{idea}:{text}")),
                text: &text,
                language: &sitting.survey.language,
                state,
                reviewed,
                given_on: &now.day(),
            };
            library.store.write(|conn| idea_comment::add(conn, idea, &new))?;
            library.forget_commons(id, &head.id);
            all = library.store.read(|conn| idea_comment::all(conn, id, &head.id))?;
            all.retain(about);
        }
    }
    let seen = all.iter().filter(|comment| comment.state == State::Shown || comment.author == author);
    let seen = seen.filter(|comment| comment.state != State::Withdrawn);
    let comments = seen.map(|comment| (told(comment), comment.author == author)).collect();
    let (idea, max_chars) = (shown, ideas.max_chars);
    Ok(Thread { sitting, idea, comments, max_chars, fault, details })
}

fn told(comment: &Comment) -> Given {
    let stands = match comment.state {
        State::Waiting => Stands::Waiting,
        State::Hidden => Stands::Hidden(comment.reason.clone()),
        _ => Stands::Shown,
    };
    Given { text: comment.text.clone(), language: comment.language.clone(), stands }
}
