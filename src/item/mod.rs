//! One file per item type: what its author may write, how a posted answer is read, and what scale it measures on.

pub mod options;

mod allocate;
mod answer;
mod consent;
mod date;
mod email;
mod fault;
mod fields;
mod multi;
mod note;
mod number;
mod rank;
mod rate;
mod single;
mod text;

pub use allocate::Allocate;
pub use answer::Answer;
pub use consent::Consent;
pub use date::Date;
pub use email::Email;
pub use fault::{Fault, FaultKind};
pub use fields::{Fields, tidy};
pub use multi::Multi;
pub use note::Note;
pub use number::Number;
pub use rank::Rank;
pub use rate::{Measure, Rate};
pub use single::{Single, Style};
pub use text::Text;

use crate::document::Reader;
use options::{Choice, ItemRow, Names};

/// What every item has: its name, what it asks and whether an answer is needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Stable id, unique in the survey.
    pub id: String,
    /// The question, in the Markdown subset.
    pub text: String,
    /// Help beside the question.
    pub hint: Option<String>,
    /// True if a shown item must be answered.
    pub required: bool,
}

/// What was read from posted fields: an answer as far as there is one, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The answer; present beside faults where part of it can be kept.
    pub answer: Option<Answer>,
    /// What the person must correct.
    pub faults: Vec<Fault>,
}

/// What an item measures. Analysis, export and rules read the scale, never the item's type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale<'a> {
    /// Asks nothing.
    None,
    /// Ticked or not.
    Flag,
    /// One of several options without an order.
    Nominal(&'a [Choice]),
    /// One of several options with values in order.
    Ordinal(&'a [Choice]),
    /// Any number of several options.
    Multiple(&'a [Choice]),
    /// An option of one scale for each row.
    Ratings {
        /// What is rated.
        rows: &'a [ItemRow],
        /// The scale.
        steps: &'a [Choice],
    },
    /// Rows in order of preference, as far as given.
    Ranking {
        /// What is ranked.
        rows: &'a [ItemRow],
        /// Places that can be given.
        places: usize,
    },
    /// Points shared between rows.
    Allocation {
        /// What is given points.
        rows: &'a [ItemRow],
        /// Points to share.
        total: u32,
    },
    /// A number.
    Interval,
    /// A day.
    Day,
    /// Free text.
    FreeText {
        /// True if its answers are grouped into themes.
        themes: bool,
    },
}

/// What an item type does. Each file of this folder fills it once.
pub(crate) trait ItemType: Sized {
    /// Reads the keys of its own from the definition, recording mistakes.
    fn define(reader: &Reader<'_>, names: &Names) -> Option<Self>;
    /// Reads an answer from posted fields. Nothing that is typed makes it fail.
    fn read(&self, head: &Head, fields: &Fields) -> Reading;
    /// Writes an answer as the fields that would be posted for it: `read` of `write` gives the answer back.
    fn write(&self, head: &Head, answer: &Answer, fields: &mut Fields);
    /// What is missing if the item is required.
    fn unanswered(&self, head: &Head, answer: Option<&Answer>) -> Vec<Fault>;
    /// What the item measures.
    fn scale(&self) -> Scale<'_>;
}

/// One thing asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Name, question, hint and whether an answer is needed.
    pub head: Head,
    /// Its type with what is particular to it.
    pub kind: Kind,
}

macro_rules! kinds {
    ($($name:literal $kind:ident $doc:literal),+ $(,)?) => {
        /// The item types.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Kind { $(#[doc = $doc] $kind($kind)),+ }

        impl Kind {
            /// The names of all types, as a definition writes them.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The type's name, as a definition writes it.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$kind(_) => $name),+ }
            }

            /// Reads what is particular to the type called `name`, which is one of [`Kind::NAMES`].
            pub fn define(name: &str, reader: &Reader<'_>, names: &Names) -> Option<Self> {
                match name { $($name => $kind::define(reader, names).map(Self::$kind),)+ _ => None }
            }
        }

        impl Item {
            /// Reads an answer from posted fields; never fails as a whole, so nothing typed is lost.
            pub fn read(&self, fields: &Fields) -> Reading {
                match &self.kind { $(Kind::$kind(kind) => kind.read(&self.head, fields)),+ }
            }

            /// The fields that would be posted for an answer.
            pub fn write(&self, answer: &Answer, fields: &mut Fields) {
                match &self.kind { $(Kind::$kind(kind) => kind.write(&self.head, answer, fields)),+ }
            }

            /// The faults of leaving the item so, if it is required.
            pub fn unanswered(&self, answer: Option<&Answer>) -> Vec<Fault> {
                if !self.head.required { return Vec::new(); }
                match &self.kind { $(Kind::$kind(kind) => kind.unanswered(&self.head, answer)),+ }
            }

            /// What the item measures.
            pub fn scale(&self) -> Scale<'_> {
                match &self.kind { $(Kind::$kind(kind) => kind.scale()),+ }
            }
        }
    };
}

kinds! {
    "note" Note "Text to read.",
    "consent" Consent "A box to tick.",
    "single" Single "One of several options.",
    "multi" Multi "Any of several options.",
    "text" Text "Free text.",
    "number" Number "A number.",
    "date" Date "A day.",
    "email" Email "An e-mail address.",
    "rate" Rate "Each of several rows on one scale.",
    "rank" Rank "Rows in order of preference.",
    "allocate" Allocate "Points shared between rows.",
}

impl Head {
    /// A fault of the whole item, linked to its first field.
    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { item: self.id.clone(), field: self.id.clone(), about: self.text.clone(), kind }
    }

    /// A fault of one row or part, named after it.
    pub(crate) fn part_fault(&self, part: &str, about: &str, kind: FaultKind) -> Fault {
        Fault { item: self.id.clone(), field: format!("{}.{part}", self.id), about: about.to_string(), kind }
    }
}

impl Reading {
    /// An answer without faults.
    pub(crate) fn of(answer: Option<Answer>) -> Self {
        Self { answer, faults: Vec::new() }
    }

    /// A fault and nothing to keep.
    pub(crate) fn fault(fault: Fault) -> Self {
        Self { answer: None, faults: vec![fault] }
    }
}
