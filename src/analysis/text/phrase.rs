//! Phrases: the words and pairs of words of a text that could name its theme.

use super::lexicon::{Corpus, Token};
use super::tokens;

/// Glue words of which a phrase may hold one between its two words: "quality of care", "kept me informed". With
/// auxiliaries and conjunctions there it would be a piece of a clause.
const JOINTS: &[&str] = &["and", "at", "for", "in", "me", "of", "on", "to", "us", "with"];

/// Words that name nothing alone: degree, negation, and what everybody writes. They may open a phrase ("very kind").
const OPENERS: &[&str] = &[
    "all", "always", "bit", "can't", "cannot", "couldn't", "didn't", "doesn't", "don't", "every", "feel", "feeling",
    "few", "first", "hard", "isn't", "less", "little", "long", "many", "more", "most", "much", "never", "no", "not",
    "other", "own", "quite", "same", "too", "very", "wasn't", "well", "without", "won't",
];

/// Words that neither name a theme nor open a phrase.
const EMPTY: &[&str] = &[
    "able",
    "absolutely",
    "actually",
    "again",
    "already",
    "although",
    "another",
    "anything",
    "around",
    "asked",
    "back",
    "both",
    "came",
    "case",
    "come",
    "done",
    "due",
    "each",
    "else",
    "especially",
    "etc",
    "even",
    "ever",
    "felt",
    "get",
    "getting",
    "give",
    "given",
    "go",
    "going",
    "got",
    "happen",
    "happened",
    "however",
    "i'm",
    "instead",
    "keep",
    "know",
    "let",
    "like",
    "lot",
    "lots",
    "made",
    "make",
    "makes",
    "making",
    "maybe",
    "need",
    "needed",
    "needs",
    "now",
    "off",
    "once",
    "one",
    "out",
    "overall",
    "perhaps",
    "please",
    "put",
    "really",
    "said",
    "saw",
    "say",
    "see",
    "seem",
    "seems",
    "since",
    "something",
    "still",
    "take",
    "taken",
    "thank",
    "thanks",
    "thing",
    "things",
    "think",
    "though",
    "thought",
    "told",
    "took",
    "tried",
    "try",
    "trying",
    "two",
    "up",
    "use",
    "used",
    "using",
    "want",
    "wanted",
    "way",
    "ways",
    "went",
    "whatever",
    "whole",
    "yes",
    "yet",
];

/// What a word may be in a phrase.
#[derive(Clone, Copy, Default)]
pub(super) struct Role {
    /// It can stand alone or end a phrase.
    names: bool,
    /// It can open a phrase of two.
    opens: bool,
    /// It may stand between the two.
    joins: bool,
}

/// A word, or two words in order, each as the index of its lemma in [`Corpus::terms`].
pub(super) type Key = (usize, Option<usize>);

/// The phrases of one text with where each stands (first and last token), in order of place.
pub(super) fn phrases<'c>(corpus: &'c Corpus, text: &'c [Token]) -> impl Iterator<Item = (Key, &'c [Token])> + 'c {
    (0..text.len()).filter_map(move |start| text.get(start..)).flat_map(move |tail| {
        let single = tail.get(..1).and_then(|place| Some((key(corpus, place)?, place)));
        let gap = usize::from(tail.get(1).is_some_and(|token| role_of(corpus, token).joins));
        let pair = tail.get(..gap + 2).filter(|place| place.iter().skip(1).all(|token| token.linked));
        single.into_iter().chain(pair.and_then(|place| Some((key(corpus, place)?, place))))
    })
}

/// How a phrase is written, by the written forms of its words.
pub(super) fn form(corpus: &Corpus, forms: &[usize]) -> String {
    let words: Vec<&str> = forms.iter().filter_map(|&form| corpus.forms.get(form)).map(String::as_str).collect();
    words.join(" ")
}

/// Whether two words are the same but for their ending: "nurse" and "nurses", "wait" and "waiting".
pub(super) fn akin(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.chars().count(), b.chars().count());
    let (shorter, longer) = (a.min(b) - common, a.max(b) - common);
    longer == 0 || longer <= 3 && common > longer && (shorter == 0 && common >= 3 || shorter == 1 && common >= 4)
}

fn key(corpus: &Corpus, place: &[Token]) -> Option<Key> {
    let (first, rest) = place.split_first()?;
    let lemma = |token: &Token| corpus.terms.get(token.term).map(|term| term.lemma);
    match rest.last() {
        None => role_of(corpus, first).names.then_some((lemma(first)?, None)),
        Some(last) => (role_of(corpus, first).opens && role_of(corpus, last).names && lemma(first) != lemma(last))
            .then_some((lemma(first)?, lemma(last))),
    }
}

/// What a term may be in a phrase; `unspaced` says whether it is a piece of a script without spaces.
pub(super) fn role(term: &str, unspaced: bool) -> Role {
    let long_enough = unspaced || term.chars().nth(1).is_some();
    let opener = OPENERS.binary_search(&term).is_ok();
    let empty = tokens::is_glue(term) || tokens::is_number(term) || EMPTY.binary_search(&term).is_ok();
    let names = long_enough && !empty && !opener;
    Role { names, opens: names || opener, joins: JOINTS.contains(&term) }
}

fn role_of(corpus: &Corpus, token: &Token) -> Role {
    corpus.terms.get(token.term).map(|term| term.role).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Token;
    use super::super::lexicon::corpus;
    use super::super::tokens::words;
    use super::{EMPTY, OPENERS, akin, form, phrases};

    fn forms(text: &str) -> Vec<String> {
        let corpus = corpus(vec![words(text)]);
        let written = |place: &[Token]| form(&corpus, &place.iter().map(|token| token.form).collect::<Vec<_>>());
        phrases(&corpus, &corpus.texts[0]).map(|(_, place)| written(place)).collect()
    }

    #[test]
    fn word_lists_are_sorted_so_that_they_can_be_searched() {
        assert!(OPENERS.is_sorted());
        assert!(EMPTY.is_sorted(), "{:?}", EMPTY.windows(2).find(|pair| pair[0] > pair[1]));
    }

    #[test]
    fn phrases_span_glue_but_neither_punctuation_nor_numbers() {
        assert_eq!(
            forms("The quality of care, staff 24 hours"),
            ["quality", "quality of care", "care", "staff", "hours"]
        );
        assert_eq!(forms("not listened to"), ["not listened", "listened"]);
    }

    #[test]
    fn words_that_differ_in_their_ending_are_akin() {
        assert!(akin("nurse", "nurses") && akin("wait", "waiting") && akin("help", "helpful"));
        assert!(!akin("care", "caterer") && !akin("car", "carpet") && !akin("staff", "stay"));
    }
}
