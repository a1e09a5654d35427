//! Coming back to answers, by a link or by a code, and leaving a browser that others use without a way back.

use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use super::info::{html, see_other};
use super::posted::PagePost;
use super::session::{language, no_respondent_cookies, respondent, respondent_cookie};
use super::views;
use crate::definition::Survey;
use crate::render::Renderer;
use crate::render::page::{Code, Link, title};
use crate::response::code::Token;
use crate::service::collect::Progress;
use crate::service::library::{Door, Published};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, collect};
use crate::vocabulary::Words;

/// The name of the field that takes a code.
pub(super) const CODE: &str = "code";

pub(super) async fn link(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, written) = path.into_inner();
    let token = Token::read(&written);
    let (published, progress) = progress_and_page(&library, &survey, token.as_ref(), &request).await?;
    match token {
        Some(token) if progress != Progress::None => back(&site, &survey, &token),
        _ => {
            // After the close that is what a person should read.
            published.may_answer(Door::GoOn, Moment::now())?;
            let view = gone(&site, &published.survey);
            Ok(HttpResponse::NotFound()
                .content_type("text/html; charset=utf-8")
                .body(renderer.render("respond/code", &view)?))
        }
    }
}

/// The page for a link that leads to no answers.
fn gone(site: &Site, survey: &Survey) -> Code {
    let problems = &Words::of(&survey.language).problems;
    let said = &problems.link_gone;
    let mut view = views::code(site, survey, "", None);
    view.shell.title = title(said.heading, &survey.title);
    view.start = view.shell.back.take().map(|href| Link { href, text: problems.go_to_start.to_string() });
    Code { heading: said.heading, says: vec![said.what, said.next], ..view }
}

/// What became of the answers under a secret, where one was read, and the consultation for the page that says so.
async fn progress_and_page(
    library: &Library,
    id: &str,
    token: Option<&Token>,
    request: &HttpRequest,
) -> Result<(Published, Progress), ServiceError> {
    let progress = match token {
        Some(token) => collect::progress(library, id, token).await?,
        None => Progress::None,
    };
    Ok((library.recent(id, language(request).as_deref(), Moment::now()).await?, progress))
}

pub(super) async fn code_page(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let published = library.recent(&survey, language(&request).as_deref(), Moment::now()).await?;
    Ok(html(renderer.render("respond/code", &views::code(&site, &published.survey, "", None))?))
}

pub(super) async fn code(
    survey: Path<String>,
    posted: Form<Vec<(String, String)>>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let typed = posted.iter().find(|(name, _)| name == CODE).map(|(_, typed)| typed.clone()).unwrap_or_default();
    let token = Token::read(&typed);
    let (published, progress) = progress_and_page(&library, &survey, token.as_ref(), &request).await?;
    match token {
        Some(token) if progress != Progress::None => back(&site, &survey, &token),
        token => {
            let wrong = match token {
                Some(_) => views::WrongCode::Unknown,
                None if typed.trim().is_empty() => views::WrongCode::Missing,
                None => views::WrongCode::NoCode,
            };
            let view = views::code(&site, &published.survey, &typed, Some(wrong));
            Ok(HttpResponse::UnprocessableEntity()
                .content_type("text/html; charset=utf-8")
                .body(renderer.render("respond/code", &view)?))
        }
    }
}

/// Takes the way to the answers out of this browser. Only our own cookies of this survey go: `Clear-Site-Data` would take
/// those of every consultation here, and of staff.
pub(super) async fn leave(
    survey: Path<String>,
    posted: Form<Vec<(String, String)>>,
    request: HttpRequest,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    if respondent(&request, &survey).is_some() {
        PagePost::read(posted.into_inner()).owner(&request, &survey)?;
    }
    let asked = language(&request).map(|language| format!("?lang={language}")).unwrap_or_default();
    let mut response = see_other(&format!("/s/{survey}/left{asked}"));
    for cookie in no_respondent_cookies(&site, &survey) {
        response.add_cookie(&cookie).map_err(Problem::internal)?;
    }
    Ok(response)
}

pub(super) async fn left(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let published = library.recent(&survey, language(&request).as_deref(), Moment::now()).await?;
    Ok(html(renderer.render("respond/ended", &views::left(&site, &published.survey))?))
}

fn back(site: &Site, survey: &str, token: &Token) -> Result<HttpResponse, Problem> {
    let mut response = see_other(&format!("/s/{survey}/continue"));
    response.add_cookie(&respondent_cookie(site, survey, token)).map_err(Problem::internal)?;
    Ok(response)
}
