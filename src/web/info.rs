//! Pages that only inform: what is open, privacy, accessibility, cookies, and whether the service lives and saves.

use actix_web::http::header;
use actix_web::web::{Data, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::Site;
use super::error::Problem;
use super::help::statement;
use crate::definition::Survey;
use crate::definition::language::is_right_to_left;
use crate::definition::pipe::literal;
use crate::render::Renderer;
use crate::render::markdown::page_block;
use crate::render::page::{self, Link, Shell};
use crate::service::ready::is_ready;
use crate::service::time::Moment;
use crate::service::{Library, publish};
use crate::vocabulary::Words;

/// Links in the foot of every page of a survey, the same and in the same order (WCAG 3.2.6); `asked` is what their
/// addresses say of the language.
pub(super) fn survey_footer(words: &Words, id: &str, asked: &str) -> Vec<Link> {
    let said = &words.info;
    [
        ("help", said.help),
        ("privacy", said.privacy),
        ("cookies", said.cookies),
        ("accessibility", said.accessibility_statement),
    ]
    .map(|(page, text)| Link { href: format!("/s/{id}/{page}{asked}"), text: text.to_string() })
    .to_vec()
}

/// Links in the foot of the pages that belong to no survey.
fn plain_footer(words: &Words) -> Vec<Link> {
    let asked = if words.speak("en") { String::new() } else { format!("?lang={}", words.language) };
    [("cookies", words.info.cookies), ("accessibility", words.info.accessibility_statement)]
        .map(|(page, text)| Link { href: format!("/{page}{asked}"), text: text.to_string() })
        .to_vec()
}

/// What stands around the pages of a survey.
pub(super) fn shell(site: &Site, survey: &Survey, title: String, back: Option<String>) -> Shell {
    let words = Words::of(&survey.language);
    let words_lang = words.stranger_to(&survey.language);
    let is_mirrored = is_right_to_left(&survey.language);
    Shell {
        lang: survey.language.clone(),
        dir: is_mirrored.then_some("rtl"),
        words: &words.labels,
        words_lang,
        // The program speaks no language that is read from right to left.
        words_dir: words_lang.filter(|_| is_mirrored).map(|_| "ltr"),
        title,
        css: if is_mirrored { site.mirrored_css.clone() } else { site.css.clone() },
        theme_css: site.theme_css.clone(),
        js: site.js.clone(),
        staff_js: None,
        brand: site.theme.brand.clone(),
        service: survey.title.clone(),
        service_href: Some(format!("/s/{}{}", survey.id, asked_for(survey))),
        back,
        notice: None,
        account: None,
        footer: survey_footer(words, &survey.id, &asked_for(survey)),
        owner: None,
    }
}

/// What stands around a page that belongs to no survey.
pub(super) fn plain_shell(site: &Site, words: &'static Words, heading: &str) -> Shell {
    Shell {
        lang: words.language.to_string(),
        dir: None,
        words: &words.labels,
        words_lang: None,
        words_dir: None,
        title: page::title(heading, "Canvass"),
        css: site.css.clone(),
        theme_css: site.theme_css.clone(),
        js: site.js.clone(),
        staff_js: None,
        brand: site.theme.brand.clone(),
        service: "Canvass".to_string(),
        service_href: Some("/".to_string()),
        back: None,
        notice: None,
        account: None,
        footer: plain_footer(words),
        owner: None,
    }
}

/// The language a survey was translated into, if it was.
fn translated(survey: &Survey) -> Option<&str> {
    survey.translations.contains_key(&survey.language).then_some(survey.language.as_str())
}

/// What an address says to show the survey in the language it is in: `?lang=cy`, or nothing for its own.
pub(super) fn asked_for(survey: &Survey) -> String {
    translated(survey).map(|language| format!("?lang={language}")).unwrap_or_default()
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
    let view = page::Info { shell, heading: heading.to_string(), body: page_block(markdown), ours: true };
    Ok(html(renderer.render("info", &view)?))
}

/// A page of a survey that informs; its text is the program's own, or the author's.
pub(super) fn in_survey(
    renderer: &Renderer,
    site: &Site,
    survey: &Survey,
    heading: &str,
    markdown: &str,
    ours: bool,
) -> Result<HttpResponse, Problem> {
    let start = format!("/s/{}{}", survey.id, asked_for(survey));
    let shell = shell(site, survey, page::title(heading, &survey.title), Some(start));
    let view = page::Info { shell, heading: heading.to_string(), body: page_block(markdown), ours };
    Ok(html(renderer.render("info", &view)?))
}

/// What the address of a page that informs may say besides the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language to show it in.
    lang: Option<String>,
}

impl Asked {
    pub(super) fn language(&self) -> Option<&str> {
        self.lang.as_deref()
    }

    fn words(&self) -> &'static Words {
        Words::of(self.lang.as_deref().unwrap_or("en"))
    }
}

pub(super) async fn home(
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let open = block(move || publish::list_open(&library)).await??;
    let open: Vec<String> = open.iter().map(|(id, title)| format!("- [{}](/s/{id})", literal(title))).collect();
    let words = asked.words();
    let text = if open.is_empty() { words.info.none_open.to_string() } else { open.join("\n") };
    let heading = words.info.open_consultations;
    page(&renderer, plain_shell(&site, words, heading), heading, &text)
}

pub(super) async fn accessibility(
    asked: Query<Asked>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let words = asked.words();
    let heading = words.info.accessibility_statement;
    let view = page::Statement { shell: plain_shell(&site, words, heading), heading, parts: statement(words, None) };
    Ok(html(renderer.render("statement", &view)?))
}

pub(super) async fn cookies(
    asked: Query<Asked>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let words = asked.words();
    page(&renderer, plain_shell(&site, words, words.info.cookies), words.info.cookies, words.info.cookies_text)
}

/// Answers as long as the process lives; asks nothing of the database.
pub(super) async fn health() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("alive\n")
}

/// Says whether answers can be saved now, and nothing of why not: anybody may ask.
pub(super) async fn ready(library: Data<Library>) -> Result<impl Responder, Problem> {
    let is_ready = block(move || is_ready(&library, Moment::now())).await?;
    let mut response = if is_ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    let text = if is_ready { "ready\n" } else { "not ready\n" };
    Ok(response.content_type("text/plain; charset=utf-8").body(text))
}
