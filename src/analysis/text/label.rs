//! Labels: the words and phrases that tell a theme from the others.

use std::collections::HashMap;

use rayon::prelude::*;

use super::lexicon::Corpus;
use super::phrase::{self, Key};

/// Terms given for each theme.
const TERMS: usize = 6;

/// Candidates looked at for each theme.
const CANDIDATES: usize = 40;

/// What a candidate loses for its likeness to a term already chosen.
const DIVERSITY: f64 = 0.5;

/// A phrase in at least this share of the texts that have its word speaks for the word.
const PHRASE_SHARE: f64 = 0.35;

/// A term stands in at least this share of its theme's texts, by weight.
const MIN_SHARE: f64 = 0.025;

/// How often a phrase stands in one theme.
struct Candidate {
    key: Key,
    /// Weight of the texts of the theme that have it.
    mass: f64,
    score: f64,
}

/// For each theme its terms, as keys and as shown, best first; `members` are the texts of each, `weights` has one entry a text.
///
/// Class-based TF-IDF (Grootendorst 2022) over texts rather than occurrences: the share of the theme's texts that have
/// the phrase x ln(1 + texts a theme / texts with the phrase). Maximal marginal relevance (Carbonell and Goldstein 1998)
/// keeps the terms apart. Each is shown in its most frequent written form; none is a bare number.
pub(super) fn terms(corpus: &Corpus, members: &[Vec<usize>], weights: &[f64]) -> Vec<Vec<(Key, String)>> {
    let masses: Vec<HashMap<Key, f64>> = members.par_iter().map(|members| mass(corpus, members, weights)).collect();
    let mut overall: HashMap<Key, f64> = HashMap::new();
    for (&key, &mass) in masses.iter().flatten() {
        *overall.entry(key).or_default() += mass;
    }
    let placed: f64 = members.iter().flatten().filter_map(|&text| weights.get(text)).sum();
    let average = placed / members.len().max(1) as f64;
    members
        .par_iter()
        .zip(&masses)
        .map(|(members, masses)| {
            let candidates = candidates(masses, &overall, average, members, weights);
            let chosen = diversify(corpus, &candidates, members);
            let forms = most_frequent_forms(corpus, &chosen, members);
            chosen.into_iter().zip(forms).collect()
        })
        .collect()
}

/// The label made of a theme's terms; where it has none (answers such as "10/10") the start of its first quote.
pub(super) fn label(terms: &[String], quote: Option<&String>) -> String {
    if terms.is_empty() {
        let words: Vec<&str> = quote.into_iter().flat_map(|quote| quote.split(' ')).take(6).collect();
        return format!("“{}”", words.join(" "));
    }
    let shown: Vec<&str> = terms.iter().take(3).map(String::as_str).collect();
    shown.join(", ")
}

fn mass(corpus: &Corpus, members: &[usize], weights: &[f64]) -> HashMap<Key, f64> {
    let mut mass: HashMap<Key, f64> = HashMap::new();
    for (text, weight) in members.iter().filter_map(|&text| Some((corpus.texts.get(text)?, weights.get(text)?))) {
        let mut keys: Vec<Key> = phrase::phrases(corpus, text).map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *mass.entry(key).or_default() += weight;
        }
    }
    mass
}

/// The best phrases of one theme. A phrase must stand in more than one text, where the theme has several.
fn candidates(
    masses: &HashMap<Key, f64>,
    overall: &HashMap<Key, f64>,
    average: f64,
    members: &[usize],
    weights: &[f64],
) -> Vec<Candidate> {
    let total: f64 = members.iter().filter_map(|&text| weights.get(text)).sum();
    let floor = if members.len() < 4 { 0.0 } else { (MIN_SHARE * total).max(1.5) };
    let mut candidates: Vec<Candidate> = masses
        .iter()
        .filter(|&(_, &mass)| mass > floor)
        .map(|(&key, &mass)| {
            let everywhere = overall.get(&key).copied().unwrap_or(mass);
            Candidate { key, mass, score: mass / total * (1.0 + average / everywhere).ln() }
        })
        .collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.key.cmp(&b.key)));
    candidates.truncate(CANDIDATES);
    prefer_phrases(&mut candidates);
    candidates
}

/// Lets a phrase stand in for its words where they mostly occur together: "waiting time" says more than "waiting".
fn prefer_phrases(candidates: &mut [Candidate]) {
    let words: HashMap<usize, (f64, f64)> = candidates
        .iter()
        .filter(|word| word.key.1.is_none())
        .map(|word| (word.key.0, (word.mass, word.score)))
        .collect();
    for phrase in candidates.iter_mut() {
        let Some(last) = phrase.key.1 else { continue };
        for (mass, score) in [phrase.key.0, last].iter().filter_map(|word| words.get(word)) {
            if phrase.mass >= PHRASE_SHARE * mass {
                phrase.score = phrase.score.max(score * 1.01);
            }
        }
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.key.cmp(&b.key)));
}

/// Takes the best candidates one by one, each discounted by its likeness to those taken.
fn diversify(corpus: &Corpus, candidates: &[Candidate], members: &[usize]) -> Vec<Key> {
    // For each candidate the texts that have it, in order.
    let texts: Vec<Vec<usize>> = {
        let positions: HashMap<Key, usize> =
            candidates.iter().enumerate().map(|(position, candidate)| (candidate.key, position)).collect();
        let mut texts = vec![Vec::new(); candidates.len()];
        for &member in members {
            for (key, _) in corpus.texts.get(member).into_iter().flat_map(|text| phrase::phrases(corpus, text)) {
                let with = positions.get(&key).and_then(|&position| texts.get_mut(position));
                if let Some(with) = with.filter(|with| with.last() != Some(&member)) {
                    with.push(member);
                }
            }
        }
        texts
    };
    let best = candidates.first().map_or(1.0, |candidate| candidate.score);
    let mut chosen: Vec<(Key, &[usize])> = Vec::new();
    while chosen.len() < TERMS {
        let mut next: Option<(f64, Key, &[usize])> = None;
        for (candidate, with) in candidates.iter().zip(&texts) {
            if chosen.iter().any(|(key, _)| share_word(corpus, *key, candidate.key)) {
                continue;
            }
            let likeness = chosen.iter().map(|(_, other)| jaccard(with, other)).fold(0.0, f64::max);
            let relevance = candidate.score / best - DIVERSITY * likeness;
            if next.is_none_or(|(known, ..)| relevance > known) {
                next = Some((relevance, candidate.key, with.as_slice()));
            }
        }
        let Some((_, key, with)) = next else { break };
        chosen.push((key, with));
    }
    chosen.into_iter().map(|(key, _)| key).collect()
}

fn share_word(corpus: &Corpus, a: Key, b: Key) -> bool {
    let words = |key: Key| [Some(key.0), key.1].into_iter().flatten().filter_map(|term| corpus.terms.get(term));
    words(a).any(|x| {
        words(b).any(|y| if x.unspaced || y.unspaced { x.text == y.text } else { phrase::akin(&x.text, &y.text) })
    })
}

/// The Jaccard index of two sets in order.
fn jaccard(a: &[usize], b: &[usize]) -> f64 {
    let mut others = b.iter().copied().peekable();
    let both = a.iter().filter(|&&text| {
        while others.next_if(|&other| other < text).is_some() {}
        others.peek() == Some(&text)
    });
    let both = both.count();
    both as f64 / (a.len() + b.len() - both).max(1) as f64
}

/// How the theme's texts mostly write each phrase; ties go to the first in alphabetical order.
fn most_frequent_forms(corpus: &Corpus, keys: &[Key], members: &[usize]) -> Vec<String> {
    let mut forms: Vec<HashMap<Vec<usize>, usize>> = vec![HashMap::new(); keys.len()];
    for text in members.iter().filter_map(|&text| corpus.texts.get(text)) {
        for (key, place) in phrase::phrases(corpus, text) {
            let of_key = keys.iter().position(|&wanted| wanted == key).and_then(|wanted| forms.get_mut(wanted));
            if let Some(of_key) = of_key {
                *of_key.entry(place.iter().map(|token| token.form).collect()).or_default() += 1;
            }
        }
    }
    forms
        .into_iter()
        .map(|forms| {
            let written = forms.into_iter().map(|(form, count)| (count, phrase::form(corpus, &form)));
            let best = written.max_by(|(a, one), (b, other)| a.cmp(b).then_with(|| other.cmp(one)));
            best.map(|(_, form)| form).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::{self, Corpus};
    use super::super::tokens::words;
    use super::{label, terms};

    fn corpus(texts: &[&str]) -> Corpus {
        lexicon::corpus(texts.iter().map(|text| words(text)).collect())
    }

    fn shown(texts: &[&str], members: &[Vec<usize>]) -> Vec<Vec<String>> {
        let named = terms(&corpus(texts), members, &vec![1.0; texts.len()]);
        named.into_iter().map(|terms| terms.into_iter().map(|(_, form)| form).collect()).collect()
    }

    #[test]
    fn a_phrase_stands_in_for_its_words_in_its_most_frequent_form() {
        let texts = [
            "Waiting times are long",
            "The waiting times",
            "Waiting time",
            "Friendly nurses",
            "A friendly nurse",
            "Friendly nurses!",
        ];
        let terms = shown(&texts, &[vec![0, 1, 2], vec![3, 4, 5]]);
        assert_eq!(terms[0][0], "waiting times");
        assert_eq!(terms[1][0], "friendly nurses");
    }

    #[test]
    fn terms_of_a_theme_share_no_word_and_hold_no_bare_number() {
        let texts = ["wait 39 hours", "waiting 39 hours", "waited hours 39", "bus", "bus stop", "bus"];
        for terms in shown(&texts, &[vec![0, 1, 2], vec![3, 4, 5]]) {
            assert!(terms.iter().all(|term| !term.contains("39")));
            assert!(
                terms.iter().filter(|term| term.starts_with("wait") || term.starts_with("bus")).count() <= 1,
                "{terms:?}"
            );
        }
    }

    #[test]
    fn without_terms_the_label_is_a_quote() {
        assert_eq!(label(&[], Some(&"10/10 to all".to_owned())), "“10/10 to all”");
    }
}
