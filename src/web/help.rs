//! The pages to which the foot of every page of a survey leads: help, privacy, cookies, accessibility.

use actix_web::web::{Data, Path, Query, block};
use actix_web::{HttpRequest, Responder};

use super::Site;
use super::error::Problem;
use super::info::{Asked, asked_for, html, in_survey, shell};
use super::resume::CODE;
use super::session::language;
use super::views::code_field;
use crate::definition::Survey;
use crate::render::Renderer;
use crate::render::markdown::{self, page_block};
use crate::render::page::{Fact, Help, Link, Statement, title};
use crate::service::Library;
use crate::vocabulary::Words;

/// Whom to ask, and the way back to answers.
pub(super) async fn help(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let spoken = language(&request);
    let survey = block(move || library.current(&survey, spoken.as_deref())).await??.survey;
    let words = Words::of(&survey.language);
    let start = format!("/s/{}{}", survey.id, asked_for(&survey));
    let view = Help {
        shell: shell(&site, &survey, title(words.info.help, &survey.title), Some(start.clone())),
        heading: words.info.help,
        contact: survey.introduction.contact.as_deref().map(page_block),
        no_contact: words.info.no_contact,
        come_back: words.returning.come_back,
        action: format!("/s/{}/{CODE_PAGE}{}", survey.id, asked_for(&survey)),
        csrf: CODE.to_string(),
        field: code_field(words, None, ""),
        start: Link { href: start, text: words.problems.go_to_start.to_string() },
    };
    Ok(html(renderer.render("respond/help", &view)?))
}

/// The page of a survey that takes a code.
const CODE_PAGE: &str = "resume";

/// The privacy notice.
pub(super) async fn privacy(
    survey: Path<String>,
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let survey = block(move || library.current(&survey, asked.language())).await??.survey;
    let words = Words::of(&survey.language);
    match survey.privacy.notice.as_deref() {
        Some(notice) => in_survey(&renderer, &site, &survey, words.info.privacy, notice, false),
        None => in_survey(&renderer, &site, &survey, words.info.privacy, words.info.no_privacy_notice, true),
    }
}

/// Which cookies there are.
pub(super) async fn cookies(
    survey: Path<String>,
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let survey = block(move || library.current(&survey, asked.language())).await??.survey;
    let words = Words::of(&survey.language);
    in_survey(&renderer, &site, &survey, words.info.cookies, words.info.cookies_text, true)
}

/// The accessibility statement.
pub(super) async fn accessibility(
    survey: Path<String>,
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let survey = block(move || library.current(&survey, asked.language())).await??.survey;
    let words = Words::of(&survey.language);
    let heading = words.info.accessibility_statement;
    let start = format!("/s/{}{}", survey.id, asked_for(&survey));
    let shell = shell(&site, &survey, title(heading, &survey.title), Some(start));
    let parts = statement(words, Some(&survey));
    Ok(html(renderer.render("statement", &Statement { shell, heading, parts })?))
}

/// The parts of the statement of a survey, or of the pages that belong to none.
pub(super) fn statement(words: &Words, survey: Option<&Survey>) -> Vec<Fact> {
    let said = &words.statement;
    let ours = |term: &str, text: &str| Fact { term: term.to_string(), body: markdown::block(text), ours: true };
    let theirs = |text: &str| Fact { ours: false, ..ours("", text) };
    let own = survey.and_then(|survey| survey.accessibility.as_ref());
    let mut parts = Vec::new();
    parts.extend(survey.filter(|_| own.is_none()).map(|_| ours("", said.none)));
    parts.push(ours("", said.made));
    if let Some(own) = own {
        let lead = if own.exceptions.is_empty() { said.no_exceptions } else { said.exceptions };
        parts.push(ours(said.how_accessible, lead));
        let list: Vec<String> = own.exceptions.iter().map(|text| format!("- {}", text.replace('\n', "\n  "))).collect();
        parts.extend((!list.is_empty()).then(|| theirs(&list.join("\n"))));
    }
    parts.push(ours(said.how_tested, said.tested));
    if survey.is_some() {
        let tested_on = own.and_then(|own| own.tested_on);
        let day = tested_on.map(|day| said.tested_on.with(&[("day", &words.day(day))]));
        parts.push(ours("", day.as_deref().unwrap_or(said.not_tested)));
    }
    match own.and_then(|own| own.contact.as_deref()) {
        Some(contact) => parts.push(Fact { term: said.does_not_work.to_string(), ..theirs(contact) }),
        None => parts.push(ours(said.does_not_work, said.tell_us)),
    }
    parts
}
