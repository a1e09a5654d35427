//! Charts: drawn for a screen of any width, heard as one image with a title and a description, printed without colour.
//!
//! Nothing here computes a statistic: a chart places the shares that its table prints, or splits one count into parts.
//! A chart is HTML with a small drawing a row, not one drawing: HTML wraps a label of any length and script beside its
//! mark on a wide screen and above it on a narrow one, with text that keeps its size, which SVG cannot. The picture of
//! opinion groups alone is one drawing: its only text is a letter a group.
//! The whole carries `role="img"` and its words in `aria-label`, so that it is heard once and its table has the rest.
//! Colours are those of the Government Analysis Function; each verdict also has a shape of its own and its words.

mod changes;
mod dots;
mod heaps;
mod shapes;
mod stack;

pub use changes::{Changed, Changes, changes};
pub use dots::{Dots, Mark, Panel, dots};
pub use heaps::{Heap, heaps};
pub use shapes::{Shape, shapes};
pub use stack::{Split, bar, bar_and_line, stack};

#[cfg(test)]
mod tests;
