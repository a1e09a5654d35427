//! Who answered on each side: the groups of a question side by side, how far the mixes are apart, and whether chance could do it.

use super::Both;
use super::report::{Composition, Group};
use crate::analysis::multiple::holm;
use crate::analysis::report::Question;
use crate::analysis::special::chi_square_sf;
use crate::analysis::support::Split;
use crate::analysis::tally::ALPHA;
use crate::definition::Segment;

/// Half the sum of the absolute differences between the shares of two lists of counts, from 0 to 1; none where either list has
/// nobody. It is the share of people who would have to be elsewhere (total variation distance; Duncan and Duncan 1955, Am Sociol
/// Rev 20:210, who call it the index of dissimilarity).
pub(super) fn distance(first: &[u64], second: &[u64]) -> Option<f64> {
    let (m, n): (u64, u64) = (first.iter().sum(), second.iter().sum());
    let apart = |(a, b): (&u64, &u64)| (*a as f64 / m as f64 - *b as f64 / n as f64).abs();
    (m > 0 && n > 0).then(|| first.iter().zip(second).map(apart).sum::<f64>() / 2.0)
}

/// p-value of Pearson's chi-square test that two lists of counts are of one mix; 1 where at most one group has anybody. None
/// where either list has nobody.
pub(super) fn same_mix(first: &[u64], second: &[u64]) -> Option<f64> {
    let (m, n): (u64, u64) = (first.iter().sum(), second.iter().sum());
    if m == 0 || n == 0 {
        return None;
    }
    let (m, n) = (m as f64, n as f64);
    let there = || first.iter().zip(second).map(|(a, b)| (*a as f64, *b as f64)).filter(|(a, b)| a + b > 0.0);
    let of = |(a, b): (f64, f64)| {
        let [expected_a, expected_b] = [m, n].map(|side| (a + b) * side / (m + n));
        (a - expected_a).powi(2) / expected_a + (b - expected_b).powi(2) / expected_b
    };
    let statistic: f64 = there().map(of).sum();
    let df = u32::try_from(there().count().saturating_sub(1)).unwrap_or(u32::MAX);
    Some(if df == 0 { 1.0 } else { chi_square_sf(statistic, df) })
}

impl Both<'_> {
    /// The mixes of both sides, an entry a question that puts each person in one group and that both sides asked alike.
    pub(super) fn composition(&self, compared: &dyn Fn(&str) -> bool) -> Vec<Composition> {
        let [first, second] = self.counts;
        let tested = |id: &str| {
            let tests = |split: &Split<'_>| split.id == id && !split.overlapping && split.kind == Segment::Tested;
            compared(id) && [first, second].iter().all(|side| side.splits.iter().any(tests))
        };
        let find = |side: &'_ super::Counted<'_>, id: &str| -> Option<Question> {
            side.questions.iter().find(|question| question.id == id).cloned()
        };
        let mut all: Vec<Composition> = Vec::new();
        let mut p = Vec::new();
        for split in first.splits.iter().filter(|split| tested(split.id)) {
            let Some((one, other)) = find(first, split.id).zip(find(second, split.id)) else { continue };
            if !self.shown.may(split.id, None) {
                continue;
            }
            let (mix, same) = self.mix(&one, &other);
            p.push(same.unwrap_or(1.0));
            all.push(Composition { p_holm: same, ..mix });
        }
        for (mix, p_holm) in all.iter_mut().zip(holm(&p)) {
            mix.p_holm = mix.p_holm.map(|_| p_holm);
            let differs = mix.p_holm.is_some_and(|p| p <= ALPHA);
            mix.reading = if differs { "differs" } else { "cannot_tell" }.to_string();
        }
        all
    }

    fn mix(&self, first: &Question, second: &Question) -> (Composition, Option<f64>) {
        let group = |row: &crate::analysis::report::Row| {
            let other = second.rows.iter().find(|other| other.id == row.id).and_then(|other| other.count);
            let may = self.shown.may(&first.id, Some(&row.id));
            let counts = if may && row.count.is_some() && other.is_some() { [row.count, other] } else { [None; 2] };
            let share = |count: Option<u64>, n: u64| count.filter(|_| n > 0).map(|count| count as f64 / n as f64);
            let shares = [share(counts[0], first.n), share(counts[1], second.n)];
            Group { id: row.id.clone(), label: row.label.clone(), counts, shares }
        };
        let groups: Vec<Group> = first.rows.iter().map(group).collect();
        // Groups that are withheld count as one.
        let all = |n: u64, shown: Vec<u64>| {
            let withheld = n.saturating_sub(shown.iter().sum());
            [shown, vec![withheld]].concat()
        };
        let known = all(first.n, groups.iter().filter_map(|group| group.counts[0]).collect());
        let now = all(second.n, groups.iter().filter_map(|group| group.counts[1]).collect());
        let mix = Composition {
            id: first.id.clone(),
            label: first.label.clone(),
            n: [first.n, second.n],
            groups,
            distance: distance(&known, &now),
            p_holm: None,
            reading: String::new(),
        };
        (mix, same_mix(&known, &now))
    }
}
