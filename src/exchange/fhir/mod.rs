//! FHIR Questionnaires, both ways: R4, R4B, R5 and STU3 are read, R4 is written.
//!
//! What FHIR has no place for stands in extensions under `urn:canvass:`, so that a definition comes back as it went.

mod bounds;
mod checks;
mod condition;
mod enable;
mod extensions;
mod groups;
mod ids;
mod json;
mod keys;
mod layout;
mod markdown;
mod options;
mod plan;
mod questions;
mod reading;
mod resource;
mod survey;
mod texts;
mod valuesets;
mod write;

#[cfg(test)]
mod tests_read;
#[cfg(test)]
mod tests_rules;
#[cfg(test)]
mod tests_write;

pub use write::{Written, codings, write};

use crate::exchange::report::{Imported, Refusal};

/// Reads a FHIR Questionnaire, or a Bundle that holds one, from JSON.
///
/// Time is linear in the length of the file; its size, depth and number of parts are bounded.
///
/// # Errors
/// A file that is no such thing, with what it looks like instead; never because something in it is not supported.
pub fn read(bytes: &[u8]) -> Result<Imported, Refusal> {
    let file = json::parse(bytes)?;
    let found = resource::find(&file)?;
    Ok(survey::read(&found))
}
