//! The text a definition is written in: a JSON tree that knows its places, a reader that reports every mistake, findings.

mod change;
mod edit;
mod finding;
mod hash;
mod id;
pub mod keys;
mod pattern;
mod pointer;
mod reader;
mod tree;

pub use change::{Kept, remove, set_keys, set_rows, shift};
pub use edit::{set_entries, set_list};
pub use finding::{Finding, Findings, Severity, closest};
pub use hash::hex;
pub use id::Id;
pub use pattern::Pattern;
pub use pointer::{Pointer, Step};
pub use reader::Reader;
#[cfg(test)]
pub(crate) use reader::asked;
pub use tree::{Entry, Node, Place, Value, parse};
