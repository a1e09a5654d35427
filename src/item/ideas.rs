//! `ideas`: an idea wall. People write ideas of their own and vote on others': agree, disagree or pass.
//!
//! An answer holds how many ideas a person gave and how they voted, and no idea: everyone can read those, and whoever
//! knows the author of one would know the author's other answers.

use std::collections::BTreeMap;

use super::options::{ItemRow, Names, ROW, rows};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape, Words, words};

/// An idea wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Ideas {
    /// Most ideas of one person.
    pub max_ideas: u32,
    /// Most characters of an idea.
    pub max_chars: u32,
    /// When an idea is looked at by staff.
    pub moderation: Moderation,
    /// True if ideas can be commented on.
    pub comments: bool,
    /// Ideas of the owner, there from the start.
    pub seeds: Vec<ItemRow>,
}

/// When an idea is looked at by staff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moderation {
    /// Before others see it.
    #[default]
    Before,
    /// After it is shown.
    After,
    /// Not as a rule: it is shown and waits for nobody.
    None,
}

/// What can be said to an idea: for it, against it, neither.
pub const VOTES: [&str; 3] = ["agree", "disagree", "pass"];

const MODERATION: Words<Moderation> = &[
    ("before", Moderation::Before, "Staff look at an idea before others see it"),
    ("after", Moderation::After, "Others see an idea at once, and staff look at it later"),
    ("none", Moderation::None, "Others see an idea at once, and it waits for nobody; staff can still hide or merge it"),
];

/// How the ids of people's ideas begin. No id of a definition has a hyphen, so no seed is taken for one.
pub const ID_PREFIX: &str = "i-";

/// True for the id of an idea that a person gave: [`ID_PREFIX`] and 32 hexadecimal digits.
pub fn is_id(id: &str) -> bool {
    let digits = id.strip_prefix(ID_PREFIX);
    digits.is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

impl Fields {
    /// Adds what a person has done on a wall: how many ideas they gave, and their votes.
    #[must_use]
    pub fn with_part(mut self, head: &Head, given: u32, votes: &BTreeMap<String, String>) -> Self {
        if given > 0 {
            self.push(format!("{}.given", head.id), given.to_string());
        }
        for (idea, vote) in votes {
            self.push(format!("{}.vote.{idea}", head.id), vote);
        }
        self
    }
}

impl ItemType for Ideas {
    const KEYS: &'static [Key] = &[
        Key::new("max_ideas", Shape::Count(0, 20), "Most ideas of one person").or("3"),
        Key::new("max_chars", Shape::Count(20, 2_000), "Most characters of an idea").or("280"),
        Key::new("moderation", Shape::Words(|| words(MODERATION)), "When staff look at an idea").or("before"),
        Key::new("comments", Shape::Flag, "Whether ideas can be commented on"),
        Key::new("seeds", Shape::List(&Shape::Object(&ROW)), "Ideas that are there from the start"),
    ];

    fn define(reader: &Reader<'_>, _: &Names) -> Option<Self> {
        let (max_ideas, max_chars) = (reader.count("max_ideas"), reader.count("max_chars"));
        let moderation = reader.word("moderation", MODERATION).unwrap_or_default();
        let seeds = rows(reader, "seeds");
        if max_ideas == 0 && seeds.is_empty() {
            let message = format!("{} takes no ideas and has none to vote on", reader.what());
            let help = "allow ideas with `max_ideas`, or add `seeds`".to_string();
            reader.findings.error("E110", reader.place, message, help);
        }
        Some(Self { max_ideas, max_chars, moderation, comments: reader.flag("comments"), seeds })
    }

    /// Reads what is known of a person's part in the wall: how many ideas they gave, and their votes.
    /// The ideas themselves lie on the wall, apart from the answers.
    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let given = fields.typed(&format!("{}.given", head.id)).and_then(|number| number.parse().ok());
        let own = given.unwrap_or(0).min(self.max_ideas);
        let mut faults = Vec::new();
        let mut votes = BTreeMap::new();
        let prefix = format!("{}.vote.", head.id);
        for (name, vote) in &fields.0 {
            let Some(idea) = name.strip_prefix(&prefix) else { continue };
            if vote.is_empty() || !(is_id(idea) || self.seeds.iter().any(|seed| seed.id == idea)) {
                continue;
            }
            if VOTES.contains(&vote.as_str()) {
                votes.insert(idea.to_string(), vote.clone());
            } else {
                faults.push(head.part_fault(&format!("vote.{idea}"), &head.text, FaultKind::NotOffered));
            }
        }
        let given = own > 0 || !votes.is_empty();
        Reading { answer: given.then_some(Answer::Ideas { own, votes }), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Ideas { own, votes } = answer {
            *fields = std::mem::take(fields).with_part(head, *own, votes);
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        match (answer, self.seeds.first()) {
            (Some(_), _) => Vec::new(),
            (None, Some(seed)) if self.max_ideas == 0 => {
                vec![head.part_fault(&format!("vote.{}", seed.id), &head.text, FaultKind::NotSelected)]
            }
            (None, _) => vec![head.part_fault("own", &head.text, FaultKind::NotEntered)],
        }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Ideas { seeds: &self.seeds, max: self.max_ideas }
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        Some(&mut self.seeds)
    }
}
