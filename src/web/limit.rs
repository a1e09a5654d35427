//! How many wrong codes and passphrases may come from one place in a minute.
//!
//! A place is kept as a hash under a key that is drawn anew each day and stands in memory only, so that neither the program nor
//! its memory can tell an address. A place is an IPv4 address or the first half of an IPv6 address, as it connects: behind a
//! proxy all people are one place.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};

use super::error::Problem;
use crate::service::random_token;
use crate::service::time::Moment;

/// Wrong tries in a minute.
const MOST: u32 = 20;
/// Places that are remembered: past these nobody is counted, and all is forgotten within a minute.
const PLACES: usize = 100_000;
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// The wrong tries of this minute.
#[derive(Default)]
pub(super) struct WrongTries(Mutex<Tries>);

#[derive(Default)]
struct Tries {
    day: i64,
    key: String,
    minute: i64,
    counts: HashMap<[u8; 32], u32>,
}

impl WrongTries {
    /// Whether a try from there may be judged now.
    pub(super) fn allow(&self, request: &HttpRequest, now: Moment) -> Result<(), Problem> {
        let place = place(request);
        if self.with(now, |tries| tries.count(place) < MOST) { Ok(()) } else { Err(Problem::too_many()) }
    }

    /// Counts a wrong try; refuses the answer to it where there were too many.
    pub(super) fn count(&self, request: &HttpRequest, now: Moment) -> Result<(), Problem> {
        let place = place(request);
        let is_over = self.with(now, |tries| {
            let count = tries.count(place) + 1;
            if tries.counts.len() < PLACES {
                tries.counts.insert(tries.hash(place), count);
            }
            count > MOST
        });
        if is_over { Err(Problem::too_many()) } else { Ok(()) }
    }

    fn with<T>(&self, now: Moment, act: impl FnOnce(&mut Tries) -> T) -> T {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.forget(now);
        act(&mut tries)
    }
}

impl Tries {
    /// Forgets the minute that is over, and the key of a day that is.
    fn forget(&mut self, now: Moment) {
        let (day, minute) = (now.0.div_euclid(DAY), now.0.div_euclid(MINUTE));
        if self.key.is_empty() || self.day != day {
            // Without random numbers no secret is made either.
            self.key = random_token().map(|token| token.as_str().to_string()).unwrap_or_default();
            self.day = day;
            self.counts.clear();
        }
        if self.minute != minute {
            self.minute = minute;
            self.counts.clear();
        }
    }

    fn hash(&self, place: Option<IpAddr>) -> [u8; 32] {
        let place = match place {
            Some(IpAddr::V6(address)) => u128::from(address) >> 64,
            Some(IpAddr::V4(address)) => u128::from(u32::from(address)),
            None => 0,
        };
        Sha256::new().chain_update(&self.key).chain_update(place.to_be_bytes()).finalize().into()
    }

    fn count(&self, place: Option<IpAddr>) -> u32 {
        self.counts.get(&self.hash(place)).copied().unwrap_or_default()
    }
}

fn place(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn one_place_has_twenty_wrong_tries_a_minute() {
        let from = |address: &str| TestRequest::default().peer_addr(address.parse().unwrap()).to_http_request();
        let (one, other) = (from("10.0.0.1:4000"), from("10.0.0.2:4000"));
        let tries = WrongTries::default();
        let now = Moment(1_795_000_000);
        for _ in 0..20 {
            assert!(tries.allow(&one, now).is_ok() && tries.count(&one, now).is_ok());
        }
        assert!(tries.allow(&one, now).is_err() && tries.count(&from("10.0.0.1:5000"), now).is_err());
        assert!(tries.allow(&other, now).is_ok());
        assert!(tries.allow(&one, now.plus(60)).is_ok());
        let six = |host: &str| from(&format!("[2001:db8:1:2:{host}]:4000"));
        for n in 0..21 {
            let _refused_at_last = tries.count(&six(&format!("0:0:0:{n:x}")), now);
        }
        assert!(tries.allow(&six("9:9:9:9"), now).is_err(), "the rest of an address costs nothing to change");
    }
}
