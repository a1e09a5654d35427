//! Laws that the statistics obey whatever the counts.

use canvass::analysis::heterogeneity::{cramers_v, pearson_chi2};
use canvass::analysis::interval::{clopper_pearson, lower_bound, p_below, p_exceeds, wilson};
use canvass::analysis::multiple::{benjamini_hochberg, holm};
use canvass::analysis::verdict::{Candidate, Cell, Label, Partition, Reason, Verdict, classify, sentence};
use canvass::definition::consensus::DecisionRule;
use proptest::prelude::*;

/// Room for rounding in numbers between 0 and 1.
const ROUNDING: f64 = 1e-12;

proptest! {
    #[test]
    fn intervals_lie_within_bounds_and_contain_the_share((k, n) in counts(), alpha in 0.001..0.5) {
        for [low, high] in [wilson(k, n, alpha), clopper_pearson(k, n, alpha)] {
            prop_assert!(0.0 <= low && low <= k / n && k / n <= high && high <= 1.0);
        }
        let bound = lower_bound(k, n, alpha);
        prop_assert!((0.0..=k / n).contains(&bound));
    }

    #[test]
    fn doubling_every_count_never_widens_an_interval((k, n) in counts(), alpha in 0.001..0.5) {
        for interval in [wilson, clopper_pearson] {
            let [once, twice] = [interval(k, n, alpha), interval(2.0 * k, 2.0 * n, alpha)]
                .map(|[low, high]| high - low);
            prop_assert!(twice <= once + ROUNDING);
        }
    }

    #[test]
    fn the_exact_p_value_is_the_sum_of_the_binomial_terms(
        (k, n) in (1_u32..60).prop_flat_map(|n| (0..=n, Just(n))),
        tau in 0.05..0.95_f64,
    ) {
        let mut term = (1.0 - tau).powf(f64::from(n));
        let mut tail = 0.0;
        for i in 0..=n {
            if i >= k {
                tail += term;
            }
            term *= f64::from(n - i) / f64::from(i + 1) * tau / (1.0 - tau);
        }
        let p = p_exceeds(f64::from(k), f64::from(n), tau);
        prop_assert!((p - tail).abs() <= 1e-9 * tail, "{} is not {}", p, tail);
    }

    #[test]
    fn the_exact_p_value_falls_with_support_and_rises_with_the_threshold(
        (k, n) in counts(), more in 0.0..100.0_f64, tau in 0.05..0.95_f64, higher in 0.0..0.05,
    ) {
        let p = p_exceeds(k, n, tau);
        prop_assert!((0.0..=1.0).contains(&p));
        prop_assert!(p_exceeds((k + more).min(n), n, tau) <= p + ROUNDING);
        prop_assert!(p_exceeds(k, n, tau + higher) >= p - ROUNDING);
        prop_assert!(p_exceeds(k, n, tau) + p_below(k, n, tau) >= 1.0 - ROUNDING);
    }

    #[test]
    fn the_lower_bound_is_the_threshold_that_is_just_not_rejected((k, n) in counts(), alpha in 0.001..0.5) {
        let bound = lower_bound(k, n, alpha);
        prop_assert!(k <= 0.0 || p_exceeds(k, n, bound) <= alpha + 1e-9);
    }

    #[test]
    fn corrected_p_values_keep_their_order_and_never_shrink(p in prop::collection::vec(0.0..=1.0, 0..30)) {
        for adjusted in [holm(&p), benjamini_hochberg(&p)] {
            prop_assert_eq!(adjusted.len(), p.len());
            let mut pairs: Vec<_> = p.iter().zip(adjusted).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(b.0));
            prop_assert!(pairs.iter().all(|(raw, adjusted)| **raw <= *adjusted + ROUNDING && *adjusted <= 1.0));
            prop_assert!(pairs.is_sorted_by(|a, b| a.1 <= b.1));
        }
        prop_assert!(holm(&p).iter().zip(benjamini_hochberg(&p)).all(|(h, b)| b <= *h + ROUNDING));
    }

    #[test]
    fn association_lies_between_0_and_1(table in prop::collection::vec((0_u32..50, 0_u32..50), 0..8)) {
        let table: Vec<_> = table.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).collect();
        prop_assert!((0.0..=1.0 + ROUNDING).contains(&cramers_v(&table)));
        prop_assert!((0.0..=1.0).contains(&pearson_chi2(&table).p));
    }

    #[test]
    fn a_verdict_is_never_both(candidates in prop::collection::vec(candidate(), 1..6)) {
        let rule = DecisionRule::default();
        for verdict in classify(&candidates, &rule) {
            let adjusted = verdict.evidence.adjusted;
            let shown = [adjusted.p_broad, adjusted.p_broad_opp, adjusted.p_div];
            prop_assert!(shown.into_iter().filter(|p| *p <= rule.alpha).count() <= 1);
        }
    }

    #[test]
    fn the_order_of_groups_and_candidates_changes_nothing(
        candidates in prop::collection::vec(candidate(), 1..6),
    ) {
        let rule = DecisionRule::default();
        let mut turned = candidates.clone();
        turned.reverse();
        for candidate in &mut turned {
            candidate.partitions.reverse();
            candidate.partitions.iter_mut().for_each(|partition| partition.groups.reverse());
        }
        let mut back = classify(&turned, &rule);
        back.reverse();
        for (one, other) in classify(&candidates, &rule).iter().zip(&back) {
            prop_assert_eq!(one.label, other.label);
            prop_assert_eq!(one.needed_n, other.needed_n);
            // Of equally divided groups, a divisive verdict names the first.
            if one.label != Label::Divisive {
                prop_assert_eq!(sorted_groups(one), sorted_groups(other));
            }
            for (p, q) in one.p.iter().zip(other.p) {
                prop_assert!((p - q).abs() <= ROUNDING);
            }
        }
    }

    #[test]
    fn the_number_needed_is_the_first_that_establishes_broad_support(candidate in supported()) {
        let rule = DecisionRule::default();
        let now = candidate.overall.n;
        let verdicts = classify(std::slice::from_ref(&candidate), &rule);
        for n in verdicts.iter().filter_map(|verdict| verdict.needed_n).map(|n| n as f64) {
            prop_assert!(n >= now);
            prop_assert_eq!(classify(&[grown(&candidate, n)], &rule)[0].label, Label::BroadSupport);
            if n > now {
                prop_assert_ne!(classify(&[grown(&candidate, n - 1.0)], &rule)[0].label, Label::BroadSupport);
            }
        }
    }

    #[test]
    fn where_no_number_would_do_a_thousandfold_does_not(candidate in supported()) {
        let rule = DecisionRule::default();
        let verdict = &classify(std::slice::from_ref(&candidate), &rule)[0];
        if verdict.needed_n.is_none() && verdict.label != Label::BroadSupport && verdict.label.reason().is_some() {
            let label = classify(&[grown(&candidate, 1000.0 * candidate.overall.n)], &rule)[0].label;
            prop_assert_ne!(label, Label::BroadSupport);
        }
    }

    #[test]
    fn every_verdict_has_its_sentence(candidates in prop::collection::vec(candidate(), 1..6)) {
        let rule = DecisionRule::default();
        for verdict in classify(&candidates, &rule) {
            let text = sentence(&verdict, &rule, ToString::to_string);
            prop_assert!(text.ends_with('.') && !text.contains("NaN") && !text.contains("  "), "{}", text);
            prop_assert!(verdict.groups().iter().all(|group| text.contains(&group.to_string())), "{}", text);
            let too_few = verdict.label == Label::NotEstablished(Reason::TooFewRespondents);
            prop_assert_eq!(verdict.p.is_none(), too_few);
        }
    }
}

/// `k` of `n`, neither a whole number as a rule.
fn counts() -> impl Strategy<Value = (f64, f64)> {
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64];
    (share, 0.5..5000.0_f64).prop_map(|(share, n)| (share * n, n))
}

/// Counts of one group of up to 200: anything goes.
fn cell() -> impl Strategy<Value = Cell> {
    (0_u32..200, 0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(|(n, support, oppose)| {
        let n = f64::from(n);
        let support = (n * support).floor();
        let oppose = ((n - support) * oppose).floor();
        Cell { support, oppose, n }
    })
}

/// A candidate with one partition of up to six groups, and a second, circular or not, that pairs them.
fn candidate() -> impl Strategy<Value = Candidate> {
    (prop::collection::vec(cell(), 0..6), any::<bool>()).prop_map(|(cells, circular)| Candidate {
        overall: sum(&cells),
        partitions: vec![
            partition("role", cells.iter().copied(), false),
            partition("side", cells.chunks(2).map(sum), circular),
        ],
    })
}

/// A candidate that most support in every group, so that broad support is within reach.
fn supported() -> impl Strategy<Value = Candidate> {
    let cell = (1_u32..150, 0.45..=1.0_f64).prop_map(|(n, share)| {
        let n = f64::from(n);
        let support = (n * share).ceil();
        Cell { support, oppose: n - support, n }
    });
    prop::collection::vec(cell, 1..6).prop_map(|cells| Candidate {
        overall: sum(&cells),
        partitions: vec![partition("role", cells.iter().copied(), false)],
    })
}

fn partition(id: &str, cells: impl Iterator<Item = Cell>, circular: bool) -> Partition {
    Partition { id: id.into(), groups: ('a'..).map(String::from).zip(cells).collect(), circular }
}

fn sum(cells: &[Cell]) -> Cell {
    Cell {
        support: cells.iter().map(|cell| cell.support).sum(),
        oppose: cells.iter().map(|cell| cell.oppose).sum(),
        n: cells.iter().map(|cell| cell.n).sum(),
    }
}

/// The candidate with `n` answers in the same proportions.
fn grown(candidate: &Candidate, n: f64) -> Candidate {
    let total = candidate.overall.n;
    let grow = |cell: &mut Cell| {
        *cell = Cell { support: cell.support * n / total, oppose: cell.oppose * n / total, n: cell.n * n / total };
    };
    let mut grown = candidate.clone();
    grow(&mut grown.overall);
    for partition in &mut grown.partitions {
        partition.groups.iter_mut().for_each(|(_, cell)| grow(cell));
    }
    grown
}

fn sorted_groups(verdict: &Verdict) -> Vec<String> {
    let mut groups: Vec<String> = verdict.groups().iter().map(ToString::to_string).collect();
    groups.sort();
    groups
}
