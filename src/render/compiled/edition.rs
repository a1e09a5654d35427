//! What is compiled of one version of a survey in one language.

use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::frame::{Frame, Shape, Told, alone, alone_once, shell};
use super::item::{Fragment, compile};
use super::{Making, Outside};
use crate::definition::pipe::{each_piped_text, is_piped};
use crate::definition::{Page as Asked, Question, Survey};
use crate::item::{Fault, FaultKind, Fields, Item, Kind, Order};
use crate::render::form::{self, Filled, entries_shown};
use crate::render::page::Page;
use crate::render::{RenderError, Renderer};
use crate::response::present::question;
use crate::response::route::Shown;

/// Most ways of one item that are compiled, and as many with faults; in others handlebars fills it.
const WAYS: usize = 24;

/// Most places of one page, and most frames, that are kept; one more, and they are compiled anew as they are asked for.
const KEPT: usize = 256;

/// A survey as text with gaps, as far as it was asked for.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) survey: Arc<Survey>,
    /// What its pages have around them, for items.
    shell: Value,
    /// True if its templates give something else than was compiled from them.
    unfit: AtomicBool,
    /// By page and question.
    manners: Vec<Vec<Manner>>,
    known: RwLock<Known>,
}

/// What is compiled so far.
#[derive(Debug, Default)]
struct Known {
    frames: Vec<(Shape, Frame)>,
    outsides: Vec<Vec<(Place, Outside)>>,
    fragments: Vec<Vec<Ways>>,
}

/// An item in the ways in which it was asked; none where its template cannot be compiled.
type Ways = Vec<(Way, Option<Fragment>)>;

/// How an item differs from person to person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// By the ways alone that it is asked in.
    Plain,
    /// By the order of its options or rows too, of which there are few.
    Ordered,
    /// By earlier answers in its texts, or in many ways.
    Any,
}

/// A way in which an item is asked.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    required: bool,
    heads_page: bool,
    /// The entries of a repeat.
    entries: u32,
    /// The part of its page and how many there are, where that matters.
    part: (usize, usize),
    withheld: Vec<String>,
    /// Its rows or options by their places in the definition, where they are not all there as listed.
    order: Vec<u16>,
    /// What is wrong with it: where, and of which kind.
    faults: Vec<(String, String, Discriminant<FaultKind>)>,
}

/// What the outside of a page depends on.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    part: (usize, usize),
    from_check: bool,
    is_faulty: bool,
    /// The question that stands first, where it is the heading.
    first: usize,
}

/// What of a page was not compiled yet.
enum Lack {
    Frame,
    Outside,
    Item(usize),
    /// What cannot be compiled.
    Everything,
}

impl From<RenderError> for Stop {
    fn from(error: RenderError) -> Self {
        Self::Error(error)
    }
}

/// Why a page is not finished.
enum Stop {
    Lack(Lack),
    Error(RenderError),
}

impl Edition {
    /// Nothing is compiled yet; `page` is any page of the survey.
    pub(super) fn new(survey: &Arc<Survey>, page: &Page) -> Self {
        let blank = |page: &Asked| page.questions.iter().map(|_| Vec::new()).collect();
        let known = Known {
            frames: Vec::new(),
            outsides: survey.pages.iter().map(|_| Vec::new()).collect(),
            fragments: survey.pages.iter().map(blank).collect(),
        };
        let manners = |page: &Asked| page.questions.iter().map(manner).collect();
        Self {
            survey: Arc::clone(survey),
            shell: shell(page),
            unfit: AtomicBool::new(false),
            manners: survey.pages.iter().map(manners).collect(),
            known: RwLock::new(known),
        }
    }

    /// Says that handlebars must fill its pages.
    pub(super) fn give_up(&self) {
        self.unfit.store(true, Ordering::Relaxed);
    }

    /// The page, and how many bytes were compiled for it; `None` if handlebars must fill it.
    pub(super) fn page(
        &self,
        renderer: &Renderer,
        making: &Making<'_>,
        outside: &dyn Fn() -> Outside,
        whole: &dyn Fn() -> Page,
    ) -> Result<Option<(String, usize)>, RenderError> {
        if self.unfit.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut bytes = 0;
        // Each turn compiles what the one before lacked.
        for _ in 0..making.part.questions.len() + 3 {
            let filled = {
                let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
                self.fill(&known, renderer, making, outside)
            };
            let lack = match filled {
                Ok(page) => return Ok(Some((page, bytes))),
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Lack(lack)) => lack,
            };
            match self.compile(&lack, renderer, making, outside, whole)? {
                Some(more) => bytes += more,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    fn fill(
        &self,
        known: &Known,
        renderer: &Renderer,
        making: &Making<'_>,
        outside: &dyn Fn() -> Outside,
    ) -> Result<String, Stop> {
        let lack = |lack: Lack| Stop::Lack(lack);
        let number = making.page_number;
        let (page, part) = (making.part.page, making.part);
        let own;
        let outside = if outside_varies(making) {
            own = outside();
            &own
        } else {
            let place = place(making);
            let known = known.outsides.get(number).and_then(|known| find(known, &place));
            known.ok_or_else(|| lack(Lack::Outside))?
        };
        let told = Told::of(making.faults, making);
        let shape = shape(making, outside, &told);
        let frame = find(&known.frames, &shape).ok_or_else(|| lack(Lack::Frame))?;
        let (manners, fragments) = (self.manners.get(number), known.fragments.get(number));
        let mut found = Vec::with_capacity(part.questions.len());
        let mut length = frame.bytes() + 256;
        for (place, shown) in part.questions.iter().enumerate() {
            let at = index(page, shown.question).ok_or_else(|| lack(Lack::Everything))?;
            let faults = faults_of(making, &shown.question.item.head.id);
            let manner = manners.and_then(|manners| manners.get(at)).copied().unwrap_or(Manner::Any);
            let way = way(manner, making, (place, shown), &faults);
            let fragment = match (way, fragments.and_then(|fragments| fragments.get(at))) {
                (Some(way), Some(ways)) => match find(ways, &way) {
                    Some(fragment) => fragment.as_ref(),
                    None if has_room(ways, &way) => return Err(lack(Lack::Item(place))),
                    None => None,
                },
                _ => None,
            };
            length += fragment.map_or(2048, Fragment::length);
            found.push((fragment, faults));
        }
        let mut out =
            String::with_capacity(length + making.fields.0.iter().map(|(_, value)| value.len()).sum::<usize>());
        frame.fill(&mut out, (outside, making, &told), |out, number| {
            match (found.get(number), part.questions.get(number)) {
                (Some((Some(fragment), faults)), _) => {
                    let messages: Vec<&str> = faults.iter().filter_map(|at| told.message(*at)).collect();
                    fragment.fill(out, making.fields, &messages, making.words());
                }
                (_, Some(shown)) => {
                    let item = question(making.route, part, number, shown, making.seed);
                    let view = view(&item, making, making.filled());
                    let text = alone_once(renderer, &self.shell, &view)?;
                    out.push_str(&text.ok_or_else(|| lack(Lack::Everything))?);
                }
                _ => return Err(lack(Lack::Everything)),
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// How many bytes more there are compiled; `None` if it cannot be done.
    fn compile(
        &self,
        lack: &Lack,
        renderer: &Renderer,
        making: &Making<'_>,
        outside: &dyn Fn() -> Outside,
        whole: &dyn Fn() -> Page,
    ) -> Result<Option<usize>, RenderError> {
        let number = making.page_number;
        match lack {
            Lack::Everything => Ok(None),
            Lack::Outside => {
                let (place, outside) = (place(making), outside());
                let bytes = outside.bytes();
                Ok(self.learn(|known| Some(keep(known.outsides.get_mut(number)?, place, outside, bytes))))
            }
            Lack::Frame => {
                let page = whole();
                let told = Told::of(making.faults, making);
                let shape = shape(making, &Outside::of(&page), &told);
                let Some(frame) = Frame::compile(renderer, &page, shape)? else { return Ok(None) };
                let bytes = frame.bytes();
                Ok(self.learn(|known| Some(keep(&mut known.frames, shape, frame, bytes))))
            }
            Lack::Item(place) => {
                let Some(shown) = making.part.questions.get(*place) else { return Ok(None) };
                let Some(at) = index(making.part.page, shown.question) else { return Ok(None) };
                let manner = self.manners.get(number).and_then(|manners| manners.get(at)).copied();
                let faults = faults_of(making, &shown.question.item.head.id);
                let way = manner.and_then(|manner| way(manner, making, (*place, shown), &faults));
                let Some(way) = way else { return Ok(None) };
                let item = question(making.route, making.part, *place, shown, making.seed);
                let fragment = self.fragment(renderer, (&item, &way), &faults, making)?;
                let bytes = fragment.as_ref().map_or(0, Fragment::bytes);
                let ways = |known: &'_ mut Known| {
                    Some(keep(known.fragments.get_mut(number)?.get_mut(at)?, way, fragment, bytes))
                };
                Ok(self.learn(ways))
            }
        }
    }

    fn learn(&self, learn: impl FnOnce(&mut Known) -> Option<usize>) -> Option<usize> {
        learn(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn fragment(
        &self,
        renderer: &Renderer,
        (item, way): (&Item, &Way),
        faults: &[usize],
        making: &Making<'_>,
    ) -> Result<Option<Fragment>, RenderError> {
        let id = &item.head.id;
        let faults: Vec<Fault> = faults.iter().filter_map(|at| making.faults.get(*at)).cloned().collect();
        let told = Told::of(&faults, making);
        let messages: Vec<&str> = (0..faults.len()).filter_map(|at| told.message(at)).collect();
        let mut fields = Fields::default();
        if matches!(item.kind, Kind::Repeat(_)) {
            // A field that no entry has: it shows so many entries, and nothing in them.
            fields.push(format!("{id}.{}._", way.entries), "x");
        }
        let blank = Filled { fields: &fields, faults: &faults, ..making.filled() };
        let mut view = serde_json::to_value(form::items([item], blank, way.heads_page, None)).unwrap_or_default();
        let Some(view) = view.get_mut(0).map(Value::take) else { return Ok(None) };
        let points = if let Kind::Allocate(points) = &item.kind { Some(points) } else { None };
        let fill = |view: &Value| Ok(alone(renderer, &self.shell, view)?.unwrap_or_default());
        compile(view, id, points, &messages, fill)
    }
}

/// An item with what was typed, as its template places it.
fn view(item: &Item, making: &Making<'_>, filled: Filled<'_>) -> Value {
    let views = form::items([item], filled, making.heads_page(), making.more);
    views.first().and_then(|view| serde_json::to_value(view).ok()).unwrap_or_default()
}

/// True if the outside of this page differs from person to person.
fn outside_varies(making: &Making<'_>) -> bool {
    let page = making.part.page;
    let is_piped = |text: &Option<String>| text.as_deref().is_some_and(is_piped);
    let first = || making.part.questions.first().is_none_or(|shown| is_piped_item(&shown.question.item));
    is_piped(&page.title) || is_piped(&page.text) || page.title.is_none() && first()
}

/// The value under a key, if it is known.
fn find<'a, K: PartialEq, V>(known: &'a [(K, V)], key: &K) -> Option<&'a V> {
    known.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

/// Keeps a value, unless someone else was quicker or there is no room; gives the bytes it takes.
fn keep<K: PartialEq, V>(known: &mut Vec<(K, V)>, key: K, value: V, bytes: usize) -> usize {
    if find(known, &key).is_some() {
        return 0;
    }
    // What is asked for seldom gives way.
    if known.len() >= KEPT {
        known.clear();
    }
    known.push((key, value));
    bytes
}

fn index(page: &Asked, question: &Question) -> Option<usize> {
    page.questions.iter().position(|known| std::ptr::eq(known, question))
}

fn is_piped_item(item: &Item) -> bool {
    is_piped(&item.head.text)
}

fn manner(question: &Question) -> Manner {
    let mut item = question.item.clone();
    let mut piped = false;
    each_piped_text(&mut item, &mut |text| piped |= is_piped(text));
    let moves = item.options_mut().map(|options| options.iter().filter(|option| !option.last).count());
    let moves = item.rows_mut().map(|rows| rows.len()).or(moves).unwrap_or_default();
    match item.head.order {
        _ if piped || matches!(item.kind, Kind::Ideas(_)) => Manner::Any,
        Order::Listed => Manner::Plain,
        Order::Random if moves > 4 => Manner::Any,
        Order::Random | Order::Alphabetical | Order::ReverseHalf => Manner::Ordered,
    }
}

/// The way in which an item is asked; `None` if there are too many ways.
fn way(manner: Manner, making: &Making<'_>, (place, shown): (usize, &Shown<'_>), faults: &[usize]) -> Option<Way> {
    let item = &shown.question.item;
    let of = making.part.of;
    let is_numbered = of > 1 && (shown.rows.is_some() || place == 0 && making.heads_page());
    let order = match (manner, &shown.rows) {
        (Manner::Any, _) => return None,
        (_, Some(rows)) => item.places(rows.ids.iter().copied()),
        (Manner::Plain, None) => Vec::new(),
        (Manner::Ordered, None) if shown.withheld.is_empty() => item.order_seen(making.seed),
        (Manner::Ordered, None) => return None,
    };
    let faults = faults.iter().filter_map(|at| making.faults.get(*at));
    // Which rows share a place follows from what was typed.
    if faults.clone().any(|fault| matches!(fault.kind, FaultKind::SameRank { .. })) {
        return None;
    }
    let entries = match &item.kind {
        Kind::Repeat(repeat) => {
            entries_shown(&item.head, repeat, making.fields, making.more == Some(item.head.id.as_str()))
        }
        _ => 0,
    };
    Some(Way {
        required: shown.required,
        heads_page: making.heads_page(),
        entries,
        part: if is_numbered { (making.part.number, of) } else { (1, 1) },
        withheld: shown.withheld.iter().map(ToString::to_string).collect(),
        order,
        faults: faults.map(|fault| (fault.item.clone(), fault.field.clone(), discriminant(&fault.kind))).collect(),
    })
}

/// True if one way more may be compiled, of those with faults or of those without.
fn has_room(ways: &Ways, way: &Way) -> bool {
    ways.iter().filter(|(known, _)| known.faults.is_empty() == way.faults.is_empty()).count() < WAYS
}

/// The numbers of the faults about an item.
fn faults_of(making: &Making<'_>, id: &str) -> Vec<usize> {
    let within = |field: &str| field.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let all = making.faults.iter().enumerate();
    all.filter(|(_, fault)| fault.item == id || within(&fault.field)).map(|(number, _)| number).collect()
}

fn place(making: &Making<'_>) -> Place {
    let part = making.part;
    let first = if making.heads_page() { part.questions.first() } else { None };
    Place {
        part: (part.number, part.of),
        from_check: making.from_check,
        is_faulty: !making.faults.is_empty(),
        first: first.and_then(|shown| index(part.page, shown.question)).unwrap_or_default(),
    }
}

fn shape(making: &Making<'_>, outside: &Outside, told: &Told) -> Shape {
    let has_actions = |shown: &Shown<'_>| matches!(shown.question.item.kind, Kind::Repeat(_) | Kind::Ideas(_));
    Shape {
        texts: [making.progress.is_some(), outside.heading.is_some(), outside.intro.is_some()],
        actions: making.part.questions.iter().any(has_actions),
        items: making.part.questions.len(),
        errors: told.errors.len(),
        confirm: told.confirm.len(),
    }
}
