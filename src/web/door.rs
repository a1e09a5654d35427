//! The door of a consultation that is not open to everyone: what lets people in, and the cookie that says so.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, block};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use super::info::{asked_for, html, see_other};
use super::session::{language, pass_cookie, respondent};
use super::{limit, views};
use crate::definition::{Access, Round, Survey};
use crate::mail::{Address, one_line};
use crate::render::Renderer;
use crate::render::input::Input;
use crate::render::item::Question;
use crate::render::markdown::inline;
use crate::render::page::{self, Link, title};
use crate::service::access::Standing;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, access, collect};
use crate::vocabulary::{Words, access as said};

/// The name of the field at the door.
const GIVEN: &str = "given";

/// What is wrong with what was given.
#[derive(Clone, Copy)]
pub(super) enum Wrong {
    /// Nothing was.
    Missing,
    /// It lets nobody in.
    Refused,
}

/// A link lets in whoever opens it; the address that it leads to does not have it any more.
pub(super) async fn link(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (survey, given) = path.into_inner();
    let at = At { survey: &survey, request: &request, library, renderer, site };
    at.let_in(given, StatusCode::FORBIDDEN).await
}

/// What was entered at the door.
pub(super) async fn enter(
    survey: Path<String>,
    posted: Form<Vec<(String, String)>>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let given = posted.iter().find(|(name, _)| name == GIVEN).map(|(_, given)| given.clone()).unwrap_or_default();
    let at = At { survey: &survey, request: &request, library, renderer, site };
    if given.trim().is_empty() {
        return at.refuse(Wrong::Missing, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (id, spoken, known) = (survey.clone(), language(&request), Data::clone(&at.library));
    let published = block(move || known.current(&id, spoken.as_deref())).await??;
    match published.survey.access {
        Access::EmailDomain(_) => at.mail(&given, &published.survey).await,
        _ => at.let_in(given, StatusCode::UNPROCESSABLE_ENTITY).await,
    }
}

/// Someone at a door.
struct At<'a> {
    survey: &'a str,
    request: &'a HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
}

impl At<'_> {
    /// Lets in whom `given` lets in. What does not, be it forged, mistyped or used, is answered alike.
    async fn let_in(&self, given: String, status: StatusCode) -> Result<HttpResponse, Problem> {
        let now = Moment::now();
        limit::allow(&self.library, self.request, now).await?;
        let (id, library) = (self.survey.to_string(), Data::clone(&self.library));
        match block(move || access::enter(&library, &id, &given, now)).await? {
            Ok(pass) => {
                let asked = language(self.request).map(|tag| format!("?lang={tag}")).unwrap_or_default();
                let mut response = see_other(&format!("/s/{}{asked}", self.survey));
                let cookie = pass_cookie(&self.site, self.survey, &pass);
                response.add_cookie(&cookie).map_err(Problem::internal)?;
                Ok(response)
            }
            Err(ServiceError::NotAdmitted | ServiceError::InvitationUsed) => {
                limit::count(&self.library, self.request, now).await?;
                self.refuse(Wrong::Refused, status).await
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Sends a link to an address. That mail was asked for counts as a try, so that nobody floods others with it.
    async fn mail(&self, given: &str, survey: &Survey) -> Result<HttpResponse, Problem> {
        let now = Moment::now();
        limit::allow(&self.library, self.request, now).await?;
        limit::count(&self.library, self.request, now).await?;
        let Some(address) = Address::read(given) else {
            return self.refuse(Wrong::Refused, StatusCode::UNPROCESSABLE_ENTITY).await;
        };
        let Some(mailer) = self.site.mailer().cloned() else {
            return Err(Problem::no_mail("no mail server is named: start canvass serve with --smtp-url"));
        };
        let words = Words::of(&survey.language);
        let (id, library, base) = (self.survey.to_string(), Data::clone(&self.library), self.site.address.clone());
        let title = one_line(&survey.title);
        let sent = block(move || {
            let link = access::mailed(&library, &id, (address.as_str(), &address.domain()), now)?;
            let link = format!("{base}/s/{id}/i/{link}");
            let subject = words.access.subject.with(&[("title", &title)]);
            let body = words.access.mail.with(&[("title", &title), ("link", &link)]);
            Ok::<_, ServiceError>(mailer.send(&address, &subject, &body))
        });
        match sent.await? {
            Ok(Ok(())) => {
                let view = views::mailed(&self.site, survey);
                Ok(html(self.renderer.render("respond/ended", &view)?))
            }
            Ok(Err(error)) => Err(Problem::no_mail(error)),
            Err(ServiceError::NotAdmitted) => self.refuse(Wrong::Refused, StatusCode::UNPROCESSABLE_ENTITY).await,
            Err(other) => Err(other.into()),
        }
    }

    /// The start page again, with what is wrong; what was entered is not on it.
    async fn refuse(&self, wrong: Wrong, status: StatusCode) -> Result<HttpResponse, Problem> {
        let spoken = language(self.request);
        let published = self.library.recent(self.survey, spoken.as_deref(), Moment::now()).await?;
        let before = match respondent(self.request, self.survey) {
            Some(token) => Some((collect::progress(&self.library, self.survey, &token).await?, token)),
            None => None,
        };
        let survey = &published.survey;
        if survey.access == Access::OpenLink {
            return Err(Problem::not_found());
        }
        published.may_answer(crate::service::library::Door::Start, Moment::now())?;
        let before = before.as_ref().map(|(progress, token)| (token, *progress));
        let mut view = views::start(&self.site, survey, before);
        let words = Words::of(&survey.language);
        view.shell.title = words.pages.faulty_title.with(&[("title", &title(&survey.title, &survey.title))]);
        view.door = door(survey, Standing::Outside, Some(wrong));
        view.errors = says(survey).map(|said| error_link(fault(survey, said, wrong))).into_iter().collect();
        Ok(HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(self.renderer.render("respond/start", &view)?))
    }
}

fn error_link(error: String) -> Link {
    Link { href: format!("#{GIVEN}"), text: error }
}

fn fault(survey: &Survey, said: &said::Door, wrong: Wrong) -> String {
    match wrong {
        Wrong::Missing => said.missing.to_string(),
        Wrong::Refused => said.wrong.with(&[("domains", &domains(survey))]),
    }
}

/// How someone stands at the door of a survey, by what the browser shows.
pub(super) async fn standing(
    library: &Data<Library>,
    survey: &Survey,
    shown: Option<String>,
) -> Result<Standing, Problem> {
    if survey.access == Access::OpenLink {
        return Ok(Standing::Admitted);
    }
    let (library, id) = (Data::clone(library), survey.id.clone());
    Ok(block(move || access::standing(&library, &id, shown.as_deref())).await??)
}

/// The door on the start page; none for those who are let in.
pub(super) fn door(survey: &Survey, standing: Standing, wrong: Option<Wrong>) -> Option<page::Door> {
    let words = Words::of(&survey.language);
    if survey.round.as_ref().is_some_and(Round::is_for_returning) {
        return Some(page::Door {
            heading: words.rounds.refused.heading,
            says: words.rounds.for_returning,
            field: views::code_field(words, None, ""),
            action: format!("/s/{}/resume{}", survey.id, asked_for(survey)),
        });
    }
    let said = says(survey)?;
    if standing == Standing::Admitted {
        return None;
    }
    let hint = said.hint.with(&[("domains", &domains(survey))]);
    let question = Question {
        name: GIVEN.to_string(),
        label: inline(said.label),
        hint: Some(inline(&hint)),
        error: wrong.map(|wrong| fault(survey, said, wrong)),
        ..Question::default()
    };
    let used = (standing == Standing::Used).then_some(words.access.refused.what);
    Some(page::Door {
        heading: said.heading,
        says: used.unwrap_or(said.says),
        field: match survey.access {
            Access::EmailDomain(_) => Input::email(question, ""),
            Access::Passphrase => Input::secret(question),
            Access::Invitation | Access::OpenLink => Input::code(question, ""),
        },
        action: format!("/s/{}/enter{}", survey.id, asked_for(survey)),
    })
}

/// What is said on the overview to someone who cannot send yet.
pub(super) fn barred(survey: &Survey, standing: Standing) -> Option<page::Barred> {
    let words = Words::of(&survey.language);
    let said = says(survey)?;
    if standing == Standing::Admitted {
        return None;
    }
    Some(page::Barred {
        heading: words.access.before_you_send,
        says: if standing == Standing::Used { words.access.used.what } else { said.first },
        link: Link {
            href: format!("/s/{}{}", survey.id, asked_for(survey)),
            text: words.access.to_the_door.to_string(),
        },
    })
}

fn says(survey: &Survey) -> Option<&'static said::Door> {
    let words = Words::of(&survey.language);
    match survey.access {
        Access::OpenLink => None,
        Access::Invitation => Some(&words.access.invitation),
        Access::Passphrase => Some(&words.access.passphrase),
        Access::EmailDomain(_) => Some(&words.access.address),
    }
}

/// “@a.org, @b.org or @c.org”.
fn domains(survey: &Survey) -> String {
    let words = Words::of(&survey.language);
    let Access::EmailDomain(domains) = &survey.access else { return String::new() };
    let named: Vec<String> = domains.iter().map(|domain| format!("@{domain}")).collect();
    match named.split_last() {
        Some((last, first)) if !first.is_empty() => {
            words.access.or.with(&[("first", &first.join(", ")), ("last", last)])
        }
        _ => named.concat(),
    }
}
