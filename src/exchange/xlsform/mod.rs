//! XLSForm: workbooks of the form language that ODK, `KoboToolbox` and others read, both ways.
//!
//! `read` takes any XLSForm, `.xlsx` or `.xls`, as `pyxform` would; what a form says and a definition cannot is in the
//! report. `write` makes a workbook that `pyxform` accepts, with Canvass's own columns and sheets for what an XLSForm has
//! no place for, so that reading it again gives the same definition.

mod blocks;
mod calculate;
mod columns;
mod compare;
mod constraints;
mod declare;
mod ids;
mod import;
mod kinds;
mod language;
mod lists;
mod options;
mod own;
mod own_sheets;
mod pages;
mod questions;
mod read;
mod template;
mod texts;
mod translate;
mod tree;
mod typed;
mod write;
mod xpath;

use super::report::{Imported, Refusal};
pub use write::Written;

/// Makes a definition of an XLSForm workbook, told to be `.xlsx` or `.xls` by what is in it.
///
/// # Errors
/// If it is no workbook, is damaged or protected, is larger than a form can be, or asks nothing.
pub fn read(bytes: &[u8]) -> Result<Imported, Refusal> {
    read::read(bytes)
}

/// Makes an XLSForm workbook of a definition; `read` of it gives the same definition.
///
/// # Errors
/// If a text is longer than a cell can hold.
pub fn write(definition: &serde_json::Value) -> Result<Written, Refusal> {
    write::write(definition, None)
}

/// The workbook that staff begin with: an example consultation, and a sheet that explains every column.
///
/// # Errors
/// None that a caller could mend: the example is part of the program.
pub fn template() -> Result<Vec<u8>, Refusal> {
    template::template()
}
