//! Support under weights: effective counts for the verdict, and the figures that the report shows beside the raw ones.

use super::margins::whole;
use super::report::WeightedShare;
use super::{Mass, Weights, rao_scott, rounded, standard_error};
use crate::analysis::interval::wilson;
use crate::analysis::support::{Split, Stance};
use crate::analysis::tally::ALPHA;
use crate::analysis::verdict::{Candidate, Cell, Partition, Verdict};
use crate::definition::Segment;
use crate::definition::consensus::DecisionRule;

/// People for, neither and against, with their weights.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::analysis) struct Masses {
    support: Mass,
    neutral: Mass,
    oppose: Mass,
}

/// How people stand to one intervention, overall and by split and group.
pub(in crate::analysis) struct WeightedTable {
    pub(in crate::analysis) overall: Masses,
    pub(in crate::analysis) groups: Vec<Vec<Masses>>,
}

impl Masses {
    pub(in crate::analysis) fn add(&mut self, stance: Stance, stored: u64) {
        match stance {
            Stance::Support => self.support.add(stored),
            Stance::Neutral => self.neutral.add(stored),
            Stance::Oppose => self.oppose.add(stored),
            Stance::Missing => {}
        }
    }

    fn all(self) -> Mass {
        self.support.and(self.neutral).and(self.oppose)
    }

    /// Effective counts: Kish's number of people, and the weighted shares of it.
    fn cell(self) -> Cell {
        let all = self.all().moments();
        let n = all.effective_n();
        let count = |side: Mass| side.moments().share_of(all) * n;
        Cell { support: count(self.support), oppose: count(self.oppose), n }
    }

    /// Effective people among those who answered.
    pub(in crate::analysis) fn effective_n(self) -> f64 {
        self.all().moments().effective_n()
    }

    /// What a report shows; `None` if nobody answered.
    pub(in crate::analysis) fn shown(self) -> Option<WeightedShare> {
        let (all, support) = (self.all().moments(), self.support.moments());
        let n = all.effective_n();
        (n > 0.0).then(|| {
            let share = support.share_of(all);
            WeightedShare {
                share: rounded(share),
                oppose: Some(rounded(self.oppose.moments().share_of(all))),
                interval: wilson(share * n, n, ALPHA).map(rounded),
                standard_error: rounded(standard_error(support, self.neutral.and(self.oppose).moments())),
                n_eff: whole(n),
                deff: rounded(all.design_effect()),
            }
        })
    }
}

impl WeightedTable {
    pub(in crate::analysis) fn count(
        stances: impl Iterator<Item = (usize, Stance)>,
        splits: &[Split<'_>],
        weights: &Weights,
    ) -> Self {
        let mut table = Self {
            overall: Masses::default(),
            groups: splits.iter().map(|split| vec![Masses::default(); split.options.len()]).collect(),
        };
        for (person, stance) in stances {
            let stored = weights.stored(person);
            table.overall.add(stance, stored);
            for (split, masses) in splits.iter().zip(&mut table.groups) {
                for group in split.members.get(person).into_iter().flatten() {
                    masses.get_mut(*group).into_iter().for_each(|masses| masses.add(stance, stored));
                }
            }
        }
        table
    }

    /// The effective counts for the verdict.
    pub(in crate::analysis) fn candidate(&self, splits: &[Split<'_>]) -> Candidate {
        let partitions = splits.iter().zip(&self.groups).filter(|(split, _)| !split.overlapping);
        let partition = |(split, masses): (&Split<'_>, &Vec<Masses>)| Partition {
            id: split.id.to_string(),
            groups: split
                .options
                .iter()
                .zip(masses)
                .map(|(option, masses)| (option.id.clone(), masses.cell()))
                .collect(),
            circular: split.kind == Segment::Descriptive,
        };
        Candidate { overall: self.overall.cell(), partitions: partitions.map(partition).collect() }
    }

    /// The verdict as a report tells it: the needed number in people instead of effective people, and p-value and bound
    /// rounded, as more would tell how small groups are made up.
    pub(in crate::analysis) fn told(&self, verdict: Verdict) -> Verdict {
        let deff = self.overall.all().moments().design_effect();
        Verdict {
            p: verdict.p.map(two_digits),
            bound: (verdict.bound * 1000.0).floor() / 1000.0,
            needed_n: verdict.needed_n.map(|n| whole((n as f64 * deff).ceil())),
            ..verdict
        }
    }

    /// The p-value of difference between the tested groups of each partition, corrected for the weights (Rao and Scott).
    pub(in crate::analysis) fn heterogeneity(&self, splits: &[Split<'_>], rule: &DecisionRule) -> Vec<(String, f64)> {
        let compared = splits.iter().zip(&self.groups).filter(|(split, _)| !split.overlapping);
        let test = |(split, masses): (&Split<'_>, &Vec<Masses>)| {
            let tested = masses.iter().filter(|masses| masses.cell().n >= f64::from(rule.n_min_segment));
            let groups: Vec<_> =
                tested.map(|masses| (masses.support.moments(), masses.neutral.and(masses.oppose).moments())).collect();
            (split.id.to_string(), rao_scott(&groups).p)
        };
        compared.map(test).collect()
    }
}

/// A p-value with its two first digits.
fn two_digits(p: f64) -> f64 {
    format!("{p:.1e}").parse().unwrap_or(p)
}
