//! Analysts set two sides beside each other: consultations, versions or rounds that they may see the report of.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Data, Path, Query, block};

use super::sign_in::to_field;
use super::{staff_shell, write_down};
use crate::render::Renderer;
use crate::render::item::SelectOption;
use crate::render::page::{Link, Shell};
use crate::render::report::{Frame, compare_framed, compare_html};
use crate::render::views::Compare;
use crate::service::compare::{Wanted, build};
use crate::service::{Library, ServiceError, export, publish, versions};
use crate::staff::Right;
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::assets::REPORT_CSS;
use crate::web::error::Problem;
use crate::web::info::html;
use crate::web::session::Staff;
use crate::web::upload::field;

type Pairs = Vec<(String, String)>;

/// The two sides of an address; nothing where none are named yet.
///
/// The first is of the consultation in the address, and the report of both must be open to whoever asks.
fn sides(id: &str, pairs: &[(String, String)], staff: &Staff) -> Result<Option<[Wanted; 2]>, Problem> {
    let [first, second] = ["first", "second"].map(|name| field(pairs, name));
    if first.is_empty() || second.is_empty() {
        return Ok(None);
    }
    let read = |side: &str| side.parse::<Wanted>().map_err(|_| Problem::not_found());
    let (first, second) = (read(first)?, read(second)?);
    let may = first.survey == id && staff.account.may(&second.survey, Right::Report);
    if may { Ok(Some([first, second])) } else { Err(Problem::not_found()) }
}

pub(in crate::web) async fn page(
    id: Path<String>,
    pairs: Query<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let Some([first, second]) = sides(&id, &pairs, &staff)? else {
        return choose(&id, &pairs, None, &staff, &library, &renderer, &site).await;
    };
    let query = format!("?first={}&second={}", field(&pairs, "first"), field(&pairs, "second"));
    let link = |href: String, text: &str| Link { href, text: text.to_string() };
    let file = |file: &str, text: &str| link(format!("/staff/surveys/{id}/compare/{file}{query}"), text);
    let links = vec![
        link(format!("/staff/surveys/{id}/compare"), "Choose other sides"),
        link(format!("/staff/surveys/{id}"), "Back to the consultation"),
        file("compare.html", "This page as a file"),
        file("compare.csv", "Its figures as a table"),
        file("compare.json", "The same as data"),
    ];
    let frame = Frame { css: site.report_css.clone(), links };
    let (shelf, drawn) = (Data::clone(&library), Data::clone(&renderer));
    let made = block(move || {
        let comparison = match build([&shelf, &shelf], [&first, &second], &|_, _| {}) {
            Err(ServiceError::Refused(why)) => return Ok(Err(why)),
            found => found?,
        };
        Ok::<_, Problem>(Ok(compare_framed(&drawn, &comparison, frame)?))
    });
    match made.await?? {
        Ok(page) => Ok(html(page)),
        Err(why) => choose(&id, &pairs, Some(why), &staff, &library, &renderer, &site).await,
    }
}

/// A file of a comparison.
pub(in crate::web) async fn file(
    path: Path<(String, String)>,
    pairs: Query<Pairs>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse, Problem> {
    let (id, file) = path.into_inner();
    let kind = match file.as_str() {
        "compare.html" => "text/html; charset=utf-8",
        "compare.csv" => "text/csv; charset=utf-8",
        "compare.json" => "application/json",
        _ => return Err(Problem::not_found()),
    };
    let [first, second] = sides(&id, &pairs, &staff)?.ok_or_else(Problem::not_found)?;
    let subject = format!("{file} of {} and {}", field(&pairs, "first"), field(&pairs, "second"));
    write_down(&staff, Act::Downloaded, &id, &subject, &library).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(file.clone())],
    };
    let made = block(move || {
        let comparison = build([&library, &library], [&first, &second], &|_, _| {})?;
        Ok::<_, Problem>(match file.as_str() {
            "compare.html" => compare_html(&renderer, &comparison, REPORT_CSS)?.into_bytes(),
            "compare.json" => comparison.to_json(),
            _ => {
                let mut bytes = Vec::new();
                export::compare_csv(&comparison, &mut bytes, &file)?;
                bytes
            }
        })
    });
    Ok(HttpResponse::Ok().insert_header(disposition).content_type(kind).body(made.await??))
}

/// The page on which two sides are chosen, saying what is wrong with those that were.
async fn choose(
    id: &str,
    pairs: &[(String, String)],
    error: Option<String>,
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
) -> Result<HttpResponse, Problem> {
    let (shelf, named) = (Data::clone(library), id.to_string());
    let found = block(move || {
        let rounds = shelf.current(&named, None)?.survey.round_number();
        Ok::<_, ServiceError>((versions::all(&shelf, &named)?, rounds, publish::list_lately(&shelf)?))
    });
    let (versions, rounds, all) = found.await??;
    let mut own = vec![(id.to_string(), format!("{id}: all that its report counts"))];
    if versions.len() > 1 {
        own.extend(
            versions
                .iter()
                .map(|head| (format!("{id}@{}", head.version), format!("{id}: answers to version {}", head.version))),
        );
    }
    own.extend(
        (1..=rounds).filter(|_| rounds > 1).map(|round| (format!("{id}@round{round}"), format!("{id}: round {round}"))),
    );
    let seen = |other: &&publish::Consultation| other.id != id && staff.account.may(&other.id, Right::Report);
    let others: Vec<(String, String)> =
        all.iter().filter(seen).map(|other| (other.id.clone(), format!("{}: {}", other.id, other.title))).collect();
    let list = |sides: &[(String, String)], name: &str| {
        let chosen = field(pairs, name);
        let option = |(code, text): &(String, String)| SelectOption {
            code: code.clone(),
            text: text.clone(),
            selected: code == chosen,
        };
        sides.iter().map(option).collect::<Vec<_>>()
    };
    let status = error.is_some();
    let view = Compare {
        shell: Shell { back: Some(format!("/staff/surveys/{id}")), ..staff_shell(site, staff, "Compare") },
        errors: error.iter().map(|error| to_field("second", error)).collect(),
        action: format!("/staff/surveys/{id}/compare"),
        first: list(&own, "first"),
        second: list(&[others, own.clone()].concat(), "second"),
        error,
    };
    let page = renderer.render("staff/compare", &view)?;
    let mut response = if status { HttpResponse::UnprocessableEntity() } else { HttpResponse::Ok() };
    Ok(response.content_type("text/html; charset=utf-8").body(page))
}
