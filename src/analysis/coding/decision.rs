//! What people decide about a coding frame, one entry after another, and why something cannot be decided.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::hex;

/// Most characters of a theme's name.
pub const LONGEST_NAME: usize = 120;

/// One entry of the record of a question's coding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the record, from 1.
    pub number: u32,
    /// When, as `2026-11-22T09:30:00Z`.
    pub at: String,
    /// Who, as they called themselves.
    pub by: String,
    /// What.
    pub event: Event,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something was decided.
    Decided(Decision),
    /// The last decision in force was undone.
    Undone,
    /// The decision undone last is in force again.
    Redone,
    /// A sample of answers was drawn, to be coded by people who do not see their codes.
    Drawn(Draw),
    /// Somebody coded answers of a sample; what they said last of an answer counts.
    Judged {
        /// The entry that drew the sample.
        sample: u32,
        /// The answers, and where they put each.
        places: Vec<(AnswerKey, Place)>,
    },
    /// It was settled where answers belong that people judged differently.
    Settled {
        /// The entry that drew the sample.
        sample: u32,
        /// The answers, and where each belongs.
        places: Vec<(AnswerKey, Place)>,
    },
}

/// A change of the coding frame, or of where answers are in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The machine's themes are taken up for all that no person has decided.
    Suggest(Suggestion),
    /// A new theme.
    Add {
        /// Its id.
        theme: ThemeId,
        /// Its name.
        name: String,
    },
    /// Another name.
    Rename {
        /// The theme.
        theme: ThemeId,
        /// Its new name.
        name: String,
    },
    /// The answers of some themes go to another, and the themes are gone.
    Merge {
        /// The themes that end.
        themes: Vec<ThemeId>,
        /// The theme that gets their answers.
        into: ThemeId,
    },
    /// Some answers of a theme become themes of their own; the others stay.
    Split {
        /// The theme.
        theme: ThemeId,
        /// The new themes.
        parts: Vec<Part>,
    },
    /// A theme without answers is gone.
    Remove {
        /// The theme.
        theme: ThemeId,
    },
    /// A theme stays exactly as it is until it is unlocked: nobody changes it, and no answer comes or goes.
    Lock {
        /// The theme.
        theme: ThemeId,
    },
    /// A locked theme can be changed again.
    Unlock {
        /// The theme.
        theme: ThemeId,
    },
    /// Some answers are put where they belong, and leave where they were.
    Code {
        /// The answers, and where each belongs.
        places: Vec<(AnswerKey, Place)>,
    },
}

/// A part of a theme that becomes a theme of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The new theme.
    pub theme: ThemeId,
    /// Its name.
    pub name: String,
    /// The answers that go there.
    pub answers: Vec<AnswerKey>,
}

/// What the machine suggests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Themes, largest first.
    pub themes: Vec<Suggested>,
    /// Answers that fit no theme.
    pub other: Vec<AnswerKey>,
    /// Answers that say nothing.
    pub none: Vec<AnswerKey>,
    /// What the themes were made with, by name: the seed, the number asked for, the model.
    pub made_with: BTreeMap<String, String>,
}

/// One theme that the machine suggests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggested {
    /// Its id, if it does not join a theme that a person has worked on.
    pub theme: ThemeId,
    /// Its strongest words.
    pub label: String,
    /// Words and phrases that set it apart, strongest first.
    pub terms: Vec<String>,
    /// Typical answers, the most typical first.
    pub quotes: Vec<AnswerKey>,
    /// All its answers.
    pub answers: Vec<AnswerKey>,
    /// How near each of these is to the middle of the theme: the cosine in hundredths, 0 to 100, in their order. None in
    /// records of before it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearness: Vec<u8>,
}

/// A random sample of the coded answers, as they were coded when it was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    /// Decides which answers are drawn.
    pub seed: u64,
    /// Coded answers that there were.
    pub answers: u64,
    /// The themes with the number of their answers.
    pub themes: Vec<DrawnTheme>,
    /// The answers drawn, in the order of drawing, and where they were.
    pub drawn: Vec<(AnswerKey, Place)>,
}

/// A theme when a sample was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnTheme {
    /// The theme.
    pub theme: ThemeId,
    /// Its name then.
    pub name: String,
    /// Its answers then.
    pub answers: u64,
}

/// Where an answer belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// It says nothing.
    None,
    /// It says something that is no theme.
    Other,
    /// It belongs to these themes, at least one.
    Themes(BTreeSet<ThemeId>),
}

impl Place {
    /// In these themes; without any, in none of them.
    pub fn of(themes: impl IntoIterator<Item = ThemeId>) -> Self {
        let themes: BTreeSet<ThemeId> = themes.into_iter().collect();
        if themes.is_empty() { Self::Other } else { Self::Themes(themes) }
    }

    /// A place as a person writes it: `none`, `other`, or themes by their ids or names, with `;` between them.
    pub fn read(written: &str, known: &[(ThemeId, &str)]) -> Result<Self, Refusal> {
        match written.trim().to_lowercase().as_str() {
            "none" => return Ok(Self::None),
            "other" => return Ok(Self::Other),
            _ => {}
        }
        let mut themes = BTreeSet::new();
        for part in written.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let named = known.iter().find(|(theme, name)| {
                theme.to_string() == part.to_lowercase() || name.to_lowercase() == part.to_lowercase()
            });
            themes.insert(named.ok_or_else(|| Refusal::UnknownPlace(part.to_owned()))?.0);
        }
        if themes.is_empty() { Err(Refusal::UnknownPlace(written.to_owned())) } else { Ok(Self::Themes(themes)) }
    }

    /// Whether a theme is among them.
    pub fn has(&self, theme: ThemeId) -> bool {
        matches!(self, Self::Themes(themes) if themes.contains(&theme))
    }

    /// The themes, if any.
    pub fn themes(&self) -> impl Iterator<Item = ThemeId> {
        let themes = if let Self::Themes(themes) = self { Some(themes) } else { None };
        themes.into_iter().flatten().copied()
    }
}

/// A theme of one question's coding frame, written `c1`, `c2` and so on; an id is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ThemeId(pub u32);

impl fmt::Display for ThemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl FromStr for ThemeId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_prefix('c').and_then(|number| number.parse().ok());
        number.map(Self).ok_or_else(|| format!("`{text}` is no theme: themes are called c1, c2 and so on"))
    }
}

impl TryFrom<String> for ThemeId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ThemeId> for String {
    fn from(theme: ThemeId) -> Self {
        theme.to_string()
    }
}

/// One answer as it is worded: whoever changes it later gives another one, which nobody has coded yet.
///
/// It is the id of the response or the idea, and four digits of its hash and the text's: too few to find out what was said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerKey(String);

impl AnswerKey {
    /// The key of the text that a response or an idea has now.
    pub fn new(id: &str, text: &str) -> Self {
        let check = hex(&Sha256::digest(format!("{id}\n{text}")));
        Self(format!("{id}-{}", check.get(..4).unwrap_or_default()))
    }

    /// A key as it was written.
    pub fn read(written: &str) -> Self {
        Self(written.to_owned())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AnswerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something cannot be decided; the text says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such theme.
    #[error("there is no theme {theme}{}", listed(.known))]
    UnknownTheme {
        /// The theme asked for.
        theme: ThemeId,
        /// The themes there are, if they are few.
        known: Vec<(ThemeId, String)>,
    },
    /// What is written is no place.
    #[error("`{0}` is no place: write `none`, `other`, or themes by id or name with `;` between them")]
    UnknownPlace(String),
    /// The theme is there already.
    #[error("there is a theme {0} already: name a new one")]
    KnownTheme(ThemeId),
    /// No such answer, or one that was changed since.
    #[error("there is no answer {0}: it was taken back or changed")]
    UnknownAnswer(AnswerKey),
    /// Nothing can change there.
    #[error("{theme} (“{name}”) is locked: unlock it first")]
    Locked {
        /// The theme.
        theme: ThemeId,
        /// Its name.
        name: String,
    },
    /// Another theme is called so.
    #[error("{theme} is called “{name}” already: choose another name, or merge the two")]
    SameName {
        /// The other theme.
        theme: ThemeId,
        /// The name.
        name: String,
    },
    /// A name without letters or too long.
    #[error("a theme's name has 1 to {LONGEST_NAME} characters")]
    Name,
    /// A theme with itself.
    #[error("{0} cannot be merged with itself: name the themes that end, and another one that stays")]
    WithItself(ThemeId),
    /// Nothing is named.
    #[error("nothing is named: {0}")]
    Nothing(&'static str),
    /// The answer is named twice.
    #[error("the answer {0} is named twice: name it once")]
    Twice(AnswerKey),
    /// The answer is not in the theme, or named twice.
    #[error("the answer {answer} is not in {theme}, or is named twice")]
    NotInTheme {
        /// The answer.
        answer: AnswerKey,
        /// The theme.
        theme: ThemeId,
    },
    /// The theme has answers.
    #[error("{theme} (“{name}”) has {answers} answers: merge it into another theme, or move them first")]
    HasAnswers {
        /// The theme.
        theme: ThemeId,
        /// Its name.
        name: String,
        /// Its answers.
        answers: usize,
    },
    /// Nothing to undo.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// Somebody decided something since.
    #[error("{by} {what} since: look at the history and undo that first")]
    NotTheLast {
        /// Who.
        by: String,
        /// What, as a sentence without its subject.
        what: String,
    },
    /// What is to be undone is not in force.
    #[error("entry {0} is no decision in force: it was undone")]
    NotInForce(u32),
    /// Nothing to do again.
    #[error("nothing was undone since the last decision")]
    NothingToRedo,
    /// No such sample.
    #[error("entry {0} drew no sample")]
    UnknownSample(u32),
    /// The answer is not in the sample.
    #[error("the answer {0} is not in the sample")]
    NotDrawn(AnswerKey),
    /// Nothing to draw from.
    #[error("no answer is coded yet: suggest themes first")]
    NothingCoded,
}

fn listed(themes: &[(ThemeId, String)]) -> String {
    let shown: Vec<String> = themes.iter().map(|(theme, name)| format!("{theme} (“{name}”)")).collect();
    if shown.is_empty() { String::new() } else { format!("; there are {}", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::{AnswerKey, Event, Place, ThemeId};

    #[test]
    fn places_and_themes_are_read_as_they_are_written() {
        let place = Place::of([ThemeId(3), ThemeId(1)]);
        let written = serde_json::to_string(&place).unwrap();
        assert_eq!(written, r#"{"themes":["c1","c3"]}"#);
        assert_eq!(serde_json::from_str::<Place>(&written).unwrap(), place);
        assert_eq!(serde_json::to_string(&Place::of([])).unwrap(), r#""other""#);
        assert!(serde_json::from_str::<ThemeId>(r#""t1""#).is_err() && "c".parse::<ThemeId>().is_err());
        let event = Event::Judged { sample: 4, places: vec![(AnswerKey::read("a-0f"), Place::None)] };
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written, serde_json::json!({"judged": {"sample": 4, "places": [["a-0f", "none"]]}}));
        assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
    }

    #[test]
    fn a_place_is_written_by_ids_or_names() {
        let known = [(ThemeId(1), "Buses"), (ThemeId(12), "Rents, mostly")];
        assert_eq!(Place::read(" C12; buses ", &known), Ok(Place::of([ThemeId(1), ThemeId(12)])));
        assert_eq!(Place::read("None", &known), Ok(Place::None));
        assert!(Place::read("c2", &known).is_err() && Place::read(" ; ", &known).is_err());
    }

    #[test]
    fn an_answer_that_was_changed_is_another_one() {
        let [before, after, same] = ["more buses", "more trains", "more buses"].map(|text| AnswerKey::new("id", text));
        assert!(before == same && before != after && before.as_str().starts_with("id-"));
        assert_eq!(before.as_str().len(), "id-".len() + 4);
    }
}
