//! Where a mail to somebody stands, and when it is tried again.

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be sent when its time comes.
    Waiting,
    /// A program sends it, or died when it did.
    Sending,
    /// The mail server has taken it; of a reminder, or the person had answered.
    Sent,
    /// The server did not take it, and it is tried no more by itself.
    Failed,
    /// The server says that there is no such address.
    Bounced,
    /// It may have been sent: the server was told all of it and gave no answer, or the program died.
    Unsure,
    /// It was queued, and the person asked for no more before it was sent.
    Dropped,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Sending, Self::Sent, Self::Failed, Self::Bounced, Self::Unsure, Self::Dropped];

    /// Its word, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Unsure => "unsure",
            Self::Dropped => "dropped",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What a mail server made of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has taken it.
    Taken,
    /// It would have taken it, and was told none: the person has answered.
    Needless,
    /// There is no such address.
    NoSuchAddress,
    /// It takes this mail never.
    Refused,
    /// It takes this mail later.
    Later,
    /// It takes none at all now, and was not told the mail.
    Away,
    /// It was told the mail and gave no answer.
    Unanswered,
}

/// How often a mail is put off before it has failed: the waits between, from five minutes doubled each time, make some ten and a
/// half hours together.
pub const TRIES: u32 = 8;
/// Addresses that are refused in a row before nothing more is sent by itself: more likely something is wrong with the
/// sender than with all of them.
pub const REFUSED: u32 = 10;

const MINUTE: i64 = 60;

/// What becomes of a mail that was put off `tries` times before, and in how many seconds it is due if it waits.
///
/// A mail that the server was never told loses no try: that is no fault of its address, and it waits for as long as it takes.
pub fn after(outcome: Outcome, tries: u32) -> (State, i64) {
    match outcome {
        Outcome::Taken | Outcome::Needless => (State::Sent, 0),
        Outcome::NoSuchAddress => (State::Bounced, 0),
        Outcome::Refused => (State::Failed, 0),
        Outcome::Unanswered => (State::Unsure, 0),
        Outcome::Away => (State::Waiting, 0),
        Outcome::Later if tries + 1 >= TRIES => (State::Failed, 0),
        Outcome::Later => (State::Waiting, doubled(5 * MINUTE, tries, 6 * 60 * MINUTE)),
    }
}

/// Seconds until a mail server is tried again that took nothing so many times in a row: from one minute doubled up to a
/// quarter of an hour.
pub fn rest(failures: u32) -> i64 {
    doubled(MINUTE, failures.saturating_sub(1), 15 * MINUTE)
}

fn doubled(first: i64, times: u32, most: i64) -> i64 {
    first.saturating_mul(1_i64.checked_shl(times.min(32)).unwrap_or(i64::MAX)).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_is_written() {
        assert!(State::ALL.into_iter().all(|state| State::of_word(state.as_str()) == Some(state)));
        assert_eq!(State::of_word("gone"), None);
    }

    #[test]
    fn a_mail_that_is_put_off_waits_longer_each_time_and_then_fails() {
        let mut waits = Vec::new();
        let mut tries = 0;
        while let (State::Waiting, seconds) = after(Outcome::Later, tries) {
            waits.push(seconds / MINUTE);
            tries += 1;
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320]);
        assert_eq!((tries, after(Outcome::Later, tries)), (TRIES - 1, (State::Failed, 0)));
        assert_eq!(after(Outcome::Later, u32::MAX - 1), (State::Failed, 0));
    }

    #[test]
    fn a_server_that_is_away_costs_no_try_and_is_asked_more_and_more_seldom() {
        assert_eq!(after(Outcome::Away, TRIES), (State::Waiting, 0));
        assert_eq!([1, 2, 3, 4, 5, 6, 1000].map(|n| rest(n) / MINUTE), [1, 2, 4, 8, 15, 15, 15]);
        assert_eq!(rest(u32::MAX), 15 * MINUTE);
    }

    #[test]
    fn what_may_have_been_sent_is_not_sent_again() {
        for tries in 0..20 {
            assert_eq!(after(Outcome::Unanswered, tries), (State::Unsure, 0));
        }
    }
}
