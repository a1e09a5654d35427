//! The texts of a working definition beside their translations.

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Desk, Reply, encoded, link, made, status, text};
use crate::definition::language::{Progress, State, Text, Work, answers_differ, fingerprint, is_right_to_left, is_tag};
use crate::document::{Pointer, set_keys};
use crate::exchange::translation::{self, Change};
use crate::render::Renderer;
use crate::render::design as view;
use crate::render::page::Link;
use crate::service::Library;
use crate::service::design::{self as service, Saved, Working};
use crate::service::time::Moment;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::session::Staff;
use crate::web::upload::Upload;

/// Which language.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    language: Option<String>,
}

/// How far a translation is, with where it is worked on.
pub(super) fn progress(desk: &Desk<'_>, language: &str, progress: &Progress) -> Link {
    let how = if progress.is_complete() { "complete".to_string() } else { undone(*progress) };
    link(address(desk, language), &format!("{}: {how}", super::language(language)))
}

fn undone(progress: Progress) -> String {
    format!("{} of {} texts missing, {} to look at again", progress.missing(), progress.texts, progress.stale)
}

fn address(desk: &Desk<'_>, language: &str) -> String {
    format!("{}?language={}", desk.address("translate"), encoded(language))
}

pub(in crate::web) async fn page(
    id: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let language = asked.into_inner().language.unwrap_or_default().trim().to_string();
    made(move || {
        let working = service::open(&library, &id)?;
        let desk = Desk { staff: &staff, site: &site, id: &id };
        Ok(Reply::page(translate_page(&desk, &renderer, &working, &language, None)?))
    })
    .await
}

/// What was posted: translations by key, and what is wrong with some.
type Posted<'a> = (&'a Upload, &'a [(String, String)]);

fn translate_page(
    desk: &Desk<'_>,
    renderer: &Renderer,
    working: &Working,
    language: &str,
    posted: Option<Posted<'_>>,
) -> Result<String, Problem> {
    let work = Work::of(&working.text);
    let own = work.as_ref().map(|work| work.language.clone()).unwrap_or_default();
    let (texts, says) = match &work {
        Err(_) => (Vec::new(), "The definition has errors: mend them first.".to_string()),
        Ok(_) if !is_tag(language) => {
            (Vec::new(), "This is no tag of a language: write one such as cy, pl or pt-BR.".to_string())
        }
        Ok(_) if language == own => {
            (Vec::new(), format!("The definition is written in {own}: choose another language."))
        }
        Ok(work) => (work.into_language(language), format!("{}.", super::capital(&undone(work.progress(language))))),
    };
    let faults = posted.map(|(_, faults)| faults).unwrap_or_default();
    let row = |(number, text): (usize, &Text)| {
        let stored = text.translation.clone().unwrap_or_default();
        let typed = posted
            .and_then(|(upload, _)| upload.get(&format!("t.{}", text.key)))
            .map(|typed| typed.replace("\r\n", "\n"));
        let typed = typed.unwrap_or(stored);
        view::Translated {
            number,
            source: text.source.clone(),
            rows: (text.source.chars().count() / 60 + text.source.lines().count()).clamp(1, 12),
            status: match text.state {
                State::Missing => Some(status("Missing", "red")),
                State::Stale => Some(status("Look at it again", "yellow")),
                State::Current => None,
            },
            is_stale: text.state == State::Stale,
            error: faults.iter().find(|(key, _)| *key == text.key).map(|(_, why)| why.clone()),
            typed,
            key: text.key.clone(),
        }
    };
    let rows: Vec<view::Translated> = (1..).zip(&texts).map(row).collect();
    let errors = rows.iter().filter_map(|row| Some(link(format!("#t{}", row.number), row.error.as_deref()?)));
    let heading =
        if texts.is_empty() { "Translate".to_string() } else { format!("Translate to {}", super::language(language)) };
    let view = view::Translate {
        shell: desk.shell(&heading, desk.address("")),
        heading,
        errors: errors.collect(),
        says,
        texts: rows,
        from: own,
        language: language.to_string(),
        dir: is_right_to_left(language).then_some("rtl"),
        revision: working.revision,
        action: desk.address("translate"),
        csrf: desk.csrf(),
    };
    Ok(renderer.render("staff/design_translate", &view)?)
}

pub(in crate::web) async fn save(
    id: Path<String>,
    staff: Staff,
    request: HttpRequest,
    body: Payload,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let posted = Upload::read(&request, body).await?;
    staff.guard(&posted.fields)?;
    let language = posted.typed("language").to_string();
    let revision: i32 = posted.typed("revision").parse().map_err(|_| Problem::not_found())?;
    if !is_tag(&language) {
        return Err(Problem::not_found());
    }
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let working = service::open(&library, &id)?;
        let base = service::earlier(&library, &id, revision)?.unwrap_or_else(|| working.text.clone());
        let mine = match translated(&base, &language, &posted) {
            Ok(mine) => mine,
            Err(faults) => {
                let working = Working { text: base, revision, ..working };
                let posted = Some((&posted, faults.as_slice()));
                return Ok(Reply::unprocessable(translate_page(&desk, &renderer, &working, &language, posted)?));
            }
        };
        match service::save(&library, &id, revision, &mine, &staff.account.who, Moment::now())? {
            Saved::Done(_) => Ok(Reply::To(address(&desk, &language))),
            Saved::Overtaken(working) => text::conflict(&desk, &renderer, &working, &base, mine),
        }
    })
    .await
}

/// The text with the translations that were posted; else what is wrong with them, by key.
fn translated(base: &str, language: &str, posted: &Upload) -> Result<String, Vec<(String, String)>> {
    let Ok(work) = Work::of(base) else { return Ok(base.to_string()) };
    let texts = work.into_language(language);
    let (mut changes, mut gone, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for text in &texts {
        let Some(typed) = posted.get(&format!("t.{}", text.key)) else { continue };
        let typed = typed.replace("\r\n", "\n");
        let typed = typed.trim();
        let is_same = text.translation.as_deref().unwrap_or_default().trim() == typed;
        let is_confirmed = text.state == State::Stale && posted.get(&format!("right.{}", text.key)).is_some();
        if typed.is_empty() {
            gone.extend(text.translation.is_some().then(|| (text.key.clone(), None)));
        } else if !is_same || is_confirmed {
            if let Some(why) = answers_differ(&text.source, typed) {
                faults.push((text.key.clone(), format!("The translation of “{}”: {why}", text.key)));
            }
            let of = fingerprint(&text.source);
            changes.push(Change { key: text.key.clone(), translation: typed.to_string(), of });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let at = Pointer::default().key("translations").key(language);
    let text = if gone.is_empty() { Some(base.to_string()) } else { set_keys(base, &at, &gone) };
    let apply = |text: String| {
        if changes.is_empty() { Some(text) } else { translation::apply(&text, language, &texts, &changes) }
    };
    Ok(text.and_then(apply).unwrap_or_else(|| base.to_string()))
}
