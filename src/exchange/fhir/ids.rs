//! Ids of a definition made from the names of another tool: small letters, digits and `_`, unique, 40 at most.

use std::collections::{HashMap, HashSet};

use crate::definition::codebook::{ABOUT_THE_RESPONSE, PRESENTED};

/// Most characters of an id.
const MAX_CHARS: usize = 40;
/// Words of the rule language, which cannot name a question.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "true", "false"];

/// Gives out ids, each only once.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    taken: HashSet<String>,
    /// The number the next id of the same beginning gets, so that a thousand alike take no longer than a thousand.
    next: HashMap<String, usize>,
}

impl Ids {
    /// Ids for questions, which cannot have the names of columns about the response.
    pub(super) fn of_questions() -> Self {
        let taken = ABOUT_THE_RESPONSE.iter().map(|(name, ..)| (*name).to_string()).collect();
        Self { taken, ..Self::default() }
    }

    /// An id for a survey, page, question or list: it begins with a letter, `fallback` giving one where needed.
    pub(super) fn name(&mut self, written: &str, fallback: &str) -> String {
        if is_name(written) {
            return self.unique(written);
        }
        let base = slug(written);
        let base = if base.is_empty() {
            fallback.to_string()
        } else if base.starts_with(|c: char| c.is_ascii_digit()) || RESERVED.contains(&base.as_str()) {
            format!("{fallback}_{base}")
        } else {
            base
        };
        self.unique(&base)
    }

    /// An id for an option or a row, which may begin with a digit.
    pub(super) fn code(&mut self, written: &str, fallback: &str) -> String {
        let base = if is_code(written) { written.to_string() } else { slug(written) };
        match base.as_str() {
            "" => self.unique(fallback),
            // The column of the order that was presented is called so.
            PRESENTED => self.unique(&format!("{base}_")),
            base => self.unique(base),
        }
    }

    /// `base`, or `base` with the first number that makes it new.
    pub(super) fn unique(&mut self, base: &str) -> String {
        let base = cut(base, MAX_CHARS);
        if self.taken.insert(base.to_string()) {
            return base.to_string();
        }
        let next = self.next.entry(base.to_string()).or_insert(2);
        loop {
            let suffix = format!("_{next}");
            *next += 1;
            let id = format!("{}{suffix}", cut(base, MAX_CHARS - suffix.len()));
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most { text } else { text.get(..most).unwrap_or(text).trim_end_matches('_') }
}

/// Small letters, digits and single `_` between them.
pub(super) fn slug(written: &str) -> String {
    let mut out = String::new();
    for letter in written.chars().take(400) {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    cut(&out, MAX_CHARS).trim_end_matches('_').to_string()
}

/// True if `id` may name a page, a question or a list.
pub(super) fn is_name(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && is_code(id) && !RESERVED.contains(&id)
}

/// True if `id` may name an option or a row.
pub(super) fn is_code(id: &str) -> bool {
    (1..=MAX_CHARS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
