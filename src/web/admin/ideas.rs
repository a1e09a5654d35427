//! Staff look after an idea wall: what waits, what is shown, hidden or put together, each with what can be done.

use std::iter;

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::staff_shell;
use crate::render::Renderer;
use crate::render::item::SelectOption;
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::staff::{Idea, Ideas};
use crate::service::time::Moment;
use crate::service::wall::moderate::{self, Action, CommentOn, Moderated, State, Wall};
use crate::service::{Library, ServiceError};
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::field;

/// Ideas on one page.
const PAGE: usize = 50;
/// Most ideas to choose from when one is put together with another.
const TARGETS: usize = 300;

/// What to look at.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    state: Option<String>,
    from: Option<usize>,
}

pub(in crate::web) async fn page(
    path: Path<(String, String)>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, item) = path.into_inner();
    let (id, wall_id) = (survey.clone(), item.clone());
    let wall = block(move || moderate::wall(&library, &id, &wall_id, Moment::now())).await??;
    let view = view(&site, &staff, &survey, &wall, &asked, None);
    Ok(html(renderer.render("staff/ideas", &view)?))
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
    let (survey, item) = path.into_inner();
    staff.guard(&posted)?;
    let action = match field(&posted, "action") {
        "show" => Action::Show,
        "hide" => Action::Hide(field(&posted, "reason").to_string()),
        "merge" => Action::Merge(field(&posted, "into").to_string()),
        _ => return Err(Problem::not_found()),
    };
    let subject = field(&posted, "subject").to_string();
    let (id, wall_id, of, to) = (survey.clone(), item.clone(), subject.clone(), action.clone());
    let shelf = Data::clone(&library);
    let acting = Data::clone(&library);
    match block(move || moderate::act(&acting, &id, &wall_id, &of, &to, Moment::now())).await? {
        Ok(()) => {
            let done = format!("{} {item} {subject}", field(&posted, "action"));
            super::write_down(&staff, Act::Moderated, &survey, &done, &shelf).await?;
            Ok(see_other(&here(&survey, &item, &asked)))
        }
        Err(ServiceError::Refused(why)) => {
            let (id, wall_id) = (survey.clone(), item.clone());
            let wall = block(move || moderate::wall(&library, &id, &wall_id, Moment::now())).await??;
            let of_reason = matches!(action, Action::Hide(_));
            let reason = if let Action::Hide(reason) = action { reason } else { String::new() };
            let fault = Fault { subject, why, reason, of_reason };
            let view = view(&site, &staff, &survey, &wall, &asked, Some(&fault));
            Ok(HttpResponse::UnprocessableEntity()
                .content_type("text/html; charset=utf-8")
                .body(renderer.render("staff/ideas", &view)?))
        }
        Err(other) => Err(other.into()),
    }
}

/// What could not be done.
struct Fault {
    subject: String,
    why: String,
    reason: String,
    /// True if the reason is what is wrong.
    of_reason: bool,
}

fn here(survey: &str, item: &str, asked: &Asked) -> String {
    let state = asked.state.as_deref().filter(|state| TABS.iter().any(|(known, _)| known == state));
    format!(
        "/staff/surveys/{survey}/ideas/{item}?state={}&from={}",
        state.unwrap_or("waiting"),
        asked.from.unwrap_or(0)
    )
}

/// What can be looked at, with its name.
const TABS: [(&str, &str); 5] = [
    ("waiting", "To look at"),
    ("shown", "Shown"),
    ("hidden", "Hidden"),
    ("merged", "Put together"),
    ("comments", "Comments"),
];

fn is_under(tab: &str, state: State, reviewed: bool) -> bool {
    match tab {
        "waiting" => !reviewed,
        "comments" => true,
        tab => state.as_str() == tab,
    }
}

fn view(site: &Site, staff: &Staff, survey: &str, wall: &Wall, asked: &Asked, fault: Option<&Fault>) -> Ideas {
    let tab = TABS.iter().find(|(tab, _)| asked.state.as_deref() == Some(tab)).map_or("waiting", |(tab, _)| tab);
    let from = asked.from.unwrap_or(0);
    let base = format!("/staff/surveys/{survey}/ideas/{}", wall.item);
    let of_ideas = wall.ideas.iter().filter(|idea| tab != "comments" && is_under(tab, idea.state, idea.reviewed));
    let of_comments = wall.comments.iter().filter(|comment| match tab {
        "waiting" => !comment.reviewed,
        tab => tab == "comments",
    });
    let all: Vec<Idea> =
        of_ideas.map(|found| idea(wall, found, fault)).chain(of_comments.map(|found| comment(found, fault))).collect();
    let count = |tab: &str| {
        let ideas = wall.ideas.iter().filter(|idea| tab != "comments" && is_under(tab, idea.state, idea.reviewed));
        let comments = wall.comments.iter().filter(|comment| match tab {
            "waiting" => !comment.reviewed,
            tab => tab == "comments",
        });
        ideas.count() + comments.count()
    };
    let heading = plain(&wall.question);
    let total = all.len();
    let page =
        |from: usize, text: &str| Link { href: format!("{base}?state={tab}&from={from}"), text: text.to_string() };
    Ideas {
        shell: Shell { back: Some(format!("/staff/surveys/{survey}")), ..staff_shell(site, staff, &heading) },
        heading,
        errors: fault
            .iter()
            .map(|fault| Link {
                href: format!("#{}{}", fault.subject, if fault.of_reason { "-reason" } else { "-into" }),
                text: sentence(&fault.why),
            })
            .collect(),
        tabs: TABS
            .iter()
            .map(|(id, name)| (format!("{base}?state={id}"), format!("{name} ({})", count(id)), *id == tab))
            .collect(),
        ideas: all.into_iter().skip(from).take(PAGE).collect(),
        earlier: (from > 0).then(|| page(from.saturating_sub(PAGE), "The ones before")),
        later: (from + PAGE < total).then(|| page(from + PAGE, "The next ones")),
        action: here(survey, &wall.item, asked),
        csrf: staff.session.form_guard(),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn idea(wall: &Wall, idea: &Moderated, fault: Option<&Fault>) -> Idea {
    let option = |(id, text): &(String, String)| SelectOption {
        code: id.clone(),
        text: text.chars().take(90).collect(),
        selected: false,
    };
    let others = wall.targets.iter().filter(|(id, _)| *id != idea.id && !idea.like.iter().any(|(like, _)| like == id));
    let first = SelectOption { code: String::new(), text: "Choose an idea".to_string(), selected: true };
    let targets: Vec<SelectOption> = idea.like.iter().map(option).chain(others.map(option)).take(TARGETS).collect();
    let can_merge = idea.state != State::Hidden && !targets.is_empty();
    let tally = &idea.tally;
    let told = fault.filter(|fault| fault.subject == idea.id);
    Idea {
        id: idea.id.clone(),
        lang: idea.language.clone(),
        text: idea.text.clone(),
        about: None,
        stands: stands(idea.state, idea.reviewed, idea.reason.as_deref(), idea.merged_into.as_deref()),
        votes: Some(format!("{} agree, {} disagree, {} pass", tally.agree, tally.disagree, tally.pass)),
        given_on: idea.given_on.clone(),
        like: idea.like.iter().map(|(_, text)| text.clone()).collect(),
        targets: if can_merge { iter::once(first).chain(targets).collect() } else { Vec::new() },
        show: show(idea.state, idea.reviewed),
        can_hide: idea.state != State::Hidden,
        reason: told.map(|fault| fault.reason.clone()).unwrap_or_default(),
        reason_error: told.filter(|fault| fault.of_reason).map(|fault| sentence(&fault.why)),
        error: told.filter(|fault| !fault.of_reason).map(|fault| sentence(&fault.why)),
    }
}

fn comment(comment: &CommentOn, fault: Option<&Fault>) -> Idea {
    let told = fault.filter(|fault| fault.subject == comment.id);
    Idea {
        id: comment.id.clone(),
        lang: comment.language.clone(),
        text: comment.text.clone(),
        about: Some(comment.about.clone()),
        stands: stands(comment.state, comment.reviewed, comment.reason.as_deref(), None),
        votes: None,
        given_on: comment.given_on.clone(),
        like: Vec::new(),
        targets: Vec::new(),
        show: show(comment.state, comment.reviewed),
        can_hide: comment.state != State::Hidden,
        reason: told.map(|fault| fault.reason.clone()).unwrap_or_default(),
        reason_error: told.filter(|fault| fault.of_reason).map(|fault| sentence(&fault.why)),
        error: told.filter(|fault| !fault.of_reason).map(|fault| sentence(&fault.why)),
    }
}

/// What the button says that lets others see it.
fn show(state: State, reviewed: bool) -> Option<&'static str> {
    match (state, reviewed) {
        (State::Shown, true) => None,
        (State::Shown, false) => Some("Leave it shown"),
        (State::Merged, _) => Some("Take it out again"),
        _ => Some("Show"),
    }
}

fn stands(state: State, reviewed: bool, reason: Option<&str>, merged_into: Option<&str>) -> String {
    match (state, reviewed) {
        (State::Waiting, _) => "Waits: nobody but its author sees it".to_string(),
        (State::Shown, false) => "Shown, and not looked at yet".to_string(),
        (State::Shown, true) => "Shown".to_string(),
        (State::Hidden, _) => format!("Hidden: {}", reason.unwrap_or_default()),
        (State::Merged, _) => format!("Put together with “{}”", merged_into.unwrap_or_default()),
        (State::Withdrawn, _) => "Taken back".to_string(),
    }
}
