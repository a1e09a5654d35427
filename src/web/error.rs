//! What went wrong, as a page that says what to do next; the cause goes to the log only.

use std::fmt;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{BlockingError, UrlencodedError};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::Site;
use crate::render::page::{self, Link, Shell};
use crate::render::{RenderError, Renderer};
use crate::service::ServiceError;

/// A failed request: its status, a stable code and what the person reads.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    heading: &'static str,
    what: String,
    next: &'static str,
    /// For the log.
    cause: Option<String>,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        heading: &'static str,
        what: impl Into<String>,
        next: &'static str,
    ) -> Self {
        Self { status, code, heading, what: what.into(), next, cause: None }
    }

    pub(super) fn not_found() -> Self {
        let next =
            "Check the address: if you typed it, it may have a mistake; if you copied it, part of it may be missing.";
        Self::new(StatusCode::NOT_FOUND, "not-found", "Page not found", "There is no page at this address.", next)
    }

    fn wrong_method() -> Self {
        let what = "This address cannot be used in this way.";
        let next = "Go to the start of the consultation.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Page not found", what, next)
    }

    pub(super) fn forged() -> Self {
        let what = "This form was not sent from our own page, so nothing was changed.";
        Self::new(
            StatusCode::FORBIDDEN,
            "other-site",
            "Nothing was saved",
            what,
            "Go back to the page and send it again from there.",
        )
    }

    pub(super) fn sign_in_first() -> Self {
        let what = "This page is for programme staff, and you are not signed in.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign-in-first",
            "Sign in first",
            what,
            "Open the sign-in link you were given, or ask for a new one.",
        )
    }

    pub(super) fn internal(error: impl fmt::Display) -> Self {
        let what = "Something went wrong on our side.";
        let next = "Go back and try again. If it goes on, tell us and name the reference below.";
        Self {
            cause: Some(error.to_string()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Sorry, there is a problem", what, next)
        }
    }

    fn busy(cause: String) -> Self {
        let what = "We cannot save anything at this moment. Nothing that was saved before is lost.";
        let next = "Wait a minute, go back in your browser (what you typed is still there) and send it again.";
        Self {
            cause: Some(cause),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Please try again in a minute", what, next)
        }
    }

    fn page(&self, request: &HttpRequest, id: &str) -> String {
        let (Some(renderer), Some(site)) = (request.app_data::<Data<Renderer>>(), request.app_data::<Data<Site>>())
        else {
            return self.what.clone();
        };
        let view = page::Problem {
            shell: Shell {
                lang: "en".to_string(),
                title: page::title(self.heading, "Canvass", false),
                css: site.css.clone(),
                service: "Canvass".to_string(),
                service_href: Some("/".to_string()),
                back: None,
                notice: None,
                account: None,
                footer: super::info::footer(None),
                owner: None,
            },
            heading: self.heading.to_string(),
            what: self.what.clone(),
            next: vec![self.next.to_string()],
            link: survey_of(request.path()).map(|survey| Link {
                href: format!("/s/{survey}"),
                text: "Go to the start of the consultation".to_string(),
            }),
            request_id: self.status.is_server_error().then(|| id.to_string()),
        };
        renderer.render("respond/problem", &view).unwrap_or_else(|_| self.what.clone())
    }
}

/// The survey in an address, if it looks like one.
fn survey_of(path: &str) -> Option<&str> {
    path.strip_prefix("/s/")?
        .split('/')
        .next()
        .filter(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status).finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let advice = error.advice();
        match error {
            ServiceError::UnknownSurvey { .. } | ServiceError::UnknownPage => Self::not_found(),
            ServiceError::Closed => Self::new(
                StatusCode::GONE,
                "wave-closed",
                "This consultation is closed",
                "It takes no more answers.",
                advice,
            ),
            ServiceError::NotOpenYet => Self::new(
                StatusCode::FORBIDDEN,
                "wave-not-open",
                "This consultation has not opened yet",
                "It takes no answers yet.",
                advice,
            ),
            ServiceError::NoDraft => {
                let what = "We have no answers in progress for this browser. They may have been sent, or deleted after the time we keep them, or your browser refuses cookies.";
                Self::new(StatusCode::NOT_FOUND, "no-draft", "We cannot find your answers", what, advice)
            }
            ServiceError::AlreadySent => Self::new(
                StatusCode::CONFLICT,
                "already-sent",
                "Your answers have been sent",
                "You sent these answers before.",
                advice,
            ),
            ServiceError::Incomplete => Self::new(
                StatusCode::CONFLICT,
                "incomplete",
                "Some questions still need an answer",
                "Nothing was sent yet.",
                advice,
            ),
            ServiceError::SignIn => {
                let what = "This sign-in link has been used, or it is more than an hour old.";
                Self::new(
                    StatusCode::FORBIDDEN,
                    "sign-in",
                    "This link no longer works",
                    what,
                    "Ask for a new one: each link signs in once.",
                )
            }
            passing if passing.may_pass() => Self::busy(chain(&passing)),
            other => Self::internal(chain(&other)),
        }
    }
}

impl From<RenderError> for Problem {
    fn from(error: RenderError) -> Self {
        Self::internal(chain(&error))
    }
}

impl From<BlockingError> for Problem {
    fn from(error: BlockingError) -> Self {
        Self::internal(error)
    }
}

/// An error with everything that caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// A form that is too large, or not one.
pub(super) fn bad_form(error: &UrlencodedError) -> actix_web::Error {
    let (status, what) = match error {
        UrlencodedError::Overflow { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "The page was larger than we can take, so nothing of it was saved.")
        }
        _ => (StatusCode::BAD_REQUEST, "What arrived was not one of our forms, so nothing was saved."),
    };
    Problem::new(
        status,
        "bad-form",
        "Nothing was saved",
        what,
        "Go back in your browser, shorten what you typed and send it again.",
    )
    .into()
}

/// Turns every failure into a page, and logs it with a reference that the page shows.
pub(super) async fn pages<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<String, B>>, actix_web::Error> {
    // The request must not be held here while it is being routed: actix-web then has it to itself.
    let response = next.call(request).await?;
    let told = response.response().extensions().get::<Problem>().cloned();
    let wrong_method = response.status() == StatusCode::METHOD_NOT_ALLOWED;
    let Some(failed) = told.or_else(|| wrong_method.then(Problem::wrong_method)) else {
        return Ok(response.map_into_right_body());
    };
    let (request, _) = response.into_parts();
    let reference = crate::service::reference();
    let (method, pattern) = (request.method(), request.match_pattern().unwrap_or_default());
    if let Some(cause) = &failed.cause {
        tracing::error!(%reference, %method, route = pattern, code = failed.code, cause, "request failed");
    } else {
        tracing::info!(%reference, %method, route = pattern, code = failed.code, "request refused");
    }
    let mut page = HttpResponse::build(failed.status);
    page.content_type("text/html; charset=utf-8");
    if failed.status == StatusCode::SERVICE_UNAVAILABLE {
        page.insert_header((header::RETRY_AFTER, "60"));
    }
    let body = failed.page(&request, &reference);
    let response = page.message_body(body)?;
    Ok(ServiceResponse::new(request, response).map_into_left_body())
}
