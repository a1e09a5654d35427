//! Answers in words, for "check your answers".

use super::markdown::{inline, words as plain};
use super::page::{AnswerRow, Link};
use crate::item::options::{Choice as Offered, ItemRow};
use crate::item::{self, Answer, Kind, Scale};
use crate::vocabulary::Words;

/// One line of "check your answers".
pub fn answer_row(item: &item::Item, answer: Option<&Answer>, change: String, words: &Words) -> AnswerRow {
    let change = Link { href: change, text: plain(&item.head.text) };
    let given = answer.map(|answer| in_words(item, answer, words)).unwrap_or_default();
    AnswerRow {
        key: inline(&item.head.text),
        question: plain(&item.head.text),
        is_one_line: given.len() == 1,
        given,
        change: Some(change),
    }
}

fn in_words(item: &item::Item, answer: &Answer, words: &Words) -> Vec<String> {
    let label = |options: &[Offered], id: &str| {
        options.iter().find(|option| option.id == id).map_or_else(|| id.to_string(), |option| plain(&option.label))
    };
    let row_label = |rows: &[ItemRow], id: &str| {
        rows.iter().find(|row| row.id == id).map_or_else(|| id.to_string(), |row| plain(&row.label))
    };
    let beside =
        |text: String, other: Option<&String>| other.map_or_else(|| text.clone(), |other| format!("{text}: {other}"));
    match (item.scale(), answer) {
        (_, Answer::Given) => vec![words.form.agreed.to_string()],
        (Scale::Nominal(options) | Scale::Ordinal(options), Answer::Choice { option, other }) => {
            vec![beside(label(options, option), other.as_ref())]
        }
        (Scale::Multiple(options), Answer::Choices { options: chosen, other }) => {
            chosen.iter().map(|id| beside(label(options, id), other.get(id))).collect()
        }
        (Scale::Ratings { rows, steps }, Answer::Ratings(ratings)) => {
            let rated = rows
                .iter()
                .filter_map(|row| Some(format!("{}: {}", plain(&row.label), label(steps, ratings.get(&row.id)?))));
            rated.collect()
        }
        (Scale::Ranking { rows, .. }, Answer::Ranking(order)) => {
            (1..).zip(order).map(|(place, id)| format!("{place}. {}", row_label(rows, id))).collect()
        }
        (Scale::Allocation { rows, .. }, Answer::Points(points)) => rows
            .iter()
            .filter_map(|row| {
                let given = words.form.given_points.of(u64::from(*points.get(&row.id)?), &[]);
                Some(format!("{}: {given}", plain(&row.label)))
            })
            .collect(),
        (Scale::Entries { fields, .. }, Answer::Entries(entries)) => {
            let lines = (1..).zip(entries).flat_map(|(number, entry)| {
                let given = fields.iter().filter_map(|field| Some((field, entry.get(&field.head.id)?)));
                given.map(move |(field, answer)| {
                    format!("{number}. {}: {}", plain(&field.head.text), in_words(field, answer, words).join("; "))
                })
            });
            lines.collect()
        }
        (Scale::Ideas { seeds, .. }, Answer::Ideas { own, votes }) => {
            let said = |vote: &str| {
                let mut votes = item::VOTES.iter().zip(words.form.votes);
                votes.find(|(id, _)| **id == vote).map_or("", |(_, label)| label)
            };
            let (on_seeds, on_others): (Vec<_>, Vec<_>) =
                votes.iter().partition(|(idea, _)| seeds.iter().any(|seed| seed.id == **idea));
            let given = (*own > 0).then(|| words.wall.you_gave.of(u64::from(*own), &[]));
            let voted = on_seeds.into_iter().map(|(seed, vote)| format!("{}: {}", row_label(seeds, seed), said(vote)));
            let others = (!on_others.is_empty()).then(|| words.wall.you_voted.of(on_others.len() as u64, &[]));
            given.into_iter().chain(voted).chain(others).collect()
        }
        (_, Answer::Text(text)) => text.lines().map(str::to_string).collect(),
        (_, Answer::Number(number)) => match &item.kind {
            Kind::Number(item::Number { unit: Some(unit), .. }) => vec![format!("{number} {unit}")],
            _ => vec![number.clone()],
        },
        (_, Answer::Date(day)) => vec![day.parse().map_or_else(|_| day.clone(), |day| words.day(day))],
        _ => Vec::new(),
    }
}
