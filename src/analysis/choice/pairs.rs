//! Comparisons of two options at a time, as on a wiki survey: scores, and the Bradley-Terry model.

use super::newton::highest;

/// How often each option won and lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Wins of each option.
    pub wins: Vec<u64>,
    /// Losses of each option.
    pub losses: Vec<u64>,
}

/// Counts comparisons, each a winner and a loser; those of an option with itself, or with one that is not there, are left out.
pub fn record(options: usize, comparisons: &[(usize, usize)]) -> Record {
    let mut record = Record { wins: vec![0; options], losses: vec![0; options] };
    for (winner, loser) in usable(options, comparisons) {
        if let (Some(wins), Some(losses)) = (record.wins.get_mut(winner), record.losses.get_mut(loser)) {
            *wins += 1;
            *losses += 1;
        }
    }
    record
}

/// The score of each option from 0 to 100, 100 (w + 1) / (w + l + 2): Laplace's estimate of the chance that it wins against
/// another one shown with it; 50 where it was never shown.
///
/// A simple stand-in for the hierarchical estimate of Salganik and Levy 2015 (`PLoS` ONE 10:e0123483), from which it differs where
/// options met opponents of different strength.
pub fn scores(record: &Record) -> Vec<f64> {
    let of = |(wins, losses): (&u64, &u64)| 100.0 * (*wins as f64 + 1.0) / ((wins + losses) as f64 + 2.0);
    record.wins.iter().zip(&record.losses).map(of).collect()
}

/// Utilities of the options by the Bradley-Terry model, which sum to 0: i wins against j with the chance
/// `1 / (1 + exp(u_j - u_i))`.
///
/// `ridge` is what is taken from the log-likelihood for each squared utility: 0 for the maximum of the likelihood alone, which
/// exists only if whoever is taken as a group has won against someone outside it and lost too; else none. 0.1 gives an
/// estimate always. Sources: Bradley and Terry 1952 (Biometrika 39:324); when it exists, Ford 1957 (Am Math Mon 64:28).
pub fn bradley_terry(options: usize, comparisons: &[(usize, usize)], ridge: f64) -> Option<Vec<f64>> {
    let mut met = vec![vec![0.0; options]; options];
    for (winner, loser) in usable(options, comparisons) {
        *met.get_mut(winner)?.get_mut(loser)? += 1.0;
    }
    if options == 0 || (ridge <= 0.0 && !all_reach_all(&met)) {
        return None;
    }
    let value = |u: &[f64]| {
        let pairs =
            met.iter().zip(u).flat_map(|(row, winner)| row.iter().zip(u).map(move |(n, loser)| (n, winner - loser)));
        let fit: f64 = pairs.filter(|(n, _)| **n > 0.0).map(|(n, lead)| -n * (-lead).exp().ln_1p()).sum();
        fit - ridge * u.iter().map(|u| u * u).sum::<f64>()
    };
    let slope = |u: &[f64]| {
        let mut gradient: Vec<f64> = u.iter().map(|u| -2.0 * ridge * u).collect();
        let mut curvature = vec![vec![0.0; options]; options];
        for (i, row) in met.iter().enumerate() {
            for (j, n) in row.iter().enumerate().filter(|(_, n)| **n > 0.0) {
                let lead = u.get(i).zip(u.get(j)).map_or(0.0, |(winner, loser)| winner - loser);
                let loses = 1.0 / (1.0 + lead.exp());
                let weight = n * loses * (1.0 - loses);
                for (at, other, sign) in [(i, j, 1.0), (j, i, -1.0)] {
                    if let Some(slope) = gradient.get_mut(at) {
                        *slope += sign * n * loses;
                    }
                    if let Some(row) = curvature.get_mut(at) {
                        row.iter_mut().enumerate().for_each(|(to, cell)| {
                            *cell += if to == at {
                                weight
                            } else if to == other {
                                -weight
                            } else {
                                0.0
                            };
                        });
                    }
                }
            }
        }
        for (at, row) in curvature.iter_mut().enumerate() {
            if let Some(cell) = row.get_mut(at) {
                *cell += 2.0 * ridge;
            }
        }
        (gradient, curvature)
    };
    highest(options, value, slope)
}

/// The chance in per cent that each option wins against another one drawn at random, by utilities of [`bradley_terry`].
pub fn mean_chance(utilities: &[f64]) -> Vec<f64> {
    let others = utilities.len().saturating_sub(1).max(1) as f64;
    let of = |(at, mine): (usize, &f64)| {
        let rest = utilities.iter().enumerate().filter(|(other, _)| *other != at);
        100.0 * rest.map(|(_, other)| 1.0 / (1.0 + (other - mine).exp())).sum::<f64>() / others
    };
    utilities.iter().enumerate().map(of).collect()
}

fn usable(options: usize, comparisons: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> {
    comparisons.iter().copied().filter(move |(winner, loser)| winner != loser && *winner.max(loser) < options)
}

/// True where from each option a way of wins leads to each other one.
fn all_reach_all(met: &[Vec<f64>]) -> bool {
    let reached = |won: &dyn Fn(usize, usize) -> bool| {
        let mut seen = vec![false; met.len()];
        let mut todo = vec![0];
        while let Some(at) = todo.pop() {
            if seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true)) {
                todo.extend((0..met.len()).filter(|to| won(at, *to)));
            }
        }
        seen.into_iter().all(|seen| seen)
    };
    let beat = |a: usize, b: usize| met.get(a).and_then(|row| row.get(b)).is_some_and(|n| *n > 0.0);
    reached(&|a, b| beat(a, b)) && reached(&|a, b| beat(b, a))
}
