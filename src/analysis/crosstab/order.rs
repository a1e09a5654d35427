//! The ends and the middle of an ordinal scale within a group, where they follow from what is shown.

use super::Ordered;
use crate::analysis::disclosure::table::{Counts, Shown};
use crate::item::options::Choice;

/// Where the quartiles lie.
const QUARTILES: [f64; 3] = [0.25, 0.5, 0.75];

/// Positions among the answers, from the lowest value to the highest; `None` where an answer has no value of its own.
pub(super) fn by_value(answers: &[&Choice]) -> Option<Vec<usize>> {
    let mut values: Vec<(i32, usize)> =
        answers.iter().enumerate().map(|(at, answer)| answer.value.map(|value| (value, at))).collect::<Option<_>>()?;
    values.sort_unstable();
    let differ = values.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b));
    (differ && values.len() > 1).then(|| values.into_iter().map(|(_, at)| at).collect())
}

/// The two lowest, those between, and the two highest; none for a scale of fewer than four.
pub(super) fn ends(order: &[usize]) -> Vec<Vec<usize>> {
    match order {
        [a, b, between @ .., c, d] => vec![vec![*a, *b], between.to_vec(), vec![*c, *d]],
        _ => Vec::new(),
    }
}

/// What follows, for a reader, from the counts that are shown.
pub(super) fn ordered(
    order: &[usize],
    answers: &[&Choice],
    classes: &[Vec<usize>],
    counts: &Counts,
    shown: &Shown,
) -> Ordered {
    let n = counts.n();
    let bounds = |below: &[usize]| known(below, classes, counts, shown);
    let exactly = |of: &[usize]| bounds(of).filter(|[low, high]| low == high).map(|[low, _]| low);
    let ends = ends(order);
    let (bottom_two, top_two) = match ends.as_slice() {
        [bottom, _, top] => (exactly(bottom), exactly(top)),
        _ => (None, None),
    };
    let net = |top: u64, bottom: u64| (n > 0).then(|| (top as f64 - bottom as f64) / n as f64);
    let quartile = |p: f64| {
        let reached = |bound: u64| bound as f64 >= p * n as f64 - 1e-9;
        let up_to = |last: usize| order.get(..=last).and_then(bounds);
        let at = (0..order.len()).find(|last| up_to(*last).is_some_and(|[low, _]| reached(low)))?;
        // No lower answer may reach the quartile in any table that a reader could think of.
        let is_sure = at == 0 || up_to(at - 1).is_some_and(|[_, high]| !reached(high));
        let answer = order.get(at).and_then(|answer| answers.get(*answer))?;
        (is_sure && n > 0).then(|| answer.id.clone())
    };
    Ordered {
        top_two,
        bottom_two,
        net: top_two.zip(bottom_two).and_then(|(top, bottom)| net(top, bottom)),
        quartiles: QUARTILES.map(quartile),
    }
}

/// The least and the most people who can have given one of these answers, from what the group's own row shows: its answers,
/// the sums of its classes, and how many answered. `None` where nothing of the group is shown.
fn known(of: &[usize], classes: &[Vec<usize>], counts: &Counts, shown: &Shown) -> Option<[u64; 2]> {
    if !shown.n {
        return None;
    }
    let is_class_shown = |at: usize| shown.classes.get(at).copied().unwrap_or(false);
    let shown_classes = classes.iter().enumerate().filter(|(at, _)| is_class_shown(*at));
    let mut parts: Vec<&[usize]> = shown_classes.map(|(_, class)| class.as_slice()).collect();
    let loose: Vec<usize> =
        (0..counts.answers.len()).filter(|at| !parts.iter().any(|part| part.contains(at))).collect();
    parts.push(&loose);
    let [mut low, mut high] = [0, 0];
    for part in parts {
        let (mut seen, mut hidden, mut inside, mut outside) = (0, 0, false, false);
        for answer in part {
            let count = counts.answers.get(*answer).copied().unwrap_or(0);
            let is_shown = shown.answers.get(*answer).copied().unwrap_or(false);
            match (is_shown, of.contains(answer)) {
                (true, true) => seen += count,
                (true, false) => {}
                (false, is_inside) => {
                    hidden += count;
                    inside |= is_inside;
                    outside |= !is_inside;
                }
            }
        }
        low += seen + if inside && !outside { hidden } else { 0 };
        high += seen + if inside { hidden } else { 0 };
    }
    Some([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Vec<Choice> {
        let step = |(id, value): (&str, i32)| Choice { id: id.to_string(), value: Some(value), ..Choice::default() };
        [("sd", 1), ("d", 2), ("n", 3), ("a", 4), ("sa", 5)].map(step).to_vec()
    }

    fn of(shown: [bool; 5], classes: [bool; 3]) -> Ordered {
        let steps = scale();
        let answers: Vec<&Choice> = steps.iter().collect();
        let order = by_value(&answers).unwrap();
        let counts = Counts { answers: vec![4, 16, 10, 40, 30], missing: [0; 5] };
        let shown = Shown { n: true, answers: shown.to_vec(), classes: classes.to_vec(), missing: true };
        ordered(&order, &answers, &ends(&order), &counts, &shown)
    }

    #[test]
    fn the_ends_and_quartiles_are_those_of_the_whole_row() {
        let found = of([true; 5], [true; 3]);
        assert_eq!((found.top_two, found.bottom_two, found.net), (Some(70), Some(20), Some(0.5)));
        assert_eq!(found.quartiles.map(Option::unwrap), ["n", "a", "sa"]);
    }

    #[test]
    fn what_does_not_follow_from_the_counts_shown_is_withheld() {
        let found = of([false, false, true, true, true], [true; 3]);
        assert_eq!((found.bottom_two, found.quartiles[1].as_deref()), (Some(20), Some("a")));
        let found = of([false, true, false, true, true], [false, false, true]);
        assert_eq!((found.bottom_two, found.top_two, found.net), (None, Some(70), None));
        assert_eq!(found.quartiles, [None, Some("a".to_string()), Some("sa".to_string())]);
        let found = of([false, true, true, false, true], [false, true, false]);
        assert_eq!(found.quartiles[0], None, "the hidden 44 could be the lowest answer");
    }
}
