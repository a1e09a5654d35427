//! The clock, read in one place and handed down as a value.

use std::time::{Duration, Instant};

/// Runs something, and says how long it took.
pub(super) fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let outcome = run();
    (outcome, start.elapsed())
}

/// A value, for as long as it is true enough.
#[derive(Debug)]
pub(super) struct Lasting<T> {
    value: T,
    until: Instant,
}

impl<T: Clone> Lasting<T> {
    pub(super) fn new(value: T, lasts: Duration) -> Self {
        Self { value, until: Instant::now() + lasts }
    }

    /// The value, unless its time is over.
    pub(super) fn get(&self) -> Option<T> {
        (Instant::now() < self.until).then(|| self.value.clone())
    }
}

/// A moment, in seconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_second())
    }

    /// The moment `seconds` later.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// As it is stored: `2026-11-22T09:30:00Z`.
    pub fn instant(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    /// The day in UTC, as it is stored: `2026-11-22`.
    pub fn day(self) -> String {
        self.format("%Y-%m-%d")
    }

    /// The day in UTC, for rules that ask for today.
    pub fn date(self) -> jiff::civil::Date {
        let timestamp = jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        timestamp.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    fn format(self, pattern: &str) -> String {
        let timestamp = jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        timestamp.strftime(pattern).to_string()
    }
}
