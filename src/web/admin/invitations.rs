//! Staff invite people by mail: the list of them, and how the sending goes.

use actix_web::web::{Data, Path, Payload, Query, block};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Deserialize;

use super::staff_shell;
use crate::analysis::findings::thousands;
use crate::render::Renderer;
use crate::render::chart::bar;
use crate::render::invitations::{Invitations, LetterLink, Preview, Sending, Trouble};
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::staff::Figure;
use crate::service::account::Who;
use crate::service::invite::{self, Shut, Standing};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::staff::email::Email;
use crate::staff::letter::Kind;
use crate::staff::outbox::State;
use crate::staff::people;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::Upload;
use crate::web::views::language_name;

/// Rows that the preview shows of those that are left out, and of those that are not.
const SHOWN_FAULTS: usize = 100;
const SHOWN_PEOPLE: usize = 10;
/// Addresses of which a page tells that there are more.
const SHOWN_ADDRESSES: usize = 200;

/// What was done, as the address after it says, and what the page says of it.
const DONE: [(&str, &str); 8] = [
    ("added", "The people are on the list. Nothing has been sent to them yet."),
    ("sent", "The invitations are queued and go out one after the other."),
    ("reminded", "The reminders are queued. When the turn of somebody comes who has answered, nothing is sent."),
    ("paused", "Nothing more is sent for now."),
    ("going-on", "The sending goes on."),
    ("settled", "They count as sent."),
    ("stopped", "No more emails go to this address."),
    ("deleted", "The list is deleted."),
];

/// What is asked of a page besides.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    done: Option<String>,
}

/// What was typed and is wrong, by the field that it is wrong with.
#[derive(Default)]
struct Fault {
    field: &'static str,
    why: String,
    typed: String,
}

pub(in crate::web) async fn page(
    survey: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let done = DONE.iter().find(|(word, _)| asked.done.as_deref() == Some(word)).map(|(_, says)| *says);
    Ok(html(overview(&survey, &staff, &library, &renderer, &site, (done, Fault::default())).await?))
}

pub(in crate::web) async fn act(
    survey: Path<String>,
    staff: Staff,
    request: HttpRequest,
    body: Payload,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let given = Upload::read(&request, body).await?;
    staff.guard(&given.fields)?;
    let deed = given.typed("deed").to_string();
    if deed == "look" {
        return look(&survey, &staff, given, library, &renderer, &site).await;
    }
    let (shelf, id, by) = (Data::clone(&library), survey.clone(), staff.account.who.clone());
    let typed = given.typed("stop").to_string();
    let done = block(move || do_it(&shelf, &id, &given, &by)).await?;
    let fault = match done {
        Ok(word) => return Ok(see_other(&format!("{}?done={word}", address(&survey)))),
        Err(ServiceError::Refused(why)) => Fault { field: at_fault(&deed), why, typed },
        Err(other) => return Err(other.into()),
    };
    let page = overview(&survey, &staff, &library, &renderer, &site, (None, fault)).await?;
    Ok(unprocessable(page))
}

/// Where a page says what is wrong with a deed.
fn at_fault(deed: &str) -> &'static str {
    match deed {
        "stop" => "stop",
        "delete" => "sure",
        "add" => "file",
        _ => "maincontent",
    }
}

/// Does what a form asks for; gives the word for what was done.
fn do_it(library: &Library, id: &str, given: &Upload, by: &Who) -> Result<&'static str, ServiceError> {
    let now = Moment::now();
    let refused = |why: &str| ServiceError::Refused(why.to_string());
    match given.typed("deed") {
        "add" => {
            let survey = library.current(id, None)?.survey;
            // It was looked at, and may have been changed since by who posts it: it is read as if it were new.
            let read = people::read_file(given.typed("rows").as_bytes(), &invite::languages(&survey));
            let read = read.map_err(|refusal| refused(&refusal.message))?;
            invite::add(library, id, &read.people, by, now).map(|_| "added")
        }
        "send" => invite::invite(library, id, by, now).map(|_| "sent"),
        "remind" => invite::remind(library, id, by, now).map(|()| "reminded"),
        "pause" => invite::pause(library, id, true, by, now).map(|()| "paused"),
        "go-on" => invite::pause(library, id, false, by, now).map(|()| "going-on"),
        "again" => {
            let state = State::of_word(given.typed("state")).ok_or(ServiceError::UnknownPage)?;
            invite::again(library, id, state, by, now).map(|_| "going-on")
        }
        "settle" => invite::settle(library, id, by, now).map(|_| "settled"),
        "stop" => {
            let email = Email::read(given.typed("stop"));
            let email =
                email.ok_or_else(|| refused("Enter an address in the correct format, like name@example.org"))?;
            let is_known = invite::stop_address(library, id, &email, by, now)?;
            is_known.then_some("stopped").ok_or_else(|| refused("Nobody on the list has this address"))
        }
        "delete" if given.typed("sure") != "yes" => Err(refused("Tick the box if you want to delete the list")),
        "delete" => invite::delete_list(library, id, by, now).map(|_| "deleted"),
        _ => Err(ServiceError::UnknownPage),
    }
}

/// Shows what a list would change, and stores nothing.
async fn look(
    survey: &str,
    staff: &Staff,
    given: Upload,
    library: Data<Library>,
    renderer: &Renderer,
    site: &Site,
) -> Result<HttpResponse, Problem> {
    let pasted = given.typed("pasted").to_string();
    let (shelf, id) = (Data::clone(&library), survey.to_string());
    let read = block(move || {
        let bytes = given.file("file").unwrap_or_else(|| given.typed("pasted").as_bytes());
        if bytes.trim_ascii().is_empty() {
            let why = "Choose a file, or paste a list".to_string();
            return Err(ServiceError::Refused(why));
        }
        let definition = shelf.current(&id, None)?.survey;
        let read = people::read_file(bytes, &invite::languages(&definition));
        let read = read.map_err(|refusal| {
            ServiceError::Refused(sentence(&format!("the list cannot be read: {}", refusal.message)))
        })?;
        let preview = invite::preview(&shelf, &id, &read)?;
        let rows = people::write(&preview.new);
        Ok((read, preview, rows))
    });
    let (read, preview, rows) = match read.await? {
        Ok(found) => found,
        Err(ServiceError::Refused(why)) => {
            let fault = Fault { field: "file", why, typed: pasted };
            return Ok(unprocessable(overview(survey, staff, &library, renderer, site, (None, fault)).await?));
        }
        Err(other) => return Err(other.into()),
    };
    let heading = "Look at the list";
    let new = preview.new.len();
    let numbers = [
        ("New", new),
        ("On the list already", preview.known),
        ("On the list, and get no more emails", preview.stopped),
        ("Twice in this table", read.again.len()),
        ("Rows with mistakes", read.faults.len()),
    ];
    let count = |n: usize| thousands(u64::try_from(n).unwrap_or(u64::MAX));
    let more = read.faults.len().saturating_sub(SHOWN_FAULTS);
    let faults = read.faults.into_iter().take(SHOWN_FAULTS);
    let view = Preview {
        shell: Shell { back: Some(address(survey)), ..staff_shell(site, staff, heading) },
        heading: heading.to_string(),
        facts: numbers.map(|(name, n)| Figure { name: name.to_string(), figure: count(n) }).to_vec(),
        ignored: (!read.ignored.is_empty())
            .then(|| format!("These columns are not read: {}.", read.ignored.join(", "))),
        faults: faults.map(|(row, why)| (row.to_string(), sentence(&why))).collect(),
        more: (more > 0).then(|| format!("{} more rows have mistakes.", count(more))),
        first: preview
            .new
            .iter()
            .take(SHOWN_PEOPLE)
            .map(|one| [one.address.clone(), one.name.clone(), one.language.clone()])
            .collect(),
        button: (new > 0).then(|| format!("Put {} on the list", people_in_words(new as u64))),
        rows,
        action: address(survey),
        csrf: staff.session.form_guard(),
    };
    Ok(html(renderer.render("staff/preview", &view)?))
}

async fn overview(
    survey: &str,
    staff: &Staff,
    library: &Data<Library>,
    renderer: &Renderer,
    site: &Site,
    (done, fault): (Option<&'static str>, Fault),
) -> Result<String, Problem> {
    let (shelf, id) = (Data::clone(library), survey.to_string());
    let standing = block(move || invite::standing(&shelf, &id, Moment::now())).await??;
    let heading = format!("Invitations: {}", plain(&standing.survey.title));
    let figure = |name: &str, n: u64| Figure { name: name.to_string(), figure: thousands(n) };
    let error = |field: &str| (fault.field == field && !fault.why.is_empty()).then(|| fault.why.clone());
    let typed = |field: &str| if fault.field == field { fault.typed.clone() } else { String::new() };
    let mut facts = vec![
        figure("People on the list", standing.people),
        figure("Of these, get no more emails", standing.stopped),
        figure("Without an invitation", standing.uninvited),
        figure("Invitations sent", standing.invitations.of(State::Sent)),
        figure("Answers sent", standing.answered),
    ];
    if standing.reminders.all() > 0 {
        facts.push(figure("Reminders whose turn has come", standing.reminders.of(State::Sent)));
    }
    let languages = invite::languages(&standing.survey);
    let letters = Kind::ALL.into_iter().flat_map(|kind| {
        let named = match kind {
            Kind::Invitation => "The invitation",
            Kind::Reminder => "The reminder",
        };
        let language = |tag: &str| (languages.len() > 1).then(|| [tag.to_string(), language_name(tag).to_string()]);
        let letter = |tag: &&str| LetterLink {
            href: format!("{}/{}?lang={tag}", address(survey), kind.as_str()),
            text: named,
            language: language(tag),
        };
        languages.iter().map(letter).collect::<Vec<_>>()
    });
    let can_add = !matches!(standing.closed, Some(Shut::OtherMode | Shut::Closed));
    let view = Invitations {
        shell: Shell { back: Some(format!("/staff/surveys/{survey}")), ..staff_shell(site, staff, &heading) },
        heading,
        errors: (!fault.why.is_empty())
            .then(|| Link { href: format!("#{}", fault.field), text: fault.why.clone() })
            .into_iter()
            .collect(),
        done,
        notices: notices(&standing, site),
        facts,
        sending: sending(&standing),
        troubles: troubles(&standing),
        can_add,
        pasted: typed("file"),
        list_error: error("file"),
        letters: letters.collect(),
        send: (standing.uninvited > 0).then(|| format!("Send invitations to {}", people_in_words(standing.uninvited))),
        remind: standing.no_reminder.is_none().then(|| {
            format!(
                "{} were sent, and {} have come. Reminders go to those whose answers are missing.",
                sentence(&number(standing.invitations.of(State::Sent), "invitation")),
                number(standing.answered, "answer")
            )
        }),
        no_reminder: standing.no_reminder.clone(),
        stop_typed: typed("stop"),
        stop_error: error("stop"),
        has_list: standing.people > 0,
        delete_error: error("sure"),
        action: address(survey),
        csrf: staff.session.form_guard(),
    };
    Ok(renderer.render("staff/invitations", &view)?)
}

/// What is to be told of at once.
fn notices(standing: &Standing, site: &Site) -> Vec<String> {
    let survey = &standing.survey;
    let waiting = standing.invitations.open() + standing.reminders.open();
    let mut notices = Vec::new();
    match standing.closed {
        Some(Shut::OtherMode) => notices.push(format!(
            "This consultation takes answers from {}. People are invited by mail only where the definition says \"access\": \
             {{\"mode\": \"invitation\"}}.",
            survey.access.in_words()
        )),
        Some(Shut::Closed) => notices.push("The consultation is closed: nobody is mailed any more.".to_string()),
        Some(Shut::NotOpenYet) => {
            notices.push("The consultation has not opened yet: what you send waits until it does.".to_string());
        }
        None => {}
    }
    if site.mailer().is_none() {
        notices.push(
            "No mail server is named, so nothing is sent: start the service with --smtp-url and --mail-from."
                .to_string(),
        );
    }
    if let Some((since, reason, next)) = &standing.failing {
        notices.push(format!(
            "No email could be sent since {}: {reason}. {} and {} tried again at {}.",
            in_words(since),
            match waiting {
                1 => "1 email waits".to_string(),
                n => format!("{} emails wait", thousands(n)),
            },
            if waiting == 1 { "is" } else { "are" },
            in_words(next)
        ));
    }
    if let Some(Some(why)) = &standing.paused {
        notices.push(format!("The sending was paused: {why}. Ask who looks after the mail server before it goes on."));
    }
    let (k, mailed) = (u64::from(survey.privacy.min_cell), standing.people - standing.stopped.min(standing.people));
    if standing.people > 0 && mailed < k {
        notices.push(format!(
            "Only {} on the list, and below {k} nothing is reported of a group: with so few, who reads the answers can guess \
             who gave them. Invite more people, or tell these before they answer.",
            if mailed == 1 { "1 person is".to_string() } else { format!("{mailed} people are") }
        ));
    }
    notices
}

fn sending(standing: &Standing) -> Option<Sending> {
    let all = standing.invitations.all() + standing.reminders.all();
    let open = standing.invitations.open() + standing.reminders.open();
    let (done, is_paused) = (all - open, standing.paused.is_some());
    (all > 0).then(|| Sending {
        says: format!("{} of {} emails have had their turn", thousands(done), thousands(all)),
        bar: bar(done as f64 / all as f64),
        deed: match (is_paused, open) {
            (true, _) => Some(("go-on", "Go on with the sending")),
            (false, 0) => None,
            (false, _) if standing.failing.is_some() => Some(("go-on", "Try again now")),
            (false, _) => Some(("pause", "Pause the sending")),
        },
    })
}

fn troubles(standing: &Standing) -> Vec<Trouble> {
    let trouble = |state: State, heading: &str, says, addresses: &[(String, Option<String>)], deeds: &[_]| {
        let n = standing.invitations.of(state) + standing.reminders.of(state);
        (n > 0).then(|| Trouble {
            state: state.as_str(),
            heading: format!("{heading}: {}", thousands(n)),
            says,
            addresses: addresses
                .iter()
                .take(SHOWN_ADDRESSES)
                .map(|(address, why)| (address.clone(), why.clone().unwrap_or_default()))
                .collect(),
            deeds: deeds.to_vec(),
        })
    };
    let again = ("again", "Send them again");
    [
        trouble(
            State::Unsure,
            "May have been sent",
            "The mail server was given these and did not answer, or the program ended while it sent them. They are not sent \
             again by themselves; sent again, mail programs can tell that they are the same.",
            &standing.unsure,
            &[again, ("settle", "Leave them as sent")],
        ),
        trouble(
            State::Failed,
            "Could not be sent",
            "The mail server did not take these. Addresses are shown of invitations only: that a reminder failed would tell \
             that somebody had not answered.",
            &standing.failed,
            &[again],
        ),
        trouble(
            State::Bounced,
            "No such address",
            "The mail server says that these addresses do not exist, and they get no more emails.",
            &standing.bounced,
            &[("again", "Mail them again all the same")],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn address(survey: &str) -> String {
    format!("/staff/surveys/{survey}/invitations")
}

pub(super) fn unprocessable(page: String) -> HttpResponse {
    HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page)
}

/// `2026-11-24T10:12:00Z` as people read it.
fn in_words(instant: &str) -> String {
    let (day, time) = instant.split_once('T').unwrap_or((instant, ""));
    format!("{} UTC on {day}", time.get(..5).unwrap_or(time))
}

fn people_in_words(n: u64) -> String {
    if n == 1 { "1 person".to_string() } else { format!("{} people", thousands(n)) }
}

fn number(n: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
