//! What lies between a definition's text and whoever writes it in a browser: where it begins, its outline with findings at the
//! parts they are about, and a form for each part, made from the tables of keys.
//!
//! A change goes into the text in place: what nobody changed stays as it was written.

mod form;
mod outline;
mod rule;
mod source;

pub use form::{Changes, Fault, Field, Form, Inner, Input, table};
pub use outline::{LOST_RULE, Outline, Page, Question, heading, title};
pub use rule::{Condition, How, Simple};
pub use source::{Begun, EXAMPLES, blank, read, with_id};
