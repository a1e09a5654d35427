//! The bimodality coefficient: high where answers are skewed or lie at both ends.

use super::{Measure, moments};

pub(super) const MEASURE: Measure = Measure {
    id: "bimodality",
    label: "Bimodality",
    tells: "Above 0.56 the answers may have two peaks; strongly skewed answers with one peak reach that too, so look at the counts.",
    range: [Some(0.0), None],
    source: "SAS Institute 1990, SAS/STAT User's Guide; Pfister and others 2013, Frontiers in Psychology 4:700",
    of: bimodality_coefficient,
    reads: |value, _| if value > 5.0 / 9.0 { "two peaks or skewed" } else { "one peak or even" },
};

/// The bimodality coefficient of the counts by step: (g1² + 1) / (g2 + 3 (n-1)² / ((n-2)(n-3))), with skewness g1 and excess
/// kurtosis g2 corrected for bias.
///
/// 5/9 for an even spread of many answers. None with fewer than four answers or where all are one step. Source: Pfister et
/// al. 2013 (Front Psychol 4:700).
pub fn bimodality_coefficient(counts: &[u64]) -> Option<f64> {
    let found = moments(counts)?;
    let n = found.n;
    if n < 4.0 || found.squares <= 0.0 {
        return None;
    }
    // Central moments, and from them the corrected skewness and excess kurtosis (Joanes and Gill 1998, G1 and G2).
    let (m2, m3, m4) = (found.squares / n, found.cubes / n, found.fourths / n);
    let skewness = (n * (n - 1.0)).sqrt() / (n - 2.0) * m3 / m2.powf(1.5);
    let kurtosis = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * (m4 / (m2 * m2) - 3.0) + 6.0);
    Some((skewness * skewness + 1.0) / (kurtosis + 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0))))
}
