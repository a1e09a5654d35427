//! A screen as one person sees it: fields that are shown, options that are offered, in their order, and earlier answers
//! inside texts.

use std::borrow::Cow;

use super::part::Part;
use super::route::{Route, Shown};
use crate::definition::Survey;
use crate::definition::pipe::{Piece, each_piped_text, is_piped, label, literal, pieces};
use crate::definition::rule::{Name, Value};
use crate::item::{Item, Order};
use crate::vocabulary::Words;

/// A page as one person sees it.
#[derive(Debug)]
pub struct Presented<'a> {
    /// The heading.
    pub title: Option<Cow<'a, str>>,
    /// The text under it.
    pub text: Option<Cow<'a, str>>,
    /// What it asks.
    pub items: Vec<Cow<'a, Item>>,
}

/// The screen as the person with this seed sees it. Parts of one page have different headings, and its text stands on
/// the first.
pub fn present<'a>(route: &Route<'a>, part: &Part<'a>, seed: &str) -> Presented<'a> {
    let text = |text: &'a Option<String>| text.as_deref().map(|text| filled(route, text));
    let shown = part.questions.iter().enumerate();
    let mut presented = Presented {
        title: text(&part.page.title),
        text: text(&part.page.text).filter(|_| part.number == 1),
        items: shown.map(|(place, shown)| question(route, part, place, shown, seed)).collect(),
    };
    if let Some(title) = presented.title.as_mut().filter(|_| part.of > 1) {
        *title = Cow::Owned(numbered(route.survey, title, part));
    }
    presented
}

/// A heading with the number of a part: “What would help? (2 of 3)”.
pub fn numbered(survey: &Survey, text: &str, part: &Part<'_>) -> String {
    let words = Words::of(&survey.language);
    // Where the page's language has no words of the program, figures alone.
    if words.stranger_to(&survey.language).is_some() {
        return format!("{text} ({}/{})", part.number, part.of);
    }
    words.pages.part.with(&[("title", &text), ("part", &part.number), ("parts", &part.of)])
}

/// The item at a place of the screen as the person with this seed sees it.
pub fn question<'a>(route: &Route<'a>, part: &Part<'a>, place: usize, shown: &Shown<'a>, seed: &str) -> Cow<'a, Item> {
    let mut item = item(route, shown, seed);
    if part.of > 1 && place == 0 && part.page.title.is_none() {
        let text = numbered(route.survey, &item.head.text, part);
        item.to_mut().head.text = text;
    }
    item
}

/// The item as the person sees it; the definition's own where nothing about it depends on the person.
fn item<'a>(route: &Route<'a>, shown: &Shown<'a>, seed: &str) -> Cow<'a, Item> {
    let original = &shown.question.item;
    if !shown.question.varies && shown.required == original.head.required && shown.rows.is_none() {
        return Cow::Borrowed(original);
    }
    let mut item = shown.whole_item().into_owned();
    item.head.required = shown.required;
    item.arrange(seed);
    if let Some(rows) = &shown.rows {
        rows.keep(&mut item);
    }
    each_piped_text(&mut item, &mut |text| {
        if let Cow::Owned(filled) = filled(route, text) {
            *text = filled;
        }
    });
    Cow::Owned(item)
}

/// The order in which a person saw the options or rows of an item, by id; `None` where everyone sees the same.
pub fn order_presented(shown: &Shown<'_>, seed: &str) -> Option<Vec<String>> {
    let order: Order = shown.question.item.head.order;
    if !order.differs() {
        return None;
    }
    let mut item = shown.whole_item().into_owned();
    item.arrange(seed);
    if let Some(rows) = item.rows_mut() {
        return Some(rows.iter().map(|row| row.id.clone()).collect());
    }
    let options = item.options_mut()?;
    Some(options.iter().map(|option| option.id.clone()).collect())
}

fn filled<'t>(route: &Route<'_>, text: &'t str) -> Cow<'t, str> {
    if !is_piped(text) {
        return Cow::Borrowed(text);
    }
    // The checker reads every text with answers, so a published one can be split.
    let Ok(pieces) = pieces(text) else { return Cow::Borrowed(text) };
    let parts = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => Cow::Borrowed(text),
        Piece::Label(id) => Cow::Borrowed(label(route.survey, id).unwrap_or(id)),
        Piece::Answer { name, otherwise } => {
            in_words(route, &name).map_or_else(|| Cow::Borrowed(otherwise.unwrap_or_default()), Cow::Owned)
        }
    });
    Cow::Owned(parts.collect())
}

/// What a person answered, as Markdown that says just that; `None` without an answer.
fn in_words(route: &Route<'_>, name: &Name) -> Option<String> {
    let item = route.survey.item(&name.item);
    let spoken = Words::of(&route.survey.language);
    // A label is the author's own Markdown; anything else is text to be shown as it is.
    let words = |value: &Value| match value {
        Value::Text(id) => match item.and_then(|item| item.label(id)) {
            Some(label) => Some(label.to_string()),
            None => Some(literal(&day_in_words(id, spoken).unwrap_or_else(|| id.clone()))),
        },
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(answer) => Some(if *answer { spoken.form.yes } else { spoken.form.no }.to_string()),
        Value::Unanswered | Value::List(_) => None,
    };
    match route.value(name) {
        Value::List(values) => {
            let list: Vec<String> = values.iter().filter_map(words).collect();
            (!list.is_empty()).then(|| list.join(", "))
        }
        value => words(&value),
    }
}

fn day_in_words(text: &str, spoken: &Words) -> Option<String> {
    text.parse().ok().filter(|_| text.len() == 10).map(|day| spoken.day(day))
}
