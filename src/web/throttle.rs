//! How much mail may be asked for, counted in memory: an hour's worth for one person and for all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Mails in an hour to whoever holds one secret.
const EACH: usize = 3;
/// Mails in an hour to all.
const ALL: usize = 600;
const HOUR: Duration = Duration::from_hours(1);

/// What was asked for within the last hour, by the form guard of who asked: no secret, no address.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<String, Vec<Instant>>>);

impl Throttle {
    /// True, and counted, if there may be one more.
    pub(super) fn takes(&self, who: &str, now: Instant) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, times| {
            times.retain(|time| now.duration_since(*time) < HOUR);
            !times.is_empty()
        });
        let all: usize = asked.values().map(Vec::len).sum();
        let own = asked.get(who).map_or(0, Vec::len);
        let may = all < ALL && own < EACH;
        if may {
            asked.entry(who.to_string()).or_default().push(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_three_an_hour_and_all_together_have_their_limit() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let times = |who: &str, n: usize, now| (0..n).filter(|_| throttle.takes(who, now)).count();
        assert_eq!(times("sam", 5, start), 3);
        assert_eq!(times("eve", 1, start), 1, "others are not held up");
        assert_eq!(times("sam", 1, start + HOUR / 2), 0);
        assert_eq!(times("sam", 5, start + HOUR), 3);
        let many: usize = (0..ALL).map(|number| times(&number.to_string(), 3, start + HOUR)).sum();
        assert_eq!(many, ALL - 3);
        assert_eq!(times("late", 1, start + HOUR), 0);
        assert_eq!(times("late", 1, start + HOUR * 2), 1);
    }
}
