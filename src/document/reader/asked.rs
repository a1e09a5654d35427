//! What was asked for, by object or type, so that a test can hold the tables against it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::Reader;

thread_local! {
    static ASKED: RefCell<BTreeSet<(&'static str, &'static str)>> = RefCell::default();
}

impl Reader<'_> {
    pub(super) fn note_asked(&self, key: &'static str) {
        let own = self.kind.filter(|kind| kind.keys.iter().any(|own| own.name == key));
        let owner = own.map_or(self.object.name, |kind| kind.name);
        ASKED.with_borrow_mut(|asked| asked.insert((owner, key)));
    }
}

/// Objects or types, each with a key that was asked of it in this thread.
pub(crate) fn asked() -> BTreeSet<(&'static str, &'static str)> {
    ASKED.with_borrow(Clone::clone)
}
