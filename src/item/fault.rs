//! What is wrong with one posted answer, and how a person is told.

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
    /// Fewer than the least number of choices.
    TooFew {
        /// The least number.
        min: u32,
    },
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
        /// That day, in words.
        min: String,
    },
    /// After the last day allowed.
    TooLate {
        /// That day, in words.
        max: String,
    },
    /// Fewer entries than asked.
    TooFewEntries {
        /// The least number.
        min: u32,
        /// What an entry is called.
        name: String,
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
        /// The missing parts: "a day", "a month and a year".
        parts: String,
    },
    /// No such day.
    NotADate,
    /// Not written as an e-mail address.
    NotAnEmail,
    /// Two items have the same place in a ranking.
    SameRank {
        /// The place.
        place: u32,
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

    /// The fault in plain English, in the grammar of the NHS service manual's error messages.
    pub fn message(&self) -> String {
        let about = self.about.trim_end_matches(['?', '.', ':']);
        match &self.kind {
            FaultKind::NotSelected => format!("Select an answer to “{}”", self.about),
            FaultKind::NotEntered => format!("Enter an answer to “{}”", self.about),
            FaultKind::NotAgreed => format!("Select the box if you agree: “{about}”"),
            FaultKind::NotOffered => format!("Select one of the options offered for “{about}”"),
            FaultKind::OtherNotEntered { option } => format!("Enter what you mean by “{option}”"),
            FaultKind::TooFew { min } => format!("Select at least {min} for “{about}”"),
            FaultKind::TooMany { max } => format!("Select no more than {max} for “{about}”"),
            FaultKind::Exclusive { exclusive, other } => format!("Select “{other}” or select “{exclusive}”, not both"),
            FaultKind::TooLong { max } => format!("“{about}” must be {max} characters or less"),
            FaultKind::TooShort { min } => format!("“{about}” must be {min} characters or more"),
            FaultKind::NotThePattern { message: Some(message) } | FaultKind::Check { message, .. } => message.clone(),
            FaultKind::NotThePattern { message: None } => format!("Enter “{about}” in the format asked for"),
            FaultKind::NotOnStep { step, from } if from == "0" => format!("“{about}” must be a multiple of {step}"),
            FaultKind::NotOnStep { step, from } => format!("“{about}” must go up from {from} in steps of {step}"),
            FaultKind::TooEarly { min } => format!("“{about}” must be {min} or later"),
            FaultKind::TooLate { max } => format!("“{about}” must be {max} or earlier"),
            FaultKind::TooFewEntries { min: 1, name } => format!("Add at least one {name} to “{about}”"),
            FaultKind::TooFewEntries { min, name } => format!("Add at least {min} to “{about}”, each a {name}"),
            FaultKind::NotANumber => format!("“{about}” must be a number, like 10"),
            FaultKind::NotWhole => format!("“{about}” must be a whole number, like 10"),
            FaultKind::TooPrecise { decimals: 1 } => format!("“{about}” must have no more than 1 decimal place"),
            FaultKind::TooPrecise { decimals } => {
                format!("“{about}” must have no more than {decimals} decimal places")
            }
            FaultKind::BelowMin { min } => format!("“{about}” must be {min} or more"),
            FaultKind::AboveMax { max } => format!("“{about}” must be {max} or less"),
            FaultKind::DateIncomplete { parts } => format!("“{about}” must include {parts}"),
            FaultKind::NotADate => format!("“{about}” must be a real date"),
            FaultKind::NotAnEmail => "Enter an email address in the correct format, like name@example.com".to_string(),
            FaultKind::SameRank { place } => {
                format!("Give place {place} to one item only: “{about}” shares it with another")
            }
            FaultKind::RankGap { place } => format!("Give place {place} to an item: it is left out in “{about}”"),
            FaultKind::TooFewRated { min } => format!("Select an answer for at least {min} in “{about}”"),
            FaultKind::WrongTotal { total, sum } if sum > &u64::from(*total) => {
                format!(
                    "The points must add up to {total}: you have given {sum}, which is {} too many",
                    sum - u64::from(*total)
                )
            }
            FaultKind::WrongTotal { total, sum } => {
                format!(
                    "The points must add up to {total}: you have given {sum}, so there are {} left to give",
                    u64::from(*total) - sum
                )
            }
            FaultKind::NotAStep { step } => {
                format!("Points for “{about}” must be a multiple of {step}, like {}", step.saturating_mul(2))
            }
        }
    }
}
