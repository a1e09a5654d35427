//! Ids of a definition made from the names of another tool: small letters, digits and `_`, each once.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::definition::codebook::ABOUT_THE_RESPONSE;
/// What the column of the order that was presented is called, which no option can be.
pub(super) use crate::definition::codebook::PRESENTED;

/// Most characters of an id.
const MAX_CHARS: usize = 40;
/// Most characters of a name that are looked at.
const MAX_LOOKED_AT: usize = 400;
/// Words of the rule language, which cannot be names in it.
pub(super) const RESERVED: [&str; 6] = ["and", "or", "not", "in", "true", "false"];

/// Ids that are taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    ids: HashSet<String>,
    /// The number the next id of the same beginning gets, so that a thousand alike take no longer than a thousand.
    next: HashMap<String, usize>,
}

impl Taken {
    /// Ids for questions, which cannot have the names of columns about the response.
    pub(super) fn of_questions() -> Self {
        let ids = ABOUT_THE_RESPONSE.iter().map(|(name, ..)| (*name).to_string()).collect();
        Self { ids, ..Self::default() }
    }

    /// Takes an id as it is; false if another has it.
    pub(super) fn take(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_string())
    }

    /// The id, or the id with the first number after it that makes it new.
    pub(super) fn free(&mut self, wanted: &str) -> String {
        let wanted = cut(wanted, MAX_CHARS);
        if self.take(wanted) {
            return wanted.to_string();
        }
        let mut number = self.next.get(wanted).copied().unwrap_or(2);
        loop {
            let ending = format!("_{number}");
            let id = format!("{}{ending}", cut(wanted, MAX_CHARS - ending.len()));
            number += 1;
            if self.take(&id) {
                self.next.insert(wanted.to_string(), number);
                return id;
            }
        }
    }
}

/// True for the name of a column about the response, which no question can have.
pub(super) fn is_column(id: &str) -> bool {
    ABOUT_THE_RESPONSE.iter().any(|(name, ..)| *name == id)
}

fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most { text } else { text.get(..most).unwrap_or(text).trim_end_matches('_') }
}

/// Small letters without accents and digits, and one `_` for all that stands between them; 40 at most.
///
/// With `humps`, a large letter after a small one begins a word: `firstName` is `first_name`.
pub(super) fn slug(name: &str, humps: bool) -> String {
    let mut out = String::new();
    let mut before_small = false;
    for letter in name.nfkd().filter(|c| !is_combining_mark(*c)).take(MAX_LOOKED_AT) {
        let begins_word = humps && before_small && letter.is_ascii_uppercase();
        if (begins_word || !letter.is_ascii_alphanumeric()) && letter != 'ß' && !out.is_empty() && !out.ends_with('_')
        {
            out.push('_');
        }
        match letter {
            'ß' => out.push_str("ss"),
            letter if letter.is_ascii_alphanumeric() => out.push(letter.to_ascii_lowercase()),
            _ => {}
        }
        before_small = letter.is_ascii_lowercase();
    }
    cut(&out, MAX_CHARS).trim_end_matches('_').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_has_letters_digits_and_single_dashes() {
        for (name, wanted) in [
            ("Label-test", "label_test"),
            ("Größe", "grosse"),
            ("  Prénom!! ", "prenom"),
            ("firstName", "firstname"),
            ("Имя", ""),
            ("2nd", "2nd"),
        ] {
            assert_eq!(slug(name, false), wanted);
        }
        assert_eq!(slug("firstName", true), "first_name");
        assert_eq!(slug("First name!", true), "first_name");
    }

    #[test]
    fn an_id_is_given_once_and_many_of_one_name_are_quick() {
        let mut ids = Taken::default();
        for _ in 0..20_000 {
            ids.free("same");
        }
        assert_eq!(ids.ids.len(), 20_000);
        assert_eq!(ids.free("same_2"), "same_2_2");
        let long = "x".repeat(60);
        assert_eq!((ids.free(&long).len(), ids.free(&long).ends_with("_2")), (40, true));
    }
}
