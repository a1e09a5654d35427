//! What stands around the items of a page, as text with gaps.

use serde_json::{Map, Value, json};

use super::text::{Piece, is_marked, mark, pieces, push};
use super::{Making, Outside};
use crate::item::Fault;
use crate::render::page::{Link, Page};
use crate::render::{RenderError, Renderer};

/// The template of a page.
pub(super) const PAGE: &str = "respond/page";

/// What of a page changes its markup around the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Whether there are progress, a heading and an introduction.
    pub(super) texts: [bool; 3],
    /// Whether there are buttons that do not continue.
    pub(super) actions: bool,
    pub(super) items: usize,
    pub(super) errors: usize,
    pub(super) confirm: usize,
}

/// What goes into a gap.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Title,
    Back,
    Progress,
    Heading,
    Intro,
    Action,
    Keep,
    Guard,
    Making,
    Version,
    Item(usize),
    Href(usize),
    Error(usize),
    Confirm(usize),
}

/// The page around its items.
#[derive(Debug)]
pub(super) struct Frame {
    pieces: Vec<Piece>,
    slots: Vec<Slot>,
}

/// What is wrong with what was typed, for the summary over the page.
pub(super) struct Told {
    /// Links to the fields.
    pub(super) errors: Vec<Link>,
    /// Numbers of warnings.
    pub(super) confirm: Vec<usize>,
}

impl Told {
    pub(super) fn of(faults: &[Fault], making: &Making<'_>) -> Self {
        use crate::render::form::{confirmable, error_links};
        if faults.is_empty() {
            return Self { errors: Vec::new(), confirm: Vec::new() };
        }
        Self { errors: error_links(faults, making.words()), confirm: confirmable(faults) }
    }

    /// The fault of a number, in words.
    pub(super) fn message(&self, number: usize) -> Option<&str> {
        self.errors.get(number).map(|link| link.text.as_str())
    }
}

/// Puts marks into a view.
struct Marks<'a> {
    view: &'a mut Map<String, Value>,
    slots: Vec<Slot>,
}

impl Marks<'_> {
    fn mark(&mut self, slot: Slot) -> String {
        self.slots.push(slot);
        mark(self.slots.len() - 1)
    }

    fn put(&mut self, key: &str, slot: Slot) {
        let mark = self.mark(slot);
        self.view.insert(key.to_string(), mark.into());
    }

    fn put_within(&mut self, outer: &str, key: &str, slot: Slot) {
        let mark = self.mark(slot);
        if let Some(outer) = self.view.get_mut(outer).and_then(Value::as_object_mut) {
            outer.insert(key.to_string(), mark.into());
        }
    }
}

impl Frame {
    /// Compiles what stands around the items of pages that are shaped as this one; `None` if its template cannot be told
    /// apart.
    pub(super) fn compile(renderer: &Renderer, page: &Page, shape: Shape) -> Result<Option<Self>, RenderError> {
        let Ok(Value::Object(mut view)) = serde_json::to_value(page) else { return Ok(None) };
        let mut marks = Marks { view: &mut view, slots: Vec::new() };
        marks.put_within("shell", "title", Slot::Title);
        marks.put_within("shell", "back", Slot::Back);
        let [progress, heading, intro] = shape.texts;
        let texts = [
            (true, "action", Slot::Action),
            (true, "keep", Slot::Keep),
            (true, "csrf", Slot::Guard),
            (true, "making", Slot::Making),
            (true, "version", Slot::Version),
            (progress, "progress", Slot::Progress),
            (heading, "heading", Slot::Heading),
            (intro, "intro", Slot::Intro),
        ];
        for (_, key, slot) in texts.into_iter().filter(|(is_there, ..)| *is_there) {
            marks.put(key, slot);
        }
        let errors: Vec<Value> = (0..shape.errors)
            .map(|number| json!({"href": marks.mark(Slot::Href(number)), "text": marks.mark(Slot::Error(number))}))
            .collect();
        let confirm: Vec<Value> = (0..shape.confirm).map(|number| marks.mark(Slot::Confirm(number)).into()).collect();
        // A note stands for each item: its text is known as the note's template gives it.
        let notes: Vec<String> = (0..shape.items).map(|number| marks.mark(Slot::Item(number))).collect();
        let note =
            |body: &String| json!({"template": "item/note", "heading": null, "is_page_heading": false, "body": body});
        let slots = marks.slots;
        let shell = view.get("shell").cloned().unwrap_or_default();
        view.insert("errors".to_string(), errors.into());
        view.insert("confirm".to_string(), confirm.into());
        view.insert("items".to_string(), notes.iter().map(note).collect());
        let mut text = renderer.fill(PAGE, Value::Object(view))?;
        for body in &notes {
            let mut alone = note(body);
            if let Some(alone) = alone.as_object_mut() {
                alone.insert("shell".to_string(), shell.clone());
            }
            let alone = renderer.fill("item/note", alone)?;
            match text.split_once(&alone) {
                Some((before, after)) if alone.contains(body.as_str()) && !after.contains(&alone) => {
                    text = format!("{before}{body}{after}");
                }
                _ => return Ok(None),
            }
        }
        Ok(pieces(&text).map(|pieces| Self { pieces, slots }))
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.pieces.iter().map(Piece::bytes).sum::<usize>() + self.slots.len() * size_of::<Slot>()
    }

    /// Adds the page; `item` adds the item of a number.
    pub(super) fn fill<E>(
        &self,
        out: &mut String,
        (outside, making, told): (&Outside, &Making<'_>, &Told),
        mut item: impl FnMut(&mut String, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        for piece in &self.pieces {
            let (number, escaped) = match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Gap { number, escaped } => (*number, *escaped),
            };
            let Some(slot) = self.slots.get(number) else { continue };
            let link = |number: usize| told.errors.get(number);
            let number;
            let value = match *slot {
                Slot::Item(number) => {
                    item(out, number)?;
                    continue;
                }
                Slot::Title => &outside.title,
                Slot::Back => making.back,
                Slot::Progress => making.progress.unwrap_or_default(),
                Slot::Heading => outside.heading.as_ref().map_or("", |heading| heading.as_str()),
                Slot::Intro => outside.intro.as_ref().map_or("", |intro| intro.as_str()),
                Slot::Action => &outside.action,
                Slot::Keep => &outside.keep,
                Slot::Guard => making.guard,
                Slot::Making => making.name,
                Slot::Version => {
                    number = making.version.to_string();
                    &number
                }
                Slot::Href(number) => link(number).map_or("", |link| &link.href),
                Slot::Error(number) => link(number).map_or("", |link| &link.text),
                Slot::Confirm(at) => {
                    number = told.confirm.get(at).map(usize::to_string).unwrap_or_default();
                    &number
                }
            };
            push(out, value, escaped);
        }
        Ok(())
    }
}

/// The shell of a page as items see it, with marks where it differs from page to page.
pub(super) fn shell(page: &Page) -> Value {
    let mut shell = serde_json::to_value(&page.shell).unwrap_or_default();
    if let Some(shell) = shell.as_object_mut() {
        shell.insert("title".to_string(), mark(0).into());
        shell.insert("back".to_string(), mark(0).into());
    }
    shell
}

/// An item filled by its own template.
pub(super) fn alone(renderer: &Renderer, shell: &Value, view: &Value) -> Result<Option<String>, RenderError> {
    let mut view = view.clone();
    let Some(map) = view.as_object_mut() else { return Ok(None) };
    let Some(template) = map.get("template").and_then(Value::as_str).map(str::to_string) else { return Ok(None) };
    map.insert("shell".to_string(), shell.clone());
    let text = renderer.fill(&template, view)?;
    Ok(Some(text))
}

/// The same, for an item with what was typed; `None` if it shows what differs from page to page.
pub(super) fn alone_once(renderer: &Renderer, shell: &Value, view: &Value) -> Result<Option<String>, RenderError> {
    // What was typed may look like a mark, and then handlebars fills the whole page.
    Ok(alone(renderer, shell, view)?.filter(|text| !is_marked(text)))
}
