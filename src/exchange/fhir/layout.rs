//! From the plan to pages: each part becomes a question on a page, and a page is split where a rule asks for it.

use serde_json::{Map, Value};

use super::enable::Judged;
use super::extensions::kept_text;
use super::groups::{Rules, grid, repeat, rules};
use super::json::{put, shortened, text};
use super::markdown::line;
use super::plan::{PartKind, Plan, Sheet, gone};
use super::questions::{Stands, ask, kept_keys};
use super::reading::{Reading, quoted};
use super::texts::{Shape, read};
use crate::exchange::report::Fate;

/// Most characters of a page's title.
const MAX_TITLE: usize = 500;
/// Most languages of a page's title.
const MAX_LANGUAGES: usize = 20;

/// Makes the pages of the plan.
pub(super) fn lay_out<'a>(reading: &mut Reading<'a>, mut plan: Plan<'a>) {
    let sheets = std::mem::take(&mut plan.sheets);
    let count = sheets.len();
    for (at, sheet) in sheets.into_iter().enumerate() {
        lay(reading, &mut plan, &sheet, at + 1 == count);
    }
}

fn lay<'a>(reading: &mut Reading<'a>, plan: &mut Plan<'a>, sheet: &Sheet<'a>, is_last: bool) {
    let judged = plan.judged(reading, sheet.scope);
    let group = sheet.group.unwrap_or(&Value::Null);
    let store = kept_text(group, "store").filter(|store| *store == "contact");
    let end =
        kept_text(group, "end").filter(|end| ["screened_out", "finished"].contains(end) && sheet.parts.is_empty());
    let refused = match (store, end, &judged) {
        (Some(_), _, Some(_)) => Some("a page of contact details is offered to everyone and cannot have a rule"),
        (_, Some(_), None) if !is_last => Some("a closing page that everyone reaches can only be the last"),
        _ => None,
    };
    if let Some(why) = refused {
        reading.say("page-dropped", Fate::Dropped, &sheet.pointer, None, format!("{why}; the page was left out"));
        gone(reading, group, "was left out");
        return;
    }
    let mut page = Page::new(reading, sheet, judged, end, store);
    if let Some(link) = sheet.group.and_then(|group| text(group, "linkId")) {
        reading.place(link, "", super::reading::What::Gone("is a group"));
    }
    let mut headings: Vec<Option<&super::plan::Part<'a>>> = Vec::new();
    for part in &sheet.parts {
        match part.kind {
            PartKind::Heading => headings.push(text(part.item, "text").map(|_| part)),
            PartKind::End => drop(headings.pop()),
            PartKind::Question | PartKind::Grid | PartKind::Repeat => {
                let judged = plan.judged(reading, part.scope);
                let rules = match part.kind {
                    PartKind::Repeat => rules(reading, part.item, &part.pointer),
                    _ => Rules::new(),
                };
                if store.is_some() && (judged.is_some() || !rules.is_empty()) {
                    let message = "a contact detail is asked of everyone and cannot have a rule; it was left out";
                    reading.say("contact-rule-dropped", Fate::Dropped, &part.pointer, None, message);
                    gone(reading, part.item, "is kept apart from the answers");
                    continue;
                }
                let mut needed: Vec<usize> = judged.iter().chain(rules.values()).filter_map(Judged::page).collect();
                for heading in headings.iter().flatten() {
                    needed.extend(plan.judged(reading, heading.scope).and_then(|judged| judged.page()));
                }
                if !page.questions.is_empty() && needed.contains(&reading.page()) {
                    page.split(reading, &part.pointer);
                }
                let stands = if store.is_some() { Stands::Contact } else { Stands::Page };
                let questions = match part.kind {
                    PartKind::Grid => grid(reading, part.item, &part.pointer, judged.as_ref()),
                    PartKind::Repeat => {
                        repeat(reading, part.item, &part.pointer, judged.as_ref(), &rules).into_iter().collect()
                    }
                    _ => ask(reading, part.item, &part.pointer, judged.as_ref(), stands).into_iter().collect(),
                };
                if questions.is_empty() {
                    continue;
                }
                for heading in headings.iter_mut().filter_map(Option::take) {
                    let judged = plan.judged(reading, heading.scope);
                    page.questions.push(note(reading, heading, judged.as_ref()));
                }
                page.questions.extend(questions);
            }
        }
    }
    page.finish(reading);
}

/// The name of a group within a page.
fn note(reading: &mut Reading<'_>, heading: &super::plan::Part<'_>, judged: Option<&Judged>) -> Value {
    let link = text(heading.item, "linkId").unwrap_or("heading");
    let id = reading.ids.name(link, "q");
    let mut words = read(heading.item, "text", Shape::Line).unwrap_or_default();
    words.markdown = format!("### {}", words.markdown);
    for (_, content) in &mut words.translations {
        *content = format!("### {content}");
    }
    let words = reading.keep(words, &format!("{id}.text"));
    let mut question = Map::new();
    question.insert("id".into(), id.as_str().into());
    question.insert("type".into(), "note".into());
    question.insert("text".into(), words.into());
    if let Some(judged) = judged {
        judged.put(&mut question);
    }
    kept_keys(heading.item, "note", false, &mut question);
    put(&mut question, "source", (link != id).then_some(link));
    reading.say("heading", Fate::Assumed, &heading.pointer, Some(&id), "the group within a page became a heading");
    Value::Object(question)
}

/// A page as it is filled.
struct Page<'a, 's> {
    sheet: &'s Sheet<'a>,
    /// The id of the first of the pages that this one is split into, and of this one.
    first: String,
    id: String,
    judged: Option<Judged>,
    end: Option<&'a str>,
    store: Option<&'a str>,
    questions: Vec<Value>,
    /// How often it was split.
    splits: usize,
}

impl<'a, 's> Page<'a, 's> {
    fn new(
        reading: &mut Reading<'a>,
        sheet: &'s Sheet<'a>,
        judged: Option<Judged>,
        end: Option<&'a str>,
        store: Option<&'a str>,
    ) -> Self {
        let group = sheet.group.unwrap_or(&Value::Null);
        let number = reading.page() + 1;
        let id = match kept_text(group, "page").or_else(|| text(group, "linkId")) {
            Some(name) => reading.page_ids.name(name, "p"),
            None => reading.page_ids.unique(&format!("page_{number}")),
        };
        Self { sheet, first: id.clone(), id, judged, end, store, questions: Vec::new(), splits: 0 }
    }

    /// Ends the page here; what follows stands on a page of the same title.
    fn split(&mut self, reading: &mut Reading<'a>, pointer: &str) {
        let questions = std::mem::take(&mut self.questions);
        self.push(reading, questions);
        self.splits += 1;
        self.id = reading.page_ids.unique(&self.first);
        let message = format!("it depends on an answer of the same page, so that `{}` begins a new page here", self.id);
        reading.say("page-split", Fate::Assumed, pointer, Some(&self.id), message);
    }

    fn finish(mut self, reading: &mut Reading<'a>) {
        let questions = std::mem::take(&mut self.questions);
        if questions.is_empty() && self.end.is_none() {
            if self.sheet.group.is_some() && self.splits == 0 {
                let message = "nothing in the group can be asked; the page was left out";
                reading.say("page-empty", Fate::Dropped, &self.sheet.pointer, None, message);
            }
            return;
        }
        self.push(reading, questions);
    }

    fn push(&self, reading: &mut Reading<'a>, questions: Vec<Value>) {
        let group = self.sheet.group.unwrap_or(&Value::Null);
        let mut page = Map::new();
        page.insert("id".into(), self.id.as_str().into());
        let title = self.sheet.titled.and_then(|titled| read(titled, "text", Shape::Line));
        let title = title.filter(|title| !title.markdown.is_empty());
        let needs_title = questions.len() > 1 || questions.iter().any(|only| text(only, "type") == Some("note"));
        if let Some(mut title) = title {
            // It stands on every page that this one is split into.
            title.markdown = shortened(&title.markdown, MAX_TITLE);
            title.translations.truncate(MAX_LANGUAGES);
            for (_, content) in &mut title.translations {
                *content = shortened(content, MAX_TITLE);
            }
            let title = reading.keep(title, &format!("{}.title", self.id));
            page.insert("title".into(), title.into());
        } else if needs_title && self.end.is_none() {
            page.insert("title".into(), line(&shortened(&reading.title, MAX_TITLE)).into());
            let message = "the page has no title of its own; it has that of the survey";
            reading.say("page-title", Fate::Assumed, &self.sheet.pointer, Some(&self.id), message);
        }
        if let Some(body) =
            self.sheet.text.filter(|_| self.splits == 0).and_then(|body| read(body, "text", Shape::Paragraphs))
        {
            let body = reading.keep(body, &format!("{}.body", self.id));
            page.insert("text".into(), body.into());
        }
        if let Some(judged) = &self.judged {
            judged.put(&mut page);
        }
        put(&mut page, "end", self.end);
        put(&mut page, "store", self.store);
        if !questions.is_empty() {
            page.insert("questions".into(), questions.into());
        }
        let link = text(group, "linkId");
        let is_ours = kept_text(group, "page").is_some();
        let source = kept_text(group, "source").or(link.filter(|link| !is_ours && *link != self.id));
        put(&mut page, "source", source);
        if self.splits == 0 && self.sheet.group.is_some() {
            let name = link.map_or_else(String::new, |link| format!(" {}", quoted(link)));
            let message = format!("the group{name} became a page");
            let fate = if is_ours { Fate::Exact } else { Fate::Assumed };
            reading.say("page", fate, &self.sheet.pointer, Some(&self.id), message);
            super::questions::leftovers(reading, group, &self.sheet.pointer, &self.id);
        }
        if let (Some(_), Some(rule)) = (self.end, self.judged.as_ref().and_then(Judged::rule)) {
            reading.ends.insert(self.id.clone(), rule.to_string());
        }
        reading.pages.push(Value::Object(page));
    }
}
