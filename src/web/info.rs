//! Pages that only inform: what is open, privacy, accessibility, cookies, and whether the service lives.

use actix_web::http::header;
use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::Site;
use super::error::Problem;
use crate::definition::Survey;
use crate::definition::pipe::literal;
use crate::render::Renderer;
use crate::render::markdown::page_block;
use crate::render::page::{self, Link, Shell};
use crate::service::{Library, publish};
use crate::vocabulary::Words;

/// Links in the foot of every page, always in the same order; `survey` with the language to show it in, if not its own.
fn footer(words: &Words, survey: Option<(&str, Option<&str>)>) -> Vec<Link> {
    let link = |href: String, text: &str| Link { href, text: text.to_string() };
    let own = if words.speak("en") { String::new() } else { format!("?lang={}", words.language) };
    let privacy = survey.map(|(id, language)| {
        let asked = language.map(|language| format!("?lang={language}")).unwrap_or_default();
        link(format!("/s/{id}/privacy{asked}"), words.info.privacy)
    });
    let ours = [("accessibility", words.info.accessibility), ("cookies", words.info.cookies)];
    ours.into_iter().map(|(page, text)| link(format!("/{page}{own}"), text)).chain(privacy).collect()
}

/// What stands around the pages of a survey.
pub(super) fn shell(site: &Site, survey: &Survey, title: String, back: Option<String>) -> Shell {
    let words = Words::of(&survey.language);
    Shell {
        lang: survey.language.clone(),
        words: &words.labels,
        words_lang: words.stranger_to(&survey.language),
        title,
        css: site.css.clone(),
        js: site.js.clone(),
        service: survey.title.clone(),
        service_href: Some(format!("/s/{}{}", survey.id, asked_for(survey))),
        back,
        notice: None,
        account: None,
        footer: footer(words, Some((&survey.id, translated(survey)))),
        owner: None,
    }
}

/// What stands around a page that belongs to no survey.
pub(super) fn plain_shell(site: &Site, words: &'static Words, heading: &str) -> Shell {
    Shell {
        lang: words.language.to_string(),
        words: &words.labels,
        words_lang: None,
        title: page::title(heading, "Canvass"),
        css: site.css.clone(),
        js: site.js.clone(),
        service: "Canvass".to_string(),
        service_href: Some("/".to_string()),
        back: None,
        notice: None,
        account: None,
        footer: footer(words, None),
        owner: None,
    }
}

/// The language a survey was translated into, if it was.
pub(super) fn translated(survey: &Survey) -> Option<&str> {
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
    let view = page::Info { shell, heading: heading.to_string(), body: page_block(markdown) };
    Ok(html(renderer.render("info", &view)?))
}

/// What the address of a page that informs may say besides the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language to show it in.
    lang: Option<String>,
}

impl Asked {
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
    let consultations = block(move || publish::list(&library)).await??;
    let open: Vec<String> = consultations
        .iter()
        .filter(|consultation| consultation.is_open)
        .map(|consultation| format!("- [{}](/s/{})", literal(&consultation.title), consultation.id))
        .collect();
    let words = asked.words();
    let text = if open.is_empty() { words.info.none_open.to_string() } else { open.join("\n") };
    let heading = words.info.open_consultations;
    page(&renderer, plain_shell(&site, words, heading), heading, &text)
}

pub(super) async fn privacy(
    survey: Path<String>,
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let published = block(move || library.current(&survey, asked.lang.as_deref())).await??;
    let survey = published.survey;
    let words = Words::of(&survey.language);
    let notice = survey.privacy.notice.as_deref().unwrap_or(words.info.no_privacy_notice);
    let back = format!("/s/{}{}", survey.id, asked_for(&survey));
    let shell = shell(&site, &survey, page::title(words.info.privacy, &survey.title), Some(back));
    page(&renderer, shell, words.info.privacy, notice)
}

pub(super) async fn accessibility(
    asked: Query<Asked>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let words = asked.words();
    let heading = words.info.accessibility_statement;
    page(&renderer, plain_shell(&site, words, heading), heading, words.info.accessibility_text)
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
