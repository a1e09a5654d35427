//! The respondent's pages: start, questions one page at a time, come back later, check, send.

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use super::Site;
use super::error::Problem;
use super::info::{html, see_other};
use super::session::{kept_language, language, language_cookie, respondent, respondent_cookie};
use super::views;
use crate::item::Fields;
use crate::render::Renderer;
use crate::response::Next;
use crate::response::code::Token;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, collect};

/// What the address of a page may say besides the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language to start in.
    lang: Option<String>,
    /// `check` if the person came from the overview and wants to go back there.
    from: Option<String>,
    /// A repeat that is to show one entry more.
    more: Option<String>,
}

/// The field that tells from which version of the survey a page was made; no question has such an id.
const VERSION: &str = "_version";

type Posted = Form<Vec<(String, String)>>;

pub(super) async fn start_page(
    survey: Path<String>,
    asked: Query<Asked>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let has_started = respondent(&request, &survey).is_some();
    let published = block(move || library.current(&survey, asked.lang.as_deref())).await??;
    match published.may_answer(Moment::now()) {
        Ok(()) => Ok(html(renderer.render("respond/start", &views::start(&site, &published.survey, has_started))?)),
        Err(ServiceError::Closed) => {
            Ok(html(renderer.render("respond/closed", &views::closed(&site, &published.survey))?))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn start(
    survey: Path<String>,
    asked: Query<Asked>,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let id = survey.clone();
    let token = block(move || collect::start(&library, &id, asked.lang.as_deref(), Moment::now())).await??;
    let mut response = see_other(&format!("/s/{survey}/continue"));
    response.add_cookie(&respondent_cookie(&site, &survey, &token)).map_err(Problem::internal)?;
    Ok(response)
}

pub(super) async fn resume(
    path: Path<(String, String)>,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, written) = path.into_inner();
    let token = Token::read(&written).ok_or(ServiceError::NoDraft)?;
    let (id, secret) = (survey.clone(), token.clone());
    let sent = block(move || match collect::resume(&library, &id, &secret, Moment::now()) {
        Err(ServiceError::AlreadySent) => Ok(()),
        other => other.map(|_| ()),
    });
    sent.await??;
    let mut response = see_other(&format!("/s/{survey}/continue"));
    response.add_cookie(&respondent_cookie(&site, &survey, &token)).map_err(Problem::internal)?;
    Ok(response)
}

pub(super) async fn go_on(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    with_sitting(&survey, &request, library, |sitting| {
        Ok(see_other(&address(&survey, &sitting.draft.next(&sitting.survey))))
    })
    .await
}

pub(super) async fn page(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, page) = path.into_inner();
    let guard = respondent(&request, &survey).map(|token| token.form_guard()).unwrap_or_default();
    with_sitting(&survey, &request, library, |sitting| {
        if !sitting.draft.can_visit(&sitting.survey, &page) {
            return Ok(see_other(&address(&survey, &sitting.draft.next(&sitting.survey))));
        }
        let from_check = asked.from.as_deref() == Some("check");
        let view =
            views::page(&site, &sitting, &page, &views::Typed::AsStored, &guard, from_check, asked.more.as_deref())
                .ok_or(ServiceError::UnknownPage)?;
        Ok(html(renderer.render("respond/page", &view)?))
    })
    .await
}

pub(super) async fn save_page(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, page) = path.into_inner();
    let token = own_form(&request, &survey, &posted)?;
    let then = posted.iter().find(|(name, _)| name == "then").map(|(_, value)| value.clone()).unwrap_or_default();
    let version = version_of(&posted);
    let own = |name: &String| !matches!(name.as_str(), "csrf" | "then" | VERSION);
    let mut fields = Fields(posted.into_inner().into_iter().filter(|(name, _)| own(name)).collect());
    let removed = then.strip_prefix("remove.").and_then(|entry| entry.rsplit_once('.'));
    if let Some((repeat, number)) = removed.and_then(|(repeat, number)| Some((repeat, number.parse().ok()?))) {
        fields.remove_entry(repeat, number);
    }
    let (id, key, secret, typed) = (survey.clone(), page.clone(), token.clone(), fields.clone());
    let language = then.strip_prefix("language:").map(str::to_string);
    let outcome = block(move || {
        let posted = collect::Posted { page: &key, fields: &typed, version };
        let saved = collect::save_page(&library, &id, &secret, &posted, Moment::now())?;
        if let Some(language) = language {
            collect::choose_language(&library, &id, &secret, version, &language, Moment::now())?;
        }
        Ok(saved)
    });
    let outcome = outcome.await?;
    let saved = match outcome {
        Err(ServiceError::AlreadySent) => return Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(ServiceError::UnknownPage) => return Ok(see_other(&format!("/s/{survey}/continue"))),
        other => other?,
    };
    let from_check = asked.from.as_deref() == Some("check");
    if then == "later" {
        return Ok(see_other(&format!("/s/{survey}/saved")));
    }
    if then.starts_with("language:") {
        let from = if from_check { "?from=check" } else { "" };
        return Ok(see_other(&format!("/s/{survey}/page/{page}{from}")));
    }
    // Adding or removing an entry keeps what was typed and finds no fault with it yet.
    if let Some(repeat) = then.strip_prefix("more.").or(removed.map(|(repeat, _)| repeat)) {
        let more = if removed.is_none() { format!("more={repeat}") } else { String::new() };
        let from = if from_check { "from=check" } else { "" };
        let query = [from, &more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        let repeat = crate::render::html::id_of(repeat);
        return Ok(see_other(&format!("/s/{survey}/page/{page}?{query}#{repeat}")));
    }
    if saved.faults.is_empty() {
        let overview = from_check && saved.sitting.draft.next(&saved.sitting.survey) == Next::Check;
        let next = if overview { Next::Check } else { saved.next };
        return Ok(see_other(&address(&survey, &next)));
    }
    let typed = views::Typed::Refused(&fields, &saved.faults);
    let view = views::page(&site, &saved.sitting, &page, &typed, &token.form_guard(), from_check, None)
        .ok_or(ServiceError::UnknownPage)?;
    Ok(HttpResponse::UnprocessableEntity()
        .content_type("text/html; charset=utf-8")
        .body(renderer.render("respond/page", &view)?))
}

pub(super) async fn saved(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let token = respondent(&request, &survey);
    with_sitting(&survey, &request, library, |sitting| {
        let token = token.as_ref().ok_or(ServiceError::NoDraft)?;
        Ok(html(renderer.render("respond/saved", &views::saved(&site, &sitting.survey, token))?))
    })
    .await
}

pub(super) async fn check(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let guard = respondent(&request, &survey).map(|token| token.form_guard()).unwrap_or_default();
    with_sitting(&survey, &request, library, |sitting| {
        let next = sitting.draft.next(&sitting.survey);
        if next != Next::Check {
            return Ok(see_other(&address(&survey, &next)));
        }
        Ok(html(renderer.render("respond/check", &views::check(&site, &sitting, &guard))?))
    })
    .await
}

pub(super) async fn send(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    let token = own_form(&request, &survey, &posted)?;
    if posted.iter().any(|(name, value)| name == "then" && value == "later") {
        return Ok(see_other(&format!("/s/{survey}/saved")));
    }
    let (id, version) = (survey.clone(), version_of(&posted));
    let language =
        posted.iter().find_map(|(name, value)| Some(value.strip_prefix("language:")?).filter(|_| name == "then"));
    if let Some(language) = language.map(str::to_string) {
        block(move || collect::choose_language(&library, &id, &token, version, &language, Moment::now())).await??;
        return Ok(see_other(&format!("/s/{survey}/check")));
    }
    match block(move || collect::send(&library, &id, &token, version, Moment::now())).await? {
        // Sent at the same moment by another click: there is a receipt to show.
        Ok(_) | Err(ServiceError::AlreadySent) => Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(ServiceError::Incomplete) => Ok(see_other(&format!("/s/{survey}/continue"))),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn sent(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let Some(token) = respondent(&request, &survey) else { return Ok(to_start(&request, &survey)) };
    let (id, secret, spoken) = (survey.clone(), token.clone(), language(&request));
    let found = block(move || {
        let published = library.current(&id, spoken.as_deref())?;
        Ok::<_, ServiceError>((published, collect::is_sent(&library, &id, &secret)?))
    });
    let (published, is_sent) = found.await??;
    if !is_sent {
        return Ok(see_other(&format!("/s/{survey}/continue")));
    }
    Ok(html(renderer.render("respond/receipt", &views::receipt(&site, &published.survey, &token.receipt()))?))
}

pub(super) async fn ended(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, page) = path.into_inner();
    with_sitting(&survey, &request, library, |sitting| {
        let view = views::ended(&site, &sitting.survey, &page).ok_or(ServiceError::UnknownPage)?;
        let next = sitting.draft.next(&sitting.survey);
        if next != Next::End(page) {
            return Ok(see_other(&address(&survey, &next)));
        }
        Ok(html(renderer.render("respond/ended", &view)?))
    })
    .await
}

/// Runs `then` with the answers in progress; sends people without any to the start, and those who are done to their receipt.
/// Their language goes into a cookie, for the pages that come when the answers are gone.
async fn with_sitting(
    survey: &str,
    request: &HttpRequest,
    library: Data<Library>,
    then: impl FnOnce(collect::Sitting) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let Some(token) = respondent(request, survey) else { return Ok(to_start(request, survey)) };
    let id = survey.to_string();
    match block(move || collect::resume(&library, &id, &token, Moment::now())).await? {
        Ok(sitting) => {
            let spoken = sitting.draft.language.clone();
            let mut response = then(sitting)?;
            if let Some(site) = request.app_data::<Data<Site>>().filter(|_| kept_language(request) != spoken) {
                let cookie = language_cookie(site, survey, spoken.as_deref());
                response.add_cookie(&cookie).map_err(Problem::internal)?;
            }
            Ok(response)
        }
        Err(ServiceError::AlreadySent) => Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(other) => Err(other.into()),
    }
}

fn to_start(request: &HttpRequest, survey: &str) -> HttpResponse {
    let asked = language(request).map(|language| format!("?lang={language}")).unwrap_or_default();
    see_other(&format!("/s/{survey}{asked}"))
}

/// The respondent's secret, if the posted form was one of theirs.
fn own_form(request: &HttpRequest, survey: &str, posted: &[(String, String)]) -> Result<Token, Problem> {
    let token = respondent(request, survey).ok_or(ServiceError::NoDraft)?;
    let guard = posted.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.as_str());
    if guard == Some(token.form_guard().as_str()) { Ok(token) } else { Err(Problem::forged()) }
}

/// The version of the survey that a posted page was made from.
fn version_of(posted: &[(String, String)]) -> Option<i32> {
    posted.iter().find(|(name, _)| name == VERSION).and_then(|(_, version)| version.parse().ok())
}

fn address(survey: &str, next: &Next) -> String {
    match next {
        Next::Page(page) => format!("/s/{survey}/page/{page}"),
        Next::Check => format!("/s/{survey}/check"),
        Next::End(page) => format!("/s/{survey}/end/{page}"),
    }
}
