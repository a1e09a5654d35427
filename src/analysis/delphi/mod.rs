//! Statistics of a Delphi panel: is there consensus on a rating, did answers change between rounds, who left, and is it time
//! to stop. Weighted kappa between two rounds is `analysis::agreement::kappa`.

mod change;
mod concordance;
mod panel;
mod rounds;

pub use change::{Mcnemar, Wilcoxon, mcnemar, wilcoxon};
pub use concordance::{Concordance, kendalls_w};
pub use panel::{Comet, Panel, comet, panel, percent_agreement};
pub use rounds::{Attrition, ItemState, Stop, attrition, distribution_change, stop};

#[cfg(test)]
mod tests;
