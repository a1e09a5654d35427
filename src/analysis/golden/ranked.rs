//! Rules for rankings (`analysis::choice`), against `pref_voting`.

use super::{Damage, Place};
use crate::analysis::choice::ballots::Ballots;
use crate::analysis::choice::elimination::instant_run_off;
use crate::analysis::choice::pairwise::{copeland_winners, minimax_winners};
use crate::analysis::choice::positional::{borda, first_choice};
use crate::analysis::choice::ranked_pairs::ranked_pairs;
use crate::analysis::choice::{best_by, schulze};

/// `profiles` of `rankings`, from the first place on, each given by so many (`counts`).
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    for profile in vector.at("profiles")?.each()? {
        let rankings: Vec<Vec<usize>> = profile.at("rankings")?.read()?;
        let counts: Vec<u64> = profile.at("counts")?.read()?;
        if rankings.len() != counts.len() {
            return Err(profile.damage("has another number of counts than of rankings"));
        }
        let support = profile.at("pairwise_support")?;
        let options = support.each()?.len();
        let ballots = Ballots::new(options, rankings.into_iter().zip(counts));
        let pairs = ballots.pairwise();
        let matrix: Vec<Vec<u64>> = (0..options).map(|a| (0..options).map(|b| pairs.support(a, b)).collect()).collect();
        support.equals(matrix)?;
        profile.at("schulze_strongest_paths_winning_votes")?.equals(schulze::strongest_paths(&pairs))?;
        profile.at("schulze_ranking_wins")?.equals(schulze::wins(&pairs))?;
        let points = borda(&ballots);
        let by_option = |name: &str, found: &[f64]| {
            let expected = profile.at(name)?;
            found.iter().enumerate().try_for_each(|(option, found)| expected.at(&option.to_string())?.is(*found))
        };
        by_option("borda_scores", &points)?;
        let first: Vec<f64> = first_choice(&ballots).into_iter().map(|people| people as f64).collect();
        by_option("plurality_scores", &first)?;
        let winners = profile.at("winners")?;
        winners.at("borda")?.equals(best_by(&points))?;
        winners.at("schulze")?.equals(schulze::order(&pairs).first())?;
        winners.at("ranked_pairs")?.equals(ranked_pairs(&pairs).winners)?;
        winners.at("copeland")?.equals(copeland_winners(&pairs))?;
        winners.at("minimax")?.equals(minimax_winners(&pairs))?;
        winners.at("irv")?.equals(instant_run_off(&ballots).winners)?;
        winners.at("condorcet_winner")?.equals(pairs.condorcet_winner())?;
    }
    Ok(())
}
