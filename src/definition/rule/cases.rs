//! The cases of an answer: a short list of values that stands for all of them, as far as the rules can tell them apart.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::Value;
use crate::item::options::{Choice, Other};
use crate::item::{Item, Kind};

/// What the rules of a survey compare an answer with.
#[derive(Debug, Default)]
pub(super) struct Literals {
    pub(super) numbers: Vec<f64>,
    pub(super) texts: BTreeSet<String>,
    pub(super) lengths: Vec<f64>,
    /// True if options are compared by their order.
    pub(super) ordered: bool,
}

impl Literals {
    /// Takes in what a value says.
    pub(super) fn take(&mut self, value: &Value) {
        match value {
            Value::Number(number) => self.numbers.push(*number),
            Value::Text(text) => {
                self.texts.insert(text.clone());
            }
            Value::List(values) => values.iter().for_each(|value| self.take(value)),
            Value::Bool(_) | Value::Unanswered => {}
        }
    }
}

/// Most cases of one answer, no answer among them.
pub(super) const MOST: usize = 128;
/// Longest text whose length is told from others, in characters.
pub(super) const LONGEST: f64 = 5_000.0;

/// Which numbers can be answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// They are multiples of the first over the second; any number if not said.
    pub(super) grid: Option<(f64, f64)>,
}

impl Numbers {
    /// The numbers that may be typed for an item, and whether each of these can be.
    pub(super) fn of(item: &Item) -> (Self, bool) {
        let Kind::Number(number) = &item.kind else { return (Self::default(), false) };
        let decimals = i32::try_from(number.decimals).unwrap_or(9).min(9);
        let whole = |step: &f64| step.fract() == 0.0 && number.min.unwrap_or_default() % step == 0.0;
        let (step, is_exact) = match number.step {
            None => ((1.0, 10_f64.powi(decimals)), true),
            Some(step) if whole(&step) => ((step, 1.0), true),
            Some(_) => ((1.0, 10_f64.powi(decimals)), false),
        };
        (Self { min: number.min, max: number.max, grid: Some(step) }, is_exact)
    }

    fn allows(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| number <= max)
            && self.grid.is_none_or(|(step, parts)| {
                let multiple = (number * parts / step).round();
                multiple.abs() >= BEYOND_GRID || (multiple * step / parts - number).abs() == 0.0
            })
    }

    /// An allowed number above `low` and below `high`.
    fn between(self, low: f64, high: f64) -> Option<f64> {
        let at_least = self.min.filter(|min| *min > low);
        let at_most = self.max.filter(|max| *max < high);
        let fits = |number: &f64| {
            *number > low
                && *number < high
                && at_least.is_none_or(|min| *number >= min)
                && at_most.is_none_or(|max| *number <= max)
        };
        let (from, to) = (at_least.unwrap_or(low), at_most.unwrap_or(high));
        let middle = match (from.is_finite(), to.is_finite()) {
            (true, true) => f64::midpoint(from, to),
            (true, false) => from + 1.0,
            (false, true) => to - 1.0,
            (false, false) => 0.0,
        };
        let Some((step, parts)) = self.grid.filter(|(step, parts)| (middle * parts / step).abs() < BEYOND_GRID) else {
            return Some(middle).filter(fits);
        };
        // The first multiple above the start may be one off in floating point, so its neighbours are tried too.
        let start = if from.is_finite() { (from * parts / step).floor() } else { (middle * parts / step).floor() };
        let end = if to.is_finite() { (to * parts / step).ceil() } else { (middle * parts / step).ceil() };
        let near = [0.0, 1.0, 2.0];
        let tried = near.map(|more| start + more).into_iter().chain(near.map(|less| end - less));
        tried.map(|multiple| multiple * step / parts).find(fits)
    }
}

/// From here on a float cannot tell neighbouring multiples apart.
const BEYOND_GRID: f64 = 1e15;

/// One number for each stretch between the numbers compared with, and these themselves.
pub(super) fn numbers(cuts: &[f64], allowed: Numbers) -> Vec<Value> {
    let mut cuts: Vec<f64> = cuts.to_vec();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let mut found = Vec::new();
    let mut low = f64::NEG_INFINITY;
    for cut in cuts {
        found.extend(allowed.between(low, cut));
        found.extend(Some(cut).filter(|cut| allowed.allows(*cut)));
        low = cut;
    }
    found.extend(allowed.between(low, f64::INFINITY));
    found.into_iter().map(Value::Number).collect()
}

/// The days compared with, and one between each two of them, as far as they may be given.
pub(super) fn days(cuts: &BTreeSet<String>, first: Option<Date>, last: Option<Date>) -> Vec<Value> {
    let cuts = cuts.iter().filter_map(|written| super::types::day(written));
    let near = cuts.flat_map(|cut| [cut.yesterday().ok(), Some(cut), cut.tomorrow().ok()]);
    let days: BTreeSet<Date> = near.chain([first, last, Some(date(2000, 1, 1))]).flatten().collect();
    let given = |day: &Date| first.is_none_or(|first| *day >= first) && last.is_none_or(|last| *day <= last);
    days.into_iter().filter(given).map(|day| Value::Text(day.to_string())).collect()
}

/// The texts compared with, and how many of the values are texts of which nothing but the length is said.
pub(super) fn texts(literals: &Literals) -> (Vec<Value>, usize) {
    let mut lengths = BTreeSet::from([1_usize]);
    for length in literals.lengths.iter().filter(|length| **length <= LONGEST) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 and 5,000")]
        let whole = length.floor().clamp(0.0, LONGEST) as usize;
        lengths.extend([whole.saturating_sub(1), whole, whole + 1].into_iter().filter(|length| *length > 0));
    }
    let mut texts: Vec<Value> = literals.texts.iter().map(|text| Value::Text(text.clone())).collect();
    // A character that nobody writes, so that these texts equal none that is written in a rule.
    texts.extend(lengths.iter().map(|length| Value::Text("\u{f8ff}".repeat(*length))));
    (texts, lengths.len())
}

/// The options that rules tell apart: all, or the ones named and one for the rest where there are very many.
pub(super) fn options(options: &[Choice], literals: &Literals) -> Vec<Value> {
    let value = |option: &Choice| Value::Text(option.id.clone());
    if options.len() < MOST || literals.ordered {
        return options.iter().map(value).collect();
    }
    let (named, rest): (Vec<&Choice>, Vec<&Choice>) =
        options.iter().partition(|option| literals.texts.contains(&option.id) || option.other != Other::None);
    named.into_iter().chain(rest.into_iter().take(1)).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cuts: &[f64], min: Option<f64>, max: Option<f64>, decimals: i32) -> Vec<f64> {
        let allowed = Numbers { min, max, grid: Some((1.0, 10_f64.powi(decimals))) };
        let number = |value| if let Value::Number(number) = value { number } else { f64::NAN };
        numbers(cuts, allowed).into_iter().map(number).collect()
    }

    #[test]
    fn numbers_stand_for_those_that_may_be_typed_between_two_that_are_compared_with() {
        assert_eq!(found(&[], None, None, 0), [0.0]);
        assert_eq!(found(&[3.0, 4.0], None, None, 0), [2.0, 3.0, 4.0, 5.0], "no whole number lies between");
        assert_eq!(found(&[3.0, 4.0], Some(3.0), Some(4.0), 0), [3.0, 4.0]);
        assert_eq!(found(&[2.5], Some(0.0), None, 0), [0.0, 3.0], "2.5 is no whole number");
        assert_eq!(found(&[2.5], Some(2.0), Some(2.0), 0), [2.0]);
        assert_eq!(found(&[0.29, 0.31], Some(0.0), Some(1.0), 2).len(), 5);
        assert_eq!(found(&[0.29, 0.3], Some(0.0), Some(1.0), 2).len(), 4, "nothing lies between with two places");
        assert_eq!(found(&[110.0], Some(0.0), Some(110.0), 0), [0.0, 110.0]);
    }
}
