//! A working definition as the text that it is: changed, put in its place by a file, taken away; and what two people made of it
//! at once.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Data, Path, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::{Desk, Reply, link, made, moment};
use crate::definition::{self, diff};
use crate::design;
use crate::document::Pointer;
use crate::render::Renderer;
use crate::render::design as view;
use crate::service::design::{self as service, Saved, Working};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::admin::write_down;
use crate::web::error::Problem;
use crate::web::session::Staff;
use crate::web::upload::Upload;

pub(in crate::web) async fn page(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        Ok(Reply::page(text_page(&desk, &renderer, &service::open(&library, &id)?, None)?))
    })
    .await
}

fn text_page(desk: &Desk<'_>, renderer: &Renderer, working: &Working, fault: Option<&str>) -> Result<String, Problem> {
    let heading = "The whole as text";
    let root = crate::document::parse(&working.text).ok();
    let findings = definition::parse(&working.text).findings;
    let view = view::Text {
        shell: desk.shell(heading, desk.address("")),
        heading: heading.to_string(),
        errors: fault.map(|why| link("#text".to_string(), why)).into_iter().collect(),
        findings: findings
            .iter()
            .map(|found| {
                let at = root.as_ref().map(|root| Pointer::to(root, found.place));
                desk.finding(found, at.as_ref(), root.as_ref())
            })
            .collect(),
        text: working.text.clone(),
        download: desk.address("file"),
        revision: working.revision,
        action: desk.address("text"),
        csrf: desk.csrf(),
    };
    Ok(renderer.render("staff/design_text", &view)?)
}

/// Saves the text as it was typed, or that of a file.
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
    let revision: i32 = posted.typed("revision").parse().map_err(|_| Problem::not_found())?;
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let working = service::open(&library, &id)?;
        let base = service::earlier(&library, &id, revision)?.unwrap_or_else(|| working.text.clone());
        let refused =
            |working: &Working, why: &str| Ok(Reply::unprocessable(text_page(&desk, &renderer, working, Some(why))?));
        let mine = match (posted.file("file"), posted.get("text")) {
            (Some(bytes), _) => match design::read(bytes) {
                Ok(begun) => design::with_id(&begun.text, &id),
                Err(refusal) => return refused(&working, &format!("The file cannot be read: {refusal}")),
            },
            (None, Some(typed)) => as_written(typed, &base),
            (None, None) => return refused(&working, "Choose a file"),
        };
        match service::save(&library, &id, revision, &mine, &staff.account.who, Moment::now()) {
            Ok(Saved::Done(_)) => Ok(Reply::To(desk.address(""))),
            Ok(Saved::Overtaken(working)) => conflict(&desk, &renderer, &working, &base, mine),
            Err(ServiceError::Refused(why)) => refused(&Working { text: mine, ..working }, &why),
            Err(other) => Err(other.into()),
        }
    })
    .await
}

/// A text as it was before it passed through a browser, which ends each line in its own way and drops the mark of UTF-8.
fn as_written(typed: &str, base: &str) -> String {
    let lines = typed.replace("\r\n", "\n");
    let lines = if base.contains("\r\n") { lines.replace('\n', "\r\n") } else { lines };
    match base.strip_prefix('\u{feff}') {
        Some(_) if !lines.starts_with('\u{feff}') => format!("\u{feff}{lines}"),
        _ => lines,
    }
}

/// Both texts, to make one of them.
pub(super) fn conflict(
    desk: &Desk<'_>,
    renderer: &Renderer,
    working: &Working,
    base: &str,
    mine: String,
) -> Result<Reply, Problem> {
    let surveys = (definition::parse(base).survey, definition::parse(&working.text).survey);
    let changes = match surveys {
        (Some(before), Some(now)) => diff::diff(&before, &now).changes,
        _ => Vec::new(),
    };
    let view = view::Conflict {
        shell: desk.shell("Somebody else changed it meanwhile", desk.address("")),
        errors: vec![link("#text".to_string(), "Nothing of yours is saved yet: look at both texts, and save one")],
        says: format!("Another text was saved at {} by {}, while you were at work.", moment(&working.at), working.who),
        changes: changes.into_iter().map(|change| format!("{}: {}", change.what, change.text)).collect(),
        mine,
        theirs: working.text.clone(),
        revision: working.revision,
        action: desk.address("text"),
        csrf: desk.csrf(),
    };
    Ok(Reply::conflict(renderer.render("staff/design_conflict", &view)?))
}

/// The text as a file.
pub(in crate::web) async fn file(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    let name = format!("{id}.json");
    write_down(&staff, Act::Downloaded, &id, "working definition", &library).await?;
    let working = block(move || service::open(&library, &id)).await??;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok().insert_header(disposition).content_type("application/json").body(working.text))
}
