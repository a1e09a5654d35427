//! The coding frame: what was asked for, and where every answer went.

use super::blend::Vectors;

/// How a coding frame is suggested.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeOptions<'a> {
    /// Number of themes, 1 to 500, or none for a suggestion between 5 and 25 that grows with the number of distinct
    /// answers; fewer than 5 below 15 distinct answers.
    pub k: Option<usize>,
    /// Seed of every random choice; the same texts, options and seed give the same themes.
    pub seed: u64,
    /// Quotes for each theme, at most.
    pub quotes: usize,
    /// The texts' vectors by a language model, which the themes are then also shaped by; without them by words alone.
    pub vectors: Option<&'a Vectors>,
}

impl Default for ThemeOptions<'_> {
    fn default() -> Self {
        Self { k: None, seed: 7, quotes: 3, vectors: None }
    }
}

/// A suggested coding frame: `n` = `none` + `other` + the sum of the themes' counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes {
    /// Texts given.
    pub n: usize,
    /// Texts that are empty or say only "none", "n/a" or the like.
    pub none: usize,
    /// Answers that no theme can claim.
    pub other: usize,
    /// Distinct answers, themed or other, after normalising; case and punctuation make no difference.
    pub distinct: usize,
    /// Themes, largest first, ties by label.
    pub themes: Vec<Theme>,
    /// Where each text went, in the order given.
    pub assignment: Vec<Assigned>,
}

/// Where one text went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// It is no answer.
    None,
    /// No theme can claim it.
    Other,
    /// Index into [`Themes::themes`].
    Theme(usize),
}

/// One theme of a coding frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its first terms, to be renamed by the analyst.
    pub label: String,
    /// Words and phrases that tell it from the others, best first.
    pub terms: Vec<String>,
    /// Answers.
    pub count: usize,
    /// Distinct answers.
    pub distinct: usize,
    /// Answers that speak for it, as indices of the texts given, best first.
    pub quotes: Vec<usize>,
}

/// Orders the themes, leaves out empty ones, and says of every text where it went.
pub(super) fn account(
    groups: &[Option<usize>],
    theme_of: &[Option<usize>],
    distinct: usize,
    described: Vec<Theme>,
) -> Themes {
    let mut order: Vec<(usize, Theme)> =
        described.into_iter().enumerate().filter(|(_, theme)| theme.count > 0).collect();
    order.sort_by(|(_, a), (_, b)| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let assignment: Vec<Assigned> = groups
        .iter()
        .map(|group| {
            let Some(group) = group else {
                return Assigned::None;
            };
            let theme = theme_of.get(*group).copied().flatten();
            theme
                .and_then(|theme| order.iter().position(|&(known, _)| known == theme))
                .map_or(Assigned::Other, Assigned::Theme)
        })
        .collect();
    Themes {
        n: assignment.len(),
        none: assignment.iter().filter(|&&assigned| assigned == Assigned::None).count(),
        other: assignment.iter().filter(|&&assigned| assigned == Assigned::Other).count(),
        distinct,
        themes: order.into_iter().map(|(_, theme)| theme).collect(),
        assignment,
    }
}
