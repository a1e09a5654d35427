//! The page on which people who were invited by mail stop such mail: by its button, or by one click in a mail program
//! (RFC 8058), which posts without having seen it. It is the same for a code that is none.

use actix_web::web::{Data, Path, block};
use actix_web::{HttpRequest, HttpResponse};

use super::Site;
use super::error::Problem;
use super::info::{asked_for, html, shell};
use super::session::language;
use crate::render::Renderer;
use crate::render::markdown::page_block;
use crate::render::page::{Ended, Link, Withdraw, title};
use crate::service::time::Moment;
use crate::service::{Library, invite};
use crate::vocabulary::Words;

pub(super) async fn page(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (id, code) = path.into_inner();
    let survey = library.recent(&id, language(&request).as_deref(), Moment::now()).await?.survey;
    let said = &Words::of(&survey.language).mailing;
    let start = format!("/s/{id}{}", asked_for(&survey));
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let view = Withdraw {
        shell: shell(&site, &survey, title(said.stop_heading, &survey.title), None),
        heading: said.stop_heading,
        says: said.stop_means,
        action: format!("/s/{id}/unsubscribe/{code}{}", asked_for(&survey)),
        csrf: String::new(),
        button: said.stop_now,
        keep: Link { href: start, text: said.keep.to_string() },
    };
    Ok(html(renderer.render("respond/withdraw", &view)?))
}

/// Stops it. Whoever has the code may: the mail program that posts has neither a cookie nor a form of ours.
pub(super) async fn stop(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (id, code) = path.into_inner();
    let survey = library.recent(&id, language(&request).as_deref(), Moment::now()).await?.survey;
    block(move || invite::unsubscribe(&library, &id, &code)).await??;
    let said = &Words::of(&survey.language).mailing;
    let view = Ended {
        shell: shell(&site, &survey, title(said.stopped, &survey.title), None),
        heading: said.stopped.to_string(),
        body: page_block(said.stopped_means),
        link: Some(Link { href: format!("/s/{}{}", survey.id, asked_for(&survey)), text: said.keep.to_string() }),
        contact: None,
    };
    Ok(html(renderer.render("respond/ended", &view)?))
}
