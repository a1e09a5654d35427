//! What of a comparison may be shown.
//!
//! Each side withholds what its own report does. A side that is a part of a consultation says more: the report counts everyone,
//! so that the rest follows by subtraction. Such a side is therefore held together with the rest: what would be withheld of any
//! part is withheld of all, and counts of groups are hidden as in a table of parts and groups whose every sum is published.

use std::collections::{BTreeMap, BTreeSet};

use super::Relation;
use crate::analysis::dataset::Dataset;
use crate::analysis::disclosure::is_small;
use crate::analysis::disclosure::network::{Figure, Network, Standing, is};
use crate::analysis::disclosure::suppress::{Width, suppress};
use crate::analysis::report::Question;
use crate::analysis::tally::tallies;

/// What is withheld.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The larger of the sides' smallest cells.
    pub(super) min_cell: u32,
    /// True if counts of groups by answer may stand behind a figure: no rest follows from them.
    pub(super) groups: bool,
    /// Variables of which nothing may be shown.
    variables: BTreeSet<String>,
    /// Options that may not be shown, by variable.
    options: BTreeMap<String, BTreeSet<String>>,
}

impl Shown {
    pub(super) fn new(sides: [&Dataset<'_>; 2], relation: &Relation<'_>) -> Self {
        let min_cell = sides.iter().map(|side| side.survey.privacy.min_cell).max().unwrap_or_default();
        // Parts of one whole that is published, the last of which is not itself.
        let wholes: Vec<Vec<&Dataset<'_>>> = match relation {
            Relation::Versions(rest) => vec![vec![sides[0], sides[1], rest]],
            Relation::Apart(rests) => {
                let whole = |(side, rest)| Some(vec![side, Option::as_ref(rest)?]);
                sides.into_iter().zip(rests.iter()).filter_map(whole).collect()
            }
            Relation::Rounds(_) => Vec::new(),
        };
        let empty = |whole: &Vec<&Dataset<'_>>| whole.last().is_none_or(|rest| rest.n == 0);
        let mut shown = Self { min_cell, groups: wholes.iter().all(empty), ..Self::default() };
        for side in sides {
            shown.hide(&tallies(side));
        }
        for whole in &wholes {
            shown.hold_together(whole);
        }
        shown
    }

    /// True if the figures of a variable, or of one option of it, may be shown.
    pub(super) fn may(&self, variable: &str, option: Option<&str>) -> bool {
        let hides = |option: &str| self.options.get(variable).is_some_and(|hidden| hidden.contains(option));
        !self.variables.contains(variable) && !option.is_some_and(hides)
    }

    /// Hides what a report of these tallies would.
    fn hide(&mut self, questions: &[Question]) {
        for question in questions {
            if is_small(question.n, self.min_cell) {
                self.variables.insert(question.id.clone());
            }
            let hidden = question.rows.iter().filter(|row| row.count.is_none()).map(|row| row.id.clone());
            self.options.entry(question.id.clone()).or_default().extend(hidden);
        }
    }

    /// Hides what would follow for any part from the others and from the whole.
    fn hold_together(&mut self, parts: &[&Dataset<'_>]) {
        let told: Vec<Vec<Question>> = parts.iter().map(|part| tallies(part)).collect();
        for questions in &told {
            self.hide(questions);
        }
        let Some((first, survey)) = told.first().zip(parts.first().map(|part| part.survey)) else { return };
        for (item, ..) in survey.segments() {
            let Some(question) = first.iter().find(|question| question.id == item.head.id) else { continue };
            let options: Vec<&str> = question.rows.iter().map(|row| row.id.as_str()).collect();
            let counts: Vec<Vec<u64>> = parts.iter().map(|part| sizes(part, &item.head.id, &options)).collect();
            let already: Vec<bool> = options.iter().map(|option| !self.may(&item.head.id, Some(option))).collect();
            let hidden = hidden(&counts, &already, self.min_cell);
            let hidden = options.iter().zip(hidden).filter(|(_, hide)| *hide).map(|(option, _)| (*option).to_string());
            self.options.entry(item.head.id.clone()).or_default().extend(hidden);
        }
    }
}

/// How many of a part chose each option, without any protection.
fn sizes(part: &Dataset<'_>, item: &str, options: &[&str]) -> Vec<u64> {
    use crate::analysis::dataset::Column;
    use crate::item::{Item, Scale};
    let Some(Scale::Nominal(known) | Scale::Ordinal(known) | Scale::Multiple(known)) =
        part.survey.item(item).map(Item::scale)
    else {
        return vec![0; options.len()];
    };
    let mut counts = vec![0; known.len()];
    let mut add = |code: u16| {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    };
    match part.column(item) {
        Some(Column::Choices(cells)) => cells.iter().flatten().for_each(|code| add(*code)),
        Some(Column::Sets(cells)) => cells.iter().flatten().flat_map(|set| set.iter()).for_each(|code| add(*code)),
        _ => {}
    }
    let of = |option: &&str| {
        let place = known.iter().position(|known| known.id == **option);
        place.and_then(|place| counts.get(place)).copied().unwrap_or_default()
    };
    options.iter().map(of).collect()
}

/// Which groups to hide on all sides, from their sizes in each part of a whole, the last of which is published nowhere: as in a
/// table of parts and groups whose every sum is known, a size of fewer than `min_cell` must be open up to that.
pub(super) fn hidden(parts: &[Vec<u64>], already: &[bool], min_cell: u32) -> Vec<bool> {
    let mut network = Network::default();
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); already.len()];
    for (part, sizes) in parts.iter().enumerate() {
        let is_rest = part + 1 == parts.len();
        for (group, (&count, is_hidden)) in sizes.iter().zip(already).enumerate() {
            let standing = match is_small(count, min_cell) {
                true => Standing::Small,
                false if *is_hidden || is_rest => Standing::Unseen,
                false => Standing::Open,
            };
            let figure = Figure { from: part, to: parts.len() + group, count, least: 0, standing, cost: count };
            let position = network.add(figure);
            if let Some(at) = at.get_mut(group).filter(|_| !is_rest || standing == Standing::Small) {
                at.push(position);
            }
        }
    }
    let found = suppress(&network, Width::ToThreshold(min_cell));
    let hides = |positions: &Vec<usize>| positions.iter().any(|position| is(&found, *position));
    at.iter().zip(already).map(|(positions, already)| *already || hides(positions)).collect()
}
