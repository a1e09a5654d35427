//! The evidence on one candidate: every test, bound and list of groups that its verdict is reached from.

use crate::analysis::heterogeneity::{pearson_chi2, two_proportion_p};
use crate::analysis::interval::{lower_bound, p_below, wilson};
use crate::analysis::multiple::holm;
use crate::definition::consensus::DecisionRule;

use super::{Candidate, Cell, GroupKey, MAJORITY, Partition};

/// One p-value, 0 to 1, for each family that is corrected across the candidates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Families {
    /// Overall support exceeds one half.
    pub p_maj: f64,
    /// Support exceeds `tau_overall` overall and `tau_segment` in every tested group; 1 with fewer than two.
    pub p_broad: f64,
    /// The same of opposition.
    pub p_broad_opp: f64,
    /// Opinion is divided: twice the smaller of `p_div_seg` and `p_div_all`.
    pub p_div: f64,
    /// Support differs between the groups of some partition: the smallest of `het`.
    pub p_het: f64,
}

/// Every number behind a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Everyone who answered.
    pub overall: Cell,
    /// P-values of this candidate alone.
    pub raw: Families,
    /// The same after Holm's correction across the candidates.
    pub adjusted: Families,
    /// What that correction multiplies `p_broad` by.
    pub broad_multiplier: f64,
    /// Exact p-value of "overall support is at most `tau_overall`".
    pub p_overall: f64,
    /// Exact p-value of "overall opposition is at most `tau_overall`".
    pub p_overall_opp: f64,
    /// One group shows a majority for and another of the same partition a majority against, corrected for the
    /// groups and the partitions (Bonferroni).
    pub p_div_seg: f64,
    /// Support and opposition both exceed `tau_polar` overall.
    pub p_div_all: f64,
    /// Pearson's chi-square test of support by tested group for each partition that is not circular and has two
    /// tested groups, corrected over these partitions (Holm).
    pub het: Vec<(String, f64)>,
    /// Two-sided Wilson interval of overall support at confidence 1 - alpha.
    pub overall_ci: [f64; 2],
    /// One-sided exact lower bound of overall support at confidence 1 - alpha.
    pub overall_lcb: f64,
    /// The tested group with the lowest one-sided exact lower bound, and that bound.
    pub min_segment: Option<(f64, GroupKey)>,
    /// Half the widest Wilson interval of a tested group's support; 0 without tested groups.
    pub widest_segment: f64,
    /// Groups that show a majority and lead the rest of their partition by `delta`.
    pub target: Vec<GroupKey>,
    /// The groups with the strongest majority for and against, in the partition that divides opinion most; of
    /// equals the first in the order given.
    pub poles: Vec<GroupKey>,
    /// Groups too small to be tested that show fewer than half in favour.
    pub guard: Vec<GroupKey>,
    /// Groups too small to be tested that show fewer than half against.
    pub guard_opp: Vec<GroupKey>,
    /// Tested groups not shown to exceed `tau_segment`, under Holm's multiplier of the broad test.
    pub failing: Vec<GroupKey>,
    /// Tested groups over all partitions.
    pub n_tested_segments: usize,
}

impl Families {
    /// Each family in turn.
    pub(super) const EACH: [fn(&mut Self) -> &mut f64; 5] =
        [|p| &mut p.p_maj, |p| &mut p.p_broad, |p| &mut p.p_broad_opp, |p| &mut p.p_div, |p| &mut p.p_het];

    const NOTHING_SHOWN: Self = Self { p_maj: 1.0, p_broad: 1.0, p_broad_opp: 1.0, p_div: 1.0, p_het: 1.0 };
}

impl Evidence {
    /// Everything that the candidate's own counts say, but for the bounds of [`Self::add_bounds`]; what depends on the other
    /// candidates is left at 1 or empty.
    ///
    /// `known` has p-values of difference by partition that stand in the place of Pearson's.
    pub(super) fn gather(candidate: &Candidate, known: &[(String, f64)], rule: &DecisionRule) -> Self {
        let overall = candidate.overall;
        let compared = comparable(candidate, rule);
        let het = heterogeneity(&compared, known);
        let (p_div_seg, poles) = divided_segments(&compared);
        let p_div_all = overall.p_support(rule.tau_polar).max(overall.p_oppose(rule.tau_polar));
        Self {
            overall,
            raw: Families {
                p_maj: overall.p_support(MAJORITY),
                p_broad: broad(candidate, rule, Cell::p_support),
                p_broad_opp: broad(candidate, rule, Cell::p_oppose),
                p_div: (2.0 * p_div_seg.min(p_div_all)).min(1.0),
                p_het: het.iter().fold(1.0, |least, (_, p)| p.min(least)),
            },
            adjusted: Families::NOTHING_SHOWN,
            broad_multiplier: 1.0,
            p_overall: overall.p_support(rule.tau_overall),
            p_overall_opp: overall.p_oppose(rule.tau_overall),
            p_div_seg,
            p_div_all,
            het,
            overall_ci: wilson(overall.support, overall.n, rule.alpha),
            overall_lcb: 0.0,
            min_segment: None,
            widest_segment: tested(candidate, rule)
                .map(|(_, cell)| half_width(wilson(cell.support, cell.n, rule.alpha)))
                .fold(0.0, f64::max),
            target: compared.iter().flat_map(|compared| targets(compared, rule)).collect(),
            poles,
            guard: dissenting(candidate, rule, |cell| cell.support),
            guard_opp: dissenting(candidate, rule, |cell| cell.oppose),
            failing: Vec::new(),
            n_tested_segments: tested(candidate, rule).count(),
        }
    }

    /// The lower bounds, which no label depends on and which cost most.
    pub(super) fn add_bounds(&mut self, candidate: &Candidate, rule: &DecisionRule) {
        self.overall_lcb = lower_bound(self.overall.support, self.overall.n, rule.alpha);
        self.min_segment = tested(candidate, rule)
            .map(|(key, cell)| (lower_bound(cell.support, cell.n, rule.alpha), key))
            .min_by(|(a, _), (b, _)| a.total_cmp(b));
    }

    /// True where groups, more than the overall counts, show the division.
    pub(super) fn divided_by_segment(&self) -> bool {
        self.p_div_seg <= self.p_div_all
    }

    /// The small groups that object to whichever broad verdict would otherwise hold.
    pub(super) fn dissent(&self) -> &[GroupKey] {
        if self.adjusted.p_broad <= self.adjusted.p_broad_opp { &self.guard } else { &self.guard_opp }
    }

    /// True where the answers suffice to say that no majority is there to be seen.
    pub(super) fn settles_no_majority(&self, rule: &DecisionRule) -> bool {
        let [_, high] = self.overall_ci;
        let narrow =
            half_width(self.overall_ci) <= rule.precision_overall && self.widest_segment <= rule.precision_segment;
        narrow || high < MAJORITY
    }
}

/// Tested groups whose share in favour is not shown to exceed `tau_segment` once multiplied.
pub(super) fn failing(candidate: &Candidate, rule: &DecisionRule, multiplier: f64) -> Vec<GroupKey> {
    tested(candidate, rule)
        .filter(|(_, cell)| multiplier * cell.p_support(rule.tau_segment) > rule.alpha)
        .map(|(key, _)| key)
        .collect()
}

/// P-value of the broad test: the largest of the overall test's and the tested groups'.
pub(super) fn broad(candidate: &Candidate, rule: &DecisionRule, p: fn(Cell, f64) -> f64) -> f64 {
    let mut groups = 0;
    let mut largest = p(candidate.overall, rule.tau_overall);
    for (_, cell) in tested(candidate, rule) {
        groups += 1;
        largest = largest.max(p(cell, rule.tau_segment));
    }
    if groups < 2 { 1.0 } else { largest }
}

/// Groups that stand guard and show fewer than half with the trait counted.
pub(super) fn dissenting(candidate: &Candidate, rule: &DecisionRule, count: fn(Cell) -> f64) -> Vec<GroupKey> {
    groups(candidate)
        .filter(|(_, cell)| cell.n >= f64::from(rule.n_min_guard) && cell.n < f64::from(rule.n_min_segment))
        .filter(|(_, cell)| p_below(count(*cell), cell.n, MAJORITY) <= rule.alpha)
        .map(|(key, _)| key)
        .collect()
}

/// A partition whose groups may be compared, with those of them that are tested: two or more.
struct Compared<'a> {
    partition: &'a Partition,
    tested: Vec<(&'a str, Cell)>,
}

impl Compared<'_> {
    fn key(&self, group: &str) -> GroupKey {
        GroupKey { partition: self.partition.id.clone(), group: group.into() }
    }

    /// P-values times the number of groups tested.
    fn corrected(&self, p: f64) -> f64 {
        p * self.tested.len() as f64
    }

    /// The group with the smallest p-value, and that p-value corrected.
    fn strongest(&self, p: impl Fn(Cell) -> f64) -> (f64, GroupKey) {
        let ps = self.tested.iter().map(|(group, cell)| (p(*cell), *group));
        let (least, group) = ps.fold((f64::INFINITY, ""), |a, b| if b.0 < a.0 { b } else { a });
        (self.corrected(least), self.key(group))
    }
}

fn comparable<'a>(candidate: &'a Candidate, rule: &DecisionRule) -> Vec<Compared<'a>> {
    let kept = candidate.partitions.iter().filter(|partition| !partition.circular);
    kept.map(|partition| Compared {
        partition,
        tested: partition
            .groups
            .iter()
            .filter(|(_, cell)| is_tested(*cell, rule))
            .map(|(group, cell)| (group.as_str(), *cell))
            .collect(),
    })
    .filter(|compared| compared.tested.len() >= 2)
    .collect()
}

/// Each partition's chi-square p-value, corrected over the partitions.
fn heterogeneity(compared: &[Compared<'_>], known: &[(String, f64)]) -> Vec<(String, f64)> {
    let raw: Vec<f64> = compared
        .iter()
        .map(|compared| {
            if let Some((_, p)) = known.iter().find(|(id, _)| *id == compared.partition.id) {
                return *p;
            }
            let table: Vec<_> = compared.tested.iter().map(|(_, cell)| (cell.support, cell.n - cell.support)).collect();
            pearson_chi2(&table).p
        })
        .collect();
    compared.iter().map(|compared| compared.partition.id.clone()).zip(holm(&raw)).collect()
}

/// P-value of "one group for, another against", and the two groups of the partition that shows it best.
fn divided_segments(compared: &[Compared<'_>]) -> (f64, Vec<GroupKey>) {
    compared
        .iter()
        .map(|partition| {
            let (p_for, supporter) = partition.strongest(|cell| cell.p_support(MAJORITY));
            let (p_against, opponent) = partition.strongest(|cell| cell.p_oppose(MAJORITY));
            (compared.len() as f64 * p_for.max(p_against), vec![supporter, opponent])
        })
        .fold((1.0, Vec::new()), |best, next| if next.0 < best.0 { next } else { best })
}

/// Groups with a majority in favour that lead the rest of the partition, small groups included in the rest.
fn targets(compared: &Compared<'_>, rule: &DecisionRule) -> Vec<GroupKey> {
    let groups = &compared.partition.groups;
    let all_n: f64 = groups.iter().map(|(_, cell)| cell.n).sum();
    let all_support: f64 = groups.iter().map(|(_, cell)| cell.support).sum();
    compared
        .tested
        .iter()
        .filter(|(_, cell)| {
            let rest = (all_support - cell.support, all_n - cell.n);
            let p_lead = two_proportion_p((cell.support, cell.n), rest);
            compared.corrected(cell.p_support(MAJORITY)) <= rule.alpha
                && cell.share() - rest.0 / rest.1 >= rule.delta
                && compared.corrected(p_lead) <= rule.alpha
        })
        .map(|(group, _)| compared.key(group))
        .collect()
}

/// The groups of every partition, circular or not, that are large enough to be tested.
fn tested(candidate: &Candidate, rule: &DecisionRule) -> impl Iterator<Item = (GroupKey, Cell)> {
    groups(candidate).filter(|(_, cell)| is_tested(*cell, rule))
}

fn is_tested(cell: Cell, rule: &DecisionRule) -> bool {
    cell.n >= f64::from(rule.n_min_segment)
}

fn groups(candidate: &Candidate) -> impl Iterator<Item = (GroupKey, Cell)> {
    candidate.partitions.iter().flat_map(|partition| {
        partition.groups.iter().map(|(group, cell)| {
            let key = GroupKey { partition: partition.id.clone(), group: group.clone() };
            (key, *cell)
        })
    })
}

fn half_width([low, high]: [f64; 2]) -> f64 {
    (high - low) / 2.0
}
