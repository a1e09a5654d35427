//! What is said to those who are asked again in another round.

use serde::Serialize;

use super::text::{Plural, english, welsh};
use super::{Notice, Phrase};

/// The words of a round.
#[derive(Debug, Serialize)]
pub struct Rounds {
    /// Which round it is: `number`, `planned`.
    pub round: Phrase,
    /// Receipt of a round that is not the last: `planned`.
    pub more_to_come: Phrase,
    /// Receipt of an earlier round: another one is open.
    pub is_open: &'static str,
    /// The button into it: `number`.
    pub take_part: Phrase,
    /// Start page of a round for those who were there before.
    pub for_returning: &'static str,
    /// For those who try another way in.
    pub refused: Notice,
    /// Over statements that come back: what stands in the fields.
    pub kept: &'static str,
    /// At a statement: `answer`.
    pub you: Phrase,
    /// At a statement that the person left.
    pub you_did_not: &'static str,
    /// At a statement: what people answered, from one step to another: `low`, `high`, `middle`.
    pub everyone: Plural,
    /// The same where the middle half chose one step: `middle`.
    pub everyone_one: Plural,
    /// Title of the page that asks for reasons.
    pub reasons_title: &'static str,
    /// Its text.
    pub reasons_text: &'static str,
    /// One of its questions, about a statement whose label it is: `label`.
    pub reason: Phrase,
    /// Two steps between which the middle lies: `low`, `high`.
    pub between: Phrase,
}

pub(super) const EN: Rounds = Rounds {
    round: Phrase("Round {number} of {planned}"),
    more_to_come: Phrase(
        "You may be asked again, in up to {planned} rounds. With the reference you come back to your answers and see what everyone answered.",
    ),
    is_open: "You are asked once more. You see what you answered and what everyone answered, and can keep your answers or change them.",
    take_part: Phrase("Take part in round {number}"),
    for_returning: "Enter the reference from your receipt to go on from your answers.",
    refused: Notice {
        heading: "This round is for people who took part before",
        what: "Nobody can begin in it who was not there before.",
        next: "If you were, enter the reference from your receipt on the start page.",
    },
    kept: "What you answered last time is chosen already: keep it or change it.",
    you: Phrase("You answered “{answer}”."),
    you_did_not: "You did not answer this.",
    everyone: english(
        "{n} person answered. The middle half of all answers is from “{low}” to “{high}”, the middle one is {middle}.",
        "{n} people answered. The middle half of all answers is from “{low}” to “{high}”, the middle one is {middle}.",
    ),
    everyone_one: english(
        "{n} person answered. The middle half of all answers is {middle}.",
        "{n} people answered. The middle half of all answers is {middle}.",
    ),
    reasons_title: "Where you see it differently",
    reasons_text: "Some of your answers are outside the middle half of what everyone answered last time. Your reasons help the others: you can leave any of these out, and please do not write who you are.",
    reason: Phrase("{label}: why do you see it so?"),
    between: Phrase("between “{low}” and “{high}”"),
};

pub(super) const CY: Rounds = Rounds {
    round: Phrase("Rownd {number} o {planned}"),
    more_to_come: Phrase(
        "Efallai y gofynnir i chi eto, mewn hyd at {planned} rownd. Gyda’r cyfeirnod byddwch yn dod yn ôl at eich atebion ac yn gweld beth atebodd pawb.",
    ),
    is_open: "Gofynnir i chi unwaith eto. Byddwch yn gweld beth ateboch chi a beth atebodd pawb, a gallwch gadw eich atebion neu eu newid.",
    take_part: Phrase("Cymryd rhan yn rownd {number}"),
    for_returning: "Rhowch y cyfeirnod o’ch derbynneb i fynd ymlaen o’ch atebion.",
    refused: Notice {
        heading: "Mae’r rownd hon i bobl a gymerodd ran o’r blaen",
        what: "Ni all neb ddechrau ynddi nad oedd yno o’r blaen.",
        next: "Os oeddech chi, rhowch y cyfeirnod o’ch derbynneb ar y dudalen gychwyn.",
    },
    kept: "Mae’r hyn a ateboch y tro diwethaf wedi’i ddewis eisoes: cadwch ef neu newidiwch ef.",
    you: Phrase("Eich ateb chi oedd “{answer}”."),
    you_did_not: "Ni wnaethoch ateb hwn.",
    everyone: welsh(
        "Atebodd {n} o bobl. Mae hanner canol yr holl atebion o “{low}” i “{high}”, a’r un canol yw {middle}.",
    ),
    everyone_one: welsh("Atebodd {n} o bobl. Hanner canol yr holl atebion yw {middle}."),
    reasons_title: "Lle’r ydych yn gweld pethau’n wahanol",
    reasons_text: "Mae rhai o’ch atebion y tu allan i hanner canol yr hyn a atebodd pawb y tro diwethaf. Mae’ch rhesymau’n helpu’r lleill: gallwch hepgor unrhyw un o’r rhain, a pheidiwch ag ysgrifennu pwy ydych chi.",
    reason: Phrase("{label}: pam ydych chi’n ei weld felly?"),
    between: Phrase("rhwng “{low}” a “{high}”"),
};
