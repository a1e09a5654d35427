//! How the machine would part a theme: its answers grouped by themselves.

use super::decision::AnswerKey;
use crate::analysis::text::redact::without_details;
use crate::analysis::text::{Assigned, ThemeOptions, themes};

/// A part of a theme, as the machine would make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemePart {
    /// Its strongest words.
    pub label: String,
    /// Its answers.
    pub answers: Vec<AnswerKey>,
    /// Typical ones among them, the most typical first.
    pub quotes: Vec<AnswerKey>,
}

/// The answers of a theme in `k` parts or fewer, the largest first; those that fit none are left out. Equal answers give
/// equal parts, whatever their keys and for any number of threads.
pub fn parts<'a>(answers: impl Iterator<Item = (&'a AnswerKey, &'a str)>, k: usize, seed: u64) -> Vec<ThemePart> {
    let mut answers: Vec<(&str, &AnswerKey)> = answers.map(|(key, text)| (text, key)).collect();
    answers.sort_unstable();
    let texts: Vec<&str> = answers.iter().map(|(text, _)| *text).collect();
    let left = without_details(&texts);
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let found = themes(&left, &ThemeOptions { k: Some(k), seed, ..ThemeOptions::default() }, &|_| {});
    let key = |index: &usize| answers.get(*index).map(|(_, key)| (*key).clone());
    let placed = |theme: usize| {
        let of_theme = found.assignment.iter().zip(&answers).filter(|(one, _)| **one == Assigned::Theme(theme));
        of_theme.map(|(_, (_, key))| (*key).clone()).collect()
    };
    let part = |(index, theme): (usize, &crate::analysis::text::Theme)| ThemePart {
        label: theme.label.clone(),
        answers: placed(index),
        quotes: theme.quotes.iter().filter_map(key).collect(),
    };
    found.themes.iter().enumerate().map(part).collect()
}
