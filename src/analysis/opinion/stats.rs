//! What Polis says of statements and groups: representative statements, consensus, and what to ask about next.

use crate::analysis::wall::{self, Tally};

/// Above this, Polis takes a z for significant (one-sided, 90 %).
pub const Z: f64 = 1.2816;

/// Most representative statements of a group, and most consensus statements on either side.
pub const MOST: usize = 5;

/// What a statement about the consultation itself is worth asking about, before it is squared (Polis, `meta-priority`).
const META: f64 = 7.0;

/// How a group voted on a statement, beside all other groups together.
///
/// Source of all: compdemocracy/polis, `math/src/polismath/math/repness.clj`, `comment-stats` and `add-comparitive-stats`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// The group's votes.
    pub tally: Tally,
    /// Smoothed share that agrees, (A + 1) / (S + 2); 0 to 1, one half without votes.
    pub agree: f64,
    /// Smoothed share that disagrees.
    pub disagree: f64,
    /// z of agreement against one half, [`one_proportion`].
    pub agree_z: f64,
    /// z of disagreement against one half.
    pub disagree_z: f64,
    /// Agreement here over agreement in the other groups, above 0.
    pub agree_ratio: f64,
    /// Disagreement here over that in the other groups.
    pub disagree_ratio: f64,
    /// z of agreement here against the other groups, [`two_proportions`].
    pub agree_ratio_z: f64,
    /// z of disagreement here against the other groups.
    pub disagree_ratio_z: f64,
}

impl Standing {
    /// Of a group's votes and those of all other groups.
    pub fn new(inside: Tally, outside: Tally) -> Self {
        let ratio = |of: fn(&Tally) -> u64| smoothed(of(&inside), &inside) / smoothed(of(&outside), &outside);
        let against =
            |of: fn(&Tally) -> u64| two_proportions((of(&inside), inside.voted()), (of(&outside), outside.voted()));
        Self {
            tally: inside,
            agree: smoothed(inside.agree, &inside),
            disagree: smoothed(inside.disagree, &inside),
            agree_z: one_proportion(inside.agree, inside.voted()),
            disagree_z: one_proportion(inside.disagree, inside.voted()),
            agree_ratio: ratio(|tally| tally.agree),
            disagree_ratio: ratio(|tally| tally.disagree),
            agree_ratio_z: against(|tally| tally.agree),
            disagree_ratio_z: against(|tally| tally.disagree),
        }
    }

    fn is_sufficient(&self) -> bool {
        (self.agree_ratio_z > Z && self.agree_z > Z) || (self.disagree_ratio_z > Z && self.disagree_z > Z)
    }

    /// How well agreement sets the group apart: ratio, z of the ratio, share and z of the share multiplied.
    fn agreement(&self) -> f64 {
        self.agree_ratio * self.agree_ratio_z * self.agree * self.agree_z
    }

    fn is_better_agreed(&self, best: Option<&Self>) -> bool {
        if self.tally.agree == 0 && self.tally.disagree == 0 {
            return false;
        }
        match best {
            Some(best) if best.agree_ratio > 1.0 => self.agreement() > best.agreement(),
            Some(best) => self.agree * self.agree_z > best.agree * best.agree_z,
            None => self.agree_z > Z || (self.agree_ratio > 1.0 && self.agree > 0.5),
        }
    }
}

/// A statement that represents a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Representative {
    /// The statement's number.
    pub statement: usize,
    /// True if the group is for it, false if against, compared with the others.
    pub agrees: bool,
    /// True for the statement that the group is clearest for; it can stand here though other groups are for it still
    /// more, and `agrees` is false then.
    pub is_best_agreed: bool,
    /// Ratio, z of the ratio, share and z of the share on that side, multiplied.
    pub weight: f64,
}

/// Tallies of several groups added up.
pub fn together<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Tally {
    tallies.into_iter().fold(Tally::default(), |sum, one| Tally {
        agree: sum.agree + one.agree,
        disagree: sum.disagree + one.disagree,
        pass: sum.pass + one.pass,
    })
}

fn smoothed(count: u64, tally: &Tally) -> f64 {
    (count as f64 + 1.0) / (tally.voted() as f64 + 2.0)
}

/// z of a share against one half, with one success and one trial added: `2 sqrt(n + 1) ((s + 1) / (n + 1) - 1/2)`;
/// 1 without trials. Source: compdemocracy/polis, `stats.clj`, `prop-test`.
pub fn one_proportion(successes: u64, n: u64) -> f64 {
    let n = n as f64 + 1.0;
    2.0 * n.sqrt() * ((successes as f64 + 1.0) / n - 0.5)
}

/// z of the difference of two shares, given as (successes, trials), with one added to all four and a pooled variance; 0
/// where everyone succeeds. Source: compdemocracy/polis, `stats.clj`, `two-prop-test`.
pub fn two_proportions(inside: (u64, u64), outside: (u64, u64)) -> f64 {
    let [s_in, n_in, s_out, n_out] = [inside.0, inside.1, outside.0, outside.1].map(|count| count as f64 + 1.0);
    let pooled = (s_in + s_out) / (n_in + n_out);
    if inside.0 + outside.0 == inside.1 + outside.1 {
        return 0.0;
    }
    (s_in / n_in - s_out / n_out) / (pooled * (1.0 - pooled) * (1.0 / n_in + 1.0 / n_out)).sqrt()
}

/// Group-informed consensus on agreement: the product over groups of (A + 1) / (S + 2). 0 to 1; a group that never voted
/// counts as one half. It falls with the number of groups G, so compare its G-th root. Disagreement: tallies turned.
/// Source: compdemocracy/polis, `conversation.clj`, `:group-aware-consensus`.
pub fn group_informed_consensus<'a>(groups: impl IntoIterator<Item = &'a Tally>) -> f64 {
    groups.into_iter().map(|tally| smoothed(tally.agree, tally)).product()
}

/// The same for disagreement.
pub fn group_informed_disagreement<'a>(groups: impl IntoIterator<Item = &'a Tally>) -> f64 {
    groups.into_iter().map(|tally| smoothed(tally.disagree, tally)).product()
}

/// How much a statement is worth a vote, from its votes and its extremity, 0 or more.
/// Source: compdemocracy/polis, `conversation.clj`, `importance-metric` and `priority-metric`.
pub fn priority(tally: &Tally, extremity: f64) -> f64 {
    wall::priority(tally) * (extremity + 1.0).powi(2)
}

/// The same for a statement about the consultation itself.
pub fn meta_priority() -> f64 {
    META * META
}

/// The statements that represent a group, at most five, from its standing on each: those that it holds more than the
/// other groups do, and as a majority. The statement best agreed to stands among them; those agreed to come first.
///
/// Where no statement passes, the best agreed one, or else the one that sets the group apart most. Statements for which
/// there is no standing are left out. Source: compdemocracy/polis, `repness.clj`, `select-rep-comments`.
pub fn representative(standings: &[Option<Standing>]) -> Vec<Representative> {
    let all = || standings.iter().enumerate().filter_map(|(statement, one)| one.as_ref().map(|one| (statement, one)));
    let mut best: Option<(usize, &Standing, f64)> = None;
    let mut best_agreed: Option<(usize, &Standing)> = None;
    for (statement, one) in all() {
        let z = one.agree_ratio_z.max(one.disagree_ratio_z);
        if best.is_none_or(|(.., most)| z > most) {
            best = Some((statement, one, z));
        }
        if one.is_better_agreed(best_agreed.map(|(_, best)| best)) {
            best_agreed = Some((statement, one));
        }
    }
    let head = best_agreed.map(|(statement, one)| Representative { is_best_agreed: true, ..finished(statement, one) });
    let mut sufficient: Vec<Representative> = all()
        .filter(|(statement, one)| one.is_sufficient() && best_agreed.is_none_or(|(best, _)| best != *statement))
        .map(|(statement, one)| finished(statement, one))
        .collect();
    if sufficient.is_empty() {
        return head.or(best.map(|(statement, one, _)| finished(statement, one))).into_iter().collect();
    }
    sufficient.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.statement.cmp(&b.statement)));
    let mut chosen: Vec<Representative> = head.into_iter().chain(sufficient).take(MOST).collect();
    chosen.sort_by_key(|one| !one.agrees);
    chosen
}

fn finished(statement: usize, one: &Standing) -> Representative {
    let agrees = one.agree_ratio_z > one.disagree_ratio_z;
    let weight = if agrees {
        one.agreement()
    } else {
        one.disagree_ratio * one.disagree_ratio_z * one.disagree * one.disagree_z
    };
    Representative { statement, agrees, is_best_agreed: false, weight }
}

/// The statements that everyone together agrees to, at most five, and those that everyone disagrees with: more than half
/// by the smoothed share, z above 1.2816, by share times z.
/// Source: compdemocracy/polis, `repness.clj`, `select-consensus-comments`.
pub fn consensus(tallies: &[Option<Tally>]) -> [Vec<usize>; 2] {
    let side = |count: fn(&Tally) -> u64| {
        let mut found: Vec<(usize, f64)> = tallies
            .iter()
            .enumerate()
            .filter_map(|(statement, tally)| {
                let tally = tally.as_ref()?;
                let (share, z) = (smoothed(count(tally), tally), one_proportion(count(tally), tally.voted()));
                (share > 0.5 && z > Z).then_some((statement, share * z))
            })
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.into_iter().take(MOST).map(|(statement, _)| statement).collect()
    };
    [side(|tally| tally.agree), side(|tally| tally.disagree)]
}
