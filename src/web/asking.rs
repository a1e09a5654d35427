//! One page of questions for one person.

use std::sync::Arc;

use super::Site;
use super::info::{asked_for, shell};
use super::views::{other_languages, screen_address};
use super::wall;
use crate::definition::{Round, Survey};
use crate::item::{Fault, Fields, Item, Kind};
use crate::render::compiled::{Making, Outside};
use crate::render::form::{self, Filled};
use crate::render::markdown::{block, inline, page_block, words as plain};
use crate::render::page::{Link, Page, title};
use crate::render::{RenderError, Renderer, live, round};
use crate::response::present::{Presented, present};
use crate::response::progress::{self, Counted, Progress};
use crate::response::route::Route;
use crate::response::{Draft, Screen};
use crate::service::collect::Sitting;
use crate::service::wall::Part;
use crate::vocabulary::Words;

/// Which page is asked for, by whom and how.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The survey in the person's language.
    pub survey: &'a Arc<Survey>,
    /// The number of its version.
    pub version: i32,
    /// The languages it can be read in.
    pub languages: &'a [String],
    /// The answers so far.
    pub draft: &'a Draft,
    /// The screen.
    pub at: &'a Screen,
    /// What was just posted for it, with its faults; else what is stored stands in its fields.
    pub refused: Option<(&'a Fields, &'a [Fault])>,
    /// What lies on the idea wall, where the page is one.
    pub wall: Option<&'a Part>,
    /// Token against forged requests.
    pub guard: &'a str,
    /// The name of this making of the page, by which copies of what is posted from it are known.
    pub making: &'a str,
    /// True if the person came from the overview of the answers.
    pub from_check: bool,
    /// A repeat that is to show one entry more.
    pub more: Option<&'a str>,
}

/// A screen on a person's way, and what leads to it.
struct Here<'a> {
    asking: &'a Asking<'a>,
    way: &'a Route<'a>,
    part: &'a crate::response::part::Part<'a>,
    fields: &'a Fields,
    faults: &'a [Fault],
    back: String,
    progress: Option<String>,
}

impl<'a> Asking<'a> {
    /// A screen of answers in progress, with nothing else said.
    pub(super) fn of(sitting: &'a Sitting, at: &'a Screen, guard: &'a str, making: &'a str) -> Self {
        Self {
            survey: &sitting.survey,
            version: sitting.version,
            languages: &sitting.languages,
            draft: &sitting.draft,
            at,
            refused: None,
            wall: None,
            guard,
            making,
            from_check: false,
            more: None,
        }
    }

    /// The page as HTML; `None` if it is not on the way.
    pub fn html(&self, site: &Site, renderer: &Renderer) -> Result<Option<String>, RenderError> {
        let counted = site.pages.counted(self.survey);
        self.here(&counted, |here| {
            if here.part.questions.iter().any(|shown| self.differs_by_person(&shown.question.item)) {
                return renderer.render("respond/page", &here.view(site));
            }
            let (survey, page) = (self.survey, here.part.page);
            let making = Making {
                survey,
                version: self.version,
                route: here.way,
                part: here.part,
                page_number: survey.pages.iter().position(|known| std::ptr::eq(known, page)).unwrap_or_default(),
                seed: &self.draft.seed,
                fields: here.fields,
                faults: here.faults,
                more: self.more,
                from_check: self.from_check,
                back: &here.back,
                progress: here.progress.as_deref(),
                guard: self.guard,
                name: self.making,
            };
            site.pages.page(renderer, &making, &|| here.outside().0, &|| here.view(site))
        })
        .transpose()
    }

    /// True for what reads otherwise to each person: it is not worth compiling.
    fn differs_by_person(&self, item: &Item) -> bool {
        let comes_back = |round: &Round| round.number > 1 && round.questions.contains(&item.head.id);
        matches!(item.kind, Kind::Ideas(_)) || self.survey.round.as_ref().is_some_and(comes_back)
    }

    /// What the template of a page places; `None` if it is not on the way. [`Asking::html`] is quicker and the same.
    pub fn view(&self, site: &Site) -> Option<Page> {
        self.here(&Counted::of(self.survey), |here| here.view(site))
    }

    fn here<T>(&self, counted: &Counted, then: impl FnOnce(&Here<'_>) -> T) -> Option<T> {
        let (survey, at) = (self.survey, self.at);
        let way = self.draft.route(survey);
        let part = way.part(at)?;
        let before = way.screens().take_while(|before| !std::ptr::eq(*before, part)).last();
        let before = before.filter(|before| !survey.overview || before.page.section == part.page.section);
        let base = format!("/s/{}", survey.id);
        let back = match before {
            _ if self.from_check => format!("{base}/check"),
            Some(before) => screen_address(&survey.id, &before.screen()),
            None if survey.overview => format!("{base}/overview"),
            None => format!("{base}{}", asked_for(survey)),
        };
        let stored = if self.refused.is_some() { Fields::default() } else { self.draft.fields_on(&way, at) };
        let (fields, faults) = self.refused.unwrap_or((&stored, &[]));
        let progress =
            progress::on(self.draft, &way, at, counted).map(|progress| so_far(progress, Words::of(&survey.language)));
        Some(then(&Here { asking: self, way: &way, part, fields, faults, back, progress }))
    }
}

impl Here<'_> {
    fn words(&self) -> &'static Words {
        Words::of(&self.asking.survey.language)
    }

    /// What the page says around its items, and its items.
    fn outside(&self) -> (Outside, Presented<'_>) {
        let Asking { survey, at, from_check, .. } = *self.asking;
        let presented = present(self.way, self.part, &self.asking.draft.seed);
        let heading = heading(&presented);
        let document = match self.asking.wall {
            Some(part) => title(&format!("{heading} – {}", wall::screen_title(part, self.words())), &survey.title),
            None => title(&heading, &survey.title),
        };
        let title = match self.faults {
            [] => document,
            _ => self.words().pages.faulty_title.with(&[("title", &document)]),
        };
        let heads_page = presented.title.is_none();
        let address = screen_address(&survey.id, at);
        let outside = Outside {
            title,
            heading: (!heads_page).then(|| inline(&heading)),
            intro: presented.text.as_deref().map(|text| if heads_page { page_block(text) } else { block(text) }),
            action: format!("{address}{}", if from_check { "?from=check" } else { "" }),
            keep: format!("{address}/keep"),
        };
        (outside, presented)
    }

    fn view(&self, site: &Site) -> Page {
        let asking = self.asking;
        let (survey, words) = (asking.survey, self.words());
        let (outside, presented) = self.outside();
        let (heads_page, words_lang) = (presented.title.is_none(), words.stranger_to(&survey.language));
        let told = round::told(survey, asking.draft.answered_before(survey).as_ref(), words);
        let (fields, faults, lang) = (self.fields, self.faults, &survey.language);
        let filled = Filled { fields, faults, words, words_lang, lang, before: &told };
        let asked = presented.items.iter().map(AsRef::as_ref);
        let items = asked
            .flat_map(|item| match (&item.kind, asking.wall) {
                (Kind::Ideas(ideas), Some(part)) => vec![wall::item(&item.head, ideas, part, filled, heads_page)],
                _ => form::items(std::iter::once(item), filled, heads_page, asking.more),
            })
            .collect();
        let overview = || Link { href: format!("/s/{}/overview", survey.id), text: words.sections.see_all.to_string() };
        Page {
            shell: shell(site, survey, outside.title, Some(self.back.clone())),
            heading: outside.heading,
            progress: self.progress.clone(),
            intro: outside.intro,
            errors: form::error_links(self.faults, words),
            items,
            confirm: form::confirmable(self.faults),
            has_actions: presented.items.iter().any(|item| matches!(item.kind, Kind::Repeat(_) | Kind::Ideas(_))),
            action: outside.action,
            csrf: asking.guard.to_string(),
            version: asking.version,
            making: asking.making.to_string(),
            keep: outside.keep,
            spoken: live::spoken(words, words_lang),
            languages: other_languages(survey, asking.languages),
            overview: survey.overview.then(overview),
            can_save: true,
        }
    }
}

fn heading(page: &Presented<'_>) -> String {
    let question = || page.items.first().map(|item| item.head.text.as_str());
    plain(page.title.as_deref().or_else(question).unwrap_or_default())
}

fn so_far(progress: Progress, words: &Words) -> String {
    let said = if progress.is_exact { &words.pages.progress } else { &words.pages.progress_about };
    said.with(&[("at", &progress.at), ("all", &progress.all)])
}
