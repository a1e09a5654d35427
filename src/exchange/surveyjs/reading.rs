//! Walks through a definition: pages, panels and repeated panels, and what every question has.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::super::report::{Fate, Refusal};
use super::html;
use super::json::{Element, listed, under};
use super::model::{Body, Check, CheckRule, Choice, Condition, Context, Draft, Group, SourcePage, Target};
use super::names::Ids;
use super::notes::Notes;
use super::text::Text;

/// Most questions of a definition.
const MAX_QUESTIONS: usize = 5_000;
/// Most options of a definition, those of every question taken together.
const MAX_OPTIONS: usize = 20_000;
/// Most rules of a definition.
const MAX_RULES: usize = 50_000;
/// Most bytes of all rules of a definition.
const MAX_RULE_BYTES: usize = 1_000_000;
/// Most patterns of a definition: compiling one takes up to half a millisecond.
const MAX_PATTERNS: usize = 1_000;
/// Most pages of a definition.
pub(super) const MAX_PAGES: usize = 5_000;
/// Deepest nesting of panels.
const MAX_DEPTH: usize = 40;

/// A definition while it is read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The report.
    pub notes: Notes,
    /// The survey's own language.
    pub language: String,
    /// What is asked, in order.
    pub drafts: Vec<Draft>,
    /// The panels.
    pub groups: Vec<Group>,
    /// The pages of the source.
    pub pages: Vec<SourcePage>,
    /// What names stand for, in small letters.
    pub names: BTreeMap<String, Target>,
    /// The ids of questions, pages and calculated values.
    pub ids: Ids,
    /// Values to be calculated.
    pub calculated: Vec<Calculated>,
    /// Longest answer to a text question, if the form says so.
    pub max_text: Option<u32>,
    questions: usize,
    options: usize,
    rules: usize,
    rule_bytes: usize,
    /// Patterns that may still be compiled.
    pub patterns: usize,
}

/// A value to be calculated.
#[derive(Debug)]
pub(super) struct Calculated {
    /// Its id in Canvass.
    pub id: String,
    /// Its name in the source.
    pub name: String,
    /// What it is called.
    pub label: Option<Text>,
    /// The expression.
    pub value: Condition,
}

/// Where a question stands, and what it takes from what is around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seat<'a> {
    /// The page of the source.
    pub page: usize,
    /// The panel around it.
    pub group: Option<usize>,
    /// Whether it is asked several times.
    pub repeated: bool,
    /// Its name as rules write it, if that is not the one it carries.
    pub name: Option<String>,
    /// Its text, if it is not the one it carries.
    pub title: Option<Text>,
    /// The options it has if it carries none.
    pub choices: Option<&'a Json>,
    /// Rules that hold for it as well.
    pub shown: Vec<Condition>,
    /// What names mean in its rules.
    pub context: Context,
    /// How many panels are around it.
    pub depth: usize,
}

impl Reading {
    /// Nothing read yet of a definition in this language.
    pub(super) fn new(language: String) -> Self {
        Self { language, patterns: MAX_PATTERNS, ..Self::default() }
    }

    /// Reads the questions and panels of a list.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn elements<'a>(&mut self, list: &'a [Json], at: &str, seat: &Seat<'a>) -> Result<(), Refusal> {
        for (index, json) in list.iter().enumerate() {
            let element = Element::new(json, format!("{at}/{index}"));
            match element.get("type").as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("panel") if seat.depth < MAX_DEPTH => self.panel(&element, seat)?,
                Some(kind) => self.question(&element, kind, seat)?,
                None if matches!(json, Json::Object(_)) => {
                    let name = element.get("name").as_str().unwrap_or_default();
                    self.gone(name, "it has no type");
                    let message = format!("‘{name}’ has no `type`, so nothing is known about it; it is left out.");
                    self.notes.add("unknown-type", Fate::Unknown, element.at.as_str(), None, message);
                }
                None => self.notes.add(
                    "unknown-type",
                    Fate::Unknown,
                    element.at.as_str(),
                    None,
                    "This is no question; it is left out.",
                ),
            }
        }
        Ok(())
    }

    /// Reads a page of the source.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn page(&mut self, element: &Element<'_>, one_by_one: bool) -> Result<(), Refusal> {
        let number = self.pages.len();
        let name = element.get("name").as_str().unwrap_or_default().to_string();
        let page = SourcePage {
            title: self.words(element, &["title"]),
            description: self.words(element, &["description"]),
            shown: self.shown(element, &Context::default())?,
            at: element.at.clone(),
            one_by_one,
            name,
        };
        self.pages.push(page);
        let key = if element.get("elements").is_null() { "questions" } else { "elements" };
        let list = listed(element.any(&["elements", "questions"]));
        let seat = Seat { page: number, ..Seat::default() };
        let first = self.drafts.len();
        self.elements(list, &element.pointer(key), &seat)?;
        if self.pages.get(number).is_some_and(|page| page.title.is_none()) {
            self.title_from_panel(number, first, list);
        }
        if element.get("requiredIf").as_str().is_some() {
            let message = "That a page needs an answer is not carried over; make the questions on it `required`.";
            self.notes.add("page-required", Fate::Dropped, element.pointer("requiredIf"), None, message);
        }
        self.order(element);
        self.notes.leftovers(element, None);
        Ok(())
    }

    /// Makes the heading of the only panel of a page the heading of the page.
    fn title_from_panel(&mut self, number: usize, first: usize, list: &[Json]) {
        let [only] = list else { return };
        let is_panel = under(only, "type").as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("panel"));
        let unconditional = under(only, "visibleIf").is_null() && under(only, "visible").is_null();
        let title = Text::read(under(only, "title"), &self.language).map(|title| title.inline());
        let Some(title) = title.filter(|title| is_panel && unconditional && !title.own.is_empty()) else { return };
        let description = Text::read(under(only, "description"), &self.language).map(|text| text.inline());
        let Some(heading) = self.drafts.get_mut(first).filter(|draft| matches!(draft.body, Body::Note)) else { return };
        // A note without words is not laid out.
        heading.text = Text::default();
        if let Some(page) = self.pages.get_mut(number) {
            page.title = Some(title);
            page.description = description.or_else(|| page.description.take());
        }
    }

    fn panel<'a>(&mut self, element: &Element<'a>, seat: &Seat<'a>) -> Result<(), Refusal> {
        let name = element.get("name").as_str().unwrap_or_default();
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        let group = self.groups.len();
        self.groups.push(Group { parent: seat.group, first: self.drafts.len(), shown });
        let inner = Seat {
            group: Some(group),
            depth: seat.depth + 1,
            shown: Vec::new(),
            name: None,
            title: None,
            ..seat.clone()
        };
        self.heading(element, name, &inner)?;
        let key = if element.get("elements").is_null() { "questions" } else { "elements" };
        let first = self.drafts.len();
        self.elements(listed(element.any(&["elements", "questions"])), &element.pointer(key), &inner)?;
        if self.drafts.len() == first
            && let Some(heading) =
                self.drafts.get_mut(first.wrapping_sub(1)).filter(|heading| heading.group == Some(group))
        {
            // Nothing is left under the heading.
            heading.text = Text::default();
        }
        self.notes.add(
            "panel",
            Fate::Exact,
            element.at.as_str(),
            None,
            format!("The questions of the panel ‘{name}’ stand on its page."),
        );
        if element.flag(&["isRequired"]) {
            self.one_of(element, &self.asked_since(first));
        }
        if element.text("requiredIf").is_some() {
            let message =
                "That a panel needs an answer under a rule is not carried over; write `required_if` at its questions.";
            self.notes.add("panel-required", Fate::Dropped, element.pointer("requiredIf"), None, message);
        }
        self.order(element);
        self.notes.leftovers(element, None);
        Ok(())
    }

    /// A panel's title and description as a note.
    fn heading<'a>(&mut self, element: &Element<'a>, name: &str, seat: &Seat<'a>) -> Result<(), Refusal> {
        let title = self.words(element, &["title"]);
        let description = self.words(element, &["description"]);
        let sign = if seat.depth > 1 || seat.repeated { "#### " } else { "### " };
        let heading = title.map(|title| title.map(|title| format!("{sign}{title}")));
        let text = match (heading, description) {
            (Some(heading), Some(description)) => heading.followed_by("\n\n", &description),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => return Ok(()),
        };
        self.note(format!("{name} heading").trim(), name, &element.at, text, seat)
    }

    /// Adds a note.
    ///
    /// # Errors
    /// Too many questions.
    pub(super) fn note(
        &mut self,
        wanted: &str,
        name: &str,
        at: &str,
        text: Text,
        seat: &Seat<'_>,
    ) -> Result<(), Refusal> {
        let draft = bare(self.ids.question(wanted, "note"), name, at, text, seat, Body::Note);
        self.push(draft).map(|_| ())
    }

    /// The questions since `first` that are asked with the others.
    pub(super) fn asked_since(&self, first: usize) -> Vec<usize> {
        let asked = self.drafts.iter().enumerate().skip(first);
        asked.filter(|(_, draft)| !matches!(draft.body, Body::Note | Body::Email)).map(|(index, _)| index).collect()
    }

    /// A check that one of these questions is answered, with the last of them.
    pub(super) fn one_of(&mut self, element: &Element<'_>, asked: &[usize]) {
        let Some(last) = asked.last().and_then(|last| self.drafts.get_mut(*last)) else { return };
        let message = Text::read(element.get("requiredErrorText"), &self.language)
            .unwrap_or_else(|| Text::plain("Answer at least one of these questions."));
        let rule = CheckRule::AnyOf(asked.to_vec(), Rc::from(element.at.as_str()));
        last.checks.push(Check { rule, message, warns: false });
    }

    /// Reads a panel that people add as often as they need.
    ///
    /// # Errors
    /// Too many questions, options or rules.
    pub(super) fn repeat<'a>(
        &mut self,
        element: &Element<'a>,
        seat: &Seat<'a>,
        fields: impl FnOnce(&mut Self, &Seat<'a>) -> Result<(), Refusal>,
    ) -> Result<Vec<Draft>, Refusal> {
        if seat.repeated {
            let message = "A repeated panel inside another is asked once for each entry, without repeating.";
            self.notes.add("nested-repeat", Fate::Degraded, element.at.as_str(), None, message);
            let mut shown = seat.shown.clone();
            shown.extend(self.shown(element, &seat.context)?);
            let inner = Seat { depth: seat.depth + 1, shown, name: None, title: None, ..seat.clone() };
            if inner.depth < MAX_DEPTH {
                fields(self, &inner)?;
            }
            return Ok(Vec::new());
        }
        let outer = (std::mem::take(&mut self.drafts), std::mem::take(&mut self.ids), std::mem::take(&mut self.names));
        let groups = std::mem::take(&mut self.groups);
        let inner = Seat { page: seat.page, repeated: true, depth: seat.depth + 1, ..Seat::default() };
        let read = if inner.depth < MAX_DEPTH { fields(self, &inner) } else { Ok(()) };
        let mut fields = std::mem::take(&mut self.drafts);
        let inner_groups = std::mem::replace(&mut self.groups, groups);
        (self.drafts, self.ids, self.names) = outer;
        read?;
        for field in &mut fields {
            let mut group = field.group.take();
            while let Some(around) = group.and_then(|group| inner_groups.get(group)) {
                field.shown.extend(around.shown.iter().cloned());
                group = around.parent;
            }
        }
        Ok(fields)
    }

    /// What every question has.
    pub(super) fn base(&mut self, element: &Element<'_>, seat: &Seat<'_>, body: Body) -> Result<Draft, Refusal> {
        let own = element.get("name").as_str().map(str::trim).unwrap_or_default();
        let name = seat.name.clone().unwrap_or_else(|| own.to_string());
        let text = seat
            .title
            .clone()
            .or_else(|| self.words(element, &["title"]))
            .unwrap_or_else(|| Text::plain(if own.is_empty() { "Question" } else { own }));
        let mut shown = seat.shown.clone();
        shown.extend(self.shown(element, &seat.context)?);
        let mut required_if = None;
        if let Some(rule) = element.text("requiredIf") {
            self.rule(rule)?;
            required_if = Some(Condition::written(rule, &element.pointer("requiredIf")).within(seat.context.clone()));
        }
        let id = self.ids.question(&name, "question");
        Ok(Draft {
            hint: self.words(element, &["description"]),
            required: element.flag(&["isRequired"]),
            otherwise: Text::read(element.get("defaultDisplayValue"), &self.language).map(|text| text.own),
            required_if,
            shown,
            ..bare(id, &name, &element.at, text, seat, body)
        })
    }

    /// Adds a question, and the name that rules know it by.
    ///
    /// # Errors
    /// Too many questions.
    pub(super) fn push(&mut self, draft: Draft) -> Result<usize, Refusal> {
        self.questions += 1;
        if self.questions > MAX_QUESTIONS {
            let message =
                format!("The definition asks more than {MAX_QUESTIONS} questions; split it into several surveys.");
            return Err(Refusal { source_pointer: draft.at.to_string(), message });
        }
        let index = self.drafts.len();
        if !matches!(draft.body, Body::Note) {
            self.name(&draft.name, Target::Draft(index));
        }
        self.drafts.push(draft);
        Ok(index)
    }

    /// Says what a name stands for; the first thing that carries it counts.
    pub(super) fn name(&mut self, name: &str, target: Target) {
        if !name.is_empty() {
            self.names.entry(name.to_lowercase()).or_insert(target);
        }
    }

    /// Says that a name stands for nothing any more.
    pub(super) fn gone(&mut self, name: &str, why: &'static str) {
        self.name(name, Target::Gone(why));
    }

    /// Counts options.
    ///
    /// # Errors
    /// Too many of them.
    pub(super) fn count_options(&mut self, more: usize, at: &str) -> Result<(), Refusal> {
        self.options += more;
        if more > 5_000 || self.options > MAX_OPTIONS {
            let message = format!(
                "The definition offers more than 5,000 options in one question or {MAX_OPTIONS} in all; ask for what \
                    is wanted as a text, or split the survey."
            );
            return Err(Refusal { source_pointer: at.to_string(), message });
        }
        Ok(())
    }

    /// Counts a rule; one that is used again counts without its length.
    ///
    /// # Errors
    /// Too many of them.
    pub(super) fn rule(&mut self, written: &str) -> Result<(), Refusal> {
        self.rules += 1;
        self.rule_bytes += written.len();
        if self.rules > MAX_RULES || self.rule_bytes > MAX_RULE_BYTES {
            let message = format!(
                "The definition has more than {MAX_RULES} rules, or more than {MAX_RULE_BYTES} characters of them; \
                    split it into several surveys."
            );
            return Err(Refusal::of_file(message));
        }
        Ok(())
    }

    /// Who sees something: `visibleIf`, which counts before `visible`.
    pub(super) fn shown(&mut self, element: &Element<'_>, context: &Context) -> Result<Vec<Condition>, Refusal> {
        let hidden = element.denied("visible");
        if let Some(rule) = element.text("visibleIf") {
            self.rule(rule)?;
            return Ok(vec![Condition::written(rule, &element.pointer("visibleIf")).within(context.clone())]);
        }
        let why = "it is hidden from everyone until a program shows it";
        Ok(if hidden { vec![Condition::lost("visible: false", why, &element.pointer("visible"))] } else { Vec::new() })
    }

    /// A text under one of several keys, on one line.
    pub(super) fn words(&self, element: &Element<'_>, keys: &[&'static str]) -> Option<Text> {
        Text::read(element.any(keys), &self.language).map(|text| text.inline()).filter(|text| !text.own.is_empty())
    }

    /// A block of HTML as a text, with a word on what it lost.
    pub(super) fn block(&mut self, json: &Json, at: &str, target: Option<&str>) -> Option<Text> {
        let mut lost = std::collections::BTreeSet::new();
        let text = Text::read(json, &self.language)?.map(|text| {
            let converted = html::block(text);
            lost.extend(converted.lost);
            converted.text
        });
        if !lost.is_empty() {
            let lost: Vec<&str> = lost.into_iter().collect();
            let message =
                format!("Texts of Canvass have no {}; the words are kept, the rest is left out.", lost.join(", "));
            self.notes.add("html-degraded", Fate::Degraded, at, target, message);
        }
        (!text.own.is_empty()).then_some(text)
    }

    /// Reports an order of questions that differs between people.
    fn order(&mut self, element: &Element<'_>) {
        let order = element.any(&["questionOrder", "questionsOrder"]);
        if order.as_str().is_some_and(|order| order.eq_ignore_ascii_case("random")) {
            let message =
                "The questions stand in the order of the file: Canvass mixes options and rows, not questions.";
            self.notes.add("question-order", Fate::Dropped, element.at.as_str(), None, message);
        }
    }

    /// The options of a question that was read before.
    pub(super) fn choices_of(&self, name: &str) -> Option<(&[Choice], bool)> {
        let Some(Target::Draft(index)) = self.names.get(&name.to_lowercase()) else { return None };
        match &self.drafts.get(*index)?.body {
            Body::Single { choices, .. } => Some((choices, false)),
            Body::Multi { choices, .. } => Some((choices, true)),
            _ => None,
        }
    }
}

/// A question that nothing else was written about.
pub(super) fn bare(id: String, name: &str, at: &str, text: Text, seat: &Seat<'_>, body: Body) -> Draft {
    Draft {
        id,
        name: name.to_string(),
        at: Rc::from(at),
        text,
        hint: None,
        required: false,
        required_if: None,
        shown: seat.shown.clone(),
        group: seat.group,
        page: seat.page,
        order: None,
        otherwise: None,
        checks: Vec::new(),
        body,
    }
}
