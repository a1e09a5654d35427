//! Which items share a page: groups become pages, groups within them headings, and the rest is asked in order.

use std::rc::Rc;

use serde_json::Value;

use super::enable::{Judged, both, conditions_said, own};
use super::extensions::{has_control, is_set, kept, kept_flag, kept_text};
use super::json::{flag, list, text};
use super::options::is_kept_as;
use super::reading::{MAX_QUESTIONS, Reading, What};
use crate::exchange::report::Fate;

/// Most questions, headings and their ends: more than can be asked.
const MAX_PARTS: usize = 4 * MAX_QUESTIONS;

/// A page to be.
#[derive(Debug, Default)]
pub(super) struct Sheet<'a> {
    /// The group that it was; none for items that stood in no group.
    pub(super) group: Option<&'a Value>,
    /// What has the page's title.
    pub(super) titled: Option<&'a Value>,
    /// What has the text under the title, in a file of ours.
    pub(super) text: Option<&'a Value>,
    pub(super) pointer: String,
    pub(super) scope: Option<usize>,
    pub(super) parts: Vec<Part<'a>>,
}

/// Something on a page.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: PartKind,
    pub(super) item: &'a Value,
    pub(super) pointer: Rc<str>,
    pub(super) scope: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    Question,
    Grid,
    Repeat,
    /// The name of a group within the page, shown before the first question in it.
    Heading,
    /// The end of that group.
    End,
}

/// The condition of an item and of the groups it stands in, worked out when it is first needed.
#[derive(Debug)]
struct Scope<'a> {
    parent: Option<usize>,
    item: &'a Value,
    pointer: Rc<str>,
    /// True once `judged` was worked out.
    is_judged: bool,
    judged: Option<Judged>,
}

/// The pages to be, and the conditions that they and their parts stand under.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    pub(super) sheets: Vec<Sheet<'a>>,
    scopes: Vec<Scope<'a>>,
    parts: usize,
}

/// Plans the pages of a Questionnaire.
pub(super) fn plan<'a>(reading: &mut Reading<'a>, questionnaire: &'a Value, pointer: &str) -> Plan<'a> {
    let mut plan = Plan::default();
    note_links(reading, questionnaire);
    let top = Top { titled: None, scope: None };
    plan.top(reading, questionnaire, &top, pointer);
    if plan.parts > MAX_PARTS {
        let message = "the Questionnaire has more items than can be read; split it and import the parts";
        reading.say("items-cut", Fate::Dropped, pointer, None, message);
    }
    plan
}

/// Remembers what items are called, and what several are called.
fn note_links<'a>(reading: &mut Reading<'a>, parent: &'a Value) {
    for item in list(parent, "item") {
        if let Some(link) = text(item, "linkId")
            && !reading.links.insert(link)
        {
            reading.doubles.insert(link);
        }
        note_links(reading, item);
    }
}

/// Where items stand that are pages or on pages of their own.
struct Top<'a> {
    titled: Option<&'a Value>,
    scope: Option<usize>,
}

impl<'a> Plan<'a> {
    /// The condition of a scope and all around it.
    pub(super) fn judged(&mut self, reading: &mut Reading<'a>, scope: Option<usize>) -> Option<Judged> {
        let found = self.scopes.get(scope?)?;
        if found.is_judged {
            return found.judged.clone();
        }
        let (parent, item, pointer) = (found.parent, found.item, found.pointer.clone());
        let outer = self.judged(reading, parent);
        let judged = both(outer, own(reading, item, &pointer));
        if let Some(found) = self.scopes.get_mut(scope?) {
            found.is_judged = true;
            found.judged.clone_from(&judged);
        }
        judged
    }

    /// The scope of an item: its own where it has a condition, and the one around it otherwise.
    fn scope(&mut self, item: &'a Value, pointer: &Rc<str>, parent: Option<usize>) -> Option<usize> {
        if !has_condition(item) {
            return parent;
        }
        self.scopes.push(Scope { parent, item, pointer: Rc::clone(pointer), is_judged: false, judged: None });
        Some(self.scopes.len() - 1)
    }

    fn top(&mut self, reading: &mut Reading<'a>, parent: &'a Value, around: &Top<'a>, pointer: &str) {
        let mut loose: Option<usize> = None;
        for (at, item) in list(parent, "item").iter().enumerate() {
            let pointer: Rc<str> = format!("{pointer}/item/{at}").into();
            if left_out(reading, item, &pointer) {
                continue;
            }
            if kept_flag(item, "after_end") {
                let scope = self.scope(item, &pointer, around.scope);
                self.top(reading, item, &Top { titled: around.titled, scope }, &pointer);
                continue;
            }
            if !is_group(item) {
                let sheet = *loose.get_or_insert_with(|| {
                    self.sheets.push(Sheet { titled: around.titled, scope: around.scope, ..Sheet::default() });
                    self.sheets.len() - 1
                });
                self.inside(reading, sheet, item, &pointer, None);
                continue;
            }
            loose = None;
            let scope = self.scope(item, &pointer, around.scope);
            if is_section(item) {
                let title = text(item, "text").map(|_| item).or(around.titled);
                self.top(reading, item, &Top { titled: title, scope }, &pointer);
                continue;
            }
            let titled = text(item, "text").map(|_| item).or(around.titled);
            self.sheets.push(Sheet {
                group: Some(item),
                titled,
                scope,
                pointer: pointer.to_string(),
                ..Sheet::default()
            });
            let sheet = self.sheets.len() - 1;
            match whole(item) {
                Some(kind) => self.push(sheet, Part { kind, item, pointer, scope: None }),
                None => self.all_inside(reading, sheet, item, &pointer, None),
            }
        }
    }

    fn push(&mut self, sheet: usize, part: Part<'a>) {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return;
        }
        if let Some(sheet) = self.sheets.get_mut(sheet) {
            sheet.parts.push(part);
        }
    }

    fn all_inside(
        &mut self,
        reading: &mut Reading<'a>,
        sheet: usize,
        parent: &'a Value,
        pointer: &str,
        scope: Option<usize>,
    ) {
        for (at, item) in list(parent, "item").iter().enumerate() {
            let pointer: Rc<str> = format!("{pointer}/item/{at}").into();
            if is_beside(!is_group(parent), item) || left_out(reading, item, &pointer) {
                continue;
            }
            self.inside(reading, sheet, item, &pointer, scope);
        }
    }

    /// Puts an item on a page, with what stands in it.
    fn inside(
        &mut self,
        reading: &mut Reading<'a>,
        sheet: usize,
        item: &'a Value,
        pointer: &Rc<str>,
        scope: Option<usize>,
    ) {
        if is_kept_as(item, "part", "filler") {
            return;
        }
        if is_kept_as(item, "part", "text") {
            if let Some(sheet) = self.sheets.get_mut(sheet) {
                sheet.text = Some(item);
            }
            return;
        }
        let scope = self.scope(item, pointer, scope);
        let part = |kind| Part { kind, item, pointer: Rc::clone(pointer), scope };
        if let Some(kind) = whole(item) {
            self.push(sheet, part(kind));
        } else if is_group(item) {
            self.push(sheet, part(PartKind::Heading));
            self.all_inside(reading, sheet, item, pointer, scope);
            self.push(sheet, part(PartKind::End));
        } else {
            self.push(sheet, part(PartKind::Question));
            self.all_inside(reading, sheet, item, pointer, scope);
        }
    }
}

/// True for an item that holds others and asks nothing itself.
pub(super) fn is_group(item: &Value) -> bool {
    match text(item, "type") {
        Some(kind) => kind == "group",
        None => !list(item, "item").is_empty(),
    }
}

/// True if an item is only shown under a condition.
pub(super) fn has_condition(item: &Value) -> bool {
    !list(item, "enableWhen").is_empty()
        || !list(item, "modifierExtension").is_empty()
        || conditions_said(item).next().is_some()
        || kept(item, "show_if").is_some()
        || kept(item, "lost_rule").is_some()
}

/// What a group is that becomes one question.
fn whole(item: &Value) -> Option<PartKind> {
    if !is_group(item) {
        return None;
    }
    let kind = kept_text(item, "type");
    if flag(item, "repeats") || kind == Some("repeat") {
        Some(PartKind::Repeat)
    } else if is_grid(item) || kind.is_some_and(|kind| ["rate", "rank", "allocate"].contains(&kind)) {
        Some(PartKind::Grid)
    } else {
        None
    }
}

/// True for a table whose rows are choices from the same options.
fn is_grid(item: &Value) -> bool {
    const OPTIONS: [&str; 4] = ["answerOption", "answerValueSet", "option", "options"];
    if !has_control(item, &["table", "htable", "gtable", "grid"]) {
        return false;
    }
    let rows = list(item, "item");
    let Some(first) = rows.first() else { return false };
    OPTIONS.iter().any(|key| first.get(key).is_some())
        && rows.iter().all(|row| {
            matches!(text(row, "type"), Some("choice" | "coding"))
                && !flag(row, "repeats")
                && !flag(row, "readOnly")
                && !is_set(row, "hidden")
                && !has_condition(row)
                && list(row, "item").iter().all(|inner| is_beside(true, inner))
                && OPTIONS.iter().all(|key| row.get(key) == first.get(key))
        })
}

/// True for a group that holds pages: tabs, or at least two groups and no question of its own.
fn is_section(item: &Value) -> bool {
    const PAGES: [&str; 2] = ["page", "tab"];
    if whole(item).is_some() || has_control(item, &PAGES) || kept(item, "page").is_some() {
        return false;
    }
    let groups = || list(item, "item").iter().filter(|inner| is_group(inner) && whole(inner).is_none());
    if groups().any(|inner| has_control(inner, &PAGES)) {
        return true;
    }
    let asks = |inner: &&Value| !is_group(inner) && text(inner, "type") != Some("display") && !is_set(inner, "hidden");
    groups().count() >= 2 && !list(item, "item").iter().any(|inner| asks(&inner) || whole(inner).is_some())
}

/// True for a text that belongs to the question around it, and is not shown by itself.
pub(super) fn is_beside(in_question: bool, item: &Value) -> bool {
    const BESIDE: [&str; 6] = ["help", "flyover", "unit", "prompt", "lower", "upper"];
    let is_text = || text(item, "type") == Some("display") && has_control(item, &BESIDE) && !has_condition(item);
    in_question && (is_kept_as(item, "part", "other") || is_text())
}

/// True for an item that nobody can answer; it is reported, and rules that name it are lost.
fn left_out<'a>(reading: &mut Reading<'a>, item: &'a Value, pointer: &str) -> bool {
    if is_set(item, "hidden") && kept(item, "show_if").is_none() && kept(item, "lost_rule").is_none() {
        let message = "it is hidden from who answers, and was left out";
        reading.say("hidden-dropped", Fate::Dropped, pointer, None, message);
        gone(reading, item, "is hidden");
        return true;
    }
    if flag(item, "readOnly") && !is_group(item) && text(item, "type") != Some("display") {
        let message = "it cannot be changed by who answers, and was left out";
        reading.say("read-only-dropped", Fate::Dropped, pointer, None, message);
        gone(reading, item, "cannot be answered");
        return true;
    }
    false
}

/// Remembers that an item, and all in it, is not asked.
pub(super) fn gone<'a>(reading: &mut Reading<'a>, item: &'a Value, why: &'static str) {
    if let Some(link) = text(item, "linkId") {
        reading.place(link, "", What::Gone(why));
    }
    for inner in list(item, "item") {
        gone(reading, inner, why);
    }
}
