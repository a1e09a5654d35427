//! Pages and questions: what is asked, of whom, and who must answer.

use std::collections::BTreeSet;

use super::items::{self, Asked};
use super::loosened::{follows, same};
use super::survey::{concluded, reordered};
use super::words::text;
use super::{At, Class, Diff, common, loosened};
use crate::definition::rule::Rule;
use crate::definition::{Page, Question, Segment, Storage, Survey};
use crate::item::{Item, Kind};

pub(super) fn compare(old: &Survey, new: &Survey, found: &mut Diff) {
    for page in &old.pages {
        if let Some(now) = new.page(&page.id) {
            one(page, now, found);
        } else {
            let said = "It is gone; what becomes of its questions is told below.";
            found.add(&at(page), loosened(page.end.is_none()), said);
        }
    }
    for page in new.pages.iter().filter(|page| old.page(&page.id).is_none()) {
        let said = if page.end.is_some() { "It is new, and ends the consultation for some." } else { "It is new." };
        found.add(&at(page), loosened(page.end.is_none()), said);
    }
    order(old, new, found);
    for (page, question) in old.questions() {
        let id = &question.item.head.id;
        match new.questions().find(|(_, now)| now.item.head.id == *id) {
            Some((now_on, now)) => {
                let asked = Asked { survey: old, question, other: new, now };
                self::question(&asked, page, now_on, found);
            }
            None => gone(question, new, found),
        }
    }
    for (_, question) in new.questions().filter(|(_, question)| old.item(&question.item.head.id).is_none()) {
        added(question, old, found);
    }
}

fn at(page: &Page) -> At<'static> {
    At::of(format!("page {}", page.id))
}

fn one(old: &Page, new: &Page, found: &mut Diff) {
    // Questions are matched by their ids, wherever they stand.
    let Page { id, title, text: body, section, show_if, end, store, questions, place: _ } = old;
    let at = At::of(format!("page {id}"));
    found.note(&at, Class::Wording, text("Its title", title.as_deref(), new.title.as_deref()));
    found.note(&at, Class::Wording, text("Its text", body.as_deref(), new.text.as_deref()));
    found.note(&at, Class::Wording, text("Its section", section.as_deref(), new.section.as_deref()));
    if *end != new.end {
        found.add(&at, Class::Breaking, "Whether and how the consultation ends here changed.");
    }
    if *store != new.store {
        found.add(&at, Class::Breaking, stored(new.store));
    }
    if !same(show_if.as_ref(), new.show_if.as_ref()) {
        let wider = new.end.is_none() && follows(&[show_if.as_ref()], new.show_if.as_ref());
        let demands = new.questions.iter().any(may_need_an_answer);
        let said = rule_said("Who sees it", show_if.as_ref(), new.show_if.as_ref());
        found.add(&at, loosened(wider && !demands), format!("{said}{}", of_whom(wider, demands)));
    }
    let ids = |of: &[Question]| of.iter().map(|question| question.item.head.id.clone()).collect::<Vec<_>>();
    reordered(&at, &ids(questions), &ids(&new.questions), "Its questions stand in another order.", found);
}

fn stored(now: Storage) -> &'static str {
    match now {
        Storage::Contact => "What is answered there was kept with the response, and is now kept apart.",
        Storage::Response => "What is answered there was kept apart, and is now kept with the response.",
    }
}

/// Pages in another order keep answers; a closing page that stands before others than it did sends people off.
fn order(old: &Survey, new: &Survey, found: &mut Diff) {
    let ids = |survey: &'_ Survey| survey.pages.iter().map(|page| page.id.clone()).collect::<Vec<_>>();
    let (old_ids, new_ids) = (ids(old), ids(new));
    let (before, after) = common(&old_ids, &new_ids);
    if before == after {
        return;
    }
    let ahead = |ids: &[&str], of: &str| -> BTreeSet<String> {
        ids.iter().take_while(|id| **id != of).map(ToString::to_string).collect()
    };
    let ends = new.pages.iter().filter(|page| page.end.is_some()).map(|page| page.id.as_str());
    let moved = ends.filter(|id| before.contains(id)).any(|id| ahead(&before, id) != ahead(&after, id));
    let text = format!("They stood as {} and stand as {} now.", before.join(", "), after.join(", "));
    found.add(&At::of("pages"), loosened(!moved), text);
}

fn gone(question: &Question, new: &Survey, found: &mut Diff) {
    let id = &question.item.head.id;
    if matches!(question.item.kind, Kind::Note(_)) {
        return found.add(&At::question(id), Class::Wording, "The note is gone.");
    }
    found.add(
        &At::question(id),
        Class::Breaking,
        "It is gone: it was asked, and its answers are in no figure any more.",
    );
    if !new.retired.contains(id) {
        let text = format!("`{id}` is gone: add it to `retired`, so that its id never comes to mean another question.");
        found.warnings.push(text);
    }
}

fn added(question: &Question, old: &Survey, found: &mut Diff) {
    let id = &question.item.head.id;
    let at = At::question(id);
    if old.retired.contains(id) {
        let text =
            format!("`{id}` was retired and is used again: answers to the earlier question would count with it.");
        found.warnings.push(text);
    }
    match &question.item.kind {
        Kind::Note(_) => found.add(&at, Class::Wording, "The note is new."),
        _ if question.item.head.required => found.add(&at, Class::Breaking, "It is new, and must be answered."),
        _ if question.required_if.is_some() => {
            found.add(&at, Class::Breaking, "It is new, and some must answer it.");
        }
        _ => found.add(&at, Class::Additive, "It is new, and may be left."),
    }
    if question.segment.is_some() {
        concluded(&at, Some("Its options make groups.".to_string()), found);
    }
    if matches!(&question.item.kind, Kind::Rate(rate) if rate.measure.is_some()) {
        concluded(&at, Some("It measures support.".to_string()), found);
    }
}

/// One question that both versions ask.
fn question(asked: &Asked<'_>, page: &Page, now_on: &Page, found: &mut Diff) {
    let (old, new) = (asked.question, asked.now);
    // Whether people see it differently follows from the rest.
    let Question { item, show_if, required_if, parts, varies: _, segment, place: _ } = old;
    let id = &item.head.id;
    let at = At::question(id);
    let demands = may_need_an_answer(new);
    if page.id == now_on.id {
        if !same(show_if.as_ref(), new.show_if.as_ref()) {
            let wider = follows(&[show_if.as_ref()], new.show_if.as_ref());
            let said = rule_said("Who sees it", show_if.as_ref(), new.show_if.as_ref());
            found.add(&at, loosened(wider && !demands), format!("{said}{}", of_whom(wider, demands)));
        }
    } else {
        moved(&at, [page.show_if.as_ref(), show_if.as_ref()], page, now_on, asked, found);
    }
    needed(&at, [item.head.required, new.item.head.required], [required_if.as_ref(), new.required_if.as_ref()], found);
    for name in parts.keys().chain(new.parts.keys()).collect::<BTreeSet<_>>() {
        let (Some(before), Some(now)) = (part(item, name), part(&new.item, name)) else { continue };
        let (was, is) = (parts.get(name), new.parts.get(name));
        if before.called == now.called && !same(was, is) {
            let wider = follows(&[was], is);
            let said = rule_said(if now.is_field { "Who sees it" } else { "Who is offered it" }, was, is);
            let demands = now.is_field && now.needed;
            let here = at.part(now.called);
            found.add(&here, loosened(wider && !demands), format!("{said}{}", of_whom(wider, demands)));
        }
    }
    if *segment != new.segment {
        let said = match new.segment {
            Some(Segment::Tested) => "Its options make groups that are tested now.",
            Some(Segment::Descriptive) => "Its options make groups that are only described now.",
            None => "Its options make no groups any more.",
        };
        concluded(&at, Some(said.to_string()), found);
    }
    items::compare(&at, item, &new.item, asked, found);
}

/// An option, a field of a repeat, or an option of such a field.
struct Part {
    /// As a place in a question.
    called: String,
    is_field: bool,
    /// True for a field that each entry must answer.
    needed: bool,
}

/// The part of an item with this name, `OPTION`, `FIELD` or `FIELD.OPTION`, if it has one.
fn part(item: &Item, name: &str) -> Option<Part> {
    let option = |id: &str| format!("option {id}");
    let Kind::Repeat(repeat) = &item.kind else {
        return item.label(name).map(|_| Part { called: option(name), is_field: false, needed: false });
    };
    let (id, of_field) = name.split_once('.').map_or((name, None), |(field, option)| (field, Some(option)));
    let field = repeat.fields.iter().find(|field| field.head.id == id)?;
    let called = format!("field {id}");
    let Some(id) = of_field else {
        return Some(Part { called, is_field: true, needed: field.head.required });
    };
    field.label(id).map(|_| Part { called: format!("{called}, {}", option(id)), is_field: false, needed: false })
}

fn moved(at: &At<'_>, seen_by: [Option<&Rule>; 2], page: &Page, now_on: &Page, asked: &Asked<'_>, found: &mut Diff) {
    let question = asked.now;
    let said = format!("It stood on page {} and stands on page {} now.", page.id, now_on.id);
    if page.store != now_on.store {
        return found.add(at, Class::Breaking, format!("{said} {}", stored(now_on.store)));
    }
    if closing_before(asked.survey, page) != closing_before(asked.other, now_on) {
        let said = format!("{said} Other closing pages stand before it, so that other people reach it.");
        return found.add(at, Class::Breaking, said);
    }
    let sees = [now_on.show_if.as_ref(), question.show_if.as_ref()];
    if seen_by.iter().zip(&sees).all(|(old, new)| same(*old, *new)) {
        return found.add(at, Class::Additive, said);
    }
    let wider = sees.into_iter().all(|rule| follows(&seen_by, rule));
    let demands = may_need_an_answer(question);
    found.add(
        at,
        loosened(wider && !demands),
        format!("{said} It is shown by another rule.{}", of_whom(wider, demands)),
    );
}

/// The closing pages that stand before a page.
fn closing_before<'a>(survey: &'a Survey, page: &Page) -> BTreeSet<&'a str> {
    let before = survey.pages.iter().take_while(|earlier| earlier.id != page.id);
    before.filter(|page| page.end.is_some()).map(|page| page.id.as_str()).collect()
}

/// Who must answer: nobody, those for whom a rule holds, or everyone.
pub(super) fn needed(at: &At<'_>, required: [bool; 2], rules: [Option<&Rule>; 2], found: &mut Diff) {
    let ([was, is], [was_if, is_if]) = (required, rules);
    if was == is && same(was_if, is_if) {
        return;
    }
    let fewer = match (is, is_if) {
        _ if was => true,
        (true, _) => false,
        (false, None) => true,
        // Whoever must answer now had to before.
        (false, Some(rule)) => was_if.is_some_and(|before| follows(&[Some(rule)], Some(before))),
    };
    let said = |always: bool, rule: Option<&Rule>| match (always, rule) {
        (true, _) => "must be answered".to_string(),
        (false, Some(rule)) => format!("must be answered where {rule}"),
        (false, None) => "may be left".to_string(),
    };
    found.add(at, loosened(fewer), format!("It {}; before, it {}.", said(is, is_if), said(was, was_if)));
}

/// True if some or all must answer it.
fn may_need_an_answer(question: &Question) -> bool {
    question.item.head.required || question.required_if.is_some()
}

fn rule_said(what: &str, old: Option<&Rule>, new: Option<&Rule>) -> String {
    let rule = |rule: Option<&Rule>| match rule {
        Some(rule) if rule.is_lost() => "nobody, for an import lost its rule".to_string(),
        Some(rule) => format!("those for whom {rule}"),
        None => "everyone".to_string(),
    };
    format!("{what} changed: it was {}, and is {} now.", rule(old), rule(new))
}

fn of_whom(wider: bool, demands: bool) -> &'static str {
    match (wider, demands) {
        (true, true) => " More people see it, and some must answer.",
        (true, false) => "",
        (false, _) => " It is not shown that everyone who saw it still does.",
    }
}
