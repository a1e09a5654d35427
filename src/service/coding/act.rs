//! What coders do on the pages of staff: each deed is one decision in the record of the question, or two that are undone
//! together, and the same as `canvass coding` writes.

use std::sync::TryLockError;

use super::room::enter;
use super::{Question, decide, decide_all, draw, judge, redo, settle, suggest, undo_from};
use crate::analysis::coding::decision::{AnswerKey, Decision, Entry, Part, Place, Refusal, ThemeId};
use crate::analysis::coding::listed::{Bin, Move, moved};
use crate::analysis::text::ThemeOptions;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Has the machine suggest themes, from 1, few and broad, to 9, many and narrow.
    Suggest(u8),
    /// Adds a theme.
    Add(String),
    /// Gives a theme another name.
    Rename(ThemeId, String),
    /// Puts the answers of some themes into another, and ends them.
    Merge(Vec<ThemeId>, ThemeId),
    /// Removes a theme without answers.
    Remove(ThemeId),
    /// Keeps a theme as it is.
    Lock(ThemeId),
    /// Lets a theme be changed again.
    Unlock(ThemeId),
    /// Puts answers of a place elsewhere.
    Move(Bin, Vec<AnswerKey>, Move),
    /// Makes answers of a place a theme of their own.
    Own(Bin, Vec<AnswerKey>, String),
    /// Parts a theme as the machine would.
    Part {
        /// The theme.
        theme: ThemeId,
        /// How many parts were shown.
        k: usize,
        /// [`super::room::Room::answers_of`] the theme when they were.
        seen: String,
        /// The parts that become themes, by their place from 0, with their names.
        names: Vec<(usize, String)>,
    },
    /// Undoes a decision and all after it: its entry, and the last decision that was known.
    Undo(u32, u32),
    /// Does again what was undone last.
    Redo,
    /// Draws a sample of so many answers.
    Draw(usize),
    /// Says where answers of a sample belong.
    Judge(u32, Vec<(AnswerKey, Place)>),
    /// Settles where answers of a sample belong that people judged differently.
    Settle(u32, Vec<(AnswerKey, Place)>),
}

impl Deed {
    /// Its word, for the record of what staff did.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Suggest(_) => "suggest",
            Self::Add(_) => "add",
            Self::Rename(..) => "rename",
            Self::Merge(..) => "merge",
            Self::Remove(_) => "remove",
            Self::Lock(_) => "lock",
            Self::Unlock(_) => "unlock",
            Self::Move(..) => "code",
            Self::Own(..) | Self::Part { .. } => "split",
            Self::Undo(..) => "undo",
            Self::Redo => "redo",
            Self::Draw(_) => "sample",
            Self::Judge(..) => "judge",
            Self::Settle(..) => "settle",
        }
    }
}

/// Does it; gives the first entry that was written.
pub fn act(library: &Library, of: Question<'_>, by: &str, deed: &Deed, now: Moment) -> Result<Entry, ServiceError> {
    let plainly = |decision: Decision| decide(library, of, by, now, |_| Ok(decision.clone()));
    match deed {
        Deed::Suggest(granularity) => suggest_alone(library, of, by, *granularity, now),
        Deed::Add(name) => decide(library, of, by, now, |standing| {
            Ok(Decision::Add { theme: ThemeId(standing.next_theme), name: name.clone() })
        }),
        Deed::Rename(theme, name) => plainly(Decision::Rename { theme: *theme, name: name.clone() }),
        Deed::Merge(themes, into) => plainly(Decision::Merge { themes: themes.clone(), into: *into }),
        Deed::Remove(theme) => plainly(Decision::Remove { theme: *theme }),
        Deed::Lock(theme) => plainly(Decision::Lock { theme: *theme }),
        Deed::Unlock(theme) => plainly(Decision::Unlock { theme: *theme }),
        Deed::Move(from, answers, to) => decide(library, of, by, now, |standing| {
            let codes = standing.coding.codes();
            let place = |answer: &AnswerKey| moved(codes.get(answer).map(|coded| &coded.place), *from, to);
            Ok(Decision::Code { places: answers.iter().map(|answer| (answer.clone(), place(answer))).collect() })
        }),
        Deed::Own(Bin::Theme(theme), answers, name) => decide(library, of, by, now, |standing| {
            let part = Part { theme: ThemeId(standing.next_theme), name: name.clone(), answers: answers.clone() };
            Ok(Decision::Split { theme: *theme, parts: vec![part] })
        }),
        Deed::Own(from, answers, name) => decide_all(library, of, by, now, |standing| {
            let theme = ThemeId(standing.next_theme);
            let codes = standing.coding.codes();
            let to = Move::To(vec![theme]);
            let place = |answer: &AnswerKey| moved(codes.get(answer).map(|coded| &coded.place), *from, &to);
            let places: Vec<_> = answers.iter().map(|answer| (answer.clone(), place(answer))).collect();
            if places.is_empty() {
                return Err(Refusal::Nothing("name the answers"));
            }
            Ok(vec![Decision::Add { theme, name: name.clone() }, Decision::Code { places }])
        }),
        Deed::Part { theme, k, seen, names } => part(library, of, by, (*theme, *k, seen, names), now),
        Deed::Undo(first, seen) => undo_from(library, of, by, (*first, *seen), now),
        Deed::Redo => redo(library, of, by, now),
        Deed::Draw(size) => draw(library, of, by, *size, now),
        Deed::Judge(sample, places) => judge(library, of, by, *sample, places, now),
        Deed::Settle(sample, places) => settle(library, of, by, *sample, places, now),
    }
}

/// One at a time, for each takes all cores.
fn suggest_alone(
    library: &Library,
    of: Question<'_>,
    by: &str,
    granularity: u8,
    now: Moment,
) -> Result<Entry, ServiceError> {
    let _turn = match library.rooms.suggesting.try_lock() {
        Ok(turn) => turn,
        Err(TryLockError::Poisoned(left)) => left.into_inner(),
        Err(TryLockError::WouldBlock) => {
            return Err(ServiceError::Refused(
                "the computer is at work on another suggestion: try again in a minute".to_owned(),
            ));
        }
    };
    let options = ThemeOptions { granularity: granularity.clamp(1, 9), ..ThemeOptions::default() };
    suggest(library, of, by, &options, now, &|_, _| {})
}

fn part(
    library: &Library,
    of: Question<'_>,
    by: &str,
    (theme, k, seen, names): (ThemeId, usize, &str, &[(usize, String)]),
    now: Moment,
) -> Result<Entry, ServiceError> {
    let room = enter(library, of)?;
    if room.answers_of(theme) != seen {
        return Err(ServiceError::Refused(
            "the answers of the theme have changed since the parts were shown: look at them again".to_owned(),
        ));
    }
    let parts = room.parts(theme, k);
    decide(library, of, by, now, |standing| {
        let chosen = (standing.next_theme..).zip(names).filter_map(|(id, (at, name))| {
            Some(Part { theme: ThemeId(id), name: name.clone(), answers: parts.get(*at)?.answers.clone() })
        });
        Ok(Decision::Split { theme, parts: chosen.collect() })
    })
}
