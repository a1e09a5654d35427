//! An answer: one respondent's value for one item, in one of a few shapes.

use std::collections::BTreeMap;

/// One answer. It exists only if it passed its item's rules; "no answer" is the absence of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A box ticked.
    Given,
    /// One option, with the text beside it where the option asks for one.
    Choice {
        /// The option's id.
        option: String,
        /// The text beside "other".
        other: Option<String>,
    },
    /// Several options, in the order of the definition.
    Choices {
        /// The options' ids.
        options: Vec<String>,
        /// Texts beside options, by option id.
        other: BTreeMap<String, String>,
    },
    /// Text, an e-mail address among it.
    Text(String),
    /// A number, as decimal text so that nothing is rounded.
    Number(String),
    /// A day as `YYYY-MM-DD`.
    Date(String),
    /// An option of the scale for each rated row, by row id.
    Ratings(BTreeMap<String, String>),
    /// Row ids from the first place on.
    Ranking(Vec<String>),
    /// Points for each row that was given any, by row id.
    Points(BTreeMap<String, u32>),
    /// The entries of a repeat, each with its answers by field id.
    Entries(Vec<BTreeMap<String, Answer>>),
    /// What a person said on an idea wall.
    Ideas {
        /// How many ideas the person gave.
        own: u32,
        /// Votes by idea, the owner's and other people's: `agree`, `disagree` or `pass`.
        votes: BTreeMap<String, String>,
    },
}
