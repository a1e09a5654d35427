//! Answers by group: every closed question against every segment, as far as no small group can be worked out from it.
//!
//! Segments are not crossed with each other: such a table would bind the others together, so that all of them could be
//! solved at once.

mod count;
mod order;
mod weigh;

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dataset::Dataset;
use super::disclosure::table::Shown;
use super::disclosure::{hidden, is_small};
use super::report::{Missing, Question};
use super::support::Split;
use count::{Crossed, Variable};

/// The answers to one question by the groups of one segment. What is withheld, so that no small number can be worked out
/// from all that is shown, is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Crosstab {
    /// The variable's name, as in `questions`.
    pub question: String,
    /// The segment question's id.
    pub segment: String,
    /// Ids of the answers, or of the ranked or funded items; the lists of each group are in this order. None for numbers.
    pub answers: Vec<String>,
    /// The groups, in the order of the definition.
    pub groups: Vec<CrosstabGroup>,
}

/// The answers of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CrosstabGroup {
    /// The group's id.
    pub group: String,
    /// People in the group who answered, the base of every share; `null` where the whole group is withheld.
    pub n: Option<u64>,
    /// People in the group without an answer, by kind.
    pub missing: Option<Missing>,
    /// People who gave each answer (several of them, for a question of scale `multiple`); of a ranking, who put it first; of
    /// an allocation, who gave it any points.
    pub counts: Vec<Option<u64>>,
    /// count / n, between 0 and 1.
    pub shares: Vec<Option<f64>>,
    /// Wilson 95% intervals of the shares.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Of a ranking the mean Borda points as a share (0..1) of the most that one can get, of an allocation the mean share
    /// (0..1) of the points; of other questions none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<Option<f64>>,
    /// Of a scale whose answers have values: its ends and its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<Ordered>,
    /// Of a number: its summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<GroupNumbers>,
}

/// The ends and the middle of an ordinal scale within one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ordered {
    /// People who chose one of the two answers of the highest values; `null` for a scale of fewer than four.
    pub top_two: Option<u64>,
    /// People who chose one of the two answers of the lowest values; `null` for a scale of fewer than four.
    pub bottom_two: Option<u64>,
    /// (`top_two` - `bottom_two`) / n, from -1 to 1.
    pub net: Option<f64>,
    /// Lower quartile, median and upper quartile, each the id of an answer: the lowest that at least a quarter, half and
    /// three quarters of the group do not exceed (Hyndman and Fan 1996, type 1).
    pub quartiles: [Option<String>; 3],
}

/// Summary of the numbers of one group. The smallest and the largest are single people's and not shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupNumbers {
    /// Lower quartile (Hyndman and Fan type 7).
    pub q1: f64,
    /// Median (Hyndman and Fan type 7).
    pub median: f64,
    /// Upper quartile (Hyndman and Fan type 7).
    pub q3: f64,
    /// Arithmetic mean.
    pub mean: f64,
}

/// Every table that is shown, and what may be shown of support by group.
#[derive(Debug, Default)]
pub struct Crosstabs {
    /// The tables, by question and then by segment.
    pub tables: Vec<Crosstab>,
    /// By intervention and segment, what may be shown of each group; the classes are support, neutral and oppose.
    support: BTreeMap<(String, String), Vec<Shown>>,
}

impl Crosstabs {
    /// What may be shown of the support for an intervention, by group; nothing where there is no table of it.
    pub(super) fn shown(&self, intervention: &str, segment: &str) -> &[Shown] {
        self.support.get(&(intervention.to_string(), segment.to_string())).map_or(&[], Vec::as_slice)
    }
}

/// Crosses every closed question that enough people answered with every segment.
///
/// None where fewer than `min_cell` people finished. Linear in people for each pair of a question and a segment; equal input
/// gives an equal result with any number of threads.
pub(super) fn crosstabs(data: &Dataset<'_>, splits: &[Split<'_>], questions: &[Question]) -> Crosstabs {
    let min_cell = data.survey.privacy.min_cell;
    if is_small(data.n as u64, min_cell) {
        return Crosstabs::default();
    }
    let answered = |id: &str| questions.iter().find(|question| question.id == id).map_or(0, |question| question.n);
    let enough = |id: &str| !is_small(answered(id), min_cell);
    let variables: Vec<Variable<'_>> =
        count::variables(data).into_iter().filter(|variable| enough(&variable.id)).collect();
    let hidden: Vec<Vec<bool>> = splits.iter().map(|split| hidden(&split.sizes, min_cell)).collect();
    let pairs: Vec<(&Variable<'_>, (&Split<'_>, &Vec<bool>))> =
        variables.iter().flat_map(|variable| splits.iter().zip(&hidden).map(move |pair| (variable, pair))).collect();
    let crossed: Vec<Crossed> =
        pairs.into_par_iter().map(|(variable, (split, hidden))| variable.cross(split, hidden, min_cell)).collect();
    let mut all = Crosstabs::default();
    for (table, support) in crossed {
        if let Some((intervention, shown)) = support {
            all.support.insert((intervention, table.segment.clone()), shown);
        }
        if answered(&table.question) > 0 {
            all.tables.push(table);
        }
    }
    all
}
