//! Best-worst scaling (`MaxDiff`): people name the best and the worst of a few options, several times.

use super::newton::highest;

/// One answer: the options that were shown, the best and the worst of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Options shown, at least two.
    pub shown: Vec<usize>,
    /// The best of them.
    pub best: usize,
    /// The worst of them, not the best.
    pub worst: usize,
}

/// How often each option was shown, best and worst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Times shown.
    pub shown: Vec<u64>,
    /// Times best.
    pub best: Vec<u64>,
    /// Times worst.
    pub worst: Vec<u64>,
}

/// Counts the answers. Answers whose best or worst was not shown, or is one, or names an option that is not there, are left out.
pub fn counts(options: usize, tasks: &[Task]) -> Counts {
    let mut counts = Counts { shown: vec![0; options], best: vec![0; options], worst: vec![0; options] };
    let add = |to: &mut Vec<u64>, option: usize| {
        if let Some(count) = to.get_mut(option) {
            *count += 1;
        }
    };
    for task in usable(options, tasks) {
        for option in &task.shown {
            add(&mut counts.shown, *option);
        }
        add(&mut counts.best, task.best);
        add(&mut counts.worst, task.worst);
    }
    counts
}

/// The best-worst score of each option, (best - worst) / shown: from -1 to 1; 0 where it was never shown.
///
/// Source: Finn and Louviere 1992 (J Public Policy Mark 11:12).
pub fn scores(counts: &Counts) -> Vec<f64> {
    let of = |((shown, best), worst): ((&u64, &u64), &u64)| match shown {
        0 => 0.0,
        shown => (*best as f64 - *worst as f64) / *shown as f64,
    };
    counts.shown.iter().zip(&counts.best).zip(&counts.worst).map(of).collect()
}

/// Utilities from scores in closed form, ln((1 + s) / (1 - s)); without end where an option was always best or always worst.
///
/// Source: Lipovetsky and Conklin 2014 (J Choice Modelling 10:22).
pub fn analytic_utilities(scores: &[f64]) -> Vec<f64> {
    scores.iter().map(|score| ((1.0 + score) / (1.0 - score)).ln()).collect()
}

/// Utilities by the sequential best-worst logit, and its log-likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The utilities, which sum to 0.
    pub utilities: Vec<f64>,
    /// The log-likelihood at them, 0 or below.
    pub log_likelihood: f64,
}

/// The sequential best-worst logit: the best is chosen with chance exp(u) among those shown, the worst with exp(-u) among those
/// left; utilities of the highest likelihood, by Newton's method.
///
/// None without answers, and where the likelihood has no highest point, as where some option was always best. Source: Marley
/// and Louviere 2005 (J Math Psychol 49:464).
pub fn sequential_logit(options: usize, tasks: &[Task]) -> Option<Fit> {
    let tasks: Vec<&Task> = usable(options, tasks).collect();
    if tasks.is_empty() {
        return None;
    }
    let value =
        |u: &[f64]| tasks.iter().map(|task| choices(task).map(|choice| choice.log_chance(u)).iter().sum::<f64>()).sum();
    let slope = |u: &[f64]| {
        let mut gradient = vec![0.0; options];
        let mut curvature = vec![vec![0.0; options]; options];
        for choice in tasks.iter().flat_map(|task| choices(task)) {
            choice.add_slope(u, &mut gradient, &mut curvature);
        }
        (gradient, curvature)
    };
    let utilities = highest(options, value, slope)?;
    let log_likelihood = value(&utilities);
    Some(Fit { utilities, log_likelihood })
}

/// One choice of an option among several, with chances in exp(sign u).
struct Choice {
    among: Vec<usize>,
    chosen: usize,
    sign: f64,
}

fn choices(task: &Task) -> [Choice; 2] {
    let left = task.shown.iter().copied().filter(|option| *option != task.best).collect();
    [
        Choice { among: task.shown.clone(), chosen: task.best, sign: 1.0 },
        Choice { among: left, chosen: task.worst, sign: -1.0 },
    ]
}

impl Choice {
    fn utility(&self, u: &[f64], option: usize) -> f64 {
        self.sign * u.get(option).copied().unwrap_or_default()
    }

    fn log_chance(&self, u: &[f64]) -> f64 {
        let sum: f64 = self.among.iter().map(|option| self.utility(u, *option).exp()).sum();
        self.utility(u, self.chosen) - sum.ln()
    }

    fn add_slope(&self, u: &[f64], gradient: &mut [f64], curvature: &mut [Vec<f64>]) {
        let weights: Vec<f64> = self.among.iter().map(|option| self.utility(u, *option).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let chances: Vec<(usize, f64)> =
            self.among.iter().copied().zip(weights.iter().map(|weight| weight / sum)).collect();
        for (option, chance) in &chances {
            if let Some(slope) = gradient.get_mut(*option) {
                *slope += self.sign * (f64::from(u8::from(*option == self.chosen)) - chance);
            }
            for (other, its) in &chances {
                if let Some(cell) = curvature.get_mut(*option).and_then(|row| row.get_mut(*other)) {
                    *cell += if option == other { chance * (1.0 - chance) } else { -chance * its };
                }
            }
        }
    }
}

fn usable(options: usize, tasks: &[Task]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter(move |task| {
        let known = |option: &usize| *option < options && task.shown.contains(option);
        task.best != task.worst && known(&task.best) && known(&task.worst) && task.shown.iter().all(known)
    })
}
