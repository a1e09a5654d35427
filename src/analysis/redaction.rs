//! What people decide about personal details in answers: which words are hidden in a quote and why, who looked it through,
//! and how many must have before it leaves.
//!
//! What is decided is a list of [`Entry`], and nothing of it is ever changed: the [`Standing`] follows from the list.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::coding::decision::AnswerKey;
use super::text::redact::{Kind, Redactor};

/// One entry of the record of a consultation.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the record, from 1.
    pub number: u32,
    /// When, as `2026-11-22T09:30:00Z`.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    pub event: Event,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody looked an answer through, and says what is hidden in it and nothing else.
    Reviewed {
        /// The question.
        item: String,
        /// The answers that have this text.
        answers: Vec<AnswerKey>,
        /// What is hidden, in order; none overlap.
        hidden: Vec<Hidden>,
    },
    /// From now on quotes leave by this rule.
    Rule(Rule),
}

/// Words that are hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The first byte of the text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// Why.
    pub reason: Reason,
}

/// Why words are hidden, written as what stands in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reason {
    /// They are a detail of a kind that the rules know.
    Found(Kind),
    /// They name a street, a ward, a team or an employer.
    Place,
    /// They make one person known in another way.
    Person,
}

impl Reason {
    /// Every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.into_iter().map(Self::Found).chain([Self::Place, Self::Person])
    }

    /// What stands in the place of the words, and is posted.
    pub fn label(self) -> &'static str {
        match self {
            Self::Found(kind) => kind.label(),
            Self::Place => "place",
            Self::Person => "personal detail",
        }
    }

    /// The reason that is written so.
    pub fn of_label(label: &str) -> Option<Self> {
        Self::all().find(|reason| reason.label() == label)
    }
}

impl TryFrom<String> for Reason {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::of_label(&text).ok_or_else(|| format!("`{text}` is no reason to hide words"))
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.label().to_owned()
    }
}

/// When an answer may be quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Always: what the program finds is hidden where nobody looked it through.
    #[default]
    Found,
    /// Once one person has looked it through.
    One,
    /// Once two people have, and say the same.
    Two,
}

impl Rule {
    /// Its word, as it is posted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::One => "one",
            Self::Two => "two",
        }
    }

    /// The rule of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Found, Self::One, Self::Two].into_iter().find(|rule| rule.as_str() == word)
    }

    fn people(self) -> usize {
        match self {
            Self::Found => 0,
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// What was decided about one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The entry that said so first.
    pub number: u32,
    /// What is hidden.
    pub hidden: Vec<Hidden>,
    /// Who says so, in the order in which they did, each once.
    pub by: Vec<String>,
}

/// Everything that was decided, in force after the last entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When an answer may be quoted.
    pub rule: Rule,
    reviews: BTreeMap<String, BTreeMap<AnswerKey, Review>>,
}

/// Goes through a record from its start. Who says what another said confirms it; who says something else stands alone with it.
pub fn replay(entries: &[Entry]) -> Standing {
    let mut standing = Standing::default();
    for entry in entries {
        match &entry.event {
            Event::Rule(rule) => standing.rule = *rule,
            Event::Reviewed { item, answers, hidden } => {
                let of_item = standing.reviews.entry(item.clone()).or_default();
                for answer in answers {
                    match of_item.get_mut(answer) {
                        Some(known) if known.hidden == *hidden => {
                            if !known.by.contains(&entry.by) {
                                known.by.push(entry.by.clone());
                            }
                        }
                        _ => {
                            let (number, by) = (entry.number, vec![entry.by.clone()]);
                            of_item.insert(answer.clone(), Review { number, hidden: hidden.clone(), by });
                        }
                    }
                }
            }
        }
    }
    standing
}

impl Standing {
    /// The questions of which answers were looked through.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.reviews.keys().map(String::as_str)
    }

    /// How the answers to a question may be quoted: what was decided about one holds for all of the same words, the latest
    /// of several.
    pub fn quotes<'a>(&self, item: &str, texts: impl Iterator<Item = (&'a AnswerKey, &'a str)>) -> Quotes {
        let mut reviews: HashMap<String, Review> = HashMap::new();
        if let Some(of_item) = self.reviews.get(item) {
            for (review, text) in texts.filter_map(|(key, text)| Some((of_item.get(key)?, text))) {
                if reviews.get(text).is_none_or(|known| known.number < review.number) {
                    reviews.insert(text.to_owned(), review.clone());
                }
            }
        }
        Quotes { rule: self.rule, reviews }
    }
}

/// How the answers to one question may be quoted.
#[derive(Clone, Debug, Default)]
pub struct Quotes {
    rule: Rule,
    reviews: HashMap<String, Review>,
}

impl Quotes {
    /// When an answer may be quoted.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What was decided about a text.
    pub fn review(&self, text: &str) -> Option<&Review> {
        self.reviews.get(text)
    }

    /// The text without what is hidden in it, as staff read it: by what was decided, else by what the program finds.
    pub fn shown(&self, redactor: &Redactor, text: &str) -> String {
        match self.review(text) {
            Some(review) => replaced(text, &review.hidden, |reason| format!("[{}]", reason.label())),
            None => redactor.redact(text),
        }
    }

    /// Whether a text may leave.
    pub fn may_leave(&self, text: &str) -> bool {
        self.review(text).map_or(0, |review| review.by.len()) >= self.rule.people()
    }

    /// The text as it may leave; none where it may not, or not yet.
    pub fn quote(&self, redactor: &Redactor, text: &str) -> Option<String> {
        self.may_leave(text).then(|| self.shown(redactor, text))
    }

    /// The text without what people hid in it: so that it becomes no word of a theme. What they did not look through stays
    /// as it is.
    pub fn without(&self, text: &str) -> String {
        self.review(text).map_or_else(|| text.to_owned(), |review| replaced(text, &review.hidden, |_| " ".to_owned()))
    }
}

fn replaced(text: &str, hidden: &[Hidden], with: impl Fn(Reason) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for one in hidden {
        out.push_str(text.get(end..one.start).unwrap_or_default());
        out.push_str(&with(one.reason));
        end = one.end.max(end);
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// What the program would hide in a text.
pub fn suggested(redactor: &Redactor, text: &str) -> Vec<Hidden> {
    let hidden = |found: super::text::redact::Finding| Hidden {
        start: found.span.start,
        end: found.span.end,
        reason: Reason::Found(found.kind),
    };
    redactor.find(text).into_iter().map(hidden).collect()
}

/// Everywhere that words stand in a text, whatever their case; nowhere for no words.
pub fn places(text: &str, words: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = words.trim().chars().flat_map(char::to_lowercase).collect();
    // Each character in lower case, with where it begins and ends in the text.
    let letters: Vec<(char, Range<usize>)> = text
        .char_indices()
        .flat_map(|(at, letter)| letter.to_lowercase().map(move |small| (small, at..at + letter.len_utf8())))
        .collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    if wanted.is_empty() {
        return found;
    }
    for window in letters.windows(wanted.len()) {
        let is_it = window.iter().map(|(letter, _)| letter).eq(wanted.iter());
        if let (true, Some((_, first)), Some((_, last))) = (is_it, window.first(), window.last())
            && found.last().is_none_or(|before| before.end <= first.start)
        {
            found.push(first.start..last.end);
        }
    }
    found
}

/// What is hidden in order, without what lies in or over another: the first stays, and is made as long as both.
#[must_use]
pub fn joined(mut hidden: Vec<Hidden>) -> Vec<Hidden> {
    hidden.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end)));
    let mut joined: Vec<Hidden> = Vec::with_capacity(hidden.len());
    for next in hidden {
        match joined.last_mut() {
            Some(last) if next.start < last.end => last.end = last.end.max(next.end),
            _ => joined.push(next),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Entry, Event, Hidden, Quotes, Reason, Rule, joined, places, replay, suggested};
    use crate::analysis::coding::decision::AnswerKey;
    use crate::analysis::text::redact::{Kind, Redactor};

    const TEXT: &str = "Sarah on ward 6 rang 07700 900123. SARAH again";

    fn entry(number: u32, by: &str, event: Event) -> Entry {
        Entry { number, at: String::new(), by: by.to_owned(), event }
    }

    fn reviewed(hidden: &[Hidden]) -> Event {
        Event::Reviewed { item: "q".to_owned(), answers: vec![AnswerKey::read("a")], hidden: hidden.to_vec() }
    }

    fn quotes(entries: &[Entry]) -> Quotes {
        let [a, b] = ["a", "b"].map(AnswerKey::read);
        replay(entries).quotes("q", [(&a, TEXT), (&b, "Buses")].into_iter())
    }

    #[test]
    fn what_people_hide_is_hidden_in_every_answer_of_these_words() {
        let redactor = Redactor::new();
        let quote = |quotes: &Quotes, text: &str| quotes.quote(&redactor, text);
        let none = quotes(&[]);
        assert_eq!(quote(&none, TEXT).unwrap(), "Sarah on ward 6 rang [phone number]. SARAH again");
        let name = |place: std::ops::Range<usize>| Hidden {
            start: place.start,
            end: place.end,
            reason: Reason::Found(Kind::Name),
        };
        let mut hidden = suggested(&redactor, TEXT);
        hidden.extend(places(TEXT, " sarah ").into_iter().map(name));
        let hidden = joined(hidden);
        let one = quotes(&[entry(1, "Ann", reviewed(&hidden))]);
        assert_eq!(quote(&one, TEXT).unwrap(), "[name] on ward 6 rang [phone number]. [name] again");
        assert_eq!(one.without(TEXT), "  on ward 6 rang  .   again");
        let event = serde_json::to_value(reviewed(&hidden[..1])).unwrap();
        assert_eq!(event["reviewed"]["hidden"][0], serde_json::json!({"start": 0, "end": 5, "reason": "name"}));
        assert_eq!(serde_json::from_value::<Event>(event).unwrap(), reviewed(&hidden[..1]));
    }

    #[test]
    fn nothing_leaves_before_as_many_people_as_the_rule_asks_for_say_the_same() {
        let redactor = Redactor::new();
        let leaves = |entries: &[Entry], text: &str| quotes(entries).quote(&redactor, text).is_some();
        let hidden = suggested(&redactor, TEXT);
        let rule = |number, rule| entry(number, "Ann", Event::Rule(rule));
        assert!(!leaves(&[rule(1, Rule::One)], TEXT) && !leaves(&[rule(1, Rule::One)], "Buses"));
        let mut record = vec![entry(1, "Ann", reviewed(&hidden)), rule(2, Rule::One)];
        assert!(leaves(&record, TEXT));
        record.push(rule(3, Rule::Two));
        assert!(!leaves(&record, TEXT));
        record.push(entry(4, "Ann", reviewed(&hidden)));
        assert!(!leaves(&record, TEXT), "nobody is two people");
        record.push(entry(5, "Ben", reviewed(&[])));
        assert!(!leaves(&record, TEXT), "they do not say the same");
        record.push(entry(6, "Ann", reviewed(&[])));
        assert!(leaves(&record, TEXT), "the last that both said");
        assert_eq!(quotes(&record).review(TEXT).unwrap().by, ["Ben", "Ann"]);
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(places("Łukasz ŁUKASZ łukaszek", "łukasz"), [0..7, 8..15, 16..23]);
        assert_eq!(places("aaaa!", "aa"), [0..2, 2..4]);
        assert!(places("text", " ").is_empty() && places("", "x").is_empty());
        assert!(Reason::all().all(|reason| Reason::of_label(reason.label()) == Some(reason)));
        assert!([Rule::Found, Rule::One, Rule::Two].into_iter().all(|rule| Rule::of_word(rule.as_str()) == Some(rule)));
    }

    proptest! {
        #[test]
        fn what_is_hidden_never_cuts_a_letter(text in any::<String>(), words in any::<String>()) {
            for place in places(&text, &words) {
                assert!(text.get(place).is_some());
            }
        }
    }
}
