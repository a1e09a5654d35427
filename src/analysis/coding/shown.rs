//! A coding as people look at it: the themes with their counts, what is wrong with the frame, and the history.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::coded::{Coding, Standing};
use super::decision::{AnswerKey, Decision, Draw, Entry, Event, Place, ThemeId};

/// Most themes that a frame should have.
const MOST_THEMES: usize = 70;
/// Fewest answers that a theme should have; fewer are enough where they are one in so many.
const FEWEST: usize = 5;
const ONE_IN: usize = 1_000;
/// Above this share of answers in common two themes are one.
const OVERLAP: f64 = 0.7;

/// The coding of the answers that there are now. `none`, `other`, `waiting` and the answers in themes add up to `n`; an
/// answer in several themes counts in each of them, and in `several`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodedFrame {
    /// Answers that there are.
    pub n: usize,
    /// Answers that say nothing.
    pub none: usize,
    /// Answers that are in no theme.
    pub other: usize,
    /// Answers that came, or were changed, after the last suggestion, and are not coded yet.
    pub waiting: usize,
    /// Answers in more than one theme.
    pub several: usize,
    /// Answers that a person put where they are.
    pub by_person: usize,
    /// Themes, largest first.
    pub themes: Vec<ThemeShown>,
    /// What should be mended before the frame is used, as sentences.
    pub advice: Vec<String>,
}

/// One theme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeShown {
    /// Its id.
    pub theme: ThemeId,
    /// Its name.
    pub name: String,
    /// Words and phrases that set it apart, where the machine found it.
    pub terms: Vec<String>,
    /// Answers in it.
    pub count: usize,
    /// Of these, answers that a person put there.
    pub by_person: usize,
    /// Whether a person has worked on it, so that suggestions leave it as it is.
    pub is_decided: bool,
    /// Whether nothing can change in it.
    pub is_locked: bool,
    /// Typical answers, the most typical first.
    pub typical: Vec<AnswerKey>,
}

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Past {
    /// Its number.
    pub number: u32,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// What, as a sentence without its subject.
    pub text: String,
    /// Whether it was undone.
    pub is_undone: bool,
}

/// The coding of the answers that there are, by their keys.
pub fn frame(coding: &Coding, present: &BTreeSet<AnswerKey>) -> CodedFrame {
    let mut frame = CodedFrame {
        n: present.len(),
        none: 0,
        other: 0,
        waiting: 0,
        several: 0,
        by_person: 0,
        themes: Vec::new(),
        advice: Vec::new(),
    };
    let mut members: BTreeMap<ThemeId, (BTreeSet<&AnswerKey>, usize)> =
        coding.themes().keys().map(|theme| (*theme, (BTreeSet::new(), 0))).collect();
    for key in present {
        let Some(coded) = coding.codes().get(key) else {
            frame.waiting += 1;
            continue;
        };
        frame.by_person += usize::from(coded.by_person);
        match &coded.place {
            Place::None => frame.none += 1,
            Place::Other => frame.other += 1,
            Place::Themes(themes) => {
                frame.several += usize::from(themes.len() > 1);
                for theme in themes {
                    let (answers, by_person) = members.entry(*theme).or_default();
                    answers.insert(key);
                    *by_person += usize::from(coded.by_person);
                }
            }
        }
    }
    frame.themes = coding
        .themes()
        .iter()
        .map(|(theme, known)| {
            let (answers, by_person) = members.get(theme).map_or((None, 0), |(answers, n)| (Some(answers), *n));
            let is_there = |key: &&AnswerKey| answers.is_some_and(|answers| answers.contains(key));
            ThemeShown {
                theme: *theme,
                name: known.name.clone(),
                terms: known.terms.clone(),
                count: answers.map_or(0, BTreeSet::len),
                by_person,
                is_decided: known.is_decided,
                is_locked: known.is_locked,
                typical: known.typical.iter().filter(is_there).cloned().collect(),
            }
        })
        .collect();
    frame.themes.sort_by(|a, b| b.count.cmp(&a.count).then(a.theme.cmp(&b.theme)));
    frame.advice = advice(&frame, &members);
    frame
}

/// What speaks against a frame (after the checks of i.AI's Consult): too many themes, tiny ones, and pairs that are one.
fn advice(frame: &CodedFrame, members: &BTreeMap<ThemeId, (BTreeSet<&AnswerKey>, usize)>) -> Vec<String> {
    let mut said = Vec::new();
    if frame.themes.len() > MOST_THEMES {
        said.push(format!(
            "There are {} themes, more than anyone takes in: merge those that are near.",
            frame.themes.len()
        ));
    }
    let least = FEWEST.min(frame.n.div_ceil(ONE_IN).max(1));
    let tiny: Vec<String> =
        frame.themes.iter().filter(|theme| theme.count < least).map(|theme| format!("“{}”", theme.name)).collect();
    if !tiny.is_empty() {
        said.push(format!("Fewer than {least} answers are in {}: merge or remove them.", tiny.join(", ")));
    }
    for (at, one) in frame.themes.iter().enumerate() {
        for other in frame.themes.iter().skip(at + 1).filter(|other| other.count > 0) {
            let both = members.get(&one.theme).zip(members.get(&other.theme));
            let both = both.map_or(0, |(one, other)| one.0.intersection(&other.0).count());
            if both as f64 > OVERLAP * other.count as f64 {
                said.push(format!(
                    "{both} of the {} answers in “{}” are in “{}” too: merge the two, or tell them apart.",
                    other.count, other.name, one.name
                ));
            }
        }
    }
    said
}

/// The history, from the first entry.
pub fn history(entries: &[Entry], standing: &Standing) -> Vec<Past> {
    entries
        .iter()
        .map(|entry| Past {
            number: entry.number,
            at: entry.at.clone(),
            by: entry.by.clone(),
            text: told(&entry.event),
            is_undone: matches!(entry.event, Event::Decided(_)) && !standing.in_force.contains(&entry.number),
        })
        .collect()
}

/// What an entry says, as a sentence without its subject.
fn told(event: &Event) -> String {
    let themes = |themes: &[ThemeId]| themes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let place = |place: &Place| match place {
        Place::None => "as saying nothing".to_owned(),
        Place::Other => "as other".to_owned(),
        Place::Themes(these) => format!("as {}", themes(&these.iter().copied().collect::<Vec<_>>())),
    };
    match event {
        Event::Decided(decision) => match decision {
            Decision::Suggest(suggestion) => format!("took up {} suggested themes", suggestion.themes.len()),
            Decision::Add { theme, name } => format!("added {theme} (“{name}”)"),
            Decision::Rename { theme, name } => format!("renamed {theme} “{name}”"),
            Decision::Merge { themes: ended, into } => format!("merged {} into {into}", themes(ended)),
            Decision::Split { theme, parts } => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|part| format!("{} (“{}”, {})", part.theme, part.name, answers(part.answers.len())))
                    .collect();
                format!("split off {theme}: {}", parts.join(", "))
            }
            Decision::Remove { theme } => format!("removed {theme}"),
            Decision::Lock { theme } => format!("locked {theme}"),
            Decision::Unlock { theme } => format!("unlocked {theme}"),
            Decision::Code { places } => match places.as_slice() {
                [(answer, to)] => format!("coded {answer} {}", place(to)),
                [(_, first), ..] if places.iter().all(|(_, to)| to == first) => {
                    format!("coded {} {}", answers(places.len()), place(first))
                }
                _ => format!("coded {}", answers(places.len())),
            },
        },
        Event::Undone => "undid the last decision".to_owned(),
        Event::Redone => "did again what was undone".to_owned(),
        Event::Drawn(Draw { drawn, .. }) => format!("drew a sample of {} to be judged", answers(drawn.len())),
        Event::Judged { sample, places } => format!("judged {} of sample {sample}", answers(places.len())),
        Event::Settled { sample, places } => format!("settled {} of sample {sample}", answers(places.len())),
    }
}

fn answers(n: usize) -> String {
    if n == 1 { "1 answer".to_owned() } else { format!("{n} answers") }
}
