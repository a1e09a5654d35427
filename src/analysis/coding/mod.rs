//! Coding: free text in themes, suggested by the machine and decided by people.
//!
//! What people decide is a list of [`decision::Entry`], and nothing of it is ever changed: the [`coded::Coding`] at any
//! moment follows from the list. So there is a history, everything can be undone, and a new suggestion by the machine
//! cannot overwrite what a person decided.

pub mod audit;
pub mod coded;
pub mod decision;
pub mod frame;
pub mod listed;
pub mod parts;
pub mod reported;
pub mod shown;
