//! Themes: free text to a coding frame, without model weights, with every answer accounted for.

mod alike;
mod answered;
mod blend;
pub mod clause;
mod cluster;
mod duplicate;
pub mod evaluate;
mod frame;
mod label;
mod lexicon;
mod matrix;
pub mod mention;
mod near;
mod normalise;
mod number;
mod other;
mod phrase;
mod points;
pub mod principal;
mod quote;
pub mod redact;
mod reduce;
mod together;
mod tokens;
mod tree;
mod vector;

use rayon::prelude::*;

pub(in crate::analysis) use self::answered::is_unanswered;
pub use self::blend::Vectors;
use self::duplicate::Distinct;
pub use self::frame::{Assigned, Copies, Leaf, Merge, MergeTree, Near, Theme, ThemeOptions, Themes};
pub(in crate::analysis) use self::normalise::{fold, normalise};
pub(in crate::analysis) use self::tokens::words_that_count;

/// Dimensions that the texts are reduced to. Far more than there are topics wrecks k-means.
const DIMENSIONS: usize = 40;

/// Neighbours that each text borrows words from, and how much they count against its own.
const NEIGHBOURS: usize = 15;
const STRENGTH: f32 = 1.0;

/// How much the neighbours count when the points, once reduced, are smoothed again, step by step: this draws together
/// answers on one subject that share no word but have neighbours in common. Whole second steps blur near subjects.
const SMOOTHED_AGAIN: [f32; 2] = [1.0, 0.5];

/// Suggests a coding frame for the answers to one open question.
///
/// No texts give no themes, and one answer, or many alike, give one theme. There are fewer than `k` themes where there
/// are fewer groups of answers that differ. The result is the same for any number of threads. `progress` is called from
/// this thread with a rising share of the work, at last with 1.
///
/// Cost: looking for neighbours grows with the square of how often words are shared, the rest with the number of texts.
pub fn themes(texts: &[&str], options: &ThemeOptions<'_>, progress: &(dyn Fn(f64) + Sync)) -> Themes {
    progress(0.0);
    let normal: Vec<String> = texts.par_iter().map(|text| normalise(text)).collect();
    let folded: Vec<String> = normal.par_iter().map(|text| fold(text)).collect();
    let unanswered = folded.par_iter().map(|folded| answered::is_unanswered(folded)).collect();
    let folded: Vec<Option<String>> =
        folded.into_par_iter().map(|folded| Some(folded).filter(|folded| !answered::is_none(folded))).collect();
    let (distinct, groups) = duplicate::collapse(&folded);
    let words = distinct
        .par_iter()
        .map(|same| normal.get(same.first).map(|text| tokens::words(text)).unwrap_or_default())
        .collect();
    let corpus = lexicon::corpus(words);
    let keys: Vec<&str> =
        distinct.iter().map(|same| folded.get(same.first).and_then(Option::as_deref).unwrap_or_default()).collect();
    progress(0.2);

    let neighbours = || {
        let vectors = vector::tf_idf(&corpus);
        let texts_with = vectors.transpose();
        let smoothing = vector::smoothing(&vectors, &texts_with, NEIGHBOURS, STRENGTH);
        (vectors, texts_with, smoothing)
    };
    // Joining near-duplicates takes one thread alone for most of its time.
    let (same, (vectors, texts_with, smoothing)) = rayon::join(|| alike::groups(&keys), neighbours);
    let alike = duplicate::Alike::new(&distinct, &same, &keys);
    progress(0.4);
    let mut of_words = reduce::reduce(&smoothing, &vectors, &texts_with, DIMENSIONS, options.seed);
    for strength in SMOOTHED_AGAIN {
        of_words = smoothing.times(&of_words).plus(&of_words, 1.0 / strength - 1.0);
        of_words.normalise_rows();
    }
    let mut points = together::beside(&of_words, &vectors, &texts_with, options.seed);
    if let Some(of_model) = options.vectors {
        let firsts = distinct.iter().filter_map(|same| texts.get(same.first).copied());
        points = blend::blend(of_model, firsts, &points);
        points = near::smoothing(&points, NEIGHBOURS, options.seed).times(&points);
        points.normalise_rows();
    }
    progress(0.6);

    let weights: Vec<f64> =
        distinct.iter().zip(&alike.sent).map(|(same, &sent)| geometric_weight(same, sent)).collect();
    let clusters = cluster::themes(&points, &of_words, &weights, options);
    let nearest = other::place(&points, &clusters.centroids);
    progress(0.8);

    let mut members: Vec<Vec<usize>> = vec![Vec::new(); clusters.centroids.len()];
    for (text, near) in nearest.iter().enumerate() {
        if let Some(of_theme) = near.filter(|&(_, claimed)| claimed).and_then(|(near, _)| members.get_mut(near.theme)) {
            of_theme.push(text);
        }
    }
    let terms = label::terms(&corpus, &members, &weights);
    let described = members
        .par_iter()
        .zip(terms)
        .zip(clusters.centroids.cells.par_chunks_exact(clusters.centroids.columns))
        .enumerate()
        .map(|(theme, ((members, terms), centroid))| {
            let (keys, terms): (Vec<_>, Vec<_>) = terms.into_iter().unzip();
            let medoids = quote::medoids(&corpus, &points, centroid, members, &keys, options.quotes.max(1));
            let quotes: Vec<usize> = medoids.iter().filter_map(|&text| Some(distinct.get(text)?.first)).collect();
            Theme {
                label: label::label(&terms, quotes.first().and_then(|&first| normal.get(first))),
                terms,
                count: members.iter().filter_map(|&text| distinct.get(text)).map(|same| same.copies).sum(),
                distinct: members.len(),
                arguments: alike.arguments(members),
                stability: clusters.stability.get(theme).copied(),
                quotes: quotes.into_iter().take(options.quotes).collect(),
            }
        })
        .collect();
    let own: Vec<&str> = distinct.iter().filter_map(|same| texts.get(same.first).copied()).collect();
    let of_clauses = points::place(&corpus, &own, &points, &clusters.centroids);
    let mut found = frame::account(
        frame::Placed {
            groups: &groups,
            unanswered,
            nearest: &nearest,
            arguments: alike.arguments(&(0..distinct.len()).collect::<Vec<_>>()),
            copies_of: &alike.copies_of,
            copies: alike.copies,
            leaf_of: &clusters.leaf_of,
            theme_of_leaf: &clusters.theme_of_leaf,
            merges: &clusters.tree.merges,
        },
        described,
    );
    found.several = points::count(&of_clauses, &groups, &nearest, &found);
    progress(1.0);
    found
}

/// What a distinct text weighs when themes are shaped, where `sent` people sent it or nearly the same: a thousand copies
/// of a campaign letter, changed or not, weigh together as much as eight letters, so that they count in full in the theme
/// that they belong to but cannot draw its borders.
fn geometric_weight(same: &Distinct, sent: usize) -> f64 {
    same.copies as f64 / sent as f64 * (1.0 + (sent as f64).ln())
}

#[cfg(test)]
mod tests {
    use super::{Assigned, ThemeOptions, Themes, themes};
    use proptest::prelude::{ProptestConfig, any, prop, proptest};

    const SUBJECTS: &[(&str, &str)] = &[
        ("waiting", "The waiting time for an appointment was far too long"),
        ("staff", "Friendly nurses and kind doctors listened to me"),
        ("parking", "Parking charges at the hospital are expensive and spaces few"),
        ("food", "Cold food and no choice of meals on the ward"),
    ];

    /// Four subjects in words of their own, some shared, each varied by a place.
    fn answers() -> Vec<String> {
        let places = [
            "Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Skipton", "Malton", "Goole", "Whitby",
            "Thirsk",
        ];
        places
            .iter()
            .flat_map(|place| SUBJECTS.iter().map(move |(_, text)| format!("{text} in {place} 2021.")))
            .collect()
    }

    fn run(texts: &[&str], k: Option<usize>) -> Themes {
        let found = themes(texts, &ThemeOptions { k, ..ThemeOptions::default() }, &|_| {});
        assert_eq!(found.n, texts.len());
        assert_eq!(found.n, found.none + found.other + found.themes.iter().map(|theme| theme.count).sum::<usize>());
        assert_eq!(found.assignment.len(), texts.len());
        for (index, theme) in found.themes.iter().enumerate() {
            assert_eq!(
                theme.count,
                found.assignment.iter().filter(|&&assigned| assigned == Assigned::Theme(index)).count()
            );
            assert!(theme.distinct <= theme.count && !theme.label.is_empty());
            assert!(theme.quotes.iter().all(|&quote| found.assignment[quote] == Assigned::Theme(index)));
        }
        assert!(found.arguments <= found.distinct && found.leaf_of.len() == texts.len());
        let tree = &found.tree;
        assert_eq!(tree.merges.len(), tree.leaves.len().saturating_sub(1));
        let in_leaves: usize = tree.leaves.iter().map(|leaf| leaf.count).sum();
        assert_eq!(in_leaves, found.leaf_of.iter().flatten().count());
        assert_eq!(tree.merges.last().map_or(in_leaves, |merge| merge.count), in_leaves);
        for ((assigned, near), leaf) in found.assignment.iter().zip(&found.nearest).zip(&found.leaf_of) {
            if let Assigned::Theme(theme) = *assigned {
                assert_eq!(near.map(|near| near.theme), Some(theme));
                assert_eq!(leaf.map(|leaf| tree.leaves[leaf].theme), Some(Some(theme)));
            }
        }
        assert!(found.themes.is_sorted_by(|a, b| (b.count, &a.label) <= (a.count, &b.label)));
        found
    }

    #[test]
    fn answers_on_one_subject_share_a_theme_named_after_it() {
        let answers = answers();
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        let found = run(&texts, Some(4));
        assert_eq!(found.themes.len(), 4);
        for (subject, (word, _)) in SUBJECTS.iter().enumerate() {
            let Assigned::Theme(theme) = found.assignment[subject] else { panic!("{word} has no theme") };
            assert!(
                found.assignment.iter().skip(subject).step_by(4).all(|&assigned| assigned == Assigned::Theme(theme))
            );
        }
        assert!(found.themes.iter().flat_map(|theme| &theme.terms).all(|term| !term.contains("2021")));
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let some = answers();
        let answers: Vec<String> = some
            .iter()
            .flat_map(|a| some.iter().skip(a.len() % 7).step_by(2).map(move |b| format!("{a} {b}")))
            .collect();
        assert!(answers.len() > 1_000, "sums are made in several blocks");
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        let with = |threads| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| run(&texts, None))
        };
        assert_eq!(with(1), with(2));
    }

    #[test]
    fn clear_subjects_come_back_from_halves_and_the_tree_keeps_them_whole() {
        let answers: Vec<String> = answers().iter().flat_map(|a| [a.clone(), format!("{a} again")]).collect();
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        let found = themes(&texts, &ThemeOptions { k: Some(4), resamples: 5, ..ThemeOptions::default() }, &|_| {});
        assert!(
            found.themes.iter().all(|theme| theme.stability.is_some_and(|stability| stability > 0.75)),
            "{found:?}"
        );
        let broad = themes(&texts, &ThemeOptions { granularity: 1, ..ThemeOptions::default() }, &|_| {});
        let narrow = themes(&texts, &ThemeOptions { granularity: 9, ..ThemeOptions::default() }, &|_| {});
        assert!(broad.tree.themes < narrow.tree.themes);
    }

    #[test]
    fn a_campaign_is_one_argument_however_its_letters_are_changed() {
        let letter = "I urge you to keep the night bus because nurses and cleaners depend on it to get home";
        let mut answers = answers();
        answers.extend((0..9).map(|number| format!("{letter}. Yours, voter{number} of street{number}")));
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        let found = run(&texts, Some(4));
        let campaign = found.copies.iter().find(|copies| copies.campaign && copies.texts == 9);
        assert_eq!(campaign.map(|campaign| (campaign.first, campaign.distinct)), Some((48, 9)), "{:?}", found.copies);
    }

    #[test]
    fn nothing_to_theme_gives_no_themes() {
        assert_eq!(run(&[], None).themes, []);
        let found = run(&["", "n/a", "None.", " - "], Some(3));
        assert_eq!((found.none, found.other, found.distinct), (4, 0, 0));
        assert_eq!(found.unanswered, [true, true, false, true]);
    }

    #[test]
    fn one_answer_or_many_alike_are_one_theme() {
        for texts in [vec!["More buses, please"], vec!["More buses!", "more buses", "MORE BUSES"]] {
            for k in [None, Some(1), Some(9)] {
                let found = run(&texts, k);
                assert_eq!((found.distinct, found.themes.len()), (1, 1));
                assert_eq!(found.themes[0].quotes, [0]);
            }
        }
    }

    #[test]
    fn themes_are_never_more_than_the_answers_that_differ() {
        let found = run(&["more buses", "more buses", "lower rents", "clean parks", "lower rents"], Some(50));
        assert_eq!(found.themes.len(), 3);
    }

    #[test]
    fn one_theme_can_be_asked_for() {
        let answers = answers();
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        assert_eq!(run(&texts, Some(1)).themes.len(), 1);
        assert_eq!(run(&texts, Some(1)), run(&texts, Some(0)));
    }

    #[test]
    fn quotes_differ_and_duplicates_point_to_the_first() {
        let mut answers = answers();
        answers.extend_from_within(..);
        let texts: Vec<&str> = answers.iter().map(String::as_str).collect();
        let found = run(&texts, Some(4));
        assert!(found.themes.iter().flat_map(|theme| &theme.quotes).all(|&quote| quote < answers.len() / 2));
    }

    #[test]
    fn other_scripts_and_very_long_texts_are_themed() {
        let long = "the bus never comes on time and the stop is dark ".repeat(2_000);
        let found =
            run(&["等候时间太长", "等候时间很长", "公交车很好", "公交车不错", &long, "the bus never comes"], None);
        assert!(found.themes.len() > 1);
    }

    #[test]
    fn progress_rises_from_nothing_to_everything() {
        let seen = std::sync::Mutex::new(Vec::new());
        themes(&["more buses", "lower rents"], &ThemeOptions::default(), &|share| seen.lock().unwrap().push(share));
        let seen = seen.into_inner().unwrap();
        assert!(seen.is_sorted() && seen.first() == Some(&0.0) && seen.last() == Some(&1.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_answer_is_accounted_for(texts in prop::collection::vec("[a-f]{0,2}( [a-f]{1,3}){0,6}", 0..40), k in prop::option::of(0_usize..60), odd in any::<String>()) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).chain([odd.as_str()]).collect();
            run(&texts, k);
        }
    }
}
