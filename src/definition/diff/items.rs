//! Items: their words, their type, and what counts as a valid answer.

use super::options::{self, Rows, Use};
use super::pages::needed;
use super::survey::concluded;
use super::words::{names, number, same_thing, text};
use super::{At, Class, Diff, Effect, loosened};
use crate::definition::{Question, Survey};
use crate::item::{
    Allocate, Consent, Date, Email, Head, Ideas, Item, Kind, Look, Measure, Multi, Note, Number, Rank, Rate, Repeat,
    Single, Text,
};

/// A question in both versions.
pub(super) struct Asked<'a> {
    pub(super) survey: &'a Survey,
    pub(super) question: &'a Question,
    pub(super) other: &'a Survey,
    pub(super) now: &'a Question,
}

pub(super) fn compare(at: &At<'_>, old: &Item, new: &Item, asked: &Asked<'_>, found: &mut Diff) {
    let Item { head, kind } = old;
    // Who must answer is compared together with the rule for it, and a question has taken the rules of its parts.
    let Head { id: _, text: words, hint, required: _, order, order_group, show_if: _ } = head;
    if let Some(said) = text("Its text", Some(words), Some(&new.head.text)) {
        let caution = match kind {
            Kind::Consent(_) => " Whoever ticked it before agreed to the earlier words.",
            Kind::Note(_) => "",
            _ => same_thing(words, &new.head.text),
        };
        found.add(at, Class::Wording, format!("{said}{caution}"));
    }
    found.note(at, Class::Wording, text("Its hint", hint.as_deref(), new.head.hint.as_deref()));
    if *order != new.head.order {
        found.add(at, Class::Wording, "The order in which it is presented changed.");
    }
    let group = text("Its group of order", order_group.as_deref(), new.head.order_group.as_deref());
    found.note(at, Class::Wording, group);
    match (kind, &new.kind) {
        (Kind::Note(Note), Kind::Note(Note))
        | (Kind::Consent(Consent), Kind::Consent(Consent))
        | (Kind::Email(Email), Kind::Email(Email)) => {}
        (Kind::Single(old), Kind::Single(new)) => single(at, old, new, asked, found),
        (Kind::Multi(old), Kind::Multi(new)) => multi(at, old, new, asked, found),
        (Kind::Text(old), Kind::Text(new)) => free_text(at, old, new, found),
        (Kind::Number(old), Kind::Number(new)) => a_number(at, old, new, found),
        (Kind::Date(old), Kind::Date(new)) => date(at, old, new, found),
        (Kind::Rate(old), Kind::Rate(new)) => rate(at, old, new, asked, found),
        (Kind::Rank(old), Kind::Rank(new)) => rank(at, old, new, asked, found),
        (Kind::Allocate(old), Kind::Allocate(new)) => allocate(at, old, new, asked, found),
        (Kind::Repeat(old), Kind::Repeat(new)) => repeat(at, old, new, asked, found),
        (Kind::Ideas(old), Kind::Ideas(new)) => ideas(at, old, new, asked, found),
        (
            Kind::Note(_)
            | Kind::Consent(_)
            | Kind::Email(_)
            | Kind::Single(_)
            | Kind::Multi(_)
            | Kind::Text(_)
            | Kind::Number(_)
            | Kind::Date(_)
            | Kind::Rate(_)
            | Kind::Rank(_)
            | Kind::Allocate(_)
            | Kind::Repeat(_)
            | Kind::Ideas(_),
            _,
        ) => {
            let said = format!("It was of the type `{}` and is of the type `{}` now.", kind.name(), new.kind.name());
            found.add_with(at, Class::Breaking, Effect::Meaning, said);
        }
    }
}

fn single(at: &At<'_>, old: &Single, new: &Single, asked: &Asked<'_>, found: &mut Diff) {
    let Single { options, style } = old;
    if *style != new.style {
        found.add(at, Class::Wording, "Its options are shown in another way.");
    }
    options::compare(at, [options, &new.options], Use::OneOf, asked, found);
}

fn multi(at: &At<'_>, old: &Multi, new: &Multi, asked: &Asked<'_>, found: &mut Diff) {
    let Multi { options, min, max } = old;
    options::compare(at, [options, &new.options], Use::AnyOf, asked, found);
    least(at, "min", *min, new.min, found);
    most(at, "max", *max, new.max, found);
}

fn free_text(at: &At<'_>, old: &Text, new: &Text, found: &mut Diff) {
    let Text { lines, max_chars, min_chars, look, themes } = old;
    if *lines != new.lines {
        found.add(at, Class::Wording, "Its field has another height.");
    }
    most(at, "max_chars", Some(*max_chars), Some(new.max_chars), found);
    least(at, "min_chars", Some(*min_chars), Some(new.min_chars), found);
    themed(at, *themes, new.themes, found);
    let written = |look: Option<&Look>| look.map(|Look { pattern, message: _ }| pattern.as_str().to_string());
    let said = text("Its `pattern`", written(look.as_ref()).as_deref(), written(new.look.as_ref()).as_deref());
    found.note(at, loosened(new.look.is_none()), said);
    if let (Some(Look { pattern: _, message }), Some(now)) = (look, &new.look) {
        found.note(at, Class::Wording, text("Its `pattern_message`", message.as_deref(), now.message.as_deref()));
    }
}

fn themed(at: &At<'_>, old: bool, new: bool, found: &mut Diff) {
    if old != new {
        let said =
            if new { "Its answers are grouped into themes now." } else { "Its answers make no themes any more." };
        found.add(at, Class::Additive, said);
    }
}

fn a_number(at: &At<'_>, old: &Number, new: &Number, found: &mut Diff) {
    let Number { min, max, decimals, step, unit } = old;
    least(at, "min", *min, new.min, found);
    most(at, "max", *max, new.max, found);
    most(at, "decimals", Some(*decimals), Some(new.decimals), found);
    // Steps are counted from the least number, so another `min` moves them.
    let fits = |old: f64| new.step.is_none_or(|new| (old / new).fract() == 0.0);
    let moved = new.step.is_some() && *min != new.min;
    let wider = new.step.is_none() || step.is_some_and(fits) && !moved;
    let said = |step: Option<f64>| step.map(|step| step.to_string());
    found.note(at, loosened(wider), number("Its `step`", said(*step), said(new.step)));
    if moved && *step == new.step {
        found.add(at, Class::Breaking, "Its steps are counted from another number.");
    }
    if let Some(said) = text("Its unit", unit.as_deref(), new.unit.as_deref()) {
        let plain = |unit: &Option<String>| unit.as_deref().unwrap_or_default().trim().to_lowercase();
        if plain(unit) == plain(&new.unit) {
            found.add(at, Class::Wording, said);
        } else {
            found.add_with(at, Class::Breaking, Effect::Meaning, said);
        }
    }
}

fn date(at: &At<'_>, old: &Date, new: &Date, found: &mut Diff) {
    let Date { min, max } = old;
    least(at, "min", *min, new.min, found);
    most(at, "max", *max, new.max, found);
}

fn rate(at: &At<'_>, old: &Rate, new: &Rate, asked: &Asked<'_>, found: &mut Diff) {
    let Rate { rows, steps, min_items, rows_per_page, measure } = old;
    let counted = |rows: u32| Some(rows.to_string());
    let said = number("The most rows on one screen", counted(*rows_per_page), counted(new.rows_per_page));
    found.note(at, Class::Wording, said);
    let demands = asked.now.item.head.required || asked.now.required_if.is_some();
    let rated = if demands && new.min_items.is_none() { Rows::AllRated } else { Rows::Rated };
    options::rows(at, [rows, &new.rows], rated, asked, found);
    options::compare(at, [steps, &new.steps], Use::Scale, asked, found);
    if *min_items != new.min_items {
        let all = |min: Option<u32>| min.unwrap_or(u32::MAX);
        let said = |min: Option<u32>| Some(min.map_or_else(|| "every row".to_string(), |min| min.to_string()));
        let said = number("The number of rows that must be rated", said(*min_items), said(new.min_items));
        found.note(at, loosened(!demands || all(new.min_items) <= all(*min_items)), said);
    }
    match (measure, &new.measure) {
        (Some(Measure { support, oppose }), Some(now)) => {
            let steps = |all: &[String]| Some(names(all.iter().map(String::as_str)));
            concluded(at, number("What counts as support", steps(support), steps(&now.support)), found);
            concluded(at, number("What counts as opposition", steps(oppose), steps(&now.oppose)), found);
        }
        (old, new) => measured(at, old.is_some(), new.is_some(), "support", found),
    }
}

fn rank(at: &At<'_>, old: &Rank, new: &Rank, asked: &Asked<'_>, found: &mut Diff) {
    let Rank { rows, max, min, priority } = old;
    options::rows(at, [rows, &new.rows], Rows::Ranked, asked, found);
    let all = |rank: &Rank| rank.max as usize == rank.rows.len();
    if *max != new.max && !(all(old) && all(new)) {
        let said = format!("There were {max} places to give, and there are {} now.", new.max);
        found.add_with(at, Class::Breaking, Effect::Meaning, said);
    }
    least(at, "min", *min, new.min, found);
    measured(at, *priority, new.priority, "priority", found);
}

fn allocate(at: &At<'_>, old: &Allocate, new: &Allocate, asked: &Asked<'_>, found: &mut Diff) {
    let Allocate { rows, total, step, spend } = old;
    options::rows(at, [rows, &new.rows], Rows::Funded, asked, found);
    for (key, old, new) in [("total", total, new.total), ("step", step, new.step)] {
        if let Some(said) = number(&format!("Its `{key}`"), Some(old.to_string()), Some(new.to_string())) {
            found.add_with(at, Class::Breaking, Effect::Meaning, said);
        }
    }
    measured(at, *spend, new.spend, "spend", found);
}

fn measured(at: &At<'_>, old: bool, new: bool, what: &str, found: &mut Diff) {
    if old != new {
        let said = if new { "It measures" } else { "It no longer measures" };
        concluded(at, Some(format!("{said} {what}.")), found);
    }
}

fn repeat(at: &At<'_>, old: &Repeat, new: &Repeat, asked: &Asked<'_>, found: &mut Diff) {
    let Repeat { fields, min, max, item_name, themes } = old;
    for field in fields {
        let at = at.part(format!("field {}", field.head.id));
        let Some(now) = new.fields.iter().find(|now| now.head.id == field.head.id) else {
            if matches!(field.kind, Kind::Note(_)) {
                found.add(&at, Class::Wording, "The note is gone.");
            } else {
                found.add_with(&at, Class::Breaking, Effect::Meaning, "It is gone.");
            }
            continue;
        };
        needed(&at, [field.head.required, now.head.required], [None, None], found);
        compare(&at, field, now, asked, found);
    }
    for field in new.fields.iter().filter(|now| !fields.iter().any(|field| field.head.id == now.head.id)) {
        let at = at.part(format!("field {}", field.head.id));
        match &field.kind {
            Kind::Note(_) => found.add(&at, Class::Wording, "The note is new."),
            _ if field.head.required => found.add(&at, Class::Breaking, "It is new, and must be answered."),
            _ => found.add(&at, Class::Additive, "It is new, and may be left."),
        }
    }
    let ids = |all: &[Item]| all.iter().map(|field| field.head.id.clone()).collect::<Vec<_>>();
    super::survey::reordered(at, &ids(fields), &ids(&new.fields), "Its fields stand in another order.", found);
    least(at, "min", Some(*min), Some(new.min), found);
    most(at, "max", Some(*max), Some(new.max), found);
    found.note(at, Class::Wording, text("Its `item_name`", item_name.as_deref(), new.item_name.as_deref()));
    themed(at, *themes, new.themes, found);
}

fn ideas(at: &At<'_>, old: &Ideas, new: &Ideas, asked: &Asked<'_>, found: &mut Diff) {
    let Ideas { max_ideas, max_chars, moderation, comments, seeds } = old;
    most(at, "max_ideas", Some(*max_ideas), Some(new.max_ideas), found);
    most(at, "max_chars", Some(*max_chars), Some(new.max_chars), found);
    if *moderation != new.moderation {
        found.add(at, Class::Additive, "When ideas of others are seen changed.");
    }
    if *comments != new.comments {
        let said =
            if new.comments { "Ideas can be commented on now." } else { "Ideas cannot be commented on any more." };
        found.add(at, loosened(new.comments), said);
    }
    options::rows(at, [seeds, &new.seeds], Rows::VotedOn, asked, found);
}

fn least<T: PartialOrd + ToString + Copy>(at: &At<'_>, key: &str, old: Option<T>, new: Option<T>, found: &mut Diff) {
    let lower = new.is_none_or(|new| old.is_some_and(|old| new <= old));
    bound(at, key, old, new, lower, found);
}

fn most<T: PartialOrd + ToString + Copy>(at: &At<'_>, key: &str, old: Option<T>, new: Option<T>, found: &mut Diff) {
    let higher = new.is_none_or(|new| old.is_some_and(|old| new >= old));
    bound(at, key, old, new, higher, found);
}

fn bound<T: ToString>(at: &At<'_>, key: &str, old: Option<T>, new: Option<T>, wider: bool, found: &mut Diff) {
    let said = |bound: Option<T>| bound.map(|bound| bound.to_string());
    found.note(at, loosened(wider), number(&format!("Its `{key}`"), said(old), said(new)));
}
