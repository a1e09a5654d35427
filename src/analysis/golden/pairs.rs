//! Comparisons by pairs (`analysis::choice::pairs`), against choix.

use super::{Damage, Place};
use crate::analysis::choice::pairs::{bradley_terry, mean_chance, record, scores};

/// `pairs_winner_loser`.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    let pairs: Vec<(usize, usize)> = vector.at("pairs_winner_loser")?.read()?;
    let wins = vector.at("wins")?;
    let options = wins.each()?.len();
    let found = record(options, &pairs);
    let numbers = |counts: &[u64]| counts.iter().map(|count| *count as f64).collect::<Vec<_>>();
    wins.are(&numbers(&found.wins))?;
    vector.at("losses")?.are(&numbers(&found.losses))?;
    vector.at("laplace_score_100(w+1)/(w+l+2)")?.are(&scores(&found))?;
    let tolerance = vector.at("bt_tolerance")?.read()?;
    let expected = vector.at("bradley_terry_mle_sum0")?.within(tolerance);
    let chances = vector.at("mean_predicted_win_prob")?.within(tolerance);
    if let Some(utilities) = bradley_terry(options, &pairs, 0.0) {
        expected.are(&utilities)?;
        chances.are(&mean_chance(&utilities))?;
    } else {
        expected.equals(())?;
        chances.equals(())?;
    }
    let expected = vector.at("bt_ridge_alpha0.1")?.within(tolerance);
    match bradley_terry(options, &pairs, 0.1) {
        Some(utilities) => expected.are(&utilities),
        None => expected.equals(()),
    }
}
