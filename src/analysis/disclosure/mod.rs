//! Disclosure control: hides counts below the threshold, and enough others that none of them can be worked out.
//!
//! A count of 1 to `min_cell - 1` people is hidden; 0 is shown. What else must be hidden is found by solving all published
//! sums together, as a reader could: [`network`] says how far a hidden count can move, [`suppress`] chooses what to hide,
//! [`table`] does so for the answers of groups, [`rest`] for means.

pub mod network;
pub mod rest;
pub mod suppress;
pub mod table;

use network::{Figure, Network, Standing};
use suppress::{Width, suppress};

use super::report::{Question, Row};

/// True for a number of people that is too small to show: some, and fewer than `min_cell`.
pub fn is_small(count: u64, min_cell: u32) -> bool {
    (1..u64::from(min_cell)).contains(&count)
}

/// Which of the groups with these sizes to hide, where the sum of all is known: each hidden size of fewer than `min_cell`
/// could be anything from one less than it is to `min_cell`, as far as a reader can tell.
pub fn hidden(sizes: &[u64], min_cell: u32) -> Vec<bool> {
    hidden_beside(sizes, &vec![false; sizes.len()], 0, min_cell)
}

/// The same where some sizes are `already` hidden, and the known sum has `unseen` people besides, whose number is not shown.
pub fn hidden_beside(sizes: &[u64], already: &[bool], unseen: u64, min_cell: u32) -> Vec<bool> {
    let mut network = Network::default();
    let at: Vec<Option<usize>> = sizes
        .iter()
        .zip(already)
        .map(|(&size, &is_hidden)| {
            let standing = match is_small(size, min_cell) {
                true => Standing::Small,
                false if is_hidden => Standing::Unseen,
                false => Standing::Open,
            };
            let figure = Figure { from: 0, to: 1, count: size, least: 0, standing, cost: size };
            (size > 0 || is_hidden).then(|| network.add(figure))
        })
        .collect();
    if unseen > 0 {
        network.add(Figure { from: 0, to: 1, count: unseen, least: 0, standing: Standing::Unseen, cost: 0 });
    }
    let found = suppress(&network, Width::ToThreshold(min_cell));
    at.into_iter().map(|at| at.is_some_and(|at| network::is(&found, at))).collect()
}

/// Hides the counts of small groups in a tally.
pub fn protect_rows(rows: &mut [Row], min_cell: u32) {
    let sizes: Vec<u64> = rows.iter().map(|row| row.count.unwrap_or(0)).collect();
    for (row, _) in rows.iter_mut().zip(hidden(&sizes, min_cell)).filter(|(_, hide)| *hide) {
        (row.count, row.share, row.interval) = (None, None, None);
    }
}

/// Hides every figure of a question that fewer people answered than may be shown.
pub fn withhold(question: &mut Question) {
    for row in &mut question.rows {
        (row.count, row.share, row.interval, row.first, row.mean) = (None, None, None, None, None);
    }
    (question.numbers, question.weighted) = (None, None);
}

#[cfg(test)]
mod tests;
