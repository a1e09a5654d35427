//! One item as text with gaps: its template says itself what changes with an answer.
//!
//! An item is filled once with nothing, then with some of its boxes ticked and some of its fields typed in, so that each
//! has a pattern of its own of the fillings that it takes part in. Where a line of the text changes by the pattern of one
//! of them, it belongs to that one. An item whose template does otherwise is not compiled, and stays with handlebars.

use serde_json::Value;

use super::text::{Piece, is_marked, mark, pieces, push};
use crate::item::{Allocate, Fields};
use crate::render::RenderError;
use crate::render::form::points_left;
use crate::vocabulary::Words;

/// An item as text with gaps.
#[derive(Debug)]
pub(super) struct Fragment {
    /// The item's id, with which the names of its fields begin.
    id: Box<str>,
    names: Vec<Box<str>>,
    text: Box<str>,
    gaps: Vec<Gap>,
    /// The text where nothing is filled in, unless something is always filled in.
    blank: Option<Box<str>>,
    /// The number of the gap that says what is left of the points; those after it say what is wrong.
    left: usize,
    /// The points to share, whose rest is said.
    points: Option<Box<Allocate>>,
}

/// A part of the text that changes with an answer.
#[derive(Debug)]
struct Gap {
    /// Where it is in the text, in bytes.
    from: usize,
    to: usize,
    /// When it changes.
    when: When,
    /// Into what.
    into: Vec<Piece>,
}

/// When something changes, by the names of the fields.
#[derive(Clone, Debug)]
enum When {
    /// The first value is this one.
    Is(usize, Box<str>),
    /// One of the values is this one.
    Has(usize, Box<str>),
    /// There is something in the first value.
    Given(usize),
    /// The first value is not empty; it is what is shown.
    Typed(usize),
    /// Always: the points that are left, or what is wrong.
    Always,
}

/// What may change in the view of an item: a flag or a text, by its JSON pointer.
struct Switch {
    at: String,
    when: When,
}

/// Compiles the view of an item that has no answer, and of what is wrong with it these `faults` in words; `None` if its
/// template cannot be told apart.
pub(super) fn compile(
    mut view: Value,
    id: &str,
    points: Option<&Allocate>,
    faults: &[&str],
    fill: impl Fn(&Value) -> Result<String, RenderError>,
) -> Result<Option<Fragment>, RenderError> {
    let mut names = Vec::new();
    let mut switches = Vec::new();
    if !switches_of(&view, &mut String::new(), ("", ""), &mut names, &mut switches) {
        return Ok(None);
    }
    let left = switches.len();
    if points.is_some()
        && let Some(total) = view.pointer_mut("/total")
    {
        *total = mark(left).into();
    }
    if !mark_errors(&mut view, faults, left + 1) {
        return Ok(None);
    }
    let set = |is_on: &dyn Fn(usize) -> bool| {
        let mut view = view.clone();
        for (number, switch) in switches.iter().enumerate() {
            let Some(place) = view.pointer_mut(&switch.at) else { continue };
            *place = match switch.when {
                When::Typed(_) if is_on(number) => mark(number).into(),
                When::Typed(_) => "".into(),
                _ => is_on(number).into(),
            };
        }
        fill(&view)
    };
    let base = set(&|_| false)?;
    let digits = usize::BITS - left.saturating_sub(1).leading_zeros();
    let mut fillings = Vec::new();
    for digit in 0..digits.max(1) {
        let one = |number: usize| number >> digit & 1 == 1;
        fillings.push((set(&one)?, set(&|number| !one(number))?));
    }
    let Some(gaps) = gaps(&base, &fillings, &switches, left) else { return Ok(None) };
    let mut fragment = Fragment {
        id: id.into(),
        names,
        text: base.into(),
        gaps,
        blank: None,
        left,
        points: points.map(|points| Box::new(points.clone())),
    };
    let mut blank = String::with_capacity(fragment.text.len());
    fragment.fill_gaps(&mut blank, &Fields::default(), &[], Words::of("en"));
    if is_marked(&blank) {
        return Ok(None);
    }
    let varies = fragment.gaps.iter().any(|gap| matches!(gap.when, When::Always));
    fragment.blank = (!varies).then(|| blank.into());
    Ok(Some(fragment))
}

/// Puts a mark in the place of each fault; false where it is not known which fault a place tells.
fn mark_errors(view: &mut Value, faults: &[&str], first: usize) -> bool {
    match view {
        Value::Array(list) => list.iter_mut().all(|value| mark_errors(value, faults, first)),
        Value::Object(map) => map.iter_mut().all(|(key, value)| match (key.as_str(), &*value) {
            ("error", Value::String(told)) => {
                let mut own = faults.iter().enumerate().filter(|(_, fault)| *fault == told);
                let (Some((number, _)), None) = (own.next(), own.next()) else { return false };
                *value = mark(first + number).into();
                true
            }
            _ => mark_errors(value, faults, first),
        }),
        _ => true,
    }
}

/// Finds what may change; false where there is a flag whose meaning is not known.
fn switches_of(
    view: &Value,
    at: &mut String,
    (kind, name): (&str, &str),
    names: &mut Vec<Box<str>>,
    found: &mut Vec<Switch>,
) -> bool {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_string);
    let length = at.len();
    let mut goes_on = true;
    match view {
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                at.push('/');
                at.push_str(&number.to_string());
                goes_on &= switches_of(value, at, (kind, name), names, found);
                at.truncate(length);
            }
        }
        Value::Object(map) => {
            let kind = text(map.get("template")).unwrap_or_else(|| kind.to_string());
            let own = text(map.get("name")).or_else(|| text(view.pointer("/head/name")));
            let name = own.unwrap_or_else(|| name.to_string());
            let code = text(map.get("code")).unwrap_or_default().into_boxed_str();
            for (key, value) in map {
                at.push('/');
                at.push_str(key);
                let mut number = || {
                    names.iter().position(|known| **known == *name).unwrap_or_else(|| {
                        names.push(name.as_str().into());
                        names.len() - 1
                    })
                };
                let when = match (key.as_str(), kind.as_str(), value) {
                    ("checked", "item/single" | "item/multi", Value::Bool(_)) => {
                        Some(When::Has(number(), code.clone()))
                    }
                    ("checked", "item/consent", Value::Bool(_)) => Some(When::Given(number())),
                    ("checked", "item/rate", Value::Bool(_)) | ("selected", _, Value::Bool(_)) => {
                        Some(When::Is(number(), code.clone()))
                    }
                    ("checked", _, Value::Bool(_)) => return false,
                    ("typed", _, Value::String(_)) => Some(When::Typed(number())),
                    _ => None,
                };
                match when {
                    Some(when) => found.push(Switch { at: at.clone(), when }),
                    None => goes_on &= switches_of(value, at, (&kind, &name), names, found),
                }
                at.truncate(length);
            }
        }
        _ => {}
    }
    goes_on
}

/// Which lines change by the pattern of which switch; `None` where one changes by another pattern.
fn gaps(base: &str, fillings: &[(String, String)], switches: &[Switch], left: usize) -> Option<Vec<Gap>> {
    let mut others: Vec<(std::str::Split<'_, char>, std::str::Split<'_, char>)> =
        fillings.iter().map(|(one, zero)| (one.split('\n'), zero.split('\n'))).collect();
    let mut gaps = Vec::new();
    let mut from = 0;
    for line in base.split('\n') {
        let (mut number, mut changed) = (0, Vec::new());
        let (mut alike, mut apart) = (0, 0);
        for (digit, (one, zero)) in others.iter_mut().enumerate() {
            let (one, zero) = (one.next()?, zero.next()?);
            match (one == line, zero == line) {
                (true, true) => alike += 1,
                (false, true) => {
                    number |= 1_usize << digit;
                    changed.push(one);
                    apart += 1;
                }
                (true, false) => {
                    changed.push(zero);
                    apart += 1;
                }
                (false, false) => return None,
            }
        }
        match (alike, apart, changed.first()) {
            (_, 0, _) if is_marked(line) => {
                let is_sound = |piece: &Piece| !matches!(piece, Piece::Gap { number, .. } if *number < left);
                let into = pieces(line).filter(|into| into.iter().all(is_sound))?;
                gaps.push(Gap { from, to: from + line.len(), when: When::Always, into });
            }
            (_, 0, _) => {}
            (0, _, Some(new)) if changed.iter().all(|other| other == new) && !is_marked(line) => {
                let (start, end) = differing(line, new);
                let into = pieces(new.get(start..new.len() - end)?).filter(|into| own_gaps_only(into, number))?;
                let when = switches.get(number)?.when.clone();
                if !matches!(when, When::Typed(_)) && into.iter().any(|piece| matches!(piece, Piece::Gap { .. })) {
                    return None;
                }
                gaps.push(Gap { from: from + start, to: from + line.len() - end, when, into });
            }
            _ => return None,
        }
        from += line.len() + 1;
    }
    others.iter_mut().all(|(one, zero)| one.next().is_none() && zero.next().is_none()).then_some(gaps)
}

fn own_gaps_only(pieces: &[Piece], own: usize) -> bool {
    pieces.iter().all(|piece| !matches!(piece, Piece::Gap { number, .. } if *number != own))
}

/// How much is the same at the start and at the end of two texts, in whole characters.
fn differing(old: &str, new: &str) -> (usize, usize) {
    let same = |(old, new): &(char, char)| old == new;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    let (old, new) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    (start, end)
}

impl Fragment {
    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let gap = |gap: &Gap| size_of::<Gap>() + 24 + gap.into.iter().map(Piece::bytes).sum::<usize>();
        let names: usize = self.names.iter().map(|name| name.len() + 16).sum();
        size_of::<Self>()
            + names
            + self.text.len()
            + self.blank.as_ref().map_or(0, |blank| blank.len())
            + self.gaps.iter().map(gap).sum::<usize>()
    }

    /// About how long it is when filled.
    pub(super) fn length(&self) -> usize {
        self.text.len() + 64
    }

    /// Adds the item with what stands in its fields and what is wrong with it.
    pub(super) fn fill(&self, out: &mut String, fields: &Fields, faults: &[&str], words: &Words) {
        let is_own = |(name, _): &(String, String)| {
            name.strip_prefix(&*self.id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match &self.blank {
            Some(blank) if !fields.0.iter().any(is_own) => out.push_str(blank),
            _ => self.fill_gaps(out, fields, faults, words),
        }
    }

    fn fill_gaps(&self, out: &mut String, fields: &Fields, faults: &[&str], words: &Words) {
        let mut at = 0;
        let mut known: Option<(usize, Option<&str>)> = None;
        for gap in &self.gaps {
            let mut first = |name: usize| match known {
                Some((before, value)) if before == name => value,
                _ => {
                    let value = self.names.get(name).and_then(|name| fields.first(name));
                    known = Some((name, value));
                    value
                }
            };
            let name = |number: usize| self.names.get(number).map_or("", |name| &**name);
            let shown = match &gap.when {
                When::Is(name, code) => (first(*name).unwrap_or_default() == &**code).then_some(""),
                When::Has(number, code) => {
                    let mut all = first(*number).into_iter().flat_map(|_| fields.all(name(*number)));
                    all.any(|value| value == &**code).then_some("")
                }
                When::Given(number) => first(*number).and_then(|_| fields.typed(name(*number))).map(|_| ""),
                When::Typed(name) => first(*name).filter(|value| !value.is_empty()),
                When::Always => Some(""),
            };
            let Some(value) = shown else { continue };
            out.push_str(self.text.get(at..gap.from).unwrap_or_default());
            for piece in &gap.into {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Gap { number, escaped } if *number < self.left => {
                        debug_assert!(matches!(gap.when, When::Typed(_)));
                        push(out, value, *escaped);
                    }
                    Piece::Gap { number, escaped } if *number == self.left => {
                        let left = self.points.as_ref().map(|points| points_left(points, fields, words, &self.id));
                        push(out, &left.unwrap_or_default(), *escaped);
                    }
                    Piece::Gap { number, escaped } => {
                        push(out, faults.get(number - self.left - 1).copied().unwrap_or_default(), *escaped);
                    }
                }
            }
            at = gap.to;
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
    }
}
