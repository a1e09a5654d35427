//! Phrases: the words and pairs of words of a text that could name its theme.

use super::lexicon::{Corpus, Token};

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

/// A word, or two words in order, each as the index of its lemma in [`Corpus::terms`].
pub(super) type Key = (usize, Option<usize>);

/// The phrases of one text with where each stands (first and last token), in order of place.
pub(super) fn phrases<'c>(corpus: &'c Corpus, text: &'c [Token]) -> impl Iterator<Item = (Key, &'c [Token])> + 'c {
    (0..text.len()).filter_map(move |start| text.get(start..)).flat_map(move |tail| {
        let single = tail.get(..1).and_then(|place| Some((key(corpus, place)?, place)));
        let gap = usize::from(tail.get(1).is_some_and(|token| is_joint(corpus, token)));
        let pair = tail.get(..gap + 2).filter(|place| place.iter().skip(1).all(|token| token.linked));
        single.into_iter().chain(pair.and_then(|place| Some((key(corpus, place)?, place))))
    })
}

/// How a phrase is written at one place.
pub(super) fn form(corpus: &Corpus, place: &[Token]) -> String {
    let words: Vec<&str> = place.iter().filter_map(|token| corpus.forms.get(token.form)).map(String::as_str).collect();
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
        None => names(corpus, first).then_some((lemma(first)?, None)),
        Some(last) => (opens(corpus, first) && names(corpus, last) && lemma(first) != lemma(last))
            .then_some((lemma(first)?, lemma(last))),
    }
}

/// Whether a word can stand alone or end a phrase.
fn names(corpus: &Corpus, token: &Token) -> bool {
    corpus.terms.get(token.term).is_some_and(|term| {
        let long_enough = term.unspaced || term.text.chars().nth(1).is_some();
        let text = term.text.as_str();
        long_enough
            && !term.glue
            && !term.number
            && EMPTY.binary_search(&text).is_err()
            && OPENERS.binary_search(&text).is_err()
    })
}

fn opens(corpus: &Corpus, token: &Token) -> bool {
    names(corpus, token)
        || corpus.terms.get(token.term).is_some_and(|term| OPENERS.binary_search(&term.text.as_str()).is_ok())
}

fn is_joint(corpus: &Corpus, token: &Token) -> bool {
    corpus.terms.get(token.term).is_some_and(|term| JOINTS.contains(&term.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::corpus;
    use super::super::tokens::words;
    use super::{EMPTY, OPENERS, akin, form, phrases};

    fn forms(text: &str) -> Vec<String> {
        let corpus = corpus(vec![words(text)]);
        phrases(&corpus, &corpus.texts[0]).map(|(_, place)| form(&corpus, place)).collect()
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
