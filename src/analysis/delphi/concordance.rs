//! Kendall's W: how alike people rank several items.

use super::change::ranks;
use crate::analysis::special::chi_square_sf;

/// Kendall's coefficient of concordance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concordance {
    /// 0 where people's orders have nothing in common, 1 where they are the same; 0.3 is called weak, 0.5 moderate and 0.7
    /// strong (Schmidt 1997, Decision Sciences 28:763).
    pub w: f64,
    /// m (k - 1) W for m people and k items.
    pub statistic: f64,
    /// Degrees of freedom: k - 1.
    pub df: u32,
    /// Chance of a W as large where the orders have nothing in common.
    pub p: f64,
}

/// Kendall's W of ratings, a person a row, an item a column; equal ratings of a person share their mean rank and W is corrected
/// for them.
///
/// None with fewer than two people or items, rows of different lengths, or where every person rates all items alike. The
/// p-value is by chi-square, good from seven items. Source: Kendall and Babington Smith 1939 (Ann Math Stat 10:275):
/// 12 S / (m² (k³ - k) - m T) with T the sum of t³ - t over the sets of equal ratings.
pub fn kendalls_w(ratings: &[Vec<f64>]) -> Option<Concordance> {
    let k = ratings.first()?.len();
    if k < 2 || ratings.len() < 2 || ratings.iter().any(|row| row.len() != k) {
        return None;
    }
    let (m, items) = (ratings.len() as f64, k as f64);
    let (mut sums, mut ties) = (vec![0.0; k], 0.0);
    for row in ratings {
        let (of_row, equal) = ranks(row);
        sums.iter_mut().zip(of_row).for_each(|(sum, rank)| *sum += rank);
        ties += equal;
    }
    let mean = m * (items + 1.0) / 2.0;
    let spread: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let most = m * m * (items.powi(3) - items) - m * ties;
    if most <= 1e-9 {
        return None;
    }
    let w = 12.0 * spread / most;
    let df = u32::try_from(k - 1).ok()?;
    let statistic = m * (items - 1.0) * w;
    Some(Concordance { w, statistic, df, p: chi_square_sf(statistic, df) })
}
