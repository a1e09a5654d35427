//! Answers as coders look through them: those of one place, searched by words, in an order, with what the machine's choice
//! rests on.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::coded::{Coded, Coding, Theme};
use super::decision::{AnswerKey, Place, ThemeId};
use crate::analysis::text::{fold, normalise};

/// Where answers are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bin {
    /// All answers.
    All,
    /// Those of a theme.
    Theme(ThemeId),
    /// Those that fit no theme.
    Other,
    /// Those that say nothing.
    None,
    /// Those that came, or were changed, after the last suggestion.
    Waiting,
}

/// In which order answers are looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Typical answers first, then those nearest to the middle of their theme.
    #[default]
    Typical,
    /// Those that the machine is least sure of first; what a person placed comes last.
    Unsure,
}

/// Where answers of a theme are put that a coder names; each answer's other themes stay unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Out of the place looked at, into these themes.
    To(Vec<ThemeId>),
    /// Into these themes as well.
    Also(Vec<ThemeId>),
    /// Out of the theme looked at.
    Out,
    /// Nowhere else: a person confirms where they are.
    Stay,
    /// Out of all themes: they say something that is no theme.
    Other,
    /// Out of all themes: they say nothing.
    None,
}

impl FromStr for Bin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "all" => Self::All,
            "other" => Self::Other,
            "none" => Self::None,
            "waiting" => Self::Waiting,
            theme => Self::Theme(theme.parse()?),
        })
    }
}

impl fmt::Display for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Theme(theme) => theme.fmt(f),
            Self::Other => f.write_str("other"),
            Self::None => f.write_str("none"),
            Self::Waiting => f.write_str("waiting"),
        }
    }
}

impl Bin {
    /// Whether an answer is here.
    fn holds(self, coded: Option<&Coded>) -> bool {
        match (self, coded.map(|coded| &coded.place)) {
            (Self::All, _)
            | (Self::Waiting, None)
            | (Self::Other, Some(Place::Other))
            | (Self::None, Some(Place::None)) => true,
            (Self::Theme(theme), Some(place)) => place.has(theme),
            _ => false,
        }
    }
}

/// The answers of a place whose text has each of these words, as `shown` shows it: what is hidden is not found. Words are
/// parted by spaces, and case and punctuation make no difference; none finds all.
pub fn listed<'a>(
    coding: &Coding,
    texts: impl Iterator<Item = (&'a AnswerKey, &'a str)>,
    (bin, words, order): (Bin, &str, Order),
) -> Vec<&'a AnswerKey> {
    let words: Vec<String> = fold(&normalise(words)).split(' ').map(str::to_owned).filter(|w| !w.is_empty()).collect();
    let has_words = |text: &str| {
        words.is_empty() || {
            let text = fold(&normalise(text));
            words.iter().all(|word| text.contains(word.as_str()))
        }
    };
    let here = texts.filter(|(key, _)| bin.holds(coding.codes().get(key)));
    let mut found: Vec<&AnswerKey> = here.filter(|(_, text)| has_words(text)).map(|(key, _)| key).collect();
    let typical: BTreeMap<&AnswerKey, usize> = match bin {
        Bin::Theme(theme) => {
            let typical = coding.themes().get(&theme).into_iter().flat_map(|theme| &theme.typical);
            typical.zip(0..).collect()
        }
        _ => BTreeMap::new(),
    };
    let nearness = |key: &AnswerKey| coding.codes().get(key).and_then(|coded| coded.nearness);
    match order {
        Order::Typical => found.sort_by_key(|key| {
            let rank = typical.get(key).copied().unwrap_or(usize::MAX);
            (rank, std::cmp::Reverse(nearness(key)))
        }),
        Order::Unsure => found.sort_by_key(|key| nearness(key).unwrap_or(u8::MAX)),
    }
    found
}

/// Where an answer belongs after a move from the place looked at.
pub fn moved(before: Option<&Place>, from: Bin, to: &Move) -> Place {
    let had = || before.into_iter().flat_map(Place::themes);
    let others = || had().filter(|theme| Bin::Theme(*theme) != from);
    match to {
        Move::To(themes) if matches!(from, Bin::Theme(_)) => Place::of(others().chain(themes.iter().copied())),
        Move::To(themes) => Place::of(themes.iter().copied()),
        Move::Also(themes) => Place::of(had().chain(themes.iter().copied())),
        Move::Out => Place::of(others()),
        Move::Stay => before.cloned().unwrap_or(Place::Other),
        Move::Other => Place::Other,
        Move::None => Place::None,
    }
}

/// The words of a theme that stand in a text, the strongest first: what the machine's choice rests on, as far as words go.
pub fn reasons<'t>(theme: &'t Theme, text: &str) -> Vec<&'t str> {
    let text = format!(" {} ", fold(&normalise(text)));
    let stands = |term: &&String| text.contains(&format!(" {} ", fold(&normalise(term))));
    theme.terms.iter().filter(stands).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::coded::Coding;
    use super::super::decision::{AnswerKey, Decision, Place, Suggested, Suggestion, ThemeId};
    use super::{Bin, Move, Order, listed, moved, reasons};

    fn key(name: &str) -> AnswerKey {
        AnswerKey::read(name)
    }

    fn coding() -> Coding {
        let suggested = Suggested {
            theme: ThemeId(1),
            label: "night bus".to_owned(),
            terms: vec!["night bus".to_owned(), "late".to_owned()],
            quotes: vec![key("b")],
            answers: vec![key("a"), key("b"), key("c")],
            nearness: vec![90, 40, 70],
        };
        let suggestion = Suggestion { themes: vec![suggested], other: vec![key("d")], ..Suggestion::default() };
        let mut coding = Coding::default();
        coding.apply(&Decision::Suggest(suggestion)).unwrap();
        coding
    }

    #[test]
    fn answers_are_found_by_place_and_words_and_stand_in_the_order_asked_for() {
        let texts: BTreeMap<AnswerKey, &str> = [
            ("a", "The Night-bus, please"),
            ("b", "Night bus!"),
            ("c", "buses at night"),
            ("d", "night [name]"),
            ("e", "new"),
        ]
        .map(|(name, text)| (key(name), text))
        .into();
        let coding = coding();
        let found = |bin, words, order| -> Vec<String> {
            let texts = texts.iter().map(|(key, text)| (key, *text));
            listed(&coding, texts, (bin, words, order)).into_iter().map(ToString::to_string).collect()
        };
        let theme = Bin::Theme(ThemeId(1));
        assert_eq!(found(theme, "", Order::Typical), ["b", "a", "c"]);
        assert_eq!(found(theme, "", Order::Unsure), ["b", "c", "a"]);
        assert_eq!(found(Bin::All, "NIGHT bus", Order::Typical), ["a", "c", "b"]);
        assert_eq!(found(Bin::Other, "night", Order::Typical), ["d"]);
        assert_eq!(
            (found(Bin::Waiting, "", Order::Typical), found(Bin::None, "", Order::Typical)),
            (vec!["e".to_owned()], vec![])
        );
        for bin in [Bin::All, theme, Bin::Other, Bin::None, Bin::Waiting] {
            assert_eq!(bin.to_string().parse(), Ok(bin));
        }
        let theme = &coding.themes()[&ThemeId(1)];
        assert_eq!(reasons(theme, "Late again: the night-bus."), ["night bus", "late"]);
        assert_eq!(reasons(theme, "lately at night"), Vec::<&str>::new());
    }

    #[test]
    fn a_move_keeps_the_themes_that_are_not_looked_at() {
        let (one, two, three) = (ThemeId(1), ThemeId(2), ThemeId(3));
        let both = Place::of([one, two]);
        let from = |bin, to: &Move| moved(Some(&both), bin, to);
        assert_eq!(from(Bin::Theme(one), &Move::To(vec![three])), Place::of([two, three]));
        assert_eq!(from(Bin::All, &Move::To(vec![three])), Place::of([three]));
        assert_eq!(from(Bin::Theme(one), &Move::Also(vec![three])), Place::of([one, two, three]));
        assert_eq!(from(Bin::Theme(one), &Move::Out), Place::of([two]));
        assert_eq!(moved(Some(&Place::of([one])), Bin::Theme(one), &Move::Out), Place::Other);
        assert_eq!((from(Bin::All, &Move::Stay), from(Bin::All, &Move::None)), (both.clone(), Place::None));
        assert_eq!(moved(None, Bin::Waiting, &Move::To(vec![two])), Place::of([two]));
    }
}
