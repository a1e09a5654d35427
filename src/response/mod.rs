//! From posted fields to a response: reading, routing, validating, and what is kept of it.

pub mod code;
pub mod form;
pub mod invitation;
pub mod present;
pub mod route;
pub mod simulate;

mod answers;
mod draft;
mod post;

pub use answers::{Answers, Gap, Record};
pub use draft::{Draft, Next};
pub use post::{Arrival, Post, Taken};
