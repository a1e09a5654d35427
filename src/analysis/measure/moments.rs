//! Mean and sums of powers of the answers on a scale, whose steps count 1, 2, 3 and so on.

/// What the counts of the steps add up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Answers, above 0.
    pub n: f64,
    /// Mean step.
    pub mean: f64,
    /// Sum of the squared distances from the mean.
    pub squares: f64,
    /// Sum of their third powers.
    pub cubes: f64,
    /// Sum of their fourth powers.
    pub fourths: f64,
}

impl Moments {
    /// Standard deviation of the sample, by n - 1; 0 for one answer.
    pub fn deviation(&self) -> f64 {
        if self.n > 1.0 { (self.squares / (self.n - 1.0)).sqrt() } else { 0.0 }
    }
}

/// The moments of the counts by step; none without answers.
pub fn moments(counts: &[u64]) -> Option<Moments> {
    let n: u64 = counts.iter().sum();
    if n == 0 {
        return None;
    }
    let steps = || (1..).zip(counts).map(|(step, count): (u32, &u64)| (f64::from(step), *count as f64));
    let n = n as f64;
    let mean = steps().map(|(step, count)| step * count).sum::<f64>() / n;
    let power = |power| steps().map(|(step, count)| (step - mean).powi(power) * count).sum();
    Some(Moments { n, mean, squares: power(2), cubes: power(3), fourths: power(4) })
}
