//! From posted fields to a response: reading, routing, validating, and what is kept of it.

pub mod code;
pub mod form;
pub mod invitation;
pub mod part;
pub mod present;
pub mod progress;
pub mod route;
pub mod sheet;
pub mod simulate;

mod answers;
mod draft;
mod overview;
mod post;

pub use answers::{Answers, Gap, Record};
pub use draft::{Draft, Next};
pub use overview::{Status, Task};
pub use part::Screen;
pub use post::{Arrival, Post, Taken};
