//! The link to come back and the copy of the answers by e-mail: sent at once, and the address is forgotten.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, block};
use actix_web::{HttpRequest, HttpResponse};

use super::Site;
use super::error::Problem;
use super::info::see_other;
use super::posted::PagePost;
use super::session::language;
use super::{after, views};
use crate::definition::{Survey, Unfinished};
use crate::mail::{Address, one_line};
use crate::render::Renderer;
use crate::render::input::Input;
use crate::render::item::Question;
use crate::render::markdown::{inline, words as plain};
use crate::render::page::{self, Link};
use crate::response::code::Token;
use crate::service::after::sent;
use crate::service::limit::{ALL_MAILS, MAILS, Whose, takes};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, collect};
use crate::vocabulary::Words;

type Posted = Form<Vec<(String, String)>>;

/// The name of the field for the address.
const ADDRESS: &str = "email";

/// What can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The link to come back to answers in progress.
    Link,
    /// A copy of answers that were sent.
    Copy,
}

/// What became of asking for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Missing,
    NoAddress,
    TooMany,
    Failed,
}

impl Asked {
    fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::NoAddress => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn says(self, what: What, words: &'static Words) -> &'static str {
        match (self, what) {
            (Self::Missing, _) => words.mail.address_missing,
            (Self::NoAddress, _) => words.faults.not_an_email,
            (Self::TooMany, _) => words.mail.too_many,
            (Self::Failed, What::Link) => words.mail.link_failed,
            (Self::Failed, What::Copy) => words.mail.copy_failed,
        }
    }
}

/// The state of the form for mail on a page.
#[derive(Clone, Debug, Default)]
pub(super) struct MailForm {
    typed: String,
    wrong: Option<Asked>,
    is_sent: bool,
}

impl MailForm {
    /// The form on a page that is only read; its address says if something was just sent.
    pub(super) fn on(request: &HttpRequest) -> Self {
        Self { is_sent: request.query_string().split('&').any(|part| part == "mailed=yes"), ..Self::default() }
    }

    /// True if it was just sent.
    pub(super) fn is_sent(&self) -> bool {
        self.is_sent
    }

    /// What the page places: nothing where no mail is sent.
    pub(super) fn view(&self, what: What, site: &Site, survey: &Survey, token: &Token) -> Option<page::Mail> {
        site.mailer()?;
        let words = Words::of(&survey.language);
        let said = &words.mail;
        let (heading, says, button, sent, at) = match what {
            What::Link => (said.link_heading, said.link_says, said.send_link, said.link_sent, "saved"),
            What::Copy => (said.copy_heading, said.copy_says, said.send_copy, said.copy_sent, "sent"),
        };
        let question = Question {
            name: ADDRESS.to_string(),
            label: inline(said.address),
            error: self.wrong.map(|wrong| wrong.says(what, words).to_string()),
            ..Question::default()
        };
        Some(page::Mail {
            heading,
            says,
            sent: self.is_sent.then_some(sent),
            action: format!("/s/{}/{at}", survey.id),
            csrf: token.form_guard(),
            field: Input::email(question, &self.typed),
            button,
        })
    }

    /// What is wrong, for the head of the page.
    pub(super) fn errors(&self, what: What, survey: &Survey) -> Vec<Link> {
        let says = |wrong: Asked| wrong.says(what, Words::of(&survey.language)).to_string();
        self.wrong.iter().map(|wrong| Link { href: format!("#{ADDRESS}"), text: says(*wrong) }).collect()
    }

    /// The document's title, which says if something is wrong.
    pub(super) fn title(&self, title: String, survey: &Survey) -> String {
        let faulty = &Words::of(&survey.language).pages.faulty_title;
        if self.wrong.is_some() { faulty.with(&[("title", &title)]) } else { title }
    }
}

pub(super) async fn link(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let posted = PagePost::read(posted.into_inner());
    let token = posted.owner(&request, &survey)?;
    let sitting = match collect::resume(&library, &survey, &token, Moment::now()).await {
        Err(ServiceError::AlreadySent) => return Ok(see_other(&format!("/s/{survey}/sent"))),
        other => other?,
    };
    let (subject, body) = with_link(&site, &sitting.survey, &token);
    let at = format!("/s/{survey}/saved");
    match send(&site, &library, &posted, &token, &at, subject, body).await? {
        Ok(done) => Ok(done),
        Err((form, status)) => {
            let view = views::saved(&site, &sitting.survey, &token, &form);
            Ok(refused(status, renderer.render("respond/saved", &view)?))
        }
    }
}

pub(super) async fn copy(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let posted = PagePost::read(posted.into_inner());
    let token = posted.owner(&request, &survey)?;
    let found = sent(&library, &survey, &token, language(&request).as_deref(), Moment::now()).await?;
    let at = format!("/s/{survey}/sent");
    let sent = found.ok_or(ServiceError::NoDraft)?;
    let Some(record) = &sent.record else { return Ok(see_other(&at)) };
    let (subject, body) = with_copy(&sent.survey, &after::as_text(&sent, record));
    match send(&site, &library, &posted, &token, &at, subject, body).await? {
        Ok(done) => Ok(done),
        Err((form, status)) => {
            let view = after::receipt_page(&site, &sent, &token, &form);
            Ok(refused(status, renderer.render("respond/receipt", &view)?))
        }
    }
}

/// Sends it and leads back to the page, or gives the form with what is wrong.
async fn send(
    site: &Site,
    library: &Library,
    posted: &PagePost,
    token: &Token,
    at: &str,
    subject: String,
    body: String,
) -> Result<Result<HttpResponse, (MailForm, StatusCode)>, Problem> {
    let mailer = site.mailer().cloned().ok_or_else(Problem::not_found)?;
    let typed = posted.post.fields.typed(ADDRESS).unwrap_or_default();
    let refuse = |wrong: Asked| {
        let form = MailForm { typed: typed.clone(), wrong: Some(wrong), is_sent: false };
        Ok(Err((form, wrong.status())))
    };
    if typed.is_empty() {
        return refuse(Asked::Missing);
    }
    let Some(address) = Address::read(&typed) else { return refuse(Asked::NoAddress) };
    let (now, who) = (Moment::now(), token.form_guard());
    let is_taken =
        takes(library, MAILS, Whose::Secret(&who), now).await? && takes(library, ALL_MAILS, Whose::All, now).await?;
    if !is_taken {
        return refuse(Asked::TooMany);
    }
    match block(move || mailer.send(&address, &subject, &body)).await? {
        Ok(()) => Ok(Ok(see_other(&format!("{at}?mailed=yes#mail")))),
        Err(error) => {
            tracing::warn!(%error, "a mail could not be sent");
            refuse(Asked::Failed)
        }
    }
}

fn refused(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page)
}

/// The title on one line, for a subject.
fn title(survey: &Survey) -> String {
    one_line(&plain(&survey.title))
}

fn with_link(site: &Site, survey: &Survey, token: &Token) -> (String, String) {
    let words = Words::of(&survey.language);
    let said = &words.mail;
    let title = title(survey);
    let paragraphs = [
        Some(title.clone()),
        Some(said.link_lead.to_string()),
        Some(words.labels.your_link.to_string()),
        Some(views::link_back(site, survey, token)),
        Some(words.labels.your_code.to_string()),
        Some(token.grouped()),
        views::link_expires(survey),
        (survey.unfinished == Unfinished::Discard).then(|| said.link_deleted.to_string()),
        Some(words.labels.do_not_share.to_string()),
        Some(words.labels.saved_is_not_sent.to_string()),
        Some(said.unasked.to_string()),
    ];
    (said.link_subject.with(&[("title", &title)]), letter(paragraphs))
}

fn with_copy(survey: &Survey, copy: &str) -> (String, String) {
    let said = &Words::of(&survey.language).mail;
    let closes = views::closing(survey).map(|closes| said.copy_closes.with(&[("closes", &closes)]));
    let paragraphs =
        [Some(said.copy_lead.to_string()), closes, Some(copy.trim_end().to_string()), Some(said.unasked.to_string())];
    (said.copy_subject.with(&[("title", &title(survey))]), letter(paragraphs))
}

fn letter<const N: usize>(paragraphs: [Option<String>; N]) -> String {
    let paragraphs: Vec<String> = paragraphs.into_iter().flatten().collect();
    format!("{}\n", paragraphs.join("\n\n"))
}
