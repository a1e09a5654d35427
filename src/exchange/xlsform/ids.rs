//! Ids from the names of a form.

use crate::document::Id;
use crate::exchange::ids::{PRESENTED, RESERVED, Taken, slug};

/// Ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(Taken);

impl Ids {
    /// Ids for questions.
    pub(super) fn of_questions() -> Self {
        Self(Taken::of_questions())
    }

    /// An id for a question, a page or a list: it begins with a letter.
    pub(super) fn question(&mut self, name: &str) -> String {
        let mut id = plain(name);
        if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            id.insert(0, 'q');
        }
        if RESERVED.contains(&id.as_str()) {
            id.push('_');
        }
        self.0.free(&id)
    }

    /// An id for an option or a row.
    pub(super) fn option(&mut self, name: &str) -> String {
        let mut id = plain(name);
        if id == PRESENTED {
            id.push('_');
        }
        self.0.free(if id.is_empty() { "option" } else { &id })
    }

    /// An id for a question, a page or a list; in a workbook of ours the one that is written, if it is free.
    pub(super) fn question_as(&mut self, written: &str, own: bool) -> String {
        if own && Id::Name.allows(written) && self.0.take(written) {
            return written.to_string();
        }
        self.question(written)
    }

    /// The same for an option.
    pub(super) fn option_as(&mut self, written: &str, own: bool) -> String {
        if own && Id::Code.allows(written) && self.0.take(written) {
            return written.to_string();
        }
        self.option(written)
    }
}

/// An id for a survey: dashes may stand in it, and it may be longer.
pub(super) fn survey(name: &str) -> String {
    let mut id = slug(name, false).replace('_', "-");
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) {
        id.insert_str(0, "form-");
    }
    id.trim_end_matches('-').to_string()
}

/// A name in small letters; what is none of an id becomes `_`.
fn plain(name: &str) -> String {
    let small = name.to_ascii_lowercase();
    if Id::Code.allows(&small) { small } else { slug(name, false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_each_once() {
        let mut ids = Ids::default();
        assert_eq!(ids.question("Id10020"), "id10020");
        assert_eq!(ids.question("id10020"), "id10020_2");
        assert_eq!(ids.question("label-test"), "label_test");
        assert_eq!(ids.question("Größe"), "grosse");
        assert_eq!(ids.question("2nd"), "q2nd");
        assert_eq!(ids.question("Имя"), "q");
        assert_eq!(ids.question("in"), "in_");
        let long = "x".repeat(60);
        assert_eq!((ids.question(&long).len(), ids.question(&long).ends_with("_2")), (40, true));
        assert_eq!(Ids::default().option("2022"), "2022");
        assert_eq!(survey("Spec test"), "spec-test");
    }
}
