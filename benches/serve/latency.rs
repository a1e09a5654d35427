//! How long things took, in buckets of at most 3 % each, so that a count of any size takes 8 kB.

use std::time::Duration;

/// Buckets for each doubling of the time.
const STEPS: usize = 32;
/// Doublings above the first bucket row: up to 2^31 microseconds.
const DOUBLINGS: usize = 27;

/// Times, counted by bucket.
#[derive(Clone)]
pub(crate) struct Times {
    buckets: Vec<u32>,
}

impl Default for Times {
    fn default() -> Self {
        Self { buckets: vec![0; STEPS * DOUBLINGS] }
    }
}

impl Times {
    /// Counts one.
    pub(crate) fn add(&mut self, took: Duration) {
        self.buckets[bucket(usize::try_from(took.as_micros()).unwrap_or(usize::MAX))] += 1;
    }

    /// Counts all of another.
    pub(crate) fn add_all(&mut self, other: &Self) {
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(own, more)| *own += more);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().map(|n| u64::from(*n)).sum()
    }

    /// The time in milliseconds that this share (0..1) of them did not exceed, to 3 %; 0 without any.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let wanted = self.count() as f64 * share;
        let mut seen = 0.0;
        for (at, n) in self.buckets.iter().enumerate().filter(|(_, n)| **n > 0) {
            seen += f64::from(*n);
            if seen >= wanted {
                return upper(at) as f64 / 1000.0;
            }
        }
        0.0
    }
}

/// The bucket of so many microseconds: single ones up to 32, then 32 for each doubling.
fn bucket(micros: usize) -> usize {
    if micros < STEPS {
        return micros;
    }
    let doubling = (micros / STEPS).ilog2() as usize;
    ((doubling + 1) * STEPS + (micros >> doubling) - STEPS).min(STEPS * DOUBLINGS - 1)
}

/// The most microseconds that are in a bucket.
fn upper(bucket: usize) -> usize {
    match (bucket / STEPS).checked_sub(1) {
        None => bucket,
        Some(doubling) => ((bucket % STEPS + STEPS + 1) << doubling) - 1,
    }
}
