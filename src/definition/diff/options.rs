//! Options and rows: what can be chosen, and what is rated, ranked or given points.

use super::items::Asked;
use super::survey::{relabelled, reordered};
use super::words::{number, text};
use super::{At, Class, Diff, Effect, loosened};
use crate::item::options::{Choice, ItemRow, Names, Other};

/// What options are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// One is chosen.
    OneOf,
    /// Any are chosen.
    AnyOf,
    /// Rows are rated on them.
    Scale,
}

/// What rows are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// They may be rated.
    Rated,
    /// Each must be rated by some.
    AllRated,
    /// They are put in order.
    Ranked,
    /// They share points.
    Funded,
    /// They can be voted on.
    VotedOn,
}

pub(super) fn compare(at: &At<'_>, lists: [&[Choice]; 2], used: Use, asked: &Asked<'_>, found: &mut Diff) {
    let [old, new] = lists;
    let in_order = |options: &[Choice]| options.iter().filter(|option| !option.missing).all(|one| one.value.is_some());
    let ordinal = used == Use::Scale || used == Use::OneOf && in_order(old);
    let shared = shared_list(lists, asked);
    for option in old {
        let Choice { id, label, hint, value, missing, exclusive, other, last, show_if } = option;
        let here = at.part(format!("option {id}"));
        let Some(now) = new.iter().find(|now| now.id == *id) else {
            let said = format!("“{label}” cannot be chosen any more.");
            found.add_with(&here, Class::Breaking, Effect::Meaning, said);
            continue;
        };
        // Words that several questions share are told once.
        let worded = shared.map_or_else(|| here.clone(), |list| At::of(format!("list {list}, option {id}")));
        relabelled(&worded, label, &now.label, found);
        found.note(&worded, Class::Wording, text("Its hint", hint.as_deref(), now.hint.as_deref()));
        if *last != now.last {
            found.add(&worded, Class::Wording, "Its fixed place at the end changed.");
        }
        let code = |value: Option<i32>| value.map(|value| value.to_string());
        if let Some(said) = number("Its value", code(*value), code(now.value)) {
            found.add_with(&here, Class::Breaking, Effect::Meaning, said);
        }
        if *missing != now.missing {
            let said = if now.missing { "It counts as no answer now." } else { "It counts as an answer now." };
            found.add_with(&here, Class::Breaking, Effect::Meaning, said);
        }
        if *exclusive != now.exclusive {
            let said = if now.exclusive { "It excludes the others now." } else { "It can be chosen with others now." };
            found.add(&here, loosened(!now.exclusive), said);
        }
        beside(&here, *other, now.other, found);
        if show_if.as_ref().map(|rule| (&rule.text, rule.lost))
            != now.show_if.as_ref().map(|rule| (&rule.text, rule.lost))
        {
            found.add(&here, Class::Breaking, "Who is offered it changed.");
        }
    }
    for option in new.iter().filter(|now| !old.iter().any(|option| option.id == now.id)) {
        let here = at.part(format!("option {}", option.id));
        let said = format!("“{}” is new.", option.label);
        match used {
            Use::Scale => {
                found.add_with(&here, Class::Breaking, Effect::Meaning, format!("{said} The scale is another."));
            }
            _ if ordinal && !option.missing => {
                let said = format!("{said} The options are in order, and the order is another.");
                found.add_with(&here, Class::Breaking, Effect::Meaning, said);
            }
            _ => found.add_with(&here, Class::Additive, Effect::Added, said),
        }
    }
    let ids = |options: &[Choice]| options.iter().map(|option| option.id.clone()).collect::<Vec<_>>();
    let what = shared.map_or_else(|| at.clone(), |list| At::of(format!("list {list}")));
    reordered(&what, &ids(old), &ids(new), "Its options stand in another order.", found);
}

fn beside(at: &At<'_>, old: Other, new: Other, found: &mut Diff) {
    let (class, said) = match (old, new) {
        (Other::None, Other::None) | (Other::Optional, Other::Optional) | (Other::Required, Other::Required) => return,
        (Other::None, Other::Optional) => (Class::Additive, "A text may be given beside it now."),
        (Other::Required, Other::Optional) => (Class::Additive, "The text beside it may be left now."),
        (Other::None | Other::Optional, Other::Required) => (Class::Breaking, "A text must be given beside it now."),
        (Other::Optional | Other::Required, Other::None) => (Class::Breaking, "No text is asked beside it any more."),
    };
    found.add(at, class, said);
}

pub(super) fn rows(at: &At<'_>, rows: [&[ItemRow]; 2], used: Rows, asked: &Asked<'_>, found: &mut Diff) {
    let [old, new] = rows;
    let shared = *old == *asked.survey.names.interventions && *new == *asked.other.names.interventions;
    for row in old {
        let ItemRow { id, label } = row;
        let here = at.part(format!("row {id}"));
        match new.iter().find(|now| now.id == *id) {
            None => found.add_with(&here, Class::Breaking, Effect::Meaning, format!("“{label}” is gone.")),
            // Told with the interventions.
            Some(_) if shared => {}
            Some(now) => relabelled(&here, label, &now.label, found),
        }
    }
    for row in new.iter().filter(|now| !old.iter().any(|row| row.id == now.id)) {
        let here = at.part(format!("row {}", row.id));
        let said = format!("“{}” is new.", row.label);
        match used {
            Rows::Rated | Rows::VotedOn => found.add(&here, Class::Additive, said),
            Rows::AllRated => found.add(&here, Class::Breaking, format!("{said} Every row must be rated.")),
            Rows::Ranked | Rows::Funded => {
                let said = format!("{said} Places and points given before were shared between fewer rows.");
                found.add_with(&here, Class::Breaking, Effect::Meaning, said);
            }
        }
    }
    if !shared {
        let ids = |rows: &[ItemRow]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
        reordered(at, &ids(old), &ids(new), "Its rows stand in another order.", found);
    }
}

/// The list that the options of both versions are, if they are one.
fn shared_list<'a>([old, new]: [&[Choice]; 2], asked: &Asked<'a>) -> Option<&'a str> {
    let lists = |names: &'a Names, options: &[Choice]| -> Vec<&'a str> {
        let same = |list: &[Choice]| {
            list.len() == options.len()
                && list.iter().zip(options).all(|(a, b)| (&a.id, &a.label, &a.hint) == (&b.id, &b.label, &b.hint))
        };
        names.lists.iter().filter(|(_, list)| same(list)).map(|(name, _)| name.as_str()).collect()
    };
    let (before, after) = (lists(&asked.survey.names, old), lists(&asked.other.names, new));
    before.into_iter().find(|list| after.contains(list))
}
