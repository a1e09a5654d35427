//! Files for analysts: one row a response, and the codebook that says what the columns mean.

pub mod codebook;
pub mod columns;
pub mod crosstabs;
pub mod csv;
pub mod ddi;
pub mod limits;
pub mod manifest;
pub mod mentions;

mod xml;
