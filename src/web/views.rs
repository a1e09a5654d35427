//! What the respondent's pages say, from the survey and the answers so far.

use super::Site;
use super::info::shell;
use crate::definition::pipe::literal;
use crate::definition::{Survey, Unfinished};
use crate::item::{Fault, Fields, Scale};
use crate::render::form;
use crate::render::markdown::{block, inline, page_block, words};
use crate::render::page::{self, AnswerGroup, Ended, Fact, Link, title};
use crate::response::code::{Receipt, Token};
use crate::response::present::{Presented, present};
use crate::service::collect::Sitting;

/// What stands in the fields of a page.
pub(super) enum Typed<'a> {
    /// The answers, or what was typed before.
    AsStored,
    /// What was just posted, with its faults.
    Refused(&'a Fields, &'a [Fault]),
}

pub(super) fn start(site: &Site, survey: &Survey, has_started: bool) -> page::Start {
    let introduction = &survey.introduction;
    let fact = |term: &str, text: &str| Fact { term: term.to_string(), body: block(text) };
    let mut facts = Vec::new();
    facts.extend(introduction.organisation.as_deref().map(|who| fact("Who is asking", who)));
    let time = introduction.minutes.map(|minutes| {
        format!("About {minutes} minutes. You can stop at any time and come back later, on this or another device.")
    });
    facts.extend(time.as_deref().map(|time| fact("How long it takes", time)));
    facts.extend(survey.window.as_ref().map(|window| fact("When it closes", &window.closes)));
    facts.push(fact(
        "Can anyone tell that the answers are yours?",
        "No. We do not ask for your name, and we do not keep your address, your device or the time at which you answered: only the day. Please do not write anything in your own words that could identify you or someone else.",
    ));
    if survey.unfinished == Unfinished::Keep {
        facts.push(fact(
            "If you do not finish",
            "What you answered until then is counted when the consultation closes, without your contact details.",
        ));
    }
    facts.extend(survey.privacy.notice.as_deref().map(|notice| fact("What happens to your answers", notice)));
    facts.extend(introduction.contact.as_deref().map(|contact| fact("If you need help", contact)));
    let others: Vec<String> = survey
        .translations
        .keys()
        .map(|language| format!("[{}](/s/{}?lang={language})", language_name(language), survey.id))
        .collect();
    if !others.is_empty() && !survey.translations.contains_key(&survey.language) {
        facts.push(fact("Other languages", &others.join(", ")));
    }
    page::Start {
        shell: shell(site, survey, title(&survey.title, &survey.title, false), None),
        heading: survey.title.clone(),
        purpose: page_block(introduction.purpose.as_deref().unwrap_or_default()),
        facts,
        action: if survey.translations.contains_key(&survey.language) {
            format!("/s/{}/start?lang={}", survey.id, survey.language)
        } else {
            format!("/s/{}/start", survey.id)
        },
        csrf: "start".to_string(),
        resume: has_started.then(|| format!("/s/{}/continue", survey.id)),
    }
}

/// A language in its own words, where we know them.
fn language_name(tag: &str) -> &str {
    match tag.split('-').next().unwrap_or(tag) {
        "cy" => "Cymraeg",
        "en" => "English",
        "fr" => "Français",
        "de" => "Deutsch",
        "es" => "Español",
        "pl" => "Polski",
        "gd" => "Gàidhlig",
        "ga" => "Gaeilge",
        _ => tag,
    }
}

/// One page of questions; `None` if it is not on the way.
pub(super) fn page(
    site: &Site,
    sitting: &Sitting,
    id: &str,
    typed: &Typed<'_>,
    guard: &str,
    from_check: bool,
    more: Option<&str>,
) -> Option<page::Page> {
    let survey = &sitting.survey;
    let way = sitting.draft.route(survey);
    let place = way.stops.iter().position(|stop| stop.page.id == id)?;
    let stop = way.stops.get(place)?;
    let stored;
    let (fields, faults): (&Fields, &[Fault]) = match typed {
        Typed::Refused(fields, faults) => (fields, faults),
        Typed::AsStored => {
            stored = sitting.draft.fields(survey, stop.page);
            (&stored, &[])
        }
    };
    let presented = present(&way, stop, &sitting.draft.seed);
    let heading = heading(&presented);
    let heads_page = presented.title.is_none();
    let base = format!("/s/{}", survey.id);
    let back = match place.checked_sub(1).and_then(|before| way.stops.get(before)) {
        _ if from_check => format!("{base}/check"),
        Some(before) => format!("{base}/page/{}", before.page.id),
        None => base.clone(),
    };
    Some(page::Page {
        shell: shell(site, survey, title(&heading, &survey.title, !faults.is_empty()), Some(back)),
        heading: (!heads_page).then(|| inline(&heading)),
        progress: None,
        intro: presented.text.as_deref().map(|text| if heads_page { page_block(text) } else { block(text) }),
        errors: form::error_links(faults),
        items: form::items(presented.items.iter().map(AsRef::as_ref), fields, faults, heads_page, more),
        confirm: form::confirmable(faults),
        has_actions: presented.items.iter().any(|item| matches!(item.scale(), Scale::Entries { .. })),
        action: format!("{base}/page/{id}{}", if from_check { "?from=check" } else { "" }),
        csrf: guard.to_string(),
        version: sitting.version,
        languages: other_languages(sitting),
        can_save: true,
    })
}

/// The languages to which a person can change.
fn other_languages(sitting: &Sitting) -> Vec<page::Language> {
    let others = sitting.languages.iter().filter(|tag| **tag != sitting.survey.language);
    others.map(|tag| page::Language { tag: tag.clone(), name: language_name(tag).to_string() }).collect()
}

fn heading(page: &Presented<'_>) -> String {
    let question = || page.items.first().map(|item| item.head.text.as_str());
    words(page.title.as_deref().or_else(question).unwrap_or_default())
}

pub(super) fn saved(site: &Site, survey: &Survey, token: &Token) -> page::Saved {
    let link = format!("{}/s/{}/resume/{}", site.address, survey.id, token.as_str());
    let until = survey.window.as_ref();
    page::Saved {
        shell: shell(site, survey, title("Your answers are saved", &survey.title, false), None),
        link_text: link.clone(),
        link,
        expires: until.map(|window| format!("It works until the consultation closes: {}.", window.closes)),
        back_to: format!("/s/{}/continue", survey.id),
    }
}

pub(super) fn check(site: &Site, sitting: &Sitting, guard: &str) -> page::Check {
    let survey = &sitting.survey;
    let way = sitting.draft.route(survey);
    let base = format!("/s/{}", survey.id);
    let groups = way.stops.iter().map(|stop| {
        let presented = present(&way, stop, &sitting.draft.seed);
        let asked = presented.items.iter().filter(|item| item.scale() != Scale::None);
        let change = format!("{base}/page/{}?from=check", stop.page.id);
        AnswerGroup {
            heading: presented.title.as_deref().map(words),
            rows: asked.map(|item| form::answer_row(item, way.answer(&item.head.id), change.clone())).collect(),
        }
    });
    let last = way.stops.last().map_or_else(|| base.clone(), |stop| format!("{base}/page/{}", stop.page.id));
    // A closing page that finishes the consultation early has its say here.
    let closing = way.end.and_then(|page| page.text.as_deref()).unwrap_or_default();
    let declaration =
        format!("{closing}\n\nOnce sent, your answers are kept without your name. You get a receipt with a reference.");
    page::Check {
        shell: shell(site, survey, title("Check your answers", &survey.title, false), Some(last)),
        errors: Vec::new(),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
        declaration: block(&declaration),
        action: format!("{base}/send"),
        csrf: guard.to_string(),
        version: sitting.version,
        languages: other_languages(sitting),
        can_save: true,
    }
}

pub(super) fn receipt(site: &Site, survey: &Survey, receipt: &Receipt) -> page::Receipt {
    page::Receipt {
        shell: shell(site, survey, title("Answers sent", &survey.title, false), None),
        heading: "Answers sent".to_string(),
        reference: receipt.to_string(),
        next: block(
            "Your answers are stored. When the consultation has closed, they are counted together with everyone else's and a summary is published.\n\nKeep the reference: it is the only thing that can show which answers are yours, and we do not keep it ourselves.",
        ),
        record: None,
        contact: block(survey.introduction.contact.as_deref().unwrap_or_default()),
    }
}

pub(super) fn ended(site: &Site, survey: &Survey, id: &str) -> Option<Ended> {
    let page = survey.page(id).filter(|page| page.end.is_some())?;
    let heading = page.title.clone().unwrap_or_else(|| "Thank you".to_string());
    Some(Ended {
        shell: shell(site, survey, title(&heading, &survey.title, false), Some(format!("/s/{}", survey.id))),
        heading,
        body: page_block(page.text.as_deref().unwrap_or_default()),
        link: None,
        contact: survey.introduction.contact.as_deref().map(block),
    })
}

pub(super) fn closed(site: &Site, survey: &Survey) -> Ended {
    Ended {
        shell: shell(site, survey, title("This consultation is closed", &survey.title, false), None),
        heading: "This consultation is closed".to_string(),
        body: page_block(&format!(
            "“{}” takes no more answers. Thank you to everyone who took part.",
            literal(&survey.title)
        )),
        link: Some(Link { href: "/".to_string(), text: "See the consultations that are open".to_string() }),
        contact: survey.introduction.contact.as_deref().map(block),
    }
}
