//! Wrong codes and passphrases from one place: no more are judged in a minute than [`WRONG_TRIES`] says.
//!
//! A place is an IPv4 address or the first half of an IPv6 address, as it connects: behind a proxy all people are one place.

use std::net::IpAddr;

use actix_web::HttpRequest;

use super::error::Problem;
use crate::service::Library;
use crate::service::limit::{WRONG_SIGN_INS, WRONG_TOKENS, WRONG_TRIES, Whose, allows, takes};
use crate::service::time::Moment;
use crate::staff::email::Email;

/// Whether a try from there may be judged now.
pub(super) async fn allow(library: &Library, request: &HttpRequest, now: Moment) -> Result<(), Problem> {
    let is_allowed = allows(library, WRONG_TRIES, Whose::Place(&place(request)), now).await?;
    if is_allowed { Ok(()) } else { Err(Problem::too_many()) }
}

/// Counts a wrong try; refuses the answer to it where there were too many.
pub(super) async fn count(library: &Library, request: &HttpRequest, now: Moment) -> Result<(), Problem> {
    let is_taken = takes(library, WRONG_TRIES, Whose::Place(&place(request)), now).await?;
    if is_taken { Ok(()) } else { Err(Problem::too_many()) }
}

/// Counts a wrong token of the API; refuses the answer to it where there were too many.
///
/// They are counted apart: behind a proxy all are one place, and a program whose token is out of date keeps nobody from
/// answering. One that works is always taken, for nobody finds one by trying.
pub(super) async fn count_wrong_token(library: &Library, request: &HttpRequest, now: Moment) -> Result<(), Problem> {
    let place = place(request);
    // Nothing is written for those that are refused.
    let is_taken = allows(library, WRONG_TOKENS, Whose::Place(&place), now).await?
        && takes(library, WRONG_TOKENS, Whose::Place(&place), now).await?;
    if is_taken { Ok(()) } else { Err(Problem::too_many()) }
}

/// Whether somebody may try to sign in to an account now.
///
/// Tries are counted for the account and the place, and apart from those for a browser in which it was signed in to: whoever
/// tries passwords elsewhere, or behind the same proxy, keeps nobody from their own account.
pub(super) async fn allow_sign_in(
    library: &Library,
    request: &HttpRequest,
    email: &str,
    browser: Option<&str>,
    now: Moment,
) -> Result<(), Problem> {
    let tried = tried(request, email);
    let is_allowed = allows(library, WRONG_SIGN_INS, whose(&tried, browser), now).await?;
    if is_allowed { Ok(()) } else { Err(Problem::too_many()) }
}

/// Counts a wrong one.
pub(super) async fn count_sign_in(
    library: &Library,
    request: &HttpRequest,
    email: &str,
    browser: Option<&str>,
    now: Moment,
) -> Result<(), Problem> {
    let tried = tried(request, email);
    takes(library, WRONG_SIGN_INS, whose(&tried, browser), now).await?;
    Ok(())
}

fn whose<'a>(tried: &'a str, browser: Option<&'a str>) -> Whose<'a> {
    browser.map_or(Whose::Place(tried), Whose::Secret)
}

fn tried(request: &HttpRequest, email: &str) -> String {
    let email = Email::read(email).map_or_else(|| email.trim().to_lowercase(), |email| email.to_string());
    format!("{} {email}", place(request))
}

fn place(request: &HttpRequest) -> String {
    match request.peer_addr().map(|address| address.ip().to_canonical()) {
        Some(IpAddr::V6(address)) => format!("{:x}", u128::from(address) >> 64),
        Some(IpAddr::V4(address)) => address.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_place_is_an_address_or_half_of_a_long_one() {
        let from = |address: &str| place(&TestRequest::default().peer_addr(address.parse().unwrap()).to_http_request());
        assert_eq!(from("10.0.0.1:4000"), from("10.0.0.1:5000"));
        assert_ne!(from("10.0.0.1:4000"), from("10.0.0.2:4000"));
        assert_eq!(from("[2001:db8:1:2::1]:4000"), from("[2001:db8:1:2:9:9:9:9]:4000"), "it costs nothing to change");
        assert_ne!(from("[2001:db8:1:2::1]:4000"), from("[2001:db8:1:3::1]:4000"));
    }
}
