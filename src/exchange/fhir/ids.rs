//! Ids from the names and codes of a FHIR file; what can be an id as it is stays so.

use crate::document::Id;
use crate::exchange::ids::{PRESENTED, RESERVED, Taken, slug};

/// Gives out ids, each only once.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(Taken);

impl Ids {
    /// Ids for questions.
    pub(super) fn of_questions() -> Self {
        Self(Taken::of_questions())
    }

    /// An id for a survey, page, question or list: it begins with a letter, `fallback` giving one where needed.
    pub(super) fn name(&mut self, written: &str, fallback: &str) -> String {
        if is_name(written) {
            return self.0.free(written);
        }
        let base = slug_of(written);
        if base.is_empty() {
            self.0.free(fallback)
        } else if base.starts_with(|c: char| c.is_ascii_digit()) || RESERVED.contains(&base.as_str()) {
            self.0.free(&format!("{fallback}_{base}"))
        } else {
            self.0.free(&base)
        }
    }

    /// An id for an option or a row, which may begin with a digit.
    pub(super) fn code(&mut self, written: &str, fallback: &str) -> String {
        let base = if Id::Code.allows(written) { written.to_string() } else { slug_of(written) };
        match base.as_str() {
            "" => self.0.free(fallback),
            PRESENTED => self.0.free(&format!("{base}_")),
            base => self.0.free(base),
        }
    }

    /// `base`, or `base` with the first number that makes it new.
    pub(super) fn unique(&mut self, base: &str) -> String {
        self.0.free(base)
    }
}

/// Small letters and digits of a name; letters that are not of ASCII divide words as signs do.
pub(super) fn slug_of(written: &str) -> String {
    let ascii: String = written.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    slug(&ascii, false)
}

/// True if `id` may name a page, a question or a list.
pub(super) fn is_name(id: &str) -> bool {
    Id::Name.allows(id) && !RESERVED.contains(&id)
}
