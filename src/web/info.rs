//! Pages that only inform: what is open, privacy, accessibility, cookies, and whether the service lives.

use actix_web::http::header;
use actix_web::web::{Data, Path, block};
use actix_web::{HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use crate::definition::Survey;
use crate::definition::pipe::literal;
use crate::render::Renderer;
use crate::render::markdown::page_block;
use crate::render::page::{self, Link, Shell};
use crate::service::{Library, publish};

const ACCESSIBILITY: &str = "This service is made to meet the Web Content Accessibility Guidelines, version 2.2, level AA. \
It works with a keyboard, without JavaScript, at a width of 320 pixels and with text enlarged to 400%.\n\n\
### How it was tested\n\n\
Every kind of page is tested automatically in Chromium with axe-core. \
It has not yet been tested by people who use screen readers or other assistive technology.\n\n\
### If something does not work for you\n\n\
Tell the people who run the consultation: their address is on its first page. They can send you the questions in another form.";

const COOKIES: &str = "We use only cookies that the service cannot work without. They hold a random secret and nothing about you.\n\n\
- `canvass-` followed by the consultation's name: keeps your answers in progress together. It lasts 30 days.\n\
- `canvass-staff`: keeps programme staff signed in. It lasts 12 hours.";

/// Links in the foot of every page, always in the same order.
pub(super) fn footer(survey: Option<&str>) -> Vec<Link> {
    let link = |href: String, text: &str| Link { href, text: text.to_string() };
    let privacy = survey.map(|survey| link(format!("/s/{survey}/privacy"), "Privacy"));
    [link("/accessibility".to_string(), "Accessibility"), link("/cookies".to_string(), "Cookies")]
        .into_iter()
        .chain(privacy)
        .collect()
}

/// What stands around the pages of a survey.
pub(super) fn shell(site: &Site, survey: &Survey, title: String, back: Option<String>) -> Shell {
    Shell {
        lang: survey.language.clone(),
        title,
        css: site.css.clone(),
        service: survey.title.clone(),
        service_href: Some(format!("/s/{}", survey.id)),
        back,
        notice: None,
        account: None,
        footer: footer(Some(&survey.id)),
        owner: None,
    }
}

/// What stands around a page that belongs to no survey.
pub(super) fn plain_shell(site: &Site, heading: &str) -> Shell {
    Shell {
        lang: "en".to_string(),
        title: page::title(heading, "Canvass", false),
        css: site.css.clone(),
        service: "Canvass".to_string(),
        service_href: Some("/".to_string()),
        back: None,
        notice: None,
        account: None,
        footer: footer(None),
        owner: None,
    }
}

/// An HTML page.
pub(super) fn html(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body)
}

/// A redirect after a form was posted, or to where someone should be.
pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

fn page(renderer: &Renderer, shell: Shell, heading: &str, markdown: &str) -> Result<HttpResponse, Problem> {
    let view = page::Info { shell, heading: heading.to_string(), body: page_block(markdown) };
    Ok(html(renderer.render("info", &view)?))
}

pub(super) async fn home(
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let consultations = block(move || publish::list(&library)).await??;
    let open: Vec<String> = consultations
        .iter()
        .filter(|consultation| consultation.is_open)
        .map(|consultation| format!("- [{}](/s/{})", literal(&consultation.title), consultation.id))
        .collect();
    let text = if open.is_empty() { "No consultation is open at present.".to_string() } else { open.join("\n") };
    page(&renderer, plain_shell(&site, "Open consultations"), "Open consultations", &text)
}

pub(super) async fn privacy(
    survey: Path<String>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let published = block(move || library.current(&survey, None)).await??;
    let survey = published.survey;
    let title = page::title("Privacy", &survey.title, false);
    let notice = survey
        .privacy
        .notice
        .as_deref()
        .unwrap_or("The people who run this consultation have not published a privacy notice.");
    let shell = shell(&site, &survey, title, Some(format!("/s/{}", survey.id)));
    page(&renderer, shell, "Privacy", notice)
}

pub(super) async fn accessibility(renderer: Data<Renderer>, site: Data<Site>) -> Result<impl Responder, Problem> {
    page(&renderer, plain_shell(&site, "Accessibility statement"), "Accessibility statement", ACCESSIBILITY)
}

pub(super) async fn cookies(renderer: Data<Renderer>, site: Data<Site>) -> Result<impl Responder, Problem> {
    page(&renderer, plain_shell(&site, "Cookies"), "Cookies", COOKIES)
}

/// Answers as long as the process lives; asks nothing of the database.
pub(super) async fn health() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("alive\n")
}
