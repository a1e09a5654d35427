//! The list of working definitions, where one begins, and what became of the file that it began as.

use actix_web::web::{Data, Path, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::{Desk, link, moment, status};
use crate::design::{self, EXAMPLES};
use crate::document;
use crate::render::Renderer;
use crate::render::account::Field;
use crate::render::design as view;
use crate::render::item::SelectOption;
use crate::render::markdown::words as plain;
use crate::render::page::Shell;
use crate::service::design as service;
use crate::service::publish as publishing;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::Right;
use crate::web::Site;
use crate::web::admin::sign_in::faults;
use crate::web::admin::staff_shell;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::Upload;

/// Entries of an import that are shown.
const SHOWN: usize = 500;

pub(in crate::web) async fn list(
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let all = block(move || service::list(&library)).await??;
    let may = |id: &str| staff.account.may(id, Right::Design) || staff.account.may(id, Right::Publish);
    let row = |one: service::Listed| view::Listed {
        title: plain(&one.title),
        href: format!("/staff/surveys/{}/design", one.survey),
        id: one.survey,
        saved: format!("{} by {}", moment(&one.at), one.who),
        status: if one.is_published { status("Published", "green") } else { status("Not published", "grey") },
    };
    let view = view::Designs {
        shell: Shell { back: Some("/staff".to_string()), ..staff_shell(&site, &staff, "Working definitions") },
        begin: "/staff/designs/new".to_string(),
        designs: all.into_iter().filter(|one| may(&one.survey)).map(row).collect(),
    };
    Ok(html(renderer.render("staff/designs", &view)?))
}

/// What was typed where a consultation begins, and what is wrong with it.
#[derive(Default)]
struct Typed {
    from: String,
    example: String,
    copy: String,
    title: String,
    id: String,
    fault: Option<(&'static str, String)>,
}

pub(in crate::web) async fn new(
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    Ok(html(begin_page(&staff, &library, &renderer, &site, Typed::default()).await?))
}

async fn begin_page(
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
    typed: Typed,
) -> Result<String, Problem> {
    let shelf = Data::clone(library);
    let known = block(move || Ok::<_, ServiceError>((publishing::list_lately(&shelf)?, service::list(&shelf)?)));
    let (published, designs) = known.await??;
    let mut copies: Vec<(String, String)> =
        published.iter().map(|known| (known.id.clone(), plain(&known.title))).collect();
    copies.extend(designs.into_iter().filter(|one| !one.is_published).map(|one| (one.survey, plain(&one.title))));
    copies.retain(|(id, _)| staff.account.may(id, Right::Design));
    copies.sort();
    let chosen = if typed.from.is_empty() { "blank" } else { typed.from.as_str() };
    let ways = [
        ("blank", "Nothing: one page with one question"),
        ("example", "An example that comes with Canvass"),
        ("copy", "A copy of a consultation that you may design"),
        ("file", "A file: a spreadsheet (XLSForm .xlsx), a definition of Canvass, SurveyJS or FHIR (.json)"),
    ];
    let error = |name: &str| typed.fault.as_ref().filter(|(field, _)| *field == name).map(|(_, why)| why.clone());
    let line = |name, label, hint, typed: &str| Field {
        name,
        label,
        hint: Some(hint),
        kind: "text",
        autocomplete: "off",
        typed: typed.to_string(),
        error: error(name),
    };
    let fields = vec![
        line("title", "Title", "What it is called, where it begins with nothing", &typed.title),
        line(
            "id",
            "Id",
            "Part of its address, such as park-2027: small letters, digits, _ and -. A file may have one of its own: then leave this empty",
            &typed.id,
        ),
    ];
    let option = |code: &str, text: &str, chosen: &str| SelectOption {
        code: code.to_string(),
        text: text.to_string(),
        selected: code == chosen,
    };
    let example =
        |(id, text): &(&str, &str)| option(id, &plain(&design::title(text).unwrap_or_default()), &typed.example);
    let file_error = error("file");
    let file_fault = file_error.as_ref().map(|why| link("#file".to_string(), why));
    let view = view::Begin {
        shell: Shell { back: Some("/staff/designs".to_string()), ..staff_shell(site, staff, "Create a consultation") },
        errors: file_fault.into_iter().chain(faults(&fields)).collect(),
        from: ways
            .into_iter()
            .filter(|(word, _)| *word != "copy" || !copies.is_empty())
            .map(|(word, text)| (word, text, word == chosen))
            .collect(),
        examples: EXAMPLES.iter().map(example).collect(),
        copies: copies.iter().map(|(id, title)| option(id, &format!("{title} ({id})"), &typed.copy)).collect(),
        file_error,
        fields,
        action: "/staff/designs/new".to_string(),
        csrf: staff.session.form_guard(),
    };
    Ok(renderer.render("staff/begin", &view)?)
}

pub(in crate::web) async fn begin(
    staff: Staff,
    request: HttpRequest,
    body: Payload,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let posted = Upload::read(&request, body).await?;
    staff.guard(&posted.fields)?;
    let typed = |name: &str| posted.typed(name).trim().to_string();
    let mut typed = Typed {
        from: typed("from"),
        example: typed("example"),
        copy: typed("copy"),
        title: typed("title"),
        id: typed("id"),
        fault: None,
    };
    let file = posted.file("file").map(<[u8]>::to_vec);
    let (shelf, account) = (Data::clone(&library), staff.account.clone());
    let (from, example, copy, title, id) =
        (typed.from.clone(), typed.example.clone(), typed.copy.clone(), typed.title.clone(), typed.id.clone());
    let begun = block(move || {
        let refused = |field: &'static str, why: &str| Ok(Err((field, why.to_string())));
        let (text, report) = match from.as_str() {
            "example" => match EXAMPLES.iter().find(|(known, _)| *known == example) {
                Some((_, text)) => ((*text).to_string(), None),
                None => return Err(ServiceError::UnknownPage),
            },
            "copy" if account.may(&copy, Right::Design) => (service::copied(&shelf, &copy)?, None),
            "copy" => return Err(ServiceError::UnknownPage),
            "file" => {
                let Some(bytes) = file else { return refused("file", "Choose a file") };
                match design::read(&bytes) {
                    Ok(begun) => (begun.text, begun.report),
                    Err(refusal) => return refused("file", &format!("The file cannot be read: {refusal}")),
                }
            }
            _ if title.is_empty() => return refused("title", "Enter a title"),
            _ if id.is_empty() => return refused("id", "Enter an id"),
            _ => (design::blank(&id, &title), None),
        };
        let own = document::parse(&text).ok().and_then(|root| Some(root.get("id")?.text()?.to_string()));
        let is_file = from == "file";
        let id = Some(id).filter(|id| !id.is_empty()).or(own.filter(|_| is_file));
        let Some(id) = id else { return refused("id", "Enter an id") };
        let text = design::with_id(&text, &id);
        match service::begin(&shelf, &id, (&text, report.as_ref()), &account, Moment::now()) {
            Ok(()) => Ok(Ok((id, report.is_some()))),
            Err(ServiceError::Refused(why)) => Ok(Err((if why.starts_with("The text") { "file" } else { "id" }, why))),
            Err(other) => Err(other),
        }
    });
    match begun.await?? {
        Ok((id, has_report)) => {
            let page = if has_report { "/import" } else { "" };
            Ok(see_other(&format!("/staff/surveys/{id}/design{page}")))
        }
        Err(fault) => {
            typed.fault = Some(fault);
            let page = begin_page(&staff, &library, &renderer, &site, typed).await?;
            Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page))
        }
    }
}

/// What became of everything in the file that the definition began as.
pub(in crate::web) async fn import(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let named = id.clone();
    let working = block(move || service::open(&library, &named)).await??;
    let desk = Desk { staff: &staff, site: &site, id: &id };
    let count = |fate: &str| working.imported.iter().filter(|entry| entry.first().is_some_and(|is| is == fate)).count();
    let counts = ["exact", "assumed", "degraded", "dropped", "unknown"].map(|fate| format!("{} {fate}", count(fate)));
    let (mut losses, exact): (Vec<_>, Vec<_>) =
        working.imported.iter().cloned().partition(|entry| entry.first().is_none_or(|fate| fate != "exact"));
    losses.extend(exact);
    let left = losses.len().saturating_sub(SHOWN);
    losses.truncate(SHOWN);
    let heading = "What became of the file";
    let view = view::Import {
        shell: desk.shell(heading, desk.address("")),
        says: format!("Of its parts {}.", counts.join(", ")),
        entries: losses,
        more: (left > 0).then(|| format!("{left} more are not listed.")),
        next: link(desk.address(""), "Go on to the definition"),
    };
    Ok(html(renderer.render("staff/design_import", &view)?))
}
