//! Charts as SVG: drawn for a screen of any width, heard through a title and a description, printed without colour.
//!
//! Nothing here computes a statistic: a chart places the shares that its table prints.
//! Positions are per cent of the width and sizes are pixels, so text keeps its size from 320 px to a poster, and
//! every label stands above its mark, never beside it.
//! Colours are those of the Government Analysis Function; each verdict also has a shape of its own and its words.

mod dots;
mod draw;
mod stack;

pub use dots::{Dots, Mark, Shape, dots};
pub use stack::{Split, bar, stack};

#[cfg(test)]
mod tests;
