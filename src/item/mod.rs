//! One file per item type: what its author may write, how a posted answer is read, and what scale it measures on.

pub mod options;

mod allocate;
mod answer;
mod consent;
mod date;
mod email;
mod fault;
mod fields;
mod ideas;
mod multi;
mod note;
mod number;
mod order;
mod rank;
mod rate;
mod repeat;
mod single;
mod text;

pub use allocate::Allocate;
pub use answer::Answer;
pub use consent::Consent;
pub use date::Date;
pub use email::Email;
pub use fault::{Fault, FaultKind};
pub use fields::{Fields, tidy};
pub use ideas::{ID_PREFIX, Ideas, Moderation, VOTES, is_id};
pub use multi::Multi;
pub use note::Note;
pub use number::Number;
pub use order::Order;
pub use rank::Rank;
pub use rate::{Measure, Rate};
pub use repeat::{Repeat, parts_of};
pub use single::{Single, Style};
pub use text::{Look, Text, people_count as characters};

use crate::document::keys::{Key, Shape, Type, words};
use crate::document::{Id, Reader};
use options::{Choice, ItemRow, LOST_RULE, Names, SHOW_IF, SOURCE, Written};

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
    /// How its options and rows are ordered.
    pub order: Order,
    /// Items of one group show what they share in one order.
    pub order_group: Option<String>,
    /// Who sees it, until the question that it belongs to takes the rule; everyone if not said.
    pub show_if: Option<Written>,
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
    /// The same questions several times.
    Entries {
        /// What is asked in each entry.
        fields: &'a [Item],
        /// Most entries.
        max: u32,
        /// True if what is written is grouped into themes.
        themes: bool,
    },
    /// Ideas of one's own, and votes on ideas that were there.
    Ideas {
        /// Ideas that were there from the start.
        seeds: &'a [ItemRow],
        /// Most ideas of one person.
        max: u32,
    },
}

impl Scale<'_> {
    /// True if what people write is grouped into themes.
    pub fn is_themed(self) -> bool {
        matches!(self, Self::FreeText { themes: true } | Self::Entries { themes: true, .. } | Self::Ideas { .. })
    }
}

/// What an item type does. Each file of this folder fills it once.
pub(crate) trait ItemType: Sized {
    /// What its author may write beside [`HEAD`].
    const KEYS: &'static [Key];
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
    /// The options, if it has any.
    fn options_mut(&mut self) -> Option<&mut Vec<Choice>> {
        None
    }
    /// The rows, if it has any.
    fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
        None
    }
    /// The items within it.
    fn fields_mut(&mut self) -> &mut [Item] {
        &mut []
    }
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
            /// Every type with its keys.
            pub fn types() -> &'static [Type] {
                &[$(Type { name: $name, about: $doc, keys: $kind::KEYS }),+]
            }

            /// The type's name, as a definition writes it.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$kind(_) => $name),+ }
            }

            /// Reads what is particular to the type of an item; an unknown type gives nothing.
            pub fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
                match reader.kind()? { $($name => $kind::define(reader, names).map(Self::$kind),)+ _ => None }
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

            /// Its options, if it has any.
            pub fn options_mut(&mut self) -> Option<&mut Vec<Choice>> {
                match &mut self.kind { $(Kind::$kind(kind) => kind.options_mut()),+ }
            }

            /// Its rows, if it has any.
            pub fn rows_mut(&mut self) -> Option<&mut Vec<ItemRow>> {
                match &mut self.kind { $(Kind::$kind(kind) => kind.rows_mut()),+ }
            }

            /// The items within it.
            pub fn fields_mut(&mut self) -> &mut [Item] {
                match &mut self.kind { $(Kind::$kind(kind) => kind.fields_mut()),+ }
            }

            /// What is missing from an answer to the item, were it required.
            pub fn missing(&self, answer: Option<&Answer>) -> Vec<Fault> {
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
    "repeat" Repeat "The same few questions, several times.",
    "ideas" Ideas "An idea wall.",
}

/// The keys of every item.
pub const HEAD: &[Key] = &[
    Key::needed("id", Shape::Id(Id::Name), "Names the question in rules, and its column in the export"),
    Key::needed("type", Shape::Type, "What kind of question it is; the other keys depend on it"),
    Key::needed("text", Shape::Text, "The question"),
    Key::new("hint", Shape::Text, "Help under the question"),
    Key::new("required", Shape::Flag, "Whether whoever sees it must answer"),
    Key::new("order", Shape::Words(|| words(Order::WORDS)), "The order of its options or rows").or("listed"),
    Key::new(
        "order_group",
        Shape::Id(Id::Name),
        "Questions of one group that list the same things show them in one order; a group of its own if left out",
    ),
    SHOW_IF,
    LOST_RULE,
    SOURCE,
];

impl Item {
    /// Reads an item, as far as it has an id and a type that is known.
    pub fn define(reader: &Reader<'_>, names: &Names) -> Option<Self> {
        let kind = Kind::define(reader, names);
        let head = Head {
            text: reader.text("text").unwrap_or_default(),
            hint: reader.text("hint"),
            required: reader.flag("required"),
            order: reader.word("order", Order::WORDS).unwrap_or_default(),
            order_group: reader.text("order_group"),
            show_if: options::written(reader),
            id: reader.text("id")?,
        };
        let mut item = Self { kind: kind?, head };
        let has_order = item.options_mut().is_some() || item.rows_mut().is_some();
        for key in ["order", "order_group"] {
            if reader.node(key).is_some() && !has_order {
                let message = format!("{} has nothing to put in order", reader.what());
                reader.findings.error("E313", reader.place_of(key), message, format!("leave `{key}` out"));
            }
        }
        Some(item)
    }

    /// The faults of leaving the item so, if it is required.
    pub fn unanswered(&self, answer: Option<&Answer>) -> Vec<Fault> {
        if self.head.required { self.missing(answer) } else { Vec::new() }
    }

    /// Takes parts away: options by `OPTION`, and of a repeat fields by `FIELD` and their options by `FIELD.OPTION`.
    pub fn withhold(&mut self, parts: &[&str]) {
        if let Some(options) = self.options_mut() {
            options.retain(|option| !parts.contains(&option.id.as_str()));
        }
        if let Kind::Repeat(repeat) = &mut self.kind {
            repeat.withhold(parts);
        }
    }

    /// The rows in the order that the person with this seed sees, in the parts that they are asked in; none where they
    /// are asked together.
    pub fn parts(&self, seed: &str) -> Vec<Vec<&str>> {
        let Kind::Rate(rate) = &self.kind else { return Vec::new() };
        if rate.parts() == 1 {
            return Vec::new();
        }
        let mut rows: Vec<&ItemRow> = rate.rows.iter().collect();
        self.head.order.arrange(&mut rows, seed, self.order_group(), |row| &row.label, |_| false);
        let rows: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        rate.cut(&rows)
    }

    /// True if an answer that was given has all that is needed within it: the required fields of each entry.
    pub fn is_whole(&self, answer: Option<&Answer>) -> bool {
        match (&self.kind, answer) {
            (Kind::Repeat(repeat), Some(Answer::Entries(entries))) => repeat.is_whole(entries),
            _ => true,
        }
    }

    /// The label of one of its options or rows.
    pub fn label(&self, id: &str) -> Option<&str> {
        let (options, rows) = self.listed();
        let option = options.iter().find(|option| option.id == id).map(|option| option.label.as_str());
        option.or_else(|| rows.iter().find(|row| row.id == id).map(|row| row.label.as_str()))
    }

    /// Its options and its rows.
    fn listed(&self) -> (&[Choice], &[ItemRow]) {
        match self.scale() {
            Scale::Nominal(options) | Scale::Ordinal(options) | Scale::Multiple(options) => (options, &[]),
            Scale::Ratings { rows, steps } => (steps, rows),
            Scale::Ranking { rows, .. } | Scale::Allocation { rows, .. } | Scale::Ideas { seeds: rows, .. } => {
                (&[], rows)
            }
            _ => (&[], &[]),
        }
    }

    /// Puts options and rows in the order that the person with this seed sees.
    pub fn arrange(&mut self, seed: &str) {
        let order = self.head.order;
        let group = self.order_group().to_string();
        if let Some(rows) = self.rows_mut() {
            order.arrange(rows, seed, &group, |row| &row.label, |_| false);
        } else if let Some(options) = self.options_mut() {
            order.arrange(options, seed, &group, |option| &option.label, |option| option.last);
        }
    }

    /// The places in the definition of its rows or options, in the order that the person with this seed sees.
    pub fn order_seen(&self, seed: &str) -> Vec<u16> {
        let (order, group) = (self.head.order, self.order_group());
        let (options, rows) = self.listed();
        let (mut options, mut rows): (Vec<_>, Vec<_>) = ((0..).zip(options).collect(), (0..).zip(rows).collect());
        if rows.is_empty() {
            order.arrange(&mut options, seed, group, |(_, option)| &option.label, |(_, option)| option.last);
            return options.into_iter().map(|(place, _)| place).collect();
        }
        order.arrange(&mut rows, seed, group, |(_, row)| &row.label, |_| false);
        rows.into_iter().map(|(place, _)| place).collect()
    }

    /// The places of these rows in the definition.
    pub fn places<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Vec<u16> {
        let (_, rows) = self.listed();
        ids.filter_map(|id| (0..).zip(rows).find(|(_, row)| row.id == id).map(|(place, _)| place)).collect()
    }

    /// What its order is drawn for.
    fn order_group(&self) -> &str {
        self.head.order_group.as_deref().unwrap_or(&self.head.id)
    }
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
