//! What is wrong with one posted answer; `render` says it in the words of the page.

use jiff::civil::Date;

/// A fault in the answer to one item. The posted text stays on the page beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The item's id.
    pub item: String,
    /// The form field to correct, for the link in the error summary.
    pub field: String,
    /// What the fault is about, as the person reads it: the question, or a row's label.
    pub about: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing was chosen where an answer is needed.
    NotSelected,
    /// Nothing was written where an answer is needed.
    NotEntered,
    /// The box that must be ticked is not.
    NotAgreed,
    /// A choice that is not offered; the form was changed or is out of date.
    NotOffered,
    /// "Other" was chosen and nothing written beside it.
    OtherNotEntered {
        /// The option's label.
        option: String,
    },
    /// Something was written beside "other", and another option was chosen.
    OtherNotChosen {
        /// The label of the option with the text.
        option: String,
    },
    /// Fewer than the least number of choices.
    TooFew {
        /// The least number.
        min: u32,
    },
    /// More ideas than one person can give.
    EnoughIdeas {
        /// The largest number.
        max: u32,
    },
    /// More comments than one person can add to an idea.
    EnoughComments,
    /// It was not said whether an idea is one of those that others gave.
    SameNotSaid,
    /// More than the largest number of choices.
    TooMany {
        /// The largest number.
        max: u32,
    },
    /// An exclusive option together with another one.
    Exclusive {
        /// The exclusive option's label.
        exclusive: String,
        /// The label of a choice that it excludes.
        other: String,
    },
    /// Longer than allowed, counted in characters as people see them.
    TooLong {
        /// The largest number of characters.
        max: u32,
    },
    /// Shorter than asked, counted in the same way.
    TooShort {
        /// The least number of characters.
        min: u32,
    },
    /// Text that does not look as asked.
    NotThePattern {
        /// What the author wrote for this case.
        message: Option<String>,
    },
    /// A number between two steps.
    NotOnStep {
        /// The distance between steps.
        step: String,
        /// Where they start.
        from: String,
    },
    /// Before the first day allowed.
    TooEarly {
        /// That day.
        min: Date,
    },
    /// After the last day allowed.
    TooLate {
        /// That day.
        max: Date,
    },
    /// Fewer entries than asked.
    TooFewEntries {
        /// The least number.
        min: u32,
        /// What an entry is called, if its author said.
        name: Option<String>,
    },
    /// A check across answers that does not hold, in its author's words.
    Check {
        /// Its number in the definition, from 1.
        number: usize,
        /// What the author wrote for this case.
        message: String,
        /// True if the person may go on all the same.
        may_go_on: bool,
    },
    /// Not written as a number.
    NotANumber,
    /// Decimals where a whole number is asked.
    NotWhole,
    /// More decimal places than asked.
    TooPrecise {
        /// The most decimal places.
        decimals: u32,
    },
    /// Below the least number.
    BelowMin {
        /// The least number, as written in the definition.
        min: String,
    },
    /// Above the largest number.
    AboveMax {
        /// The largest number, as written in the definition.
        max: String,
    },
    /// A part of a date is missing.
    DateIncomplete {
        /// Which of day, month and year are.
        missing: [bool; 3],
    },
    /// No such day.
    NotADate,
    /// Not written as an e-mail address.
    NotAnEmail,
    /// Two items have the same place in a ranking.
    SameRank {
        /// The place.
        place: u32,
        /// The label of the other item.
        other: String,
    },
    /// A place is left out of a ranking.
    RankGap {
        /// The first place that is missing.
        place: u32,
    },
    /// Fewer items rated than asked.
    TooFewRated {
        /// The least number of items.
        min: u32,
    },
    /// Points that do not add up.
    WrongTotal {
        /// What they must add up to.
        total: u32,
        /// What they add up to.
        sum: u64,
    },
    /// Points that are not a multiple of the step.
    NotAStep {
        /// The step.
        step: u32,
    },
}

impl Fault {
    /// True if the person may go on without mending it.
    pub fn may_go_on(&self) -> bool {
        matches!(self.kind, FaultKind::Check { may_go_on: true, .. })
    }
}
