//! The idea wall: which ideas a person sees next, which ideas say the same, and how votes are counted.

mod alike;
mod choose;
mod tally;

pub use alike::{Alike, Prepared};
pub use choose::{Candidate, choose, priority};
pub use tally::{Tally, Vote, tallies, together};
