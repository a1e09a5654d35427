//! Best-worst scaling (`analysis::choice::best_worst`), against numpy and scipy.

use super::{Damage, Place};
use crate::analysis::choice::best_worst::{Task, analytic_utilities, counts, scores, sequential_logit};

/// `tasks`, each a respondent, the options shown, the best and the worst.
pub(super) fn compare(vector: &Place<'_>) -> Result<(), Damage> {
    vector.pass_over(&["task_format"]);
    let tasks: Vec<(u64, Vec<usize>, usize, usize)> = vector.at("tasks")?.read()?;
    let tasks: Vec<Task> = tasks.into_iter().map(|(_, shown, best, worst)| Task { shown, best, worst }).collect();
    let shown = vector.at("appearances")?;
    let options = shown.each()?.len();
    let found = counts(options, &tasks);
    let numbers = |counts: &[u64]| counts.iter().map(|count| *count as f64).collect::<Vec<_>>();
    shown.are(&numbers(&found.shown))?;
    vector.at("best")?.are(&numbers(&found.best))?;
    vector.at("worst")?.are(&numbers(&found.worst))?;
    let scores = scores(&found);
    vector.at("bw_score")?.are(&scores)?;
    vector.at("analytic_logit_ln((1+bw)/(1-bw))")?.are(&analytic_utilities(&scores))?;
    let tolerance = vector.at("mnl_tolerance")?.read()?;
    let expected = vector.at("mnl_sequential_best_worst_utilities_sum0")?.within(tolerance);
    match sequential_logit(options, &tasks) {
        Some(fit) => {
            expected.are(&fit.utilities)?;
            vector.at("mnl_loglik")?.within(tolerance).is(fit.log_likelihood)
        }
        None => expected.equals(()),
    }
}
