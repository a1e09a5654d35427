//! After sending: the receipt, a copy of the answers, changing and withdrawing them, and what everyone answered.

use actix_web::http::header::{CONTENT_DISPOSITION, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{Data, Form, Path, block};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::Site;
use super::error::Problem;
use super::info::{html, see_other, shell};
use super::mailing::{MailForm, What};
use super::posted::PagePost;
use super::respond::to_start;
use super::session::{language, respondent, respondent_cookie};
use super::{views, wall};
use crate::definition::{Round, Show, Storage, Survey};
use crate::item::Scale;
use crate::render::Renderer;
use crate::render::answer::answer_row;
use crate::render::everyone::counted;
use crate::render::markdown::{block as markdown, page_block, words as plain};
use crate::render::page::{self, AnswerGroup, AnswerRow, Ended, Link, title};
use crate::response::Record;
use crate::response::code::Token;
use crate::service::Library;
use crate::service::after::{self, Sent};
use crate::service::group_result::{self, Standing};
use crate::service::time::Moment;
use crate::vocabulary::{Phrase, Words};

type Posted = Form<Vec<(String, String)>>;

pub(super) async fn receipt(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    with_sent(&survey, &request, library, |sent, token| {
        if sent.record.is_none() {
            return Ok(html(renderer.render("respond/ended", &withdrawn(&site, &sent.survey))?));
        }
        let mail = MailForm::on(&request);
        let view = || receipt_page(&site, sent, token, &mail);
        // Ideas are the person's own words.
        if sent.next_round.is_some() || sent.ideas.values().any(|given| !given.is_empty()) {
            return Ok(html(renderer.render("respond/receipt", &view())?));
        }
        let way = u8::from(sent.can_change) | u8::from(mail.is_sent()) << 1;
        let texts = [sent.receipt.to_string(), token.form_guard()];
        let page = site.pages.with_texts(
            &renderer,
            &sent.survey,
            ("respond/receipt", way),
            &texts.each_ref().map(String::as_str),
            |texts| with_texts(view(), texts),
        );
        Ok(html(page?))
    })
    .await
}

pub(super) async fn copy(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    with_sent(&survey, &request, library, |sent, _| {
        let Some(record) = &sent.record else { return Ok(see_other(&format!("/s/{survey}/sent"))) };
        let said = &Words::of(&sent.survey.language).after;
        let back = Some(format!("/s/{}/sent", sent.survey.id));
        let view = page::Copy {
            shell: shell(&site, &sent.survey, title(said.your_answers, &sent.survey.title), back),
            heading: said.your_answers,
            sent_on: sent_on(sent),
            groups: groups(&sent.survey, record),
            download: Link { href: format!("/s/{}/copy.txt", sent.survey.id), text: said.download.to_string() },
        };
        Ok(html(renderer.render("respond/copy", &view)?))
    })
    .await
}

pub(super) async fn copy_as_text(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    with_sent(&survey, &request, library, |sent, _| {
        let Some(record) = &sent.record else { return Ok(see_other(&format!("/s/{survey}/sent"))) };
        let name = DispositionParam::Filename(format!("{}.txt", sent.survey.id));
        let attached = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] };
        Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((CONTENT_DISPOSITION, attached))
            .body(as_text(sent, record)))
    })
    .await
}

/// What everyone answered, as it was last made: only those who have answered see it, and no request makes it.
pub(super) async fn everyone(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let standing = group_result::standing(&library, &survey, Moment::now()).await?;
    if standing.results.show == Show::Never {
        return Err(Problem::not_found());
    }
    with_sent(&survey, &request, library, |sent, _| {
        if sent.record.is_none() {
            return Ok(see_other(&format!("/s/{survey}/sent")));
        }
        Ok(html(renderer.render("respond/result", &everyones(&site, &sent.survey, &standing))?))
    })
    .await
}

fn everyones(site: &Site, survey: &Survey, standing: &Standing) -> page::Everyones {
    let words = Words::of(&survey.language);
    let said = &words.everyone;
    let says = match &standing.made {
        Some((day, made)) => vec![said.made.of(made.n, &[("day", &day_of(day, words))]), said.stands.to_string()],
        None if standing.results.show == Show::AfterClose && standing.is_open => vec![said.at_the_close.to_string()],
        None => vec![said.not_yet.of(u64::from(standing.results.min_answers), &[])],
    };
    let made = standing.made.as_ref().map(|(_, made)| made);
    let back = Some(format!("/s/{}/sent", survey.id));
    page::Everyones {
        shell: shell(site, survey, title(said.heading, &survey.title), back),
        heading: said.heading,
        says,
        cautions: made.map(|made| made.cautions.clone()).unwrap_or_default(),
        lang: made.map(|made| made.language.clone()).filter(|language| *language != survey.language),
        counted: made.map(|made| counted(made, words, &survey.language)).unwrap_or_default(),
    }
}

/// Opens the answers for changes, under the secret that the receipt is.
pub(super) async fn amend(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    let token = PagePost::read(posted.into_inner()).owner(&request, &survey)?;
    let id = survey.clone();
    let token = block(move || after::amend(&library, &id, &token, Moment::now())).await??;
    let mut response = see_other(&format!("/s/{survey}/check"));
    response.add_cookie(&respondent_cookie(&site, &survey, &token)).map_err(Problem::internal)?;
    Ok(response)
}

pub(super) async fn withdraw_page(
    survey: Path<String>,
    request: HttpRequest,
    library: Data<Library>,
    renderer: Data<Renderer>,
    site: Data<Site>,
) -> Result<impl Responder, Problem> {
    with_sent(&survey, &request, library, |sent, token| {
        let receipt = format!("/s/{}/sent", sent.survey.id);
        if !sent.can_change {
            return Ok(see_other(&receipt));
        }
        let said = &Words::of(&sent.survey.language).after;
        let view = page::Withdraw {
            shell: shell(&site, &sent.survey, title(said.withdraw, &sent.survey.title), Some(receipt.clone())),
            heading: said.withdraw,
            says: said.withdraw_means,
            action: format!("/s/{}/withdraw", sent.survey.id),
            csrf: token.form_guard(),
            button: said.withdraw_now,
            keep: Link { href: receipt, text: said.keep.to_string() },
        };
        Ok(html(renderer.render("respond/withdraw", &view)?))
    })
    .await
}

pub(super) async fn withdraw(
    survey: Path<String>,
    posted: Posted,
    request: HttpRequest,
    library: Data<Library>,
) -> Result<impl Responder, Problem> {
    let token = PagePost::read(posted.into_inner()).owner(&request, &survey)?;
    let id = survey.clone();
    block(move || after::withdraw(&library, &id, &token, Moment::now())).await??;
    Ok(see_other(&format!("/s/{survey}/sent")))
}

/// Runs `then` with what was sent; sends people who have sent nothing to where they are.
async fn with_sent(
    survey: &str,
    request: &HttpRequest,
    library: Data<Library>,
    then: impl FnOnce(&Sent, &Token) -> Result<HttpResponse, Problem>,
) -> Result<HttpResponse, Problem> {
    let Some(token) = respondent(request, survey) else { return Ok(to_start(request, survey)) };
    let now = Moment::now();
    if let Some(sent) = after::sent(&library, survey, &token, language(request).as_deref(), now).await? {
        return then(&sent, &token);
    }
    library.recent(survey, None, now).await?;
    Ok(see_other(&format!("/s/{survey}/continue")))
}

pub(super) fn receipt_page(site: &Site, sent: &Sent, token: &Token, mail: &MailForm) -> page::Receipt {
    let survey = &sent.survey;
    let words = Words::of(&survey.language);
    let (said, after) = (&words.pages, &words.after);
    let link = |to: &str, text: &str| Link { href: format!("/s/{}/{to}", survey.id), text: text.to_string() };
    page::Receipt {
        shell: shell(site, survey, mail.title(title(said.sent, &survey.title), survey), None),
        heading: said.sent,
        reference: sent.receipt.to_string(),
        next: markdown(&what_next(survey, words)),
        copy: link("copy", after.see_a_copy),
        given_heading: words.wall.your_ideas,
        given: sent.ideas.values().flatten().map(|given| wall::told(given, words, &survey.language)).collect(),
        everyone: (survey.results.show != Show::Never)
            .then(|| page::Everyone { link: link("result", words.everyone.heading), says: words.everyone.link_says }),
        changes: sent.can_change.then(|| {
            let round = sent.next_round.as_ref();
            let place =
                |phrase: &Phrase, round: &Round| phrase.with(&[("number", &round.number), ("planned", &round.planned)]);
            let said = &words.rounds;
            page::Changes {
                heading: round.map_or_else(|| after.change_your_mind.to_string(), |round| place(&said.round, round)),
                leads: round.is_some(),
                says: if round.is_some() { said.is_open } else { after.until_the_close },
                action: format!("/s/{}/amend", survey.id),
                csrf: token.form_guard(),
                button: round.map_or_else(|| after.change.to_string(), |round| place(&said.take_part, round)),
                withdraw: link("withdraw", after.withdraw),
            }
        }),
        errors: mail.errors(What::Copy, survey),
        mail: mail.view(What::Copy, site, survey, token),
        leave: views::leave(survey, token, words.returning.note_the_reference_first),
        contact: markdown(survey.introduction.contact.as_deref().unwrap_or_default()),
    }
}

/// What happens next, in Markdown.
fn what_next(survey: &Survey, words: &Words) -> String {
    let stored = words.pages.sent_next;
    match survey.round.as_ref().filter(|round| round.number < round.planned) {
        Some(round) => format!("{stored}\n\n{}", words.rounds.more_to_come.with(&[("planned", &round.planned)])),
        None => stored.to_string(),
    }
}

/// A receipt with this reference and token in place of its own.
fn with_texts(mut receipt: page::Receipt, texts: &[String]) -> page::Receipt {
    let [reference, guard] = texts else { return receipt };
    receipt.reference.clone_from(reference);
    receipt.leave.csrf.clone_from(guard);
    for csrf in receipt.changes.iter_mut().map(|changes| &mut changes.csrf) {
        csrf.clone_from(guard);
    }
    for csrf in receipt.mail.iter_mut().map(|mail| &mut mail.csrf) {
        csrf.clone_from(guard);
    }
    receipt
}

fn withdrawn(site: &Site, survey: &Survey) -> Ended {
    let said = &Words::of(&survey.language).after;
    Ended {
        shell: shell(site, survey, title(said.withdrawn, &survey.title), None),
        heading: said.withdrawn.to_string(),
        body: page_block(said.withdrawn_means),
        link: None,
        contact: survey.introduction.contact.as_deref().map(markdown),
    }
}

fn sent_on(sent: &Sent) -> String {
    let words = Words::of(&sent.survey.language);
    words.after.sent_on.with(&[("day", &day_of(&sent.submitted_on, words))])
}

/// A day as it is stored, in words.
fn day_of(stored: &str, words: &Words) -> String {
    stored.parse().map_or_else(|_| stored.to_string(), |day| words.day(day))
}

/// The answers by page, as “check your answers” shows them, without what was not shown.
fn groups(survey: &Survey, record: &Record) -> Vec<AnswerGroup> {
    let words = Words::of(&survey.language);
    let pages = survey.pages.iter().filter(|page| page.store == Storage::Response);
    let groups = pages.map(|page| {
        let asked = page.questions.iter().map(|question| &question.item).filter(|item| item.scale() != Scale::None);
        let seen = asked.filter(|item| !record.was_not_shown(&item.head.id));
        let row = |item| AnswerRow {
            change: None,
            ..answer_row(item, record.answers.get(&item.head.id), String::new(), words)
        };
        AnswerGroup { heading: page.title.as_deref().map(plain), rows: seen.map(row).collect() }
    });
    groups.filter(|group| !group.rows.is_empty()).collect()
}

/// The copy as a file that anything opens: each question on a line, its answer on those under it.
pub(super) fn as_text(sent: &Sent, record: &Record) -> String {
    let words = Words::of(&sent.survey.language);
    let mut lines = vec![plain(&sent.survey.title), sent_on(sent)];
    for group in groups(&sent.survey, record) {
        lines.extend(group.heading.into_iter().flat_map(|heading| [String::new(), format!("# {heading}")]));
        for row in group.rows {
            lines.extend([String::new(), row.question]);
            if row.given.is_empty() {
                lines.push(format!("  {}", words.labels.not_provided));
            }
            lines.extend(row.given.iter().flat_map(|given| given.lines()).map(|line| format!("  {line}")));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}
