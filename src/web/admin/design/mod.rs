//! Staff write definitions: the outline of one, and what moves its parts.

mod begin;
mod part;
mod preview;
mod publish;
mod text;
mod translate;

pub(in crate::web) use begin::{begin, import, list, new};
pub(in crate::web) use part::{change as change_part, page as part};
pub(in crate::web) use preview::{
    go as preview_go, page as preview, share, shared, shared_go, shared_page, stay as preview_page,
};
pub(in crate::web) use publish::{act as publish_act, page as publish};
pub(in crate::web) use text::{file, page as text, save as save_text};
pub(in crate::web) use translate::{page as translate, save as save_translation};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, block};
use serde_json::{Map, Value, json};

use super::staff_shell;
use crate::definition::routing::Asked;
use crate::design::{self, Outline};
use crate::document::keys::{Need, Object, Shape};
use crate::document::{self, Kept, Node, Pointer, Severity, set_rows, shift};
use crate::render::Renderer;
use crate::render::design as view;
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::staff::{Figure, Status};
use crate::service::design::{self as service, Saved, Working};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::Right;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::see_other;
use crate::web::session::Staff;
use crate::web::upload::field;
use crate::web::views::language_name;

/// Earlier states that are offered.
const STATES: usize = 20;

/// Whoever works on the definition of a consultation.
struct Desk<'a> {
    staff: &'a Staff,
    site: &'a Site,
    id: &'a str,
}

impl Desk<'_> {
    fn address(&self, page: &str) -> String {
        let page = if page.is_empty() { String::new() } else { format!("/{page}") };
        format!("/staff/surveys/{}/design{page}", self.id)
    }

    /// The page of a part.
    fn part(&self, at: &Pointer) -> String {
        format!("{}?at={}", self.address("part"), encoded(&at.to_string()))
    }

    fn shell(&self, heading: &str, back: String) -> Shell {
        Shell { back: Some(back), ..staff_shell(self.site, self.staff, heading) }
    }

    fn csrf(&self) -> String {
        self.staff.session.form_guard()
    }

    fn may(&self, right: Right) -> bool {
        self.staff.account.may(self.id, right)
    }

    fn add(&self, working: &Working, at: &Pointer, button: &str) -> view::Add {
        view::Add {
            action: self.address("change"),
            csrf: self.csrf(),
            revision: working.revision,
            at: at.to_string(),
            button: button.to_string(),
        }
    }

    fn deeds(&self, working: &Working, at: &Pointer, name: &str, (index, many): (usize, usize)) -> view::Deeds {
        view::Deeds {
            action: self.address("change"),
            csrf: self.csrf(),
            revision: working.revision,
            at: at.to_string(),
            name: name.to_string(),
            up: index > 0,
            down: index + 1 < many,
        }
    }

    /// What the checker says, with the page where the part is changed if this person may.
    fn finding(&self, found: &document::Finding, at: Option<&Pointer>, root: Option<&Node>) -> view::Finding {
        let (text, colour) = match found.severity {
            Severity::Error => ("Error", "red"),
            Severity::Warning => ("Warning", "yellow"),
        };
        let help = found.help.as_deref().map(|help| format!(": {help}")).unwrap_or_default();
        let mut near = at.cloned();
        while let (Some(here), Some(root)) = (&near, root) {
            if design::table(here, root).is_some() && here.find(root).is_some() {
                break;
            }
            near = here.parent().map(|(whole, _)| whole);
        }
        view::Finding {
            status: status(text, colour),
            text: format!("{}{help}.", capital(&found.message)),
            place: format!("{}, line {}, column {}", found.code, found.place.line, found.place.column),
            href: near.filter(|_| root.is_some() && self.may(Right::Design)).map(|at| self.part(&at)),
        }
    }
}

/// A language by its own name, where we know it, and its tag.
fn language(tag: &str) -> String {
    match language_name(tag) {
        name if name == tag => tag.to_string(),
        name => format!("{name} ({tag})"),
    }
}

fn status(text: &str, colour: &str) -> Status {
    Status { text: text.to_string(), colour: colour.to_string() }
}

fn link(href: String, text: &str) -> Link {
    Link { href, text: text.to_string() }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// An instant as pages say it.
fn moment(instant: &str) -> String {
    format!("{} UTC", instant.replace('T', " ").replace('Z', ""))
}

/// A text as an address has it.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(format!("%{byte:02X}").chars());
        }
    }
    out
}

/// What a request comes to, made where it holds nobody up.
enum Reply {
    /// To another page.
    To(String),
    /// A page.
    Page(StatusCode, String),
}

impl Reply {
    fn page(html: String) -> Self {
        Self::Page(StatusCode::OK, html)
    }

    fn unprocessable(html: String) -> Self {
        Self::Page(StatusCode::UNPROCESSABLE_ENTITY, html)
    }

    fn conflict(html: String) -> Self {
        Self::Page(StatusCode::CONFLICT, html)
    }
}

/// Does what takes time, such as checking a definition, beside those who answer.
async fn made(make: impl FnOnce() -> Result<Reply, Problem> + Send + 'static) -> Result<HttpResponse, Problem> {
    Ok(match block(make).await?? {
        Reply::To(address) => see_other(&address),
        Reply::Page(status, html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
    })
}

pub(in crate::web) async fn page(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        match service::open(&library, &id) {
            Err(ServiceError::UnknownSurvey { .. }) if desk.may(Right::Design) => {
                // Something may be published that nobody has worked on here.
                let published = library.current(&id, None)?;
                let heading = plain(&published.survey.title);
                let view = view::Unbegun {
                    shell: desk.shell(&heading, format!("/staff/surveys/{id}")),
                    heading,
                    version: published.version,
                    action: desk.address("begin"),
                    csrf: desk.csrf(),
                };
                Ok(Reply::page(renderer.render("staff/design_none", &view)?))
            }
            working => Ok(Reply::page(outline_page(&desk, &library, &renderer, &working?, None)?)),
        }
    })
    .await
}

/// Begins the working definition of what is published.
pub(in crate::web) async fn begin_here(
    id: Path<String>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let to = format!("/staff/surveys/{id}/design");
    let begun = block(move || {
        let text = service::copied(&library, &id)?;
        match service::begin(&library, &id, (&text, None), &staff.account, Moment::now()) {
            // Somebody else did it in this moment.
            Err(ServiceError::Refused(_)) => Ok(()),
            other => other,
        }
    });
    begun.await??;
    Ok(see_other(&to))
}

fn outline_page(
    desk: &Desk<'_>,
    library: &Library,
    renderer: &Renderer,
    working: &Working,
    fault: Option<&str>,
) -> Result<String, Problem> {
    let history = service::history(library, &working.survey)?;
    let outline = Outline::of(&working.text);
    let may_design = desk.may(Right::Design);
    let root = outline.root.as_ref();
    let title = root.and_then(|root| root.get("title")?.text()).map(plain).filter(|title| !title.is_empty());
    let heading = title.unwrap_or_else(|| working.survey.clone());
    let many = outline.pages.len();
    let pages =
        outline.pages.iter().enumerate().map(|(index, page)| outlined(desk, working, page, (index, many), root));
    let can = [
        Some(("preview", "See it as respondents will")),
        may_design.then_some(("text", "The whole as text: change, upload, download")),
        desk.may(Right::Publish).then_some(("publish", "Publish")),
        (!working.imported.is_empty()).then_some(("import", "What became of the file that it began as")),
    ];
    let whole = Pointer::default();
    let form = root.filter(|_| may_design).and_then(|root| design::Form::of(&whole, root));
    let mut parts = vec![link(desk.part(&whole), "Title, language and other settings")];
    parts.extend(form.iter().flat_map(|form| &form.inner).map(|inner| part::inner_link(desk, inner)));
    let says = match (outline.errors, outline.warnings) {
        (0, 0) => "The checker finds nothing wrong.".to_string(),
        (errors, warnings) => {
            format!("The checker finds {} and {}.", counted(errors, "error"), counted(warnings, "warning"))
        }
    };
    let fact = |name: &str, figure: String| Figure { name: name.to_string(), figure };
    let states = history.iter().filter(|(number, ..)| *number != working.revision).take(STATES);
    let view = view::Design {
        shell: desk.shell(&heading, "/staff/designs".to_string()),
        errors: fault.map(|why| link("#maincontent".to_string(), why)).into_iter().collect(),
        status: match () {
            () if outline.errors > 0 => status("Has errors", "red"),
            () if outline.is_lost => status("Has lost a rule", "yellow"),
            () => status("Can be published", "green"),
        },
        says,
        facts: vec![
            fact("Id", working.survey.clone()),
            fact("State", working.revision.to_string()),
            fact("Saved", moment(&working.at)),
            fact("By", working.who.clone()),
        ],
        links: can.into_iter().flatten().map(|(page, text)| link(desk.address(page), text)).collect(),
        findings: outline.others.iter().map(|(finding, at)| desk.finding(finding, Some(at), root)).collect(),
        pages: pages.collect(),
        another: (may_design && root.is_some()).then(|| desk.add(working, &whole.key("pages"), "Add a page")),
        parts: if form.is_some() { parts } else { Vec::new() },
        translations: outline
            .translations
            .iter()
            .map(|(tag, progress)| translate::progress(desk, tag, progress))
            .collect(),
        translate: (may_design && root.is_some()).then(|| desk.address("translate")),
        history: states
            .map(|(number, at, who)| (*number, format!("State {number}: {} by {who}", moment(at))))
            .collect(),
        deeds: may_design.then(|| desk.deeds(working, &whole, "", (0, 1))),
        heading,
    };
    Ok(renderer.render("staff/design", &view)?)
}

fn counted(number: usize, one: &str) -> String {
    match number {
        0 => format!("no {one}s"),
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

/// Who gets there, where that is not everyone.
fn asked(verb: &str, asked: &Asked) -> Option<String> {
    match asked {
        Asked::Everyone => None,
        Asked::If(whom) => Some(format!("{verb} if {whom}")),
        Asked::Nobody(lost) => Some(format!("Nobody gets there, for its rule could not be read: {lost}")),
    }
}

fn outlined(
    desk: &Desk<'_>,
    working: &Working,
    page: &design::Page,
    (index, many): (usize, usize),
    root: Option<&Node>,
) -> view::Page {
    let may_design = desk.may(Right::Design);
    let number = index + 1;
    let all = page.questions.len();
    let questions = page.questions.iter().enumerate().map(|(at, question)| {
        let text =
            Some(plain(&question.text)).filter(|text| !text.is_empty()).unwrap_or_else(|| "No text yet".to_string());
        let asked = asked("Asked", &question.asked);
        let required = question.required.as_ref().map(|whom| format!("Must be answered by {whom}"));
        let kind = format!("{} · {}", question.kind, question.id);
        view::Question {
            id: format!("p{number}q{}", at + 1),
            href: may_design.then(|| desk.part(&question.at)),
            notes: [Some(kind), asked, required].into_iter().flatten().collect(),
            options: question.options.iter().map(|(id, label)| format!("{} ({id})", plain(label))).collect(),
            findings: question.findings.iter().map(|found| desk.finding(found, Some(&question.at), root)).collect(),
            deeds: may_design.then(|| desk.deeds(working, &question.at, &text, (at, all))),
            text,
        }
    });
    let name = page.title.as_deref().map_or_else(|| page.id.clone(), plain);
    let title = format!("Page {number}: {name}");
    let notes = [
        Some(format!("Id {}", page.id)),
        asked("Seen", &page.asked),
        page.is_end.then(|| "The consultation ends here for whoever reaches it".to_string()),
        page.is_apart.then(|| "Its answers are kept apart from the others".to_string()),
    ];
    view::Page {
        id: format!("p{number}"),
        href: may_design.then(|| desk.part(&page.at)),
        notes: notes.into_iter().flatten().collect(),
        findings: page.findings.iter().map(|found| desk.finding(found, Some(&page.at), root)).collect(),
        questions: questions.collect(),
        deeds: may_design.then(|| desk.deeds(working, &page.at, &title, (index, many))),
        another: (may_design && !page.is_end)
            .then(|| desk.add(working, &page.at.key("questions"), &format!("Add a question to page {number}"))),
        title,
    }
}

/// Moves a part, takes it away, adds one, or goes back to an earlier state.
pub(in crate::web) async fn change(
    id: Path<String>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    made(move || {
        let given = |name: &str| field(&posted, name);
        let (deed, at, by) = (given("deed"), given("at"), &staff.account.who);
        let revision: i32 = given("revision").parse().map_err(|_| Problem::not_found())?;
        let way = Pointer::read(at).ok_or_else(Problem::not_found)?;
        let working = service::open(&library, &id)?;
        let (text, to) = if deed == "restore" {
            let state = given("state").parse().map_err(|_| Problem::not_found())?;
            (service::earlier(&library, &id, state)?, None)
        } else {
            changed(&working.text, deed, &way)
        };
        let desk = Desk { staff: &staff, site: &site, id: &id };
        // What was moved meanwhile is not what was meant.
        let saved = if working.revision == revision {
            service::save(&library, &id, revision, &text.ok_or_else(Problem::not_found)?, by, Moment::now())?
        } else {
            Saved::Overtaken(Box::new(working))
        };
        Ok(match (saved, to) {
            (Saved::Done(_), Some(to)) => Reply::To(desk.part(&to)),
            (Saved::Done(_), None) => Reply::To(match way.0.as_slice() {
                [] | [_, _] | [_, _, _, _] => desk.address(""),
                _ => desk.part(&around(&way)),
            }),
            (Saved::Overtaken(working), _) => {
                let why =
                    format!("It was changed meanwhile by {}: look at it as it is now, and do it again", working.who);
                Reply::conflict(outline_page(&desk, &library, &renderer, &working, Some(&why))?)
            }
        })
    })
    .await
}

/// The object that the list of a part is in.
fn around(at: &Pointer) -> Pointer {
    at.parent().and_then(|(list, _)| list.parent().map(|(whole, _)| whole)).unwrap_or_default()
}

/// The text after a deed, and the part to go to.
fn changed(text: &str, deed: &str, at: &Pointer) -> (Option<String>, Option<Pointer>) {
    match deed {
        "up" => (shift(text, at, false), None),
        "down" => (shift(text, at, true), None),
        "remove" if !at.0.is_empty() => (document::remove(text, at), None),
        "add" => match added(text, at) {
            Some((text, to)) => (Some(text), Some(to)),
            None => (None, None),
        },
        _ => (None, None),
    }
}

/// The text with one more part in a list.
fn added(text: &str, at: &Pointer) -> Option<(String, Pointer)> {
    let root = document::parse(text).ok()?;
    let many = at.find(&root).map_or(0, |list| list.list().len());
    let mut rows: Vec<Kept> = (0..many).map(|index| Kept::Old(index, Vec::new())).collect();
    let (whole, last) = at.parent()?;
    let document::Step::Key(key) = last else { return None };
    let key =
        design::Form::of(&whole, &root)?.inner.into_iter().find(|inner| inner.key.name == key).map(|inner| inner.key);
    let object = match key {
        Some(key) => key.shape.object()?,
        None => crate::definition::SURVEY
            .keys()
            .find(|known| known.name == "pages" && at.to_string() == "/pages")?
            .shape
            .object()?,
    };
    rows.push(Kept::New(Value::Object(skeleton(object, text))));
    Some((set_rows(text, at, &rows)?, at.index(many)))
}

/// An object with what it needs, under an id that nothing has.
fn skeleton(object: &'static Object, text: &str) -> Map<String, Value> {
    let name = object.name.replace(' ', "_");
    let is_used = |id: &String| text.contains(&format!("\"{id}\""));
    let id = (1..=text.len()).map(|number| format!("{name}_{number}")).find(|id| !is_used(id)).unwrap_or_default();
    let mut new = Map::new();
    for key in object.keys().filter(|key| key.need == Need::Yes || key.name == "title") {
        let value = match key.shape {
            Shape::Id(_) => json!(id),
            Shape::Type => json!("text"),
            Shape::Text => json!(format!("New {}", object.name)),
            _ => continue,
        };
        new.insert(key.name.to_string(), value);
    }
    new
}

/// Where somebody goes for a consultation that is not published.
pub(super) fn address(staff: &Staff, id: &str) -> String {
    let may = |right: Right| staff.account.may(id, right);
    match () {
        () if may(Right::Design) || may(Right::Publish) => format!("/staff/surveys/{id}/design"),
        () if may(Right::Roles) => format!("/staff/surveys/{id}/people"),
        () => "/staff".to_string(),
    }
}
