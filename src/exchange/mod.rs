//! Definitions from other tools' files and to them: bytes in, a definition and an account of every loss out.

pub mod fhir;
pub mod report;
pub mod surveyjs;
pub mod xlsform;

mod settle;

pub use report::{Entry, Fate, Imported, Refusal, Report};
pub use settle::settle;
