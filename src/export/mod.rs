//! Files for analysts: one row a response in the formats of their programs, and the codebook that says what the columns mean.

pub mod cells;
pub mod codebook;
pub mod columns;
pub mod compare;
pub mod crosstabs;
pub mod csv;
pub mod ddi;
pub mod fhir;
pub mod jsonl;
pub mod limits;
pub mod manifest;
pub mod mentions;
pub mod merkle;
pub mod notes;
pub mod opinions;
pub mod parquet;
pub mod r;
pub mod sav;
pub mod xlsx;

mod xml;
