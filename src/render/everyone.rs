//! What everyone answered, for the pages of respondents: each count in words, its share, and a bar that is not heard.

use serde::Serialize;

use super::chart::bar;
use super::html::Html;
use super::markdown::inline;
use super::words::percent;
use crate::analysis::group_result::{Counted as Counts, GroupResult};
use crate::vocabulary::Words;

/// The counts of one statement or question.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    label: Html,
    answered: String,
    rows: Vec<Row>,
    /// True if the labels of the rows are the program's own words.
    ours: bool,
    verdict: Option<String>,
    /// The language of the verdict, where it is not the page's.
    verdict_lang: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    label: Html,
    figure: String,
    bar: Html,
}

/// The counts in the words of a page, whose language is `lang`.
pub fn counted(result: &GroupResult, words: &'static Words, lang: &str) -> Vec<Counted> {
    result.counted.iter().map(|counts| one(counts, words, lang)).collect()
}

fn one(counts: &Counts, words: &'static Words, lang: &str) -> Counted {
    let said = &words.everyone;
    let mut sides = said.sides.iter();
    let rows = counts.rows.iter().map(|row| {
        let side = if counts.is_rated { sides.next().copied() } else { None };
        Row {
            label: side.map_or_else(|| inline(&row.label), Html::text),
            figure: row
                .people
                .map_or_else(|| said.too_few.to_string(), |(count, share)| format!("{} ({count})", percent(share))),
            bar: row.people.map(|(_, share)| bar(share)).unwrap_or_default(),
        }
    });
    Counted {
        label: inline(&counts.label),
        answered: said.answered.of(counts.n, &[]),
        rows: rows.collect(),
        ours: counts.is_rated,
        verdict: counts.verdict.clone(),
        verdict_lang: Words::of("en").stranger_to(lang),
    }
}
