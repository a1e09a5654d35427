//! Before a working definition is published: what changes, in words, and who may; and closing what is published.

use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;

use super::{Desk, Reply, link, made};
use crate::analysis::findings::thousands;
use crate::definition;
use crate::definition::diff::Class;
use crate::document::Pointer;
use crate::render::Renderer;
use crate::render::design as view;
use crate::service::design::{self as service, Prospect};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::Right;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::session::Staff;
use crate::web::upload::field;

/// What was just done.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    done: Option<String>,
}

pub(in crate::web) async fn page(
    id: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    made(move || {
        let prospect = service::prospect(&library, &id, &staff.account.who)?;
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let done = match (asked.done.as_deref(), &prospect.now) {
            (Some("published"), Some((version, ..))) => {
                Some(format!("Version {version} is published. People answer at {}/s/{id}", site.address))
            }
            (Some("closed"), Some(_)) => Some("The consultation is closed.".to_string()),
            _ => None,
        };
        Ok(Reply::page(publish_page(&desk, &renderer, &prospect, done, None)?))
    })
    .await
}

fn publish_page(
    desk: &Desk<'_>,
    renderer: &Renderer,
    prospect: &Prospect,
    done: Option<String>,
    fault: Option<String>,
) -> Result<String, Problem> {
    let working = &prospect.working;
    let rests = |begun: u64, sent: u64| format!("{} were sent, {} are in progress.", thousands(sent), thousands(begun));
    let says = match &prospect.now {
        None => vec!["Nothing is published yet. Once you publish it, people can answer.".to_string()],
        Some((version, is_open, begun, sent)) => {
            let stands = if *is_open { "open" } else { "closed" };
            vec![format!("Version {version} is published and {stands}. Of its answers {}", rests(*begun, *sent))]
        }
    };
    let diff = prospect.diff.as_ref();
    let classes = [(Class::Wording, "Wording"), (Class::Additive, "Additive"), (Class::Breaking, "Breaking")];
    let changes = classes.map(|(class, name)| {
        let of: Option<Vec<String>> =
            diff.map(|diff| diff.of(class).map(|change| format!("{}: {}", change.what, change.text)).collect());
        (name, of.unwrap_or_default())
    });
    let consequences = diff.map(|diff| std::iter::once(diff.consequence()).chain(diff.warnings.clone()).collect());
    let rests_on_it = prospect.now.as_ref().is_some_and(|(_, is_open, begun, sent)| *is_open && begun + sent > 0);
    let root = crate::document::parse(&working.text).ok();
    let findings = definition::parse(&working.text).findings;
    let is_open = prospect.now.as_ref().is_some_and(|(_, is_open, ..)| *is_open);
    let next = prospect.now.as_ref().map_or_else(|| "Publish".to_string(), |_| "Publish these changes".to_string());
    let heading = "Publish";
    let view = view::Publish {
        shell: desk.shell(heading, desk.address("")),
        heading: heading.to_string(),
        done,
        errors: fault.map(|why| link("#maincontent".to_string(), &why)).into_iter().collect(),
        says,
        changes: changes.into_iter().filter(|(_, changes)| !changes.is_empty()).collect(),
        consequences: consequences.unwrap_or_default(),
        findings: findings
            .iter()
            .map(|found| {
                desk.finding(found, root.as_ref().map(|root| Pointer::to(root, found.place)).as_ref(), root.as_ref())
            })
            .collect(),
        is_breaking: rests_on_it && diff.is_some_and(|diff| !diff.keeps_answers()),
        button: prospect.hindrances.is_empty().then_some(next),
        hindrances: prospect.hindrances.clone(),
        second_person: working.second_person,
        is_owner: desk.may(Right::Roles),
        close: is_open.then(|| desk.address("publish")),
        revision: working.revision,
        action: desk.address("publish"),
        csrf: desk.csrf(),
    };
    Ok(renderer.render("staff/design_publish", &view)?)
}

pub(in crate::web) async fn act(
    id: Path<String>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    made(move || {
        let given = |name: &str| field(&posted, name);
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let (now, by, is) = (Moment::now(), &staff.account.who, |name: &str| given(name) == "yes");
        let revision = given("revision").parse().unwrap_or_default();
        let done = match given("deed") {
            "publish" => service::publish(&library, &id, revision, is("new-wave"), by, now).map(|_| "?done=published"),
            "second" if !desk.may(Right::Roles) => return Err(Problem::not_your_role()),
            "second" => service::set_second_person(&library, &id, is("second"), by, now).map(|()| ""),
            "close" if is("sure") => service::close(&library, &id, by, now).map(|()| "?done=closed"),
            "close" => Err(ServiceError::Refused("Tick that you are sure: what is closed stays closed".to_string())),
            _ => Err(ServiceError::UnknownPage),
        };
        match done {
            Ok(query) => Ok(Reply::To(format!("{}{query}", desk.address("publish")))),
            Err(error) => {
                let Some(why) = error.told() else { return Err(error.into()) };
                let prospect = service::prospect(&library, &id, by)?;
                Ok(Reply::unprocessable(publish_page(&desk, &renderer, &prospect, None, Some(why))?))
            }
        }
    })
    .await
}
