//! Administrators look after accounts, owners of a consultation after who has which role for it, and both read what staff did.

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::sign_in::faults;
use super::staff_shell;
use crate::render::Renderer;
use crate::render::account::{Account, Accounts, Audit, Field, People};
use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};
use crate::response::code::Token;
use crate::service::account::{self, Known, State};
use crate::service::design;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, audit};
use crate::staff::Role;
use crate::staff::audit::{Act, Entry};
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::field;

/// Entries of the record on one page.
const PAGE: u32 = 100;

/// Roles in words: `Analyst of w20`.
pub(super) fn roles<'a>(held: impl IntoIterator<Item = &'a (String, Role)>) -> Vec<String> {
    held.into_iter().map(|(survey, role)| format!("{} of {survey}: {}", role.name(), role.about())).collect()
}

/// What was typed in the form of a new account, or is wrong.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
    is_administrator: bool,
    /// What is wrong, and with which field.
    fault: Option<(&'static str, String)>,
    /// A link that was made, and for whom.
    link: Option<(String, String)>,
}

pub(in crate::web) async fn page(
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    Ok(html(accounts_page(&staff, &library, &renderer, &site, Typed::default()).await?))
}

async fn accounts_page(
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
    typed: Typed,
) -> Result<String, Problem> {
    let shelf = Data::clone(library);
    let known = block(move || account::list(&shelf)).await??;
    let of = |name: &str| typed.fault.as_ref().filter(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let fields = vec![
        Field {
            name: "name",
            label: "Name",
            kind: "text",
            autocomplete: "off",
            typed: typed.name.clone(),
            error: of("name"),
            ..Field::default()
        },
        address_field(typed.email.clone(), of("email")),
    ];
    let other = typed.fault.as_ref().filter(|(field, _)| *field == "maincontent");
    let other = other.map(|(_, text)| Link { href: "#maincontent".to_string(), text: text.clone() });
    let view = Accounts {
        shell: Shell { back: Some("/staff".to_string()), ..staff_shell(site, staff, "Accounts") },
        errors: other.into_iter().chain(faults(&fields)).collect(),
        link: typed.link,
        accounts: known.iter().map(|known| one(known, staff)).collect(),
        fields,
        is_administrator: typed.is_administrator,
        csrf: staff.session.form_guard(),
    };
    Ok(renderer.render("staff/accounts", &view)?)
}

fn address_field(typed: String, error: Option<String>) -> Field {
    Field {
        name: "email",
        label: "E-mail address",
        kind: "email",
        autocomplete: "off",
        typed,
        error,
        ..Field::default()
    }
}

fn one(known: &Known, staff: &Staff) -> Account {
    let manages = known.is_administrator.then(|| "Manages accounts".to_string());
    let is_own = staff.account.who.as_str() == known.email;
    let reset = ("reset", "Make a link to set it up anew");
    let deeds = match known.state {
        _ if is_own => Vec::new(),
        State::Disabled => vec![("enable", "Let them sign in again")],
        _ => vec![reset, ("disable", "Let them sign in no more")],
    };
    let state = match known.state {
        State::Waiting => "waits to be set up",
        State::Active => "signs in",
        State::Disabled => "cannot sign in",
    };
    Account {
        name: known.name.clone(),
        email: known.email.clone(),
        state,
        roles: manages.into_iter().chain(roles(&known.roles)).collect(),
        deeds,
    }
}

pub(in crate::web) async fn act(
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let given = |name: &str| field(&posted, name).to_string();
    let (deed, of) = (given("deed"), given("of"));
    let (email, name, is_administrator) = (given("email"), given("name"), given("administrator") == "yes");
    let (shelf, by) = (Data::clone(&library), staff.account.who.clone());
    let new = (email.clone(), name.clone());
    let whom = if deed == "add" { email.clone() } else { of.clone() };
    let is_add = deed == "add";
    let done = block(move || {
        let now = Moment::now();
        match deed.as_str() {
            "add" => account::add(&shelf, (&new.0, &new.1, is_administrator), &by, now).map(Some),
            "reset" => account::reset(&shelf, &of, &by, now).map(Some),
            "disable" => account::disable(&shelf, &of, true, &by, now).map(|()| None),
            "enable" => account::disable(&shelf, &of, false, &by, now).map(|()| None),
            _ => Err(ServiceError::UnknownPage),
        }
    });
    let typed = match done.await? {
        Ok(None) => return Ok(see_other("/staff/accounts")),
        Ok(Some(link)) => Typed { link: Some((whom, set_up_address(&site, &link))), ..Typed::default() },
        Err(ServiceError::Refused(why)) => {
            let wrong = if account::named(&name).is_err() { "name" } else { "email" };
            let fault = Some((if is_add { wrong } else { "maincontent" }, why));
            Typed { email, name, is_administrator, fault, link: None }
        }
        Err(other) => return Err(other.into()),
    };
    let is_wrong = typed.fault.is_some();
    let page = accounts_page(&staff, &library, &renderer, &site, typed).await?;
    let mut response = if is_wrong { HttpResponse::UnprocessableEntity() } else { HttpResponse::Ok() };
    Ok(response.content_type("text/html; charset=utf-8").body(page))
}

/// Where an account is set up.
fn set_up_address(site: &Site, link: &Token) -> String {
    format!("{}/staff/set-up/{}", site.address, link.as_str())
}

pub(in crate::web) async fn people(
    survey: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    Ok(html(people_page(&survey, &staff, &library, &renderer, &site, ("", None)).await?))
}

async fn people_page(
    survey: &str,
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
    (typed, fault): (&str, Option<(Role, String)>),
) -> Result<String, Problem> {
    let (shelf, id) = (Data::clone(library), survey.to_string());
    let found = block(move || {
        design::known(&shelf, &id)?;
        account::people(&shelf, &id)
    });
    let found = found.await??;
    let heading = format!("Who looks after {survey}");
    let chosen = fault.as_ref().map_or(Role::Analyst, |(role, _)| *role);
    let fields = vec![address_field(typed.to_string(), fault.map(|(_, why)| why))];
    let view = People {
        shell: Shell { back: Some(format!("/staff/surveys/{survey}")), ..staff_shell(site, staff, &heading) },
        heading,
        errors: faults(&fields),
        people: found.into_iter().map(|(name, email, role)| (name, email, role.name(), role.as_str())).collect(),
        fields,
        roles: Role::ALL
            .map(|role| SelectOption {
                code: role.as_str().to_string(),
                text: role.name().to_string(),
                selected: role == chosen,
            })
            .to_vec(),
        about: Role::ALL.map(|role| (role.name(), role.about())).to_vec(),
        action: format!("/staff/surveys/{survey}/people"),
        csrf: staff.session.form_guard(),
    };
    Ok(renderer.render("staff/people", &view)?)
}

pub(in crate::web) async fn change_people(
    survey: Path<String>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let given = |name: &str| field(&posted, name).to_string();
    let role = Role::of_word(&given("role")).ok_or_else(Problem::not_found)?;
    let is_given = match given("deed").as_str() {
        "give" => true,
        "take" => false,
        _ => return Err(Problem::not_found()),
    };
    let email = given("email");
    let (shelf, by, id, of) = (Data::clone(&library), staff.account.who.clone(), survey.clone(), email.clone());
    let done = block(move || account::set_role(&shelf, (&of, &id, role), is_given, &by, Moment::now())).await?;
    match done {
        Ok(()) => Ok(see_other(&format!("/staff/surveys/{survey}/people"))),
        Err(ServiceError::Refused(why)) => {
            let page = people_page(&survey, &staff, &library, &renderer, &site, (&email, Some((role, why)))).await?;
            Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page))
        }
        Err(other) => Err(other.into()),
    }
}

/// From which entry on.
#[derive(Deserialize)]
pub(in crate::web) struct Before {
    before: Option<i64>,
}

pub(in crate::web) async fn audit_page(
    asked: Query<Before>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    audit_of(None, &asked, &staff, library, &renderer, &site).await
}

pub(in crate::web) async fn audit_of_survey(
    survey: Path<String>,
    asked: Query<Before>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    audit_of(Some(survey.into_inner()), &asked, &staff, library, &renderer, &site).await
}

async fn audit_of(
    survey: Option<String>,
    asked: &Before,
    staff: &Staff,
    library: Data<Library>,
    renderer: &Renderer,
    site: &Site,
) -> Result<HttpResponse, Problem> {
    let (of, before) = (survey.clone(), asked.before.unwrap_or(i64::MAX));
    let found = block(move || {
        let entries = audit::latest(&library, of.as_deref(), before, PAGE)?;
        Ok::<_, ServiceError>((entries, audit::head(&library)?))
    });
    let (entries, head) = found.await??;
    let (here, back, heading) = match &survey {
        None => ("/staff/audit".to_string(), "/staff".to_string(), "What staff did".to_string()),
        Some(id) => {
            (format!("/staff/surveys/{id}/audit"), format!("/staff/surveys/{id}"), format!("What staff did with {id}"))
        }
    };
    let is_full = entries.len() == PAGE as usize;
    let earlier = entries
        .last()
        .filter(|_| is_full)
        .map(|last| Link { href: format!("{here}?before={}", last.number), text: "What was done before".to_string() });
    let view = Audit {
        shell: Shell { back: Some(back), ..staff_shell(site, staff, &heading) },
        heading,
        head: survey.is_none().then(|| head.to_string()),
        entries: entries.into_iter().map(row).collect(),
        earlier,
    };
    Ok(html(renderer.render("staff/audit", &view)?))
}

fn row(Entry { at, who, act, survey, subject, .. }: Entry) -> [String; 5] {
    let act = Act::of_word(&act).map_or(act, |act| act.in_words().to_string());
    [at.replace('T', " ").replace('Z', ""), who, act, survey.unwrap_or_default(), subject]
}
