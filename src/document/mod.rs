//! The text a definition is written in: a JSON tree that knows its places, a reader that reports every mistake, findings.

mod edit;
mod finding;
mod hash;
mod pattern;
mod reader;
mod tree;

pub use edit::set_entries;
pub use finding::{Finding, Findings, Severity, closest};
pub use hash::hex;
pub use pattern::Pattern;
pub use reader::Reader;
pub use tree::{Entry, Node, Place, Value, parse};
