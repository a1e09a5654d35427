//! Statistics of a Delphi panel: is there consensus on a rating, did answers change between rounds, who left, and is it time
//! to stop; what a report says of a panel, and the definition of its next round. Weighted kappa between two rounds is `analysis::agreement::kappa`.

mod change;
mod concordance;
mod next;
mod panel;
pub mod report;
mod reported;
mod rounds;

pub use change::{Mcnemar, Wilcoxon, mcnemar, wilcoxon};
pub use concordance::{Concordance, kendalls_w};
pub use next::next_round;
pub use panel::{Comet, Panel, comet, panel, percent_agreement};
pub use reported::PanelAnswers;
pub use rounds::{Attrition, ItemState, Stop, attrition, distribution_change, stop};

#[cfg(test)]
mod tests;
