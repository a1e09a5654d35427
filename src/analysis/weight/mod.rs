//! Weighting those who answered to the shares of the population, and what that would take.
//!
//! Weights are exact multiples of 2^-32, so that sums of them are the same in any order of the responses.

mod compare;
mod estimate;
mod margins;
mod mass;
mod rake;
mod rao_scott;
pub mod report;
pub(super) mod support;
mod tally;
mod trim;

pub use compare::{METHOD, in_force, notice, representativeness, setting};
pub use estimate::{Moments, standard_error};
pub use margins::{Margin, NoWeights, Weighing, weigh};
pub use mass::{Mass, Weights};
pub use rake::{CannotRake, Profile, Raked, rake, rake_within};
pub use rao_scott::{RaoScott, rao_scott};
pub use tally::add_weighted;
pub use trim::trim;

/// A share as reports show it under weights, to three decimals: more would tell how small groups are made up.
pub(super) fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}
