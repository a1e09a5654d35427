//! What the respondent's pages say, from the survey and the answers so far.

use super::Site;
use super::info::{asked_for, shell};
use super::mailing::{MailForm, What};
use super::resume::CODE;
use crate::definition::language::is_right_to_left;
use crate::definition::pipe::literal;
use crate::definition::{Access, Survey, Unfinished, Window};
use crate::item::{Fields, Scale};
use crate::render::answer::answer_row;
use crate::render::input::Input;
use crate::render::item::Question;
use crate::render::markdown::{block, inline, leading, page_block, words as plain};
use crate::render::page::{self, AnswerGroup, Ended, Fact, Link, title};
use crate::response::code::Token;
use crate::response::present::{numbered, present};
use crate::response::{Next, Screen, Status, Task};
use crate::service::collect::{self, Sitting};
use crate::vocabulary::Words;

/// As much as is read at a glance before the start button, in characters.
const BRIEF: usize = 400;

/// `before` is what was begun or sent in this browser, with its secret.
pub(super) fn start(site: &Site, survey: &Survey, before: Option<(&Token, collect::Progress)>) -> page::Start {
    let introduction = &survey.introduction;
    let words = Words::of(&survey.language);
    let said = &words.pages;
    let ours = |term: &str, text: &str| Fact { term: term.to_string(), body: block(text), ours: true };
    let theirs = |term: &str, text: &str| Fact { ours: false, ..ours(term, text) };
    let (purpose, rest) = leading(introduction.purpose.as_deref().unwrap_or_default(), BRIEF);
    let mut brief = Vec::new();
    brief.extend(introduction.organisation.as_deref().map(|who| theirs(said.who_asks, who)));
    brief.extend(introduction.minutes.map(|n| ours(said.how_long, &said.minutes.of(u64::from(n), &[]))));
    let mut facts = Vec::new();
    facts.extend((!rest.is_empty()).then(|| theirs(said.more_about_it, rest)));
    facts.extend(survey.window.as_ref().map(|window| ours(said.when_it_closes, &closes(window, words))));
    facts.push(ours(said.can_anyone_tell, said.nobody_can_tell));
    if matches!(survey.access, Access::Invitation | Access::EmailDomain(_)) {
        facts.push(ours(words.access.can_it_be_told, words.access.not_joined));
    }
    if survey.unfinished == Unfinished::Keep {
        facts.push(ours(said.if_you_do_not_finish, said.unfinished_counts));
    }
    facts.extend(survey.privacy.notice.as_deref().map(|notice| theirs(said.what_happens_to_answers, notice)));
    let help = words.labels.if_you_need_help;
    facts.extend(introduction.contact.as_deref().map(|contact| theirs(help, contact)));
    let others = survey.languages().into_iter().filter(|tag| *tag != survey.language);
    page::Start {
        shell: shell(site, survey, title(&survey.title, &survey.title), None),
        heading: survey.title.clone(),
        purpose: page_block(purpose),
        brief,
        languages: others.map(in_itself).collect(),
        other_languages: said.other_languages,
        address: format!("/s/{}", survey.id),
        is_long: facts.iter().map(|fact| fact.body.as_str().len()).sum::<usize>() > BRIEF,
        facts,
        action: format!("/s/{}/start{}", survey.id, asked_for(survey)),
        csrf: "start".to_string(),
        before: before.and_then(|(token, progress)| begun_before(survey, words, token, progress)),
        code: Link {
            href: format!("/s/{}/resume{}", survey.id, asked_for(survey)),
            text: words.returning.have_a_code.to_string(),
        },
        door: None,
        errors: Vec::new(),
    }
}

fn begun_before(
    survey: &Survey,
    words: &'static Words,
    token: &Token,
    progress: collect::Progress,
) -> Option<page::Before> {
    let said = &words.returning;
    let (says, to, text, warning) = match progress {
        collect::Progress::None => return None,
        collect::Progress::Begun => {
            let warning = said.someone_else_begun.with(&[("code", &token.grouped())]);
            (said.begun, "continue", said.continue_where_you_stopped, warning)
        }
        collect::Progress::Sent => (said.sent, "sent", said.see_the_receipt, said.someone_else_sent.to_string()),
    };
    let link = Link { href: format!("/s/{}/{to}", survey.id), text: text.to_string() };
    Some(page::Before { says, link, someone_else: said.someone_else, warning, start: said.start_as_someone_else })
}

/// What is wrong with a code that was entered.
#[derive(Clone, Copy)]
pub(super) enum WrongCode {
    /// Nothing was entered.
    Missing,
    /// It is no code.
    NoCode,
    /// There are no answers under it.
    Unknown,
}

pub(super) fn code(site: &Site, survey: &Survey, typed: &str, wrong: Option<WrongCode>) -> page::Code {
    let words = Words::of(&survey.language);
    let said = &words.returning;
    let error = wrong.map(|wrong| match wrong {
        WrongCode::Missing => said.code_missing,
        WrongCode::NoCode => said.code_wrong,
        WrongCode::Unknown => said.code_unknown,
    });
    let document = title(said.come_back, &survey.title);
    let document = if error.is_some() { words.pages.faulty_title.with(&[("title", &document)]) } else { document };
    let start = format!("/s/{}{}", survey.id, asked_for(survey));
    page::Code {
        shell: shell(site, survey, document, Some(start)),
        heading: said.come_back,
        says: Vec::new(),
        start: None,
        errors: error.iter().map(|error| Link { href: format!("#{CODE}"), text: (*error).to_string() }).collect(),
        action: format!("/s/{}/resume{}", survey.id, asked_for(survey)),
        csrf: "code".to_string(),
        field: code_field(words, error, typed),
    }
}

/// The field for a code.
pub(super) fn code_field(words: &'static Words, error: Option<&str>, typed: &str) -> Input {
    let said = &words.returning;
    Input::code(
        Question {
            name: CODE.to_string(),
            label: inline(said.code),
            hint: Some(inline(said.code_hint)),
            error: error.map(str::to_string),
            ..Question::default()
        },
        typed,
    )
}

/// What was posted for a page and could not be saved, each text with its question; `None` if nothing was typed.
///
/// `survey` is none where it cannot be read now; `again` is the form that saves it, where one may.
pub(super) fn kept(
    survey: Option<&Survey>,
    words: &'static Words,
    fields: &Fields,
    again: Option<page::Again>,
) -> Option<page::Kept> {
    let said = &words.returning;
    let label = |name: &str| {
        let item = survey.and_then(|survey| survey.item(name.split('.').next().unwrap_or(name)));
        item.map_or_else(|| name.to_string(), |item| plain(&item.head.text))
    };
    let text = |name: &str, value: &str| {
        let item = survey.and_then(|survey| survey.item(name));
        match item {
            Some(item) if item.scale() == Scale::Flag => words.form.agreed.to_string(),
            item => item.and_then(|item| item.label(value)).map_or_else(|| value.to_string(), plain),
        }
    };
    let typed = fields.0.iter().filter(|(_, value)| !value.trim().is_empty());
    let texts: Vec<page::KeptText> = (1..)
        .zip(typed)
        .map(|(number, (name, value))| page::KeptText {
            id: format!("kept-{number}"),
            label: label(name),
            text: text(name, value),
        })
        .collect();
    (!texts.is_empty()).then_some(page::Kept { heading: said.what_you_typed, says: said.not_saved, texts, again })
}

fn closes(window: &Window, words: &Words) -> String {
    words.moment(window.closes, &window.timezone)
}

/// A language in its own words, where we know them.
pub(super) fn language_name(tag: &str) -> &str {
    match tag.split('-').next().unwrap_or(tag) {
        "ar" => "العربية",
        "bn" => "বাংলা",
        "cy" => "Cymraeg",
        "en" => "English",
        "fr" => "Français",
        "de" => "Deutsch",
        "es" => "Español",
        "fa" => "فارسی",
        "gu" => "ગુજરાતી",
        "he" => "עברית",
        "hi" => "हिन्दी",
        "it" => "Italiano",
        "pa" => "ਪੰਜਾਬੀ",
        "pl" => "Polski",
        "ps" => "پښتو",
        "pt" => "Português",
        "ro" => "Română",
        "so" => "Soomaali",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "ur" => "اردو",
        "zh" => "中文",
        "gd" => "Gàidhlig",
        "ga" => "Gaeilge",
        _ => tag,
    }
}

/// The sections, and how far each is.
pub(super) fn overview(site: &Site, sitting: &Sitting, guard: &str) -> page::Overview {
    let survey = &sitting.survey;
    let words = Words::of(&survey.language);
    let said = &words.sections;
    let tasks = sitting.draft.tasks(survey);
    let done = tasks.iter().filter(|task| task.status == Status::Completed).count();
    let view = |(number, task): (usize, &Task)| page::Task {
        number,
        title: inline(&task.title),
        href: task.to.as_ref().map(|at| screen_address(&survey.id, at)),
        status: match task.status {
            Status::Completed => said.completed,
            Status::Incomplete => said.incomplete,
            Status::NotStarted => said.not_started,
            Status::CannotStart => said.cannot_start,
        },
        is_completed: task.status == Status::Completed,
        is_tag: matches!(task.status, Status::Incomplete | Status::NotStarted),
    };
    let check = (sitting.draft.next(survey) == Next::Check)
        .then(|| Link { href: format!("/s/{}/check", survey.id), text: words.labels.check_your_answers.to_string() });
    page::Overview {
        shell: shell(
            site,
            survey,
            title(said.heading, &survey.title),
            Some(format!("/s/{}{}", survey.id, asked_for(survey))),
        ),
        heading: said.heading,
        says: said.so_far.with(&[("done", &done), ("all", &tasks.len())]),
        tasks: (1..).zip(&tasks).map(view).collect(),
        check,
        action: format!("/s/{}/overview", survey.id),
        csrf: guard.to_string(),
        version: sitting.version,
        languages: other_languages(survey, &sitting.languages),
    }
}

/// The address of a screen; that of a first part is the page's.
pub(super) fn screen_address(survey: &str, at: &Screen) -> String {
    let page = format!("/s/{survey}/page/{}", at.page);
    if at.part == 1 { page } else { format!("{page}/{}", at.part) }
}

/// The languages to which a person can change.
pub(super) fn other_languages(survey: &Survey, all: &[String]) -> Vec<page::Language> {
    let others = all.iter().filter(|tag| **tag != survey.language);
    others.map(|tag| in_itself(tag)).collect()
}

fn in_itself(tag: &str) -> page::Language {
    let dir = if is_right_to_left(tag) { "rtl" } else { "ltr" };
    page::Language { tag: tag.to_string(), dir, name: language_name(tag).to_string() }
}

/// The link to come back to answers in progress.
pub(super) fn link_back(site: &Site, survey: &Survey, token: &Token) -> String {
    format!("{}/s/{}/resume/{}", site.address, survey.id, token.as_str())
}

/// Until when that link works, as a sentence, where that is known.
pub(super) fn link_expires(survey: &Survey) -> Option<String> {
    let said = &Words::of(&survey.language).pages.link_expires;
    closing(survey).map(|closes| said.with(&[("closes", &closes)]))
}

/// When the consultation closes, where that is known.
pub(super) fn closing(survey: &Survey) -> Option<String> {
    survey.window.as_ref().map(|window| closes(window, Words::of(&survey.language)))
}

pub(super) fn saved(site: &Site, survey: &Survey, token: &Token, mail: &MailForm) -> page::Saved {
    let link = link_back(site, survey, token);
    let words = Words::of(&survey.language);
    page::Saved {
        shell: shell(site, survey, mail.title(title(words.labels.saved, &survey.title), survey), None),
        link_text: link.clone(),
        link,
        code: token.grouped(),
        expires: link_expires(survey),
        back_to: format!("/s/{}/continue", survey.id),
        errors: mail.errors(What::Link, survey),
        mail: mail.view(What::Link, site, survey, token),
        leave: leave(survey, token, Words::of(&survey.language).returning.note_the_code_first),
    }
}

/// The form that makes this browser forget the answers; `first` is what to keep before that.
pub(super) fn leave(survey: &Survey, token: &Token, first: &'static str) -> page::Leave {
    let said = &Words::of(&survey.language).returning;
    page::Leave {
        heading: said.shared_device,
        says: first,
        action: format!("/s/{}/leave", survey.id),
        csrf: token.form_guard(),
        button: said.leave,
    }
}

/// `barred` says why they cannot be sent yet.
pub(super) fn check(site: &Site, sitting: &Sitting, guard: &str, barred: Option<page::Barred>) -> page::Check {
    let survey = &sitting.survey;
    let words = Words::of(&survey.language);
    let way = sitting.draft.route(survey);
    let base = format!("/s/{}", survey.id);
    let groups = way.stops.iter().map(|stop| {
        let whole = present(&way, &stop.whole(), &sitting.draft.seed);
        let text = |id: &str| whole.items.iter().find(|item| item.head.id == id).map(|item| item.head.text.as_str());
        let rows = stop.parts.iter().flat_map(|part| {
            let change = format!("{}?from=check", screen_address(&survey.id, &part.screen()));
            let items = present(&way, part, &sitting.draft.seed).items;
            let asked = part.questions.iter().zip(items).filter(|(_, item)| item.scale() != Scale::None);
            let rows = asked.map(|(shown, mut item)| {
                // The rows of a grid in parts stand with the part that asks them.
                if let Some(text) = text(&item.head.id).filter(|_| shown.rows.is_some()) {
                    item.to_mut().head.text = numbered(survey, text, part);
                }
                answer_row(&item, way.answer(&item.head.id), change.clone(), words)
            });
            rows.collect::<Vec<_>>()
        });
        AnswerGroup { rows: rows.collect(), heading: whole.title.as_deref().map(plain) }
    });
    let last = way.screens().last().map_or_else(|| base.clone(), |part| screen_address(&survey.id, &part.screen()));
    let last = if survey.overview { format!("{base}/overview") } else { last };
    // A closing page that finishes the consultation early has its say here.
    let closing = way.end.and_then(|page| page.text.as_deref()).map(block);
    page::Check {
        shell: shell(site, survey, title(words.labels.check_your_answers, &survey.title), Some(last)),
        errors: Vec::new(),
        groups: groups.filter(|group| !group.rows.is_empty()).collect(),
        closing,
        declaration: words.pages.declaration,
        action: format!("{base}/send"),
        csrf: guard.to_string(),
        version: sitting.version,
        languages: other_languages(survey, &sitting.languages),
        can_save: true,
        barred,
    }
}

/// A copy of answers that could not be sent; `None` if there are none.
pub(super) fn unsent(site: &Site, sitting: &Sitting) -> Option<page::Kept> {
    let words = Words::of(&sitting.survey.language);
    let rows = check(site, sitting, "", None).groups.into_iter().flat_map(|group| group.rows);
    let given = (1..).zip(rows.filter(|row| !row.given.is_empty()));
    let texts: Vec<page::KeptText> = given
        .map(|(number, row)| page::KeptText {
            id: format!("kept-{number}"),
            label: row.question,
            text: row.given.join("\n"),
        })
        .collect();
    let (heading, says) = (words.access.your_answers, words.access.kept);
    (!texts.is_empty()).then_some(page::Kept { heading, says, texts, again: None })
}

pub(super) fn ended(site: &Site, survey: &Survey, id: &str) -> Option<Ended> {
    let page = survey.page(id).filter(|page| page.end.is_some())?;
    let thanks = Words::of(&survey.language).pages.thank_you;
    let heading = page.title.clone().unwrap_or_else(|| thanks.to_string());
    let start = format!("/s/{}{}", survey.id, asked_for(survey));
    Some(Ended {
        shell: shell(site, survey, title(&heading, &survey.title), Some(start)),
        heading,
        body: page_block(page.text.as_deref().unwrap_or_default()),
        link: None,
        contact: survey.introduction.contact.as_deref().map(block),
    })
}

/// The page after [`leave`].
pub(super) fn left(site: &Site, survey: &Survey) -> Ended {
    let words = Words::of(&survey.language);
    let said = &words.returning;
    let start = format!("/s/{}{}", survey.id, asked_for(survey));
    Ended {
        shell: shell(site, survey, title(said.left, &survey.title), None),
        heading: said.left.to_string(),
        body: page_block(said.left_means),
        link: Some(Link { href: start, text: words.problems.go_to_start.to_string() }),
        contact: None,
    }
}

/// Where a link was mailed.
pub(super) fn mailed(site: &Site, survey: &Survey) -> Ended {
    let said = &Words::of(&survey.language).access;
    let start = format!("/s/{}{}", survey.id, asked_for(survey));
    Ended {
        shell: shell(site, survey, title(said.mailed, &survey.title), Some(start)),
        heading: said.mailed.to_string(),
        body: page_block(said.mailed_means),
        link: None,
        contact: survey.introduction.contact.as_deref().map(block),
    }
}

pub(super) fn closed(site: &Site, survey: &Survey) -> Ended {
    let words = Words::of(&survey.language);
    let heading = words.problems.closed.heading;
    let said = words.pages.closed.with(&[("title", &literal(&survey.title))]);
    Ended {
        shell: shell(site, survey, title(heading, &survey.title), None),
        heading: heading.to_string(),
        body: page_block(&said),
        link: Some(Link { href: format!("/{}", asked_for(survey)), text: words.pages.see_open.to_string() }),
        contact: survey.introduction.contact.as_deref().map(block),
    }
}
