//! `responses.csv`: UTF-8, RFC 4180, one row a response and one column a variable of the codebook.

use super::cells::{Cell, gap_code};
pub use crate::exchange::cell::guarded;

/// Writes a record of cells.
pub fn row(out: &mut ::csv::Writer<Vec<u8>>, cells: Vec<Cell>) -> Result<(), ::csv::Error> {
    for cell in cells {
        match cell {
            Cell::Value(value) => out.write_field(value)?,
            Cell::Text(text) => out.write_field(guarded(text))?,
            Cell::Missing(gap) => out.write_field(gap_code(gap))?,
            Cell::Empty => out.write_field("")?,
        }
    }
    out.write_record(None::<&[u8]>)
}
