//! Definitions from other tools' files and to them: bytes in, a definition and an account of every loss out.
//!
//! Tables for translators go the same way: texts out, translations and an account of every row in.

pub mod cell;
pub mod fhir;
pub mod report;
pub mod surveyjs;
pub mod table;
pub mod translation;
pub mod xlsform;

mod ids;
mod json;
mod pattern;
mod rule;
mod settle;
mod workbook;

pub use report::{Entry, Fate, Imported, Refusal, Report};
pub use settle::settle;
