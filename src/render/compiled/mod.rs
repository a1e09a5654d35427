//! Pages of questions compiled once from their templates, for each version of a survey and each language: text that is
//! always the same, with gaps for what differs from person to person.
//!
//! The templates stay the only source of markup. What is compiled is compared with what handlebars gives when it is used
//! for the first time, and where the two differ, as a theme's template may make them, handlebars fills the survey's pages.
//! Nothing of what a person typed is kept: the gaps hold names of fields, and options of the definition.

mod edition;
mod few;
mod frame;
mod item;
mod text;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::form::{Filled, NOTHING};
use super::html::Html;
use super::page::Page;
use super::{RenderError, Renderer};
use crate::definition::Survey;
use crate::item::{Fault, Fields};
use crate::response::part::Part;
use crate::response::progress::Counted;
use crate::response::route::Route;
use crate::vocabulary::Words;
use edition::Edition;
use few::Few;
use serde::Serialize;

/// Most bytes that are kept; where they are reached, everything is compiled anew as it is asked for.
const ROOM: usize = 64 * 1024 * 1024;

/// One page for one person.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    /// The survey in its language.
    pub survey: &'a Arc<Survey>,
    /// The number of its version.
    pub version: i32,
    /// The person's way through it.
    pub route: &'a Route<'a>,
    /// What is asked.
    pub part: &'a Part<'a>,
    /// The number of its page in the survey, from 0.
    pub page_number: usize,
    /// What the person's order of options is drawn from.
    pub seed: &'a str,
    /// What stands in the fields.
    pub fields: &'a Fields,
    /// What is wrong with it.
    pub faults: &'a [Fault],
    /// The repeat that is to show one entry more.
    pub more: Option<&'a str>,
    /// True if the person came from the overview of the answers.
    pub from_check: bool,
    /// Where the back link leads.
    pub back: &'a str,
    /// How far the person is, in words.
    pub progress: Option<&'a str>,
    /// Token against forged requests.
    pub guard: &'a str,
    /// The name of this making of the page.
    pub name: &'a str,
}

impl Making<'_> {
    fn words(&self) -> &'static Words {
        Words::of(&self.survey.language)
    }

    /// True if the page's heading is its only question.
    fn heads_page(&self) -> bool {
        self.part.page.title.is_none()
    }

    fn filled(&self) -> Filled<'_> {
        let (words, lang) = (self.words(), &self.survey.language);
        Filled {
            fields: self.fields,
            faults: self.faults,
            words,
            words_lang: words.stranger_to(lang),
            lang,
            before: &NOTHING,
        }
    }
}

/// What a page says around its items, the same for everyone unless it tells earlier answers.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The document's title.
    pub title: String,
    /// Heading 1.
    pub heading: Option<Html>,
    /// Text over the items.
    pub intro: Option<Html>,
    /// Where the form posts to.
    pub action: String,
    /// Where the script keeps what is being typed.
    pub keep: String,
}

impl Outside {
    fn of(page: &Page) -> Self {
        Self {
            title: page.shell.title.clone(),
            heading: page.heading.clone(),
            intro: page.intro.clone(),
            action: page.action.clone(),
            keep: page.keep.clone(),
        }
    }

    fn bytes(&self) -> usize {
        let html = |html: &Option<Html>| html.as_ref().map_or(0, |html| html.as_str().len());
        let texts = self.title.len() + self.action.len() + self.keep.len();
        size_of::<Self>() + texts + html(&self.heading) + html(&self.intro)
    }
}

/// What is compiled of the surveys that are answered.
#[derive(Debug, Default)]
pub struct Pages {
    editions: RwLock<Vec<Arc<Edition>>>,
    counted: RwLock<Vec<(Arc<Survey>, Arc<Counted>)>>,
    few: Few,
    bytes: AtomicUsize,
    by_template: AtomicUsize,
}

impl Pages {
    /// The page as HTML, byte for byte as `respond/page` gives it for the `whole` view.
    ///
    /// `outside` and `whole` are asked where something is not compiled yet or cannot be.
    pub fn page(
        &self,
        renderer: &Renderer,
        making: &Making<'_>,
        outside: &dyn Fn() -> Outside,
        whole: &dyn Fn() -> Page,
    ) -> Result<String, RenderError> {
        let edition = self.edition(making.survey, whole);
        match edition.page(renderer, making, outside, whole) {
            Ok(Some((page, 0))) => Ok(page),
            Ok(Some((page, bytes))) => {
                let told = renderer.render(frame::PAGE, &whole())?;
                if page != told {
                    edition.give_up();
                }
                if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > ROOM {
                    self.forget();
                }
                Ok(told)
            }
            Ok(None) | Err(_) => {
                self.by_template.fetch_add(1, Ordering::Relaxed);
                renderer.render(frame::PAGE, &whole())
            }
        }
    }

    /// A page that differs from person to person in these texts alone, and in what `way` numbers: byte for byte as its
    /// template gives it for the view, which is made where the page is not compiled yet.
    pub fn with_texts<V: Serialize>(
        &self,
        renderer: &Renderer,
        survey: &Arc<Survey>,
        (template, way): (&'static str, u8),
        texts: &[&str],
        view: impl Fn(&[String]) -> V,
    ) -> Result<String, RenderError> {
        self.few.page(renderer, survey, (template, way), texts, view)
    }

    /// How many screens people have in this survey, as far as it was counted.
    pub fn counted(&self, survey: &Arc<Survey>) -> Arc<Counted> {
        let find = |known: &[(Arc<Survey>, Arc<Counted>)]| {
            known.iter().find(|(known, _)| Arc::ptr_eq(known, survey)).map(|(_, counted)| Arc::clone(counted))
        };
        if let Some(known) = find(&self.counted.read().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let mut all = self.counted.write().unwrap_or_else(PoisonError::into_inner);
        find(&all).unwrap_or_else(|| {
            let counted = Arc::new(Counted::of(survey));
            all.push((Arc::clone(survey), Arc::clone(&counted)));
            counted
        })
    }

    /// How many bytes are kept.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many pages handlebars has filled because they could not be compiled.
    pub fn by_template(&self) -> usize {
        self.by_template.load(Ordering::Relaxed)
    }

    fn edition(&self, survey: &Arc<Survey>, whole: &dyn Fn() -> Page) -> Arc<Edition> {
        let find =
            |known: &[Arc<Edition>]| known.iter().find(|known| Arc::ptr_eq(&known.survey, survey)).map(Arc::clone);
        if let Some(known) = find(&self.editions.read().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let edition = Arc::new(Edition::new(survey, &whole()));
        let mut editions = self.editions.write().unwrap_or_else(PoisonError::into_inner);
        find(&editions).unwrap_or_else(|| {
            editions.push(Arc::clone(&edition));
            edition
        })
    }

    fn forget(&self) {
        self.editions.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.few.forget();
        self.counted.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.bytes.store(0, Ordering::Relaxed);
    }
}
