//! `single`: one of several options, as radio buttons or a list to open.

use super::options::{Choice, Names, OPTIONS, Other, read_options};
use super::{Answer, Fault, FaultKind, Fields, Head, ItemType, Reading, Scale};
use crate::document::Reader;
use crate::document::keys::{Key, Shape, Words, words};

/// One of several options.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// How the options are shown.
    pub style: Style,
}

/// How options are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Radio buttons.
    #[default]
    Radios,
    /// A list to open, for many options.
    Dropdown,
}

const STYLES: Words<Style> = &[
    ("radios", Style::Radios, "All options at once, as radio buttons"),
    ("dropdown", Style::Dropdown, "A list to open, for many options"),
];

impl ItemType for Single {
    const KEYS: &'static [Key] = &[
        Key::needed("options", OPTIONS, "What can be chosen: the name of a list under `lists`, or options"),
        Key::new("style", Shape::Words(|| words(STYLES)), "How the options are shown").or("radios"),
    ];

    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let style = reader.word("style", STYLES).unwrap_or_default();
        let options = read_options(reader, "options", names)?;
        Some(Self { options, style })
    }

    fn read(&self, head: &Head, fields: &Fields) -> Reading {
        let written: Vec<&Choice> =
            self.options.iter().filter(|option| other_text(head, option, fields).is_some()).collect();
        let chosen = match (fields.typed(&head.id), written.as_slice()) {
            // Who writes beside "other" and chooses nothing means it.
            (None, [option]) => *option,
            (None, []) => return Reading::default(),
            (None, [option, ..]) => return Reading::fault(other_not_chosen(head, option)),
            (Some(id), _) => match self.options.iter().find(|option| option.id == id) {
                Some(option) => option,
                None => return Reading::fault(head.fault(FaultKind::NotOffered)),
            },
        };
        let other = other_text(head, chosen, fields);
        let mut faults: Vec<Fault> = other_fault(head, chosen, other.as_deref()).into_iter().collect();
        let elsewhere = written.iter().filter(|option| option.id != chosen.id);
        faults.extend(elsewhere.map(|option| other_not_chosen(head, option)));
        Reading { answer: Some(Answer::Choice { option: chosen.id.clone(), other }), faults }
    }

    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields) {
        if let Answer::Choice { option, other } = answer {
            fields.push(&head.id, option);
            if let Some(text) = other {
                fields.push(format!("{}.other.{option}", head.id), text);
            }
        }
    }

    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault> {
        if answer.is_some() { Vec::new() } else { vec![head.fault(FaultKind::NotSelected)] }
    }

    fn scale(&self) -> Scale<'_> {
        if self.options.iter().filter(|option| !option.missing).all(|option| option.value.is_some()) {
            Scale::Ordinal(&self.options)
        } else {
            Scale::Nominal(&self.options)
        }
    }

    fn options_mut(&mut self) -> Option<&mut Vec<Choice>> {
        Some(&mut self.options)
    }
}

/// The text beside a chosen option that asks for one.
pub(super) fn other_text(head: &Head, option: &Choice, fields: &Fields) -> Option<String> {
    if option.other == Other::None { None } else { fields.typed(&format!("{}.other.{}", head.id, option.id)) }
}

/// The fault of a text beside an option that was not chosen: it would be lost.
fn other_not_chosen(head: &Head, option: &Choice) -> Fault {
    head.part_fault(
        &format!("other.{}", option.id),
        &option.label,
        FaultKind::OtherNotChosen { option: option.label.clone() },
    )
}

/// The fault of a text beside an option: not given though required, or longer than 200 characters.
pub(super) fn other_fault(head: &Head, option: &Choice, text: Option<&str>) -> Option<Fault> {
    let kind = match text {
        None if option.other == Other::Required => FaultKind::OtherNotEntered { option: option.label.clone() },
        Some(text) if super::text::people_count(text) > MAX_OTHER_CHARS => FaultKind::TooLong { max: MAX_OTHER_CHARS },
        _ => return None,
    };
    Some(head.part_fault(&format!("other.{}", option.id), &option.label, kind))
}

/// Longest text beside an option, in characters.
const MAX_OTHER_CHARS: u32 = 200;
