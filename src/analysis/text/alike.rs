//! Near-duplicates: texts that share most of their wording, as the letters of a campaign do, each changed a little.
#![expect(clippy::indexing_slicing, reason = "numeric kernels: texts are numbered by the slices they index")]

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

/// Words of a shingle.
const WORDS: usize = 3;

/// Texts with fewer shingles are too short to tell a copy from a coincidence; only their exact copies are alike.
const MIN_SHINGLES: usize = 4;

/// Two texts are alike if they share at least this share of their shingles (Jaccard). At a half, 4.2 % of the pairs that
/// chains join in real dockets are of different campaigns; at this, 3.5 %.
const MIN_JACCARD: f64 = 0.6;

/// Bands of a signature and hashes a band: two texts that share three fifths of their shingles meet in one of the bands
/// with a probability above 0.999, those that share a fifth with one of 0.32, and are then compared.
const BANDS: usize = 48;
const ROWS: usize = 3;

/// Different wordings that one bucket keeps to compare others with.
const MOST_COMPARED: usize = 8;

/// For each distinct folded text the first text of its group of near-duplicates; alone it is its own.
///
/// Shingles of three words, candidates by `MinHash` in bands (Broder 1997; Leskovec, Rajaraman and Ullman 2014, chapter
/// 3), each verified by the Jaccard index of the shingles themselves, joined in chains (union-find). The result is the
/// same for any number of threads. Cost: in proportion to the length of all texts.
pub(super) fn groups(folded: &[&str]) -> Vec<usize> {
    let shingles: Vec<Vec<u64>> = folded.par_iter().map(|text| shingles(text)).collect();
    let mut roots: Vec<usize> = (0..folded.len()).collect();
    let long: Vec<usize> = (0..folded.len()).filter(|&text| shingles[text].len() >= MIN_SHINGLES).collect();
    let mut buckets: HashMap<u64, Bucket, BuildHasherDefault<Mixed>> = HashMap::default();
    buckets.reserve(long.len());
    let mut next = vec![0; folded.len()];
    // A band at a time, so that not all signatures are in memory at once.
    for band in 0..BANDS {
        let keys: Vec<u64> = long.par_iter().with_min_len(64).map(|&text| key(&shingles[text], band)).collect();
        buckets.clear();
        for (&key, &text) in keys.iter().zip(&long) {
            let bucket = match buckets.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(Bucket { first: text, last: text, len: 1 });
                    continue;
                }
                Entry::Occupied(bucket) => bucket.into_mut(),
            };
            let seen = || std::iter::successors(Some(bucket.first), |&text| (text != bucket.last).then(|| next[text]));
            if seen().any(|other| root(&mut roots, other) == root(&mut roots, text)) {
                continue;
            }
            match seen().find(|&other| jaccard(&shingles[other], &shingles[text]) >= MIN_JACCARD) {
                Some(other) => join(&mut roots, other, text),
                None if bucket.len < MOST_COMPARED => {
                    next[bucket.last] = text;
                    (bucket.last, bucket.len) = (text, bucket.len + 1);
                }
                None => {}
            }
        }
    }
    (0..folded.len()).map(|text| root(&mut roots, text)).collect()
}

/// The texts of one bucket: each but the last has the one that came after it as its next.
struct Bucket {
    first: usize,
    last: usize,
    len: usize,
}

/// Keys are mixed already and serve as their own hashes.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mixed(self.0 ^ u64::from(*byte));
        }
    }
}

/// The hashes of a text's shingles, sorted, each once.
fn shingles(folded: &str) -> Vec<u64> {
    let words: Vec<u64> = folded.split(' ').map(hash).collect();
    let mut shingles: Vec<u64> =
        words.windows(WORDS).map(|words| words.iter().fold(0, |sum, &word| mixed(sum ^ word))).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// FNV-1a (Fowler, Noll and Vo): the same on every machine and in every version of the compiler.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Spreads every bit over the whole number (the finaliser of `SplitMix64`, Steele, Lea and Flood 2014).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What texts must share to meet in a band: the least of their shingles under each of its hashes.
fn key(shingles: &[u64], band: usize) -> u64 {
    (0..ROWS).fold(0, |key, row| {
        let salt = mixed((band * ROWS + row) as u64);
        let least = shingles
            .iter()
            .map(|&shingle| (shingle ^ salt).wrapping_mul(salt | 1))
            .map(|product| product ^ (product >> 32))
            .min();
        mixed(key ^ least.unwrap_or_default())
    })
}

fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut x, mut y, mut both) = (0, 0, 0_usize);
    while x < a.len() && y < b.len() {
        both += usize::from(a[x] == b[y]);
        let (left, right) = (a[x], b[y]);
        x += usize::from(left <= right);
        y += usize::from(right <= left);
    }
    both as f64 / (a.len() + b.len() - both) as f64
}

fn root(roots: &mut [usize], text: usize) -> usize {
    let mut text = text;
    while roots[text] != text {
        roots[text] = roots[roots[text]];
        text = roots[text];
    }
    text
}

/// Joins two groups under the earlier text.
fn join(roots: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(roots, a), root(roots, b));
    roots[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::{groups, jaccard, shingles};
    use proptest::prelude::{ProptestConfig, prop, proptest};

    const LETTER: &str = "i urge you to keep the night bus because nurses and cleaners depend on it to get home safely";

    #[test]
    fn letters_that_differ_in_a_sentence_are_alike_and_others_are_not() {
        let mine = format!("dear sir {LETTER} yours a voter");
        let other = "the night bus should go because nobody in my street has ever seen a nurse on it at any hour";
        assert_eq!(groups(&[other, LETTER, &mine, "more buses please"]), [0, 1, 1, 3]);
    }

    #[test]
    fn short_answers_are_alike_only_to_their_copies() {
        assert_eq!(groups(&["very good service", "very good service thanks", ""]), [0, 1, 2]);
    }

    #[test]
    fn texts_are_alike_through_others() {
        let words: Vec<String> = (0..60).map(|n| format!("w{n}")).collect();
        let texts: Vec<String> = [0..24, 4..28, 8..32].map(|range| words[range].join(" ")).to_vec();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(jaccard(&shingles(texts[0]), &shingles(texts[2])) < 0.5);
        assert_eq!(groups(&texts), [0, 0, 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn groups_are_named_by_their_first_text_and_hold_a_neighbour(texts in prop::collection::vec("[a-c]{1,2}( [a-c]{1,2}){0,12}", 0..25)) {
            let mut texts = texts;
            texts.sort();
            texts.dedup();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = groups(&texts);
            for (text, &first) in found.iter().enumerate() {
                assert!(first <= text && found[first] == first);
                let mut others = found.iter().enumerate().filter(|&(other, &group)| group == first && other != text);
                assert!(first == text || others.any(|(other, _)| jaccard(&shingles(texts[other]), &shingles(texts[text])) >= 0.5));
            }
        }
    }
}
