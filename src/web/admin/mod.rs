//! The staff area: consultations with their progress, and what can be taken away. Every page needs a signed-in person.

use std::sync::{Mutex, TryLockError};

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Data, Path, block};
use actix_web::{HttpResponse, Responder};

pub(super) mod accounts;
pub(super) mod compare;
pub(super) mod design;
pub(super) mod ideas;
pub(super) mod invitations;
pub(super) mod letters;
pub(super) mod live;
pub(super) mod need;
pub(super) mod redaction;
pub(super) mod sign_in;
pub(super) mod themes;
pub(super) mod views;

use super::Site;
use super::assets::{CODEBOOK_CSS, PAPER_CSS, REPORT_CSS};
use super::error::Problem;
use super::info::{html, plain_shell, see_other};
use super::session::Staff;
use super::streamed::streamed;
use crate::analysis::findings::thousands;
use crate::analysis::summary::{has_crosstabs, has_mentions, has_opinions};
use crate::definition;
use crate::print::{self, Browser};
use crate::render::markdown::words as plain;
use crate::render::page::{Account, Link, Shell};
use crate::render::staff::{Download, Figure, Home, Status, Survey, SurveyRow};
use crate::render::{Renderer, codebook::codebook_html, docx, paper::paper_html, report::report_html};
use crate::service::account::Who;
use crate::service::audit::{self, Note};
use crate::service::design::known;
use crate::service::publish::Consultation;
use crate::service::time::Moment;
use crate::service::view::Asked;
use crate::service::wall::moderate;
use crate::service::{Library, ServiceError, export, publish, report, responses};
use crate::staff::Right;
use crate::staff::audit::Act;
use crate::vocabulary::Words;

/// Seed of reports made from the staff area; the same as the command line's default.
const SEED: u64 = 7;

pub(super) async fn home(
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let consultations = block(move || publish::list_lately(&library)).await??;
    let seen = consultations.iter().filter(|consultation| staff.account.may(&consultation.id, Right::See));
    let link = |href: &str, text: &str| Link { href: href.to_string(), text: text.to_string() };
    let more = [link("/staff/accounts", "Accounts"), link("/staff/audit", "What staff did")];
    let more = more.into_iter().filter(|_| staff.account.is_administrator());
    let view = Home {
        shell: staff_shell(&site, &staff, "Consultations"),
        more: std::iter::once(link("/staff/designs", "Working definitions")).chain(more).collect(),
        surveys: seen.map(row).collect(),
    };
    Ok(html(renderer.render("staff/home", &view)?))
}

pub(super) async fn survey(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (named, shelf) = (id.clone(), Data::clone(&library));
    let found = block(move || {
        let walls = moderate::walls(&library, &named)?;
        Ok::<_, ServiceError>((publish::list_lately(&library)?, library.current(&named, None)?, walls))
    });
    let (consultations, published, walls) = match found.await? {
        // Nothing is published yet of what somebody works on.
        Err(ServiceError::UnknownSurvey { .. }) => {
            let named = id.clone();
            block(move || known(&shelf, &named)).await??;
            return Ok(see_other(&design::address(&staff, &id)));
        }
        other => other?,
    };
    let consultation =
        consultations.iter().find(|consultation| consultation.id == *id).ok_or_else(Problem::not_found)?;
    let row = row(consultation);
    let simulated = consultation.simulated;
    let fact = |name: &str, figure: &str| Figure { name: name.to_string(), figure: figure.to_string() };
    let may = |right: Right| staff.account.may(&id, right);
    let link = |page: &str, text: &str| Link { href: format!("/staff/surveys/{id}/{page}"), text: text.to_string() };
    let more = [
        (may(Right::Design) || may(Right::Publish)).then(|| link("design", "Its definition: change, preview, publish")),
        may(Right::Report).then(|| link("report", "Read the report")),
        may(Right::Responses).then(|| link("views", "Look at part of the answers")),
        may(Right::Report).then(|| link("compare", "Compare with another consultation, version or round")),
        may(Right::Roles).then(|| link("people", "Who looks after it")),
        (may(Right::Contacts) && consultation.mode == "invitation")
            .then(|| link("invitations", "Invite people by email")),
        may(Right::Audit).then(|| link("audit", "What staff did with it")),
    ];
    let has_texts = has_quotes(&published.survey);
    let redaction =
        (may(Right::Code) && has_texts).then(|| link("redaction", "Look through answers before they are quoted"));
    let themed = published.survey.answered_questions().filter(|question| question.item.scale().is_themed());
    let themed = themed.filter(|_| may(Right::Code)).map(|question| {
        let head = &question.item.head;
        link(&format!("themes/{}", head.id), &format!("Sort into themes: {}", plain(&head.text)))
    });
    let more = more.into_iter().flatten().chain(themed).chain(redaction).collect();
    let view = Survey {
        shell: Shell { back: Some("/staff".to_string()), ..staff_shell(&site, &staff, &row.title) },
        heading: row.title.clone(),
        status: row.status,
        notice: (simulated > 0).then(|| format!("{simulated} of the responses are simulated. No person gave them.")),
        facts: vec![
            fact("Id", &row.id),
            fact("Published", &row.version),
            fact("Participation", &row.mode),
            fact("Opened", &row.opened),
            fact("Started", &row.started),
            fact("Answers sent", &row.completed),
        ],
        live: may(Right::Report).then(|| format!("/staff/surveys/{id}/live")),
        more,
        downloads: downloads(&id, &published.survey, site.printer.is_some(), !walls.is_empty())
            .into_iter()
            .filter(|download| may(need::of_file(&download.file)))
            .collect(),
        walls: walls
            .iter()
            .filter(|_| may(Right::Moderate))
            .map(|(item, question, waiting)| Link {
                href: format!("/staff/surveys/{id}/ideas/{item}"),
                text: format!("{} ({} to look at)", plain(question), waiting),
            })
            .collect(),
        respond: row.respond,
    };
    Ok(html(renderer.render("staff/survey", &view)?))
}

/// Whether the report quotes answers.
fn has_quotes(survey: &definition::Survey) -> bool {
    survey.answered_questions().any(|question| question.item.scale().is_themed())
}

/// What can be taken away of a consultation.
fn downloads(id: &str, survey: &definition::Survey, can_print: bool, has_walls: bool) -> Vec<Download> {
    let print = [("report.pdf", "The same to print and to file; it takes a minute")];
    let always = [
        ("report.docx", "The same for word processors, its charts as descriptions and tables"),
        ("report.json", "The same as data"),
        ("responses.csv", "One row a response, for any program that reads tables"),
        ("responses.xlsx", "The same as a workbook for spreadsheets: codes, labels, codebook and notes"),
        ("responses.sav", "The same for SPSS and PSPP, with labels and kinds of missing values"),
        ("responses.R", "A script for R that reads responses.csv with factors, labels and missing values"),
        ("responses.parquet", "The same in columns with types, for Python, R and databases"),
        ("responses.jsonl", "The same as JSON, a line a response"),
        ("responses.ndjson", "The same as FHIR QuestionnaireResponses, a line a response"),
        ("codebook.html", "What the columns of responses.csv mean, to read and to print"),
        ("codebook.csv", "The same for a spreadsheet or a statistics program"),
        ("codebook.xml", "The same for data archives, as DDI-Codebook 2.5"),
        ("paper.html", "The questions as a form to print and to fill in by hand"),
    ];
    let crosstabs = [("crosstabs.csv", "The answers to closed questions by respondent group")];
    let mentions =
        [("mentions.csv", "Which interventions people write about without being asked, by theme; not votes")];
    let opinions = [("opinions.csv", "How each opinion group voted, where groups are found; no row a person")];
    let walls = [
        ("ideas.csv", "The ideas of the idea walls, with their votes and what became of them"),
        ("moderation.csv", "What staff did with ideas and comments, when and why"),
    ];
    let named = |(file, what): (&str, &str)| Download {
        href: format!("/staff/surveys/{id}/{file}"),
        file: file.to_string(),
        what: what.to_string(),
    };
    let translated = survey.translations.keys().map(|language| {
        named((&format!("paper-{language}.html"), &format!("The same form, as far as it is translated to {language}")))
    });
    let mut all = vec![named(("report.html", "The consensus summary, to read and to print"))];
    all.extend(can_print.then_some(print).into_iter().flatten().map(named));
    all.extend(always.map(named));
    all.extend(translated);
    all.extend(has_crosstabs(survey).then_some(crosstabs).into_iter().flatten().map(named));
    all.extend(has_mentions(survey).then_some(mentions).into_iter().flatten().map(named));
    all.extend(has_opinions(survey).then_some(opinions).into_iter().flatten().map(named));
    all.extend(has_walls.then_some(walls).into_iter().flatten().map(named));
    all
}

pub(super) async fn download(
    path: Path<(String, String)>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, file) = path.into_inner();
    write_down(&staff, Act::Downloaded, &survey, &file, &library).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(file.clone())],
    };
    let mut response = HttpResponse::Ok();
    response.insert_header(disposition);
    if let Some(format) = responses::Format::of_file(&file) {
        let id = survey.clone();
        let shelf = Data::clone(&library);
        block(move || responses::has_room(&shelf, &id, format)).await??;
        let rows =
            streamed(move |out| responses::write(&library, &survey, format, out, format.file(), &|_, _| {}).map(drop));
        return Ok(response.content_type(format.media_type()).body(rows));
    }
    if file == "report.pdf" {
        let printer = site.printer.clone().ok_or_else(Problem::not_found)?;
        let pdf = block(move || printed(&survey, &library, &renderer, &printer)).await??;
        return Ok(response.content_type("application/pdf").body(pdf));
    }
    let (kind, bytes) = block(move || make(&survey, &Asked::default(), &file, &library, &renderer)).await??;
    Ok(response.content_type(kind).body(bytes))
}

/// The report as a PDF, one at a time: whoever comes meanwhile is told so.
fn printed(survey: &str, library: &Library, renderer: &Renderer, printer: &Mutex<Browser>) -> Result<Vec<u8>, Problem> {
    let browser = match printer.try_lock() {
        Ok(browser) => browser,
        Err(TryLockError::Poisoned(left)) => left.into_inner(),
        Err(TryLockError::WouldBlock) => return Err(Problem::printing()),
    };
    let page = report_html(renderer, &*report::kept(library, survey, SEED, &|_, _| {})?, REPORT_CSS)?;
    browser.print(&page, print::PATIENCE).map_err(|error| Problem::unprinted(&error))
}

/// Makes a file of a consultation, its report being that of a view, and says what it is sent as.
pub(in crate::web) fn make(
    survey: &str,
    asked: &Asked,
    file: &str,
    library: &Library,
    renderer: &Renderer,
) -> Result<(&'static str, Vec<u8>), Problem> {
    let report = || report::viewed(library, survey, asked, SEED, &|_, _| {});
    let mut bytes = Vec::new();
    Ok(match file {
        "report.html" => ("text/html; charset=utf-8", report_html(renderer, &*report()?, REPORT_CSS)?.into_bytes()),
        "report.docx" => {
            let page = report_html(renderer, &*report()?, REPORT_CSS)?;
            (docx::MEDIA_TYPE, docx::docx(&page).map_err(Problem::internal)?)
        }
        "report.json" => ("application/json", report()?.to_json()),
        "mentions.csv" => {
            export::mentions_csv(&*report()?, &mut bytes, file)?;
            ("text/csv; charset=utf-8", bytes)
        }
        "crosstabs.csv" => {
            export::crosstabs_csv(&*report()?, &mut bytes, file)?;
            ("text/csv; charset=utf-8", bytes)
        }
        "opinions.csv" => {
            export::opinions_csv(&*report()?, &mut bytes, file)?;
            ("text/csv; charset=utf-8", bytes)
        }
        "ideas.csv" => {
            moderate::ideas_csv(library, survey, &mut bytes, file, Moment::now())?;
            ("text/csv; charset=utf-8", bytes)
        }
        "moderation.csv" => {
            moderate::moderation_csv(library, survey, &mut bytes, file)?;
            ("text/csv; charset=utf-8", bytes)
        }
        "codebook.csv" => {
            export::codebook_csv(library, survey, &mut bytes, file)?;
            ("text/csv; charset=utf-8", bytes)
        }
        "codebook.xml" => {
            export::codebook_xml(library, survey, &mut bytes, file)?;
            ("application/xml", bytes)
        }
        "codebook.html" => ("text/html; charset=utf-8", codebook_page(library, renderer, survey)?.into_bytes()),
        _ => {
            let language = file.strip_prefix("paper").and_then(|rest| rest.strip_suffix(".html"));
            let language = language.ok_or_else(Problem::not_found)?;
            ("text/html; charset=utf-8", paper_page(library, renderer, survey, language)?.into_bytes())
        }
    })
}

fn codebook_page(library: &Library, renderer: &Renderer, survey: &str) -> Result<String, Problem> {
    let published = library.current(survey, None)?;
    Ok(codebook_html(renderer, &published.survey, u32::try_from(published.version).ok(), CODEBOOK_CSS)?)
}

/// The form to print; `language` is empty for the survey's own or `-cy`.
fn paper_page(library: &Library, renderer: &Renderer, survey: &str, language: &str) -> Result<String, Problem> {
    let own = library.current(survey, None)?;
    let published = match language.strip_prefix('-') {
        None if language.is_empty() => own,
        Some(language) if own.survey.translations.contains_key(language) => library.current(survey, Some(language))?,
        _ => return Err(Problem::not_found()),
    };
    Ok(paper_html(renderer, &published.survey, u32::try_from(published.version).ok(), PAPER_CSS)?)
}

fn row(consultation: &Consultation) -> SurveyRow {
    SurveyRow {
        title: consultation.title.clone(),
        id: consultation.id.clone(),
        status: open_or_closed(consultation.is_open),
        version: format!("Version {}", consultation.version),
        mode: match consultation.mode {
            "imported" => "Imported",
            "invitation" => "By invitation",
            "passphrase" => "By passphrase",
            "email_domain" => "By e-mail address",
            _ => "Open link",
        }
        .to_string(),
        opened: consultation.opened_on.clone(),
        started: thousands(consultation.started),
        completed: thousands(consultation.completed),
        href: format!("/staff/surveys/{}", consultation.id),
        respond: consultation.is_open.then(|| format!("/s/{}", consultation.id)),
    }
}

fn open_or_closed(is_open: bool) -> Status {
    let (text, colour) = if is_open { ("Open", "green") } else { ("Closed", "grey") };
    Status { text: text.to_string(), colour: colour.to_string() }
}

/// Writes down what somebody does with a consultation; what cannot be written down is not done.
async fn write_down(
    staff: &Staff,
    act: Act,
    survey: &str,
    subject: &str,
    library: &Data<Library>,
) -> Result<(), Problem> {
    write_down_as(&staff.account.who, act, survey, subject, library).await
}

/// The same of somebody who was let in.
async fn write_down_as(
    who: &Who,
    act: Act,
    survey: &str,
    subject: &str,
    library: &Data<Library>,
) -> Result<(), Problem> {
    let (shelf, who) = (Data::clone(library), who.clone());
    let (survey, subject) = (survey.to_string(), subject.to_string());
    let write = move || {
        let note = Note { who: who.as_str(), act, survey: Some(&survey), subject: &subject };
        audit::note(&shelf, &note, Moment::now())
    };
    Ok(block(write).await??)
}

fn staff_shell(site: &Site, staff: &Staff, heading: &str) -> Shell {
    let (name, href) = match &staff.account.who {
        Who::Operator => ("Programme staff".to_string(), None),
        Who::Person { name, .. } => (name.clone(), Some("/staff/account")),
    };
    let account = Account { name, href, action: "/staff/sign-out".to_string(), csrf: staff.session.form_guard() };
    Shell {
        account: Some(account),
        service_href: Some("/staff".to_string()),
        staff_js: Some(site.staff_js.clone()),
        ..plain_shell(site, Words::of("en"), heading)
    }
}
