//! `multi`: any of several options, with least and largest numbers and options that exclude the others.

use std::collections::BTreeMap;

use super::options::{Choice, Names, OPTIONS, read_options};
use super::single::{other_fault, other_text};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape};

/// Any of several options.
#[derive(Clone, Debug, PartialEq)]
pub struct Multi {
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// Least number of choices, unless the choice is exclusive.
    pub min: Option<u32>,
    /// Largest number of choices.
    pub max: Option<u32>,
}

impl ItemType for Multi {
    const KEYS: &'static [Key] = &[
        Key::needed("options", OPTIONS, "What can be chosen: the name of a list under `lists`, or options"),
        Key::new("min", Shape::COUNT, "Fewest choices, once any is made; an exclusive option counts alone"),
        Key::new("max", Shape::Count(1, u32::MAX), "Most choices").code("E301"),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let (min, max) = (reader.optional_count("min"), reader.optional_count("max"));
        let options = read_options(reader, "options", names)?;
        let open = options.iter().filter(|option| !option.exclusive).count();
        let is_alone = |option: &Choice| option.exclusive || option.missing;
        let after = options.iter().skip_while(|option| !option.exclusive).find(|option| !is_alone(option));
        if let (Some(exclusive), Some(after)) = (options.iter().find(|option| option.exclusive), after) {
            let message =
                format!("option `{}` of {} is exclusive and stands before `{}`", exclusive.id, reader.what(), after.id);
            let help = "put it last, below the options that it excludes".to_string();
            reader.findings.warn("W316", reader.place_of("options"), message, help);
        }
        check_bounds(reader, min, max, open, "options that can be chosen together");
        Some(Self { options, min, max })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let posted: Vec<&str> = fields.all(&head.id).filter(|id| !id.is_empty()).collect();
        // Who writes beside "other" means it, ticked or not.
        let is_chosen =
            |option: &&Choice| posted.contains(&option.id.as_str()) || other_text(head, option, fields).is_some();
        let chosen: Vec<&Choice> = self.options.iter().filter(is_chosen).collect();
        let mut faults = Vec::new();
        if posted.iter().any(|id| !self.options.iter().any(|option| option.id == *id)) {
            faults.push(head.fault(FaultKind::NotOffered));
        }
        let mut other = BTreeMap::new();
        for option in &chosen {
            let text = other_text(head, option, fields);
            faults.extend(other_fault(head, option, text.as_deref()));
            if let Some(text) = text {
                other.insert(option.id.clone(), text);
            }
        }
        let exclusive = chosen.iter().find(|option| option.exclusive);
        let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
        match (exclusive, chosen.iter().find(|option| !option.exclusive)) {
            (Some(exclusive), Some(other)) => faults.push(
                head.fault(FaultKind::Exclusive { exclusive: exclusive.label.clone(), other: other.label.clone() }),
            ),
            (Some(_), None) => {}
            (None, Some(_)) => match (self.min, self.max) {
                (Some(min), _) if count < min => faults.push(head.fault(FaultKind::TooFew { min })),
                (_, Some(max)) if count > max => faults.push(head.fault(FaultKind::TooMany { max })),
                _ => {}
            },
            (None, None) => return Reading { answer: None, faults },
        }
        let options = chosen.iter().map(|option| option.id.clone()).collect();
        Reading { answer: Some(Answer::Choices { options, other }), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Choices { options, other } = answer {
            for option in options {
                fields.push(&head.id, option);
            }
            for (option, text) in other {
                fields.push(format!("{}.other.{option}", head.id), text);
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() {
            return Vec::new();
        }
        vec![head.fault(FaultKind::TooFew { min: self.min.unwrap_or(1).max(1) })]
    }

    fn scale(&self) -> Scale<'_> {
        Scale::Multiple(&self.options)
    }

    fn options_mut(&mut self) -> Option<&mut Vec<Choice>> {
        Some(&mut self.options)
    }
}

/// Records a least number above the largest, or above what there is.
pub(super) fn check_bounds(reader: &Reader<'_>, min: Option<u32>, max: Option<u32>, available: usize, of_what: &str) {
    if let Some(min) = min
        && min as usize > available
    {
        let help = format!("at most {available} can be asked for");
        reader.findings.error(
            "E301",
            reader.place_of("min"),
            format!("`min` of {} is {min}, but there are only {available} {of_what}", reader.what()),
            help,
        );
    }
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        reader.findings.error(
            "E301",
            reader.place_of("min"),
            format!("`min` of {} is {min}, above its `max` of {max}", reader.what()),
            None,
        );
    }
    if let Some(max) = max
        && max as usize > available
    {
        let help = format!("write a number from 1 to {available}, or leave it out");
        reader.findings.error(
            "E301",
            reader.place_of("max"),
            format!("`max` of {} is {max}, but there are {available} {of_what}", reader.what()),
            help,
        );
    }
}
