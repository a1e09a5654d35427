//! How a consultation stands while it runs: who has answered so far, beside the population, and how they stand to the
//! interventions. There are no verdicts in it: the tests behind them hold once, and not each time that somebody looks.

use std::collections::BTreeSet;

use super::dataset::Dataset;
use super::disclosure;
use super::report::Row;
use super::support::{Stance, stances};
use super::tally::tallies;
use crate::definition::Survey;

/// Those who have answered so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SoFar {
    /// People.
    pub n: u64,
    /// The questions that make groups, and those whose shares in the population are known; none of fewer than `min_cell`
    /// people.
    pub groups: Vec<Groups>,
    /// The interventions; none of fewer than `min_cell` people.
    pub support: Vec<Support>,
}

/// The groups of one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// The question.
    pub label: String,
    /// People who answered it.
    pub n: u64,
    /// Its options with their counts, `null` where few people could be told by them, and their shares in the population
    /// where the definition states them.
    pub rows: Vec<(Row, Option<f64>)>,
}

/// How people stand to one intervention.
#[derive(Clone, Debug, PartialEq)]
pub struct Support {
    /// The intervention.
    pub label: String,
    /// People for it, neither, and against it; none where fewer than `min_cell` answered.
    pub sides: Option<[u64; 3]>,
}

/// The items that [`so_far`] looks at.
pub fn wanted(survey: &Survey) -> BTreeSet<&str> {
    let segments = survey.segments().map(|(item, ..)| item.head.id.as_str());
    let margins = survey.population.iter().flat_map(|population| population.margins.keys().map(String::as_str));
    let support = survey.support().map(|(item, _)| item.head.id.as_str());
    segments.chain(margins).chain(support).collect()
}

/// Counts. Cost: linear in the people and the items that are wanted.
pub fn so_far(data: &Dataset<'_>) -> SoFar {
    let (n, min_cell) = (data.n as u64, data.survey.privacy.min_cell);
    if n < u64::from(min_cell) {
        return SoFar { n, ..SoFar::default() };
    }
    let segments: BTreeSet<&str> = data.survey.segments().map(|(item, ..)| item.head.id.as_str()).collect();
    let margins = data.survey.population.as_ref().map(|population| &population.margins);
    let mut groups = Vec::new();
    for mut question in tallies(data) {
        let shares = margins.and_then(|margins| margins.get(&question.id));
        let is_segment = segments.contains(question.id.as_str());
        if shares.is_none() && !is_segment {
            continue;
        }
        if !is_segment {
            disclosure::protect_rows(&mut question.rows, min_cell);
        }
        let with_population = |row: Row| {
            let share = shares.and_then(|shares| shares.get(&row.id)).copied();
            (row, share)
        };
        let rows = question.rows.into_iter().map(with_population).collect();
        groups.push(Groups { label: question.label, n: question.n, rows });
    }
    let (rated, stances) = stances(data).unwrap_or_default();
    let support = rated.iter().zip(stances).map(|(row, stances)| {
        let count = |wanted| stances.iter().filter(|stance| **stance == wanted).count() as u64;
        let sides = [Stance::Support, Stance::Neutral, Stance::Oppose].map(count);
        let shown = sides.iter().sum::<u64>() >= u64::from(min_cell);
        Support { label: row.label.clone(), sides: shown.then_some(sides) }
    });
    SoFar { n, groups, support: support.collect() }
}
