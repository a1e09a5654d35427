//! Esteban and Ray's polarisation: large where people stand in few large camps that are far apart.

use super::{Measure, unread};

/// How much the size of a camp counts; between 0 (only distance) and 1.6.
pub const ALPHA: f64 = 1.3;

pub(super) const MEASURE: Measure = Measure {
    id: "esteban_ray",
    label: "Polarisation",
    tells: "0 means that everyone gave one step, and 1 that people stand in two equal camps at the ends; large camps far apart make it higher.",
    range: [Some(0.0), Some(1.0)],
    source: "Esteban and Ray 1994, Econometrica 62:819, with alpha 1.3; here as a share of its most",
    of: esteban_ray_scaled,
    reads: unread,
};

/// Esteban and Ray's polarisation of the counts by step, one apart: sum over i and j of `p_i^(1 + alpha) p_j |i - j|`.
///
/// 0 where everyone gave one step; at most (K - 1) / 2^(1 + alpha), where half give each end. None without answers. Source:
/// Esteban and Ray 1994 (Econometrica 62:819, theorem 1).
pub fn esteban_ray(counts: &[u64]) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    if n == 0 {
        return None;
    }
    let shares: Vec<f64> = counts.iter().map(|count| *count as f64 / n as f64).collect();
    let of = |(i, p): (usize, &f64)| -> f64 {
        let distances: f64 = shares.iter().enumerate().map(|(j, q)| q * i.abs_diff(j) as f64).sum();
        p.powf(1.0 + ALPHA) * distances
    };
    Some(shares.iter().enumerate().map(of).sum())
}

/// [`esteban_ray`] as a share of the most that it can be on this scale: from 0 to 1. None with fewer than two steps.
pub fn esteban_ray_scaled(counts: &[u64]) -> Option<f64> {
    let width = counts.len().checked_sub(1).filter(|width| *width > 0)? as f64;
    Some((esteban_ray(counts)? * 2.0_f64.powf(1.0 + ALPHA) / width).min(1.0))
}
