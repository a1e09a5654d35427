//! A sample of answers that several people judge blind, how far they agree, and what is to be settled.

use super::{Making, answers_in_words, percent, question};
use crate::analysis::coding::audit::{Audit, CODING};
use crate::analysis::coding::decision::{AnswerKey, Draw, Place};
use crate::analysis::interval::Estimate;
use crate::render::workbench::{SamplePage, ToJudge};
use crate::service::coding::room::Room;
use crate::web::error::Problem;

/// Answers that are judged, or settled, on one page.
const PAGE: usize = 5;

pub(super) fn page(making: &Making<'_>, room: &Room, number: u32) -> Result<String, Problem> {
    let here = &making.here;
    let sample = room.sample(number, here.by)?;
    let heading = format!("Sample {number}");
    let to_judge = |key: &AnswerKey, said: Vec<String>| ToJudge {
        key: key.to_string(),
        text: room.text(key).to_string(),
        said,
        places: places(making, sample.draw, key),
        error: making.error_at(&format!("p-{key}")),
    };
    let open: &[AnswerKey] = sample.audit.as_ref().map(|audit| audit.open.as_slice()).unwrap_or_default();
    let said = |key: &AnswerKey| -> Vec<String> {
        let said = room.said_of(number, key).into_iter();
        said.map(|(by, place)| format!("{by}: {}", named(sample.draw, place))).collect()
    };
    let left = sample.left.len();
    let progress = match (sample.judged, left) {
        (0, _) => format!("You have judged none of {} yet.", answers_in_words(left)),
        (judged, 0) => format!("You have judged all {}.", answers_in_words(judged)),
        (judged, left) => format!("You have judged {judged}, and {left} are left."),
    };
    let view = SamplePage {
        shell: here.shell(making.site, making.staff, &heading),
        heading,
        question: question(room),
        errors: making.errors(),
        done: here.done(room),
        progress,
        left: sample.left.iter().take(PAGE).map(|key| to_judge(key, Vec::new())).collect(),
        agreement: sample.audit.as_ref().map(agreement),
        themes: sample.audit.as_ref().map(themes).unwrap_or_default(),
        open: open
            .iter()
            .filter(|key| !room.text(key).is_empty())
            .take(PAGE)
            .map(|key| to_judge(key, said(key)))
            .collect(),
        action: here.from(0),
        csrf: here.csrf.clone(),
    };
    Ok(making.renderer.render("staff/theme_sample", &view)?)
}

/// Where an answer can be put: the themes of when the sample was drawn, in the order of their ids, so that none is told to
/// be large.
fn places(making: &Making<'_>, draw: &Draw, key: &AnswerKey) -> Vec<(String, String, bool)> {
    let field = format!("p.{key}");
    let themes = draw.themes.iter().map(|theme| (theme.theme.to_string(), theme.name.clone()));
    let rest = [("other", "Something that is no theme"), ("none", "It says nothing")];
    let rest = rest.map(|(code, text)| (code.to_string(), text.to_string()));
    themes
        .chain(rest)
        .map(|(code, text)| {
            let is_ticked = making.typed.has(&field, &code);
            (code, text, is_ticked)
        })
        .collect()
}

fn named(draw: &Draw, place: &Place) -> String {
    match place {
        Place::None => "it says nothing".to_string(),
        Place::Other => "something that is no theme".to_string(),
        Place::Themes(themes) => {
            let name = |theme| draw.themes.iter().find(|known| known.theme == theme).map(|known| known.name.clone());
            themes.iter().filter_map(|theme| name(*theme)).collect::<Vec<_>>().join("; ")
        }
    }
}

fn figure(estimate: Option<Estimate>) -> String {
    estimate.map_or("not known".to_string(), |Estimate { value, interval: [low, high] }| {
        format!("{value:.2} ({low:.2} to {high:.2})")
    })
}

fn agreement(found: &Audit) -> Vec<String> {
    let mut said = vec![format!(
        "{} of the sample are not judged by anybody, {} were judged differently and are not settled.",
        answers_in_words(found.unjudged),
        answers_in_words(found.open.len())
    )];
    for coder in &found.coders {
        said.push(format!("{} judged {}.", coder.name, answers_in_words(coder.judged)));
    }
    if found.coders.len() > 1 {
        said.push(format!(
            "Krippendorff’s alpha between people, with its 95 % interval: {}; from 0.80 good, from 0.67 tentative.",
            figure(found.alpha)
        ));
    }
    for pair in &found.pairs {
        let one = if pair.one == CODING { "The coding" } else { pair.one.as_str() };
        said.push(format!(
            "{one} and {}: the same place for {} of {}; Cohen’s kappa {}.",
            pair.other,
            pair.alike,
            answers_in_words(pair.both),
            figure(pair.kappa)
        ));
    }
    said
}

fn themes(found: &Audit) -> Vec<[String; 4]> {
    let corrected = |estimate: Option<Estimate>| {
        estimate.map_or("not known".to_string(), |Estimate { value, interval: [low, high] }| {
            format!("{} ({} to {})", percent(value), percent(low), percent(high))
        })
    };
    let row = |theme: &crate::analysis::coding::audit::AuditedTheme| {
        [theme.name.clone(), percent(theme.share), corrected(theme.corrected), figure(theme.kappa)]
    };
    found.themes.iter().map(row).collect()
}
