//! Van der Eijk's agreement A: 1 where all give one step, 0 where all steps are given alike, -1 in two camps at the ends.

use super::Measure;

pub(super) const MEASURE: Measure = Measure {
    id: "agreement",
    label: "Agreement A",
    tells: "1 means that everyone gave one step, 0 that all steps were given alike, and -1 that people stand in two equal camps at the ends.",
    range: [Some(-1.0), Some(1.0)],
    source: "van der Eijk 2001, Quality and Quantity 35:325",
    of: van_der_eijk,
    reads: |value, _| match value {
        value if value < 0.0 => "more two camps than agreement",
        value if value < 0.3 => "little agreement",
        value if value < 0.6 => "some agreement",
        _ => "clear agreement",
    },
};

/// Van der Eijk's A of the counts by step: from -1 to 1. Its polarisation is (1 - A) / 2.
///
/// The counts are peeled in layers that give each step of a pattern alike; A is the mean of the layers' agreement by their
/// size. A layer's agreement is U (1 - (S - 1)/(K - 1)) with S steps of K, and
/// U = ((K-2) TU - (K-1) TDU) / ((K-2) (TU + TDU)), where TU counts the triples of steps with one end left out (110, 011) and
/// TDU those with the middle left out (101); U is 1 where there are no such triples. None with fewer than two steps or no
/// answers. The words of the reading are ours. Source: van der Eijk 2001 (Qual Quant 35:325).
///
/// ```
/// // The example in the documentation of R's package agrmt.
/// let a = canvass::analysis::measure::van_der_eijk(&[30, 40, 210, 130, 530, 50, 10]).unwrap();
/// assert!((a - 0.611_333_3).abs() < 1e-6);
/// ```
pub fn van_der_eijk(counts: &[u64]) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    if counts.len() < 2 || total == 0 {
        return None;
    }
    let mut left = counts.to_vec();
    let mut sum = 0.0;
    while let Some(height) = left.iter().copied().filter(|count| *count > 0).min() {
        let pattern: Vec<bool> = left.iter().map(|count| *count > 0).collect();
        let steps = pattern.iter().filter(|given| **given).count() as u64;
        sum += (height * steps) as f64 * of_layer(&pattern);
        for count in &mut left {
            *count = count.saturating_sub(height);
        }
    }
    Some(sum / total as f64)
}

fn of_layer(pattern: &[bool]) -> f64 {
    let k = pattern.len() as f64;
    let given = pattern.iter().filter(|given| **given).count() as f64;
    let (mut unimodal, mut bimodal) = (0.0, 0.0);
    let at = |place: usize| pattern.get(place).copied().unwrap_or_default();
    for middle in 0..pattern.len() {
        for low in 0..middle {
            for high in middle + 1..pattern.len() {
                match (at(low), at(middle), at(high)) {
                    (true, true, false) | (false, true, true) => unimodal += 1.0,
                    (true, false, true) => bimodal += 1.0,
                    _ => {}
                }
            }
        }
    }
    let triples: f64 = unimodal + bimodal;
    let u = if triples > 0.0 { ((k - 2.0) * unimodal - (k - 1.0) * bimodal) / ((k - 2.0) * triples) } else { 1.0 };
    u * (1.0 - (given - 1.0) / (k - 1.0))
}
