//! The rules for names: a word with a capital beside a title, a role, "my name is", a farewell or a word of thanks.
//!
//! There is no list of names, so a name without such a word beside it stays.

use super::words::{FAREWELLS, NOT_NAMES, PEOPLE, PLACES, PLAIN_TITLES, ROLES, TITLES};
use super::{Finding, Kind};
use crate::analysis::text::tokens::GLUE;

/// Most words of one name.
const MOST: usize = 4;

/// Small words within names: "van Dijk", "al Saleh".
const PARTICLES: [&str; 12] = ["al", "ap", "bin", "da", "de", "del", "der", "di", "la", "le", "van", "von"];

/// A word, and what stands between the one before and it.
struct Word<'a> {
    start: usize,
    text: &'a str,
    small: String,
    gap: &'a str,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Adds the names in a plain text.
pub(super) fn find(text: &str, found: &mut Vec<Finding>) {
    let shouts = !text.chars().any(char::is_lowercase);
    if !text.chars().any(char::is_uppercase) && !may_hold_small_name(text) {
        return;
    }
    let words = words(text);
    let mut at = 0;
    while at < words.len() {
        let Some((reason, from, to)) = name_at(&words, at, text, shouts) else {
            at += 1;
            continue;
        };
        push(&words, (from, to), reason, found);
        at = to;
        // "Dr Patel and Sarah", "thanks to Emma, Jo and Ali".
        while let Some((from, to)) = next_of_list(&words, at, shouts) {
            push(&words, (from, to), "a word with a capital, in a list with a name", found);
            at = to;
        }
    }
}

fn may_hold_small_name(text: &str) -> bool {
    ["name", "enw", "mr", "dr", "prof"].iter().any(|word| text.contains(word))
}

fn push(words: &[Word<'_>], (from, to): (usize, usize), reason: &'static str, found: &mut Vec<Finding>) {
    if let (Some(first), Some(last)) = (words.get(from), to.checked_sub(1).and_then(|last| words.get(last))) {
        found.push(Finding { span: first.start..last.end(), kind: Kind::Name, reason });
    }
}

/// The name that the words at a place announce: why it is one, its first word, and the one after it.
fn name_at(words: &[Word<'_>], at: usize, text: &str, shouts: bool) -> Option<(&'static str, usize, usize)> {
    let word = words.get(at)?;
    let small = word.small.as_str();
    let then = |offset: usize| words.get(at + offset).map_or("", |word| word.small.as_str());
    let next = at + 1;
    if TITLES.binary_search(&small).is_ok() && titled(words, at, shouts) {
        let to = after_name(words, next, shouts).or_else(|| small_name(words, at));
        return to.map(|to| ("follows a title", next, to));
    }
    if small == "sister" || small == "nurse" || small == "matron" {
        let is_title = word.text.chars().next().is_some_and(char::is_uppercase);
        if let Some(to) = after_name(words, next, shouts).filter(|_| is_title && !shouts) {
            return Some(("follows a title", next, to));
        }
    }
    let named = match (small, then(1)) {
        ("name", "is") | ("enw", "i" | "yw") => Some(2),
        ("name's", _) => Some(1),
        _ => None,
    };
    if let Some(offset) = named {
        let from = at + offset + usize::from(small == "enw" && then(1) == "i" && then(2) == "yw");
        return after_name(words, from, shouts)
            .or_else(|| small_closing(words, from, text))
            .map(|to| ("follows “name is”", from, to));
    }
    if matches!(small, "called" | "named") {
        let left = at.saturating_sub(5);
        let person = words.get(left..at).unwrap_or_default().iter().any(|word| {
            let small = word.small.as_str();
            ROLES.binary_search(&small).is_ok() || PEOPLE.binary_search(&small).is_ok()
        });
        return after_name(words, next, shouts)
            .filter(|_| person && !shouts)
            .map(|to| ("says what a person is called", next, to));
    }
    if shouts {
        return signed(words, at, text, true);
    }
    if ROLES.binary_search(&small).is_ok() && word.text == small {
        let near = words.get(next).is_some_and(|next| matches!(next.gap, " " | ", "));
        return after_name(words, next, false)
            .filter(|_| near)
            .map(|to| ("follows what a person is or does", next, to));
    }
    let before_person =
        match (small, then(1)) {
            ("thanks" | "thank" | "grateful" | "credit" | "kudos", "to" | "you") => {
                if then(1) == "you" && then(2) == "to" { Some(3) } else { Some(2) }
            }
            ("spoke" | "speaking" | "spoken", "to" | "with") | ("seen" | "treated", "by") | ("diolch", "i") => Some(2),
            ("i'm" | "i" | "this", _) => {
                let offset = if small == "i'm" { 1 } else { 2 };
                let is_said = small == "i'm" || (small, then(1)) == ("i", "am") || (small, then(1)) == ("this", "is");
                let from = at + offset;
                let to = after_name(words, from, false).filter(|_| is_said)?;
                let follows = words.get(to).map_or(("", ""), |word| (word.gap.trim(), word.small.as_str()));
                let goes_on =
                    matches!(follows, ("," | "", "a" | "an" | "the" | "from") | (",", _)) || follows == ("", "and");
                return goes_on.then_some(("follows “I am”", from, to));
            }
            _ => None,
        };
    if let Some(offset) = before_person {
        let from = at + offset;
        if let Some(to) = after_name(words, from, false).filter(|_| words.get(from).is_some_and(|word| word.gap == " "))
        {
            return Some(("follows a word of thanks or of meeting", from, to));
        }
    }
    signed(words, at, text, false)
}

/// A name after a farewell, at the end of a text or of a line.
fn signed(words: &[Word<'_>], at: usize, text: &str, shouts: bool) -> Option<(&'static str, usize, usize)> {
    let word = words.get(at).filter(|word| FAREWELLS.binary_search(&word.small.as_str()).is_ok())?;
    let from = at + 1;
    let gap = words.get(from)?.gap;
    if word.small == "love" && !gap.contains([',', '\n', '-']) || gap.contains(['?', ';', ':']) {
        return None;
    }
    let to = after_name(words, from, shouts)?;
    let rest = text.get(words.get(to.checked_sub(1)?)?.end()..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    line.chars().all(|c| !c.is_alphanumeric()).then_some(("follows a farewell at the end", from, to))
}

/// Whether a word is written as a title: "Dr", "Mrs.", "DR" in a text of capitals, and "miss" or "sir" only as "Miss", "Sir".
fn titled(words: &[Word<'_>], at: usize, shouts: bool) -> bool {
    let Some(word) = words.get(at) else { return false };
    let has_capital = word.text.chars().next().is_some_and(char::is_uppercase);
    let all_capitals = word.text.len() > 1 && word.text.chars().all(char::is_uppercase);
    let near = words.get(at + 1).is_some_and(|next| matches!(next.gap, " " | ". " | "." | "  "));
    let plain = PLAIN_TITLES.contains(&word.small.as_str());
    near && if all_capitals {
        plain || shouts && word.small != "miss"
    } else {
        has_capital || plain || word.small == "doctor"
    }
}

/// One word in small letters after "mr" and the like in small letters: "mrs jones", "dr patel".
fn small_name(words: &[Word<'_>], at: usize) -> Option<usize> {
    let (title, next) = (words.get(at)?, words.get(at + 1)?);
    let known = title.small != "prof" && PLAIN_TITLES.contains(&title.small.as_str());
    let common = next.text.len() < 3
        || GLUE.binary_search(&next.small.as_str()).is_ok()
        || NOT_NAMES.binary_search(&next.small.as_str()).is_ok()
        || title.small == "dr" && ends_as_verb(&next.small);
    let letters = next.text.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-');
    (known && !common && letters && next.text == next.small && next.gap.trim_start_matches('.') == " ")
        .then_some(at + 2)
}

/// What often follows "dr" meaning "the doctor".
fn ends_as_verb(small: &str) -> bool {
    small.ends_with("ed")
        || small.ends_with("ing")
        || small.ends_with("ly")
        || small.ends_with("n't")
        || [
            "said", "told", "came", "saw", "gave", "took", "went", "made", "never", "says", "who", "referral", "visit",
            "rang", "spoke",
        ]
        .contains(&small)
}

/// One or two words in small letters after "my name is", where nothing but an end follows.
fn small_closing(words: &[Word<'_>], from: usize, text: &str) -> Option<usize> {
    for to in [from + 1, from + 2] {
        let name = words.get(from..to)?;
        let plain = name.iter().all(|word| {
            word.text.len() > 2
                && GLUE.binary_search(&word.small.as_str()).is_err()
                && NOT_NAMES.binary_search(&word.small.as_str()).is_err()
        });
        let rest = text.get(name.last()?.end()..).unwrap_or_default().trim_start();
        let closes = rest.is_empty() || rest.starts_with(['.', ',', '!', ';']) || rest.starts_with("and ");
        if plain && closes {
            return Some(to);
        }
    }
    None
}

/// The place after a name that begins at a place; `None` if none does.
fn after_name(words: &[Word<'_>], from: usize, shouts: bool) -> Option<usize> {
    let mut to = from;
    let mut has_name = false;
    while to < words.len().min(from + MOST) {
        let (Some(word), joined) = (words.get(to), to == from) else { break };
        let linked = joined || matches!(word.gap, " " | ". " | "." | "-" | "  ");
        if !linked {
            break;
        }
        if is_name(word, shouts) {
            has_name = true;
        } else {
            let next_is = words.get(to + 1).is_some_and(|next| is_name(next, shouts));
            let part =
                is_initial(word) || PARTICLES.binary_search(&word.small.as_str()).is_ok() && word.text == word.small;
            if !(part && next_is) {
                break;
            }
        }
        to += 1;
        if word.text.ends_with("'s")
            || words.get(to).is_some_and(|next| next.gap.starts_with(". ") && !is_initial(word))
        {
            break;
        }
    }
    let place = words.get(to).is_some_and(|next| next.gap == " " && PLACES.binary_search(&next.small.as_str()).is_ok());
    (has_name && (shouts || !place)).then_some(to)
}

/// The next name of a list whose first one was found.
fn next_of_list(words: &[Word<'_>], at: usize, shouts: bool) -> Option<(usize, usize)> {
    let word = words.get(at).filter(|_| !shouts)?;
    let (from, in_list) = match (word.gap, word.small.as_str()) {
        (" " | ", ", "and" | "a" | "ac") | (" ", "&") => {
            (at + 1, words.get(at + 1).is_some_and(|next| next.gap == " "))
        }
        (" & ", _) => (at, true),
        (", ", _) => {
            // A comma joins names only where "and" ends the list.
            let to = after_name(words, at, false)?;
            let follows = words.get(to).map_or("", |word| word.small.as_str());
            (at, follows == "and" || words.get(to).is_some_and(|word| word.gap == ", " && is_name(word, false)))
        }
        _ => return None,
    };
    let to = after_name(words, from, shouts).filter(|_| in_list)?;
    Some((from, to))
}

fn is_initial(word: &Word<'_>) -> bool {
    word.text.chars().count() == 1 && word.text.chars().all(char::is_uppercase)
}

/// Whether a word with a capital can be a name: not one of [`NOT_NAMES`], no abbreviation, no field of medicine.
fn is_name(word: &Word<'_>, shouts: bool) -> bool {
    let small = word.small.trim_end_matches("'s");
    let mut letters = word.text.chars();
    let opens = letters.next().is_some_and(char::is_uppercase);
    let abbreviation = !shouts && word.text.trim_end_matches("'s").chars().all(|c| c.is_uppercase() || c == '-');
    let field = ["ology", "ologist", "ics", "istry", "therapy", "therapist", "ography", "iatrist"]
        .iter()
        .any(|end| small.ends_with(end));
    let common = NOT_NAMES.binary_search(&small).is_ok()
        || GLUE.binary_search(&small).is_ok()
        || PLACES.binary_search(&small).is_ok()
        || ROLES.binary_search(&small).is_ok()
        || TITLES.binary_search(&small).is_ok();
    opens && small.chars().count() > 1 && !abbreviation && !field && !common && !small.contains(char::is_numeric)
}

/// The words of a plain text: letters and digits with apostrophes and hyphens inside.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut last = start + c.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            let inside = c.is_alphanumeric()
                || matches!(c, '\'' | '-')
                    && text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
            if !inside {
                break;
            }
            last = at + c.len_utf8();
            chars.next();
        }
        let surface = text.get(start..last).unwrap_or_default();
        words.push(Word {
            start,
            text: surface,
            small: surface.to_lowercase(),
            gap: text.get(end..start).unwrap_or_default(),
        });
        end = last;
    }
    words
}
