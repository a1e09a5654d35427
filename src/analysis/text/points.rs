//! Points: an answer that makes several stands in several themes, by its clauses.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::clause::{Placed, Several, clauses, several};
use super::frame::{Assigned, Near, Themes};
use super::lexicon::Corpus;
use super::matrix::{Matrix, add_scaled, dot, normalise_row, single};
use super::normalise::normalise;
use super::other::{Nearest, nearest};
use super::tokens::{is_number, words};

/// A clause less near to its theme's centre than this share of what all clauses nearest to it are on average is about
/// something else.
const MIN_NEARNESS: f64 = 0.9;

/// A clause whose two nearest themes differ by less than this in cosine could be about either.
const MIN_MARGIN: f32 = 0.01;

/// Below this many texts every word counts.
const SMALL: usize = 20;

/// Words in a larger share of the texts tell nothing apart.
const MAX_SHARE: f64 = 0.5;

/// The themes of the clauses of each distinct text, where it has two or more; each with its cosine. A clause that no theme
/// can claim is left out.
///
/// A word stands where the texts with it stand on average, and a clause where its words do, each weighted by its inverse
/// document frequency; words, clauses and themes are all seen from the middle of all texts, for seen from outside most
/// clauses are nearest to the one theme that is nearest to that middle. `texts`, `corpus` and `points` have the distinct
/// texts in one order. `docs/themes.md` says how good that is.
pub(super) fn place(corpus: &Corpus, texts: &[&str], points: &Matrix, centroids: &Matrix) -> Vec<Vec<(usize, f64)>> {
    let ids: HashMap<&str, usize> =
        corpus.terms.iter().enumerate().map(|(id, term)| (term.text.as_str(), id)).collect();
    let parted: Vec<Vec<Vec<usize>>> = texts
        .par_iter()
        .map(|text| {
            let spans = clauses(text);
            let is_several = spans.len() > 1;
            let spans = spans.into_iter().filter(|_| is_several);
            spans.map(|span| terms(text.get(span).unwrap_or_default(), corpus, &ids)).collect()
        })
        .collect();
    let middle = middle(points);
    let meanings = meanings(corpus, points, &middle, &parted);
    let mut centres = centroids.clone();
    for centre in centres.cells.chunks_exact_mut(centroids.columns) {
        add_scaled(centre, &middle, -1.0);
        normalise_row(centre);
    }
    let near: Vec<Vec<Option<Nearest>>> = parted
        .par_iter()
        .map(|clauses| {
            clauses.iter().map(|terms| nearest_to(&meant(terms, &meanings, points.columns), &centres)).collect()
        })
        .collect();
    let mut sums = vec![(0.0, 0_usize); centroids.len()];
    for near in near.iter().flatten().flatten() {
        if let Some((sum, count)) = sums.get_mut(near.theme) {
            *sum += f64::from(near.cosine);
            *count += 1;
        }
    }
    let floors: Vec<f64> = sums.into_iter().map(|(sum, count)| MIN_NEARNESS * sum / count.max(1) as f64).collect();
    let claimed = |near: &Nearest| {
        near.margin >= MIN_MARGIN && floors.get(near.theme).is_some_and(|&floor| f64::from(near.cosine) >= floor)
    };
    let told = |clauses: Vec<Option<Nearest>>| {
        let claimed = clauses.into_iter().flatten().filter(claimed);
        claimed.map(|near| (near.theme, f64::from(near.cosine).clamp(0.0, 1.0))).collect()
    };
    near.into_iter().map(told).collect()
}

/// The themes of each text given: that of the whole, and those of its clauses. The whole counts as a clause where none of
/// the text's clauses is in its theme.
pub(super) fn count(
    placed: &[Vec<(usize, f64)>],
    groups: &[Option<usize>],
    nearest: &[Option<(Near, bool)>],
    found: &Themes,
) -> Several {
    // Where the themes went when they were put in order.
    let mut renumbered: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, told) in groups.iter().zip(&found.nearest) {
        let made = group.and_then(|group| nearest.get(group).copied().flatten());
        if let Some(((made, _), told)) = made.zip(*told) {
            renumbered.insert(made.theme, told.theme);
        }
    }
    let mut all: Vec<Placed> = Vec::new();
    for (answer, (group, assigned)) in groups.iter().zip(&found.assignment).enumerate() {
        let of_clauses = group.and_then(|group| placed.get(group)).map_or(&[][..], Vec::as_slice);
        let from = all.len();
        for (theme, strength) in of_clauses {
            let theme = renumbered.get(theme).copied();
            all.extend(theme.map(|theme| Placed { answer, theme: Some(theme), strength: *strength }));
        }
        if let Assigned::Theme(theme) = *assigned
            && !all.iter().skip(from).any(|clause| clause.theme == Some(theme))
        {
            let strength = found.nearest.get(answer).copied().flatten().map_or(0.0, |near| near.membership);
            all.push(Placed { answer, theme: Some(theme), strength });
        }
    }
    several(&all, groups.len(), found.themes.len())
}

fn nearest_to(point: &[f32], centroids: &Matrix) -> Option<Nearest> {
    let cosines: Vec<f32> = centroids.rows().map(|centroid| dot(point, centroid)).collect();
    nearest(point, &cosines)
}

/// The stems of the words of a clause that say something of its subject, each once.
fn terms(clause: &str, corpus: &Corpus, ids: &HashMap<&str, usize>) -> Vec<usize> {
    let known =
        words(&normalise(clause)).into_iter().filter_map(|word| corpus.terms.get(*ids.get(word.term.as_str())?));
    let mut terms: Vec<usize> =
        known.filter(|term| !term.glue && !is_number(&term.text)).map(|term| term.stem).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The mean of all points.
fn middle(points: &Matrix) -> Vec<f32> {
    let mut middle = vec![0.0; points.columns];
    for point in points.rows() {
        add_scaled(&mut middle, point, single(1.0 / points.len() as f64));
    }
    middle
}

/// The meaning of each word of the clauses: the mean of the points of the texts with it, seen from the `middle`, times its
/// inverse document frequency; none for a word that joins no two texts, or too many.
fn meanings(corpus: &Corpus, points: &Matrix, middle: &[f32], parted: &[Vec<Vec<usize>>]) -> Vec<Option<Vec<f32>>> {
    let mut texts_with: Vec<Option<Vec<usize>>> = vec![None; corpus.terms.len()];
    for &term in parted.iter().flatten().flatten() {
        if let Some(wanted) = texts_with.get_mut(term) {
            *wanted = Some(Vec::new());
        }
    }
    for (text, tokens) in corpus.texts.iter().enumerate() {
        for token in tokens {
            let stem = corpus.terms.get(token.term).map(|term| term.stem);
            if let Some(Some(texts)) = stem.and_then(|stem| texts_with.get_mut(stem))
                && texts.last() != Some(&text)
            {
                texts.push(text);
            }
        }
    }
    let n = corpus.texts.len();
    let meaning = |texts: Option<Vec<usize>>| {
        let texts =
            texts.filter(|texts| texts.len() > 1 && (n < SMALL || texts.len() as f64 <= MAX_SHARE * n as f64))?;
        let idf = 1.0 + ((1.0 + n as f64) / (1.0 + texts.len() as f64)).ln();
        let mut meaning = vec![0.0; points.columns];
        for &text in &texts {
            add_scaled(&mut meaning, points.row(text), single(idf / texts.len() as f64));
        }
        add_scaled(&mut meaning, middle, -single(idf));
        Some(meaning)
    };
    texts_with.into_par_iter().map(meaning).collect()
}

/// Where a clause stands: a point of length 1, or zeros where none of its words has a meaning.
fn meant(terms: &[usize], meanings: &[Option<Vec<f32>>], columns: usize) -> Vec<f32> {
    let mut point = vec![0.0; columns];
    for meaning in terms.iter().filter_map(|&term| meanings.get(term)?.as_ref()) {
        add_scaled(&mut point, meaning, 1.0);
    }
    normalise_row(&mut point);
    point
}

#[cfg(test)]
mod tests {
    use crate::analysis::text::{Assigned, ThemeOptions, Themes, themes};

    const POINTS: [[&str; 2]; 3] = [
        ["The waiting time for an appointment was far too long", "Waiting for hours past the appointment time"],
        ["Friendly nurses and kind doctors listened to me", "Kind friendly nurses and helpful doctors"],
        ["Parking charges at the hospital are expensive", "Expensive hospital parking and high parking charges"],
    ];

    fn found(more: &[&str]) -> Themes {
        let places = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole", "Malton", "Thirsk"];
        let mut texts: Vec<String> = POINTS
            .iter()
            .flatten()
            .flat_map(|point| places.iter().map(move |place| format!("{point} in {place}")))
            .collect();
        texts.extend(more.iter().map(|text| (*text).to_string()));
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        themes(&texts, &ThemeOptions { k: Some(3), ..ThemeOptions::default() }, &|_| {})
    }

    /// The themes of the three points, by their first answers.
    fn subjects(found: &Themes) -> Vec<usize> {
        let theme = |answer: usize| match found.assignment[answer] {
            Assigned::Theme(theme) => theme,
            other => panic!("{answer}: {other:?}"),
        };
        vec![theme(0), theme(20), theme(40)]
    }

    #[test]
    fn an_answer_of_two_points_is_among_the_people_of_both_themes() {
        let both = "Kind nurses and friendly doctors listened. Hospital parking charges are too expensive.";
        let found = found(&[both, both]);
        let [waiting, staff, parking] = subjects(&found)[..] else { panic!() };
        for answer in [60, 61] {
            let mut themes = found.several.of_answer[answer].clone();
            themes.sort_unstable();
            let mut wanted = vec![staff, parking];
            wanted.sort_unstable();
            assert_eq!(themes, wanted);
        }
        assert_eq!(found.several.reach[waiting].people, found.themes[waiting].count);
        let (count, people) = (found.themes[staff].count + found.themes[parking].count, [staff, parking]);
        assert_eq!(people.map(|theme| found.several.reach[theme].people).iter().sum::<usize>(), count + 2);
    }

    #[test]
    fn an_answer_of_one_point_is_in_its_theme_alone() {
        let found = found(&[]);
        for (theme, reach) in found.themes.iter().zip(&found.several.reach) {
            assert_eq!((reach.people, reach.mentions), (theme.count, theme.count));
        }
        assert_eq!(found.several.other, found.none + found.other);
    }
}
