//! Consensus on one item within one round: RAND/UCLA, percent agreement, and the COMET rule for outcomes.

use crate::analysis::quantile::quantile;

/// What RAND/UCLA's method says of ratings from 1 to 9. Quantiles are of type 7.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// Middle rating.
    pub median: f64,
    /// Lower quartile.
    pub q1: f64,
    /// Upper quartile.
    pub q3: f64,
    /// 30 % of the ratings are at most this.
    pub p30: f64,
    /// 70 % of the ratings are at most this.
    pub p70: f64,
    /// Interpercentile range, p70 - p30.
    pub ipr: f64,
    /// Its centre.
    pub centre: f64,
    /// How far the centre is from the middle of the scale, 5.
    pub asymmetry: f64,
    /// The range at which a panel with this centre disagrees: 2.35 + 1.5 times the asymmetry.
    pub ipras: f64,
    /// ipr / ipras; above 1 there is disagreement.
    pub disagreement_index: f64,
    /// Share of ratings from 7 to 9.
    pub high: f64,
    /// Share of ratings from 1 to 3.
    pub low: f64,
}

impl Panel {
    /// Interquartile range; 2 or less of nine steps is commonly read as consensus.
    pub fn iqr(&self) -> f64 {
        self.q3 - self.q1
    }

    /// True where the panel disagrees: the interpercentile range is larger than the range adjusted for symmetry.
    pub fn is_disagreement(&self) -> bool {
        self.ipr > self.ipras
    }

    /// True where the median is 7 or more and the panel does not disagree.
    pub fn is_appropriate(&self) -> bool {
        self.median >= 7.0 && !self.is_disagreement()
    }
}

/// RAND/UCLA's figures of the ratings, each from 1 to 9; none without ratings.
///
/// Source: Fitch et al. 2001 (The RAND/UCLA Appropriateness Method User's Manual, MR-1269), whose constant is 2.35; papers that
/// print 2.5 calculate with 2.35.
///
/// ```
/// // BMJ Open 2012;2:e001431, table 1: P30 = 7 and P70 = 8 have the centre 7.5, the asymmetry 2.5 and IPRAS 6.1.
/// let found = canvass::analysis::delphi::panel(&[7.0, 7.0, 7.0, 7.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0]).unwrap();
/// assert!((found.ipras - 6.1).abs() < 1e-9);
/// ```
pub fn panel(ratings: &[f64]) -> Option<Panel> {
    let mut sorted = ratings.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return None;
    }
    let [q1, p30, median, p70, q3] = [0.25, 0.3, 0.5, 0.7, 0.75].map(|p| quantile(&sorted, p));
    let (ipr, centre) = (p70 - p30, f64::midpoint(p30, p70));
    let asymmetry = (5.0 - centre).abs();
    let ipras = 2.35 + 1.5 * asymmetry;
    Some(Panel {
        median,
        q1,
        q3,
        p30,
        p70,
        ipr,
        centre,
        asymmetry,
        ipras,
        disagreement_index: ipr / ipras,
        high: percent_agreement(ratings, 7.0, 9.0)?,
        low: percent_agreement(ratings, 1.0, 3.0)?,
    })
}

/// Share (0..1) of the ratings from `low` to `high`; none without ratings.
///
/// Consensus is commonly set at 0.75, the median threshold of 25 studies that used it (Diamond et al. 2014, J Clin Epidemiol
/// 67:401); 0.7 and 0.8 are usual too.
pub fn percent_agreement(ratings: &[f64], low: f64, high: f64) -> Option<f64> {
    let within = ratings.iter().filter(|rating| (low..=high).contains(*rating)).count();
    (!ratings.is_empty()).then(|| within as f64 / ratings.len() as f64)
}

/// What the COMET rule says of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comet {
    /// It belongs to the core set.
    In,
    /// It does not.
    Out,
    /// The panel does not say.
    NoConsensus,
}

/// The COMET rule on ratings from 1 to 9, a list a stakeholder group: in where in every group at least 70 % gave 7 to 9 and
/// fewer than 15 % gave 1 to 3; out where it is the other way round in every group.
///
/// No consensus without groups, or with one that gave no rating. Source: Williamson et al. 2017 (Trials 18 Suppl 3:280, the
/// COMET Handbook).
pub fn comet(groups: &[Vec<f64>]) -> Comet {
    let shares = |group: &Vec<f64>| Some((percent_agreement(group, 7.0, 9.0)?, percent_agreement(group, 1.0, 3.0)?));
    let all = |rule: &dyn Fn(f64, f64) -> bool| {
        !groups.is_empty() && groups.iter().all(|group| shares(group).is_some_and(|(high, low)| rule(high, low)))
    };
    if all(&|high, low| high >= 0.7 && low < 0.15) {
        Comet::In
    } else if all(&|high, low| low >= 0.7 && high < 0.15) {
        Comet::Out
    } else {
        Comet::NoConsensus
    }
}
