//! What is said on an idea wall.

use serde::Serialize;

use super::{Phrase, Plural};

/// The words of an idea wall.
#[derive(Debug, Serialize)]
pub struct Wall {
    /// In the title of the page that asks for an idea.
    pub own_title: &'static str,
    /// In the title of the page with the ideas of others.
    pub others_title: &'static str,
    /// In the title of the page with a person's votes.
    pub votes_title: &'static str,
    /// Asks for an own view before those of others are seen.
    pub own_first: &'static str,
    /// Asks for another idea.
    pub own_more: &'static str,
    /// The box for it.
    pub your_idea: &'static str,
    /// Under it, where staff look first.
    pub staff_look_first: &'static str,
    /// Under it, where others see it at once.
    pub seen_at_once: &'static str,
    /// Over ideas that seem to say the same.
    pub like_yours: &'static str,
    /// Under it.
    pub counts_as_agreeing: &'static str,
    /// One of them: `{idea}`.
    pub same_as: Phrase,
    /// None of them.
    pub mine_is_new: &'static str,
    /// Where an idea or a comment seems to hold personal details.
    pub has_details: &'static str,
    /// Over ideas to vote on.
    pub what_of_these: &'static str,
    /// Under it.
    pub pass_if_unsure: &'static str,
    /// Where every idea was voted on.
    pub all_voted: &'static str,
    /// Where there are no ideas of others.
    pub none_yet: &'static str,
    /// A button: saves the votes and shows more ideas.
    pub more: &'static str,
    /// A button: to an idea of one's own.
    pub add_idea: &'static str,
    /// A button: to one's votes.
    pub see_votes: &'static str,
    /// Over one's votes.
    pub your_votes: &'static str,
    /// A button: back to the ideas of others.
    pub back_to_ideas: &'static str,
    /// Over one's ideas.
    pub your_ideas: &'static str,
    /// What became of an idea or a comment.
    pub waiting: &'static str,
    /// It is seen.
    pub shown: &'static str,
    /// It was hidden: `{reason}`.
    pub hidden: Phrase,
    /// It was put together with `{idea}`.
    pub merged: Phrase,
    /// A button under an idea: its comments, of which there are `{n}`.
    pub comments: Plural,
    /// Where there are none yet.
    pub comment_on_it: &'static str,
    /// What a screen reader adds to it: `{idea}`.
    pub about: Phrase,
    /// Heading over comments.
    pub comments_heading: &'static str,
    /// Where there are none.
    pub no_comments: &'static str,
    /// The box for one.
    pub your_comment: &'static str,
    /// A button.
    pub add_comment: &'static str,
    /// Before one's own comment.
    pub by_you: &'static str,
    /// Among the answers: how many ideas a person gave.
    pub you_gave: Plural,
    /// Among the answers: on how many ideas of other people they voted.
    pub you_voted: Plural,
}
