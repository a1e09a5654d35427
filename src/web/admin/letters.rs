//! Staff write what invitations and reminders say, look at what it comes to, and send themselves a test.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::invitations::{address, unprocessable};
use super::staff_shell;
use crate::definition::Survey;
use crate::mail::Address;
use crate::render::Renderer;
use crate::render::invitations::Letter;
use crate::render::page::{Link, Shell};
use crate::service::account::Who;
use crate::service::limit::{ALL_MAILS, Whose, takes};
use crate::service::time::Moment;
use crate::service::{Library, invite};
use crate::staff::audit::Act;
use crate::staff::letter::{self, Kind};
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::field;
use crate::web::views::language_name;
use crate::web::{Site, outgoing};

/// What is asked of a page besides.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    done: Option<String>,
    lang: Option<String>,
}

pub(in crate::web) async fn page(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let at = At::new(path.into_inner(), asked.lang.as_deref(), &staff, &library, &site)?;
    let (shelf, id, kind, language) = (Data::clone(&library), at.survey.clone(), at.kind, at.language.clone());
    let letter = block(move || invite::letter(&shelf, &id, kind, &language)).await??;
    let done = (asked.done.as_deref() == Some("saved")).then(|| "It is saved, for all emails from now on.".to_string());
    Ok(html(at.page(&renderer, letter, done, &[], None)?))
}

pub(in crate::web) async fn act(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let at = At::new(path.into_inner(), asked.lang.as_deref(), &staff, &library, &site)?;
    let letter = letter::Letter {
        subject: field(&posted, "subject").trim().to_string(),
        text: letter::lines(field(&posted, "text")),
    };
    let faults = letter.faults(at.definition.window.is_some());
    if !faults.is_empty() {
        return Ok(unprocessable(at.page(&renderer, letter, None, &faults, None)?));
    }
    match field(&posted, "deed") {
        "show" => {
            let example = at.example(&letter);
            Ok(html(at.page(&renderer, letter, None, &[], Some((example.subject, example.body)))?))
        }
        "test" => {
            let to = at.test_to.as_deref().and_then(Address::read).ok_or_else(Problem::not_found)?;
            let mailer = site.mailer().cloned().ok_or_else(Problem::not_found)?;
            if !takes(&library, ALL_MAILS, Whose::All, Moment::now()).await? {
                return Err(Problem::too_many());
            }
            super::write_down(&staff, Act::Mailed, &at.survey, "sent a test to their own address", &library).await?;
            let example = at.example(&letter);
            let subject = format!("Test: {}", example.subject);
            let (done, status) = match block(move || mailer.send(&to, &subject, &example.body)).await? {
                Ok(()) => ("A test is sent to your address. Its links lead nowhere.".to_string(), StatusCode::OK),
                Err(error) => (format!("The test could not be sent: {error}."), StatusCode::SERVICE_UNAVAILABLE),
            };
            let page = at.page(&renderer, letter, Some(done), &[], None)?;
            Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page))
        }
        _ => {
            let (id, kind, language, by) = (at.survey.clone(), at.kind, at.language.clone(), staff.account.who.clone());
            let write = move || invite::write_letter(&library, &id, (kind, &language), &letter, &by, Moment::now());
            block(write).await??;
            Ok(see_other(&format!("{}&done=saved", at.address(&at.language))))
        }
    }
}

/// A mail in a language, and who writes it.
struct At<'a> {
    survey: String,
    kind: Kind,
    language: String,
    /// In that language, as far as it is translated.
    definition: Arc<Survey>,
    /// The languages that there are.
    languages: Vec<String>,
    /// Where a test goes: to whoever writes it, who has to have an account.
    test_to: Option<String>,
    staff: &'a Staff,
    site: &'a Site,
}

impl<'a> At<'a> {
    fn new(
        (survey, kind): (String, String),
        language: Option<&str>,
        staff: &'a Staff,
        library: &Library,
        site: &'a Site,
    ) -> Result<Self, Problem> {
        let kind = Kind::of_word(&kind).ok_or_else(Problem::not_found)?;
        let own = library.current(&survey, None)?.survey;
        let languages: Vec<String> = invite::languages(&own).into_iter().map(str::to_string).collect();
        let language = language.filter(|tag| languages.iter().any(|known| known == tag)).unwrap_or(&own.language);
        let definition = library.current(&survey, Some(language))?.survey;
        let account = match &staff.account.who {
            Who::Operator => None,
            person @ Who::Person { .. } => Some(person.as_str().to_string()),
        };
        let test_to = account.filter(|_| site.mailer().is_some());
        let language = language.to_string();
        Ok(Self { survey, kind, language, definition, languages, test_to, staff, site })
    }

    fn address(&self, language: &str) -> String {
        format!("{}/{}?lang={language}", address(&self.survey), self.kind.as_str())
    }

    /// As one person would get it, with links that lead nowhere.
    fn example(&self, letter: &letter::Letter) -> outgoing::Text {
        let is_own = self.languages.first() == Some(&self.language);
        let language = (!is_own).then_some(self.language.as_str());
        outgoing::text(self.site, (&self.definition, language), letter, ("Sam Example", "EXAMPLE", "EXAMPLE"))
    }

    fn page(
        &self,
        renderer: &Renderer,
        letter: letter::Letter,
        done: Option<String>,
        faults: &[(&'static str, String)],
        example: Option<(String, String)>,
    ) -> Result<String, Problem> {
        let heading = match self.kind {
            Kind::Invitation => "What the invitation says",
            Kind::Reminder => "What the reminder says",
        };
        let of = |name: &str| {
            let all: Vec<&str> =
                faults.iter().filter(|(field, _)| *field == name).map(|(_, why)| why.as_str()).collect();
            (!all.is_empty()).then(|| all.join(". "))
        };
        let tab =
            |tag: &String| (self.address(tag), language_name(tag).to_string(), *tag == self.language, tag.clone());
        let view = Letter {
            shell: Shell { back: Some(address(&self.survey)), ..staff_shell(self.site, self.staff, heading) },
            heading: heading.to_string(),
            errors: faults.iter().map(|(field, why)| Link { href: format!("#{field}"), text: why.clone() }).collect(),
            done,
            tabs: if self.languages.len() > 1 { self.languages.iter().map(tab).collect() } else { Vec::new() },
            has_close: self.definition.window.is_some(),
            lang: self.language.clone(),
            subject_error: of("subject"),
            text_error: of("text"),
            subject: letter.subject,
            text: letter.text,
            example,
            test_to: self.test_to.clone(),
            action: self.address(&self.language),
            csrf: self.staff.session.form_guard(),
        };
        Ok(renderer.render("staff/letter", &view)?)
    }
}
