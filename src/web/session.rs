//! Who is asking: the respondent's secret in a cookie of its survey, or a signed-in member of staff.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::web::{Data, block};
use actix_web::{FromRequest, HttpRequest};
use std::future::Future;
use std::pin::Pin;

use super::Site;
use super::admin::need::{Entrance, entrance};
use super::error::Problem;
use crate::definition::language::is_tag;
use crate::response::code::Token;
use crate::service::account::SignedIn;
use crate::service::audit::{self, Note};
use crate::service::sweep::DRAFT_DAYS;
use crate::service::time::Moment;
use crate::service::{Library, sign_in};
use crate::staff::audit::Act;

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

/// A browser in which an account was signed in to.
const BROWSER_COOKIE: &str = "canvass-browser";
/// Days for which a browser is known.
const BROWSER_DAYS: i64 = 365;

/// What the browser shows if an account was signed in to with it.
pub(super) fn known_browser(request: &HttpRequest) -> Option<String> {
    request.cookie(BROWSER_COOKIE).map(|cookie| cookie.value().to_string())
}

/// The cookie that keeps it; sent only to where people sign in.
pub(super) fn browser_cookie(site: &Site, known: &str) -> Cookie<'static> {
    Cookie::build(BROWSER_COOKIE, known.to_string())
        .path("/staff/sign-in")
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::days(BROWSER_DAYS))
        .finish()
}

/// A signed-in member of staff who may come to the address of the request. A handler that takes one runs for nobody else.
pub(super) struct Staff {
    /// The session's secret.
    pub(super) session: Token,
    /// Who it is, and what they may do.
    pub(super) account: SignedIn,
}

impl Staff {
    /// Refuses a form that did not come from a page of this session.
    pub(super) fn guard(&self, posted: &[(String, String)]) -> Result<(), Problem> {
        let guard = self.session.form_guard();
        let is_ours = posted.iter().any(|(name, value)| name == "_csrf" && *value == guard);
        if is_ours { Ok(()) } else { Err(Problem::forged()) }
    }
}

impl FromRequest for Staff {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request.cookie(STAFF_COOKIE).and_then(|cookie| Token::read(cookie.value()));
        let library = request.app_data::<Data<Library>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let (Some(session), Some(library)) = (session, library) else {
                return Err(Problem::sign_in_first().into());
            };
            let (secret, shelf) = (session.clone(), Data::clone(&library));
            let found = block(move || sign_in::signed_in(&shelf, &secret, Moment::now())).await;
            let found = found.map_err(Problem::internal)?.map_err(Problem::from)?;
            let account = found.ok_or_else(Problem::sign_in_first)?;
            match entrance(&request, &account) {
                Entrance::Open => Ok(Self { session, account }),
                closed => {
                    refused(library, account, &request).await?;
                    let is_told = closed == Entrance::Refused;
                    Err(if is_told { Problem::not_your_role() } else { Problem::not_found() }.into())
                }
            }
        })
    }
}

/// Writes down that somebody asked for what their roles do not let them see.
async fn refused(library: Data<Library>, account: SignedIn, request: &HttpRequest) -> Result<(), Problem> {
    // The address as the table of addresses has it, and the consultation: what was typed in it is nobody's to keep.
    let pattern = request.match_pattern().unwrap_or_default();
    let survey = request.match_info().get("survey").filter(|id| is_id(id)).map(str::to_string);
    let subject = format!("{} {pattern}", request.method());
    block(move || {
        let note = Note { who: account.who.as_str(), act: Act::Refused, survey: survey.as_deref(), subject: &subject };
        audit::note(&library, &note, Moment::now())
    })
    .await??;
    Ok(())
}

/// Whether a text can be the id of a consultation.
fn is_id(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
