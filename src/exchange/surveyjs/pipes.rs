//! Answers inside texts: `{name}` of SurveyJS as `{{ name }}` of Canvass.

use std::collections::BTreeSet;

use super::model::{Context, Target};
use super::subject::{Missing, Operand, Translator, World};

/// Longest name between braces, in bytes.
const MAX_NAME: usize = 200;

/// Replaces the names of answers in a text; `needs` and `lost` get what it repeats and what it cannot repeat.
pub(super) fn translate(
    world: &World<'_>,
    text: &str,
    limit: usize,
    needs: &mut BTreeSet<usize>,
    lost: &mut BTreeSet<String>,
) -> String {
    if !text.contains('{') {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        push(&mut out, before);
        let end = after.find(['{', '}', '\n']).filter(|end| *end <= MAX_NAME);
        let name = end
            .and_then(|end| after.split_at_checked(end))
            .and_then(|(name, rest)| Some((name, rest.strip_prefix('}')?)));
        let name = name.filter(|(name, _)| is_name(name));
        let piece = name.and_then(|(name, _)| piece(world, name.trim(), limit, needs, lost));
        if let (Some((_, following)), Some(piece)) = (name, piece) {
            if out.ends_with('{') {
                out.push(' ');
            }
            out.push_str(&piece);
            rest = following;
        } else {
            push(&mut out, "{");
            rest = after;
        }
    }
    push(&mut out, rest);
    out
}

/// Adds words of the source, in which several braces mean no more than one.
fn push(out: &mut String, words: &str) {
    for letter in words.chars() {
        if letter != '{' || !out.ends_with('{') {
            out.push(letter);
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(':')
}

/// What stands for a name; `None` if it is not the name of anything.
fn piece(
    world: &World<'_>,
    name: &str,
    limit: usize,
    needs: &mut BTreeSet<usize>,
    lost: &mut BTreeSet<String>,
) -> Option<String> {
    let lower = name.to_lowercase();
    let first = lower.split(['.', '[']).next().unwrap_or(&lower);
    let names = &world.reading.names;
    let local = ["panel", "row", "panelindex", "rowindex", "visiblepanelindex", "visiblerowindex"].contains(&first);
    if !names.contains_key(&lower) && !names.contains_key(first) && !local {
        return None;
    }
    let context = Context::default();
    let mut translator = Translator::new(world, limit, &context);
    let found = match translator.variable(name) {
        Ok(
            Operand::Choice(id, _)
            | Operand::Set(id, _)
            | Operand::Words(id)
            | Operand::Day(id, true)
            | Operand::Whole(id),
        ) => Ok(id),
        Ok(Operand::Number(amount)) if amount.missing == Missing::Unanswered => Ok(amount.text),
        Ok(_) => Err(format!("‘{name}’ cannot be told in words")),
        Err(why) => Err(why),
    };
    match found {
        Ok(id) => {
            needs.extend(translator.needs);
            let otherwise = match names.get(&lower) {
                Some(Target::Draft(index)) => {
                    world.reading.drafts.get(*index).and_then(|draft| draft.otherwise.clone())
                }
                _ => None,
            };
            let otherwise = otherwise.filter(|text| !text.contains(['\'', '{', '}', '\n']) && text.len() <= 200);
            Some(match otherwise {
                Some(text) => format!("{{{{ {id} | else '{text}' }}}}"),
                None => format!("{{{{ {id} }}}}"),
            })
        }
        Err(why) => {
            lost.insert(why);
            Some("…".to_string())
        }
    }
}
