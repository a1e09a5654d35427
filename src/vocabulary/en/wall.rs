//! An idea wall in English.

use crate::vocabulary::Phrase;
use crate::vocabulary::text::english;
use crate::vocabulary::wall::Wall;

/// The words.
pub(super) const WALL: Wall = Wall {
    own_title: "your idea",
    others_title: "ideas of others",
    votes_title: "your votes",
    own_first: "First, what do you think? Write an idea of your own before you see those of others. If you have none, leave the box empty and continue.",
    own_more: "Write another idea, or leave the box empty and continue.",
    your_idea: "Your idea",
    staff_look_first: "Programme staff look at it first. Then everyone who takes part sees it, without your name, also if you do not send your answers. Do not write anything that could identify you or someone else.",
    seen_at_once: "Everyone who takes part sees it at once, without your name, also if you do not send your answers. Do not write anything that could identify you or someone else.",
    like_yours: "Others have said something like it. Is one of these what you mean?",
    counts_as_agreeing: "If it is, this counts as agreeing with it.",
    same_as: Phrase("Yes: {idea}"),
    mine_is_new: "No, mine is different: add it",
    has_details: "This seems to hold an address, a telephone number or something else that could identify a person. Everyone who takes part can read it. Change it, or continue if it identifies nobody.",
    what_of_these: "What do you think of these ideas?",
    pass_if_unsure: "These are ideas of the people who ask and of others who take part. Pass if you are not sure.",
    all_voted: "You have said what you think of every idea that there is so far.",
    none_yet: "There are no ideas of others to see yet.",
    more: "Save and see more ideas",
    add_idea: "Add an idea of your own",
    see_votes: "See or change your votes",
    your_votes: "Your votes",
    back_to_ideas: "Save and go back to the ideas",
    your_ideas: "Your ideas",
    waiting: "Staff have still to look at it.",
    shown: "Others can see it.",
    hidden: Phrase("Staff have hidden it, for this reason: {reason}"),
    merged: Phrase("Staff have put it together with an idea that says the same: “{idea}”. Votes on both count."),
    comments: english("See {n} comment", "See {n} comments"),
    comment_on_it: "Comment on it",
    about: Phrase("about “{idea}”"),
    comments_heading: "Comments",
    no_comments: "Nobody has commented on it yet.",
    your_comment: "Your comment",
    add_comment: "Add your comment",
    by_you: "By you.",
    you_gave: english("{n} idea of your own", "{n} ideas of your own"),
    you_voted: english("Your vote on {n} idea of other people", "Your votes on {n} ideas of other people"),
};
