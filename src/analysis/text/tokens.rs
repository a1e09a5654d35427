//! Words: what a text says, as terms to count and forms to show.

use unicode_segmentation::UnicodeSegmentation;

/// Words that hold sentences together and say nothing of their subject: articles, prepositions, pronouns, auxiliaries.
///
/// Short on purpose. Negation ("not", "no", "never"), quantity ("more", "all", "very") and feeling carry the meaning of
/// short comments: with a full English stop list agreement with human codes on NHS comments falls by a third.
pub(super) const GLUE: &[&str] = &[
    "a", "about", "after", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before",
    "being", "between", "but", "by", "can", "could", "did", "do", "does", "doing", "during", "for", "from", "had",
    "has", "have", "having", "he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "itself", "just", "may", "me", "might", "mine", "must", "my", "myself", "of", "on", "onto", "or", "our", "ours",
    "over", "shall", "she", "should", "so", "some", "such", "than", "that", "the", "their", "theirs", "them", "then",
    "there", "these", "they", "this", "those", "through", "to", "under", "until", "upon", "us", "was", "we", "were",
    "what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "would", "you",
    "your", "yours",
];

/// Clitics that leave a word of [`GLUE`] or a plain noun behind: "they're", "patient's". "n't" negates and stays.
const CLITICS: &[&str] = &["'s", "'m", "'re", "'ve", "'ll", "'d", "'"];

/// What may follow the digits of a number.
const NUMBER_ENDINGS: &[&str] = &["st", "nd", "rd", "th", "am", "pm", "k", "m", "p", "s"];

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, without possessive: what is counted.
    pub(super) term: String,
    /// As written, but for the capital that only a sentence's start gave it: what is shown.
    pub(super) form: String,
    /// Whether only a space or hyphen stands between this word and the one before.
    pub(super) linked: bool,
    /// Whether the script has no spaces, so that the term is a pair of characters.
    pub(super) unspaced: bool,
}

/// The words of a normalised text in order, [`GLUE`] included.
///
/// Boundaries are those of Unicode Standard Annex 29. Scripts written without spaces (Chinese, Japanese kana, Thai, ...)
/// come as overlapping pairs of characters, which stand in for the words that only a dictionary could find.
pub(super) fn words(normal: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut end = 0;
    let mut single: Option<(usize, &str)> = None;
    let mut paired = false;
    for (start, surface) in normal.unicode_word_indices() {
        let between = normal.get(end..start).unwrap_or_default();
        end = start + surface.len();
        if surface.chars().next().is_some_and(is_unspaced) {
            if let Some((first, _)) = single.filter(|_| between.is_empty()) {
                let pair = normal.get(first..end).unwrap_or_default();
                words.push(Word { term: pair.to_owned(), form: pair.to_owned(), linked: false, unspaced: true });
                paired = true;
            } else {
                words.extend(alone(single, paired));
                paired = false;
            }
            single = Some((start, surface));
            continue;
        }
        words.extend(alone(single.take(), paired));
        paired = false;
        let opens = words.is_empty() || between.contains(['.', '!', '?', ':', '"', '\u{2022}']);
        words.push(word(surface, opens, matches!(between, " " | "-")));
    }
    words.extend(alone(single, paired));
    words
}

/// The words of a normalised text that say something of its subject, in the singular.
pub(in crate::analysis) fn words_that_count(normal: &str) -> Vec<String> {
    words(normal).into_iter().filter(|word| !is_glue(&word.term)).map(|word| singular(&word.term)).collect()
}

/// Whether a term is glue.
pub(super) fn is_glue(term: &str) -> bool {
    GLUE.binary_search(&term).is_ok()
}

/// Whether a term is a bare number, date, time or amount: "39", "10.30", "16th", "5pm".
pub(super) fn is_number(term: &str) -> bool {
    let letters = term.trim_start_matches(|c: char| !c.is_alphabetic());
    letters.is_empty() || letters.len() < term.len() && NUMBER_ENDINGS.contains(&letters)
}

/// An English plural without its ending, other words as they are: "nurses", "charities", "boxes" but not "bus" or "staff".
///
/// Only for counting alike what a label shows in its most frequent form, so a wrong cut does no harm.
pub(super) fn singular(term: &str) -> String {
    if let Some(stem) = term.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    if let Some(stem) = term.strip_suffix("es").filter(|stem| {
        stem.ends_with(['x', 'z']) || stem.ends_with("ch") || stem.ends_with("sh") || stem.ends_with("ss")
    }) {
        return stem.to_owned();
    }
    let stem = term.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']));
    stem.unwrap_or(term).to_owned()
}

/// An English word without its ending in number, "-ing", "-ed" or "-e": what texts are compared by. "Waits", "waited" and
/// "waiting" are one word; "help" and "helpful" are not. Words that become short stay as they are.
pub(super) fn stem(term: &str) -> String {
    let mut stem = singular(term);
    let ending = ["ing", "ed"].into_iter().find_map(|ending| stem.strip_suffix(ending).filter(|rest| rest.len() >= 4));
    if let Some(length) = ending.map(str::len) {
        stem.truncate(length);
    }
    let last = stem.strip_suffix('e').map(str::len).filter(|&length| length >= 3);
    if let Some(length) = last {
        stem.truncate(length);
    }
    stem
}

fn word(surface: &str, opens: bool, linked: bool) -> Word {
    let mut term = surface.to_lowercase();
    let mut stem = surface;
    for clitic in CLITICS {
        if let Some(length) = term.strip_suffix(clitic).map(str::len).filter(|&length| length > 0) {
            term.truncate(length);
            stem = surface.get(..length).unwrap_or(surface);
            break;
        }
    }
    let only_first_is_capital = !stem.chars().skip(1).any(char::is_uppercase);
    let form = if opens && only_first_is_capital { term.clone() } else { stem.to_owned() };
    Word { term, form, linked, unspaced: false }
}

/// A character of an unspaced script that no neighbour could be paired with.
fn alone(single: Option<(usize, &str)>, paired: bool) -> Option<Word> {
    let (_, character) = single.filter(|_| !paired)?;
    Some(Word { term: character.to_owned(), form: character.to_owned(), linked: false, unspaced: true })
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{309f}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::{GLUE, is_glue, is_number, singular, stem, words};

    fn terms(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.term).collect()
    }

    #[test]
    fn glue_is_sorted_so_that_it_can_be_searched() {
        assert!(GLUE.is_sorted());
    }

    #[test]
    fn glue_keeps_negation_quantity_and_feeling() {
        for word in [
            "no", "not", "nothing", "never", "nobody", "without", "don't", "all", "more", "less", "very", "too",
            "only", "good", "sorry",
        ] {
            assert!(!is_glue(word), "{word}");
        }
    }

    #[test]
    fn possessives_and_contracted_pronouns_lose_their_ending_and_negation_stays() {
        assert_eq!(terms("They're the patient's nurses', don't"), ["they", "the", "patient", "nurses", "don't"]);
    }

    #[test]
    fn a_capital_from_the_start_of_a_sentence_is_not_part_of_the_form() {
        let forms: Vec<String> = words("Staff at NHS Leeds. GPs were late").into_iter().map(|word| word.form).collect();
        assert_eq!(forms, ["staff", "at", "NHS", "Leeds", "GPs", "were", "late"]);
    }

    #[test]
    fn words_are_linked_only_across_a_space_or_hyphen() {
        let linked: Vec<bool> = words("well-being matters, truly").into_iter().map(|word| word.linked).collect();
        assert_eq!(linked, [false, true, true, false]);
    }

    #[test]
    fn scripts_without_spaces_come_in_pairs_of_characters() {
        assert_eq!(terms("等候时间 ok 好"), ["等候", "候时", "时间", "ok", "好"]);
        assert_eq!(terms("очень долго"), ["очень", "долго"]);
    }

    #[test]
    fn plurals_lose_their_ending_and_words_in_s_do_not() {
        for (plural, one) in [("nurses", "nurse"), ("charities", "charity"), ("boxes", "box"), ("waits", "wait")] {
            assert_eq!(singular(plural), one);
        }
        for word in ["bus", "access", "this", "gas"] {
            assert_eq!(singular(word), word);
        }
    }

    #[test]
    fn a_stem_is_what_forms_of_a_word_share_and_short_words_stay() {
        for forms in
            [["waits", "waited", "waiting"], ["changes", "changed", "changing"], ["nurse", "nurses", "nursing"]]
        {
            assert!(forms.iter().all(|form| stem(form) == stem(forms[0])), "{forms:?}");
        }
        for word in ["bed", "king", "thing", "need", "bus", "we", "очень", "等候"] {
            assert_eq!(stem(word), word);
        }
        assert_ne!(stem("help"), stem("helpful"));
    }

    #[test]
    fn a_number_holds_no_word() {
        assert!(["39", "10.30", "16th", "5pm"].into_iter().all(is_number));
        assert!(!["a19", "3d", "pm", "等候"].into_iter().any(is_number));
    }
}
