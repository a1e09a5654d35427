//! The coding frame: what was asked for, and where every answer went.

use serde::Serialize;

use super::blend::Vectors;
use super::clause::Several;

/// How a coding frame is suggested.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeOptions<'a> {
    /// Number of themes, 1 to 500, or none for as many as halves of the answers find alike: 5 to 112 and, where they find
    /// little alike, at most 25; fewer than 5 below 15 distinct answers.
    pub k: Option<usize>,
    /// From 1, a quarter of the themes suggested, to 9, four times as many; 5 is the suggestion. Without use where `k` is
    /// given.
    pub granularity: u8,
    /// Seed of every random choice; the same texts, options and seed give the same themes.
    pub seed: u64,
    /// Quotes for each theme, at most.
    pub quotes: usize,
    /// The texts' vectors by a language model, which the themes are then also shaped by; without them by words alone.
    pub vectors: Option<&'a Vectors>,
    /// Halves of the answers that are grouped anew to tell how stable each theme is; 0 for not at all.
    pub resamples: usize,
}

impl Default for ThemeOptions<'_> {
    fn default() -> Self {
        Self { k: None, granularity: 5, seed: 7, quotes: 3, resamples: 0, vectors: None }
    }
}

/// A suggested coding frame: `n` = `none` + `other` + the sum of the themes' counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes {
    /// Texts given.
    pub n: usize,
    /// Texts that are empty or say only "none", "n/a" or the like.
    pub none: usize,
    /// For each text whether it is empty or says that the question was not answered ("did not answer", "n/a"). These are
    /// among `none`; the others there answer that there is nothing.
    pub unanswered: Vec<bool>,
    /// Answers that no theme can claim.
    pub other: usize,
    /// Distinct answers, themed or other, after normalising; case and punctuation make no difference.
    pub distinct: usize,
    /// Distinct answers where those that share most of their wording count as one.
    pub arguments: usize,
    /// Themes, largest first, ties by label.
    pub themes: Vec<Theme>,
    /// Where each text went, in the order given.
    pub assignment: Vec<Assigned>,
    /// The theme nearest to each text, also where it is other; none where it says nothing or shares no word with others.
    pub nearest: Vec<Option<Near>>,
    /// Wordings that several people sent, most people first, ties by the first text.
    pub copies: Vec<Copies>,
    /// For each text its place in [`Themes::copies`], if others sent the same or nearly the same.
    pub copies_of: Vec<Option<usize>>,
    /// How narrower groups merge to these themes, and these to fewer.
    pub tree: MergeTree,
    /// For each text its place in [`MergeTree::leaves`].
    pub leaf_of: Vec<Option<usize>>,
    /// The themes of each text by its clauses, that of the whole among them, and how far each theme reaches by them.
    pub several: Several,
}

/// Narrow groups, and the order in which they merge: first to the themes of the frame, then to one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MergeTree {
    /// Number of themes, those among them that can claim no answer: they are what is left after `leaves - themes` merges.
    pub themes: usize,
    /// The narrow groups.
    pub leaves: Vec<Leaf>,
    /// The merges in order. Group number `leaves + m` is what merge `m` makes.
    pub merges: Vec<Merge>,
}

/// A narrow group of answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leaf {
    /// The theme that it is part of, as a place in the frame, from 0; none where that theme can claim no answer.
    pub theme: Option<usize>,
    /// Answers in it, those that are other included.
    pub count: usize,
}

/// Two groups that become one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Merge {
    /// The one group: a leaf, or what an earlier merge made.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// What the merge adds to the weighted sum of squared distances from the groups' centres (Ward 1963).
    pub height: f64,
    /// Answers in both.
    pub count: usize,
}

/// How near a text is to a theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Index into [`Themes::themes`].
    pub theme: usize,
    /// The cosine of the text and the theme's centre, 0 to 1.
    pub membership: f64,
}

/// A wording that several people sent, as it is or changed a little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copies {
    /// The first text given that has it.
    pub first: usize,
    /// Texts that have it, each counted; at least 2.
    pub texts: usize,
    /// Different texts among them.
    pub distinct: usize,
    /// Whether it is long enough, and sent often enough, to be no coincidence: a campaign.
    pub campaign: bool,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its first terms, to be renamed by the analyst.
    pub label: String,
    /// Words and phrases that tell it from the others, best first.
    pub terms: Vec<String>,
    /// Answers.
    pub count: usize,
    /// Distinct answers.
    pub distinct: usize,
    /// Distinct answers where those that share most of their wording count as one.
    pub arguments: usize,
    /// How much of it comes back when half of the answers are grouped anew, 0 to 1, if that was asked for: from 0.75 it is
    /// stable, below 0.5 it is not (Hennig 2007).
    pub stability: Option<f64>,
    /// Answers that speak for it, as indices of the texts given, best first.
    pub quotes: Vec<usize>,
}

/// What is known of the distinct texts, by their index, and which of them each text given is.
pub(super) struct Placed<'a> {
    /// For each text given the distinct text that it is; none where it is no answer.
    pub(super) groups: &'a [Option<usize>],
    /// For each text given whether it leaves the question unanswered.
    pub(super) unanswered: Vec<bool>,
    /// The nearest theme of each distinct text, as described, and whether it can claim the text.
    pub(super) nearest: &'a [Option<(Near, bool)>],
    /// The wordings that several people sent.
    pub(super) copies: Vec<Copies>,
    /// The place of each distinct text there.
    pub(super) copies_of: &'a [Option<usize>],
    /// Distinct texts where those that share most of their wording count as one.
    pub(super) arguments: usize,
    /// The narrow group of each distinct text.
    pub(super) leaf_of: &'a [Option<usize>],
    /// The theme of each narrow group, as described.
    pub(super) theme_of_leaf: &'a [usize],
    /// How the narrow groups merge: the second joins the first, which keeps its number; and at what height.
    pub(super) merges: &'a [(usize, usize, f64)],
}

/// Orders the themes, leaves out empty ones, and says of every text where it went.
pub(super) fn account(placed: Placed<'_>, described: Vec<Theme>) -> Themes {
    let known = described.len();
    let mut order: Vec<(usize, Theme)> =
        described.into_iter().enumerate().filter(|(_, theme)| theme.count > 0).collect();
    order.sort_by(|(_, a), (_, b)| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let mut renumbered: Vec<Option<usize>> = vec![None; known];
    for (place, (theme, _)) in order.iter().enumerate() {
        if let Some(number) = renumbered.get_mut(*theme) {
            *number = Some(place);
        }
    }
    let of = |group: usize| {
        let (near, claimed) = placed.nearest.get(group).copied().flatten()?;
        let theme = renumbered.get(near.theme).copied().flatten()?;
        Some((Near { theme, ..near }, claimed))
    };
    let leaf_of: Vec<Option<usize>> =
        placed.groups.iter().map(|group| placed.leaf_of.get((*group)?).copied().flatten()).collect();
    let assigned = |group: &Option<usize>| match group {
        None => Assigned::None,
        Some(group) => {
            of(*group).filter(|&(_, claimed)| claimed).map_or(Assigned::Other, |(near, _)| Assigned::Theme(near.theme))
        }
    };
    let assignment: Vec<Assigned> = placed.groups.iter().map(assigned).collect();
    let themes: Vec<Theme> = order.into_iter().map(|(_, theme)| theme).collect();
    Themes {
        n: assignment.len(),
        none: assignment.iter().filter(|&&assigned| assigned == Assigned::None).count(),
        other: assignment.iter().filter(|&&assigned| assigned == Assigned::Other).count(),
        distinct: placed.nearest.len(),
        arguments: placed.arguments,
        tree: merge_tree(&placed, &renumbered, &leaf_of),
        unanswered: placed.unanswered,
        leaf_of,
        several: Several::default(),
        themes,
        assignment,
        nearest: placed.groups.iter().map(|group| group.and_then(of).map(|(near, _)| near)).collect(),
        copies: placed.copies,
        copies_of: placed.groups.iter().map(|group| placed.copies_of.get((*group)?).copied().flatten()).collect(),
    }
}

/// The merge tree with the frame's numbers and with what is counted.
fn merge_tree(placed: &Placed<'_>, renumbered: &[Option<usize>], leaf_of: &[Option<usize>]) -> MergeTree {
    let mut counts = vec![0; placed.theme_of_leaf.len()];
    for leaf in leaf_of.iter().flatten() {
        if let Some(count) = counts.get_mut(*leaf) {
            *count += 1;
        }
    }
    let leaves = placed
        .theme_of_leaf
        .iter()
        .zip(&counts)
        .map(|(&theme, &count)| Leaf { theme: renumbered.get(theme).copied().flatten(), count });
    let leaves: Vec<Leaf> = leaves.collect();
    // The number and the count of what each cluster has become.
    let mut grown: Vec<(usize, usize)> = counts.into_iter().enumerate().collect();
    let mut merges = Vec::with_capacity(placed.merges.len());
    for (number, &(into, from, height)) in (leaves.len()..).zip(placed.merges) {
        let (Some(&(left, one)), Some(&(right, other))) = (grown.get(into), grown.get(from)) else { continue };
        merges.push(Merge { left, right, height, count: one + other });
        if let Some(place) = grown.get_mut(into) {
            *place = (number, one + other);
        }
    }
    MergeTree { themes: renumbered.len(), leaves, merges }
}
