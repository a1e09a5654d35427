//! What the objects of a definition may have, as tables: a [`super::Reader`] checks by them what is written,
//! and the schema for editors is made from them.
//!
//! Each object's table stands beside the code that reads it. No key can be read that is in no table, and none is
//! in a table that nothing reads: a test of `definition::parse` holds it.

use super::{Id, Value};

/// A kind of object, such as a page.
#[derive(Debug)]
pub struct Object {
    /// What it is called.
    pub name: &'static str,
    /// What it is, as a sentence without a full stop.
    pub about: &'static str,
    /// Its keys, in groups that several objects can have.
    pub keys: &'static [&'static [Key]],
    /// What its key `type` chooses between, if it has one.
    pub types: Option<Types>,
}

/// The types of an object, each with keys of its own.
#[derive(Debug)]
pub struct Types {
    /// Every type there is.
    pub all: fn() -> &'static [Type],
    /// The names of those that the object can be; all of them where none is named.
    pub only: &'static [&'static str],
}

/// A type with what an object of it has besides.
#[derive(Debug)]
pub struct Type {
    /// Its name, as a definition writes it.
    pub name: &'static str,
    /// What it is, as a sentence.
    pub about: &'static str,
    /// Its own keys.
    pub keys: &'static [Key],
}

/// One key of an object.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What may stand under it.
    pub shape: Shape,
    /// Whether it may be left out.
    pub need: Need,
    /// What counts where it is left out, as it would be written; a text without its quotation marks.
    pub default: Option<&'static str>,
    /// What it means, as a sentence without a full stop.
    pub about: &'static str,
    /// Texts that might stand under it.
    pub examples: &'static [&'static str],
    /// The code of the finding about a number out of range or an unknown word.
    pub code: &'static str,
    /// True if it is checked and kept in the file, and nothing else reads it.
    pub is_kept: bool,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may.
    No,
    /// It must be there, and its text or list must not be empty.
    Yes,
    /// It must be there where this other key is not.
    Unless(&'static str),
    /// It must be there where this other key is; whoever reads the object says so.
    With(&'static str),
}

/// What may stand under a key.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number between two, both included.
    Count(u32, u32),
    /// A whole number, negative or not.
    Whole,
    /// A number.
    Number(Bounds),
    /// One of a few words.
    Words(fn() -> Vec<Word>),
    /// The name of one of the object's types.
    Type,
    /// An id that names the object, or that is kept from naming any.
    Id(Id),
    /// The id of something else in the definition, which whoever reads it looks up.
    Named(Id),
    /// A condition in the language of rules, which whoever reads it parses.
    Rule,
    /// A calculation in the language of rules, which whoever reads it parses.
    Expression,
    /// A day such as `2026-03-31`.
    Day,
    /// A day and a time such as `2026-03-31T09:00`.
    Time,
    /// A list of such things.
    List(&'static Shape),
    /// An object whose keys the author chooses: what its keys are, and what stands under them.
    Map(&'static Shape, &'static Shape),
    /// One of several shapes that are written as different kinds of value.
    Either(&'static [Shape]),
    /// An object with a table of its own.
    Object(&'static Object),
}

/// The numbers that may stand under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Any.
    Any,
    /// Those above 0.
    AboveZero,
    /// Those above 1.
    AboveOne,
    /// Those from 0 and below 1.
    Share,
    /// Those from 0 to 1, which add up with others and are checked with them.
    Part,
}

/// A word that may stand under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub name: &'static str,
    /// What it means, as a sentence without a full stop.
    pub about: &'static str,
}

/// Words with the values they stand for and what they mean.
pub type Words<T> = &'static [(&'static str, T, &'static str)];

/// The words alone, for [`Shape::Words`].
pub fn words<T>(words: Words<T>) -> Vec<Word> {
    words.iter().map(|(name, _, about)| Word { name, about }).collect()
}

impl Object {
    /// An object with these groups of keys.
    pub const fn new(name: &'static str, about: &'static str, keys: &'static [&'static [Key]]) -> Self {
        Self { name, about, keys, types: None }
    }

    /// The same, with more keys by its type.
    #[must_use]
    pub const fn of_types(self, all: fn() -> &'static [Type], only: &'static [&'static str]) -> Self {
        Self { types: Some(Types { all, only }), ..self }
    }

    /// Its keys, without those of its types.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().copied().flatten()
    }

    /// The types it can be.
    pub fn types(&self) -> impl Iterator<Item = &'static Type> + '_ {
        self.types.iter().flat_map(|types| {
            (types.all)().iter().filter(|known| types.only.is_empty() || types.only.contains(&known.name))
        })
    }

    /// It and every object within it, each once.
    pub fn with_inner(&'static self) -> Vec<&'static Object> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(object) = found.get(next).copied() {
            next += 1;
            for key in object.keys().chain(object.types().flat_map(|known| known.keys)) {
                if let Some(inner) = key.shape.object()
                    && !found.iter().any(|known| known.name == inner.name)
                {
                    found.push(inner);
                }
            }
        }
        found
    }
}

impl Key {
    /// A key that may be left out; a flag is then false.
    pub const fn new(name: &'static str, shape: Shape, about: &'static str) -> Self {
        let (code, default) = match shape {
            Shape::Flag => ("E107", Some("false")),
            Shape::Count(..) | Shape::Number(_) => ("E306", None),
            _ => ("E107", None),
        };
        Self { name, shape, need: Need::No, default, about, examples: &[], code, is_kept: false }
    }

    /// A key that must be there.
    pub const fn needed(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self::new(name, shape, about).need(Need::Yes)
    }

    /// The same, needed in this way.
    #[must_use]
    pub const fn need(self, need: Need) -> Self {
        Self { need, ..self }
    }

    /// The same, with what counts where it is left out.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// The same, with examples of what may stand under it.
    #[must_use]
    pub const fn such_as(self, examples: &'static [&'static str]) -> Self {
        Self { examples, ..self }
    }

    /// The same, with another code for a number out of range or an unknown word.
    #[must_use]
    pub const fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// The same, checked and read by nothing else.
    #[must_use]
    pub const fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }
}

impl Shape {
    /// A whole number from 0.
    pub const COUNT: Self = Self::Count(0, u32::MAX);

    /// The object that is written under such a key, itself or within lists and the like.
    pub fn object(&self) -> Option<&'static Object> {
        match self {
            Self::Object(object) => Some(object),
            Self::List(inner) | Self::Map(_, inner) => inner.object(),
            Self::Either(shapes) => shapes.iter().find_map(Self::object),
            _ => None,
        }
    }

    /// True for a value of the kind in which such a thing is written. Of an object its own reader says it.
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Either(shapes), _) => shapes.iter().any(|shape| shape.takes(value)),
            (Self::Object(_), _)
            | (Self::Flag, Value::Bool(_))
            | (Self::List(_), Value::List(_))
            | (Self::Map(..), Value::Map(_)) => true,
            (Self::Count(..), Value::Number(written)) => written.parse::<u32>().is_ok(),
            (Self::Whole, Value::Number(written)) => written.parse::<i32>().is_ok(),
            (Self::Number(_), Value::Number(written)) => written.parse().is_ok_and(f64::is_finite),
            (Self::Flag | Self::List(_) | Self::Map(..) | Self::Count(..) | Self::Whole | Self::Number(_), _) => false,
            _ => matches!(value, Value::Text(_)),
        }
    }

    /// What to write, for who wrote a value of another kind.
    pub(super) fn wanted(&self) -> String {
        match self {
            Self::Flag => "true or false".to_string(),
            Self::Count(from, _) => format!("a whole number from {from}"),
            Self::Whole => "a whole number".to_string(),
            Self::Number(_) => "a number".to_string(),
            Self::List(_) => "a list".to_string(),
            Self::Map(..) | Self::Object(_) => "an object".to_string(),
            Self::Either(shapes) => shapes.iter().map(Self::wanted).collect::<Vec<_>>().join(" or "),
            _ => "a text".to_string(),
        }
    }
}

impl Bounds {
    /// True if a number lies within.
    pub fn allow(self, number: f64) -> bool {
        match self {
            Self::Any | Self::Part => true,
            Self::AboveZero => number > 0.0,
            Self::AboveOne => number > 1.0,
            Self::Share => (0.0..1.0).contains(&number),
        }
    }
}
