//! Who is asking: the respondent's secret in a cookie of its survey, or a signed-in member of staff.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::web::{Data, block};
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;

use super::Site;
use super::error::Problem;
use crate::definition::language::is_tag;
use crate::response::code::Token;
use crate::service::sweep::DRAFT_DAYS;
use crate::service::time::Moment;
use crate::service::{Library, sign_in};

const STAFF_COOKIE: &str = "canvass-staff";
const LANGUAGE_COOKIE: &str = "canvass-language";

/// The respondent's secret, if the browser sent one.
pub(super) fn respondent(request: &HttpRequest, survey: &str) -> Option<Token> {
    Token::read(request.cookie(&respondent_cookie_name(survey))?.value())
}

/// The cookie that keeps the respondent's secret; sent only to the pages of its survey.
pub(super) fn respondent_cookie(site: &Site, survey: &str, token: &Token) -> Cookie<'static> {
    Cookie::build(respondent_cookie_name(survey), token.as_str().to_string())
        .path(format!("/s/{survey}"))
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DRAFT_DAYS))
        .finish()
}

/// The cookies that make a browser forget a respondent of this survey: the secret and the language.
pub(super) fn no_respondent_cookies(site: &Site, survey: &str) -> [Cookie<'static>; 2] {
    let mut secret = Cookie::build(respondent_cookie_name(survey), "").path(format!("/s/{survey}")).finish();
    secret.make_removal();
    [secret, language_cookie(site, survey, None)]
}

fn respondent_cookie_name(survey: &str) -> String {
    format!("canvass-{survey}")
}

/// What the browser shows to be let in where not everyone is, if anything.
pub(super) fn pass(request: &HttpRequest, survey: &str) -> Option<String> {
    request.cookie(&pass_cookie_name(survey)).map(|cookie| cookie.value().to_string())
}

/// The cookie that keeps it; sent only to the pages of its survey.
pub(super) fn pass_cookie(site: &Site, survey: &str, pass: &str) -> Cookie<'static> {
    Cookie::build(pass_cookie_name(survey), pass.to_string())
        .path(format!("/s/{survey}"))
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DRAFT_DAYS))
        .finish()
}

/// The cookie that takes it away: what was used up lets nobody in.
pub(super) fn no_pass_cookie(site: &Site, survey: &str) -> Cookie<'static> {
    let mut cookie = pass_cookie(site, survey, "");
    cookie.make_removal();
    cookie
}

fn pass_cookie_name(survey: &str) -> String {
    format!("canvass-pass-{survey}")
}

/// The language that a respondent's pages are in: that of the address, else that of the cookie, where it is a tag.
pub(super) fn language(request: &HttpRequest) -> Option<String> {
    let asked = request.query_string().split('&').find_map(|part| part.strip_prefix("lang=")).map(str::to_string);
    asked.or_else(|| kept_language(request)).filter(|tag| is_tag(tag))
}

/// The language in the cookie.
pub(super) fn kept_language(request: &HttpRequest) -> Option<String> {
    request.cookie(LANGUAGE_COOKIE).map(|cookie| cookie.value().to_string())
}

/// The cookie that keeps a respondent's language, or takes it away where it is the survey's own: pages need it where
/// there are no answers in progress to tell.
pub(super) fn language_cookie(site: &Site, survey: &str, language: Option<&str>) -> Cookie<'static> {
    let mut cookie = Cookie::build(LANGUAGE_COOKIE, language.unwrap_or_default().to_string())
        .path(format!("/s/{survey}"))
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DRAFT_DAYS))
        .finish();
    if language.is_none() {
        cookie.make_removal();
    }
    cookie
}

/// The cookie of a staff session.
pub(super) fn staff_cookie(site: &Site, token: &Token) -> Cookie<'static> {
    Cookie::build(STAFF_COOKIE, token.as_str().to_string())
        .path("/staff")
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(sign_in::SESSION_SECONDS))
        .finish()
}

/// The cookie that takes a staff session away.
pub(super) fn no_staff_cookie() -> Cookie<'static> {
    let mut cookie = Cookie::build(STAFF_COOKIE, "").path("/staff").finish();
    cookie.make_removal();
    cookie
}

/// A signed-in member of staff. A handler that takes one runs for nobody else.
pub(super) struct Staff {
    /// The session's secret.
    pub(super) session: Token,
}

impl FromRequest for Staff {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request.cookie(STAFF_COOKIE).and_then(|cookie| Token::read(cookie.value()));
        let library = request.app_data::<Data<Library>>().cloned();
        Box::pin(async move {
            let (Some(session), Some(library)) = (session, library) else {
                return Err(Problem::sign_in_first().into());
            };
            let secret = session.clone();
            let valid = block(move || sign_in::is_signed_in(&library, &secret, Moment::now()))
                .await
                .map_err(Problem::internal)?;
            if valid.map_err(Problem::from)? { Ok(Self { session }) } else { Err(Problem::sign_in_first().into()) }
        })
    }
}
