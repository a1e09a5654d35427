//! A coding frame for any column of free text: themes with their counts, what was sent many times, and what a finer or a
//! coarser frame would change.

use serde::Serialize;

use crate::analysis::text::redact::{Redactor, without_details};
use crate::analysis::text::{Assigned, Copies, Near, ThemeOptions, Themes, themes};

/// Most wordings sent by several people that are told.
const MOST_COPIES: usize = 50;

/// Characters of a wording that are told.
const START: usize = 160;

/// The themes of a column, as `themes.json` has them. `none`, `other` and the themes' counts add up to `n`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodingFrame {
    /// The column.
    pub column: String,
    /// Seed of everything random.
    pub seed: u64,
    /// SHA-256 of the language model that the themes were shaped by; none if they were made from the words alone.
    pub model: Option<String>,
    /// Rows without any text, which are not among the answers.
    pub empty: u64,
    /// Rows with text.
    pub n: u64,
    /// Answers that say nothing ("none", "n/a").
    pub none: u64,
    /// Of these, those that say that the question was not answered ("did not answer", "n/a").
    pub unanswered: u64,
    /// Answers that fit no theme well.
    pub other: u64,
    /// Different texts among the answers, after normalising.
    pub distinct: u64,
    /// The same where texts that share most of their wording count as one.
    pub arguments: u64,
    /// What one theme fewer and one more would change, as sentences.
    pub advice: Vec<String>,
    /// What the rows stand for, if a column says so.
    pub weights: Option<Weights>,
    /// Themes, the largest first.
    pub themes: Vec<CodingTheme>,
    /// Wordings that several people sent, most people first, at most 50.
    pub copies: Vec<CopiesShown>,
}

/// Sums of weights. `none`, `other` and the themes' weights add up to `all`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Weights {
    /// All answers.
    pub all: f64,
    /// Answers that say nothing.
    pub none: f64,
    /// Of these, those that say that the question was not answered.
    pub unanswered: f64,
    /// Answers that fit no theme well.
    pub other: f64,
}

/// One theme.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodingTheme {
    /// Stable within this frame: `t1`, `t2`, ...
    pub id: String,
    /// Its strongest words, to be renamed by a person.
    pub label: String,
    /// Words and phrases that set it apart, strongest first.
    pub terms: Vec<String>,
    /// Answers in it, each in one theme as a whole.
    pub count: u64,
    /// People whose answer makes a point of it, or is in it as a whole.
    pub people: u64,
    /// Clauses of answers in it; an answer without such a clause that is in it as a whole counts as one.
    pub mentions: u64,
    /// What they stand for, if a column says so.
    pub weight: Option<f64>,
    /// Different texts in it.
    pub distinct: u64,
    /// The same where texts that share most of their wording count as one.
    pub arguments: u64,
    /// How much of it comes back when half of the answers are grouped anew, 0 to 1: from 0.75 it is stable, below 0.5 it is
    /// not (Hennig 2007).
    pub stability: Option<f64>,
    /// Typical answers, the most typical first, without personal details.
    pub quotes: Vec<String>,
}

/// A wording that several people sent, as it is or changed a little.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CopiesShown {
    /// Stable within this frame: `d1`, `d2`, ...
    pub id: String,
    /// How it begins, without personal details.
    pub start: String,
    /// People who sent it.
    pub count: u64,
    /// Different texts among what they sent.
    pub distinct: u64,
    /// Whether it is long enough, and sent often enough, to be a campaign rather than a coincidence.
    pub campaign: bool,
    /// The theme of its first text, `other` or `none`.
    pub theme: String,
}

/// Suggests a coding frame; `weights`, one for each text, count in the totals and shape nothing.
pub fn frame(
    column: &str,
    texts: &[&str],
    weights: Option<&[f64]>,
    options: &ThemeOptions,
    progress: &(dyn Fn(f64) + Sync),
) -> (CodingFrame, Themes) {
    let (redactor, left) = (Redactor::new(), without_details(texts));
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let found = themes(&left, options, progress);
    let quote = |index: &usize| texts.get(*index).map(|text| redactor.redact(text));
    let weight_of = |wanted: Assigned| {
        let of = found.assignment.iter().zip(weights?).filter(|&(&assigned, _)| assigned == wanted);
        Some(of.map(|(_, weight)| weight).sum::<f64>())
    };
    let themes = found.themes.iter().zip(&found.several.reach).enumerate();
    let coded = themes.map(|(index, (theme, reach))| CodingTheme {
        id: theme_id(index),
        label: theme.label.clone(),
        terms: theme.terms.clone(),
        count: theme.count as u64,
        people: reach.people as u64,
        mentions: reach.mentions as u64,
        weight: weight_of(Assigned::Theme(index)),
        distinct: theme.distinct as u64,
        arguments: theme.arguments as u64,
        stability: theme.stability,
        quotes: theme.quotes.iter().filter_map(quote).collect(),
    });
    let shown = |(index, copies): (usize, &Copies)| CopiesShown {
        id: copies_id(index),
        start: quote(&copies.first).map(|text| beginning(&text)).unwrap_or_default(),
        count: copies.texts as u64,
        distinct: copies.distinct as u64,
        campaign: copies.campaign,
        theme: found.assignment.get(copies.first).map(|&assigned| assigned_id(assigned)).unwrap_or_default(),
    };
    let frame = CodingFrame {
        column: column.to_string(),
        seed: options.seed,
        model: options.vectors.map(|vectors| vectors.model().to_string()),
        empty: 0,
        n: found.n as u64,
        none: found.none as u64,
        unanswered: found.unanswered.iter().filter(|&&unanswered| unanswered).count() as u64,
        other: found.other as u64,
        distinct: found.distinct as u64,
        arguments: found.arguments as u64,
        advice: advice(&found),
        weights: weights.map(|weights| Weights {
            all: weights.iter().sum(),
            none: weight_of(Assigned::None).unwrap_or_default(),
            unanswered: weights
                .iter()
                .zip(&found.unanswered)
                .filter(|(_, unanswered)| **unanswered)
                .map(|(w, _)| w)
                .sum(),
            other: weight_of(Assigned::Other).unwrap_or_default(),
        }),
        themes: coded.collect(),
        copies: found.copies.iter().enumerate().take(MOST_COPIES).map(shown).collect(),
    };
    (frame, found)
}

/// What the merge tree says of one theme fewer and of one more; nothing where there is no such step.
fn advice(found: &Themes) -> Vec<String> {
    let tree = &found.tree;
    let label = |node: usize| {
        // Every leaf below a node has the same theme as long as the node is no wider than a theme.
        let mut node = node;
        while let Some(merge) = node.checked_sub(tree.leaves.len()).and_then(|merge| tree.merges.get(merge)) {
            node = merge.left;
        }
        let theme = tree.leaves.get(node).and_then(|leaf| found.themes.get(leaf.theme?));
        theme.map(|theme| theme.label.as_str())
    };
    let count = |node: usize| match node.checked_sub(tree.leaves.len()) {
        None => tree.leaves.get(node).map_or(0, |leaf| leaf.count),
        Some(merge) => tree.merges.get(merge).map_or(0, |merge| merge.count),
    };
    let done = tree.leaves.len().saturating_sub(tree.themes);
    let fewer = tree.merges.get(done).and_then(|merge| {
        let (one, other) = (label(merge.left)?, label(merge.right)?);
        Some(format!("With one theme fewer, “{one}” and “{other}” would be one theme of {} answers.", merge.count))
    });
    let more = done.checked_sub(1).and_then(|last| tree.merges.get(last)).and_then(|merge| {
        let (theme, one, other) = (label(merge.left)?, count(merge.left), count(merge.right));
        Some(format!("With one theme more, “{theme}” would be parted into {one} and {other} answers."))
    });
    fewer.into_iter().chain(more).collect()
}

/// How a theme is named in the files: `t1` is the largest.
pub fn theme_id(index: usize) -> String {
    format!("t{}", index + 1)
}

/// How a wording that several people sent is named in the files: `d1` is the one sent most.
pub fn copies_id(index: usize) -> String {
    format!("d{}", index + 1)
}

/// How the place of a text is named in the files: its theme, `other` or `none`.
pub fn assigned_id(assigned: Assigned) -> String {
    match assigned {
        Assigned::None => "none".to_string(),
        Assigned::Other => "other".to_string(),
        Assigned::Theme(index) => theme_id(index),
    }
}

/// The nearest theme of a text, as the files name it, and its cosine with three decimals.
pub fn nearest_cells(near: Option<Near>) -> (String, String) {
    near.map_or_else(Default::default, |near| (theme_id(near.theme), format!("{:.3}", near.membership)))
}

fn beginning(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= START {
        return one_line;
    }
    format!("{}…", one_line.chars().take(START).collect::<String>().trim_end())
}

#[cfg(test)]
mod tests {
    use super::frame;
    use crate::analysis::text::ThemeOptions;

    #[test]
    fn weights_add_up_and_what_was_sent_many_times_is_told() {
        let letter = "We urge you to keep the night bus because nurses and cleaners depend on it every night";
        let texts = [letter, "n/a", letter, letter, "More trees", letter, letter, "More trees please", "Zebra"];
        let weights = [2.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 3.0];
        let (found, _) = frame("wish", &texts, Some(&weights), &ThemeOptions::default(), &|_| {});
        let sums = found.weights.unwrap();
        assert!((sums.all - 11.0).abs() < 1e-9 && (sums.none - 1.0).abs() < 1e-9);
        let themed: f64 = found.themes.iter().filter_map(|theme| theme.weight).sum();
        assert!((sums.none + sums.other + themed - sums.all).abs() < 1e-9);
        assert_eq!((found.copies[0].count, found.copies[0].campaign), (5, true));
        assert!(letter.starts_with(&found.copies[0].start));
    }
}
