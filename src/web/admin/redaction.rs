//! Staff look through answers before they are quoted: what the program would hide is marked in each, and they take it, leave
//! it, or hide other words. Whoever sees the report says how many people must have looked.

use actix_web::web::{Data, Form, Path, Query, block};
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::staff_shell;
use crate::analysis::coding::decision::AnswerKey;
use crate::analysis::findings::thousands;
use crate::analysis::redaction::{Hidden, Reason, Review, Rule, joined, places, suggested};
use crate::analysis::text::redact::Redactor;
use crate::render::Renderer;
use crate::render::item::SelectOption;
use crate::render::markdown::words as plain;
use crate::render::page::{Link, Shell};
use crate::render::redaction::{RedactionPage, Span, ToReview};
use crate::service::coding::Question;
use crate::service::coding::room::Room;
use crate::service::time::Moment;
use crate::service::{Library, ServiceError, redaction};
use crate::staff::Right;
use crate::staff::audit::Act;
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::info::{html, see_other};
use crate::web::session::Staff;
use crate::web::upload::field;

/// Answers on one page.
const PAGE: usize = 20;
/// Most characters of words to hide that are typed back.
const LONGEST: usize = 200;

/// Which of the answers can be looked at.
const TABS: [(&str, &str); 4] =
    [("todo", "To look through"), ("found", "With something found"), ("done", "Looked through"), ("all", "All")];

const RULES: [(Rule, &str, &str); 3] = [
    (
        Rule::Found,
        "Always; what the program finds is hidden where nobody looked",
        "Answers are quoted whether or not somebody looked them through.",
    ),
    (Rule::One, "Once one person has looked it through", "An answer is quoted once one person has looked it through."),
    (
        Rule::Two,
        "Once two people have, and say the same",
        "An answer is quoted once two people have looked it through and say the same.",
    ),
];

/// What to look at.
#[derive(Clone, Default, Deserialize)]
pub(in crate::web) struct Asked {
    item: Option<String>,
    tab: Option<String>,
    from: Option<usize>,
    /// One answer alone.
    answer: Option<String>,
    /// The answer that was looked through just now, or `rule`.
    done: Option<String>,
}

/// What was typed and could not be done.
struct Fault {
    answer: String,
    text: String,
    posted: Vec<(String, String)>,
}

/// The questions of a consultation whose answers can be quoted.
fn questions(library: &Library, survey: &str) -> Result<Vec<(String, String)>, Problem> {
    let published = library.current(survey, None)?;
    let themed = published.survey.answered_questions().filter(|question| question.item.scale().is_themed());
    Ok(themed.map(|question| (question.item.head.id.clone(), plain(&question.item.head.text))).collect())
}

pub(in crate::web) async fn page(
    survey: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let make = move || made(&library, &renderer, &site, &staff, (&survey, &asked), None);
    Ok(html(block(make).await??))
}

fn made(
    library: &Library,
    renderer: &Renderer,
    site: &Site,
    staff: &Staff,
    (survey, asked): (&str, &Asked),
    fault: Option<&Fault>,
) -> Result<String, Problem> {
    let known = questions(library, survey)?;
    let item = match &asked.item {
        Some(item) => known.iter().find(|(id, _)| id == item),
        None => known.first(),
    };
    let (item, _) = item.ok_or_else(Problem::not_found)?;
    let room = redaction::room(library, Question { survey, item })?;
    let view = view(site, staff, (survey, item, asked), &known, &room, fault);
    Ok(renderer.render("staff/redaction", &view)?)
}

fn address(survey: &str, item: &str, tab: &str, from: usize) -> String {
    let from = if from > 0 { format!("&from={from}") } else { String::new() };
    format!("/staff/surveys/{survey}/redaction?item={item}&tab={tab}{from}")
}

fn tab_of(asked: &Asked) -> &'static str {
    TABS.iter().find(|(tab, _)| asked.tab.as_deref() == Some(tab)).map_or("todo", |(tab, _)| tab)
}

fn view(
    site: &Site,
    staff: &Staff,
    (survey, item, asked): (&str, &str, &Asked),
    known: &[(String, String)],
    room: &Room,
    fault: Option<&Fault>,
) -> RedactionPage {
    let (by, rule, tab) = (staff.account.who.as_str(), room.quotes.rule(), tab_of(asked));
    let least = if rule == Rule::Two { 2 } else { 1 };
    let is_under = |tab: &str, key: &AnswerKey, review: Option<&Review>| match tab {
        "todo" => review.is_none_or(|review| review.by.len() < least && !review.by.iter().any(|one| one == by)),
        "found" => room.has_details(key),
        "done" => review.is_some(),
        _ => true,
    };
    let all: Vec<(&AnswerKey, &str, Option<&Review>)> =
        room.to_quote().into_iter().map(|(key, text)| (key, text, room.quotes.review(text))).collect();
    let count = |tab: &str| all.iter().filter(|(key, _, review)| is_under(tab, key, *review)).count();
    let is_listed = |key: &AnswerKey, text: &str, review: Option<&Review>| match &asked.answer {
        Some(answer) => room.written(&AnswerKey::read(answer)) == Some(text),
        None => is_under(tab, key, review),
    };
    let listed: Vec<_> = all.iter().filter(|(key, text, review)| is_listed(key, text, *review)).collect();
    let from = asked.from.unwrap_or(0).min(listed.len());
    let redactor = Redactor::new();
    let shown = listed.iter().skip(from).take(PAGE).enumerate();
    let texts: Vec<ToReview> = shown
        .map(|(place, (key, text, review))| {
            let fault = fault.filter(|fault| fault.answer == key.as_str());
            to_review((from + place + 1, key, text), *review, room.alike(text).len(), &redactor, fault)
        })
        .collect();
    let number = |n: usize| thousands(n as u64);
    let heading = "Personal details in answers".to_string();
    let may_rule = staff.account.may(survey, Right::Report);
    let link = |from: usize, text: &str| Link { href: address(survey, item, tab, from), text: text.to_string() };
    RedactionPage {
        shell: Shell { back: Some(format!("/staff/surveys/{survey}")), ..staff_shell(site, staff, &heading) },
        heading,
        errors: fault
            .iter()
            .map(|fault| Link { href: format!("#a-{}-add", fault.answer), text: fault.text.clone() })
            .collect(),
        done: asked.done.as_deref().map(|done| match done {
            "rule" => Link { href: String::new(), text: "The rule is set.".to_string() },
            answer => Link {
                href: format!("{}&answer={answer}", address(survey, item, tab, 0)),
                text: "It is kept that you looked the answer through.".to_string(),
            },
        }),
        rule: RULES.iter().find(|(known, ..)| *known == rule).map_or("", |(.., text)| text),
        rules: RULES
            .iter()
            .filter(|_| may_rule)
            .map(|(known, text, _)| (known.as_str(), *text, *known == rule))
            .collect(),
        questions: known.iter().map(|(id, text)| (address(survey, id, tab, 0), text.clone(), id == item)).collect(),
        tabs: TABS
            .iter()
            .map(|(id, text)| {
                let is_here = asked.answer.is_none() && *id == tab;
                (address(survey, item, id, 0), format!("{text} ({})", number(count(id))), is_here)
            })
            .collect(),
        range: if texts.is_empty() {
            "There is nothing here.".to_string()
        } else {
            let end = from + texts.len();
            format!("Answers {} to {} of {}.", number(from + 1), number(end), number(listed.len()))
        },
        texts,
        earlier: (from > 0).then(|| link(from.saturating_sub(PAGE), "The answers before")),
        later: (from + PAGE < listed.len()).then(|| link(from + PAGE, "The next answers")),
        action: address(survey, item, tab, from),
        csrf: staff.session.form_guard(),
    }
}

fn reasons(chosen: Reason) -> Vec<SelectOption> {
    let option = |reason: Reason| SelectOption {
        code: reason.label().to_string(),
        text: reason.label().to_string(),
        selected: reason == chosen,
    };
    Reason::all().map(option).collect()
}

fn id_of(one: &Hidden) -> String {
    format!("{}-{}", one.start, one.end)
}

fn to_review(
    (number, key, text): (usize, &AnswerKey, &str),
    review: Option<&Review>,
    alike: usize,
    redactor: &Redactor,
    fault: Option<&Fault>,
) -> ToReview {
    let found = suggested(redactor, text);
    let hidden = review.map_or_else(|| found.clone(), |review| review.hidden.clone());
    let of_found = redactor.find(text);
    let why = |one: &Hidden| {
        let found = of_found.iter().find(|found| (found.span.start, found.span.end) == (one.start, one.end));
        found.map_or("Chosen by a person".to_string(), |found| format!("Found by the program: {}", found.reason))
    };
    // What nobody hides of what is found stands below, to be hidden after all.
    let left = found.iter().filter(|one| !hidden.iter().any(|known| id_of(known) == id_of(one)));
    let mut choices: Vec<(&Hidden, bool)> = hidden.iter().map(|one| (one, true)).collect();
    choices.extend(left.map(|one| (one, false)));
    choices.sort_by_key(|(one, _)| (one.start, one.end));
    let spans = choices.into_iter().map(|(one, is_hidden)| {
        let id = id_of(one);
        let typed = fault.map(|fault| fault.posted.as_slice()).unwrap_or_default();
        let chosen = Reason::of_label(field(typed, &format!("why.{id}"))).unwrap_or(one.reason);
        Span {
            words: text.get(one.start..one.end).unwrap_or_default().to_string(),
            why: why(one),
            ticked: match fault {
                Some(_) => typed.iter().any(|(name, value)| name == "span" && *value == id),
                None => is_hidden,
            },
            reasons: reasons(chosen),
            id,
        }
    });
    let who = match review {
        None => "Nobody has looked it through yet.".to_string(),
        Some(review) => format!("Looked through by {}.", review.by.join(" and ")),
    };
    let same =
        if alike > 1 { format!(" {} answers have these words.", thousands(alike as u64)) } else { String::new() };
    let typed = fault.map(|fault| fault.posted.as_slice()).unwrap_or_default();
    ToReview {
        key: key.to_string(),
        number,
        spans: spans.collect(),
        parts: parts(text, &hidden),
        told: format!("{who}{same}"),
        typed: field(typed, "add").chars().take(LONGEST).collect(),
        reasons: reasons(Reason::of_label(field(typed, "add-why")).unwrap_or(Reason::Person)),
        error: fault.map(|fault| fault.text.clone()),
    }
}

/// A text in parts, and whether each is hidden.
fn parts(text: &str, hidden: &[Hidden]) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut end = 0;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_string();
    for one in hidden {
        parts.push((part(end, one.start), false));
        parts.push((part(one.start, one.end), true));
        end = one.end;
    }
    parts.push((part(end, text.len()), false));
    parts.retain(|(text, _)| !text.is_empty());
    parts
}

pub(in crate::web) async fn act(
    survey: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    posted: Form<Vec<(String, String)>>,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    staff.guard(&posted)?;
    let (who, of, shelf) = (staff.account.who.clone(), survey.clone(), Data::clone(&library));
    let work = move || {
        let by = staff.account.who.as_str();
        let known = questions(&library, &survey)?;
        let (item, _) = match &asked.item {
            Some(item) => known.into_iter().find(|(id, _)| id == item),
            None => known.into_iter().next(),
        }
        .ok_or_else(Problem::not_found)?;
        let back = address(&survey, &item, tab_of(&asked), asked.from.unwrap_or(0));
        match field(&posted, "do") {
            "rule" => {
                let rule = Rule::of_word(field(&posted, "rule")).ok_or_else(Problem::not_found)?;
                if !staff.account.may(&survey, Right::Report) {
                    return Err(Problem::not_your_role());
                }
                let entry = redaction::set_rule(&library, &survey, by, rule, Moment::now())?;
                let subject = format!("rule {}, entry {entry}", rule.as_str());
                Ok(Ok((subject, format!("{back}&done=rule#done"))))
            }
            "review" => {
                let of = Question { survey: &survey, item: &item };
                let room = redaction::room(&library, of)?;
                let answer = AnswerKey::read(field(&posted, "answer"));
                let done = match read(&posted, &room, &answer) {
                    Ok(hidden) => redaction::review(&library, of, by, (&answer, hidden), Moment::now()),
                    Err(why) => Err(ServiceError::Refused(why)),
                };
                match done {
                    Ok(entry) => {
                        let subject = format!("review {item}, entry {entry}");
                        Ok(Ok((subject, format!("{back}&done={answer}#done"))))
                    }
                    Err(ServiceError::Refused(text)) => {
                        let fault = Fault { answer: answer.to_string(), text, posted: posted.into_inner() };
                        let page = made(&library, &renderer, &site, &staff, (&survey, &asked), Some(&fault))?;
                        Ok(Err(page))
                    }
                    Err(other) => Err(other.into()),
                }
            }
            _ => Err(Problem::not_found()),
        }
    };
    match block(work).await?? {
        Ok((subject, to)) => {
            super::write_down_as(&who, Act::Redacted, &of, &subject, &shelf).await?;
            Ok(see_other(&to))
        }
        Err(page) => Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(page)),
    }
}

/// What is to be hidden in an answer, as it was posted.
fn read(posted: &[(String, String)], room: &Room, answer: &AnswerKey) -> Result<Vec<Hidden>, String> {
    let text = room.written(answer).ok_or("There is no such answer any more: its author took it back or changed it")?;
    let reason = |name: &str| Reason::of_label(field(posted, name)).ok_or("Choose why the words are hidden");
    let mut hidden = Vec::new();
    for (_, id) in posted.iter().filter(|(name, _)| name == "span") {
        let ends = id.split_once('-').and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
        let (start, end) = ends.ok_or("The form is not one of this page")?;
        hidden.push(Hidden { start, end, reason: reason(&format!("why.{id}"))? });
    }
    let words = field(posted, "add");
    if !words.trim().is_empty() {
        let found = places(text, words);
        if found.is_empty() {
            return Err("These words do not stand in the answer: type them as they do".to_string());
        }
        let reason = reason("add-why")?;
        hidden.extend(found.into_iter().map(|place| Hidden { start: place.start, end: place.end, reason }));
    }
    Ok(joined(hidden))
}
