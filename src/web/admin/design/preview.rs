//! A working definition as respondents will see it, in each of its languages: every page, and the way through them by the rules.
//! Nothing that is typed is stored: what was answered so far goes from page to page in the form itself.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;

use super::{Desk, Reply, encoded, link, made, moment};
use crate::definition::{Page, Survey};
use crate::item::{Fault, Fields};
use crate::render::Renderer;
use crate::render::design as view;
use crate::render::item::SelectOption;
use crate::render::markdown::{page_block, words as plain};
use crate::render::page::{Ended, Link, Shell, title};
use crate::response::code::Token;
use crate::response::{Draft, Next, Post, Screen};
use crate::service::design::{self as service, Working};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::Right;
use crate::vocabulary::Words;
use crate::web::Site;
use crate::web::asking::Asking;
use crate::web::error::Problem;
use crate::web::info::{plain_shell, shell};
use crate::web::posted::PagePost;
use crate::web::session::Staff;
use crate::web::upload::field;
use crate::web::views;

/// What every page of a preview says over itself.
const NOTICE: &str = "This is a preview. Nothing that you type is kept.";

/// In which language.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    language: Option<String>,
}

/// Where a preview is looked at.
struct Window<'a> {
    /// The address of its list of pages.
    base: String,
    site: &'a Site,
    renderer: &'a Renderer,
}

type Posted = Form<Vec<(String, String)>>;

pub(in crate::web) async fn page(
    id: Path<String>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        Ok(Reply::page(list_page(&desk, &library, &renderer, None)?))
    })
    .await
}

fn list_page(desk: &Desk<'_>, library: &Library, renderer: &Renderer, made: Option<String>) -> Result<String, Problem> {
    let links = service::links(library, desk.id, Moment::now())?;
    let working = service::open(library, desk.id)?;
    let may_design = desk.may(Right::Design);
    let heading = "Preview";
    let survey = surveyed(&working);
    let view = view::Preview {
        shell: desk.shell(heading, desk.address("")),
        heading: heading.to_string(),
        languages: survey.map(|survey| listed(&survey, &desk.address("preview"))).unwrap_or_default(),
        made,
        links: links
            .into_iter()
            .map(|one| (one.name, format!("Made by {}, works until {}", one.who, moment(&one.expires_at))))
            .collect(),
        days: service::LINK_DAYS
            .map(|days| SelectOption {
                code: days.to_string(),
                text: super::counted(days as usize, "day"),
                selected: days == 7,
            })
            .to_vec(),
        action: may_design.then(|| desk.address("links")),
        csrf: desk.csrf(),
    };
    Ok(renderer.render("staff/design_preview", &view)?)
}

/// Makes a link that others can look by, or ends one.
pub(in crate::web) async fn share(
    id: Path<String>,
    staff: Staff,
    posted: Posted,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    made(move || {
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let (end, now, by) = (field(&posted, "end"), Moment::now(), &staff.account.who);
        if !end.is_empty() {
            service::unshare(&library, &id, end, by, now)?;
            return Ok(Reply::To(desk.address("preview")));
        }
        let days = field(&posted, "days").parse().map_err(|_| Problem::not_found())?;
        match service::share(&library, &id, days, by, now) {
            Ok(token) => {
                let link = format!("{}/preview/{}", site.address, token.as_str());
                Ok(Reply::page(list_page(&desk, &library, &renderer, Some(link))?))
            }
            Err(ServiceError::Refused(_)) => Ok(Reply::To(desk.address("preview"))),
            Err(other) => Err(other.into()),
        }
    })
    .await
}

/// The survey as it would be published, its sections in their order; none while it has errors.
fn surveyed(working: &Working) -> Option<Survey> {
    crate::definition::parse(&working.text).survey.map(|survey| Survey { overview: false, ..survey })
}

/// The pages of a survey in each of its languages.
fn listed(survey: &Survey, base: &str) -> Vec<(String, Vec<Link>)> {
    let languages: Vec<String> = survey.languages().into_iter().map(str::to_string).collect();
    let pages = |tag: &String| {
        let survey = in_language(survey, tag);
        let asked = format!("?language={}", encoded(tag));
        let first =
            link(format!("{base}/start{asked}"), "The start page, and from there through all pages by the rules");
        let page = |(number, page): (usize, &Page)| {
            let name = page.title.as_ref().or_else(|| page.questions.first().map(|question| &question.item.head.text));
            let name = name.map(|name| plain(name)).unwrap_or_default();
            link(format!("{base}/page-{}{asked}", page.id), &format!("Page {number}: {name}"))
        };
        let all = std::iter::once(first).chain((1..).zip(&survey.pages).map(page)).collect();
        (super::language(tag), all)
    };
    languages.iter().map(pages).collect()
}

fn in_language(survey: &Survey, tag: &str) -> Survey {
    let mut survey = survey.clone();
    survey.translate(tag);
    survey
}

/// The survey in a language; by itself `page` is shown to everyone, whatever the rules say.
fn alone(survey: &Survey, page: &str) -> Survey {
    let mut survey = survey.clone();
    survey.pages.retain(|known| known.id == page);
    for page in &mut survey.pages {
        page.show_if = None;
        for question in &mut page.questions {
            question.show_if = None;
            question.parts.clear();
        }
    }
    survey
}

fn draft(language: Option<&str>) -> Draft {
    Draft {
        seed: "preview".to_string(),
        language: language.map(str::to_string),
        today: Moment::now().date(),
        ..Draft::default()
    }
}

impl Window<'_> {
    fn asked(language: Option<&str>) -> String {
        language.map(|tag| format!("?language={}", encoded(tag))).unwrap_or_default()
    }

    /// What stands around a page of the survey, where nothing leads out of the preview.
    fn shell(&self, shell: Shell) -> Shell {
        Shell {
            back: Some(self.base.clone()),
            service_href: None,
            footer: Vec::new(),
            notice: Some(NOTICE.to_string()),
            ..shell
        }
    }

    fn start(&self, survey: &Survey, language: Option<&str>) -> Result<String, Problem> {
        let asked = Self::asked(language);
        let mut view = views::start(self.site, survey, None);
        view.shell = self.shell(view.shell);
        view.action = format!("{}/walk{asked}", self.base);
        view.languages = Vec::new();
        view.code.href.clone_from(&self.base);
        Ok(self.renderer.render("respond/start", &view)?)
    }

    /// A page of questions, whose form posts to `to`; `so_far` goes with it.
    fn questions(
        &self,
        survey: Survey,
        (draft, at): (&Draft, &Screen),
        (refused, more): (Option<(&Fields, &[Fault])>, Option<&str>),
        (to, so_far): (&str, &str),
        language: Option<&str>,
    ) -> Result<Option<String>, Problem> {
        let survey = Arc::new(survey);
        let asking = Asking {
            survey: &survey,
            version: 0,
            languages: &[],
            draft,
            at,
            refused,
            wall: None,
            guard: "preview",
            making: so_far,
            from_check: false,
            more,
        };
        let Some(mut view) = asking.view(self.site) else { return Ok(None) };
        let page = encoded(&at.page);
        view.shell = self.shell(view.shell);
        let asked = Self::asked(language);
        let joint = if asked.is_empty() { '?' } else { '&' };
        view.action = format!("{}/{to}{asked}{joint}at={page}.{}", self.base, at.part);
        view.keep = format!("{}/keep", self.base);
        view.overview = None;
        view.can_save = false;
        Ok(Some(self.renderer.render("respond/page", &view)?))
    }

    /// The end of the way.
    fn ended(&self, survey: &Survey, page: Option<&Page>) -> Result<String, Problem> {
        let (heading, text) = match page {
            Some(page) => (
                page.title.clone().unwrap_or_else(|| Words::of(&survey.language).pages.thank_you.to_string()),
                page.text.clone().unwrap_or_default(),
            ),
            None => (
                "End of the preview".to_string(),
                "Here people check their answers and send them. Nothing that you typed was kept.".to_string(),
            ),
        };
        let shell = shell(self.site, survey, title(&heading, &survey.title), None);
        let shell = if page.is_some() {
            shell
        } else {
            Shell { title: title(&heading, "Canvass"), ..plain_shell(self.site, Words::of("en"), &heading) }
        };
        let view = Ended {
            shell: self.shell(shell),
            heading,
            body: page_block(&text),
            link: Some(link(self.base.clone(), "All pages of the preview")),
            contact: None,
        };
        Ok(self.renderer.render("respond/ended", &view)?)
    }

    /// A page by itself, in a language.
    fn look(&self, survey: &Survey, what: &str, language: Option<&str>) -> Result<Reply, Problem> {
        let survey = language.map_or_else(|| survey.clone(), |tag| in_language(survey, tag));
        if what == "start" {
            return Ok(Reply::page(self.start(&survey, language)?));
        }
        let what = what.strip_prefix("page-").ok_or_else(Problem::not_found)?;
        let page = survey.page(what).ok_or_else(Problem::not_found)?;
        if page.end.is_some() {
            return Ok(Reply::page(self.ended(&survey, Some(page))?));
        }
        let draft = draft(language);
        let at = Screen { page: what.to_string(), part: 1 };
        let shown = self.questions(alone(&survey, what), (&draft, &at), (None, None), ("stay", ""), language)?;
        Ok(Reply::page(shown.ok_or_else(Problem::not_found)?))
    }

    /// The next page on the way by the rules, after what was posted on one.
    fn walk(&self, survey: &Survey, asked: &Walked, posted: Vec<(String, String)>) -> Result<Reply, Problem> {
        let language = asked.language.as_deref();
        let survey = language.map_or_else(|| survey.clone(), |tag| in_language(survey, tag));
        let PagePost { post: Post { fields, making: so_far, .. }, then, .. } = PagePost::read(posted);
        let today = Moment::now().date();
        let mut draft = if so_far.is_empty() { draft(language) } else { Draft::from_text(&survey, &so_far, today) };
        let next = match asked.at() {
            None => draft.next(&survey),
            // A button that does not continue, as for one entry more.
            Some(at) if !then.is_empty() => {
                draft.keep(&survey, &at, fields);
                let kept = draft.to_text();
                let (way, more) = (("walk", kept.as_str()), then.strip_prefix("more."));
                let shown = self.questions(survey, (&draft, &at), (None, more), way, language)?;
                return Ok(Reply::page(shown.ok_or_else(Problem::not_found)?));
            }
            Some(at) => {
                let faults = draft.save(&survey, &at, fields.clone());
                if !faults.is_empty() {
                    let kept = draft.to_text();
                    let refused = Some((&fields, faults.as_slice()));
                    let shown = self.questions(survey, (&draft, &at), (refused, None), ("walk", &kept), language)?;
                    let page = shown.ok_or_else(Problem::not_found)?;
                    return Ok(Reply::unprocessable(page));
                }
                draft.after(&survey, &at)
            }
        };
        let kept = draft.to_text();
        let page = match next {
            Next::Page(at) => self.questions(survey, (&draft, &at), (None, None), ("walk", &kept), language)?,
            Next::End(id) => Some(self.ended(&survey, survey.page(&id))?),
            _ => Some(self.ended(&survey, None)?),
        };
        Ok(Reply::page(page.ok_or_else(Problem::not_found)?))
    }

    /// A page by itself again, with what is wrong with what was typed.
    fn judge(&self, survey: &Survey, asked: &Walked, posted: Vec<(String, String)>) -> Result<Reply, Problem> {
        let language = asked.language.as_deref();
        let survey = language.map_or_else(|| survey.clone(), |tag| in_language(survey, tag));
        let at = asked.at().ok_or_else(Problem::not_found)?;
        let fields = PagePost::read(posted).post.fields;
        let alone = alone(&survey, &at.page);
        let mut draft = draft(language);
        let faults = draft.save(&alone, &at, fields.clone());
        let next = survey.pages.iter().skip_while(|page| page.id != at.page).nth(1);
        match (faults.as_slice(), next) {
            ([], Some(next)) => Ok(Reply::To(format!("{}/page-{}{}", self.base, next.id, Self::asked(language)))),
            ([], None) => Ok(Reply::To(self.base.clone())),
            (faults, _) => {
                let shown =
                    self.questions(alone, (&draft, &at), (Some((&fields, faults)), None), ("stay", ""), language)?;
                Ok(Reply::unprocessable(shown.ok_or_else(Problem::not_found)?))
            }
        }
    }
}

/// Where on the way somebody is.
#[derive(Deserialize)]
pub(in crate::web) struct Walked {
    language: Option<String>,
    at: Option<String>,
}

impl Walked {
    fn at(&self) -> Option<Screen> {
        let (page, part) = self.at.as_deref()?.rsplit_once('.')?;
        Some(Screen { page: page.to_string(), part: part.parse().ok()? })
    }
}

/// One page, for staff: the start page or one of questions.
pub(in crate::web) async fn stay(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    _staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let (id, what) = path.into_inner();
        let survey = surveyed(&service::open(&library, &id)?).ok_or_else(Problem::not_found)?;
        Window::of_staff(&id, &site, &renderer).look(&survey, &what, asked.language.as_deref())
    })
    .await
}

/// What was posted on a page, for staff.
pub(in crate::web) async fn go(
    path: Path<(String, String)>,
    asked: Query<Walked>,
    _staff: Staff,
    posted: Posted,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let (id, what) = path.into_inner();
        let survey = surveyed(&service::open(&library, &id)?).ok_or_else(Problem::not_found)?;
        Window::of_staff(&id, &site, &renderer).post(&survey, &what, &asked, posted.into_inner())
    })
    .await
}

impl<'a> Window<'a> {
    fn of_staff(id: &str, site: &'a Site, renderer: &'a Renderer) -> Self {
        Self { base: format!("/staff/surveys/{id}/design/preview"), site, renderer }
    }

    fn of_link(token: &str, site: &'a Site, renderer: &'a Renderer) -> Self {
        Self { base: format!("/preview/{token}"), site, renderer }
    }

    fn post(
        &self,
        survey: &Survey,
        what: &str,
        asked: &Walked,
        posted: Vec<(String, String)>,
    ) -> Result<Reply, Problem> {
        match what {
            "walk" => self.walk(survey, asked, posted),
            "stay" => self.judge(survey, asked, posted),
            // The script keeps what is typed on pages of respondents, and of this nothing.
            "keep" => Ok(Reply::Page(StatusCode::NO_CONTENT, String::new())),
            _ => Err(Problem::not_found()),
        }
    }
}

fn by_link(library: &Library, token: &str) -> Result<Working, Problem> {
    let token = Token::read(token).ok_or_else(Problem::not_found)?;
    Ok(service::shared(library, &token, Moment::now())?)
}

/// Nobody is to find it who was not given the link.
fn unlisted(mut response: HttpResponse) -> HttpResponse {
    let value = HeaderValue::from_static("noindex, nofollow");
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), value);
    response
}

/// The pages of a preview, for whoever was given its link.
pub(in crate::web) async fn shared(
    token: Path<String>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let page = made(move || {
        let survey = surveyed(&by_link(&library, &token)?);
        let heading = survey.as_ref().map_or_else(|| "Preview".to_string(), |survey| plain(&survey.title));
        let view = view::Preview {
            shell: Shell { notice: Some(NOTICE.to_string()), ..plain_shell(&site, Words::of("en"), &heading) },
            heading,
            languages: survey.map(|survey| listed(&survey, &format!("/preview/{token}"))).unwrap_or_default(),
            made: None,
            links: Vec::new(),
            days: Vec::new(),
            action: None,
            csrf: String::new(),
        };
        Ok(Reply::page(renderer.render("staff/design_preview", &view)?))
    });
    Ok(unlisted(page.await?))
}

/// One page of it.
pub(in crate::web) async fn shared_page(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let page = made(move || {
        let (token, what) = path.into_inner();
        let survey = surveyed(&by_link(&library, &token)?).ok_or_else(Problem::not_found)?;
        Window::of_link(&token, &site, &renderer).look(&survey, &what, asked.language.as_deref())
    });
    Ok(unlisted(page.await?))
}

/// What was posted on one.
pub(in crate::web) async fn shared_go(
    path: Path<(String, String)>,
    asked: Query<Walked>,
    posted: Posted,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let page = made(move || {
        let (token, what) = path.into_inner();
        let survey = surveyed(&by_link(&library, &token)?).ok_or_else(Problem::not_found)?;
        Window::of_link(&token, &site, &renderer).post(&survey, &what, &asked, posted.into_inner())
    });
    Ok(unlisted(page.await?))
}
