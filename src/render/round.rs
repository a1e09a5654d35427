//! What people are told in a later round beside each statement that comes back: their own answer and everyone's.

use super::form::Told;
use super::html::Html;
use super::markdown::words as plain;
use crate::analysis::quantile::of_counts;
use crate::definition::{Statement, Survey};
use crate::item::{Answer, Scale};
use crate::response::Answers;
use crate::vocabulary::Words;

/// Sides of the picture of a distribution: the width of a step, and the height of all, in pixels.
const STEP: usize = 16;
const HEIGHT: f64 = 28.0;

/// What stands at the fields of a page of this survey for someone who answered `own` in the round before.
///
/// Nothing in a first round. What everyone answered is told where at least [`crate::definition::Privacy::min_cell`] people did.
pub fn told(survey: &Survey, own: Option<&Answers>, words: &'static Words) -> Told {
    let Some(round) = survey.round.as_ref().filter(|round| round.number > 1) else { return Told::new() };
    let lang = words.stranger_to(&survey.language);
    let mut told = Told::new();
    for statement in survey.statements() {
        let mut parts = Vec::new();
        if own.is_some() {
            let kept = Html::text_in(words.rounds.kept, lang).to_string();
            if statement.row.is_some() {
                told.entry(statement.item.head.id.clone()).or_insert_with(|| Html::made_here(kept));
            } else {
                parts.push(kept);
            }
        }
        let answer = own.and_then(|own| chosen(&statement, own));
        if own.is_some() {
            let label = answer.and_then(|option| statement.item.label(option)).map(plain);
            let said = label.map_or_else(
                || words.rounds.you_did_not.to_string(),
                |label| words.rounds.you.with(&[("answer", &label)]),
            );
            parts.push(Html::text_in(&said, lang).to_string());
        }
        let counts = round.before.get(&statement.name).map(|counts| statement.by_step(counts)).unwrap_or_default();
        let n: u64 = counts.iter().sum();
        if n > 0 && n >= u64::from(survey.privacy.min_cell) {
            let step = answer.and_then(|option| statement.steps.iter().position(|step| step.id == option));
            parts.push(Html::text_in(&everyone(&statement, &counts, n, words), lang).to_string());
            parts.push(picture(&counts, step));
        }
        if !parts.is_empty() {
            told.insert(statement.name.clone(), Html::made_here(parts.join("<br>")));
        }
    }
    told
}

/// The id of the option that was chosen for a statement.
fn chosen<'a>(statement: &Statement<'_>, own: &'a Answers) -> Option<&'a str> {
    match (own.get(&statement.item.head.id)?, statement.row, statement.item.scale()) {
        (Answer::Choice { option, .. }, None, _) => Some(option),
        (Answer::Ratings(ratings), Some(row), Scale::Ratings { .. }) => ratings.get(&row.id).map(String::as_str),
        _ => None,
    }
}

fn everyone(statement: &Statement<'_>, counts: &[u64], n: u64, words: &Words) -> String {
    let label = |step: f64| statement.steps.get(place(step)).map_or_else(String::new, |step| plain(&step.label));
    let at = |p: f64| of_counts(counts, p).unwrap_or_default();
    let (low, high, median) = (at(0.25).floor(), at(0.75).ceil(), at(0.5));
    let (below, above) = (median.floor(), median.ceil());
    let middle = if below < above {
        words.rounds.between.with(&[("low", &label(below)), ("high", &label(above))])
    } else {
        format!("“{}”", label(median))
    };
    if low < high {
        words.rounds.everyone.of(n, &[("low", &label(low)), ("high", &label(high)), ("middle", &middle)])
    } else {
        words.rounds.everyone_one.of(n, &[("middle", &middle)])
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step, numbered from 1")]
fn place(step: f64) -> usize {
    (step as usize).saturating_sub(1)
}

/// A column a step, as high as its share; a dot under one's own. The words beside it say the same to those who hear.
fn picture(counts: &[u64], own: Option<usize>) -> String {
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let columns = counts.iter().enumerate().map(|(step, count)| {
        let height = (*count as f64 / most * HEIGHT).max(1.0);
        let (x, y) = (step * STEP + 2, HEIGHT - height);
        format!("<rect x=\"{x}\" y=\"{y:.1}\" width=\"12\" height=\"{height:.1}\" fill=\"currentColor\"/>")
    });
    let dot = own.map(|step| {
        format!("<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"currentColor\"/>", step * STEP + STEP / 2, HEIGHT + 7.0)
    });
    let (width, height) = (counts.len() * STEP, HEIGHT + 12.0);
    let drawn: String = columns.chain(dot).collect();
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\" focusable=\"false\">{drawn}</svg>"
    )
}
