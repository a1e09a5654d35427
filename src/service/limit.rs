//! How much may be tried or asked for in a time, counted in the store: the same for all programs on one database.
//!
//! The store is told hashes that hold the time they count for: of a place under the server's key, because there are so few
//! addresses that each can be tried; of a secret without one, because nobody finds it by trying.

use sha2::{Digest, Sha256};

use super::ServiceError;
use super::library::Library;
use super::time::Moment;
use crate::document::hex;
use crate::store::attempt;

/// So many in a time, which begins anew at each full one.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted.
    name: &'static str,
    most: i32,
    seconds: i64,
}

/// Wrong codes, passphrases and requests to be let in from one place: 20 in a minute.
pub const WRONG_TRIES: Limit = Limit { name: "wrong tries", most: 20, seconds: 60 };
/// Wrong tokens of the API from one place: 20 in a minute.
pub const WRONG_TOKENS: Limit = Limit { name: "wrong tokens", most: 20, seconds: 60 };
/// Wrong sign-ins to one account from one place, or with one browser in which it was signed in to: ten in a quarter of an
/// hour.
pub const WRONG_SIGN_INS: Limit = Limit { name: "wrong sign-ins", most: 10, seconds: 15 * 60 };
/// Mails to whoever holds one secret: three in an hour.
pub const MAILS: Limit = Limit { name: "mails", most: 3, seconds: 60 * 60 };
/// Mails to all together: 600 in an hour.
pub const ALL_MAILS: Limit = Limit { name: "all mails", most: 600, seconds: 60 * 60 };

/// Whose tries are counted.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those from this place. Without the server's key, each program counts by itself, under a key of its own.
    Place(&'a str),
    /// Those of who holds this secret, or what was derived from it.
    Secret(&'a str),
    /// Everyone's.
    All,
}

/// Whether there may be one more.
pub async fn allows(library: &Library, limit: Limit, whose: Whose<'_>, now: Moment) -> Result<bool, ServiceError> {
    let who = hash(library, limit, whose, now)?;
    Ok(library.store.look(move |conn| attempt::times(conn, &who)).await? < limit.most)
}

/// Counts one more; says whether it is still within the limit.
pub async fn takes(library: &Library, limit: Limit, whose: Whose<'_>, now: Moment) -> Result<bool, ServiceError> {
    let (who, until) = (hash(library, limit, whose, now)?, now.plus(limit.seconds).instant());
    Ok(library.store.write_aside(move |conn| attempt::count(conn, &who, &until)).await? <= limit.most)
}

fn hash(library: &Library, limit: Limit, whose: Whose, now: Moment) -> Result<String, ServiceError> {
    let time = format!("{} {}", limit.name, now.0.div_euclid(limit.seconds));
    Ok(match whose {
        Whose::Place(place) => library.keyring.key_or_own()?.place(&time, place),
        Whose::Secret(secret) => {
            hex(&Sha256::new().chain_update(time).chain_update(" ").chain_update(secret).finalize())
        }
        Whose::All => time,
    })
}
