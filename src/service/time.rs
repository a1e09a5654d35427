//! The clock, read in one place and handed down as a value.

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
