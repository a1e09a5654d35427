//! The screens of an idea wall, and the comments on an idea.

use actix_web::web::{Data, Form, Path, block};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use super::info::{html, see_other, shell};
use super::posted::PagePost;
use super::respond::to_start;
use super::session::respondent;
use crate::definition::Survey;
use crate::item::{self, Head, Ideas, Moderation, VOTES};
use crate::render::Renderer;
use crate::render::form::{self, Filled};
use crate::render::html::Html;
use crate::render::input::Input;
use crate::render::item::{Action, Choice, Choose, Item, Question, Rate, RateRow};
use crate::render::markdown::inline;
use crate::render::page::{Link, title};
use crate::render::wall::{Comments, Given, Screen, Wall, place_of};
use crate::service::time::Moment;
use crate::service::wall::comments::{self, NewComment, Thread};
use crate::service::wall::{self, NEW, Offered, Part, Stands};
use crate::service::{Library, ServiceError};
use crate::vocabulary::Words;

/// What an address says of a wall: `?wall=others`.
pub(super) fn asked(word: Option<&str>) -> Option<wall::Screen> {
    match word? {
        "own" => Some(wall::Screen::Own),
        "votes" => Some(wall::Screen::Votes),
        "others" => Some(wall::Screen::Others),
        _ => None,
    }
}

/// The same, to be said in an address.
pub(super) fn address(screen: wall::Screen) -> &'static str {
    match screen {
        wall::Screen::Own => "own",
        wall::Screen::Others => "others",
        wall::Screen::Votes => "votes",
    }
}

/// What the title of the page says of the screen.
pub(super) fn screen_title(part: &Part, words: &Words) -> &'static str {
    match part.screen {
        wall::Screen::Own => words.wall.own_title,
        wall::Screen::Others => words.wall.others_title,
        wall::Screen::Votes => words.wall.votes_title,
    }
}

/// A wall as an item of its page.
pub(super) fn item(head: &Head, ideas: &Ideas, part: &Part, filled: Filled<'_>, heads_page: bool) -> Item {
    let said = &filled.words.wall;
    let question = Question {
        name: head.id.clone(),
        label: inline(&head.text),
        hint: head.hint.as_deref().map(inline),
        heading: heads_page,
        optional: !head.required && part.screen == wall::Screen::Own,
        ..Question::default()
    };
    let name = |part: &str| format!("{}.{part}", head.id);
    let action = |then: &str, label: &str| Action { then: format!("wall.{then}"), label: label.to_string() };
    let mut screen = Screen {
        given_heading: said.your_ideas,
        given: part.given.iter().map(|given| told(given, filled.words, filled.lang)).collect(),
        ..Screen::default()
    };
    let to_votes = (part.voted > 0).then(|| action("votes", said.see_votes));
    match part.screen {
        wall::Screen::Own => {
            screen.says = Some(if part.given.is_empty() { said.own_first } else { said.own_more }.to_string());
            screen.own = Some(own_box(head, ideas, filled));
            let before = part.before.as_ref();
            screen.caution = before.filter(|before| before.details).map(|_| said.has_details.to_string());
            if let Some(before) = before {
                screen.hidden.push((name("of"), before.of.clone()));
                let ids: Vec<&str> = before.like.iter().map(|idea| idea.id.as_str()).collect();
                screen.hidden.push((name("like"), ids.join(" ")));
                screen.same = (!ids.is_empty()).then(|| same(&name("same"), &before.like, filled));
            }
            screen.actions.extend(to_votes);
        }
        wall::Screen::Others => {
            let ids: Vec<&str> = part.ideas.iter().map(|idea| idea.id.as_str()).collect();
            if ids.is_empty() {
                screen.says = Some(if part.voted > 0 { said.all_voted } else { said.none_yet }.to_string());
            } else {
                screen.hidden.push((name("asked"), ids.join(" ")));
                screen.votes = Some(votes(head, ideas, &part.ideas, said.what_of_these, filled));
            }
            screen.actions.extend((part.more > ids.len()).then(|| action("others", said.more)));
            screen.actions.extend((part.left > 0).then(|| action("own", said.add_idea)));
            screen.actions.extend(to_votes);
        }
        wall::Screen::Votes => {
            screen.votes = Some(votes(head, ideas, &part.ideas, said.your_votes, filled));
            screen.actions.push(action("others", said.back_to_ideas));
        }
    }
    Item::Ideas(Box::new(Wall::new(question, screen)))
}

fn own_box(head: &Head, ideas: &Ideas, filled: Filled<'_>) -> Input {
    let said = &filled.words.wall;
    let name = format!("{}.own", head.id);
    let hint = if ideas.moderation == Moderation::Before { said.staff_look_first } else { said.seen_at_once };
    let asked = Question {
        label: filled.own(said.your_idea),
        hint: Some(filled.own(hint)),
        error: filled.error_of(&name),
        name: name.clone(),
        ..Question::default()
    };
    Input::lines(asked, &filled.typed(&name), 4, Some(form::limit(ideas.max_chars, filled.words)))
}

fn same(name: &str, like: &[Offered], filled: Filled<'_>) -> Choose {
    let said = &filled.words.wall;
    let chosen = filled.typed(name);
    let choice = |code: &str, label: Html| {
        let mut choice = Choice::new(code, label);
        choice.checked = chosen == code;
        choice
    };
    let theirs = like.iter().map(|idea| choice(&idea.id, filled.own(&said.same_as.with(&[("idea", &plain(idea))]))));
    let mut mine = choice(NEW, filled.own(said.mine_is_new));
    mine.divider = Some(filled.words.form.or.to_string());
    let asked = Question {
        name: name.to_string(),
        label: filled.own(said.like_yours),
        hint: Some(filled.own(said.counts_as_agreeing)),
        error: filled.error_of(name),
        ..Question::default()
    };
    Choose::new(asked, theirs.chain([mine]).collect())
}

fn votes(head: &Head, ideas: &Ideas, offered: &[Offered], legend: &str, filled: Filled<'_>) -> Rate {
    let said = &filled.words.wall;
    let rows = offered.iter().map(|idea| {
        let name = format!("{}.vote.{}", head.id, idea.id);
        let voted = idea.vote.map_or_else(|| filled.typed(&name), |vote| vote.as_str().to_string());
        let choices = VOTES.iter().zip(filled.words.form.votes).map(|(id, label)| {
            let mut choice = Choice::new(id, filled.own(label));
            choice.checked = voted == *id;
            choice
        });
        let comments = ideas.comments.then(|| Action {
            then: format!("comments.{}", idea.id),
            label: match idea.comments {
                0 => said.comment_on_it.to_string(),
                n => said.comments.of(n, &[]),
            },
        });
        RateRow {
            code: idea.id.clone(),
            label: text_of(idea, filled.lang),
            hint: None,
            error: filled.error_of(&name),
            choices: choices.collect(),
            action: comments.map(|action| (action, said.about.with(&[("idea", &plain(idea))]))),
        }
    });
    let asked = Question {
        name: format!("{}.vote", head.id),
        label: filled.own(legend),
        hint: Some(filled.own(said.pass_if_unsure)),
        ..Question::default()
    };
    Rate::new(asked, rows.collect())
}

/// The owner's words may hold Markdown, those of people are text.
fn text_of(idea: &Offered, page: &str) -> Html {
    match idea.language.as_deref() {
        None => inline(&idea.text),
        Some(language) => Html::text_in(&idea.text, Some(language).filter(|language| *language != page)),
    }
}

fn plain(idea: &Offered) -> String {
    if idea.language.is_none() { crate::definition::plain(&idea.text) } else { idea.text.clone() }
}

/// An idea or a comment of the person's own.
pub(super) fn told(given: &wall::Given, words: &Words, page: &str) -> Given {
    let said = &words.wall;
    let says = match &given.stands {
        Stands::Waiting => said.waiting.to_string(),
        Stands::Shown => said.shown.to_string(),
        Stands::Hidden(reason) => said.hidden.with(&[("reason", &reason.as_deref().unwrap_or_default())]),
        Stands::Merged(idea) => said.merged.with(&[("idea", idea)]),
    };
    let lang = Some(given.language.as_str()).filter(|language| *language != page);
    Given { body: Html::text_in(&given.text, lang), says: Some(says) }
}

type Posted = Form<Vec<(String, String)>>;

pub(super) async fn comments_page(
    path: Path<(String, String, String)>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<HttpResponse, Problem> {
    let (survey, page, idea) = path.into_inner();
    let Some(token) = respondent(&request, &survey) else { return Ok(to_start(&request, &survey)) };
    let (id, at, about, guard) = (survey.clone(), page.clone(), idea.clone(), token.form_guard());
    let found = block(move || comments::thread(&library, &id, &token, (&at, &about), None, Moment::now())).await?;
    match found {
        Ok(thread) => {
            let view = comments_view(&site, &survey, (&page, &idea), &thread, "", &guard);
            Ok(html(renderer.render("respond/comments", &view)?))
        }
        Err(ServiceError::AlreadySent) => Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn comment(
    path: Path<(String, String, String)>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let (survey, page, idea) = path.into_inner();
    let told = posted.iter().find(|(name, _)| name == "_told").map(|(_, text)| text.clone());
    let posted = PagePost::read(posted.into_inner());
    let token = posted.owner(&request, &survey)?;
    let text = posted.post.fields.first("comment").unwrap_or_default().to_string();
    let new = NewComment { is_told: told.as_deref() == Some(short(&text).as_str()), text: text.clone() };
    let (id, at, about, guard) = (survey.clone(), page.clone(), idea.clone(), token.form_guard());
    let found = block(move || comments::thread(&library, &id, &token, (&at, &about), Some(&new), Moment::now()));
    let thread = match found.await? {
        Ok(thread) => thread,
        Err(ServiceError::AlreadySent) => return Ok(see_other(&format!("/s/{survey}/sent"))),
        Err(other) => return Err(other.into()),
    };
    if thread.fault.is_none() && !thread.details {
        return Ok(see_other(&format!("/s/{survey}/page/{page}/idea/{idea}")));
    }
    let view = comments_view(&site, &survey, (&page, &idea), &thread, &text, &guard);
    Ok(HttpResponse::UnprocessableEntity()
        .content_type("text/html; charset=utf-8")
        .body(renderer.render("respond/comments", &view)?))
}

fn comments_view(
    site: &Site,
    id: &str,
    (page, idea): (&str, &str),
    thread: &Thread,
    typed: &str,
    guard: &str,
) -> Comments {
    let survey: &Survey = &thread.sitting.survey;
    let words = Words::of(&survey.language);
    let said = &words.wall;
    let wall = survey.page(page).and_then(crate::definition::Page::wall);
    let item = wall.map(|(head, _)| head.id.clone()).unwrap_or_default();
    let back = format!("/s/{id}/page/{page}?wall=others#{}", place_of(&item, idea));
    let fields = item::Fields::default();
    let mut faults = Vec::from_iter(thread.fault.clone());
    for fault in &mut faults {
        fault.field = "comment".to_string();
    }
    let lang = words.stranger_to(&survey.language);
    let filled = Filled {
        fields: &fields,
        faults: &faults,
        words,
        words_lang: lang,
        lang: &survey.language,
        before: &form::NOTHING,
    };
    let heading = title(said.comments_heading, &survey.title);
    let heading = if faults.is_empty() { heading } else { words.pages.faulty_title.with(&[("title", &heading)]) };
    let shown = thread.comments.iter().map(|(comment, is_own)| {
        let own = told(comment, words, &survey.language);
        let by_you = |says: String| format!("{} {says}", said.by_you);
        Given { says: own.says.filter(|_| *is_own).map(by_you), body: own.body }
    });
    let asked = Question {
        name: "comment".to_string(),
        label: filled.own(said.your_comment),
        error: filled.error_of("comment"),
        ..Question::default()
    };
    Comments {
        shell: shell(site, survey, heading, Some(back)),
        errors: form::error_links(&faults, words)
            .into_iter()
            .map(|link| Link { href: "#comment".to_string(), ..link })
            .collect(),
        heading: said.comments_heading,
        body: text_of(&thread.idea, &survey.language),
        none: thread.comments.is_empty().then_some(said.no_comments),
        comments: shown.collect(),
        caution: thread.details.then_some(said.has_details),
        told: thread.details.then(|| short(typed)),
        action: format!("/s/{id}/page/{page}/idea/{idea}"),
        csrf: guard.to_string(),
        field: Input::lines(asked, typed, 4, Some(form::limit(thread.max_chars, words))),
        button: said.add_comment,
    }
}

/// Names a text, so that a caution about one is not taken for one about another.
fn short(text: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::document::hex(Sha256::digest(text.as_bytes()).get(..8).unwrap_or_default())
}
