//! The respondent's pages: start, questions one page at a time, come back later, check, send.

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use super::Site;
use super::asking::Asking;
use super::busy;
use super::crowd::is_too_much;
use super::door;
use super::error::Problem;
use super::info::{html, see_other};
use super::mailing::MailForm;
use super::posted::PagePost;
use super::session::{kept_language, language, language_cookie, no_pass_cookie, pass, respondent, respondent_cookie};
use super::views::{self, screen_address};
use super::wall;
use crate::document::Id;
use crate::item::{Fault, is_id};
use crate::render::Renderer;
use crate::render::page::{Again, Kept, Start};
use crate::response::code::Token;
use crate::response::{Next, Screen};
use crate::service::collect::{Progress, Saved, Sitting, Wants};
use crate::service::library::Door;
use crate::service::time::Moment;
use crate::service::wall::{self as walls, Goes, Part, Turn};
use crate::service::{Library, ServiceError, collect, reference};
use crate::vocabulary::Words;

/// What the address of a page may say besides the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The language to start in.
    lang: Option<String>,
    /// `check` if the person came from the overview and wants to go back there.
    from: Option<String>,
    /// A repeat that is to show one entry more.
    more: Option<String>,
    /// The part of an idea wall.
    wall: Option<String>,
}

/// What the address of a screen names.
#[derive(Deserialize)]
pub(super) struct Named {
    survey: String,
    page: String,
    /// The part of the page; the first where none is named.
    part: Option<usize>,
}

impl Named {
    fn into_screen(self) -> (String, Screen) {
        (self.survey, Screen { page: self.page, part: self.part.unwrap_or(1) })
    }
}

type Posted = Form<Vec<(String, String)>>;

pub(super) async fn start_page(
    survey: Path<String>,
    asked: Query<Asked>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    if is_too_much(&request) {
        return busy::refused(&request, &survey, None).await;
    }
    let now = Moment::now();
    let published = library.recent(&survey, asked.lang.as_deref(), now).await?;
    let standing = door::standing(&library, &published.survey, pass(&request, &survey)).await?;
    let before = match respondent(&request, &survey) {
        Some(token) => Some((collect::progress(&library, &survey, &token).await?, token)),
        None => None,
    };
    match published.may_answer(Door::Start, now) {
        Ok(()) => {
            let survey = &published.survey;
            let before = before.as_ref().map(|(progress, token)| (token, *progress));
            let door = door::door(survey, standing, None);
            // For most it is the same.
            if before.is_none_or(|(_, progress)| progress == Progress::None) && door.is_none() {
                let view = |_: &[String]| views::start(&site, survey, None);
                return Ok(html(site.pages.with_texts(&renderer, survey, ("respond/start", 0), &[], view)?));
            }
            let view = Start { door, ..views::start(&site, survey, before) };
            Ok(html(renderer.render("respond/start", &view)?))
        }
        Err(ServiceError::Closed) => {
            Ok(html(renderer.render("respond/closed", &views::closed(&site, &published.survey))?))
        }
        Err(other) => Err(other.into()),
    }
}

/// Starts a response. Answers that were begun in this browser are gone on with, unless someone else starts anew.
pub(super) async fn start(
    survey: Path<String>,
    asked: Query<Asked>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let posted = busy::posted(posted.into_inner());
    if is_too_much(&request) {
        return busy::refused(&request, &survey, Some(&posted)).await;
    }
    let anew = posted.iter().any(|(name, _)| name == "anew");
    let (before, shown) = (respondent(&request, &survey).filter(|_| !anew), pass(&request, &survey));
    let (token, to) = match before {
        Some(token) if collect::progress(&library, &survey, &token).await? != Progress::None => {
            (token, format!("/s/{survey}/continue"))
        }
        _ => {
            let (lang, now) = (asked.lang.as_deref(), Moment::now());
            let (token, landing) = collect::start_shown(&library, &survey, lang, shown.as_deref(), now).await?;
            (token, address(&survey, &landing))
        }
    };
    let mut response = see_other(&to);
    response.add_cookie(&respondent_cookie(&site, &survey, &token)).map_err(Problem::internal)?;
    Ok(response)
}

pub(super) async fn go_on(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    with_sitting(&survey, &request, library, |sitting| {
        Ok(see_other(&address(&survey, &sitting.draft.landing(&sitting.survey))))
    })
    .await
}

pub(super) async fn page(
    path: Path<Named>,
    asked: Query<Asked>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, at) = path.into_inner().into_screen();
    if is_too_much(&request) {
        return busy::refused(&request, &survey, None).await;
    }
    let guard = respondent(&request, &survey).map(|token| token.form_guard()).unwrap_or_default();
    let wall = Looked { at: at.clone(), screen: wall::asked(asked.wall.as_deref()) };
    with_part(&survey, &request, library, Some(wall), |sitting, part| {
        if !sitting.draft.can_visit(&sitting.survey, &at) {
            return Ok(see_other(&address(&survey, &sitting.draft.landing(&sitting.survey))));
        }
        let from_check = asked.from.as_deref() == Some("check");
        let (making, more) = (reference(), asked.more.as_deref());
        let asking = Asking { wall: part.as_ref(), from_check, more, ..Asking::of(&sitting, &at, &guard, &making) };
        Ok(html(asking.html(&site, &renderer)?.ok_or(ServiceError::UnknownPage)?))
    })
    .await
}

pub(super) async fn save_page(
    path: Path<Named>,
    asked: Query<Asked>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (survey, at) = path.into_inner().into_screen();
    let posted = busy::posted(posted.into_inner());
    if is_too_much(&request) {
        return busy::refused(&request, &survey, Some(&posted)).await;
    }
    let posted = PagePost::read(posted);
    let save = async {
        let token = posted.owner(&request, &survey)?;
        let saved = store_page(&survey, &at, &posted, &token, Data::clone(&library)).await?;
        let from_check = asked.from.as_deref() == Some("check");
        let mut response = after_saving(&survey, &at, &posted, from_check, saved, |sitting, faults, part| {
            let (guard, making) = (token.form_guard(), reference());
            let refused = Some((&posted.post.fields, faults));
            let asking = Asking { refused, wall: part, from_check, ..Asking::of(sitting, &at, &guard, &making) };
            Ok(HttpResponse::UnprocessableEntity()
                .content_type("text/html; charset=utf-8")
                .body(asking.html(&site, &renderer)?.ok_or(ServiceError::UnknownPage)?))
        })?;
        // The way back to the answers lasts from the last page on.
        response.add_cookie(&respondent_cookie(&site, &survey, &token)).map_err(Problem::internal)?;
        Ok(response)
    };
    match save.await {
        Ok(response) => Ok(response),
        Err(problem) => {
            let kept = kept(&request, &survey, &at, &posted, &problem, library).await;
            Err(problem.keeping(kept))
        }
    }
}

/// Keeps what is being typed on a page, for its script: nothing is judged, and nothing to read comes back.
pub(super) async fn keep_page(
    path: Path<Named>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    if is_too_much(&request) {
        return Err(ServiceError::overloaded().into());
    }
    let (survey, at) = path.into_inner().into_screen();
    let mut posted = PagePost::read(posted.into_inner());
    posted.wants = Wants::Type;
    let token = posted.owner(&request, &survey)?;
    let kept = store_page(&survey, &at, &posted, &token, library).await?;
    Ok(if kept.is_ok() { HttpResponse::NoContent() } else { HttpResponse::Conflict() }.finish())
}

async fn store_page(
    survey: &str,
    at: &Screen,
    posted: &PagePost,
    token: &Token,
    library: Data<Library>,
) -> Result<Result<(Saved, Option<Turn>), ServiceError>, Problem> {
    let now = Moment::now();
    let page = collect::Posted { at, post: &posted.post, version: posted.version, wants: posted.wants };
    let saved = match collect::save_page(&library, survey, token, &page, now).await {
        Err(gone @ (ServiceError::AlreadySent | ServiceError::UnknownPage)) => return Ok(Err(gone)),
        other => other?,
    };
    let outcome = if walls::is_for_wall(&saved, &at.page, posted.wants) {
        let (id, at, secret, posted, library) =
            (survey.to_string(), at.clone(), token.clone(), posted.clone(), Data::clone(&library));
        let taking_part = block(move || {
            let PagePost { post, version, wants, .. } = &posted;
            let page = collect::Posted { at: &at, post, version: *version, wants: *wants };
            let turn = walls::take_part(&library, &id, &secret, &saved.sitting, &page, &posted.then, now)?;
            Ok((saved, Some(turn)))
        });
        match taking_part.await? {
            Err(gone @ (ServiceError::AlreadySent | ServiceError::UnknownPage)) => return Ok(Err(gone)),
            other => other?,
        }
    } else {
        (saved, None)
    };
    if let Some(language) = posted.then.strip_prefix("language:") {
        collect::choose_language(&library, survey, token, posted.version, language, now).await?;
    }
    Ok(Ok(outcome))
}

/// Where a person goes whose page was saved; `refused` makes the page again where it has faults.
fn after_saving(
    survey: &str,
    at: &Screen,
    posted: &PagePost,
    from_check: bool,
    saved: Result<(Saved, Option<Turn>), ServiceError>,
    refused: impl FnOnce(&Sitting, &[Fault], Option<&Part>) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let (saved, turn) = match saved {
        Err(ServiceError::AlreadySent) => return Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(_) => return Ok(see_other(&format!("/s/{survey}/continue"))),
        Ok(saved) => saved,
    };
    let (sitting, faults, next, on_wall) = match turn {
        Some(turn) => (turn.sitting, turn.faults, turn.next, Some((turn.part, turn.goes))),
        None => (saved.sitting, saved.faults, saved.next, None),
    };
    let then = posted.then.as_str();
    if then == "later" {
        return Ok(see_other(&format!("/s/{survey}/saved")));
    }
    if then.starts_with("language:") {
        let from = if from_check { "?from=check" } else { "" };
        return Ok(see_other(&format!("{}{from}", screen_address(survey, at))));
    }
    // Adding or removing an entry keeps what was typed and finds no fault with it yet.
    if let Some(repeat) = then.strip_prefix("more.").or(posted.removed.as_deref()) {
        let more = if posted.removed.is_none() { format!("more={repeat}") } else { String::new() };
        let from = if from_check { "from=check" } else { "" };
        let query = [from, &more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        let repeat = crate::render::html::id_of(repeat);
        return Ok(see_other(&format!("{}?{query}#{repeat}", screen_address(survey, at))));
    }
    if let Some(idea) =
        then.strip_prefix("comments.").filter(|idea| faults.is_empty() && on_wall.is_some() && is_code(idea))
    {
        return Ok(see_other(&format!("{}/idea/{idea}", screen_address(survey, at))));
    }
    if !faults.is_empty() {
        return refused(&sitting, &faults, on_wall.as_ref().map(|(part, _)| part));
    }
    if let Some((_, Goes::To(screen))) = on_wall {
        let from = if from_check { "&from=check" } else { "" };
        return Ok(see_other(&format!("{}?wall={}{from}", screen_address(survey, at), wall::address(screen))));
    }
    let overview = from_check && sitting.draft.next(&sitting.survey) == Next::Check;
    Ok(see_other(&address(survey, if overview { &Next::Check } else { &next })))
}

/// What was typed on a page that could not be saved, to be given back.
async fn kept(
    request: &HttpRequest,
    survey: &str,
    at: &Screen,
    posted: &PagePost,
    problem: &Problem,
    library: Data<Library>,
) -> Option<Kept> {
    let spoken = language(request);
    let words = Words::of(spoken.as_deref().unwrap_or("en"));
    let published = library.recent(survey, spoken.as_deref(), Moment::now()).await.ok();
    let token = respondent(request, survey).filter(|_| problem.may_pass());
    let code = problem.lacks_answers().then_some(words.returning.code_to_save);
    let again = (token.is_some() || code.is_some()).then(|| Again {
        action: screen_address(survey, at),
        fields: posted.once_more(token.as_ref()),
        code,
        button: words.returning.send_again,
    });
    views::kept(published.as_ref().map(|published| &*published.survey), words, &posted.post.fields, again)
}

pub(super) async fn saved(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let token = respondent(&request, &survey);
    with_sitting(&survey, &request, library, |sitting| {
        let token = token.as_ref().ok_or(ServiceError::NoDraft)?;
        Ok(html(
            renderer.render("respond/saved", &views::saved(&site, &sitting.survey, token, &MailForm::on(&request)))?,
        ))
    })
    .await
}

/// The sections of a survey that has an overview of them.
pub(super) async fn overview(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let guard = respondent(&request, &survey).map(|token| token.form_guard()).unwrap_or_default();
    with_sitting(&survey, &request, library, |sitting| {
        let next = sitting.draft.landing(&sitting.survey);
        if !sitting.survey.overview || matches!(next, Next::End(_)) {
            return Ok(see_other(&address(&survey, &next)));
        }
        Ok(html(renderer.render("respond/overview", &views::overview(&site, &sitting, &guard))?))
    })
    .await
}

/// The same in another language: the overview has nothing else to post.
pub(super) async fn change_overview(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    let posted = PagePost::read(posted.into_inner());
    let token = posted.owner(&request, &survey)?;
    if let Some(language) = posted.then.strip_prefix("language:") {
        collect::choose_language(&library, &survey, &token, posted.version, language, Moment::now()).await?;
    }
    Ok(see_other(&format!("/s/{survey}/overview")))
}

pub(super) async fn check(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let guard = respondent(&request, &survey).map(|token| token.form_guard()).unwrap_or_default();
    let published = library.recent(&survey, language(&request).as_deref(), Moment::now()).await?;
    let standing = door::standing(&library, &published.survey, pass(&request, &survey)).await?;
    let barred = door::barred(&published.survey, standing);
    with_sitting(&survey, &request, library, |sitting| {
        let next = sitting.draft.landing(&sitting.survey);
        if next != Next::Check {
            return Ok(see_other(&address(&survey, &next)));
        }
        // Who changes what was sent was let in before.
        let barred = barred.filter(|_| !sitting.draft.amends);
        Ok(html(renderer.render("respond/check", &views::check(&site, &sitting, &guard, barred))?))
    })
    .await
}

pub(super) async fn send(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let posted = busy::posted(posted.into_inner());
    if is_too_much(&request) {
        return busy::refused(&request, &survey, Some(&posted)).await;
    }
    let posted = PagePost::read(posted);
    let token = posted.owner(&request, &survey)?;
    if posted.then == "later" {
        return Ok(see_other(&format!("/s/{survey}/saved")));
    }
    let now = Moment::now();
    if let Some(language) = posted.then.strip_prefix("language:") {
        collect::choose_language(&library, &survey, &token, posted.version, language, now).await?;
        return Ok(see_other(&format!("/s/{survey}/check")));
    }
    let shown = pass(&request, &survey);
    let had_pass = shown.is_some();
    match collect::send_shown(&library, &survey, &token, posted.version, shown.as_deref(), now).await {
        // Sent at the same moment by another click: there is a receipt to show.
        Ok(_) | Err(ServiceError::AlreadySent) => {
            let mut response = see_other(&format!("/s/{survey}/sent"));
            if had_pass {
                response.add_cookie(&no_pass_cookie(&site, &survey)).map_err(Problem::internal)?;
            }
            Ok(response)
        }
        Err(ServiceError::Incomplete) => Ok(see_other(&format!("/s/{survey}/continue"))),
        // The overview says what is missing.
        Err(ServiceError::NotAdmitted) => Ok(see_other(&format!("/s/{survey}/check"))),
        Err(used @ ServiceError::InvitationUsed) => {
            let unsent = collect::resume(&library, &survey, &token, now).await.ok();
            Err(Problem::from(used).keeping(unsent.as_ref().and_then(|sitting| views::unsent(&site, sitting))))
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn ended(
    path: Path<(String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, page) = path.into_inner();
    with_sitting(&survey, &request, library, |sitting| {
        let view = views::ended(&site, &sitting.survey, &page).ok_or(ServiceError::UnknownPage)?;
        let next = sitting.draft.landing(&sitting.survey);
        if next != Next::End(page) {
            return Ok(see_other(&address(&survey, &next)));
        }
        Ok(html(renderer.render("respond/ended", &view)?))
    })
    .await
}

/// Runs `then` with the answers in progress; sends people without any to the start, and those who are done to their receipt.
/// Their language goes into a cookie, for the pages that come when the answers are gone.
async fn with_sitting(
    survey: &str,
    request: &HttpRequest,
    library: Data<Library>,
    then: impl FnOnce(collect::Sitting) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    with_part(survey, request, library, None, |sitting, _| then(sitting)).await
}

/// A screen that a person looks at, and which part of its wall if it has one.
struct Looked {
    at: Screen,
    screen: Option<walls::Screen>,
}

/// The same, with their part in the wall that they look at.
async fn with_part(
    survey: &str,
    request: &HttpRequest,
    library: Data<Library>,
    looked: Option<Looked>,
    then: impl FnOnce(Sitting, Option<Part>) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let Some(token) = respondent(request, survey) else { return Ok(to_start(request, survey)) };
    let now = Moment::now();
    match collect::resume(&library, survey, &token, now).await {
        Ok(sitting) => {
            let looked = looked.filter(|looked| walls::has_wall(&sitting.survey, &looked.at.page));
            let (sitting, part) = match looked {
                None => (sitting, None),
                Some(Looked { at, screen }) => {
                    let look = block(move || {
                        let typed = sitting.draft.fields(&sitting.survey, &at);
                        let part = walls::look(&library, &sitting, &token, &at.page, screen, &typed, now)?;
                        Ok::<_, ServiceError>((sitting, part))
                    });
                    look.await??
                }
            };
            let spoken = sitting.draft.language.clone();
            let mut response = then(sitting, part)?;
            if let Some(site) = request.app_data::<Data<Site>>().filter(|_| kept_language(request) != spoken) {
                let cookie = language_cookie(site, survey, spoken.as_deref());
                response.add_cookie(&cookie).map_err(Problem::internal)?;
            }
            Ok(response)
        }
        Err(ServiceError::AlreadySent) => Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(other) => Err(other.into()),
    }
}

pub(super) fn to_start(request: &HttpRequest, survey: &str) -> HttpResponse {
    let asked = language(request).map(|language| format!("?lang={language}")).unwrap_or_default();
    see_other(&format!("/s/{survey}{asked}"))
}

/// True for what may name an idea or a seed.
fn is_code(id: &str) -> bool {
    is_id(id) || Id::Code.allows(id)
}

fn address(survey: &str, next: &Next) -> String {
    match next {
        Next::Page(at) => screen_address(survey, at),
        Next::Overview => format!("/s/{survey}/overview"),
        Next::Check => format!("/s/{survey}/check"),
        Next::End(page) => format!("/s/{survey}/end/{page}"),
    }
}
