//! One part of a working definition as a form: a page, a question, an option, the settings of the whole.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::{Desk, Reply, around, counted, link, made, text};
use crate::design::{self, Condition, Form, How, Input, Outline, Simple, heading};
use crate::document::{self, Pointer, Step};
use crate::render::Renderer;
use crate::render::design as view;
use crate::render::item::SelectOption;
use crate::render::markdown::words as plain;
use crate::render::page::Link;
use crate::service::design::{self as service, Saved, Working};
use crate::service::time::Moment;
use crate::service::{Library, ServiceError};
use crate::web::Site;
use crate::web::error::Problem;
use crate::web::session::Staff;
use crate::web::upload::Upload;

/// The key whose rule can be put together from drop-downs.
const RULE: &str = "k.show_if";
/// Empty conditions that are offered.
const SPARE: usize = 2;

/// Which part.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    at: Option<String>,
}

/// What was typed, by name, and what is wrong with it.
#[derive(Default)]
struct Refused {
    typed: BTreeMap<String, String>,
    faults: Vec<design::Fault>,
}

pub(in crate::web) async fn page(
    id: Path<String>,
    asked: Query<Asked>,
    staff: Staff,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let at = Pointer::read(asked.at.as_deref().unwrap_or_default()).ok_or_else(Problem::not_found)?;
    made(move || {
        let working = service::open(&library, &id)?;
        let desk = Desk { staff: &staff, site: &site, id: &id };
        let view = part_view(&desk, &working, &at, None).ok_or_else(Problem::not_found)?;
        Ok(Reply::page(renderer.render("staff/design_part", &view)?))
    })
    .await
}

/// Saves what was typed about a part.
pub(in crate::web) async fn change(
    id: Path<String>,
    staff: Staff,
    request: HttpRequest,
    body: Payload,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let posted = Upload::read(&request, body).await?;
    staff.guard(&posted.fields)?;
    let at = Pointer::read(posted.typed("at")).ok_or_else(Problem::not_found)?;
    let revision: i32 = posted.typed("revision").parse().map_err(|_| Problem::not_found())?;
    made(move || {
        let working = service::open(&library, &id)?;
        let base = service::earlier(&library, &id, revision)?.unwrap_or_else(|| working.text.clone());
        let desk = Desk { staff: &staff, site: &site, id: &id };
        Ok(match save(&library, &working, (revision, &base), &at, &posted, &staff.account.who)? {
            Outcome::Saved => Reply::To(format!("{}{}", desk.address(""), anchor(&at))),
            Outcome::Refused(working, refused) => {
                let view = part_view(&desk, &working, &at, Some(&refused)).ok_or_else(Problem::not_found)?;
                Reply::unprocessable(renderer.render("staff/design_part", &view)?)
            }
            Outcome::Overtaken(working, before, mine) => text::conflict(&desk, &renderer, &working, &before, mine)?,
        })
    })
    .await
}

/// What became of what was posted.
enum Outcome {
    Saved,
    /// Something cannot be written down: what it was typed about, and what is wrong.
    Refused(Box<Working>, Refused),
    /// Somebody changed the same meanwhile: what is saved, what both began with, and what this person makes of that.
    Overtaken(Box<Working>, String, String),
}

fn save(
    library: &Library,
    working: &Working,
    (revision, base): (i32, &str),
    at: &Pointer,
    posted: &Upload,
    by: &crate::service::account::Who,
) -> Result<Outcome, ServiceError> {
    let id = &working.survey;
    let root = document::parse(base).map_err(|_| ServiceError::UnknownPage)?;
    let form = Form::of(at, &root).ok_or(ServiceError::UnknownPage)?;
    let built = built(base, at, &form, posted);
    let field = |name: &str| match (name, &built) {
        (RULE, Some(rule)) => Some(rule.as_str()),
        _ => posted.get(name),
    };
    let changes = match form.changes(at, field) {
        Ok(changes) => changes,
        Err(faults) => {
            let typed = posted.fields.iter().cloned().collect();
            let of = Working { text: base.to_string(), revision, ..working.clone() };
            return Ok(Outcome::Refused(Box::new(of), Refused { typed, faults }));
        }
    };
    if changes.is_empty() {
        return Ok(Outcome::Saved);
    }
    let mine = changes.apply(base, at).ok_or(ServiceError::UnknownPage)?;
    let overtaken = match service::save(library, id, revision, &mine, by, Moment::now())? {
        Saved::Done(_) => return Ok(Outcome::Saved),
        Saved::Overtaken(now) => now,
    };
    // Two people who change different things are in nobody's way.
    let fits = document::parse(&overtaken.text).is_ok_and(|now| changes.fit(at, &root, &now));
    if let Some(both) = changes.apply(&overtaken.text, at).filter(|_| fits)
        && let Saved::Done(_) = service::save(library, id, overtaken.revision, &both, by, Moment::now())?
    {
        return Ok(Outcome::Saved);
    }
    Ok(Outcome::Overtaken(overtaken, base.to_string(), mine))
}

/// The rule that the drop-downs say, if somebody changed them and left its text as it was.
fn built(base: &str, at: &Pointer, form: &Form, posted: &Upload) -> Option<String> {
    let before = form.fields.iter().find(|field| field.name() == RULE)?.typed.clone();
    posted.get("b.join")?;
    if posted.typed(RULE).trim() != before {
        return None;
    }
    let conditions = (1..=100).map_while(|number| {
        let (how, what) = (posted.get(&format!("b.{number}.how"))?, posted.get(&format!("b.{number}.what"))?);
        let (question, option) =
            what.split_once('=').map_or((what, None), |(question, option)| (question, Some(option)));
        let how = match (How::of_word(how)?, option) {
            (How::Is, None) => How::Answered,
            (How::IsNot, None) => How::NotAnswered,
            (how, _) => how,
        };
        let option = option.filter(|_| matches!(how, How::Is | How::IsNot)).map(str::to_string);
        Some(Condition { how, question: question.to_string(), option })
    });
    let conditions: Vec<Condition> = conditions.filter(|condition| !condition.question.is_empty()).collect();
    let now = Simple { any: posted.get("b.join") == Some("or") && conditions.len() > 1, conditions };
    let then = Simple::read(&before);
    if then.as_ref() == Some(&now) || (then.is_none() && now.conditions.is_empty()) {
        return None;
    }
    let outline = Outline::of(base);
    let kind = |id: &str| outline.before(at).find(|question| question.id == id).map(|question| question.kind.clone());
    let is = |id: &str, wanted: &str| kind(id).is_some_and(|kind| kind == wanted);
    Some(now.write(|id| is(id, "multi"), |id| is(id, "consent")))
}

/// Where a part stands in the outline.
fn anchor(at: &Pointer) -> String {
    match at.0.as_slice() {
        [Step::Key(pages), Step::Index(page), Step::Key(_), Step::Index(question), ..] if pages == "pages" => {
            format!("#p{}q{}", page + 1, question + 1)
        }
        [Step::Key(pages), Step::Index(page), ..] if pages == "pages" => format!("#p{}", page + 1),
        _ => String::new(),
    }
}

/// A link to an object within a part, or to the part for a list.
pub(super) fn inner_link(desk: &Desk<'_>, inner: &design::Inner) -> Link {
    let name = label(inner.key.name);
    let (text, at) = match (inner.is_list, inner.is_there) {
        (true, _) => (format!("{name}: {}", inner.entries.len()), Pointer::default()),
        (false, true) => (name, inner.at.clone()),
        (false, false) => (format!("{name} (not said)"), inner.at.clone()),
    };
    link(desk.part(&at), &text)
}

/// A key as people say it: `required_if` is `Required if`.
fn label(key: &str) -> String {
    super::capital(&key.replace('_', " "))
}

fn part_view(desk: &Desk<'_>, working: &Working, at: &Pointer, refused: Option<&Refused>) -> Option<view::Part> {
    let outline = Outline::of(&working.text);
    let root = outline.root.as_ref()?;
    let form = Form::of(at, root)?;
    let node = at.find(root);
    let name = node.map(heading).filter(|name| !name.is_empty());
    let heading = match (at.0.is_empty(), name) {
        (true, _) => "Settings of the whole".to_string(),
        (false, Some(name)) => format!("{}: {name}", super::capital(form.object.name)),
        (false, None) => super::capital(form.object.name),
    };
    let (fields, rare): (Vec<_>, Vec<_>) = form.fields.iter().partition(|field| {
        !field.is_rare || refused.is_some_and(|refused| refused.faults.iter().any(|(wrong, _)| *wrong == field.name()))
    });
    let placed = |fields: Vec<&design::Field>| fields.into_iter().map(|field| placed(field, refused)).collect();
    let rest = view::PartField {
        name: "rest".to_string(),
        id: "rest".to_string(),
        label: "All other settings, as JSON".to_string(),
        hint: "What has no field above. Leave it as it is if you do not know JSON".to_string(),
        error: fault(refused, "rest"),
        typed: refused.and_then(|refused| refused.typed.get("rest").cloned()).unwrap_or_else(|| form.rest.clone()),
        rows: Some(form.rest.lines().count().clamp(3, 20)),
        is_code: true,
        ..view::PartField::default()
    };
    let faults = refused.map(|refused| refused.faults.as_slice()).unwrap_or_default();
    let page = outline.pages.iter().find(|page| at.is_within(&page.at));
    let question = page.and_then(|page| page.questions.iter().find(|question| at.is_within(&question.at)));
    let is_inside = question.is_some_and(|question| question.at != *at);
    let asked = match (question, page) {
        (Some(question), _) => super::asked("Asked", &question.asked),
        (None, Some(page)) => super::asked("Seen", &page.asked),
        _ => None,
    };
    let found: Vec<_> = match (question, page) {
        (Some(question), _) => question.findings.iter().map(|found| desk.finding(found, None, None)).collect(),
        (None, Some(page)) => page.findings.iter().map(|found| desk.finding(found, None, None)).collect(),
        _ => {
            let here = outline.others.iter().filter(|(_, way)| way.is_within(at));
            here.map(|(found, _)| desk.finding(found, None, None)).collect()
        }
    };
    let inner = form.inner.iter().map(|inner| inner_view(desk, working, inner)).collect();
    let back = match at.0.as_slice() {
        [] | [_, _] | [_, _, _, _] => format!("{}{}", desk.address(""), anchor(at)),
        [_] => desk.address(""),
        _ => desk.part(&around(at)),
    };
    Some(view::Part {
        shell: desk.shell(&heading, back),
        about: format!("{}.", form.object.about),
        errors: faults.iter().map(|(name, why)| link(format!("#{}", field_id(name)), why)).collect(),
        findings: found,
        asked: asked.filter(|_| !is_inside),
        builder: form
            .fields
            .iter()
            .any(|field| field.name() == RULE)
            .then(|| builder(&outline, at, &form, refused))
            .flatten(),
        fields: placed(fields),
        rare: placed(rare),
        rest,
        inner,
        at: at.to_string(),
        revision: working.revision,
        action: desk.address("part"),
        csrf: desk.csrf(),
        heading,
    })
}

fn fault(refused: Option<&Refused>, name: &str) -> Option<String> {
    refused?.faults.iter().find(|(wrong, _)| wrong == name).map(|(_, why)| why.clone())
}

fn field_id(name: &str) -> String {
    name.replace('.', "-")
}

fn placed(field: &design::Field, refused: Option<&Refused>) -> view::PartField {
    let key = field.key;
    let name = field.name();
    let typed = match refused {
        Some(refused) => refused.typed.get(&name).cloned().unwrap_or_default(),
        None => field.typed.clone(),
    };
    let checked = match refused {
        Some(refused) => refused.typed.contains_key(&name),
        None => field.typed == "true",
    };
    let how = match &field.input {
        Input::Rows(_) if field.list.is_some() => {
            " One a line, as “id: label”. Other questions may use the same list: it changes for all of them."
        }
        Input::Rows(_) => {
            " One a line, as “id: label”. The id is what is stored and stays when the label changes; leave it out, and one \
             is made. Or @ and a name, for those that stand elsewhere under it."
        }
        Input::Texts => " One a line.",
        Input::Rule => " Written in the language of rules; the drop-downs below write it for you.",
        _ => "",
    };
    let how =
        if matches!(field.input, Input::Rule) && name != RULE { " Written in the language of rules." } else { how };
    let default = key.default.filter(|_| !matches!(field.input, Input::Flag(_) | Input::Choice(_)));
    let default = default.map(|default| format!(" Where nothing is said: {default}.")).unwrap_or_default();
    let lines = || Some(typed.lines().count().clamp(3, 15));
    let rows = match &field.input {
        Input::Lines | Input::Texts => lines(),
        Input::Rows(_) => Some(typed.lines().count().clamp(4, 25)),
        Input::Rule => Some(2),
        _ => None,
    };
    let options = match &field.input {
        Input::Choice(options) => {
            let option = |(code, text): &(String, String)| SelectOption {
                code: code.clone(),
                text: text.clone(),
                selected: *code == typed,
            };
            options.iter().map(option).collect()
        }
        _ => Vec::new(),
    };
    view::PartField {
        id: field_id(&name),
        label: match &field.list {
            Some(list) => format!("{} of the list “{list}”", label(key.name)),
            None => label(key.name),
        },
        hint: format!("{}.{how}{default}", key.about),
        error: fault(refused, &name),
        rows,
        is_box: matches!(field.input, Input::Flag(_)),
        checked,
        options,
        keyboard: (field.input == Input::Number).then_some("decimal"),
        is_code: matches!(field.input, Input::Rule | Input::Rows(_)),
        typed,
        name,
    }
}

fn inner_view(desk: &Desk<'_>, working: &Working, inner: &design::Inner) -> view::Inner {
    let many = inner.entries.len();
    let entry = |(index, (at, name)): (usize, &(Pointer, String))| {
        let name = if name.is_empty() { format!("Number {}", index + 1) } else { name.clone() };
        (link(desk.part(at), &name), desk.deeds(working, at, &name, (index, many)))
    };
    let one = inner.key.shape.object().map_or("part", |object| object.name);
    view::Inner {
        heading: if inner.is_list {
            format!("{} ({})", label(inner.key.name), counted(many, "part"))
        } else {
            label(inner.key.name)
        },
        about: format!("{}.", inner.key.about),
        link: (!inner.is_list).then(|| link(desk.part(&inner.at), if inner.is_there { "Change it" } else { "Say it" })),
        entries: inner.entries.iter().enumerate().map(entry).collect(),
        another: inner.is_list.then(|| desk.add(working, &inner.at, &format!("Add: {one}"))),
    }
}

/// The drop-downs for the rule of a part; none where nothing stands before it or its rule says more than they can.
fn builder(outline: &Outline, at: &Pointer, form: &Form, refused: Option<&Refused>) -> Option<view::Builder> {
    let rule = form.fields.iter().find(|field| field.name() == RULE)?;
    let simple = if rule.typed.is_empty() { Simple::default() } else { Simple::read(&rule.typed)? };
    let questions: Vec<&design::Question> =
        outline.before(at).filter(|question| !question.id.is_empty() && question.kind != "note").collect();
    if questions.is_empty() {
        return None;
    }
    let typed = |name: String| refused.and_then(|refused| refused.typed.get(&name).cloned());
    let row = |number: usize| {
        let condition = simple.conditions.get(number - 1);
        let how = typed(format!("b.{number}.how"));
        let how = how.unwrap_or_else(|| condition.map_or(How::Is, |condition| condition.how).as_str().to_string());
        let what = condition.map(|Condition { question, option, .. }| match option {
            Some(option) => format!("{question}={option}"),
            None => question.clone(),
        });
        let what = typed(format!("b.{number}.what")).or(what).unwrap_or_default();
        let option = |code: String, text: String| SelectOption { selected: code == what, code, text };
        let group = |question: &&design::Question| {
            let text = plain(&question.text);
            let whole = option(question.id.clone(), "the question as a whole".to_string());
            let has_options = matches!(question.kind.as_str(), "single" | "multi");
            let options = question.options.iter().filter(|_| has_options);
            let options = options.map(|(id, label)| option(format!("{}={id}", question.id), plain(label)));
            (shortened(&text), std::iter::once(whole).chain(options).collect())
        };
        let none = (String::new(), vec![option(String::new(), "Choose".to_string())]);
        view::BuilderRow {
            number,
            how: How::ALL
                .map(|(_, code, text)| SelectOption {
                    code: code.to_string(),
                    text: text.to_string(),
                    selected: code == how,
                })
                .to_vec(),
            what: std::iter::once(none).chain(questions.iter().map(group)).collect(),
        }
    };
    let any = typed("b.join".to_string()).map_or(simple.any, |joint| joint == "or");
    let joint = |code: &str, text: &str, selected: bool| SelectOption {
        code: code.to_string(),
        text: text.to_string(),
        selected,
    };
    Some(view::Builder {
        joints: vec![joint("and", "all of these hold", !any), joint("or", "one of these holds", any)],
        rows: (1..=simple.conditions.len() + SPARE).map(row).collect(),
    })
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_string() } else { text.chars().take(59).chain(['…']).collect() }
}
