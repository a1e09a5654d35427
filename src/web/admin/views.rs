//! Analysts read the report on a page of the staff area, and look at part of the answers: views, some of which have a name.

use std::sync::Arc;

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde_urlencoded::to_string as encoded;

use super::sign_in::to_field;
use super::{SEED, make, staff_shell, write_down};
use crate::analysis::findings::thousands;
use crate::definition::Survey;
use crate::item::Scale;
use crate::item::options::Choice;
use crate::render::Renderer;
use crate::render::item::SelectOption;
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::report::{Frame, report_framed};
use crate::render::views::{Condition, Found, Saved, Views};
use crate::service::time::Moment;
use crate::service::view::{self, Asked, Extent, Fault, groups};
use crate::service::{Library, ServiceError, report};
use crate::staff::Right;
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::field;

/// How many answers can be chosen from lists.
const CONDITIONS: [(&str, &str); 3] =
    [("where-1", "One answer"), ("where-2", "Another one"), ("where-3", "And another one")];
/// Files that a view has, with what each is.
const FILES: [(&str, &str); 6] = [
    ("report.html", "The report as one file, to keep and to print"),
    ("report.docx", "The same for word processors"),
    ("report.json", "The same as data"),
    ("crosstabs.csv", "The answers to closed questions by group"),
    ("mentions.csv", "Which interventions people write about without being asked"),
    ("opinions.csv", "How each opinion group voted"),
];

type Pairs = Vec<(String, String)>;

/// What an address or a form asks for: the rule and the answers chosen as one rule.
fn asked(pairs: &[(String, String)]) -> Asked {
    let chosen =
        pairs.iter().filter(|(name, value)| matches!(name.as_str(), "only" | "where") && !value.trim().is_empty());
    let rules: Vec<&str> = chosen.map(|(_, value)| value.trim()).collect();
    let only = match rules.as_slice() {
        [rule] => (*rule).to_string(),
        rules => rules.iter().map(|rule| format!("({rule})")).collect::<Vec<_>>().join(" and "),
    };
    let weights = match field(pairs, "weights") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Asked { only, by: field(pairs, "by").trim().to_string(), weights }
}

/// The same as an address has it, with its question mark; nothing for the report itself.
fn query(asked: &Asked) -> String {
    let pairs = hidden(asked);
    if pairs.is_empty() { String::new() } else { format!("?{}", encoded(&pairs).unwrap_or_default()) }
}

fn hidden(asked: &Asked) -> Vec<(&'static str, String)> {
    let weights = asked.weights.map_or("", |weights| if weights { "yes" } else { "no" });
    let all = [("only", asked.only.as_str()), ("by", &asked.by), ("weights", weights)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_string())).collect()
}

/// The report, to read on a page.
pub(in crate::web) async fn report_page(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let mut links = vec![link(format!("/staff/surveys/{id}"), "Back to the consultation")];
    if staff.account.may(&id, Right::Responses) {
        links.push(link(format!("/staff/surveys/{id}/views"), "Look at part of the answers"));
    }
    framed(&id, Asked::default(), links, &library, &renderer, &site).await?.map_err(|NotShown| Problem::not_found())
}

/// The report of a view, to read on a page.
pub(in crate::web) async fn view_page(
    id: Path<String>,
    pairs: Query<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(&pairs);
    let query = query(&asked);
    write_down(&staff, Act::Viewed, &id, &spoken(&asked), &library).await?;
    let links = vec![
        link(format!("/staff/surveys/{id}/views{query}"), "Back to the view"),
        link(format!("/staff/surveys/{id}/report"), "The report of all answers"),
        link(format!("/staff/surveys/{id}"), "The consultation"),
    ];
    match framed(&id, asked, links, &library, &renderer, &site).await? {
        Ok(page) => Ok(page),
        // The page on which views are chosen says why.
        Err(_) => Ok(see_other(&format!("/staff/surveys/{id}/views{query}"))),
    }
}

/// Why a view is not shown.
struct NotShown;

async fn framed(
    id: &str,
    asked: Asked,
    links: Vec<Link>,
    library: &Data<Library>,
    renderer: &Data<Renderer>,
    site: &Site,
) -> Result<Result<HttpResponse, NotShown>, Problem> {
    let (id, library, renderer) = (id.to_string(), Data::clone(library), Data::clone(renderer));
    let frame = Frame { css: site.report_css.clone(), links };
    let page = block(move || {
        let report = match report::viewed(&library, &id, &asked, SEED, &|_, _| {}) {
            Err(ServiceError::View(_) | ServiceError::Refused(_)) => return Ok(Err(NotShown)),
            found => found?,
        };
        Ok::<_, Problem>(Ok(report_framed(&renderer, &report, frame)?))
    });
    Ok(page.await??.map(html))
}

/// A file of a view.
pub(in crate::web) async fn file(
    path: Path<(String, String)>,
    pairs: Query<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse, Problem> {
    let (id, file) = path.into_inner();
    if !FILES.iter().any(|(known, _)| *known == file) {
        return Err(Problem::not_found());
    }
    let asked = asked(&pairs);
    write_down(&staff, Act::Downloaded, &id, &format!("{file} of the view {}", spoken(&asked)), &library).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("view-{file}"))],
    };
    let elsewhere = format!("/staff/surveys/{id}/views{}", query(&asked));
    let made = block(move || {
        let shown = report::viewed(&library, &id, &asked, SEED, &|_, _| {});
        match shown {
            Err(ServiceError::View(_) | ServiceError::Refused(_)) => Ok(None),
            Err(other) => Err(other.into()),
            Ok(_) => make(&id, &asked, &file, &library, &renderer).map(Some),
        }
    });
    let Some((kind, bytes)) = made.await?? else { return Ok(see_other(&elsewhere)) };
    Ok(HttpResponse::Ok().insert_header(disposition).content_type(kind).body(bytes))
}

/// A view as the record of what staff did names it.
fn spoken(asked: &Asked) -> String {
    let pairs = hidden(asked);
    let said: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if said.is_empty() { "all".to_string() } else { said.join("; ") }
}

/// What a form or an address asks for, and what is wrong with it.
#[derive(Default)]
struct Typed {
    asked: Asked,
    name: String,
    name_error: Option<String>,
}

pub(in crate::web) async fn page(
    id: Path<String>,
    pairs: Query<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let typed = Typed { asked: asked(&pairs), ..Typed::default() };
    Ok(html(views_page(&id, &staff, &library, &renderer, &site, typed).await?))
}

pub(in crate::web) async fn change(
    id: Path<String>,
    posted: Form<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let (asked, name) = (asked(&posted), field(&posted, "name").to_string());
    let (shelf, survey, who) = (Data::clone(&library), id.clone(), staff.account.who.as_str().to_string());
    let now = Moment::now();
    let here = format!("/staff/surveys/{id}/views");
    match field(&posted, "deed") {
        "delete" => {
            block(move || view::forget(&shelf, &survey, &name, &who, now)).await??;
            Ok(see_other(&here))
        }
        "save" => {
            let (new, called) = (asked.clone(), name.clone());
            match block(move || view::save(&shelf, &survey, &called, &new, &who, now)).await? {
                Ok(()) => Ok(see_other(&format!("{here}{}", query(&asked)))),
                Err(ServiceError::Refused(why)) => {
                    let typed = Typed { asked, name, name_error: Some(why) };
                    let page = views_page(&id, &staff, &library, &renderer, &site, typed).await?;
                    Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page))
                }
                Err(other) => Err(other.into()),
            }
        }
        _ => Err(Problem::not_found()),
    }
}

async fn views_page(
    id: &str,
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
    typed: Typed,
) -> Result<String, Problem> {
    let (shelf, named, asked) = (Data::clone(library), id.to_string(), typed.asked.clone());
    let found = block(move || {
        let survey = shelf.current(&named, None)?.survey;
        let saved = view::saved(&shelf, &named)?;
        let extent = if asked == Asked::default() { None } else { Some(view::extent(&shelf, &named, &asked)) };
        Ok::<(Arc<Survey>, _, _), ServiceError>((survey, saved, extent))
    });
    let (survey, saved, extent) = found.await??;
    let (extent, faults) = match extent {
        None => (None, Vec::new()),
        Some(Ok(extent)) => (Some(extent), Vec::new()),
        Some(Err(ServiceError::View(faults))) => (None, faults),
        Some(Err(other)) => return Err(other.into()),
    };
    let of = |name: &str| faults.iter().find(|fault| field_of(fault) == name).map(|fault| fault.says().to_string());
    let [only_error, by_error, weights_error] = ["only", "by", "weights"].map(of);
    let errors = faults.iter().map(|fault| to_field(field_of(fault), fault.says()));
    let errors = errors.chain(typed.name_error.as_deref().map(|why| to_field("name", why))).collect();
    let here = format!("/staff/surveys/{id}/views");
    let has_margins = survey.population.as_ref().is_some_and(|population| !population.margins.is_empty());
    let view = Views {
        shell: Shell {
            back: Some(format!("/staff/surveys/{id}")),
            ..staff_shell(site, staff, "Look at part of the answers")
        },
        errors,
        saved: saved.into_iter().map(|saved| one(id, &survey, saved)).collect(),
        conditions: conditions(&survey),
        only: typed.asked.only.clone(),
        only_error,
        by: by(&survey, &typed.asked.by),
        by_error,
        weights: if has_margins || weights_error.is_some() { weights(typed.asked.weights) } else { Vec::new() },
        weights_error,
        found: extent.map(|extent| found_of(id, extent, &typed)),
        action: here,
        csrf: staff.session.form_guard(),
    };
    Ok(renderer.render("staff/views", &view)?)
}

fn field_of(fault: &Fault) -> &'static str {
    match fault {
        Fault::Only { .. } => "only",
        Fault::By { .. } => "by",
        Fault::Weights { .. } => "weights",
    }
}

fn one(id: &str, survey: &Survey, saved: view::Saved) -> Saved {
    let query = query(&saved.asked);
    Saved {
        about: about(survey, &saved.asked),
        made: format!("Saved by {} on {}.", saved.made_by, saved.made_on),
        href: format!("/staff/surveys/{id}/view{query}"),
        change: format!("/staff/surveys/{id}/views{query}"),
        name: saved.name,
    }
}

/// What a view asks for, in sentences.
fn about(survey: &Survey, asked: &Asked) -> String {
    let view = view::View::read(asked, survey);
    let mut says = match &view {
        Err(_) => return "The definition has changed since: this view cannot be shown any more.".to_string(),
        Ok(view) => {
            vec![view.who(survey).map_or_else(|| "All responses.".to_string(), |who| format!("Those for whom {who}."))]
        }
    };
    if let Some(item) = survey.item(&asked.by) {
        says.push(format!("Also by “{}”.", plain(&item.head.text)));
    }
    says.extend(asked.weights.map(|weights| if weights { "Weighted." } else { "Not weighted." }.to_string()));
    says.join(" ")
}

fn found_of(id: &str, extent: Extent, typed: &Typed) -> Found {
    let query = query(&typed.asked);
    let (says, links) = match extent.counted {
        Err(why) => (why, Vec::new()),
        Ok((n, of)) => {
            let who = extent.who.map_or_else(|| ".".to_string(), |who| format!(": those for whom {who}."));
            let read = link(format!("/staff/surveys/{id}/view{query}"), "Read the report of this view");
            let files = FILES.iter().map(|(file, what)| link(format!("/staff/surveys/{id}/view/{file}{query}"), what));
            (
                format!("{} of {} responses{who}", thousands(n), thousands(of)),
                std::iter::once(read).chain(files).collect(),
            )
        }
    };
    Found { says, links, hidden: hidden(&typed.asked), name: typed.name.clone(), name_error: typed.name_error.clone() }
}

fn link(href: String, text: &str) -> Link {
    Link { href, text: text.to_string() }
}

/// Lists of the answers to closed questions, each as the rule that it is.
fn conditions(survey: &Survey) -> Vec<Condition> {
    let questions: Vec<(String, Vec<(String, String)>)> = survey
        .answered_questions()
        .filter_map(|question| {
            let head = &question.item.head;
            let rules: Vec<(String, String)> = match question.item.scale() {
                Scale::Nominal(options) | Scale::Ordinal(options) => {
                    answers(options, |option| format!("{} == '{option}'", head.id))
                }
                Scale::Multiple(options) => answers(options, |option| format!("'{option}' in {}", head.id)),
                _ => return None,
            };
            Some((plain(&head.text), rules))
        })
        .collect();
    let list =
        |(id, label): (&str, &'static str)| Condition { id: id.to_string(), label, questions: questions.clone() };
    CONDITIONS.map(list).to_vec()
}

fn answers(options: &[Choice], rule: impl Fn(&str) -> String) -> Vec<(String, String)> {
    options.iter().map(|option| (rule(&option.id), plain(&option.label))).collect()
}

fn by(survey: &Survey, chosen: &str) -> Vec<SelectOption> {
    let none = SelectOption {
        code: String::new(),
        text: "Nothing besides the groups of the definition".to_string(),
        selected: chosen.is_empty(),
    };
    let others = groups(survey).map(|(id, text)| SelectOption {
        code: id.to_string(),
        text: plain(text),
        selected: chosen == id,
    });
    std::iter::once(none).chain(others).collect()
}

fn weights(chosen: Option<bool>) -> Vec<SelectOption> {
    [
        ("", "As the definition says", None),
        ("yes", "Weighted to the population", Some(true)),
        ("no", "Not weighted", Some(false)),
    ]
    .map(|(code, text, weights)| SelectOption {
        code: code.to_string(),
        text: text.to_string(),
        selected: weights == chosen,
    })
    .to_vec()
}
