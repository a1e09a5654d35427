//! Disclosure control of tables with published margins (`analysis::disclosure`), against the linear programmes of scipy.

use super::{Damage, Place};
use crate::analysis::disclosure::network::{Figure, Network, Standing};
use crate::analysis::disclosure::suppress::{Width, suppress};

/// `cases`: a `table` and its threshold, the small counts, those to hide beside them, and the interval of each hidden count.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    vector.pass_over(&["rules"]);
    for case in vector.at("cases")?.each()? {
        let table: Vec<Vec<u64>> = case.at("table")?.read()?;
        let threshold: u32 = case.at("threshold_n_less_than")?.read()?;
        let (network, cells) = of_table(&table, threshold, 1);
        let hidden = suppress(&network, Width::ByThreshold(threshold));
        let is_small = |at: &usize| network.figures().get(*at).is_some_and(|figure| figure.standing == Standing::Small);
        let hidden_at: Vec<usize> = (0..cells.len()).filter(|at| hidden.get(*at) == Some(&true)).collect();
        let (primary, secondary): (Vec<usize>, Vec<usize>) = hidden_at.iter().copied().partition(is_small);
        let named = |of: &[usize]| of.iter().filter_map(|at| cells.get(*at).copied()).collect::<Vec<[usize; 2]>>();
        case.at("primary")?.equals(named(&primary))?;
        case.at("optimal_secondary_min_count_then_min_sum")?.equals(named(&secondary))?;
        let intervals = case.at("feasible_intervals_after")?;
        if intervals.fields()?.len() != hidden_at.len() {
            return Err(intervals.damage("has not one interval for each hidden count"));
        }
        // The reference takes a hidden count for anything from 0.
        let (from_zero, _) = of_table(&table, threshold, 0);
        for at in hidden_at {
            let Some([row, column]) = cells.get(at) else { continue };
            let [low, high] = from_zero.bounds(at, &hidden);
            intervals.at(&format!("{row},{column}"))?.are(&[low as f64, high as f64])?;
        }
    }
    Ok(())
}

/// A table whose margins and zeros are published, and the row and column of each of its counts.
fn of_table(table: &[Vec<u64>], threshold: u32, least: u64) -> (Network, Vec<[usize; 2]>) {
    let (mut network, mut cells) = (Network::default(), Vec::new());
    for (row, counts) in table.iter().enumerate() {
        for (column, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let standing = if count < u64::from(threshold) { Standing::Small } else { Standing::Open };
            network.add(Figure { from: row, to: table.len() + column, count, least, standing, cost: count });
            cells.push([row, column]);
        }
    }
    (network, cells)
}
