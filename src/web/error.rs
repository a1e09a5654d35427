//! What went wrong, as a page that says what to do next; the cause goes to the log only.

use std::fmt;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{BlockingError, UrlencodedError};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::Site;
use super::admin::sign_in;
use super::api::{self, problem::Told};
use super::info::{plain_shell, shell, survey_footer};
use super::session::language;
use crate::definition::Survey;
use crate::print::PrintError;
use crate::render::page::{self, Kept, Link, Shell};
use crate::render::{RenderError, Renderer};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::vocabulary::{Notice, Words};

/// A failed request: its status, a stable code and what the person reads.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    /// What the page says, in the words of its language.
    says: fn(&'static Words) -> &'static Notice,
    /// For the log.
    cause: Option<String>,
    /// What a program of the API is told, where that is not what a page says.
    told: Option<Box<Told>>,
    /// What was typed and could not be saved.
    kept: Option<Box<Kept>>,
    /// Seconds after which trying again may help.
    passes_in: u32,
}

const SIGN_IN_CODE: &str = "sign-in-first";
const ROLE_CODE: &str = "not-your-role";

/// Staff read English.
static SIGN_IN_FIRST: Notice = Notice {
    heading: "Sign in first",
    what: "This page is for programme staff, and you are not signed in.",
    next: "Whoever works half an hour on something else is signed out, and everybody after twelve hours.",
};
static NOT_YOUR_ROLE: Notice = Notice {
    heading: "Your roles do not include this",
    what: "You are signed in, and what you asked for needs a role that you do not have.",
    next: "Ask an owner of the consultation, or an administrator, to give you the role.",
};
static PRINTING: Notice = Notice {
    heading: "Another PDF is being made",
    what: "The service makes one PDF at a time, and it is at work on one.",
    next: "Try again in a minute, or take report.html and print it yourself.",
};
static UNPRINTED: Notice = Notice {
    heading: "The PDF could not be made",
    what: "The browser that makes PDFs failed, or was not done in time.",
    next: "Take report.html, open it in your browser and print it to a file.",
};
static LINK_USED: Notice = Notice {
    heading: "This link no longer works",
    what: "This link has been used, a newer one was made, or it is more than an hour old.",
    next: "Ask for a new one: each link works once.",
};

impl Problem {
    fn new(status: StatusCode, code: &'static str, says: fn(&'static Words) -> &'static Notice) -> Self {
        Self { status, code, says, cause: None, told: None, kept: None, passes_in: 60 }
    }

    /// A problem of the API alone.
    pub(super) fn told(status: StatusCode, code: &'static str, told: Told) -> Self {
        Self { told: Some(Box::new(told)), ..Self::new(status, code, |words| &words.problems.internal) }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// What a page says.
    pub(super) fn says(&self, words: &'static Words) -> &'static Notice {
        (self.says)(words)
    }

    /// What a program is told, where that is not what a page says.
    pub(super) fn for_programs(&self) -> Option<&Told> {
        self.told.as_deref()
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", |words| &words.problems.not_found)
    }

    fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", |words| &words.problems.wrong_method)
    }

    pub(super) fn forged() -> Self {
        Self::new(StatusCode::FORBIDDEN, "other-site", |words| &words.problems.forged)
    }

    /// Mail cannot be sent; `cause` holds no address.
    pub(super) fn no_mail(cause: impl fmt::Display) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "no-mail", |words| &words.access.no_mail);
        Self { cause: Some(cause.to_string()), ..problem }
    }

    pub(super) fn printing() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "printing", |_| &PRINTING)
    }

    pub(super) fn unprinted(cause: &PrintError) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unprinted", |_| &UNPRINTED);
        Self { cause: Some(chain(cause)), ..problem }
    }

    pub(super) fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", |words| &words.access.too_many)
    }

    pub(super) fn sign_in_first() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, SIGN_IN_CODE, |_| &SIGN_IN_FIRST)
    }

    pub(super) fn not_your_role() -> Self {
        Self::new(StatusCode::FORBIDDEN, ROLE_CODE, |_| &NOT_YOUR_ROLE)
    }

    pub(super) fn internal(error: impl fmt::Display) -> Self {
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", |words| &words.problems.internal);
        Self { cause: Some(error.to_string()), ..problem }
    }

    fn busy(error: &ServiceError) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", |words| &words.problems.busy);
        // It is the many that are at fault, and a line for each would make it worse.
        let cause = (!error.is_overload()).then(|| chain(error));
        Self { cause, passes_in: error.passes_in(), ..problem }
    }

    /// The problem with what was typed, so that its page can give it back.
    pub(super) fn keeping(self, kept: Option<Kept>) -> Self {
        Self { kept: kept.map(Box::new), ..self }
    }

    /// True if what was posted may be saved when it is sent once more.
    pub(super) fn may_pass(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::FORBIDDEN
    }

    /// True if the way back to the answers is lost in this browser.
    pub(super) fn lacks_answers(&self) -> bool {
        self.code == "no-draft"
    }

    /// The page; `survey` is the one it belongs to, where it could be looked up.
    fn page(&self, request: &HttpRequest, id: &str, survey: &Whose) -> String {
        let language = language(request);
        let words = match survey {
            Whose::Of(survey) => Words::of(&survey.language),
            _ => Words::of(language.as_deref().unwrap_or("en")),
        };
        let said = (self.says)(words);
        let (Some(renderer), Some(site)) = (request.app_data::<Data<Renderer>>(), request.app_data::<Data<Site>>())
        else {
            return said.what.to_string();
        };
        let asked = language.map(|language| format!("?lang={language}")).unwrap_or_default();
        let of_survey = survey_of(request.path()).filter(|_| !matches!(survey, Whose::Unknown));
        let shell = match (survey, of_survey) {
            (Whose::Of(survey), _) => shell(site, survey, page::title(said.heading, &survey.title), None),
            (_, Some(id)) => {
                Shell { footer: survey_footer(words, id, &asked), ..plain_shell(site, words, said.heading) }
            }
            _ => plain_shell(site, words, said.heading),
        };
        let start = of_survey
            .map(|survey| Link { href: format!("/s/{survey}{asked}"), text: words.problems.go_to_start.to_string() });
        let staff = match self.code {
            SIGN_IN_CODE => Some(Link { href: sign_in::address(request.path()), text: "Sign in".to_string() }),
            ROLE_CODE => Some(Link { href: "/staff".to_string(), text: "Go to your consultations".to_string() }),
            _ => None,
        };
        let view = page::Problem {
            shell,
            heading: said.heading,
            what: said.what,
            next: said.next,
            kept: self.kept.as_deref().cloned(),
            link: start.or(staff),
            request_id: self.status.is_server_error().then(|| id.to_string()),
        };
        renderer.render("respond/problem", &view).unwrap_or_else(|_| said.what.to_string())
    }
}

/// The survey that a page with a problem belongs to.
enum Whose {
    /// This one.
    Of(Arc<Survey>),
    /// There is none of that name.
    Unknown,
    /// It was not looked up: the database may be what fails.
    Untold,
}

/// Looks up whose page failed, so that it has the same head and foot as the others.
async fn whose(request: &HttpRequest, failed: &Problem) -> Whose {
    let (Some(id), Some(library)) = (survey_of(request.path()), request.app_data::<Data<Library>>().cloned()) else {
        return Whose::Untold;
    };
    if failed.status.is_server_error() {
        return Whose::Untold;
    }
    match library.recent(id, language(request).as_deref(), Moment::now()).await {
        Ok(published) => Whose::Of(published.survey),
        Err(ServiceError::UnknownSurvey { .. }) => Whose::Unknown,
        _ => Whose::Untold,
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
        match error {
            ServiceError::UnknownSurvey { .. } | ServiceError::UnknownPage => Self::not_found(),
            ServiceError::Closed => Self::new(StatusCode::GONE, "wave-closed", |words| &words.problems.closed),
            ServiceError::NotOpenYet => {
                Self::new(StatusCode::FORBIDDEN, "wave-not-open", |words| &words.problems.not_open_yet)
            }
            ServiceError::NoDraft => Self::new(StatusCode::NOT_FOUND, "no-draft", |words| &words.problems.no_draft),
            ServiceError::AlreadySent => {
                Self::new(StatusCode::CONFLICT, "already-sent", |words| &words.problems.already_sent)
            }
            ServiceError::NotAdmitted => {
                Self::new(StatusCode::FORBIDDEN, "not-admitted", |words| &words.access.refused)
            }
            ServiceError::InvitationUsed => {
                Self::new(StatusCode::CONFLICT, "invitation-used", |words| &words.access.used)
            }
            ServiceError::OnlyReturning => {
                Self::new(StatusCode::FORBIDDEN, "only-returning", |words| &words.rounds.refused)
            }
            ServiceError::Incomplete => {
                Self::new(StatusCode::CONFLICT, "incomplete", |words| &words.problems.incomplete)
            }
            ServiceError::SignIn => Self::new(StatusCode::FORBIDDEN, "sign-in", |_| &LINK_USED),
            passing if passing.may_pass() => Self::busy(&passing),
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
    let problem = match error {
        UrlencodedError::Overflow { .. } => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "bad-form", |words| &words.problems.form_too_large)
        }
        _ => Problem::new(StatusCode::BAD_REQUEST, "bad-form", |words| &words.problems.no_form),
    };
    problem.into()
}

/// The same for a form that carries files.
pub(super) fn bad_body(is_too_large: bool) -> Problem {
    if is_too_large {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "bad-form", |words| &words.problems.form_too_large);
    }
    Problem::new(StatusCode::BAD_REQUEST, "bad-form", |words| &words.problems.no_form)
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
    if matches!(failed.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        page.insert_header((header::RETRY_AFTER, failed.passes_in.to_string()));
    }
    let body = if api::is_ours(request.path()) {
        api::problem::tell(&mut page, &failed, &reference)
    } else {
        page.content_type("text/html; charset=utf-8");
        let survey = whose(&request, &failed).await;
        failed.page(&request, &reference, &survey)
    };
    let response = page.message_body(body)?;
    Ok(ServiceResponse::new(request, response).map_into_left_body())
}
