//! Ideas that seem to say the same, to be shown before one is given twice.
//!
//! Two texts are alike by their words (cosine of tf-idf weights over words without glue, plurals as singulars) or by
//! their letters (Jaccard's index of runs of three letters), whichever is more. The first sees the same words in another
//! order, the second misspellings and other endings. Neither understands: the person says whether they are the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::analysis::text::{fold, normalise, words_that_count};

/// From this cosine on, texts are alike by their words.
const SAME_WORDS: f64 = 0.6;
/// From this index on, texts are alike by their letters.
const SAME_LETTERS: f64 = 0.5;

/// A text made ready to be compared.
#[derive(Debug)]
pub struct Prepared {
    words: Vec<u64>,
    letters: Vec<u64>,
}

impl Prepared {
    /// Makes a text ready.
    pub fn new(text: &str) -> Self {
        let normal = normalise(text);
        let folded: Vec<char> = format!(" {} ", fold(&normal)).chars().collect();
        Self {
            words: distinct(words_that_count(&normal).iter().map(hash)),
            letters: distinct(folded.windows(3).map(|run| hash(&run))),
        }
    }
}

/// Texts to find others among. Making it costs a walk over them, a search another.
#[derive(Debug)]
pub struct Alike<K> {
    texts: Vec<(K, Arc<Prepared>)>,
    /// How many of the texts have each word.
    with: HashMap<u64, u32>,
}

impl<K> Alike<K> {
    /// An index of texts by their keys.
    pub fn new(texts: Vec<(K, Arc<Prepared>)>) -> Self {
        let mut with: HashMap<u64, u32> = HashMap::new();
        for word in texts.iter().flat_map(|(_, prepared)| &prepared.words) {
            *with.entry(*word).or_default() += 1;
        }
        Self { texts, with }
    }

    /// The keys of up to `most` texts that seem to say the same as this one, the likest first.
    pub fn find(&self, text: &str, most: usize) -> Vec<&K> {
        let asked = Prepared::new(text);
        let likeness = |known: &Prepared| {
            let (words, letters) = (self.cosine(&asked.words, &known.words), jaccard(&asked.letters, &known.letters));
            (words >= SAME_WORDS || letters >= SAME_LETTERS).then_some(words.max(letters))
        };
        let mut found: Vec<(f64, usize, &K)> = self
            .texts
            .iter()
            .enumerate()
            .filter_map(|(place, (key, known))| Some((likeness(known)?, place, key)))
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(most).map(|(.., key)| key).collect()
    }

    fn cosine(&self, a: &[u64], b: &[u64]) -> f64 {
        let weight = |word: &u64| {
            let with = self.with.get(word).copied().unwrap_or(0);
            ((self.texts.len() as f64 + 1.0) / (f64::from(with) + 1.0)).ln() + 1.0
        };
        let squared = |words: &[u64]| words.iter().map(|word| weight(word).powi(2)).sum::<f64>();
        let shared: f64 = in_both(a, b).map(|word| weight(word).powi(2)).sum();
        let length = (squared(a) * squared(b)).sqrt();
        if length > 0.0 { shared / length } else { 0.0 }
    }
}

fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let shared = in_both(a, b).count();
    let all = a.len() + b.len() - shared;
    if all > 0 { shared as f64 / all as f64 } else { 0.0 }
}

/// What two sorted lists share.
fn in_both<'a>(a: &'a [u64], b: &'a [u64]) -> impl Iterator<Item = &'a u64> {
    let mut rest = b.iter().peekable();
    a.iter().filter(move |word| {
        while rest.next_if(|other| other < word).is_some() {}
        rest.peek() == Some(word)
    })
}

fn distinct(hashes: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut hashes: Vec<u64> = hashes.collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Kept for as long as the program runs, so that any hash will do.
fn hash(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: [&str; 14] = [
        "Give every nurse protected time for digital training",
        "One login for all clinical systems",
        "Hire more clinical coders",
        "Pay informaticians according to their responsibilities",
        "Let staff work from home on two days a week",
        "Free parking at night",
        "Teach data skills in medical school",
        "Make coding courses free for everyone",
        "A national apprenticeship for analysts",
        "Better Wi-Fi on the wards",
        "Stop buying systems that do not talk to each other",
        "Give junior doctors a voice in choosing software",
        "A mentor for each new CCIO",
        "Recognise informatics as a profession",
    ];

    fn found(text: &str) -> Vec<usize> {
        let texts = WALL.iter().enumerate().map(|(place, text)| (place, Arc::new(Prepared::new(text)))).collect();
        Alike::new(texts).find(text, 3).into_iter().copied().collect()
    }

    #[test]
    fn the_same_in_other_words_is_found() {
        for (text, place) in [
            ("Protected time for digital training for every nurse!", 0),
            ("digital training: protected time for nurses", 0),
            ("Protected training time for every nurse", 0),
            ("ONE LOGIN FOR ALL SYSTEMS", 1),
            ("One single login to all the clinical systems", 1),
            ("We should hire more coders", 2),
            ("Staff should work from home two days each week", 4),
            ("free parking for staff at night", 5),
            ("Teach medical schools' students data skills", 6),
            ("teech data skils in medical school", 6),
            ("National apprenticeships for analysts", 8),
            ("better wifi on wards", 9),
            ("Stop buying systems which don't talk to each other", 10),
            ("A mentor for every new CCIO", 12),
            ("recognize informatics as profession", 13),
        ] {
            assert!(found(text).contains(&place), "“{text}” finds {:?}", found(text));
        }
    }

    #[test]
    fn what_only_shares_a_word_is_not() {
        for text in [
            "Give every nurse a tablet",
            "Clinical leadership for all",
            "Pay for parking",
            "Free fruit for everyone",
            "National standards for records",
            "Systems need testing on wards",
            "A voice for patients",
            "Time off in lieu",
            "???",
            "",
        ] {
            assert_eq!(found(text), [0; 0], "“{text}”");
        }
    }
}
