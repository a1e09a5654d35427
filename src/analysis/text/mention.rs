//! Mentions: which candidate interventions an answer speaks of in its own words, and whether for or against.
//!
//! Mentions are not votes: they say what people wrote without being asked, are found by words alone, and are never added
//! to what people rated.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use rayon::prelude::*;

use super::clause::clauses;
use super::normalise::normalise;
use super::tokens::{is_glue, is_number, singular, words};

mod polarity;

/// Fewest different words of its wording by which a clause can mention an intervention; all of them where it has fewer.
const FEWEST: usize = 2;

/// The share of the weight of an intervention's words that a clause must hold.
const LEAST_SHARE: f64 = 0.3;

/// A clause speaks of other interventions too where they reach this share of the best one's.
const BESIDE_BEST: f64 = 0.8;

/// How an intervention is spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// What respondents read.
    pub label: String,
    /// Phrases by which staff know it; one of them alone is a mention.
    pub phrases: Vec<String>,
}

/// Whether a mention asks for an intervention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Polarity {
    /// It asks for it, praises it, or says that it is lacking.
    For,
    /// It refuses it, or asks for something else in its place.
    Against,
    /// It says neither, or both.
    Unclear,
}

impl Polarity {
    /// As a report writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Unclear => "unclear",
        }
    }
}

/// One clause of an answer that speaks of one intervention.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Which text.
    pub text: usize,
    /// Which intervention.
    pub intervention: usize,
    /// For, against or unclear.
    pub polarity: Polarity,
    /// The clause, as bytes of the text.
    pub clause: Range<usize>,
    /// The words that matched, as they were written.
    pub evidence: Vec<String>,
    /// The share of the weight of the intervention's words that the clause holds, 0 to 1; 1 for a phrase.
    pub share: f64,
}

/// A word of a clause.
struct Token {
    term: String,
    /// In the singular.
    one: String,
    stem: String,
    form: String,
}

/// An intervention's words with their weights, and its phrases as words in the singular, in order.
struct Known {
    weights: BTreeMap<String, f64>,
    total: f64,
    /// The words that at least half of the interventions have.
    common: BTreeSet<String>,
    /// Words that stand side by side in this label and in no other.
    pairs: BTreeSet<(String, String)>,
    phrases: Vec<Vec<String>>,
}

/// What a clause holds of an intervention's words.
struct Match {
    /// The share of their weight.
    share: f64,
    /// Their places in the clause.
    at: Vec<usize>,
    /// Whether it holds a phrase, or two words that stand side by side in this label alone.
    is_named: bool,
}

/// The mentions of interventions in texts, by text, clause and intervention.
///
/// Words of labels count by their stems, and by ln(1 + N / n) where n of the N interventions have the word: the inverse document
/// frequency of Spärck Jones (1972), over the interventions alone. A clause mentions an intervention where it holds a
/// phrase word by word, or at least two of the label's words with [`LEAST_SHARE`] of their weight, one of which fewer than
/// half of the interventions have, or two words side by side that so stand in this label alone; of several
/// by single words, those that hold about as much as the best. No interventions, or texts
/// without content, give no mention.
pub fn mentions(texts: &[&str], interventions: &[Wording]) -> Vec<Mention> {
    let known = known(interventions);
    if known.is_empty() {
        return Vec::new();
    }
    let mut having: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, known) in known.iter().enumerate() {
        known.weights.keys().for_each(|stem| having.entry(stem).or_default().push(at));
    }
    let found: Vec<Vec<Mention>> =
        texts.par_iter().enumerate().map(|(text, answer)| mentions_in(answer, text, &known, &having)).collect();
    found.into_iter().flatten().collect()
}

/// `having` are the interventions that have a stem.
fn mentions_in(answer: &str, text: usize, known: &[Known], having: &HashMap<&str, Vec<usize>>) -> Vec<Mention> {
    let mut found = Vec::new();
    for clause in clauses(answer) {
        let written = answer.get(clause.clone()).unwrap_or_default();
        let tokens = tokens(written);
        let near: BTreeSet<usize> =
            tokens.iter().filter_map(|token| having.get(token.stem.as_str())).flatten().copied().collect();
        let possible = known.iter().enumerate().filter(|(at, known)| !known.phrases.is_empty() || near.contains(at));
        let matched: Vec<(usize, Match)> =
            possible.filter_map(|(at, known)| Some((at, known.matched(&tokens)?))).collect();
        let best = matched.iter().map(|(_, of)| of.share).fold(0.0, f64::max);
        for (intervention, Match { share, at, is_named }) in matched {
            if !is_named && share < BESIDE_BEST * best {
                continue;
            }
            let terms: Vec<&str> = tokens.iter().map(|token| token.term.as_str()).collect();
            found.push(Mention {
                text,
                intervention,
                polarity: polarity::of(&terms, &at, reason(written, &at, terms.len())),
                clause: clause.clone(),
                evidence: at.iter().filter_map(|&at| Some(tokens.get(at)?.form.clone())).collect(),
                share,
            });
        }
    }
    found
}

/// The first word of what stands behind a colon, if what is mentioned stands before it; else the number of words.
fn reason(clause: &str, matched: &[usize], words: usize) -> usize {
    let before = clause.split_once(':').map(|(before, _)| tokens(before).len());
    before.filter(|before| matched.first().is_some_and(|first| first < before)).unwrap_or(words)
}

/// Answers that mention an intervention, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Answers that ask for it in every clear mention.
    pub people_for: usize,
    /// Answers that refuse it in every clear mention.
    pub people_against: usize,
    /// Answers that say neither, or both.
    pub people_unclear: usize,
}

impl Mentioned {
    /// All answers that mention it.
    pub fn people(self) -> usize {
        self.people_for + self.people_against + self.people_unclear
    }

    /// These and other answers.
    #[must_use]
    pub fn plus(self, others: Self) -> Self {
        Self {
            people_for: self.people_for + others.people_for,
            people_against: self.people_against + others.people_against,
            people_unclear: self.people_unclear + others.people_unclear,
        }
    }
}

/// How many answers of each theme mention each intervention: a row a theme, in it a cell an intervention.
///
/// `theme_of` is the theme of each text; texts without one are in no row. Mentions are not votes.
pub fn by_theme(
    mentions: &[Mention],
    theme_of: &[Option<usize>],
    (themes, interventions): (usize, usize),
) -> Vec<Vec<Mentioned>> {
    let mut said: BTreeMap<(usize, usize), BTreeSet<Polarity>> = BTreeMap::new();
    for mention in mentions {
        said.entry((mention.text, mention.intervention)).or_default().insert(mention.polarity);
    }
    let mut table = vec![vec![Mentioned::default(); interventions]; themes];
    for ((text, intervention), polarities) in said {
        let theme = theme_of.get(text).copied().flatten();
        let Some(cell) = theme.and_then(|theme| table.get_mut(theme)?.get_mut(intervention)) else { continue };
        match (polarities.contains(&Polarity::For), polarities.contains(&Polarity::Against)) {
            (true, false) => cell.people_for += 1,
            (false, true) => cell.people_against += 1,
            _ => cell.people_unclear += 1,
        }
    }
    table
}

impl Known {
    /// What a clause holds of the intervention's words, if that is enough.
    fn matched(&self, tokens: &[Token]) -> Option<Match> {
        for phrase in self.phrases.iter().filter(|phrase| !phrase.is_empty()) {
            let fits = |window: &[Token]| window.iter().zip(phrase).all(|(token, one)| token.one == *one);
            if let Some(at) = tokens.windows(phrase.len()).position(fits) {
                return Some(Match { share: 1.0, at: (at..at + phrase.len()).collect(), is_named: true });
            }
        }
        let mut seen = BTreeSet::new();
        let mut at = Vec::new();
        for (place, token) in tokens.iter().enumerate() {
            if self.weights.contains_key(&token.stem) && seen.insert(token.stem.as_str()) {
                at.push(place);
            }
        }
        if seen.is_empty() {
            return None;
        }
        let weight: f64 = seen.iter().filter_map(|stem| self.weights.get(*stem)).sum();
        let share = if self.total > 0.0 { weight / self.total } else { 0.0 };
        let tells = seen.iter().any(|stem| !self.common.contains(*stem));
        let enough = seen.len() >= FEWEST.min(self.weights.len()) && share >= LEAST_SHARE;
        let is_pair = |pair: &(&Token, &Token)| self.pairs.contains(&(pair.0.stem.clone(), pair.1.stem.clone()));
        let is_named = tokens.iter().zip(tokens.iter().skip(1)).any(|pair| is_pair(&pair));
        (enough && tells || is_named).then_some(Match { share, at, is_named })
    }
}

fn known(interventions: &[Wording]) -> Vec<Known> {
    let ones = |text: &str| -> Vec<String> { tokens(text).into_iter().map(|token| token.one).collect() };
    let labels: Vec<BTreeSet<String>> = interventions
        .iter()
        .map(|wording| {
            let content =
                tokens(&wording.label).into_iter().filter(|token| !is_glue(&token.term) && !is_empty(&token.term));
            content.map(|token| token.stem).collect()
        })
        .collect();
    let pairs: Vec<BTreeSet<(String, String)>> =
        interventions.iter().map(|wording| pairs(&tokens(&wording.label))).collect();
    let elsewhere = |pair: &(String, String)| pairs.iter().filter(|of| of.contains(pair)).count() > 1;
    let having = |stem: &str| labels.iter().filter(|label| label.contains(stem)).count();
    interventions
        .iter()
        .zip(labels.iter().zip(&pairs))
        .map(|(wording, (label, pairs))| {
            let weight = |stem: &String| (1.0 + interventions.len() as f64 / having(stem).max(1) as f64).ln();
            let weights: BTreeMap<String, f64> = label.iter().map(|stem| (stem.clone(), weight(stem))).collect();
            let total = weights.values().sum();
            // Of fewer than three interventions no word is common.
            let is_common = |stem: &&String| interventions.len() > 2 && having(stem) * 2 >= interventions.len();
            let common = label.iter().filter(is_common).cloned().collect();
            let pairs = pairs.iter().filter(|pair| !elsewhere(pair)).cloned().collect();
            Known {
                weights,
                total,
                common,
                pairs,
                phrases: wording.phrases.iter().map(|phrase| ones(phrase)).collect(),
            }
        })
        .collect()
}

/// The words that stand side by side in a label, but for those that say nothing of what is proposed.
fn pairs(label: &[Token]) -> BTreeSet<(String, String)> {
    let tells = |token: &Token| !is_glue(&token.term) && !is_empty(&token.term);
    let beside = label.iter().zip(label.iter().skip(1)).filter(|(one, next)| tells(one) && tells(next));
    beside.map(|(one, next)| (one.stem.clone(), next.stem.clone())).collect()
}

/// Words of a wording that say nothing of what is proposed, or are how people ask for anything.
fn is_empty(term: &str) -> bool {
    const EMPTY: [&str; 22] = [
        "all", "anyone", "better", "can", "every", "everyone", "fewer", "good", "great", "less", "lot", "many", "more",
        "most", "much", "need", "new", "no", "not", "one", "than", "very",
    ];
    EMPTY.binary_search(&term).is_ok() || is_number(term)
}

fn tokens(part: &str) -> Vec<Token> {
    words(&normalise(part))
        .into_iter()
        .map(|word| Token { one: singular(&word.term), stem: stem(&word.term), term: word.term, form: word.form })
        .collect()
}

/// A word without the endings by which English makes nouns, verbs and adverbs of one another: "training", "trained" and
/// "trains" are one, "recruitment" and "recruit", "digitally" and "digital".
fn stem(term: &str) -> String {
    const ENDINGS: [&str; 17] = [
        "ational", "ization", "isation", "ations", "ation", "ments", "ment", "ships", "ship", "ings", "ing", "ers",
        "ies", "ed", "er", "ly", "al",
    ];
    let without_ending = |word: &str| {
        let left = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
        left.filter(|stem| stem.chars().count() >= 4 && !stem.ends_with('e'))
            .min_by_key(|stem| stem.len())
            .map(str::to_string)
    };
    let one = singular(term);
    let shorter = without_ending(&one);
    let has_ended = shorter.is_some();
    let mut stem = shorter.map_or(one, |shorter| without_ending(&shorter).unwrap_or(shorter));
    let mut last = stem.chars().rev();
    let doubled = last.next().zip(last.next()).is_some_and(|(a, b)| a == b && !matches!(a, 's' | 'l' | 'f'));
    if has_ended && doubled || stem.chars().count() > 4 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.chars().count() > 4 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    stem
}

#[cfg(test)]
mod tests;
