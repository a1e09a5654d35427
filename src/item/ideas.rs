//! `ideas`: an idea wall. People write ideas of their own and vote on others': agree, disagree or pass.

use std::collections::BTreeMap;

use super::options::{ItemRow, Names, ROW, rows};
use super::text::people_count;
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
}

/// What can be said to an idea: for it, against it, neither.
pub const VOTES: [&str; 3] = ["agree", "disagree", "pass"];

const MODERATION: Words<Moderation> = &[
    ("before", Moderation::Before, "Staff look at an idea before others see it"),
    ("after", Moderation::After, "Others see an idea at once, and staff look at it later"),
];

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

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let mut faults = Vec::new();
        let mut own = Vec::new();
        for number in 1..=self.max_ideas {
            let part = format!("own.{number}");
            let Some(text) = fields.typed(&format!("{}.{part}", head.id)) else { continue };
            if people_count(&text) > self.max_chars {
                faults.push(head.part_fault(&part, &head.text, FaultKind::TooLong { max: self.max_chars }));
            } else {
                own.push(text);
            }
        }
        let mut votes = BTreeMap::new();
        for seed in &self.seeds {
            let part = format!("vote.{}", seed.id);
            let Some(vote) = fields.typed(&format!("{}.{part}", head.id)) else { continue };
            if VOTES.contains(&vote.as_str()) {
                votes.insert(seed.id.clone(), vote);
            } else {
                faults.push(head.part_fault(&part, &seed.label, FaultKind::NotOffered));
            }
        }
        let given = !own.is_empty() || !votes.is_empty();
        Reading { answer: given.then_some(Answer::Ideas { own, votes }), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        let Answer::Ideas { own, votes } = answer else { return };
        for (number, text) in (1..).zip(own) {
            fields.push(format!("{}.own.{number}", head.id), text);
        }
        for (seed, vote) in votes {
            fields.push(format!("{}.vote.{seed}", head.id), vote);
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        match (answer, self.seeds.first()) {
            (Some(_), _) => Vec::new(),
            (None, Some(seed)) if self.max_ideas == 0 => {
                vec![head.part_fault(&format!("vote.{}", seed.id), &head.text, FaultKind::NotSelected)]
            }
            (None, _) => vec![head.part_fault("own.1", &head.text, FaultKind::NotEntered)],
        }
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Ideas { seeds: &self.seeds, max: self.max_ideas }
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        Some(&mut self.seeds)
    }
}
